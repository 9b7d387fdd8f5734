//! Notes and shortcodes as real blogs have them, one trap per test.

use super::tests::{codes, html, prepared, prepared_with};

fn notes(content: &str) -> Vec<String> {
    prepared(content).footnotes.into_iter().map(|note| note.text).collect()
}

fn block(keys: &[&str]) -> String {
    let marks: String = keys
        .iter()
        .map(|key| format!(" word<sup data-fn=\"{key}\" class=\"fn\"><a href=\"#{key}\">1</a></sup>"))
        .collect();
    format!("<!-- wp:paragraph --><p>{marks}</p><!-- /wp:paragraph --><!-- wp:footnotes /-->")
}

#[test]
fn a_shortcode_left_open_swallows_nothing() {
    let sound = |name: &str| {
        format!(
            "<figure class=\"wp-block-audio\"><audio controls src=\"https://example.org/{name}.mp3\"></audio></figure>"
        )
    };
    assert_eq!(
        html(
            "[audio src=\"https://example.org/x.mp3\"]\n\nBetween.\n\n[audio mp3=\"https://example.org/y.mp3\"][/audio]"
        ),
        format!("{}\n<p>Between.</p>\n{}", sound("x"), sound("y"))
    );
    let captions =
        html("[caption]<img src=\"a.jpg\" />\n\nBetween.\n\n[caption width=\"1\"]<img src=\"b.jpg\" /> B[/caption]");
    assert!(captions.contains("<p>Between.</p>"), "{captions}");
    assert!(
        captions.ends_with("<figure class=\"wp-caption\"><img src=\"b.jpg\" /><figcaption>B</figcaption></figure>")
    );
    assert_eq!(notes("A[ref]open B[ref]Closed.[/ref]"), ["Closed."]);
    let code = html("[code]a [code] b[/code]");
    assert_eq!(code, "<pre><code>a [code] b</code></pre>");
}

#[test]
fn private_files_are_in_no_gallery() {
    let gallery = super::tests::gallery_with("[gallery] [gallery ids=\"20,21\"]", "<wp:status>inherit</wp:status>");
    assert_eq!(gallery.len(), 2);
    for status in ["private", "trash", "draft"] {
        let status = format!("<wp:status>{status}</wp:status>");
        assert_eq!(super::tests::gallery_with("[gallery] [gallery ids=\"20,21\"]", &status).len(), 0, "{status}");
    }
}

#[test]
fn carriage_returns_part_lines_as_line_feeds_do() {
    assert_eq!(html("one\r\n\r\ntwo\rthree"), "<p>one</p>\n<p>two<br />\nthree</p>");
    assert_eq!(super::comment("one\r\n\r\ntwo"), "<p>one</p>\n<p>two</p>\n");
}

