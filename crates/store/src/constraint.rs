//! The constraints callers can break, and the two names the engines give them.
//!
//! PostgreSQL names the index or constraint, SQLite the columns. Foreign keys have no name on SQLite at all, so acts
//! check what they point at first; the constraint is the second line.

use sea_orm::{DbErr, RuntimeErr};

/// A rule that the database keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Constraint {
    /// Two articles of one language cannot have one slug.
    ArticleSlug,
    /// A story has one edition in each language.
    ArticleEdition,
    /// Two categories cannot have one slug.
    CategorySlug,
    /// Two authors cannot have one slug.
    AuthorSlug,
    /// Two tags cannot have one slug.
    TagSlug,
    /// Two sources cannot have one DOI, ISBN or address.
    SourceKey,
    /// Two users cannot have one e-mail address.
    UserEmail,
    /// A foreign thing can be imported once.
    ExternalId,
    /// An old address leads to one thing.
    LegacyPath,
    /// A path redirects to one thing.
    RedirectPath,
    /// Something still points at the row, or the row points at something that is gone.
    ForeignKey,
}

const NAMES: &[(Constraint, &str, &str)] = &[
    (Constraint::ArticleSlug, "articles_slug_key", "articles.slug, articles.language"),
    (Constraint::ArticleEdition, "articles_edition_key", "articles.translation_group_id, articles.language"),
    (Constraint::CategorySlug, "categories_slug_key", "categories.slug"),
    (Constraint::AuthorSlug, "authors_slug_key", "authors.slug"),
    (Constraint::TagSlug, "tags_slug_key", "tags.slug"),
    (Constraint::SourceKey, "source_keys_pkey", "source_keys.source_key"),
    (Constraint::UserEmail, "users_email_key", "users.email"),
    (
        Constraint::ExternalId,
        "external_ids_pkey",
        "external_ids.system, external_ids.entity_kind, external_ids.external_id",
    ),
    (Constraint::LegacyPath, "legacy_paths_pkey", "legacy_paths.path"),
    (Constraint::RedirectPath, "redirects_path_key", "redirects.path"),
];

pub(crate) fn of(error: &DbErr) -> Option<Constraint> {
    let (DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause))) = error else {
        return None;
    };
    let database = cause.as_database_error()?;
    if database.is_foreign_key_violation() {
        return Some(Constraint::ForeignKey);
    }
    if !database.is_unique_violation() {
        return None;
    }
    let name = database.constraint();
    let message = database.message();
    NAMES
        .iter()
        .find(|(_, postgres, sqlite)| name == Some(*postgres) || message.ends_with(&format!(": {sqlite}")))
        .map(|(constraint, ..)| *constraint)
}
