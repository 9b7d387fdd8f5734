use masthead_domain::body::{Block, Body};
use proptest::{collection::vec, prelude::*, sample::select};

use super::*;
use crate::html::ReferenceMarks;

fn options() -> ParseOptions {
    ParseOptions { references: ReferenceMarks::footnotes(9), ..ParseOptions::default() }
}

fn html(markdown: &str) -> String {
    parse(markdown, &options()).body.html(&Default::default())
}

fn kinds(body: &Body) -> Vec<&'static str> {
    body.blocks().iter().map(Block::kind).map(BlockKind::name).collect()
}

// All but the keys and anchors, which Markdown does not carry.
fn content(body: &Body) -> serde_json::Value {
    let mut json = body.to_json();
    for block in json["blocks"].as_array_mut().unwrap() {
        let block = block.as_object_mut().unwrap();
        block.remove("key");
        block.remove("anchor");
    }
    json
}

#[test]
fn every_sign_of_markdown_is_read() {
    for (markdown, expected) in [
        (
            "Un *mot*, **deux**, ~~trois~~ et `quatre  `.",
            "<p>Un <em>mot</em>, <strong>deux</strong>, <s>trois</s> et <code>quatre  </code>.</p>",
        ),
        ("## Où ?\n\nTitre\n=====", "<h2 id=\"ou\">Où ?</h2>\n<h1 id=\"titre\">Titre</h1>"),
        (
            "- a\n- b\n  1. c\n\n3. d",
            "<ul><li>a</li><li>b<ol><li>c</li></ol></li></ul>\n<ol start=\"3\"><li>d</li></ol>",
        ),
        ("> a\n>\n> b", "<blockquote><p>a</p><p>b</p></blockquote>"),
        ("a\\\nb  \nc\nd", "<p>a<br>b<br>c d</p>"),
        ("```rust ignore\nfn a() {}\n\n  b\n```", "<pre><code class=\"language-rust\">fn a() {}\n\n  b</code></pre>"),
        ("    a <b>", "<pre><code>a &lt;b&gt;</code></pre>"),
        (
            "[a](https://example.com \"t\") <b@example.com> <https://c.example>",
            "<p><a href=\"https://example.com\" title=\"t\">a</a> <a href=\"mailto:b@example.com\">b@example.com</a> <a href=\"https://c.example\">https://c.example</a></p>",
        ),
        ("![Une *rue*](/a.jpg)", "<figure><img src=\"/a.jpg\" alt=\"Une rue\"></figure>"),
        ("![x](/a.jpg \"Une rue\")", "<figure><img src=\"/a.jpg\" alt=\"x\"><figcaption>Une rue</figcaption></figure>"),
        (
            "| a | b |\n| --- | --- |\n| 1 | 2 |",
            "<table><thead><tr><th scope=\"col\">a</th><th scope=\"col\">b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>",
        ),
        ("a\n\n***\n\nb", "<p>a</p>\n<hr>\n<p>b</p>"),
        ("- [x] a\n- [ ] b", "<ul><li>☑ a</li><li>☐ b</li></ul>"),
    ] {
        assert_eq!(html(markdown), expected, "{markdown}");
    }
}

#[test]
fn html_in_markdown_is_read_as_html() {
    assert_eq!(
        html("H<sub>2</sub>O <b onclick=x>et</b> <script>alert(1)</script>\n\n<div>\n\n*a*\n\n</div>"),
        "<p>H<sub>2</sub>O <strong>et</strong></p>\n<p><em>a</em></p>"
    );
    assert_eq!(html("[a](javascript:alert(1)) ![b](data:image/png;base64,x)"), "<p>a</p>");
}

#[test]
fn footnotes_are_references_where_they_are_known() {
    let markdown = "Un[^1], deux[^note], trois[^3].\n\n[^1]: Le *Nouvelliste*.\n[^note]: Ailleurs.\n";
    let mut options = ParseOptions::default();
    options.references.numbers.extend([1, 3]);
    let parsed = parse(markdown, &options);
    let found: Vec<u32> = parsed.body.reference_numbers().into_iter().map(|(number, _)| number).collect();
    assert_eq!(found, [1, 3], "the third has no footnote here, and is known all the same");
    assert_eq!(parsed.body.text(), "Un, deux, trois.");
    let left_out: Vec<&str> = parsed.notes.iter().map(|note| note.detail.as_str()).collect();
    assert_eq!(left_out, ["note", "note: Ailleurs."]);
    assert!(parsed.notes.iter().all(|note| note.kind == NoteKind::LeftOutFootnote));
    options.references.names.insert("note".into(), 2);
    let parsed = parse(markdown, &options);
    let found: Vec<u32> = parsed.body.reference_numbers().into_iter().map(|(number, _)| number).collect();
    assert_eq!(found, [1, 2, 3]);
    assert_eq!(parsed.notes, []);
}

#[test]
fn an_unknown_mark_without_a_footnote_is_text() {
    assert_eq!(parse("a[^x]", &ParseOptions::default()).body.text(), "a[^x]");
}

