//! The connection pool.

use std::{fmt, path::Path, sync::Arc, time::Duration};

use async_trait::async_trait;
use sea_orm::{
    ConnAcquireErr, ConnectOptions, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult,
    RuntimeErr, Statement,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use crate::{
    commits::Commits,
    direct::{self, Connection, Direct, Inline, Kept, Way},
    error::{StoreError, StoreResult},
    gathered::Gathered,
    limit,
    pulse::{Beat, Pulse},
};

/// How long a connection may be idle before it has to give a sign of life.
const UNTESTED: Duration = Duration::from_secs(1);

/// Which engine a database runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// SQLite, inside this process.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

/// How to reach the database and how much of it to use.
#[derive(Debug, Clone)]
pub struct DatabaseConfig {
    /// `sqlite://path/to/file.db` or `postgres://…`.
    pub url: String,
    /// Most connections at a time.
    pub connections_max: u32,
    /// How long to wait for a free connection.
    pub acquire_timeout: Duration,
    /// How long one statement may take (PostgreSQL).
    pub statement_timeout: Duration,
    /// How long to wait for a lock: `lock_timeout` on PostgreSQL; on SQLite the busy timeout, and how long to stand in line
    /// before.
    pub lock_timeout: Duration,
}

impl DatabaseConfig {
    /// The settings for an address, with defaults for the rest.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, |cores| u32::try_from(cores.get()).unwrap_or(2));
        let url = url.into();
        let is_postgres = Self::engine_of(&url) == Some(Engine::Postgres);
        Self {
            // On PostgreSQL acts wait for the disk more than for a core, and share the wait.
            connections_max: (2 * cores + 1).max(if is_postgres { 10 } else { 5 }),
            acquire_timeout: Duration::from_secs(2),
            statement_timeout: Duration::from_secs(8),
            lock_timeout: Duration::from_secs(if is_postgres { 2 } else { 5 }),
            url,
        }
    }

    fn engine_of(url: &str) -> Option<Engine> {
        match url.split_once(':')?.0 {
            "sqlite" => Some(Engine::Sqlite),
            "postgres" | "postgresql" => Some(Engine::Postgres),
            _ => None,
        }
    }
}

/// A pool of connections to one database. Cloning shares the pool.
#[derive(Clone)]
pub struct Database {
    pub(crate) pool: DatabaseConnection,
    engine: Engine,
    pub(crate) gathered: Arc<Gathered>,
    pub(crate) commits: Commits,
    pulse: Option<Arc<Pulse>>,
    direct: Option<Arc<Direct>>,
    writers: Option<Arc<Line>>,
}

/// Where the writers of this process stand in line for SQLite's one write lock. By itself the engine lets each of them
/// try again after ever longer pauses, while it holds a connection that readers want.
struct Line {
    turn: Arc<Semaphore>,
    patience: Duration,
}

impl fmt::Debug for Database {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Database").field("engine", &self.engine).finish_non_exhaustive()
    }
}

impl Database {
    /// Opens the database; the folder and file of a SQLite database are made when they are missing.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the address names no engine we know or nothing answers there.
    #[expect(clippy::disallowed_methods, reason = "the one place where the database is opened")]
    pub async fn open(config: &DatabaseConfig) -> StoreResult<Self> {
        let unavailable = |what: String| StoreError::Unavailable(DbErr::Custom(what));
        let engine = DatabaseConfig::engine_of(&config.url).ok_or_else(|| {
            let words = "a database address begins with sqlite:// or postgres://".to_owned();
            StoreError::Unavailable(DbErr::Conn(RuntimeErr::Internal(words)))
        })?;
        let mut options = ConnectOptions::new(match engine {
            Engine::Sqlite if !config.url.contains('?') => format!("{}?mode=rwc", config.url),
            _ => config.url.clone(),
        });
        options.max_connections(config.connections_max).acquire_timeout(config.acquire_timeout).sqlx_logging(false);
        // Who asks for a sign of life before each statement pays for two.
        options.test_before_acquire_if_idle_for(UNTESTED);
        match engine {
            Engine::Sqlite => {
                make_folder(&config.url).map_err(|error| unavailable(error.to_string()))?;
                let busy = config.lock_timeout;
                options.map_sqlx_sqlite_opts(move |sqlite| {
                    // WAL lets readers go on while one writes. FULL keeps what was acknowledged through a power cut.
                    let sqlite = sqlite
                        .pragma("journal_mode", "wal")
                        .pragma("synchronous", "full")
                        .pragma("foreign_keys", "on")
                        .busy_timeout(busy)
                        .statement_cache_capacity(direct::STATEMENTS);
                    direct::PRAGMAS.into_iter().fold(sqlite, |sqlite, (name, value)| sqlite.pragma(name, value))
                });
            }
            Engine::Postgres => {
                let statement = format!("{}ms", config.statement_timeout.as_millis());
                let lock = format!("{}ms", config.lock_timeout.as_millis());
                options.map_sqlx_postgres_opts(move |postgres| {
                    postgres.statement_cache_capacity(256).application_name("masthead").options([
                        ("statement_timeout", statement.as_str()),
                        ("lock_timeout", lock.as_str()),
                        ("idle_in_transaction_session_timeout", "5s"),
                        ("timezone", "UTC"),
                        // As on SQLite: planned once for all values, for which every list has its index. Planning a page
                        // of a section takes several times as long as reading it.
                        ("plan_cache_mode", "force_generic_plan"),
                        // What is read again and again lies in memory: an index that leads to few rows is worth more than
                        // one along which many lie side by side.
                        ("random_page_cost", "1.1"),
                    ])
                });
            }
        }
        let pool = sea_orm::Database::connect(options).await.map_err(StoreError::Unavailable)?;
        let is_sqlite = engine == Engine::Sqlite;
        let file = file_of(&config.url).filter(|_| is_sqlite);
        let direct = match engine {
            Engine::Sqlite => file.map(|file| Way::Sqlite(Inline::new(file))),
            Engine::Postgres => Self::kept(&pool, config).map(Way::Postgres),
        };
        let direct = direct.map(Direct::new).map(Arc::new);
        let pulse = file.zip(direct.as_ref()).and_then(|(file, direct)| Pulse::of(file, direct)).map(Arc::new);
        let line = || Arc::new(Line { turn: Arc::new(Semaphore::new(1)), patience: config.lock_timeout });
        let (gathered, commits) = (Arc::new(Gathered::of(engine)), Commits::default());
        Ok(Self { pool, engine, gathered, commits, pulse, direct, writers: is_sqlite.then(line) })
    }

