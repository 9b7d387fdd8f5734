//! How long answers are true: until a change touches what they were read from, or until an instant at which readers come
//! to see something or lose sight of it.

use std::{fmt, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use masthead_app::App;
use masthead_domain::topic::TopicKey;
use masthead_store::{Lag, LogFollower, Look, StoreResult, transition};

/// What an answer was read from.
pub(crate) type Topics = Arc<[TopicKey]>;

/// What an answer rests on that is about to be read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Basis {
    /// How much of the log was known before, at least.
    pub(crate) since: i64,
    /// The instant it was asked for. Should the clock be put back, it may have been another answer then.
    pub(crate) from: DateTime<Utc>,
    /// When time alone may make it another answer.
    pub(crate) until: Option<DateTime<Utc>>,
}

/// Tells whether answers are still true.
pub struct Validity {
    app: App,
    log: LogFollower,
}

impl fmt::Debug for Validity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Validity").field("log", &self.log).finish_non_exhaustive()
    }
}

impl Validity {
    /// Of what an application has. What is kept may be so far behind what other nodes did; see [`Lag`].
    #[must_use]
    pub fn new(app: App, lag: Duration) -> Self {
        let clock = Arc::clone(&app.clock);
        let lag = Lag { most: lag, uptime: Arc::new(move || clock.uptime()) };
        Self { log: LogFollower::new(app.database.clone()).within(lag), app }
    }

    /// This instant.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.app.clock.now()
    }

    /// How much of the log is known, when it can be read. Every change that was acknowledged before this was asked is
    /// counted.
    pub(crate) async fn head(&self) -> Option<i64> {
        told(self.log.head().await)
    }

    /// The same as far as it has to be known of what is kept, and how long ago it was.
    pub(crate) async fn recent(&self) -> Option<Look> {
        told(self.log.recent().await)
    }

    /// Whether no change after this one touched any of these topics.
    pub(crate) fn is_untouched(&self, since: i64, topics: &Topics) -> bool {
        self.log.is_untouched(since, topics)
    }

    /// What an answer rests on that is read from now on, for an instant no earlier than this one, when that can be had.
    pub(crate) async fn basis(&self, now: DateTime<Utc>) -> Option<Basis> {
        // In this order: what changes after the log was looked at makes the answer untrue, be it in it or not; and what is
        // planned from then on is such a change. With a lag some of what changed before counts as well, which costs a reading.
        let Look { head: since, .. } = self.recent().await?;
        let until = told(transition::next_after(&self.app.database, now).await)?;
        Some(Basis { since, from: now, until })
    }
}

/// Without the log nothing is known to be true. Whoever reads instead will meet the same trouble, and tell it.
fn told<T>(result: StoreResult<T>) -> Option<T> {
    result.inspect_err(|error| tracing::warn!(error = masthead_app::cause(error), "the change log cannot be read")).ok()
}
