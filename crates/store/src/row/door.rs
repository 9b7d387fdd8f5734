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
