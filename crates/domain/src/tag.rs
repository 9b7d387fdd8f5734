//! Tags: free words on articles, one spelling each.

use crate::{
    LanguageTag, Slug,
    text::Line,
    violation::{Violation, ViolationCode},
};

/// The longest tag, in characters.
pub const TAG_CHARS_MAX: usize = 100;

/// A tag's name, with the slug that makes two spellings one tag (`Économie` and `economie`).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TagName {
    name: Line<TAG_CHARS_MAX>,
    slug: Slug,
}

impl TagName {
    /// Checks a name and makes its slug.
    ///
    /// # Errors
    /// [`ViolationCode::Required`] without visible characters or without anything an address can write,
    /// [`ViolationCode::TooLong`] above [`TAG_CHARS_MAX`].
    pub fn parse(name: &str, language: &LanguageTag) -> Result<Self, Violation> {
        let name = Line::parse(name)?;
        let slug = Slug::from_title(name.as_str(), language)
            .ok_or_else(|| Violation::new(ViolationCode::Invalid, "must have a letter or a digit"))?;
        Ok(Self { name, slug })
    }

    /// A tag whose slug is given, for imports that keep addresses.
    #[must_use]
    pub fn with_slug(name: Line<TAG_CHARS_MAX>, slug: Slug) -> Self {
        Self { name, slug }
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.as_str()
    }

    /// The slug.
    #[must_use]
    pub fn slug(&self) -> &Slug {
        &self.slug
    }
}
