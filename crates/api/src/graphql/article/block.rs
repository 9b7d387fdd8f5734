//! The blocks of a body, each kind a type of its own.
//!
//! All HTML of a body is written in one walk ([`Renderer`]), because the ids of repeated reference marks count on from
//! block to block.

use async_graphql::{ComplexObject, Context, Interface, List, Object, Result, SimpleObject};
use masthead_domain::{
    MediaId,
    body::{self, BlockKind, Body, HtmlOptions, HtmlWriter, Inline, MediaFile, Span},
};
use url::Url as WebAddress;

use super::{
    ArticleNode,
    body::{Pictures, file},
};
use crate::graphql::{
    guard::{hand, hand_all, hand_one},
    media::MediaNode,
    reference::ReferenceNode,
    scalar::{Html, LongText, Url},
};

/// One block of a body. Render the kinds you know by their own fields, and `outerHtml` for all others: kinds may be
/// added.
#[derive(Interface)]
#[graphql(
    field(name = "key", ty = "&String", desc = "Names the block inside its body; it stays through edits."),
    field(
        name = "outer_html",
        ty = "&Html",
        desc = "The whole block with its own element, exactly as it stands in the body's `html`."
    )
)]
pub(crate) enum Block {
    Paragraph(ParagraphBlock),
    Heading(HeadingBlock),
    List(ListBlock),
    Quote(QuoteBlock),
    Image(ImageBlock),
    Gallery(GalleryBlock),
    Embed(EmbedBlock),
    Table(TableBlock),
    Code(CodeBlock),
    Rule(RuleBlock),
    Unknown(UnknownBlock),
}

/// The references some words mark: numbers, and the article they belong to.
struct Marked {
    article: ArticleNode,
    numbers: Vec<u32>,
}

impl Marked {
    async fn load(&self) -> Result<Vec<ReferenceNode>> {
        if self.numbers.is_empty() {
            return Ok(Vec::new());
        }
        let references = self.article.load_references().await?;
        let mut marked: Vec<ReferenceNode> = Vec::with_capacity(self.numbers.len());
        for number in self.numbers.iter().filter_map(|number| i32::try_from(*number).ok()) {
            let is_new = marked.iter().all(|known| known.place() != number);
            let found = references.iter().find(|reference| reference.place() == number);
            marked.extend(found.filter(|_| is_new).cloned());
        }
        Ok(marked)
    }
}

/// A paragraph.
pub(crate) struct ParagraphBlock {
    key: String,
    outer_html: Html,
    html: Html,
    text: String,
    marked: Marked,
}

/// A paragraph.
#[Object]
impl ParagraphBlock {
    /// Names the block inside its body.
    async fn key(&self) -> &String {
        &self.key
    }

    /// The whole block: `<p>…</p>`.
    async fn outer_html(&self) -> &Html {
        &self.outer_html
    }

    /// What stands inside the `<p>`.
    async fn html(&self) -> &Html {
        &self.html
    }

    /// The words alone.
    async fn text(&self) -> LongText<&str> {
        LongText(&self.text)
    }

    /// The references the paragraph marks, each once, in order of the marks.
    async fn references(&self, ctx: &Context<'_>) -> Result<List<ReferenceNode>> {
        hand_all(ctx, self.marked.load().await?).await
    }
}

/// Somebody's words set apart.
pub(crate) struct QuoteBlock {
    key: String,
    outer_html: Html,
    html: Html,
    cite: Option<String>,
    marked: Marked,
}

/// Somebody's words set apart.
#[Object]
impl QuoteBlock {
    /// Names the block inside its body.
    async fn key(&self) -> &String {
        &self.key
    }

    /// The whole block: `<blockquote>…</blockquote>`.
    async fn outer_html(&self) -> &Html {
        &self.outer_html
    }

    /// The paragraphs inside the `<blockquote>`, without the footer that names the source.
    async fn html(&self) -> &Html {
        &self.html
    }

    /// Who or what is quoted.
    async fn cite(&self) -> Option<&str> {
        self.cite.as_deref()
    }

    /// The reference the quote is taken from.
    async fn reference(&self, ctx: &Context<'_>) -> Result<Option<ReferenceNode>> {
        hand(ctx, self.marked.load().await?.pop()).await
    }
}

/// A section heading.
#[derive(SimpleObject)]
pub(crate) struct HeadingBlock {
    /// Names the block inside its body.
    key: String,
    /// The whole block: `<h2 id="anchor">…</h2>`.
    outer_html: Html,
    /// From 1 to 6.
    level: i32,
    /// What stands inside the heading's element.
    html: Html,
    /// The words alone.
    text: LongText<String>,
    /// The `id` it has in the HTML, unique in the body.
    anchor: String,
}

