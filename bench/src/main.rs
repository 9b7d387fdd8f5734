//! The load harness of Masthead: `cargo xtask bench` builds and runs it. `docs/performance.md` says how to read it.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::float_cmp,
        reason = "a test may stop at the first surprise"
    )
)]

mod generate;
mod load;
mod newsroom;
mod run;

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::{Parser, Subcommand};
use tokio::signal::unix::{SignalKind, signal};

#[derive(Parser)]
#[command(name = "masthead-bench", version, max_term_width = 110)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measure this server beside the limit programs and rivals.
    Run(Box<run::Options>),
    /// Write a synthetic newsroom: the same number of articles gives the same bytes.
    Generate {
        /// How many articles.
        #[arg(value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
        articles: u32,
        /// The folder to write to.
        folder: PathBuf,
    },
    /// Load a synthetic newsroom into an empty database, through the same acts as everything else.
    Load {
        /// The folder with the newsroom.
        data: PathBuf,
        /// `sqlite://…` or `postgres://…`.
        database: String,
    },
}

#[tokio::main]
async fn main() -> Result<()> {
    let command = Arguments::parse().command;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    // When a signal comes, what runs is dropped, and with it every program that was started.
    tokio::select! {
        done = carry_out(command) => done,
        _ = tokio::signal::ctrl_c() => bail!("interrupted"),
        _ = terminate.recv() => bail!("told to end"),
        _ = hang_up.recv() => bail!("the terminal is gone"),
    }
}

async fn carry_out(command: Command) -> Result<()> {
    match command {
        Command::Run(options) => run::run(&options).await,
        Command::Generate { articles, folder } => generate::newsroom(articles, &folder),
        Command::Load { data, database } => load::newsroom(&data, &database).await,
    }
}
