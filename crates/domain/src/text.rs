//! Texts with a length: one line ([`Line`]) or several ([`Prose`]).
//!
//! Both are trimmed, hold at least one visible character, are in Unicode's composed form (NFC) and carry no control
//! characters and no characters that turn the writing direction of what follows (Trojan Source, CVE-2021-42574).
//! Lengths count characters (Unicode scalar values).

use std::fmt;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::violation::{Violation, ViolationCode};

/// One line of at most `MAX` characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Line<const MAX: usize>(String);

/// Text of one or more lines, at most `MAX` characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Prose<const MAX: usize>(String);

/// A headline, a name, a title.
pub type Title = Line<300>;
/// A short label: a role, a kicker, a credit.
pub type Label = Line<160>;
/// A paragraph: a lede, a caption, a note.
pub type Paragraph = Prose<2_000>;
/// A longer text: a biography, a description.
pub type LongText = Prose<20_000>;

macro_rules! bounded_text {
    ($name:ident, $clean:expr) => {
        impl<const MAX: usize> $name<MAX> {
            /// Cleans and checks a text.
            ///
            /// # Errors
            /// [`ViolationCode::Required`] when nothing visible is left, [`ViolationCode::TooLong`] above `MAX`.
            pub fn parse(text: &str) -> Result<Self, Violation> {
                let clean: String = $clean(text);
                if clean.is_empty() {
                    return Err(Violation::new(ViolationCode::Required, "must not be empty"));
                }
                let chars = clean.chars().count();
                if chars > MAX {
                    return Err(Violation::new(
                        ViolationCode::TooLong,
                        format!("must have at most {MAX} characters, has {chars}"),
                    ));
                }
                Ok(Self(clean))
            }

            /// Like `parse`, where a text without anything visible means no text.
            ///
            /// # Errors
            /// [`ViolationCode::TooLong`] above `MAX`.
            pub fn parse_optional(text: Option<&str>) -> Result<Option<Self>, Violation> {
                match text.map(Self::parse) {
                    None => Ok(None),
                    Some(Err(wrong)) if wrong.code == ViolationCode::Required => Ok(None),
                    Some(checked) => checked.map(Some),
                }
            }

            /// Cleans a text and cuts it to its limit at a character, for imports that must not fail on length.
            /// `None` when nothing visible is left.
            #[must_use]
            pub fn cut(text: &str) -> Option<Self> {
                let clean: String = $clean(text);
                let cut: String = clean.chars().take(MAX).collect();
                let cut = cut.trim_end();
                (!cut.is_empty()).then(|| Self(cut.to_owned()))
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The text, owned.
            #[must_use]
            pub fn into_string(self) -> String {
                self.0
            }
        }

        impl<const MAX: usize> fmt::Display for $name<MAX> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<const MAX: usize> AsRef<str> for $name<MAX> {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    };
}

bounded_text!(Line, one_line);
bounded_text!(Prose, prose);

/// Characters that reorder the text around them when shown.
#[must_use]
pub fn turns_direction(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn is_dropped(character: char) -> bool {
    (character.is_control() && !character.is_whitespace()) || turns_direction(character) || character == '\u{feff}'
}

/// One line in composed form: whitespace runs are one space, unwanted characters are gone, ends are trimmed.
#[must_use]
pub fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() && c != '\u{a0}' && c != '\u{202f}') {
        let start = out.len();
        if start > 0 && !word.is_empty() {
            out.push(' ');
        }
        let before = out.len();
        out.extend(word.chars().filter(|c| !is_dropped(*c)));
        if out.len() == before {
            out.truncate(start);
        }
    }
    compose(out).trim().to_owned()
}

/// Several lines in composed form: `\r\n` is `\n`, unwanted characters are gone, ends are trimmed.
#[must_use]
pub fn prose(text: &str) -> String {
    let unix = text.replace("\r\n", "\n").replace('\r', "\n");
    let clean: String = unix.chars().filter(|c| !is_dropped(*c)).collect();
    compose(clean).trim().to_owned()
}

fn compose(text: String) -> String {
    match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => text,
        IsNormalized::No | IsNormalized::Maybe => text.nfc().collect(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_line_is_cleaned() {
        assert_eq!(Title::parse("  Le\tport\r\n rouvre \u{202e}").unwrap().as_str(), "Le port rouvre");
        assert_eq!(Title::parse("« Oui\u{a0}»").unwrap().as_str(), "« Oui\u{a0}»");
        assert_eq!(Title::parse("e\u{301}te\u{301}").unwrap().as_str(), "été");
    }

    #[test]
    fn nothing_visible_is_nothing() {
        for empty in ["", " ", "\u{200e}\u{202e}".trim_start_matches('\u{200e}'), "\n\t", "\0"] {
            assert_eq!(Title::parse(empty).unwrap_err().code, ViolationCode::Required, "{empty:?}");
            assert_eq!(Title::parse_optional(Some(empty)), Ok(None));
        }
    }

    #[test]
    fn length_counts_characters() {
        assert!(Line::<3>::parse("été").is_ok());
        let wrong = Line::<3>::parse("étés").unwrap_err();
        assert_eq!(
            (wrong.code, wrong.message.as_str()),
            (ViolationCode::TooLong, "must have at most 3 characters, has 4")
        );
        assert_eq!(Line::<3>::cut("étés").unwrap().as_str(), "été");
    }

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing(text in any::<String>()) {
            prop_assert_eq!(one_line(&one_line(&text)), one_line(&text));
            prop_assert_eq!(prose(&prose(&text)), prose(&text));
        }
    }
}
