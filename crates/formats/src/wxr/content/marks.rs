//! Marks of notes in the text: found in their many shapes, written in one.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
};

use super::{
    lexer::{Kind, Lexer, Piece},
    markup::note_mark,
    note_list::Style,
};
use crate::wxr::plain_text;

/// The key of a note that comes from a hand-made list.
pub(super) fn key(number: u32) -> String {
    format!("ref-{number}")
}

/// How many of these notes the text marks.
pub(super) fn found(html: &str, numbers: &BTreeSet<u32>, anchors: &BTreeSet<&str>, style: Style) -> usize {
    let numbers = numbers.iter().map(|number| (*number, *number)).collect();
    let anchors = anchors.iter().map(|anchor| ((*anchor).to_owned(), 1)).collect();
    unify(html, &numbers, &anchors, style).1.len()
}

/// Writes every mark of a note in the uniform shape; answers also which notes are marked.
///
/// `numbers` says for each printed number which note it is, `anchors` for the names that links point to.
pub(super) fn unify(
    html: &str,
    numbers: &BTreeMap<u32, u32>,
    anchors: &BTreeMap<String, u32>,
    style: Style,
) -> (String, BTreeSet<u32>) {
    let mut unifier = Unifier {
        html,
        numbers,
        anchors,
        style,
        out: String::with_capacity(html.len() + 64),
        copied: 0,
        marked: BTreeSet::new(),
    };
    unifier.run();
    unifier.out.push_str(html.get(unifier.copied..).unwrap_or_default());
    (unifier.out, unifier.marked)
}

struct Unifier<'a> {
    html: &'a str,
    numbers: &'a BTreeMap<u32, u32>,
    anchors: &'a BTreeMap<String, u32>,
    style: Style,
    out: String,
    copied: usize,
    marked: BTreeSet<u32>,
}

impl<'a> Unifier<'a> {
    fn run(&mut self) {
        let mut code_depth = 0_u32;
        let mut link: Option<(Piece<'a>, &'a str)> = None;
        let mut superscript: Option<Piece<'a>> = None;
        for piece in Lexer::new(self.html) {
            match piece.kind {
                Kind::Tag(tag) if tag.is_one_of(&["pre", "code", "script", "style", "kbd", "textarea"]) => {
                    code_depth = if tag.is_close { code_depth.saturating_sub(1) } else { code_depth + 1 };
                }
                Kind::Tag(tag) if tag.opens("a") => link = Some((piece, tag.attribute("href").unwrap_or_default())),
                Kind::Tag(tag) if tag.closes("a") => {
                    if let Some((open, href)) = link.take() {
                        self.link(open, href, piece, superscript);
                    }
                }
                // A mark that has its shape already.
                Kind::Tag(tag) if tag.opens("sup") => {
                    superscript = Some(piece).filter(|_| tag.attribute("data-fn").is_none());
                }
                Kind::Tag(tag) if tag.closes("sup") => {
                    if let Some(open) = superscript.take() {
                        self.superscript(open, piece);
                    }
                }
                Kind::Text(text) if code_depth == 0 && link.is_none() => self.text(piece.start, text),
                Kind::Text(_) | Kind::Tag(_) | Kind::Comment(_) => {}
            }
        }
    }

    fn mark(&mut self, start: usize, end: usize, number: u32) {
        if start < self.copied {
            return;
        }
        self.out.push_str(self.html.get(self.copied..start).unwrap_or_default());
        self.out.push_str(&note_mark(&key(number), number));
        self.copied = end;
        self.marked.insert(number);
    }

    /// `[1]`, `[1, 2]` and `[1-3]`.
    fn text(&mut self, start: usize, text: &str) {
        let mut at = 0;
        while let Some(found) = text.get(at..).and_then(|rest| rest.find('[')) {
            let open = at + found;
            at = open + 1;
            let rest = text.get(at..).unwrap_or_default();
            let near = rest.char_indices().nth(24).map_or(rest.len(), |(end, _)| end);
            let Some((inside, _)) = rest.get(..near).and_then(|rest| rest.split_once(']')) else {
                continue;
            };
            let end = at + inside.len() + 1;
            let printed: Option<Vec<_>> = inside.split([',', ';']).map(numbers_of).collect();
            let notes: Option<Vec<u32>> = printed
                .and_then(|printed| printed.into_iter().flatten().map(|n| self.numbers.get(&n).copied()).collect());
            let Some(notes) = notes.filter(|notes| !notes.is_empty() && !inside.trim().starts_with('+')) else {
                continue;
            };
            for (index, number) in notes.into_iter().enumerate() {
                let from = if index == 0 { start + open } else { start + end };
                self.mark(from, start + end, number);
            }
            at = end;
        }
    }

