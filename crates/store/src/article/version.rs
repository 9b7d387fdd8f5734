//! The history of articles: what every act left, and what they said at every version.

use foldhash::{HashMap, HashMapExt};
use masthead_domain::{ArticleId, Timestamp, article::Window};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::{Expr, ExprTrait},
};
use tracing::instrument;

use super::Snapshot;
use crate::{
    direct::Connection,
    error::{StoreError, StoreResult},
    map::json,
    page::{Cursor, Page, PageRequest, Sort, SortKey, SortValue, page_of},
    placed::{self, Rows},
    row::{
        article_content,
        article_version::{ActiveModel, Column, Entity, Model},
    },
    tx::Tx,
};

/// An article as an act left it.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// Whose.
    pub article: ArticleId,
    /// Its number, from 1.
    pub version: i64,
    /// When the act was done.
    pub at: Timestamp,
    /// Who did it, as the change log names them.
    pub actor: String,
    /// What was done, by the name of the act.
    pub act: String,
    /// What whoever did it says of it.
    pub summary: Option<String>,
    /// The fields that changed, by their names in the API.
    pub fields: Vec<String>,
    /// The version whose content the desk works on since.
    pub content_version: i64,
    /// The version whose content readers see since, within the instants below; none while they see none.
    pub live_version: Option<i64>,
    /// From when readers see it.
    pub published_at: Option<Timestamp>,
    /// Embargo and expiry.
    pub window: Window,
    /// When it was first before readers.
    pub first_published_at: Option<Timestamp>,
    /// When readers last had a reason to read it again.
    pub revised_at: Option<Timestamp>,
}

impl Version {
    /// The version whose content readers saw at an instant at which this was the newest version.
    #[must_use]
    pub fn shown_at(&self, instant: Timestamp) -> Option<i64> {
        let is_public = self.published_at.is_some_and(|at| at <= instant) && self.window.is_open(instant);
        self.live_version.filter(|_| is_public)
    }
}

/// Adds a version to an article's history.
///
/// # Errors
/// [`StoreError`] when it cannot be written.
#[instrument(skip_all, fields(article.id = %version.article))]
pub async fn insert(tx: &Tx, version: Version) -> StoreResult<()> {
    let Version {
        article,
        version,
        at,
        actor,
        act,
        summary,
        fields,
        content_version,
        live_version,
        published_at,
        window,
        first_published_at,
        revised_at,
    } = version;
    let row = ActiveModel {
        article_id: Set(article.uuid()),
        version: Set(version),
        at: Set(at),
        actor: Set(actor),
        act: Set(act),
        summary: Set(summary),
        fields: Set(fields.into_iter().collect()),
        content_version: Set(content_version),
        live_version: Set(live_version),
        published_at: Set(published_at),
        embargo_until: Set(window.embargo_until),
        expires_at: Set(window.expires_at),
        first_published_at: Set(first_published_at),
        revised_at: Set(revised_at),
    };
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Keeps what an article says at a version.
///
/// # Errors
/// [`StoreError`] when it cannot be written.
#[instrument(skip_all, fields(article.id = %article))]
pub async fn keep(tx: &Tx, article: ArticleId, version: i64, content: &Snapshot) -> StoreResult<()> {
    let row = article_content::ActiveModel {
        article_id: Set(article.uuid()),
        version: Set(version),
        content: Set(content.to_text()?),
    };
    article_content::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// What articles said at versions that were saved.
///
/// # Errors
/// [`StoreError::Corrupt`] for a text that is no content.
#[instrument(skip_all, fields(count = versions.len()))]
pub async fn contents(
    connection: &impl Connection,
    versions: &[(ArticleId, i64)],
) -> StoreResult<HashMap<(ArticleId, i64), Snapshot>> {
    use article_content::{Column, Entity, Model};
    if versions.is_empty() {
        return Ok(HashMap::new());
    }
    let key = Expr::tuple([Expr::col((Entity, Column::ArticleId)), Expr::col((Entity, Column::Version))]);
    let wanted = versions.iter().map(|(article, version)| (article.uuid(), *version));
    let rows = Entity::find().filter(key.in_tuples(wanted)).rows(connection).await?;
    rows.into_iter()
        .map(|Model { article_id, version, content }| {
            let article = ArticleId::from_uuid(article_id);
            Ok(((article, version), Snapshot::of_text(article, &content)?))
        })
        .collect()
}

/// What an article said at a version that was saved.
///
/// # Errors
/// As [`contents`].
pub async fn content_of(
    connection: &impl Connection,
    article: ArticleId,
    version: i64,
) -> StoreResult<Option<Snapshot>> {
    Ok(contents(connection, &[(article, version)]).await?.remove(&(article, version)))
}

/// One version of an article.
///
/// # Errors
/// [`StoreError::Corrupt`] for a row that no code of ours writes.
#[instrument(skip_all, fields(article.id = %article))]
pub async fn by_number(connection: &impl Connection, article: ArticleId, number: i64) -> StoreResult<Option<Version>> {
    one(connection, of(article).filter(Column::Version.eq(number))).await
}

/// The newest version of an article at an instant.
///
/// # Errors
/// As [`by_number`].
#[instrument(skip_all, fields(article.id = %article))]
pub async fn at(connection: &impl Connection, article: ArticleId, instant: Timestamp) -> StoreResult<Option<Version>> {
    one(connection, of(article).filter(Column::At.lte(instant)).order_by_desc(Column::Version).limit(1)).await
}

/// A page of an article's versions, the newest first.
///
/// # Errors
/// As [`by_number`].
#[instrument(skip_all, fields(article.id = %article))]
pub async fn page(
    connection: &impl Connection,
    article: ArticleId,
    request: &PageRequest,
) -> StoreResult<Page<Version>> {
    let sort = Sort {
        keys: vec![SortKey { expr: Expr::col((Entity, Column::Version)), descending: true }],
        id: Expr::col((Entity, Column::ArticleId)),
    };
    let rows = placed::all(connection, sort.apply(of(article), request).as_query()).await?;
    let versions = rows.into_iter().map(version).collect::<StoreResult<_>>()?;
    let place = |version: &Version| Cursor { values: vec![SortValue::Int(version.version)], id: article.uuid() };
    Ok(page_of(versions, request, place))
}

/// How many versions an article has.
///
/// # Errors
/// [`StoreError`] when they cannot be counted.
#[instrument(skip_all, fields(article.id = %article))]
pub async fn count(connection: &impl Connection, article: ArticleId) -> StoreResult<u64> {
    use sea_orm::PaginatorTrait;
    Ok(of(article).count(connection).await?)
}

fn of(article: ArticleId) -> Select<Entity> {
    Entity::find().filter(Column::ArticleId.eq(article.uuid()))
}

async fn one(connection: &impl Connection, select: Select<Entity>) -> StoreResult<Option<Version>> {
    placed::one(connection, select.into_query()).await?.map(version).transpose()
}

fn version(row: Model) -> Result<Version, StoreError> {
    let Model {
        article_id,
        version,
        at,
        actor,
        act,
        summary,
        fields,
        content_version,
        live_version,
        published_at,
        embargo_until,
        expires_at,
        first_published_at,
        revised_at,
    } = row;
    let article = ArticleId::from_uuid(article_id);
    Ok(Version {
        article,
        version,
        at,
        actor,
        act,
        summary,
        fields: json("article_versions", article, "fields", fields)?,
        content_version,
        live_version,
        published_at,
        window: Window { embargo_until, expires_at },
        first_published_at,
        revised_at,
    })
}
