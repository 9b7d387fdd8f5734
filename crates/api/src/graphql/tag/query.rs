//! Reading tags.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject, Result};
use masthead_domain::policy::Library;
use masthead_store::{
    Perspective,
    page::{SortKind, fingerprint},
    tag::{self, TagOrder, TagWhere},
};

use super::TagNode;
use crate::graphql::{
    connection::{Connection, PageArguments},
    error,
    filter::{SlugFilter, TextFilter},
    frame::Frame,
    input,
    reads::TAGS,
    scalar::{Language, OrderDirection},
};

/// One tag. Exactly one key.
#[derive(OneofObject)]
pub(crate) enum TagBy {
    /// By global id.
    Id(ID),
    /// By slug.
    Slug(String),
}

/// Which tags. All keys are joined with AND.
#[derive(InputObject, Debug, Clone, Default)]
pub(crate) struct TagFilter {
    /// By slug.
    slug: Option<SlugFilter>,
    /// By its own name.
    name: Option<TextFilter>,
}

/// How tags are ordered.
#[derive(InputObject, Debug, Clone)]
#[graphql(name = "TagOrder")]
pub(crate) struct TagOrderInput {
    /// By what.
    field: TagOrderField,
    /// Which way.
    #[graphql(default_with = "OrderDirection::Asc")]
    direction: OrderDirection,
}

/// By what tags are ordered.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "TagOrder")]
pub(crate) enum TagOrderField {
    /// By its own name, in whatever language that is shown, without regard to case and accents.
    Name,
}

impl TagFilter {
    fn to_where(&self) -> TagWhere {
        let slug = self.slug.clone().unwrap_or_default();
        let TextFilter { eq, starts_with, contains } = self.name.clone().unwrap_or_default();
        TagWhere {
            slugs: slug.wanted(),
            not_slugs: slug.not_in,
            name: eq,
            name_starts_with: starts_with,
            name_contains: contains,
        }
    }
}

#[derive(Default)]
pub(crate) struct TagQuery;

#[Object]
impl TagQuery {
    /// One tag, or null when there is none or the caller does not see it (see `tags`).
    async fn tag(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: TagBy,
        #[graphql(desc = "The language to show words in that are there in several.")] locale: Option<Language>,
        #[graphql(desc = "The languages to fall back on, the best first, at most 9.")] fallback: Option<Vec<Language>>,
    ) -> Result<Option<TagNode>> {
        let frame = Frame::localized(ctx, Perspective::Published, locale, fallback)?;
        match by {
            TagBy::Id(id) => match input::lookup_id(&id) {
                Some(id) => TagNode::by_id(&frame, id).await,
                None => Ok(None),
            },
            TagBy::Slug(slug) => {
                let found =
                    tag::by_slug(frame.read(TAGS), frame.library(Library::Tags), &slug).await.map_err(error::store)?;
                Ok(TagNode::one(&frame, found))
            }
        }
    }

    /// The tags on articles that readers see, by name unless `orderBy` says otherwise. Whoever works on the newsroom
    /// (contributors and above, keys with the scope drafts:read or taxonomy:write) sees all tags.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a connection")]
    async fn tags(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many (20 when absent, at most 100).")] first: Option<i32>,
        #[graphql(desc = "Begin after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many (at most 100).")] last: Option<i32>,
        #[graphql(desc = "End before this cursor.")] before: Option<String>,
        #[graphql(name = "where", desc = "Which ones.")] filter: Option<TagFilter>,
        #[graphql(desc = "In what order; the id settles ties.")] order_by: Option<Vec<TagOrderInput>>,
        #[graphql(desc = "The language to show words in that are there in several.")] locale: Option<Language>,
        #[graphql(desc = "The languages to fall back on, the best first, at most 9.")] fallback: Option<Vec<Language>>,
    ) -> Result<Connection<TagNode>> {
        let frame = Frame::localized(ctx, Perspective::Published, locale, fallback)?;
        let library = frame.library(Library::Tags);
        let filter = filter.unwrap_or_default().to_where();
        let (order, descending) = match order_by.unwrap_or_default().first() {
            None => (TagOrder::Name, false),
            Some(TagOrderInput { field, direction }) => (TagOrder::from(*field), *direction == OrderDirection::Desc),
        };
        let print = fingerprint(&format!("tags {filter:?} {order:?} {descending}"));
        let request = PageArguments { first, after, last, before }.request(print, &[SortKind::Text])?;
        let page =
            tag::page(frame.read(TAGS), library, &filter, order, descending, &request).await.map_err(error::store)?;
        let page = page.together(|all| TagNode::together(&frame, all));
        Ok(Connection::new(page, print, move || {
            let (frame, filter) = (Arc::clone(&frame), filter.clone());
            async move { tag::count(frame.read(TAGS), library, &filter).await.map_err(error::store) }
        }))
    }
}
