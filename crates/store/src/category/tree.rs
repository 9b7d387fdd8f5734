//! Reading the tree of categories upwards and downwards, each time in one statement.

use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};
use masthead_domain::{ArticleId, CategoryId, category::Tree};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, Iterable, QueryFilter, QueryOrder, QueryTrait,
    sea_query::{CommonTableExpression, Expr, ExprTrait, Query, SelectStatement, SimpleExpr, UnionType, WithClause},
};
use tracing::instrument;
use uuid::Uuid;

use super::{Category, category};
use crate::{
    direct::Connection,
    error::StoreResult,
    placed::{self, Rows, Single},
    row::article_category,
    row::category::{Column, Entity, Model},
    tx::Tx,
};

/// The name of the recursive walk within its statement.
const WALK: &str = "walk";

/// The key of the lock on the whole tree: the letters `cate`, which no other lock of ours uses.
const TREE_LOCK: i64 = 0x6361_7465;

enum Way {
    Up,
    Down,
}

/// Keeps other transactions from changing the tree until this one ends. Every act on the tree takes it before it looks
/// at the tree, so two moves at once cannot make a cycle, and neither waits for a row of the other.
///
/// It is a lock of its own, not of rows: articles are filed in categories meanwhile, and the counter of the change log
/// stays free for everybody else. On SQLite the transaction is the only writer as it is.
///
/// # Errors
/// [`crate::StoreError`] when the lock is not given in time.
#[instrument(skip_all)]
pub async fn lock_tree(tx: &Tx) -> StoreResult<()> {
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({TREE_LOCK})")).await?;
    }
    Ok(())
}

/// These categories and all above them, in no particular order, each once.
///
/// # Errors
/// [`crate::StoreError`] when they cannot be read.
#[instrument(skip_all, fields(count = ids.len()))]
pub async fn with_ancestors(connection: &impl Connection, ids: &[CategoryId]) -> StoreResult<Vec<Category>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let above = walk(ids, Way::Up).column(Column::Id).to_owned();
    let rows = Entity::find().filter(Column::Id.in_subquery(above)).rows(connection).await?;
    rows.into_iter().map(category).collect()
}

/// The way to a category, root first, itself last; nothing when there is no such category.
///
/// # Errors
/// [`crate::StoreError`] when it cannot be read.
pub async fn lineage(connection: &impl Connection, id: CategoryId) -> StoreResult<Vec<Category>> {
    let mut rows: HashMap<CategoryId, Category> =
        with_ancestors(connection, &[id]).await?.into_iter().map(|category| (category.id, category)).collect();
    let tree = Tree::new(rows.values().map(|category| (category.id, category.parent)));
    Ok(tree.ancestors(id).into_iter().chain([id]).filter_map(|id| rows.remove(&id)).collect())
}

/// These categories and all below them, each once with its parent.
///
/// # Errors
/// [`crate::StoreError`] when they cannot be read.
#[instrument(skip_all, fields(count = ids.len()))]
pub async fn subtree(
    connection: &impl Connection,
    ids: &[CategoryId],
) -> StoreResult<Vec<(CategoryId, Option<CategoryId>)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let select = walk(ids, Way::Down).columns([Column::Id, Column::ParentId]).to_owned();
    let rows = placed::all::<(Single<Uuid>, Single<Option<Uuid>>)>(connection, &select).await?;
    let place = |(Single(id), Single(parent))| (CategoryId::from_uuid(id), Option::map(parent, CategoryId::from_uuid));
    Ok(rows.into_iter().map(place).collect())
}

/// The ids of categories and of all below them, by category; the category itself is the first.
pub type Subtrees = HashMap<CategoryId, Vec<CategoryId>>;

/// The subtrees of these categories.
///
/// # Errors
/// [`crate::StoreError`] when they cannot be read.
pub async fn subtrees(connection: &impl Connection, ids: &[CategoryId]) -> StoreResult<Subtrees> {
    Ok(subtrees_of(ids, &subtree(connection, ids).await?))
}

fn subtrees_of(ids: &[CategoryId], rows: &[(CategoryId, Option<CategoryId>)]) -> Subtrees {
    let tree = Tree::new(rows.iter().copied());
    let mut subtrees: Subtrees = ids.iter().map(|id| (*id, vec![*id])).collect();
    for (id, _) in rows {
        for above in tree.ancestors(*id) {
            if let Some(subtree) = subtrees.get_mut(&above) {
                subtree.push(*id);
            }
        }
    }
    subtrees
}

