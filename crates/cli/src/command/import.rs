//! `masthead import`.

use clap::Subcommand;
use masthead::import::{WxrArgs, import_file};
use masthead_app::App;

use super::answer::Answer;

/// Where to import from.
#[derive(Debug, Subcommand)]
pub(crate) enum ImportCommand {
    /// Import a WordPress export. Importing again changes nothing; a broken file imports nothing.
    Wxr(WxrArgs),
}

impl ImportCommand {
    /// Refuses what can be refused before the database is opened.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        match self {
            Self::Wxr(args) => Ok(args.check()?),
        }
    }
}

/// Imports, and answers with what was done.
pub(crate) async fn run(app: &App, command: &ImportCommand) -> anyhow::Result<Answer> {
    match command {
        ImportCommand::Wxr(args) => {
            let report = import_file(app, args).await?;
            Ok(Answer::result(report.to_string()))
        }
    }
}
