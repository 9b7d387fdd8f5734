//! Authors in GraphQL.

mod input;
mod mutation;
mod query;

use std::{borrow::Cow, sync::Arc};

use async_graphql::{Context, ID, List, Object, Result};
use foldhash::HashMap;
use masthead_domain::{AuthorId, localization::WordField, path};
use masthead_store::{
    article::ArticleFilter,
    author::{self, Author, AuthorName},
    media,
};

pub(crate) use input::bio;
pub(crate) use mutation::AuthorMutation;
pub(crate) use query::AuthorQuery;

use super::{
    article::{Ahead, ArticleFilterInput, ArticleNode, ArticleOrderInput, ListArguments, ListOf},
    cohort::Cohort,
    connection::{Connection, PageArguments},
    error,
    frame::Frame,
    guard::{hand, hand_one},
    localization::{AuthorLocalization, Speaker},
    media::{ImageNode, MediaNode},
    scalar::{DateTime, Html, Url},
};

/// An author with the frame and cohort they were loaded in. In credits only their name is loaded; the rest follows for the
/// whole cohort when somebody asks for it.
#[derive(Clone)]
pub(crate) struct AuthorNode {
    name: Arc<AuthorName>,
    author: Option<Arc<Author>>,
    frame: Arc<Frame>,
    cohort: Arc<Cohort<AuthorId>>,
}

impl AuthorNode {
    /// Authors that were loaded together.
    pub(crate) fn together(frame: &Arc<Frame>, authors: Vec<Author>) -> Vec<Self> {
        let name = |author: &Author| {
            let Author { id, slug, name, .. } = author;
            Arc::new(AuthorName { id: *id, slug: slug.clone(), name: name.clone() })
        };
        let authors = authors.into_iter().map(|author| (name(&author), Some(Arc::new(author)))).collect();
        Self::among(frame, authors)
    }

    /// Authors whose names were loaded together.
    pub(crate) fn named(frame: &Arc<Frame>, names: impl Iterator<Item = Arc<AuthorName>>) -> Vec<Self> {
        Self::among(frame, names.map(|name| (name, None)).collect())
    }

    fn among(frame: &Arc<Frame>, authors: Vec<(Arc<AuthorName>, Option<Arc<Author>>)>) -> Vec<Self> {
        let cohort = frame.cohort(authors.iter().map(|(name, _)| name.id));
        let node = |(name, author)| Self { name, author, frame: Arc::clone(frame), cohort: Arc::clone(&cohort) };
        authors.into_iter().map(node).collect()
    }

    /// The author with an id.
    pub(crate) async fn by_id(frame: &Arc<Frame>, id: AuthorId) -> Result<Option<Self>> {
        let author = author::by_id(frame.read_things(&[id]), id).await.map_err(error::store)?;
        Ok(Self::one(frame, author))
    }

    /// Authors by id, for relations of other nouns.
    pub(crate) async fn by_ids(frame: &Arc<Frame>, ids: &[AuthorId]) -> Result<HashMap<AuthorId, Self>> {
        let authors = author::by_ids(frame.read_things(ids), ids).await.map_err(error::store)?;
        Ok(Self::together(frame, authors).into_iter().map(|node| (node.name.id, node)).collect())
    }

    fn one(frame: &Arc<Frame>, author: Option<Author>) -> Option<Self> {
        Self::together(frame, author.into_iter().collect()).pop()
    }

    fn speaker(&self) -> Speaker<'_, AuthorId> {
        let Self { name, author: _, frame, cohort } = self;
        Speaker { frame, cohort, id: name.id, language: None }
    }

    /// The whole author.
    async fn whole(&self) -> Result<Arc<Author>> {
        if let Some(author) = &self.author {
            return Ok(Arc::clone(author));
        }
        let load = |ids: Vec<AuthorId>| async move {
            let authors = author::by_ids(self.frame.read_below(), &ids).await.map_err(error::store)?;
            Ok(authors.into_iter().map(|author| (author.id, Arc::new(author))).collect())
        };
        let authors = self.cohort.relation("whole", 0, load).await?;
        authors.get(&self.name.id).cloned().ok_or_else(|| error::internal("an author was deleted while being read"))
    }
}

