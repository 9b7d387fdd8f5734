//! The second reading of the file: uploaded files become media records, and the addresses of articles are planned.

use std::collections::{BTreeMap, HashMap};

use masthead_app::{AppError, media};
use masthead_domain::{
    AnyId, EntityKind, Localizations, MediaId, WebUrl,
    media::{MediaContent, MediaType, SIDE_PX_MAX},
    text::{Paragraph, Title},
};
use masthead_formats::wxr::{FileKind, WpId, WxrItem, plain_text};

use super::{
    editions::Plan,
    error::ImportError,
    fate::{self, Fate},
    fingerprint,
    known::{self, Known, Seen},
    note::ImportNote,
    people,
    pictures::Pictures,
    progress::Phase,
    report::{Count, Report, Subject},
    run::Run,
};

/// The media records of the export.
#[derive(Debug, Default)]
pub(super) struct Media {
    pub(super) by_id: HashMap<WpId, MediaId>,
    pub(super) pictures: Pictures,
}

/// Imports the uploaded files, plans the articles, and tells what is neither.
pub(super) async fn import(run: &mut Run<'_>) -> Result<(Media, Plan), ImportError> {
    let known = Known::load(run, EntityKind::Media).await?;
    let known_articles = Known::load(run, EntityKind::Article).await?;
    let mut media = Media::default();
    let mut plan = Plan::new(known_articles);
    let mut types_skipped: BTreeMap<String, u64> = BTreeMap::new();
    for item in run.items()? {
        let item = item?;
        run.item_read(Phase::Media, item.ordinal).await?;
        let fate = fate::of(&item, run.options);
        let is_copy = run.survey.summary(&item).is_some_and(|summary| summary.copy_of.is_some());
        match fate {
            Fate::Article(_) | Fate::Media if is_copy => skipped(&mut run.report, &item, fate),
            Fate::Article(kind) => plan.add(run, &item, kind),
            Fate::Media => {
                if let Some(id) = keep(run, &known, &item).await? {
                    media.remember(&item, run, id);
                }
            }
            Fate::NotContent => {
                plan.guests.extend(people::guest(&item));
                *run.report.not_content.entry(item.post_type.as_str().to_owned()).or_default() += 1;
            }
            Fate::TypeSkipped => {
                *types_skipped.entry(item.post_type.as_str().to_owned()).or_default() += 1;
            }
            Fate::StatusSkipped => {
                run.report.tell(ImportNote::StatusSkipped, Some(subject(&item)), item.status.as_str());
                skipped(&mut run.report, &item, fate);
            }
        }
    }
    for (name, count) in types_skipped {
        run.report.counts.articles.skipped += count;
        let about = Subject { noun: name.clone(), ..Subject::default() };
        run.report.tell(
            ImportNote::TypeSkipped,
            Some(about),
            &format!("{count} items; --type {name}=NEWS imports them"),
        );
    }
    run.flush("the media").await?;
    Ok((media, plan))
}

impl Media {
    fn remember(&mut self, item: &WxrItem, run: &Run<'_>, id: MediaId) {
        if let Some(wordpress) = &item.post_id {
            self.by_id.entry(wordpress.clone()).or_insert(id);
        }
        if let Some(address) = address(run, item) {
            self.pictures.add(address.as_str(), id);
        }
        // The guid of an attachment is the address it had first.
        if let Some(guid) = &item.guid {
            self.pictures.add(guid, id);
        }
    }
}

/// What an item is, for the report.
pub(super) fn subject(item: &WxrItem) -> Subject {
    Subject {
        noun: item.post_type.as_str().to_owned(),
        name: item.slug.decoded.clone(),
        id: item.post_id.as_ref().map(|id| id.as_str().to_owned()).unwrap_or_default(),
        line: Some(item.line),
    }
}

fn skipped(report: &mut Report, item: &WxrItem, fate: Fate) {
    use masthead_domain::article::ArticleKind;
    use masthead_formats::wxr::PostType;
    let count: &mut Count = match (fate, &item.post_type) {
        (Fate::Media, _) | (_, PostType::Attachment) => &mut report.counts.media,
        (Fate::Article(ArticleKind::Page), _) | (_, PostType::Page) => &mut report.counts.pages,
        (_, PostType::Post | PostType::Other(_)) => &mut report.counts.articles,
    };
    count.skipped += 1;
}

