//! Slugs: the part of an address that names a thing, in ASCII.
//!
//! A slug is made of runs of `a`–`z` and `0`–`9` joined by single hyphens, 1 to 120 characters, and is not a word the
//! server's own addresses need. It is made from any script in one way everywhere ([`Slug::from_title`]).

use std::{fmt, str::FromStr};

use deunicode::deunicode_char;

use crate::{
    language::LanguageTag,
    violation::{Violation, ViolationCode},
};

/// The most characters a slug may have.
pub const SLUG_CHARS_MAX: usize = 120;

/// First words of addresses that the server keeps for itself.
pub const RESERVED: &[&str] = &[
    "api",
    "author",
    "category",
    "docs",
    "feeds",
    "graphiql",
    "graphql",
    "healthz",
    "media",
    "metrics",
    "openapi",
    "page",
    "readyz",
    "robots",
    "search",
    "sitemap",
    "tag",
    "v1",
    "well-known",
];

/// A checked slug.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slug(String);

/// Why a text is not a slug.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SlugError {
    /// Nothing was given.
    #[error("a slug must not be empty")]
    Empty,
    /// Longer than [`SLUG_CHARS_MAX`].
    #[error("a slug has at most {SLUG_CHARS_MAX} characters")]
    TooLong,
    /// Another character than small letters, digits and single hyphens inside.
    #[error("a slug has only the letters a to z, digits, and single hyphens between them")]
    Malformed,
    /// A word the server's own addresses need.
    #[error("`{0}` is kept for the server's own addresses")]
    Reserved(String),
}

impl From<SlugError> for Violation {
    fn from(error: SlugError) -> Self {
        let code = match error {
            SlugError::Empty => ViolationCode::Required,
            SlugError::TooLong => ViolationCode::TooLong,
            SlugError::Malformed | SlugError::Reserved(_) => ViolationCode::Invalid,
        };
        Self::new(code, error.to_string())
    }
}

