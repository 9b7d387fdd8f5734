//! The change log: one row for each change, numbered without gaps in the order of commits.

use std::collections::BTreeSet;

use masthead_domain::{
    AnyId, ArticleId, AuthorId, CategoryId, EntityKind, SourceId, TagId, Timestamp,
    event::{Change, ChangeKind, ChangeScope},
    topic::LoggedChange,
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Query},
};
use serde::Deserialize;
use serde_json::Value;

use crate::{
    error::{StoreError, StoreResult},
    map::{json, word},
    row::{change_head, change_log},
    tx::Writer,
};

const TABLE: &str = "change_log";

pub(crate) async fn append(
    connection: &impl ConnectionTrait,
    writer: &Writer,
    now: Timestamp,
    changes: Vec<Change>,
) -> StoreResult<Option<i64>> {
    if changes.is_empty() {
        return Ok(None);
    }
    let count = i64::try_from(changes.len()).unwrap_or(i64::MAX);
    let mut advance = Query::update();
    advance
        .table(change_head::Entity)
        .value(change_head::Column::Seq, Expr::col(change_head::Column::Seq).add(count))
        .returning_col(change_head::Column::Seq);
    let row = connection.query_one(&advance).await?.ok_or_else(|| StoreError::Corrupt {
        table: "change_head",
        id: "1".into(),
        what: "the counter row is missing".into(),
    })?;
    let head: i64 = row.try_get("", "seq")?;
    let Writer { actor, act, origin, request_id } = writer;
    let rows: Vec<_> = changes
        .into_iter()
        .zip((head - count + 1)..)
        .map(|(change, seq)| {
            let Change { at, entity, version, kind, reason, fields, before, after } = change;
            change_log::ActiveModel {
                seq: Set(seq),
                at: Set(at.unwrap_or(now)),
                actor: Set(actor.clone()),
                entity_kind: Set(entity.kind().name().to_owned()),
                entity_id: Set(entity.uuid()),
                version: Set(version),
                kind: Set(kind.as_str().to_owned()),
                reason: Set(reason.map(|reason| reason.as_str().to_owned())),
                fields: Set(fields.into_iter().collect()),
                scope_before: Set(before.map(scope)),
                scope_after: Set(after.map(scope)),
                act: Set(act.clone()),
                origin: Set(origin.clone()),
                request_id: Set(request_id.clone()),
            }
        })
        .collect();
    // A merge or an import may log thousands of rows; a statement takes a bounded number of parameters.
    for chunk in rows.chunks(500) {
        change_log::Entity::insert_many(chunk.to_vec()).exec_without_returning(connection).await?;
    }
    Ok(Some(head))
}

/// The fields of a thing that changed after a version, by their names in the API, for whoever meets a newer version.
///
/// # Errors
/// [`StoreError`] when the log cannot be read.
pub async fn fields_changed_since(
    connection: &impl ConnectionTrait,
    entity: AnyId,
    version: i64,
) -> StoreResult<BTreeSet<String>> {
    let rows = change_log::Entity::find()
        .filter(change_log::Column::EntityKind.eq(entity.kind().name()))
        .filter(change_log::Column::EntityId.eq(entity.uuid()))
        .filter(change_log::Column::Version.gt(version))
        .all(connection)
        .await?;
    let mut fields = BTreeSet::new();
    for row in rows {
        fields.extend(json::<Vec<String>>("change_log", row.seq, "fields", row.fields)?);
    }
    Ok(fields)
}

/// The number of the last change, 0 before the first.
///
/// # Errors
/// [`StoreError`] when the counter cannot be read.
pub async fn head(connection: &impl ConnectionTrait) -> StoreResult<i64> {
    Ok(change_head::Entity::find_by_id(1).one(connection).await?.map_or(0, |row| row.seq))
}

/// The first changes after a number, at most so many, in their order.
///
/// # Errors
/// [`StoreError`] when the log cannot be read.
pub async fn since(connection: &impl ConnectionTrait, seq: i64, limit: u64) -> StoreResult<Vec<(i64, LoggedChange)>> {
    let rows = change_log::Entity::find()
        .filter(change_log::Column::Seq.gt(seq))
        .order_by_asc(change_log::Column::Seq)
        .limit(limit)
        .all(connection)
        .await?;
    rows.into_iter().map(|row| Ok((row.seq, logged(row)?))).collect()
}

fn logged(row: change_log::Model) -> StoreResult<LoggedChange> {
    let seq = row.seq;
    let kind = word(TABLE, seq, "entity_kind", EntityKind::from_name, &row.entity_kind)?;
    let place = |column, value: Option<Value>| {
        value.map(|value| json::<Place>(TABLE, seq, column, value)).transpose().map(|place| place.map(Place::into))
    };
    Ok(LoggedChange {
        entity: kind.id(row.entity_id),
        kind: word(TABLE, seq, "kind", ChangeKind::parse, &row.kind)?,
        fields: json(TABLE, seq, "fields", row.fields)?,
        before: place("scope_before", row.scope_before)?,
        after: place("scope_after", row.scope_after)?,
    })
}

/// A scope as the log keeps it.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Place {
    path: Option<String>,
    language: Option<String>,
    categories: Vec<CategoryId>,
    authors: Vec<AuthorId>,
    tags: Vec<TagId>,
    sources: Vec<SourceId>,
    article: Option<ArticleId>,
    visible_from: Option<Timestamp>,
    visible_until: Option<Timestamp>,
}

impl From<Place> for ChangeScope {
    fn from(place: Place) -> Self {
        let Place { path, language, categories, authors, tags, sources, article, visible_from, visible_until } = place;
        let language = language.and_then(|tag| tag.parse().ok());
        Self { path, language, categories, authors, tags, sources, article, visible_from, visible_until }
    }
}

fn scope(scope: ChangeScope) -> Value {
    let ChangeScope { path, language, categories, authors, tags, sources, article, visible_from, visible_until } =
        scope;
    let ids = |list: Vec<String>| if list.is_empty() { Value::Null } else { Value::from(list) };
    let mut object = serde_json::json!({
        "path": path,
        "language": language.map(|tag| tag.to_string()),
        "categories": ids(categories.iter().map(ToString::to_string).collect()),
        "authors": ids(authors.iter().map(ToString::to_string).collect()),
        "tags": ids(tags.iter().map(ToString::to_string).collect()),
        "sources": ids(sources.iter().map(ToString::to_string).collect()),
        "article": article.map(|id| id.to_string()),
        "visibleFrom": visible_from,
        "visibleUntil": visible_until,
    });
    if let Some(fields) = object.as_object_mut() {
        fields.retain(|_, value| *value != Value::Null);
    }
    object
}
