//! Hand-made lists of notes: `[1] Author. Outlet. Date. Title`, one under the other, with or without a heading.

use std::{collections::BTreeSet, ops::Range};

use super::{
    FOOTNOTES_MAX,
    lexer::{Kind, Lexer, Tag},
    lines::{Line, LineKind, Lines, lines},
    marks,
};
use crate::wxr::plain_text;

/// How the notes of a list are numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// `[1] …`
    Bracket,
    /// `<sup>1</sup> …`
    Superscript,
    /// `1. …` or an entry of a numbered list.
    Plain,
}

/// One note of a list.
#[derive(Debug, Clone)]
pub(super) struct ListedNote {
    /// The number as printed.
    pub(super) number: u32,
    pub(super) html: String,
    /// Names that links in the text may point to.
    pub(super) anchors: Vec<String>,
}

/// A list of notes in an article.
#[derive(Debug, Clone)]
pub(super) struct NoteList {
    pub(super) notes: Vec<ListedNote>,
    pub(super) style: Style,
    /// What to take out of the text, in order, not overlapping.
    cuts: Vec<Range<usize>>,
}

impl NoteList {
    /// The article without the list.
    pub(super) fn cut_from(&self, html: &str) -> String {
        let mut out = String::with_capacity(html.len());
        let mut at = 0;
        for cut in &self.cuts {
            out.push_str(html.get(at..cut.start.max(at)).unwrap_or_default());
            at = cut.end.max(at);
        }
        out.push_str(html.get(at..).unwrap_or_default());
        out
    }
}

/// A line that begins like a note.
struct Start {
    style: Style,
    number: u32,
    html: String,
    anchors: Vec<String>,
}

/// Finds the last list of notes of an article that the text refers to or a heading announces.
pub(super) fn find(html: &str) -> Option<NoteList> {
    let may_hold_notes = ["[1]", ">1<", "ftn", "#fn", "fn1.", "<ol", "1."].iter().any(|sign| html.contains(sign));
    if !may_hold_notes {
        return None;
    }
    let Lines { lines, lists } = lines(html);
    let mut end = lines.len();
    let mut tried = 0;
    while end > 0 && tried < 20 {
        let run = last_run(html, &lines, end)?;
        tried += 1;
        end = run.start;
        if let Some(list) = accept(html, &lines, &lists, &run) {
            return Some(list);
        }
    }
    None
}

struct Run {
    start: usize,
    end: usize,
    notes: Vec<ListedNote>,
    style: Style,
}

/// The last stretch of note lines that ends before `end`: numbers rise, from 1.
fn last_run(html: &str, lines: &[Line], end: usize) -> Option<Run> {
    let first = (0..end)
        .rev()
        .find(|index| lines.get(*index).and_then(|line| start_of(html, line)).is_some_and(|start| start.number == 1))?;
    let mut run: Option<Run> = None;
    let mut index = first;
    while let Some(line) = lines.get(index).filter(|_| index < end) {
        let start = if line.is_blank(html) { None } else { start_of(html, line) };
        match (&mut run, start) {
            _ if line.is_blank(html) => {}
            (None, Some(start)) => {
                let Start { style, number, html, anchors } = start;
                run = Some(Run {
                    start: index,
                    end: index + 1,
                    style,
                    notes: vec![ListedNote { number, html, anchors }],
                });
            }
            (Some(run), Some(start)) if follows(run, &start) && run.notes.len() < FOOTNOTES_MAX => {
                let Start { number, html, anchors, .. } = start;
                run.notes.push(ListedNote { number, html, anchors });
                run.end = index + 1;
            }
            // A note may go on in the next line of its paragraph, and in paragraphs before the next note.
            (Some(run), None)
                if (!line.is_whole && same_unit(lines, run.end, line)) || goes_on(html, lines, run, index..end) =>
            {
                if let Some(note) = run.notes.last_mut() {
                    note.html.push(' ');
                    note.html.push_str(line.html(html).trim());
                }
                run.end = index + 1;
            }
            _ => break,
        }
        index += 1;
    }
    run
}

