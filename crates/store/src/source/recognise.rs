//! How sources are recognised: by their keys, by what was joined into them, and by their words.

use std::collections::HashMap;

use masthead_domain::{
    EntityKind, SourceId,
    source::{SourceContent, SourceKey},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryTrait,
    sea_query::{Expr, ExprTrait, JoinType},
};
use tracing::instrument;

use super::{Source, by_id, seen, source};
use crate::{
    direct::Connection,
    error::StoreResult,
    map::sort_key,
    placed::Rows,
    presence,
    row::source::{Column, Entity},
    row::source_key,
    scope::LibraryScope,
    tx::Tx,
};

/// The key of the lock on sources that only words tell apart: the letters `sour`, which no other lock of ours uses.
const WORDS_LOCK: i64 = 0x736f_7572;

/// The source that is recognised by this key, when the scope shows it.
#[instrument(skip_all, fields(%key))]
pub async fn by_key(connection: &impl Connection, scope: LibraryScope, key: &SourceKey) -> StoreResult<Option<Source>> {
    let mut select = seen(scope).filter(source_key::Column::SourceKey.eq(key.as_str()));
    QueryTrait::query(&mut select).join(
        JoinType::InnerJoin,
        source_key::Entity,
        Expr::col((Entity, Column::Id)).equals((source_key::Entity, source_key::Column::SourceId)),
    );
    select.row(connection).await?.map(source).transpose()
}

/// The source with this id, or the one it was joined into, when the scope shows it.
#[instrument(skip_all, fields(source.id = %id))]
pub async fn by_id_or_former(
    connection: &impl Connection,
    scope: LibraryScope,
    id: SourceId,
) -> StoreResult<Option<Source>> {
    match by_id(connection, scope, id).await? {
        Some(source) => Ok(Some(source)),
        None => by_key(connection, scope, &SourceKey::former(id)).await,
    }
}

/// The sources with these ids, each by the id it was asked for: itself, or the one it was joined into. They stay until the
/// transaction ends.
#[instrument(skip_all, fields(count = ids.len()))]
pub async fn hold(tx: &Tx, ids: &[SourceId]) -> StoreResult<HashMap<SourceId, SourceId>> {
    let gone = presence::hold(tx, EntityKind::Source, ids.iter().map(|id| id.uuid())).await?;
    let mut held = HashMap::new();
    for &id in ids {
        let kept = if gone.contains(&id.uuid()) {
            by_key(tx, LibraryScope::Whole, &SourceKey::former(id)).await?.map(|source| source.id)
        } else {
            Some(id)
        };
        held.extend(kept.map(|kept| (id, kept)));
    }
    Ok(held)
}

/// Who holds which of these keys; keys that nobody holds are left out.
#[instrument(skip_all, fields(count = keys.len()))]
pub async fn holders(connection: &impl Connection, keys: &[SourceKey]) -> StoreResult<Vec<(SourceKey, SourceId)>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let rows = source_key::Entity::find()
        .filter(source_key::Column::SourceKey.is_in(keys.iter().map(SourceKey::as_str)))
        .rows(connection)
        .await?;
    Ok(keys
        .iter()
        .filter_map(|key| {
            let row = rows.iter().find(|row| row.source_key == key.as_str())?;
            Some((key.clone(), SourceId::from_uuid(row.source_id)))
        })
        .collect())
}

/// Keeps other transactions from bringing sources without address and numbers until this one ends: no key would keep two
/// at once from bringing the same. Take it before touching any source, or two transactions may wait for each other. On
/// SQLite the transaction is the only writer as it is.
#[instrument(skip_all)]
pub async fn lock_words(tx: &Tx) -> StoreResult<()> {
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({WORDS_LOCK})")).await?;
    }
    Ok(())
}

/// Sources without address and numbers that may be this one by their words; whoever asks compares the authors.
#[instrument(skip_all)]
pub async fn alike(connection: &impl Connection, content: &SourceContent) -> StoreResult<Vec<Source>> {
    let date = content.published_on.map(|date| date.to_string());
    let outlet = content.outlet.as_ref().map(|outlet| sort_key(outlet.as_str()));
    let is = |column: Column, value: Option<String>| match value {
        Some(value) => column.eq(value),
        None => column.is_null(),
    };
    let rows = Entity::find()
        .filter(Column::TitleKey.eq(sort_key(content.title.as_str())))
        .filter(Column::Kind.eq(content.kind.as_str()))
        .filter(is(Column::PublishedOn, date))
        .filter(is(Column::OutletKey, outlet))
        .filter(Column::Url.is_null())
        .filter(Column::Doi.is_null())
        .filter(Column::Isbn.is_null())
        .rows(connection)
        .await?;
    rows.into_iter().map(source).collect()
}
