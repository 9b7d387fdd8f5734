//! The database schema, step by step, for SQLite and PostgreSQL.
//!
//! Migrations are append-only: one that has been released is never edited. Each is written once in SQL that both
//! engines read, with the few types they name differently put in by `dialect`.

use sea_orm_migration::prelude::*;

mod dialect;
mod m20261123_000001_newsroom;
mod m20261123_000002_identity;
mod m20261125_000003_desk;
mod m20261126_000004_writes;
mod m20261126_000005_operations;
mod m20261126_000006_lists;
mod m20261126_000007_indexes;
mod run;

pub use run::{Step, migrate, status};
pub use sea_orm_migration::MigratorTrait;

/// All migrations, oldest first.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261123_000001_newsroom::Migration),
            Box::new(m20261123_000002_identity::Migration),
            Box::new(m20261125_000003_desk::Migration),
            Box::new(m20261126_000004_writes::Migration),
            Box::new(m20261126_000005_operations::Migration),
            Box::new(m20261126_000006_lists::Migration),
            Box::new(m20261126_000007_indexes::Migration),
        ]
    }
}
