//! Categories: created, changed, moved, deleted and found. The tree as a whole is in `category_tree`, lists are in
//! `category_list`.

use std::time::Duration;

use masthead_domain::policy::{Role, Scope};
use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

use crate::{filed, mistake::mistakes};

const FIELDS: &str =
    "category { id slug name description language position path canonicalUrl version createdAt updatedAt
    parent { slug } ancestors { slug } children { slug position } }";

/// A category with this name in another or at the root, and the id.
pub(crate) async fn category(kit: &Kit, name: &str, parent: Option<&str>) -> String {
    kit.make("category", json!({ "name": name, "parentId": parent })).await
}

fn update(id: &str, version: i64, changes: Value) -> Value {
    json!({ "id": id, "expectedVersion": version, "changes": changes })
}

both_engines! {
    async fn a_category_is_created_whole_and_logged(kit: Kit) {
        let editor = kit.as_user(Role::Editor).await;
        let news = category(&kit, "News", None).await;
        let input = json!({
            "clientMutationId": "one", "slug": "economie", "name": " Économie\t& travail ", "parentId": news,
            "description": "Argent,\r\nemploi.", "language": "FR_ca", "position": 0,
        });
        let payload = kit.done(&editor, "categoryCreate", FIELDS, input).await;
        let id = payload["category"]["id"].as_str().unwrap();
        assert!(id.starts_with("cat_"), "{id}");
        assert_eq!(payload["clientMutationId"], "one");
        assert_eq!(payload["category"], json!({
            "id": id, "slug": "economie", "name": "Économie & travail", "description": "Argent,\nemploi.",
            "language": "fr-CA", "position": 0, "path": "/category/news/economie",
            "canonicalUrl": "https://news.example/category/news/economie", "version": 1,
            "createdAt": "2026-11-23T12:00:00Z", "updatedAt": "2026-11-23T12:00:00Z",
            "parent": { "slug": "news" }, "ancestors": [{ "slug": "news" }], "children": [],
        }));
        let log = kit.change_log().await;
        let row = log.last().unwrap();
        assert_eq!((log.len(), row.kind.as_str(), row.entity.as_str(), row.version), (2, "CREATED", id, Some(1)));
        assert_eq!((&row.actor, &row.before), (&editor.name(), &None));
        let scope = json!({ "path": "/category/news/economie", "language": "fr-CA", "categories": [news, id] });
        assert_eq!(row.after, Some(scope));
    }

    async fn a_new_category_comes_last_or_where_it_is_put(kit: Kit) {
        for (name, position) in [("A", None), ("B", None), ("C", Some(0)), ("D", Some(2)), ("E", Some(900))] {
            kit.make("category", json!({ "name": name, "position": position })).await;
        }
        let data = kit.data(&kit.anonymous(), "{ categories { nodes { name position version } } }", json!({})).await;
        let nodes = data["categories"]["nodes"].as_array().unwrap();
        let names: Vec<_> = nodes.iter().map(|node| node["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["C", "A", "D", "B", "E"]);
        for (place, node) in nodes.iter().enumerate() {
            assert_eq!((&node["position"], &node["version"]), (&json!(place), &json!(1)));
        }
    }

    async fn the_language_is_that_of_the_parent_or_of_the_site(kit: Kit) {
        let root = kit.make("category", json!({ "name": "Racine" })).await;
        let world = kit.make("category", json!({ "name": "World", "language": "en" })).await;
        for (parent, expected) in [(&root, "fr"), (&world, "en")] {
            let input = json!({ "name": "Child", "parentId": parent });
            let payload = kit.done(&kit.system(), "categoryCreate", FIELDS, input).await;
            assert_eq!(payload["category"]["language"], expected);
        }
    }

    async fn a_slug_is_made_free_or_refused_with_a_free_one(kit: Kit) {
        for expected in ["l-economie", "l-economie-2"] {
            let payload = kit.done(&kit.system(), "categoryCreate", FIELDS, json!({ "name": "L'économie" })).await;
            assert_eq!(payload["category"]["slug"], expected);
        }
        let input = json!({ "name": "Other", "slug": "l-economie" });
        let payload = kit.act(&kit.system(), "categoryCreate", FIELDS, input).await;
        assert_eq!(mistakes(&payload), ["SlugTakenError SLUG_TAKEN slug"]);
        assert_eq!(payload["userErrors"][0]["suggestion"], "l-economie-3");
        let other = category(&kit, "Other", None).await;
        let input = update(&other, 1, json!({ "slug": "l-economie" }));
        let payload = kit.act(&kit.system(), "categoryUpdate", FIELDS, input).await;
        assert_eq!(mistakes(&payload), ["SlugTakenError SLUG_TAKEN changes.slug"]);
        assert!(payload["userErrors"][0]["heldBy"].as_str().unwrap().starts_with("cat_"));
        assert_eq!(kit.row_count("change_log").await, 3);
    }

    async fn everything_wrong_with_an_input_is_told_and_nothing_is_kept(kit: Kit) {
        let input = json!({
            "name": " ", "slug": "Not A Slug", "description": "d".repeat(20_001), "parentId": "art_01h455vb4pex5vsknk084sn02q",
            "position": -1,
        });
        let payload = kit.act(&kit.system(), "categoryCreate", FIELDS, input).await;
        assert_eq!(mistakes(&payload), [
            "ValidationError INVALID slug",
            "ValidationError REQUIRED name",
            "ValidationError TOO_LONG description",
            "ValidationError INVALID parentId",
            "ValidationError INVALID position",
        ]);
        for (input, expected) in [
            (json!({ "name": "n".repeat(301) }), "ValidationError TOO_LONG name"),
            (json!({ "name": "🎸" }), "ValidationError INVALID name"),
            (json!({ "name": "N", "slug": "category" }), "ValidationError INVALID slug"),
            (json!({ "name": "N", "parentId": "cat_01h455vb4pex5vsknk084sn02q" }), "NotFoundError NOT_FOUND parentId"),
        ] {
            let payload = kit.act(&kit.system(), "categoryCreate", FIELDS, input).await;
            assert_eq!((mistakes(&payload), &payload["category"]), (vec![expected.to_owned()], &Value::Null));
        }
        let variables = json!({ "input": { "name": "N", "language": "french please" } });
        let document = "mutation($input: CategoryCreateInput!) { categoryCreate(input: $input) { clientMutationId } }";
        assert!(kit.graphql(&kit.system(), document, variables).await["errors"].is_array());
        assert_eq!((kit.row_count("categories").await, kit.row_count("change_log").await), (0, 0));
    }

    async fn an_update_leaves_what_is_absent_and_clears_what_is_null(kit: Kit) {
        let root = category(&kit, "Root", None).await;
        let input = json!({ "name": "News", "description": "All of it", "language": "en", "parentId": root });
        let id = kit.make("category", input).await;
        category(&kit, "Below", Some(&id)).await;
        kit.clock.advance(Duration::from_secs(60));
        let changes = update(&id, 1, json!({ "slug": "latest", "description": null }));
        let payload = kit.done(&kit.system(), "categoryUpdate", FIELDS, changes).await;
        let changed = &payload["category"];
        assert_eq!((&changed["name"], &changed["language"]), (&json!("News"), &json!("en")));
        assert_eq!((&changed["description"], &changed["version"]), (&Value::Null, &json!(2)));
        assert_eq!((&changed["createdAt"], &changed["updatedAt"]), (&json!("2026-11-23T12:00:00Z"), &json!("2026-11-23T12:01:00Z")));
        let below = kit.data(&kit.anonymous(), "{ category(by: {slug: \"below\"}) { path version } }", json!({})).await;
        assert_eq!(below["category"], json!({ "path": "/category/root/latest/below", "version": 1 }));
        let log = kit.change_log().await;
        let row = log.last().unwrap();
        assert_eq!((row.kind.as_str(), row.version, &row.fields[..]), ("UPDATED", Some(2), &["slug".to_owned(), "description".to_owned()][..]));
        let scope = |path: &str| Some(json!({ "path": path, "language": "en", "categories": [root, id] }));
        assert_eq!((&row.before, &row.after), (&scope("/category/root/news"), &scope("/category/root/latest")));

        let same = update(&id, 2, json!({ "slug": "latest", "name": "News", "description": " " }));
        let payload = kit.done(&kit.system(), "categoryUpdate", FIELDS, same).await;
        assert_eq!((&payload["category"]["version"], kit.change_log().await.len()), (&json!(2), log.len()));

        for (changes, expected) in [
            (json!({ "name": null }), "ValidationError REQUIRED changes.name"),
            (json!({ "slug": null }), "ValidationError REQUIRED changes.slug"),
            (json!({ "language": null }), "ValidationError REQUIRED changes.language"),
        ] {
            let payload = kit.act(&kit.system(), "categoryUpdate", FIELDS, update(&id, 2, changes)).await;
            assert_eq!(mistakes(&payload), [expected]);
        }
    }

    async fn a_change_for_another_version_is_a_conflict_that_names_what_changed(kit: Kit) {
        let (id, other) = (category(&kit, "A", None).await, category(&kit, "B", None).await);
        kit.done(&kit.system(), "categoryUpdate", "", update(&id, 1, json!({ "name": "A2" }))).await;
        let input = json!({ "id": id, "expectedVersion": 2, "parentId": other });
        kit.done(&kit.system(), "categoryMove", "", input).await;
        for (mutation, input) in [
            ("categoryUpdate", update(&id, 1, json!({ "name": "A3" }))),
            ("categoryMove", json!({ "id": id, "expectedVersion": 1, "parentId": null })),
            ("categoryDelete", json!({ "id": id, "expectedVersion": 1 })),
        ] {
            let payload = kit.act(&kit.system(), mutation, "", input).await;
            assert_eq!(mistakes(&payload), ["VersionConflictError VERSION_CONFLICT expectedVersion"], "{mutation}");
            let conflict = &payload["userErrors"][0];
            assert_eq!((&conflict["expectedVersion"], &conflict["currentVersion"]), (&json!(1), &json!(3)));
            assert_eq!(conflict["changedFields"], json!(["name", "parent"]));
        }
        assert_eq!(kit.row_count("change_log").await, 4);
    }

    async fn what_is_not_there_cannot_be_acted_on(kit: Kit) {
        let (gone, foreign) = ("cat_01h455vb4pex5vsknk084sn02q", "tag_01h455vb4pex5vsknk084sn02q");
        for mutation in ["categoryUpdate", "categoryMove", "categoryDelete"] {
            let input = |id: &str| match mutation {
                "categoryUpdate" => update(id, 1, json!({})),
                _ => json!({ "id": id, "expectedVersion": 1 }),
            };
            assert_eq!(mistakes(&kit.act(&kit.system(), mutation, "", input(gone)).await), ["NotFoundError NOT_FOUND id"]);
            let payload = kit.act(&kit.system(), mutation, "", input(foreign)).await;
            assert_eq!(mistakes(&payload), ["ValidationError INVALID id"]);
        }
    }

    async fn only_the_desk_changes_categories(kit: Kit) {
        let id = category(&kit, "News", None).await;
        let acts = [
            ("categoryCreate", json!({ "name": "N" })),
            ("categoryUpdate", update(&id, 1, json!({ "name": "N" }))),
            ("categoryMove", json!({ "id": id, "expectedVersion": 1, "position": 0 })),
            ("categoryDelete", json!({ "id": id, "expectedVersion": 1 })),
        ];
        for (mutation, input) in &acts {
            assert_eq!(kit.refused(&kit.anonymous(), mutation, input.clone()).await, "UNAUTHENTICATED");
            let others = [Scope::ArticlesWrite, Scope::PeopleWrite];
            for caller in [kit.as_role(Role::Reader), kit.as_role(Role::Contributor), kit.as_key(&others)] {
                assert_eq!(kit.refused(&caller, mutation, input.clone()).await, "FORBIDDEN", "{mutation}");
            }
        }
        assert_eq!(kit.row_count("change_log").await, 1);
        let key = kit.as_key(&[Scope::TaxonomyWrite]);
        for (mutation, mut input) in acts {
            if mutation == "categoryMove" || mutation == "categoryDelete" {
                input["expectedVersion"] = json!(2);
            }
            kit.done(&key, mutation, "", input).await;
        }
        assert_eq!(kit.change_log().await.last().unwrap().actor, key.name());
    }

    async fn a_category_in_use_stays(kit: Kit) {
        let news = category(&kit, "News", None).await;
        let local = category(&kit, "Local", Some(&news)).await;
        filed::article(&kit, "un", &[&local], &[]).await;
        filed::article(&kit, "deux", &[&local, &news], &[]).await;
        let logged = kit.row_count("change_log").await;
        for (id, uses) in [(&news, 2), (&local, 2)] {
            let payload = kit.act(&kit.system(), "categoryDelete", "deletedId", json!({ "id": id, "expectedVersion": 1 })).await;
            assert_eq!((mistakes(&payload), &payload["deletedId"]), (vec!["ValidationError IN_USE id".to_owned()], &Value::Null));
            assert_eq!(payload["userErrors"][0]["message"], format!("a category is still used {uses} times"));
        }
        assert_eq!((kit.row_count("categories").await, kit.row_count("change_log").await), (2, logged));
    }

    async fn a_deleted_category_is_gone_and_its_siblings_close_up(kit: Kit) {
        let root = category(&kit, "Root", None).await;
        let mut ids = Vec::new();
        for name in ["A", "B", "C"] {
            ids.push(category(&kit, name, Some(&root)).await);
        }
        let input = json!({ "clientMutationId": "d", "id": ids[1], "expectedVersion": 1 });
        let payload = kit.done(&kit.system(), "categoryDelete", "deletedId", input).await;
        assert_eq!((&payload["deletedId"], &payload["clientMutationId"]), (&json!(ids[1]), &json!("d")));
        let document = "query($id: ID!) { node(id: $id) { id } category(by: {slug: \"root\"}) { children { slug position version } } }";
        let data = kit.data(&kit.anonymous(), document, json!({ "id": ids[1] })).await;
        assert_eq!(data, json!({ "node": null, "category": { "children": [
            { "slug": "a", "position": 0, "version": 1 }, { "slug": "c", "position": 1, "version": 1 },
        ] } }));
        let log = kit.change_log().await;
        let row = log.last().unwrap();
        assert_eq!((row.kind.as_str(), row.reason.as_deref(), row.version), ("DELETED", Some("DELETED"), None));
        let scope = json!({ "path": "/category/root/b", "language": "fr", "categories": [root, ids[1]] });
        assert_eq!((&row.before, &row.after), (&Some(scope), &None));
    }

    async fn a_category_is_found_by_id_slug_path_and_as_a_node(kit: Kit) {
        let news = category(&kit, "News", None).await;
        let local = category(&kit, "Local", Some(&news)).await;
        let document = "query($by: CategoryBy!) { category(by: $by) { id path ancestors { path } } }";
        let whole = json!({ "id": local, "path": "/category/news/local", "ancestors": [{ "path": "/category/news" }] });
        for by in [
            json!({ "id": local }),
            json!({ "slug": "local" }),
            json!({ "path": "/category/news/local" }),
            json!({ "path": "https://news.example/category/news/local/?page=2" }),
        ] {
            let data = kit.data(&kit.anonymous(), document, json!({ "by": by })).await;
            assert_eq!(data["category"], whole, "{by}");
        }
        for by in [
            json!({ "id": "cat_01h455vb4pex5vsknk084sn02q" }),
            json!({ "id": "7" }),
            json!({ "id": news.replace("cat_", "tag_") }),
            json!({ "slug": "LOCAL" }),
            json!({ "slug": "' or 1=1 --" }),
            json!({ "path": "/category/local" }),
            json!({ "path": "/category/local/news" }),
            json!({ "path": "/category/news/news" }),
            json!({ "path": "/category/news/local/x" }),
            json!({ "path": "/news/local" }),
            json!({ "path": "/category/a/b/c/d/e/f/g/h/i" }),
            json!({ "path": "" }),
        ] {
            let data = kit.data(&kit.anonymous(), document, json!({ "by": by })).await;
            assert_eq!(data["category"], Value::Null, "{by}");
        }
        let nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on Category { slug parent { slug } } } }";
        let data = kit.data(&kit.anonymous(), nodes, json!({ "ids": [local, news] })).await;
        assert_eq!(data["nodes"], json!([
            { "__typename": "Category", "slug": "local", "parent": { "slug": "news" } },
            { "__typename": "Category", "slug": "news", "parent": null },
        ]));
    }
}
