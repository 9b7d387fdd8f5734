//! The values of columns, from either engine.

use chrono::{DateTime, Utc};
use rusqlite::types::ValueRef;
use sea_orm::{
    prelude::Json,
    sqlx::{Decode, Postgres, Sqlite, Type},
};
use uuid::Uuid;

/// What stands in one column. The drivers read most of it; what SQLite itself holds is read here.
pub(crate) trait Value:
    for<'r> Decode<'r, Postgres> + Type<Postgres> + for<'r> Decode<'r, Sqlite> + Type<Sqlite>
{
    /// Reads what SQLite holds.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    fn of(value: ValueRef<'_>) -> Result<Self, String>;
}

/// Declares how each type is read; with it, that it may be missing.
macro_rules! values {
    ($($type:ty, $read:expr;)+) => {
        $(
            impl Value for $type {
                fn of(value: ValueRef<'_>) -> Result<Self, String> {
                    $read(value)
                }
            }

            impl Value for Option<$type> {
                fn of(value: ValueRef<'_>) -> Result<Self, String> {
                    match value {
                        ValueRef::Null => Ok(None),
                        value => <$type as Value>::of(value).map(Some),
                    }
                }
            }
        )+
    };
}

values! {
    String, |value| text(value).map(str::to_owned);
    i32, |value| whole(value).and_then(|number| i32::try_from(number).map_err(|error| error.to_string()));
    i64, whole;
    bool, |value| whole(value).map(|number| number != 0);
    Uuid, |value| match value {
        ValueRef::Blob(bytes) => Uuid::from_slice(bytes).map_err(|error| error.to_string()),
        other => Err(unfit("an id", &other)),
    };
    DateTime<Utc>, |value| text(value).and_then(instant);
    Json, |value| serde_json::from_str(text(value)?).map_err(|error| error.to_string());
}

fn text(value: ValueRef<'_>) -> Result<&str, String> {
    match value {
        ValueRef::Text(text) => str::from_utf8(text).map_err(|error| error.to_string()),
        other => Err(unfit("a text", &other)),
    }
}

fn whole(value: ValueRef<'_>) -> Result<i64, String> {
    match value {
        ValueRef::Integer(number) => Ok(number),
        other => Err(unfit("a number", &other)),
    }
}

fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    let instant = DateTime::parse_from_rfc3339(text);
    instant.map(|instant| instant.to_utc()).map_err(|error| format!("`{text}` is no instant: {error}"))
}

fn unfit(wanted: &str, value: &ValueRef<'_>) -> String {
    format!("{wanted} was expected, not {}", value.data_type())
}
