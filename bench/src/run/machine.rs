//! The machine in words, so that nobody compares figures of two.

use std::{fs, path::Path, process::Command, thread};

use anyhow::{Context as _, Result, ensure};
use masthead_app::{Clock as _, SystemClock};

/// One line on date, code, processor, memory and kernel.
pub(crate) fn words(commit: &str) -> String {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ")).map(|(_, name)| name);
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kib: Option<u64> = memory.lines().next().and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let cores = thread::available_parallelism().map_or(1, usize::from);
    format!(
        "{}, commit {commit}, {cores} cores of {}, {} GiB of memory, Linux {}",
        SystemClock.now().format("%Y-%m-%d"),
        model.unwrap_or("an unknown processor"),
        kib.unwrap_or_default() / (1 << 20),
        kernel.trim()
    )
}

/// Looks whether this machine can be measured on at all.
///
/// # Errors
/// What it lacks.
pub(crate) fn can_measure() -> Result<()> {
    ensure!(
        Path::new("/proc/self/smaps_rollup").exists(),
        "CPU and memory are read from Linux's /proc, which this machine does not have"
    );
    let cores = thread::available_parallelism().map_or(1, usize::from);
    ensure!(cores >= 2, "the server and its client need a core each, and there is one");
    let there = Command::new("taskset").arg("--version").output();
    ensure!(there.context("taskset is missing: install util-linux")?.status.success(), "taskset does not work");
    Ok(())
}
