//! The command line.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand};

use crate::{
    command::{
        import::ImportCommand, key::KeyCommand, operations::OperationsCommand, token::TokenCommand, user::UserCommand,
    },
    config::{Flag, Sources},
};

/// A newsroom behind a GraphQL API, in one program.
///
/// Settings come from flags, then from the environment (`MASTHEAD_…`), then from a file `.env`, then from defaults.
/// `.env.example` shows every one of them.
#[derive(Debug, Parser)]
#[command(name = "masthead", version, max_term_width = 110)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags of every command.
#[derive(Debug, ClapArgs)]
pub(crate) struct Common {
    /// The database: sqlite://FILE or postgres://USER:PASSWORD@HOST/NAME (MASTHEAD_DATABASE_URL).
    #[arg(long, global = true, value_name = "URL", help_heading = "Settings")]
    database_url: Option<String>,
    /// What is logged: error, warn, info, debug, trace, or directives such as info,masthead_store=debug
    /// (MASTHEAD_LOG_LEVEL).
    #[arg(long, global = true, value_name = "LEVEL", help_heading = "Settings")]
    log_level: Option<String>,
    /// How it is logged: auto, text or json (MASTHEAD_LOG_FORMAT).
    #[arg(long, global = true, value_name = "FORMAT", help_heading = "Settings")]
    log_format: Option<String>,
    /// The file of settings to read instead of `.env`.
    #[arg(long, global = true, value_name = "FILE", help_heading = "Settings")]
    env_file: Option<PathBuf>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the newsroom until SIGTERM or Ctrl-C; brings the database up to date first.
    Serve {
        /// Where to listen: address and port (MASTHEAD_LISTEN).
        #[arg(long, value_name = "ADDRESS")]
        listen: Option<String>,
        /// Fill the database with the demo newsroom, if it is empty.
        #[arg(long)]
        demo: bool,
    },
    /// Bring the database up to date, or say how far it is.
    Migrate {
        #[command(subcommand)]
        action: Option<MigrateAction>,
    },
    /// Bring content from elsewhere into the newsroom.
    Import {
        #[command(subcommand)]
        source: ImportCommand,
    },
    /// Keep the people who sign in with a password.
    User {
        #[command(subcommand)]
        action: UserCommand,
    },
    /// Issue an access token for a role.
    Token {
        #[command(subcommand)]
        action: TokenCommand,
    },
    /// Keep the keys programs sign in with.
    Key {
        #[command(subcommand)]
        action: KeyCommand,
    },
    /// Keep the operations that clients ask for by their hash alone.
    Operations {
        #[command(subcommand)]
        action: OperationsCommand,
    },
    /// Print the GraphQL schema.
    Schema,
}

/// What to do with the migrations.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum MigrateAction {
    /// Apply every migration the database lacks (the default).
    Up,
    /// List the migrations and whether the database has them. Changes nothing.
    Status,
}

impl Common {
    /// Where the settings of this run come from.
    pub(crate) fn sources(&self, command: &Command) -> Sources {
        let listen = if let Command::Serve { listen, .. } = command { listen.as_ref() } else { None };
        let flags = [
            ("MASTHEAD_DATABASE_URL", "--database-url", self.database_url.as_ref()),
            ("MASTHEAD_LOG_LEVEL", "--log-level", self.log_level.as_ref()),
            ("MASTHEAD_LOG_FORMAT", "--log-format", self.log_format.as_ref()),
            ("MASTHEAD_LISTEN", "--listen", listen),
        ];
        let flags = flags
            .into_iter()
            .filter_map(|(setting, flag, given)| given.map(|text| Flag { setting, flag, text: text.clone() }))
            .collect();
        Sources::of_this_process(flags, self.env_file.clone())
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn flags_of_every_command_may_stand_on_either_side() {
        for line in ["masthead --database-url sqlite://a.db serve", "masthead serve --database-url sqlite://a.db"] {
            let args = Args::try_parse_from(line.split(' ')).unwrap();
            assert_eq!(args.common.database_url.as_deref(), Some("sqlite://a.db"), "{line}");
        }
    }
}
