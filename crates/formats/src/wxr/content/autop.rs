//! Paragraphs out of bare lines: what WordPress does to classic content when it shows it.
//!
//! Documented behaviour (<https://developer.wordpress.org/reference/functions/wpautop/>): an empty line parts
//! paragraphs, a single line end is a line break, block elements are not wrapped, `<pre>` is left alone.
//! This is written from that description, on tokens instead of on regular expressions.

use super::{
    embed::is_player_address,
    lexer::{Kind, Lexer, Tag},
};

/// Deeper blocks are written through untouched.
const DEPTH_MAX: usize = 256;
/// How far up a closing tag looks for its opening one.
const CLOSE_REACH: usize = 16;

/// How an element treats the text directly in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    /// Text is always a paragraph.
    Body,
    /// Several paragraphs are paragraphs, a single one is bare text.
    Container,
    /// A paragraph.
    Paragraph,
    /// A heading, a caption: one run of text.
    Phrase,
    /// A table or list: only its own elements count.
    Structure,
}

fn flow_of(tag: &Tag<'_>) -> Option<Flow> {
    const CONTAINERS: [&str; 20] = [
        "div", "section", "article", "aside", "main", "header", "footer", "nav", "form", "fieldset", "details", "td",
        "th", "li", "dd", "figure", "center", "noscript", "dialog", "hgroup",
    ];
    const PHRASES: [&str; 12] =
        ["h1", "h2", "h3", "h4", "h5", "h6", "figcaption", "caption", "summary", "legend", "dt", "address"];
    const STRUCTURES: [&str; 12] =
        ["table", "thead", "tbody", "tfoot", "tr", "colgroup", "col", "ul", "ol", "dl", "menu", "picture"];
    if tag.is("p") {
        Some(Flow::Paragraph)
    } else if tag.is("blockquote") {
        Some(Flow::Body)
    } else if tag.is_one_of(&CONTAINERS) {
        Some(Flow::Container)
    } else if tag.is_one_of(&PHRASES) {
        Some(Flow::Phrase)
    } else if tag.is_one_of(&STRUCTURES) {
        Some(Flow::Structure)
    } else {
        None
    }
}

/// Inline elements whose content is not prose.
fn is_verbatim(tag: &Tag<'_>) -> bool {
    tag.is_one_of(&[
        "pre", "script", "style", "textarea", "svg", "math", "object", "video", "audio", "iframe", "select", "canvas",
    ])
}

/// Elements that end when a sibling of the same name begins.
fn is_closed_by_sibling(tag: &Tag<'_>) -> bool {
    tag.is_one_of(&["p", "li", "dt", "dd", "tr", "td", "th"])
}

