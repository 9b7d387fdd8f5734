//! Why an export is refused. Every message tells a newsroom person what to do next.

use std::io;

use thiserror::Error;

/// A file that is refused: nothing of it may be imported.
///
/// Lines and columns are counted from 1; columns count characters.
#[derive(Debug, Error)]
pub enum WxrError {
    /// The file has no content at all, or only white space.
    #[error("the file is empty")]
    Empty,
    /// The bytes are not XML of any kind.
    #[error("the file is not XML: {what}")]
    NotXml {
        /// What it looks like instead, and what to do about it.
        what: String,
    },
    /// The file is XML, but its root element is not `<rss>` with a `<channel>`.
    #[error("the file is not a WordPress export: its root element is `<{root}>`, expected `<rss>` with a `<channel>`")]
    NotRss {
        /// The root element as written in the file.
        root: String,
    },
    /// The file is a feed, but nothing in it is in a `wordpress.org/export` namespace.
    #[error("the file is a plain RSS feed, not a WordPress export; in WordPress choose Tools, Export, All content")]
    NotWxr,
    /// The export is sound, but holds no item, author or term.
    #[error("the export holds nothing to import: no item, no author, no category, no tag")]
    NothingInside,
    /// The XML is broken in a way that cannot be repaired without guessing.
    #[error("line {line}, column {column}: {what}")]
    NotWellFormed {
        /// The line of the fault.
        line: u64,
        /// The column of the fault, in characters.
        column: u64,
        /// What is wrong and how to mend it.
        what: String,
    },
    /// The document type declares entities. They are never expanded, so such a file is refused.
    #[error(
        "line {line}, column {column}: the DOCTYPE declares entities, which are never expanded; remove the DOCTYPE"
    )]
    EntityDeclared {
        /// The line of the `<!DOCTYPE`.
        line: u64,
        /// Its column.
        column: u64,
    },
    /// One part of the file is larger than an importer will hold in memory.
    #[error("line {line}: {what}; the limit is {limit}")]
    TooLarge {
        /// The line where the limit was passed.
        line: u64,
        /// Which part is too large.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// The file could not be read.
    #[error("the export could not be read")]
    Io(#[source] io::Error),
}

impl WxrError {
    /// The line and column of the fault, where the fault has one.
    #[must_use]
    pub fn position(&self) -> Option<(u64, Option<u64>)> {
        match self {
            Self::NotWellFormed { line, column, .. } | Self::EntityDeclared { line, column } => {
                Some((*line, Some(*column)))
            }
            Self::TooLarge { line, .. } => Some((*line, None)),
            Self::Empty
            | Self::NotXml { .. }
            | Self::NotRss { .. }
            | Self::NotWxr
            | Self::NothingInside
            | Self::Io(_) => None,
        }
    }

    /// A stable word for the kind of refusal, for reports and logs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::NotXml { .. } => "not-xml",
            Self::NotRss { .. } => "not-rss",
            Self::NotWxr => "not-wxr",
            Self::NothingInside => "nothing-inside",
            Self::NotWellFormed { .. } => "not-well-formed",
            Self::EntityDeclared { .. } => "entity-declared",
            Self::TooLarge { .. } => "too-large",
            Self::Io(_) => "io",
        }
    }
}
