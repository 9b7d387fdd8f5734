//! Telling failures once.

use std::{collections::BTreeSet, error::Error};

use masthead_app::cause;

/// Which works fail at present. A database that is away for an hour is one thing to tell, not one for each try.
#[derive(Debug, Default)]
pub(crate) struct Health {
    failing: BTreeSet<&'static str>,
}

impl Health {
    /// Notes how a work went, and tells the log when that is news. Gives what it did, when it did something.
    pub(crate) fn note<T, E: Error + 'static>(&mut self, work: &'static str, result: Result<T, E>) -> Option<T> {
        match result {
            Ok(value) => {
                if self.failing.remove(work) {
                    tracing::info!(work, "the work is done again");
                }
                Some(value)
            }
            Err(error) => {
                if self.failing.insert(work) {
                    tracing::error!(work, error = cause(&error), "the work cannot be done, and is tried again");
                }
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn a_work_fails_until_it_is_done_and_each_for_itself() {
        let mut health = Health::default();
        let failed = || Err::<u8, _>(io::Error::other("away"));
        assert_eq!(health.note("a", failed()), None);
        assert_eq!(health.note("a", failed()), None);
        assert_eq!(health.note("b", Ok::<_, io::Error>(1)), Some(1));
        assert_eq!(health.failing, BTreeSet::from(["a"]));
        assert_eq!(health.note("a", Ok::<_, io::Error>(2)), Some(2));
        assert_eq!(health.failing, BTreeSet::new());
    }
}
