//! What the door is given by those who build the server.

use std::{any::Any, fmt, net::SocketAddr, sync::Arc};

use async_graphql::Data;
use futures_util::future::BoxFuture;
use http::{HeaderMap, HeaderName};
use masthead_domain::operation::Operations;
use uuid::Uuid;

use super::{config::HttpConfig, lifecycle::Lifecycle, replay::ReserveKey};
use crate::{RegisteredOperations, Validity};

/// Finds out who is calling, from the request's header.
pub type Authenticate =
    Arc<dyn Fn(&HeaderMap) -> BoxFuture<'static, Result<RequestContext, AuthFailure>> + Send + Sync>;

/// The header of a preview token.
pub const PREVIEW: HeaderName = HeaderName::from_static("masthead-preview");

/// Says whether the server can do its work now.
pub type ReadinessProbe = Arc<dyn Fn() -> BoxFuture<'static, bool> + Send + Sync>;

/// Makes a request id; time-ordered (version 7) so that logs sort.
pub type NewRequestId = Arc<dyn Fn() -> Uuid + Send + Sync>;

/// The settings and hooks of the door.
#[derive(Clone)]
pub struct HttpState {
    /// The settings.
    pub config: Arc<HttpConfig>,
    /// Who is calling.
    pub authenticate: Authenticate,
    /// Whether the server can do its work.
    pub is_ready: ReadinessProbe,
    /// Ids for requests that bring none.
    pub new_request_id: NewRequestId,
    /// Shared with [`serve`](super::serve).
    pub lifecycle: Lifecycle,
    /// Tells whether answers that are kept are still true; without it none is kept.
    pub validity: Option<Arc<Validity>>,
    /// Tells which operations are registered; without it none is.
    pub operations: Option<Arc<RegisteredOperations>>,
}

impl fmt::Debug for HttpState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpState")
            .field("config", &self.config)
            .field("lifecycle", &self.lifecycle)
            .finish_non_exhaustive()
    }
}

/// Who is calling, and what the schema needs to know for this one request.
#[derive(Default)]
pub struct RequestContext {
    /// True when the request carried valid credentials; callers without are readers.
    pub is_signed_in: bool,
    /// True when the answer is for the bearer of the request's header alone, be it that they did not sign in.
    pub is_private: bool,
    /// Which operations the caller may ask for; what those may who have not signed in is a setting.
    pub operations: Operations,
    /// Handed to the resolvers, which find each value by its type.
    pub data: Data,
    /// Keeps the keys by which the caller's mutations are known when they come again; none for callers who have no keys.
    pub keys: Option<ReserveKey>,
}

impl RequestContext {
    /// A caller without credentials.
    #[must_use]
    pub fn anonymous() -> Self {
        Self::default()
    }

    /// A caller whose credentials were found valid.
    #[must_use]
    pub fn signed_in() -> Self {
        Self { is_signed_in: true, ..Self::default() }
    }

    /// Keeps the answer from everybody else: it shows what others do not see.
    #[must_use]
    pub fn private(self) -> Self {
        Self { is_private: true, ..self }
    }

    /// Says which operations the caller may ask for, who has signed in.
    #[must_use]
    pub fn asking_for(self, operations: Operations) -> Self {
        Self { operations, ..self }
    }

    /// Adds a value for the resolvers.
    #[must_use]
    pub fn with<T: Any + Send + Sync>(mut self, value: T) -> Self {
        self.data.insert(value);
        self
    }

    /// Lets the caller's mutations be known by keys.
    #[must_use]
    pub fn with_keys(self, keys: ReserveKey) -> Self {
        Self { keys: Some(keys), ..self }
    }
}

impl fmt::Debug for RequestContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestContext").field("is_signed_in", &self.is_signed_in).finish_non_exhaustive()
    }
}

/// Why nobody could be made out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuthFailure {
    /// The credentials are malformed, forged, expired or revoked.
    #[error("the credentials are not valid")]
    Rejected,
    /// The preview token is malformed, forged, expired or taken back.
    #[error("the preview token is not valid")]
    PreviewRejected,
    /// The credentials could not be checked now.
    #[error("the credentials could not be checked")]
    Unavailable,
}

/// The id of a request, in the header `X-Request-Id`, in every error and in every log line. Resolvers find it
/// in their context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(pub Arc<str>);

/// The other end of the connection: a client or a proxy. Resolvers find it in their context when the request
/// came over a socket; it is never logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeerAddress(pub SocketAddr);
