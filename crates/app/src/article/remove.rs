//! Taking an article from readers, and bringing a deleted one back.

use masthead_domain::{
    ArticleId, LanguageTag, Slug, Timestamp, Violation,
    article::{ArticleState, ForbiddenTransition, Removal, RemovalReason, Window},
    event::{Change, ChangeKind},
    policy::Action,
};
use masthead_store::{
    Constraint, Perspective, StoreError,
    article::{self as rows, Article, Deletion, StateRow},
};
use tracing::instrument;

use super::{
    loaded::{self, Loaded},
    resolve,
    settle::{Deed, Summary, Text, note, settle, unless_overtaken},
};
use crate::{
    error::{AppError, AppResult},
    work::Work,
};

/// Why an article is taken from readers.
#[derive(Debug, Clone)]
pub struct Takedown {
    /// The reason.
    pub reason: RemovalReason,
    /// What readers are told in its place.
    pub notice: Option<String>,
    /// A word for the history.
    pub summary: Option<Summary>,
}

type Transition = fn(ArticleState, Removal) -> Result<ArticleState, ForbiddenTransition>;

/// Takes an article off the site, with a reason and words for readers.
///
/// # Errors
/// [`crate::AppError::NotFound`], [`crate::AppError::Refused`], [`crate::AppError::VersionConflict`],
/// [`crate::AppError::Transition`].
#[instrument(skip_all, fields(article.id = %id))]
pub async fn unpublish(work: &Work<'_>, id: ArticleId, expected_version: i64, takedown: Takedown) -> AppResult<()> {
    take_down(work, Action::ArticleUnpublish, ArticleState::unpublish, id, expected_version, takedown).await
}

/// Takes an article back that is or was published; readers are told so.
///
/// # Errors
/// As [`unpublish`].
#[instrument(skip_all, fields(article.id = %id))]
pub async fn withdraw(work: &Work<'_>, id: ArticleId, expected_version: i64, takedown: Takedown) -> AppResult<()> {
    take_down(work, Action::ArticleWithdraw, ArticleState::withdraw, id, expected_version, takedown).await
}

/// Takes an article down everywhere, for good, whatever its state.
///
/// # Errors
/// As [`unpublish`].
#[instrument(skip_all, fields(article.id = %id))]
pub async fn kill(work: &Work<'_>, id: ArticleId, expected_version: i64, takedown: Takedown) -> AppResult<()> {
    take_down(work, Action::ArticleKill, ArticleState::kill, id, expected_version, takedown).await
}

async fn take_down(
    work: &Work<'_>,
    action: Action,
    transition: Transition,
    id: ArticleId,
    expected_version: i64,
    takedown: Takedown,
) -> AppResult<()> {
    let before = Loaded::for_act(work, action, id, expected_version).await?;
    let Takedown { reason, notice, summary } = takedown;
    let now = work.now();
    let state = transition(before.article.state.clone(), Removal { at: now, reason, notice })?;
    let row = StateRow {
        state,
        window: Window::default(),
        first_published_at: seen_since(&before.article, now),
        revised_at: before.article.revised_at,
    };
    let deed = Deed::standing(action, ChangeKind::Removed, row);
    settle(work, before, Deed { reason: Some(reason), summary, ..deed }).await?;
    Ok(())
}

/// Since when readers know it. A schedule that never came true leaves no trace.
fn seen_since(article: &Article, now: Timestamp) -> Option<Timestamp> {
    article.first_published_at.filter(|first| *first <= now)
}

/// Deletes an article. It leaves every read and its address is free again; it can be restored until it is erased.
///
/// # Errors
/// [`crate::AppError::NotFound`], [`crate::AppError::Refused`], [`crate::AppError::VersionConflict`].
#[instrument(skip_all, fields(article.id = %id))]
pub async fn delete(work: &Work<'_>, id: ArticleId, expected_version: i64) -> AppResult<()> {
    let mut before = Loaded::for_act(work, Action::ArticleDelete, id, expected_version).await?;
    let deletion = Deletion { notice: before.notice(), first_published_at: seen_since(&before.article, work.now()) };
    let gone = StateRow { state: ArticleState::Draft, ..before.state() };
    let done = rows::delete(&work.tx, id, before.article.version, deletion).await;
    unless_overtaken(work, &before, done).await?;
    note(work, &before, Action::ArticleDelete, &[], &gone).await?;
    before.hold_tags(work).await?;
    work.emit(Change::deleted(id, before.scope()));
    Ok(())
}

/// Brings a deleted article back: as a draft, or off the site when readers knew it. Nothing comes before readers by it.
///
/// A slug that is given becomes that of the article itself, and what it says with it is kept with the version. What waits
/// beside it keeps the slug it was saved with, as all it says; whether that one is free is asked when it is published.
///
/// # Errors
/// As [`delete`]; [`crate::AppError::SlugTaken`] when its address belongs to another by now, which another slug mends;
/// [`crate::AppError::Invalid`] when its story has another edition in its language by now.
#[instrument(skip_all, fields(article.id = %id))]
pub async fn restore(work: &Work<'_>, id: ArticleId, expected_version: i64, slug: Option<Slug>) -> AppResult<()> {
    let before = Loaded::within(work, &work.caller.scope(Perspective::Deleted, work.now()), id).await?;
    work.check(Action::ArticleRestore, before.resource())?;
    loaded::expect_version(work, &before.article, before.article.version, expected_version).await?;
    let moved = slug.filter(|slug| *slug != before.content.slug).map(|slug| before.at_slug(slug));
    let content = moved.as_ref().map_or(&before.content, |moved| &moved.content);
    resolve::check_slug(work, content, Some(id)).await?;
    let row = StateRow { state: restored(&before, work.now()), window: Window::default(), ..before.state() };
    let fields = moved.iter().map(|_| "slug").chain(["status"]).collect();
    let text = moved.map_or(Text::Same, Text::Beneath);
    let deed = Deed::standing(Action::ArticleRestore, ChangeKind::Created, row);
    let language = before.content.language.clone();
    match settle(work, before, Deed { fields, text, ..deed }).await {
        Err(AppError::Store(StoreError::Constraint(Constraint::ArticleEdition))) => Err(edition_taken(work, &language)),
        done => done.map(|_| ()),
    }
}

/// Says that another edition has taken the place to those from whom it cannot be hidden; to others it may be.
fn edition_taken(work: &Work<'_>, language: &LanguageTag) -> AppError {
    let words = if work.sees_everything() {
        "its story has another edition in this language by now; unlink that one first".to_owned()
    } else {
        format!("its story takes no new edition in {language}")
    };
    Violation::invalid(words).at("id").into()
}

/// Where a deleted article stands once it is back. What was before readers, or about to be, does not come back there by
/// itself.
fn restored(before: &Loaded, now: Timestamp) -> ArticleState {
    let removal = |reason| Removal { at: now, reason, notice: before.notice() };
    match &before.article.state {
        ArticleState::Published { .. } if before.article.first_published_at.is_none() => ArticleState::Draft,
        ArticleState::Published { .. } | ArticleState::Unpublished(_) => {
            ArticleState::Unpublished(removal(RemovalReason::Unpublished))
        }
        ArticleState::Withdrawn(_) => ArticleState::Withdrawn(removal(RemovalReason::Withdrawn)),
        ArticleState::Killed(_) => ArticleState::Killed(removal(RemovalReason::Killed)),
        state @ (ArticleState::Draft | ArticleState::InReview { .. }) => state.clone(),
    }
}
