//! The demo newsroom: `seed/`, kept in the binary and brought into an empty database by the same acts everybody uses.
//!
//! `seed/README.md` says how its files are written.

mod articles;
mod body;
mod desk;
mod files;
mod library;
mod when;

use anyhow::Context as _;
use masthead_app::{App, Caller, Door, Site};
use masthead_domain::{LanguageTag, WebUrl};
use masthead_store::change_log;

/// What came of loading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Loaded {
    /// The database was empty and holds the demo newsroom now.
    Whole {
        /// How many articles it has, whatever their state.
        articles: usize,
    },
    /// Something was written to the database before; nothing of it was touched.
    NotEmpty,
}

/// What the demo site is called and where it would stand.
///
/// # Errors
/// When `seed/site.toml` is not as it should be.
pub(crate) fn site() -> anyhow::Result<Site> {
    let files::Site { name, url, languages } = files::site()?;
    let tags = languages.iter().map(|tag| tag.parse::<LanguageTag>());
    Ok(Site { name, url: WebUrl::parse(&url)?, languages: tags.collect::<Result<_, _>>()? })
}

/// Brings the demo newsroom into the database, whole or not at all.
///
/// # Errors
/// When a file is not as it should be or the database fails; then nothing of it remains.
pub(crate) async fn load(app: &App) -> anyhow::Result<Loaded> {
    let caller = Caller::system();
    let work = app.begin_through(&Door::command_line("demo"), &caller).await?;
    // Every write leaves a row in the log, so a log without rows means that nobody has written anything.
    if !change_log::is_empty(&work.tx).await? {
        return Ok(Loaded::NotEmpty);
    }
    let library = library::load(&work).await.context("the demo's library cannot be loaded")?;
    let articles = articles::load(&work, &library).await.context("the demo's articles cannot be loaded")?;
    desk::act(&work, &articles).await.context("the demo's desk cannot do its work")?;
    work.commit().await?;
    Ok(Loaded::Whole { articles: articles.len() })
}

#[cfg(test)]
mod tests;