/// A part of a paragraph.
enum Atom<'a> {
    Text(&'a str),
    Raw(&'a str),
    /// A comment: it makes no paragraph by itself.
    Silent(&'a str),
    /// `<br>` as written.
    Break(&'a str),
    /// The end of a line.
    Newline,
}

struct Open {
    name: String,
    flow: Flow,
}

struct Autop<'a> {
    out: String,
    stack: Vec<Open>,
    /// The finished paragraphs of the current run of text, and the one being read.
    paragraphs: Vec<Vec<Atom<'a>>>,
    current: Vec<Atom<'a>>,
}

/// HTML with paragraphs and line breaks for bare text.
pub(super) fn autop(html: &str) -> String {
    let mut autop = Autop {
        out: String::with_capacity(html.len() + html.len() / 8),
        stack: Vec::new(),
        paragraphs: Vec::new(),
        current: Vec::new(),
    };
    let mut verbatim: Option<(String, usize)> = None;
    for piece in Lexer::new(html) {
        let raw = html.get(piece.start..piece.end).unwrap_or_default();
        if let Some((name, depth)) = &mut verbatim {
            if let Kind::Tag(tag) = piece.kind
                && tag.is(name)
            {
                *depth = if tag.is_close { depth.saturating_sub(1) } else { *depth + 1 };
            }
            let is_over = *depth == 0;
            autop.verbatim(raw);
            if is_over {
                verbatim = None;
            }
            continue;
        }
        match piece.kind {
            Kind::Text(text) => autop.text(text),
            Kind::Comment(comment) => autop.current.push(Atom::Silent(comment)),
            Kind::Tag(tag) if !tag.is_close && is_verbatim(&tag) => {
                if tag.is("pre") {
                    autop.flush();
                }
                autop.verbatim(raw);
                if !raw.ends_with("/>") {
                    verbatim = Some((tag.name(), 1));
                }
            }
            Kind::Tag(tag) => autop.tag(tag),
        }
    }
    autop.flush();
    autop.out
}

impl<'a> Autop<'a> {
    fn flow(&self) -> Flow {
        self.stack.last().map_or(Flow::Body, |open| open.flow)
    }

    fn verbatim(&mut self, raw: &'a str) {
        // A `<pre>` is a block: no text is waiting when it begins, so what waits now belongs around it.
        if self.current.is_empty() && self.paragraphs.is_empty() {
            self.out.push_str(raw);
        } else {
            self.current.push(Atom::Raw(raw));
        }
    }

    fn text(&mut self, text: &'a str) {
        if self.flow() == Flow::Structure {
            self.out.push_str(text);
            return;
        }
        let mut newlines = 0;
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                newlines += 1;
            }
            if line.trim_matches([' ', '\t']).is_empty() && index > 0 {
                continue;
            }
            self.end_lines(newlines);
            newlines = 0;
            if !line.is_empty() {
                self.current.push(Atom::Text(line));
            }
        }
        self.end_lines(newlines);
    }

    fn end_lines(&mut self, newlines: usize) {
        match newlines {
            0 => {}
            1 => self.current.push(Atom::Newline),
            _ => self.paragraphs.push(std::mem::take(&mut self.current)),
        }
    }

    fn tag(&mut self, tag: Tag<'a>) {
        if tag.is("br") {
            self.current.push(Atom::Break(tag.raw));
            return;
        }
        if tag.is("hr") {
            self.flush();
            self.leave_paragraph();
            self.out.push_str(tag.raw);
            self.out.push('\n');
            return;
        }
        match flow_of(&tag) {
            None if self.flow() == Flow::Structure => self.out.push_str(tag.raw),
            None => self.current.push(Atom::Raw(tag.raw)),
            Some(_) if tag.is_close => self.close(tag),
            Some(flow) => self.open(tag, flow),
        }
    }

    fn open(&mut self, tag: Tag<'a>, flow: Flow) {
        self.flush();
        self.leave_paragraph();
        if is_closed_by_sibling(&tag) && self.stack.last().is_some_and(|open| tag.is(&open.name)) {
            self.stack.pop();
        }
        self.out.push_str(tag.raw);
        if !tag.raw.ends_with("/>") && !tag.is("col") && self.stack.len() < DEPTH_MAX {
            self.stack.push(Open { name: tag.name(), flow });
        }
    }

    /// A block inside an open `<p>` ends it, as it does in every browser.
    fn leave_paragraph(&mut self) {
        if self.flow() == Flow::Paragraph {
            self.stack.pop();
            self.out.push_str("</p>\n");
        }
    }

    fn close(&mut self, tag: Tag<'a>) {
        self.flush();
        let found = self.stack.iter().rev().take(CLOSE_REACH).position(|open| tag.is(&open.name));
        match found {
            Some(above) => self.stack.truncate(self.stack.len() - above - 1),
            // `</p>` without `<p>` would make an empty paragraph.
            None if tag.is("p") => return,
            None => {}
        }
        self.out.push_str(tag.raw);
        if self.flow() == Flow::Body {
            self.out.push('\n');
        }
    }

    /// Writes the text that waits, as the element around it wants it.
    fn flush(&mut self) {
        if self.current.is_empty() && self.paragraphs.is_empty() {
            return;
        }
        let mut waiting = std::mem::take(&mut self.paragraphs);
        waiting.push(std::mem::take(&mut self.current));
        let flow = self.flow();
        let mut paragraphs: Vec<(String, bool)> = Vec::new();
        for atoms in &waiting {
            for lines in part_players(atoms, flow) {
                let (text, speaks) = render(lines);
                if !text.is_empty() {
                    paragraphs.push((text, speaks));
                }
            }
        }
        let wraps = match flow {
            Flow::Body => true,
            Flow::Container => paragraphs.iter().filter(|(_, speaks)| *speaks).count() > 1,
            Flow::Paragraph | Flow::Phrase | Flow::Structure => false,
        };
        let between = match flow {
            Flow::Paragraph => "</p>\n<p>",
            Flow::Phrase => "<br />\n",
            Flow::Body | Flow::Container | Flow::Structure => "\n",
        };
        for (index, (text, speaks)) in paragraphs.iter().enumerate() {
            if index > 0 {
                self.out.push_str(between);
            }
            if wraps && *speaks {
                self.out.push_str("<p>");
                self.out.push_str(text);
                self.out.push_str("</p>");
            } else {
                self.out.push_str(text);
            }
        }
        if wraps && !paragraphs.is_empty() {
            self.out.push('\n');
        }
    }
}

