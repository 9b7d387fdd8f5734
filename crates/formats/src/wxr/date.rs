//! Dates as exports write them, and the rule that turns three half-reliable dates into one instant.
//!
//! WordPress writes the local time of the site, the same in UTC (zero for drafts) and an RFC 822 date (the
//! epoch, or 30 November of the year -1, for drafts). No site has one fixed offset: summer time and moved
//! servers leave several in one file, so an offset is used only where nothing better is known.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, TimeDelta, Utc};

/// Where the instant of an item comes from, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DateSource {
    /// `wp:post_date_gmt`.
    Gmt,
    /// `pubDate`.
    PubDate,
    /// `wp:post_date`, minus the offset most items of the file have.
    LocalOffset,
}

impl DateSource {
    /// The word used in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gmt => "gmt",
            Self::PubDate => "pubDate",
            Self::LocalOffset => "local-offset",
        }
    }
}

/// The dates of one item or comment, as far as they are real.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WxrDates {
    /// The wall clock of the site.
    pub local: Option<NaiveDateTime>,
    /// The same in UTC.
    pub gmt: Option<NaiveDateTime>,
    /// The date of the feed, in UTC.
    pub published: Option<NaiveDateTime>,
}

impl WxrDates {
    /// The instant, by the first rule that applies.
    #[must_use]
    pub fn utc(&self, usual: UtcOffset) -> Option<(DateTime<Utc>, DateSource)> {
        let local = self.local.and_then(|date| usual.to_utc(date));
        let found = self
            .gmt
            .map(|date| (date, DateSource::Gmt))
            .or_else(|| self.published.map(|date| (date, DateSource::PubDate)))
            .or_else(|| local.map(|date| (date, DateSource::LocalOffset)));
        found.map(|(date, source)| (date.and_utc(), source))
    }

    /// How far the wall clock was from UTC, in minutes.
    #[must_use]
    pub fn offset(&self) -> Option<UtcOffset> {
        let minutes = (self.local? - self.gmt?).num_seconds().div_euclid(60);
        i32::try_from(minutes).ok().map(UtcOffset)
    }
}

/// A distance from UTC, in minutes; east is positive.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UtcOffset(i32);

impl UtcOffset {
    /// An offset of this many minutes.
    #[must_use]
    pub fn from_minutes(minutes: i32) -> Self {
        Self(minutes)
    }

    /// The minutes east of UTC.
    #[must_use]
    pub fn minutes(self) -> i32 {
        self.0
    }

    fn to_utc(self, local: NaiveDateTime) -> Option<NaiveDateTime> {
        local.checked_sub_signed(TimeDelta::minutes(i64::from(self.0)))
    }
}

/// Counts offsets while a file is read and knows the usual one.
#[derive(Debug, Clone, Default)]
pub(super) struct Offsets {
    /// How often, and which was seen first: the earliest wins a tie.
    counts: BTreeMap<UtcOffset, (u64, usize)>,
}

impl Offsets {
    pub(super) fn add(&mut self, offset: UtcOffset) {
        let next = self.counts.len();
        // A hostile file may hold a different offset per item; a thousand are more than the world has.
        if next < 1_000 || self.counts.contains_key(&offset) {
            self.counts.entry(offset).or_insert((0, next)).0 += 1;
        }
    }

    pub(super) fn usual(&self) -> UtcOffset {
        let best = self.counts.iter().max_by_key(|(_, (count, order))| (*count, std::cmp::Reverse(*order)));
        best.map(|(offset, _)| *offset).unwrap_or_default()
    }

    pub(super) fn into_counts(self) -> BTreeMap<UtcOffset, u64> {
        self.counts.into_iter().map(|(offset, (count, _))| (offset, count)).collect()
    }
}

