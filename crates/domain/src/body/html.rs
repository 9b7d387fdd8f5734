//! Bodies as HTML. Everything is escaped where it is written; nothing here passes markup through except
//! that of raw blocks the sanitiser has checked.

use std::collections::BTreeMap;

use url::Url;

use super::{
    BlockKind, Body, Embed, Heading, Image, Inline, List, ListItem, Mark, Player, Quote, ResourceUrl, Span, Table,
    escape::{attribute, escape},
};
use crate::{LanguageTag, MediaId};

/// How a body is written as HTML.
#[derive(Clone, Copy, Default)]
pub struct HtmlOptions<'a> {
    /// Added to every heading level, up to 6 in all: a page whose title is `<h1>` and whose articles sit
    /// under `<h2>` says 2.
    pub heading_offset: u8,
    /// Where paths from the root lead; absent, they stay relative.
    pub base: Option<&'a Url>,
    /// Where the files of the media library lie; absent, only images with an own address have a `src`.
    pub media: Option<MediaLookup<'a>>,
}

/// Finds the file behind a media id.
pub type MediaLookup<'a> = &'a (dyn Fn(&MediaId) -> Option<MediaFile> + Sync);

/// The file behind a media id.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MediaFile {
    /// Its address, as [`ResourceUrl`] takes it; any other is left out.
    pub url: String,
    /// CSS pixels.
    pub width: Option<u32>,
    /// CSS pixels.
    pub height: Option<u32>,
    /// What it shows, used where the image block says nothing of its own.
    pub alt: Option<String>,
}

impl Body {
    /// The whole body as HTML, one line a block.
    ///
    /// Headings carry their anchor as `id`. A reference mark is `<sup class="reference" id="refmark-1"><a
    /// href="#ref-1">[1]</a></sup>`; repeated marks of a number have ids `refmark-1-2`, `refmark-1-3` ….
    pub fn html(&self, options: &HtmlOptions<'_>) -> String {
        let mut writer = HtmlWriter::new(*options);
        let mut html = String::new();
        for block in &self.blocks {
            if !html.is_empty() {
                html.push('\n');
            }
            writer.write_block(&block.kind, &mut html);
        }
        html
    }
}

/// Writes a body piece by piece with the same result as [`Body::html`]: the ids of reference marks count on
/// from piece to piece, so the pieces of one body go through one writer in their order.
pub struct HtmlWriter<'a> {
    options: HtmlOptions<'a>,
    // How many marks of each reference stand already.
    seen: BTreeMap<u32, u32>,
}

impl<'a> HtmlWriter<'a> {
    /// A writer at the start of a body.
    pub fn new(options: HtmlOptions<'a>) -> Self {
        Self { options, seen: BTreeMap::new() }
    }

    /// A writer at a later block of a body, as if all before it had been written.
    pub fn before_block(body: &Body, index: usize, options: HtmlOptions<'a>) -> Self {
        let mut writer = Self::new(options);
        for block in body.blocks().iter().take(index) {
            for number in block.kind.references() {
                *writer.seen.entry(number).or_default() += 1;
            }
        }
        writer
    }

    /// One block with its own element.
    pub fn block(&mut self, kind: &BlockKind) -> String {
        let mut html = String::new();
        self.write_block(kind, &mut html);
        html
    }

    /// Running text, without an element around it.
    pub fn inline(&mut self, text: &Inline) -> String {
        let mut html = String::new();
        self.write_inline(text, &mut html);
        html
    }

    /// What stands inside a quote's `<blockquote>`, its source left out.
    pub fn quote_content(&mut self, quote: &Quote) -> String {
        let mut html = String::new();
        self.paragraphs(&quote.content, &mut html);
        html
    }

    /// What stands inside a list item's `<li>`.
    pub fn list_item(&mut self, item: &ListItem) -> String {
        let mut html = String::new();
        self.write_item(item, &mut html);
        html
    }

