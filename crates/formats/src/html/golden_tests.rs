//! Pages as newsrooms have them, and the bodies they give.

use masthead_domain::body::{Block, BlockKind, HtmlOptions};

use super::{Note, NoteKind, ParseOptions, Parsed, ReferenceMarks, parse};

fn read(html: &str) -> Parsed {
    parse(html, &ParseOptions::default())
}

fn html(page: &str) -> String {
    read(page).body.html(&HtmlOptions::default())
}

fn kinds(parsed: &Parsed) -> Vec<&'static str> {
    parsed.body.blocks().iter().map(Block::kind).map(BlockKind::name).collect()
}

fn note(kind: NoteKind, detail: &str, count: u32) -> Note {
    Note { kind, detail: detail.to_owned(), count }
}

#[track_caller]
fn check(pages: &[(&str, &str)]) {
    for (page, expected) in pages {
        assert_eq!(html(page), *expected, "{page}");
    }
}

#[test]
fn a_french_article_with_its_references() {
    let page = r##"
        <p class="lede">Le <strong>taux&nbsp;directeur</strong> a doublé en un an<sup class="fn" data-fn="a1"><a href="#a1" id="a1-link">1</a></sup>,
        selon la banque centrale&nbsp;; l’inflation, elle, <em>recule</em>.</p>
        <h2 id="contexte">Le contexte</h2>
        <p>Vu dans la presse [2] et ailleurs [7]. La surface est de 12&nbsp;m<sup>2</sup>.</p>
        <blockquote><p>«&nbsp;Nous tiendrons.&nbsp;»</p><p>— <cite>La gouverneure</cite></p></blockquote>
        <h2>Et après&nbsp;?</h2>
    "##;
    let mut options = ParseOptions::default();
    options.references.names.insert("a1".into(), 1);
    options.references.numbers.insert(2);
    let parsed = parse(page, &options);
    assert_eq!(
        parsed.body.html(&HtmlOptions::default()),
        "<p>Le <strong>taux\u{a0}directeur</strong> a doublé en un an<sup class=\"reference\" id=\"refmark-1\">\
         <a href=\"#ref-1\">[1]</a></sup>, selon la banque centrale\u{a0}; l’inflation, elle, <em>recule</em>.</p>\n\
         <h2 id=\"contexte\">Le contexte</h2>\n\
         <p>Vu dans la presse <sup class=\"reference\" id=\"refmark-2\"><a href=\"#ref-2\">[2]</a></sup> et ailleurs [7]. \
         La surface est de 12\u{a0}m<sup>2</sup>.</p>\n\
         <blockquote><p>«\u{a0}Nous tiendrons.\u{a0}»</p><footer><cite>La gouverneure</cite></footer></blockquote>\n\
         <h2 id=\"et-apres\">Et après\u{a0}?</h2>"
    );
    assert_eq!(parsed.notes, []);
    assert_eq!(parsed.body.word_count(), 36);
    assert_eq!(parsed.body.excerpt(40), "Le taux\u{a0}directeur a doublé en un an…");
}

#[test]
fn a_creole_article_with_a_french_phrase() {
    let page = "<p>Nan Pòtoprens, machann yo di <span lang=\"fr\">« on n’en peut plus »</span>.</p>\
                <ul><li>Diri a monte<li>Lwil la tou<ul><li>nan mache Salomon</ul></ul><p>&nbsp;</p>";
    let parsed = read(page);
    assert_eq!(
        parsed.body.html(&HtmlOptions::default()),
        "<p>Nan Pòtoprens, machann yo di <span lang=\"fr\">« on n’en peut plus »</span>.</p>\n\
         <ul><li>Diri a monte</li><li>Lwil la tou<ul><li>nan mache Salomon</li></ul></li></ul>"
    );
    assert_eq!(parsed.body.word_count(), 18);
}

#[test]
fn the_footnote_marks_of_many_makers_are_references() {
    let mut options = ParseOptions::default();
    let names = [("cite_note-3", 3), ("_ftn4", 4), ("fn:5", 5), ("é", 6)];
    options.references.names.extend(names.map(|(name, number)| (name.to_owned(), number)));
    for (page, number) in [
        ("<p>a<sup id=\"cite_ref-3\"><a href=\"#cite_note-3\">[3]</a></sup></p>", 3),
        ("<p>a<a href=\"#_ftn4\" name=\"_ftnref4\"><span><span>[</span>4]</span></a></p>", 4),
        ("<p>a<a href=\"https://old.example/x#fn:5\"><sup>5</sup></a></p>", 5),
        ("<p>a<sup><a href=\"#%C3%A9\">*</a></sup></p>", 6),
        ("<p>a<sup class=reference><a href=\"#ref-9\">[9]</a></sup></p>", 9),
    ] {
        let body = parse(page, &options).body;
        let found: Vec<u32> = body.reference_numbers().into_iter().map(|(number, _)| number).collect();
        assert_eq!((found, body.text().as_str()), (vec![number], "a"), "{page}");
    }
}

