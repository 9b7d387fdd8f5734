//! One statement for everybody who waits for the same kind of thing.
//!
//! Under load many requests want the same relation of other articles at the same moment. While statements are under way,
//! those who come gather what they want; the next statement reads it for all of them. So nobody waits for a timer, a
//! lone request is read for at once, and the more requests there are, the fewer statements each of them costs.
//!
//! Nothing is kept: an answer always comes from a statement that began after it was asked for. And only what depends on
//! nothing but the keys may be gathered: what one reader sees and another does not has no place here.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::{
    sync::{OnceCell, Semaphore},
    task::yield_now,
};

use crate::{database::Engine, error::StoreResult};

/// The most keys that questions share, and that a statement is filled up for.
const KEYS_MAX: usize = 1_000;

/// How often others are let go first before a statement begins. Who is about to ask needs a few polls to get there; when
/// nobody is, this takes no time.
const POLLS_WAITED: usize = 4;

/// Gathers what is asked by keys `K` and read as one `R`.
pub(crate) struct Gather<K, R> {
    next: Mutex<Arc<Round<K, R>>>,
    turn: Semaphore,
    /// The most keys that several questions share. A question that has more of its own is read alone.
    keys_max: usize,
}

/// What one statement reads, and what it found.
struct Round<K, R> {
    keys: Mutex<Vec<K>>,
    found: OnceCell<StoreResult<Arc<R>>>,
}

impl<K, R> Default for Round<K, R> {
    fn default() -> Self {
        Self { keys: Mutex::new(Vec::new()), found: OnceCell::new() }
    }
}

impl<K, R> Gather<K, R> {
    /// Gathers for one statement at a time.
    pub(crate) fn one_at_a_time() -> Self {
        Self::new(1, KEYS_MAX)
    }

    /// Gathers for as many statements at a time as serve an engine best.
    pub(crate) fn of(engine: Engine) -> Self {
        match engine {
            // It answers on the thread that asks: more statements would only make each of them serve fewer.
            Engine::Sqlite => Self::one_at_a_time(),
            // It answers on other cores. Were everything read by one statement, it and this process would wait for each
            // other in turns.
            Engine::Postgres => Self::new(3, 240),
        }
    }

    fn new(statements: usize, keys_max: usize) -> Self {
        Self { next: Mutex::default(), turn: Semaphore::new(statements), keys_max }
    }
}

impl<K: Ord + Clone, R> Gather<K, R> {
    /// What `load` reads of these keys, and perhaps of others. Every caller of one gathering hands in the same `load`.
    ///
    /// # Errors
    /// That of the statement, to everybody who waited for it.
    pub(crate) async fn read<L>(&self, keys: &[K], load: impl FnOnce(Vec<K>) -> L) -> StoreResult<Arc<R>>
    where
        L: Future<Output = StoreResult<R>>,
    {
        let round = self.join(keys);
        // Whoever is first reads for all. Should their request end meanwhile, the next one reads.
        let read = || async {
            let _turn = self.turn.acquire().await;
            for _ in 0..POLLS_WAITED {
                yield_now().await;
            }
            load(self.close(&round)).await.map(Arc::new)
        };
        round.found.get_or_init(read).await.clone()
    }

    /// Adds keys to what the next statement reads.
    fn join(&self, keys: &[K]) -> Arc<Round<K, R>> {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = next.keys.lock().unwrap_or_else(PoisonError::into_inner).len();
        if waiting > 0 && waiting + keys.len() > self.keys_max {
            *next = Arc::default();
        }
        next.keys.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(keys);
        Arc::clone(&next)
    }

    /// From now on nobody joins the round: what it reads.
    fn close(&self, round: &Arc<Round<K, R>>) -> Vec<K> {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        if Arc::ptr_eq(&next, round) {
            *next = Arc::default();
        }
        let mut keys = round.keys.lock().unwrap_or_else(PoisonError::into_inner).clone();
        keys.sort_unstable();
        keys.dedup();
        // Lengths that only one question reaches are rare, and near what a statement takes at most.
        if keys.len() <= KEYS_MAX {
            fill_up(&mut keys);
        }
        keys
    }
}

