//! Batched relations without timers.
//!
//! Rows that were loaded together (a page of articles, the authors of that page) form a cohort. The first resolver that
//! wants a relation of one of them loads it for all of them in one statement; the others wait for that load. So the
//! number of statements depends on the shape of a query, never on the number of rows.

use std::{
    any::{Any, TypeId},
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
};

use async_graphql::Result;
use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
use tokio::sync::OnceCell;

type Cells = HashMap<(&'static str, u64, TypeId), Arc<dyn Any + Send + Sync>>;

/// The keys of rows that were loaded together, and the relations loaded for them so far.
pub(crate) struct Cohort<K> {
    /// As they came. Most lists have no relation loaded, so repeated ones are left out only then.
    keys: Vec<K>,
    cells: Mutex<Cells>,
}

impl<K: Eq + Hash + Clone + Send + Sync + 'static> Cohort<K> {
    /// A cohort of rows with these keys; repeated keys count once.
    pub(crate) fn new(keys: impl IntoIterator<Item = K>) -> Arc<Self> {
        Arc::new(Self { keys: keys.into_iter().collect(), cells: Mutex::new(HashMap::new()) })
    }

    /// The keys, some of them perhaps several times.
    pub(crate) fn keys(&self) -> &[K] {
        &self.keys
    }

    fn distinct(&self) -> Vec<K> {
        let mut seen = HashSet::new();
        self.keys.iter().filter(|key| seen.insert(*key)).cloned().collect()
    }

    /// A relation of all rows of the cohort, by key. `name` names the relation and `arguments` is a hash of the field's
    /// arguments (0 without any), so that two aliases with different arguments are two relations.
    pub(crate) async fn relation<V, F, L>(
        &self,
        name: &'static str,
        arguments: u64,
        load: F,
    ) -> Result<Arc<HashMap<K, V>>>
    where
        V: Send + Sync + 'static,
        F: FnOnce(Vec<K>) -> L,
        L: Future<Output = Result<HashMap<K, V>>>,
    {
        let cell = self.cell::<V>(name, arguments);
        let loaded = cell.get_or_try_init(|| async { load(self.distinct()).await.map(Arc::new) }).await?;
        Ok(Arc::clone(loaded))
    }

    /// Hands the cohort a relation that was loaded together with its rows.
    pub(crate) fn seed<V: Send + Sync + 'static>(&self, name: &'static str, arguments: u64, values: HashMap<K, V>) {
        // Were the relation loaded already, that would say the same.
        let _ = self.cell::<V>(name, arguments).set(Arc::new(values));
    }

    fn cell<V: Send + Sync + 'static>(&self, name: &'static str, arguments: u64) -> Arc<OnceCell<Arc<HashMap<K, V>>>> {
        let mut cells = self.cells.lock().unwrap_or_else(PoisonError::into_inner);
        let cell = cells
            .entry((name, arguments, TypeId::of::<V>()))
            .or_insert_with(|| Arc::new(OnceCell::<Arc<HashMap<K, V>>>::new()))
            .clone();
        // The key holds the type, so the cell is of this type.
        cell.downcast().unwrap_or_else(|_| Arc::new(OnceCell::new()))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_relation_is_loaded_once_for_the_whole_cohort() {
        let cohort = Cohort::new([1, 2, 2, 3]);
        let loads = AtomicUsize::new(0);
        let read = |key: i32| {
            let (cohort, loads) = (&cohort, &loads);
            async move {
                let relation = cohort
                    .relation("double", 0, |keys| async move {
                        loads.fetch_add(1, Ordering::SeqCst);
                        tokio::task::yield_now().await;
                        Ok(keys.into_iter().map(|key| (key, key * 2)).collect())
                    })
                    .await
                    .unwrap();
                relation.get(&key).copied()
            }
        };
        let (one, two, nine) = tokio::join!(read(1), read(2), read(9));
        assert_eq!((one, two, nine, loads.load(Ordering::SeqCst)), (Some(2), Some(4), None, 1));
    }

    #[tokio::test]
    async fn other_arguments_are_another_relation() {
        let cohort = Cohort::new([1]);
        for arguments in [7, 8] {
            let relation = cohort
                .relation("args", arguments, |keys| async move {
                    Ok(keys.into_iter().map(|key| (key, arguments)).collect())
                })
                .await
                .unwrap();
            assert_eq!(relation.get(&1), Some(&arguments));
        }
    }
}
