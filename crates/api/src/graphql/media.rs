//! Media in GraphQL: pictures, documents, sounds and films behind one interface.

mod input;
mod mutation;
mod query;

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Interface, List, Object, Result};
use foldhash::HashMap;
use masthead_domain::{
    MediaId,
    localization::WordField,
    media::{self as domain, file_name},
    policy::Library,
};
use masthead_store::media::{self, Media, Usage};

pub(crate) use mutation::MediaMutation;
pub(crate) use query::MediaQuery;

use super::{
    cohort::Cohort,
    error,
    frame::Frame,
    guard::hand_one,
    localization::{MediaLocalization, Speaker},
    node::Node,
    reads::MEDIA,
    scalar::{DateTime, Url},
};

/// What sort of file a media record is, told from its media type.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::MediaKind")]
pub(crate) enum MediaKind {
    /// A picture: `image/*`. Comes as `Image`.
    Image,
    /// A sound or a film: `audio/*`, `video/*`. Comes as `AudioVideo`.
    AudioVideo,
    /// Anything else. Comes as `Document`.
    Document,
}

/// A file that articles show or offer, with its words. The file itself lies at `url`.
#[derive(Interface, Clone)]
#[expect(clippy::duplicated_attributes, reason = "fields of an interface may share a type")]
#[graphql(
    name = "Media",
    field(name = "id", ty = "ID", desc = "The global id."),
    field(name = "version", ty = "i32", desc = "How often this was written; hand it to `expectedVersion`."),
    field(name = "created_at", ty = "DateTime", desc = "When the record came to be."),
    field(name = "updated_at", ty = "DateTime", desc = "When the record last changed."),
    field(name = "mime_type", ty = "String", desc = "The media type (RFC 6838), such as `image/jpeg`."),
    field(name = "url", ty = "Url", desc = "Where the file is."),
    field(
        name = "title",
        ty = "Option<String>",
        desc = "A title, for the desk and for lists of files, in the first of the languages asked for that it has one in."
    ),
    field(
        name = "alt",
        ty = "Option<String>",
        desc = "What it shows, for those who cannot see it, in the first of the languages asked for in which that is said."
    ),
    field(
        name = "caption",
        ty = "Option<String>",
        desc = "The caption, in the first of the languages asked for that it has one in; a gallery may print another one."
    ),
    field(
        name = "localizations",
        ty = "List<MediaLocalization>",
        desc = "Title, alternative text and caption in other languages, by language."
    ),
    field(name = "credit", ty = "Option<String>", desc = "Whom to credit."),
    field(
        name = "byte_size",
        ty = "Option<i32>",
        desc = "Size in bytes; null when unknown, as it may be for imported records, and from 2 GiB on."
    )
)]
pub(crate) enum MediaNode {
    Image(ImageNode),
    AudioVideo(AudioVideoNode),
    Document(DocumentNode),
}

/// A record with the frame and cohort it was loaded in.
#[derive(Clone)]
pub(crate) struct Record {
    media: Arc<Media>,
    frame: Arc<Frame>,
    cohort: Arc<Cohort<MediaId>>,
}

/// Records that were loaded together.
pub(crate) struct Album {
    frame: Arc<Frame>,
    cohort: Arc<Cohort<MediaId>>,
}

impl Album {
    /// An album of the records with these ids.
    pub(crate) fn new(frame: &Arc<Frame>, ids: impl IntoIterator<Item = MediaId>) -> Self {
        Self { frame: Arc::clone(frame), cohort: frame.cohort(ids) }
    }

    /// One of the records.
    pub(crate) fn record(&self, media: Arc<Media>) -> Record {
        Record { media, frame: Arc::clone(&self.frame), cohort: Arc::clone(&self.cohort) }
    }

    /// A whole gallery of them.
    pub(crate) fn gallery(&self, usages: &[Arc<Usage>]) -> Vec<MediaUsageNode> {
        let total = usages.len();
        let usage = |usage: &Arc<Usage>| {
            let record = self.record(Arc::clone(&usage.media));
            MediaUsageNode { usage: Arc::clone(usage), record, total }
        };
        usages.iter().map(usage).collect()
    }
}

