//! The project's own tool: everything a change has to pass, and what is generated from the code.
//!
//! It knows the repository and cargo, and nothing of the product: it depends on no crate of the workspace.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        reason = "a test may stop at the first surprise"
    )
)]

mod bench;
mod cargo;
mod ci;
mod finding;
mod schema;
mod source;
mod tidy;
mod tree;

use std::{
    ffi::OsString,
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context as _;
use clap::{Parser, Subcommand};

/// Masthead's checks and generators.
#[derive(Parser)]
#[command(name = "cargo xtask", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measure the server beside the limit programs: `cargo xtask bench --help` lists what can be chosen.
    #[command(disable_help_flag = true)]
    Bench {
        /// What is handed on to `masthead-bench run`.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Run every gate a change has to pass, the tests last.
    Ci,
    /// Check the rules that neither rustfmt nor clippy knows.
    Tidy,
    /// Write `schema.graphql` from the code.
    Schema {
        /// Change nothing; fail when the committed file is not what the code says.
        #[arg(long)]
        check: bool,
    },
}

fn main() -> ExitCode {
    run().unwrap_or_else(|error| {
        // Where even this cannot be written, the exit code still says it.
        let _ = writeln!(std::io::stderr().lock(), "error: {error:#}");
        ExitCode::FAILURE
    })
}

fn run() -> anyhow::Result<ExitCode> {
    let root = root()?;
    match Cli::parse().command {
        Command::Bench { arguments } => return bench::run(&root, &arguments),
        Command::Ci => return ci::run(&root),
        Command::Tidy => tidy::run(&root)?,
        Command::Schema { check: true } => schema::check(&root, &schema::Binary::Built)?,
        Command::Schema { check: false } => schema::write(&root, &schema::Binary::Built)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The directory of the workspace: the parent of this crate's.
fn root() -> anyhow::Result<PathBuf> {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map(Path::to_path_buf)
        .context("the tool's own crate stands at the root of the file system")
}