/// Whether the paragraphs that begin here belong to the last note: very few of them, without any mark, and then comes
/// the note of the next number. Others are the article, which goes on between its notes.
fn goes_on(html: &str, lines: &[Line], run: &Run, rest: Range<usize>) -> bool {
    const PARAGRAPHS_MAX: usize = 3;
    let written = |line: &&Line| !line.is_blank(html);
    for line in lines.get(rest).unwrap_or_default().iter().filter(written).take(PARAGRAPHS_MAX + 1) {
        if let Some(start) = start_of(html, line) {
            let last = run.notes.last().map_or(0, |note| note.number);
            return start.number == last + 1 && follows(run, &start);
        }
        let has_mark = line.html(html).contains("<sup") || line.html(html).contains('[');
        if run.style == Style::Plain || line.kind != LineKind::Paragraph || has_mark || is_heading(html, line) {
            return false;
        }
    }
    false
}

fn follows(run: &Run, start: &Start) -> bool {
    let last = run.notes.last().map_or(0, |note| note.number);
    start.style == run.style && start.number > last && start.number - last <= 3
}

fn same_unit(lines: &[Line], end: usize, line: &Line) -> bool {
    end.checked_sub(1).and_then(|last| lines.get(last)).is_some_and(|last| last.unit == line.unit)
}

/// Whether a run is a list of notes, and what of the article it takes.
fn accept(html: &str, lines: &[Line], lists: &[Range<usize>], run: &Run) -> Option<NoteList> {
    let heading = (0..run.start).rev().find(|index| lines.get(*index).is_some_and(|line| !line.is_blank(html)));
    let heading = heading.filter(|index| lines.get(*index).is_some_and(|line| is_heading(html, line)));
    let cuts = cuts(html, lines, lists, heading.unwrap_or(run.start)..run.end)?;
    let numbers: BTreeSet<u32> = run.notes.iter().map(|note| note.number).collect();
    let anchors: BTreeSet<&str> = run.notes.iter().flat_map(|note| note.anchors.iter().map(String::as_str)).collect();
    let before = html.get(..cuts.first()?.start)?;
    // Superscripts are marks of a plain list only where a heading announces it and every note has its mark: a surface
    // of 2 m<sup>2</sup> is none.
    let is_raised = run.style == Style::Plain
        && heading.is_some()
        && marks::found(before, &numbers, &anchors, Style::Superscript) == numbers.len();
    let style = if is_raised { Style::Superscript } else { run.style };
    let is_marked = marks::found(before, &numbers, &anchors, style) > 0;
    let is_list = match style {
        Style::Bracket => is_marked || heading.is_some(),
        Style::Superscript => is_marked,
        Style::Plain => is_marked && (heading.is_some() || !run.notes.iter().all(|note| note.anchors.is_empty())),
    };
    is_list.then(|| NoteList { notes: run.notes.clone(), style, cuts })
}

