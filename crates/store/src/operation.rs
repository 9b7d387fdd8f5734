//! Registered operations: the documents themselves, by their hash.

use std::collections::HashMap;

use masthead_domain::{OperationId, Timestamp, operation::TextHash};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    prelude::{Json, Uuid},
    sea_query::OnConflict,
};
use tracing::instrument;

use crate::{
    direct::Connection,
    error::StoreResult,
    map::{json, word},
    row::operation::{ActiveModel, Column, Entity},
    tx::Tx,
};

const TABLE: &str = "operations";

/// A registered document, without its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// The id.
    pub id: OperationId,
    /// What clients name it by.
    pub hash: TextHash,
    /// The names of the operations in it; none for one without a name.
    pub names: Vec<String>,
    /// When it was registered.
    pub created_at: Timestamp,
}

/// A document to register.
#[derive(Debug, Clone)]
pub struct NewOperation<'a> {
    /// The id.
    pub id: OperationId,
    /// The hash of its text.
    pub hash: TextHash,
    /// The names of the operations in it.
    pub names: &'a [String],
    /// Its text.
    pub text: &'a str,
}

/// All documents, the oldest first.
///
/// # Errors
/// [`crate::StoreError`] when they cannot be read.
#[instrument(skip_all)]
pub async fn all(connection: &impl Connection) -> StoreResult<Vec<Operation>> {
    let select = Entity::find()
        .select_only()
        .columns([Column::Id, Column::Hash, Column::Names, Column::CreatedAt])
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id);
    let rows: Vec<(Uuid, String, Json, Timestamp)> = select.into_tuple().all(connection).await?;
    let operation = |(id, hash, names, created_at): (Uuid, String, Json, Timestamp)| {
        let id = OperationId::from_uuid(id);
        let hash = word(TABLE, id, "hash", TextHash::parse, &hash)?;
        Ok(Operation { id, hash, names: json(TABLE, id, "names", names)?, created_at })
    };
    rows.into_iter().map(operation).collect()
}

/// Which documents there are, by what clients name them by.
///
/// # Errors
/// [`crate::StoreError`] when they cannot be read.
#[instrument(skip_all)]
pub async fn by_hash(connection: &impl Connection) -> StoreResult<HashMap<TextHash, OperationId>> {
    let select = Entity::find().select_only().columns([Column::Id, Column::Hash]);
    let rows: Vec<(Uuid, String)> = select.into_tuple().all(connection).await?;
    let entry = |(id, hash): (Uuid, String)| {
        let id = OperationId::from_uuid(id);
        Ok((word(TABLE, id, "hash", TextHash::parse, &hash)?, id))
    };
    rows.into_iter().map(entry).collect()
}

/// The text of a document.
///
/// # Errors
/// [`crate::StoreError`] when it cannot be read.
#[instrument(skip_all, fields(operation.id = %id))]
pub async fn text(connection: &impl Connection, id: OperationId) -> StoreResult<Option<String>> {
    let select = Entity::find_by_id(id.uuid()).select_only().column(Column::Text);
    Ok(select.into_tuple().one(connection).await?)
}

/// Keeps a document; false when it was there already, under whatever id.
///
/// # Errors
/// [`crate::StoreError`] when it cannot be written.
#[instrument(skip_all, fields(operation.id = %new.id))]
pub async fn insert(tx: &Tx, new: NewOperation<'_>) -> StoreResult<bool> {
    let NewOperation { id, hash, names, text } = new;
    let row = ActiveModel {
        id: Set(id.uuid()),
        hash: Set(hash.to_string()),
        names: Set(names.into()),
        text: Set(text.to_owned()),
        created_at: Set(tx.now()),
    };
    let untouched = OnConflict::column(Column::Hash).do_nothing().to_owned();
    Ok(Entity::insert(row).on_conflict(untouched).exec_without_returning(tx).await? == 1)
}

/// Takes a document away; false when it was not there.
///
/// # Errors
/// [`crate::StoreError`] when it cannot be written.
#[instrument(skip_all, fields(operation.id = %id))]
pub async fn delete(tx: &Tx, id: OperationId) -> StoreResult<bool> {
    let done = Entity::delete_many().filter(Column::Id.eq(id.uuid())).exec(tx).await?;
    Ok(done.rows_affected == 1)
}
