//! Markdown into bodies: CommonMark with tables, strikethrough, task lists and footnotes.
//!
//! Markdown is HTML with signs, and any HTML may stand in it; so it is written out as HTML and read as such
//! ([`crate::html`]), by the same rules and with the same notes.

use std::fmt::Write as _;

use masthead_domain::body::{BlockKind, Inline, escape_html};
use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};

use crate::html::{self, NoteKind, Notes, ParseOptions, Parsed};

/// Reads Markdown into a body.
///
/// A footnote mark whose name `options.references` knows becomes a reference mark; others are left out with their
/// notes, which [`footnotes`] gives.
pub fn parse(markdown: &str, options: &ParseOptions) -> Parsed {
    let (html, notes) = written(markdown, options);
    html::parse_noting(&html, options, notes)
}

/// A footnote of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Footnote {
    /// What its marks name: the `1` of `[^1]`.
    pub name: String,
    /// Its words; several paragraphs are parted by line breaks.
    pub text: Inline,
}

/// The footnotes of a text, in the order they are written, to make references of.
pub fn footnotes(markdown: &str) -> Vec<Footnote> {
    let options = ParseOptions::default();
    let mut writer = Writer::new(&options);
    for event in Parser::new_ext(markdown, syntax()) {
        writer.event(event);
    }
    let texts = writer.footnotes.into_iter().map(|(name, html)| Footnote { name, text: text_of(&html) });
    texts.filter(|note| !note.text.is_empty()).collect()
}

fn text_of(html: &str) -> Inline {
    let body = html::parse(html, &ParseOptions::default()).body;
    let texts = body.blocks().iter().flat_map(|block| match block.kind() {
        BlockKind::Embed(_) | BlockKind::Code { .. } => vec![Inline::plain(&block.kind().text())],
        kind => kind.texts().into_iter().cloned().collect(),
    });
    Inline::lines(texts.collect::<Vec<_>>())
}

fn syntax() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS | Options::ENABLE_FOOTNOTES
}

fn written(markdown: &str, options: &ParseOptions) -> (String, Notes) {
    let source = with_known_footnotes(markdown, options);
    let mut writer = Writer::new(options);
    for event in Parser::new_ext(&source, syntax()) {
        writer.event(event);
    }
    let Writer { html, mut notes, footnotes, .. } = writer;
    for (name, html) in footnotes {
        if number_of(&name, options).is_none() {
            notes.add(NoteKind::LeftOutFootnote, &format!("{name}: {}", text_of(&html).text()));
        }
    }
    (html, notes)
}

// A mark without its footnote is plain text to Markdown, but the footnotes of an article are its references, kept
// apart from its body. So the known ones are given here. They stand in front, where nothing the text leaves open reaches them,
// and a comment ends the last of them.
fn with_known_footnotes(markdown: &str, options: &ParseOptions) -> String {
    let references = &options.references;
    let numbers = references.numbers.iter().map(u32::to_string);
    let mut known = String::new();
    for name in references.names.keys().cloned().chain(numbers) {
        let plain = !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || matches!(c, '[' | ']' | '\\'));
        if plain && markdown.contains(&format!("[^{name}]")) {
            let _ = write!(known, "[^{name}]: .\n\n");
        }
    }
    if known.is_empty() {
        return markdown.to_owned();
    }
    format!("{known}<!-- -->\n\n{markdown}")
}

fn number_of(name: &str, options: &ParseOptions) -> Option<u32> {
    let references = &options.references;
    references
        .names
        .get(name)
        .copied()
        .or_else(|| name.parse().ok().filter(|number| references.numbers.contains(number)))
}

struct Writer<'a> {
    options: &'a ParseOptions,
    html: String,
    notes: Notes,
    // What a footnote is written into, while one is.
    footnotes: Vec<(String, String)>,
    // The page, put aside while a footnote is written.
    page: Option<String>,
    // Depth inside pictures, whose words are their `alt`.
    in_image: usize,
    // The title of the picture that is being written.
    caption: String,
    in_table: bool,
    in_table_head: bool,
}

