//! Content as newsrooms have it, one trap per test.

use std::{collections::HashMap, time::Instant};

use proptest::prelude::*;

use super::*;
use crate::wxr::{Event, Reader};

const HEAD: &str = "<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" \
    xmlns:excerpt=\"http://wordpress.org/export/1.2/excerpt/\" xmlns:wp=\"http://wordpress.org/export/1.2/\"><channel>\
    <wp:wxr_version>1.2</wp:wxr_version>";

fn cdata(text: &str) -> String {
    format!("<![CDATA[{}]]>", text.replace("]]>", "]]]]><![CDATA[>"))
}

fn post_xml(content: &str, footnotes: &str) -> String {
    format!(
        "<item><guid>post</guid><wp:post_id>10</wp:post_id><wp:post_type>post</wp:post_type><wp:status>publish</wp:status>\
         <content:encoded>{}</content:encoded><wp:postmeta><wp:meta_key>footnotes</wp:meta_key>\
         <wp:meta_value>{}</wp:meta_value></wp:postmeta></item>",
        cdata(content),
        cdata(footnotes)
    )
}

fn picture_xml(id: u32, parent: u32, file: &str) -> String {
    format!(
        "<item><guid>file-{id}</guid><title>Title {id}</title><wp:post_id>{id}</wp:post_id><wp:post_parent>{parent}</wp:post_parent>\
         <wp:post_type>attachment</wp:post_type><wp:status>inherit</wp:status><excerpt:encoded>Caption {id}</excerpt:encoded>\
         <wp:attachment_url>https://example.org/{file}</wp:attachment_url><wp:postmeta>\
         <wp:meta_key>_wp_attachment_image_alt</wp:meta_key><wp:meta_value>Alt {id}</wp:meta_value></wp:postmeta></item>"
    )
}

fn file(items: &str) -> String {
    format!("{HEAD}{items}</channel></rss>")
}

fn first_item(xml: &str) -> WxrItem {
    let events = Reader::new(xml.as_bytes()).unwrap();
    let mut items = events.filter_map(|event| match event.unwrap() {
        Event::Item(item) => Some(*item),
        _ => None,
    });
    items.next().unwrap()
}

/// Prepares content beside two pictures of the post (20, 21), one of another (30) and a sound (22).
pub(super) fn prepared_with(content: &str, footnotes: &str) -> Prepared {
    let others = [
        picture_xml(20, 10, "a.jpg"),
        picture_xml(21, 10, "b.png"),
        picture_xml(30, 99, "c.jpg"),
        picture_xml(22, 10, "d.mp3"),
        format!(
            "<item><guid>block</guid><wp:post_id>40</wp:post_id><wp:post_type>wp_block</wp:post_type><wp:status>publish</wp:status>\
             <content:encoded>{}</content:encoded></item>",
            cdata("<!-- wp:paragraph --><p>Reused</p><!-- /wp:paragraph --><!-- wp:block {\"ref\":40} /-->")
        ),
    ];
    let xml = file(&format!("{}{}", post_xml(content, footnotes), others.concat()));
    let survey = crate::wxr::survey(xml.as_bytes()).unwrap();
    prepare(&first_item(&xml), &ContentContext::of(&survey))
}

/// The gallery of a post with two pictures in this state.
pub(super) fn gallery_with(content: &str, status: &str) -> Vec<GalleryItem> {
    let pictures = [picture_xml(20, 10, "a.jpg"), picture_xml(21, 10, "b.png")].concat();
    let pictures = pictures.replace("<wp:status>inherit</wp:status>", status);
    let xml = file(&format!("{}{pictures}", post_xml(content, "")));
    let survey = crate::wxr::survey(xml.as_bytes()).unwrap();
    prepare(&first_item(&xml), &ContentContext::of(&survey)).gallery
}

pub(super) fn prepared(content: &str) -> Prepared {
    prepared_with(content, "")
}

pub(super) fn html(content: &str) -> String {
    prepared(content).html
}

pub(super) fn codes(prepared: &Prepared) -> Vec<&'static str> {
    prepared.notes.iter().map(|note| note.kind.code()).collect()
}

