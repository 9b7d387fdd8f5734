//! Lists of articles: order, pages in both directions, counts.

use std::time::Duration;

use masthead_app::Caller;
use masthead_domain::policy::Role;
use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

const LIST: &str = "query L($first: Int, $after: String, $last: Int, $before: String, $where: ArticleFilter,
    $orderBy: [ArticleOrder!], $perspective: Perspective! = PUBLISHED) {
  articles(first: $first, after: $after, last: $last, before: $before, where: $where, orderBy: $orderBy, perspective: $perspective) {
    edges { cursor node { headline } } nodes { id headline } totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}";

async fn list(kit: &Kit, caller: &Caller, variables: Value) -> Value {
    kit.data(caller, LIST, variables).await["articles"].take()
}

fn headlines(page: &Value) -> Vec<String> {
    page["nodes"].as_array().unwrap().iter().map(|node| node["headline"].as_str().unwrap().to_owned()).collect()
}

/// All headlines of a list, read page by page.
async fn walk(kit: &Kit, caller: &Caller, size: u32, forward: bool, base: Value) -> Vec<String> {
    let (mut all, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let mut variables = base.clone();
        let (count, from) = if forward { ("first", "after") } else { ("last", "before") };
        variables[count] = json!(size);
        variables[from] = cursor;
        let page = list(kit, caller, variables).await;
        let found = headlines(&page);
        assert!(found.len() <= size as usize);
        let info = &page["pageInfo"];
        if forward {
            all.extend(found);
        } else {
            all.splice(0..0, found);
        }
        let (more, next) = if forward { ("hasNextPage", "endCursor") } else { ("hasPreviousPage", "startCursor") };
        if info[more] == json!(false) {
            return all;
        }
        cursor = info[next].clone();
    }
}

/// Twelve articles in groups of three with the same instant, whose headlines repeat.
async fn many(kit: &Kit) {
    for number in 0..12 {
        if number % 3 == 0 {
            kit.clock.advance(Duration::from_secs(1));
        }
        kit.published(json!({ "headline": format!("Titre {}", ["Écho", "alpha", "Bravo", "écho"][number % 4]), "slug": format!("s{number}") })).await;
    }
}

both_engines! {
    async fn every_order_reads_alike_in_pages_of_every_size_and_both_directions(kit: Kit) {
        many(&kit).await;
        let reader = kit.anonymous();
        for order in [
            json!(null),
            json!([]),
            json!([{ "field": "PUBLISHED_AT", "direction": "ASC" }]),
            json!([{ "field": "UPDATED_AT" }]),
            json!([{ "field": "HEADLINE", "direction": "ASC" }]),
            json!([{ "field": "HEADLINE", "direction": "DESC" }, { "field": "PUBLISHED_AT", "direction": "ASC" }]),
            json!([{ "field": "HEADLINE", "direction": "ASC" }, { "field": "PUBLISHED_AT", "direction": "DESC" }]),
        ] {
            let base = json!({ "orderBy": order });
            let whole = list(&kit, &reader, json!({ "first": 100, "orderBy": order })).await;
            let expected = headlines(&whole);
            assert_eq!((expected.len(), &whole["totalCount"]), (12, &json!(12)));
            for size in [1, 5, 12, 13] {
                assert_eq!(walk(&kit, &reader, size, true, base.clone()).await, expected, "{order} {size}");
                assert_eq!(walk(&kit, &reader, size, false, base.clone()).await, expected, "{order} {size} backwards");
            }
        }
        let by_headline = list(&kit, &reader, json!({ "orderBy": [{ "field": "HEADLINE", "direction": "ASC" }] })).await;
        let sorted: Vec<String> = headlines(&by_headline).iter().map(|text| text.to_lowercase().replace('é', "e")).collect();
        assert!(sorted.is_sorted(), "{sorted:?}");
    }

    async fn what_is_published_meanwhile_neither_doubles_nor_hides_anything(kit: Kit) {
        many(&kit).await;
        let reader = kit.anonymous();
        let before = headlines(&list(&kit, &reader, json!({ "first": 100 })).await);
        let (mut seen, mut cursor) = (Vec::new(), Value::Null);
        loop {
            let page = list(&kit, &reader, json!({ "first": 3, "after": cursor })).await;
            seen.extend(headlines(&page));
            if page["pageInfo"]["hasNextPage"] == json!(false) {
                break;
            }
            cursor = page["pageInfo"]["endCursor"].clone();
            kit.published(json!({ "headline": "Neuf" })).await;
        }
        assert_eq!(seen, before);
    }

    async fn drafts_have_an_order_too(kit: Kit) {
        for number in 0..5 {
            kit.article(json!({ "headline": format!("Brouillon {number}") })).await;
        }
        kit.published(json!({ "headline": "Paru" })).await;
        let editor = kit.as_role(Role::Editor);
        for direction in ["ASC", "DESC"] {
            let base = json!({ "perspective": "LATEST", "orderBy": [{ "field": "PUBLISHED_AT", "direction": direction }] });
            let mut variables = base.clone();
            variables["first"] = json!(100);
            let expected = headlines(&list(&kit, &editor, variables).await);
            assert_eq!(expected.len(), 6);
            assert_eq!(walk(&kit, &editor, 2, true, base.clone()).await, expected);
            assert_eq!(walk(&kit, &editor, 2, false, base).await, expected);
            let place = expected.iter().position(|headline| headline == "Paru").unwrap();
            assert_eq!(place, if direction == "ASC" { 0 } else { 5 }, "what is not published is later than everything");
        }
    }

    async fn a_cursor_belongs_to_its_list(kit: Kit) {
        many(&kit).await;
        let reader = kit.anonymous();
        let cursor = list(&kit, &reader, json!({ "first": 1 })).await["pageInfo"]["endCursor"].clone();
        for wrong in [
            json!({ "after": cursor, "orderBy": [{ "field": "HEADLINE" }] }),
            json!({ "after": cursor, "where": { "language": { "eq": "fr" } } }),
            json!({ "after": "abc" }),
            json!({ "after": "" }),
            json!({ "after": format!("{}A", cursor.as_str().unwrap()) }),
        ] {
            assert_eq!(kit.error_code(&reader, LIST, wrong.clone()).await, "INVALID_CURSOR", "{wrong}");
        }
        let latest = json!({ "after": cursor, "perspective": "LATEST" });
        assert_eq!(kit.error_code(&kit.as_role(Role::Editor), LIST, latest).await, "INVALID_CURSOR");
    }

    async fn page_arguments_that_make_no_sense_are_refused(kit: Kit) {
        let reader = kit.anonymous();
        for wrong in [
            json!({ "first": 101 }), json!({ "first": -1 }), json!({ "last": 101 }), json!({ "first": 1, "last": 1 }),
            json!({ "first": 1, "before": "x" }), json!({ "last": 1, "after": "x" }), json!({ "after": "x", "before": "y" }),
            json!({ "orderBy": [{ "field": "HEADLINE" }, { "field": "HEADLINE", "direction": "ASC" }] }),
        ] {
            assert_eq!(kit.error_code(&reader, LIST, wrong.clone()).await, "BAD_USER_INPUT", "{wrong}");
        }
        let empty = list(&kit, &reader, json!({ "first": 0 })).await;
        assert_eq!((headlines(&empty).len(), &empty["pageInfo"]["endCursor"]), (0, &Value::Null));
    }

    async fn a_count_is_made_only_when_asked_for(kit: Kit) {
        many(&kit).await;
        let reader = kit.anonymous();
        for (query, statements) in [
            ("{ articles { nodes { headline } } }", 1),
            ("{ articles { nodes { headline } totalCount } }", 2),
        ] {
            let (_, ran) = kit.statements(kit.data(&reader, query, json!({}))).await;
            assert_eq!(ran.len(), statements, "{query}");
        }
    }
}
