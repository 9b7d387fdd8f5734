//! Lists of what stands on shelves — in categories, under authors, under tags —, read from the side of the shelves.
//!
//! Where an article stands on a shelf its instant of publication stands again, so that an index leads from the shelf
//! straight to its newest articles. From the side of the articles, a list of twenty would either read everything that
//! ever stood there or walk through the archive until it has met twenty. The languages and kinds of articles are shelves
//! as well, when a list takes from several of them: each has its index, and all together have none.

use std::collections::BTreeSet;

use masthead_domain::ArticleId;
use sea_orm::{
    Condition, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryTrait, Select, Statement,
    sea_query::{
        Expr, ExprTrait, IntoColumnRef, JoinType, Query, SelectStatement, SimpleExpr, SubQueryStatement, UnionType,
    },
};

use super::{
    ArticleFilter, ArticleOrder, ArticleSort, TimeTest,
    filter::with_slugs,
    list::{self, VALUES_OF_BRANCH},
};
use crate::{
    direct::Connection,
    error::StoreResult,
    page::{PageRequest, Sort, SortKey},
    row::article,
    scope::{Perspective, ReadScope},
    tx::Tx,
    visible,
};

/// The most shelves that one statement merges; for more, reading everything on them costs less.
const SHELVES_MAX: usize = 100;

/// The most values that reading them may bind.
const VALUES_MAX: usize = 16_000;

/// The table of places on shelves, and its columns.
const PLACES: &str = "places";
const ID: &str = "id";
const AT: &str = "at";

/// The column of the instant of publication, wherever it stands.
const PUBLISHED_AT: &str = "published_at";

/// What one list may take of a statement that reads several.
#[derive(Debug, Clone, Copy)]
pub(super) struct Share {
    engine: DbBackend,
    shelves: usize,
    values: usize,
}

impl Share {
    /// The share of each of so many lists.
    pub(super) fn of(lists: usize, connection: &impl Connection) -> Self {
        let (lists, engine) = (lists.max(1), connection.get_database_backend());
        Self { engine, shelves: SHELVES_MAX / lists, values: VALUES_MAX / lists }
    }

    fn holds(self, shelves: usize, filter: &ArticleFilter) -> bool {
        shelves <= self.shelves && shelves * (filter.values_at_most() + VALUES_OF_BRANCH) <= self.values
    }
}

/// A table that says what stands on its shelves, and when it was published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rows {
    table: &'static str,
    shelf: &'static str,
    article: &'static str,
}

pub(super) const CATEGORIES: Rows = Rows { table: "article_categories", shelf: "category_id", article: "article_id" };
/// An author has an instant at their first credit only: they may have several, and the article stands there once.
pub(super) const AUTHORS: Rows = Rows { table: "article_credits", shelf: "author_id", article: "article_id" };
pub(super) const TAGS: Rows = Rows { table: "article_tags", shelf: "tag_id", article: "article_id" };
const LANGUAGES: Rows = Rows { table: visible::ARTICLES, shelf: "language", article: "id" };
const KINDS: Rows = Rows { table: visible::ARTICLES, shelf: "kind", article: "id" };

impl Rows {
    fn column(self, name: &'static str) -> SimpleExpr {
        Expr::col((self.table, name).into_column_ref())
    }
}

/// Writes an article's instant of publication on its shelves of one sort.
pub(super) async fn date(tx: &Tx, rows: Rows, id: ArticleId) -> StoreResult<()> {
    let Rows { table, shelf, article: _ } = rows;
    let statement = format!(
        r#"UPDATE "{table}"
            SET "{PUBLISHED_AT}" = (SELECT "published_at" FROM "articles" WHERE "articles"."id" = "{table}"."article_id")
            WHERE "article_id" = $1 AND NOT EXISTS (
                SELECT 1 FROM "{table}" AS "earlier" WHERE "earlier"."article_id" = "{table}"."article_id"
                    AND "earlier"."{shelf}" = "{table}"."{shelf}" AND "earlier"."position" < "{table}"."position")"#
    );
    let backend = tx.get_database_backend();
    tx.execute_raw(Statement::from_sql_and_values(backend, statement, [id.uuid().into()])).await?;
    Ok(())
}

/// Writes it on all of them.
pub(super) async fn date_all(tx: &Tx, id: ArticleId) -> StoreResult<()> {
    for rows in [CATEGORIES, AUTHORS, TAGS] {
        date(tx, rows, id).await?;
    }
    Ok(())
}

/// The shelves from which a list may be read.
struct Shelves<'a> {
    rows: Rows,
    /// What tells each of them.
    shelves: Vec<SimpleExpr>,
    /// The filter that names them.
    named: &'a ArticleFilter,
}

impl<'a> Shelves<'a> {
    /// Those of a filter. What leads to fewer articles comes first.
    fn of(filter: &'a ArticleFilter) -> Option<Self> {
        let parts = conditions(filter);
        let found: Vec<Self> = parts.iter().filter_map(|part| Self::named_by(part)).collect();
        let rank =
            |shelves: &Self| [AUTHORS, TAGS, CATEGORIES, LANGUAGES].iter().position(|rows| *rows == shelves.rows);
        found.into_iter().min_by_key(|shelves| rank(shelves).unwrap_or(usize::MAX))
    }

