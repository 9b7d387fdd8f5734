//! Compare-and-set: writing and deleting rows that are still at the version their writer knows. For tables with the columns
//! `id`, `version` and `updated_at`.

use sea_orm::{
    ActiveModelTrait, EntityTrait, QueryFilter, QueryTrait,
    sea_query::{Expr, ExprTrait},
};
use uuid::Uuid;

use crate::{
    error::{StoreError, StoreResult},
    tx::Tx,
};

/// Writes what is set in a row, and gives the new version.
///
/// # Errors
/// [`StoreError::Stale`] at another version.
pub(crate) async fn update<E>(tx: &Tx, id: Uuid, expected_version: i64, row: E::ActiveModel) -> StoreResult<i64>
where
    E: EntityTrait,
    E::ActiveModel: ActiveModelTrait<Entity = E>,
{
    let version = expected_version + 1;
    let mut update = E::update_many().set(row);
    QueryTrait::query(&mut update).value("version", version).value("updated_at", tx.now());
    let update = update.filter(Expr::col("id").eq(id)).filter(Expr::col("version").eq(expected_version));
    if update.exec(tx).await?.rows_affected == 1 { Ok(version) } else { Err(StoreError::Stale) }
}

/// Deletes a row.
///
/// # Errors
/// [`StoreError::Stale`] at another version.
pub(crate) async fn delete<E: EntityTrait>(tx: &Tx, id: Uuid, expected_version: i64) -> StoreResult<()> {
    let delete = E::delete_many().filter(Expr::col("id").eq(id)).filter(Expr::col("version").eq(expected_version));
    if delete.exec(tx).await?.rows_affected == 1 { Ok(()) } else { Err(StoreError::Stale) }
}
