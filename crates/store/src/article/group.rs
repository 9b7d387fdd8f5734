//! Which articles are editions of one story.

use masthead_domain::{ArticleId, TranslationGroupId};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, LockType},
};
use tracing::instrument;

use super::{Article, write::touch};
use crate::{
    error::StoreResult,
    row::article::{ActiveModel, Column, Entity},
    tx::Tx,
};

/// The story an article belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Story {
    /// What all its editions share.
    pub group: TranslationGroupId,
    /// The edition the article was translated from.
    pub translated_from: Option<ArticleId>,
}

/// Keeps an article in its story until the transaction ends, for whoever adds an edition to that.
///
/// # Errors
/// [`crate::StoreError`] when it cannot be read.
#[instrument(skip_all, fields(article.id = %id))]
pub async fn hold_in_story(tx: &Tx, id: ArticleId) -> StoreResult<()> {
    Entity::find_by_id(id.uuid()).lock(LockType::KeyShare).one(tx).await?;
    Ok(())
}

/// Locks articles that are about to change their story or to be joined, and those translated from them, one by one in
/// the order of their ids. Whoever does the same to one of them waits.
///
/// # Errors
/// [`crate::StoreError`] when they cannot be read.
#[instrument(skip_all, fields(count = ids.len()))]
pub async fn lock_editions(tx: &Tx, ids: &[ArticleId]) -> StoreResult<()> {
    let ids = || ids.iter().map(|id| id.uuid());
    let (themselves, translations) = (Column::Id.is_in(ids()), Column::TranslatedFromId.is_in(ids()));
    let locked: Vec<uuid::Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Condition::any().add(themselves).add(translations))
        .order_by_asc(Column::Id)
        .lock(LockType::Update)
        .into_tuple()
        .all(tx)
        .await?;
    tracing::trace!(locked = locked.len(), "editions are locked");
    Ok(())
}

/// Moves an article that is still at the expected version into a story, and gives the new version.
///
/// # Errors
/// [`crate::StoreError::Stale`] at another version, [`crate::Constraint::ArticleEdition`] when the story has an edition in
/// its language.
#[instrument(skip_all, fields(article.id = %id))]
pub async fn set_story(tx: &Tx, id: ArticleId, expected_version: i64, story: Story) -> StoreResult<i64> {
    let Story { group, translated_from } = story;
    let row = ActiveModel {
        translation_group_id: Set(group.uuid()),
        translated_from_id: Set(translated_from.map(ArticleId::uuid)),
        ..Default::default()
    };
    touch(tx, id, expected_version, row).await
}

/// Forgets of other stories' articles that they were translated from this one, which left their story, and gives those
/// that are not deleted. They keep their versions: what they say is the same.
///
/// # Errors
/// [`crate::StoreError`] when they cannot be read or written.
#[instrument(skip_all, fields(article.id = %original))]
pub async fn forget_original(tx: &Tx, original: ArticleId, group: TranslationGroupId) -> StoreResult<Vec<Article>> {
    let outside = Condition::all()
        .add(Column::TranslatedFromId.eq(original.uuid()))
        .add(Column::TranslationGroupId.ne(group.uuid()));
    let rows = Entity::find().filter(outside.clone()).order_by_asc(Column::Id).all(tx).await?;
    if !rows.is_empty() {
        Entity::update_many()
            .col_expr(Column::TranslatedFromId, Expr::val(None::<uuid::Uuid>))
            .filter(outside)
            .exec(tx)
            .await?;
    }
    rows.into_iter().filter(|row| row.deleted_at.is_none()).map(Article::of_row).collect()
}
