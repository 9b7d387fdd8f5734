//! Loads a synthetic newsroom into a database, through the same acts as everything else.

use std::{
    collections::HashMap,
    fs::File,
    io::{BufRead, BufReader},
    path::Path,
    sync::Arc,
};

use anyhow::{Context, Result};
use masthead_app::{App, Caller, Site, SystemClock, SystemIds, article, author, category, contact, media};
use masthead_domain::{AuthorId, CategoryId, Localizations, WebUrl};
use masthead_store::{ConnectionTrait, Database, DatabaseConfig, Engine};
use serde::de::DeserializeOwned;
use tokio::task::JoinSet;

use crate::newsroom::{Article, Author, Category};

/// Changes whenever the same records become other rows.
pub(crate) const VERSION: u32 = 1;

/// How many articles one transaction keeps.
const BATCH: usize = 200;
/// How many transactions PostgreSQL is given at a time.
const WRITERS: usize = 3;

/// Loads the records in `data` (as [`crate::generate::newsroom`] writes them) into the database at `url`, which is
/// made and brought up to date, and must be empty.
///
/// # Errors
/// When a file or the database cannot be read or written.
pub(crate) async fn newsroom(data: &Path, url: &str) -> Result<()> {
    let database = Database::open(&DatabaseConfig::new(url)).await?;
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
    loader.people_and_sections(data).await?;
    let database = loader.app.database.clone();
    Arc::new(loader).articles(data).await?;
    if database.engine() == Engine::Postgres {
        // The planner knows nothing of tables that were filled a moment ago.
        database.execute_unprepared("analyze").await?;
    }
    database.close().await?;
    Ok(())
}

struct Loader {
    app: App,
    authors: HashMap<u32, AuthorId>,
    categories: HashMap<u32, CategoryId>,
}

fn lines<T: DeserializeOwned>(path: &Path) -> Result<impl Iterator<Item = Result<T>> + use<T>> {
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

    /// Several batches at a time, where several can be written at a time.
    async fn articles(self: Arc<Self>, data: &Path) -> Result<()> {
        let writers = if self.app.database.engine() == Engine::Postgres { WRITERS } else { 1 };
        let mut lines = lines::<Article>(&data.join("articles.jsonl"))?;
        let mut writing = JoinSet::new();
        loop {
            let batch: Vec<Article> = lines.by_ref().take(BATCH).collect::<Result<_>>()?;
            if batch.is_empty() {
                break;
            }
            if writing.len() == writers {
                writing.join_next().await.transpose()?.transpose()?;
            }
            writing.spawn(Arc::clone(&self).batch(batch));
        }
        while let Some(written) = writing.join_next().await {
            written??;
        }
        Ok(())
    }

    async fn batch(self: Arc<Self>, batch: Vec<Article>) -> Result<()> {
        let caller = Caller::system();
        let work = self.app.begin(&caller).await?;
        for article in batch {
            let mut gallery = Vec::new();
            for content in article.media()? {
                gallery.push(media::create(&work, content, Localizations::default()).await?);
            }
            let mut contacts = Vec::new();
            for content in article.contacts()? {
                contacts.push(contact::create(&work, content, Localizations::default()).await?);
            }
            let (draft, history) = article.draft(&self.authors, &self.categories, gallery, contacts)?;
            article::import(&work, draft, history).await?;
        }
        work.commit().await?;
        Ok(())
    }
}

/// The names of the migrations a database has, when they are those that this program knows.
///
/// # Errors
/// When the database cannot be reached.
pub(crate) async fn schema(url: &str) -> Result<String> {
    let database = Database::open(&DatabaseConfig::new(url)).await?;
    let steps = masthead_migrations::status(database.for_migrations()).await?;
    database.close().await?;
    let of_step = |step: masthead_migrations::Step| if step.is_applied { step.name } else { "missing".to_owned() };
    Ok(steps.into_iter().map(of_step).collect::<Vec<_>>().join("+"))
}
