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
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use chrono::SecondsFormat;
use rusqlite::{
    CachedStatement, Connection as Sqlite, OpenFlags,
    types::{ToSqlOutput, Value as Owned, ValueRef},
};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, Statement,
    sea_query::{Value, Values},
};

/// How many steps of the engine are counted at a time.
const STEPS: i32 = 1_000;

/// How many times so many steps a statement may take here: some milliseconds in all.
const TIMES_MAX: u32 = 100;

/// How many prepared statements each connection keeps.
pub(crate) const STATEMENTS: usize = 256;

/// What every connection that reads is told.
pub(crate) const PRAGMAS: [(&str, &str); 3] =
    [("temp_store", "memory"), ("mmap_size", "268435456"), ("cache_size", "-8192")];

/// What selects are asked of.
pub trait Connection: ConnectionTrait {
    /// Where selects are read on this thread; none where they are not.
    fn inline(&self) -> Option<&Inline> {
        None
    }
}

impl Connection for DatabaseConnection {}
impl Connection for DatabaseTransaction {}

/// The connections to one file, for reading.
pub struct Inline {
    file: PathBuf,
    /// Those that nobody uses; none at all once it is closed.
    idle: Mutex<Option<Vec<Reader>>>,
    note: OnceLock<Box<dyn Fn(&str) + Send + Sync>>,
}

struct Reader {
    sqlite: Sqlite,
    /// How often the running statement was counted.
    times: Arc<AtomicU32>,
}

impl Inline {
    pub(crate) fn new(file: &str) -> Self {
        Self { file: PathBuf::from(file), idle: Mutex::new(Some(Vec::new())), note: OnceLock::new() }
    }

    /// The rows of a select, when reading them is short work.
    pub(crate) fn rows<R, E>(
        &self,
        statement: &Statement,
        read: impl Fn(&rusqlite::Row<'_>) -> Result<R, E>,
    ) -> Option<Vec<R>> {
        let reader = self.take()?;
        let rows = reader.rows(statement, read);
        self.give_back(reader);
        if let (Some(note), true) = (self.note.get(), rows.is_some()) {
            note(&statement.sql);
        }
        rows
    }

    /// Calls a function with the text of each statement that was answered here.
    pub(crate) fn on_statement(&self, note: impl Fn(&str) + Send + Sync + 'static) {
        drop(self.note.set(Box::new(note)));
    }

    /// Closes every connection; from now on nothing is read here.
    pub(crate) fn close(&self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    fn take(&self) -> Option<Reader> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).as_mut()?.pop();
        idle.or_else(|| Reader::open(&self.file).ok())
    }

    fn give_back(&self, reader: Reader) {
        if let Some(idle) = &mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner) {
            idle.push(reader);
        }
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
        sqlite.set_prepared_statement_cache_capacity(STATEMENTS);
        let times = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&times);
        sqlite.progress_handler(STEPS, Some(move || counted.fetch_add(1, Ordering::Relaxed) >= TIMES_MAX))?;
        Ok(Self { sqlite, times })
    }

    fn rows<R, E>(&self, statement: &Statement, read: impl Fn(&rusqlite::Row<'_>) -> Result<R, E>) -> Option<Vec<R>> {
        self.times.store(0, Ordering::Relaxed);
        let mut prepared = self.sqlite.prepare_cached(&statement.sql).ok()?;
        if let Some(Values(values)) = &statement.values {
            bind(&mut prepared, values)?;
        }
        let (mut rows, mut found) = (prepared.raw_query(), Vec::new());
        while let Some(row) = rows.next().ok()? {
            found.push(read(row).ok()?);
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
