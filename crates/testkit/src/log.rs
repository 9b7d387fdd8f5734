//! Reading the change log.

use masthead_domain::{AnyId, EntityKind, Timestamp};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::Value;
use uuid::Uuid;

use crate::kit::Kit;

/// A row of the change log.
#[derive(Debug, Clone, PartialEq)]
pub struct LogRow {
    /// Its number.
    pub seq: i64,
    /// When it happened.
    pub at: Timestamp,
    /// Who did it.
    pub actor: String,
    /// The id of what changed, as the API prints it.
    pub entity: String,
    /// The version after the change.
    pub version: Option<i64>,
    /// What happened: `CREATED`, `UPDATED` …
    pub kind: String,
    /// Why it was taken away.
    pub reason: Option<String>,
    /// The fields that changed.
    pub fields: Vec<String>,
    /// Where it was found before.
    pub before: Option<Value>,
    /// Where it is found now.
    pub after: Option<Value>,
    /// By which act.
    pub act: Option<String>,
    /// From where.
    pub origin: Option<String>,
    /// In which request.
    pub request_id: Option<String>,
}

impl Kit {
    /// The whole change log, oldest first.
    pub async fn change_log(&self) -> Vec<LogRow> {
        let database = &self.app.database;
        let statement =
            Statement::from_string(database.get_database_backend(), "select * from change_log order by seq");
        let rows = database.query_all_raw(statement).await.unwrap();
        rows.iter()
            .map(|row| {
                let kind: String = row.try_get("", "entity_kind").unwrap();
                let id: Uuid = row.try_get("", "entity_id").unwrap();
                let fields: Value = row.try_get("", "fields").unwrap();
                LogRow {
                    seq: row.try_get("", "seq").unwrap(),
                    at: row.try_get("", "at").unwrap(),
                    actor: row.try_get("", "actor").unwrap(),
                    entity: printed(EntityKind::from_name(&kind).unwrap(), id),
                    version: row.try_get("", "version").unwrap(),
                    kind: row.try_get("", "kind").unwrap(),
                    reason: row.try_get("", "reason").unwrap(),
                    fields: serde_json::from_value(fields).unwrap(),
                    before: row.try_get("", "scope_before").unwrap(),
                    after: row.try_get("", "scope_after").unwrap(),
                    act: row.try_get("", "act").unwrap(),
                    origin: row.try_get("", "origin").unwrap(),
                    request_id: row.try_get("", "request_id").unwrap(),
                }
            })
            .collect()
    }

    /// The kinds and ids of the change log in short: `["CREATED aut_…"]`.
    pub async fn changes(&self) -> Vec<String> {
        self.change_log().await.into_iter().map(|row| format!("{} {}", row.kind, row.entity)).collect()
    }
}

fn printed(kind: EntityKind, id: Uuid) -> String {
    let digits = masthead_domain::ArticleId::from_uuid(id).to_string();
    let printed = format!("{}{}", kind.prefix(), digits.trim_start_matches("art"));
    assert_eq!(printed.parse::<AnyId>().map(AnyId::uuid), Ok(id));
    printed
}
