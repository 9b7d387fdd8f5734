//! `masthead`: the newsroom in one program.
// The future of a query holds those of all its resolvers, one inside the other; the compiler looks 128 deep by itself.
#![recursion_limit = "256"]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::as_conversions,
        reason = "a test that meets the impossible should stop there"
    )
)]

mod args;
mod command;
mod config;
mod demo;
mod failure;
mod output;
mod telemetry;

use std::process::ExitCode;

use clap::Parser as _;

use crate::{args::Args, config::Config};

/// Many small allocations on many threads are what a GraphQL server does; the system's allocator keeps what they free. Without
/// huge pages (the feature `no_thp`): an idle server would hold twenty megabytes more of them than it uses.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match run(Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            failure::report(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(args: Args) -> anyhow::Result<()> {
    let Args { common, command } = args;
    let config = Config::load(common.sources(&command))?;
    let log = telemetry::start(&config.log);
    if !config.foreign.is_empty() {
        tracing::warn!(
            names = config.foreign.join(", "),
            "the environment names settings that do not exist; they do nothing"
        );
    }
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(command::run(command, config, &log))
}
