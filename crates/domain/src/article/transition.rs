//! The instants at which an article comes before readers, or leaves them, with nobody doing anything.
//!
//! Reads need none of this: they compare instants with their own `now`. It is for those who want to be told.

use super::{ArticleState, Window};
use crate::{text_enum::text_enum, time::Timestamp};

text_enum! {
    /// What time does to an article.
    TransitionKind {
        /// Readers see it from then on.
        Opens = "OPENS",
        /// Readers no longer see it from then on.
        Closes = "CLOSES",
    }
}

/// What time will do to an article, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// What.
    pub kind: TransitionKind,
    /// When.
    pub at: Timestamp,
}

impl ArticleState {
    /// From when readers see an article that is published or scheduled.
    #[must_use]
    pub fn opens_at(&self, window: Window) -> Option<Timestamp> {
        self.published_at().map(|at| window.opens(at))
    }
}

impl Transition {
    /// What lies ahead of an article that stands so, in the order in which it comes. Nothing for one that is not
    /// published, or whose time is over before it begins.
    #[must_use]
    pub fn ahead(state: &ArticleState, window: Window, now: Timestamp) -> Vec<Self> {
        let Some(opens) = state.opens_at(window) else { return Vec::new() };
        let expires_at = window.expires_at;
        if expires_at.is_some_and(|end| end <= opens) {
            return Vec::new();
        }
        let opening = Self { kind: TransitionKind::Opens, at: opens };
        let closing = expires_at.map(|at| Self { kind: TransitionKind::Closes, at });
        [Some(opening), closing].into_iter().flatten().filter(|transition| transition.at > now).collect()
    }
}

#[cfg(test)]
mod tests {
    use chrono::{Duration, TimeZone, Utc};

    use super::*;
    use crate::article::{Removal, RemovalReason};

    fn now() -> Timestamp {
        Utc.with_ymd_and_hms(2026, 11, 23, 12, 0, 0).unwrap()
    }

    /// What lies ahead of an article published at an hour, with embargo and expiry at others.
    fn ahead(published: i64, embargo: Option<i64>, expiry: Option<i64>) -> Vec<(&'static str, i64)> {
        let hour = |hours: i64| now() + Duration::hours(hours);
        let window = Window { embargo_until: embargo.map(hour), expires_at: expiry.map(hour) };
        Transition::ahead(&ArticleState::Published { at: hour(published) }, window, now())
            .into_iter()
            .map(|Transition { kind, at }| (kind.as_str(), (at - now()).num_hours()))
            .collect()
    }

    #[test]
    fn an_opening_is_the_later_of_publication_and_embargo() {
        assert_eq!(ahead(1, None, None), [("OPENS", 1)]);
        assert_eq!(ahead(1, Some(2), None), [("OPENS", 2)]);
        assert_eq!(ahead(2, Some(1), None), [("OPENS", 2)]);
        assert_eq!(ahead(-1, Some(2), Some(3)), [("OPENS", 2), ("CLOSES", 3)]);
    }

    #[test]
    fn what_is_past_or_now_lies_not_ahead() {
        assert_eq!(ahead(0, None, None), []);
        assert_eq!(ahead(-1, Some(0), Some(1)), [("CLOSES", 1)]);
        assert_eq!(ahead(-2, None, Some(-1)), []);
        assert_eq!(ahead(-2, None, Some(0)), []);
    }

    #[test]
    fn what_never_opens_has_nothing_ahead() {
        assert_eq!(ahead(2, None, Some(1)), []);
        assert_eq!(ahead(1, Some(2), Some(2)), []);
    }

    #[test]
    fn only_what_is_published_has_something_ahead() {
        let removal = || Removal { at: now(), reason: RemovalReason::Unpublished, notice: None };
        let later = Some(now() + Duration::hours(1));
        let window = Window { embargo_until: later, expires_at: later.map(|at| at + Duration::hours(1)) };
        for state in [
            ArticleState::Draft,
            ArticleState::InReview { at: now() },
            ArticleState::Unpublished(removal()),
            ArticleState::Withdrawn(removal()),
            ArticleState::Killed(removal()),
        ] {
            assert_eq!(Transition::ahead(&state, window, now()), [], "{state:?}");
        }
    }
}
