//! What callers send who mean no good, and what chance does to those who mean well.

use masthead_domain::policy::Role;
use masthead_store::page::{Cursor, SortValue};
use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

use crate::mistake::mistakes;

/// The number in a cursor that names its list: what anybody can read who wants to write one.
fn list_of(cursor: &str) -> u64 {
    let digit = |byte: u8| -> u32 {
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        alphabet.iter().position(|known| *known == byte).unwrap().try_into().unwrap()
    };
    let quads = cursor.as_bytes().chunks(4).flat_map(|quad| {
        let bits = quad.iter().fold(0, |bits, byte| (bits << 6) | digit(*byte)) << (6 * (4 - quad.len()));
        bits.to_be_bytes().into_iter().skip(1).take(quad.len() - 1)
    });
    let bytes: Vec<u8> = quads.collect();
    serde_json::from_slice::<Value>(&bytes[8..]).unwrap()[0].as_u64().unwrap()
}

async fn code_over_http(kit: &Kit, query: &str, variables: Value) -> (u16, Value) {
    let answer = kit.http().await.graphql(None, query, variables).await;
    (answer.status, answer.json()["errors"][0]["extensions"]["code"].clone())
}

both_engines! {
    async fn who_may_do_nothing_is_refused_before_anything_is_read(kit: Kit) {
        let id = kit.article(json!({})).await;
        let broken = json!({ "blocks": [{ "kind": "nonsense" }] });
        let update = json!({ "id": id, "expectedVersion": 1, "changes": { "tags": ["Port"], "body": broken } });
        for (mutation, input) in [
            ("articleCreate", json!({ "language": "fr", "headline": "", "body": broken })),
            ("articleUpdate", update),
            ("commentCreate", json!({ "articleId": "nothing", "authorName": "", "body": { "text": "" } })),
            ("authorCreate", json!({ "name": "" })),
            ("authorDelete", json!({ "id": "nothing", "expectedVersion": 0 })),
        ] {
            let (code, statements) = kit.statements(kit.refused(&kit.anonymous(), mutation, input)).await;
            assert_eq!((code.as_str(), statements), ("UNAUTHENTICATED", vec![]), "{mutation}");
        }
        let reader = kit.as_user(Role::Reader).await;
        let broken = json!({ "language": "fr", "headline": "", "body": { "blocks": [{ "kind": "nonsense" }] } });
        let (code, statements) = kit.statements(kit.refused(&reader, "articleCreate", broken)).await;
        assert_eq!((code.as_str(), statements), ("FORBIDDEN", vec![]));
        // Who might have leave is still told about the input first, and about the thing.
        let contributor = kit.as_user(Role::Contributor).await;
        let input = json!({ "id": id, "expectedVersion": 1, "changes": { "kicker": "Baie" } });
        let payload = kit.act(&contributor, "articleUpdate", "article { id }", input).await;
        assert_eq!(mistakes(&payload), ["NotFoundError NOT_FOUND id"]);
    }

    async fn what_was_done_is_read_before_it_is_committed(kit: Kit) {
        let article = kit.published(json!({})).await;
        for (mutation, fields, input) in [
            ("authorCreate", "author { name }", json!({ "name": "Jean" })),
            ("categoryCreate", "category { name }", json!({ "name": "Une", "language": "fr" })),
            ("articleCreate", "article { headline status }", json!({ "language": "fr", "headline": "Le port" })),
            ("articleUnpublish", "article { status }", json!({ "id": article, "expectedVersion": 2, "reason": "UNPUBLISHED" })),
            ("mediaCreate", "media { url }", json!({ "url": "https://media.example/a.jpg" })),
            ("sourceCreate", "source { title }", json!({ "kind": "BOOK", "title": "Le port" })),
            ("contactCreate", "contact { name }", json!({ "name": "Bureau", "role": "NEWSDESK" })),
        ] {
            let (payload, statements) = kit.statements(kit.done(&kit.system(), mutation, fields, input)).await;
            assert!(payload.as_object().unwrap().values().any(Value::is_object), "{payload}");
            // The change log is the last thing written, so a look after it would be one after the commit.
            let last = statements.last().unwrap().to_lowercase();
            assert!(last.contains("change"), "{mutation} ends with {last}");
        }
    }

    async fn a_character_nobody_can_keep_is_refused_wherever_it_is_written(kit: Kit) {
        let bad = (400, json!("BAD_REQUEST"));
        assert_eq!(code_over_http(&kit, r#"{ category(by: {slug: "\u0000"}) { id } }"#, json!({})).await, bad);
        assert_eq!(code_over_http(&kit, r#"{ tags(where: {name: {contains: "a\u0000"}}) { totalCount } }"#, json!({})).await, bad);
        let route = "query($path: String!) { route(path: $path) { __typename } article(by: {path: $path}) { id } category(by: {path: $path}) { id } }";
        for path in ["/fr/%00", "/%00", "/category/%00", "/author/a%00b"] {
            let data = kit.data(&kit.anonymous(), route, json!({ "path": path })).await;
            assert_eq!(data, json!({ "route": null, "article": null, "category": null }), "{path}");
        }
    }

    async fn an_edited_cursor_is_refused_by_every_list(kit: Kit) {
        for headline in ["Un", "Deux"] {
            let article = kit.published(json!({ "headline": headline, "tags": [headline], "references": [{ "source": { "url": format!("https://s.example/{headline}") } }] })).await;
            kit.make("author", json!({ "name": headline })).await;
            kit.make("contact", json!({ "name": headline, "role": "NEWSDESK" })).await;
            kit.make("category", json!({ "name": headline, "language": "fr" })).await;
            kit.make("media", json!({ "url": format!("https://media.example/{headline}.jpg") })).await;
            kit.make("comment", json!({ "articleId": article, "authorName": "Lise", "body": { "text": "Oui." } })).await;
        }
        for list in ["articles", "articles(orderBy: [{field: HEADLINE}])", "authors", "categories", "tags", "sources", "contacts", "media"] {
            let (name, order) = list.split_once('(').map_or((list, String::new()), |(name, rest)| (name, rest.trim_end_matches(')').to_owned()));
            let ask = |after: Option<String>| {
                let after = after.map_or(String::new(), |after| format!("after: \"{after}\""));
                format!("{{ {name}(first: 1 {after} {order}) {{ edges {{ cursor }} }} }}")
            };
            let Value::Object(data) = kit.graphql(&kit.system(), &ask(None), json!({})).await["data"].take() else {
                panic!("{list} is no list");
            };
            let cursor = data[name]["edges"][0]["cursor"].as_str().unwrap_or_else(|| panic!("{list}")).to_owned();
            let list_of = list_of(&cursor);
            let id = masthead_domain::AuthorId::from_uuid(kit.app.ids.uuid()).uuid();
            for value in [SortValue::Text("a".into()), SortValue::Text("\0".into()), SortValue::Int(1), SortValue::Micros(i64::MAX), SortValue::Micros(1)] {
                let edited = Cursor { values: vec![value.clone()], id }.encode(list_of);
                let answer = kit.graphql(&kit.system(), &ask(Some(edited)), json!({})).await;
                let code = &answer["errors"][0]["extensions"]["code"];
                assert!(code.is_null() || code == "INVALID_CURSOR", "{list} {value:?}: {answer}");
            }
        }
    }

    async fn a_list_of_a_filter_is_short(kit: Kit) {
        let query = "query($ids: [ID!]!) { articles(where: {id: {in: $ids}}) { totalCount } }";
        let ids = |count: usize| json!({ "ids": (0..count).map(|at| format!("art_{at}")).collect::<Vec<_>>() });
        let http = kit.http().await;
        assert_eq!(http.graphql(None, query, ids(100)).await.status, 200);
        let long = http.graphql(None, query, ids(101)).await;
        let error = &long.json()["errors"][0];
        assert_eq!((long.status, &error["extensions"]["code"]), (400, &json!("BAD_USER_INPUT")), "{long:?}");
        assert!(error["message"].as_str().unwrap().contains("100"), "{error}");
    }

    async fn lists_below_many_parents_bind_no_more_than_the_engine_takes(kit: Kit) {
        for at in 0..60 {
            kit.make("category", json!({ "name": format!("C{at:02}"), "language": "fr" })).await;
        }
        let ids: Vec<String> = (0..100).map(|_| masthead_domain::ArticleId::from_uuid(kit.app.ids.uuid()).to_string()).collect();
        let any: String = (0..9).map(|_| "{id: {in: $ids}}").collect();
        let query = format!("query($ids: [ID!]!) {{ categories(first: 100) {{ nodes {{ articles(first: 1, where: {{or: [{any}]}}) {{ totalCount nodes {{ id }} }} }} }} }}");
        let data = kit.data(&kit.anonymous(), &query, json!({ "ids": ids })).await;
        assert_eq!(data["categories"]["nodes"].as_array().map(Vec::len), Some(60));
    }

    async fn many_ids_take_one_statement_for_each_kind(kit: Kit) {
        let mut ids = Vec::new();
        for at in 0..4 {
            let draft = json!({ "language": "fr", "headline": format!("Titre {at}"), "tags": [format!("Mot {at}")],
                "references": [{ "source": { "url": format!("https://sources.example/{at}") } }] });
            let fields = "article { id tags { id } references { id } }";
            let article = kit.done(&kit.system(), "articleCreate", fields, draft).await["article"].take();
            let id = article["id"].as_str().unwrap();
            kit.publish(id, json!({})).await;
            ids.extend([id.to_owned(), article["tags"][0]["id"].as_str().unwrap().to_owned(), article["references"][0]["id"].as_str().unwrap().to_owned()]);
            ids.push(kit.make("contact", json!({ "name": format!("B{at}"), "role": "NEWSDESK" })).await);
            ids.push(kit.make("comment", json!({ "articleId": id, "authorName": "Lise", "body": { "text": "Oui." } })).await);
        }
        let query = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Reference { article { headline } } } }";
        let (data, statements) = kit.statements(kit.data(&kit.system(), query, json!({ "ids": ids }))).await;
        let found: Vec<&str> = data["nodes"].as_array().unwrap().iter().map(|node| node["id"].as_str().unwrap()).collect();
        assert_eq!(found, ids);
        assert_eq!(statements.len(), 6, "five kinds, and the articles of the references: {statements:#?}");
    }
}
