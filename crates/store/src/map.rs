//! Words and values of rows into those of the domain. What no code of ours would write is corrupt.

use std::fmt::Display;

use crate::error::{StoreError, StoreResult};

/// The value of a column that the domain checks, or a report that the row is corrupt.
pub(crate) fn checked<T, E: Display>(
    table: &'static str,
    id: impl Display,
    column: &str,
    value: Result<T, E>,
) -> StoreResult<T> {
    value.map_err(|error| StoreError::Corrupt { table, id: id.to_string(), what: format!("{column}: {error}") })
}

/// The value of a column that holds one word of a closed list.
pub(crate) fn word<T>(
    table: &'static str,
    id: impl Display,
    column: &str,
    parse: fn(&str) -> Option<T>,
    text: &str,
) -> StoreResult<T> {
    checked(table, id, column, parse(text).ok_or_else(|| format!("`{text}` is no known word")))
}

/// The text lists are ordered by: small ASCII letters, so that both engines agree and accents do not matter.
pub(crate) fn sort_key(text: &str) -> String {
    deunicode::deunicode(text).to_lowercase().chars().take(200).collect()
}

/// The value of a JSON column.
pub(crate) fn json<T: serde::de::DeserializeOwned>(
    table: &'static str,
    id: impl Display,
    column: &str,
    value: serde_json::Value,
) -> StoreResult<T> {
    checked(table, id, column, serde_json::from_value(value))
}
