//! The words SQLite and PostgreSQL use for the same thing.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DatabaseBackend},
};

/// Puts the engine's own words into a script and runs it statement by statement.
///
/// | written | PostgreSQL | SQLite |
/// |---|---|---|
/// | `{uuid}` | `uuid` | `blob` (16 bytes) |
/// | `{time}` | `timestamptz` | `text` (RFC 3339, UTC; its order is the order of time) |
/// | `{json}` | `jsonb` | `text` |
/// | `{bool}` | `boolean` | `integer` |
/// | `{int}` | `bigint` | `integer` |
/// | `{small}` | `integer` | `integer` |
/// | `{byte_order}` | `collate "C"` | nothing: SQLite compares bytes anyway |
/// | `{table_end}` | nothing | `strict` |
/// | `{now}` | `now()` | the present as `{time}`, cut to milliseconds |
/// | `{postgres}` | nothing | before a statement: it is left out |
/// | `{sqlite}` | before a statement: it is left out | nothing |
pub(crate) async fn run(manager: &SchemaManager<'_>, script: &str) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let words: [(&str, &str); 10] = match connection.get_database_backend() {
        DatabaseBackend::Postgres => [
            ("{uuid}", "uuid"),
            ("{time}", "timestamptz"),
            ("{json}", "jsonb"),
            ("{bool}", "boolean"),
            ("{int}", "bigint"),
            ("{small}", "integer"),
            ("{byte_order}", "collate \"C\""),
            ("{table_end}", ""),
            ("{now}", "now()"),
            ("{postgres} ", ""),
        ],
        DatabaseBackend::Sqlite => [
            ("{uuid}", "blob"),
            ("{time}", "text"),
            ("{json}", "text"),
            ("{bool}", "integer"),
            ("{int}", "integer"),
            ("{small}", "integer"),
            ("{byte_order}", ""),
            ("{table_end}", "strict"),
            ("{now}", "strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')"),
            ("{sqlite} ", ""),
        ],
        other => return Err(DbErr::Migration(format!("{other:?} is not an engine we migrate"))),
    };
    let script = words.iter().fold(script.to_owned(), |text, (written, word)| text.replace(written, word));
    // What still begins with a mark is for the other engine.
    let is_ours = |statement: &&str| !statement.is_empty() && !statement.starts_with('{');
    for statement in script.split(";\n").map(str::trim).filter(is_ours) {
        connection.execute_unprepared(statement).await?;
    }
    Ok(())
}
