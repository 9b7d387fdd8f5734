//! The body of an article: a published, versioned tree of blocks.
//!
//! The JSON form is described in `docs/body-format.md`. A [`Body`] is always in canonical form: keys and
//! anchors are given and unique, text is canonical ([`Inline`]), empty blocks are gone, sizes are within
//! [`limits`]. Everything written from it (HTML, Markdown, plain text) is escaped by construction.
//! This module must not parse HTML or Markdown; `masthead-formats` does.

mod anchor;
mod block;
mod canonical;
mod clean;
mod error;
mod escape;
mod href;
mod html;
mod inline;
mod json_path;
mod json_read;
mod json_write;
pub mod limits;
mod mark;
mod markdown;
mod markdown_inline;
mod place;
mod player;
mod raw;
mod stretch;
mod text;
mod visit;

#[cfg(test)]
pub(crate) mod testing;

pub use self::{
    block::{Block, BlockKey, BlockKind, Embed, Heading, Image, List, ListItem, Quote, Table},
    clean::is_forbidden_char,
    error::{BodyError, BodyProblem},
    escape::escape_html,
    href::{Href, ResourceUrl},
    html::{HtmlOptions, HtmlWriter, MediaFile, MediaLookup},
    inline::{Inline, Span},
    mark::{Link, Mark},
    player::Player,
    raw::{RawHtml, SanitizedHtml},
    text::{HeadingEntry, WORDS_PER_MINUTE, shortened},
};

/// The version of the JSON format this server reads and writes.
pub const BODY_VERSION: u64 = 1;

/// The body of an article.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Body {
    blocks: Vec<Block>,
}

impl Body {
    /// A body with nothing in it.
    pub fn empty() -> Self {
        Self::default()
    }

    /// A body of new blocks, which are given keys.
    ///
    /// # Errors
    /// As [`from_keyed_blocks`](Self::from_keyed_blocks).
    pub fn from_blocks(kinds: impl IntoIterator<Item = BlockKind>) -> Result<Self, BodyError> {
        Self::from_keyed_blocks(kinds.into_iter().map(|kind| (None, kind)))
    }

    /// A body of blocks of which some have keys already; the others are given keys that are new.
    ///
    /// Texts are brought into canonical form and blocks that say nothing are dropped.
    ///
    /// # Errors
    /// When a key stands twice, an image has no source, or the body is larger than [`limits`] allow.
    pub fn from_keyed_blocks(
        blocks: impl IntoIterator<Item = (Option<BlockKey>, BlockKind)>,
    ) -> Result<Self, BodyError> {
        canonical::body(blocks)
    }

    /// As [`from_blocks`](Self::from_blocks), for imports that must not fail on one bad block: blocks that break a
    /// rule or go over a limit are left out. Answers with the first fault too.
    pub fn fitting(kinds: impl IntoIterator<Item = BlockKind>) -> (Self, Option<BodyError>) {
        canonical::fitting(kinds)
    }

    /// The blocks, in order.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// The blocks, to build another body from.
    pub fn into_keyed_blocks(self) -> impl Iterator<Item = (Option<BlockKey>, BlockKind)> {
        self.blocks.into_iter().map(|block| (Some(block.key), block.kind))
    }

    /// The block of that key.
    pub fn block(&self, key: &BlockKey) -> Option<&Block> {
        self.blocks.iter().find(|block| block.key == *key)
    }

    /// A body whose blocks stood together in a body before, in that order.
    pub(crate) fn of_canonical_blocks(blocks: Vec<Block>) -> Self {
        Self { blocks }
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// Reads the JSON format, strictly: unknown keys, unknown versions and wrong types are errors. A block
    /// of unknown kind that carries `html` becomes a raw block. The markup of raw blocks is unchecked
    /// until [`map_raw`](Self::map_raw).
    ///
    /// # Errors
    /// Names the place as a JSON pointer.
    pub fn parse_json(value: &serde_json::Value) -> Result<Self, BodyError> {
        json_read::given(value)
    }

    /// Reads JSON that this server wrote from a checked body, so that raw blocks need no second check, and sizes
    /// none either: what was kept stays readable. Never for JSON that came from outside.
    ///
    /// # Errors
    /// As [`parse_json`](Self::parse_json), but for sizes.
    pub fn parse_stored(value: &serde_json::Value) -> Result<Self, BodyError> {
        json_read::stored(value)
    }

    /// As [`parse_stored`](Self::parse_stored), from the text of the JSON.
    ///
    /// # Errors
    /// As [`parse_stored`](Self::parse_stored), and when it is not JSON.
    pub fn parse_stored_text(text: &str) -> Result<Self, BodyError> {
        json_read::stored_text(text)
    }

    /// Writes the JSON format. [`parse_json`](Self::parse_json) reads it back as an equal body.
    pub fn to_json(&self) -> serde_json::Value {
        json_write::body(self)
    }
}