/// The ranges to take out: whole elements where all their lines go, else the lines.
fn cuts(html: &str, lines: &[Line], lists: &[Range<usize>], taken: Range<usize>) -> Option<Vec<Range<usize>>> {
    let before = taken.start.checked_sub(1).and_then(|index| lines.get(index));
    let after = lines.get(taken.end);
    let mut cuts: Vec<Range<usize>> = Vec::new();
    let mut last_unit: Option<&Range<usize>> = None;
    for line in lines.get(taken)? {
        let is_shared = [before, after].iter().flatten().any(|other| other.unit == line.unit);
        let range = match line.kind {
            LineKind::Entry { list, .. } | LineKind::Item { list } => {
                let is_same = |other: &Line| matches!(other.kind, LineKind::Entry { list: other, .. } | LineKind::Item { list: other } if other == list);
                if [before, after].iter().flatten().any(|other| is_same(other)) {
                    return None;
                }
                lists.get(list)?.clone()
            }
            _ if is_shared => line.inner.clone(),
            _ => line.unit.clone(),
        };
        match cuts.last_mut() {
            // Between two lines of one element there is only a break.
            Some(last) if range.start <= last.end || last_unit == Some(&line.unit) => {
                last.end = last.end.max(range.end)
            }
            _ => cuts.push(range),
        }
        last_unit = Some(&line.unit);
    }
    let first = cuts.first_mut()?;
    let before = html.get(..first.start)?.trim_end();
    // The rule above the notes and the break before their first line go with them.
    if let Some(tag) = last_tag(before).filter(|tag| tag.opens("br") || tag.opens("hr")) {
        first.start = before.len() - tag.raw.len();
    } else if let Some(rule) = rule_around(before) {
        cuts.insert(0, rule);
    }
    Some(cuts)
}

fn last_tag(html: &str) -> Option<Tag<'_>> {
    let start = html.rfind('<').filter(|_| html.ends_with('>'))?;
    match Lexer::new(html.get(start..)?).next()?.kind {
        Kind::Tag(tag) => Some(tag),
        Kind::Text(_) | Kind::Comment(_) => None,
    }
}

/// The rule that word processors set before the element around their notes.
fn rule_around(html: &str) -> Option<Range<usize>> {
    let outside = html.get(..html.len() - last_tag(html).filter(|tag| tag.opens("div"))?.raw.len())?.trim_end();
    let rule = last_tag(outside).filter(|tag| tag.opens("hr"))?;
    Some(outside.len() - rule.raw.len()..outside.len())
}

/// Words that announce notes, in small letters.
fn is_heading(html: &str, line: &Line) -> bool {
    const WORDS: [&str; 26] = [
        "notes",
        "note",
        "références",
        "reférences",
        "references",
        "reference",
        "référence",
        "sources",
        "source",
        "bibliographie",
        "bibliography",
        "footnotes",
        "endnotes",
        "notes et références",
        "notes and references",
        "sources et références",
        "notes et sources",
        "notes de bas de page",
        "referans",
        "referans yo",
        "sous",
        "nòt",
        "nòt yo",
        "notas",
        "referencias",
        "works cited",
    ];
    let words = plain_text(line.html(html)).to_lowercase();
    let words = words.trim_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '.' | '*' | '-' | '_' | '—'));
    words.chars().count() < 40 && WORDS.contains(&words)
}

/// Reads the beginning of a line: wrappers, the number, what follows.
fn start_of(html: &str, line: &Line) -> Option<Start> {
    let inner = line.html(html);
    let mut anchors: Vec<String> = line.id.iter().cloned().collect();
    if let LineKind::Entry { number, .. } = line.kind {
        collect_anchors(inner, &mut anchors);
        let written = inner.trim_start().strip_prefix(&format!("[{number}]"));
        let html = without_back_links(written.unwrap_or(inner));
        let style = if written.is_some() { Style::Bracket } else { Style::Plain };
        let is_note = !plain_text(&html).is_empty();
        return is_note.then_some(Start { style, number, html, anchors });
    }
    if line.kind == LineKind::Other || line.kind == LineKind::Heading {
        return None;
    }
    let mut in_superscript = false;
    let mut in_link = false;
    let mut number_text: Option<(Style, u32)> = None;
    let mut rest_at = 0;
    for piece in Lexer::new(inner) {
        match piece.kind {
            Kind::Comment(_) => {}
            Kind::Tag(tag)
                if number_text.is_some()
                    && tag.is_close
                    && tag.is_one_of(&["sup", "a", "strong", "b", "span", "small"]) =>
            {
                rest_at = piece.end;
            }
            Kind::Tag(_) | Kind::Text(_) if number_text.is_some() => break,
            Kind::Tag(tag) if tag.is_one_of(&["sup", "a", "strong", "b", "span", "small", "em", "i"]) => {
                in_superscript |= tag.opens("sup");
                in_link |= tag.opens("a") && tag.attribute("href").is_some_and(|href| href.contains('#'));
                anchors.extend(["id", "name"].iter().filter_map(|key| tag.attribute(key)).map(str::to_owned));
            }
            Kind::Tag(_) => return None,
            Kind::Text(text) if text.trim().is_empty() => {}
            Kind::Text(text) => {
                let (style, number, length) = number_of(text, in_superscript, in_link)?;
                number_text = Some((style, number));
                rest_at = piece.start + length;
                if length < text.trim_end().len() {
                    break;
                }
            }
        }
    }
    let (style, number) = number_text?;
    if style == Style::Plain && line.kind != LineKind::Paragraph {
        return None;
    }
    let rest = inner.get(rest_at..).unwrap_or_default();
    let rest = rest.trim_start().trim_start_matches([':', ')', '.', '\u{a0}']);
    let html = without_back_links(rest);
    (!plain_text(&html).is_empty()).then_some(Start { style, number, html, anchors })
}

