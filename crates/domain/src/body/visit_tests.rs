use super::*;
use crate::body::{BodyProblem, HtmlOptions, ListItem};

fn body(kinds: impl IntoIterator<Item = BlockKind>) -> Body {
    Body::from_blocks(kinds).expect("small")
}

fn paragraph(spans: impl IntoIterator<Item = Span>) -> BlockKind {
    BlockKind::paragraph(Inline::new(spans))
}

fn mark(number: u32) -> Span {
    Span::Reference { number }
}

fn link(words: &str, href: &str) -> Span {
    Span::marked(words, [Mark::Link(Link::to(Href::parse(href).expect("safe")))])
}

fn image(url: &str) -> Image {
    Image { url: ResourceUrl::parse(url), ..Image::default() }
}

fn numbers(body: &Body) -> Vec<(u32, Vec<String>)> {
    body.reference_numbers()
        .into_iter()
        .map(|(number, keys)| (number, keys.iter().map(ToString::to_string).collect()))
        .collect()
}

fn everything() -> Body {
    body([
        paragraph([Span::plain("a"), mark(2), mark(1), mark(2)]),
        BlockKind::List(List {
            items: vec![ListItem {
                text: Inline::plain("b"),
                lists: vec![List {
                    items: vec![ListItem::of(Inline::new([Span::plain("c"), mark(3)]))],
                    ..List::default()
                }],
            }],
            ..List::default()
        }),
        BlockKind::Quote(Quote { content: vec![Inline::plain("d")], cite: None, reference: Some(2) }),
    ])
}

#[test]
fn references_come_in_the_order_of_their_first_mark_with_their_blocks() {
    assert_eq!(
        numbers(&everything()),
        [(2, vec!["b1".to_owned(), "b3".to_owned()]), (1, vec!["b1".to_owned()]), (3, vec!["b2".to_owned()]),]
    );
}

#[test]
fn renumbering_reaches_every_mark_and_drops_those_without_a_number() {
    let mut body = everything();
    body.renumber(|number| match number {
        2 => Some(1),
        1 => Some(2),
        _ => None,
    });
    let found: Vec<u32> = body.reference_numbers().into_iter().map(|(number, _)| number).collect();
    assert_eq!(found, [1, 2]);
    assert_eq!(body.text(), "a\n\n- b\n  - c\n\nd");
}

#[test]
fn a_paragraph_of_nothing_but_a_deleted_mark_goes_with_it() {
    let mut body = body([paragraph([mark(1)]), paragraph([Span::plain("a"), mark(1)])]);
    body.renumber(|_| None);
    assert_eq!(body.html(&HtmlOptions::default()), "<p>a</p>");
}

#[test]
fn links_and_media_are_each_named_once() {
    let id = "med_01h455vb4pex5vsknk084sn02q";
    let of_library = || Image { media: id.parse().ok(), link: Href::parse("/b"), ..Image::default() };
    let body = body([
        paragraph([link("a", "/a"), Span::plain(" "), link("b", "/b"), link("c", "/a")]),
        BlockKind::Gallery { items: vec![of_library(), image("/x.jpg"), of_library()] },
    ]);
    let links: Vec<String> = body.links().iter().map(ToString::to_string).collect();
    assert_eq!(links, ["/a", "/b"]);
    let media: Vec<String> = body.media_ids().iter().map(ToString::to_string).collect();
    assert_eq!(media, [id]);
}

