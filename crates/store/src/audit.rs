//! The change log as those read it who run the site: who did what, when, from where. Newest first.

use std::collections::HashMap;

use masthead_domain::{AnyId, ApiKeyId, EntityKind, Timestamp, UserId, article::RemovalReason, event::ChangeKind};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, Select,
    sea_query::{Expr, ExprTrait},
};
use tracing::instrument;
use uuid::Uuid;

use crate::{
    article::{TimeTest, during},
    direct::Connection,
    error::StoreResult,
    map::{checked, json, word},
    matching::beside,
    page::{Cursor, Page, PageRequest, Sort, SortKey, SortKind, SortValue, page_of},
    row::{
        api_key,
        change_log::{Column, Entity, Model},
        user,
    },
};

/// One change, with everything that is known of how it came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its number.
    pub seq: i64,
    /// When it happened.
    pub at: Timestamp,
    /// Who did it, as the log names them.
    pub actor: String,
    /// By which act; unknown for changes that came through no door.
    pub act: Option<String>,
    /// What happened to the thing.
    pub kind: ChangeKind,
    /// What changed.
    pub entity: AnyId,
    /// Its version after the change.
    pub version: Option<i64>,
    /// The fields that changed.
    pub fields: Vec<String>,
    /// Why it was taken away.
    pub reason: Option<RemovalReason>,
    /// From where.
    pub origin: Option<String>,
    /// In which request.
    pub request_id: Option<String>,
}

/// Which changes. Everything that is set must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditWhere {
    /// Done by this actor, as the log names them.
    pub actor: Option<String>,
    /// Of this thing; of nothing at all when it is `Some(None)`.
    pub entity: Option<Option<AnyId>>,
    /// By this act.
    pub act: Option<String>,
    /// At this time.
    pub at: TimeTest,
}

impl AuditWhere {
    /// What the list is ordered by, for its cursors: by the numbers of the changes; within a span of time by time, which
    /// is all but the same and has the index that bounds it.
    #[must_use]
    pub fn sort_kinds(&self) -> &'static [SortKind] {
        if self.is_span() { &[SortKind::Time, SortKind::Int] } else { &[SortKind::Int] }
    }

    fn is_span(&self) -> bool {
        self.at != TimeTest::default()
    }
}

/// Changes from a place in the list on. It stands before every other bound of what they are ordered by.
fn filtered(filter: &AuditWhere, start: Condition) -> Select<Entity> {
    let AuditWhere { actor, entity, act, at } = filter;
    let mut select = Entity::find().filter(start).filter(during(Column::At, *at));
    // What happened to one thing is little.
    let named = |column: Column| if entity.is_some() { beside(column) } else { column.into_expr() };
    if let Some(actor) = actor {
        select = select.filter(named(Column::Actor).eq(actor));
    }
    if let Some(act) = act {
        select = select.filter(named(Column::Act).eq(act));
    }
    match entity {
        None => select,
        Some(None) => select.filter(Expr::cust("1 = 0")),
        Some(Some(id)) => select.filter(Column::EntityKind.eq(id.kind().name())).filter(Column::EntityId.eq(id.uuid())),
    }
}

/// A page of the log.
///
/// # Errors
/// [`crate::StoreError`] when it cannot be read.
#[instrument(skip_all)]
pub async fn page(
    connection: &impl Connection,
    filter: &AuditWhere,
    request: &PageRequest,
) -> StoreResult<Page<AuditEntry>> {
    let (by_time, by_number) = (Expr::col((Entity, Column::At)), Expr::col((Entity, Column::Seq)));
    let keys = if filter.is_span() { vec![by_time, by_number] } else { vec![by_number] };
    let keys = keys.into_iter().map(|expr| SortKey { expr, descending: true }).collect();
    let sort = Sort { keys, id: Expr::col((Entity, Column::EntityId)) };
    let select = sort.order(filtered(filter, sort.start(request)), request);
    let entries = select.all(connection).await?.into_iter().map(entry).collect::<StoreResult<Vec<_>>>()?;
    Ok(page_of(entries, request, |entry| {
        let number = SortValue::Int(entry.seq);
        let values = if filter.is_span() { vec![SortValue::time(entry.at), number] } else { vec![number] };
        Cursor { values, id: entry.entity.uuid() }
    }))
}

/// How many changes a filter lets through.
///
/// # Errors
/// [`crate::StoreError`] when they cannot be counted.
#[instrument(skip_all)]
pub async fn count(connection: &impl Connection, filter: &AuditWhere) -> StoreResult<u64> {
    Ok(filtered(filter, Condition::all()).count(connection).await?)
}

/// What users and keys are called, by what the log names them. Others have no name of their own.
///
/// # Errors
/// [`crate::StoreError`] when they cannot be read.
#[instrument(skip_all, fields(count = actors.len()))]
pub async fn actor_names(connection: &impl Connection, actors: &[String]) -> StoreResult<HashMap<String, String>> {
    let mut names = HashMap::new();
    let users: Vec<Uuid> = actors.iter().filter_map(|actor| actor.parse().ok()).map(UserId::uuid).collect();
    let keys: Vec<Uuid> = actors.iter().filter_map(|actor| actor.parse().ok()).map(ApiKeyId::uuid).collect();
    if !users.is_empty() {
        let select = user::Entity::find().filter(user::Column::Id.is_in(users)).select_only();
        let select = select.column(user::Column::Id).column(user::Column::Name);
        let found: Vec<(Uuid, String)> = select.into_tuple().all(connection).await?;
        names.extend(found.into_iter().map(|(id, name)| (UserId::from_uuid(id).to_string(), name)));
    }
    if !keys.is_empty() {
        let select = api_key::Entity::find().filter(api_key::Column::Id.is_in(keys)).select_only();
        let select = select.column(api_key::Column::Id).column(api_key::Column::Name);
        let found: Vec<(Uuid, String)> = select.into_tuple().all(connection).await?;
        names.extend(found.into_iter().map(|(id, name)| (ApiKeyId::from_uuid(id).to_string(), name)));
    }
    Ok(names)
}

fn entry(row: Model) -> StoreResult<AuditEntry> {
    const TABLE: &str = "change_log";
    let Model {
        seq,
        at,
        actor,
        entity_kind,
        entity_id,
        version,
        kind,
        reason,
        fields,
        scope_before: _,
        scope_after: _,
        act,
        origin,
        request_id,
    } = row;
    let of = EntityKind::from_name(&entity_kind).ok_or_else(|| format!("`{entity_kind}` is no known kind"));
    Ok(AuditEntry {
        seq,
        at,
        actor,
        act,
        kind: word(TABLE, seq, "kind", ChangeKind::parse, &kind)?,
        entity: checked(TABLE, seq, "entity_kind", of)?.id(entity_id),
        version,
        fields: json(TABLE, seq, "fields", fields)?,
        reason: reason.map(|why| word(TABLE, seq, "reason", RemovalReason::parse, &why)).transpose()?,
        origin,
        request_id,
    })
}
