//! The tree into blocks.
//!
//! Words flow into the pending paragraph; an element that is a block of its own ends it. Elements with an own
//! structure (lists, tables, quotes, figures) gather their inside as blocks first and then take from them what they
//! can hold; the rest stands after them, so nothing is lost.

use masthead_domain::body::{BlockKind, Heading, Href, Image, Inline, Mark, Span, is_forbidden_char, limits};

use super::{
    ParseOptions, figure, list, marks, names,
    note::{NoteKind, Notes},
    quote, reference, sanitize, serialize, table,
    tree::{Element, Format, Node},
};

/// Reads the children of the page.
pub(super) fn blocks(nodes: &[Node], options: &ParseOptions, notes: &mut Notes) -> Vec<BlockKind> {
    let mut converter = Converter { options, notes, spent: 0, credit: None, last_mark: None, in_form: false };
    converter.blocks(nodes, &Place::default())
}

pub(super) struct Converter<'a> {
    pub(super) options: &'a ParseOptions,
    pub(super) notes: &'a mut Notes,
    // Bytes of spans made, so that a hostile page cannot make more than a body may hold many times over.
    spent: usize,
    // Set inside a caption, where the picture's maker may be named apart.
    pub(super) credit: Option<String>,
    // The link the last reference mark was made of, whose other words are part of the mark.
    pub(super) last_mark: Option<*const super::tree::Formatting>,
    in_form: bool,
}

/// What is known of the place in the page.
#[derive(Clone, Default)]
pub(super) struct Place {
    /// Marks of the elements around it.
    pub(super) marks: Vec<Mark>,
    /// Whether it is inside running text, where no block of raw markup can stand.
    pub(super) inline: bool,
}

impl Place {
    pub(super) fn inside(&self, mark: Option<Mark>) -> Self {
        let mut marks = self.marks.clone();
        marks.extend(mark);
        Self { marks, inline: true }
    }
}

/// Blocks, and the words of the paragraph that is being written.
#[derive(Default)]
pub(super) struct Flow {
    pub(super) blocks: Vec<BlockKind>,
    pending: Vec<Span>,
}

impl Flow {
    fn flush(&mut self) {
        let text = Inline::new(std::mem::take(&mut self.pending));
        if !text.is_empty() {
            self.blocks.push(BlockKind::paragraph(text));
        }
    }

    pub(super) fn block(&mut self, kind: BlockKind) {
        self.flush();
        self.blocks.push(kind);
    }

    fn extend(&mut self, kinds: Vec<BlockKind>) {
        self.flush();
        self.blocks.extend(kinds);
    }
}

