//! Generated newsrooms and loaded databases, kept from one run to the next as long as they would come out the same.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use anyhow::{Context as _, Result, ensure};

use super::{
    Programs, child,
    child::say,
    postgres::{PREFIX, Postgres},
};
use crate::{generate, load};

/// What is kept, below one folder and on one PostgreSQL server.
#[derive(Debug)]
pub(crate) struct Stock {
    /// The folder.
    pub(crate) folder: PathBuf,
    /// The server; `None` when only SQLite is measured.
    pub(crate) postgres: Option<Postgres>,
    /// What loads the neutral tables.
    pub(crate) programs: Programs,
}

/// Forms of the same newsroom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Loaded through this project's acts.
    Masthead,
    /// In plain tables, for the limit programs, `S` and rivals.
    Neutral,
}

impl Form {
    fn name(self, articles: u32) -> String {
        match self {
            Self::Masthead => articles.to_string(),
            Self::Neutral => format!("neutral_{articles}"),
        }
    }

    /// What has to be the same for a database to be kept. The last migration of one that is not there yet is unknown.
    async fn stamp(self, loaded: &str) -> String {
        let generator = generate::VERSION;
        match self {
            Self::Masthead => {
                let schema = load::schema(loaded).await.unwrap_or_default();
                format!("newsroom {generator}, loader {}, schema {schema}", load::VERSION)
            }
            Self::Neutral => format!("newsroom {generator}, neutral tables {NEUTRAL_VERSION}"),
        }
    }
}

/// Changes whenever the neutral tables do.
const NEUTRAL_VERSION: u32 = 1;

impl Stock {
    /// The folder of a generated newsroom.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn newsroom(&self, articles: u32) -> Result<PathBuf> {
        let folder = self.folder.join(format!("newsroom_{articles}"));
        let (stamp, words) = (folder.join("stamp"), format!("newsroom {}", generate::VERSION));
        if fs::read_to_string(&stamp).is_ok_and(|found| found == words) {
            return Ok(folder);
        }
        say(&format!("writing a newsroom of {articles} articles"));
        generate::newsroom(articles, &folder)?;
        fs::write(&stamp, words)?;
        Ok(folder)
    }

    /// The file of a SQLite database with a newsroom in it.
    ///
    /// # Errors
    /// When it cannot be loaded.
    pub(crate) async fn sqlite(&self, form: Form, articles: u32) -> Result<PathBuf> {
        let file = self.folder.join(format!("{}.db", form.name(articles)));
        let stamp = file.with_extension("stamp");
        let found = fs::read_to_string(&stamp).ok();
        let url = format!("sqlite://{}", file.display());
        if found.is_some() && file.exists() && found == Some(form.stamp(&url).await) {
            return Ok(file);
        }
        forget(&file)?;
        let data = self.newsroom(articles)?;
        let start = Instant::now();
        match form {
            Form::Masthead => load::newsroom(&data, &url).await?,
            Form::Neutral => self.load_neutral("sqlite", &data, &file.display().to_string()).await?,
        }
        fs::write(&stamp, form.stamp(&url).await)?;
        loaded(&file.display().to_string(), articles, start);
        Ok(file)
    }

    /// The name of a PostgreSQL database with a newsroom in it.
    ///
    /// # Errors
    /// When it cannot be loaded.
    pub(crate) async fn postgres(&self, form: Form, articles: u32) -> Result<String> {
        let server = self.server()?;
        let name = format!("{PREFIX}{}", form.name(articles));
        let url = server.address(&name);
        let found = server.stamp(&name).await?;
        if found.is_some() && found == Some(form.stamp(&url).await) {
            return Ok(name);
        }
        server.create(&name, None).await?;
        let data = self.newsroom(articles)?;
        let start = Instant::now();
        match form {
            Form::Masthead => load::newsroom(&data, &url).await?,
            Form::Neutral => self.load_neutral("postgres", &data, &url).await?,
        }
        // Without it the first readers would pay for the hints of all rows, and for writing them.
        server.ask(&name, "vacuum analyze").await?;
        server.put_stamp(&name, &form.stamp(&url).await).await?;
        loaded(&name, articles, start);
        Ok(name)
    }

    /// A copy of a SQLite database that may be written to.
    ///
    /// # Errors
    /// When it cannot be copied.
    pub(crate) fn copy_of_file(&self, file: &Path) -> Result<PathBuf> {
        let copy = self.folder.join("writes.db");
        forget(&copy)?;
        for ending in ["", "-wal"] {
            let from = PathBuf::from(format!("{}{ending}", file.display()));
            if from.exists() {
                fs::copy(&from, format!("{}{ending}", copy.display()))
                    .with_context(|| format!("cannot copy {}", from.display()))?;
            }
        }
        Ok(copy)
    }

    /// A copy of a PostgreSQL database that may be written to.
    ///
    /// # Errors
    /// When it cannot be copied.
    pub(crate) async fn copy_of_database(&self, database: &str) -> Result<String> {
        let copy = format!("{database}_writes");
        self.server()?.create(&copy, Some(database)).await?;
        Ok(copy)
    }

    /// Forgets everything that was loaded.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub(crate) async fn forget(&self) -> Result<()> {
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|ending| ending == "db") {
                forget(&path)?;
            }
        }
        if let Some(server) = &self.postgres {
            let names = format!("select datname from pg_database where starts_with(datname, '{PREFIX}')");
            for name in server.ask("postgres", &names).await?.lines() {
                server.drop(name).await?;
            }
        }
        Ok(())
    }

    /// The PostgreSQL server.
    ///
    /// # Errors
    /// When none is measured.
    pub(crate) fn server(&self) -> Result<&Postgres> {
        self.postgres.as_ref().context("PostgreSQL is left out of this run")
    }

    async fn load_neutral(&self, engine: &str, data: &Path, target: &str) -> Result<()> {
        let program = self.programs.neutral();
        ensure!(program.exists(), "{} is not there: `cargo xtask bench` builds it", program.display());
        let mut command = Command::new(program);
        command.args([engine, &data.display().to_string(), target]);
        child::output(command, "`cargo xtask bench` builds it").await?;
        Ok(())
    }
}

fn loaded(what: &str, articles: u32, start: Instant) {
    say(&format!("loaded {articles} articles into {what} in {:.0} s", start.elapsed().as_secs_f64()));
}

fn forget(file: &Path) -> Result<()> {
    for ending in ["", "-wal", "-shm"] {
        let path = PathBuf::from(format!("{}{ending}", file.display()));
        if path.exists() {
            fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
    }
    let stamp = file.with_extension("stamp");
    if stamp.exists() {
        fs::remove_file(&stamp)?;
    }
    Ok(())
}
