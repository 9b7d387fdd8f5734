//! Acts on redirects made by hand.
//!
//! All of them change one web of paths, so each takes [`rows::lock`] before it looks at it. Leave to do so does not
//! depend on the redirect and is asked first.

use masthead_domain::{
    AnyId, EntityKind, RedirectId,
    event::{Change, ChangeScope},
    path::{self, PathTarget},
    policy::{Action, Resource},
    redirect::{Astray, LINKS_MAX, RedirectContent, RedirectStatus, SitePath, Target, Way},
};
use masthead_store::{
    ReadScope, article, author, category,
    redirect::{self as rows, Redirect},
};
use tracing::instrument;

use crate::{
    error::{AppError, AppResult},
    work::Work,
};

/// Changes to a redirect: `None` leaves a field as it is.
#[derive(Debug, Clone, Default)]
pub struct RedirectChanges {
    /// From where.
    pub path: Option<SitePath>,
    /// Where to.
    pub target: Option<Target>,
    /// With which status.
    pub status: Option<RedirectStatus>,
}

/// Keeps a new redirect.
///
/// # Errors
/// [`AppError::Refused`], [`AppError::AlreadyExists`] for a path that redirects already, [`AppError::PathTaken`] where
/// readers see content, [`AppError::Astray`] when redirects would lead in a circle or too far.
#[instrument(skip_all)]
pub async fn create(work: &Work<'_>, content: RedirectContent) -> AppResult<RedirectId> {
    work.check(Action::RedirectCreate, Resource::default())?;
    rows::lock(&work.tx).await?;
    check_path(work, &content.path).await?;
    check_way(work, &content, None, "target").await?;
    let id = work.new_id(RedirectId::from_uuid);
    rows::insert(&work.tx, id, &content).await?;
    work.emit(Change::created(id, scope(&content)));
    Ok(id)
}

/// Changes a redirect. Writing what already stands there changes nothing, not even the version.
///
/// # Errors
/// [`AppError::NotFound`], [`AppError::VersionConflict`], and as [`create`].
#[instrument(skip_all, fields(redirect.id = %id))]
pub async fn update(work: &Work<'_>, id: RedirectId, expected_version: i64, changes: RedirectChanges) -> AppResult<()> {
    work.check(Action::RedirectUpdate, Resource::default())?;
    let before = load(work, id, expected_version).await?;
    let (new, fields) = changed(&before.content, changes);
    if fields.is_empty() {
        return Ok(());
    }
    if fields.contains(&"path") {
        check_path(work, &new.path).await?;
    }
    let meant = if fields.contains(&"target") { "target" } else { "path" };
    check_way(work, &new, Some(id), meant).await?;
    let version = rows::update(&work.tx, id, before.version, &new).await?;
    work.emit(Change::updated(id, version, fields, scope(&before.content), scope(&new)));
    Ok(())
}

/// Forgets a redirect.
///
/// # Errors
/// [`AppError::NotFound`], [`AppError::Refused`], [`AppError::VersionConflict`].
#[instrument(skip_all, fields(redirect.id = %id))]
pub async fn delete(work: &Work<'_>, id: RedirectId, expected_version: i64) -> AppResult<()> {
    work.check(Action::RedirectDelete, Resource::default())?;
    let before = load(work, id, expected_version).await?;
    rows::delete(&work.tx, id, before.version).await?;
    work.emit(Change::deleted(id, scope(&before.content)));
    Ok(())
}

async fn load(work: &Work<'_>, id: RedirectId, expected_version: i64) -> AppResult<Redirect> {
    rows::lock(&work.tx).await?;
    let missing = || AppError::missing(EntityKind::Redirect, &["id"]);
    let before = rows::by_id(&work.tx, id).await?.ok_or_else(missing)?;
    work.expect_version(id, before.version, expected_version).await?;
    Ok(before)
}

/// A path redirects to one thing, and not where readers see content: it would never be followed there. What readers do
/// not see is not told of; it comes first as soon as they do.
async fn check_path(work: &Work<'_>, path: &SitePath) -> AppResult<()> {
    if let Some(kept) = rows::by_path(&work.tx, path).await? {
        return Err(AppError::AlreadyExists {
            kind: EntityKind::Redirect,
            identity: "path",
            path: vec!["path".to_owned()],
            held_by: kept.id.into(),
        });
    }
    match content_at(work, path).await? {
        Some(held_by) => Err(AppError::PathTaken { path: path.clone(), held_by }),
        None => Ok(()),
    }
}

/// What readers see at a path.
async fn content_at(work: &Work<'_>, path: &SitePath) -> AppResult<Option<AnyId>> {
    let public = ReadScope::public(work.now());
    Ok(match path::target(path.as_str()) {
        PathTarget::Article { language, slug } => {
            let found = article::by_slug(&work.tx, &public, &slug, Some(&language)).await?;
            found.map(|article| article.id.into())
        }
        PathTarget::Category { slugs } => {
            category::by_path(&work.tx, &slugs).await?.last().map(|category| category.id.into())
        }
        PathTarget::Author { slug } => author::by_slug(&work.tx, slug.as_str()).await?.map(|author| author.id.into()),
        PathTarget::Foreign => None,
    })
}

/// Follows a redirect that is about to be kept, in place of what it was before, and those that lead to it.
async fn check_way(
    work: &Work<'_>,
    new: &RedirectContent,
    of: Option<RedirectId>,
    field: &'static str,
) -> AppResult<()> {
    let astray = |how| AppError::Astray { field, how };
    let mut way = Way::begin(new.clone()).map_err(astray)?;
    while let Some(at) = way.at().cloned()
        && let Some(next) = rows::by_path(&work.tx, &at).await?.filter(|next| Some(next.id) != of)
    {
        way = way.onward(next.content).map_err(astray)?;
    }
    let links = rows::links_before(&work.tx, &new.path, of).await? + way.links();
    if links > LINKS_MAX { Err(astray(Astray::TooLong)) } else { Ok(()) }
}

/// The new content and the fields that differ, by their names in the API.
fn changed(old: &RedirectContent, changes: RedirectChanges) -> (RedirectContent, Vec<&'static str>) {
    let RedirectChanges { path, target, status } = changes;
    let new = RedirectContent {
        path: path.unwrap_or_else(|| old.path.clone()),
        target: target.unwrap_or_else(|| old.target.clone()),
        status: status.unwrap_or(old.status),
    };
    let differs =
        [("path", new.path != old.path), ("target", new.target != old.target), ("status", new.status != old.status)];
    (new, differs.into_iter().filter_map(|(field, differs)| differs.then_some(field)).collect())
}

/// Where a redirect is found: at its path.
fn scope(content: &RedirectContent) -> ChangeScope {
    ChangeScope { path: Some(content.path.to_string()), ..ChangeScope::default() }
}
