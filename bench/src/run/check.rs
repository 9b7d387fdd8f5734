//! Whether an answer is the one that was asked for.

use std::net::SocketAddr;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use super::{client, peer::Query, request::Request};

/// How much of a wrong answer is shown.
const SHOWN: usize = 400;

/// Sends the first, the middle and the last of the requests, looks at the answers, and gives their mean length.
///
/// # Errors
/// What is wrong with an answer, with its beginning.
pub(crate) fn answers(address: SocketAddr, query: &Query, requests: &[Request]) -> Result<usize> {
    let places = [0, requests.len() / 2, requests.len().saturating_sub(1)];
    let mut bytes = 0;
    for place in places {
        let request = requests.get(place).context("there are no requests to send")?;
        let answer = client::ask(address, &request.first())?;
        let shown: String = String::from_utf8_lossy(&answer.body).chars().take(SHOWN).collect();
        is_right(query, answer.status, &answer.body).with_context(|| format!("the answer is wrong: {shown}"))?;
        bytes += answer.body.len();
    }
    Ok(bytes / places.len())
}

fn is_right(query: &Query, status: u16, body: &[u8]) -> Result<()> {
    ensure!((200..300).contains(&status), "its status is {status}");
    let json: Value = serde_json::from_slice(body).context("it is not JSON")?;
    ensure!(json.get("errors").is_none_or(is_empty), "it has errors");
    let told = json.get("data").and_then(Value::as_object).into_iter().flatten();
    for (_, field) in told {
        ensure!(field.get("userErrors").is_none_or(is_empty), "it has userErrors");
    }
    if let Some(expected) = &query.expect {
        let list = json.pointer(&expected.list).and_then(Value::as_array);
        let Some(list) = list else { bail!("it has no list at {}", expected.list) };
        ensure!(list.len() == expected.count, "its list has {} items, not {}", list.len(), expected.count);
    }
    let text = String::from_utf8_lossy(body);
    for must in &query.must {
        ensure!(text.contains(must), "it lacks {must}");
    }
    Ok(())
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(status: u16, body: &str) -> String {
        let expect = json!({ "list": "/data/articles/nodes", "count": 1 });
        let query = serde_json::from_value(json!({ "path": "/", "expect": expect, "must": ["slug"] })).unwrap();
        is_right(&query, status, body.as_bytes()).map_or_else(|error| error.to_string(), |()| "right".to_owned())
    }

    #[test]
    fn only_the_answer_that_was_asked_for_is_right() {
        let right = r#"{"data":{"articles":{"nodes":[{"slug":"a"}]}}}"#;
        assert_eq!(found(200, right), "right");
        assert_eq!(found(500, right), "its status is 500");
        assert_eq!(found(200, "<html>"), "it is not JSON");
        assert_eq!(found(200, r#"{"errors":[{}],"data":null}"#), "it has errors");
        assert_eq!(found(200, r#"{"data":{"articleUpdate":{"userErrors":[{}]}}}"#), "it has userErrors");
        assert_eq!(found(200, r#"{"data":{"articles":{"nodes":[]}}}"#), "its list has 0 items, not 1");
        assert_eq!(found(200, r#"{"data":{"articles":null}}"#), "it has no list at /data/articles/nodes");
        assert_eq!(found(200, r#"{"data":{"articles":{"nodes":[1]}}}"#), "it lacks slug");
    }
}
