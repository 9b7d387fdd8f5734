//! Tags in GraphQL.

mod input;
mod mutation;
mod query;

use std::{borrow::Cow, sync::Arc};

use async_graphql::{Context, ID, List, Object, Result};
use foldhash::HashMap;
use masthead_domain::{TagId, localization::WordField, policy::Library};
use masthead_store::tag::{self, Tag};

pub(crate) use mutation::TagMutation;
pub(crate) use query::TagQuery;

use super::{
    cohort::Cohort,
    error,
    frame::Frame,
    localization::{Speaker, TagLocalization},
    reads,
    scalar::DateTime,
};

/// A tag with the frame and cohort it was loaded in.
#[derive(Clone)]
pub(crate) struct TagNode {
    tag: Arc<Tag>,
    frame: Arc<Frame>,
    cohort: Arc<Cohort<TagId>>,
}

impl TagNode {
    /// Tags that were loaded together.
    pub(crate) fn together(frame: &Arc<Frame>, tags: Vec<impl Into<Arc<Tag>>>) -> Vec<Self> {
        let tags: Vec<Arc<Tag>> = tags.into_iter().map(Into::into).collect();
        let cohort = frame.cohort(tags.iter().map(|tag| tag.id));
        let node = |tag| Self { tag, frame: Arc::clone(frame), cohort: Arc::clone(&cohort) };
        tags.into_iter().map(node).collect()
    }

    /// The tag with an id, when the caller sees it.
    pub(crate) async fn by_id(frame: &Arc<Frame>, id: TagId) -> Result<Option<Self>> {
        let found = tag::by_id(frame.read(&reads::tags(&[id])), frame.library(Library::Tags), id)
            .await
            .map_err(error::store)?;
        Ok(Self::one(frame, found))
    }

    /// Tags by id that the frame's caller sees.
    pub(crate) async fn by_ids(frame: &Arc<Frame>, ids: &[TagId]) -> Result<HashMap<TagId, Self>> {
        let tags = tag::by_ids(frame.read(&reads::tags(ids)), frame.library(Library::Tags), ids)
            .await
            .map_err(error::store)?;
        Ok(Self::together(frame, tags).into_iter().map(|node| (node.tag.id, node)).collect())
    }

    fn one(frame: &Arc<Frame>, tag: Option<Tag>) -> Option<Self> {
        Self::together(frame, tag.into_iter().collect()).pop()
    }

    fn speaker(&self) -> Speaker<'_, TagId> {
        let Self { tag, frame, cohort } = self;
        Speaker { frame, cohort, id: tag.id, language: None }
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

    /// What the tag is found by, unique among tags and the same in all languages: `politique-agricole`.
    async fn slug(&self) -> &str {
        &self.tag.slug
    }

    /// The spelling readers see, in the first of the languages asked for that it is spelled in. Its own is that of the
    /// first article that bore it, unless the desk chose another.
    async fn name(&self) -> Result<Cow<'_, str>> {
        let said = self.speaker().said(WordField::Name, true).await?;
        Ok(said.map_or(Cow::Borrowed(&self.tag.name), Cow::Owned))
    }

    /// Its spellings in other languages, by language.
    async fn localizations(&self, ctx: &Context<'_>) -> Result<List<TagLocalization>> {
        self.speaker().all(ctx).await
    }
}
