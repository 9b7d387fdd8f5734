//! Lists of what stands on shelves — in categories, under authors, under tags —, read from the side of the shelves.
//!
//! Where an article stands on a shelf its instant of publication stands again, so that an index leads from the shelf
//! straight to its newest articles. From the side of the articles, a list of twenty would either read everything that
//! ever stood there or walk through the archive until it has met twenty. The languages and kinds of articles are shelves
//! as well, when a list takes from several of them: each has its index, and all together have none.

use std::collections::BTreeSet;

use masthead_domain::{ArticleId, Timestamp};
use sea_orm::{
    Condition, ConnectionTrait, DbBackend, Statement,
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
    page::{Direction, PageRequest, Sort, SortKey},
    placed::{self, Single},
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
    fn are_articles(self) -> bool {
        self.table == visible::ARTICLES
    }

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

/// The shelves on which everything stands that a list may hold.
pub(super) struct Shelves<'a> {
    /// The condition that names them.
    named: &'a ArticleFilter,
    shelves: Vec<Shelf>,
}

/// One of them, and what else is asked of what stands there.
#[derive(Clone)]
struct Shelf {
    rows: Rows,
    is: SimpleExpr,
    rest: Vec<ArticleFilter>,
}

impl Shelf {
    fn published(&self) -> SimpleExpr {
        self.rows.column(PUBLISHED_AT)
    }

    fn sort(&self, descending: bool) -> Sort {
        let keys = vec![SortKey { expr: self.published(), descending }];
        Sort { keys, id: self.rows.column(self.rows.article) }
    }
}

impl<'a> Shelves<'a> {
    /// Those from which a list is read when they are not looked at before.
    pub(super) fn first_of(scope: &ReadScope, filter: &'a ArticleFilter, order: &[ArticleOrder]) -> Option<Self> {
        Self::all_of(scope, filter, order).into_iter().next()
    }

    /// All from which a list may be read, those first that lead to fewer articles as a rule. None where something else
    /// in the filter leads to less, or the list is ordered by something else than publication.
    fn all_of(scope: &ReadScope, filter: &'a ArticleFilter, order: &[ArticleOrder]) -> Vec<Self> {
        if publication(order).is_none() || scope.perspective != Perspective::Published {
            return Vec::new();
        }
        let parts = filter.conditions();
        if parts.iter().any(|part| part.names_few().is_some()) {
            return Vec::new();
        }
        // The index of the languages leaves standing pages out.
        let is_carried = |shelf: &Shelf| shelf.rows != LANGUAGES || parts.contains(&&ArticleFilter::NewsFlow);
        let named = |part: &&'a ArticleFilter| {
            let shelves = shelves(part).filter(|shelves| !shelves.is_empty() && shelves.iter().all(is_carried))?;
            Some(Self { named: part, shelves })
        };
        let mut found: Vec<Self> = parts.iter().filter_map(named).collect();
        // Of a single language or kind the articles themselves have an index, and none of them is met twice.
        if found.iter().all(|shelves| matches!(shelves.shelves.as_slice(), [shelf] if shelf.rows.are_articles())) {
            return Vec::new();
        }
        found.sort_by_key(Self::rank);
        found
    }

    fn rank(&self) -> Option<usize> {
        let order = [AUTHORS, TAGS, CATEGORIES, LANGUAGES, KINDS];
        self.shelves.iter().map(|shelf| order.iter().position(|rows| *rows == shelf.rows)).max().flatten()
    }
}

/// The shelves that a condition names, when it lets nothing through but what stands on them.
fn shelves(named: &ArticleFilter) -> Option<Vec<Shelf>> {
    let all = |rows: Rows, shelves: Vec<SimpleExpr>| {
        Some(shelves.into_iter().map(|is| Shelf { rows, is, rest: Vec::new() }).collect())
    };
    let words = |words: BTreeSet<&str>| words.into_iter().map(Expr::val).collect();
    match named {
        ArticleFilter::InCategories(ids) => all(CATEGORIES, ids.iter().map(|id| Expr::val(id.uuid())).collect()),
        ArticleFilter::ByAuthors(ids) => all(AUTHORS, ids.iter().map(|id| Expr::val(id.uuid())).collect()),
        ArticleFilter::Tagged(slugs) => {
            let tag = |slug: &String| SubQueryStatement::from(with_slugs(std::slice::from_ref(slug))).into();
            all(TAGS, slugs.iter().map(tag).collect())
        }
        ArticleFilter::Languages(tags) => all(LANGUAGES, words(tags.iter().map(String::as_str).collect())),
        ArticleFilter::Kinds(kinds) => all(KINDS, words(kinds.iter().map(|kind| kind.as_str()).collect())),
        ArticleFilter::Any(parts) => {
            let of_parts: Option<Vec<Vec<Shelf>>> = parts.iter().map(shelves_within).collect();
            of_parts.map(|shelves| shelves.concat())
        }
        _ => None,
    }
}

