//! What is wrong with the settings.

use std::{fmt, path::PathBuf};

/// Everything that is wrong with the settings, so that all of it is mended at once.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ConfigError(pub(crate) Vec<Problem>);

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// Where it was found.
    pub(crate) origin: Origin,
    /// What is wrong, with the setting's name.
    pub(crate) what: String,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A flag of the command line.
    Flag(&'static str),
    /// The environment.
    Environment,
    /// A file.
    File(PathBuf),
    /// Nobody set it.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => f.write_str(flag),
            Self::Environment => f.write_str("the environment"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Default => f.write_str("the defaults"),
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the settings need mending")?;
        for Problem { origin, what } in &self.0 {
            write!(f, "\n  {what} (in {origin})")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}
