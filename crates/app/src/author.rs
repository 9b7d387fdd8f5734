//! Acts on authors.

use masthead_domain::{
    AuthorId, EntityKind, LanguageTag, Localizations, MediaId, Slug, Violation, WebUrl,
    article::check_list_length,
    author::{AuthorContent, Email, SAME_AS_MAX},
    event::{Change, ChangeScope},
    media::MediaKind,
    path,
    policy::{Action, Library, Resource},
    text::Title,
    violation::Violations,
};
use masthead_store::{author as rows, external, media, presence};
use tracing::instrument;

use crate::{
    error::{AppError, AppResult},
    localization, slug,
    work::Work,
};

/// A new author. Without a slug, one is made from the name.
#[derive(Debug, Clone)]
pub struct AuthorDraft {
    /// Their address.
    pub slug: Option<Slug>,
    /// Their name.
    pub name: Title,
    /// A biography, safe HTML.
    pub bio: Option<String>,
    /// Their public e-mail address.
    pub email: Option<Email>,
    /// Profiles elsewhere.
    pub same_as: Vec<WebUrl>,
    /// Their picture.
    pub portrait: Option<MediaId>,
    /// Name and biography in other languages.
    pub localizations: Localizations,
}

/// Changes to an author: `None` leaves a field as it is, `Some(None)` clears it.
#[derive(Debug, Clone, Default)]
pub struct AuthorChanges {
    /// Their address.
    pub slug: Option<Slug>,
    /// Their name.
    pub name: Option<Title>,
    /// A biography, safe HTML.
    pub bio: Option<Option<String>>,
    /// Their public e-mail address.
    pub email: Option<Option<Email>>,
    /// Profiles elsewhere, as a whole.
    pub same_as: Option<Vec<WebUrl>>,
    /// Their picture.
    pub portrait: Option<Option<MediaId>>,
    /// Name and biography in other languages, as a whole.
    pub localizations: Option<Localizations>,
}

/// Keeps a new author.
///
/// # Errors
/// [`AppError::Refused`], [`AppError::Invalid`] (nothing to make a slug from, too many profiles, a portrait that is no picture),
/// [`AppError::SlugTaken`] for a slug that was asked for, [`AppError::NotFound`] for the portrait.
#[instrument(skip_all)]
pub async fn create(work: &Work<'_>, draft: AuthorDraft) -> AppResult<AuthorId> {
    work.check(Action::AuthorCreate, Resource::default())?;
    let AuthorDraft { slug, name, bio, email, same_as, portrait, localizations } = draft;
    let slug = match slug {
        Some(slug) => slug,
        None => {
            let wanted = Slug::from_title(name.as_str(), default_language(work)?).ok_or_else(|| {
                Violation::invalid("must have a letter or a digit to make an address from").at("name")
            })?;
            free_slug(work, &wanted).await?
        }
    };
    let content = AuthorContent { slug, name, bio, email, same_as, portrait };
    check(work, &content).await?;
    check_portrait(work, content.portrait).await?;
    let id = work.new_id(AuthorId::from_uuid);
    rows::insert(&work.tx, id, &content).await?;
    localization::begin(work, id, &localizations).await?;
    work.emit(Change::created(id, scope(id, content.slug.as_str())));
    Ok(id)
}

/// Changes an author. Writing what already stands there changes nothing, not even the version.
///
/// # Errors
/// [`AppError::NotFound`], [`AppError::Refused`], [`AppError::VersionConflict`], [`AppError::Invalid`],
/// [`AppError::SlugTaken`]; [`AppError::NotFound`] also for the portrait.
#[instrument(skip_all, fields(author.id = %id))]
pub async fn update(work: &Work<'_>, id: AuthorId, expected_version: i64, mut changes: AuthorChanges) -> AppResult<()> {
    let before = load(work, id).await?;
    work.check(Action::AuthorUpdate, Resource::default())?;
    work.expect_version(id, before.version, expected_version).await?;
    let (old_slug, version) = (before.slug.clone(), before.version);
    let old = content(before)?;
    let said = changes.localizations.take();
    let (new, mut fields) = changed(old, changes);
    let said = localization::changed(work, id, said, &mut fields).await?;
    if fields.is_empty() {
        return Ok(());
    }
    check_for(work, &new, Some(id)).await?;
    if fields.contains(&"portrait") {
        check_portrait(work, new.portrait).await?;
    }
    let version = rows::update(&work.tx, id, version, &new).await?;
    localization::write(work, id, said).await?;
    if fields.contains(&"slug") {
        // Readers know the old address.
        external::keep_former_path(&work.tx, &path::author(&old_slug), id.into()).await?;
    }
    work.emit(Change::updated(id, version, fields, scope(id, &old_slug), scope(id, new.slug.as_str())));
    Ok(())
}

