//! The text of an item: its body, lede, references and pictures.

use masthead_domain::{
    MediaId,
    article::{MediaUsage, RELATED_MAX},
    body::{BlockKind, Body, Span},
    reference::Citation,
    text::Paragraph,
};
use masthead_formats::{
    html::{self, ParseOptions, ReferenceMarks},
    wxr::{
        WxrItem,
        content::{self, ContentContext, Prepared},
    },
};
use url::Url;

use super::{
    error::ImportError,
    links::Links,
    media::{Media, subject},
    note::ImportNote,
    run::Run,
};

/// What the text of an item gives an article.
pub(super) struct Text {
    pub(super) body: Body,
    pub(super) lede: Option<Paragraph>,
    pub(super) references: Vec<Citation>,
    pub(super) gallery: Vec<MediaUsage>,
}

/// Reads the text of an item.
pub(super) async fn read(run: &mut Run<'_>, item: &WxrItem, media: &Media, links: &Links) -> Result<Text, ImportError> {
    let prepared = content::prepare(item, &ContentContext::of(run.survey));
    for note in &prepared.notes {
        run.report.tell_of_file(note, item.post_type.as_str());
    }
    let references = super::references::of(run, &prepared.footnotes).await?;
    let mut body = body(run, item, &prepared);
    body.resolve_media(|address| media.pictures.find(address.as_str()));
    // Addresses that become longer than a body may hold stay as they were; they still lead somewhere by `route`.
    let _ = body.map_urls(|address| links.rewrite(&run.origin, address));
    let last = u32::try_from(references.len()).unwrap_or(u32::MAX);
    if prepared.footnotes.len() > references.len() {
        run.report.tell(ImportNote::ListCut, Some(subject(item)), "references");
    }
    body.renumber(|number| (number <= last).then_some(number));
    let lede = lede(run, item, &prepared, &mut body);
    let gallery = gallery(run, item, &prepared, media);
    Ok(Text { body, lede, references, gallery })
}

fn body(run: &mut Run<'_>, item: &WxrItem, prepared: &Prepared) -> Body {
    let base = match (&run.origin.base, item.link.trim()) {
        (Some(base), "") => Some(base.clone()),
        (Some(base), link) => base.join(link).ok().or_else(|| Some(base.clone())),
        (None, link) => Url::parse(link).ok(),
    };
    let names = prepared.marks.iter().map(|(name, number)| (name.clone(), *number)).collect();
    let options =
        ParseOptions { base, references: ReferenceMarks { names, ..ReferenceMarks::default() }, bare_players: true };
    let parsed = html::parse(&prepared.html, &options);
    let about = subject(item);
    for note in &parsed.notes {
        run.report.tell_of_text(note, &about);
    }
    parsed.body
}

/// The excerpt somebody wrote, or else the teaser. A lede is set apart from the body: where the body begins with the
/// same plain paragraph, it moves; where the teaser is more than one plain paragraph, the body keeps it and there is no
/// lede, so that no reader meets the same words twice.
fn lede(run: &mut Run<'_>, item: &WxrItem, prepared: &Prepared, body: &mut Body) -> Option<Paragraph> {
    let excerpt = item.excerpt_text();
    let opening = opening(body);
    let words = if excerpt.is_empty() { prepared.lede.as_deref()? } else { excerpt.as_str() };
    let lede = Paragraph::cut(words)?;
    let is_opening = opening.as_ref().is_some_and(|opening| same_words(&opening.words, words));
    if is_opening {
        if !opening.is_some_and(|opening| opening.is_plain) {
            return None;
        }
        // An article that is nothing but its opening keeps it.
        if body.blocks().len() < 2 {
            return None;
        }
        let rest = std::mem::take(body).into_keyed_blocks().skip(1);
        // Fewer blocks of a body that fits always fit.
        *body = Body::from_keyed_blocks(rest).unwrap_or_default();
    } else if excerpt.is_empty() {
        return None;
    }
    if words.chars().count() > 2_000 {
        run.report.tell(ImportNote::TextCut, Some(subject(item)), "lede");
    }
    Some(lede)
}

struct Opening {
    words: String,
    is_plain: bool,
}

/// The first paragraph, when the body begins with one.
fn opening(body: &Body) -> Option<Opening> {
    match body.blocks().first()?.kind() {
        BlockKind::Paragraph { text } => Some(Opening {
            words: text.text(),
            is_plain: text.spans().iter().all(|span| matches!(span, Span::Text { marks, .. } if marks.is_empty())),
        }),
        _ => None,
    }
}

fn same_words(one: &str, other: &str) -> bool {
    one.split_whitespace().eq(other.split_whitespace())
}

/// The featured image, then the pictures of galleries.
fn gallery(run: &mut Run<'_>, item: &WxrItem, prepared: &Prepared, media: &Media) -> Vec<MediaUsage> {
    let mut usages: Vec<MediaUsage> = Vec::new();
    if let Some(wordpress) = item.thumbnail_id() {
        match media.by_id.get(&wordpress) {
            Some(id) => usages.push(usage(*id, "", "")),
            None => {
                let note = masthead_formats::wxr::NoteKind::ThumbnailMissing;
                let note = masthead_formats::wxr::Note::new(note, wordpress.as_str()).about(item.reference());
                run.report.tell_of_file(&note, item.post_type.as_str());
            }
        }
    }
    for picture in &prepared.gallery {
        let by_id = picture.id.as_ref().and_then(|id| media.by_id.get(id)).copied();
        let Some(id) = by_id.or_else(|| media.pictures.find(&picture.url)) else { continue };
        if usages.iter().all(|usage| usage.media != id) {
            usages.push(usage(id, &picture.caption, &picture.alt));
        }
    }
    if usages.len() > RELATED_MAX {
        usages.truncate(RELATED_MAX);
        run.report.tell(ImportNote::ListCut, Some(subject(item)), "gallery");
    }
    usages
}

fn usage(media: MediaId, caption: &str, alt: &str) -> MediaUsage {
    MediaUsage { media, caption: Paragraph::cut(caption), alt: Paragraph::cut(alt), credit: None }
}
