//! Bodies as Markdown: CommonMark with GFM tables and strikethrough, footnote marks for references, and
//! HTML where Markdown has no sign. `masthead-formats` reads it back as the same blocks and words.

use super::{
    BlockKind, Body, Embed, Heading, HtmlOptions, HtmlWriter, Image, Inline, List, Quote, Table,
    html::write_embed,
    markdown_inline::{self as inline, Line},
};

impl Body {
    /// The body as Markdown, an empty line between blocks and a newline at the end. Reference marks are
    /// footnote marks (`[^2]`); the notes themselves are the article's, not the body's.
    pub fn markdown(&self) -> String {
        let mut markdown = String::new();
        let mut before: Option<&BlockKind> = None;
        let mut alternate = false;
        for block in &self.blocks {
            if before.is_some() {
                markdown.push('\n');
            }
            // Two lists in a row are two only when their signs differ.
            alternate = match (before, &block.kind) {
                (Some(BlockKind::List(last)), BlockKind::List(list)) => last.ordered == list.ordered && !alternate,
                _ => false,
            };
            write_block(&block.kind, alternate, &mut markdown);
            markdown.push('\n');
            before = Some(&block.kind);
        }
        markdown
    }
}

impl BlockKind {
    /// The block alone as Markdown, without a newline at the end.
    pub fn markdown(&self) -> String {
        let mut markdown = String::new();
        write_block(self, false, &mut markdown);
        markdown
    }
}

fn write_block(kind: &BlockKind, alternate: bool, markdown: &mut String) {
    match kind {
        BlockKind::Paragraph { text } => inline::write(text, Line::Paragraph, markdown),
        BlockKind::Heading(Heading { level, text, .. }) => {
            markdown.push_str(&"#".repeat(usize::from(*level)));
            markdown.push(' ');
            inline::write(text, Line::Heading, markdown);
        }
        BlockKind::List(list) => {
            markdown.push_str(&list_lines(list, alternate).join("\n"));
        }
        BlockKind::Quote(quote) => write_quote(quote, markdown),
        BlockKind::Image(image) => write_image(image, markdown),
        BlockKind::Embed(embed) => write_link_embed(embed, markdown),
        BlockKind::Table(table) if table.has_header && table.caption.is_empty() => {
            write_table(table, markdown);
        }
        BlockKind::Code { code, language } => {
            let fence = inline::fence(code, 3);
            let language = language.as_deref().unwrap_or_default();
            markdown.push_str(&format!("{fence}{language}\n{code}\n{fence}"));
        }
        BlockKind::Rule => markdown.push_str("***"),
        BlockKind::Gallery { .. } | BlockKind::Table(_) | BlockKind::Raw { .. } => {
            write_html(kind, markdown);
        }
    }
}

// A block of HTML in Markdown ends at an empty line, so it must not have line ends of its own.
fn write_html(kind: &BlockKind, markdown: &mut String) {
    let html = HtmlWriter::new(HtmlOptions::default()).block(kind);
    markdown.push_str(&html.replace('\n', "&#10;"));
}

fn list_lines(list: &List, alternate: bool) -> Vec<String> {
    let mut lines = Vec::new();
    let mut number = list.start.unwrap_or(1);
    for item in &list.items {
        let sign = match (list.ordered, alternate) {
            (false, false) => "-".to_owned(),
            (false, true) => "*".to_owned(),
            (true, false) => format!("{number}."),
            (true, true) => format!("{number})"),
        };
        let indent = " ".repeat(sign.len() + 1);
        let mut inside = Vec::new();
        if !item.text.is_empty() {
            let mut text = String::new();
            inline::write(&item.text, Line::Paragraph, &mut text);
            inside.extend(text.split('\n').map(str::to_owned));
        }
        for below in &item.lists {
            if !inside.is_empty() && !may_follow_text(below) {
                inside.push(String::new());
            }
            inside.extend(list_lines(below, false));
        }
        // An item without words has its list on its own line: an empty line would end it.
        let mut start = format!("{sign} ");
        for line in inside {
            lines.push(if line.is_empty() { line } else { format!("{start}{line}") });
            start.clone_from(&indent);
        }
        // CommonMark reads at most nine digits.
        number = (number + 1).min(999_999_999);
    }
    lines
}

