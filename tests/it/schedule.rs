//! What time does is announced in the change log: once, with the instant at which it came.

use masthead_app::{
    App,
    article::{self, ArticleChanges, ArticleDraft, History},
    schedule,
};
use masthead_domain::{
    Timestamp,
    article::{ArticleState, Window},
    time,
};
use masthead_store::{ConnectionTrait as _, Database, DatabaseConfig, transition};
use masthead_testkit::{Kit, LogRow, both_engines};
use serde_json::{Value, json};

use crate::filed;

fn at(text: &str) -> Timestamp {
    time::parse(text).unwrap()
}

/// A second node over the same database, as after a start.
async fn node(kit: &Kit) -> App {
    let database = Database::open(&DatabaseConfig::new(kit.database_url())).await.unwrap();
    App { database, ..kit.app.clone() }
}

/// What a node announces: the rows that come into the log, in short.
async fn announced(kit: &Kit, app: &App) -> Vec<String> {
    let before = kit.change_log().await.len();
    let count = schedule::announce_due(app).await.unwrap();
    let rows = kit.change_log().await.split_off(before);
    assert_eq!(rows.len(), count);
    rows.iter().map(short).collect()
}

fn short(row: &LogRow) -> String {
    assert_eq!((row.actor.as_str(), row.fields.as_slice()), ("system", ["status".to_owned()].as_slice()));
    assert_eq!(row.before, row.after);
    let reason = row.reason.as_ref().map(|reason| format!(" {reason}")).unwrap_or_default();
    format!("{} {}{reason} v{} {}", row.at.format("%H:%M:%S%.f"), row.kind, row.version.unwrap(), row.entity)
}

/// What is planned, in short.
async fn planned(kit: &Kit) -> Vec<String> {
    let rows = kit.sql("select kind, cast(at as text) as at from article_transitions order by at, kind").await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    rows.iter().map(|row| format!("{} {}", text(&row["kind"]), &text(&row["at"])[11..16])).collect()
}

async fn unpublish(kit: &Kit, id: &str, version: i64) {
    let input = json!({ "id": id, "expectedVersion": version });
    kit.done(&kit.system(), "articleUnpublish", "article { id }", input).await;
}

async fn publish_again(kit: &Kit, id: &str, version: i64, how: Value) {
    let mut input = json!({ "id": id, "expectedVersion": version });
    input.as_object_mut().unwrap().extend(how.as_object().unwrap().clone());
    kit.done(&kit.system(), "articlePublish", "article { id }", input).await;
}

