//! Tags: words on articles. Articles bring them into being ([`ensure`]); the desk renames and joins them.

use std::sync::Arc;

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
use masthead_domain::{
    ArticleId, EntityKind, Slug, TagId, Timestamp,
    event::{Change, ChangeScope},
    tag::{TAG_CHARS_MAX, TagName},
    text::Line,
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::{Expr, ExprTrait, LockType, OnConflict, Query},
};
use tracing::instrument;
use uuid::Uuid;

use crate::{
    direct::Connection,
    error::StoreResult,
    in_articles::{self, Link},
    localization,
    map::sort_key,
    matching::{begins_with, holds},
    page::{Cursor, Page, PageRequest, Sort, SortKey, SortValue, page_of},
    placed::{self, Rows, Single},
    row::tag::{ActiveModel, Column, Entity, Model},
    row::{article_tag, external_id},
    scope::LibraryScope,
    tx::Tx,
    versioned,
};

/// A tag as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// The id.
    pub id: TagId,
    /// What makes two spellings one tag.
    pub slug: String,
    /// The spelling readers see.
    pub name: String,
    /// How often it was written.
    pub version: i64,
    /// When it came to be.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// By what tags are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TagOrder {
    /// By name without regard to case and accents.
    Name,
}

/// Which tags a list holds. Everything that is set must hold.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TagWhere {
    /// One of these slugs.
    pub slugs: Option<Vec<String>>,
    /// None of these slugs.
    pub not_slugs: Option<Vec<String>>,
    /// The name begins with this, without regard to case and accents.
    pub name_starts_with: Option<String>,
    /// The name holds this, without regard to case and accents.
    pub name_contains: Option<String>,
    /// Exactly this name, without regard to case and accents.
    pub name: Option<String>,
}

/// Tags with these ids, in no particular order; unknown ids are left out.
///
/// # Errors
/// [`crate::StoreError`] when they cannot be read.
#[instrument(skip_all, fields(count = ids.len()))]
pub async fn by_ids(connection: &impl Connection, scope: LibraryScope, ids: &[TagId]) -> StoreResult<Vec<Tag>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = seen(scope).filter(Column::Id.is_in(ids.iter().map(|id| id.uuid()))).rows(connection).await?;
    Ok(rows.into_iter().map(tag).collect())
}

/// The tag with this id, when the scope shows it.
///
/// # Errors
/// [`crate::StoreError`] when it cannot be read.
#[instrument(skip_all, fields(tag.id = %id))]
pub async fn by_id(connection: &impl Connection, scope: LibraryScope, id: TagId) -> StoreResult<Option<Tag>> {
    Ok(seen(scope).filter(Column::Id.eq(id.uuid())).row(connection).await?.map(tag))
}

/// The tag with this slug, when the scope shows it.
///
/// # Errors
/// [`crate::StoreError`] when it cannot be read.
#[instrument(skip_all, fields(slug))]
pub async fn by_slug(connection: &impl Connection, scope: LibraryScope, slug: &str) -> StoreResult<Option<Tag>> {
    Ok(seen(scope).filter(Column::Slug.eq(slug)).row(connection).await?.map(tag))
}

/// Tags that are about to be renamed or joined: until the transaction ends, no article takes them up.
///
/// # Errors
/// [`crate::StoreError`] when they cannot be read or locked in time.
#[instrument(skip_all, fields(count = ids.len()))]
pub async fn lock(tx: &Tx, ids: &[TagId]) -> StoreResult<Vec<Tag>> {
    let select = Entity::find().filter(Column::Id.is_in(ids.iter().map(|id| id.uuid()))).order_by_asc(Column::Id);
    let rows = select.lock(LockType::Update).all(tx).await?;
    Ok(rows.into_iter().map(tag).collect())
}

/// The tags of these articles in their order. Articles without tags are left out.
///
/// # Errors
/// [`crate::StoreError`] when they cannot be read.
#[instrument(skip_all, fields(count = articles.len()))]
pub async fn of_articles(
    connection: &impl Connection,
    articles: &[ArticleId],
) -> StoreResult<HashMap<ArticleId, Vec<Arc<Tag>>>> {
    use article_tag::{Column as Link, Entity as Links};

    let mut found: HashMap<ArticleId, Vec<Arc<Tag>>> = HashMap::new();
    if articles.is_empty() {
        return Ok(found);
    }
    let mut select = Entity::find();
    QueryTrait::query(&mut select)
        .column((Links, Link::ArticleId))
        .inner_join(Links, Expr::col((Links, Link::TagId)).equals((Entity, Column::Id)))
        .and_where(Link::ArticleId.is_in(articles.iter().map(|id| id.uuid())))
        .order_by((Links, Link::ArticleId), sea_orm::Order::Asc)
        .order_by((Links, Link::Position), sea_orm::Order::Asc);
    for (row, Single(article)) in placed::all::<(Model, Single<Uuid>)>(connection, select.as_query()).await? {
        found.entry(ArticleId::from_uuid(article)).or_default().push(Arc::new(tag(row)));
    }
    Ok(found)
}

