//! Filters of lists of articles, and what they refuse.

use std::time::Duration;

use masthead_domain::policy::{Role, Scope};
use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

const QUERY: &str = "query F($where: ArticleFilter) { articles(first: 100, where: $where, orderBy: [{field: HEADLINE, direction: ASC}]) { nodes { headline } totalCount } }";

/// The headlines that pass a filter, joined.
async fn passing(kit: &Kit, filter: Value) -> String {
    let data = kit.data(&kit.anonymous(), QUERY, json!({ "where": filter })).await;
    let headlines: Vec<&str> =
        data["articles"]["nodes"].as_array().unwrap().iter().map(|node| node["headline"].as_str().unwrap()).collect();
    assert_eq!(data["articles"]["totalCount"], headlines.len(), "{filter}");
    headlines.concat()
}

struct Newsroom {
    ids: Vec<String>,
    authors: [String; 2],
    root: String,
    child: String,
    source: String,
}

/// Five articles A to E and a page P, an hour apart from A on.
async fn newsroom(kit: &Kit) -> Newsroom {
    let root = kit.make("category", json!({ "name": "Monde", "language": "fr" })).await;
    let child = kit.make("category", json!({ "name": "Caraïbe", "language": "fr", "parentId": root })).await;
    let leaf = kit.make("category", json!({ "name": "Haïti", "language": "fr", "parentId": child })).await;
    let authors = [kit.author("Un").await, kit.author("Deux").await];
    let media = kit.make("media", json!({ "url": "https://media.example/a.jpg" })).await;
    let source = kit.make("source", json!({ "kind": "BOOK", "title": "Livre" })).await;
    let mut ids = Vec::new();
    for input in [
        json!({ "headline": "A", "categoryIds": [root], "authors": [{ "authorId": authors[0] }] }),
        json!({ "headline": "B", "language": "en", "categoryIds": [child], "kind": "OPINION", "tags": ["Mer"] }),
        json!({ "headline": "C", "language": "ht", "categoryIds": [leaf, root], "tags": ["Terre", "Mer"], "authors": [{ "authorId": authors[0] }, { "authorId": authors[1], "role": "EDITOR" }] }),
        json!({ "headline": "D", "references": [{ "source": { "id": source } }] }),
        json!({ "headline": "E", "gallery": [{ "mediaId": media }], "kind": "INTERVIEW" }),
        json!({ "headline": "P", "kind": "PAGE", "categoryIds": [root], "authors": [{ "authorId": authors[0] }] }),
    ] {
        ids.push(kit.published(input).await);
        kit.clock.advance(Duration::from_secs(3_600));
    }
    kit.article(json!({ "headline": "Z brouillon", "categoryIds": [root], "tags": ["Mer"] })).await;
    Newsroom { ids, authors, root, child, source }
}

