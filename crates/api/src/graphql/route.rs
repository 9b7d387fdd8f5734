//! What an address of the site means today.

use std::sync::Arc;

use async_graphql::{Context, Object, Result, SimpleObject, Union};
use masthead_domain::{
    AnyId, Slug,
    article::{Removal, RemovalReason as Reason},
    path::{self, PathTarget},
    redirect::{RedirectStatus, SitePath, Target, Way},
    topic::Topic,
};
use masthead_store::{
    article::{self, ArticleKey},
    author, external, redirect,
};

use super::{
    article::{ArticleNode, Perspective, RemovalReason},
    author::AuthorNode,
    category::CategoryNode,
    error,
    frame::Frame,
    node::Node,
    reads::{AUTHORS, FORMER, REDIRECTS},
    scalar::{DateTime, Language},
};

/// Gone (RFC 9110 §15.5.11).
const GONE: i32 = 410;
/// Not to be shown because of a legal demand (RFC 7725 §3). A right that ended is none: the newsroom itself keeps to what it
/// agreed, and that is simply gone.
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

/// The content has another address now, or the desk leads readers elsewhere. Answer with `status` and a `Location` header
/// of `to`. One redirect is all there is: what stands behind it does not redirect again.
#[derive(SimpleObject)]
pub(crate) struct Redirect {
    /// Where to: a path from the site's root, percent-encoded, or an absolute address elsewhere.
    to: String,
    /// The HTTP status to answer with: 301, 302, 307 or 308.
    status: i32,
    /// Whether clients may remember it.
    permanent: bool,
    /// What stands there, so that it can be rendered at once; null when it is no content of ours.
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

/// What stands at a path, by its form.
async fn content_at(frame: &Arc<Frame>, at: &PathTarget) -> Result<Option<Node>> {
    Ok(match at {
        PathTarget::Article { language, slug } => {
            let database = frame.read(&[Topic::Path(&path::article(language.as_str(), slug.as_str()))]);
            let found = article::by_slug(database, &frame.scope, slug, Some(language)).await.map_err(error::store)?;
            ArticleNode::together(frame, found.into_iter().collect()).pop().map(Node::from)
        }
        PathTarget::Category { slugs } => CategoryNode::by_path(frame, slugs).await?.map(Node::from),
        PathTarget::Author { slug } => author_at(frame, slug).await?.map(Node::from),
        PathTarget::Foreign => None,
    })
}

async fn author_at(frame: &Arc<Frame>, slug: &Slug) -> Result<Option<AuthorNode>> {
    let author = author::by_slug(frame.read(AUTHORS), slug.as_str()).await.map_err(error::store)?;
    Ok(AuthorNode::together(frame, author.into_iter().collect()).pop())
}

/// Where the desk leads readers from a path, along all redirects at once and as far as content is found. Redirects that
/// lead in a circle lead nowhere; no act of ours makes such, but the table may have been filled otherwise.
async fn by_hand(frame: &Arc<Frame>, from: &SitePath) -> Result<Option<Redirect>> {
    let database = frame.read(REDIRECTS);
    let Some(first) = redirect::by_path(database, from).await.map_err(error::store)? else { return Ok(None) };
    let Ok(mut way) = Way::begin(first.content) else { return Ok(None) };
    while let Some(at) = way.at().cloned() {
        if let Some(node) = content_at(frame, &path::target(at.as_str())).await? {
            return Ok(Some(Redirect::along(&way, Some(node))));
        }
        match redirect::by_path(database, &at).await.map_err(error::store)? {
            Some(next) => match way.onward(next.content) {
                Ok(longer) => way = longer,
                Err(_) => return Ok(None),
            },
            None => {
                return Ok(Some(match fate(frame, &at).await? {
                    Some(Fate::Moved(redirect)) => redirect.behind(&way),
                    // It may be a page that only the site knows; and a gone one says so itself.
                    Some(Fate::Gone(_)) | None => Redirect::along(&way, None),
                }));
            }
        }
    }
    Ok(Some(Redirect::along(&way, None)))
}

/// What became of what stood at a path.
enum Fate {
    Moved(Redirect),
    Gone(Removal),
}

/// What became of what stood at a path where nothing stands now. Who lives elsewhere comes before who is gone.
async fn fate(frame: &Arc<Frame>, from: &SitePath) -> Result<Option<Fate>> {
    let former = former(frame, from.as_str()).await?;
    if let Some(Fate::Moved(redirect)) = former {
        return Ok(Some(Fate::Moved(redirect)));
    }
    match path::target(from.as_str()) {
        PathTarget::Article { language, slug } => {
            let database = frame.read(&[Topic::Path(from.as_str())]);
            let gone = article::gone(database, &frame.scope, &slug, &language).await.map_err(error::store)?;
            Ok(gone.map(Fate::Gone).or(former))
        }
        // A slug names one category wherever in the tree it stands.
        PathTarget::Category { slugs } => match slugs.last() {
            Some(slug) => {
                let moved = Redirect::to_category(CategoryNode::by_slug(frame, slug.as_str()).await?).await?;
                Ok(moved.map(Fate::Moved).or(former))
            }
            None => Ok(former),
        },
        PathTarget::Author { .. } | PathTarget::Foreign => Ok(former),
    }
}

/// What became of the thing that is known to have had an address.
async fn former(frame: &Arc<Frame>, path: &str) -> Result<Option<Fate>> {
    let database = frame.read(FORMER);
    let moved = match external::by_legacy_path(database, path).await.map_err(error::store)? {
        Some(AnyId::Article(id)) => match ArticleNode::by_id(frame, id).await? {
            Some(node) => Some(Redirect::to_content(node.front().path(), node)),
            None => {
                let gone = article::gone_by_id(database, &frame.scope, id).await.map_err(error::store)?;
                return Ok(gone.map(Fate::Gone));
            }
        },
        Some(AnyId::Category(id)) => Redirect::to_category(CategoryNode::by_id(frame, id).await?).await?,
        Some(AnyId::Author(id)) => {
            let author = author::by_id(database, id).await.map_err(error::store)?;
            let to = author.as_ref().map(|author| path::author(&author.slug));
            let node = AuthorNode::together(frame, author.into_iter().collect()).pop();
            to.zip(node).map(|(to, node)| Redirect::to_content(to, node))
        }
        _ => None,
    };
    Ok(moved.map(Fate::Moved))
}

impl Redirect {
    /// Content that lives at another address than it was looked for at.
    fn to_content(to: String, target: impl Into<Node>) -> Self {
        Self::new(to, RedirectStatus::MovedPermanently, Some(target.into()))
    }