#[test]
fn bracketed_text_that_is_no_shortcode_stays() {
    let text = "<p>As [Nak09] shows, a = b [mod n], [sic] and [/caption] [foo bar=\"1\"] stay.</p>";
    assert_eq!(html(text), text);
    assert_eq!(html("<p>Write [[gallery]] for one.</p>"), "<p>Write [gallery] for one.</p>");
    assert_eq!(html("<pre>[gallery]</pre>"), "<pre>[gallery]</pre>");
    assert_eq!(html("<p><code>[audio]</code></p>"), "<p><code>[audio]</code></p>");
}

#[test]
fn captions_in_both_shapes_become_figures() {
    let figure = "<figure class=\"wp-caption\"><a href=\"x\"><img src=\"a.jpg\" /></a><figcaption>L’image « du » [1] port</figcaption></figure>";
    let old = "[caption id=\"attachment_1\" width=\"10\" caption=\"L’image « du » [1] port\"]<a href=\"x\"><img src=\"a.jpg\" /></a>[/caption]";
    let new = "[caption id=\"attachment_1\" width=\"10\"]<a href=\"x\"><img src=\"a.jpg\" /></a> L’image « du » [1] port[/caption]";
    assert_eq!(html(&format!("before\n{old}\nafter")), format!("<p>before</p>\n{figure}\n<p>after</p>"));
    assert_eq!(html(new), figure);
    assert_eq!(html("[caption]no picture[/caption]"), "<p>[caption]no picture[/caption]</p>");
}

#[test]
fn a_gallery_shows_the_pictures_it_names_or_those_of_the_post() {
    let all = prepared("[gallery columns=\"2\"]");
    assert_eq!(
        all.gallery.iter().map(|item| item.url.as_str()).collect::<Vec<_>>(),
        ["https://example.org/a.jpg", "https://example.org/b.png"]
    );
    assert!(all.html.contains("<figure class=\"wp-block-gallery\"><figure class=\"wp-block-image\"><img src=\"https://example.org/a.jpg\" alt=\"Alt 20\" /><figcaption>Caption 20</figcaption></figure>"));
    let named = prepared("[gallery ids=\"30,20,77\"]");
    assert_eq!(
        named.gallery.iter().filter_map(|item| item.id.as_ref()).map(WpId::as_str).collect::<Vec<_>>(),
        ["30", "20"]
    );
    assert!(codes(&named).contains(&"gallery-item-missing"));
    assert_eq!(prepared("[gallery exclude=\"20\"]").gallery.len(), 1);
}

#[test]
fn a_gallery_of_nothing_keeps_its_text() {
    let item = first_item(&file(&post_xml("[gallery]", "")));
    let prepared = prepare(&item, &ContentContext::empty());
    assert_eq!(prepared.html, "<p>[gallery]</p>");
    assert_eq!(codes(&prepared), ["shortcode-kept"]);
}

#[test]
fn sound_and_moving_pictures_become_players() {
    let audio = "<figure class=\"wp-block-audio\"><audio controls src=\"https://example.org/x.mp3\"></audio></figure>";
    for text in [
        "[audio https://example.org/x.mp3]",
        "[audio src=\"https://example.org/x.mp3\"]",
        "[audio mp3=\"https://example.org/x.mp3\"][/audio]",
        "[audio src=“https://example.org/x.mp3”]",
    ] {
        assert_eq!(html(text), audio, "{text}");
    }
    assert!(html("[audio]").contains("d.mp3"), "the sound of the post");
    assert!(html("[playlist ids=\"22\"]").contains("d.mp3"));
    let video =
        html("[video width=\"1\" mp4=\"https://example.org/x.mp4\" poster=\"https://example.org/p.jpg\"][/video]");
    assert_eq!(
        video,
        "<figure class=\"wp-block-video\"><video controls src=\"https://example.org/x.mp4\" poster=\"https://example.org/p.jpg\"></video></figure>"
    );
    assert_eq!(
        html("[audio src=\"javascript:alert(1)\"] [video]"),
        format!("{audio}\n<p>[video]</p>").replace("x.mp3", "d.mp3")
    );
}

