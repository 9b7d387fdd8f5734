use super::*;
use crate::body::{Block, Href, Link, RawHtml, SanitizedHtml};

fn html(kinds: impl IntoIterator<Item = BlockKind>) -> String {
    Body::from_blocks(kinds).expect("small").html(&HtmlOptions::default())
}

fn paragraph(spans: impl IntoIterator<Item = Span>) -> BlockKind {
    BlockKind::paragraph(Inline::new(spans))
}

fn image(url: &str) -> Image {
    Image { url: ResourceUrl::parse(url), ..Image::default() }
}

#[test]
fn text_is_escaped_everywhere() {
    let evil = "\"'><script>alert(1)</script>&lt;";
    let body = [
        paragraph([Span::plain(evil)]),
        paragraph([Span::marked(evil, [Mark::Abbreviation { title: evil.into() }])]),
        BlockKind::Image(Image {
            alt: evil.into(),
            credit: Some(evil.into()),
            caption: Inline::plain(evil),
            ..image("https://example.com/\"><script>")
        }),
        BlockKind::Code { code: evil.into(), language: Some(evil.into()) },
        BlockKind::Quote(Quote { content: vec![Inline::plain(evil)], cite: Some(evil.into()), reference: None }),
    ];
    let html = html(body);
    assert!(!html.contains("<script"), "{html}");
    assert!(html.contains("title=\"&quot;&#39;&gt;&lt;script&gt;"), "{html}");
}

#[test]
fn adjacent_spans_share_the_marks_they_have_in_common() {
    let link = Mark::Link(Link::to(Href::parse("/a").expect("safe")));
    let html = html([paragraph([
        Span::marked("un ", [link.clone()]),
        Span::marked("deux", [Mark::Strong, link.clone()]),
        Span::LineBreak,
        Span::marked("trois", [link]),
        Span::Reference { number: 1 },
    ])]);
    assert_eq!(
        html,
        "<p><a href=\"/a\">un <strong>deux</strong><br>trois</a>\
         <sup class=\"reference\" id=\"refmark-1\"><a href=\"#ref-1\">[1]</a></sup></p>"
    );
}

#[test]
fn a_repeated_reference_mark_has_an_id_of_its_own() {
    let marks = || paragraph([Span::plain("a"), Span::Reference { number: 3 }]);
    let body = Body::from_blocks([marks(), marks()]).expect("small");
    let html = body.html(&HtmlOptions::default());
    assert!(html.contains("id=\"refmark-3\""), "{html}");
    assert!(html.contains("id=\"refmark-3-2\""), "{html}");
    let mut second = HtmlWriter::before_block(&body, 1, HtmlOptions::default());
    let written = second.block(&marks());
    assert!(html.ends_with(&written), "one block alone is written as in the whole");
}

#[test]
fn headings_keep_their_anchor_and_move_down_together() {
    let body = Body::from_blocks([
        BlockKind::heading(2, Inline::plain("Le contexte")),
        BlockKind::heading(6, Inline::plain("Note")),
    ])
    .expect("small");
    assert_eq!(
        body.html(&HtmlOptions::default()),
        "<h2 id=\"le-contexte\">Le contexte</h2>\n<h6 id=\"note\">Note</h6>"
    );
    let options = HtmlOptions { heading_offset: 2, ..HtmlOptions::default() };
    assert_eq!(body.html(&options), "<h4 id=\"le-contexte\">Le contexte</h4>\n<h6 id=\"note\">Note</h6>");
}

#[test]
fn rooted_addresses_become_absolute_on_a_base() {
    let base = Url::parse("https://news.example").expect("base");
    let body = Body::from_blocks([
        paragraph([Span::marked("a", [Mark::Link(Link::to(Href::parse("/b?c=d&e").expect("safe")))])]),
        BlockKind::Image(image("/c.jpg")),
    ])
    .expect("small");
    let options = HtmlOptions { base: Some(&base), ..HtmlOptions::default() };
    assert_eq!(
        body.html(&options),
        "<p><a href=\"https://news.example/b?c=d&amp;e\">a</a></p>\n\
         <figure><img src=\"https://news.example/c.jpg\" alt=\"\"></figure>"
    );
}

