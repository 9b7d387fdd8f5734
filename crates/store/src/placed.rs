//! Rows read by the place of their columns.
//!
//! The models that sea-orm derives look each column up by name and make an error of each NULL before they make `None` of
//! it. For what a page is made of that costs more than the database does. Here a row is read from left to right, straight
//! from the driver. The select must give the columns in the order of the row, as `Entity::find()` does.

use sea_orm::{
    DbErr, FromQueryResult, QueryResult, RuntimeErr,
    sqlx::{Decode, Postgres, Row as _, Sqlite, Type, postgres::PgRow, sqlite::SqliteRow},
};

use uuid::Uuid;

/// What a row, or a part of one, is read into.
pub(crate) trait Row: Sized {
    /// Takes its columns off the row.
    fn read(columns: &mut Columns<'_>) -> Result<Self, DbErr>;
}

impl<A: Row, B: Row> Row for (A, B) {
    fn read(columns: &mut Columns<'_>) -> Result<Self, DbErr> {
        Ok((A::read(columns)?, B::read(columns)?))
    }
}

/// Columns that stand beside a model.
macro_rules! single {
    ($($type:ty),+) => {
        $(impl Row for $type {
            fn read(columns: &mut Columns<'_>) -> Result<Self, DbErr> {
                columns.take()
            }
        })+
    };
}

single!(Uuid, Option<Uuid>, Option<String>);

/// A row of a select that gives the columns of `R` and no others: `select.into_model::<Placed<R>>()`.
pub(crate) struct Placed<R>(pub(crate) R);

impl<R: Row> FromQueryResult for Placed<R> {
    fn from_query_result(row: &QueryResult, _prefix: &str) -> Result<Self, DbErr> {
        let source = match (row.try_as_sqlite_row(), row.try_as_pg_row()) {
            (Some(row), _) => Source::Sqlite(row),
            (None, Some(row)) => Source::Postgres(row),
            (None, None) => return Err(DbErr::Type("a row of no engine we know".to_owned())),
        };
        R::read(&mut Columns { source, next: 0 }).map(Self)
    }
}

enum Source<'a> {
    Sqlite(&'a SqliteRow),
    Postgres(&'a PgRow),
}

/// The columns of a row that were not read yet.
pub(crate) struct Columns<'a> {
    source: Source<'a>,
    next: usize,
}

impl Columns<'_> {
    /// The next column.
    pub(crate) fn take<T>(&mut self) -> Result<T, DbErr>
    where
        T: for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres>,
    {
        let place = self.next;
        self.next += 1;
        let value = match self.source {
            Source::Sqlite(row) => row.try_get(place),
            Source::Postgres(row) => row.try_get(place),
        };
        value.map_err(|error| DbErr::Query(RuntimeErr::SqlxError(error.into())))
    }
}
