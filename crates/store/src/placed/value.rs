//! The values of columns, from either engine.

use chrono::{DateTime, NaiveDate, Utc};
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
    if let Some(instant) = in_utc(text) {
        return Ok(instant);
    }
    let instant = DateTime::parse_from_rfc3339(text);
    instant.map(|instant| instant.to_utc()).map_err(|error| format!("`{text}` is no instant: {error}"))
}

/// An instant in the one form that is written here: in UTC, with or without parts of a second. Every row has some of them,
/// and reading them by their place takes a third of what reading any form takes.
fn in_utc(text: &str) -> Option<DateTime<Utc>> {
    let (seconds, parts) = text.strip_suffix("+00:00")?.split_at_checked(19)?;
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', i1, i2, b':', s1, s2] =
        *<&[u8; 19]>::try_from(seconds.as_bytes()).ok()?
    else {
        return None;
    };
    let day =
        NaiveDate::from_ymd_opt(number(&[y1, y2, y3, y4])?.try_into().ok()?, number(&[m1, m2])?, number(&[d1, d2])?)?;
    let nanoseconds = match parts.strip_prefix('.') {
        Some(digits) if (1..=9).contains(&digits.len()) => {
            number(digits.as_bytes())? * 10_u32.pow(9 - u32::try_from(digits.len()).ok()?)
        }
        None if parts.is_empty() => 0,
        _ => return None,
    };
    let time = day.and_hms_nano_opt(number(&[h1, h2])?, number(&[i1, i2])?, number(&[s1, s2])?, nanoseconds)?;
    Some(time.and_utc())
}

/// The number that at most nine digits write.
fn number(digits: &[u8]) -> Option<u32> {
    let next = |number: u32, digit: &u8| digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0'));
    digits.iter().try_fold(0, next)
}

fn unfit(wanted: &str, value: &ValueRef<'_>) -> String {
    format!("{wanted} was expected, not {}", value.data_type())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_the_form_that_is_written_here_is_read_by_place() {
        let others = [
            "",
            "+00:00",
            "2026-11-26",
            "2026-11-26T09:00:00",
            "2026-11-26T09:00:00Z",
            "2026-11-26T09:00:00+01:00",
            "2026-11-26 09:00:00+00:00",
            "2026-11-26T09:00:00.+00:00",
            "2026-11-26T09:00:00.1234567890+00:00",
            "2026-11-26T09:00:00,5+00:00",
            "2026-11-26T09:00:60+00:00",
            "2026-11-26T24:00:00+00:00",
            "2026-02-29T09:00:00+00:00",
            "2026-1\u{2f}-26T09:00:00+00:00",
            "+026-11-26T09:00:00+00:00",
            "2026-11-26T09:00:0\u{e9}+00:00",
        ];
        for text in others {
            assert_eq!(in_utc(text), None, "{text}");
        }
        assert!(instant("2026-11-26T09:00:00Z").is_ok());
        assert!(instant("2026-11-26").unwrap_err().contains("`2026-11-26`"));
    }

    proptest! {
        #[test]
        fn it_is_read_as_any_form_is(seconds in -62_135_596_800_i64..253_402_300_800, nanoseconds in 0_u32..1_000_000_000, places in 0_u32..=9) {
            let unit = 10_u32.pow(9 - places);
            let written = DateTime::from_timestamp(seconds, nanoseconds / unit * unit).unwrap();
            let text = written.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, false);
            prop_assert_eq!(in_utc(&text), Some(written));
            prop_assert_eq!(DateTime::parse_from_rfc3339(&text).unwrap().to_utc(), written);
        }
    }
}
