//! What articles share: media, authors, categories, tags, sources, contacts.

table! { media "media" {
    #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
    url: String,
    media_type: String,
    kind: String,
    title: Option<String>,
    alt: Option<String>,
    caption: Option<String>,
    credit: Option<String>,
    width: Option<i32>,
    height: Option<i32>,
    byte_size: Option<i64>,
    version: i64,
    created_at: DateTimeUtc,
    updated_at: DateTimeUtc,
} }

table! { author "authors" {
    #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
    slug: String,
    name: String,
    name_key: String,
    bio: Option<String>,
    email: Option<String>,
    #[sea_orm(column_type = "JsonBinary")] same_as: Json,
    portrait_id: Option<Uuid>,
    version: i64,
    created_at: DateTimeUtc,
    updated_at: DateTimeUtc,
} }

table! { category "categories" {
    #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
    slug: String,
    name: String,
    name_key: String,
    description: Option<String>,
    language: String,
    parent_id: Option<Uuid>,
    position: i32,
    version: i64,
    created_at: DateTimeUtc,
    updated_at: DateTimeUtc,
} }

table! { tag "tags" {
    #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
    slug: String,
    name: String,
    name_key: String,
    version: i64,
    created_at: DateTimeUtc,
    updated_at: DateTimeUtc,
} }

table! { source "sources" {
    #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
    kind: String,
    title: String,
    title_key: String,
    #[sea_orm(column_type = "JsonBinary")] authors: Json,
    outlet: Option<String>,
    outlet_key: Option<String>,
    published_on: Option<String>,
    published_key: String,
    accessed_on: Option<String>,
    url: Option<String>,
    archive_url: Option<String>,
    doi: Option<String>,
    isbn: Option<String>,
    language: Option<String>,
    health: String,
    last_checked_at: Option<DateTimeUtc>,
    version: i64,
    created_at: DateTimeUtc,
    updated_at: DateTimeUtc,
} }

table! { source_key "source_keys" {
    #[sea_orm(primary_key, auto_increment = false)] source_key: String,
    source_id: Uuid,
} }

table! { localization "localizations" {
    #[sea_orm(primary_key, auto_increment = false)] entity_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)] entity_kind: String,
    #[sea_orm(primary_key, auto_increment = false)] language: String,
    #[sea_orm(column_type = "JsonBinary")] words: Json,
} }

table! { contact "contacts" {
    #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
    name: String,
    name_key: String,
    role: String,
    title: Option<String>,
    organization: Option<String>,
    #[sea_orm(column_type = "JsonBinary")] languages: Json,
    #[sea_orm(column_type = "JsonBinary")] channels: Json,
    version: i64,
    created_at: DateTimeUtc,
    updated_at: DateTimeUtc,
} }
