//! Errors of everything that is not GraphQL: problem documents (RFC 9457) with our code.

use axum::{body::Body, response::Response};
use http::{HeaderValue, header::CONTENT_TYPE};
use serde::Serialize;

use crate::ErrorCode;

#[derive(Serialize)]
struct Problem<'a> {
    title: &'a str,
    status: u16,
    code: &'a str,
    #[serde(rename = "requestId")]
    request_id: &'a str,
}

/// An answer that consists of one error.
#[must_use]
pub fn problem(code: ErrorCode, request_id: &str) -> Response {
    let problem = Problem { title: code.message(), status: code.status().as_u16(), code: code.as_str(), request_id };
    // Strings and a number always serialise; an empty body would still carry the status.
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = code.status();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json; charset=utf-8"));
    super::answer::add_hints(&mut response, code, None);
    response
}
