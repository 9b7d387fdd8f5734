//! Lists of articles: one, or one for each of many parents in a single statement.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use masthead_domain::Timestamp;
use sea_orm::{
    Condition,
    sea_query::{Alias, Asterisk, Expr, ExprTrait, Func, Query, SelectStatement, SimpleExpr, UnionType},
};
use tracing::instrument;

use super::{
    Article, ArticleFilter, Front,
    filed::{self, Share, Shelves},
    record::{FrontRow, front, whole},
};
use crate::{
    direct::Connection,
    error::StoreResult,
    page::{Cursor, Page, PageRequest, Sort, SortKey, SortKind, SortValue, page_of},
    placed::{self, Single},
    row::article::{Column, Entity, Model},
    scope::{Perspective, ReadScope},
    visible,
};

/// The most lists read by one statement: SQLite refuses more than 500 parts of a union.
pub const BRANCHES_MAX: usize = 250;

/// The most values bound by one statement, but for what [`filed`] adds: SQLite takes 32,766.
const VALUES_MAX: usize = 16_000;

/// The values a branch binds beside those of its filter: the scope's, the cursor's, the limit.
pub(super) const VALUES_OF_BRANCH: usize = 40;

/// Cuts lists into runs that one statement each can read.
fn runs<T>(lists: &[T], filter: impl Fn(&T) -> &ArticleFilter) -> Vec<&[T]> {
    let mut runs = Vec::with_capacity(1);
    let (mut rest, mut length, mut values) = (lists, 0, 0_usize);
    for list in lists {
        let own = filter(list).values_at_most() + VALUES_OF_BRANCH;
        if length == BRANCHES_MAX || (length > 0 && values + own > VALUES_MAX) {
            let (run, behind) = rest.split_at(length);
            runs.push(run);
            (rest, length, values) = (behind, 0, 0);
        }
        length += 1;
        values += own;
    }
    runs.push(rest);
    runs
}

/// By what articles are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ArticleSort {
    /// By publication; what is not published counts as later than everything.
    PublishedAt,
    /// By last change.
    UpdatedAt,
    /// By headline, without regard to case and accents.
    Headline,
}

impl ArticleSort {
    /// What sort of value it orders by.
    #[must_use]
    pub fn kind(self) -> SortKind {
        match self {
            Self::PublishedAt | Self::UpdatedAt => SortKind::Time,
            Self::Headline => SortKind::Text,
        }
    }
}

/// One key of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ArticleOrder {
    /// By what.
    pub by: ArticleSort,
    /// Largest, latest or last letter first.
    pub descending: bool,
}

/// One list to read for one of several parents.
#[derive(Debug, Clone)]
pub struct Slice {
    /// Which articles.
    pub filter: ArticleFilter,
    /// Which page of them.
    pub request: PageRequest,
}

/// By what articles are ordered that readers may not see: [`not_yet`] stands in the text, as it does in the indexes.
pub(super) const PUBLISHED_OR_NOT_YET: &str = r#"coalesce("articles"."published_at", '9999-12-31T00:00:00+00:00')"#;

/// [`not_yet`] as it stands in a statement.
pub(super) const NOT_YET: &str = "'9999-12-31T00:00:00+00:00'";

fn not_yet() -> Timestamp {
    NaiveDate::from_ymd_opt(9999, 12, 31)
        .and_then(|day| day.and_hms_opt(0, 0, 0))
        .map_or(DateTime::<Utc>::MAX_UTC, |at| at.and_utc())
}

pub(super) fn sort(scope: &ReadScope, order: &[ArticleOrder]) -> Sort {
    let column = |column: Column| -> SimpleExpr { Expr::col((Entity, column)) };
    let keys = order
        .iter()
        .map(|ArticleOrder { by, descending }| {
            let expr = match by {
                // What readers see has an instant: the bare column, so that its index is used.
                ArticleSort::PublishedAt if scope.perspective == Perspective::Published => column(Column::PublishedAt),
                ArticleSort::PublishedAt => Expr::cust(PUBLISHED_OR_NOT_YET),
                ArticleSort::UpdatedAt => column(Column::UpdatedAt),
                ArticleSort::Headline => column(Column::HeadlineKey),
            };
            SortKey { expr, descending: *descending }
        })
        .collect();
    Sort { keys, id: column(Column::Id) }
}

