//! Dates as people write them in notes: a year, a month of a year, or a day.

use chrono::{Datelike, NaiveDate};

/// A date of which the day, or the day and the month, may be unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartialDate {
    /// The year, 1400 to 2199.
    pub year: i32,
    /// The month, 1 to 12.
    pub month: Option<u32>,
    /// The day; never without the month.
    pub day: Option<u32>,
}

/// The names of months in French, English, Haitian Creole and Spanish; any beginning of three letters will do.
const MONTHS: [&[&str]; 12] = [
    &["janvier", "january", "janvye", "enero"],
    &["février", "fevrier", "february", "fevriye", "febrero"],
    &["mars", "march", "mas", "marzo"],
    &["avril", "april", "abril"],
    &["mai", "may", "me", "mayo"],
    &["juin", "june", "jen", "junio"],
    &["juillet", "july", "jiyè", "jiye", "julio"],
    &["août", "aout", "august", "out", "agosto"],
    &["septembre", "september", "septanm", "septiembre"],
    &["octobre", "october", "oktòb", "oktob", "octubre"],
    &["novembre", "november", "novanm", "noviembre"],
    &["décembre", "decembre", "december", "desanm", "diciembre"],
];

impl PartialDate {
    /// Reads a text that is nothing but a date: `2019`, `mai 2019`, `12 mai 2019`, `May 12, 2019`, `2019-05-12`,
    /// `12/05/2019` (the day comes first unless it cannot). Brackets around it do not matter.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_matches(|c: char| matches!(c, '(' | ')' | ',' | '.' | ';'));
        if text.is_empty() || text.len() > 60 {
            return None;
        }
        let words: Vec<String> = text
            .split(|c: char| c.is_whitespace() || matches!(c, ',' | '/' | '-' | '–' | '.'))
            .map(|word| word.trim_matches(['(', ')']).to_lowercase())
            .filter(|word| !word.is_empty() && !is_filler(word))
            .collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            [year] => Self::of(year_of(year)?, None, None),
            [month, year] if month_of(month).is_some() => Self::of(year_of(year)?, month_of(month), None),
            [year, month] if year_of(year).is_some() => {
                Self::of(year_of(year)?, Some(month_of(month).or_else(|| month_number(month))?), None)
            }
            [month, year] => Self::of(year_of(year)?, Some(month_number(month)?), None),
            [year, month, day] if year_of(year).is_some() => {
                Self::of(year_of(year)?, Some(month_of(month).or_else(|| month_number(month))?), Some(day_of(day)?))
            }
            [first, second, year] => Self::of_three(first, second, year_of(year)?),
            _ => None,
        }
    }

    fn of_three(first: &str, second: &str, year: i32) -> Option<Self> {
        if let Some(month) = month_of(second) {
            return Self::of(year, Some(month), Some(day_of(first)?));
        }
        if let Some(month) = month_of(first) {
            return Self::of(year, Some(month), Some(day_of(second)?));
        }
        let day_first = month_number(second).and_then(|month| Self::of(year, Some(month), Some(day_of(first)?)));
        day_first.or_else(|| Self::of(year, Some(month_number(first)?), Some(day_of(second)?)))
    }

    /// Refuses what no calendar has.
    fn of(year: i32, month: Option<u32>, day: Option<u32>) -> Option<Self> {
        let date = NaiveDate::from_ymd_opt(year, month.unwrap_or(1), day.unwrap_or(1))?;
        Some(Self { year: date.year(), month, day: month.and(day) })
    }
}

impl std::fmt::Display for PartialDate {
    /// ISO 8601: `2019`, `2019-05` or `2019-05-12`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
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

/// Words around a date that say nothing: weekdays, articles.
fn is_filler(word: &str) -> bool {
    const FILLERS: [&str; 24] = [
        "le",
        "du",
        "de",
        "the",
        "of",
        "on",
        "lundi",
        "mardi",
        "mercredi",
        "jeudi",
        "vendredi",
        "samedi",
        "dimanche",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "publié",
        "published",
        "paru",
        "del",
    ];
    FILLERS.contains(&word)
}

fn year_of(word: &str) -> Option<i32> {
    let year: i32 = word.parse().ok().filter(|_| word.len() == 4)?;
    (1400..2200).contains(&year).then_some(year)
}

fn month_of(word: &str) -> Option<u32> {
    let is_word = word.chars().all(char::is_alphabetic);
    let fits = |name: &str| name == word || (word.chars().count() >= 3 && name.starts_with(word));
    let index = MONTHS.iter().position(|names| is_word && names.iter().any(|name| fits(name)))?;
    u32::try_from(index + 1).ok()
}

fn month_number(word: &str) -> Option<u32> {
    word.parse().ok().filter(|month| word.len() <= 2 && (1..=12).contains(month))
}

fn day_of(word: &str) -> Option<u32> {
    let digits = ["er", "st", "nd", "rd", "th"].iter().find_map(|ending| word.strip_suffix(ending)).unwrap_or(word);
    digits.parse().ok().filter(|day| digits.len() <= 2 && (1..=31).contains(day))
}

#[cfg(test)]
mod tests {
    use super::PartialDate;

    fn iso(text: &str) -> String {
        PartialDate::parse(text).map_or_else(|| "none".to_owned(), |date| date.to_string())
    }

    #[test]
    fn dates_are_read_in_four_languages_and_three_precisions() {
        for (text, expected) in [
            ("2019", "2019"),
            ("(2019)", "2019"),
            ("mai 2019", "2019-05"),
            ("12 mai 2019", "2019-05-12"),
            ("le 1er août 2020", "2020-08-01"),
            ("May 12, 2019", "2019-05-12"),
            ("12 janv. 2021", "2021-01-12"),
            ("samedi 3 février 2018", "2018-02-03"),
            ("3 jiyè 2017", "2017-07-03"),
            ("14 out 2016", "2016-08-14"),
            ("2 me 2015", "2015-05-02"),
            ("12 de", "none"),
            ("2019-05-12", "2019-05-12"),
            ("12/05/2019", "2019-05-12"),
            ("05/31/2019", "2019-05-31"),
            ("2019, May 12", "2019-05-12"),
            ("05/2019", "2019-05"),
        ] {
            assert_eq!(iso(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "1234567",
            "31 février 2019",
            "Le Monde",
            "page 12",
            "12",
            "13/13/2019",
            "0999",
            "mercure 2019",
            "Marseille 2019",
            "Mardi gras 2019",
        ] {
            assert_eq!(iso(text), "none", "{text}");
        }
    }
}