/// A category and its subtree.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// The category.
    pub category: Arc<Category>,
    /// The ids of itself and all below it.
    pub subtree: Vec<CategoryId>,
}

/// The categories with these slugs and their subtrees, each under its slug; unknown slugs are left out.
///
/// # Errors
/// [`crate::StoreError`] when they cannot be read.
#[instrument(skip_all, fields(count = slugs.len()))]
pub async fn sections(connection: &impl Connection, slugs: &[String]) -> StoreResult<HashMap<String, Section>> {
    if slugs.is_empty() {
        return Ok(HashMap::new());
    }
    let mut select = walk_from(Column::Slug.is_in(slugs), Way::Down);
    select
        .columns(Column::iter().map(|column| (Entity, column)))
        .inner_join(Entity, Expr::col((Entity, Column::Id)).equals((WALK, Column::Id)));
    let rows = placed::all::<Model>(connection, &select).await?;
    let rows = rows.into_iter().map(category).collect::<StoreResult<Vec<_>>>()?;
    let places: Vec<_> = rows.iter().map(|category| (category.id, category.parent)).collect();
    let named: Vec<_> = rows.into_iter().filter(|category| slugs.contains(&category.slug)).collect();
    let ids: Vec<_> = named.iter().map(|category| category.id).collect();
    let mut subtrees = subtrees_of(&ids, &places);
    let section = |category: Category| {
        let subtree = subtrees.remove(&category.id).unwrap_or_default();
        (category.slug.clone(), Section { category: Arc::new(category), subtree })
    };
    Ok(named.into_iter().map(section).collect())
}

/// The categories that stand directly in these, in the order of their positions.
///
/// # Errors
/// [`crate::StoreError`] when they cannot be read.
#[instrument(skip_all, fields(count = parents.len()))]
pub async fn children(connection: &impl Connection, parents: &[CategoryId]) -> StoreResult<Vec<Category>> {
    if parents.is_empty() {
        return Ok(Vec::new());
    }
    let rows = Entity::find()
        .filter(Column::ParentId.is_in(parents.iter().map(|id| id.uuid())))
        .order_by_asc(Column::Position)
        .order_by_asc(Column::Id)
        .rows(connection)
        .await?;
    rows.into_iter().map(category).collect()
}

/// The categories of these articles in the order they are printed, the primary one first. Articles without categories
/// are left out.
///
/// # Errors
/// [`crate::StoreError`] when they cannot be read.
#[instrument(skip_all, fields(count = articles.len()))]
pub async fn of_articles(
    connection: &impl Connection,
    articles: &[ArticleId],
) -> StoreResult<HashMap<ArticleId, Vec<Arc<Category>>>> {
    use article_category::{Column as Link, Entity as Links};

    let mut found: HashMap<ArticleId, Vec<Arc<Category>>> = HashMap::new();
    if articles.is_empty() {
        return Ok(found);
    }
    let mut select = Entity::find();
    QueryTrait::query(&mut select)
        .column((Links, Link::ArticleId))
        .inner_join(Links, Expr::col((Links, Link::CategoryId)).equals((Entity, Column::Id)))
        .and_where(Link::ArticleId.is_in(articles.iter().map(|id| id.uuid())))
        .order_by((Links, Link::ArticleId), sea_orm::Order::Asc)
        .order_by((Links, Link::Position), sea_orm::Order::Asc);
    let rows = placed::all::<(Model, Single<Uuid>)>(connection, select.as_query()).await?;
    for (row, Single(article)) in rows {
        found.entry(ArticleId::from_uuid(article)).or_default().push(Arc::new(category(row)?));
    }
    Ok(found)
}

/// The categories of articles, and what stands above them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filed {
    /// The categories of each article in the order they are printed.
    pub lists: HashMap<ArticleId, Vec<Arc<Category>>>,
    /// Those above them that are in none of the lists.
    pub above: Vec<Arc<Category>>,
}

