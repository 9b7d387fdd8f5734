//! Lists of articles: one at the root, or one below each of many parents by a single statement.

use std::{fmt::Display, hash::Hash, sync::Arc};

use async_graphql::{Enum, InputObject, Result};
use foldhash::HashMap;
use futures_util::future::BoxFuture;
use masthead_domain::{
    Timestamp,
    topic::{Shelf, Topic},
};
use masthead_store::{
    article::{self, ArticleFilter, ArticleOrder, ArticleSort, Listed, Listing, Slice, Walk},
    page::{Page, PageRequest, fingerprint},
};

use super::{Ahead, ArticleNode, edition::Chain, filter::ArticleFilterInput};
use crate::{
    error_code::ErrorCode,
    graphql::{
        cohort::Cohort,
        connection::{Connection, PageArguments},
        error,
        frame::Frame,
        scalar::OrderDirection,
    },
};

/// How articles are ordered.
#[derive(InputObject, Debug, Clone, Copy)]
#[graphql(name = "ArticleOrder")]
pub(crate) struct ArticleOrderInput {
    /// By what.
    field: ArticleOrderField,
    /// Which way.
    #[graphql(default_with = "OrderDirection::Desc")]
    direction: OrderDirection,
}

/// By what articles are ordered.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[graphql(remote = "ArticleSort")]
pub(crate) enum ArticleOrderField {
    /// By publication. What is not published yet counts as later than everything.
    PublishedAt,
    /// By last change.
    UpdatedAt,
    /// By headline, without regard to case and accents.
    Headline,
}

/// What every list of articles takes.
#[derive(Debug)]
pub(crate) struct ListArguments {
    /// Which page.
    pub(crate) page: PageArguments,
    /// Which articles.
    pub(crate) filter: Option<Box<ArticleFilterInput>>,
    /// In what order.
    pub(crate) order_by: Option<Vec<ArticleOrderInput>>,
    /// What is shown of each article.
    pub(crate) ahead: Ahead,
}

fn order(given: Option<Vec<ArticleOrderInput>>) -> Result<Vec<ArticleOrder>> {
    let given = given.unwrap_or_default();
    if given.is_empty() {
        return Ok(vec![ArticleOrder { by: ArticleSort::PublishedAt, descending: true }]);
    }
    let mut order: Vec<ArticleOrder> = Vec::with_capacity(given.len());
    for ArticleOrderInput { field, direction } in given {
        let by = field.into();
        if order.iter().any(|known| known.by == by) {
            return Err(error::coded(ErrorCode::BadUserInput, "`orderBy` names each field at most once"));
        }
        order.push(ArticleOrder { by, descending: direction == OrderDirection::Desc });
    }
    Ok(order)
}

/// What a list with this filter and order depends on, beside what the articles on its page say themselves.
fn topics(filter: &ArticleFilter, order: &[ArticleOrder]) -> Vec<Topic<'static>> {
    let mut topics: Vec<Topic<'static>> = match shelves(filter) {
        Some(shelves) => shelves.into_iter().map(Topic::Shelf).collect(),
        None => vec![Topic::Shelf(Shelf::Site)],
    };
    if order.iter().any(|order| order.by != ArticleSort::PublishedAt) || looks_at_words(filter) {
        topics.push(Topic::Words);
    }
    topics
}

/// The shelves of which a filter lets nothing through but what stands on one of them; none when there is no such limit.
fn shelves(filter: &ArticleFilter) -> Option<Vec<Shelf>> {
    match filter {
        ArticleFilter::All(parts) => parts.iter().find_map(shelves),
        ArticleFilter::Any(parts) => {
            let all: Option<Vec<Vec<Shelf>>> = parts.iter().map(shelves).collect();
            all.map(|all| all.concat())
        }
        ArticleFilter::InCategories(ids) => Some(ids.iter().copied().map(Shelf::Category).collect()),
        ArticleFilter::ByAuthors(ids) => Some(ids.iter().copied().map(Shelf::Author).collect()),
        ArticleFilter::Citing(ids) => Some(ids.iter().copied().map(Shelf::Source).collect()),
        ArticleFilter::Not(_)
        | ArticleFilter::Editions(_)
        | ArticleFilter::NewsFlow
        | ArticleFilter::Ids(_)
        | ArticleFilter::Languages(_)
        | ArticleFilter::Kinds(_)
        | ArticleFilter::PublishedAt(_)
        | ArticleFilter::UpdatedAt(_)
        | ArticleFilter::Headline(_)
        | ArticleFilter::Tagged(_)
        | ArticleFilter::Showing(_)
        | ArticleFilter::HasReferences
        | ArticleFilter::HasMedia
        | ArticleFilter::Statuses(_) => None,
    }
}

