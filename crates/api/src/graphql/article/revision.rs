//! The history of an article: what waits, what was, and who did it.

use std::sync::Arc;

use async_graphql::{Context, Object, Result};
use foldhash::HashMap;
use masthead_domain::{ArticleId, Timestamp};
use masthead_store::{
    Perspective,
    article::{
        Listed, Snapshot,
        version::{self, Version},
    },
    page::{SortKind, fingerprint},
};

use super::{Ahead, ArticleNode};
use crate::graphql::{
    connection::{Connection, PageArguments},
    correction::FieldDiff,
    error,
    guard::hand,
    scalar::DateTime,
};

/// One version of an article in its history.
pub(crate) struct RevisionNode {
    article: ArticleNode,
    version: Version,
}

/// One version of an article in its history: a save, or another act.
#[Object(name = "Revision")]
impl RevisionNode {
    /// Its number, from 1.
    async fn version(&self) -> i32 {
        i32::try_from(self.version.version).unwrap_or(i32::MAX)
    }

    /// When it came to be.
    async fn created_at(&self) -> DateTime {
        DateTime(self.version.at)
    }

    /// Who made it: the id of a user or a key, or a word for the server itself.
    async fn created_by(&self) -> &str {
        &self.version.actor
    }

    /// What was done, by the name of the mutation; `import` for what came from elsewhere.
    async fn act(&self) -> &str {
        &self.version.act
    }

    /// What whoever made it says of it.
    async fn summary(&self) -> Option<&str> {
        self.version.summary.as_deref()
    }

    /// The fields that changed, by their names in this API; empty for the first version.
    async fn changed_fields(&self) -> &[String] {
        &self.version.fields
    }

    /// The article as the desk had it at this version. Its state, dates and counters are those of today.
    async fn article(&self, ctx: &Context<'_>) -> Result<Option<ArticleNode>> {
        hand(ctx, self.article.at_version(self.version.content_version).await?).await
    }
}

impl ArticleNode {
    /// The nodes with what the desk has newest, where the frame looks at that: changes that wait take the place of what
    /// is published.
    pub(crate) async fn newest(nodes: Vec<Self>) -> Result<Vec<Self>> {
        let waiting: Vec<(ArticleId, i64)> = nodes.iter().filter_map(Self::waiting).collect();
        let Some(frame) = nodes.first().filter(|_| !waiting.is_empty()).map(|node| Arc::clone(&node.frame)) else {
            return Ok(nodes);
        };
        let kept = version::contents(frame.read_below(), &waiting).await.map_err(error::store)?;
        let mut kept: HashMap<ArticleId, Snapshot> = kept.into_iter().map(|((id, _), kept)| (id, kept)).collect();
        let newest = |node: Self| match kept.remove(&node.front.id) {
            Some(kept) => {
                let saved_at = node.saved_at();
                node.saying(kept, saved_at)
            }
            None => Ok(node),
        };
        nodes.into_iter().map(newest).collect()
    }

    /// Changes that wait beside the article, when the frame and the caller look at such.
    fn waiting(&self) -> Option<(ArticleId, i64)> {
        let is_asked_for = self.frame.scope.perspective != Perspective::Published && self.is_open_to_caller();
        let pending = self.whole.as_ref().filter(|_| is_asked_for)?.desk.pending?;
        Some((self.front.id, pending.version))
    }

    /// When the desk last saved what it says.
    fn saved_at(&self) -> Timestamp {
        let pending = self.whole.as_ref().and_then(|whole| whole.desk.pending);
        pending.map_or(self.front.updated_at, |pending| pending.saved_at)
    }

    /// The same article with a content that is kept beside the tables.
    fn saying(&self, kept: Snapshot, saved_at: Timestamp) -> Result<Self> {
        let whole = self.whole.as_ref().ok_or_else(|| error::internal("a front of an article that the desk sees"))?;
        let article = Arc::new(kept.shown_on(whole, saved_at).map_err(error::store)?);
        let node = Self::listed(&self.frame, vec![Listed::from(article)], Ahead::default()).pop();
        let node = node.ok_or_else(|| error::internal("a list without its node"))?;
        Ok(Self { kept: Some(Arc::new(kept)), ..node })
    }

    /// The article as it said at a version whose content is kept.
    pub(super) async fn at_version(&self, number: i64) -> Result<Option<Self>> {
        let database = self.frame.read_below();
        let kept = version::content_of(database, self.front.id, number).await.map_err(error::store)?;
        let whole = Self { whole: Some(self.whole().await?), ..self.clone() };
        let saved_at = whole.saved_at();
        kept.map(|kept| whole.saying(kept, saved_at)).transpose()
    }

    /// The article as its tables have it.
    pub(super) async fn standing(&self) -> Result<Self> {
        if self.kept.is_none() {
            return Ok(self.clone());
        }
        let (database, scope) = (self.frame.read_below(), &self.frame.scope);
        let article = masthead_store::article::by_id(database, scope, self.front.id).await.map_err(error::store)?;
        let node = Self::together(&self.frame, article.into_iter().collect()).pop();
        node.ok_or_else(Self::went)
    }

    /// The article as readers saw it at an instant; `None` when they did not.
    pub(super) async fn as_of(&self, instant: Timestamp) -> Result<Option<Self>> {
        // Of an article that is not theirs, callers who see only what readers do are told nothing of the past either.
        if !self.is_open_to_caller() {
            return Ok(None);
        }
        let database = self.frame.read_below();
        let then = version::at(database, self.front.id, instant).await.map_err(error::store)?;
        match then.and_then(|then| then.shown_at(instant)) {
            Some(shown) => self.at_version(shown).await,
            None => Ok(None),
        }
    }

    /// What differs between two versions; the newest where none is named.
    pub(super) async fn compare(&self, from: i32, to: Option<i32>) -> Result<Option<Vec<FieldDiff>>> {
        let to = to.map_or(self.front.version, i64::from);
        let fields = masthead_app::article::compare(self.frame.read_below(), self.front.id, from.into(), to);
        let fields = fields.await.map_err(error::app)?;
        Ok(fields.map(|fields| fields.into_iter().map(FieldDiff::from).collect()))
    }

    pub(super) async fn load_revisions(&self, page: PageArguments) -> Result<Connection<RevisionNode>> {
        let id = self.front.id;
        let print = fingerprint(&format!("{id} revisions"));
        let request = page.request(print, &[SortKind::Int])?;
        let database = self.frame.read_below().clone();
        let page = version::page(&database, id, &request).await.map_err(error::store)?;
        let node = |version| RevisionNode { article: self.clone(), version };
        let page = page.map(node);
        Ok(Connection::new(page, print, move || {
            let database = database.clone();
            async move { version::count(&database, id).await.map_err(error::store) }
        }))
    }
}
