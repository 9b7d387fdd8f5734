//! What only the importer can tell of an import; what the reader of the file tells is in `masthead_formats::wxr`.

use masthead_formats::wxr::Outcome;

/// The reason for something, as a code and as a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Why {
    /// The stable code.
    pub code: &'static str,
    /// The sentence.
    pub words: &'static str,
}

macro_rules! import_notes {
    ($($(#[doc = $doc:literal])* $name:ident, $code:literal, $outcome:ident;)*) => {
        /// What the importer did with something, and why. Each has a stable code, explained in `docs/importing.md`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ImportNote {
            $($(#[doc = $doc])* $name,)*
        }

        impl ImportNote {
            /// Every note, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The stable code.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// What it means, as a sentence.
            #[must_use]
            pub const fn words(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),*).trim_ascii(),)* }
            }

            /// The code and the sentence.
            #[must_use]
            pub const fn why(self) -> Why {
                Why { code: self.code(), words: self.words() }
            }

            /// What became of the thing.
            #[must_use]
            pub const fn outcome(self) -> Outcome {
                match self { $(Self::$name => Outcome::$outcome,)* }
            }
        }
    };
}

import_notes! {
    /// Items of this type are no articles; map the type with `--type` to import them.
    TypeSkipped, "type-skipped", Skipped;
    /// The item was in the bin, or saved by itself and never used.
    StatusSkipped, "status-skipped", Skipped;
    /// The item was for logged-in editors only; it is a draft.
    PrivateDraft, "private-draft", Kept;
    /// The item was protected by a password; it is a draft.
    PasswordDraft, "password-draft", Kept;
    /// The state of the item is not known; it is a draft.
    StatusUnknown, "status-unknown", Kept;
    /// The item was scheduled for an instant that is over or not known; it is a draft.
    SchedulePassed, "schedule-passed", Kept;
    /// The item was published and has no date at all; it bears the date of the export.
    DateFromExport, "date-from-export", Repaired;
    /// The item was pinned to the front page; arranging the front page is up to the frontend.
    Sticky, "sticky", Kept;
    /// Another thing has the slug; this one got another.
    SlugTaken, "slug-taken", Renamed;
    /// The slug was written in letters an address cannot have, or is kept for the server; it was rewritten.
    SlugRewritten, "slug-rewritten", Renamed;
    /// The author's name was an e-mail address; only the part before the @ is shown.
    EmailHidden, "email-hidden", Repaired;
    /// The author stands only on items; it was made from the login.
    AuthorUndeclared, "author-undeclared", Repaired;
    /// The category stands only on items; it was made at the root.
    CategoryUndeclared, "category-undeclared", Repaired;
    /// The parent of the category is not in the file; it stands at the root.
    CategoryParentMissing, "category-parent-missing", Repaired;
    /// The category stands below itself; it was put at the root.
    CategoryCycle, "category-cycle", Repaired;
    /// The category stands deeper than categories may; it was put below the deepest that may have children.
    CategoryTooDeep, "category-too-deep", Repaired;
    /// The category is declared twice; the first declaration counts.
    CategoryRepeated, "category-repeated", Skipped;
    /// The tag has no letter or digit to find it by.
    TagUnwritable, "tag-unwritable", Skipped;
    /// The address of the file is missing or no web address.
    MediaAddressUnusable, "media-address-unusable", Skipped;
    /// The description of the file is another text than its caption, and media records have no place for it.
    MediaDescriptionDropped, "media-description-dropped", Skipped;
    /// The text was longer than it may be and was cut.
    TextCut, "text-cut", Repaired;
    /// The list was longer than it may be; the rest was left out.
    ListCut, "list-cut", Skipped;
    /// There was no headline; one was made of the first words, the slug or the date.
    HeadlineMade, "headline-made", Repaired;
    /// The language is no language tag; the language of the site was taken.
    LanguageUnknown, "language-unknown", Repaired;
    /// The story has an edition in this language already; this one is a story of its own.
    LanguageClash, "language-clash", Kept;
    /// The story this one translates is not here; this one is a story of its own.
    TranslationMissing, "translation-missing", Kept;
    /// The old address leads to another thing already.
    OldAddressTaken, "old-address-taken", Kept;
    /// It was imported before and deleted here since; it stays deleted.
    DeletedHere, "deleted-here", Kept;
    /// It was imported before and has changed in WordPress since; what stands here was not touched.
    ChangedSince, "changed-since", Kept;
    /// A rule of Masthead refuses it.
    Refused, "refused", Skipped;
    /// The comment answers one that was not imported; it stands by itself.
    CommentParentMissing, "comment-parent-missing", Repaired;
    /// Nothing of the comment was left once it was safe to show.
    CommentEmpty, "comment-empty", Skipped;
    /// The export does not say which site it comes from, so a second import of another such file may take its things
    /// for the same.
    SiteUnknown, "site-unknown", Kept;
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use masthead_formats::{html, wxr};

    use super::*;

    #[test]
    fn every_code_is_its_own_and_explained_in_the_importing_guide() {
        let guide = include_str!("../../../../docs/importing.md");
        let ours: Vec<&str> = ImportNote::ALL.iter().map(|note| note.code()).collect();
        let theirs = wxr::NoteKind::ALL.iter().map(|kind| kind.code());
        let codes: BTreeSet<&str> = ours.iter().copied().chain(theirs).collect();
        assert_eq!(codes.len(), ImportNote::ALL.len() + wxr::NoteKind::ALL.len());
        use html::NoteKind as Text;
        let of_text = [
            Text::DroppedElement,
            Text::DroppedAttribute,
            Text::DroppedImage,
            Text::UnsafeLink,
            Text::UnknownPlayer,
            Text::ControlCharacters,
            Text::UnresolvedReference,
            Text::LeftOutFootnote,
            Text::Simplified,
            Text::CustomElement,
            Text::Truncated,
        ];
        let of_text = of_text.iter().map(|kind| kind.name());
        for code in ours.into_iter().chain(of_text) {
            assert!(guide.contains(&format!("`{code}`")), "{code} is missing in docs/importing.md");
        }
    }
}
