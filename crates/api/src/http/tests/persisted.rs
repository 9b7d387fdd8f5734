//! Documents that are sent by their hash, as Apollo's clients do it.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::toy::{Answer, Door, door, plain, post};

const QUERY: &str = "query($n: Int!) { article(id: $n) { headline } }";
const H7: &str = r#"{"data":{"article":{"headline":"H7"}}}"#;

fn hashed(query: &str) -> Value {
    let hash: String = Sha256::digest(query).iter().map(|byte| format!("{byte:02x}")).collect();
    json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } })
}

async fn ask(door: &Door, query: Option<&str>, extensions: Value, accept: &str) -> Answer {
    let body = match query {
        Some(query) => json!({ "query": query, "variables": { "n": 7 }, "extensions": extensions }),
        None => json!({ "variables": { "n": 7 }, "extensions": extensions }),
    };
    door.send(post(&body, accept)).await
}

/// The address of a GET with variables and a hash, and with the text if it is given.
fn address(query: Option<&str>) -> String {
    let mut pairs = url::form_urlencoded::Serializer::new("/graphql?".to_owned());
    pairs.append_pair("variables", r#"{"n":7}"#).append_pair("extensions", &hashed(QUERY).to_string());
    query.map(|query| pairs.append_pair("query", query));
    pairs.finish()
}

#[tokio::test]
async fn a_text_is_sent_once_and_then_its_hash() {
    let door = Door::open();
    let new = "application/graphql-response+json";
    for (accept, status) in [("application/json", StatusCode::OK), (new, StatusCode::BAD_REQUEST)] {
        let unknown = ask(&door, None, hashed(QUERY), accept).await;
        assert_eq!((unknown.status, unknown.code().as_str()), (status, "PERSISTED_QUERY_NOT_FOUND"));
        assert_eq!(unknown.json()["errors"][0]["message"], "PersistedQueryNotFound");
        assert_eq!(unknown.header("cache-control"), "no-store");
    }
    assert_eq!(ask(&door, Some(QUERY), hashed(QUERY), new).await.text, H7);
    assert_eq!(ask(&door, None, hashed(QUERY), new).await.text, H7);
    assert_eq!(door.send(plain(Method::GET, &address(None), &[])).await.text, H7);
    let other = Door::open();
    assert_eq!(other.send(plain(Method::GET, &address(None), &[])).await.code(), "PERSISTED_QUERY_NOT_FOUND");
    assert_eq!(other.send(plain(Method::GET, &address(Some(QUERY)), &[])).await.text, H7);
    assert_eq!(ask(&other, None, hashed(QUERY), new).await.text, H7);
}

#[tokio::test]
async fn a_hash_stands_for_its_text_and_for_nothing_that_is_refused() {
    let door = Door::open();
    let mismatch = ask(&door, Some("{ __typename }"), hashed(QUERY), "*/*").await;
    assert_eq!((mismatch.status, mismatch.code().as_str()), (StatusCode::BAD_REQUEST, "PERSISTED_QUERY_HASH_MISMATCH"));
    assert_eq!(mismatch.json()["errors"][0]["message"], "provided sha does not match query");
    let deep = format!("{}a{}", "{a".repeat(13), "}".repeat(13));
    for _ in 0..2 {
        assert_eq!(ask(&door, Some(&deep), hashed(&deep), "*/*").await.code(), "QUERY_TOO_DEEP");
        assert_eq!(ask(&door, None, hashed(&deep), "*/*").await.code(), "PERSISTED_QUERY_NOT_FOUND");
    }
    let version = json!({ "persistedQuery": { "version": 2, "sha256Hash": "00" } });
    let refused = ask(&door, None, version, "*/*").await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::BAD_REQUEST, "BAD_REQUEST"));
    assert_eq!(refused.json()["errors"][0]["message"], "Unsupported persisted query version.");
}

#[tokio::test]
async fn what_a_hash_allows_depends_on_who_sends_it() {
    let door = door(|config| config.query.cost_max_anonymous = 50);
    let query = "query($n: Int!) { articles(first: 60) { nodes { id } } article(id: $n) { id } }";
    let mut known = post(&json!({ "query": query, "variables": { "n": 1 }, "extensions": hashed(query) }), "*/*");
    known.headers_mut().insert("authorization", "Bearer good".parse().unwrap());
    assert_eq!(door.send(known).await.status, StatusCode::OK);
    assert_eq!(ask(&door, None, hashed(query), "*/*").await.code(), "QUERY_TOO_COMPLEX");
    let write = "mutation { login(name: \"x\") }";
    assert_eq!(ask(&door, Some(write), hashed(write), "*/*").await.status, StatusCode::OK);
    let mut pairs = url::form_urlencoded::Serializer::new("/graphql?".to_owned());
    let by_get = pairs.append_pair("extensions", &hashed(write).to_string()).finish();
    assert_eq!(door.send(plain(Method::GET, &by_get, &[])).await.code(), "METHOD_NOT_ALLOWED");
}

#[tokio::test]
async fn where_no_hashes_are_taken_texts_still_are() {
    let door = door(|config| config.persisted_bytes_max = 0);
    assert_eq!(ask(&door, Some(QUERY), hashed(QUERY), "*/*").await.text, H7);
    let refused = ask(&door, None, hashed(QUERY), "*/*").await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::OK, "PERSISTED_QUERY_NOT_SUPPORTED"));
    assert_eq!(refused.json()["errors"][0]["message"], "PersistedQueryNotSupported");
}
