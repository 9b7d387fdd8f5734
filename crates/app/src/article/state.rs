//! Publishing, unpublishing, deleting.

use masthead_domain::{
    ArticleId, Timestamp, Violation,
    article::{ArticleState, Removal, RemovalReason, Window},
    event::{Change, ChangeKind},
    policy::Action,
};
use masthead_store::article::{self as rows, Article, Deletion, StateRow};
use tracing::instrument;

use super::loaded::{self, Loaded};
use crate::{error::AppResult, work::Work};

/// When and how long an article is before readers.
#[derive(Debug, Clone, Copy, Default)]
pub struct Publication {
    /// From when; now when absent.
    pub at: Option<Timestamp>,
    /// Embargo and expiry.
    pub window: Window,
}

/// Publishes an article, now or at a future instant, or moves a publication that has not happened yet. An instant in
/// the past is kept as the date but does not rewrite history: readers see it from now on.
///
/// # Errors
/// [`crate::AppError::NotFound`], [`crate::AppError::Refused`], [`crate::AppError::VersionConflict`],
/// [`crate::AppError::Transition`], [`crate::AppError::Invalid`] for a window that never opens.
#[instrument(skip_all, fields(article.id = %id))]
pub async fn publish(work: &Work<'_>, id: ArticleId, expected_version: i64, publication: Publication) -> AppResult<()> {
    let before = Loaded::by_id(work, id).await?;
    work.check(Action::ArticlePublish, before.resource())?;
    work.expect_version(id, before.article.version, expected_version).await?;
    let now = work.now();
    let Publication { at, window } = publication;
    let at = at.unwrap_or(now);
    let opens = window.embargo_until.map_or(at, |until| until.max(at));
    if window.expires_at.is_some_and(|end| end <= opens) {
        return Err(Violation::invalid("must be later than the publication and the embargo").at("expiresAt").into());
    }
    let state = before.article.state.clone().publish(at, now)?;
    let first_published_at = match before.article.first_published_at {
        Some(first) if first <= now => Some(first),
        _ => Some(opens),
    };
    let row = StateRow { state, window, first_published_at, revised_at: before.article.revised_at };
    settle(work, before, row, ChangeKind::Published, None).await
}

/// Takes an article off the site, with a reason and words for readers.
///
/// # Errors
/// [`crate::AppError::NotFound`], [`crate::AppError::Refused`], [`crate::AppError::VersionConflict`],
/// [`crate::AppError::Transition`].
#[instrument(skip_all, fields(article.id = %id))]
pub async fn unpublish(
    work: &Work<'_>,
    id: ArticleId,
    expected_version: i64,
    reason: RemovalReason,
    notice: Option<String>,
) -> AppResult<()> {
    let before = Loaded::by_id(work, id).await?;
    work.check(Action::ArticleUnpublish, before.resource())?;
    work.expect_version(id, before.article.version, expected_version).await?;
    let now = work.now();
    let state = before.article.state.clone().unpublish(Removal { at: now, reason, notice })?;
    let row = StateRow {
        state,
        window: Window::default(),
        first_published_at: seen_since(&before.article, now),
        revised_at: before.article.revised_at,
    };
    settle(work, before, row, ChangeKind::Removed, Some(reason)).await
}

/// Since when readers know it. A schedule that never came true leaves no trace.
fn seen_since(article: &Article, now: Timestamp) -> Option<Timestamp> {
    article.first_published_at.filter(|first| *first <= now)
}

async fn settle(
    work: &Work<'_>,
    mut before: Loaded,
    row: StateRow,
    kind: ChangeKind,
    reason: Option<RemovalReason>,
) -> AppResult<()> {
    let id = before.article.id;
    let version = rows::set_state(&work.tx, id, before.article.version, &row).await?;
    before.hold_tags(work).await?;
    let after = loaded::scope(&before.content, &row.state, row.window, &before.tags, &before.sources);
    work.emit(Change {
        at: None,
        entity: id.into(),
        version: Some(version),
        kind,
        reason,
        fields: vec!["status", "publishedAt"],
        before: Some(before.scope()),
        after: Some(after),
    });
    Ok(())
}

/// Deletes an article. It leaves every read and its address is free again; the change log keeps that it was there.
///
/// # Errors
/// [`crate::AppError::NotFound`], [`crate::AppError::Refused`], [`crate::AppError::VersionConflict`].
#[instrument(skip_all, fields(article.id = %id))]
pub async fn delete(work: &Work<'_>, id: ArticleId, expected_version: i64) -> AppResult<()> {
    let mut before = Loaded::by_id(work, id).await?;
    work.check(Action::ArticleDelete, before.resource())?;
    work.expect_version(id, before.article.version, expected_version).await?;
    let notice = match &before.article.state {
        ArticleState::Unpublished(removal) | ArticleState::Withdrawn(removal) | ArticleState::Killed(removal) => {
            removal.notice.clone()
        }
        ArticleState::Draft | ArticleState::InReview { .. } | ArticleState::Published { .. } => None,
    };
    let deletion = Deletion { notice, first_published_at: seen_since(&before.article, work.now()) };
    rows::delete(&work.tx, id, before.article.version, deletion).await?;
    before.hold_tags(work).await?;
    work.emit(Change::deleted(id, before.scope()));
    Ok(())
}