/// The sort values of an article in an order, for its cursor.
fn sort_values(article: &Front, order: &[ArticleOrder]) -> Vec<SortValue> {
    order
        .iter()
        .map(|ArticleOrder { by, .. }| match by {
            ArticleSort::PublishedAt => SortValue::time(article.state.published_at().unwrap_or_else(not_yet)),
            ArticleSort::UpdatedAt => SortValue::time(article.updated_at),
            ArticleSort::Headline => SortValue::Text(crate::map::sort_key(&article.headline)),
        })
        .collect()
}

fn select(scope: &ReadScope, filter: &ArticleFilter) -> SelectStatement {
    visible::articles_from(scope, Condition::all().add(filter.condition(scope)).add_option(come(scope)))
}

/// Where in the order of publication begins what readers see: behind what is scheduled. It says no more than the scope,
/// but in words that bound an index.
fn come(scope: &ReadScope) -> Option<SimpleExpr> {
    (scope.perspective == Perspective::Published).then(|| Expr::col((Entity, Column::PublishedAt)).lte(scope.now))
}

/// The rows of a page and one more, read from shelves where there are some.
fn select_page(
    scope: &ReadScope,
    filter: &ArticleFilter,
    order: &[ArticleOrder],
    request: &PageRequest,
    (share, shelves): (Share, Option<Shelves<'_>>),
) -> SelectStatement {
    let filed = shelves.and_then(|shelves| filed::select_page(scope, filter, order, request, (share, shelves)));
    if let Some(filed) = filed {
        return filed;
    }
    let sort = sort(scope, order);
    // The filter may bound what the list is ordered by more than the present does, so it stands before.
    let mut start = sort.start(request).add(filter.condition(scope));
    if let Some(ArticleOrder { by: ArticleSort::PublishedAt, .. }) = order.first() {
        start = start.add_option(come(scope));
    }
    let mut articles = visible::articles_from(scope, start);
    sort.order_statement(&mut articles, request);
    articles
}

/// An article in a list.
#[derive(Debug, Clone)]
pub struct Listed {
    /// What lists show.
    pub front: Arc<Front>,
    /// The whole article, where all of it was wanted.
    pub whole: Option<Arc<Article>>,
}

impl From<Front> for Listed {
    fn from(front: Front) -> Self {
        Self { front: Arc::new(front), whole: None }
    }
}

impl From<Arc<Article>> for Listed {
    fn from(article: Arc<Article>) -> Self {
        Self { front: Arc::clone(&article.front), whole: Some(article) }
    }
}

/// How much a list gives of its articles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Width {
    /// What lists show, where readers see it. What they do not see yet is given whole: only that has other states.
    Fronts,
    /// Everything.
    Whole,
}

/// What all lists of one statement have in common.
#[derive(Debug, Clone, Copy)]
pub struct Listing<'a> {
    /// Who reads.
    pub scope: &'a ReadScope,
    /// In what order.
    pub order: &'a [ArticleOrder],
    /// How much of each article.
    pub width: Width,
}

fn page_of_articles(articles: Vec<Listed>, order: &[ArticleOrder], request: &PageRequest) -> Page<Listed> {
    page_of(articles, request, |Listed { front, .. }| Cursor { values: sort_values(front, order), id: front.id.uuid() })
}

fn listed(row: Model) -> StoreResult<Listed> {
    Article::of_row(row).map(|article| Arc::new(article).into())
}

/// A page of the articles of a scope.
#[instrument(skip_all)]
pub async fn page(
    connection: &impl Connection,
    listing: Listing<'_>,
    filter: &ArticleFilter,
    request: &PageRequest,
) -> StoreResult<Page<Listed>> {
    let Listing { scope, order, width } = listing;
    let shelves = filed::emptiest(connection, scope, filter, order, request).await?;
    let mut select = select_page(scope, filter, order, request, (Share::of(1, connection), shelves));
    let articles: StoreResult<_> = if width == Width::Fronts && scope.perspective == Perspective::Published {
        let rows: Vec<FrontRow> = placed::all(connection, select.expr(front())).await?;
        rows.into_iter().map(|row| row.front().map(Listed::from)).collect()
    } else {
        placed::all(connection, select.expr(whole())).await?.into_iter().map(listed).collect()
    };
    Ok(page_of_articles(articles?, order, request))
}

