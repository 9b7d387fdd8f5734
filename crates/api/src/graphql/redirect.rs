//! Redirects that the desk makes by hand, as the desk sees them. What readers see of them is in `route`.

mod input;
mod mutation;
mod query;

use std::sync::Arc;

use async_graphql::{Enum, ID, Object, Result};
use foldhash::{HashMap, HashMapExt};
use masthead_domain::{RedirectId, policy, redirect as domain};
use masthead_store::redirect::{self, Redirect};

pub(crate) use mutation::RedirectMutation;
pub(crate) use query::RedirectQuery;

use super::{error, frame::Frame, reads::REDIRECTS, scalar::DateTime};

/// The HTTP status a redirect is answered with (RFC 9110 §15.4).
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::RedirectStatus")]
pub(crate) enum RedirectStatus {
    /// 301: for good. Browsers and search engines remember it.
    MovedPermanently,
    /// 302: for now. Nobody remembers it.
    Found,
    /// 307: for now, and what was sent with POST is sent again in the same way.
    TemporaryRedirect,
    /// 308: for good, and what was sent with POST is sent again in the same way.
    PermanentRedirect,
}

/// A redirect made by hand.
#[derive(Clone)]
pub(crate) struct RedirectNode(Arc<Redirect>);

impl From<Redirect> for RedirectNode {
    fn from(redirect: Redirect) -> Self {
        Self(Arc::new(redirect))
    }
}

impl RedirectNode {
    /// The redirect with an id, when the caller may read redirects.
    pub(crate) async fn by_id(frame: &Frame, id: RedirectId) -> Result<Option<Self>> {
        if policy::check_redirects_read(&frame.caller.actor).is_err() {
            return Ok(None);
        }
        let found = redirect::by_id(frame.read(REDIRECTS), id).await.map_err(error::store)?;
        Ok(found.map(Self::from))
    }

    /// Redirects by id, when the caller may read redirects.
    pub(crate) async fn by_ids(frame: &Frame, ids: &[RedirectId]) -> Result<HashMap<RedirectId, Self>> {
        if policy::check_redirects_read(&frame.caller.actor).is_err() {
            return Ok(HashMap::new());
        }
        let found = redirect::by_ids(frame.read(REDIRECTS), ids).await.map_err(error::store)?;
        Ok(found.into_iter().map(|(id, redirect)| (id, Self::from(redirect))).collect())
    }
}

/// A redirect that the desk made by hand, as it was written: one link, wherever others lead on from there. `route` sends
/// readers along all of them at once.
#[Object(name = "RedirectRule")]
impl RedirectNode {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// How often this was written; hand it to `expectedVersion`.
    pub(crate) async fn version(&self) -> i32 {
        i32::try_from(self.0.version).unwrap_or(i32::MAX)
    }

    /// When it came to be.
    pub(crate) async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it last changed.
    pub(crate) async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }

    /// From where it leads: a path of the site, decoded and without a slash at its end. It does nothing while content
    /// stands there.
    async fn path(&self) -> &str {
        self.0.content.path.as_str()
    }

    /// Where it leads to: a path of the site, percent-encoded, or an absolute address elsewhere.
    async fn target(&self) -> &str {
        self.0.content.target.as_str()
    }

    /// With which status.
    async fn status(&self) -> RedirectStatus {
        self.0.content.status.into()
    }
}
