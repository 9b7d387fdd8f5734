//! What every request and every answer of the server has in common, whatever the address: an id, a log line,
//! a bound on the header, protective header fields, and an answer even when the code below panics.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Instant};

use axum::{body::Body, extract::State, http::Request, middleware::Next, response::Response};
use futures_util::FutureExt;
use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, SERVER, X_CONTENT_TYPE_OPTIONS},
};
use tracing::Instrument;

use super::{
    config::Limits,
    problem::problem,
    state::{HttpState, RequestId},
};
use crate::ErrorCode;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Nothing this API answers is a page, unless its own address says otherwise.
const NO_CONTENT: &str = "default-src 'none'; frame-ancestors 'none'";

/// Wraps all routes.
pub(super) async fn wrap(State(state): State<HttpState>, mut request: Request<Body>, next: Next) -> Response {
    let started = Instant::now();
    let id = request_id(request.headers(), &state);
    request.extensions_mut().insert(RequestId(Arc::clone(&id)));
    let span = tracing::info_span!(
        "request",
        request.id = %id,
        http.method = %request.method(),
        http.path = start_of(request.uri().path()),
        graphql.operation = tracing::field::Empty,
        graphql.cost = tracing::field::Empty,
    );
    let answered = async {
        let mut response = match refusal(&request, &state.config.limits) {
            Some(code) => problem(code, &id),
            None => AssertUnwindSafe(next.run(request)).catch_unwind().await.unwrap_or_else(|_| {
                tracing::error!("the request's handler panicked");
                problem(ErrorCode::Internal, &id)
            }),
        };
        protect(response.headers_mut(), &id);
        let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::info!(status = response.status().as_u16(), duration_ms, "request answered");
        response
    };
    answered.instrument(span).await
}

/// Enough of a path to recognise it; nobody's log should grow by kilobytes a line.
fn start_of(path: &str) -> &str {
    path.get(..128).unwrap_or(path)
}

/// The caller's id if it is harmless in a log and in a header, else one of ours.
fn request_id(headers: &HeaderMap, state: &HttpState) -> Arc<str> {
    let given = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok()).filter(|id| {
        (8..=64).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    });
    match given {
        Some(id) => Arc::from(id),
        None => Arc::from((state.new_request_id)().to_string()),
    }
}

fn refusal(request: &Request<Body>, limits: &Limits) -> Option<ErrorCode> {
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    if target > limits.uri_bytes_max {
        return Some(ErrorCode::UriTooLong);
    }
    let headers = request.headers();
    let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    (headers.len() > limits.headers_max || bytes > limits.header_bytes_max).then_some(ErrorCode::HeadersTooLarge)
}

fn protect(headers: &mut HeaderMap, id: &str) {
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
    headers.remove(SERVER);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(NO_CONTENT));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}