#[test]
fn addresses_that_stand_alone_become_embeds_or_links() {
    let embed = "<figure class=\"wp-block-embed\"><iframe src=\"https://youtu.be/abc?t=1&amp;x=2\"></iframe></figure>";
    assert_eq!(html("[embed width=\"1\"]https://youtu.be/abc?t=1&x=2[/embed]"), embed);
    assert_eq!(html("one\nhttps://youtu.be/abc?t=1&amp;x=2\ntwo"), format!("<p>one</p>\n{embed}\n<p>two</p>"));
    assert_eq!(html("<p>https://youtu.be/abc?t=1&amp;x=2</p>"), embed);
    assert_eq!(
        html("https://example.org/page"),
        "<p><a href=\"https://example.org/page\">https://example.org/page</a></p>"
    );
    assert_eq!(html("[embed]https://example.org/page[/embed]"), html("https://example.org/page"));
    assert_eq!(html("[iframe src=\"https://example.org/page\" width=\"1\"]"), html("https://example.org/page"));
    assert_eq!(html("<p>see https://youtu.be/abc</p>"), "<p>see https://youtu.be/abc</p>");
    assert_eq!(html("[youtube=https://www.youtube.com/watch?v=abc]"), html("[youtube]abc[/youtube]"));
}

#[test]
fn source_code_in_a_shortcode_becomes_code() {
    assert_eq!(
        html("[sourcecode language=\"Python\"]\nif a < b &amp;&amp; c:\n\n    d[0]\n[/sourcecode]"),
        "<pre><code class=\"language-python\">if a &lt; b &amp;&amp; c:\n\n    d[0]</code></pre>"
    );
}

#[test]
fn block_delimiters_go_and_their_html_stays() {
    let content = "<!-- wp:group {\"a\":{\"b\":\"c \\u002d\\u002d>\"}} -->\n<div><!-- wp:paragraph -->\n<p>One [Nak09]\nline</p>\n<!-- /wp:paragraph --></div>\n<!-- /wp:group -->\n\n<!-- wp:separator /-->\n<!-- wp:acme/thing -->\n<p>Two</p>\n<!-- /wp:acme/thing -->";
    let prepared = prepared(content);
    assert_eq!(
        prepared.html.split_whitespace().collect::<Vec<_>>().join(" "),
        "<div> <p>One [Nak09] line</p> </div> <p>Two</p>"
    );
    assert_eq!(codes(&prepared), ["block-dropped"]);
}

#[test]
fn text_between_blocks_is_classic_content() {
    assert_eq!(
        html("one\n\ntwo\n<!-- wp:paragraph --><p>three</p><!-- /wp:paragraph -->\nfour").replace('\n', ""),
        "<p>one</p><p>two</p><p>three</p><p>four</p>"
    );
}

#[test]
fn both_shapes_of_the_gallery_block_are_galleries() {
    let old = "<!-- wp:gallery {\"ids\":[20,21]} --><figure class=\"wp-block-gallery\"><ul><li><figure><img src=\"https://example.org/a.jpg\" alt=\"A &amp; b\" data-id=\"20\" class=\"wp-image-20\"/><figcaption>One <em>word</em></figcaption></figure></li><li><figure><img src=\"https://example.org/b.png\" data-id=\"21\"/></figure></li></ul></figure><!-- /wp:gallery -->";
    let new = "<!-- wp:gallery --><figure class=\"wp-block-gallery\"><!-- wp:image {\"id\":20} --><figure class=\"wp-block-image\"><img src=\"https://example.org/a.jpg\" alt=\"A &amp; b\" class=\"wp-image-20\"/><figcaption>One <em>word</em></figcaption></figure><!-- /wp:image --><!-- wp:image {\"id\":21} --><figure class=\"wp-block-image\"><img src=\"https://example.org/b.png\" class=\"wp-image-21\"/></figure><!-- /wp:image --></figure><!-- /wp:gallery -->";
    for content in [old, new] {
        let prepared = prepared(content);
        assert_eq!(prepared.gallery.len(), 2);
        assert_eq!((prepared.gallery[0].alt.as_str(), prepared.gallery[0].caption.as_str()), ("A & b", "One word"));
        assert_eq!(prepared.gallery[1].id.as_ref().map(WpId::as_str), Some("21"));
        assert_eq!(prepared.html.matches("<img").count(), 2);
        assert!(!prepared.html.contains("<li>"));
    }
    assert_eq!(prepared("<!-- wp:gallery {\"ids\":[\"20\",30,88]} /-->").gallery.len(), 2);
}

