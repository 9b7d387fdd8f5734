//! Acts on many articles: all of them or none.

use masthead_domain::policy::{Role, Scope};
use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

use crate::mistake::mistakes;

const FIELDS: &str = "changedCount clientMutationId report { changed versionBefore article {
    id version status tags { name } categories { name } editorial { hasUnpublishedChanges } } }";

/// The articles of an act, at versions.
fn at<'a>(articles: impl IntoIterator<Item = (&'a String, i64)>) -> Value {
    articles.into_iter().map(|(id, version)| json!({ "id": id, "expectedVersion": version })).collect()
}

/// The input of an act on articles.
fn on<'a>(articles: impl IntoIterator<Item = (&'a String, i64)>, more: Value) -> Value {
    let mut input = more;
    input["articles"] = at(articles);
    input
}

async fn done(kit: &Kit, mutation: &str, input: Value) -> Value {
    kit.done(&kit.system(), mutation, FIELDS, input).await
}

async fn category(kit: &Kit, name: &str) -> String {
    kit.make("category", json!({ "name": name, "language": "fr" })).await
}

async fn update(kit: &Kit, id: &str, version: i64, changes: Value) {
    let input = json!({ "id": id, "expectedVersion": version, "changes": changes });
    kit.done(&kit.system(), "articleUpdate", "article { id }", input).await;
}

/// One field of the articles of a report, or of each item of it.
fn each(payload: &Value, pointer: &str) -> Vec<Value> {
    payload["report"].as_array().unwrap().iter().map(|item| item.pointer(pointer).unwrap().clone()).collect()
}