#[test]
fn what_only_looks_like_a_mark_stays_text() {
    let mut options = ParseOptions { references: ReferenceMarks::numbered(9), ..ParseOptions::default() };
    options.references.names.insert("note1".into(), 1);
    for (page, text) in [
        ("<p>x<sup>2</sup> le 1<sup>er</sup></p>", "x2 le 1er"),
        ("<p>[Nak09] [mod n] [12] [] [01x]</p>", "[Nak09] [mod n] [12] [] [01x]"),
        ("<p><a href='#note1'>voir la première note</a></p>", "voir la première note"),
        ("<p><code>a[1]</code> <a href='https://x.example'>[2]</a></p>", "a[1] [2]"),
    ] {
        let body = parse(page, &options).body;
        assert_eq!((body.text().as_str(), body.reference_numbers()), (text, vec![]), "{page}");
    }
    let unknown = read("<p>a<sup data-fn='zz'><a href='#zz'>1</a></sup></p>");
    assert_eq!(unknown.notes, [note(NoteKind::UnresolvedReference, "zz", 1)]);
    assert_eq!(unknown.body.text(), "a1");
}

#[test]
fn pictures_come_out_of_paragraphs_with_their_words() {
    check(&[
        (
            "<p>avant <img src='https://e.example/a.jpg' alt='Une  rue'> après</p>",
            "<p>avant</p>\n<figure><img src=\"https://e.example/a.jpg\" alt=\"Une rue\"></figure>\n<p>après</p>",
        ),
        (
            "<figure class='wp-block-image'><a href='/grand.jpg'><img data-src='/a.jpg' src='data:image/gif;base64,R0'></a>\
             <figcaption>La <em>place</em> <span class='media-credit'>Rose Valcin</span></figcaption></figure>",
            "<figure><a href=\"/grand.jpg\"><img src=\"/a.jpg\" alt=\"\"></a><figcaption>La <em>place</em> \
             <span class=\"credit\">Rose Valcin</span></figcaption></figure>",
        ),
        (
            "<div class='wp-caption alignleft'><img src=/a.jpg alt=''><p class='wp-caption-text'>Le port</p></div>",
            "<figure><img src=\"/a.jpg\" alt=\"\"><figcaption>Le port</figcaption></figure>",
        ),
        (
            "<p>Bonjour <img class='wp-smiley' src='/x.png' alt=':-)'></p><img src=/p.gif width=1 height=1>",
            "<p>Bonjour :-)</p>",
        ),
        (
            "<img src=/lent.gif data-lazy-src=/a.jpg><noscript><img src=/a.jpg></noscript>",
            "<figure><img src=\"/a.jpg\" alt=\"\"></figure>",
        ),
        (
            "<figure><picture><source srcset='/a.webp'><img src='/a.jpg'></picture></figure>",
            "<figure><img src=\"/a.jpg\" alt=\"\"></figure>",
        ),
    ]);
}

#[test]
fn galleries_of_every_age_are_galleries() {
    let expected = "<div class=\"gallery\"><figure><img src=\"/1.jpg\" alt=\"\"><figcaption>Un</figcaption></figure>\
                    <figure><img src=\"/2.jpg\" alt=\"\"></figure></div>";
    check(&[
        (
            "<figure class='wp-block-gallery has-nested-images'><figure class='wp-block-image'><img src=/1.jpg>\
             <figcaption>Un</figcaption></figure><figure class='wp-block-image'><img src=/2.jpg></figure></figure>",
            expected,
        ),
        (
            "<ul class='wp-block-gallery'><li class='blocks-gallery-item'><figure><img src=/1.jpg>\
             <figcaption>Un</figcaption></figure></li><li><figure><img src=/2.jpg></figure></li></ul>",
            expected,
        ),
        (
            "<div id='gallery-1' class='gallery galleryid-1'><dl class='gallery-item'><dt><img src=/1.jpg></dt>\
             <dd class='wp-caption-text gallery-caption'>Un</dd></dl><dl><dt><img src=/2.jpg></dt></dl></div>",
            expected,
        ),
    ]);
    let captioned = html(
        "<figure class=wp-block-gallery><img src=/1.jpg><img src=/2.jpg><figcaption>Deux vues</figcaption></figure>",
    );
    assert!(captioned.ends_with("</div>\n<p>Deux vues</p>"), "{captioned}");
}

