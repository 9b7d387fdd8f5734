//! The state machine of an article.
//!
//! A transition consumes the old state. Publication at a future instant is the state [`ArticleState::Published`] with
//! that instant: readers see it from then on because every read compares the instant with its own `now`. No job flips
//! anything, so nothing can be late. [`ArticleState::status`] gives the word for it at an instant.

use crate::{text_enum::text_enum, time::Timestamp};

text_enum! {
    /// The state in one word, as shown at an instant.
    ArticleStatus {
        /// Being written.
        Draft = "DRAFT",
        /// Handed to an editor.
        InReview = "IN_REVIEW",
        /// Will be visible at a future instant.
        Scheduled = "SCHEDULED",
        /// Visible to readers, unless embargoed or expired.
        Published = "PUBLISHED",
        /// Taken off the site; may come back.
        Unpublished = "UNPUBLISHED",
        /// Taken back by the newsroom; readers are told so.
        Withdrawn = "WITHDRAWN",
        /// Mandatory takedown; every copy must go.
        Killed = "KILLED",
    }
}

text_enum! {
    /// Why something is no longer there.
    RemovalReason {
        /// Taken off the site.
        Unpublished = "UNPUBLISHED",
        /// Taken back by the newsroom.
        Withdrawn = "WITHDRAWN",
        /// Mandatory takedown.
        Killed = "KILLED",
        /// Deleted.
        Deleted = "DELETED",
        /// Joined with another.
        Merged = "MERGED",
        /// Its time was over.
        Expired = "EXPIRED",
        /// A right to show it ended.
        Rights = "RIGHTS",
        /// It left what the caller follows.
        LeftScope = "LEFT_SCOPE",
    }
}

/// When, why and with what words an article was taken from readers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// The instant.
    pub at: Timestamp,
    /// The reason.
    pub reason: RemovalReason,
    /// What readers are told instead.
    pub notice: Option<String>,
}

/// Where an article stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArticleState {
    /// Being written.
    Draft,
    /// Handed to an editor at an instant.
    InReview {
        /// The instant.
        at: Timestamp,
    },
    /// Visible from an instant on, which may lie in the future.
    Published {
        /// The instant.
        at: Timestamp,
    },
    /// Taken off the site.
    Unpublished(Removal),
    /// Taken back by the newsroom.
    Withdrawn(Removal),
    /// Mandatory takedown.
    Killed(Removal),
}

/// The instants between which a published article may be read, beside its publication.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Window {
    /// Not before this instant, whatever the publication says.
    pub embargo_until: Option<Timestamp>,
    /// No longer from this instant on.
    pub expires_at: Option<Timestamp>,
}

impl Window {
    /// From when readers see what is published at an instant.
    #[must_use]
    pub fn opens(self, published_at: Timestamp) -> Timestamp {
        self.embargo_until.map_or(published_at, |until| until.max(published_at))
    }

    /// Whether the window is open at an instant.
    #[must_use]
    pub fn is_open(self, now: Timestamp) -> bool {
        self.embargo_until.is_none_or(|until| until <= now) && self.expires_at.is_none_or(|end| now < end)
    }
}

/// What somebody does with an article's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Hand to an editor.
    Submit,
    /// Hand back to the writer.
    Return,
    /// Make visible, now or later.
    Publish,
    /// Correct what readers see.
    Correct,
    /// Take off the site.
    Unpublish,
    /// Take back.
    Withdraw,
    /// Take down everywhere.
    Kill,
}

impl Act {
    const fn words(self) -> &'static str {
        match self {
            Self::Submit => "submitted for review",
            Self::Return => "returned to its writer",
            Self::Publish => "published",
            Self::Correct => "corrected",
            Self::Unpublish => "unpublished",
            Self::Withdraw => "withdrawn",
            Self::Kill => "killed",
        }
    }
}

/// The act does not fit the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an article that is {} cannot be {}{}", from.as_str(), act.words(), self.hint())]
pub struct ForbiddenTransition {
    /// The state the article is in.
    pub from: ArticleStatus,
    /// What was asked.
    pub act: Act,
}

