//! Documents that come by their hash: those that clients sent before (automatic persisted queries), and those that are
//! registered.
//!
//! The protocol is Apollo's, version 1 (<https://www.apollographql.com/docs/apollo-server/performance/apq>): the parameter `extensions` holds
//! `persistedQuery: { version: 1, sha256Hash }`. What is unknown is answered with `PersistedQueryNotFound`, and the client
//! sends the hash and the text together. The words of these errors are part of the protocol: some clients compare them.
//!
//! Each node remembers texts for itself and forgets what is asked for least. Only what passed the guard is remembered, and
//! it passes the guard again each time: nothing is allowed by a hash that its text would not be. A registered text is
//! brought from the register when it is not remembered, and is known only while it stands there.
//!
//! Who may ask for registered operations only is refused here, before anything of a document is looked at but its hash.

use std::{fmt, sync::Arc};

use async_graphql_value::{ConstValue, Variables};
use masthead_domain::operation::{Operations, TextHash};
use quick_cache::{Weighter, sync::Cache};

use super::{answer::Fault, params::Params};
use crate::{
    ErrorCode, RegisteredOperations,
    operations::{Standing, Unread},
};

const VERSION: &str = "Unsupported persisted query version.";
const MALFORMED: &str = "The extension persistedQuery needs version and sha256Hash, a hash of 64 hexadecimal digits.";

/// What a text takes beside its bytes, about.
const OVERHEAD: usize = 128;

/// The hash of a document among the extensions of a request, if it has one.
///
/// # Errors
/// What to mend in words.
pub(super) fn hash_among(extensions: &Variables) -> Result<Option<TextHash>, &'static str> {
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
        Some(ConstValue::String(hash)) => TextHash::parse(hash).map(Some).ok_or(MALFORMED),
        _ => Err(MALFORMED),
    }
}

/// A text that is remembered.
#[derive(Debug, Clone)]
struct Text {
    text: Arc<str>,
    /// It came from the register, and from no client.
    is_registered: bool,
}

#[derive(Debug, Clone)]
struct ByText;

impl Weighter<TextHash, Text> for ByText {
    fn weight(&self, _hash: &TextHash, Text { text, .. }: &Text) -> u64 {
        u64::try_from(text.len() + OVERHEAD).unwrap_or(u64::MAX)
    }
}

type Texts = Cache<TextHash, Text, ByText>;

/// The texts.
pub(super) struct Persisted {
    texts: Option<Texts>,
    registered: Option<Arc<RegisteredOperations>>,
}

impl fmt::Debug for Persisted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Persisted").field("kept", &self.texts.as_ref().map(Cache::len)).finish_non_exhaustive()
    }
}

impl Persisted {
    /// Room for texts of so many bytes; with none, hashes are not taken.
    pub(super) fn new(bytes_max: u64, registered: Option<Arc<RegisteredOperations>>) -> Self {
        let count = usize::try_from(bytes_max / 1_024).unwrap_or(usize::MAX).max(16);
        let texts = (bytes_max > 0).then(|| Cache::with_weighter(count, bytes_max, ByText));
        Self { texts, registered }
    }

    /// The request with its text, if it came with a hash instead, and how its document stands in the register, if it was
    /// looked up there.
    ///
    /// # Errors
    /// When the text is not known, is another one than the hash says, or is not registered where it must be.
    pub(super) async fn resolve(
        &self,
        params: Params,
        allowed: Operations,
    ) -> Result<(Params, Option<Standing>), Fault> {
        let is_sent = !params.query.trim().is_empty();
        let hash = match params.hash {
            Some(hash) if is_sent && hash != TextHash::of(&params.query) => {
                return Err(Fault::new(ErrorCode::PersistedQueryHashMismatch));
            }
            Some(hash) => hash,
            None if allowed == Operations::Any => return Ok((params, None)),
            None => TextHash::of(&params.query),
        };
        if is_sent {
            let standing = match allowed {
                Operations::Any => None,
                Operations::Registered => Some(self.standing(hash, allowed).await?),
            };
            return Ok((params, standing));
        }
        let texts = self.texts.as_ref().ok_or_else(|| Fault::new(ErrorCode::PersistedQueryNotSupported))?;
        let (text, standing) = match texts.get(&hash) {
            Some(Text { text, is_registered: false }) if allowed == Operations::Any => (text, None),
            known => {
                let standing = self.standing(hash, allowed).await?;
                let text = match known {
                    Some(Text { text, .. }) => text,
                    None => self.bring(texts, hash, standing, allowed).await?,
                };
                (text, Some(standing))
            }
        };
        // Without the hash: the text did not come with it, so it is not to be remembered as one that did.
        Ok((Params { query: text.as_ref().to_owned(), hash: None, ..params }, standing))
    }

