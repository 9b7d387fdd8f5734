//! Reading settings by the type they are for, noting what is wrong and going on.

use std::{fmt::Display, ops::RangeInclusive, str::FromStr, time::Duration};

use super::{
    given::Layers,
    problem::{ConfigError, Origin, Problem},
};

/// Reads settings from their layers.
pub(crate) struct Reader<'a> {
    layers: &'a Layers,
    problems: Vec<Problem>,
    #[cfg(test)]
    pub(crate) names: Vec<&'static str>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(layers: &'a Layers) -> Self {
        Self {
            layers,
            problems: Vec::new(),
            #[cfg(test)]
            names: Vec::new(),
        }
    }

    /// Puts a setting into its place, when it has a value. What is wrong with it follows its name and value:
    /// `is not a number`.
    pub(crate) fn value<T>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, String>,
        place: &mut T,
    ) {
        self.note(name);
        let Some(given) = self.layers.get(name) else { return };
        match parse(&given.text) {
            Ok(value) => *place = value,
            Err(wrong) => {
                let what = format!("{name}: `{}` {wrong}", given.text);
                self.problems.push(Problem { origin: given.origin.clone(), what });
            }
        }
    }

    /// Hands a setting over that must never be shown.
    pub(crate) fn secret(&mut self, name: &'static str, take: impl FnOnce(&str) -> Result<(), String>) {
        self.note(name);
        let Some(given) = self.layers.get(name) else { return };
        if let Err(wrong) = take(&given.text) {
            self.problems.push(Problem { origin: given.origin.clone(), what: format!("{name} {wrong}") });
        }
    }

    /// Puts a number within a range into its place.
    pub(crate) fn number<T>(&mut self, name: &'static str, range: RangeInclusive<T>, place: &mut T)
    where
        T: FromStr + PartialOrd + Display,
    {
        let within = |text: &str| {
            text.parse()
                .ok()
                .filter(|number| range.contains(number))
                .ok_or_else(|| format!("is not a whole number from {} to {}", range.start(), range.end()))
        };
        self.value(name, within, place);
    }

    /// Notes what is wrong with a setting beside others.
    pub(crate) fn wrong(&mut self, name: &'static str, what: &str) {
        let origin = self.layers.get(name).map_or(Origin::Default, |given| given.origin.clone());
        self.problems.push(Problem { origin, what: format!("{name} {what}") });
    }

    /// The value when nothing is wrong.
    ///
    /// # Errors
    /// Everything that is.
    pub(crate) fn finish<T>(self, value: Option<T>) -> Result<T, ConfigError> {
        match value {
            Some(value) if self.problems.is_empty() => Ok(value),
            _ => Err(ConfigError(self.problems)),
        }
    }

    #[cfg(test)]
    fn note(&mut self, name: &'static str) {
        self.names.push(name);
    }

    #[cfg(not(test))]
    #[expect(clippy::unused_self, reason = "its test twin uses it")]
    fn note(&mut self, _name: &'static str) {}
}

/// A text by its type.
pub(crate) fn parsed<T: FromStr<Err: Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|wrong: T::Err| format!("is wrong: {wrong}"))
}

/// The parts of a list with commas.
pub(crate) fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty())
}

/// A time in milliseconds, at least one, at most a day.
pub(crate) fn milliseconds(text: &str) -> Result<Duration, String> {
    text.parse()
        .ok()
        .filter(|ms| (1..=86_400_000).contains(ms))
        .map(Duration::from_millis)
        .ok_or_else(|| "is not a whole number of milliseconds from 1 to 86400000".to_owned())
}
