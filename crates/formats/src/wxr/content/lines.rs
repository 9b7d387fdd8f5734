//! The lines of an article: paragraphs, their lines, list entries and headings, with where they stand.

use std::ops::Range;

use super::lexer::{Kind, Lexer};
use crate::wxr::plain_text;

/// What a line is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineKind {
    Paragraph,
    Heading,
    /// An entry of a numbered list, with its number.
    Entry {
        list: usize,
        number: u32,
    },
    /// An entry of a list without numbers.
    Item {
        list: usize,
    },
    /// Text in anything else.
    Other,
}

impl LineKind {
    fn is_in_list(self) -> bool {
        matches!(self, Self::Entry { .. } | Self::Item { .. })
    }
}

/// One line of an article.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) kind: LineKind,
    /// The element the line stands in, tags included.
    pub(super) unit: Range<usize>,
    /// The line itself, without the tags of its element.
    pub(super) inner: Range<usize>,
    /// The `id` of the element.
    pub(super) id: Option<String>,
    /// Whether this is the only line of its element.
    pub(super) is_whole: bool,
}

impl Line {
    pub(super) fn html<'h>(&self, html: &'h str) -> &'h str {
        html.get(self.inner.clone()).unwrap_or_default()
    }

    pub(super) fn is_blank(&self, html: &str) -> bool {
        let inner = self.html(html);
        !inner.contains("<img") && !inner.contains("<iframe") && plain_text(inner).trim().is_empty()
    }
}

struct List {
    start: usize,
    /// The number of the next entry, where entries have numbers.
    next: Option<u32>,
    index: usize,
}

struct Unit {
    kind: LineKind,
    start: usize,
    inner_start: usize,
    id: Option<String>,
}

/// The lines of an article and where its lists stand.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pub(super) lines: Vec<Line>,
    pub(super) lists: Vec<Range<usize>>,
}

/// Cuts an article into lines. Only elements without other such elements inside them count.
pub(super) fn lines(html: &str) -> Lines {
    let mut found = Lines::default();
    let mut lists: Vec<List> = Vec::new();
    let mut unit: Option<Unit> = None;
    for piece in Lexer::new(html) {
        let Kind::Tag(tag) = piece.kind else {
            continue;
        };
        let heading = tag.is_one_of(&["h1", "h2", "h3", "h4", "h5", "h6"]);
        if tag.is_one_of(&["ol", "ul"]) {
            unit = None;
            if tag.is_close {
                if let Some(list) = lists.pop()
                    && let Some(range) = found.lists.get_mut(list.index)
                {
                    *range = list.start..piece.end;
                }
            } else {
                let start_at = || tag.attribute("start").and_then(|start| start.trim().parse().ok()).unwrap_or(1);
                let next = tag.is("ol").then(start_at);
                lists.push(List { start: piece.start, next, index: found.lists.len() });
                found.lists.push(piece.start..html.len());
            }
        } else if heading || tag.is_one_of(&["p", "li", "div", "blockquote", "figure", "td", "pre"]) {
            if tag.is_close {
                if let Some(unit) = unit.take() {
                    push(&mut found.lines, html, unit, piece.start, piece.end);
                }
                continue;
            }
            let kind = match lists.last_mut() {
                _ if heading => LineKind::Heading,
                Some(list) if tag.is("li") => match &mut list.next {
                    Some(next) => {
                        let number = *next;
                        *next = next.saturating_add(1);
                        LineKind::Entry { list: list.index, number }
                    }
                    None => LineKind::Item { list: list.index },
                },
                // A paragraph right inside an entry is the entry.
                Some(_) if tag.is("p") && unit.as_ref().is_some_and(|unit| unit.kind.is_in_list()) => continue,
                _ if tag.is("p") || tag.is("div") => LineKind::Paragraph,
                _ => LineKind::Other,
            };
            let id = tag.attribute("id").map(str::to_owned);
            unit = Some(Unit { kind, start: piece.start, inner_start: piece.end, id });
        }
    }
    found
}

fn push(lines: &mut Vec<Line>, html: &str, unit: Unit, inner_end: usize, end: usize) {
    let Unit { kind, start, inner_start, id } = unit;
    let mut starts = vec![inner_start];
    let mut ends = Vec::new();
    let inner = html.get(inner_start..inner_end).unwrap_or_default();
    if kind == LineKind::Paragraph {
        for piece in Lexer::new(inner) {
            if matches!(piece.kind, Kind::Tag(tag) if tag.is("br")) {
                ends.push(inner_start + piece.start);
                starts.push(inner_start + piece.end);
            }
        }
    }
    ends.push(inner_end);
    let is_whole = starts.len() == 1;
    for (from, to) in starts.into_iter().zip(ends) {
        lines.push(Line { kind, unit: start..end, inner: from..to, id: id.clone(), is_whole });
    }
}
