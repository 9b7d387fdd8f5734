//! `masthead migrate`.

use masthead_migrations::Step;

use super::database;
use crate::{args::MigrateAction, config::Config, failure::StartError, output};

/// Applies migrations or lists them.
pub(crate) async fn run(config: &Config, action: Option<MigrateAction>) -> anyhow::Result<()> {
    match action.unwrap_or(MigrateAction::Up) {
        MigrateAction::Up => up(config).await,
        MigrateAction::Status => status(config).await,
    }
}

async fn up(config: &Config) -> anyhow::Result<()> {
    let database = database::open(&config.database).await?;
    let place = database::place(&config.database);
    let names = masthead_migrations::migrate(database.for_migrations())
        .await
        .map_err(|cause| StartError::Migration { place: place.clone(), cause: cause.into() })?;
    let mut text: String = names.iter().map(|name| format!("applied  {name}\n")).collect();
    if names.is_empty() {
        text.push_str(&format!("{place} is up to date\n"));
    }
    output::print(&text)?;
    Ok(database.close().await?)
}

async fn status(config: &Config) -> anyhow::Result<()> {
    // Opening an SQLite database makes it, and asking must not.
    let file = config.database.url.strip_prefix("sqlite://").and_then(|rest| rest.split('?').next());
    if let Some(file) = file.filter(|file| !std::path::Path::new(file).exists()) {
        output::print(&format!("there is no {file} yet: `masthead migrate` or `masthead serve` makes it\n"))?;
        return Ok(());
    }
    let database = database::open(&config.database).await?;
    let steps = masthead_migrations::status(database.for_migrations())
        .await
        .map_err(|cause| StartError::Migration { place: database::place(&config.database), cause: cause.into() })?;
    let word = |is_applied: bool| if is_applied { "applied" } else { "pending" };
    let text: String =
        steps.iter().map(|Step { name, is_applied }| format!("{}  {name}\n", word(*is_applied))).collect();
    output::print(&text)?;
    Ok(database.close().await?)
}