// CommonMark takes other lists right under a line of text for more of that text.
fn may_follow_text(list: &List) -> bool {
    list.start.is_none() && list.items.first().is_some_and(|item| !item.text.is_empty())
}

fn write_quote(quote: &Quote, markdown: &mut String) {
    let Quote { content, cite, reference } = quote;
    let mut paragraphs: Vec<String> = content
        .iter()
        .map(|text| {
            let mut paragraph = String::new();
            inline::write(text, Line::Paragraph, &mut paragraph);
            paragraph
        })
        .collect();
    let mark = reference.map(|number| format!("[^{number}]"));
    let mark = mark.unwrap_or_default();
    match cite {
        Some(cite) => {
            let mut text = String::new();
            inline::write(&Inline::plain(cite), Line::Paragraph, &mut text);
            paragraphs.push(format!("— <cite>{text}</cite>{mark}"));
        }
        None if !mark.is_empty() => paragraphs.push(mark),
        None => {}
    }
    let lines: Vec<String> =
        paragraphs.join("\n\n").split('\n').map(|line| format!("> {line}").trim_end_matches(' ').to_owned()).collect();
    markdown.push_str(&lines.join("\n"));
}

fn write_image(image: &Image, markdown: &mut String) {
    let Image { media, url, alt, caption, credit, link } = image;
    let Some(url) = url else {
        return write_html(&BlockKind::Image(image.clone()), markdown);
    };
    if media.is_some() || !caption.is_empty() || credit.is_some() {
        return write_html(&BlockKind::Image(image.clone()), markdown);
    }
    let mut text = String::new();
    inline::write(&Inline::plain(alt), Line::Heading, &mut text);
    let picture = format!("![{text}]({})", inline::destination(url.as_str()));
    match link {
        Some(link) => markdown.push_str(&format!("[{picture}]({})", inline::destination(link.as_str()))),
        None => markdown.push_str(&picture),
    }
}

fn write_link_embed(embed: &Embed, markdown: &mut String) {
    write_embed(embed, None, markdown);
}

