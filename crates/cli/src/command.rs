//! What the commands do.

mod answer;
pub(crate) mod database;
mod identity;
pub(crate) mod import;
pub(crate) mod key;
mod life;
mod migrate;
pub(crate) mod operations;
mod schema;
mod serve;
pub(crate) mod token;
pub(crate) mod user;

use std::sync::Arc;

use masthead_app::{
    App, SystemClock, SystemIds,
    identity::{KeyRing, PasswordConfig, Passwords},
};
use masthead_store::Database;

use crate::{args::Command, config::Config, failure::StartError, output, telemetry::Log};

use answer::Answer;

/// Does what was asked.
pub(crate) async fn run(command: Command, config: Config, log: &Log) -> anyhow::Result<()> {
    match command {
        Command::Serve { listen: _, demo } => serve::run(config, demo, log).await,
        Command::Migrate { action } => migrate::run(&config, action).await,
        Command::User { action } => {
            let app = app(&config).await?;
            let passwords = Passwords::new(&PasswordConfig::default()).map_err(StartError::Keys)?;
            answered(app.clone(), user::run(&app, &passwords, action).await).await
        }
        Command::Token { action } => {
            let app = app(&config).await?;
            let keys = KeyRing::new(&identity::config(&config)?.tokens).map_err(StartError::Keys)?;
            answered(app.clone(), token::run(&app, &keys, &action)).await
        }
        Command::Key { action } => {
            let app = app(&config).await?;
            answered(app.clone(), key::run(&app, action).await).await
        }
        Command::Operations { action } => {
            let app = app(&config).await?;
            answered(app.clone(), operations::run(&app, &config.http, action).await).await
        }
        Command::Import { source } => {
            source.check()?;
            let app = app(&config).await?;
            answered(app.clone(), import::run(&app, &source).await).await
        }
        Command::Schema => schema::run(),
    }
}

/// The application over an up-to-date database.
async fn app(config: &Config) -> anyhow::Result<App> {
    Ok(app_over(database::open_migrated(&config.database).await?, config))
}

/// The application over a database.
fn app_over(database: Database, config: &Config) -> App {
    App { database, clock: Arc::new(SystemClock), ids: Arc::new(SystemIds), site: Arc::new(config.site.clone()) }
}

/// Closes the database and gives the answer: its result to standard output, where a script takes it from, and the rest
/// to whoever looks on.
async fn answered(app: App, answer: anyhow::Result<Answer>) -> anyhow::Result<()> {
    app.database.close().await?;
    let Answer { result, note } = answer?;
    output::tell(&note);
    output::print(&result)?;
    Ok(())
}