/// The names in a field of the article at a place of a report.
fn names(payload: &Value, place: usize, field: &str) -> Vec<String> {
    let list = payload["report"][place]["article"][field].as_array().unwrap();
    list.iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

/// The names of an article's categories and tags as readers see them.
async fn seen(kit: &Kit, id: &str) -> (Vec<String>, Vec<String>) {
    let query = "query($id: ID!) { article(by: {id: $id}) { categories { name } tags { name } } }";
    let data = kit.data(&kit.anonymous(), query, json!({ "id": id })).await;
    let names = |field: &str| {
        let list = data["article"][field].as_array().unwrap();
        list.iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    };
    (names("categories"), names("tags"))
}

/// All that an act could leave behind.
async fn traces(kit: &Kit) -> (Vec<String>, Vec<i64>) {
    let mut rows = Vec::new();
    for table in ["article_versions", "article_contents", "article_categories", "article_tags", "tags"] {
        rows.push(kit.row_count(table).await);
    }
    (kit.changes().await, rows)
}

both_engines! {
    async fn many_articles_are_published_in_one_act(kit: Kit) {
        let (draft, other) = (kit.article(json!({})).await, kit.article(json!({})).await);
        let known = kit.published(json!({ "headline": "Avant" })).await;
        update(&kit, &known, 2, json!({ "headline": "Après" })).await;
        let before = kit.change_log().await.len();
        let input = on([(&other, 1), (&known, 3), (&draft, 1)], json!({ "summary": "édition du soir", "clientMutationId": "m" }));
        let payload = done(&kit, "articleBulkPublish", input).await;
        assert_eq!((&payload["changedCount"], &payload["clientMutationId"]), (&json!(3), &json!("m")));
        assert_eq!(each(&payload, "/article/id"), [json!(other), json!(known), json!(draft)], "in the order they were given");
        assert_eq!(each(&payload, "/article/status"), vec!["PUBLISHED"; 3]);
        assert_eq!(each(&payload, "/versionBefore"), [1, 3, 1]);
        assert_eq!(each(&payload, "/article/version"), [2, 4, 2]);
        assert_eq!(each(&payload, "/article/editorial/hasUnpublishedChanges"), vec![false; 3]);
        let log = kit.change_log().await;
        let rows = &log[before..];
        let mut told: Vec<&str> = rows.iter().map(|row| row.entity.as_str()).collect();
        let mut expected = [other.as_str(), known.as_str(), draft.as_str()];
        expected.sort_unstable();
        assert_eq!(told, expected, "in the order of their ids");
        told.dedup();
        assert_eq!(told.len(), 3);
        assert!(rows.iter().all(|row| row.act.as_deref() == Some("articleBulkPublish") && row.kind == "PUBLISHED"), "{rows:#?}");
        let history = kit.sql("select act, summary from article_versions where act = 'articleBulkPublish'").await;
        assert_eq!(history, vec![json!({ "act": "articleBulkPublish", "summary": "édition du soir" }); 3]);
        let query = "query($id: ID!) { article(by: {id: $id}) { headline revisedAt } }";
        let data = kit.data(&kit.anonymous(), query, json!({ "id": known })).await;
        assert_eq!(data["article"], json!({ "headline": "Après", "revisedAt": null }));
    }

    async fn many_articles_are_filed_and_published_ones_wait(kit: Kit) {
        let (sea, land) = (category(&kit, "Mer").await, category(&kit, "Terre").await);
        let draft = kit.article(json!({ "categoryIds": [sea] })).await;
        let filed = kit.article(json!({ "categoryIds": [land] })).await;
        let known = kit.published(json!({ "categoryIds": [sea] })).await;
        let input = on([(&draft, 1), (&filed, 1), (&known, 2)], json!({ "add": [land], "remove": [sea] }));
        let payload = done(&kit, "articleBulkCategorize", input).await;
        assert_eq!(payload["changedCount"], 2);
        assert_eq!(each(&payload, "/changed"), [true, false, true]);
        assert_eq!(each(&payload, "/article/version"), [2, 1, 3], "what stands there already is no version");
        for place in 0..3 {
            assert_eq!(names(&payload, place, "categories"), ["Terre"]);
        }
        assert_eq!(each(&payload, "/article/editorial/hasUnpublishedChanges"), [false, false, true]);
        assert_eq!(seen(&kit, &known).await.0, ["Mer"]);
        done(&kit, "articleBulkPublish", on([(&known, 3)], json!({}))).await;
        assert_eq!(seen(&kit, &known).await.0, ["Terre"]);
    }

    async fn filing_is_published_at_once_where_nothing_else_waits(kit: Kit) {
        let (draft, known) = (kit.article(json!({})).await, kit.published(json!({ "tags": ["mer"] })).await);
        let waiting = kit.published(json!({})).await;
        update(&kit, &waiting, 2, json!({ "headline": "Après" })).await;
        let tag = json!({ "add": ["port"], "publish": true });
        let before = traces(&kit).await;
        let input = on([(&waiting, 3), (&draft, 1), (&known, 2)], tag.clone());
        let payload = kit.act(&kit.system(), "articleBulkTag", FIELDS, input).await;
        assert_eq!(mistakes(&payload), ["ValidationError INVALID articles.0.id"]);
        assert_eq!(traces(&kit).await, before);
        let payload = done(&kit, "articleBulkTag", on([(&draft, 1), (&known, 2)], tag)).await;
        assert_eq!(each(&payload, "/article/status"), ["DRAFT", "PUBLISHED"], "a draft stays one");
        assert_eq!(each(&payload, "/article/editorial/hasUnpublishedChanges"), [false, false]);
        assert_eq!(seen(&kit, &known).await.1, ["mer", "port"]);
        let log = kit.change_log().await;
        let row = log.iter().rfind(|row| row.entity == known).unwrap();
        assert_eq!((row.kind.as_str(), row.fields.as_slice()), ("PUBLISHED", ["tags".to_owned()].as_slice()));
        // What waits already says the same: nothing is left to publish along.
        let same = on([(&waiting, 3)], json!({ "remove": ["port"], "publish": true }));
        assert_eq!(done(&kit, "articleBulkTag", same).await["changedCount"], 0);
    }

    async fn tags_come_and_go_by_any_spelling(kit: Kit) {
        let french = kit.article(json!({ "tags": ["Économie", "mer"] })).await;
        let english = kit.article(json!({ "language": "en", "tags": ["port"] })).await;
        let input = on([(&french, 1), (&english, 1)], json!({ "add": ["Port", "île"], "remove": ["economie"] }));
        let payload = done(&kit, "articleBulkTag", input).await;
        assert_eq!(names(&payload, 0, "tags"), ["mer", "port", "île"]);
        assert_eq!(names(&payload, 1, "tags"), ["port", "île"]);
        assert_eq!(kit.row_count("tags").await, 4);
    }

    async fn many_articles_move_from_one_category_to_another(kit: Kit) {
        let (a, b, c) = (category(&kit, "A").await, category(&kit, "B").await, category(&kit, "C").await);
        let between = kit.article(json!({ "categoryIds": [a, b, c] })).await;
        let first = kit.article(json!({ "categoryIds": [b, a] })).await;
        let outside = kit.article(json!({ "categoryIds": [a] })).await;
        let moving = json!({ "fromCategoryId": b, "toCategoryId": a });
        let input = on([(&between, 1), (&outside, 1), (&first, 1)], moving.clone());
        let payload = kit.act(&kit.system(), "articleBulkMove", FIELDS, input).await;
        assert_eq!(mistakes(&payload), ["ValidationError INVALID articles.1.id"]);
        let payload = done(&kit, "articleBulkMove", on([(&between, 1), (&first, 1)], moving)).await;
        assert_eq!(names(&payload, 0, "categories"), ["A", "C"]);
        assert_eq!(names(&payload, 1, "categories"), ["A"]);
        let d = category(&kit, "D").await;
        let moving = json!({ "fromCategoryId": a, "toCategoryId": d });
        let payload = done(&kit, "articleBulkMove", on([(&between, 2), (&outside, 1)], moving)).await;
        assert_eq!(names(&payload, 0, "categories"), ["D", "C"]);
        assert_eq!(names(&payload, 1, "categories"), ["D"]);
    }

    async fn every_mistake_is_told_and_nothing_is_done(kit: Kit) {
        let sea = category(&kit, "Mer").await;
        let mut articles = Vec::new();
        for _ in 0..6 {
            articles.push(kit.article(json!({ "categoryIds": [sea] })).await);
        }
        let killed = json!({ "id": articles[1], "expectedVersion": 1 });
        kit.done(&kit.system(), "articleKill", "article { id }", killed).await;
        update(&kit, &articles[3], 1, json!({ "headline": "Mieux" })).await;
        let deleted = json!({ "id": articles[4], "expectedVersion": 1 });
        kit.done(&kit.system(), "articleDelete", "deletedId", deleted).await;
        let before = traces(&kit).await;
        let versions = [1, 2, 1, 1, 1, 1];
        let input = on(articles.iter().zip(versions), json!({}));
        let payload = kit.act(&kit.system(), "articleBulkPublish", "report { changed }", input).await;
        assert_eq!(mistakes(&payload), [
            "ValidationError FORBIDDEN_TRANSITION articles.1.id",
            "VersionConflictError VERSION_CONFLICT articles.3.expectedVersion",
            "NotFoundError NOT_FOUND articles.4.id",
        ]);
        assert_eq!(payload["report"], json!([]));
        assert_eq!(payload["userErrors"][1]["currentVersion"], 2);
        assert_eq!(payload["userErrors"][1]["changedFields"], json!(["headline"]));
        assert_eq!(traces(&kit).await, before);

        let input = on(articles.iter().zip(versions), json!({ "add": ["tout nouveau"] }));
        let payload = kit.act(&kit.system(), "articleBulkTag", "report { changed } changedCount", input).await;
        assert_eq!(mistakes(&payload), [
            "VersionConflictError VERSION_CONFLICT articles.3.expectedVersion",
            "NotFoundError NOT_FOUND articles.4.id",
        ]);
        assert_eq!((&payload["report"], &payload["changedCount"]), (&json!([]), &json!(0)));
        assert_eq!(traces(&kit).await, before, "not even the tag");

        let gone = category(&kit, "Terre").await;
        kit.done(&kit.system(), "categoryDelete", "deletedId", json!({ "id": gone, "expectedVersion": 1 })).await;
        let before = traces(&kit).await;
        let input = on([(&articles[0], 1), (&articles[3], 1)], json!({ "add": [sea, gone] }));
        let payload = kit.act(&kit.system(), "articleBulkCategorize", "", input).await;
        assert_eq!(mistakes(&payload), [
            "VersionConflictError VERSION_CONFLICT articles.1.expectedVersion",
            "NotFoundError NOT_FOUND add.1",
        ]);
        let input = on([(&articles[0], 1)], json!({ "fromCategoryId": sea, "toCategoryId": gone }));
        let payload = kit.act(&kit.system(), "articleBulkMove", "", input).await;
        assert_eq!(mistakes(&payload), ["NotFoundError NOT_FOUND toCategoryId"]);
        assert_eq!(traces(&kit).await, before);
    }

    async fn what_cannot_be_meant_is_told_before_anything_is_read(kit: Kit) {
        let (id, sea) = (kit.article(json!({})).await, category(&kit, "Mer").await);
        let twice = json!([{ "id": id, "expectedVersion": 1 }, { "id": sea, "expectedVersion": 1 }, { "id": id, "expectedVersion": 1 }]);
        let long = "x".repeat(301);
        let crowd: Value = at(std::iter::repeat_n((&id, 1), 101));
        let one = at([(&id, 1)]);
        for (mutation, input, expected) in [
            ("articleBulkPublish", json!({ "articles": [] }), vec!["REQUIRED articles"]),
            ("articleBulkPublish", json!({ "articles": twice, "summary": long }), vec!["INVALID articles.1.id", "INVALID articles.2.id", "TOO_LONG summary"]),
            ("articleBulkCategorize", json!({ "articles": one }), vec!["REQUIRED add"]),
            ("articleBulkCategorize", json!({ "articles": one, "add": [sea, sea], "remove": [sea] }), vec!["INVALID add.1", "INVALID remove.0"]),
            ("articleBulkCategorize", json!({ "articles": one, "add": [id] }), vec!["INVALID add.0"]),
            ("articleBulkTag", json!({ "articles": one, "add": ["Mer", "mer", " "] }), vec!["REQUIRED add.2", "INVALID add.1"]),
            ("articleBulkTag", json!({ "articles": one, "remove": ["…"] }), vec!["INVALID remove.0"]),
            ("articleBulkMove", json!({ "articles": one, "fromCategoryId": sea, "toCategoryId": sea }), vec!["INVALID toCategoryId"]),
            ("articleBulkMove", json!({ "articles": one, "fromCategoryId": id, "toCategoryId": sea }), vec!["INVALID fromCategoryId"]),
        ] {
            let payload = kit.act(&kit.system(), mutation, "", input.clone()).await;
            let expected: Vec<String> = expected.into_iter().map(|one| format!("ValidationError {one}")).collect();
            assert_eq!(mistakes(&payload), expected, "{mutation} {input}");
        }
        let payload = kit.act(&kit.system(), "articleBulkPublish", "", json!({ "articles": crowd })).await;
        assert_eq!(mistakes(&payload)[0], "ValidationError TOO_LONG articles");
    }

    async fn the_act_needs_leave_for_every_article(kit: Kit) {
        let writer = kit.as_user(Role::Contributor).await;
        let input = json!({ "language": "fr", "headline": "Le port", "body": { "markdown": "Un." } });
        let own = kit.done(&writer, "articleCreate", "article { id }", input).await["article"]["id"].as_str().unwrap().to_owned();
        let (others, known) = (kit.article(json!({})).await, kit.published(json!({})).await);
        let tag = |articles: &[(&String, i64)]| on(articles.iter().copied(), json!({ "add": ["port"] }));
        let before = traces(&kit).await;
        let payload = kit.act(&writer, "articleBulkTag", "", tag(&[(&own, 1), (&others, 1)])).await;
        assert_eq!(mistakes(&payload), ["NotFoundError NOT_FOUND articles.1.id"]);
        assert_eq!(kit.refused(&writer, "articleBulkTag", tag(&[(&own, 1), (&known, 2)])).await, "FORBIDDEN");
        let mut at_once = tag(&[(&known, 2)]);
        at_once["publish"] = json!(true);
        for caller in [kit.as_role(Role::Editor), kit.as_key(&[Scope::DraftsRead, Scope::ArticlesWrite])] {
            assert_eq!(kit.refused(&caller, "articleBulkTag", at_once.clone()).await, "FORBIDDEN");
            let publish = on([(&own, 1)], json!({}));
            assert_eq!(kit.refused(&caller, "articleBulkPublish", publish).await, "FORBIDDEN");
        }
        assert_eq!(traces(&kit).await, before);
        kit.done(&writer, "articleBulkTag", FIELDS, tag(&[(&own, 1)])).await;
        kit.done(&kit.as_role(Role::Publisher), "articleBulkTag", FIELDS, at_once).await;
    }

    async fn a_hundred_articles_cost_in_proportion_to_ten(kit: Kit) {
        let sea = category(&kit, "Mer").await;
        let mut articles = Vec::new();
        for place in 0..110 {
            articles.push(kit.article(json!({ "headline": format!("Article {place}"), "tags": ["mer"] })).await);
        }
        let (few, many) = articles.split_at(10);
        for (mutation, version, more) in [
            ("articleBulkCategorize", 1, json!({ "add": [sea] })),
            ("articleBulkTag", 2, json!({ "add": ["port"] })),
            ("articleBulkPublish", 3, json!({})),
        ] {
            let input = |articles: &[String]| on(articles.iter().map(|id| (id, version)), more.clone());
            let (payload, ten) = kit.statements(done(&kit, mutation, input(few))).await;
            assert_eq!(payload["changedCount"], 10);
            let (payload, hundred) = kit.statements(done(&kit, mutation, input(many))).await;
            assert_eq!(payload["changedCount"], 100);
            let (ten, hundred) = (ten.len(), hundred.len());
            assert!(hundred <= ten * 10, "{mutation}: {ten} statements for ten articles, {hundred} for a hundred");
            assert!(hundred <= 3_500, "{mutation}: {hundred} statements for a hundred articles");
        }
        let data = kit.data(&kit.anonymous(), "{ articles { totalCount } }", json!({})).await;
        assert_eq!(data["articles"]["totalCount"], 110);
    }

    async fn of_two_acts_at_once_in_opposite_orders_one_is_done(kit: Kit) {
        for round in 0..3 {
            let mut articles = Vec::new();
            for _ in 0..12 {
                articles.push(kit.article(json!({})).await);
            }
            let tag = format!("tour {round}");
            let forth = on(articles.iter().map(|id| (id, 1)), json!({ "add": [tag, "un"] }));
            let back = on(articles.iter().rev().map(|id| (id, 1)), json!({ "add": ["deux", tag] }));
            let system = kit.system();
            let (one, two) = tokio::join!(
                kit.act(&system, "articleBulkTag", "changedCount", forth),
                kit.act(&system, "articleBulkTag", "changedCount", back),
            );
            let (won, lost) = if one["changedCount"] == 12 { (one, two) } else { (two, one) };
            assert_eq!((&won["changedCount"], mistakes(&won)), (&json!(12), Vec::new()));
            let place = |place: usize| format!("VersionConflictError VERSION_CONFLICT articles.{place}.expectedVersion");
            let expected: Vec<String> = (0..12).map(place).collect();
            assert_eq!(mistakes(&lost), expected, "every article is told");
        }
    }
}
