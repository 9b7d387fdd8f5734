//! One run: a load on one system, with what it cost.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde::Serialize;
use tokio::time::sleep;

use super::{
    check,
    child::say,
    process,
    system::System,
    wrk::{CONNECTIONS, Mixture, Wrk},
};

/// A run in which something else used more cores than this says nothing.
pub(crate) const OTHERS_MAX: f64 = 0.2;
/// A machine is quiet when less than this is used.
const QUIET: f64 = 0.25;
/// An answer that is much shorter than those that were looked at is another answer.
const SHORTEST: f64 = 0.9;

/// How long and how often is measured.
#[derive(Debug, Clone)]
pub(crate) struct Protocol {
    /// Rounds, each over all systems and queries in turn.
    pub(crate) rounds: u32,
    /// Seconds of a run.
    pub(crate) secs: u32,
    /// Seconds of load before it.
    pub(crate) warm_secs: u32,
    /// How long is waited for the machine to be quiet.
    pub(crate) patience: Duration,
    /// How often a disturbed run is tried again.
    pub(crate) tries: u32,
    /// When no further round is begun, and no disturbed run tried again.
    pub(crate) end: Option<Instant>,
}

impl Protocol {
    /// Whether the time for it is up.
    pub(crate) fn is_over(&self) -> bool {
        self.end.is_some_and(|end| end < Instant::now())
    }
}

/// What is asked in a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Load {
    /// One query, for at most so many articles.
    Query(&'static str, usize),
    /// 49 % Q1, 50 % Q2 and 1 % W1.
    Mix,
}

impl Load {
    /// As tables and results call it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Query(name, _) => name,
            Self::Mix => "MIX",
        }
    }

    fn parts(&self) -> Vec<(&'static str, u32, usize)> {
        match self {
            Self::Query(name, most) => vec![(name, 1, *most)],
            Self::Mix => vec![("Q1", 49, 1), ("Q2", 50, 1_000), ("W1", 1, 1_000)],
        }
    }
}

/// How a run went, or many of them together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Figures {
    /// Requests answered a second.
    pub(crate) per_s: f64,
    /// Half came within so many milliseconds.
    pub(crate) p50_ms: f64,
    /// 99 of 100 came within so many milliseconds.
    pub(crate) p99_ms: f64,
    /// CPU of the server a request, in microseconds.
    pub(crate) server_us: f64,
    /// CPU of the database's processes a request, in microseconds.
    pub(crate) database_us: f64,
    /// CPU of the client a request, in microseconds.
    pub(crate) client_us: f64,
    /// The server's memory afterwards, in MiB.
    pub(crate) rss_mib: f64,
    /// The same with what is shared divided among the sharers, in MiB.
    pub(crate) pss_mib: f64,
    /// The mean length of the answers that were looked at, in bytes.
    pub(crate) body_bytes: usize,
}

/// What came out of a run.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Sample {
    /// Which part of the programme it belongs to.
    pub(crate) section: &'static str,
    /// The system.
    pub(crate) system: String,
    /// The query.
    pub(crate) query: &'static str,
    /// How it went.
    #[serde(flatten)]
    pub(crate) figures: Figures,
    /// Cores that anything else used.
    pub(crate) others_cores: f64,
    /// Answers that were wrong, did not come, or writes that did not happen.
    pub(crate) failures: u64,
}

impl Sample {
    /// Whether something else ran beside it.
    pub(crate) fn is_disturbed(&self) -> bool {
        self.others_cores > OTHERS_MAX
    }
}

/// Checks the answers, waits for a quiet machine, warms up, and measures; again when it was disturbed.
///
/// # Errors
/// When an answer is wrong before, or too short under load.
pub(crate) async fn run(
    protocol: &Protocol,
    wrk: &Wrk,
    section: &'static str,
    system: &mut System,
    load: &Load,
) -> Result<Sample> {
    let mut tries = protocol.tries;
    loop {
        let sample = once(protocol, wrk, section, system, load)
            .await
            .with_context(|| format!("{section}: {} asked {}", system.name, load.name()))?;
        let Sample { figures, others_cores, failures, .. } = &sample;
        let Figures { per_s, p50_ms, p99_ms, server_us, database_us, .. } = figures;
        let words = if sample.is_disturbed() { ", disturbed" } else { "" };
        say(&format!(
            "{section:<7}{:<24}{:<9}{per_s:>9.0}/s  p50 {p50_ms:>6.2}  p99 {p99_ms:>7.2} ms  CPU {server_us:>5.0} + \
             {database_us:>5.0} µs  failures {failures}  others {others_cores:.2}{words}",
            system.name,
            load.name()
        ));
        if !sample.is_disturbed() || tries == 0 || protocol.is_over() {
            return Ok(sample);
        }
        tries -= 1;
    }
}

