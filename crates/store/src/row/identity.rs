//! Who signs in.

table! { user "users" {
    #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
    email: String,
    name: String,
    role: String,
    password_hash: String,
    is_active: bool,
    version: i64,
    created_at: DateTimeUtc,
    updated_at: DateTimeUtc,
} }

table! { session "sessions" {
    #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
    family_id: Uuid,
    user_id: Uuid,
    token_hash: String,
    issued_at: DateTimeUtc,
    idle_expires_at: DateTimeUtc,
    expires_at: DateTimeUtc,
    rotated_at: Option<DateTimeUtc>,
    revoked_at: Option<DateTimeUtc>,
    revoked_because: Option<String>,
} }

table! { api_key "api_keys" {
    #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
    name: String,
    prefix: String,
    key_hash: String,
    #[sea_orm(column_type = "JsonBinary")] scopes: Json,
    expires_at: Option<DateTimeUtc>,
    revoked_at: Option<DateTimeUtc>,
    last_used_at: Option<DateTimeUtc>,
    created_at: DateTimeUtc,
    operations: String,
} }
