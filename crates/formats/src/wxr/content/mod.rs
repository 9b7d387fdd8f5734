//! The text of an item as plain HTML, with its notes and galleries as data.
//!
//! What comes out is HTML for an HTML importer: WordPress's own notations (bare lines, shortcodes, block
//! delimiters, marks for teasers and pages) are gone or turned into elements. It is *not* sanitised: whatever
//! an author wrote, also `<script>`, is still in it.

mod autop;
mod block_notes;
mod blocks;
mod citation;
mod convert;
mod embed;
mod footnote;
mod gallery;
mod lexer;
mod lines;
mod marks;
mod markup;
mod note_list;
mod partial_date;
mod shortcode;

#[cfg(test)]
mod note_tests;
#[cfg(test)]
mod tests;

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    sync::LazyLock,
};

pub use citation::Citation;
pub use footnote::Footnote;
pub use gallery::GalleryItem;
pub use partial_date::PartialDate;

use super::{
    Attachments, NoteKind, Survey, WpId, WxrItem,
    note::{Note, Notes},
    text::plain_text,
};

/// The most notes one item may have.
const FOOTNOTES_MAX: usize = 999;
/// The longest teaser that is offered as a lede, in characters.
const LEDE_CHARS_MAX: usize = 1_000;

/// What content refers to elsewhere in the export.
#[derive(Debug, Clone, Copy)]
pub struct ContentContext<'a> {
    /// The uploaded files.
    pub attachments: &'a Attachments,
    /// The contents of reusable blocks, by id.
    pub reusable_blocks: &'a HashMap<WpId, String>,
}

impl<'a> ContentContext<'a> {
    /// The context of a surveyed export.
    #[must_use]
    pub fn of(survey: &'a Survey) -> Self {
        Self { attachments: &survey.attachments, reusable_blocks: &survey.reusable_blocks }
    }

    /// A context where nothing can be looked up.
    #[must_use]
    pub fn empty() -> ContentContext<'static> {
        static NO_FILES: LazyLock<Attachments> = LazyLock::new(Attachments::default);
        static NO_BLOCKS: LazyLock<HashMap<WpId, String>> = LazyLock::new(HashMap::new);
        ContentContext { attachments: &NO_FILES, reusable_blocks: &NO_BLOCKS }
    }
}

/// An item's content, ready for an HTML importer.
#[derive(Debug, Clone, PartialEq)]
pub struct Prepared {
    /// Plain HTML, not sanitised. A list of notes at its end is taken out when it became footnotes.
    pub html: String,
    /// The words before `<!--more-->`, if there are any and they are short. They stay in the body as well.
    pub lede: Option<String>,
    /// The notes, numbered from 1 without gaps.
    pub footnotes: Vec<Footnote>,
    /// Which number the mark `<sup data-fn="KEY">` stands for. Every mark that was recognised in the text, in
    /// whatever shape, has been written as `<sup data-fn="KEY" class="fn"><a href="#KEY">n</a></sup>`.
    pub marks: BTreeMap<String, u32>,
    /// The pictures of all galleries, each once, in order. They stay in the body as well.
    pub gallery: Vec<GalleryItem>,
    /// What was converted, kept or left out.
    pub notes: Vec<Note>,
}

/// What the steps share while one item is prepared.
pub(super) struct Work<'a> {
    pub(super) item: &'a WxrItem,
    pub(super) context: ContentContext<'a>,
    pub(super) notes: Notes,
    gallery: Vec<GalleryItem>,
    /// The notes that shortcodes wrote in the middle of the text.
    inline_notes: Vec<String>,
    reuse_depth: u32,
    reuses: u32,
}

