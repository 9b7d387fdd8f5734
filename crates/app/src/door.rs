//! Through which door an act comes in: what the change log says of it beside who and when.

use std::sync::Arc;

use masthead_store::Writer;

use crate::{idempotency::HeldKey, work::Caller};

/// What is done, from where, and in which request. Nothing is known of an act that came through no door in particular.
#[derive(Debug, Clone, Default)]
pub struct Door {
    /// The name of the act: that of the mutation, or `import` and the like for what does many acts at once.
    pub act: Option<&'static str>,
    /// From where: the address of a client, `cli` for the command line, `server` for what the server does by itself.
    pub origin: Option<Arc<str>>,
    /// The id of the request.
    pub request_id: Option<Arc<str>>,
    /// The key by which the request would be known if it came again; each act counts itself there.
    pub key: Option<Arc<HeldKey>>,
}

impl Door {
    /// An act on the command line.
    #[must_use]
    pub fn command_line(act: &'static str) -> Self {
        Self { act: Some(act), origin: Some("cli".into()), ..Self::default() }
    }

    /// An act that the server does by itself, when its time has come.
    #[must_use]
    pub fn server(act: &'static str) -> Self {
        Self { act: Some(act), origin: Some("server".into()), ..Self::default() }
    }

    /// What the change log says of what a caller does through this door.
    pub(crate) fn writer(&self, caller: &Caller) -> Writer {
        let Self { act, origin, request_id, key: _ } = self;
        let owned = |text: &Option<Arc<str>>| text.as_deref().map(str::to_owned);
        Writer {
            actor: caller.name(),
            act: act.map(str::to_owned),
            origin: owned(origin),
            request_id: owned(request_id),
        }
    }
}
