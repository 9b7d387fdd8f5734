//! Reading past the pool.

use masthead_store::{ConnectionTrait as _, Engine};
use masthead_testkit::{Kit, both_engines};
use serde_json::json;

const END_ALL: &str = "select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()";

const FRONT: &str =
    "{ articles(first: 5) { nodes { headline categories { name } tags { name } authors { author { name } } } } }";

both_engines! {
    async fn readers_are_told_nothing_of_connections_that_died(kit: Kit) {
        if kit.engine() == Engine::Sqlite {
            return; // There are none to die.
        }
        kit.published(json!({ "headline": "Still here", "tags": ["Rain"] })).await;
        let reader = kit.anonymous();
        let before = kit.data(&reader, FRONT, json!({})).await;
        assert_eq!(before["articles"]["nodes"][0]["headline"], "Still here", "{before}");
        let operator = kit.second_node().await.app.database.clone();
        for _ in 0..5 {
            operator.execute_unprepared(END_ALL).await.unwrap();
            assert_eq!(kit.data(&reader, FRONT, json!({})).await, before);
        }
    }
}
