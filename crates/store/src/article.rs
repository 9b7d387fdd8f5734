//! Articles: what they are as kept, and how they are found. Lists are in `list`, relations in `relation`, writes in
//! `write`.

mod asked;
mod content;
mod edition;
mod filed;
mod filter;
mod gone;
mod group;
mod kept;
mod list;
mod lock;
mod purge;
mod record;
mod relation;
mod seo;
mod snapshot;
mod ties;
pub mod version;
mod write;

pub use asked::{Address, Found, by_addresses};
pub use content::{Said, content, hold_tags};
pub use edition::{Editions, Walk, edition, edition_with_body};
pub(crate) use filter::during;
pub use filter::{ArticleFilter, TextTest, TimeTest};
pub use gone::{gone, gone_by_id};
pub use group::{Story, forget_original, hold_in_story, lock_editions, set_story};
pub(crate) use list::union;
pub use list::{ArticleOrder, ArticleSort, BRANCHES_MAX, Listed, Listing, Slice, Width, count, counts, page, slices};
pub use lock::lock;
pub use purge::purge;
pub use record::{Article, Desk, Front, Link};
pub use relation::{CreditRecord, bodies, body, body_json, credits, translations};
pub use snapshot::{CreditRow, GalleryRow, ReferenceRow, Snapshot, TagRow};
pub use ties::{Ties, hold_ties};
pub use write::{
    ContentChange, Deletion, NewArticle, Saved, StateRow, delete, insert, save, set_comment_count, set_counters,
    set_live_version, undelete,
};

use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};
use masthead_domain::{AnyId, ArticleId, LanguageTag, Locales, Slug};
use sea_orm::{ColumnTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select};
use tracing::instrument;

use crate::{
    direct::Connection,
    error::StoreResult,
    placed::{self, Single},
    row::{article, article_body},
    scope::ReadScope,
    visible,
};

/// What one article is looked up by.
#[derive(Debug, Clone, Copy)]
pub enum ArticleKey<'a> {
    /// Its id.
    Id(ArticleId),
    /// Its slug in a language; without a language, the one published first among all languages has the slug, after those
    /// in the languages that the reader asked for.
    Slug(&'a Slug, Option<&'a LanguageTag>),
}

fn keyed(scope: &ReadScope, key: ArticleKey<'_>, locales: &Locales) -> Select<article::Entity> {
    let select = visible::articles(scope);
    match key {
        ArticleKey::Id(id) => select.filter(article::Column::Id.eq(id.uuid())),
        ArticleKey::Slug(slug, Some(language)) => select
            .filter(article::Column::Slug.eq(slug.as_str()))
            .filter(article::Column::Language.eq(language.as_str())),
        ArticleKey::Slug(slug, None) => {
            let select = select.filter(article::Column::Slug.eq(slug.as_str()));
            let select = match edition::order(locales) {
                Some(best_first) => select.order_by_asc(best_first),
                None => select,
            };
            select
                // The engines do not agree on where nothing stands in an order.
                .order_by_asc(article::Column::FirstPublishedAt.is_null())
                .order_by_asc(article::Column::FirstPublishedAt)
                .order_by_asc(article::Column::Id)
        }
    }
}

/// The article with this id, when the scope shows it.
#[instrument(skip_all, fields(article.id = %id))]
pub async fn by_id(connection: &impl Connection, scope: &ReadScope, id: ArticleId) -> StoreResult<Option<Article>> {
    let row = placed::one(connection, keyed(scope, ArticleKey::Id(id), &Locales::default()).into_query()).await?;
    row.map(Article::of_row).transpose()
}

/// One article with its body, by one statement.
#[instrument(skip_all)]
pub async fn with_body(
    connection: &impl Connection,
    scope: &ReadScope,
    key: ArticleKey<'_>,
) -> StoreResult<Option<Found>> {
    let to_body = article::Entity::belongs_to(article_body::Entity)
        .from(article::Column::Id)
        .to(article_body::Column::ArticleId)
        .into();
    let select =
        keyed(scope, key, &Locales::default()).join(JoinType::LeftJoin, to_body).column(article_body::Column::Body);
    match placed::one::<(article::Model, Single<Option<String>>)>(connection, select.into_query()).await? {
        Some((row, Single(body))) => {
            Ok(Some(Found { article: Arc::new(Article::of_row(row)?), body: body.map(Arc::from) }))
        }
        None => Ok(None),
    }
}

/// The articles with these ids that the scope shows.
#[instrument(skip_all, fields(count = ids.len()))]
pub async fn by_ids(
    connection: &impl Connection,
    scope: &ReadScope,
    ids: &[ArticleId],
) -> StoreResult<HashMap<ArticleId, Article>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let select = visible::articles(scope).filter(article::Column::Id.is_in(ids.iter().map(|id| id.uuid())));
    let rows = placed::all(connection, select.as_query()).await?;
    rows.into_iter().map(|row| Article::of_row(row).map(|article| (article.id, article))).collect()
}

/// The article with this slug in a language, or, without a language, the one published first among all languages.
#[instrument(skip_all, fields(%slug))]
pub async fn by_slug(
    connection: &impl Connection,
    scope: &ReadScope,
    slug: &Slug,
    language: Option<&LanguageTag>,
) -> StoreResult<Option<Article>> {
    let row = placed::one(connection, keyed(scope, ArticleKey::Slug(slug, language), &Locales::default()).into_query())
        .await?;
    row.map(Article::of_row).transpose()
}

/// Which of these slugs are taken in a language.
#[instrument(skip_all, fields(count = slugs.len()))]
pub async fn slugs_taken(
    connection: &impl Connection,
    slugs: &[Slug],
    language: &LanguageTag,
) -> StoreResult<Vec<String>> {
    let mut taken = Vec::new();
    // A statement takes a bounded number of parameters.
    for slugs in slugs.chunks(500) {
        let found: Vec<String> = article::Entity::find()
            .select_only()
            .column(article::Column::Slug)
            .filter(article::Column::Slug.is_in(slugs.iter().map(Slug::as_str)))
            .filter(article::Column::Language.eq(language.as_str()))
            .filter(article::Column::DeletedAt.is_null())
            .into_tuple()
            .all(connection)
            .await?;
        taken.extend(found);
    }
    Ok(taken)
}

/// The id of the article an id of another system names.
#[instrument(skip_all)]
pub async fn id_of_external(connection: &impl Connection, system: &str, id: &str) -> StoreResult<Option<ArticleId>> {
    let found = crate::external::find(connection, system, masthead_domain::EntityKind::Article, id).await?;
    Ok(match found.map(|found| found.entity) {
        Some(AnyId::Article(id)) => Some(id),
        _ => None,
    })
}
