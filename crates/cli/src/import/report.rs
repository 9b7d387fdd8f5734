//! What an import did, for people and for programs. The JSON form is described in `docs/importing.md`.

use std::collections::BTreeMap;

use masthead_formats::{html, wxr};
use serde::Serialize;
use wxr::Outcome;

use super::note::{ImportNote, Why};

/// The most entries of one list. A hostile file must not make a report that nobody can open; further ones are counted.
const ENTRIES_MAX: usize = 20_000;

/// What an import did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The file, as it was named.
    pub file: String,
    /// The site it was exported from.
    pub site: SiteLine,
    /// Whether nothing was written.
    pub dry_run: bool,
    /// What became of the things of each noun.
    pub counts: Counts,
    /// How many new articles have each status now: `PUBLISHED`, `SCHEDULED`, `IN_REVIEW`, `DRAFT`.
    pub statuses: BTreeMap<String, u64>,
    /// How many new articles have each language.
    pub languages: BTreeMap<String, u64>,
    /// Items that are no articles by their nature (menus, revisions, templates …), by type; they are not imported.
    pub not_content: BTreeMap<String, u64>,
    /// Old addresses that lead to the new ones from now on.
    pub old_addresses: u64,
    /// What was damaged and has been mended.
    pub repaired: Vec<Entry>,
    /// What has another slug than it had.
    pub renamed: Vec<Renaming>,
    /// What was left out, and why.
    pub skipped: Vec<Entry>,
    /// What was turned into something else, and what looks doubtful.
    pub notes: Vec<Entry>,
    /// How many entries were left out of the lists above because there are too many.
    pub entries_omitted: u64,
}

/// The site of an export.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SiteLine {
    /// Its name.
    pub title: String,
    /// Its address.
    pub address: String,
    /// The language its articles have unless they name another.
    pub language: String,
    /// When the export was made, as written.
    pub exported: String,
    /// The version of the format, as written.
    pub wxr_version: Option<String>,
    /// The name under which the ids of its things are kept; the same for every export of the site.
    pub system: String,
}

/// What became of the things of each noun.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Authors.
    pub authors: Count,
    /// Categories.
    pub categories: Count,
    /// Tags.
    pub tags: Count,
    /// Media records.
    pub media: Count,
    /// Articles but pages.
    pub articles: Count,
    /// Pages.
    pub pages: Count,
    /// Comments; pingbacks and trackbacks are among the skipped.
    pub comments: Count,
    /// Numbered references of new articles.
    pub references: Count,
}

/// What became of the things of one noun.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Count {
    /// New here.
    pub imported: u64,
    /// Here from an earlier import, and the same as then.
    pub unchanged: u64,
    /// Here from an earlier import, and changed in WordPress since. Not touched.
    pub changed_since: u64,
    /// Left out.
    pub skipped: u64,
}

/// What an entry is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Subject {
    /// The noun: `post`, `page`, `attachment` or another type of item, `author`, `category`, `tag`, `comment`.
    pub noun: String,
    /// The slug, login or name in the export.
    pub name: String,
    /// Its WordPress id.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// The line of the file where it begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
}

/// One thing to tell the newsroom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// What it is about; absent when it is about the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<Subject>,
    /// What happened, as a stable code.
    pub code: &'static str,
    /// What happened, as a sentence.
    pub words: &'static str,
    /// The name, value or address concerned.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// How many times.
    pub count: u64,
    /// The first lines of the file where it happened, when they are known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<u64>,
}

/// A thing that has another slug here than it had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Renaming {
    /// What it is.
    pub item: Subject,
    /// Why, as a stable code.
    pub code: &'static str,
    /// Why, as a sentence.
    pub words: &'static str,
    /// The slug it had, decoded.
    pub from: String,
    /// The slug it has.
    pub to: String,
    /// Its language, for articles.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

impl Report {
    /// Tells something the importer did.
    pub(super) fn tell(&mut self, note: ImportNote, about: Option<Subject>, detail: &str) {
        let entry = Entry {
            item: about,
            code: note.code(),
            words: note.words(),
            detail: detail.chars().take(300).collect(),
            count: 1,
            lines: Vec::new(),
        };
        self.add(note.outcome(), entry);
    }

    /// Tells what the reader of the file says.
    pub(super) fn tell_of_file(&mut self, note: &wxr::Note, noun: &str) {
        let wxr::Note { kind, count, lines, item, detail } = note;
        let item = item.as_ref().map(|item| Subject {
            noun: noun.to_owned(),
            name: item.slug.clone(),
            id: item.post_id.clone(),
            line: Some(item.line),
        });
        let detail = detail.chars().take(300).collect();
        let entry = Entry { item, code: kind.code(), words: kind.words(), detail, count: *count, lines: lines.clone() };
        self.add(kind.outcome(), entry);
    }

    /// Tells what was lost or changed when a text was read.
    pub(super) fn tell_of_text(&mut self, note: &html::Note, about: &Subject) {
        let html::Note { kind, detail, count } = note;
        let (outcome, words) = of_text(*kind);
        let item = Some(about.clone());
        let entry = Entry {
            item,
            code: kind.name(),
            words,
            detail: detail.clone(),
            count: u64::from(*count),
            lines: Vec::new(),
        };
        self.add(outcome, entry);
    }

    /// Tells that a thing has another slug here.
    pub(super) fn tell_renamed(&mut self, why: Why, item: Subject, from: &str, to: &str, language: Option<&str>) {
        if self.renamed.len() >= ENTRIES_MAX {
            self.entries_omitted += 1;
            return;
        }
        self.renamed.push(Renaming {
            item,
            code: why.code,
            words: why.words,
            from: from.to_owned(),
            to: to.to_owned(),
            language: language.map(str::to_owned),
        });
    }

    fn add(&mut self, outcome: Outcome, entry: Entry) {
        let list = match outcome {
            Outcome::Repaired => &mut self.repaired,
            Outcome::Skipped => &mut self.skipped,
            Outcome::Converted | Outcome::Kept | Outcome::Renamed => &mut self.notes,
        };
        if list.len() < ENTRIES_MAX {
            list.push(entry);
        } else {
            self.entries_omitted += 1;
        }
    }
}

/// What became of something in a text, and the sentence for it.
fn of_text(kind: html::NoteKind) -> (Outcome, &'static str) {
    use html::NoteKind as Kind;
    match kind {
        Kind::DroppedElement => (Outcome::Skipped, "An element that could do harm was left out with what stood in it."),
        Kind::DroppedAttribute => (Outcome::Skipped, "A script on an element was left out."),
        Kind::DroppedImage => (Outcome::Skipped, "A picture was left out."),
        Kind::UnsafeLink => (Outcome::Skipped, "A link led to an unsafe address; its words were kept."),
        Kind::UnknownPlayer => (Outcome::Converted, "A frame of a site that is not known became a link."),
        Kind::ControlCharacters => (Outcome::Repaired, "Invisible control characters were removed from the text."),
        Kind::UnresolvedReference => (Outcome::Kept, "A mark of a note led nowhere and stayed as text."),
        Kind::LeftOutFootnote => (Outcome::Skipped, "A note and its marks were left out."),
        Kind::Simplified => (Outcome::Converted, "A structure became a simpler one with the same words."),
        Kind::CustomElement => (Outcome::Converted, "An element that only a script could show was kept as markup."),
        Kind::Truncated => (Outcome::Skipped, "A part of the text was too large and was left out."),
    }
}
