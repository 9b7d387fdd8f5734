//! What was looked up a moment ago, for a bounded time and in bounded memory.

use std::{
    collections::HashMap,
    hash::Hash,
    mem,
    sync::{Mutex, PoisonError},
};

use chrono::TimeDelta;
use masthead_domain::Timestamp;

/// Values with the instant they were found at. When half of the room is full, the half before it is let go.
pub(super) struct Recent<K, V> {
    age_max: TimeDelta,
    half: usize,
    inner: Mutex<Inner<K, V>>,
}

struct Inner<K, V> {
    young: HashMap<K, (V, Timestamp)>,
    old: HashMap<K, (V, Timestamp)>,
    /// How often something was forgotten.
    epoch: u64,
}

/// Taken before a look, handed in with what it found: when something was forgotten in between, the find may be of
/// before and is not kept.
#[derive(Clone, Copy)]
pub(super) struct Look(u64);

impl<K: Eq + Hash, V: Clone> Recent<K, V> {
    pub(super) fn new(age_max: TimeDelta, room: usize) -> Self {
        let inner = Inner { young: HashMap::new(), old: HashMap::new(), epoch: 0 };
        Self { age_max, half: (room / 2).max(1), inner: Mutex::new(inner) }
    }

    fn inner(&self) -> std::sync::MutexGuard<'_, Inner<K, V>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was found not too long ago. A find of the future is not trusted: the clock was set back.
    pub(super) fn get(&self, key: &K, now: Timestamp) -> Option<V> {
        let inner = self.inner();
        let (value, found_at) = inner.young.get(key).or_else(|| inner.old.get(key))?;
        let is_fresh = *found_at <= now && now - *found_at < self.age_max;
        is_fresh.then(|| value.clone())
    }

    /// Begins a look.
    pub(super) fn look(&self) -> Look {
        Look(self.inner().epoch)
    }

    /// Keeps what a look found.
    pub(super) fn keep(&self, look: Look, key: K, value: V, now: Timestamp) {
        let mut inner = self.inner();
        if inner.epoch != look.0 {
            return;
        }
        if inner.young.len() >= self.half && !inner.young.contains_key(&key) {
            inner.old = mem::take(&mut inner.young);
        }
        inner.young.insert(key, (value, now));
    }

    /// Forgets everything of which this is true, and what is being looked up at this moment.
    pub(super) fn forget(&self, is_stale: impl Fn(&K, &V) -> bool) {
        let mut inner = self.inner();
        inner.epoch += 1;
        inner.young.retain(|key, (value, _)| !is_stale(key, value));
        inner.old.retain(|key, (value, _)| !is_stale(key, value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_timestamp(1_800_000_000 + second, 0).unwrap()
    }

    #[test]
    fn a_find_is_good_for_its_time_and_not_before_it() {
        let recent = Recent::new(TimeDelta::seconds(30), 10);
        recent.keep(recent.look(), "key", 1, at(0));
        assert_eq!(recent.get(&"key", at(29)), Some(1));
        assert_eq!(recent.get(&"key", at(30)), None);
        assert_eq!(recent.get(&"key", at(-1)), None, "the clock was set back");
    }

    #[test]
    fn what_is_forgotten_while_it_is_looked_up_is_not_kept() {
        let recent = Recent::new(TimeDelta::seconds(30), 10);
        let look = recent.look();
        recent.forget(|key, _| *key == "key");
        recent.keep(look, "key", 1, at(0));
        assert_eq!(recent.get(&"key", at(0)), None);
        recent.keep(recent.look(), "key", 2, at(0));
        recent.forget(|_, value| *value == 2);
        assert_eq!(recent.get(&"key", at(0)), None);
    }

    #[test]
    fn it_never_holds_more_than_its_room() {
        let recent = Recent::new(TimeDelta::seconds(30), 10);
        for number in 0..1_000 {
            recent.keep(recent.look(), number, number, at(0));
            let inner = recent.inner();
            assert!(inner.young.len() + inner.old.len() <= 10);
        }
        assert_eq!(recent.get(&999, at(0)), Some(999));
    }
}