#[test]
fn a_picture_of_the_library_is_looked_up() {
    let id = "med_01h455vb4pex5vsknk084sn02q";
    let kind = BlockKind::Image(Image {
        media: id.parse().ok(),
        caption: Inline::plain("Port-au-Prince"),
        credit: Some("AFP".into()),
        ..Image::default()
    });
    let body = Body::from_blocks([kind]).expect("small");
    let lookup = |_: &MediaId| {
        Some(MediaFile { url: "/media/x/large".into(), width: Some(640), height: None, alt: Some("Une rue".into()) })
    };
    let options = HtmlOptions { media: Some(&lookup), ..HtmlOptions::default() };
    assert_eq!(
        body.html(&options),
        format!(
            "<figure><img src=\"/media/x/large\" alt=\"Une rue\" width=\"640\" data-media=\"{id}\">\
             <figcaption>Port-au-Prince <span class=\"credit\">AFP</span></figcaption></figure>"
        )
    );
    assert!(body.html(&HtmlOptions::default()).contains(&format!("<img alt=\"\" data-media=\"{id}\">")));
}

#[test]
fn a_media_file_with_an_unsafe_address_has_none() {
    let kind = BlockKind::Image(Image { media: "med_01h455vb4pex5vsknk084sn02q".parse().ok(), ..Image::default() });
    let lookup = |_: &MediaId| Some(MediaFile { url: "javascript:alert(1)".into(), ..MediaFile::default() });
    let options = HtmlOptions { media: Some(&lookup), ..HtmlOptions::default() };
    let html = Body::from_blocks([kind]).expect("small").html(&options);
    assert!(!html.contains("src="), "{html}");
}

#[test]
fn known_players_are_framed_in_a_sandbox_and_others_linked() {
    let embed = |url: &str| {
        BlockKind::Embed(Embed { url: ResourceUrl::parse_absolute(url).expect("absolute"), provider: None })
    };
    let framed = html([embed("https://youtu.be/dQw4w9WgXcQ")]);
    assert!(
        framed.starts_with(
            "<figure class=\"embed\" data-url=\"https://youtu.be/dQw4w9WgXcQ\" data-provider=\"youtube\">\
             <iframe src=\"https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ\" title=\"YouTube\""
        ),
        "{framed}"
    );
    assert!(framed.contains(" sandbox=\"allow-scripts"), "{framed}");
    assert!(framed.contains(" loading=\"lazy\""), "{framed}");
    assert_eq!(
        html([embed("https://videos.example/w/a?b&c")]),
        "<figure class=\"embed\" data-url=\"https://videos.example/w/a?b&amp;c\">\
         <a href=\"https://videos.example/w/a?b&amp;c\">https://videos.example/w/a?b&amp;c</a></figure>"
    );
    assert!(html([embed("https://x.com/a/status/1")]).contains("<blockquote><a href="));
}

#[test]
fn lists_tables_and_code_are_written_whole() {
    let cell = Inline::plain;
    let list = List {
        ordered: true,
        start: Some(3),
        items: vec![ListItem {
            text: Inline::plain("a"),
            lists: vec![List { items: vec![ListItem::of(Inline::plain("b"))], ..List::default() }],
        }],
    };
    let table = Table {
        has_header: true,
        rows: vec![vec![cell("a"), cell("b")], vec![cell("1"), cell("2")]],
        caption: cell("c"),
    };
    assert_eq!(
        html([
            BlockKind::List(list),
            BlockKind::Table(table),
            BlockKind::Code { code: "a <b>\n  c".into(), language: Some("Rust".into()) },
            BlockKind::Rule,
        ]),
        "<ol start=\"3\"><li>a<ul><li>b</li></ul></li></ol>\n\
         <table><caption>c</caption><thead><tr><th scope=\"col\">a</th><th scope=\"col\">b</th></tr></thead>\
         <tbody><tr><td>1</td><td>2</td></tr></tbody></table>\n\
         <pre><code class=\"language-rust\">a &lt;b&gt;\n  c</code></pre>\n\
         <hr>"
    );
}

#[test]
fn only_checked_raw_markup_is_markup() {
    let raw = |html: RawHtml| BlockKind::Raw { type_name: "x-poll".into(), html };
    assert_eq!(
        html([raw(RawHtml::unchecked("<b>x</b>"))]),
        "<div class=\"raw\" data-type=\"x-poll\">&lt;b&gt;x&lt;/b&gt;</div>"
    );
    let checked = SanitizedHtml::trusted_from_sanitizer("<b>x</b>".into());
    assert_eq!(html([raw(checked.into())]), "<div class=\"raw\" data-type=\"x-poll\"><b>x</b></div>");
}

#[test]
fn a_body_is_the_sum_of_its_blocks() {
    let body = Body::from_blocks([paragraph([Span::plain("a")]), BlockKind::Rule]).expect("small");
    let mut writer = HtmlWriter::new(HtmlOptions::default());
    let parts: Vec<String> = body.blocks().iter().map(Block::kind).map(|kind| writer.block(kind)).collect();
    assert_eq!(parts.join("\n"), body.html(&HtmlOptions::default()));
}
