//! The loop of a node: it announces and erases by itself, and no failure ends it.

use std::time::Duration;

use masthead_store::ConnectionTrait as _;
use masthead_testkit::{Kit, both_engines};
use masthead_worker::{Worker, WorkerConfig};
use serde_json::json;
use tokio::sync::oneshot;

use crate::filed;

/// A worker that looks again at once.
fn start(kit: &Kit) -> (oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
    let short = Duration::from_millis(5);
    let config = WorkerConfig { poll_interval: short, purge_interval: short, ..WorkerConfig::default() };
    let (stop, stopped) = oneshot::channel::<()>();
    let told = async { stopped.await.unwrap_or_default() };
    (stop, tokio::spawn(Worker::run(kit.app.clone(), config, told)))
}

/// Asks until a query gives this count.
async fn until(kit: &Kit, query: &str, count: i64) {
    for _ in 0..20_000 {
        if kit.sql(query).await[0]["n"] == count {
            return;
        }
    }
    panic!("never {count}: {query}");
}

/// Announcements; acts that publish name more fields.
const ANNOUNCED: &str =
    "select count(*) as n from change_log where kind = 'PUBLISHED' and cast(fields as text) = '[\"status\"]'";

both_engines! {
    async fn it_announces_what_time_does_and_stops_when_told(kit: Kit) {
        let (stop, worker) = start(&kit);
        for (count, instant) in [(1, "2026-11-23T13:00:00Z"), (2, "2026-11-23T14:00:00Z")] {
            let id = kit.article(json!({})).await;
            kit.publish(&id, json!({ "at": instant })).await;
            kit.clock.set(instant);
            until(&kit, ANNOUNCED, count).await;
        }
        stop.send(()).unwrap();
        worker.await.unwrap();
        let id = kit.article(json!({})).await;
        kit.publish(&id, json!({ "at": "2026-11-23T15:00:00Z" })).await;
        assert_eq!(kit.row_count("article_transitions").await, 1, "nobody is left to announce it");
    }

    async fn a_database_that_fails_for_a_while_does_not_end_it(kit: Kit) {
        let id = kit.article(json!({})).await;
        kit.publish(&id, json!({ "at": "2026-11-23T13:00:00Z" })).await;
        let database = &kit.app.database;
        database.execute_unprepared("alter table article_transitions rename to away").await.unwrap();
        kit.clock.set("2026-11-23T13:00:00Z");
        let (stop, worker) = start(&kit);
        // It erases meanwhile: one work that fails keeps no other from its turn.
        let deleted = filed::article(&kit, "efface", &[], &[]).await;
        let statement = "update articles set deleted_at = '2026-01-01T00:00:00+00:00' where slug = 'efface'";
        database.execute_unprepared(statement).await.unwrap();
        until(&kit, "select count(*) as n from articles where purged_at is not null", 1).await;
        assert!(!worker.is_finished(), "{deleted}");
        database.execute_unprepared("alter table away rename to article_transitions").await.unwrap();
        until(&kit, ANNOUNCED, 1).await;
        stop.send(()).unwrap();
        worker.await.unwrap();
    }

    async fn it_erases_what_lay_in_the_trash_long_enough(kit: Kit) {
        let (stop, worker) = start(&kit);
        let id = kit.published(json!({})).await;
        kit.done(&kit.system(), "articleDelete", "", json!({ "id": id, "expectedVersion": 2 })).await;
        let later = kit.published(json!({})).await;
        kit.clock.advance(Duration::from_secs(24 * 3_600));
        kit.done(&kit.system(), "articleDelete", "", json!({ "id": later, "expectedVersion": 2 })).await;
        kit.clock.advance(Duration::from_secs(29 * 24 * 3_600 + 1));
        until(&kit, "select count(*) as n from articles where purged_at is not null", 1).await;
        stop.send(()).unwrap();
        worker.await.unwrap();
        assert_eq!(kit.row_count("article_bodies").await, 1);
    }
}