    /// A link to a note, or a numbered link to a place in this article.
    fn link(&mut self, open: Piece<'a>, href: &str, close: Piece<'a>, superscript: Option<Piece<'a>>) {
        let Some((_, fragment)) = href.rsplit_once('#') else {
            return;
        };
        let words = plain_text(self.html.get(open.end..close.start).unwrap_or_default());
        let printed = printed_number(&words).and_then(|number| self.numbers.get(&number)).copied();
        let named = self.anchors.get(fragment).copied();
        // A name among the notes says which note it is; without one, a link to a note has the number in it.
        let number = match (named, printed) {
            (Some(named), _) if words.chars().count() <= 6 => named,
            (None, Some(printed)) if ends_in_number(fragment) => printed,
            _ => return,
        };
        let close_superscript = self.html.get(close.end..).filter(|rest| rest.starts_with("</sup>"));
        match superscript {
            Some(outer) if outer.end == open.start && close_superscript.is_some() => {
                self.mark(outer.start, close.end + "</sup>".len(), number);
            }
            _ => self.mark(open.start, close.end, number),
        }
    }

    /// `<sup>1</sup>` is a mark only where the notes are numbered that way, and not in a formula.
    fn superscript(&mut self, open: Piece<'a>, close: Piece<'a>) {
        let words = self.html.get(open.end..close.start).unwrap_or_default();
        let number = printed_number(words.trim()).and_then(|number| self.numbers.get(&number)).copied();
        let before = self.html.get(..open.start).unwrap_or_default();
        if let Some(number) = number.filter(|_| self.style == Style::Superscript && ends_in_prose(before)) {
            self.mark(open.start, close.end, number);
        }
    }
}

/// `3`, or `3-5`: a few numbers, rising.
fn numbers_of(part: &str) -> Option<RangeInclusive<u32>> {
    let number = |text: &str| text.trim().parse::<u32>().ok();
    let (first, last) = match part.split_once(['-', '–']) {
        Some((first, last)) => (number(first)?, number(last)?),
        None => (number(part)?, number(part)?),
    };
    (first <= last && last - first < 20).then_some(first..=last)
}

fn printed_number(words: &str) -> Option<u32> {
    let inside = words.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let inside = inside.or_else(|| words.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'))).unwrap_or(words);
    inside.trim().parse().ok().filter(|_| inside.trim().bytes().all(|b| b.is_ascii_digit()))
}

fn ends_in_number(fragment: &str) -> bool {
    fragment.ends_with(|c: char| c.is_ascii_digit())
}

/// Whether text ends in a word or in punctuation: units and formulas end in one or two letters or a bracket.
fn ends_in_prose(before: &str) -> bool {
    let tail: String = before.chars().rev().take(12).collect();
    let mut characters = tail.chars();
    match characters.next() {
        Some('.' | ',' | ';' | ':' | '!' | '?' | '»' | '”' | '"' | '…') => true,
        Some(c) if c.is_lowercase() => characters.take_while(|c| c.is_alphabetic()).count() >= 2,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unified(html: &str, style: Style) -> (String, Vec<u32>) {
        let numbers = [(1, 1), (2, 2)].into();
        let anchors = [("_ftn1".to_owned(), 1)].into();
        let (html, marked) = unify(html, &numbers, &anchors, style);
        (
            html.replace("class=\"fn\"", "").replace("<sup data-fn=\"ref-", "{").replace("</sup>", "}"),
            marked.into_iter().collect(),
        )
    }

    #[test]
    fn marks_of_every_shape_become_one_shape() {
        for html in [
            "a [1].",
            "a<a href=\"#_ftn1\" name=\"_ftnref1\">[1]</a>.",
            "a<sup><a href=\"https://example.org/x#fn1\">1</a></sup>.",
            "a<a href=\"#cite_note-1\"><sup>1</sup></a>.",
        ] {
            let (out, marked) = unified(html, Style::Bracket);
            assert_eq!(marked, [1], "{html}");
            assert!(out.contains("{1\""), "{html}: {out}");
            assert!(!out.contains("_ftn1") && !out.contains("[1]"), "{html}: {out}");
        }
        for html in ["x [1, 2] y", "x [1-2] y", "x [1\u{2013}2] y"] {
            assert_eq!(unified(html, Style::Bracket).1, [1, 2], "{html}");
        }
    }

    #[test]
    fn other_brackets_formulas_and_code_stay() {
        for html in [
            "[Nak09]",
            "[mod 1]",
            "[3]",
            "[1-3]",
            "[2-1]",
            "E = mc<sup>2</sup>",
            "10 m<sup>2</sup>",
            "<code>a[1]</code>",
            "[1 2]",
            "<a href=\"#top\">up</a>",
        ] {
            for style in [Style::Bracket, Style::Superscript] {
                assert_eq!(
                    unify(html, &[(1, 1), (2, 2)].into(), &BTreeMap::new(), style),
                    (html.to_owned(), BTreeSet::new())
                );
            }
        }
    }

    #[test]
    fn a_superscript_behind_a_word_is_a_mark_where_notes_are_numbered_so() {
        assert_eq!(unified("educational<sup>1</sup>", Style::Superscript).1, [1]);
        assert!(unified("educational<sup>1</sup>", Style::Bracket).1.is_empty());
    }
}
