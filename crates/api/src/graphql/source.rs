//! Sources in GraphQL: the things that articles cite.

mod input;
mod mutation;
mod query;

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, List, Object, Result, SimpleObject};
use foldhash::HashMap;
use masthead_domain::{SourceId, policy::Library, source as domain};
use masthead_store::source::{self, Source, SourceName};

pub(crate) use input::SourceInput;
pub(crate) use mutation::SourceMutation;
pub(crate) use query::SourceQuery;

use super::{
    cohort::Cohort,
    error,
    frame::Frame,
    guard::hand_all,
    reads,
    scalar::{DateTime, Language, PartialDateScalar, Url},
};

/// What sort of thing a source is.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::SourceKind")]
pub(crate) enum ReferenceKind {
    /// An article of a newspaper or agency.
    NewsArticle,
    /// A page of the web.
    WebPage,
    /// A book.
    Book,
    /// An article of a scholarly journal.
    JournalArticle,
    /// A report.
    Report,
    /// A law, decree or ruling.
    Legislation,
    /// A programme on radio or television.
    Broadcast,
    /// A post on a social network.
    SocialPost,
    /// An interview.
    Interview,
    /// A data set.
    Dataset,
    /// Anything else.
    Other,
}

/// What the last look at an address found.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::LinkHealth")]
pub(crate) enum LinkHealth {
    /// Nobody has looked yet.
    Unchecked,
    /// It answers.
    Ok,
    /// It answers at another address.
    Redirected,
    /// It is gone.
    Gone,
    /// Its host does not answer.
    Unreachable,
    /// It refuses robots.
    Blocked,
    /// Only an archived copy is left.
    ArchivedOnly,
}

/// The name of an author of a source: `family` with or without `given` for a person, else `literal`, a name as written,
/// for agencies and bodies.
#[derive(SimpleObject, Clone)]
pub(crate) struct SourceAuthor {
    /// Given names.
    given: Option<String>,
    /// Family name.
    family: Option<String>,
    /// A name as written.
    literal: Option<String>,
}

/// A source with the frame and cohort it was loaded in.
#[derive(Clone)]
pub(crate) struct SourceNode {
    source: Arc<Source>,
    #[expect(dead_code, reason = "relations of sources come with articles")]
    frame: Arc<Frame>,
    #[expect(dead_code, reason = "relations of sources come with articles")]
    cohort: Arc<Cohort<SourceId>>,
}

impl SourceNode {
    /// Sources that were loaded together, in the order given.
    pub(crate) fn together(frame: &Arc<Frame>, sources: Vec<impl Into<Arc<Source>>>) -> Vec<Self> {
        let sources: Vec<Arc<Source>> = sources.into_iter().map(Into::into).collect();
        let cohort = frame.cohort(sources.iter().map(|source| source.id));
        sources
            .into_iter()
            .map(|source| Self { source, frame: Arc::clone(frame), cohort: Arc::clone(&cohort) })
            .collect()
    }

    /// The source with an id, when the caller sees it.
    pub(crate) async fn by_id(frame: &Arc<Frame>, id: SourceId) -> Result<Option<Self>> {
        let source = source::by_id(frame.read(&reads::sources(&[id])), frame.library(Library::Sources), id)
            .await
            .map_err(error::store)?;
        Ok(Self::one(frame, source))
    }

    /// The sources with these ids that the caller sees.
    pub(crate) async fn by_ids(frame: &Arc<Frame>, ids: &[SourceId]) -> Result<HashMap<SourceId, Self>> {
        let sources = source::by_ids(frame.read(&reads::sources(ids)), frame.library(Library::Sources), ids)
            .await
            .map_err(error::store)?;
        Ok(Self::together(frame, sources).into_iter().map(|node| (node.source.id, node)).collect())
    }

    fn one(frame: &Arc<Frame>, source: Option<Source>) -> Option<Self> {
        Self::together(frame, source.into_iter().collect()).pop()
    }
}

/// A thing that articles cite, kept once and shared by all articles that cite it.
#[Object(name = "Source")]
impl SourceNode {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        ID(self.source.id.to_string())
    }

    /// How often this was written; hand it to `expectedVersion`.
    pub(crate) async fn version(&self) -> i32 {
        i32::try_from(self.source.version).unwrap_or(i32::MAX)
    }

    /// When it came to be.
    pub(crate) async fn created_at(&self) -> DateTime {
        DateTime(self.source.created_at)
    }

    /// When it last changed.
    pub(crate) async fn updated_at(&self) -> DateTime {
        DateTime(self.source.updated_at)
    }

    /// What sort of thing it is.
    async fn kind(&self) -> ReferenceKind {
        self.source.kind.into()
    }

    /// Its title.
    async fn title(&self) -> &str {
        &self.source.title
    }

    /// Who made it, in the order of the source.
    async fn authors(&self, ctx: &Context<'_>) -> Result<List<SourceAuthor>> {
        let name = |SourceName { given, family, literal }| SourceAuthor { given, family, literal };
        hand_all(ctx, self.source.authors.iter().cloned().map(name)).await
    }

    /// The paper, site or house it appeared in.
    async fn outlet(&self) -> Option<&str> {
        self.source.outlet.as_deref()
    }

    /// When it appeared.
    async fn published_on(&self) -> Option<PartialDateScalar> {
        date(self.source.published_on.as_deref())
    }

    /// When it was last read.
    async fn accessed_on(&self) -> Option<PartialDateScalar> {
        date(self.source.accessed_on.as_deref())
    }

    /// Where it is.
    async fn url(&self) -> Option<Url> {
        self.source.url.clone().map(Url)
    }

    /// Where an archived copy is.
    async fn archive_url(&self) -> Option<Url> {
        self.source.archive_url.clone().map(Url)
    }

    /// Its digital object identifier, without a resolver in front: `10.1000/182`.
    async fn doi(&self) -> Option<&str> {
        self.source.doi.as_deref()
    }

    /// Its book number, 10 or 13 digits without hyphens.
    async fn isbn(&self) -> Option<&str> {
        self.source.isbn.as_deref()
    }

    /// Its language.
    async fn language(&self) -> Option<Language> {
        self.source.language.as_deref().and_then(|tag| tag.parse().ok()).map(Language)
    }

    /// What the last look at `url` found.
    async fn health(&self) -> LinkHealth {
        self.source.health.into()
    }

    /// When somebody last looked at `url`; null before the first look and after `url` has changed.
    async fn last_checked_at(&self) -> Option<DateTime> {
        self.source.last_checked_at.map(DateTime)
    }
}

fn date(text: Option<&str>) -> Option<PartialDateScalar> {
    text.and_then(|text| text.parse().ok()).map(PartialDateScalar)
}
