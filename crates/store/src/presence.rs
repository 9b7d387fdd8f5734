//! Whether things that an input names are there.

use std::collections::HashSet;

use masthead_domain::EntityKind;
use sea_orm::{
    Iden,
    sea_query::{Alias, Expr, ExprTrait, LockType, Order, Query, SelectStatement},
};
use tracing::instrument;
use uuid::Uuid;

use crate::{
    direct::Connection,
    error::StoreResult,
    row::{author, category, contact, media, source, tag},
    tx::Tx,
};

/// Those of the ids that no row of their table has. Kinds without a table of shared things are never absent.
#[instrument(skip_all, fields(kind = kind.name()))]
pub async fn absent(
    connection: &impl Connection,
    kind: EntityKind,
    ids: impl IntoIterator<Item = Uuid>,
) -> StoreResult<HashSet<Uuid>> {
    let wanted = ids.into_iter().collect();
    match select(kind, &wanted) {
        Some(statement) => missing(connection, wanted, &statement).await,
        None => Ok(HashSet::new()),
    }
}

/// The same for things that the transaction comes to use: those that are there stay until it ends. A deletion at the
/// same time waits, or is over and the thing is absent.
#[instrument(skip_all, fields(kind = kind.name()))]
pub async fn hold(tx: &Tx, kind: EntityKind, ids: impl IntoIterator<Item = Uuid>) -> StoreResult<HashSet<Uuid>> {
    let wanted = ids.into_iter().collect();
    match select(kind, &wanted) {
        // In one order for all, so that nobody waits for each other.
        Some(mut statement) => missing(tx, wanted, statement.order_by("id", Order::Asc).lock(LockType::KeyShare)).await,
        None => Ok(HashSet::new()),
    }
}

fn select(kind: EntityKind, wanted: &HashSet<Uuid>) -> Option<SelectStatement> {
    let table = match kind {
        EntityKind::Author => author::Entity.to_string(),
        EntityKind::Category => category::Entity.to_string(),
        EntityKind::Contact => contact::Entity.to_string(),
        EntityKind::Media => media::Entity.to_string(),
        EntityKind::Source => source::Entity.to_string(),
        EntityKind::Tag => tag::Entity.to_string(),
        EntityKind::Article
        | EntityKind::Reference
        | EntityKind::Comment
        | EntityKind::Correction
        | EntityKind::TranslationGroup
        | EntityKind::User
        | EntityKind::Session
        | EntityKind::ApiKey
        | EntityKind::PreviewToken
        | EntityKind::Operation
        | EntityKind::Redirect => return None,
    };
    let ids = Expr::col("id").is_in(wanted.iter().copied());
    Some(Query::select().column("id").from(Alias::new(table)).and_where(ids).take())
}

async fn missing(
    connection: &impl Connection,
    mut wanted: HashSet<Uuid>,
    statement: &SelectStatement,
) -> StoreResult<HashSet<Uuid>> {
    if !wanted.is_empty() {
        for row in connection.query_all(statement).await? {
            wanted.remove(&row.try_get::<Uuid>("", "id")?);
        }
    }
    Ok(wanted)
}
