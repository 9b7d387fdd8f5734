//! Readers' comments: flat lists under articles, in the order of time.

use foldhash::{HashMap, HashMapExt};
use masthead_domain::{
    ArticleId, CommentId, Timestamp,
    comment::{CommentContent, CommentStatus},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QuerySelect, QueryTrait, Select,
    sea_query::{Expr, ExprTrait, JoinType},
};
use tracing::instrument;

use crate::{
    article::{BRANCHES_MAX, union},
    direct::Connection,
    error::{StoreError, StoreResult},
    map::word,
    page::{Cursor, Page, PageRequest, Sort, SortKey, SortValue, page_of},
    placed::Rows,
    row::article,
    row::comment::{ActiveModel, Column, Entity, Model},
    scope::ReadScope,
    tx::Tx,
    visible,
};

/// A comment as kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Comment {
    /// The id.
    pub id: CommentId,
    /// The article it stands below.
    pub article: ArticleId,
    /// The comment it answers.
    pub parent: Option<CommentId>,
    /// The name shown.
    pub author_name: String,
    /// The text, safe HTML.
    pub body: String,
    /// Whether readers see it.
    pub status: CommentStatus,
    /// How often it was written.
    pub version: i64,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// Whose comments a read gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Audience {
    /// Readers: visible comments only.
    Readers,
    /// Moderators: all comments.
    Moderators,
}

/// A comment to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewComment {
    /// The article it stands below.
    pub article: ArticleId,
    /// The comment it answers, below the same article.
    pub parent: Option<CommentId>,
    /// What it says.
    pub content: CommentContent,
    /// Whether readers see it.
    pub status: CommentStatus,
    /// When it was written.
    pub created_at: Timestamp,
}

/// The comment with this id, when the audience sees it and the scope its article.
#[instrument(skip_all, fields(comment.id = %id))]
pub async fn by_id(
    connection: &impl Connection,
    scope: &ReadScope,
    audience: Audience,
    id: CommentId,
) -> StoreResult<Option<Comment>> {
    Ok(by_ids(connection, scope, audience, &[id]).await?.pop())
}

/// The comments with these ids that the audience sees and whose articles the scope shows, in no particular order.
#[instrument(skip_all, fields(count = ids.len()))]
pub async fn by_ids(
    connection: &impl Connection,
    scope: &ReadScope,
    audience: Audience,
    ids: &[CommentId],
) -> StoreResult<Vec<Comment>> {
    let ids = ids.iter().map(|id| id.uuid());
    let mut select = seen(audience).filter(Column::Id.is_in(ids)).filter(visible::condition(scope));
    QueryTrait::query(&mut select).join(
        JoinType::InnerJoin,
        article::Entity,
        Expr::col((article::Entity, article::Column::Id)).equals((Entity, Column::ArticleId)),
    );
    select.rows(connection).await?.into_iter().map(comment).collect()
}

/// The comments that these ones answer, by their own id. For comments that were already let through: what they
/// answer stands below the same article. One statement.
#[instrument(skip_all, fields(count = answers.len()))]
pub async fn parents(
    connection: &impl Connection,
    audience: Audience,
    answers: &[CommentId],
) -> StoreResult<HashMap<CommentId, Comment>> {
    if answers.is_empty() {
        return Ok(HashMap::new());
    }
    let answered = Entity::find()
        .select_only()
        .column(Column::ParentId)
        .filter(Column::Id.is_in(answers.iter().map(|id| id.uuid())))
        .filter(Column::ParentId.is_not_null())
        .into_query();
    let rows = seen(audience).filter(Column::Id.in_subquery(answered)).rows(connection).await?;
    rows.into_iter().map(|row| comment(row).map(|parent| (parent.id, parent))).collect()
}

/// A page of the comments below an article, in the order of time.
#[instrument(skip_all, fields(article.id = %article))]
pub async fn page_of_article(
    connection: &impl Connection,
    audience: Audience,
    article: ArticleId,
    request: &PageRequest,
) -> StoreResult<Page<Comment>> {
    let rows = sort().apply(below(audience, article), request).rows(connection).await?;
    page(rows, request)
}

/// The first comments below each of several articles, by one statement: each article is a branch that stops at its own
/// limit, so the cost follows the pages and not the number of comments. Every article asked for has a page.
#[instrument(skip_all, fields(count = articles.len(), first))]
pub async fn of_articles_first(
    connection: &impl Connection,
    audience: Audience,
    articles: &[ArticleId],
    first: u64,
) -> StoreResult<HashMap<ArticleId, Page<Comment>>> {
    let request = PageRequest::first(first);
    let branch = |article: &ArticleId| sort().apply(below(audience, *article), &request).into_query();
    let mut lists: HashMap<ArticleId, Vec<Model>> = articles.iter().map(|article| (*article, Vec::new())).collect();
    for articles in articles.chunks(BRANCHES_MAX) {
        if let Some(statement) = union(articles.iter().map(branch).collect()) {
            for row in connection.query_all(&statement).await? {
                let model = Model::from_query_result(&row, "")?;
                lists.entry(ArticleId::from_uuid(model.article_id)).or_default().push(model);
            }
        }
    }
    lists.into_iter().map(|(article, rows)| page(rows, &request).map(|page| (article, page))).collect()
}

