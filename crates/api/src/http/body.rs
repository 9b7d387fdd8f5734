//! Reading the body of a POST: which kinds are taken, how large, how long it may take.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::{
    HeaderMap,
    header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE},
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::time::timeout;

use super::answer::Fault;
use crate::ErrorCode;

const CHARSET: &str = "The charset of the body must be UTF-8.";
const CUT_OFF: &str = "The body ended before it was complete.";

/// Refuses what is not plain JSON in UTF-8.
///
/// A body type that a web page can send to another origin without asking first (none, text, forms) is
/// refused: together with callers signing in by header, that keeps foreign pages from acting for a reader.
pub(super) fn check_kind(headers: &HeaderMap) -> Result<(), Fault> {
    for coding in headers.get_all(CONTENT_ENCODING) {
        if !coding.as_bytes().eq_ignore_ascii_case(b"identity") {
            return Err(Fault::new(ErrorCode::UnsupportedMediaType));
        }
    }
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let (Some(kind), None) = (types.next(), types.next()) else {
        return Err(Fault::new(ErrorCode::UnsupportedMediaType));
    };
    let kind = kind.to_str().map_err(|_| Fault::new(ErrorCode::UnsupportedMediaType))?;
    // As most say it.
    if kind == "application/json" {
        return Ok(());
    }
    let (essence, parameters) = kind.split_once(';').unwrap_or((kind, ""));
    let is = |kind: &str| essence.trim().eq_ignore_ascii_case(kind);
    match () {
        () if is("application/json") => check_charset(parameters),
        () if is("multipart/form-data") && !asked_for_preflight(headers) => Err(Fault::new(ErrorCode::CsrfPrevented)),
        () => Err(Fault::new(ErrorCode::UnsupportedMediaType)),
    }
}

fn check_charset(parameters: &str) -> Result<(), Fault> {
    let charset = parameters
        .split(';')
        .filter_map(|parameter| parameter.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))
        .map(|(_, value)| value.trim().trim_matches('"').to_ascii_lowercase());
    match charset.as_deref() {
        None | Some("utf-8" | "utf8") => Ok(()),
        Some(_) => Err(Fault::new(ErrorCode::BadRequest).detail(CHARSET)),
    }
}

fn asked_for_preflight(headers: &HeaderMap) -> bool {
    ["graphql-require-preflight", "apollo-require-preflight"]
        .iter()
        .any(|name| headers.get(*name).is_some_and(|value| !value.is_empty()))
}

/// Whether a body is announced as longer than it may be.
fn is_too_long(headers: &HeaderMap, bytes_max: usize) -> bool {
    let announced = headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok())
        .and_then(|length| length.parse::<u64>().ok());
    announced.is_some_and(|length| length > u64::try_from(bytes_max).unwrap_or(u64::MAX))
}

/// Whether a body is taken, as far as the header says what it is.
pub(super) fn is_taken(headers: &HeaderMap, bytes_max: usize) -> bool {
    check_kind(headers).is_ok() && !is_too_long(headers, bytes_max)
}

/// Reads the whole body, up to `bytes_max`, within `patience`.
pub(super) async fn read(
    headers: &HeaderMap,
    body: Body,
    bytes_max: usize,
    patience: Duration,
) -> Result<Bytes, Fault> {
    if is_too_long(headers, bytes_max) {
        return Err(Fault::new(ErrorCode::PayloadTooLarge));
    }
    match timeout(patience, Limited::new(body, bytes_max).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Fault::new(ErrorCode::PayloadTooLarge)),
        Ok(Err(_)) => Err(Fault::new(ErrorCode::BadRequest).detail(CUT_OFF)),
        Err(_) => Err(Fault::new(ErrorCode::RequestTimeout)),
    }
}
