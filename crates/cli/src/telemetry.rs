//! Logs, on standard error: for people on a terminal, as JSON for everything else.
//!
//! What a caller sent may stand in a log line. Control characters are written as escapes, so that no request can
//! forge a line or steer a terminal (RUSTSEC-2025-0055).

mod json;
mod lines;

use std::{
    fmt::{self, Write as _},
    io::{self, IsTerminal as _},
};

use tracing::field::Field;
use tracing_subscriber::{
    field::MakeExt as _,
    filter::{LevelFilter, Targets},
    fmt::format::{Writer, debug_fn},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

use self::{
    json::{JsonLine, SpanMembers},
    lines::Lines,
};
use crate::config::{LogConfig, LogFormat};

/// Of each statement there is a span, whose name lines at `info` do without: it costs more than some of them.
const STATEMENTS: &str = "masthead_store=warn";

/// The crates below us say at `info` what only their authors want to know.
const QUIET: &str = "sqlx=warn,sea_orm=warn,sea_orm_migration=warn,hyper=warn,html5ever=error";

/// Whether logs are written for people.
pub(crate) fn is_for_people(format: LogFormat) -> bool {
    match format {
        LogFormat::Text => true,
        LogFormat::Json => false,
        LogFormat::Auto => io::stderr().is_terminal(),
    }
}

/// Logging, until it is dropped: then what waits is written.
pub(crate) struct Log(Lines);

impl Log {
    /// Writes many lines at a time from now on. What was logged before stands written, so it comes before whatever is told next.
    pub(crate) fn gather(&self) {
        self.0.gather();
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.0.flush();
    }
}

/// Starts logging. A second start does nothing.
pub(crate) fn start(config: &LogConfig) -> Log {
    let lines = Lines::default();
    let registry = tracing_subscriber::registry().with(filter(&config.level));
    let layer = tracing_subscriber::fmt::layer().with_writer(lines.clone());
    let started = if is_for_people(config.format) {
        let fields = debug_fn(text_field).delimited(" ");
        registry.with(layer.with_ansi(io::stderr().is_terminal()).with_target(false).fmt_fields(fields)).try_init()
    } else {
        registry.with(layer.fmt_fields(SpanMembers).event_format(JsonLine)).try_init()
    };
    drop(started);
    Log(lines)
}

fn filter(level: &str) -> Targets {
    let directives = match level.parse::<LevelFilter>() {
        Ok(LevelFilter::INFO) => format!("{level},{STATEMENTS},{QUIET}"),
        Ok(LevelFilter::DEBUG | LevelFilter::TRACE) => format!("{level},{QUIET}"),
        _ => level.to_owned(),
    };
    // It was looked at when the settings were read.
    directives.parse().unwrap_or_default()
}

/// Whether a text can be used as a level.
pub(crate) fn check_level(level: &str) -> Result<String, String> {
    // An empty one would parse as an error's level.
    let is_word = |directive: &str| !directive.is_empty() && directive.parse::<LevelFilter>().is_ok();
    let is_one = level.split(',').all(|directive| directive.contains('=') || is_word(directive));
    let is_one = is_one && level.parse::<Targets>().is_ok();
    is_one.then(|| level.to_owned()).ok_or_else(|| {
        "is not error, warn, info, debug or trace, nor a list of directives such as info,sqlx=debug".into()
    })
}

fn text_field(writer: &mut Writer<'_>, field: &Field, value: &dyn fmt::Debug) -> fmt::Result {
    if field.name() != "message" {
        write!(writer, "{}=", field.name())?;
    }
    write!(Escaping(writer), "{value:?}")
}

/// Writes control characters as escapes.
struct Escaping<W>(W);

impl<W: fmt::Write> fmt::Write for Escaping<W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for part in text.split_inclusive(char::is_control) {
            match part.chars().next_back().filter(|last| last.is_control()) {
                Some(control) => {
                    self.0.write_str(part.strip_suffix(control).unwrap_or_default())?;
                    write!(self.0, "{}", control.escape_default())?;
                }
                None => self.0.write_str(part)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn control_characters_are_written_as_escapes() {
        let mut out = String::new();
        Escaping(&mut out).write_str("a\n\u{1b}[2Jé\u{85}b").unwrap();
        assert_eq!(out, "a\\n\\u{1b}[2Jé\\u{85}b");
    }

    #[test]
    fn every_level_is_a_filter() {
        for (level, shows, hides) in [
            ("info", ("masthead_api", Level::INFO), ("masthead_store", Level::INFO)),
            ("debug", ("masthead_store", Level::DEBUG), ("sqlx", Level::INFO)),
            ("error", ("sqlx", Level::ERROR), ("sqlx", Level::WARN)),
            ("warn,sqlx=debug", ("sqlx", Level::DEBUG), ("masthead_api", Level::INFO)),
        ] {
            let filter = filter(level);
            assert!(filter.would_enable(shows.0, &shows.1), "{level}");
            assert!(!filter.would_enable(hides.0, &hides.1), "{level}");
        }
    }

    #[test]
    fn a_level_is_a_word_or_directives() {
        assert!(check_level("info").is_ok());
        assert!(check_level("warn,masthead_store=debug").is_ok());
        for wrong in ["masthead=loud", "wran", "info,wran", ""] {
            assert!(check_level(wrong).is_err(), "{wrong}");
        }
    }
}
