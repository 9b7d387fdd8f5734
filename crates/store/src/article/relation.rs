//! What stands with articles and is read for many of them at once: bodies, credits, translations.

use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};
use masthead_domain::{ArticleId, TranslationGroupId, article::CreditRole, body::Body};
use sea_orm::{ColumnTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use tracing::instrument;

use super::Article;
use crate::{
    author::{AuthorName, NAME_COLUMNS, NameRow},
    direct::Connection,
    error::StoreResult,
    map::{checked, word},
    placed,
    row::{article, article_body, article_credit, author},
    scope::ReadScope,
    visible,
};

/// One name in an article's credits.
#[derive(Debug, Clone, PartialEq)]
pub struct CreditRecord {
    /// Who.
    pub author: Arc<AuthorName>,
    /// For what.
    pub role: CreditRole,
    /// The name as printed here, when it differs.
    pub credited_as: Option<String>,
    /// The place in the credits, from 1.
    pub position: i32,
}

/// The bodies of articles.
#[instrument(skip_all, fields(count = ids.len()))]
pub async fn bodies(connection: &impl Connection, ids: &[ArticleId]) -> StoreResult<HashMap<ArticleId, Body>> {
    let select =
        article_body::Entity::find().filter(article_body::Column::ArticleId.is_in(ids.iter().map(|id| id.uuid())));
    let rows = placed::all(connection, select.as_query()).await?;
    rows.into_iter()
        .map(|article_body::Model { article_id, body }| {
            let id = ArticleId::from_uuid(article_id);
            Ok((id, self::body(id, &body)?))
        })
        .collect()
}

/// The body of an article, of the text it is kept as.
///
/// # Errors
/// [`crate::StoreError::Corrupt`] when it is none.
pub fn body(id: ArticleId, text: &str) -> StoreResult<Body> {
    checked("article_bodies", id, "body", Body::parse_stored_text(text))
}

/// The same as JSON in the published body format.
///
/// # Errors
/// [`crate::StoreError::Corrupt`] when it is none.
pub fn body_json(id: ArticleId, body: &str) -> StoreResult<serde_json::Value> {
    checked("article_bodies", id, "body", serde_json::from_str(body))
}

/// The credits of articles in printed order.
#[instrument(skip_all, fields(count = ids.len()))]
pub async fn credits(
    connection: &impl Connection,
    ids: &[ArticleId],
) -> StoreResult<HashMap<ArticleId, Vec<CreditRecord>>> {
    let to_author = article_credit::Entity::belongs_to(author::Entity)
        .from(article_credit::Column::AuthorId)
        .to(author::Column::Id)
        .into();
    let select = article_credit::Entity::find()
        .join(JoinType::InnerJoin, to_author)
        .columns(NAME_COLUMNS)
        .filter(article_credit::Column::ArticleId.is_in(ids.iter().map(|id| id.uuid())))
        .order_by_asc(article_credit::Column::ArticleId)
        .order_by_asc(article_credit::Column::Position);
    let rows = placed::all::<(article_credit::Model, NameRow)>(connection, select.as_query()).await?;
    let mut credits: HashMap<ArticleId, Vec<CreditRecord>> = HashMap::new();
    for (credit, author) in rows {
        let article_credit::Model { article_id, position, author_id: _, role, credited_as } = credit;
        let article = ArticleId::from_uuid(article_id);
        let role = word("article_credits", article, "role", CreditRole::parse, &role)?;
        let author = Arc::new(author.into());
        credits.entry(article).or_default().push(CreditRecord { author, role, credited_as, position });
    }
    Ok(credits)
}

/// The editions of stories that a scope shows, by story, ordered by language.
#[instrument(skip_all, fields(count = groups.len()))]
pub async fn translations(
    connection: &impl Connection,
    scope: &ReadScope,
    groups: &[TranslationGroupId],
) -> StoreResult<HashMap<TranslationGroupId, Vec<Article>>> {
    let select = visible::articles(scope)
        .filter(article::Column::TranslationGroupId.is_in(groups.iter().map(|id| id.uuid())))
        .order_by_asc(article::Column::Language);
    let mut editions: HashMap<TranslationGroupId, Vec<Article>> = HashMap::new();
    for row in placed::all(connection, select.as_query()).await? {
        let article = Article::of_row(row)?;
        editions.entry(article.translation_group).or_default().push(article);
    }
    Ok(editions)
}
