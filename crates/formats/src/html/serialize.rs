//! The tree back into HTML: balanced, of known elements and attributes only. This goes into the sanitiser, so that it
//! never meets what would cost it time (nesting, thousands of attributes) or puzzle it (overlaps).

use std::rc::Rc;

use html5ever::Attribute;
use masthead_domain::body::{escape_html, is_forbidden_char, limits};

use super::{
    names,
    tree::{Element, Formatting, Node},
};

/// Which elements and attributes are written. All others are left out; an element's inside stays.
pub(super) struct Allowed {
    pub(super) elements: &'static [&'static str],
    pub(super) attributes: &'static [&'static str],
    /// Elements written under another name.
    pub(super) renamed: &'static [(&'static str, &'static str)],
}

/// What a raw block, a biography or a description may hold.
pub(super) const RAW: Allowed = Allowed {
    elements: &[
        "a",
        "abbr",
        "b",
        "bdi",
        "blockquote",
        "br",
        "caption",
        "cite",
        "code",
        "dd",
        "del",
        "details",
        "dfn",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "ins",
        "kbd",
        "li",
        "mark",
        "ol",
        "p",
        "pre",
        "q",
        "rt",
        "ruby",
        "s",
        "samp",
        "small",
        "span",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "time",
        "tr",
        "u",
        "ul",
        "var",
        "wbr",
    ],
    attributes: &[
        "alt", "cite", "colspan", "datetime", "dir", "height", "href", "hreflang", "lang", "rowspan", "scope", "src",
        "start", "title", "width",
    ],
    renamed: &[("strike", "s"), ("tt", "code"), ("acronym", "abbr")],
};

/// What a reader's comment may hold.
pub(super) const COMMENT: Allowed = Allowed {
    elements: &["p", "br", "a", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li"],
    attributes: &["href"],
    renamed: &[("b", "strong"), ("i", "em"), ("tt", "code"), ("kbd", "code"), ("samp", "code")],
};

// What comes out is at most this long, whatever comes in: a formatting element is written again in each element
// it stands around, and its attributes with it.
const BYTES_MAX: usize = 2 * limits::TEXT_BYTES_MAX;

const TEXT_PIECE_BYTES: usize = 4_096;

/// The inside of an element.
pub(super) fn children(element: &Element, allowed: &Allowed) -> String {
    nodes(&element.children, allowed)
}

/// Nodes, one after the other.
pub(super) fn nodes(nodes: &[Node], allowed: &Allowed) -> String {
    let mut writer = Writer { allowed, html: String::new() };
    writer.nodes(nodes);
    writer.html
}

struct Writer<'a> {
    allowed: &'a Allowed,
    html: String,
}

