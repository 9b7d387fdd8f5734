//! Public addresses: what stands behind the site's host.
//!
//! | thing | address |
//! |---|---|
//! | article | `/{language}/{slug}` |
//! | category | `/category/{slug of the root}/…/{slug}` |
//! | author | `/author/{slug}` |

use crate::{LanguageTag, Slug, slug::percent_decoded};

/// The longest address we look up, in bytes.
pub const PATH_BYTES_MAX: usize = 2_048;

/// The address of an article.
#[must_use]
pub fn article(language: &str, slug: &str) -> String {
    format!("/{language}/{slug}")
}

/// The address of a category, from the slugs of its ancestors (root first) and its own.
pub fn category<'a>(slugs: impl IntoIterator<Item = &'a str>) -> String {
    slugs.into_iter().fold(String::from("/category"), |path, slug| path + "/" + slug)
}

/// The address of an author.
#[must_use]
pub fn author(slug: &str) -> String {
    format!("/author/{slug}")
}

/// What an address asks for by its form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathTarget {
    /// An article by language and slug.
    Article {
        /// Its language.
        language: LanguageTag,
        /// Its slug.
        slug: Slug,
    },
    /// A category by its own slug; the slugs above it are checked against the tree.
    Category {
        /// Slugs from the root down.
        slugs: Vec<Slug>,
    },
    /// An author.
    Author {
        /// Their slug.
        slug: Slug,
    },
    /// None of ours; perhaps an address of an older site.
    Foreign,
}

/// Brings an address to the one form in which it is kept and looked up: host, query and fragment are left out, it
/// begins with one slash, percent-encoding is decoded, and slashes at the end are gone. `None` when it is too long
/// or holds a NUL, encoded or not.
#[must_use]
pub fn normalized(address: &str) -> Option<String> {
    let address = address.trim();
    let local = match address.split_once("://") {
        Some((scheme, rest)) if !scheme.contains('/') => {
            rest.find('/').and_then(|slash| rest.get(slash..)).unwrap_or("/")
        }
        _ => address,
    };
    let bare = local.split(['?', '#']).next().unwrap_or_default();
    if bare.len() > PATH_BYTES_MAX {
        return None;
    }
    let decoded = percent_decoded(bare);
    if decoded.contains('\0') {
        return None;
    }
    let segments: Vec<&str> = decoded.split('/').filter(|segment| !segment.is_empty()).collect();
    Some(format!("/{}", segments.join("/")))
}

/// A path in [`normalized`] form as it stands in an address: percent-encoded where RFC 3986 wants it (§3.3, `pchar`), so
/// that nothing in it ends the path or leads to another host.
#[must_use]
pub fn written(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=:@".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// What an address in [`normalized`] form asks for.
#[must_use]
pub fn target(path: &str) -> PathTarget {
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    match segments.as_slice() {
        ["category", slugs @ ..] if !slugs.is_empty() => slugs
            .iter()
            .map(|slug| Slug::parse(slug).ok())
            .collect::<Option<Vec<Slug>>>()
            .map_or(PathTarget::Foreign, |slugs| PathTarget::Category { slugs }),
        ["author", slug] => Slug::parse(slug).map_or(PathTarget::Foreign, |slug| PathTarget::Author { slug }),
        [language, slug] => match (language.parse::<LanguageTag>(), Slug::parse(slug)) {
            (Ok(tag), Ok(slug)) if tag.as_str() == *language => PathTarget::Article { language: tag, slug },
            _ => PathTarget::Foreign,
        },
        _ => PathTarget::Foreign,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_one_form() {
        for (given, expected) in [
            ("https://old.example/2012/01/05/hello/?p=3#c", "/2012/01/05/hello"),
            ("fr/port-rouvre/", "/fr/port-rouvre"),
            ("//fr//port-rouvre", "/fr/port-rouvre"),
            ("/caf%C3%A9/", "/café"),
            ("https://old.example", "/"),
            ("", "/"),
        ] {
            assert_eq!(normalized(given).as_deref(), Some(expected), "{given}");
        }
        assert_eq!(normalized(&"a".repeat(3_000)), None);
        assert_eq!(normalized("/a\0b"), None);
        assert_eq!(normalized("/a%00b"), None);
    }

    #[test]
    fn our_own_addresses_are_recognised() {
        assert!(matches!(target("/fr/port-rouvre"), PathTarget::Article { .. }));
        assert!(matches!(target("/category/news/politics"), PathTarget::Category { slugs } if slugs.len() == 2));
        assert!(matches!(target("/author/jean-pierre"), PathTarget::Author { .. }));
        for foreign in ["/", "/2012/01/05/hello", "/FR/port", "/category", "/fr/Port", "/fr"] {
            assert_eq!(target(foreign), PathTarget::Foreign, "{foreign}");
        }
    }
}
