//! Bringing a database up to date, safely beside other nodes that do the same.

use sea_orm_migration::{
    MigrationStatus,
    prelude::*,
    sea_orm::{
        ConnectionTrait, DatabaseBackend, DatabaseConnection, SqliteTransactionMode, TransactionOptions,
        TransactionTrait,
    },
};

use crate::Migrator;

/// The advisory lock that lets one node at a time migrate: the bytes of `masthead`, so that no other program takes it.
const LOCK: i64 = i64::from_be_bytes(*b"masthead");

/// A migration and whether a database has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The migration's name, which begins with its date.
    pub name: String,
    /// Whether it was applied.
    pub is_applied: bool,
}

/// Applies every migration a database lacks and gives their names. All of them or none: they share one transaction,
/// in which the second of two nodes that start at once waits for the first and then finds nothing to do.
///
/// # Errors
/// [`DbErr`] when a statement fails, when the lock is not had within a minute, or when the database knows a migration
/// that this program does not, because a newer one has written it.
pub async fn migrate(connection: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    let options = TransactionOptions {
        isolation_level: None,
        access_mode: None,
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
    };
    let transaction = connection.begin_with_options(options).await?;
    if transaction.get_database_backend() == DatabaseBackend::Postgres {
        // The pool's time limits are made for requests; building an index may take longer than any of them.
        for statement in [
            "set local statement_timeout = 0".to_owned(),
            "set local idle_in_transaction_session_timeout = 0".to_owned(),
            "set local lock_timeout = '60s'".to_owned(),
            format!("select pg_advisory_xact_lock({LOCK})"),
        ] {
            transaction.execute_unprepared(&statement).await?;
        }
    }
    let pending = Migrator::get_pending_migrations(&transaction).await?;
    let names = pending.iter().map(|migration| migration.name().to_owned()).collect();
    if !pending.is_empty() {
        Migrator::up(&transaction, None).await?;
    }
    transaction.commit().await?;
    Ok(names)
}

/// Every migration this program knows and whether the database has it, oldest first. Writes nothing.
///
/// # Errors
/// [`DbErr`] when a statement fails, or when the database knows a migration that this program does not.
pub async fn status(connection: &DatabaseConnection) -> Result<Vec<Step>, DbErr> {
    let known = Migrator::get_migration_with_status_read_only(connection).await?;
    Ok(known
        .into_iter()
        .map(|migration| Step {
            name: migration.name().to_owned(),
            is_applied: migration.status() == MigrationStatus::Applied,
        })
        .collect())
}
