//! Deleted articles, and how they come back: at which address, with which history, and beside whom.

use masthead_testkit::{Engine, Kit, both_engines};
use serde_json::{Value, json};

use crate::{filed, mistake::mistakes};

const FIELDS: &str = "article { status slug version headline
    editorial { hasUnpublishedChanges draft { slug } } }";

fn aim(id: &str, version: i64, more: Value) -> Value {
    let mut input = json!({ "id": id, "expectedVersion": version });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

async fn done(kit: &Kit, mutation: &str, id: &str, version: i64, more: Value) -> Value {
    let fields = if mutation == "articleDelete" { "" } else { FIELDS };
    kit.done(&kit.system(), mutation, fields, aim(id, version, more)).await["article"].take()
}

async fn refused(kit: &Kit, mutation: &str, id: &str, version: i64, more: Value) -> Vec<String> {
    mistakes(&kit.act(&kit.system(), mutation, FIELDS, aim(id, version, more)).await)
}

/// Each version, the newest first: its act, the fields that changed, and the slug that the desk worked on since.
async fn history(kit: &Kit, id: &str) -> Vec<Value> {
    let query = "query($id: ID!) { article(by: {id: $id}, perspective: LATEST) { revisions(first: 100) {
        nodes { act changedFields article { slug } } } } }";
    let mut data = kit.data(&kit.system(), query, json!({ "id": id })).await;
    let told = |one: &Value| json!([one["act"], one["changedFields"], one["article"]["slug"]]);
    data["article"]["revisions"]["nodes"].take().as_array().unwrap().iter().map(told).collect()
}

/// The slug that was kept with a version of the article with this slug today, and whether that is what stands in the tables.
async fn kept(kit: &Kit, slug: &str, version: i64) -> (Option<String>, bool) {
    let article = format!("(select id from articles where slug = '{slug}' and deleted_at is null)");
    let contents =
        kit.sql(&format!("select version, content from article_contents where article_id = {article}")).await;
    let content = contents.iter().find(|row| row["version"] == version).map(|row| row["content"].as_str().unwrap());
    let content: Option<Value> = content.map(|text| serde_json::from_str(text).unwrap());
    let row = kit.sql(&format!("select live_version from articles where id = {article}")).await;
    (content.map(|content| content["slug"].as_str().unwrap().to_owned()), row[0]["live_version"] == version)
}

async fn route(kit: &Kit, path: &str) -> Value {
    let query =
        "query($path: String!) { route(path: $path) { __typename ... on Article { slug } ... on Redirect { to } } }";
    kit.data(&kit.anonymous(), query, json!({ "path": path })).await["route"].take()
}

async fn diff(kit: &Kit, id: &str, from: i64, to: i64) -> Value {
    let query = "query($id: ID!, $from: Int!, $to: Int) { article(by: {id: $id}, perspective: LATEST) {
        diff(from: $from, to: $to) { path before after } } }";
    kit.data(&kit.system(), query, json!({ "id": id, "from": from, "to": to })).await["article"]["diff"].take()
}