impl Record {
    /// The record as it is kept.
    pub(crate) fn media(&self) -> &Media {
        &self.media
    }

    /// As the type its sort of file asks for.
    pub(crate) fn node(self) -> MediaNode {
        match self.media.media_type.kind() {
            domain::MediaKind::Image => MediaNode::Image(ImageNode(self)),
            domain::MediaKind::AudioVideo => MediaNode::AudioVideo(AudioVideoNode(self)),
            domain::MediaKind::Document => MediaNode::Document(DocumentNode(self)),
        }
    }

    fn speaker(&self) -> Speaker<'_, MediaId> {
        let Self { media, frame, cohort } = self;
        Speaker { frame, cohort, id: media.id, language: None }
    }

    async fn title(&self) -> Result<Option<String>> {
        self.speaker().text(WordField::Title, self.media.title.as_deref()).await
    }

    /// What it shows, in the best of the languages that were asked for.
    pub(crate) async fn alt(&self) -> Result<Option<String>> {
        self.speaker().text(WordField::Alt, self.media.alt.as_deref()).await
    }

    async fn caption(&self) -> Result<Option<String>> {
        self.speaker().text(WordField::Caption, self.media.caption.as_deref()).await
    }
}

impl MediaNode {
    /// Records that were loaded together.
    pub(crate) fn together(frame: &Arc<Frame>, records: Vec<Media>) -> Vec<Self> {
        let album = Album::new(frame, records.iter().map(|record| record.id));
        records.into_iter().map(|record| album.record(Arc::new(record)).node()).collect()
    }

    /// The record with an id, when the caller sees it.
    pub(crate) async fn by_id(frame: &Arc<Frame>, id: MediaId) -> Result<Option<Self>> {
        let record = media::by_id(frame.read(MEDIA), frame.library(Library::Media), id).await.map_err(error::store)?;
        Ok(Self::together(frame, record.into_iter().collect()).pop())
    }

    /// The records with these ids that the caller sees.
    pub(crate) async fn by_ids(frame: &Arc<Frame>, ids: &[MediaId]) -> Result<HashMap<MediaId, Self>> {
        let records =
            media::by_ids(frame.read(MEDIA), frame.library(Library::Media), ids).await.map_err(error::store)?;
        let ids: Vec<MediaId> = records.iter().map(|record| record.id).collect();
        Ok(ids.into_iter().zip(Self::together(frame, records)).collect())
    }

    /// The picture, when it is one.
    pub(crate) fn image(self) -> Option<ImageNode> {
        match self {
            Self::Image(image) => Some(image),
            Self::AudioVideo(_) | Self::Document(_) => None,
        }
    }

    /// As an answer of `node`.
    pub(crate) fn into_node(self) -> Node {
        match self {
            Self::Image(node) => node.into(),
            Self::AudioVideo(node) => node.into(),
            Self::Document(node) => node.into(),
        }
    }
}

fn int<T: TryInto<i32>>(number: T) -> Option<i32> {
    number.try_into().ok()
}

