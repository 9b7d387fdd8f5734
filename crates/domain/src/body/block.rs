//! The kinds of block.

use std::fmt;

use super::{Href, Inline, RawHtml, ResourceUrl, limits::KEY_BYTES_MAX};
use crate::MediaId;

/// Names a block inside its body: ASCII letters, digits, `-` and `_`. It stays with the block through edits, so
/// that corrections, comments and diffs can say which block they mean.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlockKey(String);

impl BlockKey {
    /// Takes a key of 1 to [`KEY_BYTES_MAX`] bytes, or nothing.
    pub fn parse(key: &str) -> Option<Self> {
        let fits = !key.is_empty()
            && key.len() <= KEY_BYTES_MAX
            && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        fits.then(|| Self(key.to_owned()))
    }

    pub(super) fn numbered(number: u64) -> Self {
        Self(format!("b{number}"))
    }

    // The number of a key of our own making.
    pub(super) fn number(&self) -> Option<u64> {
        self.0.strip_prefix('b')?.parse().ok()
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BlockKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// One block of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    pub(super) key: BlockKey,
    pub(super) kind: BlockKind,
}

impl Block {
    /// Its name in the body.
    pub fn key(&self) -> &BlockKey {
        &self.key
    }

    /// What it holds.
    pub fn kind(&self) -> &BlockKind {
        &self.kind
    }
}

/// What a block holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlockKind {
    /// A paragraph.
    Paragraph {
        /// Its words.
        text: Inline,
    },
    /// A section heading.
    Heading(Heading),
    /// A bulleted or numbered list.
    List(List),
    /// Somebody's words set apart.
    Quote(Quote),
    /// A picture.
    Image(Image),
    /// Pictures that belong together, in order.
    Gallery {
        /// At least one.
        items: Vec<Image>,
    },
    /// Something played or shown from another site.
    Embed(Embed),
    /// A table.
    Table(Table),
    /// Preformatted code.
    Code {
        /// The lines; whitespace is kept.
        code: String,
        /// The language, as highlighters name it.
        language: Option<String>,
    },
    /// A thematic break.
    Rule,
    /// Something this format has no kind for.
    Raw {
        /// What it is: a custom element's name, or the unknown kind it came with.
        type_name: String,
        /// Its markup.
        html: RawHtml,
    },
}

impl BlockKind {
    /// The name in the JSON format.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Paragraph { .. } => "paragraph",
            Self::Heading(_) => "heading",
            Self::List(_) => "list",
            Self::Quote(_) => "quote",
            Self::Image(_) => "image",
            Self::Gallery { .. } => "gallery",
            Self::Embed(_) => "embed",
            Self::Table(_) => "table",
            Self::Code { .. } => "code",
            Self::Rule => "rule",
            Self::Raw { .. } => "raw",
        }
    }

    /// A paragraph.
    pub fn paragraph(text: Inline) -> Self {
        Self::Paragraph { text }
    }

    /// A heading; the body gives it an anchor.
    pub fn heading(level: u8, text: Inline) -> Self {
        Self::Heading(Heading { level, text, anchor: String::new() })
    }
}

/// A section heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// 1 to 6; others are brought into that range.
    pub level: u8,
    /// Its words.
    pub text: Inline,
    /// What a link to it names. When empty, or already taken, the body makes one from the words.
    pub anchor: String,
}

/// A list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct List {
    /// Numbered rather than bulleted.
    pub ordered: bool,
    /// The first number of a numbered list, when it is not 1.
    pub start: Option<u32>,
    /// At least one.
    pub items: Vec<ListItem>,
}

/// An item of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListItem {
    /// Its words.
    pub text: Inline,
    /// The lists below it.
    pub lists: Vec<List>,
}

impl ListItem {
    /// An item with no list below it.
    pub fn of(text: Inline) -> Self {
        Self { text, lists: Vec::new() }
    }
}

/// Somebody's words set apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Quote {
    /// Its paragraphs, at least one.
    pub content: Vec<Inline>,
    /// Who or what is quoted.
    pub cite: Option<String>,
    /// The number of the reference it is taken from.
    pub reference: Option<u32>,
}

/// A picture, of the media library (`media`), from the web (`url`), or both.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Image {
    /// The record in the media library.
    pub media: Option<MediaId>,
    /// Where it lies, as long as the library does not have it.
    pub url: Option<ResourceUrl>,
    /// What it shows, for those who do not see it; empty for decoration.
    pub alt: String,
    /// The words below it.
    pub caption: Inline,
    /// Who made it.
    pub credit: Option<String>,
    /// Where it leads.
    pub link: Option<Href>,
}

/// Something played or shown from another site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Embed {
    /// The page of the thing, absolute.
    pub url: ResourceUrl,
    /// The site, as `youtube`; set by the body for those it knows.
    pub provider: Option<String>,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// Whether the first row names the columns.
    pub has_header: bool,
    /// Rows of cells; shorter rows are filled up, so all are equally long.
    pub rows: Vec<Vec<Inline>>,
    /// The words that name it.
    pub caption: Inline,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_key_is_short_plain_ascii() {
        assert_eq!(BlockKey::parse("intro-1_a").expect("plain").as_str(), "intro-1_a");
        for key in ["", "a b", "é", "a/b", &"x".repeat(33)] {
            assert_eq!(BlockKey::parse(key), None, "{key:?}");
        }
    }
}
