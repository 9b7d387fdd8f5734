//! The libraries that articles share: readers find in them only what stands in articles they see.

use std::time::Duration;

use masthead_app::Caller;
use masthead_domain::policy::{Role, Scope};
use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

/// Things of one article: a tag, a source, a record in the gallery and one in the body.
struct Things {
    article: String,
    tag: String,
    source: String,
    gallery: String,
    body: String,
}

/// A draft with things of its own, all named by one letter.
async fn draft(kit: &Kit, letter: &str) -> Things {
    let picture = |place: &str| json!({ "url": format!("https://media.example/{letter}-{place}.jpg") });
    let (gallery, body) = (kit.make("media", picture("gallery")).await, kit.make("media", picture("body")).await);
    let source = json!({
        "kind": "WEB_PAGE", "title": letter, "url": format!("https://{letter}.example/"), "doi": format!("10.1000/{letter}"),
    });
    let source = kit.make("source", source).await;
    let input = json!({
        "language": "fr", "headline": letter, "tags": [letter], "gallery": [{ "mediaId": gallery }],
        "references": [{ "source": { "id": source } }],
        "body": { "blocks": { "version": 1, "blocks": [{ "kind": "image", "media": body }] } },
    });
    let made = kit.done(&kit.system(), "articleCreate", "article { id tags { id } }", input).await["article"].take();
    let id = |value: &Value| value.as_str().unwrap().to_owned();
    Things { article: id(&made["id"]), tag: id(&made["tags"][0]["id"]), source, gallery, body }
}

/// The letters of what a caller finds: in the lists of tags, sources and media.
async fn lists(kit: &Kit, caller: &Caller) -> [Vec<String>; 3] {
    let query = "{
        tags { totalCount nodes { name } }
        sources(orderBy: [{field: TITLE, direction: ASC}]) { totalCount nodes { title } }
        media { totalCount nodes { url } }
    }";
    let (data, statements) = kit.statements(kit.data(caller, query, json!({}))).await;
    assert_eq!(statements.len(), 6, "{statements:#?}");
    [("tags", "name"), ("sources", "title"), ("media", "url")].map(|(list, field)| {
        let nodes = data[list]["nodes"].as_array().unwrap();
        assert_eq!(data[list]["totalCount"], nodes.len(), "{list}");
        let text = |node: &Value| node[field].as_str().unwrap().trim_start_matches("https://media.example/").to_owned();
        let mut found: Vec<String> = nodes.iter().map(text).collect();
        found.sort();
        found
    })
}

/// Whether a caller finds the things of an article one by one; every way must agree.
async fn finds(kit: &Kit, caller: &Caller, things: &Things, letter: &str) -> bool {
    let Things { article: _, tag, source, gallery, body } = things;
    let query =
        "query($tag: ID!, $source: ID!, $gallery: ID!, $letter: String!, $url: URL!, $doi: String!, $ids: [ID!]!) {
        tag: tag(by: {id: $tag}) { id }
        tagBySlug: tag(by: {slug: $letter}) { id }
        tagNode: node(id: $tag) { id }
        source: source(by: {id: $source}) { id }
        sourceByUrl: source(by: {url: $url}) { id }
        sourceByDoi: source(by: {doi: $doi}) { id }
        sourceNode: node(id: $source) { id }
        mediaNode: node(id: $gallery) { id }
        nodes(ids: $ids) { id }
    }";
    let variables = json!({
        "tag": tag, "source": source, "gallery": gallery, "letter": letter, "url": format!("https://{letter}.example/"),
        "doi": format!("10.1000/{letter}"), "ids": [tag, source, gallery, body],
    });
    let data = kit.data(caller, query, variables).await;
    let mut ways: Vec<bool> = data["nodes"].as_array().unwrap().iter().map(|node| !node.is_null()).collect();
    let others = data.as_object().unwrap().iter().filter(|(name, _)| *name != "nodes");
    ways.extend(others.map(|(_, node)| !node.is_null()));
    assert_eq!(ways.len(), 12);
    assert!(ways.iter().all(|way| *way == ways[0]), "{letter}: {data:#}");
    ways[0]
}

