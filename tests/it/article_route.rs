//! What addresses mean: content, moved, gone.

use std::time::Duration;

use masthead_domain::policy::Role;
use masthead_store::external;
use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

const ROUTE: &str = "query R($path: String!, $perspective: Perspective! = PUBLISHED) {
  route(path: $path, perspective: $perspective) {
    __typename
    ... on Article { headline }
    ... on Category { name }
    ... on Author { name }
    ... on Redirect { to status permanent target { __typename id ... on Addressable { path } } }
    ... on Gone { path reason removedAt notice httpStatus }
  }
}";

async fn route(kit: &Kit, path: &str) -> Value {
    kit.data(&kit.anonymous(), ROUTE, json!({ "path": path })).await["route"].take()
}

async fn keep_old_address(kit: &Kit, path: &str, id: &str) {
    let caller = kit.system();
    let work = kit.app.begin(&caller).await.unwrap();
    assert!(external::keep_legacy_path(&work.tx, path, id.parse().unwrap()).await.unwrap());
    work.commit().await.unwrap();
}

both_engines! {
    async fn an_address_leads_to_what_stands_there(kit: Kit) {
        let root = kit.make("category", json!({ "name": "Monde", "language": "fr" })).await;
        kit.make("category", json!({ "name": "Caraïbe", "language": "fr", "parentId": root })).await;
        kit.author("Jean Pierre").await;
        kit.published(json!({ "headline": "Le port" })).await;
        for path in ["/fr/le-port", "fr/le-port/", "//fr//le-port?utm_source=x#haut", "https://news.example/fr/le-port", "/fr/le%2Dport"] {
            assert_eq!(route(&kit, path).await, json!({ "__typename": "Article", "headline": "Le port" }), "{path}");
        }
        assert_eq!(route(&kit, "/category/monde/caraibe").await, json!({ "__typename": "Category", "name": "Caraïbe" }));
        assert_eq!(route(&kit, "/author/jean-pierre").await, json!({ "__typename": "Author", "name": "Jean Pierre" }));
        for unknown in ["/", "", "/fr", "/en/le-port", "/fr/le-port/x", "/category", "/category/x", "/author/x", "/a\u{0}b", &"a".repeat(3_000)] {
            assert_eq!(route(&kit, unknown).await, Value::Null, "{unknown:?}");
        }
    }

    async fn a_category_at_a_wrong_address_redirects_to_the_right_one(kit: Kit) {
        let root = kit.make("category", json!({ "name": "Monde", "language": "fr" })).await;
        let child = kit.make("category", json!({ "name": "Caraïbe", "language": "fr", "parentId": root })).await;
        for path in ["/category/caraibe", "/category/x/caraibe", "/category/monde/monde/caraibe"] {
            let found = route(&kit, path).await;
            assert_eq!(found, json!({ "__typename": "Redirect", "to": "/category/monde/caraibe", "status": 301, "permanent": true,
                "target": { "__typename": "Category", "id": child, "path": "/category/monde/caraibe" } }), "{path}");
        }
    }

    async fn what_readers_saw_is_gone_with_its_reason(kit: Kit) {
        let id = kit.published(json!({ "headline": "Le port" })).await;
        kit.clock.advance(Duration::from_secs(60));
        let input = json!({ "id": id, "expectedVersion": 2, "publicNotice": "Retiré par la rédaction." });
        kit.done(&kit.system(), "articleWithdraw", "article { id }", input).await;
        let gone = |reason: &str, at: &str, notice: Value| json!({ "__typename": "Gone", "path": "/fr/le-port", "reason": reason, "removedAt": at, "notice": notice, "httpStatus": 410 });
        assert_eq!(route(&kit, "fr/le-port/").await, gone("WITHDRAWN", "2026-11-23T12:01:00Z", json!("Retiré par la rédaction.")));
        let editor = kit.data(&kit.as_role(Role::Editor), ROUTE, json!({ "path": "/fr/le-port", "perspective": "LATEST" })).await;
        assert_eq!(editor["route"]["__typename"], "Article", "the desk still sees it there");
        kit.clock.advance(Duration::from_secs(60));
        kit.done(&kit.system(), "articleDelete", "deletedId", json!({ "id": id, "expectedVersion": 3 })).await;
        assert_eq!(route(&kit, "/fr/le-port").await["reason"], "DELETED");
        assert_eq!(route(&kit, "/fr/le-port").await["notice"], "Retiré par la rédaction.");
        let next = kit.article(json!({ "headline": "Le port" })).await;
        assert_eq!(route(&kit, "/fr/le-port").await["reason"], "DELETED", "a draft at the address changes nothing");
        kit.publish(&next, json!({ "expiresAt": "2026-11-24T00:00:00Z" })).await;
        assert_eq!(route(&kit, "/fr/le-port").await["__typename"], "Article");
        kit.clock.set("2026-11-24T00:00:00Z");
        assert_eq!(route(&kit, "/fr/le-port").await, gone("EXPIRED", "2026-11-24T00:00:00Z", Value::Null));
    }

    async fn what_readers_never_saw_is_not_told_of(kit: Kit) {
        let draft = kit.article(json!({ "headline": "Secret" })).await;
        let scheduled = kit.article(json!({ "headline": "Demain" })).await;
        kit.publish(&scheduled, json!({ "at": "2026-11-24T00:00:00Z" })).await;
        assert_eq!(route(&kit, "/fr/secret").await, Value::Null);
        assert_eq!(route(&kit, "/fr/demain").await, Value::Null);
        kit.done(&kit.system(), "articleUnpublish", "article { id }", json!({ "id": scheduled, "expectedVersion": 2 })).await;
        kit.done(&kit.system(), "articleDelete", "deletedId", json!({ "id": draft, "expectedVersion": 1 })).await;
        assert_eq!(route(&kit, "/fr/secret").await, Value::Null);
        assert_eq!(route(&kit, "/fr/demain").await, Value::Null);
    }

    async fn a_schedule_that_was_deleted_does_not_come_true(kit: Kit) {
        let scheduled = kit.article(json!({ "headline": "Demain" })).await;
        keep_old_address(&kit, "/2026/demain", &scheduled).await;
        kit.publish(&scheduled, json!({ "at": "2026-11-24T00:00:00Z" })).await;
        kit.done(&kit.system(), "articleDelete", "deletedId", json!({ "id": scheduled, "expectedVersion": 2 })).await;
        for instant in ["2026-11-23T12:00:01Z", "2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z"] {
            kit.clock.set(instant);
            for path in ["/fr/demain", "/2026/demain"] {
                assert_eq!(route(&kit, path).await, Value::Null, "{path} {instant}");
            }
        }
    }

    async fn who_lives_elsewhere_comes_before_who_is_gone(kit: Kit) {
        let first = kit.published(json!({ "headline": "Premier", "slug": "a" })).await;
        kit.done(&kit.system(), "articleDelete", "deletedId", json!({ "id": first, "expectedVersion": 2 })).await;
        assert_eq!(route(&kit, "/fr/a").await["reason"], "DELETED");
        let second = kit.published(json!({ "headline": "Second", "slug": "a" })).await;
        let away = json!({ "id": second, "expectedVersion": 2, "changes": { "slug": "b" } });
        kit.done(&kit.system(), "articleUpdate", "article { id }", away).await;
        assert_eq!(route(&kit, "/fr/a").await["__typename"], "Article", "what waits moves nothing");
        kit.done(&kit.system(), "articlePublish", "article { id }", json!({ "id": second, "expectedVersion": 3 })).await;
        let found = route(&kit, "/fr/a").await;
        assert_eq!((&found["__typename"], &found["to"]), (&json!("Redirect"), &json!("/fr/b")));
        kit.done(&kit.system(), "articleUnpublish", "article { id }", json!({ "id": second, "expectedVersion": 4 })).await;
        assert_eq!(route(&kit, "/fr/a").await["__typename"], "Gone", "both are gone");
    }

    async fn old_addresses_redirect_to_where_things_stand_now(kit: Kit) {
        let id = kit.published(json!({ "headline": "Le port" })).await;
        let author = kit.author("Jean Pierre").await;
        let category = kit.make("category", json!({ "name": "Monde", "language": "fr" })).await;
        let draft = kit.article(json!({})).await;
        for (path, id) in [("/2012/01/05/le-port", &id), ("/auteurs/jp", &author), ("/rubrique/monde", &category), ("/2012/brouillon", &draft)] {
            keep_old_address(&kit, path, id).await;
        }
        let found = route(&kit, "https://old.example/2012/01/05/le-port/?p=1").await;
        assert_eq!(found, json!({ "__typename": "Redirect", "to": "/fr/le-port", "status": 301, "permanent": true,
            "target": { "__typename": "Article", "id": id, "path": "/fr/le-port" } }));
        assert_eq!(route(&kit, "/auteurs/jp").await["to"], "/author/jean-pierre");
        assert_eq!(route(&kit, "/rubrique/monde").await["to"], "/category/monde");
        assert_eq!(route(&kit, "/2012/brouillon").await, Value::Null, "a draft has no address for readers");
        kit.done(&kit.system(), "articleUnpublish", "article { id }", json!({ "id": id, "expectedVersion": 2 })).await;
        let gone = route(&kit, "/2012/01/05/le-port").await;
        assert_eq!((&gone["__typename"], &gone["path"]), (&json!("Gone"), &json!("/2012/01/05/le-port")));
    }

    async fn an_article_is_still_found_at_the_slug_readers_knew(kit: Kit) {
        let id = kit.article(json!({ "headline": "Un" })).await;
        let rename = |version: i64, slug: &str| json!({ "id": id, "expectedVersion": version, "changes": { "slug": slug } });
        kit.done(&kit.system(), "articleUpdate", "article { id }", rename(1, "deux")).await;
        assert_eq!(route(&kit, "/fr/un").await, Value::Null, "nobody knew it there");
        kit.done(&kit.system(), "articlePublish", "article { id }", json!({ "id": id, "expectedVersion": 2 })).await;
        for (version, slug) in [(3, "trois"), (5, "quatre")] {
            kit.done(&kit.system(), "articleUpdate", "article { id }", rename(version, slug)).await;
            kit.done(&kit.system(), "articlePublish", "article { id }", json!({ "id": id, "expectedVersion": version + 1 })).await;
        }
        for old in ["/fr/deux", "/fr/trois"] {
            assert_eq!(route(&kit, old).await["to"], "/fr/quatre");
        }
        let newer = kit.published(json!({ "headline": "Autre", "slug": "trois" })).await;
        assert_eq!(route(&kit, "/fr/trois").await["__typename"], "Article", "what stands there comes first");
        let away = json!({ "id": newer, "expectedVersion": 2, "changes": { "slug": "cinq" } });
        kit.done(&kit.system(), "articleUpdate", "article { id }", away).await;
        kit.done(&kit.system(), "articlePublish", "article { id }", json!({ "id": newer, "expectedVersion": 3 })).await;
        assert_eq!(route(&kit, "/fr/trois").await["to"], "/fr/cinq", "the last who stood there is meant");
    }

    async fn an_article_is_found_by_the_id_of_the_system_it_came_from(kit: Kit) {
        let id = kit.published(json!({ "headline": "Importé" })).await;
        let caller = kit.system();
        let work = kit.app.begin(&caller).await.unwrap();
        external::bind(&work.tx, "wordpress", "4711", id.parse().unwrap(), "x").await.unwrap();
        work.commit().await.unwrap();
        let query = "query E($system: String!, $id: String!) { article(by: {externalId: {system: $system, id: $id}}) { headline body { text } } }";
        let data = kit.data(&kit.anonymous(), query, json!({ "system": "wordpress", "id": "4711" })).await;
        assert_eq!(data["article"]["headline"], "Importé");
        for (system, id) in [("wordpress", "1"), ("ghost", "4711"), ("", "")] {
            assert_eq!(kit.data(&kit.anonymous(), query, json!({ "system": system, "id": id })).await["article"], Value::Null);
        }
    }

    async fn a_slug_of_several_languages_belongs_to_the_first_published(kit: Kit) {
        let french = kit.article(json!({ "headline": "Radio", "slug": "radio" })).await;
        kit.published(json!({ "headline": "Radyo", "slug": "radio", "language": "ht" })).await;
        kit.clock.advance(Duration::from_secs(1));
        kit.publish(&french, json!({})).await;
        let query = "query S($language: LanguageTag) { article(by: {slug: {slug: \"radio\", language: $language}}) { headline } }";
        for (language, headline) in [(json!(null), json!("Radyo")), (json!("fr"), json!("Radio")), (json!("HT"), json!("Radyo")), (json!("en"), json!(null))] {
            let data = kit.data(&kit.anonymous(), query, json!({ "language": language })).await;
            assert_eq!(data["article"].get("headline").cloned().unwrap_or(Value::Null), headline, "{language}");
        }
        for nothing in ["article(by: {id: \"x\"})", "article(by: {slug: {slug: \"Pas un slug\"}})", "article(by: {path: \"/\"})"] {
            let data = kit.data(&kit.anonymous(), &format!("{{ {nothing} {{ id }} }}"), json!({})).await;
            assert_eq!(data["article"], Value::Null, "{nothing}");
        }
    }

    async fn the_site_says_what_it_is(kit: Kit) {
        let data = kit.data(&kit.anonymous(), "{ site { name url languages defaultLanguage schemaVersion } }", json!({})).await;
        assert_eq!(data["site"], json!({ "name": "The Example", "url": "https://news.example/", "languages": ["fr", "ht", "en"], "defaultLanguage": "fr", "schemaVersion": "0.1.0" }));
    }
}
