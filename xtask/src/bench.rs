//! Builds what is measured and what it is measured with, and hands over to the load harness (`bench/`).

use std::{
    ffi::OsString,
    path::Path,
    process::{Command, ExitCode, Stdio},
};

use anyhow::Context as _;

use crate::cargo;

/// Builds everything as users build it, and runs `masthead-bench run` in the place of this process, so that signals
/// reach it.
pub(crate) fn run(root: &Path, arguments: &[OsString]) -> anyhow::Result<ExitCode> {
    let target = cargo::metadata(root)?.target_directory;
    let target = Path::new(&target);
    let release = target.join("release");
    let harness = release.join("masthead-bench");
    cargo::run(root, &["build", "--release", "--locked", "--package", "masthead", "--package", "masthead-bench"])?;
    let mut command = Command::new(&harness);
    command.arg("run");
    if arguments.iter().all(|argument| argument != "--help" && argument != "-h") {
        limits(root, &target.join("limit"))?;
        command.arg("--programs").arg(&release);
        command.arg("--limits").arg(target.join("limit/release"));
        command.arg("--folder").arg(target.join("bench"));
        command.arg("--results").arg(root.join("docs/performance.md"));
        command.arg("--commit").arg(commit(root).unwrap_or_else(|| "unknown".to_owned()));
    }
    in_place_of_this(command.args(arguments)).with_context(|| format!("cannot run {}", harness.display()))
}

/// The limit programs are no part of the workspace, and SQLite is built into them without our settings.
fn limits(root: &Path, target: &Path) -> anyhow::Result<()> {
    let manifest = ["build", "--release", "--locked", "--manifest-path", "bench/limit/Cargo.toml", "--target-dir"];
    let mut build = cargo::command(root, &manifest);
    build.arg(target).env("LIBSQLITE3_FLAGS", "");
    cargo::succeed(build)
}

/// The short name of the commit, with a plus when files differ from it.
fn commit(root: &Path) -> Option<String> {
    let mut git = Command::new("git");
    git.current_dir(root).args(["describe", "--always", "--dirty=+", "--exclude=*"]).stdin(Stdio::null());
    cargo::output(git).ok().map(|name| name.trim().to_owned())
}

#[cfg(unix)]
fn in_place_of_this(command: &mut Command) -> anyhow::Result<ExitCode> {
    use std::os::unix::process::CommandExt as _;
    Err(command.exec().into())
}

#[cfg(not(unix))]
fn in_place_of_this(command: &mut Command) -> anyhow::Result<ExitCode> {
    Ok(if command.status()?.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
