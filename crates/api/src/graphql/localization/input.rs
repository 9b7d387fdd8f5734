//! Words in several languages as they come in, parsed into the domain. The limits are those of the fields themselves.

use async_graphql::{InputObject, MaybeUndefined};
use masthead_domain::{
    LanguageTag, Localizations, Violations,
    localization::{Localization, Words},
    text::{Label, Line, LongText, Paragraph, Title},
};

use crate::graphql::{author, scalar::Language};

/// The input field that holds them.
const FIELD: &str = "localizations";

/// What a category says in another language than its own. At least one field.
#[derive(InputObject)]
pub(crate) struct CategoryLocalizationInput {
    /// The language: another than the category's own, and each one once.
    language: Language,
    /// The name, at most 300 characters.
    name: Option<String>,
    /// What belongs in it, at most 20,000 characters.
    description: Option<String>,
}

/// What a tag is called in one language.
#[derive(InputObject)]
pub(crate) struct TagLocalizationInput {
    /// The language, each one once.
    language: Language,
    /// The spelling readers of this language shall see, at most 100 characters.
    name: String,
}

/// What an author is called, and who that is, in one language. At least one field.
#[derive(InputObject)]
pub(crate) struct AuthorLocalizationInput {
    /// The language, each one once.
    language: Language,
    /// The name as it is written for readers of this language, perhaps in another script; at most 300 characters.
    name: Option<String>,
    /// A biography in HTML; what is not safe is removed.
    bio: Option<String>,
}

/// What a contact is in one language. At least one field.
#[derive(InputObject)]
pub(crate) struct ContactLocalizationInput {
    /// The language, each one once.
    language: Language,
    /// The job title, at most 160 characters.
    title: Option<String>,
    /// The house, at most 300 characters.
    organization: Option<String>,
}

/// The words of a media record in one language. At least one field.
#[derive(InputObject)]
pub(crate) struct MediaLocalizationInput {
    /// The language, each one once.
    language: Language,
    /// A title, at most 300 characters.
    title: Option<String>,
    /// What it shows, for those who cannot see it, at most 2,000 characters.
    alt: Option<String>,
    /// The caption, at most 2,000 characters.
    caption: Option<String>,
}

/// The words of one language, parsed.
pub(crate) trait Said {
    /// The language, and the words or what is wrong with them.
    fn parse(self) -> (LanguageTag, Result<Words, Violations>);
}

impl Said for CategoryLocalizationInput {
    fn parse(self) -> (LanguageTag, Result<Words, Violations>) {
        let Self { language: Language(language), name, description } = self;
        let mut wrong = Violations::new();
        let name = wrong.take("name", Title::parse_optional(name.as_deref())).flatten();
        let description = wrong.take("description", LongText::parse_optional(description.as_deref())).flatten();
        (language, wrong.into_result(Some(Words::category(name, description))))
    }
}

impl Said for TagLocalizationInput {
    fn parse(self) -> (LanguageTag, Result<Words, Violations>) {
        let Self { language: Language(language), name } = self;
        let mut wrong = Violations::new();
        let name = wrong.take("name", Line::parse(&name));
        (language, wrong.into_result(name.map(Words::tag)))
    }
}

impl Said for AuthorLocalizationInput {
    fn parse(self) -> (LanguageTag, Result<Words, Violations>) {
        let Self { language: Language(language), name, bio } = self;
        let mut wrong = Violations::new();
        let name = wrong.take("name", Title::parse_optional(name.as_deref())).flatten();
        let bio = bio.and_then(|text| wrong.take("bio", author::bio(&text))).flatten();
        (language, wrong.into_result(Some(Words::author(name, bio))))
    }
}

impl Said for ContactLocalizationInput {
    fn parse(self) -> (LanguageTag, Result<Words, Violations>) {
        let Self { language: Language(language), title, organization } = self;
        let mut wrong = Violations::new();
        let title = wrong.take("title", Label::parse_optional(title.as_deref())).flatten();
        let organization = wrong.take("organization", Title::parse_optional(organization.as_deref())).flatten();
        (language, wrong.into_result(Some(Words::contact(title, organization))))
    }
}

impl Said for MediaLocalizationInput {
    fn parse(self) -> (LanguageTag, Result<Words, Violations>) {
        let Self { language: Language(language), title, alt, caption } = self;
        let mut wrong = Violations::new();
        let title = wrong.take("title", Title::parse_optional(title.as_deref())).flatten();
        let alt = wrong.take("alt", Paragraph::parse_optional(alt.as_deref())).flatten();
        let caption = wrong.take("caption", Paragraph::parse_optional(caption.as_deref())).flatten();
        (language, wrong.into_result(Some(Words::media(title, alt, caption))))
    }
}

/// All that a new thing says in other languages.
pub(crate) fn given<I: Said>(wrong: &mut Violations, given: Option<Vec<I>>) -> Localizations {
    given.and_then(|list| parse(wrong, list)).unwrap_or_default()
}

/// All that a thing shall say in other languages from now on; `None` leaves them as they are, and null clears them.
pub(crate) fn changed<I: Said>(wrong: &mut Violations, given: MaybeUndefined<Vec<I>>) -> Option<Localizations> {
    match given {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(Localizations::default()),
        MaybeUndefined::Value(list) => parse(wrong, list),
    }
}

fn parse<I: Said>(wrong: &mut Violations, given: Vec<I>) -> Option<Localizations> {
    let (mut list, mut inner) = (Vec::with_capacity(given.len()), Violations::new());
    for (place, said) in given.into_iter().enumerate() {
        match said.parse() {
            (language, Ok(words)) => list.push(Localization { language, words }),
            (_, Err(more)) => inner.nest(place, more),
        }
    }
    // Places in the list are right only when every language is there.
    let checked = if inner.is_empty() { Localizations::new(list) } else { Err(inner) };
    checked.map_err(|inner| wrong.nest(FIELD, inner)).ok()
}
