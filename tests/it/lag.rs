//! Kept answers where a lag is allowed: behind what other nodes did, but not by more, and never behind what this node did.

use std::{sync::Arc, time::Duration};

use futures_util::FutureExt as _;
use masthead_api::http::{CacheConfig, HttpConfig};
use masthead_app::{
    Caller,
    operation::{self, OperationDraft},
};
use masthead_domain::{
    AuthorId,
    event::{Change, ChangeScope},
    operation::{Operations, TextHash},
    topic::Topic,
};
use masthead_store::{ConnectionTrait as _, Database, DatabaseConfig, Engine, Lag, LogFollower, Look, Tx};
use masthead_testkit::{Door, HttpAnswer, Kit, both_engines};
use reqwest::Url;
use serde_json::{Value, json};

const FRONT: &str = "{ articles { nodes { headline } } }";
const LAG: Duration = Duration::from_millis(250);
const MILLISECOND: Duration = Duration::from_millis(1);

const STORED: &str = "masthead; fwd=miss; stored";
const HIT: &str = "masthead; hit";

const END_OTHERS: &str = "select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()";

fn lagging() -> HttpConfig {
    let lag_ms = LAG.as_millis().try_into().unwrap();
    HttpConfig { cache: CacheConfig { lag_ms, ..CacheConfig::default() }, ..HttpConfig::default() }
}

fn news(headline: &str) -> Value {
    json!({ "language": "fr", "headline": headline })
}

/// What an answer says of itself, and how old it says to be.
fn told(answer: &HttpAnswer) -> (&str, &str) {
    (answer.header("cache-status").unwrap_or_default(), answer.header("age").unwrap_or_default())
}

/// The front, and how many statements it took.
async fn front(node: &Kit, door: &Door) -> (HttpAnswer, usize) {
    let (answer, statements) = node.statements(door.graphql(FRONT)).await;
    (answer, statements.len())
}

fn follower(kit: &Kit) -> LogFollower {
    let clock = Arc::clone(&kit.app.clock);
    LogFollower::new(kit.app.database.clone()).within(Lag { most: LAG, uptime: Arc::new(move || clock.uptime()) })
}

/// Somebody on another database of the test's server, and the name of the test's own.
async fn operator(kit: &Kit) -> (Database, String) {
    let mut url = Url::parse(kit.database_url()).unwrap();
    let name = url.path().trim_start_matches('/').to_owned();
    url.set_path("postgres");
    (Database::open(&DatabaseConfig::new(url)).await.unwrap(), name)
}

/// An act that is about to be committed.
async fn begun(kit: &Kit) -> Tx {
    let tx = kit.app.database.begin_write("somebody", kit.app.clock.now()).await.unwrap();
    tx.emit(Change::created(AuthorId::from_uuid(kit.app.ids.uuid()), ChangeScope::default()));
    tx
}