    /// The player of an embed, as a `<figure>`; nothing for sites whose player is not known.
    pub fn player(embed: &Embed) -> Option<String> {
        let player = Player::of(embed.url.as_str())?;
        let mut html = String::new();
        write_embed(embed, Some(&player), &mut html);
        Some(html)
    }

    fn write_block(&mut self, kind: &BlockKind, html: &mut String) {
        match kind {
            BlockKind::Paragraph { text } => {
                html.push_str("<p>");
                self.write_inline(text, html);
                html.push_str("</p>");
            }
            BlockKind::Heading(heading) => self.heading(heading, html),
            BlockKind::List(list) => self.list(list, html),
            BlockKind::Quote(quote) => self.quote(quote, html),
            BlockKind::Image(image) => self.image(image, html),
            BlockKind::Gallery { items } => {
                html.push_str("<div class=\"gallery\">");
                for item in items {
                    self.image(item, html);
                }
                html.push_str("</div>");
            }
            BlockKind::Embed(embed) => {
                write_embed(embed, Player::of(embed.url.as_str()).as_ref(), html);
            }
            BlockKind::Table(table) => self.table(table, html),
            BlockKind::Code { code, language } => {
                html.push_str("<pre><code");
                if let Some(language) = language {
                    attribute("class", &format!("language-{language}"), html);
                }
                html.push('>');
                escape(code, html);
                html.push_str("</code></pre>");
            }
            BlockKind::Rule => html.push_str("<hr>"),
            BlockKind::Raw { type_name, html: raw } => {
                html.push_str("<div class=\"raw\"");
                attribute("data-type", type_name, html);
                html.push('>');
                if raw.is_checked() {
                    html.push_str(raw.as_str());
                } else {
                    escape(raw.as_str(), html);
                }
                html.push_str("</div>");
            }
        }
    }

    fn heading(&mut self, heading: &Heading, html: &mut String) {
        let level = heading.level.saturating_add(self.options.heading_offset).clamp(1, 6);
        html.push_str(&format!("<h{level}"));
        attribute("id", &heading.anchor, html);
        html.push('>');
        self.write_inline(&heading.text, html);
        html.push_str(&format!("</h{level}>"));
    }

    fn list(&mut self, list: &List, html: &mut String) {
        html.push_str(if list.ordered { "<ol" } else { "<ul" });
        if let Some(start) = list.start {
            attribute("start", &start.to_string(), html);
        }
        html.push('>');
        for item in &list.items {
            html.push_str("<li>");
            self.write_item(item, html);
            html.push_str("</li>");
        }
        html.push_str(if list.ordered { "</ol>" } else { "</ul>" });
    }

    fn write_item(&mut self, item: &ListItem, html: &mut String) {
        self.write_inline(&item.text, html);
        for below in &item.lists {
            self.list(below, html);
        }
    }

    fn quote(&mut self, quote: &Quote, html: &mut String) {
        html.push_str("<blockquote>");
        self.paragraphs(&quote.content, html);
        if quote.cite.is_some() || quote.reference.is_some() {
            html.push_str("<footer>");
            if let Some(cite) = &quote.cite {
                html.push_str("<cite>");
                escape(cite, html);
                html.push_str("</cite>");
            }
            if let Some(number) = quote.reference {
                self.reference(number, html);
            }
            html.push_str("</footer>");
        }
        html.push_str("</blockquote>");
    }

    fn paragraphs(&mut self, paragraphs: &[Inline], html: &mut String) {
        for text in paragraphs {
            html.push_str("<p>");
            self.write_inline(text, html);
            html.push_str("</p>");
        }
    }

