//! Comments in GraphQL.

mod input;
mod mutation;

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use foldhash::{HashMap, HashMapExt};
use masthead_domain::{ArticleId, CommentId, comment::CommentStatus, topic::Topic};
use masthead_store::{
    Perspective,
    article::Article,
    comment::{self, Audience, Comment},
    page::{Direction, Page, SortKind, fingerprint},
};

pub(crate) use mutation::CommentMutation;

use super::{
    cohort::Cohort,
    connection::{Connection, PageArguments},
    error,
    frame::Frame,
    guard::hand,
    reads::COMMENTS,
    scalar::{DateTime, Html},
};

/// A comment with the frame and cohort it was loaded in.
#[derive(Clone)]
pub(crate) struct CommentNode {
    comment: Arc<Comment>,
    frame: Arc<Frame>,
    cohort: Arc<Cohort<CommentId>>,
    /// The comments of the cohort: most answers stand on one page with what they answer.
    known: Arc<HashMap<CommentId, Arc<Comment>>>,
}

/// Whose comments a frame shows: what readers see, unless it shows drafts too.
fn audience(frame: &Frame) -> Audience {
    match frame.scope.perspective {
        Perspective::Published => Audience::Readers,
        Perspective::Latest | Perspective::Draft | Perspective::Deleted => {
            masthead_app::comment::audience(&frame.caller)
        }
    }
}

impl CommentNode {
    /// Comments that were loaded together.
    pub(crate) fn together(frame: &Arc<Frame>, comments: Vec<Comment>) -> Vec<Self> {
        let comments: Vec<Arc<Comment>> = comments.into_iter().map(Arc::new).collect();
        frame.note(comments.iter().map(|comment| Topic::Below(comment.article)));
        let cohort = frame.cohort(comments.iter().map(|comment| comment.id));
        let known = Arc::new(comments.iter().map(|comment| (comment.id, Arc::clone(comment))).collect());
        comments
            .into_iter()
            .map(|comment| Self {
                comment,
                frame: Arc::clone(frame),
                cohort: Arc::clone(&cohort),
                known: Arc::clone(&known),
            })
            .collect()
    }

    /// The comment with an id, when the caller sees it and its article.
    pub(crate) async fn by_id(frame: &Arc<Frame>, id: CommentId) -> Result<Option<Self>> {
        let found = comment::by_id(frame.read(COMMENTS), &frame.scope, audience(frame), id).await;
        Ok(Self::together(frame, found.map_err(error::store)?.into_iter().collect()).pop())
    }

    /// The comments with these ids that the caller sees with their articles.
    pub(crate) async fn by_ids(frame: &Arc<Frame>, ids: &[CommentId]) -> Result<HashMap<CommentId, Self>> {
        let found = comment::by_ids(frame.read(COMMENTS), &frame.scope, audience(frame), ids).await;
        let nodes = Self::together(frame, found.map_err(error::store)?);
        Ok(nodes.into_iter().map(|node| (node.comment.id, node)).collect())
    }

    /// The comments below an article of a cohort. Their first page is loaded for all articles of the cohort at once; a
    /// page that begins at a cursor is one article's own.
    pub(crate) async fn below(
        frame: &Arc<Frame>,
        articles: &Arc<Cohort<ArticleId>>,
        article: &Article,
        arguments: PageArguments,
    ) -> Result<Connection<Self>> {
        let audience = audience(frame);
        // What readers see is counted on the article itself.
        let known_count = (audience == Audience::Readers).then(|| u64::try_from(article.comment_count).unwrap_or(0));
        let article = article.id;
        let print = fingerprint(&format!("comments {article} {audience:?}"));
        let request = arguments.request(print, &[SortKind::Time])?;
        frame.note(articles.keys().iter().map(|id| Topic::Below(*id)));
        let database = frame.read_below();
        let page = if request.direction == Direction::Forward && request.cursor.is_none() {
            let first = request.size;
            let load = |ids: Vec<ArticleId>| async move {
                let lists = comment::of_articles_first(database, audience, &ids, first).await.map_err(error::store)?;
                Ok(Self::pages(frame, lists))
            };
            let pages: Arc<HashMap<ArticleId, Page<Self>>> = articles.relation("comments", first, load).await?;
            pages.get(&article).cloned().unwrap_or(Page { items: Vec::new(), has_next: false, has_previous: false })
        } else {
            let page = comment::page_of_article(database, audience, article, &request).await.map_err(error::store)?;
            let pages = Self::pages(frame, HashMap::from_iter([(article, page)]));
            pages.into_values().next().ok_or_else(|| error::internal("a page of comments got lost"))?
        };
        let (frame, articles) = (Arc::clone(frame), Arc::clone(articles));
        Ok(Connection::new(page, print, move || {
            let (frame, articles) = (Arc::clone(&frame), Arc::clone(&articles));
            async move {
                if let Some(count) = known_count {
                    return Ok(count);
                }
                let load = |ids: Vec<ArticleId>| async move {
                    comment::counts(frame.read_below(), audience, &ids).await.map_err(error::store)
                };
                let counts: Arc<HashMap<ArticleId, u64>> = articles.relation("commentCounts", 0, load).await?;
                Ok(counts.get(&article).copied().unwrap_or(0))
            }
        }))
    }

