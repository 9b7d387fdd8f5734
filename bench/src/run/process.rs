//! What processes use, read from `/proc` (`man 5 proc`).

use std::{collections::HashMap, fs, path::Path};

/// The kernel tells programs times in hundredths of a second, whatever its own clock.
const TICKS_PER_S: f64 = 100.0;

/// What some processes and all their descendants used.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Usage {
    /// CPU since their start, those of children that ended included, in seconds.
    pub(crate) cpu_s: f64,
    /// Memory that is theirs or shared, in MiB.
    pub(crate) rss_mib: f64,
    /// Memory with what is shared divided among the sharers, in MiB.
    pub(crate) pss_mib: f64,
}

/// Asks what these processes and their descendants use.
pub(crate) fn usage(roots: &[u32]) -> Usage {
    let mut usage = Usage::default();
    for pid in with_descendants(roots) {
        let Some(stat) = stat(&pid.to_string()) else { continue };
        usage.cpu_s += seconds(&stat, &[11, 12, 13, 14]);
        let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
        usage.rss_mib += mib(&rollup, "Rss:");
        usage.pss_mib += mib(&rollup, "Pss:");
    }
    usage
}

/// These processes and all below them.
pub(crate) fn with_descendants(roots: &[u32]) -> Vec<u32> {
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    for pid in pids() {
        if let Some(parent) = parent(pid) {
            children.entry(parent).or_default().push(pid);
        }
    }
    let (mut found, mut waiting) = (Vec::new(), roots.to_vec());
    while let Some(pid) = waiting.pop() {
        if !found.contains(&pid) {
            found.push(pid);
            waiting.extend(children.get(&pid).into_iter().flatten());
        }
    }
    found
}

/// The process that started this one.
pub(crate) fn parent(pid: u32) -> Option<u32> {
    stat(&pid.to_string())?.get(1)?.parse().ok()
}

/// The CPU that ended children of this process used, in seconds.
pub(crate) fn ended_children_s() -> f64 {
    stat("self").map_or(0.0, |stat| seconds(&stat, &[13, 14]))
}

/// The CPU the whole machine spent working since it was started, in seconds.
pub(crate) fn machine_s() -> f64 {
    let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
    let fields: Vec<String> = stat.lines().next().unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    // After the name: user, nice, system, idle, iowait, irq, softirq.
    seconds(&fields, &[1, 2, 3, 6, 7])
}

/// The process that listens on a TCP port of this machine, if it may be looked at.
pub(crate) fn listener(port: u16) -> Option<u32> {
    let table = ["/proc/net/tcp", "/proc/net/tcp6"].map(|path| fs::read_to_string(path).unwrap_or_default()).concat();
    let inode = table.lines().find_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        // Local address, remote address, state (0A is LISTEN) … inode.
        let is_it = fields.get(1)?.ends_with(&format!(":{port:04X}")) && *fields.get(3)? == "0A";
        is_it.then(|| fields.get(9).map(|inode| format!("socket:[{inode}]"))).flatten()
    })?;
    pids().find(|pid| {
        let open = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
        open.filter_map(|file| fs::read_link(file.path()).ok()).any(|target| target == Path::new(&inode))
    })
}

fn pids() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

/// The fields after the name of the program, which may hold anything: state, parent …
fn stat(pid: &str) -> Option<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = text.rsplit_once(") ")?;
    Some(fields.split_whitespace().map(str::to_owned).collect())
}

fn seconds(fields: &[String], places: &[usize]) -> f64 {
    let ticks = places.iter().filter_map(|place| fields.get(*place)?.parse::<f64>().ok());
    ticks.sum::<f64>() / TICKS_PER_S
}

fn mib(rollup: &str, name: &str) -> f64 {
    let line = rollup.lines().find_map(|line| line.strip_prefix(name));
    let kib: Option<f64> = line.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
    kib.unwrap_or_default() / 1_024.0
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn this_process_is_found_by_its_port_and_uses_memory() {
        let listening = TcpListener::bind("127.0.0.1:0").unwrap();
        let here = std::process::id();
        assert_eq!(listener(listening.local_addr().unwrap().port()), Some(here));
        assert!(usage(&[here]).rss_mib > 1.0);
        assert!(with_descendants(&[parent(here).unwrap()]).contains(&here));
    }

    #[test]
    fn the_machine_was_busy_since_its_start() {
        assert!(machine_s() > 0.0);
    }
}
