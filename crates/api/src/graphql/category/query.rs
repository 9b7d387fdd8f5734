//! Reading categories.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject, Result};
use masthead_domain::path::{self, PathTarget};
use masthead_store::{
    Perspective,
    category::{self, CategoryOrder, CategorySort, CategoryWhere},
    page::{SortKind, fingerprint},
};

use super::CategoryNode;
use crate::graphql::{
    connection::{Connection, PageArguments},
    error,
    filter::{IdFilter, SlugFilter},
    frame::Frame,
    input,
    reads::CATEGORIES,
    scalar::{Language, OrderDirection},
};

/// One category. Exactly one key.
#[derive(OneofObject)]
pub(crate) enum CategoryBy {
    /// By global id.
    Id(ID),
    /// By slug.
    Slug(String),
    /// By address with the slugs of all categories above: `/category/news/politics`.
    Path(String),
}

/// Which categories. All keys are joined with AND.
#[derive(InputObject, Debug, Clone, Default)]
pub(crate) struct CategoryFilter {
    /// By the category they stand in directly.
    parent: Option<IdFilter>,
    /// Only those that stand in no other (true), or only those that do (false).
    is_root: Option<bool>,
    /// By slug.
    slug: Option<SlugFilter>,
}

/// How categories are ordered.
#[derive(InputObject, Debug, Clone)]
#[graphql(name = "CategoryOrder")]
pub(crate) struct CategoryOrderInput {
    /// By what.
    field: CategoryOrderField,
    /// Which way.
    #[graphql(default_with = "OrderDirection::Asc")]
    direction: OrderDirection,
}

/// By what categories are ordered.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "CategoryOrder")]
pub(crate) enum CategoryOrderField {
    /// By their place among their siblings. Meant for the children of one category or the roots.
    Position,
    /// By its own name, in whatever language that is shown, without regard to case and accents.
    Name,
}

impl CategoryFilter {
    fn to_where(&self) -> CategoryWhere {
        let ids = |ids: Vec<ID>| ids.iter().filter_map(input::lookup_id).collect();
        let parent = self.parent.clone().unwrap_or_default();
        let slug = self.slug.clone().unwrap_or_default();
        CategoryWhere {
            parents: parent.wanted().map(ids),
            not_parents: parent.not_in.map(ids),
            is_root: self.is_root,
            slugs: slug.wanted(),
            not_slugs: slug.not_in,
        }
    }
}

/// The keys of an order, each the first time it is named; by position when there is none.
fn sorts(order_by: Option<Vec<CategoryOrderInput>>) -> Vec<CategorySort> {
    let mut sorts: Vec<CategorySort> = Vec::new();
    for CategoryOrderInput { field, direction } in order_by.unwrap_or_default() {
        let by = CategoryOrder::from(field);
        if sorts.iter().all(|sort| sort.by != by) {
            sorts.push(CategorySort { by, descending: direction == OrderDirection::Desc });
        }
    }
    if sorts.is_empty() {
        sorts.push(CategorySort { by: CategoryOrder::Position, descending: false });
    }
    sorts
}

/// Whether the category that is being answered is shown with its articles.
fn shows_articles(ctx: &Context<'_>) -> bool {
    ["articles", "articleCount"].iter().any(|field| ctx.look_ahead().field(field).exists())
}

#[derive(Default)]
pub(crate) struct CategoryQuery;

#[Object]
impl CategoryQuery {
    /// One category, or null.
    async fn category(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: CategoryBy,
        #[graphql(desc = "The language to show words in that are there in several.")] locale: Option<Language>,
        #[graphql(desc = "The languages to fall back on, the best first, at most 9.")] fallback: Option<Vec<Language>>,
    ) -> Result<Option<CategoryNode>> {
        let frame = Frame::localized(ctx, Perspective::Published, locale, fallback)?;
        match by {
            CategoryBy::Id(id) => match input::lookup_id(&id) {
                Some(id) => CategoryNode::by_id(&frame, id).await,
                None => Ok(None),
            },
            CategoryBy::Slug(slug) if shows_articles(ctx) => CategoryNode::by_slug_with_subtree(&frame, &slug).await,
            CategoryBy::Slug(slug) => CategoryNode::by_slug(&frame, &slug).await,
            CategoryBy::Path(address) => match path::normalized(&address).as_deref().map(path::target) {
                Some(PathTarget::Category { slugs }) => CategoryNode::by_path(&frame, &slugs).await,
                _ => Ok(None),
            },
        }
    }

    /// All categories, by position unless `orderBy` says otherwise. For a menu, ask for the roots
    /// (`where: { isRoot: true }`) with their `children`.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a connection")]
    async fn categories(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many (20 when absent, at most 100).")] first: Option<i32>,
        #[graphql(desc = "Begin after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many (at most 100).")] last: Option<i32>,
        #[graphql(desc = "End before this cursor.")] before: Option<String>,
        #[graphql(name = "where", desc = "Which ones.")] filter: Option<CategoryFilter>,
        #[graphql(desc = "In what order; the id settles ties.")] order_by: Option<Vec<CategoryOrderInput>>,
        #[graphql(desc = "The language to show words in that are there in several.")] locale: Option<Language>,
        #[graphql(desc = "The languages to fall back on, the best first, at most 9.")] fallback: Option<Vec<Language>>,
    ) -> Result<Connection<CategoryNode>> {
        let frame = Frame::localized(ctx, Perspective::Published, locale, fallback)?;
        let filter = filter.unwrap_or_default().to_where();
        let order = sorts(order_by);
        let print = fingerprint(&format!("categories {filter:?} {order:?}"));
        let keys: Vec<SortKind> = order.iter().map(|sort| sort.by.kind()).collect();
        let request = PageArguments { first, after, last, before }.request(print, &keys)?;
        let page = category::page(frame.read(CATEGORIES), &filter, &order, &request).await.map_err(error::store)?;
        let page = page.together(|all| CategoryNode::together(&frame, all));
        Ok(Connection::new(page, print, move || {
            let (frame, filter) = (Arc::clone(&frame), filter.clone());
            async move { category::count(frame.read(CATEGORIES), &filter).await.map_err(error::store) }
        }))
    }
}