    fn named_by(named: &'a ArticleFilter) -> Option<Self> {
        let one_or_more = |rows, shelves: Vec<SimpleExpr>| Some(Self { rows, shelves, named });
        // Of a single one the articles themselves have an index, and none of them is met twice.
        let several = |rows, words: BTreeSet<&str>| {
            one_or_more(rows, words.into_iter().map(Expr::val).collect()).filter(|found| found.shelves.len() > 1)
        };
        match named {
            ArticleFilter::InCategories(ids) => {
                one_or_more(CATEGORIES, ids.iter().map(|id| Expr::val(id.uuid())).collect())
            }
            ArticleFilter::ByAuthors(ids) => one_or_more(AUTHORS, ids.iter().map(|id| Expr::val(id.uuid())).collect()),
            ArticleFilter::Tagged(slugs) => {
                let tag = |slug: &String| SubQueryStatement::from(with_slugs(std::slice::from_ref(slug))).into();
                one_or_more(TAGS, slugs.iter().map(tag).collect())
            }
            ArticleFilter::Languages(tags) => several(LANGUAGES, tags.iter().map(String::as_str).collect()),
            ArticleFilter::Kinds(kinds) => several(KINDS, kinds.iter().map(|kind| kind.as_str()).collect()),
            _ => None,
        }
    }
}

/// The conditions that must all hold.
fn conditions(filter: &ArticleFilter) -> Vec<&ArticleFilter> {
    match filter {
        ArticleFilter::All(parts) => parts.iter().flat_map(conditions).collect(),
        other => vec![other],
    }
}

/// A page that is ordered by publication and stays on shelves, with its order and limit. `None` when the list is another
/// one.
pub(super) fn select_page(
    scope: &ReadScope,
    filter: &ArticleFilter,
    order: &[ArticleOrder],
    request: &PageRequest,
    share: Share,
) -> Option<Select<article::Entity>> {
    let [ArticleOrder { by: ArticleSort::PublishedAt, descending }] = order else { return None };
    let Shelves { rows, shelves, named } = Shelves::of(filter)?;
    if !share.holds(shelves.len(), filter) || scope.perspective != Perspective::Published {
        return None;
    }
    let published = rows.column(PUBLISHED_AT);
    let sort = Sort {
        keys: vec![SortKey { expr: published.clone(), descending: *descending }],
        id: rows.column(rows.article),
    };
    let parts = conditions(filter);
    let spans = parts.iter().fold(Condition::all(), |all, part| match part {
        ArticleFilter::PublishedAt(test) => all.add(within(&published, *test)),
        _ => all,
    });
    let rest = parts.into_iter().filter(|part| !std::ptr::eq(*part, named)).cloned().collect();
    let rest = ArticleFilter::All(rest).condition(scope);
    let of = |shelf: &SimpleExpr| {
        let start = sort.start(request).add(spans.clone()).add(published.clone().lte(scope.now));
        let mut articles =
            visible::articles_from(scope, start).filter(rows.column(rows.shelf).eq(shelf.clone())).filter(rest.clone());
        if rows.table != visible::ARTICLES {
            let stands = Expr::col((article::Entity, article::Column::Id)).eq(rows.column(rows.article));
            QueryTrait::query(&mut articles).join(JoinType::InnerJoin, rows.table, stands);
        }
        sort.order(articles, request)
    };
    if let [shelf] = shelves.as_slice() {
        return Some(of(shelf));
    }
    let branches = shelves.iter().map(|shelf| {
        let mut places = of(shelf).into_query();
        places.clear_selects().expr_as(rows.column(rows.article), ID).expr_as(published.clone(), AT);
        places
    });
    let keys = vec![SortKey { expr: Expr::col(AT), descending: *descending }];
    let mut places = merged(share.engine, branches.collect())?;
    Sort { keys, id: Expr::col(ID) }.order_statement(&mut places, request);
    let ids = Query::select().column(ID).from_subquery(places, PLACES).take();
    let articles = article::Entity::find().filter(Expr::col((article::Entity, article::Column::Id)).in_subquery(ids));
    Some(list::sort(scope, order).order(articles, request))
}

/// The places of several shelves, each once; ordered as they are, they are merged row by row until the page is full, before
/// any article is read. What the engines merge so is not the same: SQLite a union that is ordered, of parts without
/// limits; PostgreSQL parts that are ordered, of which it knows by their limits that few rows are wanted.
fn merged(engine: DbBackend, branches: Vec<SelectStatement>) -> Option<SelectStatement> {
    let is_sqlite = engine == DbBackend::Sqlite;
    let mut branches = branches.into_iter().map(|mut branch| {
        if is_sqlite {
            branch.reset_limit();
        }
        Query::select().columns([ID, AT]).from_subquery(branch, PLACES).take()
    });
    let mut places = branches.next()?;
    for branch in branches {
        places.union(if is_sqlite { UnionType::Distinct } else { UnionType::All }, branch);
    }
    Some(if is_sqlite {
        places
    } else {
        Query::select().distinct().columns([ID, AT]).from_subquery(places, PLACES).take()
    })
}

/// A span of time as a bound of what a shelf is ordered by.
fn within(published: &SimpleExpr, TimeTest { gt, gte, lt, lte, is_null: _ }: TimeTest) -> Condition {
    Condition::all()
        .add_option(gt.map(|at| published.clone().gt(at)))
        .add_option(gte.map(|at| published.clone().gte(at)))
        .add_option(lt.map(|at| published.clone().lt(at)))
        .add_option(lte.map(|at| published.clone().lte(at)))
}
