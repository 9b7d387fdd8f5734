//! SQLite, read on the thread that asks.
//!
//! The driver of the pool gives every connection a thread of its own. For a statement of a few microseconds, handing it over,
//! waking that thread and taking each value back costs more than the statement. So short reads run where they are asked
//! for, on connections that do nothing else, and values are read straight from the engine's memory. A read that turns out
//! to be long, that has to wait for a lock or that fails is given up and asked of the pool, which answers or says what
//! is wrong.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use chrono::SecondsFormat;
use rusqlite::{
    CachedStatement, Connection as Sqlite, OpenFlags,
    types::{ToSqlOutput, Value as Owned, ValueRef},
};
use sea_orm::{
    Statement,
    sea_query::{Value, Values},
};

use super::idle::Idle;
use crate::placed::{Columns, Row};

/// How many steps of the engine are counted at a time.
const STEPS: i32 = 1_000;

/// How many times so many steps a statement may take here: some milliseconds in all.
const TIMES_MAX: u32 = 100;

/// How many prepared statements each connection keeps.
pub(crate) const STATEMENTS: usize = 256;

/// What every connection that reads is told. As much of the file is mapped as the engine can: of what lies behind, each page
/// is a system call. It is memory of the system's, which takes it back when it is short.
pub(crate) const PRAGMAS: [(&str, &str); 3] =
    [("temp_store", "memory"), ("mmap_size", "2147418112"), ("cache_size", "-8192")];

/// The connections to one file, for reading.
pub(crate) struct Inline {
    file: PathBuf,
    is_held: AtomicBool,
    idle: Idle<Reader>,
}

struct Reader {
    sqlite: Sqlite,
    /// How often the running statement was counted.
    times: Arc<AtomicU32>,
}

impl Inline {
    pub(crate) fn new(file: &str) -> Self {
        let file = PathBuf::from(file);
        // None of them is ever closed before all are.
        let first = Reader::open(&file).ok();
        Self { file, is_held: AtomicBool::new(first.is_some()), idle: Idle::new(first) }
    }

    /// Whether a connection stays open until [`Self::close`].
    pub(crate) fn is_held(&self) -> bool {
        self.is_held.load(Ordering::Acquire)
    }

    /// The rows of a select, when reading them is short work.
    pub(crate) fn rows<R: Row>(&self, statement: &Statement) -> Option<Vec<R>> {
        let reader = self.idle.take_or(|| Reader::open(&self.file).ok())?;
        let rows = reader.rows(statement);
        self.idle.give_back(reader);
        rows
    }

    /// Closes every connection; from now on nothing is read here.
    pub(crate) fn close(&self) {
        self.is_held.store(false, Ordering::Release);
        self.idle.close();
    }
}

impl Reader {
    fn open(file: &PathBuf) -> rusqlite::Result<Self> {
        let sqlite =
            Sqlite::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        // Who has to wait does not wait on this thread.
        sqlite.busy_timeout(Duration::ZERO)?;
        for (name, value) in PRAGMAS.into_iter().chain([("query_only", "on")]) {
            sqlite.pragma_update(None, name, value)?;
        }
        // The first read takes hold of the write-ahead log.
        sqlite.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        sqlite.set_prepared_statement_cache_capacity(STATEMENTS);
        let times = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&times);
        sqlite.progress_handler(STEPS, Some(move || counted.fetch_add(1, Ordering::Relaxed) >= TIMES_MAX))?;
        Ok(Self { sqlite, times })
    }

    fn rows<R: Row>(&self, statement: &Statement) -> Option<Vec<R>> {
        self.times.store(0, Ordering::Relaxed);
        let mut prepared = self.sqlite.prepare_cached(&statement.sql).ok()?;
        if let Some(Values(values)) = &statement.values {
            bind(&mut prepared, values)?;
        }
        let (mut rows, mut found) = (prepared.raw_query(), Vec::new());
        while let Some(row) = rows.next().ok()? {
            found.push(R::read(&mut Columns::of_sqlite(row)).ok()?);
        }
        Some(found)
    }
}

fn bind(statement: &mut CachedStatement<'_>, values: &[Value]) -> Option<()> {
    for (place, value) in (1_usize..).zip(values) {
        statement.raw_bind_parameter(place, bound(value)?).ok()?;
    }
    Some(())
}

/// A value as the driver of the pool writes it; none for kinds that we do not use.
fn bound(value: &Value) -> Option<ToSqlOutput<'_>> {
    let whole = |number: i64| ToSqlOutput::Owned(Owned::Integer(number));
    let text = |text: String| ToSqlOutput::Owned(Owned::Text(text));
    let null = ToSqlOutput::Owned(Owned::Null);
    Some(match value {
        Value::Bool(value) => value.map_or(null, |value| whole(value.into())),
        Value::Int(value) => value.map_or(null, |value| whole(value.into())),
        Value::BigInt(value) => value.map_or(null, whole),
        Value::BigUnsigned(value) => value.map_or(Some(null), |value| i64::try_from(value).ok().map(whole))?,
        Value::Double(value) => value.map_or(null, |value| ToSqlOutput::Owned(Owned::Real(value))),
        Value::String(value) => borrowed(value.as_ref().map(|text| ValueRef::Text(text.as_bytes()))),
        Value::Bytes(value) => borrowed(value.as_ref().map(|bytes| ValueRef::Blob(bytes))),
        Value::Uuid(value) => borrowed(value.as_ref().map(|uuid| ValueRef::Blob(uuid.as_bytes()))),
        Value::ChronoDateTimeUtc(value) => {
            value.map_or(null, |instant| text(instant.to_rfc3339_opts(SecondsFormat::AutoSi, false)))
        }
        _ => return None,
    })
}

