//! The loop of a node.

use std::time::Duration;

use chrono::TimeDelta;
use masthead_app::{App, article, expired, schedule};
use masthead_store::transition;
use tokio::time::{Instant, sleep};

use crate::health::Health;

/// The shortest pause between two turns, so that a clock that stands or runs back makes no busy loop.
const PAUSE_MIN: Duration = Duration::from_millis(5);

/// How a node does its work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerConfig {
    /// How long it sleeps at most before it looks for transitions that others have planned meanwhile.
    pub poll_interval: Duration,
    /// How long it waits between two rounds of erasing.
    pub purge_interval: Duration,
    /// How long deleted articles are kept before what they said is erased; for ever when absent.
    pub trash_time: Option<Duration>,
}

impl Default for WorkerConfig {
    fn default() -> Self {
        Self {
            poll_interval: Duration::from_secs(1),
            purge_interval: Duration::from_secs(5 * 60),
            trash_time: Some(Duration::from_secs(30 * 24 * 60 * 60)),
        }
    }
}

/// A node's work beside its answers.
pub struct Worker {
    app: App,
    config: WorkerConfig,
    health: Health,
    next_purge: Instant,
}

impl Worker {
    /// Works until it is told to stop. What it is doing then is undone; nothing is ever half done. No failure ends it:
    /// each is told once, with its cause, and the work is tried again.
    pub async fn run(app: App, config: WorkerConfig, shutdown: impl Future<Output = ()>) {
        let mut worker = Self { app, config, health: Health::default(), next_purge: Instant::now() };
        tokio::select! {
            () = shutdown => {}
            () = worker.work() => {}
        }
    }

    /// Works for ever.
    async fn work(&mut self) {
        loop {
            let pause = self.turn().await;
            sleep(pause).await;
        }
    }

    /// Does what is to be done now, and says how long there is nothing to do.
    async fn turn(&mut self) -> Duration {
        let done = schedule::announce_due(&self.app).await;
        match self.health.note("announcing transitions", done) {
            Some(0) | None => {}
            Some(count) => tracing::debug!(count, "announced what time has done"),
        }
        if self.next_purge <= Instant::now() {
            self.purge().await;
            self.next_purge = Instant::now() + self.config.purge_interval;
        }
        self.pause().await
    }

    /// Erases what was kept long enough. Each line stands for itself: one that fails does not keep the next from its turn.
    async fn purge(&mut self) {
        let now = self.app.clock.now();
        let trash_time = self.config.trash_time.and_then(|time| TimeDelta::from_std(time).ok());
        if let Some(before) = trash_time.and_then(|time| now.checked_sub_signed(time)) {
            self.erased("erasing deleted articles", article::purge_deleted(&self.app, before).await);
        }
        self.erased("forgetting what expired", expired::forget(&self.app).await);
    }

    /// Tells how many things a work has erased.
    fn erased<E: std::error::Error + 'static>(&mut self, work: &'static str, result: Result<usize, E>) {
        match self.health.note(work, result) {
            Some(0) | None => {}
            Some(count) => tracing::info!(work, count, "erased for good"),
        }
    }

    /// Until the next transition, but no longer than until it may be another. A transition that is past could not be
    /// announced: for that there is time at the next look.
    async fn pause(&mut self) -> Duration {
        let poll = self.config.poll_interval;
        let next = self.health.note("reading the next transition", transition::next(&self.app.database).await);
        let ahead = next.flatten().and_then(|at| (at - self.app.clock.now()).to_std().ok());
        ahead.map_or(poll, |ahead| ahead.max(PAUSE_MIN).min(poll))
    }
}
