//! Categories: a tree whose branches are ordered.
//!
//! The children of one parent, and the roots among themselves, are numbered from 0 without gaps; [`insert`],
//! [`relocate`] and [`delete`] keep it so. Whoever calls them holds [`lock_tree`]: a place that was checked stays free
//! and a parent stays where it was until the transaction ends.

mod tree;

use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};
use masthead_domain::{CategoryId, LanguageTag, Slug, Timestamp, category::CategoryContent};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, QueryTrait, Select,
    sea_query::{Expr, ExprTrait},
};
use tracing::instrument;

pub use tree::{
    Branch, Filed, Section, Subtrees, children, lineage, lock_tree, named_and_below, of_articles,
    of_articles_with_ancestors, sections, subtree, subtrees, with_ancestors,
};

use crate::{
    direct::Connection,
    error::StoreResult,
    localization,
    map::{checked, sort_key},
    page::{Cursor, Page, PageRequest, Sort, SortKey, SortKind, SortValue, page_of},
    placed::{self, Rows},
    row::article_category,
    row::category::{ActiveModel, Column, Entity, Model},
    tx::Tx,
    versioned,
};

/// A category as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// The id.
    pub id: CategoryId,
    /// The last part of the address.
    pub slug: String,
    /// The name.
    pub name: String,
    /// What belongs in it.
    pub description: Option<String>,
    /// The language of name and description.
    pub language: LanguageTag,
    /// The category it stands in; none for a root.
    pub parent: Option<CategoryId>,
    /// Its place among its siblings, from 0.
    pub position: u32,
    /// How often it was written. A sibling's move shifts the position without a new version.
    pub version: i64,
    /// When it came to be.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A place in the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The category above; none at the root.
    pub parent: Option<CategoryId>,
    /// The place among the siblings, from 0.
    pub position: u32,
}

/// By what categories are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CategoryOrder {
    /// By their place among their siblings.
    Position,
    /// By name without regard to case and accents.
    Name,
}

impl CategoryOrder {
    /// What sort of value it orders by.
    #[must_use]
    pub fn kind(self) -> SortKind {
        match self {
            Self::Position => SortKind::Int,
            Self::Name => SortKind::Text,
        }
    }
}

/// One key of an order, and which way it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CategorySort {
    /// By what.
    pub by: CategoryOrder,
    /// Last first.
    pub descending: bool,
}

/// Which categories a list holds. Everything that is set must hold.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CategoryWhere {
    /// They stand directly in one of these.
    pub parents: Option<Vec<CategoryId>>,
    /// They stand directly in none of these. Roots do.
    pub not_parents: Option<Vec<CategoryId>>,
    /// They are roots, or are not.
    pub is_root: Option<bool>,
    /// One of these slugs.
    pub slugs: Option<Vec<String>>,
    /// None of these slugs.
    pub not_slugs: Option<Vec<String>>,
}

/// Categories with these ids, in no particular order; unknown ids are left out.
///
/// # Errors
/// [`crate::StoreError`] when they cannot be read.
#[instrument(skip_all, fields(count = ids.len()))]
pub async fn by_ids(connection: &impl Connection, ids: &[CategoryId]) -> StoreResult<Vec<Category>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = Entity::find().filter(Column::Id.is_in(ids.iter().map(|id| id.uuid()))).rows(connection).await?;
    rows.into_iter().map(category).collect()
}

/// The category with this id.
///
/// # Errors
/// [`crate::StoreError`] when it cannot be read.
#[instrument(skip_all, fields(category.id = %id))]
pub async fn by_id(connection: &impl Connection, id: CategoryId) -> StoreResult<Option<Category>> {
    Entity::find_by_id(id.uuid()).row(connection).await?.map(category).transpose()
}

/// The category with this slug.
///
/// # Errors
/// [`crate::StoreError`] when it cannot be read.
#[instrument(skip_all, fields(slug))]
pub async fn by_slug(connection: &impl Connection, slug: &str) -> StoreResult<Option<Category>> {
    Entity::find().filter(Column::Slug.eq(slug)).row(connection).await?.map(category).transpose()
}

/// The categories with these slugs, each under its slug; unknown slugs are left out.
///
/// # Errors
/// [`crate::StoreError`] when they cannot be read.
#[instrument(skip_all, fields(count = slugs.len()))]
pub async fn by_slugs(connection: &impl Connection, slugs: &[String]) -> StoreResult<HashMap<String, Arc<Category>>> {
    if slugs.is_empty() {
        return Ok(HashMap::new());
    }
    let select = Entity::find().filter(Column::Slug.is_in(slugs));
    let rows = placed::all(connection, select.as_query()).await?;
    rows.into_iter().map(|row| category(row).map(|found| (found.slug.clone(), Arc::new(found)))).collect()
}

