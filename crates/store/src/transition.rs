//! What time will do to articles: the instants at which readers come to see them or lose sight of them.
//!
//! Reads do not look here; they compare instants with their own `now`. These rows are for announcing, and for saying how
//! long an answer is true. They follow the state: whatever writes a state plans anew.

use std::collections::BTreeSet;

use masthead_domain::{
    ArticleId, Timestamp,
    article::{ArticleState, Transition, TransitionKind, Window},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{LockType, Query},
};
use tracing::instrument;
use uuid::Uuid;

use crate::{
    direct::Connection,
    error::StoreResult,
    map::word,
    placed::Rows,
    row::{
        article,
        article_transition::{Column, Entity, Model},
    },
    scope::ReadScope,
    tx::Tx,
    visible,
};

const TABLE: &str = "article_transitions";

/// The most transitions that one transaction takes.
const BATCH: u64 = 200;

/// A transition that has come, and is nobody else's to announce.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// Whose.
    pub article: ArticleId,
    /// What it is.
    pub kind: TransitionKind,
    /// When it came.
    pub at: Timestamp,
}

/// Plans what lies ahead of an article that stands so from now on, in place of what was planned before.
///
/// # Errors
/// [`crate::StoreError`] when it cannot be written.
#[instrument(skip_all, fields(article.id = %article))]
pub async fn plan(tx: &Tx, article: ArticleId, state: &ArticleState, window: Window) -> StoreResult<()> {
    forget(tx, article).await?;
    plan_first(tx, article, state, window).await
}

/// The same for an article of which nothing is planned yet.
pub(crate) async fn plan_first(tx: &Tx, article: ArticleId, state: &ArticleState, window: Window) -> StoreResult<()> {
    let ahead = Transition::ahead(state, window, tx.now());
    if ahead.is_empty() {
        return Ok(());
    }
    let rows = ahead.into_iter().map(|Transition { kind, at }| {
        Model { article_id: article.uuid(), kind: kind.as_str().to_owned(), at }.into_active_model()
    });
    Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}

/// Plans nothing for an article any more.
pub(crate) async fn forget(tx: &Tx, article: ArticleId) -> StoreResult<()> {
    Entity::delete_many().filter(Column::ArticleId.eq(article.uuid())).exec(tx).await?;
    Ok(())
}

/// The next instant at which readers come to see something or lose sight of it, on the whole site. It may be past: then
/// it was not announced yet.
///
/// # Errors
/// [`crate::StoreError`] when it cannot be read.
#[instrument(skip_all)]
pub async fn next(connection: &impl Connection) -> StoreResult<Option<Timestamp>> {
    Ok(Entity::find().order_by_asc(Column::At).limit(1).row(connection).await?.map(|row| row.at))
}

/// The first instant after this one at which readers come to see something or lose sight of it, on the whole site: until
/// then time changes no answer that is true now.
///
/// # Errors
/// [`crate::StoreError`] when it cannot be read.
#[instrument(skip_all)]
pub async fn next_after(connection: &impl Connection, now: Timestamp) -> StoreResult<Option<Timestamp>> {
    let ahead = Entity::find().filter(Column::At.gt(now)).order_by_asc(Column::At).limit(1);
    Ok(ahead.row(connection).await?.map(|row| row.at))
}

/// Takes transitions that have come at the instant of the transaction, the oldest first and at most some two hundred, out
/// of the plan. Of several nodes that ask at once each gets its own: the next one waits, and then finds them gone. Their
/// articles stay as they are until the transaction ends.
///
/// # Errors
/// [`crate::StoreError`] when they cannot be taken; [`crate::StoreError::Unavailable`] when another node holds them for
/// too long.
#[instrument(skip_all)]
pub async fn take_due(tx: &Tx) -> StoreResult<Vec<Due>> {
    let first = Entity::find()
        .filter(Column::At.lte(tx.now()))
        .order_by_asc(Column::At)
        .order_by_asc(Column::ArticleId)
        .limit(BATCH)
        .all(tx)
        .await?;
    let Some(until) = first.last().map(|row| row.at) else { return Ok(Vec::new()) };
    let articles: BTreeSet<Uuid> = first.iter().map(|row| row.article_id).collect();
    // As every act does: first the article, then what stands with it. Or two might wait for each other.
    visible::articles(&ReadScope::all(tx.now()))
        .select_only()
        .column(article::Column::Id)
        .filter(article::Column::Id.is_in(articles.iter().copied()))
        .order_by_asc(article::Column::Id)
        .lock(LockType::NoKeyUpdate)
        .into_tuple::<Uuid>()
        .all(tx)
        .await?;
    let mut take = Query::delete();
    take.from_table(Entity)
        .and_where(Column::ArticleId.is_in(articles))
        .and_where(Column::At.lte(until))
        .returning(Query::returning().columns([Column::ArticleId, Column::Kind, Column::At]));
    let rows = tx.query_all(&take).await?;
    let mut due = rows
        .into_iter()
        .map(|row| {
            let article = ArticleId::from_uuid(row.try_get_by_index(0)?);
            let kind: String = row.try_get_by_index(1)?;
            let kind = word(TABLE, article, "kind", TransitionKind::parse, &kind)?;
            Ok(Due { article, kind, at: row.try_get_by_index(2)? })
        })
        .collect::<StoreResult<Vec<_>>>()?;
    due.sort_by_key(|due| (due.at, due.article));
    Ok(due)
}
