//! Automatic persisted queries: a client sends the hash of a document, and its text only when the server does not know it.
//!
//! The protocol is Apollo's, version 1 (<https://www.apollographql.com/docs/apollo-server/performance/apq>): the parameter `extensions` holds
//! `persistedQuery: { version: 1, sha256Hash }`. What is unknown is answered with `PersistedQueryNotFound`, and the client
//! sends the hash and the text together. The words of these errors are part of the protocol: some clients compare them.
//!
//! Each node remembers texts for itself and forgets what is asked for least. Only what passed the guard is remembered, and
//! it passes the guard again each time: nothing is allowed by a hash that its text would not be.

use std::{fmt, sync::Arc};

use async_graphql_value::{ConstValue, Variables};
use quick_cache::{Weighter, sync::Cache};
use sha2::{Digest, Sha256};

use super::{answer::Fault, params::Params};
use crate::ErrorCode;

const VERSION: &str = "Unsupported persisted query version.";
const MALFORMED: &str = "The extension persistedQuery needs version and sha256Hash, a hash of 64 hexadecimal digits.";

/// What a text takes beside its bytes, about.
const OVERHEAD: usize = 128;

/// The hash of a document's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct TextHash([u8; 32]);

impl TextHash {
    /// The hash among the extensions of a request, if it has one.
    ///
    /// # Errors
    /// What to mend in words.
    pub(super) fn among(extensions: &Variables) -> Result<Option<Self>, &'static str> {
        let object = match extensions.get("persistedQuery") {
            None | Some(ConstValue::Null) => return Ok(None),
            Some(ConstValue::Object(object)) => object,
            Some(_) => return Err(MALFORMED),
        };
        match object.get("version") {
            Some(ConstValue::Number(version)) if version.as_u64() == Some(1) => {}
            Some(ConstValue::Number(_)) => return Err(VERSION),
            _ => return Err(MALFORMED),
        }
        match object.get("sha256Hash") {
            Some(ConstValue::String(hash)) => Self::parse(hash).map(Some).ok_or(MALFORMED),
            _ => Err(MALFORMED),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
        let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let bytes = pairs.iter().map(|[high, low]| Some(digit(*high)? * 16 + digit(*low)?));
        let bytes: Vec<u8> = bytes.collect::<Option<_>>()?;
        bytes.try_into().ok().map(Self)
    }

    fn of(text: &str) -> Self {
        Self(Sha256::digest(text).into())
    }
}

#[derive(Debug, Clone)]
struct ByText;

impl Weighter<TextHash, Arc<str>> for ByText {
    fn weight(&self, _hash: &TextHash, text: &Arc<str>) -> u64 {
        u64::try_from(text.len() + OVERHEAD).unwrap_or(u64::MAX)
    }
}

/// The texts.
pub(super) struct Persisted(Option<Cache<TextHash, Arc<str>, ByText>>);

impl fmt::Debug for Persisted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Persisted").field("kept", &self.0.as_ref().map(Cache::len)).finish()
    }
}

impl Persisted {
    /// Room for texts of so many bytes; with none, hashes are not taken.
    pub(super) fn new(bytes_max: u64) -> Self {
        let count = usize::try_from(bytes_max / 1_024).unwrap_or(usize::MAX).max(16);
        Self((bytes_max > 0).then(|| Cache::with_weighter(count, bytes_max, ByText)))
    }

    /// The request with its text, if it came with a hash instead.
    ///
    /// # Errors
    /// When the text is not known, or is another one than the hash says.
    pub(super) fn resolve(&self, params: Params) -> Result<Params, Fault> {
        let Some(hash) = params.hash else { return Ok(params) };
        if params.query.trim().is_empty() {
            let texts = self.0.as_ref().ok_or_else(|| Fault::new(ErrorCode::PersistedQueryNotSupported))?;
            let text = texts.get(&hash).ok_or_else(|| Fault::new(ErrorCode::PersistedQueryNotFound))?;
            return Ok(Params { query: text.as_ref().to_owned(), ..params });
        }
        match TextHash::of(&params.query) == hash {
            true => Ok(params),
            false => Err(Fault::new(ErrorCode::PersistedQueryHashMismatch)),
        }
    }

    /// Remembers the text of a document that passed the guard, under the hash it came with.
    pub(super) fn keep(&self, hash: Option<TextHash>, text: &str) {
        if let Some((texts, hash)) = self.0.as_ref().zip(hash)
            && texts.get(&hash).is_none()
        {
            texts.insert(hash, Arc::from(text));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const HASH: &str = "ecf4edb46db40b5132295c0291d62fb65d6759a9eedfa4d5d612dd5ec54a6b38";

    fn params(query: &str) -> Params {
        Params { query: query.to_owned(), hash: TextHash::parse(HASH), ..Params::default() }
    }

    #[test]
    fn a_hash_is_read_from_the_extensions() {
        let read = |extensions| TextHash::among(&Variables::from_json(extensions));
        let of = |hash: &str| json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } });
        assert_eq!(read(of(HASH)), Ok(Some(TextHash::of("{__typename}"))));
        assert_eq!(read(of(&HASH.to_uppercase())), Ok(Some(TextHash::of("{__typename}"))));
        for none in [json!({}), json!({ "persistedQuery": null }), json!({ "tracing": {} })] {
            assert_eq!(read(none), Ok(None));
        }
        for wrong in [
            of(""),
            of("ecf4"),
            of(&HASH.replace('e', "g")),
            of(&format!("{HASH}00")),
            json!({ "persistedQuery": HASH }),
            json!({ "persistedQuery": { "sha256Hash": HASH } }),
            json!({ "persistedQuery": { "version": 1 } }),
            json!({ "persistedQuery": { "version": "1", "sha256Hash": HASH } }),
        ] {
            assert_eq!(read(wrong.clone()), Err(MALFORMED), "{wrong}");
        }
        assert_eq!(read(json!({ "persistedQuery": { "version": 2, "sha256Hash": HASH } })), Err(VERSION));
    }

    #[test]
    fn a_text_is_found_by_its_hash_once_it_was_kept() {
        let texts = Persisted::new(1_024);
        let code = |query| texts.resolve(params(query)).map(|params| params.query).map_err(|fault| fault.code);
        assert_eq!(code(""), Err(ErrorCode::PersistedQueryNotFound));
        assert_eq!(code("{a}"), Err(ErrorCode::PersistedQueryHashMismatch));
        assert_eq!(code("{__typename}"), Ok("{__typename}".to_owned()));
        assert_eq!(code(""), Err(ErrorCode::PersistedQueryNotFound), "it had not passed the guard");
        texts.keep(TextHash::parse(HASH), "{__typename}");
        assert_eq!(code(""), Ok("{__typename}".to_owned()));
        let none = Persisted::new(0);
        none.keep(TextHash::parse(HASH), "{__typename}");
        assert_eq!(none.resolve(params("")).unwrap_err().code, ErrorCode::PersistedQueryNotSupported);
    }

    #[test]
    fn what_is_kept_has_a_bound() {
        let texts = Persisted::new(100_000);
        for number in 0..1_000 {
            let text = format!("{{a}} #{number}{}", " ".repeat(1_000));
            texts.keep(Some(TextHash::of(&text)), &text);
        }
        let cache = texts.0.as_ref().unwrap();
        assert!(cache.weight() <= 100_000 && cache.len() > 40, "{} {}", cache.weight(), cache.len());
    }
}
