//! Filling a database at one stroke, past the acts, for tests of size.

use std::time::Duration;

use masthead_store::{Database, DatabaseConfig, Engine};
use sea_orm::ConnectionTrait;

use crate::kit::Kit;

impl Kit {
    /// Runs a script of statements that end with `;` at the end of a line, in one transaction. Beside the words of the
    /// caller (`{articles}`) it may use these:
    ///
    /// | written | is |
    /// |---|---|
    /// | `{int}` | the type of whole numbers |
    /// | `{id: NUMBER}` | the id with this number |
    /// | `{at: SECONDS}` | the instant so many seconds after 1970 began |
    /// | `{postgres} `, `{sqlite} ` | before a statement: it is left out on the other engine |
    pub async fn fill(&self, script: &str, words: &[(&str, i64)]) {
        let script = words
            .iter()
            .fold(script.to_owned(), |text, (word, value)| text.replace(&format!("{{{word}}}"), &value.to_string()));
        // Rows that a script invents need no proof that others are there; that would take half of the time.
        let (unproved, ours, int, id, at) = match self.engine() {
            Engine::Sqlite => (
                "pragma foreign_keys = off",
                "{sqlite} ",
                "integer",
                ["unhex(printf('%032x', ", "))"],
                ["strftime('%Y-%m-%dT%H:%M:%S+00:00', ", ", 'unixepoch')"],
            ),
            Engine::Postgres => (
                "set session_replication_role = replica",
                "{postgres} ",
                "bigint",
                ["lpad(to_hex(", "), 32, '0')::uuid"],
                ["to_timestamp(", ")"],
            ),
        };
        let script = script.replace(ours, "").replace("{int}", int);
        let script = spelled(&spelled(&script, "{id: ", id), "{at: ", at);
        let is_ours = |statement: &&str| !statement.is_empty() && !statement.starts_with('{');
        let statements: Vec<&str> = script.split(";\n").map(str::trim).filter(is_ours).collect();
        let database = self.alone().await;
        // Whoever may not say this waits longer.
        drop(database.execute_unprepared(unproved).await);
        database.execute_unprepared("begin").await.unwrap();
        for statement in statements {
            database.execute_unprepared(statement).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
        }
        database.execute_unprepared("commit").await.unwrap();
        database.close().await.unwrap();
    }

    /// A second way into the database, by one connection that has as much time as it needs.
    pub(crate) async fn alone(&self) -> Database {
        let config = DatabaseConfig::new(self.database_url());
        let statement_timeout = Duration::from_secs(300);
        Database::open(&DatabaseConfig { connections_max: 1, statement_timeout, ..config }).await.unwrap()
    }
}

/// Puts an engine's own call in place of each `{word …}`.
fn spelled(script: &str, word: &str, [before, after]: [&str; 2]) -> String {
    let mut parts = script.split(word);
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (value, rest) = part.split_once('}').unwrap();
        text.extend([before, value, after, rest]);
    }
    text
}
