//! Acts need not stand in line: the change log numbers its rows by itself. On PostgreSQL pages of articles keep room, so
//! that an act that touches no index of the article writes none.

use sea_orm_migration::prelude::*;

use crate::dialect;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, include_str!("../sql/000004_writes_up.sql")).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, include_str!("../sql/000004_writes_down.sql")).await
    }
}
