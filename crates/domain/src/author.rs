//! Authors: the people and agencies in credits.

use crate::{
    Slug, WebUrl,
    text::{Line, Title},
    violation::Violation,
};

/// The most profiles elsewhere of one author.
pub const SAME_AS_MAX: usize = 20;
/// The longest biography, in bytes of HTML.
pub const BIO_BYTES_MAX: usize = 40_000;

/// What an editor writes about an author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorContent {
    /// Their address, unique among all authors.
    pub slug: Slug,
    /// Their name.
    pub name: Title,
    /// A biography as safe HTML; made by the edge that sanitised it.
    pub bio: Option<String>,
    /// Their public e-mail address.
    pub email: Option<Email>,
    /// Their profiles elsewhere.
    pub same_as: Vec<WebUrl>,
    /// Their picture.
    pub portrait: Option<crate::MediaId>,
}

/// An e-mail address: one `@`, something on both sides, no spaces, at most 254 characters (RFC 5321 §4.5.3.1).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Email(String);

impl Email {
    /// Checks an address and writes its domain in small letters.
    ///
    /// # Errors
    /// [`crate::ViolationCode::Invalid`] when it cannot be an address.
    pub fn parse(text: &str) -> Result<Self, Violation> {
        let wrong = || Violation::invalid("must be an e-mail address such as desk@example.org");
        let line = Line::<254>::parse(text)?;
        let (local, domain) = line.as_str().rsplit_once('@').ok_or_else(wrong)?;
        let plain =
            |part: &str| !part.is_empty() && !part.chars().any(|c| c.is_whitespace() || "<>()[],;:\\\"".contains(c));
        let dotted = domain.split('.').count() > 1 && domain.split('.').all(|label| !label.is_empty());
        if !plain(local) || !plain(domain) || local.contains('@') || !dotted {
            return Err(wrong());
        }
        Ok(Self(format!("{local}@{}", domain.to_lowercase())))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_other_texts() {
        assert_eq!(Email::parse(" Desk@Example.ORG ").unwrap().as_str(), "Desk@example.org");
        for bad in ["", "desk", "@example.org", "desk@", "desk@host", "a b@example.org", "a@b@example.org", "a@ex..org"]
        {
            assert!(Email::parse(bad).is_err(), "{bad}");
        }
    }
}
