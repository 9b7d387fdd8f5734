//! Lists of articles below authors and categories, each read for all parents at once.

use std::time::Duration;

use masthead_app::category;
use masthead_domain::{Localizations, text::Title};
use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

async fn newsroom(kit: &Kit) -> (Vec<String>, Vec<String>) {
    let root = kit.make("category", json!({ "name": "Monde", "language": "fr" })).await;
    let child = kit.make("category", json!({ "name": "Caraïbe", "language": "fr", "parentId": root })).await;
    let other = kit.make("category", json!({ "name": "Sport", "language": "fr" })).await;
    let empty = kit.make("category", json!({ "name": "Vide", "language": "fr" })).await;
    let authors = vec![kit.author("Ana").await, kit.author("Jean").await, kit.author("Personne").await];
    for number in 0..7 {
        let categories = [vec![&root], vec![&child], vec![&other, &child]][number % 3].clone();
        let credits: Vec<Value> = authors.iter().take(1 + number % 2).map(|id| json!({ "authorId": id })).collect();
        kit.published(json!({ "headline": format!("N{number}"), "categoryIds": categories, "authors": credits })).await;
        kit.clock.advance(Duration::from_secs(1));
    }
    kit.published(
        json!({ "headline": "Page", "kind": "PAGE", "categoryIds": [root], "authors": [{ "authorId": authors[0] }] }),
    )
    .await;
    (vec![root, child, other, empty], authors)
}

fn joined(list: &Value) -> String {
    let nodes = list["nodes"].as_array().unwrap().iter();
    nodes.map(|node| node["headline"].as_str().unwrap()).collect::<Vec<_>>().join(" ")
}

both_engines! {
    async fn every_parent_gets_its_own_list(kit: Kit) {
        newsroom(&kit).await;
        let query = "{ categories(orderBy: [{field: NAME}]) { nodes { name articleCount own: articleCount(includeDescendants: false)
            all: articles { totalCount nodes { headline } pageInfo { hasNextPage hasPreviousPage } }
            few: articles(first: 2, includeDescendants: false, orderBy: [{field: HEADLINE, direction: ASC}]) { totalCount nodes { headline } pageInfo { hasNextPage } }
            last: articles(last: 1) { nodes { headline } pageInfo { hasPreviousPage } }
            pages: articles(where: {kind: {eq: PAGE}}) { nodes { headline } } } } }";
        let data = kit.data(&kit.anonymous(), query, json!({})).await;
        let nodes = data["categories"]["nodes"].as_array().unwrap();
        let row = |node: &Value| json!([
            node["name"], node["articleCount"], node["own"], node["all"]["totalCount"], joined(&node["all"]), node["few"]["totalCount"],
            joined(&node["few"]), node["few"]["pageInfo"]["hasNextPage"], joined(&node["last"]), joined(&node["pages"]),
        ]);
        assert_eq!(nodes.iter().map(row).collect::<Vec<_>>(), [
            json!(["Caraïbe", 4, 4, 4, "N5 N4 N2 N1", 4, "N1 N2", true, "N1", ""]),
            json!(["Monde", 7, 3, 7, "N6 N5 N4 N3 N2 N1 N0", 3, "N0 N3", true, "N0", "Page"]),
            json!(["Sport", 2, 2, 2, "N5 N2", 2, "N2 N5", false, "N2", ""]),
            json!(["Vide", 0, 0, 0, "", 0, "", false, "", ""]),
        ]);
    }

    async fn a_cursor_leads_on_in_the_list_of_its_own_parent(kit: Kit) {
        let (categories, authors) = newsroom(&kit).await;
        for (noun, ids, expected) in [
            ("category", &categories, ["N6 N5 N4 N3 N2 N1 N0", "N5 N4 N2 N1"]),
            ("author", &authors, ["N6 N5 N4 N3 N2 N1 N0", "N5 N3 N1"]),
        ] {
            for (id, expected) in ids.iter().zip(expected) {
                let query = format!("query L($id: ID!, $after: String) {{ {noun}(by: {{id: $id}}) {{ articles(first: 3, after: $after) {{ nodes {{ headline }} pageInfo {{ hasNextPage endCursor }} }} }} }}");
                let (mut seen, mut cursor) = (Vec::new(), Value::Null);
                loop {
                    let data = kit.data(&kit.anonymous(), &query, json!({ "id": id, "after": cursor })).await;
                    let list = &data[noun]["articles"];
                    seen.push(joined(list));
                    cursor = list["pageInfo"]["endCursor"].clone();
                    if list["pageInfo"]["hasNextPage"] == json!(false) {
                        break;
                    }
                }
                assert_eq!(seen.join(" "), expected);
                let other = json!({ "id": ids[2], "after": cursor });
                assert_eq!(kit.error_code(&kit.anonymous(), &query, other).await, "INVALID_CURSOR");
            }
        }
    }

    async fn authors_list_what_they_are_credited_for(kit: Kit) {
        newsroom(&kit).await;
        let query = "{ authors { nodes { name articles(where: {category: {slug: {eq: \"sport\"}}}) { totalCount nodes { headline authors { author { name } } } } } } }";
        let data = kit.data(&kit.anonymous(), query, json!({})).await;
        let nodes = data["authors"]["nodes"].as_array().unwrap();
        assert_eq!(nodes.iter().map(|node| joined(&node["articles"])).collect::<Vec<_>>(), ["N5 N2", "N5", ""]);
        assert_eq!(nodes[1]["articles"]["nodes"][0]["authors"].as_array().unwrap().len(), 2);
    }

    async fn many_parents_are_no_trouble(kit: Kit) {
        let root = kit.make("category", json!({ "name": "Racine", "language": "fr" })).await;
        let caller = kit.system();
        let work = kit.app.begin(&caller).await.unwrap();
        for number in 0..520 {
            let draft = category::CategoryDraft {
                slug: None,
                name: Title::parse(&format!("Rubrique {number:03}")).unwrap(),
                description: None,
                language: Some("fr".parse().unwrap()),
                parent: Some(root.parse().unwrap()),
                position: None,
                localizations: Localizations::default(),
            };
            category::create(&work, draft).await.unwrap();
        }
        work.commit().await.unwrap();
        kit.published(json!({ "headline": "Une", "categoryIds": [root] })).await;
        let query = "{ categories(where: {isRoot: true}) { nodes { articleCount children { articles(first: 1) { totalCount nodes { headline } } } } } }";
        let reader = kit.anonymous();
        let (data, statements) = kit.statements(kit.data(&reader, query, json!({}))).await;
        // Roots, children, the branches and counts of both, and three statements each for 520 lists and counts.
        assert!(statements.len() <= 11, "{}", statements.len());
        assert_eq!(data["categories"]["nodes"][0]["articleCount"], 1);
        assert_eq!(data["categories"]["nodes"][0]["children"].as_array().unwrap().len(), 520);
    }
}