/// How many articles of a scope pass a filter.
#[instrument(skip_all)]
pub async fn count(connection: &impl Connection, scope: &ReadScope, filter: &ArticleFilter) -> StoreResult<u64> {
    let mut select = select(scope, filter);
    select.expr(Func::count(Expr::col(Asterisk)));
    let total = placed::one::<Single<i64>>(connection, select).await?;
    Ok(total.map_or(0, |Single(total)| u64::try_from(total).unwrap_or(0)))
}

/// One page for each of several lists, in their order, by one statement (more of them above [`BRANCHES_MAX`] lists, or
/// when their filters name very much): each list is a branch that stops at its own limit, so the cost follows the pages and not the archive.
#[instrument(skip_all, fields(slices = slices.len()))]
pub async fn slices(
    connection: &impl Connection,
    listing: Listing<'_>,
    slices: &[Slice],
) -> StoreResult<Vec<Page<Listed>>> {
    if let [Slice { filter, request }] = slices {
        return Ok(vec![page(connection, listing, filter, request).await?]);
    }
    let Listing { scope, order, .. } = listing;
    let mut pages = Vec::with_capacity(slices.len());
    let share = Share::of(slices.len(), connection);
    for slices in runs(slices, |slice| &slice.filter) {
        let branch = |Slice { filter, request }: &Slice| {
            let shelves = Shelves::first_of(scope, filter, order);
            select_page(scope, filter, order, request, (share, shelves)).expr(whole()).take()
        };
        let mut rows: Vec<Vec<Model>> = slices.iter().map(|_| Vec::new()).collect();
        if let Some(statement) = union(slices.iter().map(branch).collect()) {
            for (model, Single(branch)) in placed::all::<(Model, Single<i32>)>(connection, &statement).await? {
                if let Some(list) = usize::try_from(branch).ok().and_then(|branch| rows.get_mut(branch)) {
                    list.push(model);
                }
            }
        }
        for (rows, slice) in rows.into_iter().zip(slices) {
            let articles = rows.into_iter().map(listed).collect::<StoreResult<_>>()?;
            pages.push(page_of_articles(articles, order, &slice.request));
        }
    }
    Ok(pages)
}

/// How many articles each of several lists holds, in their order, by one statement (or more, as for [`slices`]).
#[instrument(skip_all, fields(filters = filters.len()))]
pub async fn counts(
    connection: &impl Connection,
    scope: &ReadScope,
    filters: &[ArticleFilter],
) -> StoreResult<Vec<u64>> {
    let mut all = Vec::with_capacity(filters.len());
    for filters in runs(filters, |filter| filter) {
        let branch = |filter: &ArticleFilter| {
            select(scope, filter).expr_as(Func::count(Expr::col(Asterisk)), Alias::new("total")).take()
        };
        let mut totals = vec![0; filters.len()];
        if let Some(statement) = union(filters.iter().map(branch).collect()) {
            for row in connection.query_all(&statement).await? {
                let branch: i32 = row.try_get("", "branch")?;
                let total: i64 = row.try_get("", "total")?;
                if let Some(place) = usize::try_from(branch).ok().and_then(|branch| totals.get_mut(branch)) {
                    *place = u64::try_from(total).unwrap_or(0);
                }
            }
        }
        all.extend(totals);
    }
    Ok(all)
}

/// `select *, 0 as branch from (…) union all select *, 1 …`: every branch keeps its own order and limit.
pub(crate) fn union(branches: Vec<SelectStatement>) -> Option<SelectStatement> {
    let mut wrapped = branches.into_iter().enumerate().map(|(branch, select)| {
        let number = i32::try_from(branch).unwrap_or(i32::MAX);
        Query::select()
            .column(Asterisk)
            .expr_as(Expr::cust(number.to_string()), Alias::new("branch"))
            .from_subquery(select, Alias::new(format!("b{branch}")))
            .take()
    });
    let mut all = wrapped.next()?;
    for branch in wrapped {
        all.union(UnionType::All, branch);
    }
    Some(all)
}