/// The category at an address: these slugs from the root down, each standing in the one before. Gives the whole way,
/// root first; nothing when any step is wrong.
///
/// # Errors
/// [`crate::StoreError`] when they cannot be read.
#[instrument(skip_all, fields(depth = slugs.len()))]
pub async fn by_path(connection: &impl Connection, slugs: &[Slug]) -> StoreResult<Vec<Category>> {
    if slugs.is_empty() || slugs.len() > masthead_domain::category::DEPTH_MAX {
        return Ok(Vec::new());
    }
    let rows = Entity::find().filter(Column::Slug.is_in(slugs.iter().map(Slug::as_str))).rows(connection).await?;
    let found = rows.into_iter().map(category).collect::<StoreResult<Vec<_>>>()?;
    let mut way: Vec<Category> = Vec::with_capacity(slugs.len());
    for slug in slugs {
        let above = way.last().map(|category| category.id);
        match found.iter().find(|category| category.slug == slug.as_str() && category.parent == above) {
            Some(next) => way.push(next.clone()),
            None => return Ok(Vec::new()),
        }
    }
    Ok(way)
}

fn filtered(filter: &CategoryWhere) -> Select<Entity> {
    let CategoryWhere { parents, not_parents, is_root, slugs, not_slugs } = filter;
    let mut select = Entity::find();
    if let Some(parents) = parents {
        select = select.filter(Column::ParentId.is_in(parents.iter().map(|id| id.uuid())));
    }
    if let Some(parents) = not_parents {
        let others = Column::ParentId.is_not_in(parents.iter().map(|id| id.uuid()));
        select = select.filter(Condition::any().add(Column::ParentId.is_null()).add(others));
    }
    if let Some(is_root) = is_root {
        select = select.filter(if *is_root { Column::ParentId.is_null() } else { Column::ParentId.is_not_null() });
    }
    if let Some(slugs) = slugs {
        select = select.filter(Column::Slug.is_in(slugs));
    }
    if let Some(slugs) = not_slugs {
        select = select.filter(Column::Slug.is_not_in(slugs));
    }
    select
}

/// A page of categories, ordered by these keys and then by id.
///
/// # Errors
/// [`crate::StoreError`] when they cannot be read.
#[instrument(skip_all)]
pub async fn page(
    connection: &impl Connection,
    filter: &CategoryWhere,
    order: &[CategorySort],
    request: &PageRequest,
) -> StoreResult<Page<Category>> {
    let keys = order.iter().map(|CategorySort { by, descending }| {
        let column = match by {
            CategoryOrder::Position => Column::Position,
            CategoryOrder::Name => Column::NameKey,
        };
        SortKey { expr: Expr::col((Entity, column)), descending: *descending }
    });
    let sort = Sort { keys: keys.collect(), id: Expr::col((Entity, Column::Id)) };
    let rows = sort.apply(filtered(filter), request).rows(connection).await?;
    let categories = rows.into_iter().map(category).collect::<StoreResult<Vec<_>>>()?;
    Ok(page_of(categories, request, |category| {
        let value = |sort: &CategorySort| match sort.by {
            CategoryOrder::Position => SortValue::Int(category.position.into()),
            CategoryOrder::Name => SortValue::Text(sort_key(&category.name)),
        };
        Cursor { values: order.iter().map(value).collect(), id: category.id.uuid() }
    }))
}

/// How many categories a list holds.
///
/// # Errors
/// [`crate::StoreError`] when they cannot be counted.
#[instrument(skip_all)]
pub async fn count(connection: &impl Connection, filter: &CategoryWhere) -> StoreResult<u64> {
    Ok(filtered(filter).count(connection).await?)
}

/// How many categories stand directly in this one, or at the root.
///
/// # Errors
/// [`crate::StoreError`] when they cannot be counted.
#[instrument(skip_all)]
pub async fn child_count(connection: &impl Connection, parent: Option<CategoryId>) -> StoreResult<u64> {
    Ok(Entity::find().filter(stands_in(parent)).count(connection).await?)
}

/// How many articles stand in a category itself, deleted ones included.
///
/// # Errors
/// [`crate::StoreError`] when they cannot be counted.
#[instrument(skip_all, fields(category.id = %id))]
pub async fn article_count(connection: &impl Connection, id: CategoryId) -> StoreResult<u64> {
    let links = article_category::Entity::find().filter(article_category::Column::CategoryId.eq(id.uuid()));
    Ok(links.count(connection).await?)
}

/// Which of these slugs are taken.
#[instrument(skip_all, fields(count = slugs.len()))]
pub async fn slugs_taken(connection: &impl Connection, slugs: &[Slug]) -> StoreResult<Vec<String>> {
    let select = Entity::find().filter(Column::Slug.is_in(slugs.iter().map(Slug::as_str)));
    Ok(select.select_only().column(Column::Slug).into_tuple().all(connection).await?)
}

