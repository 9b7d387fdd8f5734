//! Language tags (BCP 47, RFC 5646) in canonical case: `fr`, `ht`, `en`, `fr-CA`.

use std::{fmt, str::FromStr};

use oxilangtag::LanguageTag as Bcp47;

use crate::violation::Violation;

/// The longest tag we keep; RFC 5646 §4.4.1 asks for room for 35 characters.
pub const TAG_CHARS_MAX: usize = 35;

/// A well-formed language tag in canonical case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LanguageTag(String);

/// The text is not a well-formed language tag of at most [`TAG_CHARS_MAX`] characters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a language is a BCP 47 tag such as fr, ht or fr-CA")]
pub struct LanguageError;

impl LanguageTag {
    /// The tag as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The language without script or region: `fr` of `fr-CA`.
    #[must_use]
    pub fn primary(&self) -> &str {
        self.0.split('-').next().unwrap_or(&self.0)
    }
}

impl FromStr for LanguageTag {
    type Err = LanguageError;

    /// Reads a tag in any case; `_` between subtags, as WordPress and POSIX locales write it, is taken as `-`.
    fn from_str(text: &str) -> Result<Self, LanguageError> {
        let text = text.trim().replace('_', "-");
        if text.len() > TAG_CHARS_MAX {
            return Err(LanguageError);
        }
        let tag = Bcp47::parse_and_normalize(&text).map_err(|_| LanguageError)?;
        // Grandfathered tags and private use (`i-klingon`, `x-…`) name nothing a reader's browser knows.
        if tag.primary_language().len() < 2 || tag.primary_language().len() > 3 || tag.as_str().starts_with("x-") {
            return Err(LanguageError);
        }
        Ok(Self(tag.into_inner()))
    }
}

impl fmt::Display for LanguageTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<LanguageError> for Violation {
    fn from(error: LanguageError) -> Self {
        Self::invalid(error)
    }
}

/// The most languages a reader may name in one chain.
pub const LOCALES_MAX: usize = 10;

/// The languages a reader wants, the best first: a locale and those to fall back on. Empty when the reader named none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Locales(Vec<LanguageTag>);

impl Locales {
    /// A locale and those to fall back on. One that stands twice counts where it stands first.
    ///
    /// # Errors
    /// A violation at `fallback` when a fallback stands without a locale, or the chain is longer than [`LOCALES_MAX`].
    pub fn new(locale: Option<LanguageTag>, fallback: Vec<LanguageTag>) -> Result<Self, Violation> {
        if locale.is_none() && !fallback.is_empty() {
            return Err(Violation::invalid("a fallback needs a `locale` to fall back from").at("fallback"));
        }
        if fallback.len() >= LOCALES_MAX {
            let most = LOCALES_MAX - 1;
            return Err(Violation::invalid(format!("must have at most {most} items")).at("fallback"));
        }
        let mut chain: Vec<LanguageTag> = Vec::with_capacity(fallback.len() + 1);
        for tag in locale.into_iter().chain(fallback) {
            if !chain.contains(&tag) {
                chain.push(tag);
            }
        }
        Ok(Self(chain))
    }

    /// The languages, the best first.
    #[must_use]
    pub fn chain(&self) -> &[LanguageTag] {
        &self.0
    }

    /// The place of a language in the chain, from 0; `None` when the reader did not ask for it.
    #[must_use]
    pub fn rank(&self, language: &str) -> Option<usize> {
        self.0.iter().position(|wanted| wanted.as_str() == language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_underscores_are_made_canonical() {
        for (given, canonical) in [("FR", "fr"), ("fr_ca", "fr-CA"), ("zh-hant-tw", "zh-Hant-TW"), (" ht ", "ht")] {
            assert_eq!(given.parse::<LanguageTag>().unwrap().as_str(), canonical);
        }
    }

    #[test]
    fn what_is_no_tag_is_refused() {
        for bad in
            ["", "f", "français", "fr-", "x-private", "i-klingon", "en-US-toolong1toolong2toolong3toolong4", "fr fr"]
        {
            assert_eq!(bad.parse::<LanguageTag>(), Err(LanguageError), "{bad}");
        }
    }

    #[test]
    fn a_chain_keeps_the_first_of_equal_languages_and_needs_a_locale() {
        let tag = |text: &str| text.parse::<LanguageTag>().unwrap();
        let chain = Locales::new(Some(tag("ht")), vec![tag("fr"), tag("ht"), tag("en")]).unwrap();
        assert_eq!(chain.chain(), [tag("ht"), tag("fr"), tag("en")]);
        assert_eq!((chain.rank("en"), chain.rank("es")), (Some(2), None));
        assert!(Locales::new(None, vec![tag("fr")]).is_err());
        assert!(Locales::new(Some(tag("ht")), vec![tag("fr"); LOCALES_MAX]).is_err());
        assert_eq!(Locales::default().chain(), []);
    }
}
