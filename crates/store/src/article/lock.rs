//! Many articles held at once, for acts on all of them.

use std::collections::HashMap;

use masthead_domain::ArticleId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::LockType};
use tracing::instrument;
use uuid::Uuid;

use crate::{
    error::StoreResult,
    row::article::{Column, Entity},
    tx::Tx,
};

/// Holds articles that were loaded before, so that nobody else writes them until the transaction ends, and gives the
/// versions they have by now. Those that were deleted since are left out. All are taken in the order of their ids, so
/// two acts on the same articles never wait for each other.
///
/// # Errors
/// [`crate::StoreError`] when they cannot be read.
#[instrument(skip_all, fields(count = ids.len()))]
pub async fn lock(tx: &Tx, ids: &[ArticleId]) -> StoreResult<HashMap<ArticleId, i64>> {
    let rows: Vec<(Uuid, i64)> = Entity::find()
        .select_only()
        .columns([Column::Id, Column::Version])
        .filter(Column::Id.is_in(ids.iter().map(|id| id.uuid())))
        .filter(Column::DeletedAt.is_null())
        .order_by_asc(Column::Id)
        .lock(LockType::NoKeyUpdate)
        .into_tuple()
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(|(id, version)| (ArticleId::from_uuid(id), version)).collect())
}
