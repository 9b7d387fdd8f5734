//! In which of the languages that were asked for something is shown.

use async_graphql::SimpleObject;
use masthead_domain::{LanguageTag, Locales};

use super::scalar::Language;

/// In which language something is shown to whom asked for a `locale`.
#[derive(SimpleObject, Debug, Clone, PartialEq, Eq)]
pub(crate) struct LocaleMatch {
    /// The `locale` that was asked for.
    requested: Language,
    /// The language that is shown.
    served: Language,
    /// Whether that is another one than was asked for.
    is_fallback: bool,
}

impl LocaleMatch {
    /// How what is served fits what was asked for; `None` when no locale was asked for.
    pub(crate) fn of(wanted: &Locales, served: &LanguageTag) -> Option<Self> {
        let requested = wanted.chain().first()?;
        Some(Self {
            requested: Language(requested.clone()),
            served: Language(served.clone()),
            is_fallback: requested != served,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_match_says_whether_it_is_what_was_asked_for() {
        let tag = |text: &str| text.parse::<LanguageTag>().unwrap();
        let wanted = Locales::new(Some(tag("ht")), vec![tag("fr")]).unwrap();
        let is_fallback = |served| LocaleMatch::of(&wanted, &tag(served)).map(|found| found.is_fallback);
        assert_eq!((is_fallback("ht"), is_fallback("fr"), is_fallback("es")), (Some(false), Some(true), Some(true)));
        assert_eq!(LocaleMatch::of(&Locales::default(), &tag("fr")), None);
    }
}