    fn image(&mut self, image: &Image, html: &mut String) {
        html.push_str("<figure>");
        if let Some(link) = &image.link {
            html.push_str("<a");
            attribute("href", &link.resolve(self.options.base), html);
            html.push('>');
        }
        self.picture(image, html);
        if image.link.is_some() {
            html.push_str("</a>");
        }
        if !image.caption.is_empty() || image.credit.is_some() {
            html.push_str("<figcaption>");
            self.write_inline(&image.caption, html);
            if let Some(credit) = &image.credit {
                if !image.caption.is_empty() {
                    html.push(' ');
                }
                html.push_str("<span class=\"credit\">");
                escape(credit, html);
                html.push_str("</span>");
            }
            html.push_str("</figcaption>");
        }
        html.push_str("</figure>");
    }

    fn picture(&self, image: &Image, html: &mut String) {
        let lookup = self.options.media;
        let file = image.media.as_ref().and_then(|id| lookup?(id));
        let in_library = file.as_ref().and_then(|file| ResourceUrl::parse(&file.url));
        let url = in_library.as_ref().or(image.url.as_ref());
        html.push_str("<img");
        if let Some(url) = url {
            attribute("src", &url.resolve(self.options.base), html);
        }
        let file = file.unwrap_or_default();
        let alt = if image.alt.is_empty() { file.alt.unwrap_or_default() } else { image.alt.clone() };
        attribute("alt", &alt, html);
        for (name, pixels) in [("width", file.width), ("height", file.height)] {
            if let Some(pixels) = pixels {
                attribute(name, &pixels.to_string(), html);
            }
        }
        if let Some(id) = &image.media {
            attribute("data-media", &id.to_string(), html);
        }
        html.push('>');
    }

    fn table(&mut self, table: &Table, html: &mut String) {
        html.push_str("<table>");
        if !table.caption.is_empty() {
            html.push_str("<caption>");
            self.write_inline(&table.caption, html);
            html.push_str("</caption>");
        }
        let mut rows = table.rows.iter();
        if table.has_header
            && let Some(header) = rows.next()
        {
            html.push_str("<thead>");
            self.row(header, "<th scope=\"col\">", "</th>", html);
            html.push_str("</thead>");
        }
        html.push_str("<tbody>");
        for row in rows {
            self.row(row, "<td>", "</td>", html);
        }
        html.push_str("</tbody></table>");
    }

    fn row(&mut self, row: &[Inline], open: &str, close: &str, html: &mut String) {
        html.push_str("<tr>");
        for cell in row {
            html.push_str(open);
            self.write_inline(cell, html);
            html.push_str(close);
        }
        html.push_str("</tr>");
    }

    // Marks stay open over adjacent spans that share them, outermost first.
    fn write_inline(&mut self, text: &Inline, html: &mut String) {
        let mut open: &[Mark] = &[];
        let mut spans = text.spans().iter().peekable();
        while let Some(span) = spans.next() {
            match span {
                Span::Text { text, marks } => {
                    let shared = shared(open, marks);
                    close_marks(open.get(shared..).unwrap_or_default(), html);
                    for mark in marks.get(shared..).unwrap_or_default() {
                        self.open_mark(mark, html);
                    }
                    open = marks;
                    escape(text, html);
                }
                Span::LineBreak => {
                    let next: &[Mark] = match spans.peek() {
                        Some(Span::Text { marks, .. }) => marks,
                        Some(Span::LineBreak) => open,
                        Some(Span::Reference { .. }) | None => &[],
                    };
                    let shared = shared(open, next);
                    let (kept, closed) = open.split_at_checked(shared).unwrap_or_default();
                    close_marks(closed, html);
                    open = kept;
                    html.push_str("<br>");
                }
                Span::Reference { number } => {
                    close_marks(open, html);
                    open = &[];
                    self.reference(*number, html);
                }
            }
        }
        close_marks(open, html);
    }

    fn reference(&mut self, number: u32, html: &mut String) {
        let seen = self.seen.entry(number).or_default();
        *seen += 1;
        let id = if *seen == 1 { format!("refmark-{number}") } else { format!("refmark-{number}-{seen}") };
        html.push_str(&format!("<sup class=\"reference\" id=\"{id}\"><a href=\"#ref-{number}\">[{number}]</a></sup>"));
    }

