//! What was lost or changed on the way in. Nothing is, silently.

use std::collections::BTreeMap;

/// One kind of loss or change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NoteKind {
    /// An element was dropped with what stood in it; the detail is its name.
    DroppedElement,
    /// A script attribute was dropped; the detail is its name.
    DroppedAttribute,
    /// A picture was dropped; the detail says why, or its address.
    DroppedImage,
    /// A link lost its address and kept its words; the detail is the address.
    UnsafeLink,
    /// A player or frame of a site that is not known became a link; the detail is the address.
    UnknownPlayer,
    /// Control characters or bidirectional overrides were removed from text.
    ControlCharacters,
    /// A reference mark led nowhere known and stayed as text; the detail is where it led.
    UnresolvedReference,
    /// A footnote and its marks were left out; the detail is its name and words.
    LeftOutFootnote,
    /// A structure that a body cannot hold became a simpler one with the same words; the detail says which.
    Simplified,
    /// An element that only a script could show became a raw block, or its inside alone; the detail is its name.
    CustomElement,
    /// Something was left out because it is too large; the detail says what.
    Truncated,
}

impl NoteKind {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::DroppedElement => "dropped-element",
            Self::DroppedAttribute => "dropped-attribute",
            Self::DroppedImage => "dropped-image",
            Self::UnsafeLink => "unsafe-link",
            Self::UnknownPlayer => "unknown-player",
            Self::ControlCharacters => "control-characters",
            Self::UnresolvedReference => "unresolved-reference",
            Self::LeftOutFootnote => "left-out-footnote",
            Self::Simplified => "simplified",
            Self::CustomElement => "custom-element",
            Self::Truncated => "truncated",
        }
    }
}

/// One loss or change, and how often it happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What happened.
    pub kind: NoteKind,
    /// To what; at most [`DETAIL_CHARS_MAX`] characters, without control characters.
    pub detail: String,
    /// How often.
    pub count: u32,
}

/// Characters of a note's detail.
pub const DETAIL_CHARS_MAX: usize = 200;

// A hostile page must not make a report of a million lines.
const NOTES_MAX: usize = 200;

/// Gathers notes, equal ones as one.
#[derive(Default)]
pub(crate) struct Notes {
    counts: BTreeMap<(NoteKind, String), u32>,
}

impl Notes {
    pub(crate) fn add(&mut self, kind: NoteKind, detail: &str) {
        let detail: String =
            detail.chars().filter(|&c| !masthead_domain::body::is_forbidden_char(c)).take(DETAIL_CHARS_MAX).collect();
        let detail = if self.counts.len() < NOTES_MAX { detail } else { String::new() };
        let count = self.counts.entry((kind, detail)).or_default();
        *count = count.saturating_add(1);
    }

    pub(crate) fn into_vec(self) -> Vec<Note> {
        self.counts.into_iter().map(|((kind, detail), count)| Note { kind, detail, count }).collect()
    }
}
