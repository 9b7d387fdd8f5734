//! The change log, followed: whether something that was read is still so.
//!
//! Whoever keeps an answer keeps the number of the last change before it was read, and the topics it was read from. It
//! is the same today if no later change touched any of them. Changes count from the moment their act was
//! acknowledged, whichever process did it: [`LogFollower::head`] looks for new ones each time it is asked.

use std::{
    collections::HashMap,
    fmt,
    sync::{PoisonError, RwLock},
};

use masthead_domain::topic::TopicKey;
use tracing::instrument;

use crate::{change_log, database::Database, error::StoreResult, gather::Gather, pulse::Beat};

/// How many changes are looked at one by one. After more of them at once, as an import makes them, everything counts as
/// touched.
const CHANGES_MAX: u64 = 1_000;

/// How many topics are remembered, each in about twenty bytes. Beyond that everything counts as touched.
const TOPICS_MAX: usize = 200_000;

/// Follows the log of one database. Share it: what one asker learns, all know.
pub struct LogFollower {
    database: Database,
    known: RwLock<Known>,
    reading: Gather<(), i64>,
}

/// What is known of the log.
#[derive(Default)]
struct Known {
    /// The number of the last change; none before the log was read first.
    head: Option<i64>,
    /// What was read before this change counts as touched.
    floor: i64,
    /// The last change that touched a topic, for those after the floor.
    touched: HashMap<TopicKey, i64>,
    /// The pulse of the database when it was read last.
    beat: Option<Beat>,
}

impl fmt::Debug for LogFollower {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("LogFollower").finish_non_exhaustive()
    }
}

impl LogFollower {
    /// Follows the log from its end on, wherever that is when it is asked for first.
    #[must_use]
    pub fn new(database: Database) -> Self {
        Self { database, known: RwLock::default(), reading: Gather::default() }
    }

    /// The number of the last change, when it is sure that nothing was committed since it was read.
    fn settled(&self) -> Option<i64> {
        let beat = self.database.beat()?;
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.head.filter(|_| known.beat == Some(beat))
    }

    /// The number of the last change, 0 before the first. Every change that was acknowledged before this was asked is
    /// counted. Those who ask at the same time share one statement.
    ///
    /// # Errors
    /// [`crate::StoreError`] when the log cannot be read.
    pub async fn head(&self) -> StoreResult<i64> {
        match self.settled() {
            Some(head) => Ok(head),
            None => Ok(*self.reading.read(&[()], |_| self.read_on()).await?),
        }
    }

    /// Whether no change after this one, as far as [`LogFollower::head`] told last, touched any of these topics.
    #[must_use]
    pub fn is_untouched(&self, since: i64, topics: &[TopicKey]) -> bool {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let is_old = |topic| known.touched.get(topic).is_none_or(|last| *last <= since);
        known.head.is_some_and(|head| since >= head) || (since >= known.floor && topics.iter().all(is_old))
    }

    #[instrument(skip_all)]
    async fn read_on(&self) -> StoreResult<i64> {
        // The pulse before the rows: what is committed between the two is found by the next who looks.
        let beat = self.database.beat();
        let from = self.known.read().unwrap_or_else(PoisonError::into_inner).head;
        let changes = match from {
            Some(head) => change_log::since(&self.database, head, CHANGES_MAX).await?,
            None => Vec::new(),
        };
        let is_too_much = u64::try_from(changes.len()).is_ok_and(|count| count >= CHANGES_MAX);
        let jump = if from.is_none() || is_too_much { Some(change_log::head(&self.database).await?) } else { None };
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.beat = beat;
        match jump {
            Some(head) => known.forget_all(head),
            None => changes.iter().for_each(|(seq, change)| known.note(*seq, change)),
        }
        Ok(known.head.unwrap_or_default())
    }
}

impl Known {
    fn note(&mut self, seq: i64, change: &masthead_domain::topic::LoggedChange) {
        self.head = Some(seq);
        change.touch(|topic| {
            self.touched.insert(topic.key(), seq);
        });
        if self.touched.len() > TOPICS_MAX {
            self.forget_all(seq);
        }
    }

    fn forget_all(&mut self, head: i64) {
        self.head = Some(head);
        self.floor = head;
        self.touched = HashMap::new();
    }
}
