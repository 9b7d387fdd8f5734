//! Reads HTML into a tree.
//!
//! The tokens are html5ever's. Its tree builder is not used: it walks its open elements for every tag, so that 200,000
//! nested tags in a megabyte cost minutes, and it copies unclosed formatting into every paragraph, so that a megabyte
//! can cost gigabytes. This one holds nesting to [`DEPTH_MAX`], keeps formatting beside the tree and does a bounded
//! amount of work a token. It follows the standard where pages differ by it: implied ends, list and table structure,
//! overlapping formatting.

use std::{cell::RefCell, rc::Rc};

use html5ever::{
    Attribute, LocalName,
    tendril::StrTendril,
    tokenizer::{
        BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts, states::RawKind,
    },
};

use super::{
    names,
    note::{NoteKind, Notes},
    tree::{Element, Format, Formatting, Node},
};

/// Elements below each other. Page builders nest forty; below this, words stay and elements go.
const DEPTH_MAX: usize = 100;

/// Formatting elements open at one place.
const FORMATTING_MAX: usize = 24;

/// How much is read at a time.
const CHUNK_BYTES: usize = 2_048;

/// The tokenizer compares each attribute of a tag with all before it, so a tag may not have too many. Counted are
/// the characters an attribute can begin after.
const TAG_GAPS_MAX: usize = 4_096;

/// Reads HTML into the children of the page.
pub(super) fn tree(html: &str, notes: &mut Notes) -> Vec<Node> {
    let builder = Builder { state: RefCell::new(State::new(std::mem::take(notes))) };
    let tokenizer = Tokenizer::new(builder, TokenizerOpts { discard_bom: true, ..TokenizerOpts::default() });
    let queue = BufferQueue::default();
    let mut rest = html;
    let mut gaps = 0;
    let mut tokens = 0;
    while !rest.is_empty() {
        let (chunk, after) = rest.split_at(rest.floor_char_boundary(CHUNK_BYTES));
        rest = after;
        queue.push_back(StrTendril::from_slice(chunk));
        // A script element pauses the tokenizer; nothing runs here, so it goes on at once.
        while !queue.is_empty() {
            let _ = tokenizer.feed(&queue);
        }
        let read = tokenizer.sink.state.borrow().tokens;
        if read != tokens {
            (tokens, gaps) = (read, 0);
            continue;
        }
        gaps += chunk.bytes().filter(|b| b.is_ascii_whitespace() || b"/\"'=".contains(b)).count();
        if gaps > TAG_GAPS_MAX {
            // This ends whatever it is in: a quoted value of either kind, a tag, a comment.
            queue.push_back(StrTendril::from_slice("\"'-->"));
            let _ = tokenizer.feed(&queue);
            rest = rest.split_once('>').map_or("", |(_, after)| after);
            gaps = 0;
            tokenizer.sink.state.borrow_mut().notes.add(NoteKind::Truncated, "a tag of too many attributes");
        }
    }
    tokenizer.end();
    let state = tokenizer.sink.state.into_inner();
    let (children, mut rest) = state.finish();
    std::mem::swap(notes, &mut rest);
    children
}

struct Builder {
    state: RefCell<State>,
}

impl TokenSink for Builder {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut state = self.state.borrow_mut();
        match token {
            Token::TagToken(tag) => {
                state.tokens += 1;
                return state.tag(tag);
            }
            Token::CharacterTokens(text) => {
                state.tokens += 1;
                state.text(&text);
            }
            Token::CommentToken(_) => state.tokens += 1,
            Token::NullCharacterToken => state.notes.add(NoteKind::ControlCharacters, ""),
            Token::DoctypeToken(_) | Token::EOFToken | Token::ParseError(_) => {}
        }
        TokenSinkResult::Continue
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.state.borrow().foreign > 0
    }
}

struct Open {
    element: Element,
    // How many formatting elements were open around a cell or caption, whose own end with it.
    marker: Option<usize>,
}

struct State {
    // Never empty: the page itself comes first.
    open: Vec<Open>,
    active: Vec<Rc<Formatting>>,
    // What `active` was when it was last asked for.
    format: Option<Format>,
    // Names of elements too deep to be kept, whose end tags are still to come.
    too_deep: Vec<LocalName>,
    // How many `svg` and `math` are open.
    foreign: usize,
    // How many `p` are open; mostly none, and then nobody need look for one.
    paragraphs: usize,
    skip_newline: bool,
    tokens: usize,
    notes: Notes,
}

impl State {
    fn new(notes: Notes) -> Self {
        let page =
            Element { name: LocalName::from("#page"), attrs: Vec::new(), children: Vec::new(), format: Rc::new([]) };
        Self {
            open: vec![Open { element: page, marker: None }],
            active: Vec::new(),
            format: None,
            too_deep: Vec::new(),
            foreign: 0,
            paragraphs: 0,
            skip_newline: false,
            tokens: 0,
            notes,
        }
    }