/// The shelves that one of several conditions names, with the others as what else is asked.
fn shelves_within(part: &ArticleFilter) -> Option<Vec<Shelf>> {
    let parts = part.conditions();
    let (at, mut found) = parts.iter().enumerate().find_map(|(at, part)| Some((at, shelves(part)?)))?;
    let others = parts.into_iter().enumerate().filter(|(place, _)| *place != at);
    let rest: Vec<ArticleFilter> = others.map(|(_, part)| part.clone()).collect();
    found.iter_mut().for_each(|shelf| shelf.rest.extend(rest.iter().cloned()));
    Some(found)
}

/// Which way a list runs that is ordered by publication alone.
fn publication(order: &[ArticleOrder]) -> Option<bool> {
    match order {
        [ArticleOrder { by: ArticleSort::PublishedAt, descending }] => Some(*descending),
        _ => None,
    }
}

/// So many places on a shelf tell how full it is.
const PLACES_TOLD: u64 = 50;

/// The most shelves that are looked at before one is chosen.
const SHELVES_TOLD_MAX: usize = 20;

/// The shelves that a page is read from: where its filter names several sorts, the emptiest. Where a shelf has its fiftieth
/// place behind the beginning of the page tells that. Two sorts that are full and have little in common cost what stands on
/// one of them.
pub(super) async fn emptiest<'a>(
    connection: &impl Connection,
    scope: &ReadScope,
    filter: &'a ArticleFilter,
    order: &[ArticleOrder],
    request: &PageRequest,
) -> StoreResult<Option<Shelves<'a>>> {
    let mut found = Shelves::all_of(scope, filter, order);
    let owners: Vec<usize> =
        found.iter().enumerate().flat_map(|(at, shelves)| shelves.shelves.iter().map(move |_| at)).collect();
    let Some(descending) = publication(order).filter(|_| found.len() > 1 && owners.len() <= SHELVES_TOLD_MAX) else {
        return Ok(found.into_iter().next());
    };
    let parts = filter.conditions();
    let told = PageRequest { size: PLACES_TOLD - 1, ..request.clone() };
    let places = found.iter().flat_map(|shelves| &shelves.shelves).map(|shelf| {
        let sort = shelf.sort(descending);
        // SQLite takes the first of several bounds.
        let mut places = places(shelf, scope, (&parts, sort.start(&told)));
        sort.order_statement(&mut places, &told);
        places
    });
    let Some(statement) = list::union(places.collect()) else { return Ok(None) };
    let mut told: Vec<Vec<Timestamp>> = vec![Vec::new(); owners.len()];
    for (at, Single(branch)) in placed::all::<(Single<Timestamp>, Single<i32>)>(connection, &statement).await? {
        if let Some(places) = usize::try_from(branch).ok().and_then(|branch| told.get_mut(branch)) {
            places.push(at.0);
        }
    }
    let downwards = descending == (request.direction == Direction::Forward);
    let fullest = |at: usize| {
        let own = owners.iter().zip(&told).filter(|(owner, _)| **owner == at);
        own.map(|(_, places)| fullness(places, downwards)).max()
    };
    let emptiest = (0..found.len()).min_by_key(|at| fullest(*at)).unwrap_or_default();
    Ok(Some(found.swap_remove(emptiest)))
}

/// How full a shelf is by its first places, to be compared with others.
fn fullness(places: &[Timestamp], downwards: bool) -> (usize, i64) {
    let last = if downwards { places.iter().min() } else { places.iter().max() };
    let micros = last.map_or(0, Timestamp::timestamp_micros);
    (places.len(), if downwards { micros } else { -micros })
}

