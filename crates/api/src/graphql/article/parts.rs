//! The small objects below an article that carry no relations but their own.

use async_graphql::{ComplexObject, Context, Object, Result, SimpleObject};
use masthead_domain::{Timestamp, article::Pending};
use masthead_store::article::{Article, Link};

use super::{
    ArticleNode,
    words::{ArticleStatus, AuthorRole, LinkKind},
};
use crate::graphql::{
    author::AuthorNode,
    guard::{hand, hand_one},
    scalar::{DateTime, Language, LongText, Url},
};

/// One name in an article's credits.
#[derive(SimpleObject, Clone)]
#[graphql(complex)]
pub(crate) struct ArticleAuthor {
    #[graphql(skip)]
    pub(super) author: AuthorNode,
    /// For what.
    pub(super) role: AuthorRole,
    /// The place in the credits, from 1.
    pub(super) position: i32,
    /// The name as printed here, when it differs from the author's own.
    pub(super) credited_as: Option<String>,
}

#[ComplexObject]
impl ArticleAuthor {
    /// Who.
    async fn author(&self, ctx: &Context<'_>) -> Result<&AuthorNode> {
        hand_one(ctx, &self.author).await
    }
}

/// A link below an article: "Visit", "Read online", "Download".
pub(crate) struct ArticleLink(pub(super) Link);

/// A link below an article: "Visit", "Read online", "Download".
#[Object]
impl ArticleLink {
    /// What following it does.
    async fn kind(&self) -> LinkKind {
        self.0.kind().into()
    }

    /// The words shown; name the kind when absent.
    async fn label(&self) -> Option<&str> {
        self.0.label.as_deref()
    }

    /// Where it leads.
    async fn url(&self) -> Url {
        Url(self.0.url.clone())
    }

    /// The language of what is there.
    async fn language(&self) -> Option<Language> {
        self.0.language.as_deref().and_then(|tag| tag.parse().ok()).map(Language)
    }
}

/// Counters of an article. Null where nobody counts.
#[derive(SimpleObject)]
pub(crate) struct ArticleStats {
    /// Times read, as reported from outside.
    views: Option<i32>,
    /// Comments readers see.
    comments: Option<i32>,
    /// Times shared, as reported from outside.
    shares: Option<i32>,
    /// The instant these figures are true for.
    as_of: DateTime,
}

impl ArticleStats {
    pub(super) fn of(article: &Article, now: Timestamp) -> Self {
        let figure = |count: i64| Some(i32::try_from(count).unwrap_or(i32::MAX));
        Self {
            views: figure(article.view_count),
            comments: figure(article.comment_count),
            shares: figure(article.share_count),
            as_of: DateTime(now),
        }
    }
}

/// What only the desk sees of an article.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct ArticleEditorial {
    #[graphql(skip)]
    node: ArticleNode,
    #[graphql(skip)]
    pending: Option<Pending>,
    /// When it will be published; null unless that lies ahead.
    scheduled_for: Option<DateTime>,
    /// Readers do not see it before this instant, whatever the publication says.
    embargo_until: Option<DateTime>,
    /// Readers no longer see it from this instant on.
    expires_at: Option<DateTime>,
    /// Whether changes wait beside what is published.
    has_unpublished_changes: bool,
    /// Where these changes stand: `DRAFT` while they are written, `IN_REVIEW` once an editor has them.
    draft_status: Option<ArticleStatus>,
    /// A note of the desk to itself, plain text.
    internal_note: Option<LongText<String>>,
}

#[ComplexObject]
impl ArticleEditorial {
    /// The article with the changes that wait; null when none do.
    async fn draft(&self, ctx: &Context<'_>) -> Result<Option<ArticleNode>> {
        let draft = match self.pending {
            Some(pending) => self.node.at_version(pending.version).await?,
            None => None,
        };
        hand(ctx, draft).await
    }

    /// The article as its tables have it: what readers see, once it is published.
    async fn published(&self, ctx: &Context<'_>) -> Result<ArticleNode> {
        hand_one(ctx, self.node.standing().await?).await
    }
}

impl ArticleEditorial {
    pub(super) async fn of(node: &ArticleNode) -> Result<Self> {
        let (whole, now) = (node.whole().await?, node.frame.scope.now);
        let pending = whole.desk.pending;
        Ok(Self {
            scheduled_for: whole.state.published_at().filter(|at| *at > now).map(DateTime),
            embargo_until: whole.window.embargo_until.map(DateTime),
            expires_at: whole.window.expires_at.map(DateTime),
            has_unpublished_changes: pending.is_some(),
            draft_status: pending.map(|pending| pending.status().into()),
            internal_note: whole.desk.internal_note.clone().map(LongText),
            node: node.clone(),
            pending,
        })
    }
}