/// Where the file of an attachment is. Old exports have no `wp:attachment_url`.
fn address(run: &Run<'_>, item: &WxrItem) -> Option<WebUrl> {
    let guid = item.guid.as_deref().filter(|guid| FileKind::of(guid) != FileKind::Other);
    let written = item.attachment_url.as_deref().filter(|url| !url.is_empty()).or(guid)?;
    if let Ok(url) = WebUrl::parse(written) {
        return Some(url);
    }
    let absolute = run.origin.base.as_ref()?.join(written).ok()?;
    WebUrl::parse(absolute.as_str()).ok()
}

async fn keep(run: &mut Run<'_>, known: &Known, item: &WxrItem) -> Result<Option<MediaId>, ImportError> {
    let Some(summary) = run.survey.summary(item) else { return Ok(None) };
    let name = summary.identity.clone();
    let print = fingerprint::of_item(item);
    match known.get(&name) {
        Seen::Here(AnyId::Media(id)) => {
            if known.count(&name, &print, &mut run.report.counts.media) {
                run.report.tell(ImportNote::ChangedSince, Some(subject(item)), "");
            }
            return Ok(Some(id));
        }
        Seen::Gone | Seen::Here(_) => {
            run.report.counts.media.skipped += 1;
            run.report.tell(ImportNote::DeletedHere, Some(subject(item)), "");
            return Ok(None);
        }
        Seen::New => {}
    }
    for note in &item.notes {
        run.report.tell_of_file(note, item.post_type.as_str());
    }
    let Some(url) = address(run, item) else {
        run.report.counts.media.skipped += 1;
        let written = item.attachment_url.as_deref().unwrap_or_default();
        run.report.tell(ImportNote::MediaAddressUnusable, Some(subject(item)), written);
        return Ok(None);
    };
    let stopped = |error: AppError| ImportError::stopped(format!("the file {}", item.slug.decoded), error);
    let content = content(&mut run.report, item, url);
    let work = run.batches.work().await.map_err(stopped)?;
    let id = media::create(work, content, Localizations::default()).await.map_err(stopped)?;
    known::bind(&work.tx, &run.origin.system, &name, id.into(), &print).await.map_err(|error| stopped(error.into()))?;
    run.report.counts.media.imported += 1;
    run.thing_done("the media").await?;
    Ok(Some(id))
}

fn content(report: &mut Report, item: &WxrItem, url: WebUrl) -> MediaContent {
    let title = item.title_text();
    let alt = item.alt().map(plain_text).unwrap_or_default();
    let excerpt = item.excerpt_text();
    let description = plain_text(&item.content);
    // Media records have one text; a description that says more than the caption is told, not lost in silence.
    let caption = if excerpt.is_empty() { &description } else { &excerpt };
    if !description.is_empty() && description != *caption && description != title {
        report.tell(ImportNote::MediaDescriptionDropped, Some(subject(item)), &description);
    }
    for (field, text, max) in [("title", &title, 300), ("alt", &alt, 2_000), ("caption", caption, 2_000)] {
        if text.chars().count() > max {
            report.tell(ImportNote::TextCut, Some(subject(item)), field);
        }
    }
    let sides = item.dimensions().filter(|(width, height)| (*width).max(*height) <= SIDE_PX_MAX);
    let byte_size = item.meta_php("_wp_attachment_metadata");
    let byte_size = byte_size.as_ref().and_then(|metadata| metadata.get("filesize")).and_then(|size| size.as_int());
    MediaContent {
        media_type: MediaType::of_address(&url),
        url,
        title: Title::cut(&title),
        alt: Paragraph::cut(&alt),
        caption: Paragraph::cut(caption),
        credit: None,
        width: sides.map(|(width, _)| width),
        height: sides.map(|(_, height)| height),
        byte_size: byte_size.and_then(|size| u64::try_from(size).ok()).filter(|size| *size > 0),
    }
}
