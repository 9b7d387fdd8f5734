//! Which marks are marks of references.

use std::rc::Rc;

use masthead_domain::body::{Mark, Span};

use super::{
    ParseOptions,
    convert::Converter,
    note::NoteKind,
    tree::{Element, Format, Formatting},
};

/// The reference a raised mark stands for, if it is one: our own, or one whose name the options know. `2` in a
/// formula is none.
pub(super) fn of_sup(converter: &mut Converter<'_>, sup: &Element) -> Option<u32> {
    if !is_mark(&sup.text()) {
        return None;
    }
    let link = sup.formatting("a");
    let fragment = link.and_then(fragment);
    if sup.has_class("reference")
        && let Some(number) = fragment.and_then(own_number)
    {
        return Some(number);
    }
    let names = &converter.options.references.names;
    let named = sup.filled("data-fn").into_iter().chain(fragment).find_map(|name| lookup(names, name));
    if named.is_none()
        && let Some(name) = sup.filled("data-fn")
    {
        converter.notes.add(NoteKind::UnresolvedReference, name);
    }
    named
}

/// The reference a linked mark stands for, if it is one. The words of one link are one mark: `Some(None)` for all
/// but its first.
pub(super) fn of_link(converter: &mut Converter<'_>, text: &str, format: &Format) -> Option<Option<Span>> {
    let link = format.iter().rev().find(|one| &*one.name == "a")?;
    if text.trim().is_empty() {
        return None;
    }
    if converter.last_mark == Some(Rc::as_ptr(link)) && is_mark(text) {
        return Some(None);
    }
    let number = lookup(&converter.options.references.names, fragment(link)?)?;
    if !is_mark(text) {
        return None;
    }
    converter.last_mark = Some(Rc::as_ptr(link));
    Some(Some(Span::Reference { number }))
}

/// Parts words at the plain marks `[2]` whose number the options know.
pub(super) fn split(options: &ParseOptions, text: &str, marks: &[Mark]) -> Vec<Span> {
    let words = |text: &str| Span::Text { text: text.to_owned(), marks: marks.to_vec() };
    let numbers = &options.references.numbers;
    // In a link that leads elsewhere, `[1]` are that link's words.
    let elsewhere = marks.iter().any(|mark| matches!(mark, Mark::Link(link) if !link.href.as_str().starts_with('#')));
    if numbers.is_empty() || elsewhere || marks.contains(&Mark::Code) || !text.contains('[') {
        return vec![words(text)];
    }
    let mut spans = Vec::new();
    let mut rest = text;
    let mut from = 0;
    while let Some(open) = rest.get(from..).and_then(|part| part.find('[')).map(|at| at + from) {
        let inside = rest.get(open + 1..).unwrap_or_default();
        let found = inside.split_once(']').and_then(|(number, after)| {
            let digits = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
            let number = number.parse::<u32>().ok().filter(|number| digits && numbers.contains(number))?;
            Some((number, after))
        });
        let Some((number, after)) = found else {
            from = open + 1;
            continue;
        };
        spans.push(words(rest.get(..open).unwrap_or_default()));
        spans.push(Span::Reference { number });
        (rest, from) = (after, 0);
    }
    spans.push(words(rest));
    spans
}

// A link inside this page, by any spelling of the page's address.
fn fragment(link: &Formatting) -> Option<&str> {
    let (_, fragment) = link.attr("href")?.split_once('#')?;
    (!fragment.is_empty()).then_some(fragment)
}

fn lookup(names: &std::collections::HashMap<String, u32>, name: &str) -> Option<u32> {
    names.get(name).copied().or_else(|| {
        let decoded = percent_encoding::percent_decode_str(name).decode_utf8().ok()?;
        names.get(&*decoded).copied()
    })
}

fn own_number(fragment: &str) -> Option<u32> {
    fragment.strip_prefix("ref-")?.parse().ok().filter(|&number| number > 0)
}

// Whether words are what footnote marks look like: `1`, `[12]`, `(a)`, `*`, `†`, `iv`.
fn is_mark(text: &str) -> bool {
    let bare = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '[' | ']' | '(' | ')' | '^' | '.' | ','));
    let count = bare.chars().count();
    let all = |test: &dyn Fn(char) -> bool| bare.chars().all(test);
    match count {
        0 => text.trim().chars().count() <= 2 && !text.trim().is_empty(),
        1 => true,
        2..=4 => {
            all(&|c| c.is_ascii_digit())
                || all(&|c| matches!(c, '*' | '†' | '‡' | '§'))
                || all(&|c| matches!(c, 'i' | 'v' | 'x' | 'I' | 'V' | 'X'))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_looks_like_one() {
        for mark in ["1", "[12]", "(a)", "*", "††", " iv ", "[ 3 ]", "²"] {
            assert!(is_mark(mark), "{mark}");
        }
        for words in ["", "  ", "note 1", "voir", "12345", "er"] {
            assert!(!is_mark(words), "{words}");
        }
    }
}
