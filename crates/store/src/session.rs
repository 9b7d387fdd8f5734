//! Sessions: refresh tokens and the families they come from.
//!
//! A family begins with a sign-in and is named by its first row. Each use of a refresh token marks its row as rotated
//! and adds a row; the whole family ends together. Only hashes of tokens are kept.

use masthead_domain::{SessionId, Timestamp, UserId, user::SessionEnd};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use tracing::instrument;

use crate::{
    direct::Connection,
    error::StoreResult,
    map::word,
    placed::Rows,
    row::session::{ActiveModel, Column, Entity, Model},
    tx::Tx,
};

/// One refresh token as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The id of this token's row.
    pub id: SessionId,
    /// The family it belongs to: the id of its first row.
    pub family: SessionId,
    /// Whose it is.
    pub user: UserId,
    /// When it was given out.
    pub issued_at: Timestamp,
    /// Until when it must be used.
    pub idle_expires_at: Timestamp,
    /// Until when the family lives, however often it is renewed.
    pub expires_at: Timestamp,
    /// When it was used; it may be used once.
    pub rotated_at: Option<Timestamp>,
    /// Why it ended before its time.
    pub ended: Option<SessionEnd>,
}

/// A refresh token to keep.
#[derive(Debug, Clone, Copy)]
pub struct NewSession<'a> {
    /// The id of its row; that of the family when it is the first.
    pub id: SessionId,
    /// The family it belongs to.
    pub family: SessionId,
    /// Whose it is.
    pub user: UserId,
    /// The hash of the token.
    pub token_hash: &'a str,
    /// Until when it must be used.
    pub idle_expires_at: Timestamp,
    /// Until when the family lives.
    pub expires_at: Timestamp,
}

/// The token with this hash.
#[instrument(skip_all)]
pub async fn by_token_hash(connection: &impl Connection, token_hash: &str) -> StoreResult<Option<Session>> {
    Entity::find().filter(Column::TokenHash.eq(token_hash)).row(connection).await?.map(session).transpose()
}

/// Keeps a new token. The caller holds the lock on its user.
#[instrument(skip_all, fields(session.id = %new.family))]
pub async fn insert(tx: &Tx, new: NewSession<'_>) -> StoreResult<()> {
    let NewSession { id, family, user, token_hash, idle_expires_at, expires_at } = new;
    let row = ActiveModel {
        id: Set(id.uuid()),
        family_id: Set(family.uuid()),
        user_id: Set(user.uuid()),
        token_hash: Set(token_hash.to_owned()),
        issued_at: Set(tx.now()),
        idle_expires_at: Set(idle_expires_at),
        expires_at: Set(expires_at),
        rotated_at: Set(None),
        revoked_at: Set(None),
        revoked_because: Set(None),
    };
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Marks a token as used; false when it was used before or its family has ended.
#[instrument(skip_all, fields(session.id = %id))]
pub async fn rotate(tx: &Tx, id: SessionId) -> StoreResult<bool> {
    let done = Entity::update_many()
        .col_expr(Column::RotatedAt, Expr::val(tx.now()))
        .filter(Column::Id.eq(id.uuid()))
        .filter(Column::RotatedAt.is_null())
        .filter(Column::RevokedAt.is_null())
        .exec(tx)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Ends a family; false when it had ended before.
#[instrument(skip_all, fields(session.id = %family))]
pub async fn end_family(tx: &Tx, family: SessionId, why: SessionEnd) -> StoreResult<bool> {
    let done = end(tx, why).filter(Column::FamilyId.eq(family.uuid())).exec(tx).await?;
    Ok(done.rows_affected > 0)
}

/// Ends every family of a user.
#[instrument(skip_all, fields(user.id = %user))]
pub async fn end_all(tx: &Tx, user: UserId, why: SessionEnd) -> StoreResult<()> {
    end(tx, why).filter(Column::UserId.eq(user.uuid())).exec(tx).await?;
    Ok(())
}

fn end(tx: &Tx, why: SessionEnd) -> sea_orm::UpdateMany<Entity> {
    Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::val(tx.now()))
        .col_expr(Column::RevokedBecause, Expr::val(why.as_str()))
        .filter(Column::RevokedAt.is_null())
}

/// Forgets a user's families whose time is over, and gives how many tokens that were.
#[instrument(skip_all, fields(user.id = %user))]
pub async fn forget_expired(tx: &Tx, user: UserId) -> StoreResult<u64> {
    let done = Entity::delete_many()
        .filter(Column::UserId.eq(user.uuid()))
        .filter(Column::ExpiresAt.lte(tx.now()))
        .exec(tx)
        .await?;
    Ok(done.rows_affected)
}

fn session(row: Model) -> StoreResult<Session> {
    let Model {
        id,
        family_id,
        user_id,
        token_hash: _,
        issued_at,
        idle_expires_at,
        expires_at,
        rotated_at,
        revoked_at: _,
        revoked_because,
    } = row;
    let id = SessionId::from_uuid(id);
    Ok(Session {
        id,
        family: SessionId::from_uuid(family_id),
        user: UserId::from_uuid(user_id),
        issued_at,
        idle_expires_at,
        expires_at,
        rotated_at,
        ended: revoked_because
            .map(|why| word("sessions", id, "revoked_because", SessionEnd::parse, &why))
            .transpose()?,
    })
}
