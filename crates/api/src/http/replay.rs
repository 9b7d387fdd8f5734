//! The header `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a mutation that comes again with the key it came
//! with before is not done again; its first answer is sent again.
//!
//! Here the key is read and the request told apart from others. Who keeps keys, and what they mean, is not the door's.

use std::sync::Arc;

use async_graphql::Data;
use async_graphql_parser::types::{ExecutableDocument, Selection, SelectionSet};
use async_graphql_value::ConstValue;
use axum::{body::Body, response::Response};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use futures_util::future::BoxFuture;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header::CONTENT_TYPE};
use sha2::{Digest, Sha256};

use super::{accept::Media, answer::Fault, held::HeldBody, params::Params, run::Place};
use crate::{ErrorCode, graphql::ordered::Prepared};

/// The header a client sends a key in.
pub(super) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
const KEY_CHARS_MAX: usize = 255;

const MALFORMED: &str =
    "An Idempotency-Key is 1 to 255 visible ASCII characters, with or without quotes around them, and is sent once.";
const SECRET: &str = "A mutation whose answer carries a secret takes no Idempotency-Key, because answers to requests with a key are kept.";
const NOBODYS: &str = "An Idempotency-Key needs credentials: keys belong to the caller who sends them.";

/// A mutation with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRequest {
    /// The key, without quotes.
    pub key: String,
    /// Tells the request from others: a hash of the document, the variables and the operation's name.
    pub fingerprint: String,
    /// How long a mutation may take before its client is told that it took too long, in milliseconds.
    pub patience_ms: u64,
}

/// Asks for a key of one caller, known to whoever made this.
pub type ReserveKey = Arc<dyn Fn(KeyRequest) -> BoxFuture<'static, Result<KeyState, ErrorCode>> + Send + Sync>;

/// Takes the status and the body of an answer that is about to be sent.
pub type Settle = Box<dyn FnOnce(StatusCode, Vec<u8>) -> BoxFuture<'static, ()> + Send>;

/// What a key is to a request that comes with it.
pub enum KeyState {
    /// It is the request's: run it.
    Held {
        /// Hands the resolvers what they need to count what they do.
        enter: Box<dyn FnOnce(&mut Data) + Send>,
        /// Is told the answer.
        settle: Settle,
    },
    /// The request was answered before.
    Answered {
        /// The status.
        status: u16,
        /// The body.
        body: String,
    },
    /// It cannot be had, with one of the codes that say why.
    Refused(ErrorCode),
}

/// A mutation with the key it came with and whoever keeps keys for its caller.
pub(super) struct Keyed {
    request: KeyRequest,
    reserve: ReserveKey,
}

impl Keyed {
    /// Reads the key of a mutation. `never_kept` names the mutations whose answers must not lie anywhere.
    pub(super) fn of(
        headers: &HeaderMap,
        fingerprint: String,
        prepared: &Prepared,
        never_kept: &[String],
        (reserve, patience_ms): (Option<ReserveKey>, u64),
    ) -> Result<Self, Fault> {
        let bad = |detail| Fault::new(ErrorCode::BadRequest).detail(detail);
        let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
        let (Some(value), None) = (values.next(), values.next()) else { return Err(bad(MALFORMED)) };
        let key = key_in(value.as_bytes()).ok_or_else(|| bad(MALFORMED))?;
        let chosen = prepared.chosen();
        if chosen.is_none_or(|chosen| selects(&prepared.document, &chosen.selection_set.node, never_kept)) {
            return Err(bad(SECRET));
        }
        let reserve = reserve.ok_or_else(|| Fault::new(ErrorCode::Unauthenticated).detail(NOBODYS))?;
        Ok(Self { request: KeyRequest { key, fingerprint, patience_ms }, reserve })
    }

    /// Asks for the key.
    pub(super) async fn reserve(self) -> Result<KeyState, Fault> {
        (self.reserve)(self.request).await.map_err(Fault::new)
    }
}