/// Whether another word in an article could let it through a filter or keep it out.
fn looks_at_words(filter: &ArticleFilter) -> bool {
    match filter {
        ArticleFilter::All(parts) | ArticleFilter::Any(parts) => parts.iter().any(looks_at_words),
        ArticleFilter::Not(part) => looks_at_words(part),
        ArticleFilter::UpdatedAt(_)
        | ArticleFilter::Headline(_)
        | ArticleFilter::Showing(_)
        | ArticleFilter::HasReferences
        | ArticleFilter::HasMedia => true,
        // Which edition of a story is the best depends on all of its editions: on where they stand, not on what they say.
        ArticleFilter::Editions(_)
        | ArticleFilter::NewsFlow
        | ArticleFilter::Ids(_)
        | ArticleFilter::Languages(_)
        | ArticleFilter::Kinds(_)
        | ArticleFilter::PublishedAt(_)
        | ArticleFilter::InCategories(_)
        | ArticleFilter::ByAuthors(_)
        | ArticleFilter::Tagged(_)
        | ArticleFilter::Citing(_)
        | ArticleFilter::Statuses(_) => false,
    }
}

async fn nodes(frame: &Arc<Frame>, pages: Vec<Page<Listed>>, ahead: Ahead) -> Result<Vec<Page<ArticleNode>>> {
    // All pages together are one cohort, so that what is read below them is read once.
    let mut shapes = Vec::with_capacity(pages.len());
    let mut articles = Vec::new();
    for Page { items, has_next, has_previous } in pages {
        let (places, page): (Vec<_>, Vec<_>) = items.into_iter().unzip();
        shapes.push((places, has_next, has_previous));
        articles.extend(page);
    }
    let nodes = ArticleNode::listed(frame, articles, ahead);
    ArticleNode::read_ahead(&nodes).await;
    let mut nodes = ArticleNode::newest(nodes).await?.into_iter();
    let pages = shapes
        .into_iter()
        .map(|(places, has_next, has_previous)| {
            let items = places.into_iter().zip(nodes.by_ref()).collect();
            Page { items, has_next, has_previous }
        })
        .collect();
    Ok(pages)
}

/// A list of all articles that a frame shows.
pub(crate) async fn list(frame: &Arc<Frame>, arguments: ListArguments) -> Result<Connection<ArticleNode>> {
    let ListArguments { page, filter, order_by, ahead } = arguments;
    let order = order(order_by)?;
    let given = ArticleFilterInput::said(filter);
    let chain = Chain::of(frame);
    let print = fingerprint(&format!("articles {:?} {given:?} {order:?}{}", frame.scope.perspective, chain.name()));
    let mut request = page.request(print, &chain.keys(&order))?;
    let since = chain.begun(&mut request);
    let all = given.unwrap_or_default().resolve(frame).await?;
    let walk = Walk { since, order: order.clone(), request: request.clone() };
    let (filter, all) = (chain.narrowed(all.clone(), Some(walk)), chain.narrowed(all, None));
    let database = frame.read(&topics(&filter, &order));
    let listing = Listing { scope: &frame.scope, order: &order, width: ahead.width() };
    let mut page = article::page(database, listing, &filter, &request).await.map_err(error::store)?;
    chain.mark(&mut page, since);
    let page =
        nodes(frame, vec![page], ahead).await?.pop().ok_or_else(|| error::internal("a list without its page"))?;
    let frame = Arc::clone(frame);
    Ok(Connection::new(page, print, move || {
        let (frame, all) = (Arc::clone(&frame), all.clone());
        async move { article::count(frame.read(&topics(&all, &[])), &frame.scope, &all).await.map_err(error::store) }
    }))
}

/// Tells for many parents at once which articles belong to each.
pub(crate) type Narrow<K> = Arc<dyn Fn(Vec<K>) -> BoxFuture<'static, Result<HashMap<K, ArticleFilter>>> + Send + Sync>;

/// The list of articles below one of many parents that were loaded together.
pub(crate) struct ListOf<K> {
    /// The parent's frame.
    pub(crate) frame: Arc<Frame>,
    /// The parents.
    pub(crate) cohort: Arc<Cohort<K>>,
    /// The parent.
    pub(crate) key: K,
    /// What the list is called, with all that makes it another list than its namesakes.
    pub(crate) name: String,
    /// Which articles belong to a parent.
    pub(crate) narrow: Narrow<K>,
}

