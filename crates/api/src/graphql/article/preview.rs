//! The one article that the bearer of a preview token sees before readers do.

use std::sync::Arc;

use async_graphql::Result;
use masthead_store::{
    ReadScope,
    article::{self, ArticleKey, version},
};

use super::ArticleNode;
use crate::graphql::{error, frame::Frame};

impl ArticleNode {
    /// The article that a request previews, when it is the one that is looked up: in the version that the token names, else
    /// as the desk has it. Lists and counts show what readers see; only who asks for this article meets it.
    pub(super) async fn previewed(frame: &Arc<Frame>, key: ArticleKey<'_>) -> Result<Option<Self>> {
        let Some(preview) = frame.preview else { return Ok(None) };
        if let ArticleKey::Id(id) = key
            && id != preview.article
        {
            return Ok(None);
        }
        let (database, everything) = (frame.read_below(), ReadScope::all(frame.scope.now));
        let found = article::by_id(database, &everything, preview.article).await.map_err(error::store)?;
        let Some(standing) = Self::together(frame, found.into_iter().collect()).pop() else { return Ok(None) };
        let whole = standing.whole().await?;
        let kept = match preview.version {
            Some(number) => {
                let version = version::by_number(database, preview.article, number).await.map_err(error::store)?;
                let Some(version) = version else { return Ok(None) };
                Some(version.content_version)
            }
            None => whole.desk.pending.map(|pending| pending.version),
        };
        let shown = match kept {
            Some(number) => standing.at_version(number).await?,
            None => Some(standing.clone()),
        };
        // Its address is that of the version shown, and the one it has now.
        Ok(shown.filter(|shown| shown.is_at(key) || standing.is_at(key)))
    }

    fn is_at(&self, key: ArticleKey<'_>) -> bool {
        match key {
            ArticleKey::Id(id) => self.front.id == id,
            ArticleKey::Slug(slug, language) => {
                let is_language = language.is_none_or(|language| language.as_str() == self.front.language);
                self.front.slug == slug.as_str() && is_language
            }
        }
    }
}
