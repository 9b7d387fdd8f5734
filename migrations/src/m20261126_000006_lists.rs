//! Every filter and every order that lists offer is carried by an index. Where articles stand under authors and tags, their
//! instant of publication stands again, as it does in categories.

use sea_orm_migration::prelude::*;

use crate::dialect;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, include_str!("../sql/000006_lists_up.sql")).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, include_str!("../sql/000006_lists_down.sql")).await
    }
}
