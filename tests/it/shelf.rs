//! What lists of authors, tags, languages and kinds hold, through everything that can change it: they are read from the
//! side of the shelves.

use std::time::Duration;

use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

/// The headlines of the articles that pass a filter, their pages read both ways, which must agree with each other and
/// with the count.
async fn headlines(kit: &Kit, filter: Value) -> String {
    let query = "query($where: ArticleFilter, $after: String, $before: String) {
        all: articles(first: 100, where: $where) { totalCount nodes { headline } }
        forward: articles(first: 1, after: $after, where: $where) { nodes { headline } pageInfo { endCursor hasNextPage } }
        backward: articles(last: 1, before: $before, where: $where) { nodes { headline } pageInfo { startCursor hasPreviousPage } }
    }";
    let (mut after, mut before) = (Value::Null, Value::Null);
    let (mut forward, mut backward) = (String::new(), String::new());
    loop {
        let variables = json!({ "where": filter, "after": after, "before": before });
        let found = kit.data(&kit.anonymous(), query, variables).await;
        let of = |list: &str| -> String {
            found[list]["nodes"].as_array().unwrap().iter().map(|node| node["headline"].as_str().unwrap()).collect()
        };
        forward.push_str(&of("forward"));
        backward.insert_str(0, &of("backward"));
        let (ahead, behind) = (&found["forward"]["pageInfo"], &found["backward"]["pageInfo"]);
        assert_eq!(ahead["hasNextPage"], behind["hasPreviousPage"], "{filter}");
        if ahead["hasNextPage"] != true {
            assert_eq!((&forward, &backward), (&of("all"), &of("all")), "{filter}");
            assert_eq!(found["all"]["totalCount"], forward.len(), "{filter}");
            return forward;
        }
        (after, before) = (ahead["endCursor"].clone(), behind["startCursor"].clone());
    }
}

/// Does something to an article at its present version and gives the new one.
async fn act(kit: &Kit, article: &mut Value, mutation: &str, rest: Value) {
    let mut input = json!({ "id": article["id"], "expectedVersion": article["version"] });
    input.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    *article = kit.done(&kit.system(), mutation, "article { id version }", input).await["article"].take();
}

struct Newsroom {
    articles: Vec<Value>,
    ana: Value,
    jean: Value,
    both: Value,
    mer: Value,
    terre: Value,
    any: Value,
}

/// A to D, of which Ana wrote A and has two credits under B, Jean wrote B to D.
async fn newsroom(kit: &Kit) -> Newsroom {
    let [ana, jean] = [kit.author("Ana").await, kit.author("Jean").await];
    let mut articles = Vec::new();
    for (headline, at, language, kind, authors, tags) in [
        ("A", "2026-01-01T00:00:00Z", "fr", "NEWS", vec![(&ana, "AUTHOR")], vec!["Mer"]),
        (
            "B",
            "2026-01-03T00:00:00Z",
            "en",
            "OPINION",
            vec![(&ana, "AUTHOR"), (&ana, "PHOTOGRAPHER"), (&jean, "EDITOR")],
            vec!["Mer", "Terre"],
        ),
        ("C", "2026-01-02T00:00:00Z", "fr", "ANALYSIS", vec![(&jean, "AUTHOR")], vec!["Terre"]),
        ("D", "2026-01-03T00:00:00Z", "ht", "NEWS", vec![(&jean, "AUTHOR")], vec![]),
    ] {
        let authors: Vec<Value> =
            authors.into_iter().map(|(id, role)| json!({ "authorId": id, "role": role })).collect();
        let input = json!({
            "language": language, "headline": headline, "kind": kind, "body": { "html": "<p>…</p>" }, "authors": authors, "tags": tags,
        });
        let mut article =
            kit.done(&kit.system(), "articleCreate", "article { id version }", input).await["article"].take();
        act(kit, &mut article, "articlePublish", json!({ "at": at })).await;
        articles.push(article);
    }
    Newsroom {
        articles,
        both: json!({ "author": { "in": [ana, jean, ana] } }),
        ana: json!({ "author": { "eq": ana } }),
        jean: json!({ "author": { "eq": jean } }),
        mer: json!({ "tag": { "eq": "mer" } }),
        terre: json!({ "tag": { "eq": "terre" } }),
        any: json!({ "tag": { "in": ["terre", "unknown", "mer"] } }),
    }
}

