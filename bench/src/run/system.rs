//! The systems that are measured, started and known by their addresses.

use std::{
    collections::HashMap,
    net::{SocketAddr, ToSocketAddrs as _},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::{
    Programs, check,
    child::{self, Running},
    client,
    peer::{self, Each, Peer},
    postgres::Postgres,
    process,
    request::{Filling, Known, Request},
};

/// How many articles a page holds when they are walked through.
const PAGE: usize = 100;
/// How deep the page of Q4 lies, in pages.
const PAGES_BEFORE_Q4: usize = 80;

/// A running system.
#[derive(Debug)]
pub(crate) struct System {
    /// As tables and results call it.
    pub(crate) name: String,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// What it is asked.
    pub(crate) peer: Peer,
    /// What the requests are filled with.
    pub(crate) filling: Filling,
    /// Its processes.
    pub(crate) pids: Vec<u32>,
    /// The database's process, where it has one of its own.
    pub(crate) database: Option<u32>,
    /// Seconds from its start to three good answers, and its memory then, in MiB.
    pub(crate) start: Option<(f64, f64)>,
}

/// Starts programs and keeps them until it is dropped.
#[derive(Debug)]
pub(crate) struct House {
    folder: PathBuf,
    core: usize,
    programs: Programs,
    running: Vec<Running>,
}

/// How a server of ours is started.
#[derive(Debug, Clone)]
pub(crate) struct Serving<'a> {
    /// As tables and results call it.
    pub(crate) name: &'a str,
    /// The database, and the process it has if it is PostgreSQL.
    pub(crate) url: String,
    /// The database's process, where it has one of its own.
    pub(crate) database: Option<u32>,
    /// Whether answers are kept, as they are by default.
    pub(crate) keeps_answers: bool,
    /// The newsroom that is in the database.
    pub(crate) data: &'a Path,
}

impl House {
    /// Nothing runs yet. Logs go to `folder`; servers run on `core`.
    pub(crate) fn new(folder: &Path, core: usize, programs: &Programs) -> Self {
        Self { folder: folder.to_owned(), core, programs: programs.clone(), running: Vec::new() }
    }

    /// Starts this project's server, with a key for writing and the cursor of Q4.
    ///
    /// # Errors
    /// When it does not start or answers wrongly.
    pub(crate) async fn masthead(&mut self, serving: Serving<'_>) -> Result<System> {
        let Serving { name, url, database, keeps_answers, data } = serving;
        let address = child::free_address()?;
        let mut environment = vec![
            ("MASTHEAD_LISTEN", address.to_string()),
            ("MASTHEAD_DATABASE_URL", url.clone()),
            ("MASTHEAD_JWT_SECRET", "only-for-measuring-on-this-machine".to_owned()),
            ("MASTHEAD_SITE_LANGUAGES", "fr,en,ht".to_owned()),
        ];
        if !keeps_answers {
            environment.push(("MASTHEAD_CACHE_BYTES_MAX", "0".to_owned()));
        }
        let peer = peer::masthead()?;
        let mut filling = Filling::read(data)?;
        let start = self.start(name, "masthead", &environment, (address, &peer, &filling)).await?;
        filling.token = Some(self.key(&url).await?);
        filling.cursor = cursor(address)?;
        Ok(System { name: name.to_owned(), address, peer, filling, pids: self.last(), database, start: Some(start) })
    }

    /// Starts the limit programs: `L0g` and `L2` over SQLite; `L1` and `L1r` over PostgreSQL, when there is one.
    ///
    /// # Errors
    /// When it does not start or answers wrongly.
    pub(crate) async fn limits(
        &mut self,
        file: &Path,
        postgres: Option<(String, u32)>,
        data: &Path,
    ) -> Result<Vec<System>> {
        let address = child::free_address()?;
        let (url, database) = postgres.clone().unzip();
        let environment = [
            ("PORT", address.port().to_string()),
            ("SQLITE", file.display().to_string()),
            ("PG", url.unwrap_or_default()),
            ("MEM", "1".to_owned()),
            ("L0DOCS", "0".to_owned()),
        ];
        let finished = peer::finished()?;
        self.start("limit", "limit", &environment, (address, &finished, &Filling::read(data)?)).await?;
        let mut systems = Vec::new();
        let peers = [
            ("l0g", finished, None),
            ("l1", peer::limit("/l1")?, database),
            ("l1r", peer::limit("/l1r")?, database),
            ("l2", peer::limit("/l2")?, None),
        ];
        for (name, peer, database) in peers {
            if !name.starts_with("l1") || database.is_some() {
                let (pids, filling) = (self.last(), Filling::read(data)?);
                systems.push(System { name: name.to_owned(), address, peer, filling, pids, database, start: None });
            }
        }
        Ok(systems)
    }

    /// Starts `S` over a database.
    ///
    /// # Errors
    /// When it does not start or answers wrongly.
    pub(crate) async fn plain(&mut self, name: &str, url: &str, database: Option<u32>, data: &Path) -> Result<System> {
        let address = child::free_address()?;
        let environment = [("PORT", address.port().to_string()), ("DATABASE_URL", url.to_owned())];
        let (peer, filling) = (peer::plain()?, Filling::read(data)?);
        let start = self.start(name, "s", &environment, (address, &peer, &filling)).await?;
        Ok(System { name: name.to_owned(), address, peer, filling, pids: self.last(), database, start: Some(start) })
    }