impl Converter<'_> {
    pub(super) fn blocks(&mut self, nodes: &[Node], place: &Place) -> Vec<BlockKind> {
        let mut flow = Flow::default();
        self.walk_all(nodes, place, &mut flow);
        flow.flush();
        flow.blocks
    }

    /// The words of nodes as one text, and the blocks that are no text.
    pub(super) fn inline(&mut self, nodes: &[Node], place: &Place) -> (Inline, Vec<BlockKind>) {
        let place = Place { inline: true, ..place.clone() };
        let (texts, others) = split_texts(self.blocks(nodes, &place));
        (Inline::lines(texts), others)
    }

    fn walk_all(&mut self, nodes: &[Node], place: &Place, flow: &mut Flow) {
        for node in nodes {
            match node {
                Node::Text { text, format } => self.text(text, format, place, flow),
                Node::Element(element) => self.element(element, place, flow),
            }
        }
    }

    fn text(&mut self, text: &str, format: &Format, place: &Place, flow: &mut Flow) {
        if text.chars().any(is_forbidden_char) {
            self.notes.add(NoteKind::ControlCharacters, "");
        }
        if let Some(span) = reference::of_link(self, text, format) {
            flow.pending.extend(span);
            return;
        }
        let mut all = place.marks.clone();
        marks::of_format(self, format, &mut all);
        for span in reference::split(self.options, text, &all) {
            self.push(span, flow);
        }
    }

    pub(super) fn push(&mut self, span: Span, flow: &mut Flow) {
        // What a body may hold twice over: enough that nothing a body can hold is lost here.
        if self.spent > 2 * limits::TEXT_BYTES_MAX {
            self.notes.add(NoteKind::Truncated, "text");
            return;
        }
        if let Span::Text { text, marks } = &span {
            let of_marks: usize = marks.iter().map(|mark| mark.bytes() + size_of::<Mark>()).sum();
            self.spent += text.len() + of_marks;
        }
        flow.pending.push(span);
    }

    fn element(&mut self, element: &Element, place: &Place, flow: &mut Flow) {
        let name = &*element.name;
        if let Some(level) = names::heading_level(name) {
            return self.heading(element, level, place, flow);
        }
        match name {
            "br" => flow.pending.push(Span::LineBreak),
            "hr" => flow.block(BlockKind::Rule),
            "p" => self.paragraph(element, place, flow),
            "img" | "amp-img" => self.picture(element, flow),
            "iframe" | "amp-iframe" | "amp-youtube" | "video" | "audio" | "object" | "embed" | "applet" => {
                self.player(element, place, flow);
            }
            "ul" | "ol" | "menu" | "dir" if !figure::is_gallery(element) => {
                let kinds = list::blocks(self, element, place);
                flow.extend(kinds);
            }
            "dt" => self.apart(element, &place.inside(Some(Mark::Strong)), flow),
            "blockquote" => {
                let kinds = quote::blocks(self, element, place);
                flow.extend(kinds);
            }
            "figure" => {
                let kinds = figure::blocks(self, element, place);
                flow.extend(kinds);
            }
            "table" => {
                let kinds = table::blocks(self, element, place);
                flow.extend(kinds);
            }
            "pre" | "listing" | "xmp" | "plaintext" => self.preformatted(element, place, flow),
            "sup" => match reference::of_sup(self, element) {
                Some(number) => flow.pending.push(Span::Reference { number }),
                None => self.container(element, place, flow),
            },
            "input" if element.attr("type").is_some_and(|kind| kind.eq_ignore_ascii_case("checkbox")) => {
                let sign = if element.attr("checked").is_some() { "☑ " } else { "☐ " };
                self.push(Span::plain(sign), flow);
            }
            "label" if self.in_form => self.notes.add(NoteKind::DroppedElement, name),
            "noscript" => self.noscript(element, place, flow),
            dropped if names::is_dropped(dropped) => self.notes.add(NoteKind::DroppedElement, dropped),
            custom if names::is_custom(custom) => self.custom(element, place, flow),
            _ => self.container(element, place, flow),
        }
    }

    // Elements that say little or nothing themselves: what is in them is walked.
    fn container(&mut self, element: &Element, place: &Place, flow: &mut Flow) {
        let name = &*element.name;
        if let Some(credit) = &mut self.credit
            && element.classes().any(|class| class.ends_with("credit"))
        {
            credit.push(' ');
            credit.push_str(&element.text());
            return;
        }
        if let Some(kinds) = figure::of_container(self, element, place) {
            return flow.extend(kinds);
        }
        if name == "form" {
            self.notes.add(NoteKind::DroppedElement, name);
            let outer = std::mem::replace(&mut self.in_form, true);
            self.apart(element, place, flow);
            self.in_form = outer;
        } else if names::is_block(name) || names::is_table_part(name) || name == "optgroup" {
            self.apart(element, place, flow);
        } else if name == "q" {
            self.push(Span::Text { text: "“".to_owned(), marks: place.marks.clone() }, flow);
            self.walk_all(&element.children, place, flow);
            self.push(Span::Text { text: "”".to_owned(), marks: place.marks.clone() }, flow);
        } else {
            let mut inside = Place { inline: place.inline, ..place.inside(None) };
            marks::of_element(element, &mut inside.marks);
            self.walk_all(&element.children, &inside, flow);
        }
    }

    // A block-level element without a kind of its own: its words are not those of its neighbours.
    fn apart(&mut self, element: &Element, place: &Place, flow: &mut Flow) {
        flow.flush();
        self.walk_all(&element.children, place, flow);
        flow.flush();
    }

    fn paragraph(&mut self, element: &Element, place: &Place, flow: &mut Flow) {
        flow.flush();
        let inside = place.inside(marks::language(element));
        let kinds = self.blocks(&element.children, &inside);
        if self.options.bare_players
            && let [BlockKind::Paragraph { text }] = kinds.as_slice()
            && let Some(embed) = super::embed::of_bare_address(text)
        {
            return flow.block(BlockKind::Embed(embed));
        }
        flow.extend(kinds);
    }

    fn heading(&mut self, element: &Element, level: u8, place: &Place, flow: &mut Flow) {
        let inside = place.inside(marks::language(element));
        let (text, others) = self.inline(&element.children, &inside);
        let anchor = element.filled("id").or_else(|| {
            let named = element.formatting("a").and_then(|a| a.attr("id").or_else(|| a.attr("name")));
            named.filter(|name| !name.is_empty())
        });
        if !text.is_empty() {
            let anchor = anchor.unwrap_or_default().to_owned();
            flow.block(BlockKind::Heading(Heading { level, text, anchor }));
        }
        self.moved_out(&others, "heading");
        flow.extend(others);
    }

    fn picture(&mut self, element: &Element, flow: &mut Flow) {
        if let Some(words) = figure::emoji(element) {
            return self.push(Span::plain(words), flow);
        }
        if let Some(image) = figure::image(self, element) {
            flow.block(BlockKind::Image(image));
        }
    }

    fn player(&mut self, element: &Element, place: &Place, flow: &mut Flow) {
        match super::embed::of_element(self, element) {
            Some(kind) => flow.block(kind),
            // Without an address, what stands inside is what there is to see.
            None => self.apart(element, place, flow),
        }
    }

    fn preformatted(&mut self, element: &Element, place: &Place, flow: &mut Flow) {
        if element.classes().any(|class| class == "wp-block-verse") {
            return flow.extend(self.verse(element, place));
        }
        let language = marks::code_language(element).map(str::to_owned);
        flow.block(BlockKind::Code { code: element.text(), language });
    }

    // A poem: its line ends are line breaks.
    fn verse(&mut self, element: &Element, place: &Place) -> Vec<BlockKind> {
        let mut flow = Flow::default();
        for node in &element.children {
            let Node::Text { text, format } = node else {
                self.walk_all(std::slice::from_ref(node), place, &mut flow);
                continue;
            };
            for (at, line) in text.split('\n').enumerate() {
                if at > 0 {
                    flow.pending.push(Span::LineBreak);
                }
                self.text(line, format, place, &mut flow);
            }
        }
        flow.flush();
        flow.blocks
    }

    // Pages that load pictures late repeat each here, for browsers without scripts.
    fn noscript(&mut self, element: &Element, place: &Place, flow: &mut Flow) {
        let mut kinds = self.blocks(&element.children, place);
        let last = flow.blocks.last().and_then(image_url);
        let repeated = |kind: &BlockKind| last.is_some() && image_url(kind) == last;
        kinds.retain(|kind| !repeated(kind));
        if !kinds.is_empty() {
            flow.extend(kinds);
        }
    }

    fn custom(&mut self, element: &Element, place: &Place, flow: &mut Flow) {
        let name = &*element.name;
        self.notes.add(NoteKind::CustomElement, name);
        let has_blocks = element.find(&|inner| names::is_block(&inner.name) || &*inner.name == "img").is_some();
        if has_blocks {
            return self.apart(element, place, flow);
        }
        // The line break between two blocks is no text that this would stand in.
        let in_text = place.inline || !Inline::new(flow.pending.iter().cloned()).is_empty();
        if in_text || !element.has_words() {
            return self.walk_all(&element.children, place, flow);
        }
        self.raw(name, element, flow);
    }

    /// The inside of an element as a block of raw markup.
    pub(super) fn raw(&mut self, type_name: &str, element: &Element, flow: &mut Flow) {
        let html = sanitize::raw(&serialize::children(element, &serialize::RAW));
        if !html.as_str().trim().is_empty() {
            flow.block(BlockKind::Raw { type_name: type_name.to_owned(), html: html.into() });
        }
    }

    /// Says that something stands after a structure it stood in.
    pub(super) fn moved_out(&mut self, others: &[BlockKind], of: &str) {
        for kind in others {
            self.notes.add(NoteKind::Simplified, &format!("{} moved out of a {of}", kind.name()));
        }
    }

    /// An address as a link can hold it, made absolute by the page's own.
    pub(super) fn href(&mut self, address: &str) -> Option<Href> {
        let href = resolve(address, self.options);
        if href.is_none() && !address.trim().is_empty() {
            self.notes.add(NoteKind::UnsafeLink, address);
        }
        href
    }
}

