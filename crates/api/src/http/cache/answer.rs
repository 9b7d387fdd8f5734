//! One answer that is kept.

use std::{
    fmt,
    sync::atomic::{AtomicI64, Ordering},
};

use axum::{body::Body, response::Response};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, StatusCode,
    header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH},
};
use sha2::{Digest, Sha256};

use crate::{
    http::accept::Media,
    validity::{Basis, Topics, Validity},
};

/// RFC 9211.
const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");
const HIT: HeaderValue = HeaderValue::from_static("masthead; hit");
const STORED: HeaderValue = HeaderValue::from_static("masthead; fwd=miss; stored");

/// An answer without errors that anybody may have.
pub(in crate::http) struct Kept {
    bytes: Bytes,
    media: Media,
    /// A weak validator (RFC 9110 §8.8.1): the same for the same bytes.
    etag: HeaderValue,
    topics: Topics,
    basis: Basis,
    /// The last change up to which it is known to be true.
    looked_up: AtomicI64,
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").field("bytes", &self.bytes.len()).field("basis", &self.basis).finish_non_exhaustive()
    }
}

impl Kept {
    pub(super) fn new(bytes: Bytes, media: Media, topics: Topics, basis: Basis) -> Self {
        let etag = etag(&bytes);
        Self { bytes, media, etag, topics, basis, looked_up: AtomicI64::new(basis.since) }
    }

    pub(super) fn weight(&self) -> usize {
        self.bytes.len() + size_of_val(&*self.topics)
    }

    /// Whether it is what somebody who asks now would be answered, when the last change has this number.
    pub(super) fn is_true(&self, head: i64, validity: &Validity) -> bool {
        let (now, Basis { since, from, until }) = (validity.now(), self.basis);
        if now < from || until.is_some_and(|until| until <= now) {
            return false;
        }
        // Nothing else is told by this number: no order is needed.
        if self.looked_up.load(Ordering::Relaxed) >= head {
            return true;
        }
        let is_true = validity.is_untouched(since, &self.topics);
        if is_true {
            self.looked_up.fetch_max(head, Ordering::Relaxed);
        }
        is_true
    }

    /// The answer as it is sent again.
    pub(in crate::http) fn response(&self) -> Response {
        let mut response = Response::new(Body::from(self.bytes.clone()));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, self.media.content_type());
        headers.insert(ETAG, self.etag.clone());
        headers.insert(CACHE_STATUS, HIT);
        response
    }

    /// Says on the answer just made that it is kept, and as what.
    pub(in crate::http) fn mark<B>(&self, response: &mut Response<B>) {
        response.headers_mut().insert(ETAG, self.etag.clone());
        response.headers_mut().insert(CACHE_STATUS, STORED);
    }
}

/// What is sent to somebody who asked for the answer with these headers: nothing more to those who have it.
pub(in crate::http) fn conditional(response: Response, asked: &HeaderMap) -> Response {
    let Some(etag) = response.headers().get(ETAG) else { return response };
    let has_it = asked.get_all(IF_NONE_MATCH).iter().any(|field| names(field.as_bytes(), etag.as_bytes()));
    if !has_it {
        return response;
    }
    let (mut parts, _) = response.into_parts();
    parts.status = StatusCode::NOT_MODIFIED;
    parts.headers.remove(CONTENT_TYPE);
    Response::from_parts(parts, Body::empty())
}

/// The validator of these bytes.
fn etag(bytes: &[u8]) -> HeaderValue {
    let hash = Sha256::digest(bytes);
    let half = hash.get(..16).unwrap_or_default();
    HeaderValue::try_from(format!("W/\"{}\"", URL_SAFE_NO_PAD.encode(half)))
        .unwrap_or(HeaderValue::from_static("W/\"\""))
}

/// Whether a field `If-None-Match` names a validator, compared weakly (RFC 9110 §13.1.2).
fn names(field: &[u8], etag: &[u8]) -> bool {
    let opaque = |tag: &[u8]| tag.trim_ascii().strip_prefix(b"W/").unwrap_or(tag.trim_ascii()).to_vec();
    let wanted = opaque(etag);
    field.split(|&byte| byte == b',').any(|tag| tag.trim_ascii() == b"*" || opaque(tag) == wanted)
}
