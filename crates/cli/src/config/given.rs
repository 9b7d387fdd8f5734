//! Gathering the settings from where they are given.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    path::{Path, PathBuf},
};

use super::{
    problem::{ConfigError, Origin, Problem},
    setting,
};

const PREFIX: &str = "MASTHEAD_";

/// A flag of the command line that is a setting.
#[derive(Debug, Clone)]
pub(crate) struct Flag {
    pub(crate) setting: &'static str,
    pub(crate) flag: &'static str,
    pub(crate) text: String,
}

/// Where the settings of a run come from.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    pub(crate) flags: Vec<Flag>,
    pub(crate) environment: Vec<(OsString, OsString)>,
    pub(crate) file: Option<PathBuf>,
}

impl Sources {
    /// The environment of this process, and the named file or, when it is there, `.env`.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub(crate) fn of_this_process(flags: Vec<Flag>, named: Option<PathBuf>) -> Self {
        let file = named.or_else(|| Some(PathBuf::from(".env")).filter(|file| file.exists()));
        Self { flags, environment: std::env::vars_os().collect(), file }
    }
}

/// A setting as it was given.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    pub(crate) text: String,
    pub(crate) origin: Origin,
}

/// Every setting that has a value, by name.
#[derive(Debug, Default)]
pub(crate) struct Layers {
    settings: BTreeMap<&'static str, Given>,
    foreign: Vec<String>,
}

impl Layers {
    /// Lays defaults, file, environment and flags over each other. An empty value is no value, because that is how
    /// container files write it.
    ///
    /// In the file, a name that begins like ours and is no setting is a mistake. In the environment it may be somebody
    /// else's: Kubernetes puts `MASTHEAD_PORT` and its kind there for a service named `masthead`. There only a misspelt
    /// setting is a mistake; other names are kept apart, to be told.
    ///
    /// # Errors
    /// A name that is no setting, a file that cannot be read, a value that is not Unicode.
    pub(crate) fn gather(sources: Sources) -> Result<Self, ConfigError> {
        let Sources { flags, environment, file } = sources;
        let mut layers = Self::default();
        let mut problems = Vec::new();
        for setting in setting::all() {
            layers.lay(setting.name, setting.default.to_owned(), Origin::Default);
        }
        if let Some(path) = file {
            match read_file(&path) {
                Ok(pairs) => {
                    for (name, text) in pairs {
                        layers.lay_known(&mut problems, &name, text, Origin::File(path.clone()));
                    }
                }
                Err(what) => problems.push(Problem { origin: Origin::File(path), what }),
            }
        }
        for (name, text) in environment {
            let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX)) else { continue };
            match text.into_string() {
                Ok(text) if setting::meant(name).is_some() => {
                    layers.lay_known(&mut problems, name, text, Origin::Environment)
                }
                Ok(_) => layers.foreign.push(name.to_owned()),
                Err(_) => {
                    problems.push(Problem { origin: Origin::Environment, what: format!("{name} is not Unicode") });
                }
            }
        }
        for Flag { setting, flag, text } in flags {
            layers.lay(setting, text, Origin::Flag(flag));
        }
        if problems.is_empty() { Ok(layers) } else { Err(ConfigError(problems)) }
    }

    fn lay_known(&mut self, problems: &mut Vec<Problem>, name: &str, text: String, origin: Origin) {
        match setting::all().find(|setting| setting.name == name) {
            Some(setting) => self.lay(setting.name, text, origin),
            None => {
                let meant = setting::meant(name).map(|near| format!("; did you mean {near}?")).unwrap_or_default();
                problems.push(Problem { origin, what: format!("there is no setting {name}{meant}") });
            }
        }
    }

    fn lay(&mut self, name: &'static str, text: String, origin: Origin) {
        let text = text.trim();
        if !text.is_empty() {
            self.settings.insert(name, Given { text: text.to_owned(), origin });
        }
    }

    /// A setting, when it has a value.
    pub(crate) fn get(&self, name: &str) -> Option<&Given> {
        self.settings.get(name)
    }

    /// Names in the environment that begin like a setting and are none.
    pub(crate) fn foreign(&self) -> &[String] {
        &self.foreign
    }

    /// Whether nobody set it.
    pub(crate) fn is_default(&self, name: &str) -> bool {
        self.get(name).is_none_or(|given| given.origin == Origin::Default)
    }
}

/// The settings in a file; other names in it are somebody else's.
fn read_file(path: &Path) -> Result<Vec<(String, String)>, String> {
    let content = std::fs::read_to_string(path).map_err(|error| format!("cannot be read: {error}"))?;
    let mut settings = Vec::new();
    for pair in dotenvy::from_read_iter(content.as_bytes()) {
        let (name, text) = pair.map_err(|error| match error {
            // The library's own words would repeat the line, which may hold a secret.
            dotenvy::Error::LineParse(line, _) => {
                let number = content.lines().position(|one| one.contains(line.trim()));
                let line = number.map_or_else(|| "a line".to_owned(), |number| format!("line {}", number + 1));
                format!("{line} is not NAME=value (a value with spaces stands in quotes) nor `# a comment`")
            }
            error => format!("cannot be read: {error}"),
        })?;
        if name.starts_with(PREFIX) {
            settings.push((name, text));
        }
    }
    Ok(settings)
}
