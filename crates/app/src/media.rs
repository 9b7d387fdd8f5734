//! Acts on media records.

use masthead_domain::{
    EntityKind, Localizations, MediaId, Violation, WebUrl,
    event::{Change, ChangeScope},
    media::{MediaContent, MediaType},
    policy::{Action, Resource},
    text::{Label, Paragraph, Title},
};
use masthead_store::{LibraryScope, media as rows};
use tracing::instrument;

use crate::{
    error::{AppError, AppResult},
    localization,
    work::Work,
};

/// Changes to a media record: `None` leaves a field as it is, `Some(None)` clears it.
///
/// A new address means another file. What was told of the old one does not hold for it: unless they are given too,
/// the type is told from the new address (and stays when that tells nothing) and the sizes are cleared.
#[derive(Debug, Clone, Default)]
pub struct MediaChanges {
    /// Where the file is.
    pub url: Option<WebUrl>,
    /// What sort of file it is.
    pub media_type: Option<MediaType>,
    /// Its title.
    pub title: Option<Option<Title>>,
    /// What it shows.
    pub alt: Option<Option<Paragraph>>,
    /// The caption.
    pub caption: Option<Option<Paragraph>>,
    /// Whom to credit.
    pub credit: Option<Option<Label>>,
    /// Width in pixels.
    pub width: Option<Option<u32>>,
    /// Height in pixels.
    pub height: Option<Option<u32>>,
    /// Size in bytes.
    pub byte_size: Option<Option<u64>>,
    /// Title, alternative text and caption in other languages, as a whole.
    pub localizations: Option<Localizations>,
}

/// Keeps a new media record, with its title, alternative text and caption in other languages.
///
/// # Errors
/// [`AppError::Refused`], [`AppError::Invalid`] (sizes no file has).
#[instrument(skip_all)]
pub async fn create(work: &Work<'_>, content: MediaContent, said: Localizations) -> AppResult<MediaId> {
    work.check(Action::MediaCreate, Resource::default())?;
    content.check()?;
    let id = work.new_id(MediaId::from_uuid);
    rows::insert(&work.tx, id, &content).await?;
    localization::begin(work, id, &said).await?;
    work.emit(Change::created(id, ChangeScope::default()));
    Ok(id)
}

/// Changes a media record. Writing what already stands there changes nothing, not even the version.
///
/// # Errors
/// [`AppError::NotFound`], [`AppError::Refused`], [`AppError::VersionConflict`], [`AppError::Invalid`].
#[instrument(skip_all, fields(media.id = %id))]
pub async fn update(work: &Work<'_>, id: MediaId, expected_version: i64, mut changes: MediaChanges) -> AppResult<()> {
    // Asked first, as everywhere in a library: others must not tell a record that they do not see from none.
    work.check(Action::MediaUpdate, Resource::default())?;
    let before = load(work, id).await?;
    work.expect_version(id, before.version, expected_version).await?;
    let version = before.version;
    let said = changes.localizations.take();
    let (new, mut fields) = changed(content(before)?, changes);
    let said = localization::changed(work, id, said, &mut fields).await?;
    if fields.is_empty() {
        return Ok(());
    }
    new.check()?;
    let version = rows::update(&work.tx, id, version, &new).await?;
    localization::write(work, id, said).await?;
    work.emit(Change::updated(id, version, fields, ChangeScope::default(), ChangeScope::default()));
    Ok(())
}

/// Forgets a media record that no gallery, no body and no author shows.
///
/// # Errors
/// [`AppError::NotFound`], [`AppError::Refused`], [`AppError::VersionConflict`], [`AppError::InUse`].
#[instrument(skip_all, fields(media.id = %id))]
pub async fn delete(work: &Work<'_>, id: MediaId, expected_version: i64) -> AppResult<()> {
    // Leave does not depend on the thing and is asked before it is locked.
    work.check(Action::MediaDelete, Resource::default())?;
    let before = rows::lock(&work.tx, id).await?.ok_or_else(missing)?;
    work.expect_version(id, before.version, expected_version).await?;
    work.expect_unused(EntityKind::Media, rows::use_count(&work.tx, id).await?)?;
    rows::delete(&work.tx, id, before.version).await?;
    work.emit(Change::deleted(id, ChangeScope::default()));
    Ok(())
}

async fn load(work: &Work<'_>, id: MediaId) -> AppResult<rows::Media> {
    rows::by_id(&work.tx, LibraryScope::Whole, id).await?.ok_or_else(missing)
}

fn missing() -> AppError {
    AppError::missing(EntityKind::Media, &["id"])
}

/// The new content and the fields that differ, by their names in the API.
fn changed(old: MediaContent, changes: MediaChanges) -> (MediaContent, Vec<&'static str>) {
    let MediaChanges { url, media_type, title, alt, caption, credit, width, height, byte_size, localizations: _ } =
        changes;
    let url = url.unwrap_or_else(|| old.url.clone());
    let is_other_file = url != old.url;
    let media_type = media_type.unwrap_or_else(|| {
        if is_other_file { MediaType::told_by(&url) } else { None }.unwrap_or_else(|| old.media_type.clone())
    });
    let new = MediaContent {
        media_type,
        title: title.unwrap_or_else(|| old.title.clone()),
        alt: alt.unwrap_or_else(|| old.alt.clone()),
        caption: caption.unwrap_or_else(|| old.caption.clone()),
        credit: credit.unwrap_or_else(|| old.credit.clone()),
        width: width.unwrap_or(if is_other_file { None } else { old.width }),
        height: height.unwrap_or(if is_other_file { None } else { old.height }),
        byte_size: byte_size.unwrap_or(if is_other_file { None } else { old.byte_size }),
        url,
    };
    let differs = [
        ("url", new.url != old.url),
        ("mimeType", new.media_type != old.media_type),
        ("title", new.title != old.title),
        ("alt", new.alt != old.alt),
        ("caption", new.caption != old.caption),
        ("credit", new.credit != old.credit),
        ("width", new.width != old.width),
        ("height", new.height != old.height),
        ("byteSize", new.byte_size != old.byte_size),
    ];
    (new, differs.into_iter().filter_map(|(field, differs)| differs.then_some(field)).collect())
}

/// The content of a kept record, parsed back into the domain.
fn content(media: rows::Media) -> AppResult<MediaContent> {
    let rows::Media {
        id: _,
        url,
        media_type,
        title,
        alt,
        caption,
        credit,
        width,
        height,
        byte_size,
        version: _,
        created_at: _,
        updated_at: _,
    } = media;
    let paragraph = |text: Option<String>| -> Result<_, Violation> { Paragraph::parse_optional(text.as_deref()) };
    Ok(MediaContent {
        url: WebUrl::parse(&url)?,
        media_type,
        title: Title::parse_optional(title.as_deref())?,
        alt: paragraph(alt)?,
        caption: paragraph(caption)?,
        credit: Label::parse_optional(credit.as_deref())?,
        width,
        height,
        byte_size,
    })
}