/// Forgets an author whom no article credits.
///
/// # Errors
/// [`AppError::NotFound`], [`AppError::Refused`], [`AppError::VersionConflict`], [`AppError::InUse`].
#[instrument(skip_all, fields(author.id = %id))]
pub async fn delete(work: &Work<'_>, id: AuthorId, expected_version: i64) -> AppResult<()> {
    // Leave does not depend on the thing and is asked before it is locked.
    work.check(Action::AuthorDelete, Resource::default())?;
    let before = rows::lock(&work.tx, id).await?.ok_or_else(missing)?;
    work.expect_version(id, before.version, expected_version).await?;
    work.expect_unused(EntityKind::Author, rows::credit_count(&work.tx, id).await?)?;
    rows::delete(&work.tx, id, before.version).await?;
    work.emit(Change::deleted(id, scope(id, &before.slug)));
    Ok(())
}

async fn load(work: &Work<'_>, id: AuthorId) -> AppResult<rows::Author> {
    rows::by_id(&work.tx, id).await?.ok_or_else(missing)
}

fn missing() -> AppError {
    AppError::missing(EntityKind::Author, &["id"])
}

fn default_language<'a>(work: &'a Work<'_>) -> AppResult<&'a LanguageTag> {
    work.app.site.languages.first().ok_or(AppError::Internal("a site has a language"))
}

async fn check(work: &Work<'_>, content: &AuthorContent) -> AppResult<()> {
    check_for(work, content, None).await
}

/// The rules that need the database or several fields.
async fn check_for(work: &Work<'_>, content: &AuthorContent, of: Option<AuthorId>) -> AppResult<()> {
    let mut wrong = Violations::new();
    check_list_length(&mut wrong, "sameAs", content.same_as.len(), SAME_AS_MAX);
    wrong.into_result(Some(()))?;
    if let Some(holder) = rows::by_slug(&work.tx, content.slug.as_str()).await?
        && Some(holder.id) != of
    {
        let suggestion = Some(free_slug(work, &content.slug).await?);
        return Err(AppError::SlugTaken { slug: content.slug.clone(), suggestion, held_by: Some(holder.id.into()) });
    }
    Ok(())
}

async fn free_slug(work: &Work<'_>, wanted: &Slug) -> AppResult<Slug> {
    slug::free(wanted, |slugs| async move { rows::slugs_taken(&work.tx, &slugs).await }).await
}

/// A portrait must be there, and be a picture.
async fn check_portrait(work: &Work<'_>, portrait: Option<MediaId>) -> AppResult<()> {
    let Some(portrait) = portrait else { return Ok(()) };
    presence::hold(&work.tx, EntityKind::Media, [portrait.uuid()]).await?;
    let record = media::by_id(&work.tx, work.library(Library::Media), portrait).await?;
    let record = record.ok_or_else(|| AppError::missing(EntityKind::Media, &["portraitId"]))?;
    if record.media_type.kind() == MediaKind::Image {
        return Ok(());
    }
    Err(Violation::invalid("must be a picture").at("portraitId").into())
}

/// The new content and the fields that differ, by their names in the API.
fn changed(old: AuthorContent, changes: AuthorChanges) -> (AuthorContent, Vec<&'static str>) {
    let AuthorChanges { slug, name, bio, email, same_as, portrait, localizations: _ } = changes;
    let new = AuthorContent {
        slug: slug.unwrap_or_else(|| old.slug.clone()),
        name: name.unwrap_or_else(|| old.name.clone()),
        bio: bio.unwrap_or_else(|| old.bio.clone()),
        email: email.unwrap_or_else(|| old.email.clone()),
        same_as: same_as.unwrap_or_else(|| old.same_as.clone()),
        portrait: portrait.unwrap_or(old.portrait),
    };
    let differs = [
        ("slug", new.slug != old.slug),
        ("name", new.name != old.name),
        ("bio", new.bio != old.bio),
        ("email", new.email != old.email),
        ("sameAs", new.same_as != old.same_as),
        ("portrait", new.portrait != old.portrait),
    ];
    (new, differs.into_iter().filter_map(|(field, differs)| differs.then_some(field)).collect())
}

/// The content of a kept author, parsed back into the domain.
fn content(author: rows::Author) -> AppResult<AuthorContent> {
    let rows::Author { id: _, slug, name, bio, email, same_as, portrait, version: _, created_at: _, updated_at: _ } =
        author;
    Ok(AuthorContent {
        slug: Slug::parse(&slug).map_err(Violation::from)?,
        name: Title::parse(&name)?,
        bio,
        email: email.as_deref().map(Email::parse).transpose()?,
        same_as: same_as.iter().map(|url| WebUrl::parse(url)).collect::<Result<_, _>>()?,
        portrait,
    })
}

fn scope(id: AuthorId, slug: &str) -> ChangeScope {
    ChangeScope { path: Some(path::author(slug)), authors: vec![id], ..ChangeScope::default() }
}
