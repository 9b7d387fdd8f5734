//! Rows of many columns, read by the place of the columns.
//!
//! The ORM finds each value by name, which for wide rows costs more than the database does. Here a row is read from left
//! to right, straight from the driver. The select must give the columns in the order of the row, as `Entity::find()` does.
//!
//! On SQLite the driver takes each row over from the database's thread by itself, so there the rows of a select come as
//! one value: a JSON text that the database writes and that is read in one go. Rows with long texts, of which there are
//! few, do not gain by that.

mod value;

use std::{fmt::Write as _, marker::PhantomData};

use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, QueryResult, RuntimeErr,
    sea_query::SelectStatement,
    sqlx::{Row as _, postgres::PgRow, sqlite::SqliteRow},
};
use serde::de::{Deserialize, Deserializer, Error as _, SeqAccess, Visitor};

pub(crate) use self::value::{Value, Written};
use crate::error::StoreResult;

/// What a row, or a part of one, is read into.
pub(crate) trait Row: Sized {
    /// How its columns are written where they come as JSON.
    fn written(columns: &mut Vec<Written>);

    /// Takes its columns off the row.
    fn read<C: Columns>(columns: &mut C) -> Result<Self, C::Error>;
}

impl<A: Row, B: Row> Row for (A, B) {
    fn written(columns: &mut Vec<Written>) {
        A::written(columns);
        B::written(columns);
    }

    fn read<C: Columns>(columns: &mut C) -> Result<Self, C::Error> {
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
            fn written(columns: &mut Vec<$crate::placed::Written>) {
                columns.extend([$(<$type as $crate::placed::Value>::WRITTEN),+]);
            }

            fn read<C: $crate::placed::Columns>(columns: &mut C) -> Result<Self, C::Error> {
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
    fn written(columns: &mut Vec<Written>) {
        columns.push(T::WRITTEN);
    }

    fn read<C: Columns>(columns: &mut C) -> Result<Self, C::Error> {
        columns.take().map(Self)
    }
}

/// The columns of a row that were not read yet.
pub(crate) trait Columns {
    /// Why a column cannot be read.
    type Error;

    /// The next column.
    fn take<T: Value>(&mut self) -> Result<T, Self::Error>;
}

/// The rows of a select that gives the columns of `R` and no others.
pub(crate) async fn all<R: Row>(connection: &impl ConnectionTrait, select: &SelectStatement) -> StoreResult<Vec<R>> {
    match connection.get_database_backend() {
        DbBackend::Sqlite => packed(connection, select).await,
        _ => long(connection, select).await,
    }
}

/// As [`all`], for rows with long texts.
pub(crate) async fn long<R: Row>(connection: &impl ConnectionTrait, select: &SelectStatement) -> StoreResult<Vec<R>> {
    let rows = connection.query_all(select).await?;
    let read = |row: &QueryResult| match (row.try_as_sqlite_row(), row.try_as_pg_row()) {
        (Some(row), _) => R::read(&mut Places { row: AnyRow::Sqlite(row), next: 0 }),
        (None, Some(row)) => R::read(&mut Places { row: AnyRow::Postgres(row), next: 0 }),
        (None, None) => Err(unknown("a row of no engine we know")),
    };
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

/// The first row of a select that gives the columns of `R` and no others.
pub(crate) async fn one<R: Row>(
    connection: &impl ConnectionTrait,
    mut select: SelectStatement,
) -> StoreResult<Option<R>> {
    Ok(long(connection, select.limit(1)).await?.pop())
}

/// All rows as one value.
async fn packed<R: Row>(connection: &impl ConnectionTrait, select: &SelectStatement) -> StoreResult<Vec<R>> {
    let mut statement = DbBackend::Sqlite.build(select);
    statement.sql = packing::<R>(&statement.sql);
    let row = connection.query_one_raw(statement).await?.ok_or_else(|| unknown("an aggregate without a row"))?;
    let row = row.try_as_sqlite_row().ok_or_else(|| unknown("a row of no engine we know"))?;
    let text: &str = row.try_get(0).map_err(|error| DbErr::Query(RuntimeErr::SqlxError(error.into())))?;
    let rows: Vec<Packed<R>> = serde_json::from_str(text).map_err(|error| DbErr::Json(error.to_string()))?;
    Ok(rows.into_iter().map(|Packed(row)| row).collect())
}

/// `with r (c0, c1…) as (…) select json_group_array(json_array(c0, hex(c1)…)) from r`: SQLite feeds the rows to the
/// aggregate in the order of the select within.
fn packing<R: Row>(select: &str) -> String {
    let mut columns = Vec::new();
    R::written(&mut columns);
    let (mut names, mut values) = (String::new(), String::new());
    for (place, written) in columns.into_iter().enumerate() {
        let comma = if place == 0 { "" } else { ", " };
        let value = match written {
            Written::Plain => write!(values, "{comma}c{place}"),
            Written::Hex => write!(values, "{comma}hex(c{place})"),
        };
        // Writing to a string does not fail.
        let _ = value.and_then(|()| write!(names, "{comma}c{place}"));
    }
    format!("WITH r ({names}) AS ({select}) SELECT json_group_array(json_array({values})) FROM r")
}

fn unknown(what: &str) -> DbErr {
    DbErr::Type(what.to_owned())
}

/// The columns of a row of the driver.
struct Places<'r> {
    row: AnyRow<'r>,
    next: usize,
}

enum AnyRow<'r> {
    Sqlite(&'r SqliteRow),
    Postgres(&'r PgRow),
}

impl Columns for Places<'_> {
    type Error = DbErr;

    fn take<T: Value>(&mut self) -> Result<T, DbErr> {
        let place = self.next;
        self.next += 1;
        // Unchecked: whether a column is of its type in the schema is not asked anew for every value.
        let value = match self.row {
            AnyRow::Sqlite(row) => row.try_get_unchecked(place),
            AnyRow::Postgres(row) => row.try_get_unchecked(place),
        };
        value.map_err(|error| DbErr::Query(RuntimeErr::SqlxError(error.into())))
    }
}

/// The columns of a row that came as a JSON array.
struct Elements<'de, A> {
    array: A,
    lifetime: PhantomData<&'de ()>,
}

impl<'de, A: SeqAccess<'de>> Columns for Elements<'de, A> {
    type Error = A::Error;

    fn take<T: Value>(&mut self) -> Result<T, A::Error> {
        T::next_of(&mut self.array)?.ok_or_else(|| A::Error::custom("a row with too few columns"))
    }
}

/// A row that is read from a JSON array.
struct Packed<R>(R);

impl<'de, R: Row> Deserialize<'de> for Packed<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Array<R>(PhantomData<R>);

        impl<'de, R: Row> Visitor<'de> for Array<R> {
            type Value = R;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("the columns of a row")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, array: A) -> Result<R, A::Error> {
                R::read(&mut Elements { array, lifetime: PhantomData })
            }
        }

        deserializer.deserialize_seq(Array(PhantomData)).map(Self)
    }
}
