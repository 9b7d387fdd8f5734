//! Reading authors.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject, Result};
use masthead_store::{
    Perspective,
    author::{self, AuthorOrder, AuthorWhere},
    page::{SortKind, fingerprint},
};

use super::AuthorNode;
use crate::graphql::{
    connection::{Connection, PageArguments},
    error,
    filter::{SlugFilter, TextFilter},
    frame::Frame,
    input,
    reads::AUTHORS,
    scalar::{Language, OrderDirection},
};

/// One author. Exactly one key.
#[derive(OneofObject)]
pub(crate) enum AuthorBy {
    /// By global id.
    Id(ID),
    /// By slug.
    Slug(String),
}

/// Which authors. All keys are joined with AND.
#[derive(InputObject, Debug, Clone, Default)]
pub(crate) struct AuthorFilter {
    /// By slug.
    slug: Option<SlugFilter>,
    /// By their own name.
    name: Option<TextFilter>,
}

/// How authors are ordered.
#[derive(InputObject, Debug, Clone)]
#[graphql(name = "AuthorOrder")]
pub(crate) struct AuthorOrderInput {
    /// By what.
    field: AuthorOrderField,
    /// Which way.
    #[graphql(default_with = "OrderDirection::Asc")]
    direction: OrderDirection,
}

/// By what authors are ordered.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AuthorOrderField {
    /// By their own name, in whatever language that is shown, without regard to case and accents.
    Name,
}

impl AuthorFilter {
    fn to_where(&self) -> AuthorWhere {
        let slug = self.slug.clone().unwrap_or_default();
        let TextFilter { eq, starts_with, contains } = self.name.clone().unwrap_or_default();
        AuthorWhere {
            slugs: slug.wanted(),
            not_slugs: slug.not_in,
            name: eq,
            name_starts_with: starts_with,
            name_contains: contains,
        }
    }
}

#[derive(Default)]
pub(crate) struct AuthorQuery;

#[Object]
impl AuthorQuery {
    /// One author, or null.
    async fn author(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: AuthorBy,
        #[graphql(desc = "The language to show words in that are there in several.")] locale: Option<Language>,
        #[graphql(desc = "The languages to fall back on, the best first, at most 9.")] fallback: Option<Vec<Language>>,
    ) -> Result<Option<AuthorNode>> {
        let frame = Frame::localized(ctx, Perspective::Published, locale, fallback)?;
        match by {
            AuthorBy::Id(id) => match input::lookup_id(&id) {
                Some(id) => AuthorNode::by_id(&frame, id).await,
                None => Ok(None),
            },
            AuthorBy::Slug(slug) => {
                let found = author::by_slug(frame.read(AUTHORS), &slug).await.map_err(error::store)?;
                Ok(AuthorNode::one(&frame, found))
            }
        }
    }

    /// All authors, by name unless `orderBy` says otherwise.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a connection")]
    async fn authors(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many (20 when absent, at most 100).")] first: Option<i32>,
        #[graphql(desc = "Begin after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many (at most 100).")] last: Option<i32>,
        #[graphql(desc = "End before this cursor.")] before: Option<String>,
        #[graphql(name = "where", desc = "Which ones.")] filter: Option<AuthorFilter>,
        #[graphql(desc = "In what order; the id settles ties.")] order_by: Option<Vec<AuthorOrderInput>>,
        #[graphql(desc = "The language to show words in that are there in several.")] locale: Option<Language>,
        #[graphql(desc = "The languages to fall back on, the best first, at most 9.")] fallback: Option<Vec<Language>>,
    ) -> Result<Connection<AuthorNode>> {
        let frame = Frame::localized(ctx, Perspective::Published, locale, fallback)?;
        let filter = filter.unwrap_or_default().to_where();
        let (order, descending) = match order_by.unwrap_or_default().first() {
            None => (AuthorOrder::Name, false),
            Some(AuthorOrderInput { field: AuthorOrderField::Name, direction }) => {
                (AuthorOrder::Name, *direction == OrderDirection::Desc)
            }
        };
        let print = fingerprint(&format!("authors {filter:?} {order:?} {descending}"));
        let request = PageArguments { first, after, last, before }.request(print, &[SortKind::Text])?;
        let page =
            author::page(frame.read(AUTHORS), &filter, order, descending, &request).await.map_err(error::store)?;
        let page = page.together(|all| AuthorNode::together(&frame, all));
        let frame = Arc::clone(&frame);
        Ok(Connection::new(page, print, move || {
            let (frame, filter) = (Arc::clone(&frame), filter.clone());
            async move { author::count(frame.read(AUTHORS), &filter).await.map_err(error::store) }
        }))
    }
}
