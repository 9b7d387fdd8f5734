//! Words in several languages: what the things that articles share say beside their own words.
//!
//! A thing has words of its own, which are always there, and perhaps words for some of its fields in other languages. A
//! reader names the languages they want in order; each field is shown in the first of them that has it, and in the
//! thing's own words when none has.

use std::collections::{BTreeMap, HashSet};

use crate::{
    LanguageTag, Locales,
    tag::TAG_CHARS_MAX,
    text::{Label, Line, LongText, Paragraph, Title},
    text_enum::text_enum,
    violation::{Violation, ViolationCode, Violations},
};

/// The most languages that one thing has words in, beside its own.
pub const LANGUAGES_MAX: usize = 50;

text_enum! {
    /// A field that can be said in several languages, by its name in the API.
    WordField {
        /// A name.
        Name = "name",
        /// What belongs in a category.
        Description = "description",
        /// A biography, safe HTML.
        Bio = "bio",
        /// A title.
        Title = "title",
        /// The house of a contact.
        Organization = "organization",
        /// What a picture shows.
        Alt = "alt",
        /// A caption.
        Caption = "caption",
    }
}

/// What a thing says in one language: some of its fields. The limits of each are those of the field itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words(BTreeMap<WordField, String>);

impl Words {
    /// The words of a category.
    #[must_use]
    pub fn category(name: Option<Title>, description: Option<LongText>) -> Self {
        Self::of([
            (WordField::Name, name.map(Title::into_string)),
            (WordField::Description, description.map(LongText::into_string)),
        ])
    }

    /// The words of a tag.
    #[must_use]
    pub fn tag(name: Line<TAG_CHARS_MAX>) -> Self {
        Self::of([(WordField::Name, Some(name.into_string()))])
    }

    /// The words of an author: the name as another script writes it, and a biography as safe HTML, made by the edge that
    /// sanitised it.
    #[must_use]
    pub fn author(name: Option<Title>, bio: Option<String>) -> Self {
        Self::of([(WordField::Name, name.map(Title::into_string)), (WordField::Bio, bio)])
    }

    /// The words of a contact.
    #[must_use]
    pub fn contact(title: Option<Label>, organization: Option<Title>) -> Self {
        Self::of([
            (WordField::Title, title.map(Label::into_string)),
            (WordField::Organization, organization.map(Title::into_string)),
        ])
    }

    /// The words of a media record.
    #[must_use]
    pub fn media(title: Option<Title>, alt: Option<Paragraph>, caption: Option<Paragraph>) -> Self {
        Self::of([
            (WordField::Title, title.map(Title::into_string)),
            (WordField::Alt, alt.map(Paragraph::into_string)),
            (WordField::Caption, caption.map(Paragraph::into_string)),
        ])
    }

    /// Words that were kept before.
    #[must_use]
    pub fn kept(fields: BTreeMap<WordField, String>) -> Self {
        Self(fields)
    }

    fn of<const N: usize>(fields: [(WordField, Option<String>); N]) -> Self {
        Self(fields.into_iter().filter_map(|(field, text)| text.map(|text| (field, text))).collect())
    }

    /// What a field says, when it says something.
    #[must_use]
    pub fn text(&self, field: WordField) -> Option<&str> {
        self.0.get(&field).map(String::as_str)
    }

    /// The fields that say something.
    pub fn iter(&self) -> impl Iterator<Item = (WordField, &str)> {
        self.0.iter().map(|(field, text)| (*field, text.as_str()))
    }
}

/// What a thing says in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Localization {
    /// The language.
    pub language: LanguageTag,
    /// The words.
    pub words: Words,
}

/// What a thing says in other languages than its own, each language once. Two are equal that say the same in whatever
/// order.
#[derive(Debug, Clone, Default)]
pub struct Localizations(Vec<Localization>);

impl Localizations {
    /// The words of a thing in these languages.
    ///
    /// # Errors
    /// At the place in the list of what is wrong: [`ViolationCode::Required`] when a language has no words,
    /// [`ViolationCode::Invalid`] when one stands twice; [`ViolationCode::TooLong`] above [`LANGUAGES_MAX`].
    pub fn new(list: Vec<Localization>) -> Result<Self, Violations> {
        let mut wrong = Violations::new();
        if list.len() > LANGUAGES_MAX {
            let message = format!("must have at most {LANGUAGES_MAX} items, has {}", list.len());
            wrong.push(Violation::new(ViolationCode::TooLong, message));
        }
        let mut seen = HashSet::new();
        for (place, Localization { language, words }) in list.iter().enumerate() {
            if !seen.insert(language) {
                wrong.push(Violation::invalid("stands twice in this list").at("language").at(place));
            }
            if words.0.is_empty() {
                let message = "must say something in this language";
                wrong.push(Violation::new(ViolationCode::Required, message).at(place));
            }
        }
        if wrong.is_empty() { Ok(Self(list)) } else { Err(wrong) }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each language with its words.
    pub fn iter(&self) -> impl Iterator<Item = &Localization> {
        self.0.iter()
    }

    /// What is said in a language.
    #[must_use]
    pub fn words(&self, language: &LanguageTag) -> Option<&Words> {
        self.0.iter().find(|said| said.language == *language).map(|said| &said.words)
    }

    /// Checks that none is in the language of the thing's own words.
    ///
    /// # Errors
    /// [`ViolationCode::Invalid`] at the place of the one that is.
    pub fn check_own(&self, own: &LanguageTag) -> Result<(), Violation> {
        match self.0.iter().position(|said| said.language == *own) {
            None => Ok(()),
            Some(place) => {
                let message = format!("`{own}` is the language of its own words; change those");
                Err(Violation::invalid(message).at("language").at(place))
            }
        }
    }

    /// These, and of others those in languages that are lacking here, as long as there is room.
    #[must_use]
    pub fn with_lacking(mut self, others: &Self) -> Self {
        for other in &others.0 {
            if self.0.len() < LANGUAGES_MAX && self.words(&other.language).is_none() {
                self.0.push(other.clone());
            }
        }
        self
    }

    /// What a field says in the first of the wanted languages that has it, with that language. `None` when the thing's
    /// own words are to be shown: none of those has it, or the language of its own words (`own`: none when that is not
    /// known, or when they do not have the field) comes first.
    #[must_use]
    pub fn best(&self, wanted: &Locales, own: Option<&LanguageTag>, field: WordField) -> Option<(&LanguageTag, &str)> {
        let before_own = wanted.chain().iter().take_while(|language| Some(*language) != own);
        let mut said = before_own.filter_map(|wanted| self.0.iter().find(|said| said.language == *wanted));
        said.find_map(|said| Some((&said.language, said.words.text(field)?)))
    }
}

impl PartialEq for Localizations {
    fn eq(&self, other: &Self) -> bool {
        let same = |said: &Localization| other.words(&said.language) == Some(&said.words);
        self.0.len() == other.0.len() && self.0.iter().all(same)
    }
}

impl Eq for Localizations {}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(text: &str) -> LanguageTag {
        text.parse().unwrap()
    }

