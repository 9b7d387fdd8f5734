//! How many operations run at once, and how many may wait.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

/// No place is free and none became free in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Overloaded;

/// A bounded number of places with a bounded queue before them. Without a bound, work whose clients have
/// gone would pile up.
#[derive(Debug, Clone)]
pub(super) struct Admission {
    places: Arc<Semaphore>,
    queue: Arc<Semaphore>,
    wait: Duration,
}

impl Admission {
    pub(super) fn new(places: usize, queue: usize, wait: Duration) -> Self {
        Self { places: Arc::new(Semaphore::new(places)), queue: Arc::new(Semaphore::new(queue)), wait }
    }

    /// Takes a place, waiting in the queue if need be.
    pub(super) async fn enter(&self) -> Result<OwnedSemaphorePermit, Overloaded> {
        if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
            return Ok(place);
        }
        let _waiting = self.queue.try_acquire().map_err(|_| Overloaded)?;
        match timeout(self.wait, Arc::clone(&self.places).acquire_owned()).await {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) | Err(_) => Err(Overloaded),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Admission, Overloaded};

    #[tokio::test]
    async fn the_queue_is_bounded_and_does_not_wait_for_ever() {
        let admission = Admission::new(1, 1, Duration::from_millis(20));
        let first = admission.enter().await.unwrap();
        let (second, third) = tokio::join!(admission.enter(), admission.enter());
        assert_eq!(second.unwrap_err(), Overloaded, "waited in vain");
        assert_eq!(third.unwrap_err(), Overloaded, "found the queue full");
        drop(first);
        assert!(admission.enter().await.is_ok());
    }

    #[tokio::test]
    async fn a_place_that_becomes_free_goes_to_who_waits() {
        let admission = Admission::new(1, 1, Duration::from_secs(5));
        let first = admission.enter().await.unwrap();
        let waiting = tokio::spawn({
            let admission = admission.clone();
            async move { admission.enter().await.is_ok() }
        });
        tokio::task::yield_now().await;
        drop(first);
        assert!(waiting.await.unwrap());
    }
}
