//! The PostgreSQL server that databases are made on, asked through psql.

use std::{fs, path::Path, process::Command};

use anyhow::{Context as _, Result, ensure};
use url::Url;

use super::{child, process};

const INSTALL: &str = "install the client of PostgreSQL (Debian, Ubuntu: apt-get install postgresql-client)";
const NO_SERVER: &str = "no PostgreSQL answers there: install one (apt-get install postgresql), or start a throw-away one \
    with `just pg`; say where it is with --postgres, or leave it out with --engine sqlite";

/// Lasting names, all with this beginning; nothing else on the server is touched.
pub(crate) const PREFIX: &str = "masthead_bench_";

/// A server on this machine.
#[derive(Debug, Clone)]
pub(crate) struct Postgres {
    server: Url,
    /// The process all others of the server come from.
    pub(crate) postmaster: u32,
    /// Version and the settings that matter to what is measured.
    pub(crate) words: String,
}

impl Postgres {
    /// Looks whether it is there, may make databases, and runs on this machine.
    ///
    /// # Errors
    /// What is missing, and how to mend it.
    pub(crate) async fn find(server: &str) -> Result<Self> {
        let server = Url::parse(server).with_context(|| format!("--postgres {server} is no address"))?;
        let mut found = Self { server, postmaster: 0, words: String::new() };
        let may = "select rolcreatedb or rolsuper from pg_roles where rolname = current_user";
        let may = found.ask("postgres", may).await.context(NO_SERVER)?;
        ensure!(may == "t", "the user of {} may not make databases: alter role … createdb", found.server);
        let pid = found.ask("postgres", "select pid from pg_stat_activity where backend_type = 'checkpointer'").await?;
        found.postmaster = pid.parse().ok().and_then(process::parent).unwrap_or_default();
        let name = fs::read_to_string(format!("/proc/{}/comm", found.postmaster)).unwrap_or_default();
        ensure!(
            name.starts_with("postgres"),
            "the server at {} is not on this machine, or its processes cannot be seen: its CPU could not be counted",
            found.server
        );
        let words = "select format('PostgreSQL %s, shared_buffers %s, fsync %s, synchronous_commit %s', \
            split_part(current_setting('server_version'), ' ', 1), current_setting('shared_buffers'), \
            current_setting('fsync'), current_setting('synchronous_commit'))";
        found.words = found.ask("postgres", words).await?;
        Ok(found)
    }

    /// The address of a database. Without TLS, which everybody here is spared.
    pub(crate) fn address(&self, database: &str) -> String {
        let mut address = self.server.clone();
        address.set_path(database);
        address.set_query(Some("sslmode=disable"));
        address.to_string()
    }

    /// What a database says to one statement, as text.
    ///
    /// # Errors
    /// What psql says.
    pub(crate) async fn ask(&self, database: &str, statement: &str) -> Result<String> {
        let mut psql = Command::new("psql");
        psql.env("PGCONNECT_TIMEOUT", "5").args(["-w", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]);
        psql.args(["-d", &self.address(database), "-c", statement]);
        Ok(child::output(psql, INSTALL).await?.trim().to_owned())
    }

    /// The stamp of a database; `None` when there is no such database or it has none.
    pub(crate) async fn stamp(&self, database: &str) -> Result<Option<String>> {
        let statement =
            format!("select shobj_description(oid, 'pg_database') from pg_database where datname = '{database}'");
        Ok(Some(self.ask("postgres", &statement).await?).filter(|stamp| !stamp.is_empty()))
    }

    /// Stamps a database as complete.
    pub(crate) async fn put_stamp(&self, database: &str, stamp: &str) -> Result<()> {
        self.ask("postgres", &format!("comment on database {database} is '{stamp}'")).await?;
        Ok(())
    }

    /// Makes a database anew: empty, or as a copy of another that nobody is connected to.
    pub(crate) async fn create(&self, database: &str, like: Option<&str>) -> Result<()> {
        self.drop(database).await?;
        let like = like.map(|like| format!(" template {like}")).unwrap_or_default();
        self.ask("postgres", &format!("create database {database}{like}")).await?;
        Ok(())
    }

    /// Forgets a database of ours.
    pub(crate) async fn drop(&self, database: &str) -> Result<()> {
        ensure!(database.starts_with(PREFIX), "{database} is none of the load's databases");
        self.ask("postgres", &format!("drop database if exists {database} with (force)")).await?;
        Ok(())
    }
}

/// Processes that are kept on one core until this is dropped.
#[derive(Debug)]
pub(crate) struct Pinned {
    root: u32,
    before: String,
}

impl Pinned {
    /// Keeps a process, all below it and all it will start on `core`.
    ///
    /// # Errors
    /// When this user may not do that.
    pub(crate) async fn to(root: u32, core: usize) -> Result<Self> {
        let mut taskset = Command::new("taskset");
        taskset.args(["-c", "-p", &root.to_string()]);
        let said = child::output(taskset, "install util-linux").await?;
        let before = said.trim().rsplit(' ').next().context("taskset does not say where a process may run")?.to_owned();
        let pinned = Self { root, before };
        pinned.set(&core.to_string()).context("to pin the database's processes you must be its user, or root")?;
        Ok(pinned)
    }

    fn set(&self, cores: &str) -> Result<()> {
        for pid in process::with_descendants(&[self.root]) {
            let pid = pid.to_string();
            let output = Command::new("taskset").args(["-a", "-c", "-p", cores, &pid]).output()?;
            // One that has ended meanwhile needs no core.
            let is_there = Path::new("/proc").join(&pid).exists();
            ensure!(output.status.success() || !is_there, "{}", String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(())
    }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        // If the server has ended, there is nothing to give back.
        let _ = self.set(&self.before);
    }
}
