//! The tree that HTML is read into.

use std::rc::Rc;

use html5ever::{Attribute, LocalName};

use super::names;

/// A node of the tree.
pub(super) enum Node {
    /// Words, with the formatting elements they stand in.
    Text {
        text: String,
        format: Format,
    },
    Element(Element),
}

/// The formatting elements (`b`, `i`, `a`, `font` …) open at a place, outermost first. HTML lets them
/// overlap with all else, so they are a property of the place and no part of the tree.
pub(super) type Format = Rc<[Rc<Formatting>]>;

/// One formatting element.
pub(super) struct Formatting {
    pub(super) name: LocalName,
    pub(super) attrs: Vec<Attribute>,
}

/// Any other element.
pub(super) struct Element {
    pub(super) name: LocalName,
    pub(super) attrs: Vec<Attribute>,
    pub(super) children: Vec<Node>,
    /// The formatting elements it stands in.
    pub(super) format: Format,
}

impl Formatting {
    pub(super) fn attr(&self, name: &str) -> Option<&str> {
        attr(&self.attrs, name)
    }
}

impl Element {
    pub(super) fn attr(&self, name: &str) -> Option<&str> {
        attr(&self.attrs, name)
    }

    /// An attribute with something in it, trimmed.
    pub(super) fn filled(&self, name: &str) -> Option<&str> {
        self.attr(name).map(str::trim).filter(|value| !value.is_empty())
    }

    pub(super) fn classes(&self) -> impl Iterator<Item = &str> {
        self.attr("class").unwrap_or_default().split_ascii_whitespace()
    }

    pub(super) fn has_class(&self, class: &str) -> bool {
        self.classes().any(|one| one == class)
    }

    pub(super) fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(Node::element)
    }

    /// The first element below it, itself left out, of which `test` holds, in document order.
    pub(super) fn find(&self, test: &dyn Fn(&Self) -> bool) -> Option<&Self> {
        self.elements().find_map(|child| if test(child) { Some(child) } else { child.find(test) })
    }

    /// All words below it, as they stand, without what is dropped anyway.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        push_text(&self.children, &mut text);
        text
    }

    /// Whether there are words below it.
    pub(super) fn has_words(&self) -> bool {
        has_words(&self.children)
    }

    /// The first formatting element of that name around or below it.
    pub(super) fn formatting(&self, name: &str) -> Option<&Formatting> {
        formatting(&self.children, name)
    }
}

impl Node {
    pub(super) fn element(&self) -> Option<&Element> {
        match self {
            Self::Element(element) => Some(element),
            Self::Text { .. } => None,
        }
    }

    pub(super) fn is_blank(&self) -> bool {
        matches!(self, Self::Text { text, .. } if text.chars().all(char::is_whitespace))
    }
}

pub(super) fn has_words(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| match node {
        Node::Text { .. } => !node.is_blank(),
        Node::Element(element) => element.has_words(),
    })
}

fn formatting<'a>(nodes: &'a [Node], name: &str) -> Option<&'a Formatting> {
    let among = |format: &'a Format| format.iter().rev().find(|one| &*one.name == name).map(Rc::as_ref);
    nodes.iter().find_map(|node| match node {
        Node::Text { format, .. } => among(format),
        Node::Element(element) => among(&element.format).or_else(|| element.formatting(name)),
    })
}

fn push_text(nodes: &[Node], text: &mut String) {
    for node in nodes {
        match node {
            Node::Text { text: words, .. } => text.push_str(words),
            Node::Element(element) if &*element.name == "br" => text.push('\n'),
            Node::Element(element) if names::is_dropped(&element.name) => {}
            Node::Element(element) => push_text(&element.children, text),
        }
    }
}

fn attr<'a>(attrs: &'a [Attribute], name: &str) -> Option<&'a str> {
    attrs.iter().find(|attr| &*attr.name.local == name).map(|attr| &*attr.value)
}