impl<K: Display + Eq + Hash + Clone + Send + Sync + 'static> ListOf<K> {
    /// The page that the arguments ask for. First pages are read for all parents at once; a page after a cursor is
    /// read for its own parent, because a cursor belongs to one list. Boxed: otherwise every author and every category that
    /// is shown would have room for it, asked for or not.
    pub(crate) fn page(self, arguments: ListArguments) -> BoxFuture<'static, Result<Connection<ArticleNode>>> {
        Box::pin(self.read(arguments))
    }

    async fn read(self, arguments: ListArguments) -> Result<Connection<ArticleNode>> {
        let Self { frame, cohort, key, name, narrow } = self;
        let ListArguments { page, filter, order_by, ahead } = arguments;
        let order = order(order_by)?;
        let given = ArticleFilterInput::said(filter);
        let chain = Chain::of(&frame);
        let list = format!("{name} {:?} {given:?} {order:?}{}", frame.scope.perspective, chain.name());
        let print = fingerprint(&format!("{key} {list}"));
        let mut request = page.request(print, &chain.keys(&order))?;
        let since = chain.begun(&mut request);
        let lists = Lists { frame, narrow, given, order, ahead };
        let found = if request.cursor.is_some() {
            lists.pages(vec![key.clone()], &request, since).await?.remove(&key)
        } else {
            let arguments = fingerprint(&format!("{list} {request:?}"));
            let load = |keys| async { lists.pages(keys, &request, since).await };
            cohort.relation("articles", arguments, load).await?.get(&key).cloned()
        };
        let page = found.unwrap_or_else(|| Page { items: Vec::new(), has_next: false, has_previous: false });
        let (counted, lists) = (lists.counted(&name), Arc::new(lists));
        Ok(Connection::new(page, print, move || {
            let (lists, cohort, key) = (Arc::clone(&lists), Arc::clone(&cohort), key.clone());
            async move {
                let load = |keys| async { lists.counts(keys).await };
                let counts = cohort.relation("articles counted", counted, load).await?;
                Ok(counts.get(&key).copied().unwrap_or(0))
            }
        }))
    }

    /// How many articles the whole list has.
    pub(crate) async fn count(self) -> Result<u64> {
        let Self { frame, cohort, key, name, narrow } = self;
        let lists = Lists { frame, narrow, given: None, order: Vec::new(), ahead: Ahead::default() };
        let counted = lists.counted(&name);
        let load = |keys| async { lists.counts(keys).await };
        let counts = cohort.relation("articles counted", counted, load).await?;
        Ok(counts.get(&key).copied().unwrap_or(0))
    }
}

/// The lists of many parents under the same arguments.
struct Lists<K> {
    frame: Arc<Frame>,
    narrow: Narrow<K>,
    given: Option<Box<ArticleFilterInput>>,
    order: Vec<ArticleOrder>,
    ahead: Ahead,
}

impl<K: Eq + Hash + Clone> Lists<K> {
    /// What tells these counts from others: the order does not matter for them.
    fn counted(&self, name: &str) -> u64 {
        fingerprint(&format!("{name} {:?}", self.given))
    }

    /// The filters of the parents that have articles at all.
    async fn filters(&self, keys: Vec<K>, walk: Option<Walk>) -> Result<(Vec<K>, Vec<ArticleFilter>)> {
        let given = self.given.clone().unwrap_or_default().resolve(&self.frame).await?;
        let given = Chain::of(&self.frame).narrowed(given, walk);
        let mut narrowed = (self.narrow)(keys.clone()).await?;
        let of = |key: &K| narrowed.remove(key).map(|own| ArticleFilter::All(vec![own, given.clone()]));
        let mut of = of;
        Ok(keys.into_iter().filter_map(|key| of(&key).map(|filter| (key, filter))).unzip())
    }

    async fn pages(
        &self,
        keys: Vec<K>,
        request: &PageRequest,
        since: Timestamp,
    ) -> Result<HashMap<K, Page<ArticleNode>>> {
        let walk = Walk { since, order: self.order.clone(), request: request.clone() };
        let (keys, filters) = self.filters(keys, Some(walk)).await?;
        filters.iter().for_each(|filter| self.frame.note(topics(filter, &self.order)));
        let slices: Vec<Slice> = filters.into_iter().map(|filter| Slice { filter, request: request.clone() }).collect();
        let (database, scope) = (self.frame.read_below(), &self.frame.scope);
        let listing = Listing { scope, order: &self.order, width: self.ahead.width() };
        let mut pages = article::slices(database, listing, &slices).await.map_err(error::store)?;
        pages.iter_mut().for_each(|page| Chain::of(&self.frame).mark(page, since));
        Ok(keys.into_iter().zip(nodes(&self.frame, pages, self.ahead).await?).collect())
    }

    async fn counts(&self, keys: Vec<K>) -> Result<HashMap<K, u64>> {
        let (keys, filters) = self.filters(keys, None).await?;
        filters.iter().for_each(|filter| self.frame.note(topics(filter, &[])));
        let (database, scope) = (self.frame.read_below(), &self.frame.scope);
        let counts = article::counts(database, scope, &filters).await.map_err(error::store)?;
        Ok(keys.into_iter().zip(counts).collect())
    }
}
