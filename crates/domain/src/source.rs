//! Sources: the things that articles cite, kept once and shared by all articles that cite them.

use std::fmt;

use crate::{
    LanguageTag, SourceId, WebUrl,
    article::check_list_length,
    partial_date::PartialDate,
    text::{Label, Title},
    text_enum::text_enum,
    violation::{Violation, Violations},
};

/// The most authors of one source.
pub const SOURCE_AUTHORS_MAX: usize = 100;

text_enum! {
    /// What sort of thing a source is.
    SourceKind {
        /// An article of a newspaper or agency.
        NewsArticle = "NEWS_ARTICLE",
        /// A page of the web.
        WebPage = "WEB_PAGE",
        /// A book.
        Book = "BOOK",
        /// An article of a scholarly journal.
        JournalArticle = "JOURNAL_ARTICLE",
        /// A report.
        Report = "REPORT",
        /// A law, decree or ruling.
        Legislation = "LEGISLATION",
        /// A programme on radio or television.
        Broadcast = "BROADCAST",
        /// A post on a social network.
        SocialPost = "SOCIAL_POST",
        /// An interview.
        Interview = "INTERVIEW",
        /// A data set.
        Dataset = "DATASET",
        /// Anything else.
        Other = "OTHER",
    }
}

text_enum! {
    /// What the last look at a source's or link's address found.
    LinkHealth {
        /// Nobody has looked yet.
        Unchecked = "UNCHECKED",
        /// It answers.
        Ok = "OK",
        /// It answers at another address.
        Redirected = "REDIRECTED",
        /// It is gone.
        Gone = "GONE",
        /// Its host does not answer.
        Unreachable = "UNREACHABLE",
        /// It refuses robots.
        Blocked = "BLOCKED",
        /// Only an archived copy is left.
        ArchivedOnly = "ARCHIVED_ONLY",
    }
}

/// An author of a source: given and family name, or one name as written (`literal`), for agencies and bodies.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SourceAuthor {
    /// A person.
    Person {
        /// Given names.
        given: Option<Label>,
        /// Family name.
        family: Label,
    },
    /// A name as written.
    Literal(Title),
}

/// What is known of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceContent {
    /// What sort of thing.
    pub kind: SourceKind,
    /// Its title.
    pub title: Title,
    /// Who made it.
    pub authors: Vec<SourceAuthor>,
    /// The paper, site or house it appeared in.
    pub outlet: Option<Title>,
    /// When it appeared.
    pub published_on: Option<PartialDate>,
    /// When it was last read.
    pub accessed_on: Option<PartialDate>,
    /// Where it is.
    pub url: Option<WebUrl>,
    /// Where an archived copy is.
    pub archive_url: Option<WebUrl>,
    /// Its digital object identifier, without a resolver in front.
    pub doi: Option<Doi>,
    /// Its book number, 10 or 13 digits without hyphens.
    pub isbn: Option<Isbn>,
    /// Its language.
    pub language: Option<LanguageTag>,
}

impl SourceContent {
    /// The keys by which this source is recognised, each one once. A source without any is known by its words alone.
    #[must_use]
    pub fn keys(&self) -> Vec<SourceKey> {
        let mut keys: Vec<SourceKey> = Vec::with_capacity(3);
        let told = [
            self.doi.as_ref().map(SourceKey::doi),
            self.isbn.as_ref().map(SourceKey::isbn),
            self.url.as_ref().map(SourceKey::url),
        ];
        for key in told.into_iter().flatten() {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        keys
    }

    /// The field that a key of this source comes from, by its name in the API.
    #[must_use]
    pub fn field_of(&self, key: &SourceKey) -> &'static str {
        if self.doi.as_ref().is_some_and(|doi| SourceKey::doi(doi) == *key) {
            "doi"
        } else if self.isbn.as_ref().is_some_and(|isbn| SourceKey::isbn(isbn) == *key) {
            "isbn"
        } else {
            "url"
        }
    }

