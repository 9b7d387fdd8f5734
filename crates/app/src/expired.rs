//! Forgetting what was kept for a while only: answers to repeated requests, and tokens that show an article.

use masthead_store::{idempotency, preview};
use tracing::instrument;

use crate::{
    door::Door,
    error::AppResult,
    work::{App, Caller},
};

/// Forgets what has expired by now, and gives how many things that were. None of it says anything to anybody any more, so
/// the change log is not told.
///
/// # Errors
/// [`crate::AppError::Store`] when the database does not do its part; then all of it is still there.
#[instrument(skip_all)]
pub async fn forget(app: &App) -> AppResult<usize> {
    let system = Caller::system();
    let work = app.begin_through(&Door::server("forget"), &system).await?;
    let now = work.now();
    let count = idempotency::purge(&work.tx, now).await? + preview::purge(&work.tx, now).await?;
    work.commit().await?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}
