//! Changes that wait beside what readers see.

use super::state::{Act, ArticleStatus, ForbiddenTransition};
use crate::time::Timestamp;

/// Changes to a published article that readers do not see yet. They go the way of a draft of their own: written,
/// handed to an editor, handed back, published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pending {
    /// The version of the article that holds them.
    pub version: i64,
    /// When they were last saved.
    pub saved_at: Timestamp,
    /// When they were handed to an editor; none while they are being written.
    pub submitted_at: Option<Timestamp>,
}

impl Pending {
    /// Where they stand in one word: a draft, or in review.
    #[must_use]
    pub fn status(self) -> ArticleStatus {
        if self.submitted_at.is_some() { ArticleStatus::InReview } else { ArticleStatus::Draft }
    }

    /// Hands them to an editor.
    ///
    /// # Errors
    /// [`ForbiddenTransition`] when they are there already.
    pub fn submit(self, now: Timestamp) -> Result<Self, ForbiddenTransition> {
        match self.submitted_at {
            None => Ok(Self { submitted_at: Some(now), ..self }),
            Some(_) => Err(ForbiddenTransition { from: self.status(), act: Act::Submit }),
        }
    }

    /// Hands them back to their writer.
    ///
    /// # Errors
    /// [`ForbiddenTransition`] when nobody handed them in.
    pub fn return_to_draft(self) -> Result<Self, ForbiddenTransition> {
        match self.submitted_at {
            Some(_) => Ok(Self { submitted_at: None, ..self }),
            None => Err(ForbiddenTransition { from: self.status(), act: Act::Return }),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{TimeZone, Utc};

    use super::*;

    #[test]
    fn changes_are_handed_in_once_and_back_once() {
        let now = Utc.with_ymd_and_hms(2026, 11, 25, 12, 0, 0).unwrap();
        let written = Pending { version: 3, saved_at: now, submitted_at: None };
        assert_eq!(written.status(), ArticleStatus::Draft);
        assert!(written.return_to_draft().is_err());
        let handed_in = written.submit(now).unwrap();
        assert_eq!(handed_in.status(), ArticleStatus::InReview);
        assert!(handed_in.submit(now).is_err());
        assert_eq!(handed_in.return_to_draft(), Ok(written));
    }
}