#[test]
fn players_are_embeds_and_unknown_frames_links() {
    let parsed = read(
        "<p><iframe src='//www.youtube.com/embed/dQw4w9WgXcQ?rel=0' onload=x></iframe></p>\
         <figure class='wp-block-embed is-provider-vimeo'><div class='wp-block-embed__wrapper'>\nhttps://vimeo.com/76979871\n</div>\
         <figcaption>Le film</figcaption></figure>\
         <object width=425><param name=movie value='http://www.youtube.com/v/dQw4w9WgXcQ&hl=fr'><embed src='http://www.youtube.com/v/dQw4w9WgXcQ&hl=fr'></object>\
         <iframe src='https://cartes.example/embed?x=1&y=2' title='La carte'>x</iframe>\
         <audio controls><source src='https://radyo.example/emisyon.mp3'></audio><iframe></iframe>",
    );
    let urls: Vec<String> = parsed
        .body
        .blocks()
        .iter()
        .filter_map(|block| match block.kind() {
            BlockKind::Embed(embed) => Some(embed.url.to_string()),
            _ => None,
        })
        .collect();
    assert_eq!(
        urls,
        [
            "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
            "https://vimeo.com/76979871",
            "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
            "https://radyo.example/emisyon.mp3",
        ]
    );
    assert_eq!(kinds(&parsed), ["embed", "embed", "paragraph", "embed", "paragraph", "embed"]);
    let written = parsed.body.html(&HtmlOptions::default());
    assert!(written.contains("<p><a href=\"https://cartes.example/embed?x=1&amp;y=2\">La carte</a></p>"), "{written}");
    assert_eq!(
        parsed.notes,
        [
            note(NoteKind::DroppedElement, "iframe", 1),
            note(NoteKind::DroppedAttribute, "onload", 1),
            note(NoteKind::UnknownPlayer, "https://cartes.example/embed?x=1&y=2", 1),
        ]
    );
}

#[test]
fn the_bare_address_of_a_player_is_that_player_only_where_it_is_asked_for() {
    let page =
        "<p>https://youtu.be/dQw4w9WgXcQ</p><p>https://youtu.be/dQw4w9WgXcQ, dit-il</p><p>https://e.example/</p>";
    assert_eq!(kinds(&read(page)), ["paragraph", "paragraph", "paragraph"]);
    let parsed = parse(page, &ParseOptions { bare_players: true, ..ParseOptions::default() });
    assert_eq!(kinds(&parsed), ["embed", "paragraph", "paragraph"]);
}

#[test]
fn tables_keep_their_cells_in_their_columns() {
    check(&[
        (
            "<figure class=wp-block-table><table><thead><tr><th>A<th>B</tr></thead><tbody><tr><td rowspan=2>1<td>2<tr><td>3\
             </table><figcaption>Titre</figcaption></figure>",
            "<table><caption>Titre</caption><thead><tr><th scope=\"col\">A</th><th scope=\"col\">B</th></tr></thead>\
             <tbody><tr><td>1</td><td>2</td></tr><tr><td></td><td>3</td></tr></tbody></table>",
        ),
        (
            "<table><tr><td colspan=2>a<td>b<tr><td>c<td><p>d</p><p>e</p></table>",
            "<table><tbody><tr><td>a</td><td></td><td>b</td></tr><tr><td>c</td><td>d<br>e</td><td></td></tr></tbody></table>",
        ),
        ("<table><tr><td><h2 id=t>Titre</h2><p>a</td><td>b</table>", "<h2 id=\"t\">Titre</h2>\n<p>a</p>\n<p>b</p>"),
        ("<table><tr><td>seul</table>", "<p>seul</p>"),
        (
            "<table>perdu<tr><td>a<td>b</table>",
            "<p>perdu</p>\n<table><tbody><tr><td>a</td><td>b</td></tr></tbody></table>",
        ),
        (
            "<table><tr><td>a<img src=/a.jpg><td>b</table>",
            "<table><tbody><tr><td>a</td><td>b</td></tr></tbody></table>\n<figure><img src=\"/a.jpg\" alt=\"\"></figure>",
        ),
    ]);
}

