//! Whether things that an input names are there.

use std::collections::HashSet;

use masthead_domain::EntityKind;
use sea_orm::{
    ConnectionTrait, Iden,
    sea_query::{Alias, Expr, ExprTrait, Query},
};
use tracing::instrument;
use uuid::Uuid;

use crate::{
    error::StoreResult,
    row::{author, category, contact, media, source, tag},
};

/// Those of the ids that no row of their table has. Kinds without a table of shared things are never absent.
#[instrument(skip_all, fields(kind = kind.name()))]
pub async fn absent(
    connection: &impl ConnectionTrait,
    kind: EntityKind,
    ids: impl IntoIterator<Item = Uuid>,
) -> StoreResult<HashSet<Uuid>> {
    let mut wanted: HashSet<Uuid> = ids.into_iter().collect();
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
        | EntityKind::TranslationGroup
        | EntityKind::User
        | EntityKind::Session
        | EntityKind::ApiKey => return Ok(HashSet::new()),
    };
    if wanted.is_empty() {
        return Ok(wanted);
    }
    let id = Alias::new("id");
    let statement = Query::select()
        .column(id.clone())
        .from(Alias::new(table))
        .and_where(Expr::col(id).is_in(wanted.iter().copied()))
        .take();
    for row in connection.query_all(&statement).await? {
        wanted.remove(&row.try_get::<Uuid>("", "id")?);
    }
    Ok(wanted)
}
