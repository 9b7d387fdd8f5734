//! The people and programs that sign in.

use unicode_normalization::UnicodeNormalization;

use crate::{
    author::Email,
    policy::Role,
    text::Title,
    text_enum::text_enum,
    violation::{Violation, ViolationCode},
};

/// The address a user signs in with: an e-mail address in small letters, because people do not remember how they once
/// wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UserEmail(String);

impl UserEmail {
    /// Checks an address and writes it in small letters.
    ///
    /// # Errors
    /// As [`Email::parse`].
    pub fn parse(text: &str) -> Result<Self, Violation> {
        Ok(Self(Email::parse(text)?.as_str().to_lowercase()))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for UserEmail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// What an operator says about a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserContent {
    /// The address they sign in with; no two users have one.
    pub email: UserEmail,
    /// Their name.
    pub name: Title,
    /// What they are to the newsroom.
    pub role: Role,
    /// Whether they may sign in. A suspended user keeps everything but the right to come in.
    pub is_active: bool,
}

text_enum! {
    /// Why a session ended before its time.
    SessionEnd {
        /// Its user signed out.
        SignedOut = "signed_out",
        /// A refresh token of it came back after it was used: somebody copied it.
        Reused = "reused",
        /// Its user has another password now.
        PasswordChanged = "password_changed",
        /// Its user was suspended.
        Suspended = "suspended",
    }
}

/// The shortest password, in characters.
pub const PASSWORD_CHARS_MIN: usize = 12;
/// The longest password, in characters.
pub const PASSWORD_CHARS_MAX: usize = 256;

/// A new password in Unicode's compatibility form (NFKC), so that it can be typed the same on every keyboard.
///
/// # Errors
/// Shorter than [`PASSWORD_CHARS_MIN`] or longer than [`PASSWORD_CHARS_MAX`] characters.
pub fn new_password(text: &str) -> Result<String, Violation> {
    let normal = password_form(text);
    let chars = normal.chars().count();
    if chars < PASSWORD_CHARS_MIN {
        Err(Violation::invalid(format!("a password has at least {PASSWORD_CHARS_MIN} characters")))
    } else if chars > PASSWORD_CHARS_MAX {
        Err(Violation::new(ViolationCode::TooLong, format!("a password has at most {PASSWORD_CHARS_MAX} characters")))
    } else {
        Ok(normal)
    }
}

/// The form in which a typed password is compared.
#[must_use]
pub fn password_form(text: &str) -> String {
    text.nfkc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_however_they_write_their_address() {
        assert_eq!(UserEmail::parse(" Marie.Joseph@Example.ORG ").unwrap().as_str(), "marie.joseph@example.org");
        assert!(UserEmail::parse("marie").is_err());
    }

    #[test]
    fn a_password_has_a_length_in_characters_not_bytes() {
        assert_eq!(new_password("court").unwrap_err().code, ViolationCode::Invalid);
        assert_eq!(new_password(&"é".repeat(PASSWORD_CHARS_MIN)).unwrap().chars().count(), PASSWORD_CHARS_MIN);
        assert_eq!(new_password(&"é".repeat(PASSWORD_CHARS_MAX + 1)).unwrap_err().code, ViolationCode::TooLong);
    }

    #[test]
    fn a_password_is_the_same_from_every_keyboard() {
        // "é" as one character and as "e" with an accent; "ﬁ" as a ligature and as two letters.
        assert_eq!(password_form("caf\u{e9} \u{fb01}n"), password_form("cafe\u{301} fin"));
    }
}