#[test]
fn a_text_that_leaves_code_open_keeps_its_marks() {
    let parsed = parse("    code\n\na[^1]\n\n```\nouvert", &options());
    assert_eq!(kinds(&parsed.body), ["code", "paragraph", "code"]);
    assert_eq!(parsed.body.reference_numbers().len(), 1);
}

#[test]
fn footnotes_give_their_words_to_make_references_of() {
    let notes = footnotes("a[^1] b[^2]\n\n[^1]: Toussaint, *Le Nouvelliste*, 2020.\n\n[^2]:\n    Un.\n\n    Deux.\n");
    let texts: Vec<(String, String)> = notes.iter().map(|note| (note.name.clone(), note.text.text())).collect();
    assert_eq!(texts, [("1".into(), "Toussaint, Le Nouvelliste, 2020.".into()), ("2".into(), "Un.\nDeux.".into())]);
    assert!(notes[0].text.marks().count() > 0, "the marks of its words are kept");
}

fn words() -> impl Strategy<Value = String> {
    let piece = select(vec![
        "mot",
        "L’été",
        "北京",
        "e\u{301}",
        "👩‍👧",
        " ",
        " ",
        "\u{a0}",
        "<",
        ">",
        "&",
        "\"",
        "'",
        "&lt;",
        "<b>",
        "</p>",
        "*",
        "**",
        "_",
        "__",
        "`",
        "``",
        "~",
        "~~",
        "[",
        "]",
        "(",
        ")",
        "!",
        "#",
        "##",
        "-",
        "+",
        "1.",
        "2)",
        "|",
        "\\",
        ":",
        "=",
        "===",
        "---",
        "<!--",
        "[1]",
        "[^1]",
        "[^1]:",
        "«",
        "»",
        ".",
        ",",
        "http://a.b",
        "    ",
        "{#x}",
        "$",
        "^",
        "%",
    ]);
    vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

// HTML of bodies that hold every kind, with words that look like signs.
fn pages() -> impl Strategy<Value = String> {
    let mark = select(vec![
        "strong",
        "em",
        "s",
        "u",
        "sub",
        "sup",
        "code",
        "mark",
        "small",
        "abbr title='x|y'",
        "span lang=ht",
        "a href='/x_(y)'",
    ]);
    let text = words().prop_map(|words| escape_html(&words)).boxed();
    let marked = text.clone().prop_recursive(3, 8, 3, move |inner| {
        let lone = select(vec!["<br>", "<sup class=reference><a href='#ref-2'>[2]</a></sup>", "", ""]);
        (vec((mark.clone(), inner, lone), 1..3), words()).prop_map(|(parts, words)| {
            let mut html = escape_html(&words);
            for (mark, inside, lone) in parts {
                let name = mark.split(' ').next().unwrap_or_default();
                html.push_str(&format!("<{mark}>{inside}</{name}>{lone}"));
            }
            html
        })
    });
    let block = (marked.clone(), marked, 0..20_u8).prop_map(|(one, two, kind)| match kind {
        0 => format!("<h2>{one}</h2>"),
        1 => format!("<ul><li>{one}<ol><li>{two}</ol><li>{two}</ul>"),
        2 => format!("<ol start=7><li>{one}<ul><li><ul><li>{two}</ul></ul><ol start=2><li>{one}</ol></ol>"),
        3 => format!("<blockquote><p>{one}<p>{two}</p><cite>Toussaint *L*</cite></blockquote>"),
        4 => format!("<figure><img src='/a_b.jpg' alt='a [b] *c*'><figcaption>{one}</figcaption></figure>"),
        5 => "<a href='/x'><img src='/a(b).jpg' alt='a'></a>".to_owned(),
        6 => format!("<table><tr><th>{one}<th>x<tr><td>{two}<td>y</table>"),
        7 => format!("<table><caption>{one}</caption><tr><td>{two}</table>"),
        8 => format!("<pre><code class=language-rust>{}\n\n  x</code></pre>", escape_html("```\n<b>")),
        9 => "<hr>".to_owned(),
        10 => "<iframe src='https://www.youtube.com/embed/dQw4w9WgXcQ'></iframe>".to_owned(),
        11 => "<x-poll>a <b>b</b>\n\nc</x-poll>".to_owned(),
        12 => format!(
            "<div class=gallery><img src=/1.jpg><figure><img src=/2.jpg><figcaption>{one}</figcaption></figure></div>"
        ),
        13 => format!("<ul><li>{one}</ul>"),
        _ => format!("<p>{one}{two}</p>"),
    });
    vec(block, 0..5).prop_map(|blocks| blocks.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_body_written_as_markdown_reads_back_as_itself(page in pages()) {
        let body = html::parse(&page, &options()).body;
        let markdown = body.markdown();
        let read = parse(&markdown, &options()).body;
        prop_assert_eq!(kinds(&body), kinds(&read), "{}", &markdown);
        prop_assert_eq!(body.text(), read.text(), "{}", &markdown);
        prop_assert_eq!(content(&body), content(&read), "{}", &markdown);
    }

    #[test]
    fn any_text_at_all_is_read_as_markdown(text in "(?s).{0,200}") {
        let body = parse(&text, &options()).body;
        prop_assert!(Body::parse_stored(&body.to_json()).is_ok());
    }
}
