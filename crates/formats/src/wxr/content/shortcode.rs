//! WordPress's shortcodes: `[name key="value"]…[/name]`, found in text.
//!
//! Only names this importer knows are shortcodes; every other bracketed text stays as it is, and so does all
//! text inside `<pre>` and `<code>`. Grammar: <https://codex.wordpress.org/Shortcode_API>.

use std::collections::HashSet;

use super::{
    Work,
    convert::{self, Known},
    lexer::{Kind, Lexer},
};
use crate::wxr::NoteKind;

/// A longer opening is no shortcode.
const OPENING_BYTES_MAX: usize = 4_096;
/// After so many shortcodes that stand for nothing the rest is taken for text: looking further would take for ever.
const FAILURES_MAX: u32 = 100;
const ATTRIBUTES_MAX: usize = 64;

/// A shortcode as found.
pub(super) struct Shortcode<'a> {
    attributes: Vec<(Option<String>, String)>,
    /// What stands between the opening and the closing, if there is a closing.
    pub(super) inner: Option<&'a str>,
}

impl Shortcode<'_> {
    /// The value under a key.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(name, _)| name.as_deref() == Some(key));
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// The first value without a key: `[audio https://…]`.
    pub(super) fn first(&self) -> Option<&str> {
        let found = self.attributes.iter().find(|(name, _)| name.is_none());
        found.map(|(_, value)| value.trim().trim_start_matches('=')).filter(|value| !value.is_empty())
    }
}

/// Replaces the known shortcodes of a text.
pub(super) fn expand(html: &str, work: &mut Work<'_>) -> String {
    if !html.contains('[') {
        return html.to_owned();
    }
    let mut expander =
        Expander { html, out: String::with_capacity(html.len()), copied: 0, unclosed: HashSet::new(), failures: 0 };
    expander.run(work);
    expander.out.push_str(html.get(expander.copied..).unwrap_or_default());
    expander.out
}

struct Expander<'a> {
    html: &'a str,
    out: String,
    copied: usize,
    /// Names whose closing is nowhere ahead, so that nobody looks for it again.
    unclosed: HashSet<&'static str>,
    failures: u32,
}

impl<'a> Expander<'a> {
    fn run(&mut self, work: &mut Work<'_>) {
        let mut lexer = Lexer::new(self.html);
        let mut code_depth = 0_u32;
        while let Some(piece) = lexer.next() {
            match piece.kind {
                Kind::Tag(tag) if tag.is_one_of(&["pre", "code", "script", "style", "textarea", "kbd"]) => {
                    code_depth = if tag.is_close { code_depth.saturating_sub(1) } else { code_depth + 1 };
                }
                Kind::Text(_) if code_depth == 0 => {
                    if let Some(end) = self.text(piece.start, piece.end, work) {
                        lexer.jump(end);
                    }
                }
                Kind::Text(_) | Kind::Tag(_) | Kind::Comment(_) => {}
            }
        }
    }

    /// Looks through one text. Answers where to go on when a shortcode reaches beyond it.
    fn text(&mut self, start: usize, end: usize, work: &mut Work<'_>) -> Option<usize> {
        let mut at = start;
        while let Some(found) = self.html.get(at..end).and_then(|text| text.find('[')) {
            let open_at = at + found;
            let next = self.shortcode(open_at, work);
            at = next.unwrap_or(open_at + 1);
            if at > end {
                return Some(at);
            }
        }
        None
    }

    /// Replaces the shortcode that begins here; answers where it ends.
    fn shortcode(&mut self, open_at: usize, work: &mut Work<'_>) -> Option<usize> {
        let rest = self.html.get(open_at..).filter(|_| self.failures < FAILURES_MAX)?;
        if let Some(length) = escaped_length(rest) {
            // `[[gallery]]` is how an author writes about a shortcode.
            self.replace(open_at, open_at + length, rest.get(1..length - 1)?);
            return Some(open_at + length);
        }
        let (known, name, attributes, opening) = opening(rest)?;
        let mut end = open_at + opening;
        let mut inner = None;
        if known.may_enclose() && !rest.get(..opening)?.ends_with("/]") && !self.unclosed.contains(known.name()) {
            match closing(self.html.get(end..)?, name, known == Known::Code) {
                Closing::At { inner_bytes, closing_bytes } => {
                    inner = self.html.get(end..end + inner_bytes);
                    end += inner_bytes + closing_bytes;
                }
                Closing::OfAnother => {}
                Closing::Nowhere => {
                    self.unclosed.insert(known.name());
                }
            }
        }
        let shortcode = Shortcode { attributes, inner };
        match convert::convert(known, &shortcode, work) {
            Some(html) => {
                work.notes.add(NoteKind::ShortcodeConverted, known.name());
                self.replace(open_at, end, &html);
                Some(end)
            }
            None => {
                self.failures += 1;
                work.notes.add(NoteKind::ShortcodeKept, known.name());
                None
            }
        }
    }