both_engines! {
    async fn readers_find_only_what_stands_in_articles_they_see(kit: Kit) {
        let (draft_only, later, gone, seen) =
            (draft(&kit, "d").await, draft(&kit, "l").await, draft(&kit, "g").await, draft(&kit, "s").await);
        kit.publish(&seen.article, json!({})).await;
        kit.publish(&gone.article, json!({})).await;
        kit.publish(&later.article, json!({ "at": "2026-11-24T00:00:00Z" })).await;
        let unpublish = json!({ "id": gone.article, "expectedVersion": 2 });
        kit.done(&kit.system(), "articleUnpublish", "article { id }", unpublish).await;
        let portrait = kit.make("media", json!({ "url": "https://media.example/portrait.jpg" })).await;
        kit.make("author", json!({ "name": "Jean", "portraitId": portrait })).await;
        kit.make("media", json!({ "url": "https://media.example/unused.jpg" })).await;

        let own = |letters: &[&str]| letters.iter().map(ToString::to_string).collect::<Vec<_>>();
        let pictures = |letters: &[&str], more: &[&str]| {
            let of = |letter: &&str| ["body", "gallery"].map(|place| format!("{letter}-{place}.jpg"));
            letters.iter().flat_map(of).chain(more.iter().map(ToString::to_string)).collect::<Vec<_>>()
        };
        let readers = [kit.anonymous(), kit.as_user(Role::Reader).await, kit.as_key(&[Scope::ArticlesWrite])];
        for reader in &readers {
            let shown = [own(&["s"]), own(&["s"]), pictures(&[], &["portrait.jpg", "s-body.jpg", "s-gallery.jpg"])];
            assert_eq!(lists(&kit, reader).await, shown);
            for (things, letter, is_found) in
                [(&draft_only, "d", false), (&later, "l", false), (&gone, "g", false), (&seen, "s", true)]
            {
                assert_eq!(finds(&kit, reader, things, letter).await, is_found, "{letter}");
            }
        }
        let all = ["d", "g", "l", "s"];
        let whole = pictures(&["d", "g", "l"], &["portrait.jpg", "s-body.jpg", "s-gallery.jpg", "unused.jpg"]);
        for writer in [kit.as_user(Role::Contributor).await, kit.as_role(Role::Editor), kit.as_key(&[Scope::DraftsRead])] {
            assert_eq!(lists(&kit, &writer).await, [own(&all), own(&all), whole.clone()]);
            assert!(finds(&kit, &writer, &draft_only, "d").await);
        }
        let shown = [own(&["s"]), own(&["s"]), pictures(&[], &["portrait.jpg", "s-body.jpg", "s-gallery.jpg"])];
        for (scope, kept) in [(Scope::TaxonomyWrite, 0), (Scope::SourcesWrite, 1), (Scope::MediaWrite, 2)] {
            let mut expected = shown.clone();
            expected[kept] = [own(&all), own(&all), whole.clone()][kept].clone();
            assert_eq!(lists(&kit, &kit.as_key(&[scope])).await, expected, "a key sees the whole of what it keeps");
        }

        kit.clock.advance(Duration::from_secs(12 * 3_600));
        assert!(finds(&kit, &readers[0], &later, "l").await, "time alone shows them");
    }

    async fn an_act_shows_what_it_made_and_an_article_what_stands_in_it(kit: Kit) {
        let writer = kit.as_user(Role::Contributor).await;
        let input = json!({ "kind": "BOOK", "title": "Livre" });
        let payload = kit.done(&writer, "sourceCreate", "source { title }", input).await;
        assert_eq!(payload["source"]["title"], "Livre");
        let input = json!({ "url": "https://media.example/a.jpg" });
        let payload = kit.done(&kit.as_key(&[Scope::MediaWrite]), "mediaCreate", "media { id }", input).await;
        let picture = payload["media"]["id"].clone();
        let input = json!({
            "language": "fr", "headline": "Un", "tags": ["Neuf"], "gallery": [{ "mediaId": picture }],
            "references": [{ "source": { "create": { "kind": "BOOK", "title": "Autre" } } }],
        });
        let fields = "article { tags { name } gallery { media { id } } references { source { title } } }";
        let payload = kit.done(&writer, "articleCreate", fields, input).await;
        assert_eq!(payload["article"], json!({
            "tags": [{ "name": "Neuf" }], "gallery": [{ "media": { "id": picture } }],
            "references": [{ "source": { "title": "Autre" } }],
        }));
    }
}
