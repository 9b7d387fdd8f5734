//! What an importer must tell the newsroom: repairs, renames, skips and doubts, each with a stable code.
//!
//! The codes are documented in `docs/importing.md`; a code never changes its meaning.

use std::fmt;

/// How many lines of the file are remembered for one kind of repair.
const LINES_KEPT: usize = 5;

/// What became of the thing a [`Note`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// The input was damaged and has been mended; the meaning is kept.
    Repaired,
    /// Something was turned into its counterpart in Masthead.
    Converted,
    /// Two things wanted the same name or number; one got another.
    Renamed,
    /// Kept as it is, although something about it looks wrong.
    Kept,
    /// Left out, and why.
    Skipped,
}

impl Outcome {
    /// The word used in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Repaired => "repaired",
            Self::Converted => "converted",
            Self::Renamed => "renamed",
            Self::Kept => "kept",
            Self::Skipped => "skipped",
        }
    }
}

macro_rules! note_kinds {
    ($($(#[doc = $doc:literal])* $name:ident, $code:literal, $outcome:ident;)*) => {
        /// What a [`Note`] says. Each kind has a stable code and one outcome.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum NoteKind {
            $($(#[doc = $doc])* $name,)*
        }

        impl NoteKind {
            /// Every kind, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The stable code of the kind, as printed in reports.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            /// What it means, as a sentence.
            #[must_use]
            pub fn words(self) -> &'static str {
                match self {
                    $(Self::$name => concat!($($doc),*).trim_ascii(),)*
                }
            }

            /// What became of the thing.
            #[must_use]
            pub fn outcome(self) -> Outcome {
                match self {
                    $(Self::$name => Outcome::$outcome,)*
                }
            }
        }
    };
}

note_kinds! {
    /// Control characters that XML forbids were dropped from the file.
    ControlCharacters, "control-characters", Repaired;
    /// Bytes that are not UTF-8 became U+FFFD.
    InvalidUtf8, "invalid-utf8", Repaired;
    /// A bare `&` (or an entity XML does not know) outside CDATA was read as the character itself.
    BareAmpersand, "bare-ampersand", Repaired;
    /// A usual namespace prefix was used without being declared.
    PrefixNotDeclared, "prefix-not-declared", Repaired;
    /// A usual prefix is bound to another namespace; its elements were ignored.
    ForeignNamespace, "foreign-namespace", Skipped;
    /// The file has a document type; it was ignored.
    DoctypeIgnored, "doctype-ignored", Skipped;
    /// The file was converted from another encoding to UTF-8.
    EncodingConverted, "encoding-converted", Converted;
    /// The declared encoding is unknown; the file was read as UTF-8.
    EncodingUnknown, "encoding-unknown", Repaired;
    /// There is no `wp:wxr_version`; the import went on.
    VersionMissing, "version-missing", Kept;
    /// `wp:wxr_version` is not a known version; the import went on.
    VersionOdd, "version-odd", Kept;
    /// Markup stood unescaped inside a value; only the text around it was read.
    MarkupInValue, "markup-in-value", Skipped;
    /// The item has no guid; its link or id identifies it instead.
    GuidMissing, "guid-missing", Repaired;
    /// Another item of the file has the same guid; both are kept.
    GuidRepeated, "guid-repeated", Renamed;
    /// The item is a copy, word for word, of an earlier one in the file.
    ItemRepeated, "item-repeated", Skipped;
    /// Another item of the file has the same WordPress id.
    IdRepeated, "id-repeated", Kept;
    /// Another item of the same type has the same slug; this one got another.
    SlugRepeated, "slug-repeated", Renamed;
    /// The item has no slug.
    SlugMissing, "slug-missing", Repaired;
    /// The slug held invisible or direction characters, which were removed.
    SlugCleaned, "slug-cleaned", Repaired;
    /// The item has no title.
    TitleMissing, "title-missing", Kept;
    /// The title held markup, which was removed.
    TitleMarkup, "title-markup", Repaired;
    /// The UTC date was taken from `pubDate`, for want of a real `post_date_gmt`.
    DateFromPubDate, "date-from-pub-date", Repaired;
    /// The UTC date was worked out from the local date and the usual offset of the site.
    DateFromLocal, "date-from-local", Repaired;
    /// The item has no usable date.
    DateMissing, "date-missing", Kept;
    /// Text that looks like it was decoded wrongly long ago; it is kept as it is.
    Mojibake, "mojibake", Kept;
    /// A postmeta value or row was over the limit and left out.
    MetaDropped, "meta-dropped", Skipped;
    /// A postmeta value that should be PHP-serialised data could not be read.
    MetaUnreadable, "meta-unreadable", Skipped;
    /// The item is protected by a password; it never becomes public.
    PasswordProtected, "password-protected", Kept;
    /// The featured image is not in the file.
    ThumbnailMissing, "thumbnail-missing", Skipped;
    /// A shortcode was turned into what it stands for.
    ShortcodeConverted, "shortcode-converted", Converted;
    /// A shortcode could not be turned into anything; its text stays.
    ShortcodeKept, "shortcode-kept", Kept;
    /// An image of a gallery is not in the file.
    GalleryItemMissing, "gallery-item-missing", Skipped;
    /// A block shows content made by WordPress at reading time; there is nothing to import.
    BlockDropped, "block-dropped", Skipped;
    /// The attributes of a block are not JSON; its content was kept.
    BlockAttributesUnreadable, "block-attributes-unreadable", Repaired;
    /// A block delimiter has no partner; its content was kept.
    BlockUnbalanced, "block-unbalanced", Repaired;
    /// A reusable block was put in its place.
    ReusableBlockInserted, "reusable-block-inserted", Converted;
    /// A reusable block is not in the file.
    ReusableBlockMissing, "reusable-block-missing", Skipped;
    /// Page breaks were removed; the article is one page.
    PageBreakRemoved, "page-break-removed", Converted;
    /// An address on a line of its own became an embed.
    AddressEmbedded, "address-embedded", Converted;
    /// Notes became numbered references.
    FootnotesConverted, "footnotes-converted", Converted;
    /// A note is marked nowhere in the text.
    FootnoteUnmarked, "footnote-unmarked", Kept;
    /// A mark in the text has no note.
    FootnoteMissing, "footnote-missing", Kept;
    /// The notes of the footnotes block could not be read.
    FootnotesUnreadable, "footnotes-unreadable", Skipped;
    /// The notes of the footnotes block had lost their backslashes; what was left was read.
    FootnotesMended, "footnotes-mended", Repaired;
    /// One item held several languages and was split.
    LanguagesSplit, "languages-split", Converted;
}

impl fmt::Display for NoteKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Which item of the file a note is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemRef {
    /// Position among the items of the file, from 1.
    pub ordinal: u64,
    /// The line where the item begins.
    pub line: u64,
    /// `wp:post_id` as written.
    pub post_id: String,
    /// `wp:post_name` as written.
    pub slug: String,
}

/// One thing to tell the newsroom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What happened.
    pub kind: NoteKind,
    /// How many times.
    pub count: u64,
    /// The first lines of the file where it happened, when they are known; at most five.
    pub lines: Vec<u64>,
    /// The item it is about; `None` when it is about the file.
    pub item: Option<ItemRef>,
    /// The name, value or address concerned; may be empty.
    pub detail: String,
}

impl Note {
    /// A note about one thing that happened once.
    #[must_use]
    pub fn new(kind: NoteKind, detail: impl Into<String>) -> Self {
        Self { kind, count: 1, lines: Vec::new(), item: None, detail: detail.into() }
    }

    /// The same note, about this item.
    #[must_use]
    pub fn about(mut self, item: ItemRef) -> Self {
        self.item = Some(item);
        self
    }
}

/// A count of one kind of repair, with the first lines where it happened.
#[derive(Debug, Default, Clone)]
pub(super) struct Tally {
    count: u64,
    lines: Vec<u64>,
}

impl Tally {
    pub(super) fn add(&mut self, line: u64) {
        self.count += 1;
        if self.lines.len() < LINES_KEPT && self.lines.last() != Some(&line) {
            self.lines.push(line);
        }
    }

    /// The note for this count, unless nothing happened.
    pub(super) fn note(&self, kind: NoteKind, detail: &str) -> Option<Note> {
        (self.count > 0).then(|| Note {
            kind,
            count: self.count,
            lines: self.lines.clone(),
            item: None,
            detail: detail.to_owned(),
        })
    }
}

/// Notes on one item, where a kind with the same detail is said once and counted.
#[derive(Debug, Default, Clone)]
pub(super) struct Notes(Vec<Note>);

impl Notes {
    /// Adds a note, or counts it when the same one is there already.
    pub(super) fn add(&mut self, kind: NoteKind, detail: &str) {
        // A hostile item must not make the report larger than the file: beyond 64 notes only kinds are counted.
        let is_full = self.0.len() >= 64;
        let same = |note: &&mut Note| note.kind == kind && (is_full || note.detail == detail);
        match self.0.iter_mut().find(same) {
            Some(note) => note.count += 1,
            None => self.0.push(Note::new(kind, if is_full { "" } else { detail })),
        }
    }

    pub(super) fn into_vec(self) -> Vec<Note> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_kind_of_note_has_a_code_of_its_own() {
        let codes: BTreeSet<_> = NoteKind::ALL.iter().map(|kind| kind.code()).collect();
        assert_eq!(codes.len(), NoteKind::ALL.len());
    }

    #[test]
    fn every_code_is_explained_in_the_importing_guide() {
        let guide = include_str!("../../../../docs/importing.md");
        for kind in NoteKind::ALL {
            assert!(guide.contains(&format!("`{}`", kind.code())), "{kind} is missing in docs/importing.md");
        }
    }

    #[test]
    fn the_same_note_twice_is_counted_not_repeated() {
        let mut notes = Notes::default();
        notes.add(NoteKind::ShortcodeKept, "audio");
        notes.add(NoteKind::ShortcodeKept, "audio");
        let notes = notes.into_vec();
        assert_eq!(notes.len(), 1);
        assert_eq!(notes[0].count, 2);
    }
}
