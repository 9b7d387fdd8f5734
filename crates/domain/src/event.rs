//! Changes: what every write appends to the change log in its own transaction.

use chrono::{DateTime, Utc};

use crate::{
    AnyId, ArticleId, AuthorId, CategoryId, LanguageTag, SourceId, TagId, article::RemovalReason, text_enum::text_enum,
};

text_enum! {
    /// What happened to a thing.
    ChangeKind {
        /// It came to be.
        Created = "CREATED",
        /// Its content changed.
        Updated = "UPDATED",
        /// It stands elsewhere in its tree or order.
        Moved = "MOVED",
        /// It became visible, or will at the instant in its scope.
        Published = "PUBLISHED",
        /// It was taken from readers.
        Removed = "REMOVED",
        /// It was deleted.
        Deleted = "DELETED",
        /// It was joined into another.
        Merged = "MERGED",
    }
}

/// Where a thing is found: every list, filter and address that could show it. Kept before and after a change, so that
/// whoever follows a list learns both that something came and that something left.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangeScope {
    /// Its address.
    pub path: Option<String>,
    /// Its language.
    pub language: Option<LanguageTag>,
    /// Its categories.
    pub categories: Vec<CategoryId>,
    /// Its authors.
    pub authors: Vec<AuthorId>,
    /// Its tags.
    pub tags: Vec<TagId>,
    /// Its sources.
    pub sources: Vec<SourceId>,
    /// The article it stands below, as a comment does.
    pub article: Option<ArticleId>,
    /// From when readers see it; `None` while they never do.
    pub visible_from: Option<DateTime<Utc>>,
    /// Until when readers see it, when that is set.
    pub visible_until: Option<DateTime<Utc>>,
    /// Whether readers see nothing of the change, whatever they see there otherwise.
    pub is_unseen: bool,
}

impl ChangeScope {
    /// The same place for a change that readers do not see.
    #[must_use]
    pub fn unseen(self) -> Self {
        Self { visible_from: None, visible_until: None, is_unseen: true, ..self }
    }
}

/// One row for the change log. The log adds its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// When it happened, for a change that time made and an act only announces; the instant of the act when absent.
    pub at: Option<DateTime<Utc>>,
    /// What changed.
    pub entity: AnyId,
    /// Its version after the change; none for things without versions and for deleted ones.
    pub version: Option<i64>,
    /// What happened.
    pub kind: ChangeKind,
    /// Why it was taken away, for changes that take away.
    pub reason: Option<RemovalReason>,
    /// The fields that changed, by their names in the API; empty for new and deleted things.
    pub fields: Vec<&'static str>,
    /// Where it was found before; `None` for a new thing.
    pub before: Option<ChangeScope>,
    /// Where it is found now; `None` for a deleted one.
    pub after: Option<ChangeScope>,
}

impl Change {
    /// A thing came to be, at version 1.
    pub fn created(entity: impl Into<AnyId>, after: ChangeScope) -> Self {
        Self {
            at: None,
            entity: entity.into(),
            version: Some(1),
            kind: ChangeKind::Created,
            reason: None,
            fields: Vec::new(),
            before: None,
            after: Some(after),
        }
    }

    /// Fields of a thing changed, which gave it a new version.
    pub fn updated(
        entity: impl Into<AnyId>,
        version: i64,
        fields: Vec<&'static str>,
        before: ChangeScope,
        after: ChangeScope,
    ) -> Self {
        Self {
            at: None,
            entity: entity.into(),
            version: Some(version),
            kind: ChangeKind::Updated,
            reason: None,
            fields,
            before: Some(before),
            after: Some(after),
        }
    }

    /// A thing was deleted.
    pub fn deleted(entity: impl Into<AnyId>, before: ChangeScope) -> Self {
        Self {
            at: None,
            entity: entity.into(),
            version: None,
            kind: ChangeKind::Deleted,
            reason: Some(RemovalReason::Deleted),
            fields: Vec::new(),
            before: Some(before),
            after: None,
        }
    }
}
