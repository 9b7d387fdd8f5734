//! What an address of the site means today.

use std::sync::Arc;

use async_graphql::{Context, Object, Result, SimpleObject, Union};
use masthead_domain::{
    AnyId, Slug,
    article::{Removal, RemovalReason as Reason},
    path::{self, PathTarget},
};
use masthead_store::{
    article::{self, ArticleKey},
    author, external,
};

use super::{
    article::{ArticleNode, Perspective, RemovalReason},
    author::AuthorNode,
    category::CategoryNode,
    error,
    frame::Frame,
    node::Node,
    scalar::{DateTime, Language},
};

/// Moved for good, so that browsers and search engines remember it (RFC 9110 §15.4.2).
const MOVED_PERMANENTLY: i32 = 301;
/// Gone (RFC 9110 §15.5.11).
const GONE: i32 = 410;
/// Not to be shown for legal reasons (RFC 7725).
const LEGAL_REASONS: i32 = 451;

/// What stands at an address: content to render, an address to redirect to, or words on why it is gone.
#[derive(Union)]
pub(crate) enum RouteResult {
    Article(ArticleNode),
    Category(CategoryNode),
    Author(AuthorNode),
    Redirect(Redirect),
    Gone(Gone),
}

/// The content has another address now. Answer with `status` and a `Location` header of `to`.
#[derive(SimpleObject)]
pub(crate) struct Redirect {
    /// The address it has now, from the site's root.
    to: String,
    /// The HTTP status to answer with.
    status: i32,
    /// Whether clients may remember it.
    permanent: bool,
    /// What stands there, so that it can be rendered at once.
    target: Option<Node>,
}

/// Readers once saw something here. Answer with `httpStatus` and show `notice`.
#[derive(SimpleObject)]
pub(crate) struct Gone {
    /// The address that was asked for, from the site's root.
    path: String,
    /// Why it is gone.
    reason: RemovalReason,
    /// Since when.
    removed_at: DateTime,
    /// What the newsroom tells readers instead, plain text.
    notice: Option<String>,
    /// 410, or 451 when the law took it away.
    http_status: i32,
}

impl Gone {
    fn new(removal: Removal, path: &str) -> Self {
        let http_status = match removal.reason {
            Reason::Killed => LEGAL_REASONS,
            Reason::Unpublished
            | Reason::Withdrawn
            | Reason::Deleted
            | Reason::Merged
            | Reason::Expired
            | Reason::Rights
            | Reason::LeftScope => GONE,
        };
        Self {
            path: path.to_owned(),
            reason: removal.reason.into(),
            removed_at: DateTime(removal.at),
            notice: removal.notice,
            http_status,
        }
    }
}

/// Why nothing stands any more at an address that an article had.
async fn gone_from(frame: &Frame, path: &str) -> Result<Option<RouteResult>> {
    let PathTarget::Article { language, slug } = path::target(path) else { return Ok(None) };
    let gone = article::gone(&frame.app.database, &frame.scope, &slug, &language).await.map_err(error::store)?;
    Ok(gone.map(|removal| RouteResult::Gone(Gone::new(removal, path))))
}

async fn at_category_path(frame: &Arc<Frame>, slugs: &[Slug]) -> Result<Option<RouteResult>> {
    if let Some(node) = CategoryNode::by_path(frame, slugs).await? {
        return Ok(Some(RouteResult::Category(node)));
    }
    // It stands elsewhere in the tree now: a slug names one category wherever it stands.
    let Some(slug) = slugs.last() else { return Ok(None) };
    match CategoryNode::by_slug(frame, slug.as_str()).await? {
        Some(node) => Ok(Some(redirect(node.address().await?, node))),
        None => Ok(None),
    }
}

fn redirect(to: String, target: impl Into<Node>) -> RouteResult {
    RouteResult::Redirect(Redirect { to, status: MOVED_PERMANENTLY, permanent: true, target: Some(target.into()) })
}

async fn at_former_path(frame: &Arc<Frame>, path: &str) -> Result<Option<RouteResult>> {
    let database = &frame.app.database;
    match external::by_legacy_path(database, path).await.map_err(error::store)? {
        Some(AnyId::Article(id)) => {
            if let Some(node) = ArticleNode::by_id(frame, id).await? {
                return Ok(Some(redirect(node.front().path(), node)));
            }
            let gone = article::gone_by_id(database, &frame.scope, id).await.map_err(error::store)?;
            Ok(gone.map(|removal| RouteResult::Gone(Gone::new(removal, path))))
        }
        Some(AnyId::Category(id)) => match CategoryNode::by_id(frame, id).await? {
            Some(node) => Ok(Some(redirect(node.address().await?, node))),
            None => Ok(None),
        },
        Some(AnyId::Author(id)) => match author::by_id(database, id).await.map_err(error::store)? {
            Some(author) => {
                let to = path::author(&author.slug);
                match AuthorNode::together(frame, vec![author]).pop() {
                    Some(node) => Ok(Some(redirect(to, node))),
                    None => Ok(None),
                }
            }
            None => Ok(None),
        },
        _ => Ok(None),
    }
}

#[derive(Default)]
pub(crate) struct RouteQuery;

#[Object]
impl RouteQuery {
    /// What an address of the site means today: content, a moved address, or content that is gone and why. Null when
    /// nothing is known of it: answer 404. Made for a catch-all page of a frontend.
    async fn route(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The path as the browser asked for it, percent-encoded or not; query and fragment do not count."
        )]
        path: String,
        #[graphql(desc = "Which content to see.", default_with = "Perspective::Published")] perspective: Perspective,
        #[graphql(desc = "The language to show words in that are there in several.")] locale: Option<Language>,
        #[graphql(desc = "The languages to fall back on, the best first, at most 9.")] fallback: Option<Vec<Language>>,
    ) -> Result<Option<RouteResult>> {
        let frame = Frame::localized(ctx, perspective.into(), locale, fallback)?;
        let Some(path) = path::normalized(&path) else { return Ok(None) };
        let own = match path::target(&path) {
            PathTarget::Article { language, slug } => {
                let node = ArticleNode::find(ctx, &frame, ArticleKey::Slug(&slug, Some(&language))).await?;
                node.map(RouteResult::Article)
            }
            PathTarget::Category { slugs } => at_category_path(&frame, &slugs).await?,
            PathTarget::Author { slug } => {
                let author = author::by_slug(&frame.app.database, slug.as_str()).await.map_err(error::store)?;
                let node = AuthorNode::together(&frame, author.into_iter().collect()).pop();
                node.map(RouteResult::Author)
            }
            PathTarget::Foreign => None,
        };
        if own.is_some() {
            return Ok(own);
        }
        // Who stood there and lives elsewhere now comes before who stood there and is gone.
        match at_former_path(&frame, &path).await? {
            former @ (None | Some(RouteResult::Gone(_))) => Ok(gone_from(&frame, &path).await?.or(former)),
            living => Ok(living),
        }
    }
}
