//! Every gate, in the order in which they cost: what reads only text first, the tests last.
//!
//! All steps share one target directory and one profile. `clippy` and `doc` share the metadata of the
//! dependencies; `build` compiles with the development dependencies' features, so that the schema is asked of the
//! same binary the tests are built beside, and nothing is compiled twice.
//!
//! A failing step does not hide the ones after it. The tests run last so that their own summary ends the output of a
//! run that passes; one that does not ends with the gates that failed.

use std::{
    io::Write as _,
    path::Path,
    process::{Command, ExitCode, Stdio},
    time::{Duration, Instant},
};

use anyhow::Context as _;

use crate::{cargo, schema, tidy};

/// A gate: its name, and what it does below the root.
type Step = (&'static str, fn(&Path) -> anyhow::Result<()>);

const STEPS: &[Step] = &[
    ("fmt", fmt),
    ("tidy", tidy::run),
    ("clippy", clippy),
    ("doc", doc),
    ("deny", deny),
    ("build", build),
    ("schema", schema_check),
];

/// How a step ended.
struct Outcome {
    name: &'static str,
    took: Duration,
    failure: Option<String>,
}

/// Runs every gate.
pub(crate) fn run(root: &Path) -> anyhow::Result<ExitCode> {
    let mut outcomes = Vec::new();
    for (name, step) in STEPS {
        outcomes.push(timed(name, || step(root))?);
    }
    writeln!(std::io::stdout().lock(), "\n{}\n\n== test", summary(&outcomes))?;
    let start = Instant::now();
    let tests = cargo::command(root, &["test", "--workspace", "--locked", "--no-fail-fast"])
        .status()
        .context("cannot start the tests")?;
    outcomes.push(Outcome {
        name: "test",
        took: start.elapsed(),
        failure: (!tests.success()).then(|| tests.to_string()),
    });
    let failures = failures(&outcomes);
    if failures.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    writeln!(std::io::stdout().lock(), "\n{failures}")?;
    Ok(ExitCode::FAILURE)
}

fn timed(name: &'static str, step: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<Outcome> {
    writeln!(std::io::stdout().lock(), "\n== {name}")?;
    let start = Instant::now();
    let failure = step().err().map(|error| format!("{error:#}"));
    if let Some(words) = &failure {
        writeln!(std::io::stdout().lock(), "{name} failed: {words}")?;
    }
    Ok(Outcome { name, took: start.elapsed(), failure })
}

fn summary(outcomes: &[Outcome]) -> String {
    outcomes
        .iter()
        .map(|Outcome { name, took, failure }| {
            let verdict = if failure.is_some() { "FAILED" } else { "ok" };
            format!("{name:8} {verdict:6} {:6.1} s", took.as_secs_f64())
        })
        .collect::<Vec<_>>()
        .join("\n")
}

/// The gates that failed, each with why; empty when none did.
fn failures(outcomes: &[Outcome]) -> String {
    let told = outcomes.iter().filter_map(|Outcome { name, failure, .. }| {
        let why = failure.as_ref()?;
        Some(format!("{name} failed: {why}"))
    });
    told.collect::<Vec<_>>().join("\n")
}

fn fmt(root: &Path) -> anyhow::Result<()> {
    cargo::run(root, &["fmt", "--all", "--check"])
}

fn clippy(root: &Path) -> anyhow::Result<()> {
    cargo::run(root, &["clippy", "--workspace", "--all-targets", "--locked", "--", "--deny", "warnings"])
}

fn doc(root: &Path) -> anyhow::Result<()> {
    let mut command = cargo::command(root, &["doc", "--workspace", "--no-deps", "--locked"]);
    command.env("RUSTDOCFLAGS", "--deny warnings");
    cargo::succeed(command)
}

/// Licences, sources and double versions; advisories need the network and are looked at elsewhere.
fn deny(root: &Path) -> anyhow::Result<()> {
    let mut probe = cargo::command(root, &["deny", "--version"]);
    if !is_there(probe.stdout(Stdio::null()).stderr(Stdio::null())) {
        writeln!(std::io::stdout().lock(), "skipped: cargo-deny is not installed")?;
        return Ok(());
    }
    cargo::run(root, &["deny", "--offline", "check", "bans", "licenses", "sources"])
}

fn is_there(command: &mut Command) -> bool {
    command.status().is_ok_and(|status| status.success())
}

fn build(root: &Path) -> anyhow::Result<()> {
    cargo::run(root, &["build", "--workspace", "--all-targets", "--locked"])
}

fn schema_check(root: &Path) -> anyhow::Result<()> {
    let target_directory = cargo::metadata(root)?.target_directory;
    schema::check(root, &schema::Binary::At(schema::built(&target_directory)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_names_each_step_with_its_verdict_and_time() {
        let outcomes = [
            Outcome { name: "fmt", took: Duration::from_millis(1240), failure: None },
            Outcome { name: "tidy", took: Duration::ZERO, failure: Some("3 things to mend".to_owned()) },
        ];
        assert_eq!(summary(&outcomes), "fmt      ok        1.2 s\ntidy     FAILED    0.0 s");
        assert_eq!(failures(&outcomes), "tidy failed: 3 things to mend");
    }
}
