//! Erasing what deleted articles said.

use masthead_domain::{ArticleId, Timestamp};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Alias, Expr, ExprTrait, LockType, Query},
};
use serde_json::Value;
use tracing::instrument;
use uuid::Uuid;

use crate::{
    error::StoreResult,
    row::article::{ActiveModel, Column, Entity},
    tx::Tx,
};

/// The most articles that one transaction erases.
const BATCH: u64 = 100;

/// The tables that hold something of an article and name it in `article_id`.
const TABLES: [&str; 13] = [
    "article_bodies",
    "article_body_media",
    "article_categories",
    "article_contacts",
    "article_contents",
    "article_credits",
    "article_media",
    "article_references",
    "article_tags",
    "article_versions",
    "comments",
    "corrections",
    "preview_tokens",
];

/// Erases what articles said that were deleted before an instant, the oldest deletion first and at most a hundred of
/// them, and gives their ids. Nothing brings it back.
///
/// What is left is what a reader of an old address is told — that it is gone, since when, why, and the words for readers —
/// and what an import knows it by.
///
/// # Errors
/// [`crate::StoreError`] when it cannot be done.
#[instrument(skip_all)]
pub async fn purge(tx: &Tx, before: Timestamp) -> StoreResult<Vec<ArticleId>> {
    let purgeable = || {
        // As the index on deletions has it.
        Entity::find().filter(Column::DeletedAt.is_not_null()).filter(Expr::cust("\"articles\".\"purged_at\" IS NULL"))
    };
    let first: Vec<Uuid> = purgeable()
        .select_only()
        .column(Column::Id)
        .filter(Column::DeletedAt.lt(before))
        .order_by_asc(Column::DeletedAt)
        .order_by_asc(Column::Id)
        .limit(BATCH)
        .into_tuple()
        .all(tx)
        .await?;
    if first.is_empty() {
        return Ok(Vec::new());
    }
    // Another node may be at it: whoever comes second finds them purged, or brought back.
    let ids: Vec<Uuid> = purgeable()
        .select_only()
        .column(Column::Id)
        .filter(Column::DeletedAt.lt(before))
        .filter(Column::Id.is_in(first))
        .order_by_asc(Column::Id)
        .lock(LockType::NoKeyUpdate)
        .into_tuple()
        .all(tx)
        .await?;
    erase(tx, &ids).await?;
    Ok(ids.into_iter().map(ArticleId::from_uuid).collect())
}

async fn erase(tx: &Tx, ids: &[Uuid]) -> StoreResult<()> {
    use sea_orm::ActiveValue::Set;

    let blank = ActiveModel {
        headline: Set(String::new()),
        headline_key: Set(String::new()),
        secondary_headline: Set(None),
        kicker: Set(None),
        lede: Set(None),
        byline: Set(None),
        opening: Set(String::new()),
        word_count: Set(0),
        links: Set(Value::Array(Vec::new())),
        comment_count: Set(0),
        live_version: Set(None),
        pending_version: Set(None),
        pending_saved_at: Set(None),
        pending_submitted_at: Set(None),
        internal_note: Set(None),
        seo: Set(None),
        purged_at: Set(Some(tx.now())),
        ..Default::default()
    };
    Entity::update_many().set(blank).filter(Column::Id.is_in(ids.iter().copied())).exec(tx).await?;
    for table in TABLES {
        let of_them = Expr::col("article_id").is_in(ids.iter().copied());
        tx.execute(Query::delete().from_table(Alias::new(table)).and_where(of_them)).await?;
    }
    Ok(())
}