/// A date as WordPress keeps it: `2011-01-18 07:40:14`; `None` for zeros and for anything else.
#[must_use]
pub fn parse_wordpress_date(text: &str) -> Option<NaiveDateTime> {
    let text = text.trim();
    let shape = "dddd-dd-dd dd:dd:dd";
    let fits = text.len() == shape.len()
        && text.bytes().zip(shape.bytes()).all(|(byte, want)| match want {
            b'd' => byte.is_ascii_digit(),
            b' ' => byte == b' ' || byte == b'T',
            other => byte == other,
        });
    if !fits || text.starts_with("0000") {
        return None;
    }
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).map(|part| part.parse::<u32>().ok());
    let mut next = || numbers.next().flatten();
    let date = NaiveDate::from_ymd_opt(i32::try_from(next()?).ok()?, next()?, next()?)?;
    date.and_hms_opt(next()?, next()?, next()?)
}

/// A date as feeds write it (RFC 822 and its relatives, or RFC 3339), in UTC; `None` up to 1970, as drafts carry the epoch.
#[must_use]
pub fn parse_feed_date(text: &str) -> Option<NaiveDateTime> {
    let text = text.trim();
    if text.is_empty() || text.len() > 100 || text.contains("-0001") {
        return None;
    }
    let utc = DateTime::parse_from_rfc3339(text).map(|date| date.naive_utc()).ok().or_else(|| parse_rfc_822(text))?;
    (utc.year() > 1970).then_some(utc)
}

fn parse_rfc_822(text: &str) -> Option<NaiveDateTime> {
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty()).collect();
    let words = match words.split_first() {
        Some((first, rest)) if is_weekday(first) => rest,
        _ => words.as_slice(),
    };
    let (day, month, year, rest) = match words {
        [date, rest @ ..] if date.matches('-').count() == 2 => {
            let mut parts = date.split('-');
            (parts.next()?, parts.next()?, parts.next()?, rest)
        }
        [day, month, year, rest @ ..] => (*day, *month, *year, rest),
        _ => return None,
    };
    let (day, month) = if month_number(month).is_some() { (day, month) } else { (month, day) };
    let (clock, zone) = match rest {
        // A day without a time is no instant; the other dates of the item are better.
        [] => return None,
        [clock] => (*clock, "UT"),
        [clock, zone, ..] => (*clock, *zone),
    };
    // C writes the clock before the year: `Tue Jan 18 07:40:14 2011`.
    let (year, clock, zone) = if year.contains(':') { (clock, year, "UT") } else { (year, clock, zone) };
    let date = NaiveDate::from_ymd_opt(full_year(year)?, month_number(month)?, day.parse().ok()?)?;
    let mut parts = clock.split([':', '.']).map(|part| part.parse::<u32>().ok());
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().unwrap_or(Some(0))?;
    let local = date.and_hms_opt(hour, minute, second)?;
    local.checked_sub_signed(TimeDelta::seconds(zone_seconds(zone)))
}

fn is_weekday(word: &str) -> bool {
    let start: String = word.chars().take(3).collect::<String>().to_ascii_lowercase();
    matches!(start.as_str(), "mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")
}

fn month_number(word: &str) -> Option<u32> {
    let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let start: String = word.chars().take(3).collect::<String>().to_ascii_lowercase();
    let index = months.iter().position(|month| *month == start)?;
    u32::try_from(index + 1).ok()
}

/// Two-digit years follow RFC 2822 and POSIX: up to 68 is this century.
fn full_year(word: &str) -> Option<i32> {
    let year: i32 = word.parse().ok()?;
    Some(match year {
        0..=68 if word.len() <= 2 => year + 2000,
        69..=99 if word.len() <= 2 => year + 1900,
        _ => year,
    })
}

