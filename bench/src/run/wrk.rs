//! The load: wrk, with a list of requests.

use std::{
    fs::File,
    io::{BufWriter, Write as _},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result};
use serde::Deserialize;

use super::{
    child::{self, say},
    request::Request,
};

const SCRIPT: &str = include_str!("../../load.lua");
const INSTALL: &str =
    "install wrk (Debian, Ubuntu: apt-get install wrk; macOS has it, but not the /proc that is read here)";

/// How many connections ask at a time.
pub(crate) const CONNECTIONS: u32 = 32;

/// What wrk counted.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Counted {
    /// Requests that were answered.
    pub(crate) requests: u64,
    /// How long it took.
    pub(crate) secs: f64,
    /// Half of the answers came within so many milliseconds.
    pub(crate) p50_ms: f64,
    /// 99 of 100 answers came within so many milliseconds.
    pub(crate) p99_ms: f64,
    /// All answers with their headers.
    pub(crate) bytes: u64,
    /// Answers with another status than 2xx and 3xx.
    pub(crate) bad_status: u64,
    /// Connections that broke or answered too late.
    pub(crate) broken: u64,
    /// Answers that were looked at and found wrong.
    pub(crate) wrong: u64,
    /// Writes with a version that were sent.
    pub(crate) writes: u64,
}

/// Requests of several queries, and how they take turns.
#[derive(Debug, Default)]
pub(crate) struct Mixture {
    groups: Vec<(String, u32, Vec<Request>)>,
}

impl Mixture {
    /// Adds the requests of a query, with their share.
    pub(crate) fn add(&mut self, name: &str, share: u32, requests: Vec<Request>) {
        self.groups.push((name.to_owned(), share, requests));
    }

    /// The names in the order in which they take turns, each as often as its share, spread evenly.
    fn turns(&self) -> Vec<&str> {
        let total: u32 = self.groups.iter().map(|(_, share, _)| share).sum();
        let mut due = vec![0_i64; self.groups.len()];
        let mut turns = Vec::new();
        for _ in 0..total {
            for (due, (_, share, _)) in due.iter_mut().zip(&self.groups) {
                *due += i64::from(*share);
            }
            let most = due.iter().copied().max().unwrap_or_default();
            let Some(((name, _, _), due)) = self.groups.iter().zip(&mut due).find(|(_, due)| **due == most) else {
                break;
            };
            *due -= i64::from(total);
            turns.push(name.as_str());
        }
        turns
    }

    fn write(&self, path: &Path) -> Result<()> {
        let mut file = BufWriter::new(File::create(path).with_context(|| format!("cannot write {}", path.display()))?);
        writeln!(file, "#\t{}", self.turns().join("\t"))?;
        for (name, _, requests) in &self.groups {
            for Request { method, path, token, body, version } in requests {
                let version = version.map_or_else(|| "-".to_owned(), |version| version.to_string());
                let (token, body) = (token.as_deref().unwrap_or("-"), body.as_deref().unwrap_or("-"));
                writeln!(file, "{name}\t{method}\t{path}\t{token}\t{version}\t{body}")?;
            }
        }
        file.flush()?;
        Ok(())
    }
}

/// The load generator, on a core of its own.
#[derive(Debug)]
pub(crate) struct Wrk {
    core: usize,
    script: PathBuf,
    list: PathBuf,
}

impl Wrk {
    /// Puts the script into `folder`.
    ///
    /// # Errors
    /// When the folder cannot be written or there is no wrk.
    pub(crate) async fn prepare(folder: &Path, core: usize) -> Result<Self> {
        let mut which = Command::new("sh");
        which.args(["-c", "command -v wrk"]);
        child::output(which, "a shell is needed").await.context(format!("wrk is missing: {INSTALL}"))?;
        let wrk = Self { core, script: folder.join("load.lua"), list: folder.join("requests.tsv") };
        std::fs::write(&wrk.script, SCRIPT).with_context(|| format!("cannot write {}", wrk.script.display()))?;
        Ok(wrk)
    }

    /// Takes the requests of the runs that follow.
    ///
    /// # Errors
    /// When their file cannot be written.
    pub(crate) fn take(&self, requests: &Mixture) -> Result<()> {
        requests.write(&self.list)
    }

    /// Asks for so many seconds. With `must`, each answer is looked at, which costs the client about ten microseconds.
    ///
    /// # Errors
    /// When wrk fails.
    pub(crate) async fn run(&self, address: SocketAddr, secs: u32, must: Option<&str>) -> Result<Counted> {
        let mut command = Command::new("taskset");
        command.args(["-c", &self.core.to_string(), "wrk", "-t", "1", "-c", &CONNECTIONS.to_string()]);
        command.args(["-d", &format!("{secs}s"), "--timeout", "30s", "-s"]).arg(&self.script);
        command.arg(format!("http://{address}")).arg("--").arg(&self.list).args(must);
        let wrote = child::output(command, INSTALL).await?;
        if let Some(wrong) = wrote.lines().find_map(|line| line.strip_prefix("WRONG ")) {
            say(&format!("the first wrong answer: {wrong}"));
        }
        let json = wrote.lines().find_map(|line| line.strip_prefix("JSON "));
        let json = json.with_context(|| format!("wrk did not say what it counted: {wrote}"))?;
        serde_json::from_str(json).with_context(|| format!("wrk counted something unexpected: {json}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_are_shared_out_evenly() {
        let mut mixture = Mixture::default();
        for (name, share) in [("Q1", 2), ("Q2", 3), ("W1", 1)] {
            mixture.add(name, share, Vec::new());
        }
        assert_eq!(mixture.turns(), ["Q2", "Q1", "Q2", "W1", "Q1", "Q2"]);
    }

    #[test]
    fn the_list_says_what_wrk_sends() {
        let folder = tempfile::tempdir().unwrap();
        let mut mixture = Mixture::default();
        let get = Request { method: "GET".to_owned(), path: "/a".to_owned(), ..Request::default() };
        let write =
            Request { version: Some(3), token: Some("t".to_owned()), body: Some("{}".to_owned()), ..get.clone() };
        mixture.add("W1", 1, vec![get, write]);
        let path = folder.path().join("list");
        mixture.write(&path).unwrap();
        assert_eq!(std::fs::read_to_string(path).unwrap(), "#\tW1\nW1\tGET\t/a\t-\t-\t-\nW1\tGET\t/a\tt\t3\t{}\n");
    }
}