impl Work<'_> {
    fn add_gallery(&mut self, items: Vec<GalleryItem>) {
        for item in items {
            if self.gallery.len() < 1_000 && !self.gallery.iter().any(|known| known.url == item.url) {
                self.gallery.push(item);
            }
        }
    }

    /// Keeps a note written in the text; answers its number.
    fn add_note(&mut self, html: &str) -> Option<u32> {
        if self.inline_notes.len() >= FOOTNOTES_MAX {
            return None;
        }
        self.inline_notes.push(html.to_owned());
        u32::try_from(self.inline_notes.len()).ok()
    }
}

/// Turns the content of an item into plain HTML.
#[must_use]
pub fn prepare(item: &WxrItem, context: &ContentContext<'_>) -> Prepared {
    let mut work = Work {
        item,
        context: *context,
        notes: Notes::default(),
        gallery: Vec::new(),
        inline_notes: Vec::new(),
        reuse_depth: 0,
        reuses: 0,
    };
    let content = with_plain_line_ends(&item.content);
    let lede = lede(&content);
    let content = without_breaks(&content, &mut work);
    let html =
        if blocks::has_blocks(&content) { blocks::render(&content, &mut work) } else { classic(&content, &mut work) };
    let html = embed::embed_lone_addresses(&html, &mut work);
    let (html, footnotes, marks) = footnote::extract(html, &mut work);
    let about = item.reference();
    Prepared {
        html: html.trim().to_owned(),
        lede,
        footnotes,
        marks,
        gallery: work.gallery,
        notes: work.notes.into_vec().into_iter().map(|note| note.about(about.clone())).collect(),
    }
}

/// A reader's comment as HTML: its bare lines become paragraphs, as WordPress shows them. Not sanitised.
#[must_use]
pub fn comment(text: &str) -> String {
    autop::autop(&with_plain_line_ends(text))
}

/// The line ends of a file are read as XML wants it; those written as `&#13;` still have their carriage returns.
fn with_plain_line_ends(text: &str) -> Cow<'_, str> {
    if text.contains('\r') { Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")) } else { Cow::Borrowed(text) }
}

/// Classic content: shortcodes first, as what they stand for is blocks, then paragraphs.
fn classic(content: &str, work: &mut Work<'_>) -> String {
    let expanded = shortcode::expand(content, work);
    autop::autop(&expanded)
}

/// The words before the mark of the teaser.
fn lede(content: &str) -> Option<String> {
    let (before, _) = content.split_once("<!--more")?;
    let mut html = before;
    let expanded;
    if before.contains("<!-- wp:") {
        expanded = before
            .split("<!--")
            .map(|part| part.split_once("-->").map_or(part, |(_, after)| after))
            .collect::<String>();
        html = &expanded;
    }
    let words = plain_text(html);
    let is_prose = !words.is_empty() && !words.contains("[caption") && !words.contains("[gallery");
    (is_prose && words.chars().count() <= LEDE_CHARS_MAX).then_some(words)
}

/// Takes out the marks of teasers and pages. A mark alone on its line parts paragraphs.
fn without_breaks(content: &str, work: &mut Work<'_>) -> String {
    if !content.contains("<!--") {
        return content.to_owned();
    }
    let mut out = String::with_capacity(content.len());
    let mut rest = content;
    while let Some((before, comment)) = rest.split_once("<!--") {
        out.push_str(before);
        let Some((inner, after)) = comment.split_once("-->") else {
            out.push_str("<!--");
            rest = comment;
            break;
        };
        let is_page = inner.trim() == "nextpage";
        let is_teaser = inner == "more" || inner.starts_with("more ") || inner.trim() == "noteaser";
        if is_page {
            work.notes.add(NoteKind::PageBreakRemoved, "");
        }
        if !is_page && !is_teaser {
            out.push_str("<!--");
            out.push_str(inner);
            out.push_str("-->");
        } else if is_page
            || out.trim_end_matches([' ', '\t']).ends_with('\n')
            || after.trim_start_matches([' ', '\t']).starts_with('\n')
        {
            out.push_str("\n\n");
        }
        rest = after;
    }
    out.push_str(rest);
    out
}
