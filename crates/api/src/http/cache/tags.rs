//! What an answer was read from, told to caches that are told what to throw away.
//!
//! Fastly, Varnish and others read `Surrogate-Key`, with spaces between the tags; Cloudflare, and others after it, read `Cache-Tag`,
//! with commas. The first take 16,384 bytes of them (<https://www.fastly.com/documentation/reference/http/http-headers/Surrogate-Key/>), the
//! others 16 KiB (<https://developers.cloudflare.com/cache/how-to/purge-cache/purge-by-tags/>); but a frontend that asks us by itself refuses
//! a whole header of more than 16 KiB (Node.js), and proxies often one of more than 8.

use std::collections::{BTreeMap, BTreeSet};

use http::{HeaderName, HeaderValue};
use masthead_domain::{EntityKind, topic::Topic};

/// The longest list of tags, in bytes.
const BYTES_MAX: usize = 7 * 1_024;

/// The longest tag: what is longer is told by the tag of everything.
const TAG_BYTES_MAX: usize = 1_024;

/// The field in which tags are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagField {
    /// `Surrogate-Key`, parted by spaces.
    SurrogateKey,
    /// `Cache-Tag`, parted by commas.
    CacheTag,
}

impl TagField {
    pub(super) fn name(self) -> HeaderName {
        HeaderName::from_static(match self {
            Self::SurrogateKey => "surrogate-key",
            Self::CacheTag => "cache-tag",
        })
    }

    /// The tags of an answer by the names of its topics. Should they be too many, things are told by their kinds, the most
    /// numerous first; and should that not be enough, by the tag that every change throws away.
    pub(super) fn value(self, names: BTreeSet<(Option<EntityKind>, String)>) -> HeaderValue {
        let mut things: BTreeMap<EntityKind, Vec<String>> = BTreeMap::new();
        let mut others = BTreeSet::new();
        for (kind, name) in names {
            match kind {
                _ if name.len() > TAG_BYTES_MAX => return everything(),
                Some(kind) => things.entry(kind).or_default().push(name),
                None => drop(others.insert(name)),
            }
        }
        let length = |things: &BTreeMap<EntityKind, Vec<String>>, others: &BTreeSet<String>| -> usize {
            things.values().flatten().chain(others).map(|name| name.len() + 1).sum()
        };
        while length(&things, &others) > BYTES_MAX {
            let most = things.iter().max_by_key(|(_, names)| names.len()).map(|(kind, _)| *kind);
            let Some(kind) = most else { return everything() };
            things.remove(&kind);
            others.insert(Topic::Kind(kind).to_string());
        }
        let all: Vec<&str> = others.iter().chain(things.values().flatten()).map(String::as_str).collect();
        let between = match self {
            Self::SurrogateKey => " ",
            Self::CacheTag => ",",
        };
        HeaderValue::try_from(all.join(between)).unwrap_or_else(|_| everything())
    }
}

fn everything() -> HeaderValue {
    HeaderValue::try_from(Topic::Everything.to_string()).unwrap_or(HeaderValue::from_static("all"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(articles: usize, authors: usize, paths: usize) -> BTreeSet<(Option<EntityKind>, String)> {
        let articles = (0..articles).map(|at| (Some(EntityKind::Article), format!("art_{at:026}")));
        let authors = (0..authors).map(|at| (Some(EntityKind::Author), format!("aut_{at:026}")));
        let paths = (0..paths).map(|at| (None, format!("path:/fr/{at:020}")));
        articles.chain(authors).chain(paths).collect()
    }

    #[test]
    fn tags_are_parted_as_their_field_wants_it() {
        let value = |field: TagField| field.value(names(1, 0, 1));
        assert_eq!(value(TagField::SurrogateKey), "path:/fr/00000000000000000000 art_00000000000000000000000000");
        assert_eq!(value(TagField::CacheTag), "path:/fr/00000000000000000000,art_00000000000000000000000000");
    }

    #[test]
    fn too_many_things_are_told_by_their_kind() {
        for (articles, authors, paths, some, no) in [
            (100, 50, 2, "art_00000000000000000000000001", "kind:"),
            (400, 50, 2, "kind:article", "art_"),
            (400, 50, 2, "aut_00000000000000000000000001", "kind:author"),
            (400, 401, 2, "kind:author", "aut_"),
            (0, 0, 400, "all", "path:"),
        ] {
            let value = TagField::CacheTag.value(names(articles, authors, paths));
            let tags: Vec<&str> = value.to_str().unwrap().split(',').collect();
            assert!(value.len() <= BYTES_MAX && tags.contains(&some), "{articles} {authors} {paths}");
            assert!(!tags.iter().any(|tag| tag.starts_with(no)), "{articles} {authors} {paths}");
        }
    }

    #[test]
    fn a_tag_that_no_cache_would_take_is_not_sent() {
        let long = (None, format!("path:/{}", "x".repeat(TAG_BYTES_MAX)));
        assert_eq!(TagField::SurrogateKey.value([long].into()), "all");
    }
}
