//! What the doors keep beside the newsroom.

table! { idempotency_key "idempotency_keys" {
    #[sea_orm(primary_key, auto_increment = false)] caller: String,
    #[sea_orm(primary_key, auto_increment = false)] idempotency_key: String,
    fingerprint: String,
    acts: i64,
    status: Option<i32>,
    answer: Option<String>,
    started_at: DateTimeUtc,
    expires_at: DateTimeUtc,
} }

table! { preview_token "preview_tokens" {
    #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
    article_id: Uuid,
    version: Option<i64>,
    actor: String,
    created_at: DateTimeUtc,
    expires_at: DateTimeUtc,
    revoked_at: Option<DateTimeUtc>,
} }

table! { operation "operations" {
    #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
    hash: String,
    #[sea_orm(column_type = "JsonBinary")] names: Json,
    text: String,
    created_at: DateTimeUtc,
} }
