//! Running text: spans with marks, line breaks and reference marks, always in canonical form.

use super::{Mark, clean, mark, stretch};

/// A piece of running text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Span {
    /// Words, with what is said about them.
    Text {
        /// The words, never empty in a canonical [`Inline`].
        text: String,
        /// In canonical order, each kind at most once.
        marks: Vec<Mark>,
    },
    /// A line break inside a paragraph.
    LineBreak,
    /// The mark of a numbered reference of the article, as `[2]` in print.
    Reference {
        /// Counted from 1.
        number: u32,
    },
}

impl Span {
    /// Words without marks.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::Text { text: text.into(), marks: Vec::new() }
    }

    /// Words with marks.
    pub fn marked(text: impl Into<String>, marks: impl Into<Vec<Mark>>) -> Self {
        Self::Text { text: text.into(), marks: marks.into() }
    }
}

/// Running text in canonical form, so that equal texts are equal values: adjacent spans with the same
/// marks are one, none is empty, whitespace is collapsed (except in code) and trimmed at the ends and
/// around line breaks, line breaks do not stand at the ends, forbidden characters are gone,
/// words are in Unicode's composed form (NFC), and a text that shows nothing is empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Inline(Vec<Span>);

impl Inline {
    /// Brings spans into canonical form. A reference mark numbered 0 is dropped.
    pub fn new(spans: impl IntoIterator<Item = Span>) -> Self {
        let mut writer = Canonical::default();
        for span in spans {
            match span {
                Span::Text { text, marks } => writer.text(text, mark::canonical(marks)),
                Span::LineBreak => writer.line_break(),
                Span::Reference { number: 0 } => {}
                Span::Reference { number } => writer.reference(number),
            }
        }
        writer.finish()
    }

    /// Words without marks.
    pub fn plain(text: &str) -> Self {
        Self::new([Span::plain(text)])
    }

    /// Several texts as one, a line break between each.
    pub fn lines(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut spans = Vec::new();
        for part in parts.into_iter().filter(|part| !part.is_empty()) {
            if !spans.is_empty() {
                spans.push(Span::LineBreak);
            }
            spans.extend(part.0);
        }
        Self::new(spans)
    }

    /// The spans.
    pub fn spans(&self) -> &[Span] {
        &self.0
    }

    /// The spans, to build another text from.
    pub fn into_spans(self) -> Vec<Span> {
        self.0
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The words alone; a line break becomes a newline, reference marks are left out.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for span in &self.0 {
            match span {
                Span::Text { text: words, .. } => text.push_str(words),
                Span::LineBreak => text.push('\n'),
                Span::Reference { .. } => {}
            }
        }
        text
    }

    /// The numbers of its reference marks, in order, repeated as they are.
    pub fn references(&self) -> impl Iterator<Item = u32> + '_ {
        self.0.iter().filter_map(|span| match span {
            Span::Reference { number } => Some(*number),
            Span::Text { .. } | Span::LineBreak => None,
        })
    }

    /// Every mark of every span.
    pub fn marks(&self) -> impl Iterator<Item = &Mark> + '_ {
        self.0.iter().flat_map(|span| match span {
            Span::Text { marks, .. } => marks.as_slice(),
            Span::LineBreak | Span::Reference { .. } => &[],
        })
    }

    // Bytes it adds to the size of a body.
    pub(super) fn bytes(&self) -> usize {
        let words = |span: &Span| match span {
            Span::Text { text, .. } => text.len(),
            Span::LineBreak | Span::Reference { .. } => 1,
        };
        self.0.iter().map(words).sum::<usize>() + self.marks().map(Mark::bytes).sum::<usize>()
    }
}

// Writes spans in canonical form. `space` is set while the last character written is a space that a
// following one would fall together with; `edge` while nothing stands on this line yet.
struct Canonical {
    spans: Vec<Span>,
    edge: bool,
    space: bool,
}

impl Default for Canonical {
    fn default() -> Self {
        Self { spans: Vec::new(), edge: true, space: false }
    }
}

impl Canonical {
    fn text(&mut self, text: String, marks: Vec<Mark>) {
        let words = if marks.last() == Some(&Mark::Code) { self.code(&text) } else { self.collapsed(text) };
        if words.is_empty() {
            return;
        }
        match self.spans.last_mut() {
            Some(Span::Text { text, marks: same }) if *same == marks => text.push_str(&words),
            _ => self.spans.push(Span::Text { text: words, marks }),
        }
    }

    // Most text is canonical already and is taken over as it is.
    fn collapsed(&mut self, text: String) -> String {
        let plain = self.plain_length(&text);
        if plain < text.len() {
            return self.rewritten(&text, plain);
        }
        self.take_over(&text);
        text
    }

    fn take_over(&mut self, plain: &str) {
        if !plain.is_empty() {
            self.edge = false;
            self.space = plain.ends_with(' ');
        }
    }

    // A text that may stand as it is for some length.
    fn rewritten(&mut self, text: &str, mut length: usize) -> String {
        let mut words = String::with_capacity(text.len());
        let mut rest = text;
        loop {
            let (plain, from) = rest.split_at(length);
            words.push_str(plain);
            self.take_over(plain);
            let mut chars = from.chars();
            let Some(c) = chars.next() else { return words };
            rest = chars.as_str();
            if clean::is_collapsible(c) {
                if !self.edge && !self.space {
                    words.push(' ');
                    self.space = true;
                }
            } else if !clean::is_forbidden_char(c) {
                words.push(c);
                self.edge = false;
                self.space = false;
            }
            length = self.plain_length(rest);
        }
    }