/// The places on a shelf from a start on that lie in the past and within the spans of a filter.
fn places(shelf: &Shelf, scope: &ReadScope, (parts, start): (&[&ArticleFilter], Condition)) -> SelectStatement {
    let Shelf { rows, is, rest: _ } = shelf;
    let published = shelf.published();
    let start = start.add(spans(parts, &published)).add(published.clone().lte(scope.now));
    let start = start.add(rows.column(rows.shelf).eq(is.clone()));
    let mut places = Query::select().expr_as(published, AT).cond_where(start).take();
    if rows.are_articles() {
        // Their indexes are partial: what these leave out must be seen to be left out.
        let news_flow = parts.iter().filter(|part| ***part == ArticleFilter::NewsFlow);
        let kept = news_flow.fold(visible::condition(scope), |all, part| all.add(part.condition_beside(scope)));
        places.cond_where(kept);
    }
    places.from(rows.table).take()
}

/// A page that is read from shelves, with its order and limit. `None` when they are too many.
pub(super) fn select_page(
    scope: &ReadScope,
    filter: &ArticleFilter,
    order: &[ArticleOrder],
    request: &PageRequest,
    (share, from): (Share, Shelves<'_>),
) -> Option<SelectStatement> {
    let (descending, Shelves { named, shelves }) = (publication(order)?, from);
    if !share.holds(shelves.len(), filter) {
        return None;
    }
    let parts = filter.conditions();
    let others: Vec<ArticleFilter> =
        parts.iter().filter(|part| !std::ptr::eq(**part, named)).copied().cloned().collect();
    let of = |shelf: &Shelf| {
        let Shelf { rows, is, rest } = shelf;
        let (published, sort) = (shelf.published(), shelf.sort(descending));
        let start = sort.start(request).add(spans(&parts, &published)).add(published.lte(scope.now));
        let rest = others.iter().chain(rest).fold(Condition::all(), |all, part| all.add(part.condition_beside(scope)));
        let mut articles = visible::articles_from(scope, start);
        articles.and_where(rows.column(rows.shelf).eq(is.clone())).cond_where(rest);
        if rows.table != visible::ARTICLES {
            let stands = Expr::col((article::Entity, article::Column::Id)).eq(rows.column(rows.article));
            articles.join(JoinType::InnerJoin, rows.table, stands);
        }
        sort.order_statement(&mut articles, request);
        articles
    };
    if let [shelf] = shelves.as_slice() {
        return Some(of(shelf));
    }
    let branches = shelves.iter().map(|shelf| {
        of(shelf).expr_as(shelf.rows.column(shelf.rows.article), ID).expr_as(shelf.published(), AT).take()
    });
    let keys = vec![SortKey { expr: Expr::col(AT), descending }];
    let mut places = merged(share.engine, branches.collect())?;
    Sort { keys, id: Expr::col(ID) }.order_statement(&mut places, request);
    let ids = Query::select().column(ID).from_subquery(places, PLACES).take();
    let is_among = Expr::col((article::Entity, article::Column::Id)).in_subquery(ids);
    let mut articles = Query::select().from(article::Entity).and_where(is_among).take();
    list::sort(scope, order).order_statement(&mut articles, request);
    Some(articles)
}

/// The spans of time that a list is within, as bounds of what a shelf is ordered by.
fn spans(parts: &[&ArticleFilter], published: &SimpleExpr) -> Condition {
    parts.iter().fold(Condition::all(), |all, part| match part {
        ArticleFilter::PublishedAt(test) => all.add(within(published, *test)),
        _ => all,
    })
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
fn within(published: &SimpleExpr, TimeTest { gt, gte, lt, lte, is_null }: TimeTest) -> Condition {
    Condition::all()
        .add_option((is_null == Some(true)).then(|| published.clone().is_null()))
        .add_option(gt.map(|at| published.clone().gt(at)))
        .add_option(gte.map(|at| published.clone().gte(at)))
        .add_option(lt.map(|at| published.clone().lt(at)))
        .add_option(lte.map(|at| published.clone().lte(at)))
}
