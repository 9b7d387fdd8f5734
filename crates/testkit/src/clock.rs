//! A clock that stands still and ids that come in a row.

use std::{
    sync::atomic::{AtomicI64, AtomicU64, Ordering},
    time::Duration,
};

use masthead_app::{Clock, IdSource};
use masthead_domain::Timestamp;
use uuid::Uuid;

/// The instant every test begins at: 2026-11-23T12:00:00Z, in milliseconds.
const BEGIN_MS: i64 = 1_795_435_200_000;

/// A clock that moves only when told to.
#[derive(Debug)]
pub struct TestClock {
    micros: AtomicI64,
    uptime_micros: AtomicU64,
}

impl Default for TestClock {
    fn default() -> Self {
        Self { micros: AtomicI64::new(BEGIN_MS * 1_000), uptime_micros: AtomicU64::new(0) }
    }
}

impl TestClock {
    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        self.micros.fetch_add(i64::try_from(by.as_micros()).unwrap(), Ordering::SeqCst);
        self.uptime_micros.fetch_add(u64::try_from(by.as_micros()).unwrap(), Ordering::SeqCst);
    }

    /// Sets the clock, forward or back, to an RFC 3339 instant. No time passes.
    pub fn set(&self, instant: &str) {
        let instant = masthead_domain::time::parse(instant).unwrap();
        self.micros.store(instant.timestamp_micros(), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_timestamp_micros(self.micros.load(Ordering::SeqCst)).unwrap()
    }

    fn uptime(&self) -> Duration {
        Duration::from_micros(self.uptime_micros.load(Ordering::SeqCst))
    }
}

/// Ids in the form of UUIDv7, the same in every run, later ones after earlier ones.
#[derive(Debug, Default)]
pub struct TestIds {
    given: AtomicU64,
}

impl IdSource for TestIds {
    fn uuid(&self) -> Uuid {
        let number = self.given.fetch_add(1, Ordering::SeqCst) + 1;
        let mut rest = [0; 10];
        rest[2..].copy_from_slice(&number.to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(BEGIN_MS.try_into().unwrap(), &rest).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_stands_still_until_it_is_moved() {
        let clock = TestClock::default();
        assert_eq!(clock.now().to_rfc3339(), "2026-11-23T12:00:00+00:00");
        assert_eq!(clock.now(), clock.now());
        clock.advance(Duration::from_secs(90));
        assert_eq!(clock.now().to_rfc3339(), "2026-11-23T12:01:30+00:00");
        clock.set("2020-01-01T00:00:00Z");
        assert_eq!(clock.now().to_rfc3339(), "2020-01-01T00:00:00+00:00");
        assert_eq!(clock.uptime(), Duration::from_secs(90), "setting it takes no time");
    }

    #[test]
    fn ids_are_uuids_of_version_7_in_rising_order() {
        let ids = TestIds::default();
        let given: Vec<Uuid> = (0..1_000).map(|_| ids.uuid()).collect();
        assert!(given.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(given.iter().all(|id| id.get_version_num() == 7));
        assert_eq!(TestIds::default().uuid(), given[0]);
    }
}
