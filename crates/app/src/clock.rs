//! Time and identity, the two things of the outside world every act needs.

use masthead_domain::{Timestamp, time};
use uuid::Uuid;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The present instant, cut to microseconds.
    fn now(&self) -> Timestamp;
}

/// Makes ids.
pub trait IdSource: Send + Sync {
    /// A new UUIDv7; later ones sort after earlier ones.
    fn uuid(&self) -> Uuid;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one home of the present")]
    fn now(&self) -> Timestamp {
        time::cut(chrono::Utc::now())
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