#[test]
fn a_long_table_becomes_several_and_a_wide_one_keeps_its_words() {
    let rows: String = (0..450).map(|n| format!("<tr><td>{n}<td>x")).collect();
    let parsed = read(&format!("<table><tr><th>Bureau<th>Voix{rows}</table>"));
    let lengths: Vec<usize> = parsed
        .body
        .blocks()
        .iter()
        .filter_map(|block| match block.kind() {
            BlockKind::Table(table) => Some(table.rows.len()),
            _ => None,
        })
        .collect();
    assert_eq!(lengths, [200, 200, 53], "each with the header");
    let wide: String = (0..60).map(|n| format!("<td>c{n}")).collect();
    let parsed = read(&format!("<table><tr>{wide}<tr><td>x</table>"));
    assert!(parsed.body.text().contains("c49 c50 c51"), "{}", parsed.body.text());
    assert!(parsed.body.text().contains("c59"));
}

#[test]
fn lists_keep_their_levels_and_let_pictures_out() {
    check(&[
        (
            "<ol start=3><li><p>a</p><p>b</p></li><ul><li>c</ul></ol>",
            "<ol start=\"3\"><li>a<br>b<ul><li>c</li></ul></li></ol>",
        ),
        (
            "<ul><li>a<img src=/a.jpg alt=x><li>b</ul>",
            "<ul><li>a</li><li>b</li></ul>\n<figure><img src=\"/a.jpg\" alt=\"x\"></figure>",
        ),
        ("<dl><dt>Mot<dd>Sens</dl>", "<p><strong>Mot</strong></p>\n<p>Sens</p>"),
        ("<details><summary>Plus</summary>Le reste</details>", "<p>Plus</p>\n<p>Le reste</p>"),
    ]);
    let deep = read(&format!("{}x", "<ul><li>a".repeat(20)));
    assert_eq!(kinds(&deep), ["list"]);
    assert_eq!(deep.body.text().matches('a').count(), 20, "no word is lost");
    assert_eq!(deep.notes.first().map(|note| note.kind), Some(NoteKind::Simplified));
}

#[test]
fn quotes_name_their_source() {
    check(&[
        (
            "<blockquote class='wp-block-quote'><p>Un</p><p>Deux</p><cite>Anacaona</cite></blockquote>",
            "<blockquote><p>Un</p><p>Deux</p><footer><cite>Anacaona</cite></footer></blockquote>",
        ),
        (
            "<figure class='wp-block-pullquote'><blockquote><p>Un</p><cite>A</cite></blockquote></figure>",
            "<blockquote><p>Un</p><footer><cite>A</cite></footer></blockquote>",
        ),
        (
            "<blockquote>Dehors<blockquote><p>Dedans</p></blockquote></blockquote>",
            "<blockquote><p>Dehors</p><p>Dedans</p></blockquote>",
        ),
        ("<blockquote><ul><li>a<li>b</ul></blockquote>", "<blockquote><p>• a</p><p>• b</p></blockquote>"),
        ("<p>Il dit <q>oui</q> dans <cite>Le Monde</cite>.</p>", "<p>Il dit “oui” dans <em>Le Monde</em>.</p>"),
    ]);
}

#[test]
fn code_keeps_its_lines_and_language() {
    check(&[
        (
            "<pre class='wp-block-code'><code lang='php'>&lt;?php\n\n  echo 1;\n</code></pre>",
            "<pre><code class=\"language-php\">&lt;?php\n\n  echo 1;</code></pre>",
        ),
        (
            "<pre class='brush: js; gutter: false'>a();<br>b();</pre>",
            "<pre><code class=\"language-js\">a();\nb();</code></pre>",
        ),
        ("<p>un <code>a  b</code> et <kbd>Ctrl</kbd></p>", "<p>un <code>a  b</code> et <code>Ctrl</code></p>"),
        ("<pre class='wp-block-verse'>Un <em>vers</em>\nDeux</pre>", "<p>Un <em>vers</em><br>Deux</p>"),
    ]);
}

#[test]
fn formatting_of_every_age_is_a_mark() {
    check(&[
        (
            "<p><b>a</b> <i>b</i> <u>c</u> <strike>d</strike> <del>e</del> <ins>f</ins> <tt>g</tt> <mark>h</mark> <small>i</small></p>",
            "<p><strong>a</strong> <em>b</em> <u>c</u> <s>d</s> <s>e</s> <u>f</u> <code>g</code> <mark>h</mark> <small>i</small></p>",
        ),
        (
            "<p><b style='font-weight:normal'>a <span style='font-weight:700;font-style:italic'>b</span></b></p>",
            "<p>a <strong><em>b</em></strong></p>",
        ),
        (
            "<p><font color=red>a</font> <abbr title='Organisation des Nations unies'>ONU</abbr></p>",
            "<p>a <abbr title=\"Organisation des Nations unies\">ONU</abbr></p>",
        ),
        ("<p>a<b>b<i>c</b>d</i>e</p>", "<p>a<strong>b<em>c</em></strong><em>d</em>e</p>"),
        ("<div>a<p>b</p>c<div>d</div></div>", "<p>a</p>\n<p>b</p>\n<p>c</p>\n<p>d</p>"),
    ]);
}