    fn finish(mut self) -> (Vec<Node>, Notes) {
        self.pop_to(1);
        let page = self.open.pop();
        (page.map(|page| page.element.children).unwrap_or_default(), self.notes)
    }

    fn format(&mut self) -> Format {
        let active = &self.active;
        Rc::clone(self.format.get_or_insert_with(|| active.iter().cloned().collect()))
    }

    fn append(&mut self, node: Node) {
        if let Some(top) = self.open.last_mut() {
            top.element.children.push(node);
        }
    }

    fn text(&mut self, text: &str) {
        let mut text = text;
        if std::mem::take(&mut self.skip_newline) {
            text = text.strip_prefix('\n').unwrap_or(text);
        }
        let format = self.format();
        if let Some(Node::Text { text: last, format: same }) =
            self.open.last_mut().and_then(|top| top.element.children.last_mut())
            && Rc::ptr_eq(same, &format)
        {
            last.push_str(text);
        } else if !text.is_empty() {
            self.append(Node::Text { text: text.to_owned(), format });
        }
    }

    fn tag(&mut self, tag: Tag) -> TokenSinkResult<()> {
        self.skip_newline = false;
        match tag.kind {
            TagKind::StartTag => self.start(tag),
            TagKind::EndTag => {
                self.end(&tag.name);
                TokenSinkResult::Continue
            }
        }
    }

    fn start(&mut self, tag: Tag) -> TokenSinkResult<()> {
        let Tag { name, mut attrs, self_closing, .. } = tag;
        attrs.retain(|attr| !self.is_handler(attr));
        let name = if &*name == "image" { LocalName::from("img") } else { name };
        // A link is a link there too.
        if self.foreign > 0 && &*name != "a" {
            if !names::ends_foreign(&name) {
                return self.start_foreign(name, attrs, self_closing);
            }
            let outermost = self.open.iter().position(|open| names::is_foreign(&open.element.name));
            self.pop_to(outermost.unwrap_or(self.open.len()));
        }
        if matches!(&*name, "html" | "body" | "head" | "frameset") {
            return TokenSinkResult::Continue;
        }
        self.close_before(&name);
        if names::is_table_part(&name) && self.position(|open| open == "table").is_none() {
            return TokenSinkResult::Continue;
        }
        if names::is_formatting(&name) {
            self.open_formatting(name, attrs);
            return TokenSinkResult::Continue;
        }
        let raw = raw_kind(&name);
        self.skip_newline = matches!(&*name, "pre" | "listing");
        self.push(name, attrs, raw.is_some());
        raw.unwrap_or(TokenSinkResult::Continue)
    }

    fn start_foreign(&mut self, name: LocalName, attrs: Vec<Attribute>, closed: bool) -> TokenSinkResult<()> {
        if closed {
            let format = self.format();
            self.append(Node::Element(Element { name, attrs, children: Vec::new(), format }));
        } else {
            self.push(name, attrs, false);
        }
        TokenSinkResult::Continue
    }

    // Attributes that are scripts, and those of the thousands a hostile tag may have, go here.
    fn is_handler(&mut self, attr: &Attribute) -> bool {
        let handler = attr.name.local.starts_with("on");
        if handler {
            self.notes.add(NoteKind::DroppedAttribute, &attr.name.local);
        }
        handler
    }

    fn push(&mut self, name: LocalName, attrs: Vec<Attribute>, even_too_deep: bool) {
        let void = names::is_void(&name);
        if !void && !even_too_deep && self.open.len() >= DEPTH_MAX {
            self.notes.add(NoteKind::Simplified, "elements nested too deep");
            self.too_deep.push(name);
            return;
        }
        let format = self.format();
        let element = Element { name, attrs, children: Vec::new(), format };
        if void {
            self.append(Node::Element(element));
            return;
        }
        self.foreign += usize::from(names::is_foreign(&element.name));
        self.paragraphs += usize::from(&*element.name == "p");
        let marker = matches!(&*element.name, "td" | "th" | "caption" | "object" | "template" | "marquee" | "applet")
            .then_some(self.active.len());
        self.open.push(Open { element, marker });
    }

    fn open_formatting(&mut self, name: LocalName, attrs: Vec<Attribute>) {
        if matches!(&*name, "a" | "nobr") {
            self.close_formatting(&name);
        }
        if self.active.len() < FORMATTING_MAX {
            self.active.push(Rc::new(Formatting { name, attrs }));
            self.format = None;
        }
    }

    fn close_formatting(&mut self, name: &str) {
        let floor = self.open.iter().rev().find_map(|open| open.marker).unwrap_or_default();
        let found = self.active.iter().rposition(|one| &*one.name == name).filter(|&at| at >= floor);
        if let Some(at) = found {
            self.active.remove(at);
            self.format = None;
        }
    }

