//! The change log: one row for each change, written with what it tells of.
//!
//! The engine numbers the rows as they are written, which on PostgreSQL is before the commit: of two acts at once the one
//! with the higher number may be seen first. So nobody remembers how far they have read by a number; a [`Place`] does.

use std::collections::BTreeSet;

use masthead_domain::{
    AnyId, ArticleId, AuthorId, CategoryId, EntityKind, SourceId, TagId, Timestamp,
    event::{Change, ChangeKind, ChangeScope},
    topic::LoggedChange,
};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, DbBackend, EntityTrait, QueryFilter,
    prelude::{Json, Uuid},
    sea_query::{Expr, Order, Query, SelectStatement, SimpleExpr},
};
use serde::Deserialize;
use serde_json::Value;

use crate::{
    direct::Connection,
    error::{StoreError, StoreResult},
    map::{json, word},
    placed::{self, Single},
    row::change_log::{self, Column, Entity},
    tx::Writer,
};

const TABLE: &str = "change_log";

/// Writes changes, in the order in which they were made.
pub(crate) async fn append(
    connection: &impl Connection,
    writer: &Writer,
    now: Timestamp,
    changes: Vec<Change>,
) -> StoreResult<()> {
    let Writer { actor, act, origin, request_id } = writer;
    let rows: Vec<_> = changes
        .into_iter()
        .map(|change| {
            let Change { at, entity, version, kind, reason, fields, before, after } = change;
            change_log::ActiveModel {
                seq: NotSet,
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
        Entity::insert_many(chunk.to_vec()).exec_without_returning(connection).await?;
    }
    Ok(())
}

/// The fields of a thing that changed after a version, by their names in the API, for whoever meets a newer version.
///
/// # Errors
/// [`StoreError`] when the log cannot be read.
pub async fn fields_changed_since(
    connection: &impl Connection,
    entity: AnyId,
    version: i64,
) -> StoreResult<BTreeSet<String>> {
    let rows = Entity::find()
        .filter(Column::EntityKind.eq(entity.kind().name()))
        .filter(Column::EntityId.eq(entity.uuid()))
        .filter(Column::Version.gt(version))
        .all(connection)
        .await?;
    let mut fields = BTreeSet::new();
    for row in rows {
        fields.extend(json::<Vec<String>>(TABLE, row.seq, "fields", row.fields)?);
    }
    Ok(fields)
}

/// Whether nothing was ever written.
///
/// # Errors
/// [`StoreError`] when the log cannot be read.
pub async fn is_empty(connection: &impl Connection) -> StoreResult<bool> {
    Ok(Entity::find().one(connection).await?.is_none())
}

/// How far somebody has read: everything that was visible then, and nothing else.
///
/// On PostgreSQL it is a snapshot (<https://www.postgresql.org/docs/15/functions-info.html#FUNCTIONS-PG-SNAPSHOT>), which
/// tells even of changes with lower numbers whether they were committed by then. SQLite has one writer at a time, so there
/// the number of the last change says the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place(String);

impl Place {
    /// The place of whoever reads now, as an expression: a text.
    fn here(backend: DbBackend) -> SimpleExpr {
        Expr::cust(match backend {
            DbBackend::Postgres => "pg_current_snapshot()::text",
            _ => r#"(SELECT cast(coalesce(max("seq"), 0) AS text) FROM "change_log")"#,
        })
    }

    /// Whether a row was not visible at this place.
    fn is_before(&self, backend: DbBackend) -> SimpleExpr {
        let place = self.0.as_str();
        match backend {
            // The first two bounds only keep the reading short. The upper one also passes over rows that were brought from
            // another server, whose transactions had other numbers.
            DbBackend::Postgres => Expr::cust_with_values(
                r#""xact" >= pg_snapshot_xmin($1::text::pg_snapshot)
                    AND "xact" < pg_snapshot_xmax(pg_current_snapshot())
                    AND NOT pg_visible_in_snapshot("xact", $1::text::pg_snapshot)"#,
                [place],
            ),
            _ => Expr::cust_with_values(r#""seq" > cast(? AS integer)"#, [place]),
        }
    }
}

/// The end of the log.
///
/// # Errors
/// [`StoreError`] when it cannot be read.
pub async fn end(connection: &impl Connection) -> StoreResult<Place> {
    let select = Query::select().expr(Place::here(connection.get_database_backend())).take();
    let here = placed::one::<Single<String>>(connection, select).await?;
    here.map(|Single(place)| Place(place)).ok_or_else(|| StoreError::Corrupt {
        table: TABLE,
        id: "end".into(),
        what: "a select without a row".into(),
    })
}

/// What was logged since a place, and the place after it. Causes come before effects: an act that saw another has the
/// higher number. When there are more than so many changes, none of them is told.
///
/// # Errors
/// [`StoreError`] when the log cannot be read.
pub async fn since(
    connection: &impl Connection,
    place: &Place,
    most: usize,
) -> StoreResult<Option<(Vec<LoggedChange>, Place)>> {
    let rows: Vec<(Logged, Single<String>)> = placed::all(connection, &new_since(connection, place, most)).await?;
    if rows.len() > most {
        return Ok(None);
    }
    let place = rows.last().map_or_else(|| place.clone(), |(_, Single(place))| Place(place.clone()));
    let changes = rows.into_iter().map(|(row, _)| row.read()).collect::<StoreResult<_>>()?;
    Ok(Some((changes, place)))
}

fn new_since(connection: &impl Connection, place: &Place, most: usize) -> SelectStatement {
    let backend = connection.get_database_backend();
    let columns = [
        Column::Seq,
        Column::EntityKind,
        Column::EntityId,
        Column::Kind,
        Column::Fields,
        Column::ScopeBefore,
        Column::ScopeAfter,
    ];
    Query::select()
        .columns(columns)
        .expr(Place::here(backend))
        .from(Entity)
        .and_where(place.is_before(backend))
        .order_by(Column::Seq, Order::Asc)
        .limit(u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1))
        .take()
}

placed::row! {
    /// What the log tells those who follow it.
    struct Logged {
        seq: i64,
        entity_kind: String,
        entity_id: Uuid,
        kind: String,
        fields: Json,
        scope_before: Option<Json>,
        scope_after: Option<Json>,
    }
}

impl Logged {
    fn read(self) -> StoreResult<LoggedChange> {
        let Self { seq, entity_kind, entity_id, kind, fields, scope_before, scope_after } = self;
        let of = word(TABLE, seq, "entity_kind", EntityKind::from_name, &entity_kind)?;
        let scope = |column, value: Option<Value>| {
            value.map(|value| json::<Scope>(TABLE, seq, column, value)).transpose().map(|scope| scope.map(Scope::into))
        };
        Ok(LoggedChange {
            entity: of.id(entity_id),
            kind: word(TABLE, seq, "kind", ChangeKind::parse, &kind)?,
            fields: json(TABLE, seq, "fields", fields)?,
            before: scope("scope_before", scope_before)?,
            after: scope("scope_after", scope_after)?,
        })
    }
}

/// A scope as the log keeps it.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Scope {
    path: Option<String>,
    language: Option<String>,
    categories: Vec<CategoryId>,
    authors: Vec<AuthorId>,
    tags: Vec<TagId>,
    sources: Vec<SourceId>,
    article: Option<ArticleId>,
    visible_from: Option<Timestamp>,
    visible_until: Option<Timestamp>,
    unseen: bool,
}

impl From<Scope> for ChangeScope {
    fn from(scope: Scope) -> Self {
        let Scope { path, language, categories, authors, tags, sources, article, visible_from, visible_until, unseen } =
            scope;
        let language = language.and_then(|tag| tag.parse().ok());
        let is_unseen = unseen;
        Self { path, language, categories, authors, tags, sources, article, visible_from, visible_until, is_unseen }
    }
}

fn scope(scope: ChangeScope) -> Value {
    let ChangeScope {
        path,
        language,
        categories,
        authors,
        tags,
        sources,
        article,
        visible_from,
        visible_until,
        is_unseen,
    } = scope;
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
        "unseen": is_unseen.then_some(true),
    });
    if let Some(fields) = object.as_object_mut() {
        fields.retain(|_, value| *value != Value::Null);
    }
    object
}