    /// Checks what the values cannot check themselves: the number of authors.
    ///
    /// # Errors
    /// [`crate::ViolationCode::TooLong`] above [`SOURCE_AUTHORS_MAX`] authors.
    pub fn check(&self) -> Result<(), Violations> {
        let mut wrong = Violations::new();
        check_list_length(&mut wrong, "authors", self.authors.len(), SOURCE_AUTHORS_MAX);
        wrong.into_result(Some(()))
    }

    /// Whether another description names the same thing by its words: kind, title, authors, outlet and date. For
    /// sources without an address or number, so that citing a book twice does not keep it twice.
    #[must_use]
    pub fn says_the_same(&self, other: &Self) -> bool {
        let words = |content: &Self| {
            let Self { kind, title, authors, outlet, published_on, .. } = content.clone();
            (kind, title, authors, outlet, published_on)
        };
        words(self) == words(other)
    }
}

/// A key by which a source is recognised: its address, DOI or ISBN in the form that all spellings share, or the id of
/// a source that was joined into it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceKey(String);

impl SourceKey {
    /// By address. The address of a DOI resolver is the DOI.
    #[must_use]
    pub fn url(url: &WebUrl) -> Self {
        Doi::parse(url.as_str()).map_or_else(|_| Self(format!("url:{}", url.identity())), |doi| Self::doi(&doi))
    }

    /// By DOI.
    #[must_use]
    pub fn doi(doi: &Doi) -> Self {
        Self(format!("doi:{}", doi.as_str()))
    }

    /// By ISBN; the 10 and the 13 digits of one book are one key.
    #[must_use]
    pub fn isbn(isbn: &Isbn) -> Self {
        Self(format!("isbn:{}", isbn.thirteen()))
    }

    /// By the id of a source that is no more.
    #[must_use]
    pub fn former(id: SourceId) -> Self {
        Self(format!("id:{id}"))
    }

    /// The key as it is kept.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SourceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A digital object identifier in small letters: `10.1000/182` (ISO 26324).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Doi(String);

impl Doi {
    /// Reads a DOI, also as `doi:…` or as an address of a resolver.
    ///
    /// # Errors
    /// [`crate::ViolationCode::Invalid`] when it does not begin with `10.`, a registrant and a slash.
    pub fn parse(text: &str) -> Result<Self, Violation> {
        let lower = text.trim().to_lowercase();
        let bare = ["https://doi.org/", "http://doi.org/", "https://dx.doi.org/", "http://dx.doi.org/", "doi:"]
            .iter()
            .find_map(|prefix| lower.strip_prefix(prefix))
            .unwrap_or(&lower)
            .trim();
        let well_formed =
            bare.strip_prefix("10.").and_then(|rest| rest.split_once('/')).is_some_and(|(registrant, name)| {
                registrant.len() >= 4
                    && registrant.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
                    && !name.is_empty()
                    && !name.contains(char::is_whitespace)
            });
        if well_formed && bare.len() <= 255 {
            Ok(Self(bare.to_owned()))
        } else {
            Err(Violation::invalid("must be a DOI such as 10.1000/182"))
        }
    }

    /// The identifier.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An International Standard Book Number with a right check digit (ISO 2108), without hyphens.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Isbn(String);

impl Isbn {
    /// Reads an ISBN of 10 or 13 digits; hyphens and spaces are left out.
    ///
    /// # Errors
    /// [`crate::ViolationCode::Invalid`] when the length or the check digit is wrong.
    pub fn parse(text: &str) -> Result<Self, Violation> {
        let digits: String = text.chars().filter(|c| !matches!(c, '-' | ' ')).map(|c| c.to_ascii_uppercase()).collect();
        let values: Option<Vec<u32>> = digits
            .char_indices()
            .map(|(place, c)| match c {
                'X' if place == 9 && digits.len() == 10 => Some(10),
                c => c.to_digit(10),
            })
            .collect();
        let sound = values.is_some_and(|values| match values.len() {
            10 => (1..=10).rev().zip(&values).map(|(weight, value)| weight * value).sum::<u32>() % 11 == 0,
            13 => [1, 3].iter().cycle().zip(&values).map(|(weight, value)| weight * value).sum::<u32>() % 10 == 0,
            _ => false,
        });
        if sound {
            Ok(Self(digits))
        } else {
            Err(Violation::invalid("must be an ISBN of 10 or 13 digits with a right check digit"))
        }
    }

