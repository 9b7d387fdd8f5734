//! One child of the channel, held in memory while it is read: an item, an author, a term.

use std::{io::BufRead, mem};

use super::{
    WxrError,
    namespace::Space,
    xml::{Token, Xml},
};

/// The largest child of a channel, all its texts together.
pub(super) const ENTRY_BYTES_MAX: usize = 64 * 1024 * 1024;
/// What an element costs beyond its text; keeps a million empty elements within the same limit.
const ELEMENT_BYTES: usize = 192;

/// An element with the text that stands directly in it.
#[derive(Debug)]
pub(super) struct Element {
    pub(super) space: Space,
    pub(super) local: String,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) text: String,
    pub(super) children: Vec<Element>,
    pub(super) line: u64,
}

impl Element {
    pub(super) fn is(&self, space: Space, local: &str) -> bool {
        self.space == space && self.local == local
    }

    /// The first child with this name.
    pub(super) fn child(&self, space: Space, local: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.is(space, local))
    }

    /// The text of the first child with this name.
    pub(super) fn text_of(&self, space: Space, local: &str) -> Option<&str> {
        self.child(space, local).map(|child| child.text.as_str())
    }

    /// The trimmed text of the first child with this name, unless it is empty.
    pub(super) fn value_of(&self, space: Space, local: &str) -> Option<&str> {
        self.text_of(space, local).map(str::trim).filter(|text| !text.is_empty())
    }

    /// Takes the text of the first child with this name out of the element.
    pub(super) fn take(&mut self, space: Space, local: &str) -> Option<String> {
        self.children.iter_mut().find(|child| child.is(space, local)).map(|child| mem::take(&mut child.text))
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Reads the rest of an element whose start tag has been read.
///
/// # Errors
/// What the token reader refuses, and [`WxrError::TooLarge`].
pub(super) fn read<R: BufRead>(xml: &mut Xml<R>, root: Element) -> Result<Element, WxrError> {
    let mut open: Vec<Element> = Vec::new();
    let mut current = root;
    let mut bytes = 0_usize;
    loop {
        match xml.next()? {
            Token::Text(text) => {
                bytes += text.len();
                if current.text.is_empty() {
                    current.text = text;
                } else {
                    current.text.push_str(&text);
                }
            }
            Token::Open { space, local, attributes, line } => {
                bytes += ELEMENT_BYTES + attributes.iter().map(|(key, value)| key.len() + value.len()).sum::<usize>();
                let child = Element { space, local, attributes, text: String::new(), children: Vec::new(), line };
                open.push(mem::replace(&mut current, child));
            }
            Token::Close => match open.pop() {
                None => return Ok(current),
                Some(mut parent) => {
                    // White space between elements is not worth its memory.
                    if !parent.children.is_empty() && parent.text.trim().is_empty() {
                        parent.text = String::new();
                    }
                    parent.children.push(current);
                    current = parent;
                }
            },
            Token::End => return Ok(current),
        }
        if bytes > ENTRY_BYTES_MAX {
            let limit = u64::try_from(ENTRY_BYTES_MAX).unwrap_or(u64::MAX);
            return Err(WxrError::TooLarge { line: xml.line(), what: "one item is too large, in bytes", limit });
        }
    }
}
