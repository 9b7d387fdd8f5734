//! Publishing: now, later, or what waits beside what readers see.

use masthead_domain::{
    ArticleId, Timestamp, Violation, ViolationCode,
    article::{ArticleStatus, Window},
    diff::changed_fields,
    event::ChangeKind,
    policy::Action,
};
use masthead_store::article::{Article, StateRow};
use tracing::instrument;

use super::{
    loaded::Loaded,
    resolve::{self, Whither},
    settle::{Deed, Summary, Text, settle},
};
use crate::{error::AppResult, work::Work};

/// When and how long an article is before readers.
#[derive(Debug, Clone, Default)]
pub struct Publication {
    /// From when; now when absent.
    pub at: Option<Timestamp>,
    /// Embargo and expiry.
    pub window: Window,
    /// Whether readers who know the article have a reason to read it again.
    pub is_revision: bool,
    /// A word for the history.
    pub summary: Option<Summary>,
}

/// When readers are to see an article.
#[derive(Debug, Clone, Default)]
pub struct Schedule {
    /// From when, while that lies ahead.
    pub at: Option<Timestamp>,
    /// Embargo and expiry.
    pub window: Window,
    /// A word for the history.
    pub summary: Option<Summary>,
}

/// Publishes an article, now or at a future instant, or moves a publication that has not happened yet. An instant in
/// the past is kept as the date but does not rewrite history: readers see it from now on. Of an article that is
/// published already, it publishes what waits beside it; its dates stay.
///
/// # Errors
/// [`crate::AppError::NotFound`], [`crate::AppError::Refused`], [`crate::AppError::VersionConflict`],
/// [`crate::AppError::Transition`], [`crate::AppError::Invalid`] for a window that never opens; what a content that
/// waited may meet: [`crate::AppError::SlugTaken`], and [`crate::AppError::NotFound`] for what it pointed at.
#[instrument(skip_all, fields(article.id = %id))]
pub async fn publish(work: &Work<'_>, id: ArticleId, expected_version: i64, publication: Publication) -> AppResult<()> {
    let before = Loaded::for_act(work, Action::ArticlePublish, id, expected_version).await?;
    let deed = publishing(work, &before, Action::ArticlePublish, publication).await?;
    settle(work, before, deed).await?;
    Ok(())
}

/// What has to be done to publish an article.
pub(super) async fn publishing(
    work: &Work<'_>,
    before: &Loaded,
    action: Action,
    publication: Publication,
) -> AppResult<Deed> {
    let now = work.now();
    let text = waiting(work, before).await?;
    let Publication { at, window, is_revision, summary } = publication;
    let is_published = before.article.state.status(now) == ArticleStatus::Published;
    let deed = match &text {
        Text::Live(new) if is_published => {
            if at.is_some() || window != Window::default() {
                return Err(dated().into());
            }
            let fields = changed_fields(&before.content, &new.content);
            let state = is_revision.then(|| StateRow { revised_at: Some(now), ..before.state() });
            Deed { kind: ChangeKind::Published, state, ..Deed::new(action, fields) }
        }
        _ => {
            let mut row = opening(&before.article, at.unwrap_or(now), window, now)?;
            row.revised_at = if is_revision { Some(now) } else { row.revised_at };
            Deed::standing(action, ChangeKind::Published, row)
        }
    };
    Ok(Deed { text, summary, ..deed })
}

fn dated() -> Violation {
    Violation::invalid("the article is published: its dates stay, and `articleSchedule` sets embargo and expiry")
        .at("at")
}

/// Sets when readers see an article. Before it is published that needs an instant in the future; what is published keeps
/// its date and gets another embargo and expiry.
///
/// # Errors
/// As [`publish`]; [`crate::AppError::Invalid`] for an instant that is missing, over, or history.
#[instrument(skip_all, fields(article.id = %id))]
pub async fn schedule(work: &Work<'_>, id: ArticleId, expected_version: i64, schedule: Schedule) -> AppResult<()> {
    let before = Loaded::for_act(work, Action::ArticleSchedule, id, expected_version).await?;
    let now = work.now();
    let Schedule { at, window, summary } = schedule;
    let published_at = before.article.state.published_at().filter(|at| *at <= now);
    let deed = match (published_at, at) {
        (Some(since), None) => {
            check_window(since, window)?;
            if window.expires_at.is_some_and(|end| end <= now) {
                return Err(Violation::invalid("is over already; `articleUnpublish` takes it off the site")
                    .at("expiresAt")
                    .into());
            }
            let row = StateRow { window, ..before.state() };
            let deed = Deed::standing(Action::ArticleSchedule, ChangeKind::Updated, row);
            Deed { fields: vec!["embargoUntil", "expiresAt"], ..deed }
        }
        (Some(_), Some(_)) => {
            return Err(Violation::invalid("the article is published: its date is history").at("at").into());
        }
        (None, None) => return Err(Violation::new(ViolationCode::Required, "say from when").at("at").into()),
        (None, Some(at)) if at <= now => {
            return Err(Violation::invalid("must lie in the future; `articlePublish` publishes now").at("at").into());
        }
        (None, Some(at)) => {
            let row = opening(&before.article, at, window, now)?;
            let text = waiting(work, &before).await?;
            Deed { text, ..Deed::standing(Action::ArticleSchedule, ChangeKind::Published, row) }
        }
    };
    settle(work, before, Deed { summary, ..deed }).await?;
    Ok(())
}

/// What waits beside an article, checked once more: what it pointed at may have gone since it was saved.
pub(super) async fn waiting(work: &Work<'_>, before: &Loaded) -> AppResult<Text> {
    match &before.pending {
        Some(content) => Ok(Text::Live(resolve::successor(work, before, content.clone(), Whither::Tables).await?)),
        None => Ok(Text::Same),
    }
}

/// Where an article stands that is published from an instant on.
fn opening(article: &Article, at: Timestamp, window: Window, now: Timestamp) -> AppResult<StateRow> {
    check_window(at, window)?;
    let state = article.state.clone().publish(at, now)?;
    let first_published_at = article.first_published_at.filter(|first| *first <= now).or(Some(window.opens(at)));
    Ok(StateRow { state, window, first_published_at, revised_at: article.revised_at })
}

/// Refuses a window in which readers never see anything.
fn check_window(at: Timestamp, window: Window) -> Result<(), Violation> {
    if window.expires_at.is_some_and(|end| end <= window.opens(at)) {
        return Err(Violation::invalid("must be later than the publication and the embargo").at("expiresAt"));
    }
    Ok(())
}
