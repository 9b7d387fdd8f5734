//! Scalars of our own. Each parses at the edge into the domain's type.

use std::borrow::Cow;

use async_graphql::{
    ContextSelectionSet, InputValueError, InputValueResult, OutputType, Positioned, Scalar, ScalarType, ServerResult,
    Value, parser::types::Field, registry::Registry,
};
use masthead_domain::{LanguageTag, Timestamp, partial_date::PartialDate, time};

use super::guard::count_bytes;

/// What stands around a text in an answer, so that empty ones cost something as well.
const FRAME_BYTES: usize = 16;

fn text<T>(value: Value, parse: impl FnOnce(&str) -> Result<T, String>) -> InputValueResult<T>
where
    T: async_graphql::InputType,
{
    match &value {
        Value::String(text) => parse(text).map_err(InputValueError::custom),
        _ => Err(InputValueError::expected_type(value)),
    }
}

/// RFC 3339 timestamp, always UTC with `Z` on output; any offset is accepted on input. Microseconds are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DateTime(pub(crate) Timestamp);

/// RFC 3339 timestamp, always UTC with `Z` on output; any offset is accepted on input. Microseconds are kept.
#[Scalar(name = "DateTime", specified_by_url = "https://scalars.graphql.org/andimarek/date-time")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        text(value, |text| time::parse(text).map(Self).map_err(|error| error.to_string()))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))
    }
}

/// BCP 47 tag in canonical case: fr, ht, en, fr-CA.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Language(pub(crate) LanguageTag);

/// BCP 47 tag in canonical case: fr, ht, en, fr-CA.
#[Scalar(name = "LanguageTag", specified_by_url = "https://www.rfc-editor.org/rfc/rfc5646")]
impl ScalarType for Language {
    fn parse(value: Value) -> InputValueResult<Self> {
        text(value, |text| {
            text.parse().map(Self).map_err(|error: masthead_domain::language::LanguageError| error.to_string())
        })
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// Calendar date that may lack a day or a month: 2026, 2026-11, 2026-11-23.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PartialDateScalar(pub(crate) PartialDate);

/// Calendar date that may lack a day or a month: 2026, 2026-11, 2026-11-23.
#[Scalar(name = "PartialDate", specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339#section-5.6")]
impl ScalarType for PartialDateScalar {
    fn parse(value: Value) -> InputValueResult<Self> {
        text(value, |text| {
            text.parse().map(Self).map_err(|error: masthead_domain::partial_date::PartialDateError| error.to_string())
        })
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// Absolute http(s) address, never a relative one. What is not one is refused with a user error that says where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Url(pub(crate) String);

/// Absolute http(s) address, never a relative one.
#[Scalar(name = "URL", specified_by_url = "https://url.spec.whatwg.org/")]
impl ScalarType for Url {
    fn parse(value: Value) -> InputValueResult<Self> {
        text(value, |text| Ok(Self(text.to_owned())))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

/// Sanitised HTML, safe to put into a page. What of it goes into an answer is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Html(pub(crate) String);

impl OutputType for Html {
    fn type_name() -> Cow<'static, str> {
        <Markup as OutputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <Markup as OutputType>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        counted(ctx, field, &self.0)
    }
}

/// A text without a short limit. In the schema a `String`; what of it goes into an answer is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LongText<T>(pub(crate) T);

impl<T: AsRef<str> + Send + Sync> OutputType for LongText<T> {
    fn type_name() -> Cow<'static, str> {
        <String as OutputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <String as OutputType>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        counted(ctx, field, self.0.as_ref())
    }
}

fn counted(ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>, text: &str) -> ServerResult<Value> {
    count_bytes(ctx, text.len().saturating_add(FRAME_BYTES))
        .map_err(|error| ctx.set_error_path(error.into_server_error(field.pos)))?;
    Ok(Value::String(text.to_owned()))
}

/// Sanitised HTML, safe to put into a page.
struct Markup(String);

/// Sanitised HTML, safe to put into a page.
#[Scalar(name = "HTML", specified_by_url = "https://html.spec.whatwg.org/")]
impl ScalarType for Markup {
    fn parse(value: Value) -> InputValueResult<Self> {
        text(value, |text| Ok(Self(text.to_owned())))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

/// Which way a list runs.
#[derive(async_graphql::Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum OrderDirection {
    /// Smallest, earliest or first letter first.
    Asc,
    /// Largest, latest or last letter first.
    Desc,
}
