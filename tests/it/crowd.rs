//! Many readers at once: each gets their own answer, from few statements.

use futures_util::future::join_all;
use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

const PAGE: &str =
    "query($slug: String!, $language: LanguageTag) { article(by: { slug: { slug: $slug, language: $language } }) {
    headline kicker body { text }
    authors { author { name bio } }
    categories { name }
    tags { name }
    gallery { media { url } caption }
    references { number source { title } }
    contacts { name }
} }";

/// An article whose every part bears its number.
async fn numbered(kit: &Kit, number: usize) -> Value {
    let author =
        kit.make("author", json!({ "name": format!("Author {number}"), "bio": format!("<p>Bio {number}</p>") })).await;
    let category = kit.make("category", json!({ "name": format!("Category {number}"), "language": "fr" })).await;
    let source = kit.make("source", json!({ "kind": "WEB_PAGE", "title": format!("Source {number}") })).await;
    let contact =
        kit.make("contact", json!({ "name": format!("Contact {number}"), "role": "PRESS", "channels": [] })).await;
    let url = format!("https://media.example/{number}.jpg");
    let media = kit.make("media", json!({ "url": url, "mimeType": "image/jpeg" })).await;
    kit.published(json!({
        "headline": format!("Article {number}"),
        "slug": format!("article-{number}"),
        "kicker": format!("Kicker {number}"),
        "body": { "html": format!("<p>Body {number}</p>") },
        "authors": [{ "authorId": author }],
        "categoryIds": [category],
        "tags": [format!("Tag {number}")],
        "gallery": [{ "mediaId": media, "caption": format!("Caption {number}") }],
        "references": [{ "source": { "id": source } }],
        "contactIds": [contact],
    }))
    .await;
    json!({ "article": {
        "headline": format!("Article {number}"),
        "kicker": format!("Kicker {number}"),
        "body": { "text": format!("Body {number}") },
        "authors": [{ "author": { "name": format!("Author {number}"), "bio": format!("<p>Bio {number}</p>") } }],
        "categories": [{ "name": format!("Category {number}") }],
        "tags": [{ "name": format!("Tag {number}") }],
        "gallery": [{ "media": { "url": url }, "caption": format!("Caption {number}") }],
        "references": [{ "number": 1, "source": { "title": format!("Source {number}") } }],
        "contacts": [{ "name": format!("Contact {number}") }],
    } })
}

both_engines! {
    async fn many_readers_at_once_get_each_their_own_page(kit: Kit) {
        let mut pages = Vec::new();
        for number in 0..12 {
            pages.push(numbered(&kit, number).await);
        }
        let reader = kit.anonymous();
        let slug = |number: usize| json!({ "slug": format!("article-{number}"), "language": "fr" });
        let (alone, of_one) = kit.statements(kit.data(&reader, PAGE, slug(0))).await;
        assert_eq!(alone, pages[0]);

        let requests = (0..48).map(|request| kit.data(&reader, PAGE, slug(request % 13)));
        let (answers, of_all) = kit.statements(join_all(requests)).await;
        for (request, answer) in answers.into_iter().enumerate() {
            let nobodys = json!({ "article": null });
            assert_eq!(answer, *pages.get(request % 13).unwrap_or(&nobodys), "request {request}");
        }
        assert!(of_all.len() < of_one.len() * 12, "{} statements for 48 readers, {} for one", of_all.len(), of_one.len());
    }

    async fn a_slug_of_several_languages_is_the_first_editions_unless_one_is_named(kit: Kit) {
        for (language, at) in [("en", "2026-01-02T00:00:00Z"), ("fr", "2026-01-01T00:00:00Z"), ("ht", "2026-01-03T00:00:00Z")] {
            let id = kit.article(json!({ "language": language, "headline": format!("Port {language}"), "slug": "port" })).await;
            kit.publish(&id, json!({ "at": at })).await;
        }
        let reader = kit.anonymous();
        let asked = [Value::Null, json!("ht"), json!("en"), json!("es"), Value::Null];
        let requests = asked.iter().map(|language| kit.data(&reader, PAGE, json!({ "slug": "port", "language": language })));
        let headlines: Vec<Value> =
            join_all(requests).await.into_iter().map(|answer| answer["article"]["headline"].clone()).collect();
        assert_eq!(headlines, [json!("Port fr"), json!("Port ht"), json!("Port en"), Value::Null, json!("Port fr")]);
    }

    async fn what_a_list_did_not_load_follows_when_it_is_asked_for(kit: Kit) {
        let category = kit.make("category", json!({ "name": "News", "language": "fr" })).await;
        for headline in ["Un", "Deux"] {
            kit.published(json!({
                "headline": headline,
                "secondaryHeadline": format!("{headline} bis"),
                "kicker": format!("{headline} !"),
                "byline": format!("Par {headline}"),
                "links": [{ "kind": "VISIT", "label": headline, "url": "https://example.org/" }],
                "categoryIds": [category],
            }))
            .await;
        }
        // Two fields with the same arguments are one list; the first says how much of its articles is loaded.
        let query = "query($id: ID!) { category(by: { id: $id }) {
            some: articles { nodes { headline } }
            all: articles { nodes { headline secondaryHeadline kicker byline links { label } stats { comments } translatedFrom { id } } }
        } }";
        let found = kit.data(&kit.anonymous(), query, json!({ "id": category })).await["category"].take();
        let article = |headline: &str| json!({
            "headline": headline,
            "secondaryHeadline": format!("{headline} bis"),
            "kicker": format!("{headline} !"),
            "byline": format!("Par {headline}"),
            "links": [{ "label": headline }],
            "stats": { "comments": 0 },
            "translatedFrom": null,
        });
        assert_eq!(found["all"]["nodes"], json!([article("Deux"), article("Un")]));
        assert_eq!(found["some"]["nodes"], json!([{ "headline": "Deux" }, { "headline": "Un" }]));
    }
}
