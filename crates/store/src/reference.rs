//! References: the numbered notes of articles, each pointing at a source.

use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};
use masthead_domain::{ArticleId, ReferenceId};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, Iterable, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::{Expr, ExprTrait, JoinType},
};
use tracing::instrument;

use crate::{
    article::ReferenceRow,
    direct::Connection,
    error::StoreResult,
    placed,
    row::article_reference::{ActiveModel, Column, Entity, Model},
    row::{article, source},
    scope::ReadScope,
    source::Source,
    tx::Tx,
    visible,
};

/// A reference as kept, with what it points at.
#[derive(Debug, Clone, PartialEq)]
pub struct Reference {
    /// The id; it stays when an article's references are put in another order.
    pub id: ReferenceId,
    /// The article whose note it is.
    pub article: ArticleId,
    /// The number readers see, from 1.
    pub number: i32,
    /// What it points at.
    pub source: Arc<Source>,
    /// Where in the source: a page, a paragraph, a minute.
    pub locator: Option<String>,
    /// The words quoted.
    pub quote: Option<String>,
    /// A remark.
    pub note: Option<String>,
}

/// The references of articles, by number. Articles without any are left out. One statement.
#[instrument(skip_all, fields(count = articles.len()))]
pub async fn of_articles(
    connection: &impl Connection,
    articles: &[ArticleId],
) -> StoreResult<HashMap<ArticleId, Vec<Arc<Reference>>>> {
    if articles.is_empty() {
        return Ok(HashMap::new());
    }
    let select = with_sources()
        .filter(Column::ArticleId.is_in(articles.iter().map(|id| id.uuid())))
        .order_by_asc(Column::ArticleId)
        .order_by_asc(Column::Position);
    let mut references: HashMap<ArticleId, Vec<Arc<Reference>>> = HashMap::new();
    for row in placed::all(connection, select.as_query()).await? {
        let reference = Arc::new(reference(row)?);
        references.entry(reference.article).or_default().push(reference);
    }
    Ok(references)
}

/// The reference with this id, when the scope shows its article.
#[instrument(skip_all, fields(reference.id = %id))]
pub async fn by_id(connection: &impl Connection, scope: &ReadScope, id: ReferenceId) -> StoreResult<Option<Reference>> {
    Ok(by_ids(connection, scope, &[id]).await?.pop())
}

/// The references with these ids whose articles the scope shows, in no particular order.
#[instrument(skip_all, fields(count = ids.len()))]
pub async fn by_ids(
    connection: &impl Connection,
    scope: &ReadScope,
    ids: &[ReferenceId],
) -> StoreResult<Vec<Reference>> {
    let ids = ids.iter().map(|id| id.uuid());
    let mut select = with_sources().filter(Column::Id.is_in(ids)).filter(visible::condition(scope));
    QueryTrait::query(&mut select).join(
        JoinType::InnerJoin,
        article::Entity,
        Expr::col((article::Entity, article::Column::Id)).equals((Entity, Column::ArticleId)),
    );
    placed::all(connection, select.as_query()).await?.into_iter().map(reference).collect()
}

/// Sets an article's references, numbered from 1 in the order given. A row with the id of a reference that the article
/// has keeps it; whoever calls has made sure that no id belongs to another article.
#[instrument(skip_all, fields(article.id = %article, count = references.len()))]
pub async fn replace(tx: &Tx, article: ArticleId, references: &[ReferenceRow]) -> StoreResult<()> {
    // Rows that change places would meet on one number for a moment, so all go before any comes.
    Entity::delete_many().filter(Column::ArticleId.eq(article.uuid())).exec(tx).await?;
    if references.is_empty() {
        return Ok(());
    }
    let rows = (1..).zip(references).map(|(number, reference)| {
        let ReferenceRow { id, source, locator, quote, note } = reference.clone();
        ActiveModel {
            id: Set(id.uuid()),
            article_id: Set(article.uuid()),
            position: Set(number),
            source_id: Set(source.uuid()),
            locator: Set(locator),
            quote: Set(quote),
            note: Set(note),
        }
    });
    Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}

fn with_sources() -> Select<Entity> {
    let mut select = Entity::find();
    QueryTrait::query(&mut select).join(
        JoinType::InnerJoin,
        source::Entity,
        Expr::col((source::Entity, source::Column::Id)).equals((Entity, Column::SourceId)),
    );
    select.columns(source::Column::iter())
}

fn reference((row, cited): (Model, source::Model)) -> StoreResult<Reference> {
    let Model { id, article_id, position, source_id: _, locator, quote, note } = row;
    Ok(Reference {
        id: ReferenceId::from_uuid(id),
        article: ArticleId::from_uuid(article_id),
        number: position,
        source: Arc::new(crate::source::source(cited)?),
        locator,
        quote,
        note,
    })
}