fn seen(scope: LibraryScope) -> Select<Entity> {
    let borne = Link::new(article_tag::Entity, article_tag::Column::TagId, article_tag::Column::ArticleId);
    Entity::find().filter(in_articles::in_library(scope, &[borne], None, &Expr::col((Entity, Column::Id))))
}

fn filtered(scope: LibraryScope, filter: &TagWhere) -> Select<Entity> {
    let TagWhere { slugs, not_slugs, name_starts_with, name_contains, name } = filter;
    let mut select = seen(scope);
    if let Some(slugs) = slugs {
        select = select.filter(Column::Slug.is_in(slugs));
    }
    if let Some(slugs) = not_slugs {
        select = select.filter(Column::Slug.is_not_in(slugs));
    }
    if let Some(start) = name_starts_with {
        select = select.filter(begins_with(Column::NameKey, &sort_key(start)));
    }
    if let Some(part) = name_contains {
        select = select.filter(holds(Column::NameKey, &sort_key(part)));
    }
    if let Some(name) = name {
        select = select.filter(Column::NameKey.eq(sort_key(name)));
    }
    select
}

/// A page of tags.
///
/// # Errors
/// [`crate::StoreError`] when they cannot be read.
#[instrument(skip_all)]
pub async fn page(
    connection: &impl Connection,
    scope: LibraryScope,
    filter: &TagWhere,
    order: TagOrder,
    descending: bool,
    request: &PageRequest,
) -> StoreResult<Page<Tag>> {
    let sort = match order {
        TagOrder::Name => Sort {
            keys: vec![SortKey { expr: Expr::col((Entity, Column::NameKey)), descending }],
            id: Expr::col((Entity, Column::Id)),
        },
    };
    let rows = sort.apply(filtered(scope, filter), request).rows(connection).await?;
    Ok(page_of(rows.into_iter().map(tag).collect(), request, |tag| Cursor {
        values: vec![SortValue::Text(sort_key(&tag.name))],
        id: tag.id.uuid(),
    }))
}

/// How many tags a list holds.
///
/// # Errors
/// [`crate::StoreError`] when they cannot be counted.
#[instrument(skip_all)]
pub async fn count(connection: &impl Connection, scope: LibraryScope, filter: &TagWhere) -> StoreResult<u64> {
    Ok(filtered(scope, filter).count(connection).await?)
}

/// Which of these slugs are taken.
///
/// # Errors
/// [`crate::StoreError`] when they cannot be read.
#[instrument(skip_all, fields(count = slugs.len()))]
pub async fn slugs_taken(connection: &impl Connection, slugs: &[Slug]) -> StoreResult<Vec<String>> {
    let select = Entity::find().filter(Column::Slug.is_in(slugs.iter().map(Slug::as_str)));
    Ok(select.select_only().column(Column::Slug).into_tuple().all(connection).await?)
}

/// The tags with the slugs of these names, each once, in the order they are first named; those that are missing are made
/// and logged. A tag keeps the spelling it was made with, and two names with one slug are one tag.
///
/// The tags found stay until the transaction ends: a merge at the same time waits, or is over and its tag is made
/// anew. Take them before touching the links of an article, as a merge does, or the two may wait for each other.
///
/// # Errors
/// [`crate::StoreError`] when they cannot be read or written.
#[instrument(skip_all, fields(count = names.len()))]
pub async fn ensure(tx: &Tx, ids: impl Fn() -> TagId + Send + Sync, names: &[TagName]) -> StoreResult<Vec<Tag>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let mut seen = HashSet::new();
    let wanted: Vec<&TagName> = names.iter().filter(|name| seen.insert(name.slug())).collect();
    let mut known = held(tx, wanted.iter().map(|name| name.slug().as_str())).await?;
    let mut missing: Vec<&TagName> =
        wanted.iter().filter(|name| !known.contains_key(name.slug().as_str())).copied().collect();
    if !missing.is_empty() {
        // Two articles may bring the same new tags at once: in one order for both, neither waits for the other.
        missing.sort_by_key(|name| name.slug());
        let rows: Vec<ActiveModel> = missing.iter().map(|name| new_row(tx, ids(), name)).collect();
        let ours: HashSet<Uuid> = rows.iter().filter_map(|row| row.id.try_as_ref().copied()).collect();
        Entity::insert_many(rows)
            .on_conflict(OnConflict::column(Column::Slug).do_nothing().to_owned())
            .try_insert()
            .exec_without_returning(tx)
            .await?;
        let made = held(tx, missing.iter().map(|name| name.slug().as_str())).await?;
        // Those of another transaction that was faster are its own to log.
        let mut created: Vec<TagId> = made.values().map(|tag| tag.id).filter(|id| ours.contains(&id.uuid())).collect();
        created.sort();
        for id in created {
            tx.emit(Change::created(id, ChangeScope { tags: vec![id], ..ChangeScope::default() }));
        }
        known.extend(made);
    }
    Ok(wanted.iter().filter_map(|name| known.remove(name.slug().as_str())).collect())
}