#[test]
fn a_footnotes_block_keeps_every_word_whatever_its_keys() {
    let words = |json: &str| {
        let prepared = prepared_with(&block(&["a"]), json);
        prepared.footnotes.into_iter().map(|note| (note.text, note.is_marked)).collect::<Vec<_>>()
    };
    let pairs = |expected: &[(&str, bool)]| -> Vec<(String, bool)> {
        expected.iter().map(|(text, is_marked)| ((*text).to_owned(), *is_marked)).collect()
    };
    let twice = r#"[{"content":"A","id":"a"},{"content":"Other","id":"a"},{"content":"A","id":"a"}]"#;
    assert_eq!(words(twice), pairs(&[("A", true), ("Other", false)]));
    let nameless = r#"[{"content":"Nameless"},{"content":"A","id":"a"},{"id":"b"},"junk",7]"#;
    assert_eq!(words(nameless), pairs(&[("A", true), ("Nameless", false)]));
    assert_eq!(words(r#"{"0":{"content":"A","id":"a"}}"#), pairs(&[("A", true)]));
}

#[test]
fn a_footnotes_block_that_lost_its_backslashes_is_read() {
    let json = "[{\"content\":\"See <a href=\"https://example.org/\">it</a>, \"here\"\",\"id\":\"a\"},\
                {\"content\":\"Two\nlines\",\"id\":\"b\"}]";
    let prepared = prepared_with(&block(&["a", "b"]), json);
    let words: Vec<_> = prepared.footnotes.iter().map(|note| note.text.as_str()).collect();
    assert_eq!(words, ["See it, \"here\"", "Two lines"]);
    assert_eq!(prepared.footnotes[0].citation.url.as_deref(), Some("https://example.org/"));
    assert!(codes(&prepared).contains(&"footnotes-mended"));
    for broken in ["[{\"content\":\"x\"", "[{\"content\":\"a\",\"id\":\"b", "x", "[{\"content\":\"say \"b\"\"}]"] {
        let prepared = prepared_with(&block(&["a"]), broken);
        assert!(codes(&prepared).contains(&"footnotes-unreadable"), "{broken}");
    }
}

#[test]
fn superscripts_mark_the_numbered_list_that_a_heading_announces() {
    for list in [
        "\n\nNotes\n\n1. Author. Outlet. 2019. One\n2. Author. Outlet. 2018. Two",
        "\n\n<h3>Notes :</h3>\n<ol><li>Author. Outlet. 2019. One</li><li>Author. Outlet. 2018. Two</li></ol>",
    ] {
        let content = format!("A fact<sup>1</sup>, another.<sup>2</sup> And 3 m<sup>2</sup>, c<sup>2</sup>.{list}");
        let prepared = prepared(&content);
        assert_eq!(prepared.footnotes.len(), 2, "{content}: {}", prepared.html);
        assert_eq!(prepared.html.matches("data-fn").count(), 2, "{}", prepared.html);
        assert!(prepared.html.contains("3 m<sup>2</sup>, c<sup>2</sup>"));
    }
    for other in [
        "A surface<sup>2</sup>.\n\nNotes\n\n1. Mix.\n2. Bake.",
        "Number<sup>1</sup> and surface<sup>2</sup>.\n\n1. Mix.\n2. Bake.",
    ] {
        assert_eq!(notes(other), [""; 0], "{other}");
    }
}

#[test]
fn a_list_with_its_numbers_written_out_becomes_notes() {
    for list in [
        "<ul>\n<li>[1] Jean. Le Monde. 2019. Un</li>\n<li>[2] Paul. Le Monde. 2020. Deux</li>\n</ul>",
        "<ol>\n<li>[1] Jean. Le Monde. 2019. Un</li>\n<li>[2] Paul. Le Monde. 2020. Deux</li>\n</ol>",
    ] {
        let prepared = prepared(&format!("A [1] B [2]\n<h4>Références</h4>\n{list}\nAfter."));
        let words: Vec<_> = prepared.footnotes.iter().map(|note| note.text.as_str()).collect();
        assert_eq!(words, ["Jean. Le Monde. 2019. Un", "Paul. Le Monde. 2020. Deux"], "{}", prepared.html);
        assert!(!prepared.html.contains("<li>") && !prepared.html.contains("Référence"), "{}", prepared.html);
        assert!(prepared.html.ends_with("<p>After.</p>"));
    }
    assert_eq!(notes("See <ul><li>[1] one</li><li>[2] two</li></ul>"), [""; 0]);
}

#[test]
fn a_note_of_several_paragraphs_is_one_note() {
    let prepared = prepared("A [1]. B [2].\n\n[1] One.\n\nMore of one.\n\n[2] Two.\n\nSigned: the editor.");
    let words: Vec<_> = prepared.footnotes.iter().map(|note| note.text.as_str()).collect();
    assert_eq!(words, ["One. More of one.", "Two."]);
    assert!(prepared.html.ends_with("<p>Signed: the editor.</p>"), "{}", prepared.html);
}

#[test]
fn the_rule_above_notes_goes_with_them() {
    let prepared = prepared(
        "<p>Fact<a href=\"#_ftn1\" name=\"_ftnref1\">[1]</a></p>\n<div><hr align=\"left\" size=\"1\" />\n\
         <div id=\"ftn1\">\n<p><a href=\"#_ftnref1\" name=\"_ftn1\">[1]</a> One.</p>\n</div>\n</div>",
    );
    assert_eq!(prepared.footnotes.len(), 1);
    assert!(!prepared.html.contains("<hr"), "{}", prepared.html);
}
