//! Authors in GraphQL.

mod input;
mod mutation;
mod query;

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, ID, Object, Result};
use masthead_domain::{AuthorId, path};
use masthead_store::{
    article::ArticleFilter,
    author::{self, Author},
    media,
};

pub(crate) use mutation::AuthorMutation;
pub(crate) use query::AuthorQuery;

use super::{
    article::{ArticleFilterInput, ArticleNode, ArticleOrderInput, ListArguments, ListOf},
    cohort::Cohort,
    connection::{Connection, PageArguments},
    error,
    frame::Frame,
    guard::{hand, hand_one},
    media::{ImageNode, MediaNode},
    scalar::{DateTime, Html, Url},
};

/// An author with the frame and cohort they were loaded in.
#[derive(Clone)]
pub(crate) struct AuthorNode {
    author: Arc<Author>,
    frame: Arc<Frame>,
    cohort: Arc<Cohort<AuthorId>>,
}

impl AuthorNode {
    /// Authors that were loaded together.
    pub(crate) fn together(frame: &Arc<Frame>, authors: Vec<impl Into<Arc<Author>>>) -> Vec<Self> {
        let authors: Vec<Arc<Author>> = authors.into_iter().map(Into::into).collect();
        let cohort = Cohort::new(authors.iter().map(|author| author.id));
        authors
            .into_iter()
            .map(|author| Self { author, frame: Arc::clone(frame), cohort: Arc::clone(&cohort) })
            .collect()
    }

    /// The author with an id.
    pub(crate) async fn by_id(frame: &Arc<Frame>, id: AuthorId) -> Result<Option<Self>> {
        let author = author::by_id(&frame.app.database, id).await.map_err(error::store)?;
        Ok(Self::one(frame, author))
    }

    /// Authors by id, for relations of other nouns.
    pub(crate) async fn by_ids(frame: &Arc<Frame>, ids: &[AuthorId]) -> Result<HashMap<AuthorId, Self>> {
        let authors = author::by_ids(&frame.app.database, ids).await.map_err(error::store)?;
        Ok(Self::together(frame, authors).into_iter().map(|node| (node.author.id, node)).collect())
    }

    fn one(frame: &Arc<Frame>, author: Option<Author>) -> Option<Self> {
        Self::together(frame, author.into_iter().collect()).pop()
    }
}

/// A person or agency in the credits of articles.
#[Object(name = "Author")]
impl AuthorNode {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        ID(self.author.id.to_string())
    }

    /// How often this was written; hand it to `expectedVersion`.
    pub(crate) async fn version(&self) -> i32 {
        i32::try_from(self.author.version).unwrap_or(i32::MAX)
    }

    /// When it came to be.
    pub(crate) async fn created_at(&self) -> DateTime {
        DateTime(self.author.created_at)
    }

    /// When it last changed.
    pub(crate) async fn updated_at(&self) -> DateTime {
        DateTime(self.author.updated_at)
    }

    /// The address on the site, from its root: `/author/jean-pierre`.
    pub(crate) async fn path(&self) -> String {
        path::author(&self.author.slug)
    }

    /// The absolute address.
    pub(crate) async fn canonical_url(&self) -> Url {
        Url(self.frame.app.site.absolute(&path::author(&self.author.slug)))
    }

    /// The last part of the address; unique among authors.
    async fn slug(&self) -> &str {
        &self.author.slug
    }

    /// The name as readers see it.
    async fn name(&self) -> &str {
        &self.author.name
    }

    /// A biography.
    async fn bio(&self) -> Option<Html> {
        self.author.bio.clone().map(Html)
    }

    /// Their picture.
    async fn portrait(&self, ctx: &Context<'_>) -> Result<Option<ImageNode>> {
        if self.author.portrait.is_none() {
            return Ok(None);
        }
        let load = |authors: Vec<AuthorId>| async move {
            let portraits = media::portraits(&self.frame.app.database, &authors).await.map_err(error::store)?;
            Ok(portraits.into_iter().map(|(author, record)| (author, MediaNode::of(Arc::new(record)))).collect())
        };
        let portraits: Arc<HashMap<AuthorId, MediaNode>> = self.cohort.relation("portrait", 0, load).await?;
        hand(ctx, portraits.get(&self.author.id).cloned().and_then(MediaNode::image)).await
    }

    /// Profiles elsewhere.
    async fn same_as(&self) -> Vec<Url> {
        self.author.same_as.iter().cloned().map(Url).collect()
    }

    /// A public e-mail address.
    async fn email(&self) -> Option<&str> {
        self.author.email.as_deref()
    }

    /// The articles that credit this author, for whatever role; standing pages only when `where` says something about
    /// the `kind`.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a connection")]
    async fn articles(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many (20 when absent, at most 100).")] first: Option<i32>,
        #[graphql(desc = "Begin after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many (at most 100).")] last: Option<i32>,
        #[graphql(desc = "End before this cursor.")] before: Option<String>,
        #[graphql(name = "where", desc = "Which ones.")] filter: Option<ArticleFilterInput>,
        #[graphql(desc = "In what order, by publication from the newest when absent; the id settles ties.")]
        order_by: Option<Vec<ArticleOrderInput>>,
    ) -> Result<Connection<ArticleNode>> {
        let page = PageArguments { first, after, last, before };
        let list = ListOf {
            frame: Arc::clone(&self.frame),
            cohort: Arc::clone(&self.cohort),
            key: self.author.id,
            name: "author".to_owned(),
            narrow: Arc::new(|authors: Vec<AuthorId>| {
                let own = |author| (author, ArticleFilter::ByAuthors(vec![author]));
                Box::pin(std::future::ready(Ok(authors.into_iter().map(own).collect())))
            }),
        };
        hand_one(ctx, list.page(ListArguments { page, filter, order_by }).await?).await
    }
}