/// An address as a link can hold it.
pub(super) fn resolve(address: &str, options: &ParseOptions) -> Option<Href> {
    let bare = address.trim();
    let Some(base) = options.base.as_ref().filter(|_| !bare.starts_with('#') && !bare.is_empty()) else {
        return Href::parse(bare);
    };
    // Joining would take apart what is no web address, and respell what is one already.
    match Href::parse(bare) {
        Some(href) if href.is_absolute() => Some(href),
        _ => {
            let joined = base.join(bare).ok().filter(|joined| matches!(joined.scheme(), "http" | "https"));
            joined.and_then(|joined| Href::parse(joined.as_str()))
        }
    }
}

fn image_url(kind: &BlockKind) -> Option<&str> {
    if let BlockKind::Image(Image { url: Some(url), .. }) = kind { Some(url.as_str()) } else { None }
}

/// Parts blocks into texts, which any structure can hold, and others.
pub(super) fn split_texts(kinds: Vec<BlockKind>) -> (Vec<Inline>, Vec<BlockKind>) {
    let mut texts = Vec::new();
    let mut others = Vec::new();
    for kind in kinds {
        match kind {
            BlockKind::Paragraph { text } | BlockKind::Heading(Heading { text, .. }) => texts.push(text),
            BlockKind::List(list) => list::lines(&list, &mut texts),
            BlockKind::Quote(quote) => texts.extend(quote::lines(quote)),
            BlockKind::Code { code, .. } => {
                let lines = code.lines().map(|line| Inline::new([Span::marked(line, [Mark::Code])]));
                texts.extend(lines);
            }
            BlockKind::Image(_)
            | BlockKind::Gallery { .. }
            | BlockKind::Embed(_)
            | BlockKind::Table(_)
            | BlockKind::Rule
            | BlockKind::Raw { .. } => others.push(kind),
        }
    }
    (texts, others)
}
