//! The values of columns, from either engine.

use std::{fmt, marker::PhantomData};

use chrono::{DateTime, Utc};
use sea_orm::{
    prelude::Json,
    sqlx::{Decode, Postgres, Sqlite, Type},
};
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use uuid::Uuid;

/// How SQLite writes a value into JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    /// As it is: numbers and texts.
    Plain,
    /// Bytes, which JSON does not know, as hexadecimal digits; nothing at all as no digits.
    Hex,
}

/// What stands in one column.
pub(crate) trait Value:
    for<'r> Decode<'r, Postgres> + Type<Postgres> + for<'r> Decode<'r, Sqlite> + Type<Sqlite>
{
    /// How SQLite writes it into JSON.
    const WRITTEN: Written = Written::Plain;

    /// Takes it off a JSON array that SQLite wrote; nothing at the array's end.
    fn next_of<'de, A: SeqAccess<'de>>(array: &mut A) -> Result<Option<Self>, A::Error>;
}

/// Values that are the same in JSON.
macro_rules! as_it_is {
    ($($type:ty),+) => {
        $(impl Value for $type {
            fn next_of<'de, A: SeqAccess<'de>>(array: &mut A) -> Result<Option<Self>, A::Error> {
                array.next_element()
            }
        })+
    };
}

as_it_is!(String, Option<String>, i32, Option<i32>, i64, Option<i64>);

impl Value for bool {
    fn next_of<'de, A: SeqAccess<'de>>(array: &mut A) -> Result<Option<Self>, A::Error> {
        Ok(array.next_element::<i64>()?.map(|number| number != 0))
    }
}

/// Values that SQLite keeps as a text of their own, with what reads them.
macro_rules! spelled {
    ($($type:ty, $read:expr, $written:expr;)+) => {
        $(
            impl Spelled for $type {
                fn read(text: &str) -> Result<Self, String> {
                    $read(text)
                }
            }

            impl Value for $type {
                const WRITTEN: Written = $written;

                fn next_of<'de, A: SeqAccess<'de>>(array: &mut A) -> Result<Option<Self>, A::Error> {
                    match array.next_element()? {
                        Some(Text(Some(value))) => Ok(Some(value)),
                        Some(Text(None)) => Err(A::Error::custom("a value is missing")),
                        None => Ok(None),
                    }
                }
            }

            impl Value for Option<$type> {
                const WRITTEN: Written = $written;

                fn next_of<'de, A: SeqAccess<'de>>(array: &mut A) -> Result<Option<Self>, A::Error> {
                    Ok(array.next_element()?.map(|Text(value)| value))
                }
            }
        )+
    };
}

spelled! {
    Uuid, |text| Uuid::try_parse(text).map_err(|error| error.to_string()), Written::Hex;
    DateTime<Utc>, instant, Written::Plain;
    Json, |text| serde_json::from_str(text).map_err(|error| error.to_string()), Written::Plain;
}

fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    let instant = DateTime::parse_from_rfc3339(text);
    instant.map(|instant| instant.to_utc()).map_err(|error| format!("`{text}` is no instant: {error}"))
}

trait Spelled: Sized {
    fn read(text: &str) -> Result<Self, String>;
}

/// A value from its text. `null` and the empty text are none.
struct Text<T>(Option<T>);

impl<'de, T: Spelled> Deserialize<'de> for Text<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader<T>(PhantomData<T>);

        impl<T: Spelled> Visitor<'_> for Reader<T> {
            type Value = Option<T>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a text or null")
            }

            fn visit_unit<E: Error>(self) -> Result<Option<T>, E> {
                Ok(None)
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Option<T>, E> {
                if text.is_empty() { Ok(None) } else { T::read(text).map(Some).map_err(E::custom) }
            }
        }

        deserializer.deserialize_any(Reader(PhantomData)).map(Self)
    }
}
