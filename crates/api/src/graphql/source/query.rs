//! Reading sources.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject, Result};
use masthead_domain::{
    SourceId, WebUrl,
    policy::Library,
    source::{Doi, Isbn, SourceKey},
};
use masthead_store::{
    page::{SortKind, fingerprint},
    source::{self, KeyTest, SourceOrder, SourceWhere},
};

use super::{LinkHealth, ReferenceKind, SourceNode};
use crate::graphql::{
    connection::{Connection, PageArguments},
    error,
    filter::{IdFilter, TextFilter, both},
    frame::Frame,
    input,
    reads::SOURCES,
    scalar::{OrderDirection, Url},
};

/// One source. Exactly one key. All spellings of an address, DOI or ISBN find the same source, and so does whatever
/// named a source that was joined into it.
#[derive(OneofObject)]
pub(crate) enum SourceBy {
    /// By global id.
    Id(ID),
    /// By address, without regard to scheme, `www.`, fragment and tracking parameters.
    Url(Url),
    /// By digital object identifier, with or without a resolver in front.
    Doi(String),
    /// By book number, 10 or 13 digits.
    Isbn(String),
}

/// Sources by what sort of thing they are.
#[derive(InputObject, Debug, Clone, Default)]
pub(crate) struct ReferenceKindFilter {
    /// Exactly this sort.
    eq: Option<ReferenceKind>,
    /// One of these sorts, at most 100.
    #[graphql(validator(max_items = 100))]
    r#in: Option<Vec<ReferenceKind>>,
}

/// Sources by what the last look at their address found.
#[derive(InputObject, Debug, Clone, Default)]
pub(crate) struct LinkHealthFilter {
    /// Exactly this.
    eq: Option<LinkHealth>,
    /// One of these, at most 100.
    #[graphql(validator(max_items = 100))]
    r#in: Option<Vec<LinkHealth>>,
}

/// Which sources. All keys are joined with AND.
#[derive(InputObject, Debug, Clone, Default)]
pub(crate) struct SourceFilter {
    /// By what sort of thing they are.
    kind: Option<ReferenceKindFilter>,
    /// By what the last look at their address found.
    health: Option<LinkHealthFilter>,
    /// By title.
    title: Option<TextFilter>,
    /// By the paper, site or house they appeared in.
    outlet: Option<TextFilter>,
    /// By the articles that cite them. Articles the caller may not see count as citing nothing.
    cited_by: Option<IdFilter>,
}

/// How sources are ordered.
#[derive(InputObject, Debug, Clone)]
#[graphql(name = "SourceOrder")]
pub(crate) struct SourceOrderInput {
    /// By what.
    field: SourceOrderField,
    /// Which way.
    #[graphql(default_with = "OrderDirection::Desc")]
    direction: OrderDirection,
}

/// By what sources are ordered.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SourceOrderField {
    /// By the date they appeared. A year comes before its months, a month before its days; undated sources count as the
    /// oldest.
    PublishedOn,
    /// By title, without regard to case and accents.
    Title,
}

fn key_test(filter: Option<&TextFilter>) -> KeyTest {
    let TextFilter { eq, starts_with, contains } = filter.cloned().unwrap_or_default();
    KeyTest { is: eq, starts_with, contains }
}

impl SourceFilter {
    fn to_where(&self) -> SourceWhere {
        let Self { kind, health, title, outlet, cited_by } = self;
        let kind = kind.clone().unwrap_or_default();
        let health = health.clone().unwrap_or_default();
        let kinds = both(kind.eq.as_ref(), kind.r#in.as_ref());
        let healths = both(health.eq.as_ref(), health.r#in.as_ref());
        SourceWhere {
            kinds: kinds.map(|kinds| kinds.into_iter().map(Into::into).collect()),
            healths: healths.map(|healths| healths.into_iter().map(Into::into).collect()),
            title: key_test(title.as_ref()),
            outlet: key_test(outlet.as_ref()),
            articles: cited_by.clone().unwrap_or_default().in_articles(),
        }
    }
}

#[derive(Default)]
pub(crate) struct SourceQuery;

#[Object]
impl SourceQuery {
    /// One source, or null when there is none or the caller does not see it (see `sources`). The id of a source that was
    /// joined into another finds the other.
    async fn source(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: SourceBy,
    ) -> Result<Option<SourceNode>> {
        let frame = Frame::published(ctx)?;
        let library = frame.library(Library::Sources);
        // What is no address, DOI or ISBN names nothing.
        let key = match by {
            SourceBy::Id(id) => {
                let Some(id) = input::lookup_id::<SourceId>(&id) else { return Ok(None) };
                let found = source::by_id_or_former(frame.read(SOURCES), library, id).await.map_err(error::store)?;
                return Ok(SourceNode::one(&frame, found));
            }
            SourceBy::Url(url) => WebUrl::parse(&url.0).ok().map(|url| SourceKey::url(&url)),
            SourceBy::Doi(doi) => Doi::parse(&doi).ok().map(|doi| SourceKey::doi(&doi)),
            SourceBy::Isbn(isbn) => Isbn::parse(&isbn).ok().map(|isbn| SourceKey::isbn(&isbn)),
        };
        let Some(key) = key else { return Ok(None) };
        let found = source::by_key(frame.read(SOURCES), library, &key).await.map_err(error::store)?;
        Ok(SourceNode::one(&frame, found))
    }

    /// The sources that articles cite which readers see, the latest first unless `orderBy` says otherwise. Whoever works
    /// on the newsroom (contributors and above, keys with the scope drafts:read or sources:write) sees all sources.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a connection")]
    async fn sources(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many (20 when absent, at most 100).")] first: Option<i32>,
        #[graphql(desc = "Begin after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many (at most 100).")] last: Option<i32>,
        #[graphql(desc = "End before this cursor.")] before: Option<String>,
        #[graphql(name = "where", desc = "Which ones.")] filter: Option<SourceFilter>,
        #[graphql(desc = "In what order; the id settles ties.")] order_by: Option<Vec<SourceOrderInput>>,
    ) -> Result<Connection<SourceNode>> {
        let frame = Frame::published(ctx)?;
        let library = frame.library(Library::Sources);
        let filter = filter.unwrap_or_default().to_where();
        let (order, descending) = match order_by.unwrap_or_default().first() {
            None => (SourceOrder::PublishedOn, true),
            Some(SourceOrderInput { field, direction }) => {
                let order = match field {
                    SourceOrderField::PublishedOn => SourceOrder::PublishedOn,
                    SourceOrderField::Title => SourceOrder::Title,
                };
                (order, *direction == OrderDirection::Desc)
            }
        };
        let print = fingerprint(&format!("sources {filter:?} {order:?} {descending}"));
        let request = PageArguments { first, after, last, before }.request(print, &[SortKind::Text])?;
        let page = source::page(frame.read(SOURCES), library, &frame.scope, &filter, order, descending, &request)
            .await
            .map_err(error::store)?;
        let page = page.together(|all| SourceNode::together(&frame, all));
        Ok(Connection::new(page, print, move || {
            let (frame, filter) = (Arc::clone(&frame), filter.clone());
            async move { source::count(frame.read(SOURCES), library, &frame.scope, &filter).await.map_err(error::store) }
        }))
    }
}
