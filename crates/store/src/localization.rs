//! What things say in other languages than their own. The rows of a thing come and go with it, in the transaction that
//! writes it.

use std::{collections::BTreeMap, sync::Arc};

use foldhash::{HashMap, HashMapExt};
use masthead_domain::{
    AnyId, EntityKind,
    localization::{Localization, Localizations, WordField, Words},
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QueryTrait};
use serde_json::Value;
use tracing::instrument;

use crate::{
    direct::Connection,
    error::StoreResult,
    map::{checked, json, word},
    placed,
    row::localization::{ActiveModel, Column, Entity, Model},
    tx::Tx,
};

/// What these things say in other languages, in the order of the languages. Things that say nothing are left out. One
/// statement, whatever kinds of things they are.
#[instrument(skip_all, fields(count = ids.len()))]
pub async fn of(connection: &impl Connection, ids: &[AnyId]) -> StoreResult<HashMap<AnyId, Arc<Localizations>>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    // No two things have one UUID, so these alone find the rows; what a row belongs to is told by its kind too.
    let select = Entity::find()
        .filter(Column::EntityId.is_in(ids.iter().map(|id| id.uuid())))
        .order_by_asc(Column::EntityId)
        .order_by_asc(Column::EntityKind)
        .order_by_asc(Column::Language);
    let mut lists: HashMap<AnyId, Vec<Localization>> = HashMap::new();
    for row in placed::all::<Model>(connection, select.as_query()).await? {
        let (id, said) = localization(row)?;
        lists.entry(id).or_default().push(said);
    }
    let all = |(id, list)| Ok((id, Arc::new(checked("localizations", id, "words", Localizations::new(list))?)));
    lists.into_iter().map(all).collect()
}

/// What one thing says in other languages.
pub async fn of_one(connection: &impl Connection, id: impl Into<AnyId>) -> StoreResult<Localizations> {
    let id = id.into();
    let found = of(connection, &[id]).await?.remove(&id);
    Ok(found.map(Arc::unwrap_or_clone).unwrap_or_default())
}

/// Writes all that a thing says in other languages, in place of what it said before.
#[instrument(skip_all, fields(count = said.iter().count()))]
pub async fn replace(tx: &Tx, id: impl Into<AnyId>, said: &Localizations) -> StoreResult<()> {
    let id = id.into();
    forget(tx, id).await?;
    let row = |Localization { language, words }: &Localization| ActiveModel {
        entity_id: Set(id.uuid()),
        entity_kind: Set(id.kind().name().to_owned()),
        language: Set(language.to_string()),
        words: Set(words.iter().map(|(field, text)| (field.as_str(), text)).collect::<Value>()),
    };
    if !said.is_empty() {
        Entity::insert_many(said.iter().map(row)).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Forgets all that a thing says in other languages.
pub(crate) async fn forget(tx: &Tx, id: impl Into<AnyId>) -> StoreResult<()> {
    let id = id.into();
    let own =
        Entity::delete_many().filter(Column::EntityId.eq(id.uuid())).filter(Column::EntityKind.eq(id.kind().name()));
    own.exec(tx).await?;
    Ok(())
}

fn localization(row: Model) -> StoreResult<(AnyId, Localization)> {
    let Model { entity_id, entity_kind, language, words } = row;
    let kind = word("localizations", entity_id, "entity_kind", EntityKind::from_name, &entity_kind)?;
    let id = kind.id(entity_id);
    let fields: BTreeMap<String, String> = json("localizations", id, "words", words)?;
    let field =
        |(name, text): (String, String)| Ok((word("localizations", id, "words", WordField::parse, &name)?, text));
    Ok((
        id,
        Localization {
            language: checked("localizations", id, "language", language.parse())?,
            words: Words::kept(fields.into_iter().map(field).collect::<StoreResult<_>>()?),
        },
    ))
}
