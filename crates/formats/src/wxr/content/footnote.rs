//! Notes of an article: WordPress's footnotes block, shortcodes in the text, and hand-made lists at the end.
//!
//! Whatever the shape of a mark was (`[1]`, a linked `<sup>`, an anchor of a word processor), the HTML that
//! comes out has one shape of mark only, and only where there is a note for it. A `<sup>2</sup>` in a formula
//! is left alone.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Citation, Work, block_notes,
    lexer::{Kind, Lexer},
    marks,
    note_list::{self, NoteList},
};
use crate::wxr::{NoteKind, plain_text};

/// One note of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Footnote {
    /// Its number, from 1.
    pub number: u32,
    /// What the marks in the text call it: see `Prepared::marks`.
    pub key: String,
    /// The note as written. Not sanitised.
    pub html: String,
    /// The note in plain words.
    pub text: String,
    /// What the note cites, best effort.
    pub citation: Citation,
    /// Whether the text marks it anywhere.
    pub is_marked: bool,
}

impl Footnote {
    fn new(number: u32, key: String, html: &str, is_marked: bool) -> Self {
        let html = html.trim();
        Self { number, key, html: html.to_owned(), text: plain_text(html), citation: Citation::parse(html), is_marked }
    }
}

/// Takes the notes out of an article: HTML with uniform marks, the notes, and the number of each mark.
pub(super) fn extract(html: String, work: &mut Work<'_>) -> (String, Vec<Footnote>, BTreeMap<String, u32>) {
    let marked = keys_in_order(&html);
    let mut notes = block_notes::read(work);
    let inline = std::mem::take(&mut work.inline_notes);
    notes.extend(inline.into_iter().enumerate().map(|(index, html)| (format!("note-{}", index + 1), html)));
    let mut footnotes = number(notes, &marked);
    note_unknown_marks(&footnotes, &marked, work);
    let mut html = html;
    if let Some(list) = note_list::find(&html) {
        html = append_list(&html, &list, &mut footnotes);
    }
    for footnote in footnotes.iter().filter(|footnote| !footnote.is_marked) {
        work.notes.add(NoteKind::FootnoteUnmarked, &footnote.number.to_string());
    }
    if !footnotes.is_empty() {
        work.notes.add(NoteKind::FootnotesConverted, &footnotes.len().to_string());
    }
    let numbers = footnotes.iter().map(|footnote| (footnote.key.clone(), footnote.number)).collect();
    (html, footnotes, numbers)
}

/// The keys of the marks in the text, in the order in which they first appear.
fn keys_in_order(html: &str) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut keys = Vec::new();
    for piece in Lexer::new(html) {
        if let Kind::Tag(tag) = piece.kind
            && tag.opens("sup")
            && let Some(key) = tag.attribute("data-fn")
            && seen.insert(key)
        {
            keys.push(key.to_owned());
        }
    }
    keys
}

/// Numbers notes by their first marks; notes without a mark come last, in their own order.
fn number(notes: Vec<(String, String)>, marked: &[String]) -> Vec<Footnote> {
    let mut by_key: BTreeMap<&str, &str> = BTreeMap::new();
    for (key, html) in &notes {
        by_key.entry(key).or_insert(html);
    }
    let mut order: Vec<(&str, bool)> =
        marked.iter().filter(|key| by_key.contains_key(key.as_str())).map(|key| (key.as_str(), true)).collect();
    let known: BTreeSet<&str> = order.iter().map(|(key, _)| *key).collect();
    let mut unmarked = BTreeSet::new();
    for (key, _) in &notes {
        if !known.contains(key.as_str()) && unmarked.insert(key.as_str()) {
            order.push((key, false));
        }
    }
    let footnote = |(number, (key, is_marked)): (u32, &(&str, bool))| {
        Footnote::new(number, (*key).to_owned(), by_key.get(key).copied().unwrap_or_default(), *is_marked)
    };
    (1..).zip(&order).map(footnote).collect()
}

fn note_unknown_marks(footnotes: &[Footnote], marked: &[String], work: &mut Work<'_>) {
    let known: BTreeSet<&str> = footnotes.iter().map(|footnote| footnote.key.as_str()).collect();
    for key in marked.iter().filter(|key| !known.contains(key.as_str())) {
        work.notes.add(NoteKind::FootnoteMissing, key);
    }
}

/// Takes a hand-made list out of the text and adds its notes; their marks get the uniform shape.
fn append_list(html: &str, list: &NoteList, footnotes: &mut Vec<Footnote>) -> String {
    let first = u32::try_from(footnotes.len()).unwrap_or(u32::MAX).saturating_add(1);
    let without = list.cut_from(html);
    let numbers: BTreeMap<u32, u32> = list.notes.iter().map(|note| note.number).zip(first..).collect();
    let anchors: BTreeMap<String, u32> = list
        .notes
        .iter()
        .flat_map(|note| note.anchors.iter().map(|anchor| (anchor.clone(), note.number)))
        .filter_map(|(anchor, number)| Some((anchor, *numbers.get(&number)?)))
        .collect();
    let (html, marked) = marks::unify(&without, &numbers, &anchors, list.style);
    for note in &list.notes {
        let Some(number) = numbers.get(&note.number).copied() else {
            continue;
        };
        footnotes.push(Footnote::new(number, marks::key(number), &note.html, marked.contains(&number)));
    }
    html
}