impl<'a> Writer<'a> {
    fn new(options: &'a ParseOptions) -> Self {
        Self {
            options,
            html: String::new(),
            notes: Notes::default(),
            footnotes: Vec::new(),
            page: None,
            in_image: 0,
            caption: String::new(),
            in_table: false,
            in_table_head: false,
        }
    }

    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(Tag::Image { .. }) if self.in_image > 0 => self.in_image += 1,
            Event::Start(tag) if self.in_image == 0 => self.start(tag),
            Event::End(TagEnd::Image) => self.end_image(),
            Event::End(tag) if self.in_image == 0 => self.end(tag),
            Event::Start(_) | Event::End(_) => {}
            Event::Text(text) => self.text(&text),
            Event::Code(code) if self.in_image > 0 => self.text(&code),
            Event::Code(code) => {
                self.html.push_str("<code>");
                self.text(&code);
                self.html.push_str("</code>");
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                if self.in_image == 0 {
                    self.html.push_str(&html);
                }
            }
            Event::SoftBreak => self.html.push(if self.in_image == 0 { '\n' } else { ' ' }),
            Event::HardBreak => self.html.push_str(if self.in_image == 0 { "<br>" } else { " " }),
            Event::Rule => self.html.push_str("<hr>\n"),
            Event::TaskListMarker(true) => self.html.push_str("<input type=\"checkbox\" checked>"),
            Event::TaskListMarker(false) => self.html.push_str("<input type=\"checkbox\">"),
            Event::FootnoteReference(name) => self.mark(&name),
            // Not asked for, so it does not come; its words would stay.
            Event::InlineMath(text) | Event::DisplayMath(text) => self.text(&text),
        }
    }

    fn text(&mut self, text: &str) {
        self.html.push_str(&escape_html(text));
    }

    fn mark(&mut self, name: &str) {
        match number_of(name, self.options) {
            Some(number) if self.in_image == 0 => {
                let _ = write!(self.html, "<sup class=\"reference\"><a href=\"#ref-{number}\">[{number}]</a></sup>");
            }
            Some(_) => {}
            None => self.notes.add(NoteKind::LeftOutFootnote, name),
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Link { link_type, dest_url, title, .. } => self.link(link_type, &dest_url, &title),
            Tag::Image { dest_url, title, .. } => self.image(&dest_url, &title),
            Tag::CodeBlock(CodeBlockKind::Fenced(info)) => {
                let language = info.split([' ', ',', '{', '\t']).next().unwrap_or_default();
                let _ = write!(self.html, "<pre><code class=\"language-{}\">", escape_html(language));
            }
            Tag::FootnoteDefinition(name) => {
                // One is never inside another, and if it were, the outer would only end early.
                let page = std::mem::take(&mut self.html);
                self.page.get_or_insert(page);
                self.footnotes.push((name.to_string(), String::new()));
            }
            Tag::List(Some(start)) if start != 1 => {
                let _ = write!(self.html, "<ol start=\"{start}\">");
            }
            Tag::TableHead => {
                self.in_table_head = true;
                self.html.push_str("<thead><tr>");
            }
            Tag::Heading { level, .. } => {
                let _ = write!(self.html, "<{level}>");
            }
            Tag::Table(_) => {
                self.in_table = true;
                self.html.push_str("<table>");
            }
            other => self.html.push_str(self.plain_start(&other)),
        }
    }

    fn plain_start(&self, tag: &Tag<'_>) -> &'static str {
        match tag {
            Tag::Paragraph => "<p>",
            Tag::BlockQuote(_) => "<blockquote>",
            Tag::CodeBlock(_) => "<pre><code>",
            Tag::List(Some(_)) => "<ol>",
            Tag::List(None) => "<ul>",
            Tag::Item => "<li>",
            Tag::TableRow => "<tr>",
            Tag::TableCell if self.in_table_head => "<th>",
            Tag::TableCell => "<td>",
            Tag::Emphasis => "<em>",
            Tag::Strong => "<strong>",
            Tag::Strikethrough => "<s>",
            // Written elsewhere, or not asked for.
            Tag::Heading { .. }
            | Tag::Link { .. }
            | Tag::Image { .. }
            | Tag::FootnoteDefinition(_)
            | Tag::Table(_)
            | Tag::TableHead
            | Tag::HtmlBlock
            | Tag::MetadataBlock(_)
            | Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::Superscript
            | Tag::Subscript => "",
        }
    }

    fn end(&mut self, tag: TagEnd) {
        let end = match tag {
            TagEnd::Paragraph => "</p>\n",
            TagEnd::Heading(level) => {
                let _ = writeln!(self.html, "</{level}>");
                ""
            }
            TagEnd::BlockQuote(_) => "</blockquote>\n",
            TagEnd::CodeBlock => "</code></pre>\n",
            TagEnd::List(true) => "</ol>\n",
            TagEnd::List(false) => "</ul>\n",
            TagEnd::Item => "</li>",
            TagEnd::Table => {
                self.in_table = false;
                "</tbody></table>\n"
            }
            TagEnd::TableHead => {
                self.in_table_head = false;
                "</tr></thead><tbody>"
            }
            TagEnd::TableRow => "</tr>",
            TagEnd::TableCell if self.in_table_head => "</th>",
            TagEnd::TableCell => "</td>",
            TagEnd::Emphasis => "</em>",
            TagEnd::Strong => "</strong>",
            TagEnd::Strikethrough => "</s>",
            TagEnd::Link => "</a>",
            TagEnd::FootnoteDefinition => return self.end_footnote(),
            TagEnd::HtmlBlock
            | TagEnd::Image
            | TagEnd::MetadataBlock(_)
            | TagEnd::DefinitionList
            | TagEnd::DefinitionListTitle
            | TagEnd::DefinitionListDefinition
            | TagEnd::Superscript
            | TagEnd::Subscript => "",
        };
        self.html.push_str(end);
    }

    fn end_footnote(&mut self) {
        let text = std::mem::replace(&mut self.html, self.page.take().unwrap_or_default());
        if let Some((_, footnote)) = self.footnotes.last_mut() {
            *footnote = text;
        }
    }

    fn link(&mut self, link_type: LinkType, address: &str, title: &str) {
        let scheme = if link_type == LinkType::Email { "mailto:" } else { "" };
        let _ = write!(self.html, "<a href=\"{scheme}{}\"", escape_html(address));
        if !title.is_empty() {
            let _ = write!(self.html, " title=\"{}\"", escape_html(title));
        }
        self.html.push('>');
    }

    fn image(&mut self, address: &str, title: &str) {
        self.in_image = 1;
        self.caption = escape_html(title);
        if !title.is_empty() && !self.in_table {
            self.html.push_str("<figure>");
        }
        let _ = write!(self.html, "<img src=\"{}\" alt=\"", escape_html(address));
    }

    // A title is words its author wrote to be read, which is what a caption is.
    fn end_image(&mut self) {
        self.in_image = self.in_image.saturating_sub(1);
        if self.in_image > 0 {
            return;
        }
        self.html.push_str("\">");
        let caption = std::mem::take(&mut self.caption);
        if !caption.is_empty() {
            let (start, end) = if self.in_table { (" ", "") } else { ("<figcaption>", "</figcaption></figure>") };
            self.html.push_str(&format!("{start}{caption}{end}"));
        }
    }
}

#[cfg(test)]
#[path = "markdown_tests.rs"]
mod tests;
