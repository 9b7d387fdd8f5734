//! Users: the people who sign in.

use std::fmt;

use masthead_domain::{SessionId, Timestamp, UserId, policy::Role, user::UserContent, user::UserEmail};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, LockType, Query},
};
use tracing::instrument;

use crate::{
    direct::Connection,
    error::{StoreError, StoreResult},
    map::word,
    placed::Rows,
    row::{
        session,
        user::{ActiveModel, Column, Entity, Model},
    },
    tx::Tx,
    versioned,
};

/// A user as kept.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// The id.
    pub id: UserId,
    /// The address they sign in with, in small letters.
    pub email: String,
    /// The name.
    pub name: String,
    /// What they are to the newsroom.
    pub role: Role,
    /// The hash of the password in PHC form.
    pub password_hash: String,
    /// Whether they may sign in.
    pub is_active: bool,
    /// How often they were written.
    pub version: i64,
    /// When they came to be.
    pub created_at: Timestamp,
    /// When they last changed.
    pub updated_at: Timestamp,
}

/// Without address and password hash, which belong into no log.
impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User")
            .field("id", &self.id)
            .field("role", &self.role)
            .field("is_active", &self.is_active)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// The user with this id.
#[instrument(skip_all, fields(user.id = %id))]
pub async fn by_id(connection: &impl Connection, id: UserId) -> StoreResult<Option<User>> {
    Entity::find_by_id(id.uuid()).row(connection).await?.map(user).transpose()
}

/// The user who signs in with this address.
#[instrument(skip_all)]
pub async fn by_email(connection: &impl Connection, email: &UserEmail) -> StoreResult<Option<User>> {
    Entity::find().filter(Column::Email.eq(email.as_str())).row(connection).await?.map(user).transpose()
}

/// All users by their address. There are as many as a newsroom has people.
#[instrument(skip_all)]
pub async fn all(connection: &impl Connection) -> StoreResult<Vec<User>> {
    Entity::find().order_by_asc(Column::Email).rows(connection).await?.into_iter().map(user).collect()
}

/// The user with this id, whose sessions nobody else can begin, renew or end before this transaction has ended.
///
/// Everything that touches a user's sessions takes this lock first: otherwise a session begun in the same moment
/// would outlive a change of the password.
#[instrument(skip_all, fields(user.id = %id))]
pub async fn lock(tx: &Tx, id: UserId) -> StoreResult<Option<User>> {
    Entity::find_by_id(id.uuid()).lock(LockType::NoKeyUpdate).one(tx).await?.map(user).transpose()
}

/// The user, when they may act through a session now: they are active and the session has not ended.
#[instrument(skip_all, fields(user.id = %id))]
pub async fn in_good_standing(
    connection: &impl Connection,
    id: UserId,
    session: SessionId,
    now: Timestamp,
) -> StoreResult<Option<User>> {
    // The first row of a family bears its name and lives as long as it; one look by primary key tells all.
    let open = Query::select()
        .expr(Expr::val(1))
        .from(session::Entity)
        .and_where(Expr::col((session::Entity, session::Column::Id)).eq(session.uuid()))
        .and_where(Expr::col((session::Entity, session::Column::UserId)).eq(id.uuid()))
        .and_where(Expr::col((session::Entity, session::Column::RevokedAt)).is_null())
        .and_where(Expr::col((session::Entity, session::Column::ExpiresAt)).gt(now))
        .take();
    Entity::find_by_id(id.uuid())
        .filter(Column::IsActive.eq(true))
        .filter(Expr::exists(open))
        .row(connection)
        .await?
        .map(user)
        .transpose()
}

/// Keeps a new user.
///
/// # Errors
/// [`crate::Constraint::UserEmail`] when another user signs in with the address.
#[instrument(skip_all, fields(user.id = %id))]
pub async fn insert(tx: &Tx, id: UserId, content: &UserContent, password_hash: &str) -> StoreResult<()> {
    let mut row = written(content);
    row.id = Set(id.uuid());
    row.password_hash = Set(password_hash.to_owned());
    row.version = Set(1);
    row.created_at = Set(tx.now());
    row.updated_at = Set(tx.now());
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Writes a user who is still at the expected version, and gives the new version.
///
/// # Errors
/// [`StoreError::Stale`] at another version, [`crate::Constraint::UserEmail`] when the address is taken.
#[instrument(skip_all, fields(user.id = %id))]
pub async fn update(tx: &Tx, id: UserId, expected_version: i64, content: &UserContent) -> StoreResult<i64> {
    versioned::update::<Entity>(tx, id.uuid(), expected_version, written(content)).await
}

/// Keeps another hash of the same or of a new password. It is no content: the version stays.
///
/// # Errors
/// [`StoreError::Stale`] when the user is gone.
#[instrument(skip_all, fields(user.id = %id))]
pub async fn set_password_hash(tx: &Tx, id: UserId, password_hash: &str) -> StoreResult<()> {
    let done = Entity::update_many()
        .col_expr(Column::PasswordHash, Expr::val(password_hash))
        .filter(Column::Id.eq(id.uuid()))
        .exec(tx)
        .await?;
    if done.rows_affected == 1 { Ok(()) } else { Err(StoreError::Stale) }
}

fn written(content: &UserContent) -> ActiveModel {
    let UserContent { email, name, role, is_active } = content;
    ActiveModel {
        email: Set(email.as_str().to_owned()),
        name: Set(name.to_string()),
        role: Set(role.as_str().to_owned()),
        is_active: Set(*is_active),
        ..Default::default()
    }
}

fn user(row: Model) -> StoreResult<User> {
    let Model { id, email, name, role, password_hash, is_active, version, created_at, updated_at } = row;
    let id = UserId::from_uuid(id);
    let role = word("users", id, "role", Role::parse, &role)?;
    Ok(User { id, email, name, role, password_hash, is_active, version, created_at, updated_at })
}
