//! Reading articles.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, OneofObject, Result};
use masthead_domain::{
    Slug,
    path::{self, PathTarget},
};
use masthead_store::article::{self, ArticleKey};

use super::{Ahead, ArticleFilterInput, ArticleNode, ArticleOrderInput, ListArguments, list::list, words::Perspective};
use crate::graphql::{
    connection::{Connection, PageArguments},
    error,
    frame::Frame,
    input,
    reads::EXTERNAL,
    scalar::{DateTime, Language},
};

/// One article. Exactly one key.
#[derive(OneofObject)]
pub(crate) enum ArticleBy {
    /// By global id.
    Id(ID),
    /// By slug.
    Slug(ArticleSlugKey),
    /// By its address on the site: `/fr/le-port-rouvre`. A whole URL is fine too; only its path counts. Former
    /// addresses are not followed; ask `route` for that.
    Path(String),
    /// By the id another system gave it.
    ExternalId(ExternalIdKey),
}

/// A slug is unique within its language only.
#[derive(InputObject)]
pub(crate) struct ArticleSlugKey {
    /// The slug.
    slug: String,
    /// The language. Without it, when several languages use the slug, the first of `locale` and `fallback` that does has
    /// it, else the article that was published first.
    language: Option<Language>,
}

/// The id of an article in the system it was imported from.
#[derive(InputObject)]
pub(crate) struct ExternalIdKey {
    /// The system, as named in the import report.
    system: String,
    /// The id there.
    id: String,
}

async fn find(ctx: &Context<'_>, frame: &Arc<Frame>, by: ArticleBy) -> Result<Option<ArticleNode>> {
    match by {
        ArticleBy::Id(id) => match input::lookup_id(&id) {
            Some(id) => ArticleNode::find_edition(ctx, frame, ArticleKey::Id(id)).await,
            None => Ok(None),
        },
        ArticleBy::Slug(ArticleSlugKey { slug, language }) => match Slug::parse(&slug) {
            Ok(slug) => {
                let key = ArticleKey::Slug(&slug, language.as_ref().map(|tag| &tag.0));
                ArticleNode::find_edition(ctx, frame, key).await
            }
            Err(_) => Ok(None),
        },
        ArticleBy::Path(address) => match path::normalized(&address).as_deref().map(path::target) {
            Some(PathTarget::Article { language, slug }) => {
                ArticleNode::find_edition(ctx, frame, ArticleKey::Slug(&slug, Some(&language))).await
            }
            _ => Ok(None),
        },
        ArticleBy::ExternalId(ExternalIdKey { system, id }) => {
            let known = article::id_of_external(frame.read(EXTERNAL), &system, &id).await.map_err(error::store)?;
            match known {
                Some(id) => ArticleNode::find_edition(ctx, frame, ArticleKey::Id(id)).await,
                None => Ok(None),
            }
        }
    }
}

#[derive(Default)]
pub(crate) struct ArticleQuery;

#[Object]
impl ArticleQuery {
    /// One article, or null when there is none or the caller may not see it. With a `locale`, the best edition of its
    /// story along `locale` and `fallback` that the caller may see: whatever the language of the one that was looked up,
    /// which is itself the answer when the story has no edition in any of them. `localeMatch` tells what came of it.
    async fn article(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: ArticleBy,
        #[graphql(desc = "Which content to see.", default_with = "Perspective::Published")] perspective: Perspective,
        #[graphql(
            desc = "The article as readers saw it at this instant, null when they did not. For callers who may read drafts: \
                    what was taken from readers may be in it."
        )]
        as_of: Option<DateTime>,
        #[graphql(desc = "The language to show, matched exactly: `fr-CA` is not `fr`.")] locale: Option<Language>,
        #[graphql(desc = "The languages to show where there is nothing in `locale`, the best first, at most 9.")]
        fallback: Option<Vec<Language>>,
    ) -> Result<Option<ArticleNode>> {
        let Some(DateTime(instant)) = as_of else {
            return find(ctx, &Frame::localized(ctx, perspective.into(), locale, fallback)?, by).await;
        };
        let frame = Frame::localized(ctx, masthead_store::Perspective::Latest, locale, fallback)?;
        match find(ctx, &frame, by).await? {
            Some(article) => article.as_of(instant).await,
            None => Ok(None),
        }
    }

    /// The articles, the newest first unless `orderBy` says otherwise. Standing pages (kind `PAGE`) are left out unless
    /// `where` says something about the `kind`. With a `locale`, one article for each story: its best edition along
    /// `locale` and `fallback` that the caller may see. Stories without an edition in any of them are left out; `where`,
    /// `orderBy` and `totalCount` are about the editions chosen.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a connection")]
    async fn articles(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many (20 when absent, at most 100).")] first: Option<i32>,
        #[graphql(desc = "Begin after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many (at most 100).")] last: Option<i32>,
        #[graphql(desc = "End before this cursor.")] before: Option<String>,
        #[graphql(name = "where", desc = "Which ones.")] filter: Option<Box<ArticleFilterInput>>,
        #[graphql(desc = "In what order, by publication from the newest when absent; the id settles ties.")]
        order_by: Option<Vec<ArticleOrderInput>>,
        #[graphql(desc = "Which content to see.", default_with = "Perspective::Published")] perspective: Perspective,
        #[graphql(desc = "The language to show, matched exactly: `fr-CA` is not `fr`.")] locale: Option<Language>,
        #[graphql(desc = "The languages to show where there is nothing in `locale`, the best first, at most 9.")]
        fallback: Option<Vec<Language>>,
    ) -> Result<Connection<ArticleNode>> {
        let frame = Frame::localized(ctx, perspective.into(), locale, fallback)?;
        let page = PageArguments { first, after, last, before };
        list(&frame, ListArguments { page, filter, order_by, ahead: Ahead::of_page(ctx) }).await
    }
}
