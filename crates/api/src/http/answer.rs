//! How answers of `/graphql` are written: refusals, and what the engine gives back.
//!
//! The keys of an answer stand in the order `data`, `errors`, `extensions`. An answer without `data` was never
//! run. Every error has a message, a code of the closed list and the request id.

use std::{borrow::Cow, collections::BTreeMap};

use async_graphql::{PathSegment, Pos, Response as EngineResponse, ServerError};
use async_graphql_value::ConstValue;
use axum::{body::Body, response::Response};
use http::{
    HeaderValue, StatusCode,
    header::{ALLOW, CONNECTION, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE},
};
use serde::Serialize;

use super::accept::Media;
use crate::{
    ErrorCode,
    graphql::{
        guard::Refusal,
        ordered::{Prepared, TooLong, TypeTable, write_data},
    },
};

/// An error in a hundred places is one mistake; a client reads the first few.
const ERRORS_MAX: usize = 25;

/// Why a request was not run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) code: ErrorCode,
    pub(super) message: Cow<'static, str>,
    pub(super) locations: Vec<Pos>,
    pub(super) numbers: Vec<(&'static str, u64)>,
    /// The methods to use instead.
    pub(super) allow: Option<&'static str>,
    /// Why credentials were not taken, as RFC 6750 writes it.
    pub(super) challenge: Option<&'static str>,
    /// The rest of the request is not worth reading.
    pub(super) closes: bool,
}

impl Fault {
    pub(super) fn new(code: ErrorCode) -> Self {
        Self {
            code,
            message: Cow::Borrowed(code.message()),
            locations: Vec::new(),
            numbers: Vec::new(),
            allow: None,
            challenge: None,
            closes: matches!(code, ErrorCode::PayloadTooLarge | ErrorCode::RequestTimeout),
        }
    }

    pub(super) fn detail(self, message: &'static str) -> Self {
        Self { message: Cow::Borrowed(message), ..self }
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        let Refusal { code, detail, locations, numbers } = refusal;
        let message = Cow::Borrowed(detail.unwrap_or(code.message()));
        Self { message, locations, numbers, ..Self::new(code) }
    }
}

impl From<async_graphql_parser::Error> for Fault {
    /// The parser draws the offending line, which may be all of the document; what it expected is enough.
    fn from(error: async_graphql_parser::Error) -> Self {
        let locations = error.positions().collect();
        let text = error.to_string();
        let words = text.lines().last().unwrap_or_default().trim_start_matches([' ', '=']);
        let message = format!("Syntax error: {}", words.trim_end_matches('.'));
        Self { message: Cow::Owned(message), locations, ..Self::new(ErrorCode::GraphqlParseFailed) }
    }
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    message: Cow<'a, str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    locations: &'a [Pos],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    path: &'a [PathSegment],
    extensions: ErrorExtensions<'a>,
}

#[derive(Serialize)]
struct ErrorExtensions<'a> {
    code: &'static str,
    #[serde(rename = "requestId")]
    request_id: &'a str,
    #[serde(flatten)]
    more: BTreeMap<&'a str, Cow<'a, ConstValue>>,
}

#[derive(Serialize)]
struct RefusalBody<'a> {
    errors: &'a [ErrorBody<'a>],
}

/// The answer to a request that was not run.
pub(super) fn refuse(fault: &Fault, media: Media, request_id: &str) -> Response {
    let more =
        fault.numbers.iter().map(|(name, value)| (*name, Cow::Owned(ConstValue::Number((*value).into())))).collect();
    let error = ErrorBody {
        message: Cow::Borrowed(&fault.message),
        locations: &fault.locations,
        path: &[],
        extensions: ErrorExtensions { code: fault.code.as_str(), request_id, more },
    };
    let mut response = refusal(fault.code, &[error], media).map(Body::from);
    let headers = response.headers_mut();
    if let Some(allow) = fault.allow {
        headers.insert(ALLOW, HeaderValue::from_static(allow));
    }
    if let Some(challenge) = fault.challenge {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    }
    if fault.closes {
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    add_hints(&mut response, fault.code, None);
    response
}

fn refusal(code: ErrorCode, errors: &[ErrorBody<'_>], media: Media) -> Response<Vec<u8>> {
    let body = serde_json::to_vec(&RefusalBody { errors }).unwrap_or_default();
    let is_about_the_document = matches!(
        code,
        ErrorCode::GraphqlParseFailed
            | ErrorCode::GraphqlValidationFailed
            | ErrorCode::PersistedQueryNotFound
            | ErrorCode::PersistedQueryNotSupported
    );
    let status = match media {
        Media::Json if is_about_the_document => StatusCode::OK,
        Media::Json | Media::GraphqlResponse => code.status(),
    };
    respond(status, media, body)
}

fn respond(status: StatusCode, media: Media, body: Vec<u8>) -> Response<Vec<u8>> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, media.content_type());
    response
}