/// Tags by slug, kept from going until the transaction ends.
async fn held(tx: &Tx, slugs: impl Iterator<Item = &str>) -> StoreResult<HashMap<String, Tag>> {
    let select = Entity::find().filter(Column::Slug.is_in(slugs)).order_by_asc(Column::Id);
    let rows = select.lock(LockType::KeyShare).all(tx).await?;
    Ok(rows.into_iter().map(|row| (row.slug.clone(), tag(row))).collect())
}

fn new_row(tx: &Tx, id: TagId, name: &TagName) -> ActiveModel {
    ActiveModel {
        id: Set(id.uuid()),
        slug: Set(name.slug().to_string()),
        name: Set(name.name().to_owned()),
        name_key: Set(sort_key(name.name())),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    }
}

/// Writes a tag that is still at the expected version, and gives the new version.
///
/// # Errors
/// [`crate::StoreError::Stale`] at another version, [`crate::Constraint::TagSlug`] when the slug is taken.
#[instrument(skip_all, fields(tag.id = %id))]
pub async fn update(
    tx: &Tx,
    id: TagId,
    expected_version: i64,
    name: &Line<TAG_CHARS_MAX>,
    slug: &Slug,
) -> StoreResult<i64> {
    let row = ActiveModel {
        slug: Set(slug.to_string()),
        name: Set(name.to_string()),
        name_key: Set(sort_key(name.as_str())),
        ..Default::default()
    };
    versioned::update::<Entity>(tx, id.uuid(), expected_version, row).await
}

/// Joins a tag that is still at the expected version into another: the other stands on every article in its place, the
/// first of the two where an article has both, and it is gone with its words in other languages. What was imported as the
/// one is the other from now on.
///
/// # Errors
/// [`crate::StoreError::Stale`] at another version.
#[instrument(skip_all, fields(tag.id = %from))]
pub async fn merge(tx: &Tx, from: TagId, expected_version: i64, into: TagId) -> StoreResult<()> {
    use article_tag::{Column as Link, Entity as Links};

    // Where an article has both, the later one goes. The gap in its positions does not show.
    let (both, earlier) = ([from.uuid(), into.uuid()], "earlier");
    let before = Query::select()
        .expr(Expr::val(1))
        .from_as(Links, earlier)
        .and_where(Expr::col((earlier, Link::ArticleId)).equals((Links, Link::ArticleId)))
        .and_where(Expr::col((earlier, Link::TagId)).is_in(both))
        .and_where(Expr::col((earlier, Link::Position)).lt(Expr::col((Links, Link::Position))))
        .to_owned();
    Links::delete_many().filter(Link::TagId.is_in(both)).filter(Expr::exists(before)).exec(tx).await?;
    Links::update_many()
        .col_expr(Link::TagId, Expr::val(into.uuid()))
        .filter(Link::TagId.eq(from.uuid()))
        .exec(tx)
        .await?;
    external_id::Entity::update_many()
        .col_expr(external_id::Column::EntityId, Expr::val(into.uuid()))
        .filter(external_id::Column::EntityKind.eq(EntityKind::Tag.name()))
        .filter(external_id::Column::EntityId.eq(from.uuid()))
        .exec(tx)
        .await?;
    versioned::delete::<Entity>(tx, from.uuid(), expected_version).await?;
    localization::forget(tx, from).await
}

fn tag(row: Model) -> Tag {
    let Model { id, slug, name, name_key: _, version, created_at, updated_at } = row;
    Tag { id: TagId::from_uuid(id), slug, name, version, created_at, updated_at }
}
