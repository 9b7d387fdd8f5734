//! Running text as Markdown.
//!
//! A sign is used only where every CommonMark reader sees it as one; elsewhere the HTML element stands in.

use super::{
    Inline, Link, Mark, Span,
    html::{element, mark_attributes},
};

/// Where the text stands, which decides how a line may break and what is a sign there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// A paragraph, of any number of lines.
    Paragraph,
    /// One line that a run of `#` may end.
    Heading,
    /// A cell of a pipe table.
    Cell,
}

/// Writes running text.
pub(super) fn write(text: &Inline, line: Line, markdown: &mut String) {
    let nodes = tree(text.spans(), 0);
    let writer = Writer { line, pipes: line == Line::Cell || text.spans().contains(&Span::LineBreak) };
    let mut out = String::new();
    writer.nodes(&nodes, None, &mut out);
    markdown.push_str(&out);
}

/// A run of backticks longer than any in `code`, and at least `least` long.
pub(super) fn fence(code: &str, least: usize) -> String {
    let longest = code.split(|c| c != '`').map(str::len).max();
    "`".repeat(longest.map_or(0, |run| run + 1).max(least))
}

/// The address of a link or picture.
pub(super) fn destination(address: &str) -> String {
    let mut escaped = String::with_capacity(address.len());
    for (at, c) in address.char_indices() {
        if c == '&' && is_entity(address.get(at..).unwrap_or_default()) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    if escaped.contains(['(', ')']) { format!("<{escaped}>") } else { escaped }
}

enum Node<'a> {
    Text(&'a str),
    Break,
    Reference(u32),
    Mark(&'a Mark, Vec<Node<'a>>),
}

// Spans as a tree: neighbours that share their mark at `depth` stand under one node. A line break goes with
// both its neighbours or with none.
fn tree(spans: &[Span], depth: usize) -> Vec<Node<'_>> {
    let mut nodes = Vec::new();
    let mut rest = spans;
    while let Some((first, after)) = rest.split_first() {
        let Some(mark) = mark_at(first, depth) else {
            nodes.push(match first {
                Span::Text { text, .. } => Node::Text(text),
                Span::LineBreak => Node::Break,
                Span::Reference { number } => Node::Reference(*number),
            });
            rest = after;
            continue;
        };
        let same = |span: &Span| mark_at(span, depth) == Some(mark);
        // Code keeps its spaces, which no line of Markdown may begin with.
        let breaks = |span: &Span| *span == Span::LineBreak && *mark != Mark::Code;
        let reach = rest.iter().take_while(|span| same(span) || breaks(span));
        let length = reach.count();
        let length = rest.iter().take(length).rposition(same).map_or(1, |last| last + 1);
        let (inside, outside) = rest.split_at_checked(length).unwrap_or((rest, &[]));
        nodes.push(Node::Mark(mark, tree(inside, depth + 1)));
        rest = outside;
    }
    nodes
}

fn mark_at(span: &Span, depth: usize) -> Option<&Mark> {
    match span {
        Span::Text { marks, .. } => marks.get(depth),
        Span::LineBreak | Span::Reference { .. } => None,
    }
}

struct Writer {
    line: Line,
    // Whether a `|` could part cells here.
    pipes: bool,
}