#[test]
fn the_caption_of_a_whole_gallery_is_not_that_of_its_last_picture() {
    let content = "<!-- wp:gallery --><figure class=\"wp-block-gallery\"><figure><img src=\"https://example.org/a.jpg\"/></figure>\
        <figcaption class=\"blocks-gallery-caption\">All <b>of it</b></figcaption></figure><!-- /wp:gallery -->";
    let prepared = prepared(content);
    assert_eq!(prepared.gallery[0].caption, "");
    assert!(prepared.html.ends_with("<figcaption>All <b>of it</b></figcaption></figure>"));
}

#[test]
fn embed_and_file_blocks_keep_address_and_caption() {
    let content = "<!-- wp:core-embed/twitter {\"url\":\"https://twitter.com/a/status/1\"} --><figure class=\"wp-block-embed\"><div>\nhttps://twitter.com/a/status/1\n</div><figcaption>Cap</figcaption></figure><!-- /wp:core-embed/twitter -->";
    assert_eq!(
        html(content),
        "<figure class=\"wp-block-embed\"><iframe src=\"https://twitter.com/a/status/1\"></iframe><figcaption>Cap</figcaption></figure>"
    );
    let content = "<!-- wp:file --><div class=\"wp-block-file\"><a href=\"x.pdf\">Name</a><a href=\"x.pdf\" download>Download</a></div><!-- /wp:file -->";
    assert_eq!(html(content), "<p><a href=\"x.pdf\">Name</a></p>");
    let content = "<!-- wp:cover {\"url\":\"https://example.org/a.jpg\"} --><div style=\"background-image:url(a)\"><p>x</p></div><!-- /wp:cover -->";
    assert!(html(content).starts_with("<figure class=\"wp-block-image\"><img src=\"https://example.org/a.jpg\""));
}

#[test]
fn blocks_made_at_reading_time_are_dropped_and_named() {
    let prepared = prepared(
        "<!-- wp:latest-posts {\"a\":1} /--><!-- wp:query --><div><!-- wp:post-title /--></div><!-- /wp:query --><!-- wp:spacer --><div></div><!-- /wp:spacer --><p>x</p>",
    );
    assert_eq!(prepared.html, "<p>x</p>");
    let dropped: Vec<_> = prepared.notes.iter().map(|note| note.detail.as_str()).collect();
    assert_eq!(dropped, ["latest-posts", "post-title", "query"]);
}

#[test]
fn reusable_blocks_are_put_in_place_and_never_run_for_ever() {
    let prepared = prepared("<!-- wp:block {\"ref\":40} /--><!-- wp:block {\"ref\":41} /-->");
    assert_eq!(prepared.html.matches("Reused").count(), 3);
    assert!(codes(&prepared).contains(&"reusable-block-missing"));
}

#[test]
fn broken_blocks_lose_nothing() {
    let prepared = prepared(
        "<!-- wp:group {bad json} --><div><!-- wp:paragraph --><p>a</p></div><!-- /wp:group --><!-- /wp:list --><!-- wp:quote --><p>b</p><!-- half",
    );
    assert_eq!(prepared.html.replace('\n', ""), "<div><p>a</p></div><p>b</p><!-- half");
    assert!(codes(&prepared).contains(&"block-attributes-unreadable"));
    assert!(codes(&prepared).contains(&"block-unbalanced"));
}

#[test]
fn marks_of_teasers_and_pages_go_and_the_teaser_is_offered_as_lede() {
    let prepared = prepared("First <b>words</b>.\n\n<!--more Read on-->\n\nRest<!--nextpage-->of it");
    assert_eq!(prepared.html, "<p>First <b>words</b>.</p>\n<p>Rest</p>\n<p>of it</p>");
    assert_eq!(prepared.lede.as_deref(), Some("First words."));
    let blocks = super::super::content::prepare(
        &first_item(&file(&post_xml(
            "<!-- wp:paragraph -->\n<p>Intro</p>\n<!-- /wp:paragraph -->\n<!-- wp:more -->\n<!--more-->\n<!-- /wp:more -->\n<p>Rest</p>",
            "",
        ))),
        &ContentContext::empty(),
    );
    assert_eq!(blocks.lede.as_deref(), Some("Intro"));
    assert!(!blocks.html.contains("more"));
}