    /// The number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number with 13 digits; the same for both numbers of one book (ISBN Users' Manual, 7th edition, §5.4).
    #[must_use]
    pub fn thirteen(&self) -> String {
        if self.0.len() != 10 {
            return self.0.clone();
        }
        let body = format!("978{}", self.0.get(..9).unwrap_or_default());
        let weights = [1, 3].iter().cycle();
        let sum: u32 =
            body.chars().filter_map(|c| c.to_digit(10)).zip(weights).map(|(digit, weight)| digit * weight).sum();
        format!("{body}{}", (10 - sum % 10) % 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doi_is_recognised_in_its_usual_clothes() {
        for text in
            ["10.1000/182", "doi:10.1000/182", "https://doi.org/10.1000/182", " HTTPS://DX.DOI.ORG/10.1000/182 "]
        {
            assert_eq!(Doi::parse(text).unwrap().as_str(), "10.1000/182");
        }
        for bad in ["", "11.1000/182", "10.1000/", "10.1000", "10.1000/a b"] {
            assert!(Doi::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_isbn_needs_its_check_digit() {
        assert_eq!(Isbn::parse("978-3-16-148410-0").unwrap().as_str(), "9783161484100");
        assert_eq!(Isbn::parse("0-8044-2957-x").unwrap().as_str(), "080442957X");
        for bad in ["", "9783161484101", "X804429570", "12345"] {
            assert!(Isbn::parse(bad).is_err(), "{bad}");
        }
    }
    #[test]
    fn the_two_numbers_of_one_book_are_one() {
        let thirteen = |text: &str| Isbn::parse(text).unwrap().thirteen();
        assert_eq!(thirteen("0-306-40615-2"), "9780306406157");
        assert_eq!(thirteen("080442957X"), thirteen("978-0-8044-2957-3"));
    }

    fn source(url: Option<&str>, doi: Option<&str>, isbn: Option<&str>) -> SourceContent {
        SourceContent {
            kind: SourceKind::Book,
            title: Title::parse("Gouverneurs de la rosée").unwrap(),
            authors: Vec::new(),
            outlet: None,
            published_on: None,
            accessed_on: None,
            url: url.map(|url| WebUrl::parse(url).unwrap()),
            archive_url: None,
            doi: doi.map(|doi| Doi::parse(doi).unwrap()),
            isbn: isbn.map(|isbn| Isbn::parse(isbn).unwrap()),
            language: None,
        }
    }

    #[test]
    fn a_source_is_recognised_by_everything_that_names_it() {
        let keys = |source: SourceContent| source.keys().iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(
            keys(source(Some("http://www.example.org/a/?utm_source=x"), Some("10.1000/182"), Some("0306406152"))),
            ["doi:10.1000/182", "isbn:9780306406157", "url:https://example.org/a"]
        );
        assert_eq!(keys(source(Some("https://doi.org/10.1000/182"), Some("10.1000/182"), None)), ["doi:10.1000/182"]);
        assert!(keys(source(None, None, None)).is_empty());
    }

    #[test]
    fn words_alone_tell_sources_without_keys_apart() {
        let one = source(None, None, None);
        let other = SourceContent { published_on: Some("1944".parse().unwrap()), ..one.clone() };
        assert!(one.says_the_same(&SourceContent { accessed_on: Some("2026".parse().unwrap()), ..one.clone() }));
        assert!(!one.says_the_same(&other));
    }
}
