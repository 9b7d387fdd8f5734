//! A body as it comes in: HTML, Markdown or blocks. Whatever it is, it becomes typed blocks, and nothing it carries
//! reaches a page unchecked.

use std::collections::HashMap;

use async_graphql::{Json, MaybeUndefined, OneofObject};
use masthead_domain::{
    Violation, ViolationCode, Violations,
    article::RELATED_MAX,
    body::{Body, BodyError, BodyProblem},
};
use masthead_formats::{
    html::{self, ParseOptions, Parsed, ReferenceMarks},
    markdown,
};
use serde_json::{Value, json};

/// The text of an article, in one of three forms. Exactly one key.
#[derive(OneofObject)]
pub(crate) enum BodyInput {
    /// HTML. Scripts, styles and forms are left out; frames of known players become embeds, other frames links. A mark
    /// of a reference is `<sup class="reference"><a href="#ref-1">[1]</a></sup>`.
    Html(String),
    /// Markdown (CommonMark with tables and strikethrough). A mark of a reference is `[^1]`.
    Markdown(String),
    /// Blocks in the published body format: what `json` of an article's body gives, or its list of blocks alone. Keys
    /// of blocks are kept.
    Blocks(Json<Value>),
}

/// A body that came in, and whether its blocks carry keys of their own.
pub(super) struct GivenBody {
    pub(super) body: Body,
    pub(super) has_keys: bool,
}

/// The body of a change; null empties it.
pub(super) fn changed(wrong: &mut Violations, given: MaybeUndefined<BodyInput>) -> Option<GivenBody> {
    match given {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(GivenBody { body: Body::empty(), has_keys: false }),
        MaybeUndefined::Value(input) => wrong.take("body", parse(input)),
    }
}

fn parse(input: BodyInput) -> Result<GivenBody, Violation> {
    Ok(match input {
        BodyInput::Html(text) => {
            let body = whole(html::parse(&text, &ParseOptions::default())).map_err(|wrong| wrong.at("html"))?;
            GivenBody { body, has_keys: false }
        }
        BodyInput::Markdown(text) => {
            let last = u32::try_from(RELATED_MAX).unwrap_or(u32::MAX);
            let names: HashMap<String, u32> = (1..=last).map(|number| (number.to_string(), number)).collect();
            let references = ReferenceMarks { names, ..ReferenceMarks::default() };
            let options = ParseOptions { references, ..ParseOptions::default() };
            let body = whole(markdown::parse(&text, &options)).map_err(|wrong| wrong.at("markdown"))?;
            GivenBody { body, has_keys: false }
        }
        BodyInput::Blocks(Json(value)) => {
            let body = blocks(value).map_err(|wrong| wrong.at("blocks"))?;
            GivenBody { body, has_keys: true }
        }
    })
}

/// An editor's text is taken whole or not at all.
fn whole(parsed: Parsed) -> Result<Body, Violation> {
    if parsed.is_truncated() {
        return Err(Violation::new(ViolationCode::TooLong, "has more text or blocks than an article may have"));
    }
    Ok(parsed.body)
}

fn blocks(value: Value) -> Result<Body, Violation> {
    let is_bare = value.is_array();
    let value =
        if is_bare { json!({ "version": masthead_domain::body::BODY_VERSION, "blocks": value }) } else { value };
    let body = Body::parse_json(&value).and_then(|body| body.map_raw(html::sanitize));
    body.map_err(|error| misfit(&error, is_bare))
}

/// The mistake with the path of the input, which the error has as a JSON pointer (RFC 6901).
fn misfit(error: &BodyError, is_bare: bool) -> Violation {
    let code = match error.problem() {
        BodyProblem::Missing { .. } => ViolationCode::Required,
        BodyProblem::TooManyBlocks { .. }
        | BodyProblem::TooDeep { .. }
        | BodyProblem::TooMuchText { .. }
        | BodyProblem::TooManyParts { .. }
        | BodyProblem::TableTooLarge { .. } => ViolationCode::TooLong,
        BodyProblem::UnsupportedVersion { .. }
        | BodyProblem::UnknownKey { .. }
        | BodyProblem::WrongType { .. }
        | BodyProblem::UnknownKind { .. }
        | BodyProblem::InvalidValue { .. }
        | BodyProblem::DuplicateKey { .. }
        | BodyProblem::ImageWithoutSource => ViolationCode::Invalid,
    };
    let pointer = error.path().split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~"));
    let path = pointer.skip(usize::from(is_bare)).collect();
    Violation { path, code, message: error.problem().to_string() }
}