#[test]
fn addresses_are_rewritten_everywhere_but_never_into_unsafe_ones() {
    let mut body = body([
        paragraph([link("a", "https://old.example/a"), link("b", "https://old.example/b")]),
        BlockKind::Image(Image { link: Href::parse("https://old.example/a"), ..image("https://old.example/x.jpg") }),
        BlockKind::Embed(Embed {
            url: ResourceUrl::parse_absolute("https://old.example/v").expect("absolute"),
            provider: Some("old".into()),
        }),
    ]);
    body.map_urls(|url| match url {
        "https://old.example/v" => Some("https://vimeo.com/1".to_owned()),
        "https://old.example/b" => Some("javascript:alert(1)".to_owned()),
        _ => url.strip_prefix("https://old.example").map(str::to_owned),
    })
    .expect("small");
    let links: Vec<String> = body.links().iter().map(ToString::to_string).collect();
    assert_eq!(links, ["/a", "https://old.example/b"]);
    let html = body.html(&HtmlOptions::default());
    assert!(html.contains("src=\"/x.jpg\""), "{html}");
    assert!(html.contains("data-provider=\"vimeo\""), "{html}");
}

#[test]
fn links_that_become_equal_fall_together() {
    let mut body = body([paragraph([link("a", "/1"), link("b", "/2")])]);
    body.map_urls(|_| Some("/3".to_owned())).expect("small");
    assert_eq!(body.html(&HtmlOptions::default()), "<p><a href=\"/3\">ab</a></p>");
}

#[test]
fn a_body_that_new_addresses_would_burst_is_left_alone() {
    let links = (0..600).map(|n| link("a", &format!("/{n}")));
    let mut body = body([paragraph(links)]);
    let before = body.clone();
    let long = format!("/{}", "x".repeat(4_000));
    let error = body.map_urls(|url| Some(format!("{long}{url}"))).expect_err("too large");
    assert!(matches!(error.problem(), crate::body::BodyProblem::TooMuchText { .. }));
    assert_eq!(body, before);
}

#[test]
fn a_picture_that_the_library_has_keeps_no_address() {
    let id = "med_01h455vb4pex5vsknk084sn02q";
    let mut body = body([BlockKind::Image(image("/a.jpg")), BlockKind::Image(image("/b.jpg"))]);
    body.resolve_media(|url| (url.as_str() == "/a.jpg").then(|| id.parse().ok()).flatten());
    let kept: Vec<bool> = body.images().map(|image| image.url.is_some()).collect();
    assert_eq!(kept, [false, true]);
    assert_eq!(body.media_ids().len(), 1);
}

#[test]
fn raw_markup_goes_through_the_sanitiser_and_empty_blocks_go_away() {
    let raw = |html: &str| BlockKind::Raw { type_name: "x".into(), html: RawHtml::unchecked(html) };
    let body = body([raw("<b>keep</b>"), raw("<script>drop</script>")]);
    let body = body.map_raw(|html| {
        let clean = if html.contains("script") { "" } else { html };
        SanitizedHtml::trusted_from_sanitizer(clean.to_owned())
    });
    let body = body.expect("small");
    assert_eq!(body.html(&HtmlOptions::default()), "<div class=\"raw\" data-type=\"x\"><b>keep</b></div>");
}

#[test]
fn markup_that_the_sanitiser_makes_too_large_is_refused() {
    let raw = BlockKind::Raw { type_name: "x".into(), html: RawHtml::unchecked(&"<a>x</a>".repeat(50_000)) };
    let longer =
        |html: &str| SanitizedHtml::trusted_from_sanitizer(html.replace("<a>", "<a rel=\"noopener noreferrer\">"));
    assert!(matches!(body([raw]).map_raw(longer).expect_err("large").problem(), BodyProblem::TooMuchText { .. }));
}

#[test]
fn blocks_that_stayed_the_same_take_their_old_keys() {
    let words = |words: &str| paragraph([Span::plain(words)]);
    let old = body([words("a"), words("b"), words("c"), words("a")]);
    let mut new = body([words("a"), words("neuf"), words("c"), words("a"), words("b")]);
    new.adopt_keys(&old);
    let keys: Vec<&str> = new.blocks().iter().map(|block| block.key().as_str()).collect();
    assert_eq!(keys, ["b1", "b5", "b3", "b4", "b2"]);
}
