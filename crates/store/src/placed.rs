//! Rows of many columns, read by the place of the columns.
//!
//! The ORM finds each value by name, which for wide rows costs more than the database does. Here a row is read from left
//! to right, straight from the driver or the engine (see [`crate::direct`]). The select must give the columns in the
//! order of the row, as `Entity::find()` does.

mod value;

use sea_orm::{
    DbErr, EntityTrait, QueryResult, QueryTrait, RuntimeErr, Select,
    sea_query::SelectStatement,
    sqlx::{Row as _, postgres::PgRow, sqlite::SqliteRow},
};

pub(crate) use self::value::Value;
use crate::{direct::Connection, error::StoreResult, limit};

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

/// Declares a struct that is a row, or makes a row of one: its fields are the columns, in their order.
macro_rules! row {
    ($(#[$meta:meta])* $visible:vis struct $row:ident { $($column:ident: $type:ty),+ $(,)? }) => {
        $(#[$meta])*
        $visible struct $row { $($column: $type,)+ }

        $crate::placed::row!($row { $($column: $type,)+ });
    };
    ($row:ty { $($column:ident: $type:ty),+ $(,)? }) => {
        impl $crate::placed::Row for $row {
            fn read(columns: &mut $crate::placed::Columns<'_>) -> Result<Self, sea_orm::DbErr> {
                // Fields are evaluated in the order they are written in.
                Ok(Self { $($column: columns.take()?,)+ })
            }
        }
    };
}

pub(crate) use row;

/// A column that stands beside a model.
#[derive(Debug)]
pub(crate) struct Single<T>(pub(crate) T);

impl<T: Value> Row for Single<T> {
    fn read(columns: &mut Columns<'_>) -> Result<Self, DbErr> {
        columns.take().map(Self)
    }
}

/// The rows of a select that gives the columns of `R` and no others.
pub(crate) async fn all<R: Row>(connection: &impl Connection, select: &SelectStatement) -> StoreResult<Vec<R>> {
    let statement = limit::told(connection.get_database_backend().build(select));
    if let Some(direct) = connection.direct()
        && let Some(rows) = direct.rows(&statement).await?
    {
        return Ok(rows);
    }
    let rows = connection.query_all_raw(statement).await?;
    let read = |row: &QueryResult| match (row.try_as_sqlite_row(), row.try_as_pg_row()) {
        (Some(row), _) => R::read(&mut Columns { row: AnyRow::Driver(row), next: 0 }),
        (None, Some(row)) => R::read(&mut Columns::of_postgres(row)),
        (None, None) => Err(DbErr::Type("a row of no engine we know".to_owned())),
    };
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

/// The first row of a select that gives the columns of `R` and no others.
pub(crate) async fn one<R: Row>(connection: &impl Connection, mut select: SelectStatement) -> StoreResult<Option<R>> {
    Ok(all(connection, select.limit(1)).await?.pop())
}

/// Reading whole rows of a table, as `all` and `one` of the ORM do.
pub(crate) trait Rows {
    /// What is read.
    type Row;

    /// All rows.
    async fn rows(self, connection: &impl Connection) -> StoreResult<Vec<Self::Row>>;

    /// The first row.
    async fn row(self, connection: &impl Connection) -> StoreResult<Option<Self::Row>>;
}

impl<E: EntityTrait<Model: Row>> Rows for Select<E> {
    type Row = E::Model;

    async fn rows(self, connection: &impl Connection) -> StoreResult<Vec<Self::Row>> {
        all(connection, self.as_query()).await
    }

    async fn row(self, connection: &impl Connection) -> StoreResult<Option<Self::Row>> {
        one(connection, self.into_query()).await
    }
}

/// The columns of a row that were not read yet.
pub(crate) struct Columns<'r> {
    row: AnyRow<'r>,
    next: usize,
}

enum AnyRow<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Driver(&'r SqliteRow),
    Postgres(&'r PgRow),
}

impl<'r> Columns<'r> {
    /// Those of a row in SQLite's memory.
    pub(crate) fn of_sqlite(row: &'r rusqlite::Row<'r>) -> Self {
        Self { row: AnyRow::Sqlite(row), next: 0 }
    }

    /// Those of a row of PostgreSQL.
    pub(crate) fn of_postgres(row: &'r PgRow) -> Self {
        Self { row: AnyRow::Postgres(row), next: 0 }
    }

    /// The next column.
    pub(crate) fn take<T: Value>(&mut self) -> Result<T, DbErr> {
        let place = self.next;
        self.next += 1;
        // Unchecked: whether a column is of its type in the schema is not asked anew for every value.
        let value = match self.row {
            AnyRow::Sqlite(row) => {
                let value = row.get_ref(place).map_err(|error| DbErr::Type(error.to_string()))?;
                return T::of(value).map_err(DbErr::Type);
            }
            AnyRow::Driver(row) => row.try_get_unchecked(place),
            AnyRow::Postgres(row) => row.try_get_unchecked(place),
        };
        value.map_err(|error| DbErr::Query(RuntimeErr::SqlxError(error.into())))
    }
}
