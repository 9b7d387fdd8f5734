//! PostgreSQL, read over connections that are kept from one read to the next.
//!
//! A kept connection that turns out to be dead, as after a restart of the database, costs its read a second try on another
//! one, and nobody an error.

use std::time::Duration;

use sea_orm::{
    ConnAcquireErr, DbErr, RuntimeErr, Statement,
    sea_query::Values,
    sqlx::{self, AssertSqlSafe, Connection as _, PgPool, Postgres, pool::PoolConnection, postgres::PgRow},
};
use sea_query_sqlx::SqlxValues;
use tokio::{sync::Semaphore, time::timeout};

use super::idle::Idle;
use crate::placed::{Columns, Row};

/// How many reads a connection is kept for. Then the pool decides whether it has lived for too long.
const READS_MAX: u32 = 10_000;

/// The states in which the server has ended the connection: an administrator's stop, a crash, a start that is not over.
const ENDED: [&str; 3] = ["57P01", "57P02", "57P03"];

/// The connections that are kept for reading.
pub(crate) struct Kept {
    pool: PgPool,
    idle: Idle<Reader>,
    places: Semaphore,
    patience: Duration,
}

struct Reader {
    connection: PoolConnection<Postgres>,
    reads: u32,
}

impl Kept {
    /// Keeps so many connections of a pool at most, and waits so long for one.
    pub(crate) fn new(pool: PgPool, most: usize, patience: Duration) -> Self {
        Self { pool, idle: Idle::new(None), places: Semaphore::new(most), patience }
    }

    /// The rows of a select.
    ///
    /// # Errors
    /// As the pool's.
    pub(crate) async fn rows<R: Row>(&self, statement: &Statement) -> Result<Vec<R>, DbErr> {
        let place = timeout(self.patience, self.places.acquire()).await;
        let _place = place.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))?;
        if let Some(reader) = self.idle.take_or(|| None) {
            match self.ask(reader, statement).await {
                Err(error) if is_lost(&error) => {}
                answer => return rows(answer),
            }
        }
        let reader = Reader { connection: self.alive().await.map_err(not_acquired)?, reads: 0 };
        rows(self.ask(reader, statement).await)
    }

    /// A connection of the pool that gives a sign of life.
    async fn alive(&self) -> sqlx::Result<PoolConnection<Postgres>> {
        loop {
            let mut connection = self.pool.acquire().await?;
            match connection.ping().await {
                Ok(()) => return Ok(connection),
                // It leaves the pool, so this comes to an end.
                Err(_) => connection.close_on_drop(),
            }
        }
    }

    async fn ask(&self, mut reader: Reader, statement: &Statement) -> sqlx::Result<Vec<PgRow>> {
        let values = SqlxValues(statement.values.clone().unwrap_or(Values(Vec::new())));
        let query = sqlx::query_with(AssertSqlSafe(statement.sql.as_str()), values);
        let answer = query.fetch_all(&mut *reader.connection).await;
        match &answer {
            Err(error) if is_lost(error) => reader.connection.close_on_drop(),
            _ => {
                reader.reads += 1;
                if reader.reads < READS_MAX {
                    self.idle.give_back(reader);
                }
            }
        }
        answer
    }

    /// Gives the connections back to the pool; from now on none is kept.
    pub(crate) fn close(&self) {
        self.idle.close();
    }
}

fn rows<R: Row>(answer: sqlx::Result<Vec<PgRow>>) -> Result<Vec<R>, DbErr> {
    let rows = answer.map_err(|error| DbErr::Query(RuntimeErr::SqlxError(error.into())))?;
    rows.iter().map(|row| R::read(&mut Columns::of_postgres(row))).collect()
}

fn not_acquired(error: sqlx::Error) -> DbErr {
    match error {
        sqlx::Error::PoolTimedOut => DbErr::ConnectionAcquire(ConnAcquireErr::Timeout),
        sqlx::Error::PoolClosed => DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed),
        other => DbErr::Conn(RuntimeErr::SqlxError(other.into())),
    }
}

/// Whether the connection is of no use any more.
fn is_lost(error: &sqlx::Error) -> bool {
    match error.as_database_error() {
        Some(refusal) => refusal.code().is_some_and(|code| ENDED.contains(&code.as_ref())),
        None => true,
    }
}
