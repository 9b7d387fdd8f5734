//! Which operations are registered, as a node knows it.
//!
//! The hashes of all registered documents are held in memory, so that one that is not registered costs no statement. They
//! are true as kept answers are: before each use the change log is looked at, whatever lag is allowed, and what was registered
//! or removed by then, whichever process did it, is known. Texts are read when they are asked for.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use masthead_app::{App, cause};
use masthead_domain::{EntityKind, OperationId, operation::TextHash, topic::Topic};
use masthead_store::{StoreError, operation};
use tokio::sync::Mutex;

use crate::validity::{Topics, Validity};

/// The registered operations. Share it: what one request learns, all know.
pub struct RegisteredOperations {
    app: App,
    validity: Arc<Validity>,
    known: RwLock<Option<Arc<Known>>>,
    /// Held by whoever reads the hashes.
    reading: Mutex<()>,
    topics: Topics,
}

/// The hashes, as they were when so much of the log was known.
struct Known {
    since: i64,
    ids: HashMap<TextHash, OperationId>,
}

/// A document that is registered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing {
    /// Which one.
    pub(crate) id: OperationId,
    /// How much of the log was known at most when it was found. What is learned later may tell that it was removed.
    pub(crate) since: i64,
}

/// The register cannot be read now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unread;

impl fmt::Debug for RegisteredOperations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RegisteredOperations").field("validity", &self.validity).finish_non_exhaustive()
    }
}

impl RegisteredOperations {
    /// Those of an application, of which `validity` tells whether they are still so.
    #[must_use]
    pub fn new(app: App, validity: Arc<Validity>) -> Self {
        let topics = Topics::from([Topic::Kind(EntityKind::Operation).key()]);
        Self { app, validity, known: RwLock::default(), reading: Mutex::default(), topics }
    }

    /// The document with this hash, if it is registered.
    pub(crate) async fn find(&self, hash: TextHash) -> Result<Option<Standing>, Unread> {
        let since = self.validity.head().await.ok_or(Unread)?;
        let known = match self.known() {
            Some(known) => known,
            None => self.read(since).await?,
        };
        Ok(known.ids.get(&hash).map(|id| Standing { id: *id, since }))
    }

    /// The text of a document; none when it was removed meanwhile.
    pub(crate) async fn text(&self, id: OperationId) -> Result<Option<String>, Unread> {
        operation::text(&self.app.database, id).await.map_err(told)
    }

    /// What is known, if it is still true as far as the log was read.
    fn known(&self) -> Option<Arc<Known>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).clone()?;
        self.validity.is_untouched(known.since, &self.topics).then_some(known)
    }

    /// Reads the hashes, once for all who wait for them. So much of the log is known before.
    async fn read(&self, since: i64) -> Result<Arc<Known>, Unread> {
        let _turn = self.reading.lock().await;
        if let Some(known) = self.known() {
            return Ok(known);
        }
        let ids = operation::by_hash(&self.app.database).await.map_err(told)?;
        let known = Arc::new(Known { since, ids });
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&known));
        Ok(known)
    }
}

fn told(error: StoreError) -> Unread {
    tracing::warn!(error = cause(&error), "the registered operations cannot be read");
    Unread
}
