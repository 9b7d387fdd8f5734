//! Instants, cut to microseconds.
//!
//! PostgreSQL keeps no more than microseconds and SQLite would keep more, so an instant is cut before it is compared
//! or stored; then both engines answer alike.

use chrono::{DateTime, Datelike, SubsecRound, Utc};

/// An instant in UTC with microseconds. Values come from the injected clock, a row or [`parse`].
pub type Timestamp = DateTime<Utc>;

/// Why a text is not an instant we keep.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// Not RFC 3339 with an offset.
    #[error("a time is written as RFC 3339 with its offset, for example 2026-11-23T09:30:00-05:00")]
    Malformed,
    /// A year no engine keeps in a comparable form.
    #[error("the year must lie between 1 and 9999")]
    OutOfRange,
}

/// Cuts an instant to microseconds, towards the past.
#[must_use]
pub fn cut(instant: Timestamp) -> Timestamp {
    instant.trunc_subsecs(6)
}

/// Reads an RFC 3339 instant with any offset.
///
/// # Errors
/// [`TimeError`] when the text is malformed or the year lies outside 1 to 9999.
pub fn parse(text: &str) -> Result<Timestamp, TimeError> {
    let instant = DateTime::parse_from_rfc3339(text.trim()).map_err(|_| TimeError::Malformed)?.with_timezone(&Utc);
    if (1..=9999).contains(&instant.year()) { Ok(cut(instant)) } else { Err(TimeError::OutOfRange) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_offset_becomes_utc_with_microseconds() {
        assert_eq!(
            parse("2026-11-23T09:30:00.1234567-05:00").unwrap().to_rfc3339(),
            "2026-11-23T14:30:00.123456+00:00"
        );
        assert_eq!(parse("2026-11-23").unwrap_err(), TimeError::Malformed);
        assert_eq!(parse("0000-01-01T00:00:00Z").unwrap_err(), TimeError::OutOfRange);
    }
}
