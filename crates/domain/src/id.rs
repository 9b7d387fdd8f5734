//! Identifiers: a UUIDv7 in a newtype per entity, printed as a TypeID (`art_01h455vb4pex5vsknk084sn02q`).
//!
//! A TypeID is a prefix, an underscore and 26 characters of Crockford's base32 in lower case, most significant bits
//! first (specification: jetify-com/typeid, version 0.3). The same text stands in GraphQL, JSON, feeds and webhooks.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::Uuid;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const SUFFIX_CHARS: usize = 26;

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// There is no `prefix_` in front, or the prefix names nothing we keep.
    #[error("an id looks like `art_01h455vb4pex5vsknk084sn02q`")]
    Malformed,
    /// The id is well formed but names another kind of thing.
    #[error("this id names {found}, not {wanted}")]
    WrongKind {
        /// What was asked for, with its article: `an article`.
        wanted: &'static str,
        /// What the id names.
        found: &'static str,
    },
}

fn encode(prefix: &str, id: Uuid) -> String {
    let mut out = String::with_capacity(prefix.len() + 1 + SUFFIX_CHARS);
    out.push_str(prefix);
    out.push('_');
    let bits = id.as_u128();
    for place in (0..SUFFIX_CHARS).rev() {
        let digit = usize::try_from((bits >> (5 * place)) & 31).unwrap_or(0);
        out.push(char::from(ALPHABET.get(digit).copied().unwrap_or(b'0')));
    }
    out
}

fn decode(suffix: &str) -> Option<Uuid> {
    if suffix.len() != SUFFIX_CHARS || !matches!(suffix.as_bytes().first(), Some(b'0'..=b'7')) {
        return None;
    }
    let mut bits: u128 = 0;
    for byte in suffix.bytes() {
        let digit = ALPHABET.iter().position(|known| *known == byte)?;
        bits = (bits << 5) | u128::try_from(digit).ok()?;
    }
    Some(Uuid::from_u128(bits))
}

macro_rules! entities {
    ($($kind:ident $id:ident $prefix:literal $words:literal $table:literal;)+) => {
        /// Every kind of thing that has an id.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum EntityKind { $(#[doc = concat!("Named by `", $prefix, "_…`.")] $kind,)+ }

        impl EntityKind {
            /// All kinds, in the order they were introduced.
            pub const ALL: &[Self] = &[$(Self::$kind),+];

            /// The prefix of its ids, for example `art`.
            #[must_use]
            pub const fn prefix(self) -> &'static str {
                match self { $(Self::$kind => $prefix,)+ }
            }

            /// The kind in words with its article, for messages: `an article`.
            #[must_use]
            pub const fn words(self) -> &'static str {
                match self { $(Self::$kind => $words,)+ }
            }

            /// The stable name used in the change log and in logs: `article`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$kind => $table,)+ }
            }

            /// The id of this kind with a UUID from its table.
            #[must_use]
            pub const fn id(self, uuid: Uuid) -> AnyId {
                match self { $(Self::$kind => AnyId::$kind($id(uuid)),)+ }
            }

            /// The kind with this stable name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($table => Some(Self::$kind),)+ _ => None }
            }
        }

        /// An id of any kind, as `node(id:)` receives it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum AnyId { $(#[doc = concat!("Names ", $words, ".")] $kind($id),)+ }

        impl AnyId {
            /// What the id names.
            #[must_use]
            pub const fn kind(self) -> EntityKind {
                match self { $(Self::$kind(_) => EntityKind::$kind,)+ }
            }

            /// The bare UUID, for storage.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                match self { $(Self::$kind(id) => id.uuid(),)+ }
            }
        }

        impl FromStr for AnyId {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let (prefix, suffix) = text.rsplit_once('_').ok_or(IdError::Malformed)?;
                let id = decode(suffix).ok_or(IdError::Malformed)?;
                match prefix {
                    $($prefix => Ok(Self::$kind($id(id))),)+
                    _ => Err(IdError::Malformed),
                }
            }
        }

        impl fmt::Display for AnyId {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self { $(Self::$kind(id) => id.fmt(f),)+ }
            }
        }

        $(
            #[doc = concat!("Names ", $words, ": `", $prefix, "_…`.")]
            #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
            pub struct $id(Uuid);

            impl $id {
                /// What ids of this type name.
                pub const KIND: EntityKind = EntityKind::$kind;

                /// Wraps a UUID that is known to name this kind of thing, for example one read from its table.
                #[must_use]
                pub const fn from_uuid(id: Uuid) -> Self {
                    Self(id)
                }

                /// The bare UUID, for storage.
                #[must_use]
                pub const fn uuid(self) -> Uuid {
                    self.0
                }
            }

            impl fmt::Display for $id {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(&encode($prefix, self.0))
                }
            }

            impl fmt::Debug for $id {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(&encode($prefix, self.0))
                }
            }

            impl FromStr for $id {
                type Err = IdError;

                fn from_str(text: &str) -> Result<Self, IdError> {
                    match text.parse::<AnyId>()? {
                        AnyId::$kind(id) => Ok(id),
                        #[allow(unreachable_patterns, reason = "the last kind leaves nothing over")]
                        other => Err(IdError::WrongKind { wanted: $words, found: other.kind().words() }),
                    }
                }
            }

            impl From<$id> for AnyId {
                fn from(id: $id) -> Self {
                    Self::$kind(id)
                }
            }

            impl Serialize for $id {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.collect_str(self)
                }
            }

            impl<'de> Deserialize<'de> for $id {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
                }
            }
        )+
    };
}