    /// Starts a program and waits for three good answers to Q1: for how long, and with how much memory, is the result.
    async fn start(
        &mut self,
        name: &str,
        program: &str,
        environment: &[(&str, String)],
        (address, peer, filling): (SocketAddr, &Peer, &Filling),
    ) -> Result<(f64, f64)> {
        let log = self.folder.join(format!("{name}.log"));
        let program = self.programs.path(program);
        let mut running = Running::start(name, self.core, &program, environment, &log)?;
        let query = peer.get("Q1").context("there is no Q1")?;
        let requests = filling.requests(query, 1);
        let took = running.ready(|| check::answers(address, query, &requests).map(|_| ())).await?;
        let memory = process::usage(&[running.pid()]).rss_mib;
        self.running.push(running);
        Ok((took.as_secs_f64(), memory))
    }

    fn last(&self) -> Vec<u32> {
        self.running.last().map(Running::pid).into_iter().collect()
    }

    async fn key(&self, url: &str) -> Result<String> {
        let mut masthead = Command::new(self.programs.path("masthead"));
        masthead.env_clear().current_dir(&self.folder);
        masthead.args(["--database-url", url, "--log-level", "error", "key", "create", "--name", "Load"]);
        masthead.args(["--scope", "drafts:read,articles:write", "--expires", "1d"]);
        let key = child::output(masthead, "`cargo xtask bench` builds it").await?;
        Ok(key.trim().to_owned())
    }
}

/// A rival that somebody has started, if it answers Q1 as it should; else why not.
///
/// # Errors
/// When it is not there, or gives other answers.
pub(crate) fn rival(name: &str, base: &str, peer: Peer, postgres: &Postgres, data: &Path) -> Result<System> {
    let place = base.trim_start_matches("http://").trim_end_matches('/');
    let address = place.to_socket_addrs()?.next().with_context(|| format!("{base} is no http://HOST:PORT"))?;
    let filling = Filling::read(data)?;
    let query = peer.get("Q1").context("there is no Q1")?;
    check::answers(address, query, &filling.requests(query, 1))?;
    let pid = process::listener(address.port()).context("its process cannot be seen")?;
    let database = Some(postgres.postmaster);
    Ok(System { name: name.to_owned(), address, peer, filling, pids: vec![pid], database, start: None })
}

impl System {
    /// Whether writes name versions, so that they have to be read before.
    pub(crate) fn is_versioned(&self) -> bool {
        self.filling.token.is_some()
    }

    /// Reads ids and versions of all articles, with what waits beside them, and gives the sum of the versions.
    ///
    /// # Errors
    /// When an answer is not as it should be.
    pub(crate) fn read_versions(&mut self) -> Result<u64> {
        let query = "query Versions($after: String) { articles(first: 100, after: $after, perspective: LATEST) { \
            nodes { id slug version } pageInfo { endCursor hasNextPage } } }";
        let (mut known, mut after, mut sum) = (HashMap::new(), Value::Null, 0);
        loop {
            let page = ask(self.address, query, &after, self.filling.token.as_deref())?;
            for node in page.pointer("/nodes").and_then(Value::as_array).into_iter().flatten() {
                let text = |name: &str| node.get(name).and_then(Value::as_str).map(str::to_owned);
                let version = node.get("version").and_then(Value::as_u64).unwrap_or_default();
                let (Some(id), Some(slug)) = (text("id"), text("slug")) else { continue };
                known.insert(slug, Known { id, version: u32::try_from(version)? });
                sum += version;
            }
            after = page.pointer("/pageInfo/endCursor").cloned().unwrap_or_default();
            if page.pointer("/pageInfo/hasNextPage") != Some(&Value::Bool(true)) {
                break;
            }
        }
        self.filling.known = known;
        Ok(sum)
    }

    /// How many requests a query may be made into, all of them different.
    pub(crate) fn most(&self, query: &str, wanted: usize) -> usize {
        let is_of_articles = self.peer.get(query).is_some_and(|query| query.each == Each::Article);
        if is_of_articles { wanted.min(self.filling.articles.len()) } else { wanted }
    }
}

/// The end of the first 8,000 articles.
fn cursor(address: SocketAddr) -> Result<String> {
    let query = "query Walk($after: String) { articles(first: 100, after: $after) { pageInfo { endCursor } } }";
    let mut after = Value::Null;
    for _ in 0..PAGES_BEFORE_Q4 {
        after = ask(address, query, &after, None)?.pointer("/pageInfo/endCursor").cloned().unwrap_or_default();
    }
    let cursor = after.as_str().with_context(|| format!("there are not {} articles", PAGES_BEFORE_Q4 * PAGE))?;
    Ok(cursor.to_owned())
}

/// Asks our own server for a page of articles.
fn ask(address: SocketAddr, query: &str, after: &Value, token: Option<&str>) -> Result<Value> {
    let body = json!({ "query": query, "variables": { "after": after } }).to_string();
    let (method, path) = ("POST".to_owned(), "/graphql".to_owned());
    let request = Request { method, path, token: token.map(str::to_owned), body: Some(body), version: None };
    let answer: Value = serde_json::from_slice(&client::ask(address, &request)?.body)?;
    let page = answer.pointer("/data/articles").cloned();
    page.with_context(|| format!("articles cannot be walked through: {answer}"))
}