/// Keeps a new category at a place between 0 and the number of its siblings; those from there on move up by one.
///
/// # Errors
/// [`crate::Constraint::CategorySlug`] when the slug is taken, [`crate::Constraint::ForeignKey`] without the parent.
#[instrument(skip_all, fields(category.id = %id))]
pub async fn insert(tx: &Tx, id: CategoryId, content: &CategoryContent, place: Place) -> StoreResult<()> {
    shift(tx, stands_in(place.parent).add(Column::Position.gte(place.position)), 1).await?;
    let mut row = written(content);
    row.id = Set(id.uuid());
    row.parent_id = Set(place.parent.map(CategoryId::uuid));
    row.position = Set(column(place.position)?);
    row.version = Set(1);
    row.created_at = Set(tx.now());
    row.updated_at = Set(tx.now());
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Writes the content of a category that is still at the expected version, and gives the new version.
///
/// # Errors
/// [`crate::StoreError::Stale`] at another version, [`crate::Constraint::CategorySlug`] when the slug is taken.
#[instrument(skip_all, fields(category.id = %id))]
pub async fn update(tx: &Tx, id: CategoryId, expected_version: i64, content: &CategoryContent) -> StoreResult<i64> {
    versioned::update::<Entity>(tx, id.uuid(), expected_version, written(content)).await
}

/// Puts a category that is still at the expected version elsewhere, and gives its new version. The position counts
/// among the new siblings without itself; siblings close up where it stood and make room where it comes.
///
/// # Errors
/// [`crate::StoreError::Stale`] at another version, [`crate::Constraint::ForeignKey`] without the parent.
#[instrument(skip_all, fields(category.id = %id))]
pub async fn relocate(tx: &Tx, id: CategoryId, expected_version: i64, from: Place, to: Place) -> StoreResult<i64> {
    let others = |place: Place| stands_in(place.parent).add(Column::Id.ne(id.uuid()));
    shift(tx, others(from).add(Column::Position.gt(from.position)), -1).await?;
    shift(tx, others(to).add(Column::Position.gte(to.position)), 1).await?;
    let row = ActiveModel {
        parent_id: Set(to.parent.map(CategoryId::uuid)),
        position: Set(column(to.position)?),
        ..Default::default()
    };
    versioned::update::<Entity>(tx, id.uuid(), expected_version, row).await
}

/// Forgets a category that is still at the expected version; its siblings close up.
///
/// # Errors
/// [`crate::StoreError::Stale`] at another version, [`crate::Constraint::ForeignKey`] while articles or categories stand in
/// it.
#[instrument(skip_all, fields(category.id = %id))]
pub async fn delete(tx: &Tx, id: CategoryId, expected_version: i64, place: Place) -> StoreResult<()> {
    versioned::delete::<Entity>(tx, id.uuid(), expected_version).await?;
    localization::forget(tx, id).await?;
    shift(tx, stands_in(place.parent).add(Column::Position.gt(place.position)), -1).await
}

/// Adds to the positions of some categories. It is no change of theirs: they keep their versions.
async fn shift(tx: &Tx, which: Condition, by: i32) -> StoreResult<()> {
    Entity::update_many()
        .col_expr(Column::Position, Expr::col(Column::Position).add(by))
        .filter(which)
        .exec(tx)
        .await?;
    Ok(())
}

fn stands_in(parent: Option<CategoryId>) -> Condition {
    Condition::all().add(match parent {
        Some(parent) => Column::ParentId.eq(parent.uuid()),
        None => Column::ParentId.is_null(),
    })
}

fn column(position: u32) -> StoreResult<i32> {
    checked("categories", "a new place", "position", i32::try_from(position))
}

/// The columns that hold content.
fn written(content: &CategoryContent) -> ActiveModel {
    let CategoryContent { slug, name, description, language } = content;
    ActiveModel {
        slug: Set(slug.to_string()),
        name: Set(name.to_string()),
        name_key: Set(sort_key(name.as_str())),
        description: Set(description.as_ref().map(ToString::to_string)),
        language: Set(language.to_string()),
        ..Default::default()
    }
}

fn category(row: Model) -> StoreResult<Category> {
    let Model {
        id,
        slug,
        name,
        name_key: _,
        description,
        language,
        parent_id,
        position,
        version,
        created_at,
        updated_at,
    } = row;
    let id = CategoryId::from_uuid(id);
    Ok(Category {
        id,
        slug,
        name,
        description,
        language: checked("categories", id, "language", language.parse())?,
        parent: parent_id.map(CategoryId::from_uuid),
        position: checked("categories", id, "position", u32::try_from(position))?,
        version,
        created_at,
        updated_at,
    })
}