fn zone_seconds(zone: &str) -> i64 {
    let named = match zone.to_ascii_uppercase().as_str() {
        "AST" => Some(-4),
        "ADT" => Some(-3),
        "EST" => Some(-5),
        "EDT" => Some(-4),
        "CST" => Some(-6),
        "CDT" => Some(-5),
        "MST" => Some(-7),
        "MDT" => Some(-6),
        "PST" => Some(-8),
        "PDT" => Some(-7),
        _ => None,
    };
    if let Some(hours) = named {
        return hours * 3600;
    }
    let (sign, digits) = match (zone.strip_prefix('-'), zone.strip_prefix('+')) {
        (Some(digits), _) => (-1, digits),
        (_, Some(digits)) => (1, digits),
        _ => return 0,
    };
    match digits.replace(':', "").parse::<i64>() {
        Ok(number) if number < 10_000 => sign * ((number / 100) * 3600 + (number % 100) * 60),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(text: &str) -> String {
        parse_feed_date(text).map_or_else(|| "none".to_owned(), |date| date.to_string())
    }

    #[test]
    fn a_zero_date_is_no_date() {
        assert_eq!(parse_wordpress_date("0000-00-00 00:00:00"), None);
        assert_eq!(parse_wordpress_date("2011-02-30 00:00:00"), None);
        assert_eq!(parse_wordpress_date("2011-02-28"), None);
        assert_eq!(parse_wordpress_date("2011-02-28 25:00:00"), None);
        assert!(parse_wordpress_date(" 2011-02-28T23:00:59 ").is_some());
    }

    #[test]
    fn feed_dates_are_read_in_their_many_shapes() {
        assert_eq!(feed("Tue, 18 Jan 2011 07:40:14 +0000"), "2011-01-18 07:40:14");
        assert_eq!(feed("18 January 2011 07:40 -0500"), "2011-01-18 12:40:00");
        assert_eq!(feed("Mon, 18 Jan 11 07:40:14 EST"), "2011-01-18 12:40:14");
        assert_eq!(feed("Tuesday, 18-Jan-11 07:40:14 GMT"), "2011-01-18 07:40:14");
        assert_eq!(feed("Jan 18 2011 07:40:14 +02:00"), "2011-01-18 05:40:14");
        assert_eq!(feed("Tue Jan 18 07:40:14 2011"), "2011-01-18 07:40:14");
        assert_eq!(feed("2011-01-18T07:40:14+02:00"), "2011-01-18 05:40:14");
    }

    #[test]
    fn the_dates_that_drafts_carry_are_no_dates() {
        assert_eq!(feed("Thu, 01 Jan 1970 00:00:00 +0000"), "none");
        assert_eq!(feed("1970-01-01T00:00:00Z"), "none");
        assert_eq!(feed("Mon, 30 Nov -0001 00:00:00 +0000"), "none");
        assert_eq!(feed(""), "none");
        assert_eq!(feed("yesterday"), "none");
        assert_eq!(feed("Tue, 31 Feb 2011 07:40:14 +0000"), "none");
    }

    #[test]
    fn the_best_date_wins_and_says_where_it_comes_from() {
        let local = parse_wordpress_date("2020-07-01 12:00:00");
        let gmt = parse_wordpress_date("2020-07-01 16:00:00");
        let published = parse_feed_date("Wed, 01 Jul 2020 17:00:00 +0000");
        let usual = UtcOffset::from_minutes(-300);
        let utc = |dates: WxrDates| dates.utc(usual).map(|(at, source)| (at.to_rfc3339(), source));
        let all = WxrDates { local, gmt, published };
        assert_eq!(utc(all), Some(("2020-07-01T16:00:00+00:00".to_owned(), DateSource::Gmt)));
        let all = WxrDates { gmt: None, ..all };
        assert_eq!(utc(all), Some(("2020-07-01T17:00:00+00:00".to_owned(), DateSource::PubDate)));
        let all = WxrDates { published: None, ..all };
        assert_eq!(utc(all), Some(("2020-07-01T17:00:00+00:00".to_owned(), DateSource::LocalOffset)));
        assert_eq!(utc(WxrDates::default()), None);
    }

    #[test]
    fn the_usual_offset_is_the_most_frequent_and_the_first_of_equals() {
        let mut offsets = Offsets::default();
        for minutes in [-300, -240, -240, -300, 60] {
            offsets.add(UtcOffset::from_minutes(minutes));
        }
        assert_eq!(offsets.usual().minutes(), -300);
        offsets.add(UtcOffset::from_minutes(-240));
        assert_eq!(offsets.usual().minutes(), -240);
    }
}
