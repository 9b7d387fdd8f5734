//! Opening the database of a command.

use masthead_store::{Database, DatabaseConfig};
use url::Url;

use crate::failure::StartError;

/// Opens the database, with words for what may be wrong.
pub(crate) async fn open(config: &DatabaseConfig) -> Result<Database, StartError> {
    Database::open(config).await.map_err(|cause| StartError::database(&place(config), cause))
}

/// Opens the database and brings it up to date.
pub(crate) async fn open_migrated(config: &DatabaseConfig) -> Result<Database, StartError> {
    let database = open(config).await?;
    migrate(config, &database).await?;
    Ok(database)
}

/// Brings the database up to date.
pub(crate) async fn migrate(config: &DatabaseConfig, database: &Database) -> Result<(), StartError> {
    let names = masthead_migrations::migrate(database.for_migrations())
        .await
        .map_err(|cause| StartError::Migration { place: place(config), cause: cause.into() })?;
    if !names.is_empty() {
        tracing::info!(migrations = names.len(), "brought the database up to date");
    }
    Ok(())
}

/// The address of the database as it may be shown: without the password.
pub(crate) fn place(config: &DatabaseConfig) -> String {
    match Url::parse(&config.url) {
        Ok(mut url) if url.password().is_some() => {
            // It has a password, so it has a place for one.
            let _ = url.set_password(Some("***"));
            url.into()
        }
        _ => config.url.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        let shown = |url: &str| place(&DatabaseConfig::new(url));
        assert_eq!(shown("postgres://me:secret@db.example/news"), "postgres://me:***@db.example/news");
        assert_eq!(shown("sqlite://data/masthead.db"), "sqlite://data/masthead.db");
    }
}
