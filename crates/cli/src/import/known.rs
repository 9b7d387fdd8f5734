//! What earlier imports of the same site brought.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

use masthead_domain::{AnyId, EntityKind};
use masthead_store::{ReadScope, StoreResult, Tx, article, external, external::External, presence};

use super::{error::ImportError, fingerprint, report::Count, run::Run};

/// The things of one kind that came with earlier imports, by their names in WordPress.
#[derive(Debug, Default)]
pub(super) struct Known {
    things: HashMap<String, External>,
    gone: HashSet<AnyId>,
}

/// What is known of a thing of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    /// It was never imported.
    New,
    /// It is here.
    Here(AnyId),
    /// It was imported and deleted here since.
    Gone,
}

impl Known {
    /// Reads what is known. What was deleted here since is known too, so that it is not brought back.
    pub(super) async fn load(run: &mut Run<'_>, kind: EntityKind) -> Result<Self, ImportError> {
        let now = run.app.clock.now();
        let system = run.origin.system.clone();
        let database = run.read().await?;
        let things = external::all(database, &system, kind).await.map_err(ImportError::store)?;
        let ids: Vec<AnyId> = things.values().map(|thing| thing.entity).collect();
        let mut gone = HashSet::new();
        // A statement takes a bounded number of parameters.
        for ids in ids.chunks(500) {
            match kind {
                EntityKind::Article => {
                    let articles: Vec<_> = ids
                        .iter()
                        .filter_map(|id| match id {
                            AnyId::Article(id) => Some(*id),
                            _ => None,
                        })
                        .collect();
                    let scope = ReadScope::all(now);
                    let here = article::by_ids(database, &scope, &articles).await.map_err(ImportError::store)?;
                    gone.extend(articles.iter().filter(|id| !here.contains_key(id)).map(|id| AnyId::from(*id)));
                }
                _ => {
                    let absent = presence::absent(database, kind, ids.iter().map(|id| id.uuid()));
                    let absent = absent.await.map_err(ImportError::store)?;
                    gone.extend(ids.iter().filter(|id| absent.contains(&id.uuid())));
                }
            }
        }
        Ok(Self { things, gone })
    }

    /// What is known of the thing with this name.
    pub(super) fn get(&self, name: &str) -> Seen {
        match self.things.get(&*kept(name)) {
            None => Seen::New,
            Some(thing) if self.gone.contains(&thing.entity) => Seen::Gone,
            Some(thing) => Seen::Here(thing.entity),
        }
    }

    /// Counts a thing that was imported before; says whether it has changed in WordPress since.
    pub(super) fn count(&self, name: &str, fingerprint: &str, count: &mut Count) -> bool {
        let has_changed = self.things.get(&*kept(name)).is_some_and(|thing| thing.fingerprint != fingerprint);
        if has_changed {
            count.changed_since += 1;
        } else {
            count.unchanged += 1;
        }
        has_changed
    }
}

/// Remembers for later imports what a thing of the site is here.
pub(super) async fn bind(tx: &Tx, system: &str, name: &str, id: AnyId, fingerprint: &str) -> StoreResult<()> {
    external::bind(tx, system, &kept(name), id, fingerprint).await
}

/// A name as it is kept: an index takes no more than some two thousand bytes, and a guid may be of any length.
fn kept(name: &str) -> Cow<'_, str> {
    const BYTES_MAX: usize = 1_000;
    if name.len() <= BYTES_MAX {
        return Cow::Borrowed(name);
    }
    let start = name.get(..name.floor_char_boundary(BYTES_MAX / 2)).unwrap_or_default();
    Cow::Owned(format!("{start}…{}", fingerprint::of([name])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_is_kept_short_and_still_its_own() {
        assert_eq!(kept("https://old.example/?p=1"), "https://old.example/?p=1");
        let long = format!("https://old.example/?p={}", "é".repeat(3_000));
        assert!(kept(&long).len() < 600);
        assert_ne!(kept(&long), kept(&format!("{long}1")));
    }
}