    // The length of what a text begins with and may stand as it is: printable characters, among which no space falls
    // together with another.
    fn plain_length(&self, text: &str) -> usize {
        // Forbidden characters and separators beyond ASCII begin with one of three bytes, and so do a few others.
        let ends = |byte: u8| !matches!(byte, b' '..=b'~' | 0x80..) || matches!(byte, 0xc2 | 0xe2 | 0xef);
        let bytes = text.as_bytes();
        if (self.edge || self.space) && bytes.first() == Some(&b' ') {
            return 0;
        }
        let printable = stretch::first(bytes, ends).unwrap_or(bytes.len());
        stretch::first_repeated(bytes.get(..printable).unwrap_or_default(), b' ').unwrap_or(printable)
    }

    // Code keeps its spaces; its lines would be broken nowhere, so line ends and tabs are spaces too.
    fn code(&mut self, text: &str) -> String {
        let words: String = text
            .chars()
            .filter(|&c| !clean::is_forbidden_char(c))
            .map(|c| if clean::is_collapsible(c) { ' ' } else { c })
            .collect();
        if !words.is_empty() {
            self.edge = false;
            self.space = false;
        }
        words
    }

    fn line_break(&mut self) {
        self.trim_end();
        if !self.spans.is_empty() {
            self.spans.push(Span::LineBreak);
        }
        self.edge = true;
        self.space = false;
    }

    fn reference(&mut self, number: u32) {
        self.spans.push(Span::Reference { number });
        self.edge = false;
        self.space = false;
    }

    fn trim_end(&mut self) {
        if !self.space {
            return;
        }
        if let Some(Span::Text { text, .. }) = self.spans.last_mut() {
            text.pop();
            if text.is_empty() {
                self.spans.pop();
            }
        }
        self.space = false;
    }

    fn finish(mut self) -> Inline {
        self.trim_end();
        while self.spans.last() == Some(&Span::LineBreak) {
            self.spans.pop();
        }
        if !self.spans.iter().any(is_seen) {
            return Inline::default();
        }
        for span in &mut self.spans {
            if let Span::Text { text, .. } = span {
                clean::compose(text);
            }
        }
        Inline(self.spans)
    }
}

// Editors make room with paragraphs of nothing but a no-break space; there is nothing to read in them.
fn is_seen(span: &Span) -> bool {
    match span {
        Span::Text { text, .. } => !text.chars().all(|c| c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}')),
        Span::LineBreak => false,
        Span::Reference { .. } => true,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::body::testing::inline_spans;

    fn strong(text: &str) -> Span {
        Span::marked(text, [Mark::Strong])
    }

    #[test]
    fn adjacent_spans_with_the_same_marks_are_one() {
        let inline = Inline::new([Span::plain("a"), Span::plain(""), Span::plain("b"), strong("c"), strong("d")]);
        assert_eq!(inline.spans(), [Span::plain("ab"), strong("cd")]);
    }

    #[test]
    fn whitespace_falls_together_across_spans_and_goes_at_the_ends() {
        let inline = Inline::new([
            Span::plain(" \n a "),
            strong(" b "),
            Span::plain(" c "),
            Span::LineBreak,
            Span::plain("  d\t"),
        ]);
        assert_eq!(
            inline.spans(),
            [Span::plain("a "), strong("b "), Span::plain("c"), Span::LineBreak, Span::plain("d")]
        );
    }

    #[test]
    fn line_breaks_at_the_ends_go_and_double_ones_stay() {
        let inline = Inline::new([
            Span::LineBreak,
            Span::plain("a"),
            Span::LineBreak,
            Span::plain("  "),
            Span::LineBreak,
            Span::plain("b"),
            Span::LineBreak,
            strong(" "),
        ]);
        assert_eq!(inline.text(), "a\n\nb");
    }

    #[test]
    fn code_keeps_its_spaces() {
        let inline = Inline::new([Span::marked("  a\n  b ", [Mark::Code])]);
        assert_eq!(inline.text(), "  a   b ");
    }

    #[test]
    fn no_break_spaces_stay_and_controls_go() {
        let inline = Inline::plain("Qui\u{a0}?\u{0} \u{202e}oui\u{7f}");
        assert_eq!(inline.text(), "Qui\u{a0}? oui");
    }

    #[test]
    fn a_text_of_nothing_but_room_is_empty() {
        let room = [Span::plain("\u{a0}"), Span::LineBreak, strong(" \u{200b}\u{202f}")];
        assert!(Inline::new(room).is_empty());
        assert!(!Inline::new([Span::plain("\u{a0}"), Span::Reference { number: 1 }]).is_empty());
    }

    #[test]
    fn the_words_leave_reference_marks_out() {
        let inline = Inline::new([
            Span::plain("vu"),
            Span::Reference { number: 2 },
            Span::Reference { number: 0 },
            Span::plain(" ici"),
        ]);
        assert_eq!(inline.text(), "vu ici");
        assert_eq!(inline.references().collect::<Vec<_>>(), [2]);
    }

    proptest! {
        #[test]
        fn canonical_form_is_a_fixed_point(spans in inline_spans()) {
            let once = Inline::new(spans);
            let twice = Inline::new(once.clone().into_spans());
            prop_assert_eq!(once, twice);
        }

        #[test]
        fn a_text_is_the_same_whole_or_character_by_character(text in "[ a~\t\u{7f}\u{e9}\u{a0}\u{2028}\u{202e}]{0,24}") {
            let apart = text.chars().map(|c| Span::plain(c.to_string()));
            prop_assert_eq!(Inline::plain(&text), Inline::new(apart));
        }
    }
}
