//! Calendar dates that may lack a day or a month: `2026`, `2026-11`, `2026-11-23`. Sources are often dated so.

use std::{fmt, str::FromStr};

use chrono::NaiveDate;

use crate::violation::Violation;

/// A date of one of the three precisions; ISO 8601 calendar dates, years 1 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PartialDate {
    year: u16,
    month: Option<u8>,
    day: Option<u8>,
}

/// The text is none of the three forms, or no such day exists.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a date is written 2026, 2026-11 or 2026-11-23")]
pub struct PartialDateError;

impl FromStr for PartialDate {
    type Err = PartialDateError;

    fn from_str(text: &str) -> Result<Self, PartialDateError> {
        let mut parts = text.trim().split('-');
        let year = number(parts.next(), 4)?.ok_or(PartialDateError)?;
        let month = number(parts.next(), 2)?;
        let day = number(parts.next(), 2)?;
        if parts.next().is_some() {
            return Err(PartialDateError);
        }
        // Checking the first day of what is left open covers year and month as well.
        NaiveDate::from_ymd_opt(i32::from(year), u32::from(month.unwrap_or(1)), u32::from(day.unwrap_or(1)))
            .filter(|_| year > 0)
            .ok_or(PartialDateError)?;
        let small = |part: Option<u16>| part.map(u8::try_from).transpose().map_err(|_| PartialDateError);
        Ok(Self { year, month: small(month)?, day: small(day)? })
    }
}

fn number(part: Option<&str>, digits: usize) -> Result<Option<u16>, PartialDateError> {
    let Some(part) = part else { return Ok(None) };
    if part.len() != digits || !part.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(PartialDateError);
    }
    part.parse().map(Some).map_err(|_| PartialDateError)
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        if let Some(month) = self.month {
            write!(f, "-{month:02}")?;
        }
        if let Some(day) = self.day {
            write!(f, "-{day:02}")?;
        }
        Ok(())
    }
}

impl From<PartialDateError> for Violation {
    fn from(error: PartialDateError) -> Self {
        Self::invalid(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_forms_are_kept_as_given() {
        for text in ["2026", "2026-11", "2026-11-23", "0001-01-01"] {
            assert_eq!(text.parse::<PartialDate>().unwrap().to_string(), text);
        }
        for bad in ["", "26", "2026-13", "2026-02-30", "2026-1-1", "2026-11-23T00:00", "0000", "+026"] {
            assert_eq!(bad.parse::<PartialDate>(), Err(PartialDateError), "{bad}");
        }
    }
}
