//! One answer that is kept.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{
    HeaderMap, HeaderValue, Response, StatusCode,
    header::{CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH},
};
use sha2::{Digest, Sha256};

use crate::{
    http::{
        accept::Media,
        coding::{self, Coding},
        fields::{self, CACHE_STATUS},
    },
    validity::{Basis, Topics, Validity},
};

const STORED: HeaderValue = HeaderValue::from_static("masthead; fwd=miss; stored");

/// An answer without errors that anybody may have.
pub(in crate::http) struct Kept {
    bytes: Bytes,
    media: Media,
    /// What the bytes are written in.
    coding: Option<Coding>,
    /// A weak validator (RFC 9110 §8.8.1): the same for the same answer in whatever coding.
    etag: HeaderValue,
    /// What it is thrown away by, for caches that are told to.
    tags: Option<HeaderValue>,
    topics: Topics,
    basis: Basis,
    /// How much of the log was known when it was last found true.
    looked_up: AtomicI64,
    /// Somebody is having it coded.
    is_being_coded: AtomicBool,
}

/// An answer that was kept and is true.
pub(in crate::http) struct Found {
    /// The answer.
    pub(in crate::http) kept: Arc<Kept>,
    /// How long ago the look at the log began that proves it; nothing when that was after it was asked for.
    pub(in crate::http) age: Duration,
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").field("bytes", &self.bytes.len()).field("basis", &self.basis).finish_non_exhaustive()
    }
}

impl Kept {
    pub(super) fn new(bytes: Bytes, media: Media, topics: Topics, basis: Basis) -> Self {
        let etag = etag(&bytes);
        let (looked_up, is_being_coded) = (AtomicI64::new(basis.since), AtomicBool::new(false));
        Self { bytes, media, coding: None, etag, tags: None, topics, basis, looked_up, is_being_coded }
    }

    /// The same with tags.
    pub(super) fn with_tags(self, tags: Option<HeaderValue>) -> Self {
        Self { tags, ..self }
    }

    /// Its tags.
    pub(super) fn tags(&self) -> Option<&HeaderValue> {
        self.tags.as_ref()
    }

    /// The same in a coding; as it is, when that is not shorter.
    pub(super) fn coded(&self, coding: Coding) -> Self {
        let Self { bytes, media, coding: _, etag, tags, topics, basis, looked_up, is_being_coded: _ } = self;
        let (bytes, coding) = match coding.shorten(bytes) {
            Some(shorter) => (shorter.into(), Some(coding)),
            None => (bytes.clone(), None),
        };
        let (etag, tags, topics) = (etag.clone(), tags.clone(), Topics::clone(topics));
        let looked_up = AtomicI64::new(looked_up.load(Ordering::Relaxed));
        Self {
            bytes,
            media: *media,
            coding,
            etag,
            tags,
            topics,
            basis: *basis,
            looked_up,
            is_being_coded: AtomicBool::new(false),
        }
    }

    /// Whether whoever asks should have it coded, and then say that it is done. The flag guards no memory, so it needs no
    /// order.
    pub(super) fn begin_coding(&self) -> bool {
        coding::is_worth_it(&self.bytes) && !self.is_being_coded.swap(true, Ordering::Relaxed)
    }

    /// See [`Kept::begin_coding`].
    pub(super) fn end_coding(&self) {
        self.is_being_coded.store(false, Ordering::Relaxed);
    }

    /// The instant at which time alone may make it another answer.
    pub(super) fn until(&self) -> Option<DateTime<Utc>> {
        self.basis.until
    }

    pub(super) fn weight(&self) -> usize {
        self.bytes.len() + size_of_val(&*self.topics) + self.tags.as_ref().map_or(0, HeaderValue::len)
    }

    /// Whether it is what somebody who asks now would be answered, when so much of the log is known.
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

    /// What it says.
    pub(in crate::http) fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The fields that tell it from other answers.
    pub(super) fn describe(&self, headers: &mut HeaderMap) {
        headers.insert(ETAG, self.etag.clone());
        if let Some(coding) = self.coding {
            headers.insert(CONTENT_ENCODING, coding.name());
        }
    }

    /// The answer just made, as it is kept.
    pub(in crate::http) fn instead(self: Arc<Self>, made: Response<Vec<u8>>) -> Response<Bytes> {
        let mut response = made.map(|_| self.bytes.clone());
        response.headers_mut().insert(CACHE_STATUS, STORED);
        response.extensions_mut().insert(self);
        response
    }
}

impl Found {
    /// The answer as it is sent again.
    pub(in crate::http) fn again(self) -> Response<Bytes> {
        let Self { kept, age } = self;
        let mut response = Response::new(kept.bytes.clone());
        fields::of_hit(response.headers_mut(), kept.media);
        fields::tell_age(response.headers_mut(), age);
        response.extensions_mut().insert(kept);
        response
    }
}

/// What is sent to somebody who asked for the answer with these headers: nothing more to those who have it.
pub(in crate::http) fn conditional<B: Default>(response: Response<B>, asked: &HeaderMap) -> Response<B> {
    let Some(etag) = response.headers().get(ETAG) else { return response };
    let has_it = asked.get_all(IF_NONE_MATCH).iter().any(|field| names(field.as_bytes(), etag.as_bytes()));
    if !has_it {
        return response;
    }
    let (mut parts, _) = response.into_parts();
    parts.status = StatusCode::NOT_MODIFIED;
    parts.headers.remove(CONTENT_TYPE);
    parts.headers.remove(CONTENT_ENCODING);
    Response::from_parts(parts, B::default())
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