impl ForbiddenTransition {
    /// What else is the matter, where the state alone does not tell.
    const fn hint(&self) -> &'static str {
        match (self.from, self.act) {
            (ArticleStatus::Published, Act::Submit | Act::Return | Act::Publish) => ": no changes wait beside it",
            (ArticleStatus::Killed, Act::Publish) => ": it is taken down for good",
            _ => "",
        }
    }
}

impl ArticleState {
    /// The state in one word at an instant.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> ArticleStatus {
        match self {
            Self::Draft => ArticleStatus::Draft,
            Self::InReview { .. } => ArticleStatus::InReview,
            Self::Published { at } if *at > now => ArticleStatus::Scheduled,
            Self::Published { .. } => ArticleStatus::Published,
            Self::Unpublished(_) => ArticleStatus::Unpublished,
            Self::Withdrawn(_) => ArticleStatus::Withdrawn,
            Self::Killed(_) => ArticleStatus::Killed,
        }
    }

    /// Whether readers may see the article at an instant.
    #[must_use]
    pub fn is_public(&self, window: Window, now: Timestamp) -> bool {
        matches!(self, Self::Published { at } if *at <= now) && window.is_open(now)
    }

    /// The publication instant while published or scheduled.
    #[must_use]
    pub fn published_at(&self) -> Option<Timestamp> {
        match self {
            Self::Published { at } => Some(*at),
            Self::Draft | Self::InReview { .. } | Self::Unpublished(_) | Self::Withdrawn(_) | Self::Killed(_) => None,
        }
    }

    /// Hands a draft to an editor.
    ///
    /// # Errors
    /// [`ForbiddenTransition`] from anything but a draft.
    pub fn submit(self, now: Timestamp) -> Result<Self, ForbiddenTransition> {
        match self {
            Self::Draft => Ok(Self::InReview { at: now }),
            other => Err(other.refuse(Act::Submit, now)),
        }
    }

    /// Hands an article in review back to its writer.
    ///
    /// # Errors
    /// [`ForbiddenTransition`] from anything but review.
    pub fn return_to_draft(self, now: Timestamp) -> Result<Self, ForbiddenTransition> {
        match self {
            Self::InReview { .. } => Ok(Self::Draft),
            other => Err(other.refuse(Act::Return, now)),
        }
    }

    /// Publishes at an instant, or moves a publication that has not happened yet. Publishing what is already visible
    /// is refused: its date is history.
    ///
    /// # Errors
    /// [`ForbiddenTransition`] when already visible or killed.
    pub fn publish(self, at: Timestamp, now: Timestamp) -> Result<Self, ForbiddenTransition> {
        match self {
            Self::Draft | Self::InReview { .. } | Self::Unpublished(_) | Self::Withdrawn(_) => {
                Ok(Self::Published { at })
            }
            Self::Published { at: scheduled } if scheduled > now => Ok(Self::Published { at }),
            Self::Published { .. } | Self::Killed(_) => Err(self.refuse(Act::Publish, now)),
        }
    }

    /// Stays before readers while what they see is corrected.
    ///
    /// # Errors
    /// [`ForbiddenTransition`] when it is not published yet, or no longer.
    pub fn correct(self, now: Timestamp) -> Result<Self, ForbiddenTransition> {
        match self {
            Self::Published { at } if at <= now => Ok(self),
            other => Err(other.refuse(Act::Correct, now)),
        }
    }

    /// Takes a published or scheduled article off the site.
    ///
    /// # Errors
    /// [`ForbiddenTransition`] when it is not published.
    pub fn unpublish(self, removal: Removal) -> Result<Self, ForbiddenTransition> {
        match self {
            Self::Published { .. } => Ok(Self::Unpublished(removal)),
            other => Err(other.refuse(Act::Unpublish, removal.at)),
        }
    }

    /// Takes an article back that is or was published.
    ///
    /// # Errors
    /// [`ForbiddenTransition`] from a draft, review, or when killed.
    pub fn withdraw(self, removal: Removal) -> Result<Self, ForbiddenTransition> {
        match self {
            Self::Published { .. } | Self::Unpublished(_) => Ok(Self::Withdrawn(removal)),
            other => Err(other.refuse(Act::Withdraw, removal.at)),
        }
    }

    /// Takes an article down everywhere, from any state but itself.
    ///
    /// # Errors
    /// [`ForbiddenTransition`] when already killed.
    pub fn kill(self, removal: Removal) -> Result<Self, ForbiddenTransition> {
        match self {
            Self::Killed(_) => Err(self.refuse(Act::Kill, removal.at)),
            _ => Ok(Self::Killed(removal)),
        }
    }

    fn refuse(&self, act: Act, now: Timestamp) -> ForbiddenTransition {
        ForbiddenTransition { from: self.status(now), act }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{Duration, TimeZone, Utc};

    use super::*;

    fn now() -> Timestamp {
        Utc.with_ymd_and_hms(2026, 11, 23, 12, 0, 0).unwrap()
    }

    fn removal() -> Removal {
        Removal { at: now(), reason: RemovalReason::Unpublished, notice: None }
    }

    fn states() -> Vec<ArticleState> {
        vec![
            ArticleState::Draft,
            ArticleState::InReview { at: now() },
            ArticleState::Published { at: now() + Duration::hours(1) },
            ArticleState::Published { at: now() },
            ArticleState::Unpublished(removal()),
            ArticleState::Withdrawn(removal()),
            ArticleState::Killed(removal()),
        ]
    }

    #[test]
    fn the_table_of_transitions_is_this() {
        //            draft  review sched  publ   unpub  withd  killed
        let table = [
            (Act::Submit, [true, false, false, false, false, false, false]),
            (Act::Return, [false, true, false, false, false, false, false]),
            (Act::Publish, [true, true, true, false, true, true, false]),
            (Act::Correct, [false, false, false, true, false, false, false]),
            (Act::Unpublish, [false, false, true, true, false, false, false]),
            (Act::Withdraw, [false, false, true, true, true, false, false]),
            (Act::Kill, [true, true, true, true, true, true, false]),
        ];
        for (act, allowed) in table {
            for (state, allowed) in states().into_iter().zip(allowed) {
                let from = state.status(now());
                let result = match act {
                    Act::Submit => state.submit(now()),
                    Act::Return => state.return_to_draft(now()),
                    Act::Publish => state.publish(now(), now()),
                    Act::Correct => state.correct(now()),
                    Act::Unpublish => state.unpublish(removal()),
                    Act::Withdraw => state.withdraw(removal()),
                    Act::Kill => state.kill(removal()),
                };
                assert_eq!(result.is_ok(), allowed, "{act:?} from {from}");
                if let Err(refused) = result {
                    assert_eq!(refused, ForbiddenTransition { from, act });
                }
            }
        }
    }

    #[test]
    fn a_scheduled_article_is_public_exactly_from_its_instant_on() {
        let at = now() + Duration::hours(1);
        let state = ArticleState::Published { at };
        let microsecond = Duration::microseconds(1);
        assert_eq!(state.status(at - microsecond), ArticleStatus::Scheduled);
        assert!(!state.is_public(Window::default(), at - microsecond));
        assert_eq!(state.status(at), ArticleStatus::Published);
        assert!(state.is_public(Window::default(), at));
    }

    #[test]
    fn an_embargo_holds_until_its_instant_and_an_expiry_from_its_instant_on() {
        let state = ArticleState::Published { at: now() - Duration::days(1) };
        let window = Window { embargo_until: Some(now()), expires_at: Some(now() + Duration::hours(1)) };
        let microsecond = Duration::microseconds(1);
        assert!(!state.is_public(window, now() - microsecond));
        assert!(state.is_public(window, now()));
        assert!(state.is_public(window, now() + Duration::hours(1) - microsecond));
        assert!(!state.is_public(window, now() + Duration::hours(1)));
    }
}