both_engines! {
    async fn another_address_is_kept_as_a_change_of_what_an_article_says(kit: Kit) {
        let id = kit.published(json!({ "slug": "le-port", "body": { "markdown": "Un." } })).await;
        done(&kit, "articleDelete", &id, 2, json!({})).await;
        let other = kit.published(json!({ "slug": "le-port" })).await;
        let back = done(&kit, "articleRestore", &id, 3, json!({ "slug": "le-vieux-port" })).await;
        assert_eq!((&back["slug"], &back["status"], &back["version"]), (&json!("le-vieux-port"), &json!("UNPUBLISHED"), &json!(4)));
        assert_eq!(history(&kit, &id).await, [
            json!(["articleRestore", ["slug", "status"], "le-vieux-port"]),
            json!(["articleDelete", [], "le-port"]),
            json!(["articlePublish", ["status", "publishedAt"], "le-port"]),
            json!(["articleCreate", [], "le-port"]),
        ]);
        assert_eq!(kept(&kit, "le-vieux-port", 4).await, (Some("le-vieux-port".to_owned()), true));
        assert_eq!(diff(&kit, &id, 3, 4).await, json!([{ "path": "slug", "before": "le-port", "after": "le-vieux-port" }]));
        let log = kit.change_log().await;
        let row = log.last().unwrap();
        assert_eq!((row.kind.as_str(), row.version, &row.before), ("CREATED", Some(4), &None));
        assert_eq!(row.fields, ["slug", "status"]);
        assert_eq!(row.after.as_ref().unwrap()["path"], "/fr/le-vieux-port");

        kit.clock.advance(std::time::Duration::from_secs(60));
        done(&kit, "articlePublish", &id, 4, json!({})).await;
        let query = "query($id: ID!, $at: DateTime!) { article(by: {id: $id}, asOf: $at) { slug body { text } } }";
        let data = kit.data(&kit.system(), query, json!({ "id": id, "at": "2026-11-23T12:01:00Z" })).await;
        assert_eq!(data["article"], json!({ "slug": "le-vieux-port", "body": { "text": "Un." } }));
        assert_eq!(route(&kit, "/fr/le-port").await["__typename"], "Article");
        assert_eq!(refused(&kit, "articleRestoreRevision", &id, 5, json!({ "toVersion": 1 })).await, ["SlugTakenError SLUG_TAKEN slug"]);
        done(&kit, "articleDelete", &other, 2, json!({})).await;
        assert_eq!(route(&kit, "/fr/le-port").await["to"], "/fr/le-vieux-port", "readers knew it there");
    }

    async fn the_address_it_had_is_no_change(kit: Kit) {
        let id = kit.article(json!({ "slug": "le-port" })).await;
        for (version, input) in [(1, json!({})), (3, json!({ "slug": "le-port" }))] {
            done(&kit, "articleDelete", &id, version, json!({})).await;
            let back = done(&kit, "articleRestore", &id, version + 1, input).await;
            assert_eq!((&back["status"], &back["slug"]), (&json!("DRAFT"), &json!("le-port")));
            assert_eq!(history(&kit, &id).await[0], json!(["articleRestore", ["status"], "le-port"]));
            assert_eq!(kit.row_count("article_contents").await, 1);
            assert_eq!(kit.change_log().await.last().unwrap().fields, ["status"]);
        }
    }

    async fn what_waits_beside_it_keeps_its_own_address_until_it_is_published(kit: Kit) {
        let id = kit.published(json!({ "slug": "a", "headline": "Avant" })).await;
        done(&kit, "articleUpdate", &id, 2, json!({ "changes": { "slug": "b", "headline": "Après" } })).await;
        done(&kit, "articleDelete", &id, 3, json!({})).await;
        kit.published(json!({ "slug": "a" })).await;
        let back = done(&kit, "articleRestore", &id, 4, json!({ "slug": "c" })).await;
        assert_eq!(back, json!({
            "status": "UNPUBLISHED", "slug": "b", "version": 5, "headline": "Après",
            "editorial": { "hasUnpublishedChanges": true, "draft": { "slug": "b" } },
        }));
        assert_eq!(kept(&kit, "c", 5).await, (Some("c".to_owned()), true));
        assert_eq!(history(&kit, &id).await[0], json!(["articleRestore", ["slug", "status"], "b"]));
        assert_eq!(diff(&kit, &id, 4, 5).await, json!([]), "what the desk works on is the same");

        let rival = kit.article(json!({ "slug": "b" })).await;
        assert_eq!(refused(&kit, "articlePublish", &id, 5, json!({})).await, ["SlugTakenError SLUG_TAKEN slug"]);
        done(&kit, "articleDelete", &rival, 1, json!({})).await;
        done(&kit, "articlePublish", &id, 5, json!({})).await;
        assert_eq!(route(&kit, "/fr/b").await, json!({ "__typename": "Article", "slug": "b" }));
    }

    async fn what_waits_beside_it_is_given_up_for_its_new_address(kit: Kit) {
        let id = kit.published(json!({ "slug": "a", "headline": "Avant" })).await;
        done(&kit, "articleUpdate", &id, 2, json!({ "changes": { "headline": "Après" } })).await;
        done(&kit, "articleDelete", &id, 3, json!({})).await;
        done(&kit, "articleRestore", &id, 4, json!({ "slug": "c" })).await;
        let changes = json!({ "changes": { "slug": "c", "headline": "Avant" } });
        let same = done(&kit, "articleUpdate", &id, 5, changes).await;
        assert_eq!((&same["slug"], &same["editorial"]["hasUnpublishedChanges"]), (&json!("c"), &json!(false)));
        assert_eq!(history(&kit, &id).await[0][2], "c");
        done(&kit, "articlePublish", &id, 6, json!({})).await;
        assert_eq!(route(&kit, "/fr/c").await["slug"], "c");
    }

    async fn an_article_older_than_its_history_goes_and_comes_back(kit: Kit) {
        let id = kit.article(json!({ "slug": "le-port" })).await;
        for statement in
            ["update articles set live_version = null", "delete from article_versions", "delete from article_contents"]
        {
            kit.sql(statement).await;
        }
        done(&kit, "articleDelete", &id, 1, json!({})).await;
        done(&kit, "articleRestore", &id, 2, json!({ "slug": "le-quai" })).await;
        assert_eq!(history(&kit, &id).await, [
            json!(["articleRestore", ["slug", "status"], "le-quai"]),
            json!(["articleDelete", [], "le-port"]),
            json!(["begun", [], "le-port"]),
        ]);
    }

    async fn of_two_who_bring_an_article_back_at_once_one_does(kit: Kit) {
        let id = kit.article(json!({ "slug": "le-port" })).await;
        done(&kit, "articleDelete", &id, 1, json!({})).await;
        let system = kit.system();
        let work = kit.app.begin(&system).await.unwrap();
        let slug = masthead_domain::Slug::parse("le-quai").unwrap();
        masthead_app::article::restore(&work, id.parse().unwrap(), 2, Some(slug)).await.unwrap();
        let (late, ()) = tokio::join!(kit.act(&system, "articleRestore", FIELDS, aim(&id, 2, json!({}))), async {
            filed::until_one_waits(&kit).await;
            work.commit().await.unwrap();
        });
        match kit.engine() {
            Engine::Sqlite => assert_eq!(mistakes(&late), ["NotFoundError NOT_FOUND id"], "it looks when the other is done"),
            Engine::Postgres => {
                assert_eq!(mistakes(&late), ["VersionConflictError VERSION_CONFLICT expectedVersion"]);
                assert_eq!(late["userErrors"][0]["changedFields"], json!(["slug", "status"]));
            }
        }
        assert_eq!(kept(&kit, "le-quai", 3).await, (Some("le-quai".to_owned()), true));
    }
}
