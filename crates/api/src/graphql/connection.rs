//! Lists: connections with `edges`, `nodes`, `pageInfo` and a count that is made only when asked for.

use std::{borrow::Cow, sync::Arc};

use async_graphql::{Context, List, Object, OutputType, Result, SimpleObject, TypeName};
use futures_util::future::BoxFuture;
use masthead_store::page::{Cursor, Direction, Page, PageRequest, SortKind};

use super::{
    error,
    guard::{hand_all, hand_one},
};
use crate::error_code::ErrorCode;

/// The items of a page when neither `first` nor `last` says otherwise.
pub(crate) const PAGE_SIZE_DEFAULT: i32 = 20;
/// The most items of a page.
pub(crate) const PAGE_SIZE_MAX: i32 = 100;

/// The four arguments of a connection.
#[derive(Debug, Default)]
pub(crate) struct PageArguments {
    pub(crate) first: Option<i32>,
    pub(crate) after: Option<String>,
    pub(crate) last: Option<i32>,
    pub(crate) before: Option<String>,
}

impl PageArguments {
    /// Checks the arguments for a list with this fingerprint and these sort keys.
    pub(crate) fn request(self, fingerprint: u64, keys: &[SortKind]) -> Result<PageRequest> {
        let Self { first, after, last, before } = self;
        let (direction, size, cursor) = match (first, after, last, before) {
            (Some(_), _, Some(_), _) => return Err(wrong("give `first` or `last`, not both")),
            (_, Some(_), _, Some(_)) => return Err(wrong("give `after` or `before`, not both")),
            (Some(_), _, _, Some(_)) => return Err(wrong("`before` goes with `last`")),
            (_, Some(_), Some(_), _) => return Err(wrong("`after` goes with `first`")),
            (None, None, last, Some(before)) => (Direction::Backward, last, Some(before)),
            (None, None, Some(last), None) => (Direction::Backward, Some(last), None),
            (first, after, None, None) => (Direction::Forward, first, after),
        };
        let size = size.unwrap_or(PAGE_SIZE_DEFAULT);
        if size > PAGE_SIZE_MAX {
            let message = format!("a page has at most {PAGE_SIZE_MAX} items");
            return Err(error::coded_with(ErrorCode::BadUserInput, &message, |extensions| {
                extensions.set("max", PAGE_SIZE_MAX);
            }));
        }
        let size = u64::try_from(size).map_err(|_| wrong("a page cannot have fewer than 0 items"))?;
        let cursor = cursor
            .map(|text| Cursor::decode(&text, fingerprint, keys))
            .transpose()
            .map_err(|wrong| error::coded(ErrorCode::InvalidCursor, &wrong.to_string()))?;
        Ok(PageRequest { size, direction, cursor })
    }
}

fn wrong(message: &str) -> async_graphql::Error {
    error::coded(ErrorCode::BadUserInput, message)
}

type Count = Arc<dyn Fn() -> BoxFuture<'static, Result<u64>> + Send + Sync>;

/// A page of a list.
pub(crate) struct Connection<T> {
    edges: Vec<Edge<T>>,
    has_next: bool,
    has_previous: bool,
    count: Count,
}

/// Where a page lies in its list.
#[derive(SimpleObject, Clone)]
pub(crate) struct PageInfo {
    /// Whether items follow this page. Reading backwards it is true when there was a `before`.
    has_next_page: bool,
    /// Whether items precede this page. Reading forwards it is true when there was an `after`.
    has_previous_page: bool,
    /// The cursor of the first item; null on an empty page.
    start_cursor: Option<String>,
    /// The cursor of the last item; null on an empty page. Hand it to `after` for the next page.
    end_cursor: Option<String>,
}

/// An item of a list with its place.
pub(crate) struct Edge<T> {
    place: Cursor,
    fingerprint: u64,
    node: T,
}

impl<T> Connection<T> {
    /// A connection over a page; `count` runs only when `totalCount` is asked for.
    pub(crate) fn new<C, F>(page: Page<T>, fingerprint: u64, count: C) -> Self
    where
        C: Fn() -> F + Send + Sync + 'static,
        F: Future<Output = Result<u64>> + Send + 'static,
    {
        let Page { items, has_next, has_previous } = page;
        let edges = items.into_iter().map(|(place, node)| Edge { place, fingerprint, node }).collect();
        Self { edges, has_next, has_previous, count: Arc::new(move || Box::pin(count())) }
    }
}

impl<T> Edge<T> {
    fn written(&self) -> String {
        self.place.encode(self.fingerprint)
    }
}

impl<T: OutputType> TypeName for Connection<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", T::type_name()).into()
    }
}

impl<T: OutputType> TypeName for Edge<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", T::type_name()).into()
    }
}

/// A page of a list, in the list's order.
#[Object(name_type)]
impl<T: OutputType> Connection<T> {
    /// The items with their cursors, for resuming in the middle of a page.
    async fn edges(&self, ctx: &Context<'_>) -> Result<List<&Edge<T>>> {
        hand_all(ctx, &self.edges).await
    }

    /// The items alone.
    async fn nodes(&self, ctx: &Context<'_>) -> Result<List<&T>> {
        hand_all(ctx, self.edges.iter().map(|edge| &edge.node)).await
    }

    /// Where the page lies in the list.
    async fn page_info(&self, ctx: &Context<'_>) -> Result<PageInfo> {
        let info = PageInfo {
            has_next_page: self.has_next,
            has_previous_page: self.has_previous,
            start_cursor: self.edges.first().map(Edge::written),
            end_cursor: self.edges.last().map(Edge::written),
        };
        hand_one(ctx, info).await
    }

    /// How many items the whole list has for this caller and filter. Counted only when asked for.
    async fn total_count(&self) -> Result<i32> {
        let count = (self.count)().await?;
        Ok(i32::try_from(count).unwrap_or(i32::MAX))
    }
}

/// An item of a list with its place.
#[Object(name_type)]
impl<T: OutputType> Edge<T> {
    /// The item's place. Opaque; good for this list with the same order and filter only.
    async fn cursor(&self) -> String {
        self.written()
    }

    /// The item.
    async fn node(&self, ctx: &Context<'_>) -> Result<&T> {
        hand_one(ctx, &self.node).await
    }
}
