//! Changing what an article says.

use masthead_domain::{
    ArticleId,
    diff::changed_fields,
    event::Change,
    policy::Action,
    reference::{Citation, Cited},
};
use masthead_store::{article as rows, external, reference};
use tracing::instrument;

use super::{
    ArticleChanges,
    loaded::{self, Loaded},
    resolve,
};
use crate::{error::AppResult, work::Work};

/// Changes an article's content. Writing what already stands there changes nothing, not even the version.
///
/// # Errors
/// [`crate::AppError::NotFound`], [`crate::AppError::Refused`], [`crate::AppError::VersionConflict`],
/// [`crate::AppError::Invalid`], [`crate::AppError::SlugTaken`].
#[instrument(skip_all, fields(article.id = %id))]
pub async fn update(work: &Work<'_>, id: ArticleId, expected_version: i64, changes: ArticleChanges) -> AppResult<()> {
    change(work, Action::ArticleUpdate, id, expected_version, changes).await
}

/// Sets an article's references, in order. A reference keeps its id when it is named by it, or when it points at the
/// same source at the same number as before.
///
/// # Errors
/// As [`update`].
#[instrument(skip_all, fields(article.id = %id))]
pub async fn set_references(
    work: &Work<'_>,
    id: ArticleId,
    expected_version: i64,
    references: Vec<Citation>,
) -> AppResult<()> {
    let changes = ArticleChanges { references: Some(references), ..ArticleChanges::default() };
    change(work, Action::ArticleSetReferences, id, expected_version, changes).await
}

async fn change(
    work: &Work<'_>,
    action: Action,
    id: ArticleId,
    expected_version: i64,
    changes: ArticleChanges,
) -> AppResult<()> {
    let mut before = Loaded::by_id(work, id).await?;
    work.check(action, before.resource())?;
    work.expect_version(id, before.article.version, expected_version).await?;
    let mut content = changes.apply(&before.content);
    keep_reference_ids(&before.content.references, &mut content.references);
    if changed_fields(&before.content, &content).is_empty() {
        return Ok(());
    }
    let mut references = resolve::resolve(work, &content, Some(&before)).await?;
    for (citation, row) in content.references.iter_mut().zip(&references) {
        citation.cited = Cited::Known(row.source);
    }
    // Only now is it known which source a description names: what stood there before keeps its id.
    keep_reference_ids(&before.content.references, &mut content.references);
    for (citation, row) in content.references.iter_mut().zip(&mut references) {
        row.id = *citation.id.get_or_insert(row.id);
    }
    let has_other_tags = content.tags != before.content.tags;
    let tags = if has_other_tags { Some(resolve::tags(work, &content).await?) } else { None };
    // A tag keeps the spelling it was made with, however this article spells it.
    if tags.as_ref().is_some_and(|tags| *tags == before.tags) {
        content.tags.clone_from(&before.content.tags);
    }
    let fields = changed_fields(&before.content, &content);
    if fields.is_empty() {
        return Ok(());
    }
    let put = tags.as_deref().unwrap_or_default();
    let version = rows::update_content(&work.tx, id, before.article.version, &before.content, &content, put).await?;
    if before.content.references != content.references {
        reference::replace(&work.tx, id, &references).await?;
    }
    let was_seen = before.article.first_published_at.is_some_and(|first| first <= work.now());
    if before.content.slug != content.slug && was_seen {
        // Readers know the old address.
        external::keep_former_path(&work.tx, &before.article.path(), id.into()).await?;
    }
    if tags.is_none() {
        before.hold_tags(work).await?;
    }
    let (tags, sources) = (tags.as_ref().unwrap_or(&before.tags), resolve::sources(&references));
    let after = loaded::scope(&content, &before.article.state, before.article.window, tags, &sources);
    work.emit(Change::updated(id, version, fields, before.scope(), after));
    Ok(())
}

/// Gives references without an id the id of the one that stood at their place and points at the same source; an id that
/// is no reference of this article is dropped, so that nobody can take over another article's reference.
fn keep_reference_ids(old: &[Citation], new: &mut [Citation]) {
    let mut used: Vec<_> = Vec::new();
    for (place, citation) in new.iter_mut().enumerate() {
        let is_own = |id| old.iter().any(|known| known.id == Some(id));
        let at_place = old.get(place).filter(|known| known.cited == citation.cited).and_then(|known| known.id);
        citation.id = citation.id.filter(|id| is_own(*id)).or(at_place).filter(|id| !used.contains(id));
        used.extend(citation.id);
    }
}
