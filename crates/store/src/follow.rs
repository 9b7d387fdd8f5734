//! The change log, followed: whether something that was read is still so.
//!
//! Whoever keeps an answer keeps how much of the log was known before it was read, and the topics it was read from. It
//! is the same today if nothing that was learned later touched any of them. Changes count from the moment their act was
//! acknowledged, whichever process did it: [`LogFollower::head`] looks for new ones each time it is asked.
//!
//! What is known is counted by this node alone: one more each time that something new was found.
//!
//! Where a [`Lag`] is allowed, a look stays good for that long, counted from the moment it began, for whoever can do with it
//! ([`LogFollower::recent`]). Nobody has to be told of anything for that, so there is nothing that could get lost. It is good
//! for nobody after a commit of this process: who writes and reads through one node reads what they wrote.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use foldhash::{HashMap, HashMapExt};
use masthead_domain::topic::{LoggedChange, TopicKey};
use tracing::instrument;

use crate::{
    change_log::{self, Place},
    database::{Database, Engine},
    error::StoreResult,
    gather::Gather,
    pulse::Beat,
};

/// How many changes are looked at one by one. After more of them at once, as an import makes them, everything counts as
/// touched.
const CHANGES_MAX: usize = 1_000;

/// How many topics are remembered, each in about twenty bytes. Beyond that everything counts as touched.
const TOPICS_MAX: usize = 200_000;

/// How far what is told may be behind what other processes did.
#[derive(Clone)]
pub struct Lag {
    /// So long at most.
    pub most: Duration,
    /// Tells how long it has run, and is never put back.
    pub uptime: Arc<dyn Fn() -> Duration + Send + Sync>,
}

/// What a look at the log told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// How much is known: see [`LogFollower::head`].
    pub head: i64,
    /// How long ago the look began; nothing when that was after it was asked for.
    pub age: Duration,
}

/// Follows the log of one database. Share it: what one asker learns, all know.
pub struct LogFollower {
    database: Database,
    lag: Option<Lag>,
    known: RwLock<Known>,
    reading: Gather<(), i64>,
}

/// What is known of the log.
#[derive(Default)]
struct Known {
    /// How far the log was read; nowhere before it was read first.
    place: Option<Place>,
    /// How often something new was found.
    head: i64,
    /// What was read when less was known counts as touched.
    floor: i64,
    /// When a topic was touched last, since the floor.
    touched: HashMap<TopicKey, i64>,
    /// The pulse of the database when it was read last.
    beat: Option<Beat>,
    /// When it was read last; not noted where no lag is allowed.
    looked: Option<Looked>,
}

/// A moment at which the log was looked at.
#[derive(Debug, Clone, Copy)]
struct Looked {
    /// By the clock of the lag.
    began: Duration,
    /// What this process had committed before.
    commits: u64,
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
        Self { database, lag: None, known: RwLock::default(), reading: Gather::one_at_a_time() }
    }

    /// The same where a lag is allowed. It is not made use of on SQLite, where looking takes hardly longer than telling the
    /// time.
    #[must_use]
    pub fn within(self, lag: Lag) -> Self {
        let is_of_use = self.database.engine() == Engine::Postgres && !lag.most.is_zero();
        Self { lag: Some(lag).filter(|_| is_of_use), ..self }
    }

    /// How much is known, when it is sure that nothing was committed since the log was read.
    fn settled(&self) -> Option<i64> {
        let beat = self.database.beat()?;
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        (known.beat == Some(beat)).then_some(known.head)
    }

    /// What the last look told, while it is good.
    fn last_look(&self) -> Option<Look> {
        let Lag { most, uptime } = self.lag.as_ref()?;
        let commits = self.database.commits.count();
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let looked = known.looked.filter(|looked| looked.commits == commits)?;
        let age = uptime().saturating_sub(looked.began);
        (age < *most).then_some(Look { head: known.head, age })
    }

    /// How much is known of the log, for whoever can do with the lag that is allowed: every change is counted that this
    /// process acknowledged before this was asked, and of the changes of others those that were acknowledged before the lag.
    ///
    /// # Errors
    /// [`crate::StoreError`] when the log has to be read and cannot be.
    pub async fn recent(&self) -> StoreResult<Look> {
        match self.last_look() {
            Some(look) => Ok(look),
            None => Ok(Look { head: self.head().await?, age: Duration::ZERO }),
        }
    }

    /// How much is known of the log: a number that grows. Every change that was acknowledged before this was asked is
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

    /// Whether nothing that was learned after so much was known touched any of these topics, as far as
    /// [`LogFollower::head`] told last.
    #[must_use]
    pub fn is_untouched(&self, since: i64, topics: &[TopicKey]) -> bool {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let is_old = |topic| known.touched.get(topic).is_none_or(|last| *last <= since);
        since >= known.head || (since >= known.floor && topics.iter().all(is_old))
    }

    #[instrument(skip_all)]
    async fn read_on(&self) -> StoreResult<i64> {
        // The pulse and the time before the rows: what is committed between the two is found by the next who looks.
        let beat = self.database.beat();
        let commits = self.database.commits.count();
        let looked = self.lag.as_ref().map(|lag| Looked { began: (lag.uptime)(), commits });
        let from = self.known.read().unwrap_or_else(PoisonError::into_inner).place.clone();
        let news = match &from {
            Some(place) => change_log::since(&self.database, place, CHANGES_MAX).await?,
            None => None,
        };
        let (changes, place) = match news {
            Some((changes, place)) => (Some(changes), place),
            None => (None, change_log::end(&self.database).await?),
        };
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        (known.beat, known.looked) = (beat, looked);
        known.place = Some(place);
        match changes {
            Some(changes) => known.note(&changes),
            None => known.forget_all(),
        }
        Ok(known.head)
    }
}

impl Known {
    fn note(&mut self, changes: &[LoggedChange]) {
        let Self { head, touched, .. } = self;
        if changes.is_empty() {
            return;
        }
        *head += 1;
        for change in changes {
            change.touch(|topic| {
                touched.insert(topic.key(), *head);
            });
        }
        if touched.len() > TOPICS_MAX {
            self.forget_all();
        }
    }

    /// Something new was found, and it may be anything.
    fn forget_all(&mut self) {
        self.head += 1;
        self.floor = self.head;
        self.touched = HashMap::new();
    }
}
