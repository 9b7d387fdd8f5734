//! The write transaction.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use masthead_domain::{Timestamp, event::Change};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait,
};
use tokio::sync::OwnedSemaphorePermit;

use crate::{
    change_log,
    commits::Commits,
    database::Database,
    direct::Connection,
    error::{StoreError, StoreResult},
    limit,
};

/// By whom, by what act and from where something is written: what the change log says of it beside the instant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Writer {
    /// Who: `usr_…`, `key_…`, `token:editor`, `system`.
    pub actor: String,
    /// What is done: the name of the act, such as `articlePublish` or `import`.
    pub act: Option<String>,
    /// From where: the address of a client, `cli`, `server`.
    pub origin: Option<String>,
    /// In which request.
    pub request_id: Option<String>,
}

impl From<String> for Writer {
    fn from(actor: String) -> Self {
        Self { actor, ..Self::default() }
    }
}

impl From<&str> for Writer {
    fn from(actor: &str) -> Self {
        Self::from(actor.to_owned())
    }
}

/// A transaction that may write. Dropping it rolls everything back.
///
/// Changes are gathered by [`Tx::emit`] and logged by [`Tx::commit`] as the last thing before the commit: an act that has
/// seen what another did has the higher numbers in the log. Nothing stands in line for that, so PostgreSQL makes many acts
/// durable by one flush.
pub struct Tx {
    inner: DatabaseTransaction,
    writer: Writer,
    now: Timestamp,
    changes: Mutex<Vec<Change>>,
    commits: Commits,
    turn: Option<OwnedSemaphorePermit>,
}

impl Database {
    /// Begins a write transaction for somebody (as the change log will name them) at an instant.
    ///
    /// On SQLite it waits for its turn and takes the write lock at once: a read that later wants to write would fail with
    /// "database is locked" in spite of the busy timeout. While it is open, nothing of the same act may ask the pool for another
    /// connection: with one connection it would wait for itself.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when no connection or lock can be had in time.
    pub async fn begin_write(&self, writer: impl Into<Writer>, now: Timestamp) -> StoreResult<Tx> {
        let options = TransactionOptions {
            isolation_level: None,
            access_mode: None,
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        };
        let turn = self.turn_to_write().await?;
        let inner = self.pool.begin_with_options(options).await.map_err(StoreError::Unavailable)?;
        let (changes, commits) = (Mutex::default(), self.commits.clone());
        Ok(Tx { inner, writer: writer.into(), now, changes, commits, turn })
    }
}

impl Tx {
    /// The instant of the act. Everything it writes bears this one.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Who acts, as the change log names them.
    #[must_use]
    pub fn actor(&self) -> &str {
        &self.writer.actor
    }

    /// Appends a change to what the commit will log.
    pub fn emit(&self, change: Change) {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner).push(change);
    }

    /// Logs the changes and makes everything durable and visible at once.
    ///
    /// # Errors
    /// [`StoreError`] when the log or the commit fails; then nothing of the transaction remains.
    pub async fn commit(self) -> StoreResult<()> {
        let Self { inner, writer, now, changes, commits, turn: _turn } = self;
        let changes = changes.into_inner().unwrap_or_else(PoisonError::into_inner);
        let _committing = commits.begin();
        change_log::append(&inner, &writer, now, changes).await?;
        Ok(inner.commit().await?)
    }
}

impl Connection for Tx {}

#[async_trait]
impl ConnectionTrait for Tx {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.inner.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.inner.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.inner.query_one_raw(limit::told(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.inner.query_all_raw(limit::told(statement)).await
    }
}
