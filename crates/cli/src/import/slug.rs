//! Slugs of an export, brought into our form in one way everywhere.

use masthead_domain::{LanguageTag, Slug};
use masthead_formats::wxr::WxrSlug;

/// A slug of ours and whether it says something else than the one it was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rewritten {
    pub(super) slug: Slug,
    pub(super) is_rewritten: bool,
}

/// The slug of a thing: the one it had, in our form; without one, made from the first of the names that has a letter
/// or a digit.
pub(super) fn of(had: &WxrSlug, names: &[&str], language: &LanguageTag) -> Option<Rewritten> {
    if let Ok(slug) = Slug::parse(&had.decoded) {
        return Some(Rewritten { slug, is_rewritten: false });
    }
    if let Some(slug) = Slug::from_title(&had.decoded, language) {
        let is_rewritten = slug.as_str() != had.decoded;
        return Some(Rewritten { slug, is_rewritten });
    }
    let slug = names.iter().find_map(|name| Slug::from_title(name, language))?;
    Some(Rewritten { slug, is_rewritten: !had.decoded.is_empty() })
}

/// What makes two spellings of a WordPress term's slug one term.
pub(super) fn key(slug: &WxrSlug) -> String {
    slug.decoded.to_lowercase()
}

/// A slug in our form whatever its language, to recognise it by.
pub(super) fn plain(slug: &WxrSlug) -> Option<Slug> {
    let english = "en".parse().ok()?;
    Slug::parse(&slug.decoded).ok().or_else(|| Slug::from_title(&slug.decoded, &english))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_of_every_script_become_ours_in_one_way() {
        let language = "fr".parse().unwrap();
        let made = |had: &str, name: &str| {
            of(&WxrSlug::new(had), &[name, "article"], &language).map(|made| (made.slug.to_string(), made.is_rewritten))
        };
        let expected = |slug: &str, is_rewritten| Some((slug.to_owned(), is_rewritten));
        assert_eq!(made("plain-one", "T"), expected("plain-one", false));
        assert_eq!(made("caf%c3%a9", "T"), expected("cafe", true));
        assert_eq!(made("Mixed_Case", "T"), expected("mixed-case", true));
        assert_eq!(made("", "L’été à Port"), expected("l-ete-a-port", false));
        assert_eq!(made("", "···"), expected("article", false));
        assert_eq!(made("graphql", "T"), expected("graphql-1", true));
    }
}
