//! Running cargo from a program that cargo runs.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context as _, bail, ensure};
use serde::Deserialize;

/// What `cargo run` adds to the environment of the program it starts. Some build scripts ask to be run again when
/// one of these changes, so a cargo started from here would build half the tree anew.
const SET_BY_CARGO_RUN: &[&str] = &[
    "CARGO_BIN_NAME",
    "CARGO_CRATE_NAME",
    "CARGO_MANIFEST_DIR",
    "CARGO_MANIFEST_LINKS",
    "CARGO_MANIFEST_PATH",
    "CARGO_PKG_AUTHORS",
    "CARGO_PKG_DESCRIPTION",
    "CARGO_PKG_HOMEPAGE",
    "CARGO_PKG_LICENSE",
    "CARGO_PKG_LICENSE_FILE",
    "CARGO_PKG_NAME",
    "CARGO_PKG_README",
    "CARGO_PKG_REPOSITORY",
    "CARGO_PKG_RUST_VERSION",
    "CARGO_PKG_VERSION",
    "CARGO_PKG_VERSION_MAJOR",
    "CARGO_PKG_VERSION_MINOR",
    "CARGO_PKG_VERSION_PATCH",
    "CARGO_PKG_VERSION_PRE",
    "CARGO_PRIMARY_PACKAGE",
    "LD_LIBRARY_PATH",
    "OUT_DIR",
];

/// A cargo command in `root` that reads nothing from the terminal.
pub(crate) fn command(root: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(root).args(arguments).stdin(Stdio::null());
    for name in SET_BY_CARGO_RUN {
        command.env_remove(name);
    }
    command
}

/// Runs cargo with its output shown, and fails when it fails.
pub(crate) fn run(root: &Path, arguments: &[&str]) -> anyhow::Result<()> {
    succeed(command(root, arguments))
}

/// Runs a command with its output shown, and fails when it fails.
pub(crate) fn succeed(mut command: Command) -> anyhow::Result<()> {
    let status = command.status().with_context(|| format!("cannot start {command:?}"))?;
    ensure!(status.success(), "{} ended with {status}", spelled(&command));
    Ok(())
}

/// Runs a command and gives what it wrote to standard output.
pub(crate) fn output(mut command: Command) -> anyhow::Result<String> {
    let output = command.stderr(Stdio::inherit()).output().with_context(|| format!("cannot start {command:?}"))?;
    if !output.status.success() {
        bail!("{} ended with {}", spelled(&command), output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("{} wrote something that is not UTF-8", spelled(&command)))
}

fn spelled(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|part| part.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The part of `cargo metadata` that the checks look at.
///
/// Source of the format: the Cargo book, chapter "cargo metadata", format version 1.
#[derive(Debug, Deserialize)]
pub(crate) struct Metadata {
    /// Every package, ours and foreign.
    pub(crate) packages: Vec<Package>,
    /// The ids of our own packages.
    pub(crate) workspace_members: Vec<String>,
    /// Who depends on whom, after features are chosen.
    pub(crate) resolve: Resolve,
    /// Where cargo puts what it builds.
    pub(crate) target_directory: String,
}

/// One package.
#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    /// Cargo's own name for it, with source and version.
    pub(crate) id: String,
    /// The name in its manifest.
    pub(crate) name: String,
    /// The SPDX expression in its manifest.
    pub(crate) license: Option<String>,
    /// The absolute path of its manifest.
    pub(crate) manifest_path: String,
}

/// The resolved dependency graph.
#[derive(Debug, Deserialize)]
pub(crate) struct Resolve {
    /// One node a package.
    pub(crate) nodes: Vec<Node>,
}

/// A package in the graph.
#[derive(Debug, Deserialize)]
pub(crate) struct Node {
    /// The package's id.
    pub(crate) id: String,
    /// What it depends on.
    pub(crate) deps: Vec<Dependency>,
}

/// An edge of the graph.
#[derive(Debug, Deserialize)]
pub(crate) struct Dependency {
    /// The id of the package depended on.
    pub(crate) pkg: String,
    /// In which ways.
    pub(crate) dep_kinds: Vec<DependencyKind>,
}

/// One way of depending.
#[derive(Debug, Deserialize)]
pub(crate) struct DependencyKind {
    /// `None` is a normal dependency; else `dev` or `build`.
    pub(crate) kind: Option<String>,
}

/// Asks cargo for the graph of this machine's platform; the others' packages may not be on the disk.
pub(crate) fn metadata(root: &Path) -> anyhow::Result<Metadata> {
    let platform = host()?;
    let json =
        output(command(root, &["metadata", "--format-version", "1", "--locked", "--filter-platform", &platform]))?;
    serde_json::from_str(&json).context("cargo metadata wrote something unexpected")
}

fn host() -> anyhow::Result<String> {
    let mut rustc = Command::new("rustc");
    rustc.arg("-vV").stdin(Stdio::null());
    output(rustc)?
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .map(str::to_owned)
        .context("rustc -vV does not name its host")
}
