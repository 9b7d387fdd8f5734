//! The keys by which callers make sure that what they ask for twice is done once, with the answers they were given.
//!
//! A key is reserved before its request runs: of two requests at once the unique row lets one in. Each act raises the
//! row's count in its own transaction, so that no crash can part the two. Whoever holds a key is known by the instant they
//! took it at: when another took it over, the first one's next act finds that it holds nothing, and is not done.

use masthead_domain::Timestamp;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter, UpdateMany,
    sea_query::{Expr, ExprTrait, OnConflict},
};
use tracing::instrument;

use crate::{
    direct::Connection,
    error::{StoreError, StoreResult},
    placed::Rows,
    row::idempotency_key::{ActiveModel, Column, Entity, Model},
    tx::Tx,
};

/// A key as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRecord {
    /// What was asked with it.
    pub fingerprint: String,
    /// How many acts were done.
    pub acts: i64,
    /// What was answered, once it was.
    pub answered: Option<Answered>,
    /// When the request that holds it took it.
    pub started_at: Timestamp,
    /// Until when it is remembered.
    pub expires_at: Timestamp,
}

/// What a request was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The HTTP status.
    pub status: u16,
    /// The body; absent when it is lost or too long to keep.
    pub body: Option<String>,
}

/// The request that holds a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Whose key it is, as the change log names callers.
    pub caller: String,
    /// The key.
    pub key: String,
    /// When it was taken.
    pub started_at: Timestamp,
}

/// A key to take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim<'a> {
    /// Who takes it, and when.
    pub holder: &'a Holder,
    /// What is asked with it.
    pub fingerprint: &'a str,
    /// Until when it is to be remembered.
    pub expires_at: Timestamp,
}

/// The key of a caller.
///
/// # Errors
/// [`StoreError`] when it cannot be read.
#[instrument(skip_all)]
pub async fn find(connection: &impl Connection, caller: &str, key: &str) -> StoreResult<Option<KeyRecord>> {
    let id = (caller.to_owned(), key.to_owned());
    Entity::find_by_id(id).row(connection).await?.map(record).transpose()
}

/// Takes a key that nobody has taken; false when somebody has.
///
/// # Errors
/// [`StoreError`] when it cannot be written.
#[instrument(skip_all)]
pub async fn take(tx: &Tx, claim: &Claim<'_>) -> StoreResult<bool> {
    let Claim { holder: Holder { caller, key, started_at }, fingerprint, expires_at } = claim;
    let row = ActiveModel {
        caller: Set(caller.clone()),
        idempotency_key: Set(key.clone()),
        fingerprint: Set((*fingerprint).to_owned()),
        acts: Set(0),
        status: Set(None),
        answer: Set(None),
        started_at: Set(*started_at),
        expires_at: Set(*expires_at),
    };
    let untouched = OnConflict::columns([Column::Caller, Column::IdempotencyKey]).do_nothing().to_owned();
    Ok(Entity::insert(row).on_conflict(untouched).exec_without_returning(tx).await? == 1)
}

/// Takes over a key that is still as it was seen; false when it is not.
///
/// # Errors
/// [`StoreError`] when it cannot be written.
#[instrument(skip_all)]
pub async fn take_over(tx: &Tx, claim: &Claim<'_>, seen: &KeyRecord) -> StoreResult<bool> {
    let Claim { holder, fingerprint, expires_at } = claim;
    let before = Holder { started_at: seen.started_at, ..(*holder).clone() };
    let status = match seen.answered {
        None => Column::Status.is_null(),
        Some(_) => Column::Status.is_not_null(),
    };
    let done = held_by(&before)
        .col_expr(Column::Fingerprint, Expr::val(*fingerprint))
        .col_expr(Column::Acts, Expr::val(0_i64))
        .col_expr(Column::Status, Expr::val(None::<i32>))
        .col_expr(Column::Answer, Expr::val(None::<String>))
        .col_expr(Column::StartedAt, Expr::val(holder.started_at))
        .col_expr(Column::ExpiresAt, Expr::val(*expires_at))
        .filter(Column::Acts.eq(seen.acts))
        .filter(status)
        .exec(tx)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Counts an act of this transaction; false when the key was taken over: then the act must not be done.
///
/// # Errors
/// [`StoreError`] when it cannot be written.
#[instrument(skip_all)]
pub async fn raise(tx: &Tx, holder: &Holder) -> StoreResult<bool> {
    let counted = held_by(holder).col_expr(Column::Acts, Expr::col(Column::Acts).add(1));
    let done = counted.filter(Column::Status.is_null()).exec(tx).await?;
    Ok(done.rows_affected == 1)
}

/// Keeps the answer to a request of which so many acts are known to be done; false when there are others, or the key
/// was taken over.
///
/// # Errors
/// [`StoreError`] when it cannot be written.
#[instrument(skip_all)]
pub async fn keep(tx: &Tx, holder: &Holder, acts: i64, answered: &Answered) -> StoreResult<bool> {
    let Answered { status, body } = answered;
    let done = held_by(holder)
        .col_expr(Column::Status, Expr::val(i32::from(*status)))
        .col_expr(Column::Answer, Expr::val(body.clone()))
        .filter(Column::Acts.eq(acts))
        .exec(tx)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Keeps that a request has ended with acts done and without an answer that tells of them.
///
/// # Errors
/// [`StoreError`] when it cannot be written.
#[instrument(skip_all)]
pub async fn keep_lost(tx: &Tx, holder: &Holder, status: u16) -> StoreResult<()> {
    held_by(holder).col_expr(Column::Status, Expr::val(i32::from(status))).exec(tx).await?;
    Ok(())
}

/// Forgets the key of a request that did nothing; false when it did something, or the key was taken over.
///
/// # Errors
/// [`StoreError`] when it cannot be written.
#[instrument(skip_all)]
pub async fn free(tx: &Tx, holder: &Holder) -> StoreResult<bool> {
    let Holder { caller, key, started_at } = holder;
    let done = Entity::delete_many()
        .filter(Column::Caller.eq(caller))
        .filter(Column::IdempotencyKey.eq(key))
        .filter(Column::StartedAt.eq(*started_at))
        .filter(Column::Acts.eq(0))
        .exec(tx)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Forgets the keys whose time is over at an instant, and gives how many that were.
///
/// # Errors
/// [`StoreError`] when they cannot be deleted.
#[instrument(skip_all)]
pub async fn purge(tx: &Tx, now: Timestamp) -> StoreResult<u64> {
    Ok(Entity::delete_many().filter(Column::ExpiresAt.lte(now)).exec(tx).await?.rows_affected)
}

fn held_by(holder: &Holder) -> UpdateMany<Entity> {
    let Holder { caller, key, started_at } = holder;
    Entity::update_many()
        .filter(Column::Caller.eq(caller))
        .filter(Column::IdempotencyKey.eq(key))
        .filter(Column::StartedAt.eq(*started_at))
}

fn record(row: Model) -> StoreResult<KeyRecord> {
    let Model { caller, idempotency_key: _, fingerprint, acts, status, answer, started_at, expires_at } = row;
    let status = status.map(u16::try_from).transpose().map_err(|_| StoreError::Corrupt {
        table: "idempotency_keys",
        id: caller,
        what: "status: it is no HTTP status".to_owned(),
    })?;
    let answered = status.map(|status| Answered { status, body: answer });
    Ok(KeyRecord { fingerprint, acts, answered, started_at, expires_at })
}
