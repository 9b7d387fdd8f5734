//! Redirects by hand: kept, refused, followed; and the addresses that things of all kinds had before.

use masthead_domain::policy::{Role, Scope};
use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

use crate::{category::category, filed, mistake::mistakes, newsroom::both_ways};

const FIELDS: &str = "redirect { id path target status version createdAt updatedAt }";

const ROUTE: &str = "query R($path: String!, $perspective: Perspective! = PUBLISHED) {
  route(path: $path, perspective: $perspective) {
    __typename
    ... on Article { headline }
    ... on Redirect { to status permanent target { __typename id } }
    ... on Gone { reason httpStatus }
  }
}";

async fn route(kit: &Kit, path: &str) -> Value {
    kit.data(&kit.anonymous(), ROUTE, json!({ "path": path })).await["route"].take()
}

async fn leads(kit: &Kit, path: &str) -> (String, i64, Value) {
    let found = route(kit, path).await;
    assert_eq!(found["__typename"], "Redirect", "{path}: {found}");
    let status = found["status"].as_i64().unwrap();
    assert_eq!(found["permanent"], matches!(status, 301 | 308), "{path}: {found}");
    (found["to"].as_str().unwrap().to_owned(), status, found["target"]["id"].clone())
}

async fn redirect(kit: &Kit, path: &str, target: &str) -> String {
    kit.make("redirect", json!({ "path": path, "target": target })).await
}

fn change(id: &str, version: i64, changes: Value) -> Value {
    json!({ "id": id, "expectedVersion": version, "changes": changes })
}

async fn rename(kit: &Kit, noun: &str, id: &str, version: i64, slug: &str) {
    let mutation = format!("{noun}Update");
    kit.done(&kit.system(), &mutation, "", change(id, version, json!({ "slug": slug }))).await;
    if noun == "article" {
        let input = json!({ "id": id, "expectedVersion": version + 1 });
        kit.done(&kit.system(), "articlePublish", "", input).await;
    }
}