both_engines! {
    async fn an_opening_and_a_closing_are_each_announced_with_their_instant(kit: Kit) {
        let category = kit.make("category", json!({ "name": "Mer", "language": "fr" })).await;
        let author = kit.author("Jean").await;
        let source = kit.make("source", json!({ "kind": "BOOK", "title": "Marées" })).await;
        let id = kit.article(json!({
            "headline": "Marée", "categoryIds": [category], "authors": [{ "authorId": author }], "tags": ["A", "B"],
            "references": [{ "source": { "id": source } }],
        })).await;
        kit.publish(&id, json!({
            "at": "2026-11-23T13:00:00Z", "embargoUntil": "2026-11-23T14:00:00.5Z", "expiresAt": "2026-11-23T15:00:00Z",
        })).await;
        let scheduled = kit.change_log().await.pop().unwrap();
        assert_eq!(transition::next(&kit.app.database).await.unwrap(), Some(at("2026-11-23T14:00:00.5Z")));
        kit.clock.set("2026-11-23T14:00:00.499999Z");
        assert_eq!(announced(&kit, &kit.app).await, [""; 0], "the publication alone opens nothing");
        kit.clock.set("2026-11-23T14:00:00.5Z");
        assert_eq!(announced(&kit, &kit.app).await, [format!("14:00:00.500 PUBLISHED v2 {id}")]);
        assert_eq!(announced(&kit, &kit.app).await, [""; 0], "once");
        let row = kit.change_log().await.pop().unwrap();
        assert_eq!(row, LogRow {
            seq: scheduled.seq + 1, at: at("2026-11-23T14:00:00.5Z"), fields: vec!["status".to_owned()],
            before: scheduled.after.clone(), act: Some("announce".to_owned()), origin: Some("server".to_owned()),
            ..scheduled.clone()
        });
        let scope = row.after.as_ref().unwrap();
        assert_eq!((&scope["path"], &scope["language"]), (&json!("/fr/maree"), &json!("fr")));
        assert_eq!((&scope["categories"], &scope["authors"]), (&json!([category]), &json!([author])));
        assert_eq!((&scope["sources"], scope["tags"].as_array().unwrap().len()), (&json!([source]), 2));
        assert_eq!(scope["visibleFrom"], "2026-11-23T14:00:00.500Z");
        assert_eq!(scope["visibleUntil"], "2026-11-23T15:00:00Z");

        kit.clock.set("2026-11-23T20:00:00Z");
        assert_eq!(announced(&kit, &kit.app).await, [format!("15:00:00 REMOVED EXPIRED v2 {id}")]);
        assert_eq!(kit.change_log().await.pop().unwrap().after, scheduled.after);
        assert_eq!(transition::next(&kit.app.database).await.unwrap(), None);
        let query = "query($id: ID!) { article(by: {id: $id}, perspective: LATEST) { version updatedAt } }";
        let article = kit.data(&kit.system(), query, json!({ "id": id })).await["article"].take();
        assert_eq!(article, json!({ "version": 2, "updatedAt": "2026-11-23T12:00:00Z" }), "announcing writes nothing else");
    }

    async fn after_a_restart_all_that_came_meanwhile_is_announced_in_its_order(kit: Kit) {
        let [one, two, three] = [kit.article(json!({})).await, kit.article(json!({})).await, kit.article(json!({})).await];
        kit.publish(&one, json!({ "at": "2026-11-23T15:00:00Z", "expiresAt": "2026-11-23T17:00:00Z" })).await;
        kit.publish(&two, json!({ "at": "2026-11-23T13:00:00Z", "expiresAt": "2026-11-23T16:00:00Z" })).await;
        kit.publish(&three, json!({ "at": "2026-11-23T18:00:00Z" })).await;
        kit.clock.set("2026-11-23T17:30:00Z");
        let restarted = node(&kit).await;
        assert_eq!(announced(&kit, &restarted).await, [
            format!("13:00:00 PUBLISHED v2 {two}"),
            format!("15:00:00 PUBLISHED v2 {one}"),
            format!("16:00:00 REMOVED EXPIRED v2 {two}"),
            format!("17:00:00 REMOVED EXPIRED v2 {one}"),
        ]);
        assert_eq!(announced(&kit, &kit.app).await, [""; 0], "and by nobody else");
        kit.clock.set("2026-11-23T18:00:00Z");
        assert_eq!(announced(&kit, &kit.app).await, [format!("18:00:00 PUBLISHED v2 {three}")]);
        restarted.database.close().await.unwrap();
    }

    async fn what_a_node_took_and_did_not_announce_is_still_to_be_announced(kit: Kit) {
        let id = kit.article(json!({})).await;
        kit.publish(&id, json!({ "at": "2026-11-23T13:00:00Z" })).await;
        kit.clock.set("2026-11-23T13:00:00Z");
        let system = kit.system();
        let crashed = kit.app.begin(&system).await.unwrap();
        assert_eq!(transition::take_due(&crashed.tx).await.unwrap().len(), 1);
        drop(crashed);
        assert_eq!(announced(&kit, &kit.app).await, [format!("13:00:00 PUBLISHED v2 {id}")]);
    }

    async fn of_two_nodes_at_once_one_announces(kit: Kit) {
        let other = node(&kit).await;
        for round in 0..5 {
            let mut ids = Vec::new();
            for _ in 0..4 {
                let id = kit.article(json!({})).await;
                kit.publish(&id, json!({ "at": format!("2026-11-23T13:00:0{round}Z") })).await;
                ids.push(id);
            }
            kit.clock.set(&format!("2026-11-23T13:00:0{round}Z"));
            let before = kit.change_log().await.len();
            let (one, two) = tokio::join!(schedule::announce_due(&kit.app), schedule::announce_due(&other));
            assert_eq!(one.unwrap() + two.unwrap(), ids.len());
            let mut entities: Vec<String> =
                kit.change_log().await.split_off(before).into_iter().map(|row| row.entity).collect();
            entities.sort();
            assert_eq!(entities, ids, "each once");
            kit.clock.set("2026-11-23T12:00:00Z");
        }
        other.database.close().await.unwrap();
    }

    async fn more_than_one_transaction_takes_are_announced_in_their_order(kit: Kit) {
        let system = kit.system();
        let work = kit.app.begin(&system).await.unwrap();
        for number in 0..205 {
            filed::article_in(&work, &format!("s-{number}"), Vec::new(), &[]).await;
        }
        work.commit().await.unwrap();
        for statement in [
            "update articles set state = 'PUBLISHED', published_at = '2026-11-23T13:00:00+00:00'",
            "update articles set published_at = '2026-11-23T12:30:00+00:00' where slug like '%9'",
            "insert into article_transitions select id, 'OPENS', published_at from articles",
        ] {
            kit.app.database.execute_unprepared(statement).await.unwrap();
        }
        kit.clock.set("2026-11-23T13:00:00Z");
        let rows = announced(&kit, &kit.app).await;
        assert_eq!(rows.len(), 205);
        let (early, late) = rows.split_at(20);
        assert!(early.iter().all(|row| row.starts_with("12:30:00 PUBLISHED v1 art_")), "{early:#?}");
        assert!(late.iter().all(|row| row.starts_with("13:00:00 PUBLISHED v1 art_")), "{late:#?}");
    }

    async fn what_is_planned_follows_the_state(kit: Kit) {
        let id = kit.article(json!({})).await;
        assert_eq!(planned(&kit).await, [""; 0]);
        kit.publish(&id, json!({ "at": "2026-11-23T13:00:00Z" })).await;
        assert_eq!(planned(&kit).await, ["OPENS 13:00"]);
        publish_again(&kit, &id, 2, json!({ "at": "2026-11-23T14:00:00Z", "expiresAt": "2026-11-23T18:00:00Z" })).await;
        assert_eq!(planned(&kit).await, ["OPENS 14:00", "CLOSES 18:00"], "the schedule has moved");
        publish_again(&kit, &id, 3, json!({ "at": "2026-11-23T14:00:00Z", "embargoUntil": "2026-11-23T16:00:00Z" })).await;
        assert_eq!(planned(&kit).await, ["OPENS 16:00"], "an embargo was laid on it");
        kit.clock.set("2026-11-23T14:30:00Z");
        assert_eq!(announced(&kit, &kit.app).await, [""; 0], "of instants that moved nothing is told");
        unpublish(&kit, &id, 4).await;
        assert_eq!(planned(&kit).await, [""; 0]);

        publish_again(&kit, &id, 5, json!({ "expiresAt": "2026-11-23T18:00:00Z" })).await;
        assert_eq!(planned(&kit).await, ["CLOSES 18:00"]);
        unpublish(&kit, &id, 6).await;
        publish_again(&kit, &id, 7, json!({ "embargoUntil": "2026-11-23T17:00:00Z" })).await;
        assert_eq!(planned(&kit).await, ["OPENS 17:00"], "the embargo is imposed again");
        kit.done(&kit.system(), "articleDelete", "", json!({ "id": id, "expectedVersion": 8 })).await;
        assert_eq!(planned(&kit).await, [""; 0]);
        kit.clock.set("2026-11-24T00:00:00Z");
        assert_eq!(announced(&kit, &kit.app).await, [""; 0]);
    }

    async fn a_change_of_the_content_leaves_the_plan_and_is_told_with_it(kit: Kit) {
        let id = kit.article(json!({ "headline": "Marée" })).await;
        kit.publish(&id, json!({ "at": "2026-11-23T13:00:00Z" })).await;
        let input = json!({ "id": id, "expectedVersion": 2, "changes": { "slug": "ressac", "tags": ["Neuf"] } });
        kit.done(&kit.system(), "articleUpdate", "article { id }", input).await;
        assert_eq!(planned(&kit).await, ["OPENS 13:00"]);
        kit.clock.set("2026-11-23T13:00:00Z");
        assert_eq!(announced(&kit, &kit.app).await, [format!("13:00:00 PUBLISHED v3 {id}")]);
        let scope = kit.change_log().await.pop().unwrap().after.unwrap();
        assert_eq!((&scope["path"], scope["tags"].as_array().unwrap().len()), (&json!("/fr/ressac"), 1));
    }

    async fn what_is_before_readers_at_once_needs_no_announcement(kit: Kit) {
        let now = kit.article(json!({})).await;
        kit.publish(&now, json!({})).await;
        let then = kit.article(json!({})).await;
        kit.publish(&then, json!({ "at": "2020-01-01T00:00:00Z", "embargoUntil": "2026-11-23T12:00:00Z" })).await;
        let over = kit.article(json!({})).await;
        kit.publish(&over, json!({ "at": "2020-01-01T00:00:00Z", "expiresAt": "2021-01-01T00:00:00Z" })).await;
        let closing = kit.article(json!({})).await;
        kit.publish(&closing, json!({ "expiresAt": "2026-11-23T13:00:00Z" })).await;
        assert_eq!(planned(&kit).await, ["CLOSES 13:00"]);
        kit.clock.set("2026-11-23T13:00:00Z");
        assert_eq!(announced(&kit, &kit.app).await, [format!("13:00:00 REMOVED EXPIRED v2 {closing}")]);
    }

    async fn what_an_import_brings_is_planned_as_well(kit: Kit) {
        let system = kit.system();
        let work = kit.app.begin(&system).await.unwrap();
        let draft = ArticleDraft {
            language: "fr".parse().unwrap(),
            translation_of: None,
            headline: masthead_domain::text::Title::parse("Marée").unwrap(),
            content: ArticleChanges::default(),
        };
        let history = History {
            state: ArticleState::Published { at: at("2026-11-23T13:00:00Z") },
            window: Window { embargo_until: None, expires_at: Some(at("2026-11-23T14:00:00Z")) },
            first_published_at: Some(at("2026-11-23T13:00:00Z")),
            created_at: work.now(),
            updated_at: work.now(),
            views: 0,
            shares: 0,
        };
        let id = article::import(&work, draft, history).await.unwrap();
        work.commit().await.unwrap();
        kit.clock.set("2026-11-23T14:00:00Z");
        assert_eq!(announced(&kit, &kit.app).await, [
            format!("13:00:00 PUBLISHED v1 {id}"),
            format!("14:00:00 REMOVED EXPIRED v1 {id}"),
        ]);
    }

    async fn looking_in_vain_is_one_statement_and_announcing_takes_no_more_for_many(kit: Kit) {
        let (count, statements) = kit.statements(schedule::announce_due(&kit.app)).await;
        assert_eq!((count.unwrap(), statements.len()), (0, 1), "{statements:#?}");
        let mut costs = Vec::new();
        for (articles, hour) in [(2, 13), (9, 14)] {
            for _ in 0..articles {
                let id = kit.article(json!({ "tags": ["A"] })).await;
                kit.publish(&id, json!({ "at": format!("2026-11-23T{hour}:00:00Z") })).await;
            }
            kit.clock.set(&format!("2026-11-23T{hour}:00:00Z"));
            let (count, statements) = kit.statements(schedule::announce_due(&kit.app)).await;
            assert_eq!(count.unwrap(), articles);
            costs.push(statements.len());
        }
        assert_eq!(costs[0], costs[1]);
    }
}