/// How many comments an article has for an audience.
#[instrument(skip_all, fields(article.id = %article))]
pub async fn count(connection: &impl Connection, audience: Audience, article: ArticleId) -> StoreResult<u64> {
    Ok(below(audience, article).count(connection).await?)
}

/// How many comments each of several articles has for an audience, by one statement. Articles without any are left out.
#[instrument(skip_all, fields(count = articles.len()))]
pub async fn counts(
    connection: &impl Connection,
    audience: Audience,
    articles: &[ArticleId],
) -> StoreResult<HashMap<ArticleId, u64>> {
    if articles.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(sea_orm::prelude::Uuid, i64)> = seen(audience)
        .select_only()
        .column(Column::ArticleId)
        .column_as(Column::Id.count(), "total")
        .filter(Column::ArticleId.is_in(articles.iter().map(|id| id.uuid())))
        .group_by(Column::ArticleId)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(article, total)| (ArticleId::from_uuid(article), u64::try_from(total).unwrap_or(0)))
        .collect())
}

/// Keeps a new comment and counts it when readers see it.
#[instrument(skip_all, fields(comment.id = %id))]
pub async fn insert(tx: &Tx, id: CommentId, new: &NewComment) -> StoreResult<()> {
    let NewComment { article, parent, content, status, created_at } = new;
    let CommentContent { author_name, body } = content;
    // The article first and its children after it: the order in which everybody takes locks.
    recount(tx, *article, 0, counted(*status)).await?;
    let row = ActiveModel {
        id: Set(id.uuid()),
        article_id: Set(article.uuid()),
        parent_id: Set(parent.map(CommentId::uuid)),
        author_name: Set(author_name.to_string()),
        body: Set(body.clone()),
        status: Set(status.as_str().to_owned()),
        version: Set(1),
        created_at: Set(*created_at),
        updated_at: Set(tx.now()),
    };
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Sets the status of a comment as it was read, counts it anew, and gives its new version.
///
/// # Errors
/// [`StoreError::Stale`] when it is at another version.
#[instrument(skip_all, fields(comment.id = %comment.id))]
pub async fn set_status(tx: &Tx, comment: &Comment, status: CommentStatus) -> StoreResult<i64> {
    recount(tx, comment.article, counted(comment.status), counted(status)).await?;
    let done = Entity::update_many()
        .col_expr(Column::Status, Expr::val(status.as_str()))
        .col_expr(Column::Version, Expr::val(comment.version + 1))
        .col_expr(Column::UpdatedAt, Expr::val(tx.now()))
        .filter(Column::Id.eq(comment.id.uuid()))
        .filter(Column::Version.eq(comment.version))
        .exec(tx)
        .await?;
    if done.rows_affected == 1 { Ok(comment.version + 1) } else { Err(StoreError::Stale) }
}

fn counted(status: CommentStatus) -> i64 {
    match status {
        CommentStatus::Visible => 1,
        CommentStatus::Pending | CommentStatus::Hidden | CommentStatus::Spam => 0,
    }
}

/// Brings an article's number of visible comments up to date. It is no content: the version stays. A difference and not
/// a new count, because the other acts of this moment are not seen yet, while their differences add up.
async fn recount(tx: &Tx, article: ArticleId, before: i64, after: i64) -> StoreResult<()> {
    if before == after {
        return Ok(());
    }
    let count = Expr::col(article::Column::CommentCount).add(after - before);
    article::Entity::update_many()
        .col_expr(article::Column::CommentCount, count)
        .filter(article::Column::Id.eq(article.uuid()))
        .exec(tx)
        .await?;
    Ok(())
}

fn seen(audience: Audience) -> Select<Entity> {
    match audience {
        Audience::Readers => Entity::find().filter(Column::Status.eq(CommentStatus::Visible.as_str())),
        Audience::Moderators => Entity::find(),
    }
}

fn below(audience: Audience, article: ArticleId) -> Select<Entity> {
    seen(audience).filter(Column::ArticleId.eq(article.uuid()))
}

fn sort() -> Sort {
    Sort {
        keys: vec![SortKey { expr: Expr::col((Entity, Column::CreatedAt)), descending: false }],
        id: Expr::col((Entity, Column::Id)),
    }
}

fn page(rows: Vec<Model>, request: &PageRequest) -> StoreResult<Page<Comment>> {
    let comments = rows.into_iter().map(comment).collect::<StoreResult<Vec<_>>>()?;
    Ok(page_of(comments, request, |comment| Cursor {
        values: vec![SortValue::time(comment.created_at)],
        id: comment.id.uuid(),
    }))
}

fn comment(row: Model) -> StoreResult<Comment> {
    let Model { id, article_id, parent_id, author_name, body, status, version, created_at, updated_at } = row;
    let id = CommentId::from_uuid(id);
    Ok(Comment {
        id,
        article: ArticleId::from_uuid(article_id),
        parent: parent_id.map(CommentId::from_uuid),
        author_name,
        body,
        status: word("comments", id, "status", CommentStatus::parse, &status)?,
        version,
        created_at,
        updated_at,
    })
}
