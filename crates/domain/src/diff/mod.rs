//! What is different between two contents of an article: for readers ([`diff`]), for machines ([`Patch`]), and in a word
//! ([`changed_fields`]).
//!
//! All three come from one table of the fields, and what is shown comes from the patch: a field is shown exactly when
//! the patch touches it.

mod body;
mod field;
mod hunk;

use self::field::{Part, Shown};
pub use self::hunk::{DiffOp, Hunk, PAIRS_MAX};
use crate::{
    CategoryId, ContactId, LanguageTag, Slug,
    article::{ArticleContent, ArticleKind, Credit, MediaUsage, PRINTED_BYLINE_CHARS_MAX, Seo},
    body::Body,
    link::ArticleLink,
    reference::Citation,
    tag::TagName,
    text::{Label, Line, Paragraph, Title},
};

/// One field that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldDiff {
    /// Its name in the API. In the body each block is for itself: `body.b3` is the block with the key `b3`, written as
    /// Markdown, or as JSON where Markdown does not show the difference. `body` alone is the order of the blocks, a key
    /// a line; it is there when blocks came, went or moved.
    pub path: String,
    /// The field before; nothing when there was nothing. Lists have one line for each item.
    pub before: Option<String>,
    /// The field after; nothing when there is nothing.
    pub after: Option<String>,
    /// Both as one text: texts by their words, lists by their lines.
    pub hunks: Vec<Hunk>,
}

/// A content is not what a patch was made from: a field that it changes was changed already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("`{path}` is not what this change was made from")]
pub struct PatchError {
    /// The field, by its name in the API.
    pub path: &'static str,
}

/// The fields in which two contents differ, in the order of an article, for people to read.
#[must_use]
pub fn diff(old: &ArticleContent, new: &ArticleContent) -> Vec<FieldDiff> {
    Patch::between(old, new).diffs()
}

type Change<T> = <T as Part>::Change;

macro_rules! fields {
    ($($field:ident: $part:ty = $path:literal;)+) => {
        /// All that has to be known to make one content of another, and nothing about the fields that stay.
        #[derive(Debug, Clone, PartialEq)]
        pub struct Patch { $($field: Option<Change<$part>>,)+ }

        impl Patch {
            /// The patch that makes the new content of the old one.
            #[must_use]
            pub fn between(old: &ArticleContent, new: &ArticleContent) -> Self {
                Self { $($field: (old.$field != new.$field).then(|| old.$field.change_to(&new.$field)),)+ }
            }

            /// Applies the patch. The fields it does not touch stay as they are.
            ///
            /// # Errors
            /// [`PatchError`] when a field that it changes is not what the patch was made from.
            pub fn apply(&self, old: &ArticleContent) -> Result<ArticleContent, PatchError> {
                Ok(ArticleContent { $($field: changed(&old.$field, self.$field.as_ref(), $path)?,)+ })
            }

            /// The fields it touches, by their names in the API.
            #[must_use]
            pub fn fields(&self) -> Vec<&'static str> {
                [$(self.$field.is_some().then_some($path)),+].into_iter().flatten().collect()
            }

            /// What it does, for people to read.
            #[must_use]
            pub fn diffs(&self) -> Vec<FieldDiff> {
                let mut shown = Shown::default();
                $(if let Some(change) = &self.$field {
                    <$part as Part>::show(change, $path, &mut shown);
                })+
                shown.diffs
            }
        }

        /// The fields in which two contents differ, by their names in the API.
        #[must_use]
        pub fn changed_fields(old: &ArticleContent, new: &ArticleContent) -> Vec<&'static str> {
            let ArticleContent { $($field,)+ } = old;
            [$((*$field != new.$field).then_some($path)),+].into_iter().flatten().collect()
        }
    };
}

fields! {
    language: LanguageTag = "language";
    slug: Slug = "slug";
    kind: ArticleKind = "kind";
    headline: Title = "headline";
    secondary_headline: Option<Title> = "secondaryHeadline";
    kicker: Option<Label> = "kicker";
    lede: Option<Paragraph> = "lede";
    byline: Option<Line<PRINTED_BYLINE_CHARS_MAX>> = "byline";
    body: Body = "body";
    credits: Vec<Credit> = "authors";
    categories: Vec<CategoryId> = "categories";
    tags: Vec<TagName> = "tags";
    gallery: Vec<MediaUsage> = "gallery";
    references: Vec<Citation> = "references";
    contacts: Vec<ContactId> = "contacts";
    links: Vec<ArticleLink> = "links";
    seo: Seo = "seo";
}

fn changed<T: Part>(old: &T, change: Option<&Change<T>>, path: &'static str) -> Result<T, PatchError> {
    change.map_or_else(|| Some(old.clone()), |change| old.changed(change)).ok_or(PatchError { path })
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