/// The number a text begins with, how it is written, and its length in bytes.
fn number_of(text: &str, in_superscript: bool, in_link: bool) -> Option<(Style, u32, usize)> {
    let lead = text.len() - text.trim_start().len();
    let trimmed = text.trim_start();
    // Textile, once a plugin of many sites, writes `fn1. …` for the note of `[1]`.
    if let Some(found) = textile_number(trimmed) {
        let (number, length) = found;
        return Some((Style::Bracket, number, lead + length));
    }
    let bracketed = trimmed.strip_prefix('[');
    let digits = bracketed.unwrap_or(trimmed);
    let length = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let number: u32 = digits.get(..length).filter(|_| (1..=3).contains(&length))?.parse().ok()?;
    let tail = digits.get(length..)?;
    let (style, used) = match (bracketed.is_some(), tail.chars().next()) {
        (true, Some(']')) => (Style::Bracket, lead + length + 2),
        (false, _) if in_superscript => (Style::Superscript, lead + length),
        (false, None) if in_link => (Style::Superscript, lead + length),
        (false, Some('.' | ')')) if tail.get(1..).is_some_and(|after| after.starts_with([' ', '\u{a0}'])) => {
            (Style::Plain, lead + length + 1)
        }
        _ => return None,
    };
    Some((style, number, used))
}

fn textile_number(text: &str) -> Option<(u32, usize)> {
    let (digits, _) = text.strip_prefix("fn")?.split_once(". ")?;
    let number = digits.parse().ok().filter(|_| digits.len() <= 3 && digits.bytes().all(|b| b.is_ascii_digit()))?;
    Some((number, "fn. ".len() + digits.len()))
}

fn collect_anchors(html: &str, anchors: &mut Vec<String>) {
    for piece in Lexer::new(html) {
        if let Kind::Tag(tag) = piece.kind {
            anchors.extend(["id", "name"].iter().filter_map(|key| tag.attribute(key)).take(8).map(str::to_owned));
        }
    }
}

/// A note without the arrow that leads back to its mark.
fn without_back_links(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut copied = 0;
    let mut link: Option<(usize, usize)> = None;
    for piece in Lexer::new(html) {
        let Kind::Tag(tag) = piece.kind else {
            continue;
        };
        if tag.opens("a") {
            link = tag.attribute("href").filter(|href| href.starts_with('#')).map(|_| (piece.start, piece.end));
        } else if let (true, Some((start, inner))) = (tag.closes("a"), link) {
            link = None;
            let words = plain_text(html.get(inner..piece.start).unwrap_or_default());
            if !words.chars().any(char::is_alphabetic) {
                out.push_str(html.get(copied..start).unwrap_or_default());
                copied = piece.end;
            }
        }
    }
    out.push_str(html.get(copied..).unwrap_or_default());
    out.trim().to_owned()
}