impl Writer {
    // `next` is the first character of what follows, as far as it can be told.
    fn nodes(&self, nodes: &[Node<'_>], next: Option<char>, out: &mut String) {
        let mut nodes = nodes.iter().peekable();
        let mut after_reference = false;
        while let Some(node) = nodes.next() {
            let next = nodes.peek().map_or(next, |node| first_char(node));
            match node {
                Node::Text(text) => {
                    // `[^1]:` would be a note, `[^1](` a link, and some readers see even `[^1]\[` as the start of one.
                    let sign = text.strip_prefix([':', '(', '[']).filter(|_| after_reference);
                    if let Some(rest) = sign {
                        let first = text.chars().next().map_or(0, u32::from);
                        out.push_str(&format!("&#{first};"));
                        self.text(rest, next, out);
                    } else {
                        self.text(text, next, out);
                    }
                }
                Node::Break => self.line_break(out),
                Node::Reference(number) => out.push_str(&format!("[^{number}]")),
                Node::Mark(mark, inside) => self.mark(mark, inside, next, out),
            }
            after_reference = matches!(node, Node::Reference(_));
        }
    }

    fn mark(&self, mark: &Mark, inside: &[Node<'_>], next: Option<char>, out: &mut String) {
        match mark {
            Mark::Strong => self.sign("**", mark, inside, next, out),
            Mark::Emphasis => self.sign("*", mark, inside, next, out),
            Mark::Strike => self.sign("~~", mark, inside, next, out),
            Mark::Code => match inside {
                [Node::Text(code)] if !out.ends_with('`') => self.code(code, out),
                _ => self.element(mark, inside, out),
            },
            // Right after a footnote mark, a link would be taken for a part of it.
            Mark::Link(link) if link.rel.is_none() && link.hreflang.is_none() && !out.ends_with(']') => {
                self.link(link, inside, out);
            }
            Mark::Link(_)
            | Mark::Language { .. }
            | Mark::Abbreviation { .. }
            | Mark::Underline
            | Mark::Highlight
            | Mark::Small
            | Mark::Subscript
            | Mark::Superscript => self.element(mark, inside, out),
        }
    }

    fn sign(&self, sign: &str, mark: &Mark, inside: &[Node<'_>], next: Option<char>, out: &mut String) {
        let mut inner = String::new();
        // Signs that close together flank what comes after all of them, which is looked at below.
        self.nodes(inside, None, &mut inner);
        let letter = sign.chars().next().unwrap_or('*');
        let before = out.chars().next_back();
        let bare = inner.trim_matches(letter);
        let seen = before != Some(letter)
            && next != Some(letter)
            && flanks(before, bare.chars().next())
            && flanks(next, bare.chars().next_back());
        if seen {
            out.push_str(sign);
            out.push_str(&inner);
            out.push_str(sign);
        } else {
            self.element(mark, inside, out);
        }
    }

    fn element(&self, mark: &Mark, inside: &[Node<'_>], out: &mut String) {
        let name = element(mark);
        let mut tag = format!("<{name}");
        mark_attributes(mark, None, &mut tag);
        // A bar would part cells even inside an attribute.
        out.push_str(&tag.replace('|', "&#124;"));
        out.push('>');
        self.nodes(inside, Some('<'), out);
        out.push_str("</");
        out.push_str(name);
        out.push('>');
    }

    fn link(&self, link: &Link, inside: &[Node<'_>], out: &mut String) {
        out.push('[');
        self.nodes(inside, Some(']'), out);
        out.push_str("](");
        out.push_str(&destination(link.href.as_str()));
        if let Some(title) = &link.title {
            out.push_str(" \"");
            for c in title.chars() {
                if matches!(c, '"' | '\\' | '&' | '|') {
                    out.push('\\');
                }
                out.push(c);
            }
            out.push('"');
        }
        out.push(')');
    }

    // One space at each end is taken off by readers, so one is added where that would hurt.
    fn code(&self, code: &str, out: &mut String) {
        let fence = fence(code, 1);
        let spaced = code.starts_with(' ') && code.ends_with(' ') && code.contains(|c| c != ' ');
        let pad = if spaced || code.starts_with('`') || code.ends_with('`') { " " } else { "" };
        out.push_str(&fence);
        out.push_str(pad);
        if self.line == Line::Cell {
            out.push_str(&code.replace('|', "\\|"));
        } else {
            out.push_str(code);
        }
        out.push_str(pad);
        out.push_str(&fence);
    }

    fn line_break(&self, out: &mut String) {
        if self.line == Line::Paragraph && !out.ends_with('\n') && !out.ends_with("<br>") {
            out.push_str("\\\n");
        } else {
            out.push_str("<br>");
        }
    }

    fn text(&self, text: &str, next: Option<char>, out: &mut String) {
        let mut line_start = out.is_empty() || out.ends_with('\n');
        let mut before = out.chars().next_back();
        // Whether only digits stand on this line yet, as in `12.`.
        let mut digits = line_start;
        for (at, c) in text.char_indices() {
            let rest = text.get(at + c.len_utf8()..).unwrap_or_default();
            let after = rest.chars().next();
            let sign = match c {
                '\\' | '`' | '*' | '[' | ']' | '~' => true,
                '_' => !(before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric)),
                '<' => after.is_none_or(|c| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')),
                '&' => is_entity(text.get(at..).unwrap_or_default()),
                '!' => after.is_none() && next == Some('['),
                '|' => self.pipes,
                '#' => line_start || self.line == Line::Heading && after.is_none(),
                '>' | '-' | '+' | '=' | ':' => line_start,
                '.' | ')' => digits && !line_start,
                _ => false,
            };
            if sign {
                out.push('\\');
            }
            out.push(c);
            digits = digits && c.is_ascii_digit();
            line_start = false;
            before = Some(c);
        }
    }
}

fn first_char(node: &Node<'_>) -> Option<char> {
    match node {
        Node::Text(text) => text.chars().next(),
        Node::Break => Some('\n'),
        Node::Reference(_) => Some('['),
        Node::Mark(Mark::Strong | Mark::Emphasis, _) => Some('*'),
        Node::Mark(Mark::Strike, _) => Some('~'),
        Node::Mark(Mark::Code, _) => Some('`'),
        Node::Mark(Mark::Link(_), _) => Some('['),
        Node::Mark(_, _) => Some('<'),
    }
}

// Whether a sign between these two is seen: it must touch the words, and where they begin or end in
// something other than a letter or digit, it must not touch a letter or digit outside.
fn flanks(outside: Option<char>, inside: Option<char>) -> bool {
    let Some(inside) = inside else {
        return false;
    };
    if inside.is_whitespace() {
        return false;
    }
    let apart = outside.is_none_or(|c| c == ' ' || c == '\n' || c.is_ascii_punctuation());
    inside.is_alphanumeric() || apart
}

fn is_entity(text: &str) -> bool {
    let name = text.trim_start_matches('&');
    let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '#');
    end.is_some_and(|end| end > 0 && name.get(end..).is_some_and(|rest| rest.starts_with(';')))
}