both_engines! {
    async fn each_filter_passes_what_it_says(kit: Kit) {
        let Newsroom { ids, authors, root, child, source } = newsroom(&kit).await;
        for (filter, expected) in [
            (json!(null), "ABCDE"),
            (json!({}), "ABCDE"),
            (json!({ "id": { "eq": ids[1] } }), "B"),
            (json!({ "id": { "in": [ids[0], ids[4], "x", root] } }), "AE"),
            (json!({ "id": { "in": [] } }), ""),
            (json!({ "id": { "eq": ids[0], "in": [ids[1]] } }), ""),
            (json!({ "id": { "notIn": [ids[0], ids[1]] } }), "CDE"),
            (json!({ "language": { "eq": "fr" } }), "ADE"),
            (json!({ "language": { "in": ["en", "ht"] } }), "BC"),
            (json!({ "kind": { "eq": "PAGE" } }), "P"),
            (json!({ "kind": { "in": ["OPINION", "PAGE"] } }), "BP"),
            (json!({ "kind": { "notIn": ["NEWS"] } }), "BEP"),
            (json!({ "publishedAt": { "gte": "2026-11-23T13:00:00Z", "lt": "2026-11-23T15:00:00Z" } }), "BC"),
            (json!({ "publishedAt": { "gt": "2026-11-23T13:00:00Z", "lte": "2026-11-23T15:00:00+00:00" } }), "CD"),
            (json!({ "publishedAt": { "isNull": true } }), ""),
            (json!({ "publishedAt": { "isNull": false } }), "ABCDE"),
            (json!({ "updatedAt": { "gte": "2026-11-23T16:00:00Z" } }), "E"),
            (json!({ "headline": { "eq": "a" } }), "A"),
            (json!({ "headline": { "startsWith": "É" } }), "E"),
            (json!({ "headline": { "contains": "%" } }), ""),
            (json!({ "headline": { "contains": "c", "startsWith": "C" } }), "C"),
            (json!({ "category": { "id": { "eq": root } } }), "ABC"),
            (json!({ "category": { "id": { "eq": root }, "includeDescendants": false } }), "AC"),
            (json!({ "category": { "slug": { "eq": "caraibe" } } }), "BC"),
            (json!({ "category": { "slug": { "in": ["haiti", "inconnu"] } } }), "C"),
            (json!({ "category": { "slug": { "notIn": ["caraibe"] } } }), "ADE"),
            (json!({ "category": { "id": { "notIn": [child] }, "slug": { "eq": "monde" } } }), "A"),
            (json!({ "category": { "id": { "eq": "cat_00000000000000000000000000" } } }), ""),
            (json!({ "author": { "eq": authors[0] } }), "AC"),
            (json!({ "author": { "in": [authors[1]] } }), "C"),
            (json!({ "author": { "notIn": [authors[0]] } }), "BDE"),
            (json!({ "tag": { "eq": "mer" } }), "BC"),
            (json!({ "tag": { "in": ["terre", "mer"] } }), "BC"),
            (json!({ "tag": { "notIn": ["terre"] } }), "ABDE"),
            (json!({ "source": { "eq": source } }), "D"),
            (json!({ "hasReferences": true }), "D"),
            (json!({ "hasReferences": false }), "ABCE"),
            (json!({ "hasMedia": true }), "E"),
            (json!({ "hasMedia": false, "language": { "eq": "fr" } }), "AD"),
            (json!({ "and": [{ "tag": { "eq": "mer" } }, { "tag": { "eq": "terre" } }] }), "C"),
            (json!({ "and": [] }), "ABCDE"),
            (json!({ "or": [{ "headline": { "eq": "a" } }, { "hasMedia": true }] }), "AE"),
            (json!({ "or": [] }), ""),
            (json!({ "or": [{}, { "hasMedia": true }] }), "ABCDE"),
            (json!({ "or": [{ "publishedAt": {} }, { "hasMedia": true }] }), "ABCDE"),
            (json!({ "not": {} }), ""),
            (json!({ "not": { "and": [{}, { "publishedAt": {} }] } }), ""),
            (json!({ "headline": {}, "id": {}, "category": {} }), "ABCDE"),
            (json!({ "not": { "language": { "eq": "fr" } } }), "BC"),
            (json!({ "not": { "or": [{ "tag": { "eq": "mer" } }, { "hasMedia": true }] } }), "AD"),
            (json!({ "not": { "not": { "kind": { "eq": "PAGE" } } } }), "P"),
            (json!({ "or": [{ "kind": { "eq": "PAGE" } }, { "headline": { "eq": "A" } }], "not": { "headline": { "eq": "B" } } }), "AP"),
        ] {
            assert_eq!(passing(&kit, filter.clone()).await, expected, "{filter}");
        }
    }

    async fn only_the_desk_may_ask_for_a_status(kit: Kit) {
        newsroom(&kit).await;
        let asked = |filter: Value| json!({ "where": filter });
        for filter in [
            json!({ "status": { "eq": "DRAFT" } }),
            json!({ "or": [{ "not": { "and": [{ "status": { "in": ["PUBLISHED"] } }] } }] }),
        ] {
            for caller in [kit.anonymous(), kit.as_role(Role::Reader), kit.as_key(&[Scope::ArticlesWrite])] {
                assert_eq!(kit.error_code(&caller, QUERY, asked(filter.clone())).await, "FORBIDDEN", "{filter}");
            }
        }
        let below = "{ categories { nodes { articles(where: {status: {eq: DRAFT}}) { totalCount } } } }";
        assert_eq!(kit.error_code(&kit.anonymous(), below, json!({})).await, "FORBIDDEN");
        let query = "query S($statuses: [ArticleStatus!]) { articles(perspective: LATEST, where: {status: {in: $statuses}}) { totalCount } }";
        for (statuses, expected) in [(json!(["DRAFT"]), 1), (json!(["PUBLISHED"]), 5), (json!(["DRAFT", "PUBLISHED"]), 6), (json!(["SCHEDULED", "UNPUBLISHED", "IN_REVIEW", "WITHDRAWN", "KILLED"]), 0), (json!([]), 0)] {
            for caller in [kit.as_role(Role::Editor), kit.as_key(&[Scope::DraftsRead])] {
                let data = kit.data(&caller, query, json!({ "statuses": statuses })).await;
                assert_eq!(data["articles"]["totalCount"], expected, "{statuses}");
            }
        }
    }

    async fn a_filter_has_its_limits(kit: Kit) {
        let nested = |levels: usize| (1..levels).fold(json!({ "hasMedia": true }), |inner, _| json!({ "not": inner }));
        assert_eq!(passing(&kit, nested(8)).await, "");
        let wide = |count: usize| json!({ "or": vec![json!({ "hasMedia": true }); count] });
        assert_eq!(passing(&kit, wide(100)).await, "");
        for refused in [nested(9), wide(101), json!({ "or": vec![json!({}); 101] }), json!({ "and": [wide(60), wide(60)] })] {
            assert_eq!(kit.error_code(&kit.anonymous(), QUERY, json!({ "where": refused })).await, "BAD_USER_INPUT");
        }
    }

    async fn a_filter_that_is_never_offered_is_refused(kit: Kit) {
        for unknown in [json!({ "createdBy": { "eq": "x" } }), json!({ "viewCount": { "gt": 1 } }), json!({ "body": { "contains": "x" } })] {
            let answer = kit.graphql(&kit.anonymous(), QUERY, json!({ "where": unknown })).await;
            assert!(answer["errors"][0]["message"].is_string(), "{answer}");
        }
    }
}
