//! Tags in GraphQL.

mod input;
mod mutation;
mod query;

use std::{collections::HashMap, sync::Arc};

use async_graphql::{ID, Object, Result};
use masthead_domain::{TagId, policy::Library};
use masthead_store::tag::{self, Tag};

pub(crate) use mutation::TagMutation;
pub(crate) use query::TagQuery;

use super::{error, frame::Frame, scalar::DateTime};

/// A tag.
#[derive(Clone)]
pub(crate) struct TagNode {
    tag: Arc<Tag>,
}

impl<T: Into<Arc<Tag>>> From<T> for TagNode {
    fn from(tag: T) -> Self {
        Self { tag: tag.into() }
    }
}

impl TagNode {
    /// Tags that were loaded together.
    pub(crate) fn together(tags: Vec<impl Into<Arc<Tag>>>) -> Vec<Self> {
        tags.into_iter().map(Self::from).collect()
    }

    /// The tag with an id, when the caller sees it.
    pub(crate) async fn by_id(frame: &Frame, id: TagId) -> Result<Option<Self>> {
        Ok(tag::by_id(&frame.app.database, frame.library(Library::Tags), id)
            .await
            .map_err(error::store)?
            .map(Self::from))
    }

    /// Tags by id that the frame's caller sees.
    pub(crate) async fn by_ids(frame: &Frame, ids: &[TagId]) -> Result<HashMap<TagId, Self>> {
        let tags = tag::by_ids(&frame.app.database, frame.library(Library::Tags), ids).await.map_err(error::store)?;
        Ok(Self::together(tags).into_iter().map(|node| (node.tag.id, node)).collect())
    }
}

/// A word on articles. Two spellings with one slug are one tag. Articles bring tags into being.
#[Object(name = "Tag")]
impl TagNode {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        ID(self.tag.id.to_string())
    }

    /// How often this was written; hand it to `expectedVersion`.
    pub(crate) async fn version(&self) -> i32 {
        i32::try_from(self.tag.version).unwrap_or(i32::MAX)
    }

    /// When it came to be.
    pub(crate) async fn created_at(&self) -> DateTime {
        DateTime(self.tag.created_at)
    }

    /// When it last changed.
    pub(crate) async fn updated_at(&self) -> DateTime {
        DateTime(self.tag.updated_at)
    }

    /// What the tag is found by, unique among tags: `politique-agricole`.
    async fn slug(&self) -> &str {
        &self.tag.slug
    }

    /// The spelling readers see: that of the first article that bore it, unless the desk chose another.
    async fn name(&self) -> &str {
        &self.tag.name
    }
}