    /// Half of the connections at most are kept for reading, so that acts find the others.
    fn kept(pool: &DatabaseConnection, config: &DatabaseConfig) -> Option<Kept> {
        let most = usize::try_from(config.connections_max / 2).ok().filter(|most| *most > 0)?;
        Some(Kept::new(pool.get_postgres_connection_pool().clone(), most, config.acquire_timeout))
    }

    /// Which engine it runs on.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// The pool itself, for migrations and nothing else: what they do is no read and no write of the newsroom.
    #[must_use]
    pub fn for_migrations(&self) -> &DatabaseConnection {
        &self.pool
    }

    /// Waits until nobody else in this process writes, where one at a time may. The turn ends when what is given is dropped.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it does not come in time.
    pub(crate) async fn turn_to_write(&self) -> StoreResult<Option<OwnedSemaphorePermit>> {
        let Some(Line { turn, patience }) = self.writers.as_deref() else { return Ok(None) };
        match timeout(*patience, Arc::clone(turn).acquire_owned()).await {
            Ok(turn) => Ok(turn.ok()),
            Err(_) => Err(StoreError::Unavailable(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))),
        }
    }

    /// A mark that is another one after each commit; none where only the database itself can tell.
    pub(crate) fn beat(&self) -> Option<Beat> {
        self.pulse.as_ref()?.beat()
    }

    /// Asks the database for a sign of life.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it gives none.
    pub async fn ping(&self) -> StoreResult<()> {
        self.pool.ping().await.map_err(StoreError::Unavailable)
    }

    /// Closes every connection; on SQLite the write-ahead log is folded into the file.
    ///
    /// # Errors
    /// [`StoreError::Statement`] when a connection does not close cleanly.
    pub async fn close(self) -> StoreResult<()> {
        if let Some(direct) = &self.direct {
            direct.close();
        }
        self.pool.close().await.map_err(StoreError::Statement)
    }

    /// Calls a function with each statement that is asked of this database from now on, for tests that keep a statement
    /// budget or look at plans. Call it before the database is cloned.
    pub fn on_statement(&mut self, note: impl Fn(&Statement) + Send + Sync + 'static) {
        let note = Arc::new(note);
        if let Some(direct) = &self.direct {
            let note = Arc::clone(&note);
            direct.on_statement(move |statement| note(statement));
        }
        self.pool.set_metric_callback(move |info| note(info.statement));
    }
}

/// The file of a SQLite address; none for one in memory.
fn file_of(url: &str) -> Option<&str> {
    let path = url.trim_start_matches("sqlite://").trim_start_matches("sqlite:").split('?').next()?;
    (!path.is_empty() && !path.contains(":memory:")).then_some(path)
}

fn make_folder(url: &str) -> std::io::Result<()> {
    match file_of(url).and_then(|path| Path::new(path).parent()) {
        Some(folder) if !folder.as_os_str().is_empty() => std::fs::create_dir_all(folder),
        _ => Ok(()),
    }
}

impl Connection for Database {
    fn direct(&self) -> Option<&Direct> {
        self.direct.as_deref()
    }
}

#[async_trait]
impl ConnectionTrait for Database {
    fn get_database_backend(&self) -> DbBackend {
        self.pool.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.pool.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.pool.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.pool.query_one_raw(limit::told(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.pool.query_all_raw(limit::told(statement)).await
    }
}
