//! Plain words out of WordPress's fields: titles with markup, slugs in percent signs, wrongly decoded text.

use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
};

use html5ever::{
    buffer_queue::BufferQueue,
    tendril::StrTendril,
    tokenizer::{TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts},
};
use percent_encoding::percent_decode_str;
use unicode_normalization::UnicodeNormalization;

/// A text of HTML as plain words: tags gone, and scripts and styles with what is in them; entities decoded, white space
/// collapsed.
#[must_use]
pub fn plain_text(html: &str) -> String {
    let text = if html.contains(['<', '&']) { Cow::Owned(strip(html)) } else { Cow::Borrowed(html) };
    let mut words = String::with_capacity(text.len());
    // A no-break space is part of French typography; only ordinary white space is collapsed.
    for word in text.split([' ', '\n', '\t', '\r']).filter(|word| !word.is_empty()) {
        if !words.is_empty() {
            words.push(' ');
        }
        words.extend(word.chars().filter(|c| !c.is_control()));
    }
    words
}

/// Text with its HTML entities decoded; tags stay text.
#[must_use]
pub(super) fn decode_entities(text: &str) -> Cow<'_, str> {
    if text.contains('&') { Cow::Owned(strip(&text.replace('<', "&lt;"))) } else { Cow::Borrowed(text) }
}

/// Whether text holds something that reads as an HTML tag.
#[must_use]
pub(super) fn has_markup(text: &str) -> bool {
    text.match_indices('<').any(|(at, _)| {
        let rest = text.get(at + 1..).unwrap_or_default();
        rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!')
    })
}

fn strip(html: &str) -> String {
    let sink = Words::default();
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from(html));
    while let html5ever::TokenizerResult::Script(_) = tokenizer.feed(&queue) {}
    tokenizer.end();
    tokenizer.sink.text.into_inner()
}

#[derive(Default)]
struct Words {
    text: RefCell<String>,
    /// Where the text was when a script or style began. Only its end makes it one: `the <script> tag` is words.
    code_start: Cell<Option<usize>>,
}

impl TokenSink for Words {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut text = self.text.borrow_mut();
        match token {
            Token::CharacterTokens(characters) => text.push_str(&characters),
            Token::TagToken(tag) if is_break(&tag.name) => text.push(' '),
            Token::TagToken(tag) if matches!(&*tag.name, "script" | "style") => match tag.kind {
                TagKind::StartTag => self.code_start.set(self.code_start.get().or(Some(text.len()))),
                TagKind::EndTag => {
                    let end = self.code_start.take().unwrap_or(text.len());
                    text.truncate(end);
                }
            },
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// Elements that part words from one another.
fn is_break(name: &str) -> bool {
    matches!(
        name,
        "br" | "p"
            | "div"
            | "li"
            | "ul"
            | "ol"
            | "tr"
            | "td"
            | "th"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "blockquote"
            | "figure"
            | "figcaption"
            | "hr"
            | "table"
            | "pre"
            | "dt"
            | "dd"
    )
}

/// A slug as people read it: percent signs decoded, composed, without invisible and direction characters.
#[must_use]
pub fn decode_slug(raw: &str) -> String {
    let decoded = match percent_decode_str(raw).decode_utf8() {
        Ok(decoded) => decoded,
        // A cut or foreign encoding: the letters that are there are all we know.
        Err(_) => Cow::Borrowed(raw),
    };
    decoded.trim().nfc().filter(|c| !c.is_control() && !is_invisible(*c)).collect()
}

/// Zero-width and direction characters: two slugs that look the same must be the same.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// Whether text carries the traces of UTF-8 once read as Latin-1 or Windows-1252.
#[must_use]
pub(super) fn is_mojibake(text: &str) -> bool {
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let next = characters.peek();
        let broken = match c {
            '\u{c3}' => next.is_some_and(|n| matches!(n, '\u{80}'..='\u{bf}')),
            '\u{e2}' => next == Some(&'\u{20ac}'),
            _ => false,
        };
        if broken {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_loses_its_tags_and_keeps_its_words() {
        assert_eq!(plain_text("Title <em>With</em> <b>Mark<sup>up</sup></b>"), "Title With Markup");
        assert_eq!(plain_text("Q&amp;A: caf&eacute; &#8220;noir&#8221;"), "Q&A: café “noir”");
        assert_eq!(plain_text("AT&T <3 5 < 6"), "AT&T <3 5 < 6");
        assert_eq!(plain_text(" one\n two<br>three "), "one two three");
        assert_eq!(plain_text("<script>alert(1)</script>Evil <style>a{}</style>words"), "Evil words");
        assert_eq!(plain_text("The <script> tag"), "The tag");
        assert_eq!(plain_text("Prix\u{a0}: 5\u{a0}€"), "Prix\u{a0}: 5\u{a0}€");
    }

    #[test]
    fn a_slug_in_percent_signs_is_read_as_its_letters() {
        assert_eq!(decode_slug("%d0%bc%d0%b8%d1%80"), "мир");
        assert_eq!(decode_slug("caf%C3%A9"), "café");
        assert_eq!(decode_slug("cafe\u{301}"), "café");
        assert_eq!(decode_slug("100%"), "100%");
        assert_eq!(decode_slug("bad-%ff"), "bad-%ff");
        assert_eq!(decode_slug("%e2%80%8fab\u{202e}c\u{200b}"), "abc");
        assert_eq!(decode_slug("%f0%9f%98%80-day"), "😀-day");
    }

    #[test]
    fn text_that_was_decoded_wrongly_is_recognised_and_right_text_is_not() {
        assert!(is_mojibake("caf\u{c3}\u{a9}"));
        assert!(is_mojibake("it\u{e2}\u{20ac}\u{2122}s"));
        assert!(!is_mojibake("café, Ãpa, pâte"));
    }
}
