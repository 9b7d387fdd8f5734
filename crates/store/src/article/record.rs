//! An article as kept.

use std::{
    ops::Deref,
    sync::{Arc, LazyLock},
};

use masthead_domain::{
    ArticleId, Timestamp, TranslationGroupId, UserId,
    article::{ArticleKind, ArticleState, Pending, Removal, RemovalReason, Seo, Window},
    link::LinkKind,
};
use sea_orm::{
    IdenStatic as _, Iterable as _,
    sea_query::{Expr, SimpleExpr},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    error::{StoreError, StoreResult},
    map::{json, word},
    placed,
    row::article::{Column, Model},
    visible,
};

const TABLE: &str = "articles";

/// A link below an article, as kept in its row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    kind: String,
    /// The words shown.
    pub label: Option<String>,
    /// Where it leads.
    pub url: String,
    /// The language of what is there.
    pub language: Option<String>,
}

impl Link {
    /// A link of a kind.
    #[must_use]
    pub fn new(kind: LinkKind, label: Option<String>, url: String, language: Option<String>) -> Self {
        Self { kind: kind.as_str().to_owned(), label, url, language }
    }

    /// What following it does.
    #[must_use]
    pub fn kind(&self) -> LinkKind {
        LinkKind::parse(&self.kind).unwrap_or(LinkKind::Other)
    }
}

/// What lists show of an article.
#[derive(Debug, Clone, PartialEq)]
pub struct Front {
    /// The id.
    pub id: ArticleId,
    /// The story all its editions share.
    pub translation_group: TranslationGroupId,
    /// The language.
    pub language: String,
    /// The address within the language.
    pub slug: String,
    /// What sort of piece.
    pub kind: ArticleKind,
    /// The headline.
    pub headline: String,
    /// The opening paragraph set apart.
    pub lede: Option<String>,
    /// The first words: of the lede, else of the body; plain text.
    pub opening: String,
    /// Where it stands.
    pub state: ArticleState,
    /// When it was first before readers.
    pub first_published_at: Option<Timestamp>,
    /// When readers last had a reason to read it again.
    pub revised_at: Option<Timestamp>,
    /// Who made it.
    pub created_by: Option<UserId>,
    /// How often it was written.
    pub version: i64,
    /// The version at which readers last saw something change: what waits for publication does not count.
    pub seen_version: i64,
    /// When it came to be.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// An article without its body and relations. It is its [`Front`] and more.
#[derive(Debug, Clone, PartialEq)]
pub struct Article {
    /// What lists show.
    pub front: Arc<Front>,
    /// The edition it was translated from.
    pub translated_from: Option<ArticleId>,
    /// The second headline.
    pub secondary_headline: Option<String>,
    /// The words above the headline.
    pub kicker: Option<String>,
    /// The byline as printed.
    pub byline: Option<String>,
    /// Words in the body.
    pub word_count: i32,
    /// Links in order.
    pub links: Vec<Link>,
    /// What search engines are told.
    pub seo: Seo,
    /// Embargo and expiry.
    pub window: Window,
    /// Why it was taken from readers, when it was; deletion included.
    pub removal: Option<Removal>,
    /// Whether it was deleted.
    pub is_deleted: bool,
    /// What only the desk knows of it.
    pub desk: Desk,
    /// Times read, as reported from outside.
    pub view_count: i64,
    /// Times shared, as reported from outside.
    pub share_count: i64,
    /// Comments readers see.
    pub comment_count: i64,
}

/// What only the desk knows of an article.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Desk {
    /// The version whose content stands in the tables; none for an article that is older than its history.
    pub live_version: Option<i64>,
    /// Changes that wait beside what readers see.
    pub pending: Option<Pending>,
    /// A note of the desk to itself.
    pub internal_note: Option<String>,
}

impl Deref for Article {
    type Target = Front;

    fn deref(&self) -> &Front {
        &self.front
    }
}

impl Front {
    /// The public address.
    #[must_use]
    pub fn path(&self) -> String {
        masthead_domain::path::article(&self.language, &self.slug)
    }
}

/// The columns of a [`Front`] that readers see, as one expression: lists are read too often to name each by itself.
pub(super) fn front() -> SimpleExpr {
    static TEXT: LazyLock<String> = LazyLock::new(|| text_of(FRONT_COLUMNS));
    Expr::cust(TEXT.as_str())
}

/// The same of an article.
pub(super) fn whole() -> SimpleExpr {
    static TEXT: LazyLock<String> = LazyLock::new(|| text_of(Column::iter()));
    Expr::cust(TEXT.as_str())
}

