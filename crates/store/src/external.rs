//! Ids that other systems gave our things, and addresses they had elsewhere. An import is idempotent by them.

use std::collections::HashMap;

use masthead_domain::{AnyId, EntityKind};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::OnConflict};
use tracing::instrument;

use crate::{
    direct::Connection,
    error::StoreResult,
    map::word,
    placed::Rows,
    row::{external_id, legacy_path},
    tx::Tx,
};

/// A thing that came from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct External {
    /// What it is here.
    pub entity: AnyId,
    /// A hash of what it was there, to tell whether it has changed since.
    pub fingerprint: String,
}

/// The thing that a foreign id names.
#[instrument(skip_all)]
pub async fn find(
    connection: &impl Connection,
    system: &str,
    kind: EntityKind,
    id: &str,
) -> StoreResult<Option<External>> {
    let key = (system.to_owned(), kind.name().to_owned(), id.to_owned());
    let row = external_id::Entity::find_by_id(key).row(connection).await?;
    row.map(|row| {
        let entity = kind.id(row.entity_id);
        Ok(External { entity, fingerprint: row.fingerprint })
    })
    .transpose()
}

/// Every foreign id of one kind of thing in a system, for an import that asks thousands of times.
#[instrument(skip_all, fields(kind = kind.name()))]
pub async fn all(
    connection: &impl Connection,
    system: &str,
    kind: EntityKind,
) -> StoreResult<HashMap<String, External>> {
    let rows = external_id::Entity::find()
        .filter(external_id::Column::System.eq(system))
        .filter(external_id::Column::EntityKind.eq(kind.name()))
        .rows(connection)
        .await?;
    let external = |row: external_id::Model| {
        (row.external_id, External { entity: kind.id(row.entity_id), fingerprint: row.fingerprint })
    };
    Ok(rows.into_iter().map(external).collect())
}

/// The first foreign id of a thing in a system.
#[instrument(skip_all)]
pub async fn of_entity(connection: &impl Connection, system: &str, entity: AnyId) -> StoreResult<Option<String>> {
    let row = external_id::Entity::find()
        .filter(external_id::Column::EntityKind.eq(entity.kind().name()))
        .filter(external_id::Column::EntityId.eq(entity.uuid()))
        .filter(external_id::Column::System.eq(system))
        .row(connection)
        .await?;
    Ok(row.map(|row| row.external_id))
}

/// Notes the foreign id of a thing.
///
/// # Errors
/// [`crate::Constraint::ExternalId`] when it names something already.
#[instrument(skip_all)]
pub async fn bind(tx: &Tx, system: &str, id: &str, entity: AnyId, fingerprint: &str) -> StoreResult<()> {
    let row = external_id::ActiveModel {
        system: Set(system.to_owned()),
        entity_kind: Set(entity.kind().name().to_owned()),
        external_id: Set(id.to_owned()),
        entity_id: Set(entity.uuid()),
        fingerprint: Set(fingerprint.to_owned()),
    };
    external_id::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// The thing that had an address on an older site. The path is in the form of [`masthead_domain::path::normalized`].
#[instrument(skip_all)]
pub async fn by_legacy_path(connection: &impl Connection, path: &str) -> StoreResult<Option<AnyId>> {
    let row = legacy_path::Entity::find_by_id(path.to_owned()).row(connection).await?;
    row.map(|row| {
        let kind = word("legacy_paths", &row.path, "entity_kind", EntityKind::from_name, &row.entity_kind)?;
        Ok(kind.id(row.entity_id))
    })
    .transpose()
}

/// Notes an address a thing had on an older site. The first thing to claim an address keeps it; says whether it was
/// this one.
#[instrument(skip_all)]
pub async fn keep_legacy_path(tx: &Tx, path: &str, entity: AnyId) -> StoreResult<bool> {
    let row = legacy_path::ActiveModel {
        path: Set(path.to_owned()),
        entity_kind: Set(entity.kind().name().to_owned()),
        entity_id: Set(entity.uuid()),
    };
    let untouched = OnConflict::column(legacy_path::Column::Path).do_nothing().to_owned();
    let added = legacy_path::Entity::insert(row).on_conflict(untouched).exec_without_returning(tx).await?;
    Ok(added == 1 || by_legacy_path(tx, path).await? == Some(entity))
}

/// Notes an address a thing of ours had until now. Whatever else had it before has lost it: readers last found this
/// thing there.
///
/// # Errors
/// [`crate::StoreError`] when it cannot be written.
#[instrument(skip_all)]
pub async fn keep_former_path(tx: &Tx, path: &str, entity: AnyId) -> StoreResult<()> {
    keep_former_paths(tx, &[(path.to_owned(), entity)]).await
}

/// The same for the addresses of several things, no two of them alike.
///
/// # Errors
/// [`crate::StoreError`] when they cannot be written.
#[instrument(skip_all, fields(count = paths.len()))]
pub async fn keep_former_paths(tx: &Tx, paths: &[(String, AnyId)]) -> StoreResult<()> {
    let row = |(path, entity): &(String, AnyId)| legacy_path::ActiveModel {
        path: Set(path.clone()),
        entity_kind: Set(entity.kind().name().to_owned()),
        entity_id: Set(entity.uuid()),
    };
    let taken_over = OnConflict::column(legacy_path::Column::Path)
        .update_columns([legacy_path::Column::EntityKind, legacy_path::Column::EntityId])
        .to_owned();
    // A statement takes a bounded number of parameters.
    for chunk in paths.chunks(500) {
        legacy_path::Entity::insert_many(chunk.iter().map(row))
            .on_conflict(taken_over.clone())
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}