/// A person or agency in the credits of articles.
#[Object(name = "Author")]
impl AuthorNode {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        ID(self.name.id.to_string())
    }

    /// How often this was written; hand it to `expectedVersion`.
    pub(crate) async fn version(&self) -> Result<i32> {
        Ok(i32::try_from(self.whole().await?.version).unwrap_or(i32::MAX))
    }

    /// When it came to be.
    pub(crate) async fn created_at(&self) -> Result<DateTime> {
        Ok(DateTime(self.whole().await?.created_at))
    }

    /// When it last changed.
    pub(crate) async fn updated_at(&self) -> Result<DateTime> {
        Ok(DateTime(self.whole().await?.updated_at))
    }

    /// The address on the site, from its root: `/author/jean-pierre`.
    pub(crate) async fn path(&self) -> String {
        path::author(&self.name.slug)
    }

    /// The absolute address.
    pub(crate) async fn canonical_url(&self) -> Url {
        Url(self.frame.site().absolute(&path::author(&self.name.slug)))
    }

    /// The last part of the address; unique among authors.
    async fn slug(&self) -> &str {
        &self.name.slug
    }

    /// The name as readers see it, written for the first of the languages asked for that it is written for.
    async fn name(&self) -> Result<Cow<'_, str>> {
        let said = self.speaker().said(WordField::Name, true).await?;
        Ok(said.map_or(Cow::Borrowed(&self.name.name), Cow::Owned))
    }

    /// A biography, in the first of the languages asked for that there is one in.
    async fn bio(&self) -> Result<Option<Html>> {
        let author = self.whole().await?;
        Ok(self.speaker().text(WordField::Bio, author.bio.as_deref()).await?.map(Html))
    }

    /// Name and biography in other languages, by language.
    async fn localizations(&self, ctx: &Context<'_>) -> Result<List<AuthorLocalization>> {
        self.speaker().all(ctx).await
    }

    /// Their picture.
    async fn portrait(&self, ctx: &Context<'_>) -> Result<Option<ImageNode>> {
        if self.whole().await?.portrait.is_none() {
            return Ok(None);
        }
        let load = |authors: Vec<AuthorId>| async move {
            let portraits = media::portraits(self.frame.read_below(), &authors).await.map_err(error::store)?;
            let (authors, records): (Vec<_>, Vec<_>) = portraits.into_iter().unzip();
            Ok(authors.into_iter().zip(MediaNode::together(&self.frame, records)).collect())
        };
        let portraits: Arc<HashMap<AuthorId, MediaNode>> = self.cohort.relation("portrait", 0, load).await?;
        hand(ctx, portraits.get(&self.name.id).cloned().and_then(MediaNode::image)).await
    }

    /// Profiles elsewhere.
    async fn same_as(&self) -> Result<Vec<Url>> {
        Ok(self.whole().await?.same_as.iter().cloned().map(Url).collect())
    }

    /// A public e-mail address.
    async fn email(&self) -> Result<Option<String>> {
        Ok(self.whole().await?.email.clone())
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
        #[graphql(name = "where", desc = "Which ones.")] filter: Option<Box<ArticleFilterInput>>,
        #[graphql(desc = "In what order, by publication from the newest when absent; the id settles ties.")]
        order_by: Option<Vec<ArticleOrderInput>>,
    ) -> Result<Connection<ArticleNode>> {
        let page = PageArguments { first, after, last, before };
        let list = ListOf {
            frame: Arc::clone(&self.frame),
            cohort: Arc::clone(&self.cohort),
            key: self.name.id,
            name: "author".to_owned(),
            narrow: Arc::new(|authors: Vec<AuthorId>| {
                let own = |author| (author, ArticleFilter::ByAuthors(vec![author]));
                Box::pin(std::future::ready(Ok(authors.into_iter().map(own).collect())))
            }),
        };
        hand_one(ctx, list.page(ListArguments { page, filter, order_by, ahead: Ahead::of_page(ctx) }).await?).await
    }
}