fn text_of(columns: impl IntoIterator<Item = Column>) -> String {
    let named = columns.into_iter().map(|column| format!(r#""{}"."{}""#, visible::ARTICLES, column.as_str()));
    named.collect::<Vec<_>>().join(", ")
}

const FRONT_COLUMNS: [Column; 15] = [
    Column::Id,
    Column::TranslationGroupId,
    Column::Language,
    Column::Slug,
    Column::Kind,
    Column::Headline,
    Column::Lede,
    Column::Opening,
    Column::PublishedAt,
    Column::FirstPublishedAt,
    Column::RevisedAt,
    Column::CreatedBy,
    Column::SeenVersion,
    Column::CreatedAt,
    Column::UpdatedAt,
];

placed::row! {
    pub(super) struct FrontRow {
        id: Uuid,
        translation_group_id: Uuid,
        language: String,
        slug: String,
        kind: String,
        headline: String,
        lede: Option<String>,
        opening: String,
        published_at: Timestamp,
        first_published_at: Option<Timestamp>,
        revised_at: Option<Timestamp>,
        created_by: Option<Uuid>,
        seen_version: i64,
        created_at: Timestamp,
        updated_at: Timestamp,
    }
}

impl FrontRow {
    pub(super) fn front(self) -> StoreResult<Front> {
        let id = ArticleId::from_uuid(self.id);
        Ok(Front {
            id,
            translation_group: TranslationGroupId::from_uuid(self.translation_group_id),
            language: self.language,
            slug: self.slug,
            kind: word(TABLE, id, "kind", ArticleKind::parse, &self.kind)?,
            headline: self.headline,
            lede: self.lede,
            opening: self.opening,
            state: ArticleState::Published { at: self.published_at },
            first_published_at: self.first_published_at,
            revised_at: self.revised_at,
            created_by: self.created_by.map(UserId::from_uuid),
            version: self.seen_version,
            seen_version: self.seen_version,
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}

impl Article {
    #[expect(clippy::too_many_lines, reason = "a line for each column, so that none is forgotten")]
    pub(crate) fn of_row(row: Model) -> StoreResult<Self> {
        let Model {
            id,
            translation_group_id,
            translated_from_id,
            language,
            slug,
            kind,
            headline,
            headline_key: _,
            secondary_headline,
            kicker,
            lede,
            byline,
            opening,
            word_count,
            links,
            state,
            submitted_at,
            published_at,
            first_published_at,
            revised_at,
            embargo_until,
            expires_at,
            removed_at,
            removal_reason,
            removal_notice,
            deleted_at,
            view_count,
            share_count,
            comment_count,
            created_by,
            version,
            created_at,
            updated_at,
            live_version,
            pending_version,
            pending_saved_at,
            pending_submitted_at,
            seen_version,
            internal_note,
            seo,
            purged_at: _,
        } = row;
        let id = ArticleId::from_uuid(id);
        let removal = removal(id, removed_at, removal_reason, removal_notice)?;
        let state = standing(id, &state, submitted_at, published_at, removal.clone())?;
        let front = Front {
            id,
            translation_group: TranslationGroupId::from_uuid(translation_group_id),
            language,
            slug,
            kind: word(TABLE, id, "kind", ArticleKind::parse, &kind)?,
            headline,
            lede,
            opening,
            state,
            first_published_at,
            revised_at,
            created_by: created_by.map(UserId::from_uuid),
            version,
            seen_version,
            created_at,
            updated_at,
        };
        Ok(Self {
            front: Arc::new(front),
            translated_from: translated_from_id.map(ArticleId::from_uuid),
            secondary_headline,
            kicker,
            byline,
            word_count,
            links: json(TABLE, id, "links", links)?,
            seo: super::seo::seo(id, seo)?,
            window: Window { embargo_until, expires_at },
            removal,
            is_deleted: deleted_at.is_some(),
            desk: Desk {
                live_version,
                pending: pending_version.map(|version| Pending {
                    version,
                    saved_at: pending_saved_at.unwrap_or(updated_at),
                    submitted_at: pending_submitted_at,
                }),
                internal_note,
            },
            view_count,
            share_count,
            comment_count,
        })
    }
}

/// The state a row's word and instants add up to.
fn standing(
    id: ArticleId,
    word: &str,
    submitted_at: Option<Timestamp>,
    published_at: Option<Timestamp>,
    removal: Option<Removal>,
) -> StoreResult<ArticleState> {
    Ok(match (word, submitted_at, published_at, removal) {
        ("DRAFT", ..) => ArticleState::Draft,
        ("IN_REVIEW", Some(at), ..) => ArticleState::InReview { at },
        ("PUBLISHED", _, Some(at), _) => ArticleState::Published { at },
        ("UNPUBLISHED", _, _, Some(removal)) => ArticleState::Unpublished(removal),
        ("WITHDRAWN", _, _, Some(removal)) => ArticleState::Withdrawn(removal),
        ("KILLED", _, _, Some(removal)) => ArticleState::Killed(removal),
        (word, ..) => {
            let what = format!("state `{word}` without its instant");
            return Err(StoreError::Corrupt { table: TABLE, id: id.to_string(), what });
        }
    })
}

fn removal(
    id: ArticleId,
    at: Option<Timestamp>,
    reason: Option<String>,
    notice: Option<String>,
) -> StoreResult<Option<Removal>> {
    let (Some(at), Some(reason)) = (at, reason) else { return Ok(None) };
    let reason = word(TABLE, id, "removal_reason", RemovalReason::parse, &reason)?;
    Ok(Some(Removal { at, reason, notice }))
}
