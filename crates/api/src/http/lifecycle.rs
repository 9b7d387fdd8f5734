//! Whether the server is stopping, and what still runs in it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use tokio::sync::Notify;

/// Shared by the router and the server; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Lifecycle(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    is_draining: AtomicBool,
    operations: AtomicUsize,
    all_done: Notify,
}

impl Lifecycle {
    /// A server that has just started.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on the server is not ready for new work.
    pub fn start_draining(&self) {
        self.0.is_draining.store(true, Ordering::SeqCst);
    }

    /// True once the server has been asked to stop.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.0.is_draining.load(Ordering::SeqCst)
    }

    /// Operations that run, including those whose client has gone.
    #[must_use]
    pub fn operations(&self) -> usize {
        self.0.operations.load(Ordering::SeqCst)
    }

    /// Counts an operation until the guard is dropped.
    pub(super) fn start_operation(&self) -> RunningOperation {
        self.0.operations.fetch_add(1, Ordering::SeqCst);
        RunningOperation(self.clone())
    }

    /// Waits until no operation runs.
    pub(super) async fn operations_done(&self) {
        loop {
            let changed = self.0.all_done.notified();
            if self.operations() == 0 {
                return;
            }
            changed.await;
        }
    }
}

/// Stands for one running operation.
#[derive(Debug)]
pub(super) struct RunningOperation(Lifecycle);

impl Drop for RunningOperation {
    fn drop(&mut self) {
        let inner = &self.0.0;
        if inner.operations.fetch_sub(1, Ordering::SeqCst) == 1 {
            inner.all_done.notify_waiters();
        }
    }
}