both_engines! {
    async fn authors_and_tags_list_what_readers_see_through_every_act(kit: Kit) {
        let Newsroom { mut articles, ana, jean, both, mer, terre, any } = newsroom(&kit).await;
        let expect = async |expected: [&str; 6]| {
            let mut found = Vec::new();
            for filter in [&ana, &jean, &both, &mer, &terre, &any] {
                found.push(headlines(&kit, filter.clone()).await);
            }
            assert_eq!(found, expected);
        };
        expect(["BA", "DBC", "DBCA", "BA", "BC", "BCA"]).await;

        act(&kit, &mut articles[1], "articleUnpublish", json!({ "reason": "UNPUBLISHED" })).await;
        expect(["A", "DC", "DCA", "A", "C", "CA"]).await;
        let soon = kit.app.clock.now() + Duration::from_secs(60);
        act(&kit, &mut articles[1], "articlePublish", json!({ "at": soon })).await;
        expect(["A", "DC", "DCA", "A", "C", "CA"]).await;
        kit.clock.advance(Duration::from_secs(60));
        expect(["BA", "BDC", "BDCA", "BA", "BC", "BCA"]).await;

        // What waits stands nowhere; then it stands there with the instant it has.
        let changes = json!({ "changes": { "authors": [{ "authorId": ana["author"]["eq"] }], "tags": ["Mer"] } });
        act(&kit, &mut articles[3], "articleUpdate", changes).await;
        expect(["BA", "BDC", "BDCA", "BA", "BC", "BCA"]).await;
        act(&kit, &mut articles[3], "articlePublish", json!({})).await;
        expect(["BDA", "BC", "BDCA", "BDA", "BC", "BDCA"]).await;

        let input = json!({ "id": articles[0]["id"], "expectedVersion": articles[0]["version"] });
        drop(kit.done(&kit.system(), "articleDelete", "", input).await);
        expect(["BD", "BC", "BDC", "BD", "BC", "BDC"]).await;
        let tags = "{ tags { nodes { id slug version } } }";
        let tags = kit.data(&kit.system(), tags, json!({})).await["tags"]["nodes"].take();
        let input = json!({ "fromId": tags[1]["id"], "expectedVersion": tags[1]["version"], "intoId": tags[0]["id"] });
        drop(kit.done(&kit.system(), "tagMerge", "", input).await);
        expect(["BD", "BC", "BDC", "BDC", "", "BDC"]).await;
    }

    async fn joined_filters_find_the_same_from_whichever_shelf_they_are_read(kit: Kit) {
        let Newsroom { ana, jean, both, mer, terre, .. } = newsroom(&kit).await;
        let kind = |kind: &str| json!({ "kind": { "eq": kind } });
        let language = |tag: &str| json!({ "language": { "eq": tag } });
        let headline = |text: &str| json!({ "headline": { "eq": text } });
        for (filter, expected) in [
            (json!({ "and": [jean, mer] }), "B"),
            (json!({ "and": [mer, terre, ana] }), "B"),
            (json!({ "and": [jean, kind("NEWS")] }), "D"),
            (json!({ "and": [both, language("fr")] }), "CA"),
            (json!({ "and": [jean, headline("C"), { "not": mer }] }), "C"),
            (json!({ "and": [jean, headline("A")] }), ""),
            (json!({ "and": [jean, { "publishedAt": { "isNull": true } }] }), ""),
            (json!({ "or": [ana, terre] }), "BCA"),
            (json!({ "or": [mer, { "and": [jean, kind("NEWS")] }] }), "DBA"),
            (json!({ "or": [language("ht"), ana, jean] }), "DBCA"),
            (json!({ "or": [ana, headline("C")] }), "BCA"),
            (json!({ "and": [{ "or": [ana, terre] }, language("fr")] }), "CA"),
            (json!({ "and": [{ "or": [ana, terre] }, jean, { "not": kind("OPINION") }] }), "C"),
        ] {
            assert_eq!(headlines(&kit, filter.clone()).await, expected, "{filter}");
        }
    }

    async fn lists_of_several_shelves_hold_each_article_once_and_in_order(kit: Kit) {
        let Newsroom { ana, both, mer, .. } = newsroom(&kit).await;
        let language = |tags: &[&str]| json!({ "language": { "in": tags } });
        let kind = |kinds: &[&str]| json!({ "kind": { "in": kinds } });
        for (filter, expected) in [
            (language(&["fr", "en", "fr"]), "BCA"),
            (language(&["ht", "en"]), "DB"),
            (kind(&["NEWS", "ANALYSIS"]), "DCA"),
            (json!({ "and": [language(&["fr", "ht"]), kind(&["NEWS", "OPINION"])] }), "DA"),
            (json!({ "and": [both, language(&["fr", "en"])] }), "BCA"),
            (json!({ "and": [ana, mer, { "publishedAt": { "lt": "2026-01-03T00:00:00Z" } }] }), "A"),
            (json!({ "and": [both, { "publishedAt": { "gt": "2026-01-01T00:00:00Z", "lte": "2026-01-02T00:00:00Z" } }] }), "C"),
            (json!({ "and": [both, { "not": mer }] }), "DC"),
            (json!({ "or": [ana, { "kind": { "eq": "ANALYSIS" } }] }), "BCA"),
            (json!({ "author": { "in": [] } }), ""),
        ] {
            assert_eq!(headlines(&kit, filter.clone()).await, expected, "{filter}");
        }
    }
}
