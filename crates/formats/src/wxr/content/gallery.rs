//! Galleries: the old shortcode's and the two shapes of the gallery block, as one shape.

use super::{
    Work,
    lexer::{Kind, Lexer, Tag},
    markup::{escape, figure, image, web_address},
};
use crate::wxr::{Attachment, FileKind, NoteKind, WpId, plain_text, text::decode_entities};

/// One picture of a gallery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GalleryItem {
    /// The attachment, when the export names it.
    pub id: Option<WpId>,
    /// Where the file is.
    pub url: String,
    /// The alternative text, may be empty.
    pub alt: String,
    /// The caption in plain words, may be empty.
    pub caption: String,
}

impl GalleryItem {
    pub(super) fn of(attachment: &Attachment) -> Self {
        Self {
            id: Some(attachment.id.clone()),
            url: attachment.url.clone(),
            alt: attachment.alt.clone(),
            caption: attachment.caption.clone(),
        }
    }
}

/// A gallery as WordPress's current block writes it: pictures with captions inside one figure.
pub(super) fn gallery_html(items: &[GalleryItem], caption_html: &str) -> String {
    let pictures: String = items.iter().map(|item| image(&item.url, &item.alt, &escape(&item.caption))).collect();
    figure("wp-block-gallery", &pictures, caption_html)
}

/// The gallery block: pictures are read from its HTML, or looked up when it only names them.
pub(super) fn gallery_block(attributes: &serde_json::Value, inner: &str, work: &mut Work<'_>) -> String {
    let (mut items, caption) = pictures(inner);
    if items.is_empty() {
        for id in attributes.get("ids").and_then(serde_json::Value::as_array).into_iter().flatten() {
            let id = id.as_str().map(str::to_owned).or_else(|| id.as_u64().map(|id| id.to_string()));
            let Some(id) = id.as_deref().and_then(WpId::parse) else {
                continue;
            };
            match work.context.attachments.by_id(&id) {
                Some(file) if FileKind::of(&file.url) == FileKind::Image => items.push(GalleryItem::of(file)),
                _ => work.notes.add(NoteKind::GalleryItemMissing, id.as_str()),
            }
        }
    }
    if items.is_empty() {
        return inner.to_owned();
    }
    let html = gallery_html(&items, caption);
    work.add_gallery(items);
    html
}

/// Every picture in a gallery's HTML, with the caption that follows it, and the caption of the whole.
fn pictures(html: &str) -> (Vec<GalleryItem>, &str) {
    let mut items: Vec<GalleryItem> = Vec::new();
    let mut whole = "";
    let mut figures: Vec<bool> = Vec::new();
    let mut caption: Option<(usize, bool)> = None;
    for piece in Lexer::new(html) {
        let Kind::Tag(tag) = piece.kind else {
            continue;
        };
        let has_class = |wanted: &str| tag.attribute("class").is_some_and(|class| class.contains(wanted));
        if tag.opens("img") {
            items.extend(picture(&tag));
        } else if tag.opens("figure") {
            figures.push(has_class("wp-block-gallery"));
        } else if tag.closes("figure") {
            figures.pop();
        } else if tag.opens("figcaption") {
            let is_whole = has_class("blocks-gallery-caption") || figures.last() == Some(&true);
            caption = Some((piece.end, is_whole));
        } else if tag.closes("figcaption")
            && let Some((start, is_whole)) = caption.take()
        {
            let words = html.get(start..piece.start).unwrap_or_default();
            match items.last_mut() {
                Some(item) if !is_whole && item.caption.is_empty() => item.caption = plain_text(words),
                _ => whole = words,
            }
        }
    }
    (items, whole)
}

fn picture(tag: &Tag<'_>) -> Option<GalleryItem> {
    let value = |name| tag.attribute(name).map(|value| decode_entities(value).trim().to_owned());
    let url = tag.attribute("src").or_else(|| tag.attribute("data-full-url")).and_then(web_address)?;
    let class = value("class").unwrap_or_default();
    let by_class = class.split_whitespace().find_map(|class| class.strip_prefix("wp-image-")).and_then(WpId::parse);
    Some(GalleryItem {
        id: value("data-id").as_deref().and_then(WpId::parse).or(by_class),
        url,
        alt: value("alt").unwrap_or_default(),
        caption: String::new(),
    })
}