#[test]
fn the_footnotes_block_becomes_numbered_notes() {
    let json = r#"[{"id":"b-2","content":"Second. <a href=\"https://example.org/\">x</a>"},{"id":"a-1","content":"Jean Dupont. Le Monde. 3 mai 2019. Titre"},{"id":"c-3","content":"Unmarked"}]"#;
    let content = "<!-- wp:paragraph --><p>One<sup data-fn=\"a-1\" class=\"fn\"><a href=\"#a-1\" id=\"a-1-link\">1</a></sup> two<sup data-fn=\"b-2\" class=\"fn\"><a href=\"#b-2\">2</a></sup> lost<sup data-fn=\"zz\" class=\"fn\">3</sup></p><!-- /wp:paragraph --><!-- wp:footnotes /-->";
    let prepared = prepared_with(content, json);
    let notes: Vec<_> =
        prepared.footnotes.iter().map(|note| (note.number, note.key.as_str(), note.is_marked)).collect();
    assert_eq!(notes, [(1, "a-1", true), (2, "b-2", true), (3, "c-3", false)]);
    assert_eq!(prepared.footnotes[0].citation.outlet.as_deref(), Some("Le Monde"));
    assert_eq!(prepared.marks.get("b-2"), Some(&2));
    assert_eq!(prepared.marks.get("zz"), None);
    assert_eq!(codes(&prepared), ["footnote-missing", "footnote-unmarked", "footnotes-converted"]);
    assert!(codes(&prepared_with("x", "[{\"id\":\"a\",\"content\":\"say \"b\"\"}]")).contains(&"footnotes-unreadable"));
}

#[test]
fn a_hand_made_list_at_the_end_becomes_notes() {
    let content = "Le port rouvre [1]. L’eau manque [2], dit-on [1].\n\nE = mc<sup>2</sup> reste, [3] aussi.\n\n<strong>Références :</strong>\n\n[1] Jean Dupont. Le Nouvelliste. 12 janvier 2021. Le port.\n[2] Anne Roy. Le Devoir. 2020.\nL’eau. https://example.org/eau\n\nContact Média: Paul, Editor";
    let prepared = prepared(content);
    assert_eq!(prepared.footnotes.len(), 2, "{prepared:#?}");
    assert_eq!(prepared.footnotes[0].citation.author.as_deref(), Some("Jean Dupont"));
    assert_eq!(prepared.footnotes[1].citation.url.as_deref(), Some("https://example.org/eau"));
    assert_eq!(prepared.footnotes[1].citation.title.as_deref(), Some("L’eau"));
    assert_eq!(prepared.html.matches("data-fn=\"ref-1\"").count(), 2);
    assert!(prepared.html.contains("mc<sup>2</sup> reste, [3] aussi"));
    assert!(!prepared.html.contains("Référence") && !prepared.html.contains("Dupont"));
    assert!(prepared.html.ends_with("<p>Contact Média: Paul, Editor</p>"));
}

#[test]
fn lists_of_word_processors_and_linked_superscripts_become_notes() {
    let word = "<p>Un fait<a href=\"#_ftn1\" name=\"_ftnref1\">[1]</a> et un autre<a href=\"#_ftn2\" name=\"_ftnref2\">[2]</a>.</p><hr size=\"1\" /><p><a href=\"#_ftnref1\" name=\"_ftn1\">[1]</a> Dupont, J. Le Monde. 2019. Une ville</p><p><a href=\"#_ftnref2\" name=\"_ftn2\">[2]</a> Ibid.</p>";
    let list = "<p>Un fait<sup><a href=\"#fn:1\" id=\"r1\">1</a></sup> et un autre<sup><a href=\"#fn:2\">2</a></sup>.</p><h2>Notes</h2><ol><li id=\"fn:1\">Dupont, J. Le Monde. 2019. Une ville <a href=\"#r1\">↩</a></li><li id=\"fn:2\"><p>Ibid.</p></li></ol>";
    for content in [word, list] {
        let prepared = prepared(content);
        let words: Vec<_> = prepared.footnotes.iter().map(|note| note.text.as_str()).collect();
        assert_eq!(words, ["Dupont, J. Le Monde. 2019. Une ville", "Ibid."], "{content}");
        assert_eq!(prepared.html.matches("data-fn=").count(), 2, "{}", prepared.html);
        assert!(
            !prepared.html.contains("Dupont") && !prepared.html.contains("Notes") && !prepared.html.contains("<ol")
        );
        assert!(prepared.footnotes.iter().all(|note| note.is_marked));
    }
}

