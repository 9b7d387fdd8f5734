//! From an item of an export to a body: what `wxr::content` writes is what `html` understands.
#![expect(clippy::expect_used, reason = "a test stops at the first surprise")]

use std::io::Cursor;

use masthead_domain::body::HtmlOptions;
use masthead_formats::{
    html::{self, ParseOptions, ReferenceMarks},
    wxr::{
        self, Event, WxrItem,
        content::{ContentContext, Prepared, prepare},
    },
};

fn item(content: &str) -> WxrItem {
    let xml = format!(
        "<rss xmlns:wp=\"http://wordpress.org/export/1.2/\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\">\
         <channel><item><wp:post_id>1</wp:post_id><content:encoded><![CDATA[{content}]]></content:encoded></item></channel></rss>"
    );
    let events = wxr::Reader::new(Cursor::new(xml)).expect("an export");
    let mut items = events.filter_map(|event| match event.expect("a sound export") {
        Event::Item(item) => Some(*item),
        _ => None,
    });
    items.next().expect("an item")
}

/// The names of the blocks, and the body in plain words.
fn read(content: &str) -> (Vec<&'static str>, String, Prepared) {
    let prepared = prepare(&item(content), &ContentContext::empty());
    let references =
        ReferenceMarks { names: prepared.marks.clone().into_iter().collect(), ..ReferenceMarks::default() };
    let parsed = html::parse(&prepared.html, &ParseOptions { references, ..ParseOptions::default() });
    let kinds = parsed.body.blocks().iter().map(|block| block.kind().name()).collect();
    (kinds, parsed.body.text(), prepared)
}

#[test]
fn a_classic_article_becomes_blocks_with_references() {
    let (kinds, text, prepared) = read(
        "Le port rouvre [1].\nLigne deux\n\n<h2>Suite</h2>\n[caption width=\"1\"]<img src=\"https://example.org/a.jpg\" /> La mer[/caption]\n\
         https://youtu.be/dQw4w9WgXcQ\n<ul>\n<li>un</li>\n<li>deux</li>\n</ul>\nL’eau<sup>2</sup> [Nak09]\n\
         [audio https://example.org/a.mp3]\n\nSources\n[1] Anne Roy. Le Devoir. 2020. L’eau",
    );
    assert_eq!(kinds, ["paragraph", "heading", "image", "embed", "list", "paragraph", "embed"]);
    assert!(text.contains("[Nak09]") && !text.contains("Devoir"));
    assert_eq!(prepared.footnotes.len(), 1);
}

#[test]
fn every_recognised_mark_is_a_reference_of_the_body() {
    for content in [
        "One[1] and two[2].\n\n[1] First note\n[2] Second note",
        "<p>One<sup><a href=\"#fn1\">1</a></sup> and two<a href=\"#fn2\">[2]</a>.</p><h3>Notes</h3><ol><li id=\"fn1\">First</li><li id=\"fn2\">Second</li></ol>",
        "One[ref]First[/ref] and two[ref]Second[/ref].",
    ] {
        let prepared = prepare(&item(content), &ContentContext::empty());
        let references =
            ReferenceMarks { names: prepared.marks.clone().into_iter().collect(), ..ReferenceMarks::default() };
        let parsed = html::parse(&prepared.html, &ParseOptions { references, ..ParseOptions::default() });
        let numbers: Vec<u32> = parsed.body.reference_numbers().into_iter().map(|(number, _)| number).collect();
        assert_eq!(numbers, [1, 2], "{content}: {}", prepared.html);
        assert_eq!(parsed.body.text().trim(), "One and two.", "{content}");
    }
}

#[test]
fn galleries_and_embeds_of_blocks_are_galleries_and_embeds() {
    let (kinds, ..) = read(
        "<!-- wp:gallery --><figure class=\"wp-block-gallery\"><!-- wp:image --><figure><img src=\"https://example.org/a.jpg\"/><figcaption>A</figcaption></figure><!-- /wp:image --><!-- wp:image --><figure><img src=\"https://example.org/b.jpg\"/></figure><!-- /wp:image --></figure><!-- /wp:gallery -->\
         <!-- wp:embed {\"url\":\"https://vimeo.com/76979871\"} --><figure><div>https://vimeo.com/76979871</div></figure><!-- /wp:embed -->\
         <!-- wp:embed {\"url\":\"https://unknown.example/page\"} /-->\
         <!-- wp:video --><figure class=\"wp-block-video\"><video controls src=\"https://example.org/v.mp4\"></video><figcaption>V</figcaption></figure><!-- /wp:video -->",
    );
    assert_eq!(kinds, ["gallery", "embed", "embed", "embed", "paragraph"]);
    let prepared =
        prepare(&item("<!-- wp:embed {\"url\":\"https://unknown.example/page\"} /-->"), &ContentContext::empty());
    let html = html::parse(&prepared.html, &ParseOptions::default()).body.html(&HtmlOptions::default());
    assert!(
        html.contains("href=\"https://unknown.example/page\"") && !html.contains("<iframe"),
        "a link, never lost: {html}"
    );
}
