//! The change log, what binds our things to foreign ones, and addresses.

table! { change_log "change_log" {
    #[sea_orm(primary_key)] seq: i64,
    at: DateTimeUtc,
    actor: String,
    entity_kind: String,
    entity_id: Uuid,
    version: Option<i64>,
    kind: String,
    reason: Option<String>,
    #[sea_orm(column_type = "JsonBinary")] fields: Json,
    #[sea_orm(column_type = "JsonBinary", nullable)] scope_before: Option<Json>,
    #[sea_orm(column_type = "JsonBinary", nullable)] scope_after: Option<Json>,
    act: Option<String>,
    origin: Option<String>,
    request_id: Option<String>,
} }

table! { external_id "external_ids" {
    #[sea_orm(primary_key, auto_increment = false)] system: String,
    #[sea_orm(primary_key, auto_increment = false)] entity_kind: String,
    #[sea_orm(primary_key, auto_increment = false)] external_id: String,
    entity_id: Uuid,
    fingerprint: String,
} }

table! { redirect "redirects" {
    #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
    path: String,
    target: String,
    target_path: Option<String>,
    status: i32,
    version: i64,
    created_at: DateTimeUtc,
    updated_at: DateTimeUtc,
} }

table! { legacy_path "legacy_paths" {
    #[sea_orm(primary_key, auto_increment = false)] path: String,
    entity_kind: String,
    entity_id: Uuid,
} }
