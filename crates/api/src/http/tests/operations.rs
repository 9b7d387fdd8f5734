//! How operations run: alone, bounded, to their end.

use std::sync::{Arc, atomic::Ordering};

use http::{Method, StatusCode};
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::toy::{Door, door, plain, post, soon};

const NEW: &str = "application/graphql-response+json";

#[tokio::test]
async fn a22_a_panic_ends_one_request_and_nothing_else() {
    let door = Door::open();
    let answer = door.ask("{ panics }").await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL"));
    assert!(!answer.text.contains("table"), "{}", answer.text);
    assert_eq!(answer.json()["errors"][0]["extensions"]["requestId"], answer.header("x-request-id"));
    assert_eq!(door.ask("{ __typename }").await.status, StatusCode::OK);
    assert_eq!(door.lifecycle.operations(), 0);
}

#[tokio::test]
async fn a23_a_query_that_takes_too_long_is_dropped() {
    let door = door(|config| config.timeouts.query_ms = 20);
    let answer = soon(door.ask("{ held }")).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::GATEWAY_TIMEOUT, "TIMEOUT"));
    assert_eq!(door.lifecycle.operations(), 0);
}

#[tokio::test]
async fn a23_a_mutation_that_takes_too_long_goes_on_behind_its_answer() {
    let door = door(|config| config.timeouts.mutation_ms = 20);
    let answer = soon(door.ask("mutation { write }")).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::GATEWAY_TIMEOUT, "TIMEOUT"));
    assert_eq!((door.lifecycle.operations(), door.stage.written.load(Ordering::SeqCst)), (1, 0));
    door.stage.go_on.notify_one();
    soon(door.lifecycle.operations_done()).await;
    assert_eq!(door.stage.written.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_mutation_finishes_although_its_client_has_gone() {
    let door = Door::open();
    let request = post(&serde_json::json!({"query": "mutation { write }"}), NEW);
    let client = tokio::spawn(door.door.clone().oneshot(request));
    soon(door.stage.started.notified()).await;
    client.abort();
    assert!(client.await.unwrap_err().is_cancelled());
    assert_eq!(door.lifecycle.operations(), 1);
    door.stage.go_on.notify_one();
    soon(door.lifecycle.operations_done()).await;
    assert_eq!(door.stage.written.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn an_answer_keeps_its_place_until_it_is_taken_or_given_up() {
    let door = Door::open();
    let ask = || {
        door.door
            .clone()
            .oneshot(post(&serde_json::json!({"query": "{ articles(first: 9000) { nodes { headline } } }"}), NEW))
    };
    let mut answer = ask().await.unwrap().into_body();
    assert_eq!(door.lifecycle.operations(), 1);
    let first = answer.frame().await.unwrap().unwrap().into_data().unwrap();
    assert_eq!((first.len(), door.lifecycle.operations()), (64 * 1024, 1));
    assert!(answer.collect().await.unwrap().to_bytes().ends_with(b"\"H9000\"}]}}}"));
    assert_eq!(door.lifecycle.operations(), 0);
    drop(ask().await.unwrap());
    assert_eq!(door.lifecycle.operations(), 0);
}

#[tokio::test]
async fn a_longer_answer_than_allowed_is_not_given_but_what_was_done_is_told() {
    let door = door(|config| config.query.answer_bytes_max = 100);
    let answer = door.ask("{ articles(first: 9) { nodes { headline } } }").await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::BAD_REQUEST, "QUERY_TOO_COMPLEX"));
    assert_eq!(answer.json()["errors"][0]["extensions"]["limit"], 100);
    let name = "long ".repeat(30);
    let done = door.ask(&format!("mutation {{ login(name: \"{name}\") }}")).await;
    assert_eq!((done.status, &done.json()["data"]), (StatusCode::OK, &serde_json::Value::Null));
    assert!(done.text.contains("The mutation was done") && done.code() == "QUERY_TOO_COMPLEX", "{}", done.text);
}

#[tokio::test]
async fn a31_beyond_the_places_and_the_queue_the_server_is_busy() {
    let door = Arc::new(door(|config| {
        config.limits.in_flight_max = 1;
        config.limits.queue_max = 1;
        config.timeouts.queue_ms = 30;
    }));
    let first = tokio::spawn({
        let door = Arc::clone(&door);
        async move { door.ask("{ held }").await }
    });
    soon(door.stage.started.notified()).await;
    let busy = soon(door.ask("{ __typename }")).await;
    assert_eq!(
        (busy.status, busy.code().as_str(), busy.header("retry-after")),
        (StatusCode::SERVICE_UNAVAILABLE, "OVERLOADED", "1")
    );
    let probe = door.send(plain(Method::GET, "/healthz", &[])).await;
    assert_eq!(probe.status, StatusCode::OK, "probes do not queue");
    door.stage.go_on.notify_one();
    assert_eq!(first.await.unwrap().text, r#"{"data":{"held":true}}"#);
}

#[tokio::test]
async fn a43_readiness_ends_when_stopping_begins() {
    let door = Door::open();
    assert_eq!(door.send(plain(Method::GET, "/readyz", &[])).await.text, r#"{"status":"ready"}"#);
    door.lifecycle.start_draining();
    let answer = door.send(plain(Method::GET, "/readyz", &[])).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE"));
    assert_eq!(door.send(plain(Method::GET, "/healthz", &[])).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_mutation_never_writes_twice_for_one_key() {
    let door = Door::open();
    door.stage.go_on.notify_one();
    let merged = soon(door.ask("mutation { write write }")).await;
    assert_eq!(merged.text, r#"{"data":{"write":1}}"#);
    let query = "mutation { ...A ...B } fragment A on Mutation { write } fragment B on Mutation { write }";
    let refused = soon(door.ask(query)).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::BAD_REQUEST, "GRAPHQL_VALIDATION_FAILED"));
    assert_eq!(door.stage.written.load(Ordering::SeqCst), 1);
}
