//! Preview tokens: who may look at one article before readers do. The token itself is signed and not kept; its row is,
//! so that it can be taken back.

use masthead_domain::{ArticleId, PreviewTokenId, Timestamp};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use tracing::instrument;

use crate::{
    direct::Connection,
    error::StoreResult,
    placed::Rows,
    row::preview_token::{ActiveModel, Column, Entity, Model},
    tx::Tx,
};

/// A preview token as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewToken {
    /// The id.
    pub id: PreviewTokenId,
    /// The article it shows.
    pub article: ArticleId,
    /// The version it shows; the newest when absent.
    pub version: Option<i64>,
    /// Who made it, as the change log names callers.
    pub actor: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// Since when it is no longer good.
    pub revoked_at: Option<Timestamp>,
}

/// A preview token to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPreviewToken {
    /// The id.
    pub id: PreviewTokenId,
    /// The article it shows.
    pub article: ArticleId,
    /// The version it shows; the newest when absent.
    pub version: Option<i64>,
    /// Who makes it.
    pub actor: String,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

/// The token with this id.
///
/// # Errors
/// [`crate::StoreError`] when it cannot be read.
#[instrument(skip_all, fields(preview_token.id = %id))]
pub async fn by_id(connection: &impl Connection, id: PreviewTokenId) -> StoreResult<Option<PreviewToken>> {
    Ok(Entity::find_by_id(id.uuid()).row(connection).await?.map(preview_token))
}

/// Keeps a new token.
///
/// # Errors
/// [`crate::Constraint::ForeignKey`] when the article is gone.
#[instrument(skip_all, fields(preview_token.id = %new.id))]
pub async fn insert(tx: &Tx, new: NewPreviewToken) -> StoreResult<()> {
    let NewPreviewToken { id, article, version, actor, expires_at } = new;
    let row = ActiveModel {
        id: Set(id.uuid()),
        article_id: Set(article.uuid()),
        version: Set(version),
        actor: Set(actor),
        created_at: Set(tx.now()),
        expires_at: Set(expires_at),
        revoked_at: Set(None),
    };
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Makes a token worthless; false when it was already.
///
/// # Errors
/// [`crate::StoreError`] when it cannot be written.
#[instrument(skip_all, fields(preview_token.id = %id))]
pub async fn revoke(tx: &Tx, id: PreviewTokenId) -> StoreResult<bool> {
    let done = Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::val(tx.now()))
        .filter(Column::Id.eq(id.uuid()))
        .filter(Column::RevokedAt.is_null())
        .exec(tx)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Forgets the tokens whose time is over at an instant, and gives how many that were. A token without a row is worth
/// nothing.
///
/// # Errors
/// [`crate::StoreError`] when they cannot be deleted.
#[instrument(skip_all)]
pub async fn purge(tx: &Tx, now: Timestamp) -> StoreResult<u64> {
    Ok(Entity::delete_many().filter(Column::ExpiresAt.lte(now)).exec(tx).await?.rows_affected)
}

fn preview_token(row: Model) -> PreviewToken {
    let Model { id, article_id, version, actor, created_at, expires_at, revoked_at } = row;
    PreviewToken {
        id: PreviewTokenId::from_uuid(id),
        article: ArticleId::from_uuid(article_id),
        version,
        actor,
        created_at,
        expires_at,
        revoked_at,
    }
}