    fn open_mark(&self, mark: &Mark, html: &mut String) {
        html.push('<');
        html.push_str(element(mark));
        mark_attributes(mark, self.options.base, html);
        html.push('>');
    }
}

fn shared(open: &[Mark], next: &[Mark]) -> usize {
    open.iter().zip(next).take_while(|(a, b)| a == b).count()
}

fn close_marks(marks: &[Mark], html: &mut String) {
    for mark in marks.iter().rev() {
        html.push_str("</");
        html.push_str(element(mark));
        html.push('>');
    }
}

/// The HTML element of a mark; Markdown writes the same for those it has no sign for.
pub(super) fn element(mark: &Mark) -> &'static str {
    match mark {
        Mark::Link(_) => "a",
        Mark::Language { .. } => "span",
        Mark::Abbreviation { .. } => "abbr",
        Mark::Strong => "strong",
        Mark::Emphasis => "em",
        Mark::Underline => "u",
        Mark::Strike => "s",
        Mark::Highlight => "mark",
        Mark::Small => "small",
        Mark::Subscript => "sub",
        Mark::Superscript => "sup",
        Mark::Code => "code",
    }
}

// The embed's own address stands in `data-url`, because a frame's address does not say it.
/// Writes the attributes of a mark's element.
pub(super) fn mark_attributes(mark: &Mark, base: Option<&Url>, html: &mut String) {
    match mark {
        Mark::Link(link) => {
            attribute("href", &link.href.resolve(base), html);
            let optional = [
                ("title", link.title.as_deref()),
                ("rel", link.rel.as_deref()),
                ("hreflang", link.hreflang.as_ref().map(LanguageTag::as_str)),
            ];
            for (name, value) in optional {
                if let Some(value) = value {
                    attribute(name, value, html);
                }
            }
        }
        Mark::Language { tag } => attribute("lang", tag.as_str(), html),
        Mark::Abbreviation { title } => attribute("title", title, html),
        Mark::Strong
        | Mark::Emphasis
        | Mark::Underline
        | Mark::Strike
        | Mark::Highlight
        | Mark::Small
        | Mark::Subscript
        | Mark::Superscript
        | Mark::Code => {}
    }
}

/// Writes an embed, by its player or as a link.
pub(super) fn write_embed(embed: &Embed, player: Option<&Player>, html: &mut String) {
    html.push_str("<figure class=\"embed\"");
    attribute("data-url", embed.url.as_str(), html);
    if let Some(provider) = &embed.provider {
        attribute("data-provider", provider, html);
    }
    html.push('>');
    match player.and_then(|player| Some((player, player.frame()?))) {
        Some((player, frame)) => {
            let (width, height) = player.size();
            html.push_str("<iframe");
            attribute("src", frame, html);
            attribute("title", player.provider_title(), html);
            attribute("width", &width.to_string(), html);
            attribute("height", &height.to_string(), html);
            // `allow-same-origin` is the player's own origin, never ours: the frame is always on its site.
            html.push_str(
                " loading=\"lazy\" sandbox=\"allow-scripts allow-same-origin allow-popups \
                 allow-presentation\" referrerpolicy=\"strict-origin-when-cross-origin\" \
                 allow=\"encrypted-media; fullscreen; picture-in-picture\" allowfullscreen></iframe>",
            );
        }
        None => {
            html.push_str(if player.is_some() { "<blockquote><a" } else { "<a" });
            attribute("href", embed.url.as_str(), html);
            html.push('>');
            escape(embed.url.as_str(), html);
            html.push_str(if player.is_some() { "</a></blockquote>" } else { "</a>" });
        }
    }
    html.push_str("</figure>");
}

#[cfg(test)]
#[path = "html_tests.rs"]
mod tests;
