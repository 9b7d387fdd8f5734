//! Lists of categories, and what relations of categories cost.

use masthead_domain::{ArticleId, CategoryId};
use masthead_store::category;
use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

use crate::{category::category, filed};

const LIST: &str = "query($first: Int, $after: String, $last: Int, $before: String, $where: CategoryFilter,
        $orderBy: [CategoryOrder!]) {
    categories(first: $first, after: $after, last: $last, before: $before, where: $where, orderBy: $orderBy) {
        nodes { slug } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount
    }
}";

async fn list(kit: &Kit, variables: Value) -> Value {
    kit.data(&kit.anonymous(), LIST, variables).await["categories"].take()
}

fn slugs(list: &Value) -> Vec<String> {
    list["nodes"].as_array().unwrap().iter().map(|node| node["slug"].as_str().unwrap().to_owned()).collect()
}

/// Two roots, each with three children; positions repeat from branch to branch, and so do names.
async fn newsroom(kit: &Kit) -> Vec<String> {
    let mut ids = Vec::new();
    for root in ["News", "Sport"] {
        let id = category(kit, root, None).await;
        for child in ["Élite", "Zone", "elite"] {
            ids.push(category(kit, child, Some(&id)).await);
        }
        ids.push(id);
    }
    ids
}

both_engines! {
    async fn pages_meet_both_ways_in_every_order(kit: Kit) {
        newsroom(&kit).await;
        for order_by in [
            json!(null),
            json!([{ "field": "NAME" }]),
            json!([{ "field": "NAME", "direction": "DESC" }]),
            json!([{ "field": "POSITION", "direction": "DESC" }, { "field": "NAME" }]),
            json!([{ "field": "NAME" }, { "field": "POSITION", "direction": "DESC" }, { "field": "NAME", "direction": "DESC" }]),
        ] {
            let all = slugs(&list(&kit, json!({ "orderBy": order_by })).await);
            assert_eq!(all.len(), 8);
            for size in 1..=8 {
                for (size_key, cursor_key, end, more) in
                    [("first", "after", "endCursor", "hasNextPage"), ("last", "before", "startCursor", "hasPreviousPage")]
                {
                    let (mut walked, mut cursor): (Vec<String>, Value) = (Vec::new(), Value::Null);
                    loop {
                        let variables = json!({ size_key: size, cursor_key: cursor, "orderBy": order_by });
                        let page = list(&kit, variables).await;
                        assert_eq!(page["totalCount"], 8);
                        let found = slugs(&page);
                        walked = if size_key == "first" { [walked, found].concat() } else { [found, walked].concat() };
                        cursor = page["pageInfo"][end].clone();
                        if page["pageInfo"][more] == false {
                            break;
                        }
                    }
                    assert_eq!(walked, all, "{order_by} {size_key} {size}");
                }
            }
        }
    }

    async fn orders_run_by_all_their_keys(kit: Kit) {
        newsroom(&kit).await;
        let order = |keys: Value| json!({ "orderBy": keys });
        let by_name = list(&kit, order(json!([{ "field": "NAME" }]))).await;
        assert_eq!(slugs(&by_name), ["elite", "elite-2", "elite-3", "elite-4", "news", "sport", "zone", "zone-2"]);
        let both = list(&kit, order(json!([{ "field": "NAME" }, { "field": "POSITION", "direction": "DESC" }]))).await;
        assert_eq!(slugs(&both)[..4], ["elite-4", "elite-2", "elite-3", "elite"]);
        let places = list(&kit, order(json!([{ "field": "POSITION" }, { "field": "NAME", "direction": "DESC" }]))).await;
        assert_eq!(slugs(&places), ["news", "elite-3", "elite", "zone-2", "zone", "sport", "elite-4", "elite-2"]);
    }

    async fn filters_narrow_the_list(kit: Kit) {
        let ids = newsroom(&kit).await;
        let (news, sport) = (&ids[3], &ids[7]);
        let gone = "cat_01h455vb4pex5vsknk084sn02q";
        for (filter, expected) in [
            (json!({ "isRoot": true }), vec!["news", "sport"]),
            (json!({ "isRoot": true, "slug": { "notIn": ["news"] } }), vec!["sport"]),
            (json!({ "isRoot": false, "slug": { "in": ["news", "zone"] } }), vec!["zone"]),
            (json!({ "parent": { "eq": news } }), vec!["elite", "zone", "elite-2"]),
            (json!({ "parent": { "in": [news, sport] }, "slug": { "eq": "zone-2" } }), vec!["zone-2"]),
            (json!({ "parent": { "eq": news, "in": [sport] } }), vec![]),
            (json!({ "parent": { "notIn": [news] } }), vec!["news", "elite-3", "sport", "zone-2", "elite-4"]),
            (json!({ "parent": { "notIn": [] }, "isRoot": true }), vec!["news", "sport"]),
            (json!({ "parent": { "eq": gone } }), vec![]),
            (json!({ "parent": { "eq": "nonsense" } }), vec![]),
            (json!({ "parent": { "in": [] } }), vec![]),
            (json!({ "parent": { "eq": news }, "isRoot": true }), vec![]),
        ] {
            let page = list(&kit, json!({ "where": filter })).await;
            assert_eq!(slugs(&page), expected, "{filter}");
            assert_eq!(page["totalCount"], expected.len(), "{filter}");
        }
    }

    async fn a_cursor_of_another_list_is_refused(kit: Kit) {
        newsroom(&kit).await;
        let cursor = list(&kit, json!({ "first": 1 })).await["pageInfo"]["endCursor"].clone();
        for variables in [
            json!({ "after": cursor, "orderBy": [{ "field": "NAME" }] }),
            json!({ "after": cursor, "orderBy": [{ "field": "POSITION" }, { "field": "NAME" }] }),
            json!({ "after": cursor, "where": { "isRoot": true } }),
        ] {
            assert_eq!(kit.error_code(&kit.anonymous(), LIST, variables).await, "INVALID_CURSOR");
        }
    }

    async fn relations_cost_the_same_at_any_size(kit: Kit) {
        let menu = "{ categories(where: {isRoot: true}, first: 100) { nodes { path children { path parent { path }
            children { path ancestors { path } } } } } }";
        let leaves = "query($in: [String!]) { categories(where: {slug: {in: $in}}, first: 100) { nodes {
            path canonicalUrl ancestors { name path children { slug } } parent { path position } } totalCount } }";
        let mut slugs = Vec::new();
        for round in 0..12 {
            let root = category(&kit, &format!("Root {round}"), None).await;
            let middle = category(&kit, &format!("Middle {round}"), Some(&root)).await;
            category(&kit, &format!("Leaf {round}"), Some(&middle)).await;
            slugs.push(format!("leaf-{round}"));
            let (data, statements) = kit.statements(kit.data(&kit.anonymous(), menu, json!({}))).await;
            assert_eq!(statements.len(), 3, "{round}: {statements:#?}");
            let shown = &data["categories"]["nodes"][round]["children"][0]["children"][0];
            assert_eq!(shown, &json!({ "path": format!("/category/root-{round}/middle-{round}/leaf-{round}"), "ancestors": [
                { "path": format!("/category/root-{round}") },
                { "path": format!("/category/root-{round}/middle-{round}") },
            ] }));
            let (data, statements) = kit.statements(kit.data(&kit.anonymous(), leaves, json!({ "in": slugs }))).await;
            assert_eq!(statements.len(), 4, "{round}: {statements:#?}");
            let nodes = data["categories"]["nodes"].as_array().unwrap();
            assert_eq!(nodes.len(), round + 1);
            for node in nodes {
                assert_eq!(node["parent"]["path"], node["ancestors"][1]["path"]);
                assert_eq!(node["ancestors"][0]["children"].as_array().unwrap().len(), 1);
            }
        }
        let (_, statements) = kit.statements(kit.data(&kit.anonymous(), "{ categories { nodes { name } } }", json!({}))).await;
        assert_eq!(statements.len(), 1, "{statements:#?}");
    }

    async fn the_categories_of_articles_come_in_printed_order_in_one_statement(kit: Kit) {
        let ids = newsroom(&kit).await;
        let one = filed::article(&kit, "un", &[&ids[5], &ids[0], &ids[7]], &[]).await;
        let two = filed::article(&kit, "deux", &[&ids[0]], &[]).await;
        let none = filed::article(&kit, "trois", &[], &[]).await;
        let articles = [one, two, none];
        let (found, statements) = kit.statements(category::of_articles(&kit.app.database, &articles)).await;
        let found = found.unwrap();
        assert_eq!(statements.len(), 1);
        let of = |article: ArticleId| -> Option<Vec<String>> {
            found.get(&article).map(|list| list.iter().map(|category| category.id.to_string()).collect())
        };
        assert_eq!(of(one), Some(vec![ids[5].clone(), ids[0].clone(), ids[7].clone()]));
        assert_eq!((of(two), of(none)), (Some(vec![ids[0].clone()]), None));
        let (found, statements) = kit.statements(category::of_articles(&kit.app.database, &[])).await;
        assert_eq!((found.unwrap().len(), statements.len()), (0, 0));
    }

    async fn subtrees_are_found_in_one_statement(kit: Kit) {
        let ids = newsroom(&kit).await;
        let deep = category(&kit, "Deep", Some(&ids[1])).await;
        let parsed = |ids: &[&String]| -> Vec<CategoryId> { ids.iter().map(|id| id.parse().unwrap()).collect() };
        let sorted = |mut ids: Vec<CategoryId>| {
            ids[1..].sort();
            ids
        };
        let named = parsed(&[&ids[3], &ids[1]]);
        let (found, statements) = kit.statements(category::subtrees(&kit.app.database, &named)).await;
        let mut found = found.unwrap();
        let mut subtree = |id: CategoryId| found.remove(&id).map(sorted);
        let (news, zone) = (sorted(parsed(&[&ids[3], &ids[0], &ids[1], &ids[2], &deep])), parsed(&[&ids[1], &deep]));
        assert_eq!((subtree(named[0]), subtree(named[1])), (Some(news.clone()), Some(zone.clone())));
        assert_eq!((found.len(), statements.len()), (0, 1));

        let unknown = parsed(&[&"cat_01h455vb4pex5vsknk084sn02q".to_owned()]);
        let alone = category::subtrees(&kit.app.database, &unknown).await.unwrap();
        assert_eq!((alone.get(&unknown[0]), alone.len()), (Some(&unknown), 1));
        assert!(category::subtrees(&kit.app.database, &[]).await.unwrap().is_empty());

        let slugs = ["news", "zone", "nowhere"].map(str::to_owned);
        let (sections, statements) = kit.statements(category::sections(&kit.app.database, &slugs)).await;
        let mut sections = sections.unwrap();
        assert_eq!((sections.len(), statements.len()), (2, 1));
        let mut section = |slug: &str| {
            let section = sections.remove(slug).unwrap();
            (section.category.name.clone(), section.category.id, sorted(section.subtree))
        };
        assert_eq!(section("news"), ("News".to_owned(), news[0], news));
        assert_eq!(section("zone"), ("Zone".to_owned(), zone[0], zone));
        assert!(category::sections(&kit.app.database, &[]).await.unwrap().is_empty());
        assert_eq!(category::lineage(&kit.app.database, unknown[0]).await.unwrap(), []);
    }
}
