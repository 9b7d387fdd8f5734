//! Reading media records.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Object, Result};
use masthead_domain::policy::Library;
use masthead_store::{
    Perspective,
    media::{self, MediaWhere},
    page::{SortKind, fingerprint},
};

use super::{MediaKind, MediaNode};
use crate::graphql::{
    connection::{Connection, PageArguments},
    error,
    filter::{IdFilter, both},
    frame::Frame,
    reads::MEDIA,
    scalar::Language,
};

/// Media records by sort of file.
#[derive(InputObject, Debug, Clone, Default)]
pub(crate) struct MediaKindFilter {
    /// Exactly this sort.
    eq: Option<MediaKind>,
    /// One of these sorts, at most 100.
    #[graphql(validator(max_items = 100))]
    r#in: Option<Vec<MediaKind>>,
}

/// Which media records. All keys are joined with AND.
#[derive(InputObject, Debug, Clone, Default)]
pub(crate) struct MediaFilter {
    /// By sort of file.
    kind: Option<MediaKindFilter>,
    /// By the articles that show them in their gallery. Articles the caller may not see count as showing nothing.
    article: Option<IdFilter>,
}

impl MediaFilter {
    fn to_where(&self) -> MediaWhere {
        let Self { kind, article } = self;
        let MediaKindFilter { eq, r#in } = kind.clone().unwrap_or_default();
        let kinds = both(eq.as_ref(), r#in.as_ref());
        MediaWhere {
            kinds: kinds.map(|kinds| kinds.into_iter().map(Into::into).collect()),
            articles: article.clone().unwrap_or_default().in_articles(),
        }
    }
}

#[derive(Default)]
pub(crate) struct MediaQuery;

#[Object]
impl MediaQuery {
    /// The media records that stand in the gallery or the body of an article that readers see, or are the portrait of an
    /// author; the newest first. Whoever works on the newsroom (contributors and above, keys with the scope drafts:read
    /// or media:write) sees all records.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a connection")]
    async fn media(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many (20 when absent, at most 100).")] first: Option<i32>,
        #[graphql(desc = "Begin after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many (at most 100).")] last: Option<i32>,
        #[graphql(desc = "End before this cursor.")] before: Option<String>,
        #[graphql(name = "where", desc = "Which ones.")] filter: Option<MediaFilter>,
        #[graphql(desc = "The language to show words in that are there in several.")] locale: Option<Language>,
        #[graphql(desc = "The languages to fall back on, the best first, at most 9.")] fallback: Option<Vec<Language>>,
    ) -> Result<Connection<MediaNode>> {
        let frame = Frame::localized(ctx, Perspective::Published, locale, fallback)?;
        let library = frame.library(Library::Media);
        let filter = filter.unwrap_or_default().to_where();
        let print = fingerprint(&format!("media {filter:?}"));
        let request = PageArguments { first, after, last, before }.request(print, &[SortKind::Time])?;
        let page =
            media::page(frame.read(MEDIA), library, &frame.scope, &filter, &request).await.map_err(error::store)?;
        let page = page.together(|all| MediaNode::together(&frame, all));
        Ok(Connection::new(page, print, move || {
            let (frame, filter) = (Arc::clone(&frame), filter.clone());
            async move { media::count(frame.read(MEDIA), library, &frame.scope, &filter).await.map_err(error::store) }
        }))
    }
}
