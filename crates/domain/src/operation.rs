//! Registered operations: documents that the operator keeps, so that clients ask for them by their hash alone.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::text_enum::text_enum;

text_enum! {
    /// Which operations a caller may ask for.
    #[derive(Default)]
    Operations {
        /// Any.
        #[default]
        Any = "any",
        /// Those in registered documents.
        Registered = "registered",
    }
}

/// The SHA-256 of the bytes of a document's text, by which clients name it. Printed in 64 small hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TextHash([u8; 32]);

impl TextHash {
    /// The hash of a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self(Sha256::digest(text).into())
    }

    /// The hash in 64 hexadecimal digits, small or capital.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
        let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let bytes = pairs.iter().map(|[high, low]| Some(digit(*high)? * 16 + digit(*low)?));
        let bytes: Vec<u8> = bytes.collect::<Option<_>>()?;
        bytes.try_into().ok().map(Self)
    }
}

impl fmt::Display for TextHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_read_as_it_is_printed() {
        // As `printf '{__typename}' | sha256sum` prints it, and Apollo's description of its protocol.
        let text = "ecf4edb46db40b5132295c0291d62fb65d6759a9eedfa4d5d612dd5ec54a6b38";
        let hash = TextHash::of("{__typename}");
        assert_eq!(hash.to_string(), text);
        assert_eq!(TextHash::parse(text), Some(hash));
        assert_eq!(TextHash::parse(&text.to_uppercase()), Some(hash));
        for wrong in ["", "ecf4", &text[1..], &format!("{text}00"), &text.replace('e', "g"), &text.replace("ec", "é")]
        {
            assert_eq!(TextHash::parse(wrong), None, "{wrong}");
        }
    }
}