/// When to come back, and how to sign in, for the codes that say so.
pub(super) fn add_hints<B>(response: &mut Response<B>, code: ErrorCode, retry_after_s: Option<u64>) {
    let default = match code {
        ErrorCode::Overloaded | ErrorCode::IdempotencyInProgress => Some(1),
        ErrorCode::Unavailable => Some(5),
        _ => None,
    };
    let headers = response.headers_mut();
    if let Some(seconds) = retry_after_s.or(default) {
        headers.entry(RETRY_AFTER).or_insert(seconds.into());
    }
    if code.status() == StatusCode::UNAUTHORIZED {
        headers.entry(WWW_AUTHENTICATE).or_insert(HeaderValue::from_static("Bearer"));
    }
}

/// Everything needed to write the engine's answer.
pub(super) struct Writing<'a> {
    pub(super) prepared: &'a Prepared,
    pub(super) types: &'a TypeTable,
    pub(super) media: Media,
    pub(super) request_id: &'a str,
    /// False: messages must not suggest names of the schema.
    pub(super) may_suggest: bool,
    pub(super) is_mutation: bool,
    /// The length of `data`.
    pub(super) bytes_max: usize,
}

/// The answer of a request that the engine took.
///
/// A query whose data is longer than an answer may be is refused. What a mutation did is done: it is answered without
/// data.
pub(super) fn write(engine: EngineResponse, writing: &Writing<'_>) -> Result<Response<Vec<u8>>, Fault> {
    let EngineResponse { data, extensions, mut errors, http_headers, .. } = engine;
    let was_not_run = data == ConstValue::Null
        && !errors.is_empty()
        && errors.iter().all(|error| error.path.is_empty() && own_code(error).is_none());
    // Failed fields come in the order they finished; the same answer should be the same bytes.
    errors.sort_by(|one, other| one.locations.cmp(&other.locations));
    errors.truncate(ERRORS_MAX);
    let mut bodies: Vec<ErrorBody<'_>> = errors
        .iter()
        .map(|error| match was_not_run {
            true => validation_error(error, writing),
            false => field_error(error, writing.request_id),
        })
        .collect();
    if was_not_run {
        return Ok(refusal(ErrorCode::GraphqlValidationFailed, &bodies, writing.media));
    }
    let mut body = Vec::with_capacity(1024);
    body.extend_from_slice(b"{\"data\":");
    let start = body.len();
    let Writing { prepared, types, bytes_max, .. } = *writing;
    if let Err(TooLong) = write_data(&mut body, &data, (prepared, types), !errors.is_empty(), bytes_max) {
        if !writing.is_mutation {
            return Err(too_long(bytes_max));
        }
        body.truncate(start);
        body.extend_from_slice(b"null");
        bodies.push(done_but_too_long(writing.request_id));
    }
    let has_no_data = body.get(start..) == Some(b"null");
    if !bodies.is_empty() {
        append(&mut body, b",\"errors\":", &bodies);
    }
    if !extensions.is_empty() {
        append(&mut body, b",\"extensions\":", &extensions);
    }
    body.push(b'}');
    let governing = bodies
        .first()
        .filter(|_| has_no_data)
        .and_then(|error| ErrorCode::parse(error.extensions.code))
        .filter(|code| code.governs_status());
    let status = governing.map_or(StatusCode::OK, ErrorCode::status);
    let mut response = respond(status, writing.media, body);
    if let Some(code) = governing {
        add_hints(&mut response, code, errors.first().and_then(retry_after));
    }
    // Fields set by resolvers are theirs to choose, but not the framing.
    for (name, value) in &http_headers {
        if *name != CONTENT_TYPE && *name != http::header::CONTENT_LENGTH {
            response.headers_mut().append(name, value.clone());
        }
    }
    Ok(response)
}