/// A list.
#[derive(SimpleObject)]
pub(crate) struct ListBlock {
    /// Names the block inside its body.
    key: String,
    /// The whole block: `<ul>…</ul>` or `<ol>…</ol>`.
    outer_html: Html,
    /// Numbered rather than bulleted.
    ordered: bool,
    /// The first number of a numbered list.
    start: i32,
    /// What stands inside each `<li>`; lists below an item are part of it.
    items: Vec<Html>,
}

/// A picture in the text. Its words are those given at this place; where the text says nothing, the alternative text
/// of the media record stands in.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct BodyImage {
    /// Where the file is; null when it is neither in the media library nor has an address.
    url: Option<Url>,
    /// What it shows, for those who cannot see it; empty for decoration.
    alt: String,
    /// The words below it; null when there are none.
    caption: Option<Html>,
    /// Whom to credit.
    credit: Option<String>,
    /// Where it leads: an absolute address, or a fragment.
    link: Option<String>,
    #[graphql(skip)]
    media: Option<MediaNode>,
    /// The place among the pictures of the block, from 1: the "1" of "1 / 3".
    position: i32,
    /// How many pictures the block has: the "3" of "1 / 3".
    total: i32,
}

#[ComplexObject]
impl BodyImage {
    /// The record in the media library; null for pictures that lie elsewhere.
    async fn media(&self, ctx: &Context<'_>) -> Result<Option<&MediaNode>> {
        hand(ctx, self.media.as_ref()).await
    }
}

/// A picture.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct ImageBlock {
    /// Names the block inside its body.
    key: String,
    /// The whole block: `<figure>…</figure>`.
    outer_html: Html,
    #[graphql(skip)]
    image: BodyImage,
}

#[ComplexObject]
impl ImageBlock {
    /// The picture.
    async fn image(&self, ctx: &Context<'_>) -> Result<&BodyImage> {
        hand_one(ctx, &self.image).await
    }
}

/// Pictures that belong together.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct GalleryBlock {
    /// Names the block inside its body.
    key: String,
    /// The whole block.
    outer_html: Html,
    #[graphql(skip)]
    items: Vec<BodyImage>,
}

#[ComplexObject]
impl GalleryBlock {
    /// The pictures in order; at least one.
    async fn items(&self, ctx: &Context<'_>) -> Result<List<&BodyImage>> {
        hand_all(ctx, &self.items).await
    }
}

/// Something played or shown from another site.
#[derive(SimpleObject)]
pub(crate) struct EmbedBlock {
    /// Names the block inside its body.
    key: String,
    /// The whole block: the player, or a link where no player is known.
    outer_html: Html,
    /// The page of the thing.
    url: Url,
    /// The site, such as `youtube`; null for sites without a player that is known here.
    provider: Option<String>,
    /// The player, sandboxed and loaded lazily; null for sites without one.
    html: Option<Html>,
}

/// A table.
#[derive(SimpleObject)]
pub(crate) struct TableBlock {
    /// Names the block inside its body.
    key: String,
    /// The whole block: `<table>…</table>`.
    outer_html: Html,
    /// Whether the first row names the columns.
    has_header: bool,
    /// What stands inside each cell, row by row; all rows are equally long.
    rows: Vec<Vec<Html>>,
    /// The words that name the table.
    caption: Option<Html>,
}

/// Preformatted code.
#[derive(SimpleObject)]
pub(crate) struct CodeBlock {
    /// Names the block inside its body.
    key: String,
    /// The whole block: `<pre><code>…</code></pre>`.
    outer_html: Html,
    /// The lines as plain text; whitespace is kept.
    code: LongText<String>,
    /// The language, as highlighters name it.
    language: Option<String>,
}

/// A thematic break.
#[derive(SimpleObject)]
pub(crate) struct RuleBlock {
    /// Names the block inside its body.
    key: String,
    /// The whole block: `<hr>`.
    outer_html: Html,
}

/// A block that this server has no type for. Render `html` and move on.
#[derive(SimpleObject)]
pub(crate) struct UnknownBlock {
    /// Names the block inside its body.
    key: String,
    /// The whole block with an element around it that names the type.
    outer_html: Html,
    /// What it is.
    #[graphql(name = "type")]
    type_name: String,
    /// Its sanitised markup.
    html: Html,
}

/// Writes the blocks of one body.
pub(super) struct Renderer<'a> {
    article: &'a ArticleNode,
    pictures: &'a Pictures,
    site: &'a WebAddress,
}

impl<'a> Renderer<'a> {
    pub(super) fn new(article: &'a ArticleNode, pictures: &'a Pictures, site: &'a WebAddress) -> Self {
        Self { article, pictures, site }
    }

