//! Articles and their ordered relations.

table! { article "articles" {
    #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
    translation_group_id: Uuid,
    translated_from_id: Option<Uuid>,
    language: String,
    slug: String,
    kind: String,
    headline: String,
    headline_key: String,
    secondary_headline: Option<String>,
    kicker: Option<String>,
    lede: Option<String>,
    byline: Option<String>,
    opening: String,
    word_count: i32,
    #[sea_orm(column_type = "JsonBinary")] links: Json,
    state: String,
    submitted_at: Option<DateTimeUtc>,
    published_at: Option<DateTimeUtc>,
    first_published_at: Option<DateTimeUtc>,
    revised_at: Option<DateTimeUtc>,
    embargo_until: Option<DateTimeUtc>,
    expires_at: Option<DateTimeUtc>,
    removed_at: Option<DateTimeUtc>,
    removal_reason: Option<String>,
    removal_notice: Option<String>,
    deleted_at: Option<DateTimeUtc>,
    view_count: i64,
    share_count: i64,
    comment_count: i64,
    created_by: Option<Uuid>,
    version: i64,
    created_at: DateTimeUtc,
    updated_at: DateTimeUtc,
    live_version: Option<i64>,
    pending_version: Option<i64>,
    pending_saved_at: Option<DateTimeUtc>,
    pending_submitted_at: Option<DateTimeUtc>,
    seen_version: i64,
    internal_note: Option<String>,
    #[sea_orm(column_type = "JsonBinary", nullable)] seo: Option<Json>,
    purged_at: Option<DateTimeUtc>,
} }

table! { article_body "article_bodies" {
    #[sea_orm(primary_key, auto_increment = false)] article_id: Uuid,
    body: String,
} }

table! { article_credit "article_credits" {
    #[sea_orm(primary_key, auto_increment = false)] article_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)] position: i32,
    author_id: Uuid,
    role: String,
    credited_as: Option<String>,
} }

table! { article_category "article_categories" {
    #[sea_orm(primary_key, auto_increment = false)] article_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)] position: i32,
    category_id: Uuid,
    published_at: Option<DateTimeUtc>,
} }

table! { article_tag "article_tags" {
    #[sea_orm(primary_key, auto_increment = false)] article_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)] position: i32,
    tag_id: Uuid,
} }

table! { article_media "article_media" {
    #[sea_orm(primary_key, auto_increment = false)] article_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)] position: i32,
    media_id: Uuid,
    caption: Option<String>,
    alt: Option<String>,
    credit: Option<String>,
} }

table! { article_body_media "article_body_media" {
    #[sea_orm(primary_key, auto_increment = false)] article_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)] media_id: Uuid,
} }

table! { article_reference "article_references" {
    #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
    article_id: Uuid,
    position: i32,
    source_id: Uuid,
    locator: Option<String>,
    quote: Option<String>,
    note: Option<String>,
} }

table! { article_contact "article_contacts" {
    #[sea_orm(primary_key, auto_increment = false)] article_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)] position: i32,
    contact_id: Uuid,
} }

table! { article_transition "article_transitions" {
    #[sea_orm(primary_key, auto_increment = false)] article_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)] kind: String,
    at: DateTimeUtc,
} }

table! { comment "comments" {
    #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
    article_id: Uuid,
    parent_id: Option<Uuid>,
    author_name: String,
    body: String,
    status: String,
    version: i64,
    created_at: DateTimeUtc,
    updated_at: DateTimeUtc,
} }

table! { article_version "article_versions" {
    #[sea_orm(primary_key, auto_increment = false)] article_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)] version: i64,
    at: DateTimeUtc,
    actor: String,
    act: String,
    summary: Option<String>,
    #[sea_orm(column_type = "JsonBinary")] fields: Json,
    content_version: i64,
    live_version: Option<i64>,
    published_at: Option<DateTimeUtc>,
    embargo_until: Option<DateTimeUtc>,
    expires_at: Option<DateTimeUtc>,
    first_published_at: Option<DateTimeUtc>,
    revised_at: Option<DateTimeUtc>,
} }

table! { article_content "article_contents" {
    #[sea_orm(primary_key, auto_increment = false)] article_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)] version: i64,
    content: String,
} }

table! { correction "corrections" {
    #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
    article_id: Uuid,
    kind: String,
    text: String,
    language: String,
    corrected_at: DateTimeUtc,
    from_version: i64,
    to_version: i64,
    actor: String,
} }