/// The fields every sort of media has, beside those of its own.
macro_rules! media_object {
    ($(#[$doc:meta])* $node:ident $name:literal { $($own:tt)* }) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub(crate) struct $node(Record);

        $(#[$doc])*
        #[Object(name = $name)]
        impl $node {
            /// The global id.
            pub(crate) async fn id(&self) -> ID {
                ID(self.0.media.id.to_string())
            }

            /// How often this was written; hand it to `expectedVersion`.
            pub(crate) async fn version(&self) -> i32 {
                int(self.0.media.version).unwrap_or(i32::MAX)
            }

            /// When the record came to be.
            pub(crate) async fn created_at(&self) -> DateTime {
                DateTime(self.0.media.created_at)
            }

            /// When the record last changed.
            pub(crate) async fn updated_at(&self) -> DateTime {
                DateTime(self.0.media.updated_at)
            }

            /// The media type (RFC 6838), such as `image/jpeg`.
            pub(crate) async fn mime_type(&self) -> String {
                self.0.media.media_type.as_str().to_owned()
            }

            /// Where the file is.
            pub(crate) async fn url(&self) -> Url {
                Url(self.0.media.url.clone())
            }

            /// A title, for the desk and for lists of files, in the first of the languages asked for that it has one in.
            pub(crate) async fn title(&self) -> Result<Option<String>> {
                self.0.title().await
            }

            /// What it shows, for those who cannot see it, in the first of the languages asked for in which that is said.
            pub(crate) async fn alt(&self) -> Result<Option<String>> {
                self.0.alt().await
            }

            /// The caption, in the first of the languages asked for that it has one in; a gallery may print another one.
            pub(crate) async fn caption(&self) -> Result<Option<String>> {
                self.0.caption().await
            }

            /// Title, alternative text and caption in other languages, by language.
            pub(crate) async fn localizations(&self, ctx: &Context<'_>) -> Result<List<MediaLocalization>> {
                self.0.speaker().all(ctx).await
            }

            /// Whom to credit.
            pub(crate) async fn credit(&self) -> Option<String> {
                self.0.media.credit.clone()
            }

            /// Size in bytes; null when unknown, as it may be for imported records, and from 2 GiB on.
            pub(crate) async fn byte_size(&self) -> Option<i32> {
                self.0.media.byte_size.and_then(int)
            }

            $($own)*
        }
    };
}

media_object! {
    /// A picture.
    ImageNode "Image" {
        /// Width in pixels; null when unknown, as it may be for imported records.
        async fn width(&self) -> Option<i32> {
            self.0.media.width.and_then(int)
        }

        /// Height in pixels; null when unknown, as it may be for imported records.
        async fn height(&self) -> Option<i32> {
            self.0.media.height.and_then(int)
        }
    }
}

media_object! {
    /// A sound or a film.
    AudioVideoNode "AudioVideo" {
        /// Width in pixels; null for sounds and when unknown.
        async fn width(&self) -> Option<i32> {
            self.0.media.width.and_then(int)
        }

        /// Height in pixels; null for sounds and when unknown.
        async fn height(&self) -> Option<i32> {
            self.0.media.height.and_then(int)
        }
    }
}

media_object! {
    /// A file to download: a report, a table, a form.
    DocumentNode "Document" {
        /// The name to save the file under, from the end of its address.
        async fn file_name(&self) -> String {
            file_name(&self.0.media.url)
        }
    }
}

/// A media record at its place in a gallery. Its words are those an editor gave for this place, in whatever language; else
/// those of the record.
#[derive(Clone)]
pub(crate) struct MediaUsageNode {
    usage: Arc<Usage>,
    record: Record,
    total: usize,
}

impl MediaUsageNode {
    /// The record, for whoever looks for the first picture of a gallery.
    pub(crate) fn record(&self) -> MediaNode {
        self.record.clone().node()
    }
}

/// A media record at its place in a gallery. Its words are those an editor gave for this place, in whatever language; else
/// those of the record.
#[Object(name = "MediaUsage")]
impl MediaUsageNode {
    /// The record.
    async fn media(&self, ctx: &Context<'_>) -> Result<MediaNode> {
        hand_one(ctx, self.record()).await
    }

    /// The caption here.
    async fn caption(&self) -> Result<Option<String>> {
        match &self.usage.caption {
            Some(given) => Ok(Some(given.clone())),
            None => self.record.caption().await,
        }
    }

    /// What it shows, for those who cannot see it.
    async fn alt(&self) -> Result<Option<String>> {
        match &self.usage.alt {
            Some(given) => Ok(Some(given.clone())),
            None => self.record.alt().await,
        }
    }

    /// Whom to credit here.
    async fn credit(&self) -> Option<&str> {
        self.usage.credit.as_deref().or(self.record.media.credit.as_deref())
    }

    /// The place in the gallery, from 1: the "1" of "1 / 3".
    async fn position(&self) -> i32 {
        self.usage.position
    }

    /// How many the gallery has: the "3" of "1 / 3".
    async fn total(&self) -> i32 {
        int(self.total).unwrap_or(i32::MAX)
    }
}