both_engines! {
    async fn what_another_node_did_is_told_after_the_lag_at_the_latest(kit: Kit) {
        let lags = kit.engine() == Engine::Postgres;
        let there = kit.second_node().await;
        let door = there.door(lagging());
        kit.published(news("Port")).await;
        let (made, _) = front(&there, &door).await;
        assert_eq!(told(&made), (STORED, ""));
        let (hit, statements) = front(&there, &door).await;
        assert_eq!((told(&hit), statements), ((HIT, "0"), 0));

        kit.clock.advance(LAG - MILLISECOND);
        kit.published(news("Marché")).await;
        let (answer, statements) = front(&there, &door).await;
        if lags {
            assert_eq!((told(&answer), &answer.body, statements), ((HIT, "1"), &made.body, 0));
        } else {
            assert_eq!(told(&answer), (STORED, ""));
        }
        kit.clock.advance(MILLISECOND);
        let (answer, _) = front(&there, &door).await;
        assert!(answer.body.contains("Marché"), "{answer:?}");
        assert_eq!(told(&answer), if lags { (STORED, "") } else { (HIT, "0") });

        kit.clock.advance(LAG);
        let (hit, statements) = front(&there, &door).await;
        assert_eq!((told(&hit), statements), ((HIT, "0"), usize::from(lags)), "looked at, and found as it was");
        assert_eq!(hit.body, answer.body);
    }

    async fn what_time_does_is_told_at_its_instant(kit: Kit) {
        let there = kit.second_node().await;
        let door = there.door(lagging());
        let soon = kit.article(news("Port")).await;
        kit.publish(&soon, json!({ "at": "2026-11-23T12:00:00.1Z" })).await;
        assert!(!front(&there, &door).await.0.body.contains("Port"));
        kit.clock.advance(100 * MILLISECOND);
        let (answer, _) = front(&there, &door).await;
        assert!(told(&answer).0 == STORED && answer.body.contains("Port"), "{answer:?}");
    }

    async fn what_a_node_did_itself_it_tells_at_once(kit: Kit) {
        let door = kit.door(lagging());
        for number in 0..5 {
            let headline = format!("Titre {number}");
            kit.published(news(&headline)).await;
            for kept in [(STORED, ""), (HIT, "0")] {
                let (answer, _) = front(&kit, &door).await;
                assert!(answer.body.contains(&headline), "{answer:?}");
                assert_eq!(told(&answer), kept);
            }
        }
    }

    async fn what_is_kept_is_not_sent_for_longer_than_the_lag_while_the_database_is_away(kit: Kit) {
        if kit.engine() == Engine::Sqlite {
            return; // It cannot be away.
        }
        let there = kit.second_node().await;
        let door = there.door(lagging());
        kit.published(news("Port")).await;
        front(&there, &door).await;
        let (operator, name) = operator(&kit).await;
        let is_open = |is_open: bool| format!("alter database {name} allow_connections {is_open}");
        let end_all = format!("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'");
        for sql in [is_open(false), end_all] {
            operator.execute_unprepared(&sql).await.unwrap();
        }
        kit.clock.advance(LAG - MILLISECOND);
        let (hit, _) = front(&there, &door).await;
        assert_eq!(told(&hit), (HIT, "1"));
        kit.clock.advance(MILLISECOND);
        for _ in 0..2 {
            let (answer, _) = front(&there, &door).await;
            assert_eq!(told(&answer), ("", ""));
            assert!(!answer.body.contains("Port"), "{answer:?}");
        }
        operator.execute_unprepared(&is_open(true)).await.unwrap();
        let (hit, _) = front(&there, &door).await;
        assert_eq!((told(&hit), hit.body.contains("Port")), ((HIT, "0"), true), "{hit:?}");
        operator.close().await.unwrap();
    }

    async fn a_look_is_good_for_the_lag_and_until_this_node_commits(kit: Kit) {
        if kit.engine() == Engine::Sqlite {
            return; // There each look is a new one.
        }
        let there = kit.second_node().await;
        let log = follower(&there);
        let first = log.recent().await.unwrap();
        assert_eq!(first.age, Duration::ZERO);
        let jean: AuthorId = kit.author("Jean").await.parse().unwrap();
        kit.clock.advance(MILLISECOND);
        assert_eq!(log.recent().await.unwrap(), Look { age: MILLISECOND, ..first });
        kit.clock.set("2020-01-01T00:00:00Z");
        assert_eq!(log.recent().await.unwrap().age, MILLISECOND, "whatever is done to the time of day");

        assert!(log.head().await.unwrap() > first.head, "who asks for the newest gets it");
        assert!(!log.is_untouched(first.head, &[Topic::Thing(jean.into()).key()]));
        assert_eq!(log.recent().await.unwrap().age, Duration::ZERO, "and others gain by it");
        for ends in ["well", "given up", "without the database"] {
            kit.clock.advance(MILLISECOND);
            assert_eq!(log.recent().await.unwrap().age, MILLISECOND);
            let tx = begun(&there).await;
            match ends {
                "well" => tx.commit().await.unwrap(),
                "given up" => assert!(tx.commit().now_or_never().is_none()),
                _ => {
                    kit.app.database.execute_unprepared(END_OTHERS).await.unwrap();
                    tx.commit().await.unwrap_err();
                }
            }
            assert_eq!(log.recent().await.unwrap().age, Duration::ZERO, "{ends}");
        }
    }

    async fn what_is_registered_or_removed_elsewhere_is_known_at_once(kit: Kit) {
        let there = kit.second_node().await;
        let http = there.http_with(HttpConfig { operations: Operations::Registered, ..lagging() }).await;
        let ask = async || {
            let hash = json!({ "version": 1, "sha256Hash": TextHash::of(FRONT).to_string() });
            let asked = json!({ "extensions": { "persistedQuery": hash } });
            http.send(http.client.post(http.url("/graphql")).json(&asked)).await
        };
        assert_eq!(ask().await.status, 403);
        let draft = OperationDraft { names: Vec::new(), text: FRONT.to_owned() };
        operation::register(&kit.app, &Caller::system(), &[draft]).await.unwrap();
        assert_eq!(told(&ask().await), (STORED, ""));
        let id = operation::all(&kit.app).await.unwrap()[0].id;
        operation::remove(&kit.app, &Caller::system(), &[id]).await.unwrap();
        if kit.engine() == Engine::Postgres {
            assert_eq!(told(&ask().await), (HIT, "0"), "an answer that is kept is sent for the lag");
        }
        kit.clock.advance(LAG);
        assert_eq!(ask().await.status, 403);
    }
}
