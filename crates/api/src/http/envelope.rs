//! What every request and every answer of the server has in common, whatever the address: an id, a log line,
//! a bound on the header, protective header fields, and an answer even when the code below panics.

use std::{net::SocketAddr, panic::AssertUnwindSafe, sync::Arc, time::Instant};

use axum::{Router, body::Body, extract::ConnectInfo, response::Response};
use futures_util::FutureExt;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode,
    header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, REFERRER_POLICY, SERVER, X_CONTENT_TYPE_OPTIONS},
};
use tower::ServiceExt;
use tracing::Instrument;
use uuid::Uuid;

use super::{
    config::Limits,
    graphql,
    problem::problem,
    state::{HttpState, RequestId},
};
use crate::ErrorCode;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Nothing this API answers is a page, unless its own address says otherwise.
const NO_CONTENT: &str = "default-src 'none'; frame-ancestors 'none'";

/// A request that has come and is not answered yet.
pub(super) struct Arrival {
    started: Instant,
    id: HeaderValue,
    refusal: Option<ErrorCode>,
}

impl Arrival {
    pub(super) fn of<B>(request: &Request<B>, state: &HttpState) -> Self {
        let started = Instant::now();
        let id = request_id(request.headers(), state);
        Self { started, id, refusal: refusal(request, &state.config.limits) }
    }

    /// Whether its header is within bounds.
    pub(super) fn is_welcome(&self) -> bool {
        self.refusal.is_none()
    }

    fn id(&self) -> &str {
        self.id.to_str().unwrap_or_default()
    }

    fn duration_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Lets the request go to its address.
    pub(super) async fn routed(self, mut request: Request<Body>, peer: Option<SocketAddr>, router: Router) -> Response {
        let id: Arc<str> = Arc::from(self.id());
        let span = tracing::info_span!(
            "request",
            request.id = %id,
            http.method = %request.method(),
            http.path = start_of(request.uri().path()),
            graphql.operation = tracing::field::Empty,
            graphql.cost = tracing::field::Empty,
        );
        let answered = async {
            request.extensions_mut().insert(RequestId(Arc::clone(&id)));
            if let Some(peer) = peer {
                request.extensions_mut().insert(ConnectInfo(peer));
            }
            let mut response = match self.refusal {
                Some(code) => problem(code, &id),
                None => match AssertUnwindSafe(router.oneshot(request)).catch_unwind().await {
                    Ok(Ok(response)) => response,
                    Ok(Err(never)) => match never {},
                    Err(_) => self.panicked(),
                },
            };
            if response.status() == StatusCode::NOT_MODIFIED {
                // It would have to be that of the answer that is not sent (RFC 9110 §8.6); the router writes 0.
                response.headers_mut().remove(CONTENT_LENGTH);
            }
            protect(response.headers_mut());
            response.headers_mut().insert(REQUEST_ID, self.id.clone());
            let duration_ms = self.duration_ms();
            tracing::info!(status = response.status().as_u16(), duration_ms, "request answered");
            response
        };
        answered.instrument(span).await
    }

    /// Lets an answer go that was not made anew, and has the fields of [`protect`] already. What the span of others says
    /// is in the line itself: to open a span costs as much as all the rest of a hit.
    pub(super) fn hit<B>(&self, mut response: Response<B>, method: &Method) -> Response<B> {
        response.headers_mut().insert(REQUEST_ID, self.id.clone());
        tracing::info!(
            request.id = self.id(),
            http.method = method.as_str(),
            http.path = graphql::PATH,
            status = response.status().as_u16(),
            duration_ms = self.duration_ms(),
            "request answered"
        );
        response
    }

    /// The answer to a request whose code has panicked.
    pub(super) fn panicked(&self) -> Response {
        tracing::error!(request.id = self.id(), "the request's handler panicked");
        let mut response = problem(ErrorCode::Internal, self.id());
        protect(response.headers_mut());
        response
    }
}

/// Enough of a path to recognise it; nobody's log should grow by kilobytes a line.
fn start_of(path: &str) -> &str {
    path.get(..128).unwrap_or(path)
}

/// The caller's id if it is harmless in a log and in a header, else one of ours.
fn request_id(headers: &HeaderMap, state: &HttpState) -> HeaderValue {
    let is_harmless = |id: &&HeaderValue| {
        (8..=64).contains(&id.len())
            && id.as_bytes().iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    };
    match headers.get(REQUEST_ID).filter(is_harmless) {
        Some(id) => id.clone(),
        None => written((state.new_request_id)()),
    }
}

fn written(id: Uuid) -> HeaderValue {
    let mut buffer = Uuid::encode_buffer();
    HeaderValue::from_str(id.hyphenated().encode_lower(&mut buffer)).unwrap_or(HeaderValue::from_static("none"))
}

fn refusal<B>(request: &Request<B>, limits: &Limits) -> Option<ErrorCode> {
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    if target > limits.uri_bytes_max {
        return Some(ErrorCode::UriTooLong);
    }
    let headers = request.headers();
    let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    (headers.len() > limits.headers_max || bytes > limits.header_bytes_max).then_some(ErrorCode::HeadersTooLarge)
}

/// The fields that protect whoever opens an answer in a browser.
pub(super) fn protect(headers: &mut HeaderMap) {
    headers.remove(SERVER);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(NO_CONTENT));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}