/// Parts a paragraph where a line is nothing but the address of a player, which becomes a paragraph of its own.
fn part_players<'s, 'a>(atoms: &'s [Atom<'a>], flow: Flow) -> Vec<&'s [Atom<'a>]> {
    let lines: Vec<&[Atom<'a>]> = atoms.split(|atom| matches!(atom, Atom::Newline | Atom::Break(_))).collect();
    let is_player = |line: &[Atom<'a>]| matches!(line, [Atom::Text(text)] if is_player_address(text));
    if flow == Flow::Phrase || lines.len() < 2 || !lines.iter().any(|line| is_player(line)) {
        return vec![atoms];
    }
    let mut parts = Vec::new();
    let mut start = 0;
    let mut at = 0;
    for line in lines {
        let end = at + line.len();
        if is_player(line) {
            parts.extend(atoms.get(start..at));
            parts.push(line);
            start = end;
        }
        at = end + 1;
    }
    parts.extend(atoms.get(start..));
    parts
}

/// The text of a paragraph, and whether it says anything (a comment does not).
fn render(atoms: &[Atom<'_>]) -> (String, bool) {
    let is_blank = |atom: &Atom<'_>| match atom {
        Atom::Newline => true,
        Atom::Text(text) => text.trim_matches([' ', '\t', '\r']).is_empty(),
        Atom::Raw(_) | Atom::Silent(_) | Atom::Break(_) => false,
    };
    let start = atoms.iter().position(|atom| !is_blank(atom)).unwrap_or(atoms.len());
    let end = atoms.iter().rposition(|atom| !is_blank(atom)).map_or(start, |last| last + 1);
    let atoms = atoms.get(start..end).unwrap_or_default();
    let mut out = String::new();
    let mut speaks = false;
    for (index, atom) in atoms.iter().enumerate() {
        match atom {
            Atom::Text(text) => {
                speaks = true;
                out.push_str(text);
            }
            Atom::Raw(raw) | Atom::Break(raw) => {
                speaks = true;
                out.push_str(raw);
            }
            Atom::Silent(raw) => out.push_str(raw),
            Atom::Newline => {
                let near = |atom: Option<&Atom<'_>>| matches!(atom, Some(Atom::Break(_)));
                let before = index.checked_sub(1).and_then(|before| atoms.get(before));
                if near(before) || near(atoms.get(index + 1)) {
                    out.push('\n');
                } else {
                    out.truncate(out.trim_end_matches([' ', '\t']).len());
                    out.push_str("<br />\n");
                }
            }
        }
    }
    (out.trim_matches([' ', '\t', '\n']).to_owned(), speaks)
}

#[cfg(test)]
mod tests {
    use super::autop;

    #[test]
    fn empty_lines_part_paragraphs_and_single_ones_break_lines() {
        assert_eq!(autop("one\ntwo\n\nthree"), "<p>one<br />\ntwo</p>\n<p>three</p>\n");
        assert_eq!(autop("one\n \t\n\n\ntwo"), "<p>one</p>\n<p>two</p>\n");
        assert_eq!(autop("  \n\n "), "");
        assert_eq!(autop("a <em>b\n\nc</em>"), "<p>a <em>b</p>\n<p>c</em></p>\n");
    }

    #[test]
    fn blocks_are_not_wrapped() {
        assert_eq!(autop("a\n<h2>b</h2>\nc"), "<p>a</p>\n<h2>b</h2>\n<p>c</p>\n");
        assert_eq!(
            autop("<ul>\n<li>a</li>\n<li>b\n\nc</li>\n</ul>"),
            "<ul>\n<li>a</li>\n<li><p>b</p>\n<p>c</p>\n</li>\n</ul>\n"
        );
        assert_eq!(autop("<blockquote>a\n\nb</blockquote>"), "<blockquote><p>a</p>\n<p>b</p>\n</blockquote>\n");
        assert_eq!(autop("<div>a</div>"), "<div>a</div>\n");
        assert_eq!(autop("a<hr />b"), "<p>a</p>\n<hr />\n<p>b</p>\n");
    }

    #[test]
    fn paragraphs_that_are_there_stay() {
        assert_eq!(autop("<p>a</p>\n\n<p>b\nc</p>"), "<p>a</p>\n<p>b<br />\nc</p>\n");
        assert_eq!(autop("<p>a<div>b</div></p>"), "<p>a</p>\n<div>b</div>\n");
        assert_eq!(autop("a<br>\nb<br />c"), "<p>a<br>\nb<br />c</p>\n");
    }

    #[test]
    fn code_and_attributes_keep_their_lines() {
        assert_eq!(autop("x\n<pre>a\n\nb <b>c</b></pre>\ny"), "<p>x</p>\n<pre>a\n\nb <b>c</b></pre><p>y</p>\n");
        assert_eq!(autop("<a title=\"a\n\nb\">c</a>"), "<p><a title=\"a\n\nb\">c</a></p>\n");
        assert_eq!(autop("a <script>1\n\n2</script> b"), "<p>a <script>1\n\n2</script> b</p>\n");
    }

    #[test]
    fn a_comment_alone_is_no_paragraph() {
        assert_eq!(autop("<!-- x -->\n\na"), "<!-- x -->\n<p>a</p>\n");
    }

    #[test]
    fn the_address_of_a_player_on_its_own_line_stands_alone() {
        assert_eq!(
            autop("before\nhttps://youtu.be/abc\nafter"),
            "<p>before</p>\n<p>https://youtu.be/abc</p>\n<p>after</p>\n"
        );
        assert_eq!(autop("see https://youtu.be/abc there"), "<p>see https://youtu.be/abc there</p>\n");
    }

    #[test]
    fn unclosed_and_crossed_blocks_neither_panic_nor_take_long() {
        for unit in ["<div>", "</p>", "<li>", "<p><div></p>", "<td>\n\n", "<pre>", "\n\n"] {
            let html = unit.repeat(50_000);
            assert!(autop(&html).len() <= html.len() * 4, "{unit}");
        }
    }
}
