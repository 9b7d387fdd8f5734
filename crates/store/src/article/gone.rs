//! Why readers no longer find what they once saw. Articles that never were public are not told of.

use masthead_domain::{
    ArticleId, LanguageTag, Slug,
    article::{ArticleState, Removal, RemovalReason},
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, Select,
    sea_query::{Expr, Func},
};
use tracing::instrument;

use super::Article;
use crate::{
    direct::Connection,
    error::StoreResult,
    placed::Rows,
    row::article::{Column, Entity},
    scope::ReadScope,
};

/// Why the article that was last public at an address is no longer there: it was removed, deleted, or its time is over.
#[instrument(skip_all, fields(%slug))]
pub async fn gone(
    connection: &impl Connection,
    scope: &ReadScope,
    slug: &Slug,
    language: &LanguageTag,
) -> StoreResult<Option<Removal>> {
    let there = Condition::all().add(Column::Slug.eq(slug.as_str())).add(Column::Language.eq(language.as_str()));
    latest(connection, scope, Entity::find().filter(there)).await
}

/// Why an article is no longer there.
#[instrument(skip_all, fields(article.id = %id))]
pub async fn gone_by_id(
    connection: &impl Connection,
    scope: &ReadScope,
    id: ArticleId,
) -> StoreResult<Option<Removal>> {
    latest(connection, scope, Entity::find_by_id(id.uuid())).await
}

async fn latest(
    connection: &impl Connection,
    scope: &ReadScope,
    select: Select<Entity>,
) -> StoreResult<Option<Removal>> {
    let is_expired = Condition::all().add(Column::State.eq("PUBLISHED")).add(Column::ExpiresAt.lte(scope.now));
    let row = select
        .filter(Column::FirstPublishedAt.lte(scope.now))
        .filter(Condition::any().add(Column::RemovedAt.lte(scope.now)).add(is_expired))
        .order_by_desc(Func::coalesce([Expr::col(Column::RemovedAt), Expr::col(Column::ExpiresAt)]))
        .order_by_desc(Column::Id)
        .row(connection)
        .await?;
    row.map(Article::of_row).transpose().map(|article| article.and_then(removal))
}

fn removal(article: Article) -> Option<Removal> {
    let expired = match (&article.state, article.window.expires_at) {
        (ArticleState::Published { .. }, Some(at)) => {
            Some(Removal { at, reason: RemovalReason::Expired, notice: None })
        }
        _ => None,
    };
    article.removal.or(expired)
}