    fn said(language: &str, name: Option<&str>, description: Option<&str>) -> Localization {
        let name = name.map(|name| Title::parse(name).unwrap());
        let description = description.map(|text| LongText::parse(text).unwrap());
        Localization { language: tag(language), words: Words::category(name, description) }
    }

    fn wanted(chain: &[&str]) -> Locales {
        let mut chain = chain.iter().map(|text| tag(text));
        Locales::new(chain.next(), chain.collect()).unwrap()
    }

    #[test]
    fn each_field_is_shown_in_the_first_language_that_has_it() {
        let words =
            Localizations::new(vec![said("ht", Some("Ekonomi"), None), said("en", Some("Economy"), Some("Money."))])
                .unwrap();
        let best = |chain: &[&str], own: Option<&str>, field| {
            let own = own.map(tag);
            words.best(&wanted(chain), own.as_ref(), field).map(|(tag, text)| format!("{tag} {text}"))
        };
        assert_eq!(best(&["ht", "en"], None, WordField::Name).as_deref(), Some("ht Ekonomi"));
        assert_eq!(best(&["ht", "en"], None, WordField::Description).as_deref(), Some("en Money."));
        assert_eq!(best(&["es", "en"], None, WordField::Name).as_deref(), Some("en Economy"));
        assert_eq!(best(&["es"], None, WordField::Name), None);
        assert_eq!(best(&[], None, WordField::Name), None);
        // Its own words are in the language that comes first; without a text of their own the next language is asked.
        assert_eq!(best(&["fr", "ht"], Some("fr"), WordField::Name), None);
        assert_eq!(best(&["fr", "ht"], None, WordField::Name).as_deref(), Some("ht Ekonomi"));
        assert_eq!(best(&["ht", "fr", "en"], Some("fr"), WordField::Description), None);
    }

    #[test]
    fn a_language_stands_once_and_says_something() {
        let wrong = Localizations::new(vec![
            said("ht", Some("Ekonomi"), None),
            said("en", None, None),
            said("ht", None, Some("Lajan.")),
        ])
        .unwrap_err();
        let paths: Vec<String> =
            wrong.iter().map(|wrong| format!("{:?} {}", wrong.code, wrong.path.join("."))).collect();
        assert_eq!(paths, ["Required 1", "Invalid 2.language"]);
        let many = (0..=LANGUAGES_MAX)
            .map(|number| said(&format!("q{}{}", letter(number / 26), letter(number % 26)), Some("N"), None));
        let many: Vec<Localization> = many.collect();
        let wrong = Localizations::new(many.clone()).unwrap_err();
        assert_eq!(wrong.iter().map(|wrong| wrong.code).collect::<Vec<_>>(), [ViolationCode::TooLong]);
        assert!(Localizations::new(many.into_iter().take(LANGUAGES_MAX).collect()).is_ok());
    }

    fn letter(number: usize) -> char {
        char::from(b'a' + u8::try_from(number).unwrap())
    }

    #[test]
    fn the_language_of_its_own_words_is_refused_at_its_place() {
        let words = Localizations::new(vec![said("ht", Some("A"), None), said("fr", Some("B"), None)]).unwrap();
        assert_eq!(words.check_own(&tag("fr")).unwrap_err().path, ["1", "language"]);
        assert_eq!(words.check_own(&tag("en")), Ok(()));
    }

    #[test]
    fn order_does_not_tell_two_apart() {
        let (one, two) = (said("ht", Some("A"), None), said("en", Some("B"), None));
        let list = |list| Localizations::new(list).unwrap();
        assert_eq!(list(vec![one.clone(), two.clone()]), list(vec![two.clone(), one.clone()]));
        assert_ne!(list(vec![one.clone()]), list(vec![one.clone(), two.clone()]));
        assert_ne!(list(vec![one.clone()]), list(vec![said("ht", Some("B"), None)]));
        let joined = list(vec![one.clone()]).with_lacking(&list(vec![said("ht", Some("C"), None), two.clone()]));
        assert_eq!(joined, list(vec![one, two]));
    }
}