/// The answer of before.
pub(super) fn replayed(status: u16, body: String, media: Media, place: Place) -> Response {
    let mut response = Response::new(Body::new(HeldBody::new(body.into(), place)));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    response.headers_mut().insert(CONTENT_TYPE, media.content_type());
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

/// The key in a field: as it stands, or in the quotes of a structured field's string (RFC 9651 §3.3.3).
fn key_in(value: &[u8]) -> Option<String> {
    let value = value.trim_ascii();
    let key = match value {
        [b'"', inner @ .., b'"'] => unquoted(inner)?,
        [b'"', ..] => return None,
        bare => bare.to_vec(),
    };
    let is_key = (1..=KEY_CHARS_MAX).contains(&key.len()) && key.iter().all(u8::is_ascii_graphic);
    is_key.then(|| String::from_utf8(key).ok()).flatten()
}

fn unquoted(inner: &[u8]) -> Option<Vec<u8>> {
    let mut key = Vec::with_capacity(inner.len());
    let mut bytes = inner.iter().copied();
    while let Some(byte) = bytes.next() {
        key.push(match byte {
            b'"' => return None,
            b'\\' => bytes.next().filter(|escaped| matches!(escaped, b'"' | b'\\'))?,
            plain => plain,
        });
    }
    Some(key)
}

/// Whether a selection set names one of these fields, in itself or through fragments. Fragments that contain themselves
/// were refused before.
fn selects(document: &ExecutableDocument, set: &SelectionSet, names: &[String]) -> bool {
    set.items.iter().any(|selection| match &selection.node {
        Selection::Field(field) => names.iter().any(|name| name == field.node.name.node.as_str()),
        Selection::InlineFragment(fragment) => selects(document, &fragment.node.selection_set.node, names),
        Selection::FragmentSpread(spread) => document
            .fragments
            .get(&spread.node.fragment_name.node)
            .is_some_and(|fragment| selects(document, &fragment.node.selection_set.node, names)),
    })
}

/// Tells what is asked from anything else that could be. The keys of an object have no order.
pub(super) fn fingerprint(params: &Params) -> String {
    // However its text was sent, it is the same request.
    let Params { query, operation_name, variables, hash: _ } = params;
    let mut hash = Sha256::new();
    text(&mut hash, query);
    text(&mut hash, operation_name.as_ref().map_or("", |name| name.as_str()));
    let mut named: Vec<_> = variables.iter().collect();
    named.sort_unstable_by_key(|(name, _)| name.as_str());
    count(&mut hash, named.len());
    for (name, of) in named {
        text(&mut hash, name);
        value(&mut hash, of);
    }
    URL_SAFE_NO_PAD.encode(hash.finalize())
}

fn count(hash: &mut Sha256, count: usize) {
    hash.update(u64::try_from(count).unwrap_or(u64::MAX).to_be_bytes());
}

fn text(hash: &mut Sha256, text: &str) {
    count(hash, text.len());
    hash.update(text);
}

/// Each kind of value begins with a letter of its own, and says how long it is: no two values have one form.
fn value(hash: &mut Sha256, of: &ConstValue) {
    match of {
        ConstValue::Null => hash.update(b"n"),
        ConstValue::Boolean(true) => hash.update(b"t"),
        ConstValue::Boolean(false) => hash.update(b"f"),
        ConstValue::Number(number) => {
            hash.update(b"d");
            text(hash, &number.to_string());
        }
        ConstValue::String(string) => {
            hash.update(b"s");
            text(hash, string);
        }
        ConstValue::Enum(name) => {
            hash.update(b"e");
            text(hash, name);
        }
        ConstValue::Binary(bytes) => {
            hash.update(b"b");
            count(hash, bytes.len());
            hash.update(bytes);
        }
        ConstValue::List(items) => {
            hash.update(b"l");
            count(hash, items.len());
            items.iter().for_each(|item| value(hash, item));
        }
        ConstValue::Object(fields) => {
            hash.update(b"o");
            count(hash, fields.len());
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by_key(|(name, _)| name.as_str());
            for (name, of) in fields {
                text(hash, name);
                value(hash, of);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Limits;

    #[test]
    fn a_key_is_read_with_or_without_quotes() {
        for (value, key) in [
            ("8e03978e-40d5-43dd-bc93-6894a57f9324", "8e03978e-40d5-43dd-bc93-6894a57f9324"),
            ("\"8e03978e\"", "8e03978e"),
            (" k ", "k"),
            (r#""a\"b\\c""#, r#"a"b\c"#),
            (r#"a"b\c"#, r#"a"b\c"#),
            ("~!", "~!"),
        ] {
            assert_eq!(key_in(value.as_bytes()).as_deref(), Some(key), "{value}");
        }
        assert_eq!(key_in("k".repeat(255).as_bytes()).map(|key| key.len()), Some(255));
    }

    #[test]
    fn what_is_no_key_is_none() {
        let long = "k".repeat(256);
        for value in
            ["", " ", "\"\"", "\"", "\"a", "\"a\"b\"", r#""a\b""#, r#""a\""#, "a b", "\"a b\"", "é", "a\tb", &long]
        {
            assert_eq!(key_in(value.as_bytes()), None, "{value}");
        }
    }

    fn print(body: &str) -> String {
        fingerprint(&Params::from_json(body.as_bytes(), &Limits::default()).unwrap())
    }

    #[test]
    fn the_same_request_has_one_fingerprint_however_its_keys_are_ordered() {
        let one = print(r#"{"query":"mutation {a}","variables":{"a":{"x":1,"y":[1,2]},"b":null}}"#);
        assert_eq!(
            one,
            print(r#"{"variables":{"b":null,"a":{"y":[1,2],"x":1}},"query":"mutation {a}","extensions":{}}"#)
        );
    }

    #[test]
    fn every_difference_that_means_something_is_seen() {
        let bodies = [
            r#"{"query":"mutation {a}"}"#,
            r#"{"query":"mutation {b}"}"#,
            r#"{"query":"mutation {a}","operationName":"A"}"#,
            r#"{"query":"mutation {a}","variables":{"A":null}}"#,
            r#"{"query":"mutation {a}","variables":{"a":null}}"#,
            r#"{"query":"mutation {a}","variables":{"a":1}}"#,
            r#"{"query":"mutation {a}","variables":{"a":"1"}}"#,
            r#"{"query":"mutation {a}","variables":{"a":[1,2]}}"#,
            r#"{"query":"mutation {a}","variables":{"a":[2,1]}}"#,
            r#"{"query":"mutation {a}","variables":{"a":[[1],2]}}"#,
            r#"{"query":"mutation {a}","variables":{"a":{"1":2}}}"#,
            r#"{"query":"mutation {a}","variables":{"a":true}}"#,
            r#"{"query":"mutation {a}","variables":{"a":false}}"#,
        ];
        let prints: std::collections::BTreeSet<String> = bodies.iter().map(|body| print(body)).collect();
        assert_eq!(prints.len(), bodies.len());
    }
}