async fn once(
    protocol: &Protocol,
    wrk: &Wrk,
    section: &'static str,
    system: &mut System,
    load: &Load,
) -> Result<Sample> {
    let body_bytes = look(system, load)?;
    quiet(protocol.patience).await;
    let must =
        if load.name() == "W1" { system.peer.get("W1").and_then(|write| write.must.first().cloned()) } else { None };
    let is_writing = load.parts().iter().any(|(name, _, _)| *name == "W1");
    let writes_versions = is_writing && system.is_versioned();
    if protocol.warm_secs > 0 {
        prepare(wrk, system, load, writes_versions)?;
        wrk.run(system.address, protocol.warm_secs, must.as_deref()).await?;
    }
    let versions = prepare(wrk, system, load, writes_versions)?;
    let database: Vec<u32> = system.database.into_iter().collect();
    let before =
        (process::usage(&system.pids), process::usage(&database), process::ended_children_s(), process::machine_s());
    let counted = wrk.run(system.address, protocol.secs, must.as_deref()).await?;
    let after =
        (process::usage(&system.pids), process::usage(&database), process::ended_children_s(), process::machine_s());
    ensure!(counted.requests > 0, "not one request was answered");
    let mut failures = counted.bad_status + counted.broken + counted.wrong;
    if writes_versions {
        let written = system.read_versions()?.saturating_sub(versions);
        // Those still on their way when time is up may be done or not.
        failures = failures.max(counted.writes.saturating_sub(written + u64::from(CONNECTIONS)));
    }
    let requests = counts(counted.requests);
    if load.name().starts_with('Q') {
        let mean = counts(counted.bytes) / requests;
        let shortest = SHORTEST * counts(u64::try_from(body_bytes)?);
        ensure!(mean >= shortest, "under load answers had {mean:.0} bytes, {body_bytes} when they were looked at");
    }
    let (server_s, database_s) = (after.0.cpu_s - before.0.cpu_s, after.1.cpu_s - before.1.cpu_s);
    let client_s = after.2 - before.2;
    let each = |seconds: f64| 1e6 * seconds / requests;
    Ok(Sample {
        section,
        system: system.name.clone(),
        query: load.name(),
        figures: Figures {
            per_s: requests / counted.secs,
            p50_ms: counted.p50_ms,
            p99_ms: counted.p99_ms,
            server_us: each(server_s),
            database_us: each(database_s),
            client_us: each(client_s),
            rss_mib: after.0.rss_mib,
            pss_mib: after.0.pss_mib,
            body_bytes,
        },
        others_cores: ((after.3 - before.3 - server_s - database_s - client_s) / counted.secs).max(0.0),
        failures,
    })
}

/// Looks at three answers of each query of a load; gives their mean length.
fn look(system: &mut System, load: &Load) -> Result<usize> {
    if system.is_versioned() && load.parts().iter().any(|(name, _, _)| *name == "W1") {
        system.read_versions()?;
    }
    let mut bytes = 0;
    for (name, _, most) in load.parts() {
        let query = system.peer.get(name).with_context(|| format!("{} has no {name}", system.name))?;
        bytes = check::answers(system.address, query, &system.filling.requests(query, system.most(name, most)))?;
    }
    Ok(bytes)
}

/// Takes up the requests; gives the sum of the versions before them, where writes name versions.
fn prepare(wrk: &Wrk, system: &mut System, load: &Load, writes_versions: bool) -> Result<u64> {
    let versions = if writes_versions { system.read_versions()? } else { 0 };
    let mut mixture = Mixture::default();
    for (name, share, most) in load.parts() {
        let query = system.peer.get(name).with_context(|| format!("{} has no {name}", system.name))?;
        mixture.add(name, share, system.filling.requests(query, system.most(name, most)));
    }
    wrk.take(&mixture)?;
    Ok(versions)
}

/// Waits until nothing else runs, at most for so long.
async fn quiet(patience: Duration) {
    let glance = Duration::from_millis(500).min(patience);
    let start = Instant::now();
    while start.elapsed() < patience {
        let before = process::machine_s();
        sleep(glance).await;
        if process::machine_s() - before < QUIET * glance.as_secs_f64() {
            return;
        }
    }
}

/// A count as a number to divide by.
#[expect(clippy::as_conversions, reason = "counts of a few seconds are far below what a double holds exactly")]
fn counts(count: u64) -> f64 {
    count as f64
}