const TOO_LONG: &str = "The answer is longer than one answer may be.";
const DONE_BUT_TOO_LONG: &str = "The mutation was done, but its answer is longer than one answer may be.";

fn too_long(bytes_max: usize) -> Fault {
    let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX);
    Fault { numbers: vec![("limit", limit)], ..Fault::new(ErrorCode::QueryTooComplex).detail(TOO_LONG) }
}

fn done_but_too_long(request_id: &str) -> ErrorBody<'_> {
    let code = ErrorCode::QueryTooComplex.as_str();
    let extensions = ErrorExtensions { code, request_id, more: BTreeMap::new() };
    ErrorBody { message: Cow::Borrowed(DONE_BUT_TOO_LONG), locations: &[], path: &[], extensions }
}

fn append(body: &mut Vec<u8>, key: &[u8], value: &impl Serialize) {
    let start = body.len();
    body.extend_from_slice(key);
    if serde_json::to_writer(&mut *body, value).is_err() {
        body.truncate(start);
    }
}

fn own_code(error: &ServerError) -> Option<ErrorCode> {
    match error.extensions.as_ref()?.get("code")? {
        ConstValue::String(name) => ErrorCode::parse(name),
        ConstValue::Enum(name) => ErrorCode::parse(name),
        _ => None,
    }
}

fn retry_after(error: &ServerError) -> Option<u64> {
    match error.extensions.as_ref()?.get("retryAfter")? {
        ConstValue::Number(seconds) => seconds.as_u64(),
        _ => None,
    }
}

fn validation_error<'a>(error: &'a ServerError, writing: &Writing<'a>) -> ErrorBody<'a> {
    let message = match error.message.split_once(" Did you mean") {
        Some((before, _)) if !writing.may_suggest => before,
        _ => &error.message,
    };
    ErrorBody {
        message: Cow::Borrowed(message),
        locations: &error.locations,
        path: &[],
        extensions: ErrorExtensions {
            code: ErrorCode::GraphqlValidationFailed.as_str(),
            request_id: writing.request_id,
            more: BTreeMap::new(),
        },
    }
}

/// An error of a resolver. One without a code of ours is either a value the engine could not read, or a
/// fault of ours whose words nobody outside should see.
fn field_error<'a>(error: &'a ServerError, request_id: &'a str) -> ErrorBody<'a> {
    let code = own_code(error).unwrap_or_else(|| {
        if error.source.is_none() && is_about_a_value(&error.message) {
            return ErrorCode::BadUserInput;
        }
        tracing::error!(error.message, path = ?error.path, "a resolver failed without a code");
        ErrorCode::Internal
    });
    let message = match code.is_server_fault() {
        true => code.message(),
        false => &error.message,
    };
    let more = match code.is_server_fault() {
        true => values(error, &["retryAfter"]),
        false => values(error, VALUE_NAMES),
    };
    ErrorBody {
        message: Cow::Borrowed(message),
        locations: &error.locations,
        path: &error.path,
        extensions: ErrorExtensions { code: code.as_str(), request_id, more },
    }
}

/// How the engine words a value it could not read.
fn is_about_a_value(message: &str) -> bool {
    ["Failed to parse \"", "Expected input type \""].iter().any(|start| message.starts_with(start))
}

/// What a resolver may tell clients beside the code; a closed list, so that nothing slips out.
const VALUE_NAMES: &[&str] =
    &["field", "path", "argument", "max", "limit", "cost", "retryAfter", "scope", "currentVersion"];

fn values<'a>(error: &'a ServerError, names: &[&'static str]) -> BTreeMap<&'a str, Cow<'a, ConstValue>> {
    let Some(values) = &error.extensions else {
        return BTreeMap::new();
    };
    names.iter().filter_map(|name| values.get(name).map(|value| (*name, Cow::Borrowed(value)))).collect()
}