    fn replace(&mut self, start: usize, end: usize, with: &str) {
        self.out.push_str(self.html.get(self.copied..start).unwrap_or_default());
        self.out.push_str(with);
        self.copied = end;
    }
}

/// The length of `[[known …]]`.
fn escaped_length(text: &str) -> Option<usize> {
    let (_, _, _, opening) = opening(text.strip_prefix('[')?)?;
    text.get(opening + 1..)?.starts_with(']').then_some(opening + 2)
}

/// Name, attributes and length of the opening that begins the text, if it is one of a known shortcode.
type Opening<'a> = (Known, &'a str, Vec<(Option<String>, String)>, usize);

fn opening(text: &str) -> Option<Opening<'_>> {
    let after = text.strip_prefix('[')?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let name = after.get(..after.find(|c| !is_name(c))?)?;
    let known = Known::parse(name)?;
    let tail = after.get(name.len()..)?;
    if !tail.starts_with(|c: char| c.is_ascii_whitespace() || matches!(c, ']' | '/' | '=' | '\u{a0}')) {
        return None;
    }
    let length = attributes_length(tail)?;
    let attributes = parse_attributes(tail.get(..length)?.trim_end_matches('/'));
    Some((known, name, attributes, 1 + name.len() + length + 1))
}

/// How far it is to the `]` that ends an opening: one in quotes does not, unless the quote is never closed.
fn attributes_length(text: &str) -> Option<usize> {
    let mut quote = None;
    let mut first = None;
    for (at, c) in text.char_indices().take_while(|(at, _)| *at < OPENING_BYTES_MAX) {
        match (quote, c) {
            (None, ']') => return Some(at),
            (None, '[') => return None,
            (Some(_), ']') => first = first.or(Some(at)),
            (None, '"' | '\'') if text.get(..at).is_some_and(|before| before.ends_with('=')) => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            _ => {}
        }
    }
    first
}

fn parse_attributes(text: &str) -> Vec<(Option<String>, String)> {
    let mut rest = text.trim_start();
    let mut attributes = Vec::new();
    while !rest.is_empty() && attributes.len() < ATTRIBUTES_MAX {
        let end = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let is_key = !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
        let (key, (value, tail)) = match after.strip_prefix('=') {
            Some(value) if is_key => (Some(word.to_ascii_lowercase()), quoted(value)),
            _ => (None, quoted(rest)),
        };
        attributes.push((key, value.to_owned()));
        rest = tail.trim_start();
    }
    attributes
}

/// The value that begins the text. Texts that have been through a word processor have its quotes.
fn quoted(text: &str) -> (&str, &str) {
    const TYPOGRAPHIC: [&str; 8] = ["“", "”", "″", "&quot;", "&#8220;", "&#8221;", "&#8243;", "&#34;"];
    for quote in ["\"", "'"] {
        if let Some(found) = text.strip_prefix(quote).and_then(|inside| inside.split_once(quote)) {
            return found;
        }
    }
    if let Some(inside) = TYPOGRAPHIC.iter().find_map(|quote| text.strip_prefix(quote)) {
        let ends = TYPOGRAPHIC.iter().chain(&["\""]).filter_map(|quote| Some((inside.find(quote)?, quote.len())));
        if let Some((end, length)) = ends.min() {
            return (inside.get(..end).unwrap_or_default(), inside.get(end + length..).unwrap_or_default());
        }
    }
    text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()))
}

/// Where the closing of a shortcode is.
#[derive(Debug, PartialEq, Eq)]
enum Closing {
    At {
        inner_bytes: usize,
        closing_bytes: usize,
    },
    /// The same shortcode opens once more before: the closing is that one's, and what stands between is text.
    OfAnother,
    Nowhere,
}

fn closing(text: &str, name: &str, is_code: bool) -> Closing {
    let after_name = |text: &str| {
        let is_same = text.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name));
        text.get(name.len()..).filter(|_| is_same).and_then(|tail| tail.chars().next())
    };
    for (at, _) in text.match_indices('[') {
        let after = text.get(at + 1..).unwrap_or_default();
        if after.strip_prefix('/').and_then(after_name) == Some(']') {
            return Closing::At { inner_bytes: at, closing_bytes: "[/]".len() + name.len() };
        }
        let opens = after_name(after).is_some_and(|c| c.is_ascii_whitespace() || matches!(c, ']' | '=' | '\u{a0}'));
        if opens && !is_code {
            return Closing::OfAnother;
        }
    }
    Closing::Nowhere
}
