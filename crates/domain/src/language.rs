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
}
