//! Connections that wait for somebody to use them.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// The connections that nobody uses; none at all once it is closed.
pub(super) struct Idle<T>(Mutex<Option<Vec<T>>>);

impl<T> Idle<T> {
    /// Those that there are at first.
    pub(super) fn new(first: Option<T>) -> Self {
        Self(Mutex::new(Some(first.into_iter().collect())))
    }

    /// One of them, or what `open` gives when all are in use; none once it is closed.
    pub(super) fn take_or(&self, open: impl FnOnce() -> Option<T>) -> Option<T> {
        let idle = self.lock().as_mut()?.pop();
        idle.or_else(open)
    }

    /// Takes one back, or drops it once it is closed.
    pub(super) fn give_back(&self, connection: T) {
        if let Some(idle) = &mut *self.lock() {
            idle.push(connection);
        }
    }

    /// Drops all of them; from now on there is none.
    pub(super) fn close(&self) {
        self.lock().take();
    }

    fn lock(&self) -> MutexGuard<'_, Option<Vec<T>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