    async fn to_category(node: Option<CategoryNode>) -> Result<Option<Self>> {
        match node {
            Some(node) => Ok(Some(Self::to_content(node.address().await?, node))),
            None => Ok(None),
        }
    }

    /// Where a way along redirects ends.
    fn along(way: &Way, target: Option<Node>) -> Self {
        Self::new(way.target().as_str().to_owned(), way.status(), target)
    }

    /// The same redirect for whoever comes along a way first.
    fn behind(self, way: &Way) -> Self {
        let to = way.target().then(&Target::kept(self.to.clone(), Some(self.to)));
        let status = way.status().with(RedirectStatus::MovedPermanently);
        Self::new(to.as_str().to_owned(), status, self.target)
    }

    fn new(to: String, status: RedirectStatus, target: Option<Node>) -> Self {
        Self { to, status: status.number().into(), permanent: status.is_permanent(), target }
    }
}

#[derive(Default)]
pub(crate) struct RouteQuery;

#[Object]
impl RouteQuery {
    /// What an address of the site means today: content, a redirect, or content that is gone and why. Null when nothing is
    /// known of it: answer 404. Made for a catch-all page of a frontend. Content comes first, then redirects made by
    /// hand, then what had the address before and lives elsewhere, then what is gone.
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
            PathTarget::Category { slugs } => CategoryNode::by_path(&frame, &slugs).await?.map(RouteResult::Category),
            PathTarget::Author { slug } => author_at(&frame, &slug).await?.map(RouteResult::Author),
            PathTarget::Foreign => None,
        };
        if own.is_some() {
            return Ok(own);
        }
        let path = SitePath::from_normalized(path);
        if let Some(redirect) = by_hand(&frame, &path).await? {
            return Ok(Some(RouteResult::Redirect(redirect)));
        }
        Ok(fate(&frame, &path).await?.map(|fate| match fate {
            Fate::Moved(redirect) => RouteResult::Redirect(redirect),
            Fate::Gone(removal) => RouteResult::Gone(Gone::new(removal, path.as_str())),
        }))
    }
}
