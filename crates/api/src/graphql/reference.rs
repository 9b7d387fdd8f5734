//! References in GraphQL: the numbered notes of an article.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use foldhash::HashMap;
use masthead_domain::{ArticleId, ReferenceId};
use masthead_store::reference::{self, Reference};

use super::{
    article::ArticleNode, cohort::Cohort, error, frame::Frame, guard::hand_one, reads::REFERENCES, scalar::LongText,
    source::SourceNode,
};

/// A reference with what it points at.
#[derive(Clone)]
pub(crate) struct ReferenceNode {
    frame: Arc<Frame>,
    reference: Arc<Reference>,
    source: SourceNode,
    /// The articles of the references that were loaded together.
    articles: Arc<Cohort<ArticleId>>,
    /// The article it was reached through. Never set on what an article's cohort keeps: the two would hold each other.
    article: Option<ArticleNode>,
}

impl ReferenceNode {
    /// The reference with an id, when the caller sees its article.
    pub(crate) async fn by_id(frame: &Arc<Frame>, id: ReferenceId) -> Result<Option<Self>> {
        let found = reference::by_id(frame.read(REFERENCES), &frame.scope, id).await.map_err(error::store)?;
        Ok(Self::together(frame, found.into_iter().collect()).pop())
    }

    /// The references with these ids whose articles the caller sees.
    pub(crate) async fn by_ids(frame: &Arc<Frame>, ids: &[ReferenceId]) -> Result<HashMap<ReferenceId, Self>> {
        let found = reference::by_ids(frame.read(REFERENCES), &frame.scope, ids).await.map_err(error::store)?;
        Ok(Self::together(frame, found).into_iter().map(|node| (node.reference.id, node)).collect())
    }

    /// References that were loaded together. Their sources form one cohort too.
    pub(crate) fn together(frame: &Arc<Frame>, references: Vec<impl Into<Arc<Reference>>>) -> Vec<Self> {
        let references: Vec<Arc<Reference>> = references.into_iter().map(Into::into).collect();
        let articles = frame.cohort(references.iter().map(|reference| reference.article));
        let sources = references.iter().map(|reference| Arc::clone(&reference.source)).collect();
        let sources = SourceNode::together(frame, sources);
        references
            .into_iter()
            .zip(sources)
            .map(|(reference, source)| {
                let (frame, articles) = (Arc::clone(frame), Arc::clone(&articles));
                Self { frame, reference, source, articles, article: None }
            })
            .collect()
    }

    /// The same reference, reached through its article.
    pub(crate) fn below(mut self, article: &ArticleNode) -> Self {
        self.article = Some(article.clone());
        self
    }

    /// The number readers see, from 1.
    pub(crate) fn place(&self) -> i32 {
        self.reference.number
    }

    async fn own_article(&self) -> Result<ArticleNode> {
        if let Some(article) = &self.article {
            return Ok(article.clone());
        }
        let load = |ids: Vec<ArticleId>| async move { ArticleNode::by_ids(&self.frame, &ids).await };
        let articles = self.articles.relation("article", 0, load).await?;
        let article = articles.get(&self.reference.article).cloned();
        article.ok_or_else(|| error::internal("a reference is seen without its article"))
    }
}

/// A numbered note of one article. The number is what readers see: [1], [2].
#[Object(name = "Reference")]
impl ReferenceNode {
    /// The global id. It stays when the references are put in another order.
    pub(crate) async fn id(&self) -> ID {
        ID(self.reference.id.to_string())
    }

    /// The number readers see, from 1.
    async fn number(&self) -> i32 {
        self.reference.number
    }

    /// The fragment under which the marks in the body's HTML look for this note: give the note this `id` attribute.
    async fn anchor(&self) -> String {
        format!("ref-{}", self.reference.number)
    }

    /// What it points at.
    async fn source(&self, ctx: &Context<'_>) -> Result<&SourceNode> {
        hand_one(ctx, &self.source).await
    }

    /// Where in the source: a page, a paragraph, a minute.
    async fn locator(&self) -> Option<&str> {
        self.reference.locator.as_deref()
    }

    /// The words quoted.
    async fn quote(&self) -> Option<LongText<&str>> {
        self.reference.quote.as_deref().map(LongText)
    }

    /// A remark of the writer.
    async fn note(&self) -> Option<LongText<&str>> {
        self.reference.note.as_deref().map(LongText)
    }

    /// The article whose note this is.
    async fn article(&self, ctx: &Context<'_>) -> Result<ArticleNode> {
        hand_one(ctx, self.own_article().await?).await
    }

    /// The keys of the blocks in the body that mark this reference, in order. Empty for a reference that the page lists
    /// without marking it in the text.
    async fn block_keys(&self) -> Result<Vec<String>> {
        let body = self.own_article().await?.load_body().await?;
        Ok(body.keys_of_marks(self.reference.number))
    }
}