    // The elements a start tag ends.
    fn close_before(&mut self, name: &str) {
        if self.paragraphs > 0 && names::is_block(name) {
            self.close_to("p", |open| names::is_scope(open) || open == "button");
        }
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                let top = self.open.last();
                if top.is_some_and(|top| names::heading_level(&top.element.name).is_some()) {
                    self.pop_to(self.open.len() - 1);
                }
            }
            "li" => self.close_to("li", |open| names::is_scope(open) || matches!(open, "ul" | "ol" | "menu" | "dir")),
            "dt" | "dd" => {
                let barrier = |open: &str| names::is_scope(open) || open == "dl";
                self.close_to("dt", barrier);
                self.close_to("dd", barrier);
            }
            "option" | "optgroup" => self.close_to("option", |open| open == "select"),
            "td" | "th" => {
                self.clear_to(&["tr", "tbody", "thead", "tfoot", "table"]);
                let in_row = self.open.last().is_some_and(|top| &*top.element.name == "tr");
                if !in_row && self.open.last().is_some_and(|top| &*top.element.name != "#page") {
                    self.push_implied_row();
                }
            }
            "tr" => self.clear_to(&["tbody", "thead", "tfoot", "table"]),
            "tbody" | "thead" | "tfoot" | "caption" | "colgroup" => self.clear_to(&["table"]),
            _ => {}
        }
    }

    fn push_implied_row(&mut self) {
        if self.position(|open| open == "table").is_some() {
            self.push(LocalName::from("tr"), Vec::new(), false);
        }
    }

    // Ends what stands in a table above one of `names`; outside a table, nothing.
    fn clear_to(&mut self, names: &[&str]) {
        let Some(table) = self.position(|open| open == "table") else {
            return;
        };
        let at = self.position(|open| names.contains(&open)).filter(|&at| at >= table);
        self.pop_to(at.unwrap_or(table) + 1);
    }

    fn end(&mut self, name: &LocalName) {
        if self.too_deep.last() == Some(name) {
            self.too_deep.pop();
            return;
        }
        if names::is_formatting(name) {
            return self.close_formatting(name);
        }
        match &**name {
            "br" => self.push(name.clone(), Vec::new(), false),
            "html" | "body" | "head" => {}
            "p" => self.close_to("p", |open| names::is_scope(open) || open == "button"),
            "li" => self.close_to("li", |open| names::is_scope(open) || matches!(open, "ul" | "ol" | "menu" | "dir")),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                let found = self.reach(|open| names::heading_level(open).is_some(), names::is_scope);
                self.pop_to(found.unwrap_or(self.open.len()));
            }
            "table" => self.close_to("table", |_| false),
            part if names::is_table_part(part) => self.close_to(part, |open| open == "table"),
            block if names::is_block(block) || names::is_scope(block) => self.close_to(block, names::is_scope),
            inline => self
                .close_to(inline, |open| names::is_block(open) || names::is_scope(open) || names::is_table_part(open)),
        }
    }

    fn position(&self, test: impl Fn(&str) -> bool) -> Option<usize> {
        self.open.iter().rposition(|open| test(&open.element.name))
    }

    // The innermost open element of which `test` holds, unless a barrier stands above it.
    fn reach(&self, test: impl Fn(&str) -> bool, barrier: impl Fn(&str) -> bool) -> Option<usize> {
        let at = self.position(|open| test(open) || barrier(open))?;
        let found = self.open.get(at).is_some_and(|open| test(&open.element.name));
        (found && at > 0).then_some(at)
    }

    fn close_to(&mut self, name: &str, barrier: impl Fn(&str) -> bool) {
        if let Some(at) = self.reach(|open| open == name, barrier) {
            self.pop_to(at);
        }
    }

    // Ends elements until `length` are open; the page itself stays.
    fn pop_to(&mut self, length: usize) {
        while self.open.len() > length.max(1) {
            let Some(Open { element, marker }) = self.open.pop() else {
                return;
            };
            if let Some(marker) = marker
                && marker < self.active.len()
            {
                self.active.truncate(marker);
                self.format = None;
            }
            self.foreign -= usize::from(names::is_foreign(&element.name));
            self.paragraphs -= usize::from(&*element.name == "p");
            self.append(Node::Element(element));
        }
    }
}

fn raw_kind(name: &str) -> Option<TokenSinkResult<()>> {
    let kind = match name {
        "script" => RawKind::ScriptData,
        "style" | "xmp" | "iframe" | "noembed" | "noframes" => RawKind::Rawtext,
        "title" | "textarea" => RawKind::Rcdata,
        "plaintext" => return Some(TokenSinkResult::Plaintext),
        _ => return None,
    };
    Some(TokenSinkResult::RawData(kind))
}

#[cfg(test)]
#[path = "build_tests.rs"]
mod tests;
