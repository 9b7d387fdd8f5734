//! Loads the synthetic newsroom of the load harness into a database, through the same acts as everything else.
//!
//! `cargo run --release -p masthead-bench -- DATA_DIR DATABASE_URL`: `DATA_DIR` holds `authors.jsonl`,
//! `categories.jsonl` and `articles.jsonl`; the database must be empty. Writes `ids.tsv` (the harness's number and our
//! id of each article) beside them.

mod newsroom;

use std::{
    collections::HashMap,
    fs::File,
    io::{BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result};
use clap::Parser;
use masthead_app::{App, Caller, Site, SystemClock, SystemIds, article, author, category, contact, media};
use masthead_domain::{AuthorId, CategoryId, Localizations, WebUrl};
use masthead_store::{Database, DatabaseConfig, Engine};
use serde::de::DeserializeOwned;

use crate::newsroom::{Article, Author, Category};

/// How many articles one transaction keeps.
const BATCH: usize = 200;

#[derive(Parser)]
struct Arguments {
    /// The folder with the harness's data.
    data: PathBuf,
    /// `sqlite://…` or `postgres://…`.
    database: String,
}

#[tokio::main]
async fn main() -> Result<()> {
    let Arguments { data, database } = Arguments::parse();
    let database = Database::open(&DatabaseConfig::new(database)).await?;
    masthead_migrations::migrate(database.for_migrations()).await?;
    let app = App {
        database,
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
        site: Arc::new(Site {
            name: "Load".to_owned(),
            url: WebUrl::parse("https://news.example")?,
            languages: vec!["fr".parse()?, "en".parse()?, "ht".parse()?],
        }),
    };
    let mut loader = Loader { app, authors: HashMap::new(), categories: HashMap::new() };
    loader.people_and_sections(&data).await?;
    loader.articles(&data).await?;
    if loader.app.database.engine() == Engine::Postgres {
        // The planner knows nothing of tables that were filled a moment ago.
        masthead_store::ConnectionTrait::execute_unprepared(&loader.app.database, "analyze").await?;
    }
    loader.app.database.close().await?;
    Ok(())
}

struct Loader {
    app: App,
    authors: HashMap<u32, AuthorId>,
    categories: HashMap<u32, CategoryId>,
}

fn lines<T: DeserializeOwned>(path: &Path) -> Result<impl Iterator<Item = Result<T>>> {
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    Ok(BufReader::new(file).lines().map(|line| Ok(serde_json::from_str(&line?)?)))
}

impl Loader {
    async fn people_and_sections(&mut self, data: &Path) -> Result<()> {
        let caller = Caller::system();
        let work = self.app.begin(&caller).await?;
        for line in lines::<Author>(&data.join("authors.jsonl"))? {
            let (number, draft) = line?.draft()?;
            self.authors.insert(number, author::create(&work, draft).await?);
        }
        for line in lines::<Category>(&data.join("categories.jsonl"))? {
            let (number, draft) = line?.draft(&self.categories)?;
            self.categories.insert(number, category::create(&work, draft).await?);
        }
        work.commit().await?;
        Ok(())
    }

    async fn articles(&self, data: &Path) -> Result<()> {
        let caller = Caller::system();
        let mut ids = BufWriter::new(File::create(data.join("ids.tsv"))?);
        let mut work = self.app.begin(&caller).await?;
        for (place, line) in lines::<Article>(&data.join("articles.jsonl"))?.enumerate() {
            if place > 0 && place % BATCH == 0 {
                work.commit().await?;
                work = self.app.begin(&caller).await?;
            }
            let line = line?;
            let mut gallery = Vec::new();
            for content in line.media()? {
                gallery.push(media::create(&work, content, Localizations::default()).await?);
            }
            let mut contacts = Vec::new();
            for content in line.contacts()? {
                contacts.push(contact::create(&work, content, Localizations::default()).await?);
            }
            let (draft, history) = line.draft(&self.authors, &self.categories, gallery, contacts)?;
            let id = article::import(&work, draft, history).await?;
            writeln!(ids, "{}\t{id}", line.id)?;
        }
        work.commit().await?;
        ids.flush()?;
        Ok(())
    }
}