impl Slug {
    /// Checks a slug that somebody chose.
    ///
    /// # Errors
    /// [`SlugError`] says which rule it breaks.
    pub fn parse(text: &str) -> Result<Self, SlugError> {
        if text.is_empty() {
            return Err(SlugError::Empty);
        }
        if text.len() > SLUG_CHARS_MAX {
            return Err(SlugError::TooLong);
        }
        let well_formed = text
            .split('-')
            .all(|run| !run.is_empty() && run.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()));
        if !well_formed {
            return Err(SlugError::Malformed);
        }
        if RESERVED.contains(&text) {
            return Err(SlugError::Reserved(text.to_owned()));
        }
        Ok(Self(text.to_owned()))
    }

    /// Makes a slug from a title, name or foreign slug in any script: percent-encoded UTF-8 is decoded, letters are
    /// transliterated to ASCII (by the rules of the language where they differ), everything else separates words.
    /// Long titles are cut between words. `None` when nothing is left to write.
    #[must_use]
    pub fn from_title(title: &str, language: &LanguageTag) -> Option<Self> {
        let mut words: Vec<String> = vec![String::new()];
        for character in percent_decoded(title).chars() {
            let written = transliterate(character, language);
            match written {
                Written::Letters(text) => {
                    if let Some(word) = words.last_mut() {
                        word.push_str(&text);
                    }
                }
                Written::Nothing => {}
                Written::Gap => words.push(String::new()),
            }
        }
        let mut slug = String::new();
        for word in words.iter().flat_map(|word| word.split('-')).filter(|word| !word.is_empty()) {
            let gap = usize::from(!slug.is_empty());
            if slug.len() + gap + word.len() > SLUG_CHARS_MAX {
                if slug.is_empty() {
                    slug = word.chars().take(SLUG_CHARS_MAX).collect();
                }
                break;
            }
            if gap == 1 {
                slug.push('-');
            }
            slug.push_str(word);
        }
        match Self::parse(&slug) {
            Ok(slug) => Some(slug),
            Err(SlugError::Reserved(word)) => Some(Self(format!("{word}-1"))),
            Err(SlugError::Empty | SlugError::TooLong | SlugError::Malformed) => None,
        }
    }

    /// The same slug with a number behind it, cut so that it stays within the limit: `port-rouvre-2`.
    #[must_use]
    pub fn numbered(&self, number: u32) -> Self {
        let suffix = format!("-{number}");
        let room = SLUG_CHARS_MAX.saturating_sub(suffix.len());
        let stem: String = self.0.chars().take(room).collect();
        Self(format!("{}{suffix}", stem.trim_end_matches('-')))
    }

    /// The slug as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Slug {
    type Err = SlugError;

    fn from_str(text: &str) -> Result<Self, SlugError> {
        Self::parse(text)
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

enum Written {
    Letters(String),
    Gap,
    Nothing,
}

fn transliterate(character: char, language: &LanguageTag) -> Written {
    if character.is_ascii_alphanumeric() {
        return Written::Letters(character.to_ascii_lowercase().to_string());
    }
    if matches!(character, '\'' | '’' | '‘' | 'ʼ') {
        // French elision and Creole contraction join words in speech but name two in an address.
        return match language.primary() {
            "en" => Written::Nothing,
            _ => Written::Gap,
        };
    }
    let german = language.primary() == "de";
    let by_language = match character {
        'ä' | 'Ä' if german => Some("ae"),
        'ö' | 'Ö' if german => Some("oe"),
        'ü' | 'Ü' if german => Some("ue"),
        'å' | 'Å' if matches!(language.primary(), "da" | "nb" | "nn" | "no") => Some("aa"),
        'ı' | 'İ' => Some("i"),
        _ => None,
    };
    if let Some(text) = by_language {
        return Written::Letters(text.to_owned());
    }
    // Emoji and signs have names in the transliteration table; an address does not want them.
    if !character.is_alphanumeric() {
        return if is_joiner(character) { Written::Nothing } else { Written::Gap };
    }
    let letters: String = deunicode_char(character)
        .unwrap_or_default()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
        .collect();
    Written::Letters(letters)
}

/// Characters that stand inside a word without being written: combining marks, soft hyphens, joiners, bidi controls.
fn is_joiner(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// Decodes `%C3%A9` to `é`; what does not decode to UTF-8 stays as it is.
#[must_use]
pub fn percent_decoded(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, tail)) = rest.split_first() {
        if *first == b'%'
            && let Some((pair, after)) = tail.split_at_checked(2)
            && let Ok(digits) = std::str::from_utf8(pair)
            && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
            && let Ok(byte) = u8::from_str_radix(digits, 16)
        {
            out.push(byte);
            rest = after;
        } else {
            out.push(*first);
            rest = tail;
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn slug(title: &str, language: &str) -> Option<String> {
        Slug::from_title(title, &language.parse().unwrap()).map(|slug| slug.to_string())
    }

    #[test]
    fn titles_become_ascii() {
        for (language, title, expected) in [
            ("fr", "L’été à Port-au-Prince : « ça rouvre »", "l-ete-a-port-au-prince-ca-rouvre"),
            ("ht", "Lekòl yo louvri pòt yo", "lekol-yo-louvri-pot-yo"),
            ("en", "It's the Mayor's 2nd term", "its-the-mayors-2nd-term"),
            ("de", "Größe für Ämter", "groesse-fuer-aemter"),
            ("fr", "Größe für Ämter", "grosse-fur-amter"),
            ("ja", "%E6%9D%B1%E4%BA%AC", "dong-jing"),
            ("en", "rock 🎸 and \u{202e}roll", "rock-and-roll"),
            ("en", "media", "media-1"),
            ("fr", "cœur", "coeur"),
        ] {
            assert_eq!(slug(title, language).as_deref(), Some(expected), "{title}");
        }
        assert_eq!(slug("🎸 !!", "en"), None);
    }

    #[test]
    fn chosen_slugs_are_checked() {
        assert_eq!(Slug::parse("a--b"), Err(SlugError::Malformed));
        assert_eq!(Slug::parse("-a"), Err(SlugError::Malformed));
        assert_eq!(Slug::parse("été"), Err(SlugError::Malformed));
        assert_eq!(Slug::parse(""), Err(SlugError::Empty));
        assert_eq!(Slug::parse(&"a".repeat(121)), Err(SlugError::TooLong));
        assert_eq!(Slug::parse("graphql"), Err(SlugError::Reserved("graphql".into())));
        assert!(Slug::parse("port-rouvre-2").is_ok());
    }

    proptest! {
        #[test]
        fn a_made_slug_is_a_slug_and_stays_itself(title in "\\PC{0,200}", number in 1_u32..99_999) {
            if let Some(made) = Slug::from_title(&title, &"fr".parse().unwrap()) {
                prop_assert_eq!(Slug::parse(made.as_str()), Ok(made.clone()));
                prop_assert_eq!(Slug::from_title(made.as_str(), &"fr".parse().unwrap()), Some(made.clone()));
                let next = made.numbered(number);
                prop_assert_eq!(Slug::parse(next.as_str()), Ok(next));
            }
        }
    }
}