/// Repeats the last key until there are 1, 2, 3, 4, 6, 8, 12, 16, 24… of them: statements of a few lengths, which stay
/// prepared, instead of one for every length.
fn fill_up<K: Clone>(keys: &mut Vec<K>) {
    let length = keys.len();
    let power = length.next_power_of_two();
    let between = power / 4 * 3;
    if let Some(last) = keys.last().cloned() {
        keys.resize(if between >= length { between } else { power }, last);
    }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::HashMap,
        sync::atomic::{AtomicUsize, Ordering},
        time::Duration,
    };

    use sea_orm::DbErr;
    use tokio::time::sleep;

    use super::*;
    use crate::error::StoreError;

    type Doubles = Gather<u32, HashMap<u32, u32>>;

    async fn doubled(keys: Vec<u32>) -> StoreResult<HashMap<u32, u32>> {
        sleep(Duration::from_millis(5)).await;
        Ok(keys.into_iter().map(|key| (key, key * 2)).collect())
    }

    #[tokio::test(start_paused = true)]
    async fn who_comes_while_a_statement_is_under_way_shares_the_next() {
        let (gather, statements) = (Doubles::one_at_a_time(), AtomicUsize::new(0));
        let read = |key| {
            let (gather, statements) = (&gather, &statements);
            async move {
                let load = |keys| {
                    statements.fetch_add(1, Ordering::SeqCst);
                    doubled(keys)
                };
                gather.read(&[key], load).await.unwrap().get(&key).copied()
            }
        };
        let late = |key| async move {
            sleep(Duration::from_millis(1)).await;
            read(key).await
        };
        let found = tokio::join!(read(1), late(2), late(3), late(3));
        assert_eq!(found, (Some(2), Some(4), Some(6), Some(6)));
        assert_eq!(statements.load(Ordering::SeqCst), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_is_answered_by_a_statement_that_began_before_they_asked() {
        let (gather, clock) = (Gather::<u32, usize>::one_at_a_time(), AtomicUsize::new(0));
        let read = || {
            gather.read(&[1], |_| async {
                let began = clock.fetch_add(1, Ordering::SeqCst);
                sleep(Duration::from_millis(5)).await;
                Ok(began)
            })
        };
        let second = async {
            sleep(Duration::from_millis(1)).await;
            read().await
        };
        let (first, second) = tokio::join!(read(), second);
        assert_eq!((*first.unwrap(), *second.unwrap()), (0, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn who_goes_away_leaves_the_reading_to_the_next() {
        let gather = Doubles::one_at_a_time();
        let impatient = tokio::time::timeout(Duration::from_millis(1), gather.read(&[1], doubled));
        let patient = gather.read(&[2], doubled);
        let (gone, found) = tokio::join!(impatient, patient);
        assert!(gone.is_err());
        assert_eq!(found.unwrap().get(&2), Some(&4));
    }

    #[tokio::test]
    async fn everybody_who_waited_gets_the_error_and_the_next_tries_again() {
        let gather = Doubles::one_at_a_time();
        let fail = |_| async { Err(StoreError::Statement(DbErr::Custom("away".to_owned()))) };
        let (one, other) = tokio::join!(gather.read(&[1], fail), gather.read(&[2], fail));
        assert!(one.is_err() && other.is_err());
        assert_eq!(gather.read(&[3], doubled).await.unwrap().get(&3), Some(&6));
    }

    #[tokio::test(start_paused = true)]
    async fn a_question_too_large_to_share_is_read_alone() {
        let (gather, lengths) = (Doubles::one_at_a_time(), Mutex::new(Vec::new()));
        let many: Vec<u32> = (0..1_500).collect();
        let load = |keys: Vec<u32>| {
            let mut own = keys.clone();
            own.dedup();
            lengths.lock().unwrap().push(own.len());
            doubled(keys)
        };
        let (first, small, large) =
            tokio::join!(gather.read(&[7], load), gather.read(&[8], load), gather.read(&many, load));
        assert!(first.unwrap().contains_key(&7) && small.unwrap().contains_key(&8));
        assert_eq!(large.unwrap().len(), 1_500);
        assert_eq!(*lengths.lock().unwrap(), [2, 1_500]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_another_machine_answers_is_read_by_several_statements_side_by_side() {
        let (gather, lengths) = (Doubles::of(Engine::Postgres), Mutex::new(Vec::new()));
        let read = |key: u32| {
            let keys: Vec<u32> = (100 * key..100 * key + 100).collect();
            let (gather, lengths) = (&gather, &lengths);
            async move {
                let load = |keys: Vec<u32>| {
                    lengths.lock().unwrap().push(keys.len());
                    doubled(keys)
                };
                gather.read(&keys, load).await.unwrap().len()
            }
        };
        let began = tokio::time::Instant::now();
        tokio::join!(read(1), read(2), read(3), read(4), read(5));
        assert_eq!(began.elapsed(), Duration::from_millis(5));
        lengths.lock().unwrap().sort_unstable();
        assert_eq!(*lengths.lock().unwrap(), [128, 256, 256]);
    }

    #[test]
    fn lengths_are_few() {
        let filled = |length: usize| {
            let mut keys = vec![0; length];
            fill_up(&mut keys);
            keys.len()
        };
        assert_eq!([0, 1, 2, 3, 4, 5, 6, 7, 9, 13, 20, 25].map(filled), [0, 1, 2, 3, 4, 6, 6, 8, 12, 16, 24, 32]);
    }
}
