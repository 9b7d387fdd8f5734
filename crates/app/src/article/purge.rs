//! Emptying the trash.

use masthead_domain::{
    Timestamp,
    event::{Change, ChangeScope},
};
use masthead_store::article as rows;
use tracing::instrument;

use crate::{
    error::AppResult,
    work::{App, Caller},
};

/// Erases for good what articles said that were deleted before an instant: texts, versions, comments, corrections and
/// whatever else stood with them. Says how many articles there were.
///
/// Their addresses go on telling that something was there and is gone, and why. An import run again still knows them and
/// leaves them deleted, as it does with every deleted article: that it came here once is no content.
///
/// Readers see no difference. The change log says a second time that the article was deleted, with no scope, for no list
/// shows it any more: whoever keeps copies drops them at the latest now.
///
/// # Errors
/// [`crate::AppError::Store`] when the database does not do its part; what was not erased then is erased next time.
#[instrument(skip_all)]
pub async fn purge_deleted(app: &App, before: Timestamp) -> AppResult<usize> {
    let system = Caller::system();
    let mut purged = 0;
    loop {
        let work = app.begin(&system).await?;
        let ids = rows::purge(&work.tx, before).await?;
        if ids.is_empty() {
            return Ok(purged);
        }
        for id in &ids {
            work.emit(Change { before: None, ..Change::deleted(*id, ChangeScope::default()) });
        }
        work.commit().await?;
        purged += ids.len();
    }
}
