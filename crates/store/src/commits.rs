//! What this process has committed, counted.
//!
//! Whoever keeps the count with what they read can tell whether an act of this process came after it. Of what other
//! processes do it says nothing.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// How often was committed over one pool. Cloning shares the count.
#[derive(Debug, Clone, Default)]
pub(crate) struct Commits(Arc<AtomicU64>);

/// A commit that has begun.
pub(crate) struct Committing<'a>(&'a Commits);

impl Commits {
    /// The count. What was acknowledged before this is asked is in it, and whoever reads from now on sees it.
    pub(crate) fn count(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }

    /// Counts a commit as soon as what is given is dropped, which has to be after the commit and before anybody is told of
    /// it. One that fails or is given up counts too: what was sent to the database may have been done all the same.
    pub(crate) fn begin(&self) -> Committing<'_> {
        Committing(self)
    }
}

impl Drop for Committing<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_add(1, Ordering::Release);
    }
}