both_engines! {
    async fn a_redirect_is_kept_changed_and_forgotten(kit: Kit) {
        let editor = kit.as_user(Role::Editor).await;
        let input = json!({ "clientMutationId": "one", "path": " /ancien//Café/ ", "target": "https://news.example/promo?x=1#b" });
        let payload = kit.done(&editor, "redirectCreate", FIELDS, input).await;
        let id = payload["redirect"]["id"].as_str().unwrap();
        assert!(id.starts_with("red_"), "{id}");
        assert_eq!(payload["redirect"], json!({
            "id": id, "path": "/ancien/Café", "target": "/promo?x=1#b", "status": "MOVED_PERMANENTLY", "version": 1,
            "createdAt": "2026-11-23T12:00:00Z", "updatedAt": "2026-11-23T12:00:00Z",
        }));
        assert_eq!(leads(&kit, "/ancien/Caf%C3%A9?y=2").await, ("/promo?x=1#b".to_owned(), 301, Value::Null));
        assert_eq!(route(&kit, "/ancien/café").await, Value::Null, "case counts");
        let same = change(id, 1, json!({ "path": "/ancien/Café", "status": "MOVED_PERMANENTLY" }));
        assert_eq!(kit.done(&editor, "redirectUpdate", FIELDS, same).await["redirect"]["version"], 1);
        let changes = json!({ "path": "/vieux", "target": "https://Elsewhere.example", "status": "TEMPORARY_REDIRECT" });
        let payload = kit.done(&editor, "redirectUpdate", FIELDS, change(id, 1, changes)).await;
        assert_eq!((&payload["redirect"]["version"], &payload["redirect"]["status"]), (&json!(2), &json!("TEMPORARY_REDIRECT")));
        assert_eq!(route(&kit, "/ancien/Café").await, Value::Null);
        assert_eq!(leads(&kit, "/vieux/").await, ("https://elsewhere.example/".to_owned(), 307, Value::Null));
        let late = kit.act(&editor, "redirectDelete", "deletedId", json!({ "id": id, "expectedVersion": 1 })).await;
        assert_eq!(mistakes(&late), ["VersionConflictError VERSION_CONFLICT expectedVersion"]);
        assert_eq!(late["userErrors"][0]["changedFields"], json!(["path", "status", "target"]));
        let gone = kit.done(&editor, "redirectDelete", "deletedId", json!({ "id": id, "expectedVersion": 2 })).await;
        assert_eq!((&gone["deletedId"], route(&kit, "/vieux").await), (&json!(id), Value::Null));
        let missing = kit.act(&editor, "redirectDelete", "deletedId", json!({ "id": id, "expectedVersion": 2 })).await;
        assert_eq!(mistakes(&missing), ["NotFoundError NOT_FOUND id"]);
        let log = kit.change_log().await;
        let told: Vec<_> = log.iter().map(|row| (row.kind.as_str(), row.before.clone(), row.after.clone())).collect();
        let at = |path: &str| Some(json!({ "path": path }));
        assert_eq!(told, [
            ("CREATED", None, at("/ancien/Café")),
            ("UPDATED", at("/ancien/Café"), at("/vieux")),
            ("DELETED", at("/vieux"), None),
        ]);
        assert_eq!((log[0].entity.as_str(), log[0].actor.as_str()), (id, editor.name().as_str()));
    }

    async fn everything_wrong_with_an_input_is_told_and_nothing_is_kept(kit: Kit) {
        for (path, target, expected) in [
            ("old", "new", vec!["ValidationError INVALID path", "ValidationError INVALID target"]),
            ("https://news.example/old", "javascript:alert(1)", vec!["ValidationError INVALID path", "ValidationError INVALID target"]),
            ("/old?page=2", "/new", vec!["ValidationError INVALID path"]),
            ("/old#top", "//elsewhere.example", vec!["ValidationError INVALID path", "ValidationError INVALID target"]),
            ("/old", "/\\elsewhere.example", vec!["ValidationError INVALID target"]),
            ("/old", "https://me:pw@elsewhere.example/", vec!["ValidationError INVALID target"]),
            (&format!("/{}", "a".repeat(3_000)), "/new", vec!["ValidationError TOO_LONG path"]),
            ("/old%00", "/new", vec!["ValidationError TOO_LONG path"]),
        ] {
            let payload = kit.act(&kit.system(), "redirectCreate", FIELDS, json!({ "path": path, "target": target })).await;
            assert_eq!((mistakes(&payload), &payload["redirect"]), (expected.iter().map(ToString::to_string).collect(), &Value::Null));
        }
        let id = redirect(&kit, "/old", "/new").await;
        for (changes, expected) in [
            (json!({ "path": null }), "ValidationError REQUIRED changes.path"),
            (json!({ "target": "new" }), "ValidationError INVALID changes.target"),
            (json!({ "status": null }), "ValidationError REQUIRED changes.status"),
            (json!({ "target": "/old" }), "RedirectLoopError REDIRECT_LOOP changes.target"),
        ] {
            let payload = kit.act(&kit.system(), "redirectUpdate", FIELDS, change(&id, 1, changes)).await;
            assert_eq!(mistakes(&payload), [expected]);
        }
        assert_eq!((kit.row_count("redirects").await, kit.row_count("change_log").await), (1, 1));
    }

    async fn a_path_redirects_to_one_thing(kit: Kit) {
        let first = redirect(&kit, "/a", "/b").await;
        let payload = kit.act(&kit.system(), "redirectCreate", FIELDS, json!({ "path": "/a/", "target": "/c" })).await;
        assert_eq!(mistakes(&payload), ["AlreadyExistsError ALREADY_EXISTS path"]);
        assert_eq!(payload["userErrors"][0]["heldBy"], first);
        let second = redirect(&kit, "/c", "/b").await;
        let payload = kit.act(&kit.system(), "redirectUpdate", FIELDS, change(&second, 1, json!({ "path": "/a" }))).await;
        assert_eq!(mistakes(&payload), ["AlreadyExistsError ALREADY_EXISTS changes.path"]);
    }

    async fn where_readers_see_content_nothing_redirects(kit: Kit) {
        let article = kit.published(json!({ "headline": "Le port" })).await;
        let author = kit.author("Jean Pierre").await;
        let root = category(&kit, "Monde", None).await;
        let child = category(&kit, "Caraïbe", Some(&root)).await;
        let (free, desk) = (redirect(&kit, "/free", "/promo").await, kit.as_key(&[Scope::TaxonomyWrite]));
        for (path, holder) in [("/fr/le-port", &article), ("/author/jean-pierre", &author), ("/category/monde/caraibe", &child)] {
            let payload = kit.act(&desk, "redirectCreate", FIELDS, json!({ "path": path, "target": "/promo" })).await;
            assert_eq!(mistakes(&payload), ["PathTakenError PATH_TAKEN path"]);
            assert_eq!(&payload["userErrors"][0]["heldBy"], holder);
            let payload = kit.act(&desk, "redirectUpdate", FIELDS, change(&free, 1, json!({ "path": path }))).await;
            assert_eq!(mistakes(&payload), ["PathTakenError PATH_TAKEN changes.path"]);
        }
        redirect(&kit, "/category/caraibe", "/promo").await;
        assert_eq!(leads(&kit, "/category/caraibe").await.0, "/promo", "by hand comes before another place in the tree");
    }

    async fn what_is_hidden_is_not_told_of_and_comes_first_when_it_is_seen(kit: Kit) {
        let draft = kit.article(json!({ "headline": "Secret" })).await;
        for caller in [kit.as_key(&[Scope::TaxonomyWrite]), kit.as_role(Role::Editor)] {
            let input = json!({ "path": "/fr/secret", "target": "/promo" });
            let payload = kit.done(&caller, "redirectCreate", FIELDS, input).await;
            kit.done(&caller, "redirectDelete", "", json!({ "id": payload["redirect"]["id"], "expectedVersion": 1 })).await;
        }
        let id = redirect(&kit, "/fr/secret", "/promo").await;
        assert_eq!(leads(&kit, "/fr/secret").await.0, "/promo");
        kit.publish(&draft, json!({ "at": "2026-11-24T00:00:00Z" })).await;
        assert_eq!(leads(&kit, "/fr/secret").await.0, "/promo");
        let preview = json!({ "path": "/fr/secret", "perspective": "LATEST" });
        assert_eq!(kit.data(&kit.system(), ROUTE, preview).await["route"]["__typename"], "Article");
        kit.clock.set("2026-11-24T00:00:00Z");
        assert_eq!(route(&kit, "/fr/secret").await["headline"], "Secret");
        let other = change(&id, 1, json!({ "target": "/autre" }));
        kit.done(&kit.system(), "redirectUpdate", "", other).await;
        kit.done(&kit.system(), "articleUnpublish", "", json!({ "id": draft, "expectedVersion": 2 })).await;
        assert_eq!(leads(&kit, "/fr/secret").await.0, "/autre", "by hand comes before what is gone");
        kit.done(&kit.system(), "redirectDelete", "", json!({ "id": id, "expectedVersion": 2 })).await;
        assert_eq!(route(&kit, "/fr/secret").await["__typename"], "Gone");
    }

    async fn redirects_behind_one_another_are_one(kit: Kit) {
        let article = kit.published(json!({ "headline": "Le port" })).await;
        redirect(&kit, "/a", "/b#haut").await;
        assert_eq!(leads(&kit, "/a").await, ("/b#haut".to_owned(), 301, Value::Null));
        let middle = kit.make("redirect", json!({ "path": "/b", "target": "/c?x=1", "status": "FOUND" })).await;
        assert_eq!(leads(&kit, "/a").await, ("/c?x=1#haut".to_owned(), 302, Value::Null));
        redirect(&kit, "/c", "/fr/le-port").await;
        assert_eq!(leads(&kit, "/a").await, ("/fr/le-port#haut".to_owned(), 302, json!(article)));
        assert_eq!(leads(&kit, "/c").await, ("/fr/le-port".to_owned(), 301, json!(article)));
        rename(&kit, "article", &article, 2, "le-quai").await;
        assert_eq!(leads(&kit, "/a").await, ("/fr/le-quai#haut".to_owned(), 302, json!(article)), "and on to where it lives");
        assert_eq!(leads(&kit, "/fr/le-port").await, ("/fr/le-quai".to_owned(), 301, json!(article)));
        redirect(&kit, "/fr/le-port", "https://elsewhere.example/port").await;
        assert_eq!(leads(&kit, "/fr/le-port").await.0, "https://elsewhere.example/port", "by hand comes before a former address");
        assert_eq!(leads(&kit, "/a").await, ("https://elsewhere.example/port#haut".to_owned(), 302, Value::Null));
        kit.done(&kit.system(), "redirectDelete", "", json!({ "id": middle, "expectedVersion": 1 })).await;
        assert_eq!(leads(&kit, "/a").await, ("/b#haut".to_owned(), 301, Value::Null), "each keeps what the desk meant");
    }

    async fn what_stands_in_between_is_where_one_gets(kit: Kit) {
        redirect(&kit, "/a", "/fr/le-port").await;
        redirect(&kit, "/fr/le-port", "/b").await;
        assert_eq!(leads(&kit, "/a").await.0, "/b");
        let article = kit.published(json!({ "headline": "Le port" })).await;
        assert_eq!(leads(&kit, "/a").await, ("/fr/le-port".to_owned(), 301, json!(article)));
        kit.done(&kit.system(), "articleUnpublish", "", json!({ "id": article, "expectedVersion": 2 })).await;
        assert_eq!(leads(&kit, "/a").await.0, "/b");
    }

    async fn what_is_gone_says_so_at_its_own_address(kit: Kit) {
        let article = kit.published(json!({ "headline": "Le port" })).await;
        redirect(&kit, "/a", "/fr/le-port").await;
        let down = json!({ "id": article, "expectedVersion": 2, "reason": "RIGHTS" });
        kit.done(&kit.system(), "articleUnpublish", "", down).await;
        for (state, reason, status) in [("UNPUBLISHED", "RIGHTS", 410), ("WITHDRAWN", "WITHDRAWN", 410), ("KILLED", "KILLED", 451)] {
            kit.sql(&format!("update articles set state = '{state}', removal_reason = '{reason}'")).await;
            assert_eq!(leads(&kit, "/a").await, ("/fr/le-port".to_owned(), 301, Value::Null));
            assert_eq!(route(&kit, "/fr/le-port").await, json!({ "__typename": "Gone", "reason": reason, "httpStatus": status }));
        }
    }

    async fn a_circle_is_refused_and_named(kit: Kit) {
        redirect(&kit, "/a", "/b").await;
        let second = redirect(&kit, "/b", "/c?x").await;
        for (path, target, circle) in [
            ("/x", "https://news.example/x#y", json!(["/x", "/x"])),
            ("/c", "/a", json!(["/c", "/a", "/b", "/c"])),
        ] {
            let payload = kit.act(&kit.system(), "redirectCreate", FIELDS, json!({ "path": path, "target": target })).await;
            assert_eq!(mistakes(&payload), ["RedirectLoopError REDIRECT_LOOP target"]);
            assert_eq!(payload["userErrors"][0]["loop"], circle);
        }
        redirect(&kit, "/d", "/a").await;
        for (changes, field, circle) in [
            (json!({ "target": "/d" }), "target", json!(["/b", "/d", "/a", "/b"])),
            (json!({ "target": "/b" }), "target", json!(["/b", "/b"])),
            (json!({ "path": "/c" }), "path", json!(["/c", "/c"])),
        ] {
            let payload = kit.act(&kit.system(), "redirectUpdate", FIELDS, change(&second, 1, changes)).await;
            assert_eq!(mistakes(&payload), [format!("RedirectLoopError REDIRECT_LOOP changes.{field}")]);
            assert_eq!(payload["userErrors"][0]["loop"], circle);
        }
        kit.done(&kit.system(), "redirectUpdate", "", change(&second, 1, json!({ "target": "/z" }))).await;
        redirect(&kit, "/c", "/a").await;
        assert_eq!(leads(&kit, "/d").await.0, "/z");
    }

    async fn no_more_than_ten_stand_behind_one_another(kit: Kit) {
        for number in (1..10).rev() {
            redirect(&kit, &format!("/{number}"), &format!("/{}", number + 1)).await;
        }
        redirect(&kit, "/10", "/end").await;
        assert_eq!(leads(&kit, "/1").await.0, "/end");
        for (path, target) in [("/0", "/1"), ("/end", "/further")] {
            let payload = kit.act(&kit.system(), "redirectCreate", FIELDS, json!({ "path": path, "target": target })).await;
            assert_eq!(mistakes(&payload), ["ValidationError INVALID target"], "{path}");
        }
        redirect(&kit, "/0", "/2").await;
        assert_eq!(leads(&kit, "/0").await.0, "/end");
    }

    async fn circles_that_came_in_otherwise_lead_nowhere(kit: Kit) {
        let article = kit.published(json!({ "headline": "Le port", "slug": "ancien" })).await;
        rename(&kit, "article", &article, 2, "le-port").await;
        for (path, target) in [("/a", "/b"), ("/b", "/c"), ("/c", "/d"), ("/fr/ancien", "/e")] {
            redirect(&kit, path, target).await;
        }
        kit.sql("update redirects set target = '/b', target_path = '/b' where path = '/c'").await;
        kit.sql("update redirects set target = '/fr/ancien', target_path = '/fr/ancien' where path = '/fr/ancien'").await;
        for path in ["/a", "/b", "/c"] {
            assert_eq!(route(&kit, path).await, Value::Null, "{path}");
        }
        assert_eq!(leads(&kit, "/fr/ancien").await.0, "/fr/le-port", "as if there were none");
        let payload = kit.act(&kit.system(), "redirectCreate", FIELDS, json!({ "path": "/z", "target": "/a" })).await;
        assert_eq!(mistakes(&payload), ["RedirectLoopError REDIRECT_LOOP target"]);
        redirect(&kit, "/y", "/z").await;
    }

    async fn two_at_once_close_no_circle(kit: Kit) {
        use masthead_app::redirect::create;
        use masthead_domain::redirect::{RedirectContent, RedirectStatus, SitePath, Target};

        let system = kit.system();
        let work = kit.app.begin(&system).await.unwrap();
        let first = RedirectContent {
            path: SitePath::parse("/a").unwrap(),
            target: Target::parse("/b", &kit.app.site.url).unwrap(),
            status: RedirectStatus::Found,
        };
        create(&work, first).await.unwrap();
        let other = kit.act(&system, "redirectCreate", "", json!({ "path": "/b", "target": "/a" }));
        let (payload, ()) = tokio::join!(other, async {
            filed::until_one_waits(&kit).await;
            work.commit().await.unwrap();
        });
        assert_eq!(mistakes(&payload), ["RedirectLoopError REDIRECT_LOOP target"]);
        assert_eq!(payload["userErrors"][0]["loop"], json!(["/b", "/a", "/b"]));
    }

    async fn the_desk_lists_them_and_nobody_else(kit: Kit) {
        let mut ids = Vec::new();
        for (path, target, status) in [
            ("/ancien/un", "/fr/un", "MOVED_PERMANENTLY"),
            ("/ancien/deux", "/fr/deux", "FOUND"),
            ("/100%25", "https://elsewhere.example/100%25", "FOUND"),
            ("/Ancien", "/fr/un", "PERMANENT_REDIRECT"),
        ] {
            ids.push(kit.make("redirect", json!({ "path": path, "target": target, "status": status })).await);
        }
        assert_eq!(both_ways(&kit, "redirects", "", "path").await, ["/Ancien", "/100%", "/ancien/deux", "/ancien/un"]);
        for (filter, expected) in [
            ("path: {startsWith: \"/ancien\"}", vec!["/ancien/deux", "/ancien/un"]),
            ("path: {eq: \"ancien/un\"}", vec![]),
            ("path: {eq: \"/ancien//un/\"}", vec!["/ancien/un"]),
            ("path: {contains: \"%\"}", vec!["/100%"]),
            ("path: {contains: \"ANCIEN\"}", vec![]),
            ("path: {contains: \"cien\", startsWith: \"/A\"}", vec!["/Ancien"]),
            ("path: {contains: \"\"}", vec!["/Ancien", "/100%", "/ancien/deux", "/ancien/un"]),
            ("path: {contains: \"\\u0000\"}", vec![]),
            ("target: {eq: \"https://news.example/fr/un\"}", vec!["/Ancien", "/ancien/un"]),
            ("target: {startsWith: \"https:\"}", vec!["/100%"]),
            ("status: {eq: FOUND}", vec!["/100%", "/ancien/deux"]),
            ("status: {in: [FOUND, PERMANENT_REDIRECT]}, path: {startsWith: \"/a\"}", vec!["/ancien/deux"]),
        ] {
            let query = format!("{{ redirects(where: {{ {filter} }}) {{ totalCount nodes {{ path }} }} }}");
            let data = kit.data(&kit.as_role(Role::Editor), &query, json!({})).await["redirects"].take();
            let paths: Vec<_> = data["nodes"].as_array().unwrap().iter().map(|node| node["path"].as_str().unwrap()).collect();
            assert_eq!((paths, &data["totalCount"]), (expected.clone(), &json!(expected.len())), "{filter}");
        }
        let node = "query N($id: ID!) { node(id: $id) { __typename id ... on Versioned { version } } nodes(ids: [$id]) { id } }";
        let (list, variables) = ("{ redirects { totalCount } }", json!({ "id": ids[0] }));
        for caller in [kit.as_role(Role::Editor), kit.as_key(&[Scope::TaxonomyWrite]), kit.as_key(&[Scope::DraftsRead])] {
            assert_eq!(kit.data(&caller, list, json!({})).await["redirects"]["totalCount"], 4);
            let found = kit.data(&caller, node, variables.clone()).await;
            assert_eq!(found["node"], json!({ "__typename": "RedirectRule", "id": ids[0], "version": 1 }));
            assert_eq!(found["nodes"], json!([{ "id": ids[0] }]));
        }
        for (caller, code) in [
            (kit.anonymous(), "UNAUTHENTICATED"),
            (kit.as_role(Role::Reader), "FORBIDDEN"),
            (kit.as_role(Role::Contributor), "FORBIDDEN"),
            (kit.as_key(&[Scope::ArticlesWrite]), "FORBIDDEN"),
        ] {
            assert_eq!(kit.error_code(&caller, list, json!({})).await, code);
            assert_eq!(kit.data(&caller, node, variables.clone()).await, json!({ "node": null, "nodes": [null] }));
        }
    }

    async fn an_author_is_still_found_at_the_slug_readers_knew(kit: Kit) {
        let author = kit.author("Jean Pierre").await;
        rename(&kit, "author", &author, 1, "jp").await;
        rename(&kit, "author", &author, 2, "j-pierre").await;
        for old in ["/author/jean-pierre", "/author/jp/"] {
            assert_eq!(leads(&kit, old).await, ("/author/j-pierre".to_owned(), 301, json!(author)));
        }
        let other = kit.author("JP").await;
        assert_eq!(route(&kit, "/author/jp").await["__typename"], "Author");
        kit.done(&kit.system(), "authorDelete", "", json!({ "id": other, "expectedVersion": 1 })).await;
        assert_eq!(leads(&kit, "/author/jp").await.0, "/author/j-pierre");
    }

    async fn a_category_and_all_below_it_are_found_where_readers_knew_them(kit: Kit) {
        let (world, island) = (category(&kit, "Monde", None).await, category(&kit, "Île", None).await);
        let child = category(&kit, "Caraïbe", Some(&world)).await;
        let deep = category(&kit, "Sud", Some(&child)).await;
        rename(&kit, "category", &world, 1, "planete").await;
        assert_eq!(leads(&kit, "/category/monde").await, ("/category/planete".to_owned(), 301, json!(world)));
        assert_eq!(leads(&kit, "/category/monde/caraibe/sud").await, ("/category/planete/caraibe/sud".to_owned(), 301, json!(deep)));
        let to = json!({ "id": child, "expectedVersion": 1, "parentId": island });
        kit.done(&kit.system(), "categoryMove", "", to).await;
        rename(&kit, "category", &deep, 1, "midi").await;
        for old in ["/category/monde/caraibe/sud", "/category/planete/caraibe/sud", "/category/ile/caraibe/sud"] {
            assert_eq!(leads(&kit, old).await, ("/category/ile/caraibe/midi".to_owned(), 301, json!(deep)), "{old}");
        }
        category(&kit, "Sud", Some(&world)).await;
        assert_eq!(leads(&kit, "/category/planete/caraibe/sud").await.2, json!(deep), "the last who stood there is meant");
        let still = json!({ "id": world, "expectedVersion": 2, "position": 1 });
        let before = kit.row_count("legacy_paths").await;
        kit.done(&kit.system(), "categoryMove", "", still).await;
        assert_eq!(kit.row_count("legacy_paths").await, before, "a place among siblings is no address");
    }

    async fn every_example_of_the_page_on_addresses_runs(kit: Kit) {
        kit.published(json!({ "headline": "Le port rouvre" })).await;
        let page = include_str!("../../docs/addresses.md");
        let examples: Vec<&str> =
            page.split("```graphql\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
        assert_eq!(examples.len(), 3);
        let input = json!({ "path": "/promo", "target": "/fr/le-port-rouvre", "status": "FOUND" });
        for example in examples {
            let data = kit.data(&kit.system(), example, json!({ "path": "/fr/le-port-rouvre", "input": input })).await;
            let (_, value) = data.as_object().unwrap().iter().next().unwrap();
            assert!(!value.is_null() && value.get("userErrors").is_none_or(|mistakes| mistakes == &json!([])), "{data}");
        }
        assert_eq!(leads(&kit, "/promo").await.1, 302);
    }

    async fn a_redirect_takes_few_statements(kit: Kit) {
        kit.published(json!({ "headline": "Le port" })).await;
        redirect(&kit, "/a", "/fr/le-port").await;
        redirect(&kit, "/fr/autre", "https://elsewhere.example/").await;
        for (path, expected) in [("/fr/le-port", 1), ("/a", 2), ("/fr/autre", 2), ("/nothing", 2), ("/fr/nothing", 4)] {
            let (_, statements) = kit.statements(route(&kit, path)).await;
            assert_eq!(statements.len(), expected, "{path}: {statements:#?}");
        }
    }
}
