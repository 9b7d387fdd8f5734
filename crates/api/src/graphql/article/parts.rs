//! The small objects below an article that carry no relations but their own.

use async_graphql::{ComplexObject, Context, Object, Result, SimpleObject};
use masthead_domain::Timestamp;
use masthead_store::article::{Article, Link};

use super::words::{AuthorRole, LinkKind};
use crate::graphql::{
    author::AuthorNode,
    guard::hand_one,
    scalar::{DateTime, Language, Url},
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
pub(crate) struct ArticleEditorial {
    /// When it will be published; null unless that lies ahead.
    scheduled_for: Option<DateTime>,
    /// Readers do not see it before this instant, whatever the publication says.
    embargo_until: Option<DateTime>,
    /// Readers no longer see it from this instant on.
    expires_at: Option<DateTime>,
}

impl ArticleEditorial {
    pub(super) fn of(article: &Article, now: Timestamp) -> Self {
        Self {
            scheduled_for: article.state.published_at().filter(|at| *at > now).map(DateTime),
            embargo_until: article.window.embargo_until.map(DateTime),
            expires_at: article.window.expires_at.map(DateTime),
        }
    }
}