fn borrowed(value: Option<ValueRef<'_>>) -> ToSqlOutput<'_> {
    ToSqlOutput::Borrowed(value.unwrap_or(ValueRef::Null))
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use sea_orm::{
        ConnectionTrait as _,
        sea_query::{Expr, Query},
    };
    use tempfile::TempDir;
    use uuid::Uuid;

    use super::*;
    use crate::{
        database::{Database, DatabaseConfig},
        direct::Connection as _,
        placed::{self, row},
    };

    row! {
        #[derive(Debug, PartialEq)]
        struct Everything {
            id: Uuid,
            text: String,
            nothing: Option<String>,
            number: i64,
            small: i32,
            is_so: bool,
            at: DateTime<Utc>,
            kinds: String,
        }
    }

    async fn database(folder: &TempDir) -> Database {
        let url = format!("sqlite://{}", folder.path().join("a b.db").display());
        Database::open(&DatabaseConfig::new(url)).await.unwrap()
    }

    #[tokio::test]
    async fn values_come_and_go_as_over_the_pool() {
        let folder = TempDir::new().unwrap();
        let database = database(&folder).await;
        let id = Uuid::from_u128(7);
        let instants = ["2026-11-26T09:00:00Z", "1969-12-31T23:59:59.5Z", "2026-11-26T09:00:00.000001Z"];
        for at in instants.map(|text| text.parse::<DateTime<Utc>>().unwrap()) {
            let values = || {
                let at = Expr::val(at);
                [
                    id.into(),
                    "d\u{e9}j\u{e0}".into(),
                    Option::<String>::None.into(),
                    i64::MIN.into(),
                    (-3_i32).into(),
                    true.into(),
                    at,
                ]
            };
            let kinds = values().map(|value: Expr| Expr::cust_with_exprs("typeof(?)", [value]));
            let select = Query::select()
                .exprs(values())
                .expr(Expr::cust_with_exprs("? || ? || ? || ? || ? || ? || ?", kinds))
                .take();
            let here: Vec<Everything> = placed::all(&database, &select).await.unwrap();
            let pooled: Vec<Everything> = placed::all(&database.pool, &select).await.unwrap();
            assert_eq!(here, pooled);
            let statement = database.get_database_backend().build(&select);
            let direct = database.direct().unwrap().rows::<Everything>(&statement).await.unwrap();
            assert_eq!(direct.as_ref(), Some(&pooled), "it was not read here");
            let kinds = "blobtextnullintegerintegerintegertext".to_owned();
            let text = "d\u{e9}j\u{e0}".to_owned();
            let read = Everything { id, text, nothing: None, number: i64::MIN, small: -3, is_so: true, at, kinds };
            assert_eq!(pooled, [read]);
        }
    }

    #[tokio::test]
    async fn what_is_long_or_fails_is_left_to_the_pool() {
        let folder = TempDir::new().unwrap();
        let database = database(&folder).await;
        let direct = database.direct().unwrap();
        let count = |to: u32| {
            let sql = format!(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {to}) SELECT max(i) FROM n"
            );
            Statement::from_string(database.get_database_backend(), sql)
        };
        let rows = async |statement: Statement| direct.rows::<placed::Single<i64>>(&statement).await.unwrap();
        assert_eq!(rows(count(10)).await.map(|rows| rows.len()), Some(1));
        assert!(rows(count(10_000_000)).await.is_none(), "it held up the thread");
        assert_eq!(rows(count(10)).await.map(|rows| rows.len()), Some(1), "the next one is read");
        let wrong = Statement::from_string(database.get_database_backend(), "SELECT no_such_function()");
        assert!(rows(wrong).await.is_none());
        let write = Statement::from_string(database.get_database_backend(), "CREATE TABLE t (i)");
        assert!(rows(write).await.is_none(), "nothing is written here");
        direct.close();
        assert!(rows(count(10)).await.is_none());
    }

    #[tokio::test]
    async fn a_commit_is_seen_at_once() {
        let folder = TempDir::new().unwrap();
        let database = database(&folder).await;
        database.execute_unprepared("CREATE TABLE t (i INTEGER)").await.unwrap();
        let all = Query::select().expr(Expr::cust("count(*)")).from("t").take();
        for count in 0_i64..5 {
            let rows: Vec<placed::Single<i64>> = placed::all(&database, &all).await.unwrap();
            assert_eq!(rows.first().map(|placed::Single(rows)| *rows), Some(count));
            database.execute_unprepared("INSERT INTO t VALUES (1)").await.unwrap();
        }
        database.close().await.unwrap();
        assert!(!folder.path().join("a b.db-wal").exists(), "the log is folded into the file");
    }
}
