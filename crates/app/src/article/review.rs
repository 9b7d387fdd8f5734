//! Handing an article, or changes to it, to an editor and back.

use masthead_domain::{
    ArticleId, Timestamp,
    article::{ArticleState, ForbiddenTransition, Pending},
    event::ChangeKind,
    policy::Action,
};
use masthead_store::article::StateRow;
use tracing::instrument;

use super::{
    loaded::Loaded,
    settle::{Deed, Summary, Text, settle},
};
use crate::{error::AppResult, work::Work};

/// Hands a draft, or the changes that wait beside a published article, to an editor.
///
/// # Errors
/// [`crate::AppError::NotFound`], [`crate::AppError::Refused`], [`crate::AppError::VersionConflict`],
/// [`crate::AppError::Transition`].
#[instrument(skip_all, fields(article.id = %id))]
pub async fn submit(work: &Work<'_>, id: ArticleId, expected_version: i64, summary: Option<Summary>) -> AppResult<()> {
    hand(work, Action::ArticleSubmit, id, expected_version, summary).await
}

/// Hands a draft in review, or changes in review, back to the writer; the summary says what to mend.
///
/// # Errors
/// As [`submit`].
#[instrument(skip_all, fields(article.id = %id))]
pub async fn return_to_draft(
    work: &Work<'_>,
    id: ArticleId,
    expected_version: i64,
    summary: Option<Summary>,
) -> AppResult<()> {
    hand(work, Action::ArticleReturn, id, expected_version, summary).await
}

async fn hand(
    work: &Work<'_>,
    action: Action,
    id: ArticleId,
    expected_version: i64,
    summary: Option<Summary>,
) -> AppResult<()> {
    let before = Loaded::for_act(work, action, id, expected_version).await?;
    let (now, is_submission) = (work.now(), action == Action::ArticleSubmit);
    let deed = match before.article.desk.pending {
        Some(pending) => {
            let text = Text::Handed(of_pending(pending, is_submission, now)?);
            Deed { text, ..Deed::new(action, vec!["editorial"]) }
        }
        None => {
            let state = of_draft(before.article.state.clone(), is_submission, now)?;
            let row = StateRow { state, ..before.state() };
            Deed { fields: vec!["status"], ..Deed::standing(action, ChangeKind::Updated, row) }
        }
    };
    settle(work, before, Deed { summary, ..deed }).await?;
    Ok(())
}

fn of_pending(pending: Pending, is_submission: bool, now: Timestamp) -> Result<Pending, ForbiddenTransition> {
    if is_submission { pending.submit(now) } else { pending.return_to_draft() }
}

fn of_draft(state: ArticleState, is_submission: bool, now: Timestamp) -> Result<ArticleState, ForbiddenTransition> {
    if is_submission { state.submit(now) } else { state.return_to_draft(now) }
}
