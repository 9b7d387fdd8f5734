//! The settings: gathered from flags, the environment, a file `.env` and defaults, in that order, and checked once.
//!
//! Everything arrives as text under one name ([`setting::SETTINGS`]) and is read by the type it is for. A library that
//! guesses types on the way would make a number of a secret that has only digits.

mod door;
mod given;
mod problem;
mod read;
pub(crate) mod setting;

use std::{path::PathBuf, time::Duration};

use masthead_api::http::HttpConfig;
use masthead_app::Site;
use masthead_domain::{LanguageTag, WebUrl};
use masthead_store::DatabaseConfig;
use masthead_worker::WorkerConfig;
use secrecy::SecretString;

pub(crate) use given::{Flag, Sources};
pub(crate) use problem::ConfigError;

use crate::telemetry;
use given::Layers;
use read::{Reader, milliseconds, parsed};

/// Everything that can be set.
#[derive(Debug)]
pub(crate) struct Config {
    /// The database.
    pub(crate) database: DatabaseConfig,
    /// The site.
    pub(crate) site: Site,
    /// Whether nobody said what the site is called, where it stands and what it speaks.
    pub(crate) is_site_unset: bool,
    /// What tokens are signed with.
    pub(crate) keys: KeyConfig,
    /// The HTTP door.
    pub(crate) http: HttpConfig,
    /// What a serving node does that nobody asked for.
    pub(crate) worker: WorkerConfig,
    /// Logs.
    pub(crate) log: LogConfig,
    /// Names in the environment that begin like a setting and are none.
    pub(crate) foreign: Vec<String>,
}

/// What tokens are signed and verified with, as far as it is set.
#[derive(Debug, Default)]
pub(crate) struct KeyConfig {
    /// A secret to sign with.
    pub(crate) secret: Option<SecretString>,
    /// A private key to sign with.
    pub(crate) private_key_file: Option<PathBuf>,
    /// Public keys that are believed as well.
    pub(crate) verify_key_files: Vec<PathBuf>,
}

/// Logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LogConfig {
    /// What is logged.
    pub(crate) level: String,
    /// How.
    pub(crate) format: LogFormat,
}

/// How logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// For people on a terminal, as JSON elsewhere.
    Auto,
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Config {
    /// Reads every setting.
    ///
    /// # Errors
    /// [`ConfigError`] with everything that is wrong, each with its name and where it was found.
    pub(crate) fn load(sources: Sources) -> Result<Self, ConfigError> {
        let layers = Layers::gather(sources)?;
        let of_the_site = ["MASTHEAD_SITE_NAME", "MASTHEAD_SITE_URL", "MASTHEAD_SITE_LANGUAGES"];
        let is_site_unset = of_the_site.iter().all(|name| layers.is_default(name));
        let mut read = Reader::new(&layers);
        let (database, site, keys) = (database(&mut read), site(&mut read), keys(&mut read));
        let (http, worker, log) = (door::read(&mut read), worker(&mut read), log(&mut read));
        let foreign = layers.foreign().to_vec();
        read.finish(site.map(|site| Self { database, site, is_site_unset, keys, http, worker, log, foreign }))
    }
}

fn database(read: &mut Reader<'_>) -> DatabaseConfig {
    let mut url = String::new();
    // Never shown when it is wrong: it may hold a password.
    read.secret("MASTHEAD_DATABASE_URL", |text| {
        if ["sqlite://", "postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme)) {
            url = text.to_owned();
            Ok(())
        } else {
            Err("does not begin with sqlite:// or postgres://".to_owned())
        }
    });
    let mut config = DatabaseConfig::new(url);
    read.number("MASTHEAD_DATABASE_CONNECTIONS_MAX", 1..=1_000, &mut config.connections_max);
    read.value("MASTHEAD_DATABASE_ACQUIRE_TIMEOUT_MS", milliseconds, &mut config.acquire_timeout);
    read.value("MASTHEAD_DATABASE_STATEMENT_TIMEOUT_MS", milliseconds, &mut config.statement_timeout);
    read.value("MASTHEAD_DATABASE_LOCK_TIMEOUT_MS", milliseconds, &mut config.lock_timeout);
    config
}

fn site(read: &mut Reader<'_>) -> Option<Site> {
    let mut name = String::new();
    let mut url = None;
    let mut languages = Vec::new();
    read.value("MASTHEAD_SITE_NAME", |text| Ok(text.to_owned()), &mut name);
    read.value("MASTHEAD_SITE_URL", |text| WebUrl::parse(text).map(Some).map_err(|wrong| wrong.to_string()), &mut url);
    read.value("MASTHEAD_SITE_LANGUAGES", site_languages, &mut languages);
    url.map(|url| Site { name, url, languages })
}

fn site_languages(text: &str) -> Result<Vec<LanguageTag>, String> {
    let mut languages: Vec<LanguageTag> = Vec::new();
    for tag in read::list(text) {
        let language = parsed::<LanguageTag>(tag)?;
        if languages.contains(&language) {
            return Err(format!("names {language} twice"));
        }
        languages.push(language);
    }
    if languages.is_empty() { Err("names no language".to_owned()) } else { Ok(languages) }
}

fn keys(read: &mut Reader<'_>) -> KeyConfig {
    let mut keys = KeyConfig::default();
    read.secret("MASTHEAD_JWT_SECRET", |text| {
        keys.secret = Some(SecretString::from(text));
        if text.len() < 32 { Err("must have at least 32 bytes".to_owned()) } else { Ok(()) }
    });
    let path = |text: &str| Ok(Some(PathBuf::from(text)));
    let paths = |text: &str| Ok(read::list(text).map(PathBuf::from).collect());
    read.value("MASTHEAD_JWT_PRIVATE_KEY_FILE", path, &mut keys.private_key_file);
    read.value("MASTHEAD_JWT_VERIFY_KEY_FILES", paths, &mut keys.verify_key_files);
    if keys.secret.is_some() && keys.private_key_file.is_some() {
        read.wrong(
            "MASTHEAD_JWT_PRIVATE_KEY_FILE",
            "stands beside MASTHEAD_JWT_SECRET: tokens are signed with one of them",
        );
    }
    keys
}

fn worker(read: &mut Reader<'_>) -> WorkerConfig {
    /// A hundred years: nobody means more, and a deletion that long ago is still a date.
    const DAYS_MAX: u64 = 36_500;
    let mut config = WorkerConfig::default();
    read.value("MASTHEAD_SCHEDULE_POLL_MS", milliseconds, &mut config.poll_interval);
    let days = |text: &str| match text.parse() {
        Ok(0) => Ok(None),
        Ok(days) if days <= DAYS_MAX => Ok(Some(Duration::from_secs(days * 24 * 60 * 60))),
        _ => Err(format!("is not a whole number of days from 0 to {DAYS_MAX}")),
    };
    read.value("MASTHEAD_TRASH_DAYS", days, &mut config.trash_time);
    config
}

fn log(read: &mut Reader<'_>) -> LogConfig {
    let mut log = LogConfig { level: String::new(), format: LogFormat::Auto };
    read.value("MASTHEAD_LOG_LEVEL", telemetry::check_level, &mut log.level);
    let format = |text: &str| match text {
        "auto" => Ok(LogFormat::Auto),
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err("is not auto, text or json".to_owned()),
    };
    read.value("MASTHEAD_LOG_FORMAT", format, &mut log.format);
    log
}

#[cfg(test)]
mod tests;
