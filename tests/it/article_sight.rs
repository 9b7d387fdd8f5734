//! Who sees which articles: perspectives, roles, embargo, expiry, and every way in at once.

use std::time::Duration;

use masthead_app::Caller;
use masthead_domain::policy::{Role, Scope};
use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

async fn headlines(kit: &Kit, caller: &Caller, perspective: &str) -> String {
    let query = format!(
        "{{ articles(first: 100, perspective: {perspective}, orderBy: [{{field: HEADLINE, direction: ASC}}]) {{ nodes {{ headline }} totalCount }} }}"
    );
    let data = kit.data(caller, &query, json!({})).await;
    let found: Vec<&str> =
        data["articles"]["nodes"].as_array().unwrap().iter().map(|node| node["headline"].as_str().unwrap()).collect();
    assert_eq!(data["articles"]["totalCount"], found.len());
    found.concat()
}

/// One article in each condition: draft A, embargoed E, expired X, published P, scheduled S, unpublished U, and W, a
/// draft of a contributor.
async fn conditions(kit: &Kit) -> (Caller, Vec<String>) {
    let mut ids = Vec::new();
    for (headline, how) in [
        ("A", None),
        ("E", Some(json!({ "embargoUntil": "2026-11-25T00:00:00Z" }))),
        ("P", Some(json!({}))),
        ("S", Some(json!({ "at": "2026-11-24T00:00:00Z" }))),
        ("U", Some(json!({}))),
        ("X", Some(json!({ "expiresAt": "2026-11-23T12:00:30Z" }))),
    ] {
        let id = kit.article(json!({ "headline": headline })).await;
        if let Some(how) = how {
            kit.publish(&id, how).await;
        }
        ids.push(id);
    }
    kit.done(&kit.system(), "articleUnpublish", "article { id }", json!({ "id": ids[4], "expectedVersion": 2 })).await;
    let writer = kit.as_user(Role::Contributor).await;
    let own = json!({ "language": "fr", "headline": "W" });
    let payload = kit.done(&writer, "articleCreate", "article { id }", own).await;
    ids.push(payload["article"]["id"].as_str().unwrap().to_owned());
    kit.clock.advance(Duration::from_secs(60));
    (writer, ids)
}