#[test]
fn superscript_notes_below_a_text_become_notes() {
    let prepared = prepared(
        "Teaching is educational<sup>1</sup> and costs 3 m<sup>2</sup>.\n\n<sup>1</sup> One should say what that means.",
    );
    assert_eq!(prepared.footnotes.len(), 1);
    assert_eq!(prepared.footnotes[0].text, "One should say what that means.");
    assert!(prepared.html.contains("3 m<sup>2</sup>"));
}

#[test]
fn textile_notes_become_notes() {
    let prepared = prepared("I dislike forums[1]. It was edited[2].\n\nfn1. More than most.\n\nfn2. Since then.");
    assert_eq!(
        prepared.footnotes.iter().map(|note| note.text.as_str()).collect::<Vec<_>>(),
        ["More than most.", "Since then."]
    );
}

#[test]
fn notes_written_in_the_text_become_notes() {
    let prepared = prepared("A fact[ref]See <em>this</em>.[/ref] and another[efn_note]That.[/efn_note].");
    assert_eq!(prepared.footnotes.iter().map(|note| note.text.as_str()).collect::<Vec<_>>(), ["See this.", "That."]);
    assert_eq!(prepared.marks.len(), 2);
    assert!(prepared.html.starts_with("<p>A fact<sup data-fn=\"note-1\" class=\"fn\">"));
}

#[test]
fn what_only_looks_like_notes_stays() {
    for content in [
        "<p>Formula: a<sup>2</sup> + b<sup>2</sup> = c<sup>2</sup></p>",
        "<ol>\n<li>First</li>\n<li>Second</li>\n</ol>",
        "<p>[1] alone without any mark</p>",
        "<p>1. Mix.</p>\n<p>2. Bake.</p>",
        "<p>See [1].</p>",
    ] {
        let prepared = prepared(content);
        assert!(prepared.footnotes.is_empty(), "{content}");
        assert_eq!(prepared.html, content);
    }
}

#[test]
fn hostile_content_takes_linear_time() {
    for unit in [
        "[caption]",
        "[caption][/caption]",
        "[gallery ",
        "[ref]",
        "[[",
        "[1] a\n",
        "<!-- wp:a -->",
        "<!-- wp:a --><!-- /wp:b -->",
        "<!--",
        "[1]",
        "<p>[1] a</p>",
        "<ol><li>",
        "<sup>",
        "<a href=\"#1\">",
        "<p>http://x",
        "<br>",
        "[audio a=\"",
        "<div>\n\n",
        "[embed]http://a.b/[/embed]",
        "[audio http://a.b/cd]",
        "[audio a=b][tweet c=d]",
        "[1] a\n\nb\n\n",
        "<ul><li>[1] a",
    ] {
        let content = unit.repeat(200_000 / unit.len());
        let item = WxrItem { content: content.clone(), ..first_item(&file(&post_xml("", ""))) };
        let started = Instant::now();
        let prepared = prepare(&item, &ContentContext::empty());
        assert!(started.elapsed().as_secs() < 10, "{unit} took {:?}", started.elapsed());
        assert!(prepared.html.len() < 40 * content.len() + 1_000, "{unit}");
    }
}

fn words_of(html: &str) -> String {
    plain_text(html).chars().filter(|c| c.is_alphanumeric()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn prepare_never_panics(content in "(\\[/?(caption|gallery|audio|ref|1|code)( a=\"x\")?\\]|<!-- /?wp:[a-z]{1,3}( \\{\\})? /?-->|</?(p|div|ol|li|sup|a href=\"#1\"|pre|br)>|[a-z1é]{1,4}|\n| ){0,40}") {
        let item = WxrItem { content, ..first_item(&file(&post_xml("", ""))) };
        let _ = prepare(&item, &ContentContext::empty());
    }

    #[test]
    fn autop_loses_no_word(content in "(</?(p|div|h2|ul|li|b|em|blockquote|td|br)>|[a-z]{1,4}|\n{1,3}| ){0,40}") {
        prop_assert_eq!(words_of(&super::autop::autop(&content)), words_of(&content));
    }

    #[test]
    fn arbitrary_text_never_panics(content in "\\PC{0,200}") {
        let item = WxrItem { content, ..first_item(&file(&post_xml("", ""))) };
        let _ = prepare(&item, &ContentContext { attachments: &Attachments::default(), reusable_blocks: &HashMap::new() });
    }
}
