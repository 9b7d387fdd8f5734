//! The frame of every act: who does it, when, and the transaction it is done in.

use std::sync::Arc;

use masthead_domain::{
    AnyId, EntityKind, LanguageTag, Timestamp, UserId, WebUrl,
    event::Change,
    policy::{self, Action, Actor, Library, Resource, Visibility},
};
use masthead_store::{Database, LibraryScope, Perspective, ReadScope, Tx, change_log};
use uuid::Uuid;

use crate::{
    clock::{Clock, IdSource},
    door::Door,
    error::{AppError, AppResult},
    idempotency::HeldKey,
};

/// What the site is called and where it stands.
#[derive(Debug, Clone)]
pub struct Site {
    /// Its name.
    pub name: String,
    /// Where readers find it; addresses are made absolute with it.
    pub url: WebUrl,
    /// Its languages, the default one first. Never empty.
    pub languages: Vec<LanguageTag>,
}

impl Site {
    /// An absolute address for a path of ours.
    #[must_use]
    pub fn absolute(&self, path: &str) -> String {
        format!("{}{path}", self.url.as_str().trim_end_matches('/'))
    }
}

/// Everything acts and reads stand on. Cloning shares it.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub database: Database,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of new ids.
    pub ids: Arc<dyn IdSource>,
    /// The site.
    pub site: Arc<Site>,
}

/// Who does something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The actor the policy knows.
    pub actor: Actor,
}

impl Caller {
    /// Nobody in particular.
    #[must_use]
    pub const fn anonymous() -> Self {
        Self { actor: Actor::Anonymous }
    }

    /// The server itself.
    #[must_use]
    pub const fn system() -> Self {
        Self { actor: Actor::System }
    }

    /// The signed-in user, when there is one.
    #[must_use]
    pub fn user(&self) -> Option<UserId> {
        match self.actor {
            Actor::User { id, .. } => id,
            Actor::Anonymous | Actor::Key { .. } | Actor::System => None,
        }
    }

    /// The name that stands in the change log.
    #[must_use]
    pub fn name(&self) -> String {
        match &self.actor {
            Actor::Anonymous => "anonymous".to_owned(),
            Actor::User { id: Some(id), .. } => id.to_string(),
            Actor::User { id: None, role } => format!("token:{role}"),
            Actor::Key { id, .. } => id.to_string(),
            Actor::System => "system".to_owned(),
        }
    }

    /// Refuses everybody but whoever can open the database: users, keys and registered operations are kept on the command
    /// line, and no door has these acts.
    pub(crate) fn expect_operator(&self) -> AppResult<()> {
        match self.actor {
            Actor::System => Ok(()),
            Actor::Anonymous | Actor::User { .. } | Actor::Key { .. } => {
                Err(AppError::Internal("users, keys and registered operations are kept on the command line only"))
            }
        }
    }

    /// What this caller sees at an instant, when they ask for a perspective.
    #[must_use]
    pub fn scope(&self, perspective: Perspective, now: Timestamp) -> ReadScope {
        let visibility = match perspective {
            Perspective::Published => Visibility::Public,
            Perspective::Latest | Perspective::Draft | Perspective::Deleted => policy::widest_visibility(&self.actor),
        };
        ReadScope { visibility, perspective, now }
    }

    /// Which things of a library this caller sees at an instant: a property of the caller, whatever the perspective.
    #[must_use]
    pub fn library(&self, library: Library, now: Timestamp) -> LibraryScope {
        if policy::sees_whole(&self.actor, library) { LibraryScope::Whole } else { LibraryScope::Shown { at: now } }
    }
}

impl App {
    /// Opens a work for a caller who comes through no door in particular.
    ///
    /// # Errors
    /// As [`App::begin_through`].
    pub async fn begin<'a>(&'a self, caller: &'a Caller) -> AppResult<Work<'a>> {
        self.begin_through(&Door::default(), caller).await
    }

