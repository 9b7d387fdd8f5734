//! Bodies that come in as HTML, Markdown or blocks, and what never comes out of them.

use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

async fn body(kit: &Kit, input: Value) -> Value {
    let input = json!({ "language": "fr", "headline": "Corps", "references": [
        { "source": { "url": "https://sources.example/1" } }, { "source": { "url": "https://sources.example/2" } },
    ], "body": input });
    let fields = "article { id body { html text json blocks { __typename key } headings { anchor } wordCount } }";
    let payload = kit.done(&kit.system(), "articleCreate", fields, input).await;
    payload["article"]["body"].clone()
}

fn kinds(body: &Value) -> Vec<&str> {
    body["blocks"].as_array().unwrap().iter().map(|block| block["__typename"].as_str().unwrap()).collect()
}

both_engines! {
    async fn html_and_markdown_become_the_same_blocks(kit: Kit) {
        let html = "<h2>Le quai</h2><p>Un <strong>mot</strong>.<sup class=\"reference\"><a href=\"#ref-2\">[2]</a></sup></p><ul><li>a</li><li>b</li></ul>";
        let markdown = "## Le quai\n\nUn **mot**.[^2]\n\n- a\n- b\n";
        let (from_html, from_markdown) = (body(&kit, json!({ "html": html })).await, body(&kit, json!({ "markdown": markdown })).await);
        assert_eq!(kinds(&from_html), ["HeadingBlock", "ParagraphBlock", "ListBlock"]);
        assert_eq!(from_html, from_markdown);
        let again = body(&kit, json!({ "blocks": from_html["json"] })).await;
        assert_eq!(again, from_html);
        let bare = body(&kit, json!({ "blocks": from_html["json"]["blocks"] })).await;
        assert_eq!(bare, from_html);
        let through = body(&kit, json!({ "html": from_html["html"] })).await;
        assert_eq!(through["json"], from_html["json"]);
    }

    async fn hostile_html_never_comes_out(kit: Kit) {
        let hostile = "<script>alert(1)</script><p onclick=\"x()\">Bon<img src=x onerror=alert(1)><a href=\"javascript:alert(1)\">lien</a></p>\
            <svg onload=alert(1)></svg><iframe src=\"https://evil.example\"></iframe><form action=/x><input></form><style>p{}</style>\
            <p style=\"background:url(javascript:1)\">Fin</p><math><mtext></p><img src onerror=alert(1)>";
        for input in [
            json!({ "html": hostile }),
            json!({ "markdown": hostile }),
            json!({ "blocks": [{ "kind": "raw", "type": "x", "html": hostile }, { "kind": "inconnu", "html": hostile }] }),
            json!({ "blocks": [{ "kind": "paragraph", "text": [{ "kind": "text", "text": hostile, "marks": [{ "kind": "link", "href": "javascript:alert(1)" }] }] }] }),
        ] {
            let body = body(&kit, input.clone()).await;
            let html = body["html"].as_str().unwrap();
            let shown: String = html.replace("&lt;", " ").replace("&quot;", " ");
            assert!(shown.contains("Fin"), "the text stays: {html}");
            for bad in ["<script", "<iframe", "<form", "<style", "<svg", "<math", "href=\"javascript", " onerror=alert(1)>\"", "<img src=\"x\" onerror"] {
                assert!(!html.contains(bad), "{bad} of {input} in {html}");
            }
            assert!(!html.contains("<p onclick") && !html.contains("<p style"), "{html}");
        }
    }

    async fn blocks_keep_their_keys_through_edits_as_html(kit: Kit) {
        let id = kit.article(json!({ "body": { "html": "<p>Un</p><p>Deux</p><p>Trois</p>" } })).await;
        let change = |version: i64, body: Value| json!({ "id": id, "expectedVersion": version, "changes": { "body": body } });
        let fields = "article { version body { blocks { key } } }";
        let edited = kit.done(&kit.system(), "articleUpdate", fields, change(1, json!({ "html": "<p>Zéro</p><p>Un</p><p>Trois</p>" }))).await;
        let keys = |payload: &Value| -> Vec<String> {
            payload["article"]["body"]["blocks"].as_array().unwrap().iter().map(|block| block["key"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(keys(&edited), ["b4", "b1", "b3"]);
        let same = kit.done(&kit.system(), "articleUpdate", fields, change(2, json!({ "markdown": "Zéro\n\nUn\n\nTrois" }))).await;
        assert_eq!(same["article"]["version"], 2);
        let own = json!({ "blocks": [{ "key": "intro", "kind": "paragraph", "text": [{ "kind": "text", "text": "Un" }] }] });
        let own = kit.done(&kit.system(), "articleUpdate", fields, change(2, own)).await;
        assert_eq!(keys(&own), ["intro"], "keys that are given are kept");
        let empty = kit.done(&kit.system(), "articleUpdate", fields, change(3, Value::Null)).await;
        assert!(keys(&empty).is_empty());
    }

    async fn a_body_that_is_too_large_is_taken_not_at_all(kit: Kit) {
        let many = "<p>a</p>".repeat(5_001);
        for (form, text) in [("html", many.clone()), ("markdown", "a\n\n".repeat(5_001))] {
            let input = json!({ "language": "fr", "headline": "X", "body": { form: text } });
            let payload = kit.act(&kit.system(), "articleCreate", "article { id }", input).await;
            assert_eq!(payload["userErrors"][0]["code"], "TOO_LONG");
            assert_eq!(payload["userErrors"][0]["path"], json!(["body", form]));
        }
        assert_eq!(kit.row_count("articles").await, 0);
    }

    async fn a_body_that_grows_too_large_when_it_is_cleaned_is_refused_and_one_that_was_kept_is_read(kit: Kit) {
        let link = json!([{ "kind": "raw", "type": "x-liens", "html": "<a>x</a>".repeat(50_000) }]);
        let heading = |at| format!("<h2>{at:04} {}</h2>", "une rubrique assez longue ".repeat(7));
        let headings: String = (0..4_900).map(heading).collect();
        for (form, text, path) in [("blocks", link, json!(["body", "blocks", "0"])), ("html", json!(headings), json!(["body", "html"]))] {
            let input = json!({ "language": "fr", "headline": "X", "body": { form: text } });
            let payload = kit.act(&kit.system(), "articleCreate", "article { id }", input).await;
            let error = &payload["userErrors"][0];
            assert_eq!((&error["code"], &error["path"]), (&json!("TOO_LONG"), &path), "{payload}");
        }
        let id = kit.published(json!({ "body": { "markdown": "Court." } })).await;
        let long = json!({ "version": 1, "blocks": [{ "key": "b1", "kind": "paragraph", "text": [{ "kind": "text", "text": "a".repeat(1_100_000) }] }] });
        kit.sql(&format!("update article_bodies set body = '{long}' returning 1 as n")).await;
        let query = "query Q($id: ID!) { article(by: {id: $id}) { version body { text } } }";
        let data = kit.data(&kit.anonymous(), query, json!({ "id": id })).await;
        assert_eq!(data["article"]["body"]["text"].as_str().map(str::len), Some(1_100_000));
        let change = json!({ "id": id, "expectedVersion": 2, "changes": { "body": { "markdown": "Court." } } });
        kit.done(&kit.system(), "articleUpdate", "article { version }", change).await;
    }

    async fn headings_move_down_and_links_are_absolute_when_asked(kit: Kit) {
        let id = kit.published(json!({ "body": { "html": "<h2>Un</h2><p><a href=\"/fr/autre\">ici</a></p>" } })).await;
        let query = "query Q($id: ID!) { article(by: {id: $id}) { body { a: html(headingOffset: 2) b: html(links: RELATIVE) c: html(headingOffset: 5) } } }";
        let data = kit.data(&kit.anonymous(), query, json!({ "id": id })).await;
        let body = &data["article"]["body"];
        assert!(body["a"].as_str().unwrap().contains("<h4 id=\"un\">") && body["a"].as_str().unwrap().contains("href=\"https://news.example/fr/autre\""));
        assert!(body["b"].as_str().unwrap().contains("href=\"/fr/autre\""));
        assert!(body["c"].as_str().unwrap().contains("<h6"));
        for offset in [-1, 6] {
            let query = format!("query Q($id: ID!) {{ article(by: {{id: $id}}) {{ body {{ html(headingOffset: {offset}) }} }} }}");
            assert_eq!(kit.error_code(&kit.anonymous(), &query, json!({ "id": id })).await, "BAD_USER_INPUT");
        }
    }

    async fn an_excerpt_is_cut_after_a_word(kit: Kit) {
        let id = kit.published(json!({ "body": { "html": "<h2>Titre</h2><p>Le premier navire est entré lundi.</p>" } })).await;
        let query = "query Q($id: ID!) { article(by: {id: $id}) { whole: excerpt short: excerpt(maxLength: 12) one: excerpt(maxLength: 1) } }";
        let data = kit.data(&kit.anonymous(), query, json!({ "id": id })).await;
        assert_eq!(data["article"], json!({ "whole": "Le premier navire est entré lundi.", "short": "Le premier…", "one": "…" }));
        for length in [0, -1, 1_001] {
            let query = format!("query Q($id: ID!) {{ article(by: {{id: $id}}) {{ excerpt(maxLength: {length}) }} }}");
            assert_eq!(kit.error_code(&kit.anonymous(), &query, json!({ "id": id })).await, "BAD_USER_INPUT");
        }
    }
}
