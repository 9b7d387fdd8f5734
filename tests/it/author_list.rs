//! The list of authors: pages, filters, orders and counts. Every other list is built the same way.

use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

const LIST: &str = "query($first: Int, $after: String, $last: Int, $before: String, $where: AuthorFilter,
        $orderBy: [AuthorOrder!]) {
    authors(first: $first, after: $after, last: $last, before: $before, where: $where, orderBy: $orderBy) {
        edges { cursor node { id name } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
}";

async fn list(kit: &Kit, variables: Value) -> Value {
    kit.data(&kit.anonymous(), LIST, variables).await["authors"].take()
}

async fn names(kit: &Kit, variables: Value) -> Vec<String> {
    let list = list(kit, variables).await;
    list["edges"].as_array().unwrap().iter().map(|edge| edge["node"]["name"].as_str().unwrap().to_owned()).collect()
}

fn ids(list: &Value) -> Vec<String> {
    list["edges"].as_array().unwrap().iter().map(|edge| edge["node"]["id"].as_str().unwrap().to_owned()).collect()
}

/// The pages read from one end to the other, and their ids in the list's order.
async fn walked(kit: &Kit, size: usize, forward: bool, direction: &str) -> Vec<String> {
    let order_by = json!([{ "field": "NAME", "direction": direction }]);
    let (mut all, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let variables = if forward {
            json!({ "first": size, "after": cursor, "orderBy": order_by })
        } else {
            json!({ "last": size, "before": cursor, "orderBy": order_by })
        };
        let page = list(kit, variables).await;
        let info = &page["pageInfo"];
        let (back, on) = if forward { ("hasPreviousPage", "hasNextPage") } else { ("hasNextPage", "hasPreviousPage") };
        assert_eq!(info[back], json!(!cursor.is_null()));
        let found = ids(&page);
        assert!(found.len() == size || info[on] == false, "{page:#}");
        all = if forward { [all, found].concat() } else { [found, all].concat() };
        cursor = info[if forward { "endCursor" } else { "startCursor" }].clone();
        if info[on] == false {
            return all;
        }
    }
}

both_engines! {
    async fn pages_meet_without_gaps_both_ways_even_among_equal_names(kit: Kit) {
        let mut made = Vec::new();
        for name in ["B", "Same", "Same", "same", "Sáme", "A", "Same", "C"] {
            made.push((name, kit.author(name).await));
        }
        // Equal in the order's eyes are all five, and then the id decides, which rises with each new author.
        let key = |name: &str| name.replace('á', "a").to_lowercase();
        made.sort_by_key(|(name, id)| (key(name), id.clone()));
        let rising: Vec<String> = made.into_iter().map(|(_, id)| id).collect();
        let falling: Vec<String> = rising.iter().rev().cloned().collect();
        for size in 1..=9 {
            for forward in [true, false] {
                assert_eq!(walked(&kit, size, forward, "ASC").await, rising, "{size} {forward}");
                assert_eq!(walked(&kit, size, forward, "DESC").await, falling, "{size} {forward}");
            }
        }
    }

    async fn a_page_goes_on_where_it_stopped_though_rows_come_and_go(kit: Kit) {
        for name in ["A", "C", "E"] {
            kit.author(name).await;
        }
        let page = list(&kit, json!({ "first": 2 })).await;
        let (last, after) = (ids(&page)[1].clone(), &page["pageInfo"]["endCursor"]);
        kit.done(&kit.system(), "authorDelete", "", json!({ "id": last, "expectedVersion": 1 })).await;
        for name in ["B", "D"] {
            kit.author(name).await;
        }
        assert_eq!(names(&kit, json!({ "first": 9, "after": after })).await, ["D", "E"]);
    }

    async fn every_edge_has_the_cursor_that_goes_on_behind_it(kit: Kit) {
        for name in ["A", "B", "C", "D"] {
            kit.author(name).await;
        }
        let page = list(&kit, json!({})).await;
        for (place, edge) in page["edges"].as_array().unwrap().iter().enumerate() {
            let after = names(&kit, json!({ "after": edge["cursor"] })).await;
            assert_eq!(after, ["A", "B", "C", "D"][place + 1..]);
            let before = names(&kit, json!({ "before": edge["cursor"] })).await;
            assert_eq!(before, ["A", "B", "C", "D"][..place]);
        }
        assert_eq!(page["pageInfo"]["startCursor"], page["edges"][0]["cursor"]);
        assert_eq!(page["pageInfo"]["endCursor"], page["edges"][3]["cursor"]);
    }

    async fn an_empty_list_and_an_empty_page_are_no_errors(kit: Kit) {
        let empty = json!({
            "edges": [],
            "pageInfo": { "hasNextPage": false, "hasPreviousPage": false, "startCursor": null, "endCursor": null },
        });
        assert_eq!(list(&kit, json!({})).await, empty);
        kit.author("A").await;
        let page = list(&kit, json!({ "first": 0 })).await;
        assert_eq!((ids(&page).len(), &page["pageInfo"]["hasNextPage"]), (0, &json!(true)));
    }

    async fn a_page_has_twenty_items_unless_told_and_never_more_than_a_hundred(kit: Kit) {
        for number in 0..101 {
            kit.author(&format!("Author {number:03}")).await;
        }
        assert_eq!(names(&kit, json!({})).await.len(), 20);
        let page = list(&kit, json!({ "first": 100 })).await;
        assert_eq!((ids(&page).len(), &page["pageInfo"]["hasNextPage"]), (100, &json!(true)));
        for arguments in [json!({ "first": 101 }), json!({ "last": 101 }), json!({ "first": 2_147_483_647 })] {
            let answer = kit.graphql(&kit.anonymous(), LIST, arguments).await;
            let extensions = &answer["errors"][0]["extensions"];
            assert_eq!((&extensions["code"], &extensions["max"]), (&json!("BAD_USER_INPUT"), &json!(100)));
        }
    }

    async fn page_arguments_that_contradict_each_other_are_refused(kit: Kit) {
        kit.author("A").await;
        let cursor = list(&kit, json!({})).await["pageInfo"]["startCursor"].clone();
        for arguments in [
            json!({ "first": 1, "last": 1 }),
            json!({ "after": cursor, "before": cursor }),
            json!({ "first": 1, "before": cursor }),
            json!({ "last": 1, "after": cursor }),
            json!({ "first": -1 }),
            json!({ "last": -1 }),
        ] {
            let code = kit.error_code(&kit.anonymous(), LIST, arguments.clone()).await;
            assert_eq!(code, "BAD_USER_INPUT", "{arguments}");
        }
    }

    async fn a_cursor_of_another_list_or_a_damaged_one_is_refused(kit: Kit) {
        kit.author("A").await;
        let cursor = list(&kit, json!({})).await["pageInfo"]["startCursor"].as_str().unwrap().to_owned();
        let upper = cursor.to_uppercase();
        for arguments in [
            json!({ "after": cursor, "orderBy": [{ "field": "NAME", "direction": "DESC" }] }),
            json!({ "after": cursor, "where": { "slug": { "eq": "a" } } }),
            json!({ "after": upper }),
            json!({ "after": cursor[1..] }),
            json!({ "after": "" }),
            json!({ "before": "b2Zmc2V0OjE=" }),
            json!({ "after": "' or 1=1 --" }),
        ] {
            let code = kit.error_code(&kit.anonymous(), LIST, arguments.clone()).await;
            assert_eq!(code, "INVALID_CURSOR", "{arguments}");
        }
    }

    async fn filters_narrow_the_list_without_regard_to_case_and_accents(kit: Kit) {
        for name in ["Émile Roumer", "Emil", "Jean 100% Pierre", "Jean_Paul", "Zoé"] {
            kit.author(name).await;
        }
        for (filter, expected) in [
            (json!({}), vec!["Emil", "Émile Roumer", "Jean 100% Pierre", "Jean_Paul", "Zoé"]),
            (json!({ "slug": { "eq": "emil" } }), vec!["Emil"]),
            (json!({ "slug": { "in": ["emil", "zoe", "nobody"] } }), vec!["Emil", "Zoé"]),
            (json!({ "slug": { "in": [] } }), vec![]),
            (json!({ "slug": { "eq": "emil", "in": ["zoe"] } }), vec![]),
            (json!({ "slug": { "notIn": ["emil", "zoe"] }, "name": { "startsWith": "e" } }), vec!["Émile Roumer"]),
            (json!({ "name": { "eq": "EMILE ROUMER" } }), vec!["Émile Roumer"]),
            (json!({ "name": { "startsWith": "émil" } }), vec!["Emil", "Émile Roumer"]),
            (json!({ "name": { "contains": "ROU" } }), vec!["Émile Roumer"]),
            (json!({ "name": { "contains": "%" } }), vec!["Jean 100% Pierre"]),
            (json!({ "name": { "contains": "n_p" } }), vec!["Jean_Paul"]),
            (json!({ "name": { "contains": "!" } }), vec![]),
            (json!({ "name": { "startsWith": "j%n" } }), vec![]),
            (json!({ "name": { "startsWith": "jean_" } }), vec!["Jean_Paul"]),
            (json!({ "name": { "contains": "\\" } }), vec![]),
        ] {
            assert_eq!(names(&kit, json!({ "where": filter })).await, expected, "{filter}");
        }
    }

    async fn the_total_is_counted_for_the_filter_and_only_when_asked_for(kit: Kit) {
        for name in ["A", "B", "B", "C"] {
            kit.author(name).await;
        }
        let anonymous = kit.anonymous();
        let counted = "{ authors(first: 1, where: {name: {eq: \"b\"}}) { nodes { name } totalCount } }";
        let (data, statements) = kit.statements(kit.data(&anonymous, counted, json!({}))).await;
        assert_eq!(data["authors"], json!({ "nodes": [{ "name": "B" }], "totalCount": 2 }));
        assert_eq!(statements.len(), 2, "{statements:#?}");
        let (_, statements) = kit.statements(list(&kit, json!({}))).await;
        assert_eq!(statements.len(), 1, "{statements:#?}");
    }
}