    /// Opens a work for a caller who comes through a door. The change log says through which; when the request has a key,
    /// the work is counted with it.
    ///
    /// # Errors
    /// [`AppError::Store`] when the database has no connection or lock to give, [`AppError::KeyTakenOver`] when the request
    /// is taken for dead and another has its key.
    pub async fn begin_through<'a>(&'a self, door: &Door, caller: &'a Caller) -> AppResult<Work<'a>> {
        let tx = self.database.begin_write(door.writer(caller), self.clock.now()).await?;
        let key = door.key.clone();
        if let Some(key) = &key {
            key.raise(&tx).await?;
        }
        Ok(Work { app: self, caller, tx, key })
    }
}

/// A write transaction with its caller. Dropping it undoes everything done in it.
pub struct Work<'a> {
    /// What it stands on. Reads of the work go through [`Work::tx`], never through the pool.
    pub app: &'a App,
    /// Who does it.
    pub caller: &'a Caller,
    /// The transaction.
    pub tx: Tx,
    key: Option<Arc<HeldKey>>,
}

impl Work<'_> {
    /// The instant of the work.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.tx.now()
    }

    /// A new id.
    pub fn new_id<T>(&self, of: fn(Uuid) -> T) -> T {
        of(self.app.ids.uuid())
    }

    /// Whether the caller may do something to a thing that is already loaded.
    ///
    /// # Errors
    /// [`AppError::Refused`] says what is lacking.
    pub fn check(&self, action: Action, resource: Resource) -> AppResult<()> {
        Ok(policy::check(&self.caller.actor, action, resource)?)
    }

    /// The widest this caller sees, for loading what they act on.
    #[must_use]
    pub fn widest_scope(&self) -> ReadScope {
        self.caller.scope(Perspective::Latest, self.now())
    }

    /// Which things of a library the caller sees.
    #[must_use]
    pub fn library(&self, library: Library) -> LibraryScope {
        self.caller.library(library, self.now())
    }

    /// Whether nothing is hidden from the caller. Nobody else is told of what hidden things there are.
    #[must_use]
    pub fn sees_everything(&self) -> bool {
        policy::widest_visibility(&self.caller.actor) == Visibility::All
    }

    /// Refuses to let a thing go that is used.
    ///
    /// # Errors
    /// [`AppError::InUse`], with the number for those from whom nothing is hidden.
    pub fn expect_unused(&self, kind: EntityKind, uses: u64) -> AppResult<()> {
        if uses == 0 {
            return Ok(());
        }
        Err(AppError::InUse { kind, uses: self.sees_everything().then_some(uses) })
    }

    /// Refuses a change made for another version than the thing has.
    ///
    /// # Errors
    /// [`AppError::VersionConflict`] with what changed in between.
    pub async fn expect_version(&self, entity: impl Into<AnyId>, current: i64, expected: i64) -> AppResult<()> {
        self.expect_version_at("expectedVersion", entity, current, expected).await
    }

    /// The same for an input that gives the expected version in a field of another name.
    ///
    /// # Errors
    /// [`AppError::VersionConflict`] with what changed in between.
    pub async fn expect_version_at(
        &self,
        field: &'static str,
        entity: impl Into<AnyId>,
        current: i64,
        expected: i64,
    ) -> AppResult<()> {
        if current == expected {
            return Ok(());
        }
        let changed = change_log::fields_changed_since(&self.tx, entity.into(), expected).await?;
        Err(AppError::VersionConflict { field, expected, current, changed_fields: changed.into_iter().collect() })
    }

    /// Appends a change to what the commit logs.
    pub fn emit(&self, change: Change) {
        self.tx.emit(change);
    }

    /// Makes everything durable and visible at once.
    ///
    /// # Errors
    /// [`AppError::Store`] when it could not be; then nothing of it remains.
    pub async fn commit(self) -> AppResult<()> {
        let Self { tx, key, .. } = self;
        tx.commit().await?;
        if let Some(key) = key {
            key.act_is_done();
        }
        Ok(())
    }
}
