//! What search engines and shared links are told of an article in place of what readers see.

use crate::{
    WebUrl,
    text::{Prose, Title},
};

/// The longest description, in characters.
pub const SEO_DESCRIPTION_CHARS_MAX: usize = 500;

/// What an editor tells search engines. What is not set follows from the article.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seo {
    /// The title; the headline when absent.
    pub title: Option<Title>,
    /// The description; the article's first words when absent.
    pub description: Option<Prose<SEO_DESCRIPTION_CHARS_MAX>>,
    /// The address of the original, when this is a copy of it; the article's own address when absent.
    pub canonical_url: Option<WebUrl>,
    /// Whether search engines are to leave it out.
    pub noindex: bool,
}

impl Seo {
    /// Whether nothing is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether search engines are to find the article at its own address: nobody keeps them away from it or sends them to
    /// an original elsewhere.
    #[must_use]
    pub fn is_indexed(&self) -> bool {
        !self.noindex && self.canonical_url.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_away_or_has_its_original_elsewhere_is_not_indexed() {
        let original = WebUrl::parse("https://elsewhere.example/a").ok();
        assert!(Seo::default().is_empty() && Seo::default().is_indexed());
        for seo in [Seo { noindex: true, ..Seo::default() }, Seo { canonical_url: original.clone(), ..Seo::default() }]
        {
            assert!(!seo.is_empty() && !seo.is_indexed(), "{seo:?}");
        }
        let title = Seo { title: Title::parse("Autre").ok(), ..Seo::default() };
        assert!(!title.is_empty() && title.is_indexed());
    }
}
