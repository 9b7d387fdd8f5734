//! Steps of answering that are measured by themselves, in `bench/benches`. Nothing else needs them.

use std::hash::{BuildHasher as _, RandomState};

use bytes::Bytes;

use super::{
    accept::Media,
    cache::{Question, Spelling},
    config::Limits,
    params::Params,
};

/// The key of a body as it is spelled, hashed: what a request costs whose answer is kept.
pub fn spelling(hasher: &RandomState, body: &Bytes) -> u64 {
    hasher.hash_one(Spelling::new(Media::Json, false, body.clone()))
}

/// The key of what a body asks for, hashed: what is done when it never came in this spelling; `None` when it is no
/// request.
pub fn question(hasher: &RandomState, body: &[u8], limits: &Limits) -> Option<u64> {
    let params = Params::from_json(body, limits).ok()?;
    Some(hasher.hash_one(Question::of(Media::Json, &params)))
}