both_engines! {
    async fn perspectives_show_what_the_caller_may_see(kit: Kit) {
        let (writer, _) = conditions(&kit).await;
        let editor = kit.as_role(Role::Editor);
        let key = kit.as_key(&[Scope::DraftsRead]);
        for caller in [&kit.anonymous(), &writer, &editor, &key, &kit.as_role(Role::Admin)] {
            assert_eq!(headlines(&kit, caller, "PUBLISHED").await, "P");
        }
        for caller in [&editor, &key, &kit.as_role(Role::Publisher), &kit.system()] {
            assert_eq!(headlines(&kit, caller, "LATEST").await, "AEPSUWX");
            assert_eq!(headlines(&kit, caller, "DRAFT").await, "AESUWX");
        }
        assert_eq!(headlines(&kit, &writer, "LATEST").await, "PW", "contributors see what readers see, and their own");
        assert_eq!(headlines(&kit, &writer, "DRAFT").await, "W");
    }

    async fn asking_for_drafts_without_leave_is_an_error(kit: Kit) {
        conditions(&kit).await;
        for query in [
            "{ articles(perspective: LATEST) { totalCount } }",
            "{ article(by: {slug: {slug: \"p\"}}, perspective: DRAFT) { id } }",
            "{ route(path: \"/fr/p\", perspective: LATEST) { __typename } }",
            "{ nodes(ids: [], perspective: DRAFT) { id } }",
        ] {
            assert_eq!(kit.error_code(&kit.anonymous(), query, json!({})).await, "UNAUTHENTICATED", "{query}");
            for caller in [kit.as_role(Role::Reader), kit.as_key(&[Scope::ArticlesPublish]), kit.as_role(Role::Contributor)] {
                assert_eq!(kit.error_code(&caller, query, json!({})).await, "FORBIDDEN", "{query}");
            }
        }
    }

    async fn what_readers_may_not_see_is_not_there_by_any_way(kit: Kit) {
        let (writer, ids) = conditions(&kit).await;
        let one = "query O($id: ID!, $slug: String!, $path: String!, $perspective: Perspective! = PUBLISHED) {
            id: article(by: {id: $id}, perspective: $perspective) { headline }
            slug: article(by: {slug: {slug: $slug}}, perspective: $perspective) { headline }
            path: article(by: {path: $path}, perspective: $perspective) { headline }
            node(id: $id) { ... on Article { headline } }
            nodes(ids: [$id], perspective: $perspective) { ... on Article { headline } }
        }";
        for (id, slug) in ids.iter().zip(["a", "e", "p", "s", "u", "x", "w"]) {
            let variables = |perspective: &str| json!({ "id": id, "slug": slug, "path": format!("/fr/{slug}"), "perspective": perspective });
            let seen = |data: &Value| ["id", "slug", "path"].map(|field| !data[field].is_null()).into_iter().chain([!data["nodes"][0].is_null()]).collect::<Vec<_>>();
            let node = |data: &Value| !data["node"].is_null();
            let public = kit.data(&kit.anonymous(), one, variables("PUBLISHED")).await;
            assert_eq!((seen(&public), node(&public)), (vec![slug == "p"; 4], slug == "p"), "{slug}");
            let editor = kit.data(&kit.as_role(Role::Editor), one, variables("LATEST")).await;
            assert_eq!((seen(&editor), node(&editor)), (vec![true; 4], slug == "p"), "{slug}: `node` shows what readers see");
            let own = kit.data(&writer, one, variables("LATEST")).await;
            assert_eq!(seen(&own), [slug == "p" || slug == "w"; 4], "{slug}");
        }
    }

    async fn time_alone_shows_and_hides(kit: Kit) {
        conditions(&kit).await;
        let reader = kit.anonymous();
        for (instant, expected) in [
            ("2026-11-23T12:00:29Z", "PX"),
            ("2026-11-23T12:00:30Z", "P"),
            ("2026-11-23T23:59:59.999999Z", "P"),
            ("2026-11-24T00:00:00Z", "PS"),
            ("2026-11-24T23:59:59.999999Z", "PS"),
            ("2026-11-25T00:00:00Z", "EPS"),
        ] {
            kit.clock.set(instant);
            assert_eq!(headlines(&kit, &reader, "PUBLISHED").await, expected, "{instant}");
        }
        let status = "{ articles(where: {headline: {eq: \"S\"}}) { nodes { status publishedAt firstPublishedAt } } }";
        let data = kit.data(&reader, status, json!({})).await;
        assert_eq!(data["articles"]["nodes"][0], json!({ "status": "PUBLISHED", "publishedAt": "2026-11-24T00:00:00Z", "firstPublishedAt": "2026-11-24T00:00:00Z" }));
    }

    async fn relations_never_show_more_than_their_root(kit: Kit) {
        let author = kit.author("Jean Pierre").await;
        let category = kit.make("category", json!({ "name": "Port", "language": "fr" })).await;
        let source = kit.make("source", json!({ "kind": "BOOK", "title": "Livre" })).await;
        let all = json!({ "authors": [{ "authorId": author }], "categoryIds": [category], "references": [{ "source": { "id": source } }] });
        let with = |more: Value| { let mut input = all.clone(); input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone()); input };
        let shown = kit.published(with(json!({ "headline": "Montré" }))).await;
        kit.article(with(json!({ "headline": "Caché", "language": "en", "translationOf": shown }))).await;
        let query = "query R($id: ID!, $author: ID!, $category: ID!, $perspective: Perspective! = PUBLISHED) {
            article(by: {id: $id}, perspective: $perspective) {
              translations { headline }
              authors { author { articles { totalCount nodes { headline } } } }
              categories { articleCount articles { totalCount nodes { headline } } }
            }
            author(by: {id: $author}) { articles { totalCount } }
            category(by: {id: $category}) { articleCount articles { totalCount } }
            sources(where: {citedBy: {eq: $id}}) { totalCount }
        }";
        let ask = |caller: Caller, perspective: &'static str| {
            let variables = json!({ "id": shown, "author": author, "category": category, "perspective": perspective });
            let kit = &kit;
            async move { kit.data(&caller, query, variables).await }
        };
        for (data, count) in [
            (ask(kit.anonymous(), "PUBLISHED").await, 1),
            (ask(kit.as_role(Role::Editor), "PUBLISHED").await, 1),
            (ask(kit.as_role(Role::Editor), "LATEST").await, 2),
        ] {
            let article = &data["article"];
            assert_eq!(article["translations"].as_array().unwrap().len(), count - 1);
            assert_eq!(article["authors"][0]["author"]["articles"]["totalCount"], count);
            assert_eq!(article["categories"][0]["articleCount"], count);
            assert_eq!(article["categories"][0]["articles"]["nodes"].as_array().unwrap().len(), count);
            assert_eq!(data["author"]["articles"]["totalCount"], 1, "other root fields see what readers see");
            assert_eq!(data["category"], json!({ "articleCount": 1, "articles": { "totalCount": 1 } }));
        }
    }

    async fn mistakes_do_not_count_or_name_what_is_hidden(kit: Kit) {
        let author = kit.author("Jean Pierre").await;
        let picture = kit.make("media", json!({ "url": "https://media.example/a.jpg" })).await;
        let category = kit.make("category", json!({ "name": "Port", "language": "fr" })).await;
        let contact = kit.make("contact", json!({ "name": "Desk", "role": "NEWSDESK" })).await;
        let open = kit.published(json!({ "headline": "Ouvert" })).await;
        kit.article(json!({
            "headline": "Secret", "language": "ht", "translationOf": open, "authors": [{ "authorId": author }],
            "gallery": [{ "mediaId": picture }], "categoryIds": [category], "contactIds": [contact],
        })).await;
        let told = async |caller: &Caller, mutation: &str, input: Value| {
            let mut payload = kit.act(caller, mutation, "", input).await;
            payload["userErrors"][0]["message"].take()
        };
        let (people, keeper) = (kit.as_key(&[Scope::PeopleWrite]), kit.as_key(&[Scope::MediaWrite]));
        let (taxonomist, desk) = (kit.as_key(&[Scope::TaxonomyWrite]), kit.as_role(Role::Editor));
        for (caller, mutation, id, what) in [
            (&people, "authorDelete", &author, "an author"),
            (&people, "contactDelete", &contact, "a contact"),
            (&keeper, "mediaDelete", &picture, "a media record"),
            (&taxonomist, "categoryDelete", &category, "a category"),
        ] {
            let input = json!({ "id": id, "expectedVersion": 1 });
            assert_eq!(told(caller, mutation, input.clone()).await, format!("{what} is still used"));
            assert_eq!(told(&desk, mutation, input).await, format!("{what} is still used 1 times"));
        }
        let input = json!({ "language": "ht", "headline": "Pa m", "translationOf": open });
        let writer = kit.as_user(Role::Contributor).await;
        let neutral = "this story takes no new edition in ht";
        assert_eq!(told(&writer, "articleCreate", input.clone()).await, neutral);
        assert_eq!(told(&kit.as_key(&[Scope::ArticlesWrite]), "articleCreate", input.clone()).await, neutral);
        assert_eq!(told(&desk, "articleCreate", input).await, "this story has an edition in ht already");
    }

    async fn only_the_desk_sees_the_editorial_part(kit: Kit) {
        let (writer, ids) = conditions(&kit).await;
        let query = "query E($id: ID!, $perspective: Perspective! = PUBLISHED) { article(by: {id: $id}, perspective: $perspective) { editorial { scheduledFor embargoUntil expiresAt } } }";
        let ask = |caller: Caller, id: &str, perspective: &'static str| {
            let (kit, variables) = (&kit, json!({ "id": id, "perspective": perspective }));
            async move { kit.data(&caller, query, variables).await["article"]["editorial"].take() }
        };
        assert_eq!(ask(kit.anonymous(), &ids[2], "PUBLISHED").await, Value::Null);
        assert_eq!(ask(kit.as_role(Role::Reader), &ids[2], "PUBLISHED").await, Value::Null);
        assert_eq!(ask(writer.clone(), &ids[2], "PUBLISHED").await, Value::Null, "somebody else's");
        assert!(ask(writer, &ids[6], "LATEST").await.is_object());
        let editor = kit.as_role(Role::Editor);
        assert!(ask(editor.clone(), &ids[2], "PUBLISHED").await.is_object());
        assert_eq!(ask(editor, &ids[1], "LATEST").await, json!({ "scheduledFor": null, "embargoUntil": "2026-11-25T00:00:00Z", "expiresAt": null }));
    }
}
