//! HTML into bodies, and HTML made safe.
//!
//! [`parse`] reads any HTML, however broken or hostile, into typed blocks; it never fails, and says in notes what it
//! dropped or changed. What a body cannot express goes through [`sanitize`]. Neither ever gives markup through that
//! was not written anew.

mod build;
mod convert;
mod embed;
mod figure;
mod list;
mod marks;
mod names;
mod note;
mod quote;
mod reference;
mod sanitize;
mod serialize;
mod table;
mod tree;

use std::collections::{BTreeSet, HashMap};

use masthead_domain::body::Body;
use url::Url;

pub(crate) use self::note::Notes;
pub use self::{
    note::{DETAIL_CHARS_MAX, Note, NoteKind},
    sanitize::{sanitize, sanitize_comment},
};

/// How HTML or Markdown is read.
#[derive(Debug, Clone, Default)]
pub struct ParseOptions {
    /// The page it stands on: relative links and pictures become absolute by it. Absent, those that do not begin
    /// at the root are lost.
    pub base: Option<Url>,
    /// Which marks in the text are marks of numbered references.
    pub references: ReferenceMarks,
    /// Whether a paragraph that is nothing but the address of a known player is that player, as WordPress has it.
    pub bare_players: bool,
}

/// Which marks in the text are marks of the article's numbered references.
///
/// The marks this server writes itself (`<sup class="reference"><a href="#ref-2">`) are always read.
#[derive(Debug, Clone, Default)]
pub struct ReferenceMarks {
    /// Where a mark leads: the fragment of its link, its `data-fn`, or the name of a Markdown footnote.
    pub names: HashMap<String, u32>,
    /// Numbers that count where they stand as plain text, `[2]`, or as a Markdown footnote, `[^2]`.
    pub numbers: BTreeSet<u32>,
}

impl ReferenceMarks {
    /// Numbers 1 to `last`, written as plain text or as Markdown footnotes: for texts that came without any structure.
    pub fn numbered(last: u32) -> Self {
        Self { names: HashMap::new(), numbers: (1..=last).collect() }
    }

    /// Markdown footnotes named 1 to `last`, and no plain numbers: for an article of `last` references that an editor
    /// sends back as HTML or Markdown this server wrote. It reads back as it was.
    pub fn footnotes(last: u32) -> Self {
        Self { names: (1..=last).map(|number| (number.to_string(), number)).collect(), numbers: BTreeSet::new() }
    }
}

/// What reading gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// The body.
    pub body: Body,
    /// What was dropped or changed.
    pub notes: Vec<Note>,
}

impl Parsed {
    /// Whether something was left out because it was too large. A door that takes content from an editor refuses
    /// it then; an import reports it.
    pub fn is_truncated(&self) -> bool {
        self.notes.iter().any(|note| note.kind == NoteKind::Truncated)
    }
}

/// Reads HTML into a body.
pub fn parse(html: &str, options: &ParseOptions) -> Parsed {
    parse_noting(html, options, Notes::default())
}

/// Reads HTML into a body, with notes taken before.
pub(crate) fn parse_noting(html: &str, options: &ParseOptions, mut notes: Notes) -> Parsed {
    let nodes = build::tree(html, &mut notes);
    let kinds = convert::blocks(&nodes, options, &mut notes);
    let (body, fault) = Body::fitting(kinds);
    if let Some(fault) = fault {
        notes.add(NoteKind::Truncated, &fault.to_string());
    }
    Parsed { body, notes: notes.into_vec() }
}

#[cfg(test)]
#[path = "golden_tests.rs"]
mod golden_tests;
#[cfg(test)]
#[path = "law_tests.rs"]
mod law_tests;