    pub(super) fn blocks(&self, body: &Body) -> Vec<Block> {
        let find = |id: &MediaId| -> Option<MediaFile> { self.pictures.get(id).map(file) };
        let options = HtmlOptions { heading_offset: 0, base: Some(self.site), media: Some(&find) };
        // Two writers walk side by side: whole blocks count their marks in one, parts of blocks in the other.
        let (mut whole, mut parts) = (HtmlWriter::new(options), HtmlWriter::new(options));
        let blocks = body.blocks().iter();
        blocks
            .map(|block| {
                let (key, kind) = (block.key().to_string(), block.kind());
                let outer_html = Html(whole.block(kind));
                self.block(key, outer_html, kind, &mut parts)
            })
            .collect()
    }

    fn block(&self, key: String, outer_html: Html, kind: &BlockKind, parts: &mut HtmlWriter<'_>) -> Block {
        let mut inline = |text: &Inline| Html(parts.inline(text));
        match kind {
            BlockKind::Paragraph { text } => Block::Paragraph(ParagraphBlock {
                key,
                outer_html,
                html: inline(text),
                text: text.text(),
                marked: self.marked(text.references().collect()),
            }),
            BlockKind::Heading(body::Heading { level, text, anchor }) => Block::Heading(HeadingBlock {
                key,
                outer_html,
                level: (*level).into(),
                html: inline(text),
                text: LongText(text.text()),
                anchor: anchor.clone(),
            }),
            BlockKind::List(body::List { ordered, start, items }) => Block::List(ListBlock {
                key,
                outer_html,
                ordered: *ordered,
                start: start.and_then(|start| i32::try_from(start).ok()).unwrap_or(1),
                items: items.iter().map(|item| Html(parts.list_item(item))).collect(),
            }),
            BlockKind::Quote(quote) => {
                let html = Html(parts.quote_content(quote));
                // The mark in the footer counts too, though the footer is left out.
                parts.inline(&Inline::new(quote.reference.map(|number| Span::Reference { number })));
                let marked = self.marked(quote.reference.into_iter().collect());
                Block::Quote(QuoteBlock { key, outer_html, html, cite: quote.cite.clone(), marked })
            }
            BlockKind::Image(image) => {
                Block::Image(ImageBlock { key, outer_html, image: self.image(image, (1, 1), &mut inline) })
            }
            BlockKind::Gallery { items } => {
                let total = items.len();
                let image = |(place, item)| self.image(item, (place, total), &mut inline);
                Block::Gallery(GalleryBlock { key, outer_html, items: (1..).zip(items).map(image).collect() })
            }
            BlockKind::Embed(embed) => Block::Embed(EmbedBlock {
                key,
                outer_html,
                url: Url(embed.url.resolve(Some(self.site))),
                provider: embed.provider.clone(),
                html: HtmlWriter::player(embed).map(Html),
            }),
            BlockKind::Table(body::Table { has_header, rows, caption }) => Block::Table(TableBlock {
                key,
                outer_html,
                caption: (!caption.is_empty()).then(|| inline(caption)),
                has_header: *has_header,
                rows: rows.iter().map(|row| row.iter().map(&mut inline).collect()).collect(),
            }),
            BlockKind::Code { code, language } => {
                Block::Code(CodeBlock { key, outer_html, code: LongText(code.clone()), language: language.clone() })
            }
            BlockKind::Rule => Block::Rule(RuleBlock { key, outer_html }),
            BlockKind::Raw { type_name, html } => Block::Unknown(UnknownBlock {
                key,
                outer_html,
                type_name: type_name.clone(),
                // What nobody has checked never leaves as markup.
                html: Html(if html.is_checked() { html.as_str().to_owned() } else { String::new() }),
            }),
        }
    }

    fn marked(&self, numbers: Vec<u32>) -> Marked {
        Marked { article: self.article.clone(), numbers }
    }

    fn image(
        &self,
        image: &body::Image,
        (position, total): (usize, usize),
        inline: &mut impl FnMut(&Inline) -> Html,
    ) -> BodyImage {
        let body::Image { media, url, alt, caption, credit, link } = image;
        let picture = media.as_ref().and_then(|id| self.pictures.get(id));
        let at_home = picture.map(|picture| picture.record.media().url.clone());
        let alt_of_record = || picture.and_then(|picture| picture.alt.clone()).unwrap_or_default();
        BodyImage {
            url: at_home.or_else(|| url.as_ref().map(|url| url.resolve(Some(self.site)))).map(Url),
            alt: if alt.is_empty() { alt_of_record() } else { alt.clone() },
            caption: (!caption.is_empty()).then(|| inline(caption)),
            credit: credit.clone(),
            link: link.as_ref().map(|link| link.resolve(Some(self.site))),
            media: picture.map(|picture| picture.record.clone().node()),
            position: i32::try_from(position).unwrap_or(i32::MAX),
            total: i32::try_from(total).unwrap_or(i32::MAX),
        }
    }
}