#[test]
fn links_are_resolved_and_unsafe_ones_keep_their_words() {
    let base = url::Url::parse("https://ansyen.example/2019/05/atik/").expect("base");
    let options = ParseOptions { base: Some(base), ..ParseOptions::default() };
    let page = "<a href='../plis.html'>a</a> <a href='#b'>b</a> <a href='mailto:x@e.example'>c</a> <a href='?p=3'>d</a> \
                <a href='javascript:alert(1)'>e</a> <a href='/f'>f</a> <img src='g.jpg'>";
    let parsed = parse(page, &options);
    let links: Vec<String> = parsed.body.links().iter().map(ToString::to_string).collect();
    assert_eq!(
        links,
        [
            "https://ansyen.example/2019/05/plis.html",
            "#b",
            "mailto:x@e.example",
            "https://ansyen.example/2019/05/atik/?p=3",
            "https://ansyen.example/f",
        ]
    );
    assert_eq!(parsed.body.text(), "a b c d e f");
    let image = parsed.body.images().next().and_then(|image| image.url.clone()).expect("an image");
    assert_eq!(image.as_str(), "https://ansyen.example/2019/05/atik/g.jpg");
    assert_eq!(parsed.notes, [note(NoteKind::UnsafeLink, "javascript:alert(1)", 1)]);
}

#[test]
fn scripts_and_forms_are_dropped_and_said_so() {
    let parsed = read(
        "<style>p{}</style><p onclick='x()' onmouseover=\"eval(atob('YQ=='))\">Texte<script>alert(1)</script></p>\
         <form action=/x><p>Abonnez-vous</p><label>Courriel</label><input name=e><button>OK</button></form>\
         <svg><text>x</text></svg><p>a\u{202e}b\u{0}</p>",
    );
    assert_eq!(parsed.body.html(&HtmlOptions::default()), "<p>Texte</p>\n<p>Abonnez-vous</p>\n<p>ab</p>");
    let said: Vec<(NoteKind, &str)> = parsed.notes.iter().map(|note| (note.kind, note.detail.as_str())).collect();
    let dropped = |name| (NoteKind::DroppedElement, name);
    assert_eq!(
        said,
        [
            dropped("button"),
            dropped("form"),
            dropped("input"),
            dropped("label"),
            dropped("script"),
            dropped("style"),
            dropped("svg"),
            (NoteKind::DroppedAttribute, "onclick"),
            (NoteKind::DroppedAttribute, "onmouseover"),
            (NoteKind::ControlCharacters, ""),
        ]
    );
}

#[test]
fn a_custom_element_is_raw_where_it_stands_alone() {
    let parsed = read(
        "<p>a <x-tip>b</x-tip> c</p><x-sondaj onclick=x><b>Wi</b>: 60&nbsp;%</x-sondaj><x-mur><p>d</p></x-mur><x-vid></x-vid>",
    );
    assert_eq!(
        parsed.body.html(&HtmlOptions::default()),
        "<p>a b c</p>\n<div class=\"raw\" data-type=\"x-sondaj\"><b>Wi</b>: 60&nbsp;%</div>\n<p>d</p>"
    );
    assert_eq!(parsed.body.text(), "a b c\n\nWi: 60\u{a0}%\n\nd");
    let apart = read("<p>a</p>\n<x-sondaj>\nWi\n</x-sondaj>\n<p>b</p>").body;
    let kinds: Vec<&str> = apart.blocks().iter().map(|block| block.kind().name()).collect();
    assert_eq!(kinds, ["paragraph", "raw", "paragraph"], "a line break before it is no text it stands in");
}

#[test]
fn a_page_larger_than_a_body_is_cut_and_said_so() {
    let parsed = read(&"<hr>".repeat(6_000));
    assert_eq!(parsed.body.blocks().len(), 5_000);
    assert!(parsed.is_truncated());
    let parsed = read(&format!("<p>{}</p><p>après</p>", "mot ".repeat(300_000)));
    assert!(parsed.is_truncated());
    assert!(!read("<p>a</p>").is_truncated());
}

#[test]
fn nothing_at_all_is_an_empty_body() {
    for page in ["", "   \n ", "<p></p>", "<p>&nbsp;</p>", "<!-- rien -->", "<div><br></div>", "<ul></ul>"] {
        let parsed = read(page);
        assert!(parsed.body.is_empty(), "{page:?}");
        assert_eq!(parsed.notes, [], "{page:?}");
    }
}