entities! {
    Article ArticleId "art" "an article" "article";
    Category CategoryId "cat" "a category" "category";
    Tag TagId "tag" "a tag" "tag";
    Author AuthorId "aut" "an author" "author";
    Source SourceId "src" "a source" "source";
    Reference ReferenceId "ref" "a reference" "reference";
    Contact ContactId "con" "a contact" "contact";
    Media MediaId "med" "a media record" "media";
    Comment CommentId "com" "a comment" "comment";
    TranslationGroup TranslationGroupId "trg" "a translation group" "translation_group";
    User UserId "usr" "a user" "user";
    Session SessionId "ses" "a session" "session";
    ApiKey ApiKeyId "key" "an API key" "api_key";
    Redirect RedirectId "red" "a redirect" "redirect";
    Correction CorrectionId "cor" "a correction" "correction";
    PreviewToken PreviewTokenId "prv" "a preview token" "preview_token";
    Operation OperationId "opr" "a registered operation" "operation";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_typeid_specification_hold() {
        // typeid/spec/valid.yml, "nil", "one", "max-valid" and "valid-uuidv7", with our prefix.
        for (uuid, text) in [
            ("00000000-0000-0000-0000-000000000000", "art_00000000000000000000000000"),
            ("00000000-0000-0000-0000-000000000001", "art_00000000000000000000000001"),
            ("ffffffff-ffff-ffff-ffff-ffffffffffff", "art_7zzzzzzzzzzzzzzzzzzzzzzzzz"),
            ("01890a5d-ac96-774b-bcce-b302099a8057", "art_01h455vb4pex5vsknk084sn02q"),
        ] {
            let id = ArticleId::from_uuid(uuid.parse().unwrap());
            assert_eq!(id.to_string(), text);
            assert_eq!(text.parse::<ArticleId>().unwrap(), id);
        }
    }

    #[test]
    fn an_id_of_another_kind_is_told_apart_from_nonsense() {
        let category = CategoryId::from_uuid(Uuid::from_u128(7)).to_string();
        assert_eq!(
            category.parse::<ArticleId>(),
            Err(IdError::WrongKind { wanted: "an article", found: "a category" })
        );
        for bad in [
            "",
            "art",
            "art_",
            "7",
            "art_8zzzzzzzzzzzzzzzzzzzzzzzzz",
            "art_01H455VB4PEX5VSKNK084SN02Q",
            "xyz_01h455vb4pex5vsknk084sn02q",
            "art_01h455vb4pex5vsknk084sn02l",
            "art_01h455vb4pex5vsknk084sn02qq",
            "art_é1h455vb4pex5vsknk084sn02",
            "_01h455vb4pex5vsknk084sn02q",
        ] {
            assert_eq!(bad.parse::<ArticleId>(), Err(IdError::Malformed), "{bad}");
        }
    }

    #[test]
    fn kinds_and_prefixes_are_one_to_one() {
        let prefixes: std::collections::BTreeSet<_> = EntityKind::ALL.iter().map(|kind| kind.prefix()).collect();
        assert_eq!(prefixes.len(), EntityKind::ALL.len());
        for kind in EntityKind::ALL {
            assert_eq!(EntityKind::from_name(kind.name()), Some(*kind));
        }
    }
}
