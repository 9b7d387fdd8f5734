//! The text of an article in the forms clients want it in.

use std::sync::Arc;

use async_graphql::{Context, Enum, Json, List, Object, Result, SimpleObject};
use foldhash::HashMap;
use masthead_domain::{
    MediaId,
    body::{Body, HtmlOptions, MediaFile},
};

use super::{
    ArticleNode,
    block::{Block, Renderer},
};
use crate::{
    error_code::ErrorCode,
    graphql::{
        error,
        frame::Frame,
        guard::{count_bytes, hand_all},
        media::Record,
        scalar::{Html, LongText},
    },
};

/// A media record that bodies show.
pub(super) struct Picture {
    pub(super) record: Record,
    /// What it shows, in the best of the languages that were asked for.
    pub(super) alt: Option<String>,
}

/// The media records that bodies show, by id.
pub(super) type Pictures = HashMap<MediaId, Picture>;

/// The body of an article.
pub(crate) struct ArticleBody {
    pub(super) article: ArticleNode,
    pub(super) body: Arc<Body>,
}

impl ArticleBody {
    /// The keys of the blocks that mark a reference.
    pub(crate) fn keys_of_marks(&self, number: i32) -> Vec<String> {
        let marks = self.body.reference_numbers().into_iter();
        let own = marks.filter(|(marked, _)| i32::try_from(*marked) == Ok(number));
        own.flat_map(|(_, keys)| keys).map(|key| key.to_string()).collect()
    }
}

/// Where links to other pages of this site lead.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum LinkTarget {
    /// Absolute addresses, good anywhere: apps, feeds, partner sites.
    #[default]
    Canonical,
    /// Paths from the site's root, for the site's own pages.
    Relative,
}

/// A heading, for a table of contents.
#[derive(SimpleObject)]
pub(crate) struct Heading {
    /// From 1 to 6, as in the body; `headingOffset` of `html` is not added.
    level: i32,
    /// Its words.
    text: LongText<String>,
    /// The `id` it has in the HTML, unique in the body: link to it as `#anchor`.
    anchor: String,
}

/// The address that paths of this site are relative to.
pub(super) fn site_url(frame: &Frame) -> Result<url::Url> {
    url::Url::parse(frame.site().url.as_str()).map_err(|_| error::internal("the site's address is none"))
}

/// The file of a media record, as the body's writer wants it.
pub(super) fn file(Picture { record, alt }: &Picture) -> MediaFile {
    let media = record.media();
    MediaFile { url: media.url.clone(), width: media.width, height: media.height, alt: alt.clone() }
}

fn int(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// The text of an article. Take `html` to put it into a page as it is, or `blocks` to render each kind of block with a
/// component of your own.
#[Object]
impl ArticleBody {
    /// The whole text as HTML. It was made from typed blocks, never passed through, so it is safe to put into a page.
    async fn html(
        &self,
        #[graphql(
            default = 0,
            desc = "Added to every heading level: 1 makes `<h2>` of the first level, for pages whose `<h1>` is the headline. From 0 to 5."
        )]
        heading_offset: i32,
        #[graphql(default, desc = "How links to other pages of this site are written.")] links: LinkTarget,
    ) -> Result<Html> {
        let heading_offset = u8::try_from(heading_offset).ok().filter(|offset| *offset <= 5);
        let Some(heading_offset) = heading_offset else {
            return Err(error::coded(ErrorCode::BadUserInput, "`headingOffset` lies between 0 and 5"));
        };
        let pictures = self.article.load_pictures().await?;
        let find = |id: &MediaId| pictures.get(id).map(file);
        let site = site_url(&self.article.frame)?;
        let base = (links == LinkTarget::Canonical).then_some(&site);
        Ok(Html(self.body.html(&HtmlOptions { heading_offset, base, media: Some(&find) })))
    }

    /// The whole text as Markdown (CommonMark with tables and strikethrough). Marks of references are written `[^1]`.
    async fn markdown(&self) -> LongText<String> {
        LongText(self.body.markdown())
    }

    /// The words alone, an empty line between blocks.
    async fn text(&self) -> LongText<String> {
        LongText(self.body.text())
    }

    /// The text as typed blocks, in order.
    async fn blocks(&self, ctx: &Context<'_>) -> Result<List<Block>> {
        let pictures = self.article.load_pictures().await?;
        let site = site_url(&self.article.frame)?;
        hand_all(ctx, Renderer::new(&self.article, &pictures, &site).blocks(&self.body)).await
    }

    /// The whole body in the published body format (`docs/body-format.md`): for editors, to hand back as `blocks` of a
    /// `BodyInput`.
    async fn json(&self, ctx: &Context<'_>) -> Result<Json<serde_json::Value>> {
        let json = self.body.to_json();
        count_bytes(ctx, json.to_string().len())?;
        Ok(Json(json))
    }

    /// The headings, in order.
    async fn headings(&self, ctx: &Context<'_>) -> Result<List<Heading>> {
        let headings = self.body.headings().into_iter().map(|entry| Heading {
            level: entry.level.into(),
            text: LongText(entry.text),
            anchor: entry.anchor,
        });
        hand_all(ctx, headings).await
    }

    /// How many words there are to read; code does not count.
    async fn word_count(&self) -> i32 {
        int(self.body.word_count())
    }

    /// Minutes it takes to read, rounded up; 0 only for an empty body.
    async fn reading_time_minutes(&self) -> i32 {
        int(self.body.reading_time_minutes())
    }
}