fn write_table(table: &Table, markdown: &mut String) {
    let columns = table.rows.first().map_or(0, Vec::len);
    for (at, row) in table.rows.iter().enumerate() {
        markdown.push('|');
        for cell in row {
            markdown.push(' ');
            inline::write(cell, Line::Cell, markdown);
            markdown.push_str(" |");
        }
        if at == 0 {
            markdown.push_str("\n|");
            markdown.push_str(&" --- |".repeat(columns));
        }
        if at + 1 < table.rows.len() {
            markdown.push('\n');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::{Href, Link, ListItem, Mark, ResourceUrl, Span};

    fn markdown(kinds: impl IntoIterator<Item = BlockKind>) -> String {
        Body::from_blocks(kinds).expect("small").markdown()
    }

    fn paragraph(spans: impl IntoIterator<Item = Span>) -> BlockKind {
        BlockKind::paragraph(Inline::new(spans))
    }

    #[test]
    fn plain_prose_is_written_plainly() {
        let text = "L’été (à 12 h 30), a_b, AT&T, 3 < 4 ; « oui » - 50 % d’élus !";
        assert_eq!(markdown([paragraph([Span::plain(text)])]), format!("{text}\n"));
    }

    #[test]
    fn what_markdown_would_read_as_a_sign_is_escaped() {
        for (text, expected) in [
            ("1. Un", "1\\. Un\n"),
            ("- Un", "\\- Un\n"),
            ("# Un", "\\# Un\n"),
            ("> Un", "\\> Un\n"),
            ("a *b* `c` [d](e) ~f~", "a \\*b\\* \\`c\\` \\[d\\](e) \\~f\\~\n"),
            ("<script>", "\\<script>\n"),
            ("&lt; & &x", "\\&lt; & &x\n"),
            ("a\\b", "a\\\\b\n"),
        ] {
            assert_eq!(markdown([paragraph([Span::plain(text)])]), expected);
        }
    }

    #[test]
    fn marks_have_their_signs_or_their_elements() {
        let link = Mark::Link(Link::to(Href::parse("/a(b)").expect("safe")));
        let written = markdown([paragraph([
            Span::plain("un "),
            Span::marked("mot", [Mark::Strong]),
            Span::plain(" et "),
            Span::marked("deux", [Mark::Strong, Mark::Emphasis]),
            Span::plain(", "),
            Span::marked("lien", [link]),
            Span::Reference { number: 2 },
            Span::plain(" H"),
            Span::marked("2", [Mark::Subscript]),
            Span::plain("O "),
            Span::marked("a`b", [Mark::Code]),
            Span::LineBreak,
            Span::marked("non", [Mark::Strike]),
        ])]);
        assert_eq!(written, "un **mot** et ***deux***, [lien](</a(b)>)[^2] H<sub>2</sub>O ``a`b``\\\n~~non~~\n");
    }

    #[test]
    fn a_mark_whose_sign_would_not_be_seen_is_an_element() {
        let written = markdown([paragraph([
            Span::plain("a"),
            Span::marked("« b »", [Mark::Strong]),
            Span::plain("c "),
            Span::marked(" d ", [Mark::Emphasis]),
            Span::plain("e"),
        ])]);
        assert_eq!(written, "a<strong>« b »</strong>c <em>d </em>e\n");
    }

    #[test]
    fn code_of_nothing_but_room_keeps_it() {
        let code = |code: &str| markdown([paragraph([Span::plain("a"), Span::marked(code, [Mark::Code])])]);
        assert_eq!(code("  "), "a`  `\n");
        assert_eq!(code(" \u{a0} "), "a`  \u{a0}  `\n", "readers take one space off each end");
    }

    #[test]
    fn lists_nest_and_neighbours_stay_apart() {
        let item = |text: &str| ListItem::of(Inline::plain(text));
        let list = |ordered, items| List { ordered, start: None, items };
        let nested = ListItem { lists: vec![list(true, vec![item("b"), item("c")])], ..item("a") };
        let written = markdown([
            BlockKind::List(list(false, vec![nested, item("d")])),
            BlockKind::List(list(false, vec![item("e")])),
        ]);
        assert_eq!(written, "- a\n  1. b\n  2. c\n- d\n\n* e\n");
    }

    #[test]
    fn a_quote_names_its_source_last() {
        let quote = Quote {
            content: vec![Inline::plain("Un"), Inline::plain("Deux")],
            cite: Some("Toussaint".into()),
            reference: Some(1),
        };
        assert_eq!(markdown([BlockKind::Quote(quote)]), "> Un\n>\n> Deux\n>\n> — <cite>Toussaint</cite>[^1]\n");
    }

    #[test]
    fn code_is_fenced_longer_than_what_it_holds() {
        let code = BlockKind::Code { code: "```\na\n```".into(), language: Some("md".into()) };
        assert_eq!(markdown([code]), "````md\n```\na\n```\n````\n");
    }

    #[test]
    fn a_bare_picture_is_a_picture_and_a_captioned_one_a_figure() {
        let image = |caption: &str| {
            BlockKind::Image(Image {
                url: ResourceUrl::parse("https://example.com/a.jpg"),
                alt: "Une [rue]".into(),
                caption: Inline::plain(caption),
                ..Image::default()
            })
        };
        assert_eq!(markdown([image("")]), "![Une \\[rue\\]](https://example.com/a.jpg)\n");
        assert!(markdown([image("x")]).starts_with("<figure><img src=\"https://example.com/a.jpg\""));
    }

    #[test]
    fn a_table_with_a_header_is_a_pipe_table() {
        let table = Table {
            has_header: true,
            rows: vec![vec![Inline::plain("a|b"), Inline::plain("c")], vec![Inline::plain("1")]],
            caption: Inline::default(),
        };
        assert_eq!(markdown([BlockKind::Table(table)]), "| a\\|b | c |\n| --- | --- |\n| 1 |  |\n");
    }
}