    /// Remembers the text of a document that passed the guard, under the hash it came with.
    pub(super) fn keep(&self, hash: Option<TextHash>, text: &str) {
        if let Some((texts, hash)) = self.texts.as_ref().zip(hash)
            && texts.get(&hash).is_none_or(|known| known.is_registered)
        {
            texts.insert(hash, Text { text: Arc::from(text), is_registered: false });
        }
    }

    /// How the document with a hash stands in the register, where it must be found.
    async fn standing(&self, hash: TextHash, allowed: Operations) -> Result<Standing, Fault> {
        let found = match &self.registered {
            Some(registered) => registered.find(hash).await?,
            None => None,
        };
        found.ok_or_else(|| unknown(allowed))
    }

    /// The text of a registered document, which is remembered from now on.
    async fn bring(
        &self,
        texts: &Texts,
        hash: TextHash,
        standing: Standing,
        allowed: Operations,
    ) -> Result<Arc<str>, Fault> {
        let text = match &self.registered {
            Some(registered) => registered.text(standing.id).await?,
            None => None,
        };
        let text: Arc<str> = text.ok_or_else(|| unknown(allowed))?.into();
        texts.insert(hash, Text { text: Arc::clone(&text), is_registered: true });
        Ok(text)
    }
}

/// What is said of a hash that is not in the register.
fn unknown(allowed: Operations) -> Fault {
    Fault::new(match allowed {
        Operations::Any => ErrorCode::PersistedQueryNotFound,
        Operations::Registered => ErrorCode::OperationNotRegistered,
    })
}

impl From<Unread> for Fault {
    fn from(_: Unread) -> Self {
        Self::new(ErrorCode::Unavailable)
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
        let read = |extensions| hash_among(&Variables::from_json(extensions));
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

    async fn text(texts: &Persisted, query: &str, allowed: Operations) -> Result<String, ErrorCode> {
        texts.resolve(params(query), allowed).await.map(|(params, _)| params.query).map_err(|fault| fault.code)
    }

    #[tokio::test]
    async fn a_text_is_found_by_its_hash_once_it_was_kept() {
        let texts = Persisted::new(1_024, None);
        let code = async |query| text(&texts, query, Operations::Any).await;
        assert_eq!(code("").await, Err(ErrorCode::PersistedQueryNotFound));
        assert_eq!(code("{a}").await, Err(ErrorCode::PersistedQueryHashMismatch));
        assert_eq!(code("{__typename}").await, Ok("{__typename}".to_owned()));
        assert_eq!(code("").await, Err(ErrorCode::PersistedQueryNotFound), "it had not passed the guard");
        texts.keep(TextHash::parse(HASH), "{__typename}");
        assert_eq!(code("").await, Ok("{__typename}".to_owned()));
        let none = Persisted::new(0, None);
        none.keep(TextHash::parse(HASH), "{__typename}");
        assert_eq!(text(&none, "", Operations::Any).await, Err(ErrorCode::PersistedQueryNotSupported));
    }

    #[tokio::test]
    async fn where_nothing_is_registered_nothing_is_asked_for_by_those_who_need_it() {
        let texts = Persisted::new(1_024, None);
        texts.keep(TextHash::parse(HASH), "{__typename}");
        for query in ["", "{__typename}"] {
            let refused = text(&texts, query, Operations::Registered).await;
            assert_eq!(refused, Err(ErrorCode::OperationNotRegistered), "{query}");
        }
        let unhashed = Params { hash: None, ..params("{__typename}") };
        assert_eq!(
            texts.resolve(unhashed, Operations::Registered).await.unwrap_err().code,
            ErrorCode::OperationNotRegistered
        );
        assert_eq!(text(&texts, "{a}", Operations::Registered).await, Err(ErrorCode::PersistedQueryHashMismatch));
    }

    #[test]
    fn what_is_kept_has_a_bound() {
        let texts = Persisted::new(100_000, None);
        for number in 0..1_000 {
            let text = format!("{{a}} #{number}{}", " ".repeat(1_000));
            texts.keep(Some(TextHash::of(&text)), &text);
        }
        let cache = texts.texts.as_ref().unwrap();
        assert!(cache.weight() <= 100_000 && cache.len() > 40, "{} {}", cache.weight(), cache.len());
    }
}
