//! What is asked of a system, in its own API: the same reads and the same write everywhere.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context as _, Result};
use serde::Deserialize;
use serde_json::Value;

/// The queries of a system by name: Q1 the latest twenty with authors, categories and picture; Q2 one article with all
/// that belongs to it; Q3 the page of a category; Q4 the articles 8,000 to 8,020; W1 a new headline.
pub(crate) type Peer = BTreeMap<String, Query>;

/// One request to make many of.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Query {
    /// The method.
    #[serde(default = "post")]
    pub(crate) method: String,
    /// Path and query string.
    pub(crate) path: String,
    /// The body.
    #[serde(default)]
    pub(crate) json: Option<Value>,
    /// What the requests differ in.
    #[serde(default)]
    pub(crate) each: Each,
    /// Whether it needs the system's token.
    #[serde(default)]
    pub(crate) signed: bool,
    /// The list an answer must hold.
    #[serde(default)]
    pub(crate) expect: Option<Expected>,
    /// Texts an answer must hold.
    #[serde(default)]
    pub(crate) must: Vec<String>,
}

/// What the requests of one query differ in. In path and body `$SLUG` and `$ID` stand for the thing's, `$SEQ` for the
/// number of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Each {
    /// Nothing: there is one.
    #[default]
    One,
    /// One for each published article.
    Article,
    /// One for each category.
    Category,
}

/// A list in an answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expected {
    /// Where it stands, as a JSON pointer (RFC 6901).
    pub(crate) list: String,
    /// How long it is.
    pub(crate) count: usize,
}

fn post() -> String {
    "POST".to_owned()
}

/// This server's queries.
pub(crate) fn masthead() -> Result<Peer> {
    read(include_str!("../../peers/masthead.json"))
}

/// Those of `S`, which is async-graphql, sea-orm and DataLoader written the ordinary way.
pub(crate) fn plain() -> Result<Peer> {
    read(include_str!("../../peers/s.json"))
}

/// Those of `L0g`, which answers GraphQL from a map of finished bytes.
pub(crate) fn finished() -> Result<Peer> {
    read(include_str!("../../peers/l0g.json"))
}

/// Those of a limit program's routes below `prefix`.
pub(crate) fn limit(prefix: &str) -> Result<Peer> {
    read(&include_str!("../../peers/limit.json").replace("$PREFIX", prefix))
}

/// Those of PostGraphile over the neutral tables.
pub(crate) fn postgraphile() -> Result<Peer> {
    read(include_str!("../../peers/postgraphile.json"))
}

/// Those of some other system, in a file of the same form.
///
/// # Errors
/// When the file is not there or not of the form.
pub(crate) fn of_file(path: &Path) -> Result<Peer> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    read(&text).with_context(|| format!("{} does not hold queries", path.display()))
}

fn read(text: &str) -> Result<Peer> {
    Ok(serde_json::from_str(text)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_system_is_asked_the_same() {
        for peer in [masthead(), plain(), limit("/l1"), postgraphile()] {
            let names: Vec<String> = peer.unwrap().into_keys().filter(|name| name != "Q4 first").collect();
            assert_eq!(names, ["Q1", "Q2", "Q3", "Q4", "W1"]);
        }
        assert_eq!(limit("/l1r").unwrap()["Q1"].path, "/l1r/q1");
        assert_eq!(finished().unwrap().len(), 2);
    }
}
