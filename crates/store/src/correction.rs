//! Corrections: what readers are told about changes to articles, newest first.
//!
//! A correction is written once and never again, so it has no version. It is seen with its article, from its own instant
//! on.

use foldhash::{HashMap, HashMapExt};
use masthead_domain::{
    ArticleId, CorrectionId, LanguageTag, Timestamp,
    correction::{CorrectionContent, CorrectionKind},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QuerySelect, QueryTrait, Select,
    prelude::Uuid,
    sea_query::{Expr, ExprTrait, Query, SimpleExpr},
};
use tracing::instrument;

use crate::{
    article::{BRANCHES_MAX, TimeTest, during, union},
    direct::Connection,
    error::StoreResult,
    in_articles::InArticles,
    map::{checked, word},
    page::{Cursor, Page, PageRequest, Sort, SortKey, SortKind, SortValue, page_of},
    placed::Rows,
    row::article,
    row::correction::{ActiveModel, Column, Entity, Model},
    scope::ReadScope,
    tx::Tx,
    visible,
};

/// What lists of corrections are ordered by, for their cursors.
pub const SORT_KINDS: &[SortKind] = &[SortKind::Time];

/// A correction as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// The id.
    pub id: CorrectionId,
    /// The article it is about.
    pub article: ArticleId,
    /// What sort of notice.
    pub kind: CorrectionKind,
    /// The words readers see.
    pub text: String,
    /// The language of the words.
    pub language: LanguageTag,
    /// From when it holds.
    pub corrected_at: Timestamp,
    /// The version of the article before.
    pub from_version: i64,
    /// The version of the article after.
    pub to_version: i64,
    /// Who made it, as the change log names them.
    pub actor: String,
}

/// A correction to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCorrection {
    /// The article it is about.
    pub article: ArticleId,
    /// What it says.
    pub content: CorrectionContent,
    /// From when it holds: the instant from which readers see the version after.
    pub corrected_at: Timestamp,
    /// The version of the article before.
    pub from_version: i64,
    /// The version of the article after, a later one.
    pub to_version: i64,
}

/// Which corrections a list holds. Everything that is set must hold.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CorrectionWhere {
    /// One of these kinds.
    pub kinds: Option<Vec<CorrectionKind>>,
    /// Made in a span of time.
    pub corrected_at: TimeTest,
    /// Of these articles, or of others.
    pub articles: InArticles,
}

/// The correction with this id, when the scope shows it.
#[instrument(skip_all, fields(correction.id = %id))]
pub async fn by_id(
    connection: &impl Connection,
    scope: &ReadScope,
    id: CorrectionId,
) -> StoreResult<Option<Correction>> {
    Ok(by_ids(connection, scope, &[id]).await?.pop())
}

/// The corrections with these ids that the scope shows, in no particular order.
#[instrument(skip_all, fields(count = ids.len()))]
pub async fn by_ids(
    connection: &impl Connection,
    scope: &ReadScope,
    ids: &[CorrectionId],
) -> StoreResult<Vec<Correction>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids = ids.iter().map(|id| id.uuid());
    let rows = Entity::find().filter(Column::Id.is_in(ids)).filter(seen(scope)).rows(connection).await?;
    rows.into_iter().map(correction).collect()
}

/// A page of the corrections that a scope shows, newest first.
#[instrument(skip_all)]
pub async fn page(
    connection: &impl Connection,
    scope: &ReadScope,
    filter: &CorrectionWhere,
    request: &PageRequest,
) -> StoreResult<Page<Correction>> {
    let select = from(request).filter(condition(filter)).filter(seen(scope));
    page_of_rows(sort().order(select, request).rows(connection).await?, request)
}

/// How many corrections a list holds.
#[instrument(skip_all)]
pub async fn count(connection: &impl Connection, scope: &ReadScope, filter: &CorrectionWhere) -> StoreResult<u64> {
    Ok(Entity::find().filter(condition(filter)).filter(seen(scope)).count(connection).await?)
}

/// The same page of the corrections of each of several articles, newest first, by one statement: each article is a branch
/// that stops at its own limit, so the cost follows the pages and not the number of corrections. Every article asked for
/// has a page.
#[instrument(skip_all, fields(count = articles.len()))]
pub async fn of_articles(
    connection: &impl Connection,
    scope: &ReadScope,
    articles: &[ArticleId],
    request: &PageRequest,
) -> StoreResult<HashMap<ArticleId, Page<Correction>>> {
    let branch = |article: &ArticleId| {
        let select = from(request).filter(Column::ArticleId.eq(article.uuid())).filter(seen(scope));
        sort().order(select, request).into_query()
    };
    let mut lists: HashMap<ArticleId, Vec<Model>> = articles.iter().map(|article| (*article, Vec::new())).collect();
    let articles: Vec<ArticleId> = lists.keys().copied().collect();
    for articles in articles.chunks(BRANCHES_MAX) {
        if let Some(statement) = union(articles.iter().map(branch).collect()) {
            for row in connection.query_all(&statement).await? {
                let model = Model::from_query_result(&row, "")?;
                lists.entry(ArticleId::from_uuid(model.article_id)).or_default().push(model);
            }
        }
    }
    lists.into_iter().map(|(article, rows)| page_of_rows(rows, request).map(|page| (article, page))).collect()
}

