//! Strategies for property tests: texts, marks and bodies full of what goes wrong.

use proptest::{collection::vec, option, prelude::*, sample::select};

use super::{
    Block, BlockKind, Body, Embed, Heading, Href, Image, Inline, Link, List, ListItem, Mark, Quote, RawHtml,
    ResourceUrl, Span, Table,
};

/// Short texts of letters of three scripts, every kind of space, signs of HTML and Markdown, and
/// characters that must not stay.
pub(crate) fn words() -> impl Strategy<Value = String> {
    let piece = select(vec![
        "mot",
        "L’été",
        "北京",
        "أخبار",
        "e\u{301}",
        "👩‍👧",
        " ",
        "  ",
        "\n",
        "\t",
        "\u{a0}",
        "\u{2028}",
        "\u{202e}",
        "\0",
        "\u{feff}",
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
        "`",
        "~",
        "[",
        "]",
        "(",
        ")",
        "!",
        "#",
        "-",
        "+",
        "1.",
        "|",
        "\\",
        ":",
        "=",
        "---",
        "javascript:",
        "<script>",
        "onclick=",
        "[1]",
        "«",
        "»",
        ".",
    ]);
    vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

fn hrefs() -> impl Strategy<Value = Href> {
    select(vec![
        "https://example.com/a?b=c&d=e",
        "/a(b)/c_d*e",
        "#ancre",
        "mailto:a@example.com",
        "https://example.com/é'x\"y",
        "https://example.com/?a&lt;b&copy;",
    ])
    .prop_filter_map("safe", Href::parse)
}

fn marks() -> impl Strategy<Value = Mark> {
    let simple = select(vec![
        Mark::Strong,
        Mark::Emphasis,
        Mark::Underline,
        Mark::Strike,
        Mark::Highlight,
        Mark::Small,
        Mark::Subscript,
        Mark::Superscript,
        Mark::Code,
    ]);
    let link = (hrefs(), option::of(words()), any::<bool>()).prop_map(|(href, title, nofollow)| {
        Mark::Link(Link { title, rel: nofollow.then(|| "nofollow".to_owned()), ..Link::to(href) })
    });
    let language = select(vec!["fr", "ht", "zh-Hant"]).prop_filter_map("a tag", |tag| {
        let tag = tag.parse().ok()?;
        Some(Mark::Language { tag })
    });
    let abbreviation = words().prop_map(|title| Mark::Abbreviation { title });
    prop_oneof![6 => simple, 2 => link, 1 => language, 1 => abbreviation]
}

/// Spans in no particular form.
pub(crate) fn inline_spans() -> impl Strategy<Value = Vec<Span>> {
    let text = (words(), vec(marks(), 0..3)).prop_map(|(text, marks)| Span::Text { text, marks });
    let number = (0..5_u32).prop_map(|number| Span::Reference { number });
    vec(prop_oneof![8 => text, 1 => Just(Span::LineBreak), 1 => number], 0..6)
}

fn inlines() -> impl Strategy<Value = Inline> {
    inline_spans().prop_map(Inline::new)
}

fn lists() -> impl Strategy<Value = List> {
    let item = inlines().prop_map(ListItem::of).boxed();
    let list = |item: BoxedStrategy<ListItem>| {
        (any::<bool>(), option::of(0..20_u32), vec(item, 0..4)).prop_map(|(ordered, start, items)| List {
            ordered,
            start,
            items,
        })
    };
    list(item).prop_recursive(3, 12, 3, move |inner| {
        let item = (inlines(), vec(inner, 0..3)).prop_map(|(text, lists)| ListItem { text, lists }).boxed();
        list(item)
    })
}

fn images() -> impl Strategy<Value = Image> {
    let url = select(vec!["https://example.com/a b.jpg", "/uploads/é.png"]);
    let media = option::of(Just("med_01h455vb4pex5vsknk084sn02q"));
    (url, media, words(), inlines(), option::of(words()), option::of(hrefs())).prop_map(
        |(url, media, alt, caption, credit, link)| Image {
            media: media.and_then(|id| id.parse().ok()),
            url: ResourceUrl::parse(url),
            alt,
            caption,
            credit,
            link,
        },
    )
}

/// Blocks in no particular form.
pub(crate) fn kinds() -> impl Strategy<Value = BlockKind> {
    let heading = (1..7_u8, inlines(), words())
        .prop_map(|(level, text, anchor)| BlockKind::Heading(Heading { level, text, anchor }));
    let quote = (vec(inlines(), 0..3), option::of(words()), option::of(0..3_u32))
        .prop_map(|(content, cite, reference)| BlockKind::Quote(Quote { content, cite, reference }));
    let embed =
        select(vec!["https://youtu.be/dQw4w9WgXcQ", "https://example.com/x?a=b&c"]).prop_filter_map("safe", |url| {
            let url = ResourceUrl::parse_absolute(url)?;
            Some(BlockKind::Embed(Embed { url, provider: None }))
        });
    let table = (any::<bool>(), vec(vec(inlines(), 0..3), 0..3), inlines())
        .prop_map(|(has_header, rows, caption)| BlockKind::Table(Table { has_header, rows, caption }));
    let code = (words(), select(vec![None, Some("rust"), Some("c++")]))
        .prop_map(|(code, language)| BlockKind::Code { code, language: language.map(str::to_owned) });
    let raw =
        words().prop_map(|html| BlockKind::Raw { type_name: "x-poll".to_owned(), html: RawHtml::unchecked(&html) });
    prop_oneof![
        4 => inlines().prop_map(BlockKind::paragraph),
        2 => heading,
        2 => lists().prop_map(BlockKind::List),
        1 => quote,
        1 => images().prop_map(BlockKind::Image),
        1 => vec(images(), 0..3).prop_map(|items| BlockKind::Gallery { items }),
        1 => embed,
        1 => table,
        1 => code,
        1 => Just(BlockKind::Rule),
        1 => raw,
    ]
}

/// Bodies of up to eight blocks of every kind.
pub(crate) fn bodies() -> impl Strategy<Value = Body> {
    vec(kinds(), 0..8).prop_filter_map("within the limits", |kinds| Body::from_blocks(kinds).ok())
}

/// The kinds of a body's blocks.
pub(crate) fn kind_names(body: &Body) -> Vec<&'static str> {
    body.blocks().iter().map(Block::kind).map(BlockKind::name).collect()
}