impl Writer<'_> {
    // Formatting stays open over neighbours that share it, but never over the bounds of an element.
    fn nodes(&mut self, nodes: &[Node]) {
        let mut open: Vec<Rc<Formatting>> = Vec::new();
        for node in nodes {
            if self.html.len() > BYTES_MAX {
                break;
            }
            match node {
                Node::Text { text, format } => {
                    let plain: String = text.chars().filter(|&c| !is_forbidden_char(c)).collect();
                    if !plain.is_empty() {
                        self.reopen(&mut open, format);
                        self.text(&plain);
                    }
                }
                Node::Element(element) if names::is_dropped(&element.name) || is_frame(&element.name) => {}
                Node::Element(element) if names::is_void(&element.name) => {
                    if self.name(&element.name).is_none() {
                        continue;
                    }
                    self.reopen(&mut open, &element.format);
                    self.element(element);
                }
                Node::Element(element) => {
                    // Words below carry their formatting themselves.
                    self.reopen(&mut open, &[]);
                    self.element(element);
                }
            }
        }
        self.reopen(&mut open, &[]);
    }

    // The sanitiser's own writer (html5ever 0.40.1) looks through all the rest of a text for each `&`, `«` or no-break
    // space in it, so that a megabyte of them costs minutes. Comments, which it drops, keep its texts short.
    fn text(&mut self, text: &str) {
        let mut rest = text;
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(rest.floor_char_boundary(TEXT_PIECE_BYTES));
            self.html.push_str(&escape_html(piece));
            if !after.is_empty() {
                self.html.push_str("<!---->");
            }
            rest = after;
        }
    }

    fn element(&mut self, element: &Element) {
        let Some(name) = self.name(&element.name) else {
            // The words of neighbours must not run together where a block was.
            let block = names::is_block(&element.name);
            if block {
                self.html.push(' ');
            }
            self.nodes(&element.children);
            if block {
                self.html.push(' ');
            }
            return;
        };
        if name == "table" {
            let mut stray = String::new();
            stray_words(element, &mut stray);
            self.text(&stray);
        }
        self.start(name, &element.attrs);
        if names::is_void(name) {
            return;
        }
        let from = self.html.len();
        if table_parts(name).is_empty() {
            self.nodes(&element.children);
        } else {
            element.elements().filter(|child| is_part(name, child)).for_each(|child| self.element(child));
        }
        if name == "pre" {
            // Readers skip one newline here, each time anew.
            let newlines = self.html.get(from..).map_or(0, |text| text.len() - text.trim_start_matches('\n').len());
            self.html.replace_range(from..from + newlines, "");
        }
        self.end(name);
    }

    fn reopen(&mut self, open: &mut Vec<Rc<Formatting>>, format: &[Rc<Formatting>]) {
        let shared = open.iter().zip(format).take_while(|(a, b)| Rc::ptr_eq(a, b)).count();
        while open.len() > shared {
            if let Some(name) = open.pop().and_then(|one| self.name(&one.name)) {
                self.end(name);
            }
        }
        for one in format.iter().skip(shared) {
            if let Some(name) = self.name(&one.name) {
                self.start(name, &one.attrs);
            }
            open.push(Rc::clone(one));
        }
    }

    fn name(&self, name: &str) -> Option<&'static str> {
        let renamed = self.allowed.renamed.iter().find(|(from, _)| *from == name).map(|(_, to)| *to);
        renamed.or_else(|| self.allowed.elements.iter().find(|known| **known == name).copied())
    }

    fn start(&mut self, name: &str, attrs: &[Attribute]) {
        self.html.push('<');
        self.html.push_str(name);
        for known in self.allowed.attributes {
            let found = attrs.iter().find(|attr| &*attr.name.local == *known);
            if let Some(attr) = found.filter(|attr| attr.value.len() <= limits::URL_BYTES_MAX) {
                self.html.push(' ');
                self.html.push_str(known);
                self.html.push_str("=\"");
                self.html.push_str(&escape_html(&attr.value));
                self.html.push('"');
            }
        }
        self.html.push('>');
    }

    fn end(&mut self, name: &str) {
        self.html.push_str("</");
        self.html.push_str(name);
        self.html.push('>');
    }
}

// What may stand right inside an element of a table; nothing for other elements.
fn table_parts(name: &str) -> &'static [&'static str] {
    match name {
        "table" => &["caption", "thead", "tbody", "tfoot", "tr"],
        "thead" | "tbody" | "tfoot" => &["tr"],
        "tr" => &["td", "th"],
        _ => &[],
    }
}

fn is_part(parent: &str, child: &Element) -> bool {
    table_parts(parent).contains(&&*child.name)
}

// The words in a table that are in none of its cells. Readers show them before the table, so they are written there.
fn stray_words(element: &Element, words: &mut String) {
    for node in &element.children {
        match node {
            Node::Text { .. } if node.is_blank() => {}
            Node::Text { text, .. } => words.extend(text.chars().filter(|&c| !is_forbidden_char(c))),
            Node::Element(child) if is_part(&element.name, child) => {
                if !table_parts(&child.name).is_empty() {
                    stray_words(child, words);
                }
            }
            Node::Element(child) if names::is_dropped(&child.name) || is_frame(&child.name) => {}
            Node::Element(child) => {
                let text = child.text();
                words.extend(text.chars().filter(|&c| !is_forbidden_char(c)));
                words.push(' ');
            }
        }
    }
}

fn is_frame(name: &str) -> bool {
    matches!(name, "iframe" | "object" | "embed" | "applet" | "video" | "audio")
}
