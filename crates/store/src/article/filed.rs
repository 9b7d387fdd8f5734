//! Lists of what is filed in categories, read from the side of the categories.
//!
//! Where an article is filed its instant of publication stands again, so that an index leads from a category straight to
//! its newest articles. From the side of the articles, a list of twenty would either read everything that is filed there
//! or walk through the archive until it has met twenty.

use masthead_domain::CategoryId;
use sea_orm::{
    ColumnTrait, EntityTrait, JoinType, QueryFilter, QuerySelect, QueryTrait, Select,
    sea_query::{Expr, ExprTrait, Query, UnionType},
};

use super::{
    ArticleFilter, ArticleOrder, ArticleSort,
    list::{self, VALUES_OF_BRANCH},
};
use crate::{
    page::{PageRequest, Sort, SortKey},
    row::{
        article,
        article_category::{Column, Entity},
    },
    scope::{Perspective, ReadScope},
    visible,
};

/// The most categories that one statement reads one by one; for more, reading everything that is filed in them costs less.
const CATEGORIES_MAX: usize = 100;

/// The most values that reading them one by one may bind.
const VALUES_MAX: usize = 16_000;

/// The table of places in categories, and its columns.
const PLACES: &str = "places";
const ID: &str = "id";
const AT: &str = "at";

/// What one list may take of a statement that reads several.
#[derive(Debug, Clone, Copy)]
pub(super) struct Share {
    categories: usize,
    values: usize,
}

impl Share {
    /// The share of each of so many lists.
    pub(super) fn of(lists: usize) -> Self {
        let lists = lists.max(1);
        Self { categories: CATEGORIES_MAX / lists, values: VALUES_MAX / lists }
    }

    fn holds(self, categories: usize, filter: &ArticleFilter) -> bool {
        categories <= self.categories && categories * (filter.values_at_most() + VALUES_OF_BRANCH) <= self.values
    }
}

/// A page that is ordered by publication and stays within categories, with its order and limit. `None` when the list is
/// another one.
pub(super) fn select_page(
    scope: &ReadScope,
    filter: &ArticleFilter,
    order: &[ArticleOrder],
    request: &PageRequest,
    share: Share,
) -> Option<Select<article::Entity>> {
    let [ArticleOrder { by: ArticleSort::PublishedAt, descending }] = order else { return None };
    let (categories, rest) = filed(filter)?;
    if !share.holds(categories.len(), filter) || scope.perspective != Perspective::Published {
        return None;
    }
    let sort = Sort {
        keys: vec![SortKey { expr: Expr::col((Entity, Column::PublishedAt)), descending: *descending }],
        id: Expr::col((Entity, Column::ArticleId)),
    };
    let of = |category: &CategoryId| {
        let to_filed = article::Entity::belongs_to(Entity).from(article::Column::Id).to(Column::ArticleId).into();
        let articles = visible::articles_from(scope, sort.start(request))
            .join(JoinType::InnerJoin, to_filed)
            .filter(Column::CategoryId.eq(category.uuid()))
            .filter(Column::PublishedAt.lte(scope.now))
            .filter(rest.condition(scope));
        sort.order(articles, request)
    };
    if let [category] = categories {
        return Some(of(category));
    }
    // Of each category the places that the page could take from it, and of those the page, before any article is read.
    let mut branches = categories.iter().map(|category| {
        let places = of(category).select_only().column_as(Column::ArticleId, ID).column_as(Column::PublishedAt, AT);
        Query::select().columns([ID, AT]).from_subquery(places.into_query(), PLACES).take()
    });
    let mut places = branches.next()?;
    for branch in branches {
        places.union(UnionType::Distinct, branch);
    }
    let mut ids = Query::select().column(ID).from_subquery(places, PLACES).take();
    let keys = vec![SortKey { expr: Expr::col(AT), descending: *descending }];
    Sort { keys, id: Expr::col(ID) }.order_statement(&mut ids, request);
    let articles = article::Entity::find().filter(Expr::col((article::Entity, article::Column::Id)).in_subquery(ids));
    Some(list::sort(scope, order).order(articles, request))
}

/// The categories of which a filter asks for one, and what else it asks for.
fn filed(filter: &ArticleFilter) -> Option<(&[CategoryId], ArticleFilter)> {
    match filter {
        ArticleFilter::InCategories(ids) => Some((ids, ArticleFilter::everything())),
        ArticleFilter::All(parts) => {
            let (place, (ids, rest)) =
                parts.iter().enumerate().find_map(|(place, part)| Some((place, filed(part)?)))?;
            let others = parts.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, part)| part.clone());
            Some((ids, ArticleFilter::All(others.chain([rest]).collect())))
        }
        _ => None,
    }
}