/// How many corrections each of several articles has, by one statement. Articles without any are left out.
#[instrument(skip_all, fields(count = articles.len()))]
pub async fn counts(
    connection: &impl Connection,
    scope: &ReadScope,
    articles: &[ArticleId],
) -> StoreResult<HashMap<ArticleId, u64>> {
    if articles.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Uuid, i64)> = Entity::find()
        .select_only()
        .column(Column::ArticleId)
        .column_as(Column::Id.count(), "total")
        .filter(Column::ArticleId.is_in(articles.iter().map(|id| id.uuid())))
        .filter(seen(scope))
        .group_by(Column::ArticleId)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(article, total)| (ArticleId::from_uuid(article), u64::try_from(total).unwrap_or(0)))
        .collect())
}

/// Keeps a new correction.
#[instrument(skip_all, fields(correction.id = %id))]
pub async fn insert(tx: &Tx, id: CorrectionId, new: &NewCorrection) -> StoreResult<()> {
    let NewCorrection { article, content, corrected_at, from_version, to_version } = new;
    let CorrectionContent { kind, text, language } = content;
    let row = ActiveModel {
        id: Set(id.uuid()),
        article_id: Set(article.uuid()),
        kind: Set(kind.as_str().to_owned()),
        text: Set(text.to_string()),
        language: Set(language.to_string()),
        corrected_at: Set(*corrected_at),
        from_version: Set(*from_version),
        to_version: Set(*to_version),
        actor: Set(tx.actor().to_owned()),
    };
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// The condition on a correction that a scope shows it: its article stands there, and its instant has come.
///
/// The article is asked for by EXISTS and not joined, so that both engines read the corrections in their order and stop
/// when the page is full.
fn seen(scope: &ReadScope) -> Condition {
    let shown = Query::select()
        .expr(Expr::cust("1"))
        .from(article::Entity)
        .and_where(Expr::col((article::Entity, article::Column::Id)).equals((Entity, Column::ArticleId)))
        .cond_where(visible::condition(scope))
        .cond_where(visible::come(scope, corrected_at()))
        .take();
    Condition::all().add(Expr::exists(shown))
}

fn condition(filter: &CorrectionWhere) -> Condition {
    let CorrectionWhere { kinds, corrected_at, articles: InArticles { any_of, none_of } } = filter;
    let uuids = |articles: &Vec<ArticleId>| articles.iter().map(|id| id.uuid()).collect::<Vec<Uuid>>();
    Condition::all()
        .add_option(kinds.as_ref().map(|kinds| Column::Kind.is_in(kinds.iter().map(|kind| kind.as_str()))))
        .add(during(Column::CorrectedAt, *corrected_at))
        .add_option(any_of.as_ref().map(|articles| Column::ArticleId.is_in(uuids(articles))))
        .add_option(none_of.as_ref().map(|articles| Column::ArticleId.is_not_in(uuids(articles))))
}

fn corrected_at() -> SimpleExpr {
    Expr::col((Entity, Column::CorrectedAt))
}

fn sort() -> Sort {
    Sort { keys: vec![SortKey { expr: corrected_at(), descending: true }], id: Expr::col((Entity, Column::Id)) }
}

/// Corrections from the place where a page begins. It stands before every other bound of what they are ordered by.
fn from(request: &PageRequest) -> Select<Entity> {
    Entity::find().filter(sort().start(request))
}

fn page_of_rows(rows: Vec<Model>, request: &PageRequest) -> StoreResult<Page<Correction>> {
    let corrections = rows.into_iter().map(correction).collect::<StoreResult<Vec<_>>>()?;
    Ok(page_of(corrections, request, |correction| Cursor {
        values: vec![SortValue::time(correction.corrected_at)],
        id: correction.id.uuid(),
    }))
}

fn correction(row: Model) -> StoreResult<Correction> {
    let Model { id, article_id, kind, text, language, corrected_at, from_version, to_version, actor } = row;
    let id = CorrectionId::from_uuid(id);
    Ok(Correction {
        id,
        article: ArticleId::from_uuid(article_id),
        kind: word("corrections", id, "kind", CorrectionKind::parse, &kind)?,
        text,
        language: checked("corrections", id, "language", language.parse())?,
        corrected_at,
        from_version,
        to_version,
        actor,
    })
}