    /// Pages of several articles; all their comments form one cohort.
    fn pages(frame: &Arc<Frame>, lists: HashMap<ArticleId, Page<Comment>>) -> HashMap<ArticleId, Page<Self>> {
        let mut pages: HashMap<ArticleId, Page<Self>> = HashMap::with_capacity(lists.len());
        let (mut owners, mut comments) = (Vec::new(), Vec::new());
        for (article, Page { items, has_next, has_previous }) in lists {
            pages.insert(article, Page { items: Vec::with_capacity(items.len()), has_next, has_previous });
            for (place, comment) in items {
                owners.push((article, place));
                comments.push(comment);
            }
        }
        for ((article, place), node) in owners.into_iter().zip(Self::together(frame, comments)) {
            if let Some(page) = pages.get_mut(&article) {
                page.items.push((place, node));
            }
        }
        pages
    }
}

/// A reader's comment below an article.
#[Object(name = "Comment")]
impl CommentNode {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        ID(self.comment.id.to_string())
    }

    /// How often this was written; hand it to `expectedVersion`.
    pub(crate) async fn version(&self) -> i32 {
        i32::try_from(self.comment.version).unwrap_or(i32::MAX)
    }

    /// When it was written.
    pub(crate) async fn created_at(&self) -> DateTime {
        DateTime(self.comment.created_at)
    }

    /// When it last changed.
    pub(crate) async fn updated_at(&self) -> DateTime {
        DateTime(self.comment.updated_at)
    }

    /// The name the writer gave.
    async fn author_name(&self) -> &str {
        &self.comment.author_name
    }

    /// The text.
    async fn body(&self) -> Html {
        Html(self.comment.body.clone())
    }

    /// Whether readers do not see it: a moderator hid it, it waits for one, or it is advertising. Only moderators meet such
    /// comments at all.
    async fn is_hidden(&self) -> bool {
        self.comment.status != CommentStatus::Visible
    }

    /// The comment this one answers; null when it answers none, or one that is hidden. Lists are flat and in the order of
    /// time; threads are made of this.
    async fn in_reply_to(&self, ctx: &Context<'_>) -> Result<Option<CommentNode>> {
        let Some(parent) = self.comment.parent else { return Ok(None) };
        if let Some(comment) = self.known.get(&parent) {
            return hand(ctx, Some(Self { comment: Arc::clone(comment), ..self.clone() })).await;
        }
        let frame = &self.frame;
        let is_elsewhere = |comment: &Arc<Comment>| comment.parent.is_some_and(|id| !self.known.contains_key(&id));
        let load = |_| async move {
            let answers = self.known.values().filter(|comment| is_elsewhere(comment));
            let answers: Vec<CommentId> = answers.map(|comment| comment.id).collect();
            let parents = comment::parents(frame.read_below(), audience(frame), &answers).await;
            let parents = parents.map_err(error::store)?.into_values().collect();
            let nodes = Self::together(frame, parents);
            Ok(nodes.into_iter().map(|node| (node.comment.id, node)).collect())
        };
        let parents: Arc<HashMap<CommentId, Self>> = self.cohort.relation("inReplyTo", 0, load).await?;
        hand(ctx, parents.get(&parent).cloned()).await
    }
}