/// The categories of these articles in the order they are printed, and all categories above them: what breadcrumbs need,
/// in one statement.
///
/// # Errors
/// [`crate::StoreError`] when they cannot be read.
#[instrument(skip_all, fields(count = articles.len()))]
pub async fn of_articles_with_ancestors(connection: &impl Connection, articles: &[ArticleId]) -> StoreResult<Filed> {
    use article_category::{Column as Link, Entity as Links};

    let mut filed = Filed::default();
    if articles.is_empty() {
        return Ok(filed);
    }
    let of_these = || Expr::col((Links, Link::ArticleId)).is_in(articles.iter().map(|id| id.uuid()));
    let linked = Query::select().column(Link::CategoryId).from(Links).and_where(of_these()).take();
    let is_linked = Expr::col((Links, Link::CategoryId)).equals((Entity, Column::Id)).and(of_these());
    let mut select = walk_from(Expr::col((Entity, Column::Id)).in_subquery(linked), Way::Up);
    select
        .columns(Column::iter().map(|column| (Entity, column)))
        .column((Links, Link::ArticleId))
        .inner_join(Entity, Expr::col((Entity, Column::Id)).equals((WALK, Column::Id)))
        .left_join(Links, is_linked)
        .order_by((Links, Link::ArticleId), sea_orm::Order::Asc)
        .order_by((Links, Link::Position), sea_orm::Order::Asc);
    let rows = placed::all::<(Model, Single<Option<Uuid>>)>(connection, &select).await?;
    for (row, Single(article)) in rows {
        let category = Arc::new(category(row)?);
        match article {
            Some(article) => filed.lists.entry(ArticleId::from_uuid(article)).or_default().push(category),
            None => filed.above.push(category),
        }
    }
    Ok(filed)
}

/// A category's place in its branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// Which category.
    pub id: CategoryId,
    /// The category it stands in.
    pub parent: Option<CategoryId>,
    /// What filters name it by.
    pub slug: String,
}

/// The categories with these ids or slugs and all below them, each once, for filters.
///
/// # Errors
/// [`crate::StoreError`] when they cannot be read.
#[instrument(skip_all, fields(count = ids.len() + slugs.len()))]
pub async fn named_and_below(
    connection: &impl Connection,
    ids: &[CategoryId],
    slugs: &[String],
) -> StoreResult<Vec<Branch>> {
    if ids.is_empty() && slugs.is_empty() {
        return Ok(Vec::new());
    }
    let named = Column::Id.is_in(ids.iter().map(|id| id.uuid())).or(Column::Slug.is_in(slugs));
    let mut select = walk_from(named, Way::Down);
    select
        .columns([Column::Id, Column::ParentId, Column::Slug].map(|column| (Entity, column)))
        .inner_join(Entity, Expr::col((Entity, Column::Id)).equals((WALK, Column::Id)));
    let rows = placed::all::<((Single<Uuid>, Single<Option<Uuid>>), Single<String>)>(connection, &select).await?;
    let branches = rows.into_iter().map(|((Single(id), Single(parent)), Single(slug))| Branch {
        id: CategoryId::from_uuid(id),
        parent: parent.map(CategoryId::from_uuid),
        slug,
    });
    Ok(branches.collect())
}

/// A select from `walk (id, parent_id)`: these categories and all above or below them, to which the caller adds the
/// columns. A row is never visited twice, so even a cycle (which cannot be stored) would end.
fn walk(ids: &[CategoryId], way: Way) -> SelectStatement {
    walk_from(Column::Id.is_in(ids.iter().map(|id| id.uuid())), way)
}

/// The same from the categories that pass a condition.
fn walk_from(start: SimpleExpr, way: Way) -> SelectStatement {
    let columns = [Column::Id, Column::ParentId];
    let next = match way {
        Way::Up => Expr::col((Entity, Column::Id)).equals((WALK, Column::ParentId)),
        Way::Down => Expr::col((Entity, Column::ParentId)).equals((WALK, Column::Id)),
    };
    let step =
        Query::select().columns(columns.map(|column| (Entity, column))).from(Entity).inner_join(WALK, next).to_owned();
    let steps =
        Query::select().columns(columns).from(Entity).and_where(start).union(UnionType::Distinct, step).to_owned();
    let table = CommonTableExpression::new().query(steps).columns(columns).table_name(WALK).to_owned();
    Query::select().from(WALK).with_cte(WithClause::new().recursive(true).cte(table).to_owned()).to_owned()
}
