//! Time and identity, the two things of the outside world every act needs.

use std::{
    sync::LazyLock,
    time::{Duration, Instant},
};

use masthead_domain::{Timestamp, time};
use uuid::Uuid;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The present instant, cut to microseconds.
    fn now(&self) -> Timestamp;

    /// How long it has run since some moment, the same each time: what to measure a while with. It is never put back,
    /// whatever is done to the time of day.
    fn uptime(&self) -> Duration;
}

/// Makes ids.
pub trait IdSource: Send + Sync {
    /// A new UUIDv7; later ones sort after earlier ones.
    fn uuid(&self) -> Uuid;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

/// The moment that the machine's clock measures from.
static BEGINNING: LazyLock<Instant> = LazyLock::new(Instant::now);

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one home of the present")]
    fn now(&self) -> Timestamp {
        time::cut(chrono::Utc::now())
    }

    fn uptime(&self) -> Duration {
        BEGINNING.elapsed()
    }
}

/// Ids from the machine's clock and random source.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemIds;

impl IdSource for SystemIds {
    #[expect(clippy::disallowed_methods, reason = "the one home of new ids")]
    fn uuid(&self) -> Uuid {
        Uuid::now_v7()
    }
}
