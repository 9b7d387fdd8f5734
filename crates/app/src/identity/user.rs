//! Keeping users. These acts are the operator's.

use masthead_domain::{
    EntityKind, UserId, Violation,
    event::{Change, ChangeScope},
    policy::Role,
    text::Title,
    user::{SessionEnd, UserContent, UserEmail, new_password},
};
use masthead_store::{Constraint, StoreError, session, user as rows};
use secrecy::{ExposeSecret, SecretString};
use tracing::instrument;

use super::{
    error::{IdentityError, IdentityResult},
    password::Passwords,
};
use crate::{
    door::Door,
    error::{AppError, AppResult},
    work::{App, Caller, Work},
};

/// A new user.
#[derive(Debug, Clone)]
pub struct UserDraft {
    /// The address they sign in with.
    pub email: UserEmail,
    /// Their name.
    pub name: Title,
    /// What they are to the newsroom.
    pub role: Role,
    /// Their password, as typed.
    pub password: SecretString,
}

/// Changes to a user: `None` leaves a field as it is.
#[derive(Debug, Clone, Default)]
pub struct UserChanges {
    /// Their name.
    pub name: Option<Title>,
    /// What they are to the newsroom.
    pub role: Option<Role>,
    /// Whether they may sign in; taking this away ends their sessions.
    pub is_active: Option<bool>,
}

/// Keeps a new user, who may sign in at once.
///
/// # Errors
/// [`AppError::Invalid`] for a password that is too short or too long and for an address that is taken,
/// [`IdentityError::Overloaded`].
#[instrument(skip_all)]
pub async fn create(app: &App, passwords: &Passwords, caller: &Caller, draft: UserDraft) -> IdentityResult<UserId> {
    caller.expect_operator()?;
    let UserDraft { email, name, role, password } = draft;
    // The hash is made before the transaction, which would keep every other writer waiting on SQLite.
    let hash = new_hash(passwords, &password).await?;
    let work = app.begin_through(&Door::command_line("userCreate"), caller).await?;
    if rows::by_email(&work.tx, &email).await?.is_some() {
        return Err(email_taken().into());
    }
    let id = work.new_id(UserId::from_uuid);
    let content = UserContent { email, name, role, is_active: true };
    match rows::insert(&work.tx, id, &content, &hash).await {
        // Somebody was faster between our look and our write.
        Err(StoreError::Constraint(Constraint::UserEmail)) => return Err(email_taken().into()),
        done => done?,
    }
    work.emit(Change::created(id, ChangeScope::default()));
    work.commit().await?;
    Ok(id)
}

/// Changes a user. Writing what already stands there changes nothing. Call [`super::Identity::forget_user`] after it
/// where there is one; other nodes feel the change within [`super::SessionConfig::recheck_after`].
///
/// # Errors
/// [`AppError::NotFound`].
#[instrument(skip_all, fields(user.id = %id))]
pub async fn update(app: &App, caller: &Caller, id: UserId, changes: UserChanges) -> AppResult<()> {
    caller.expect_operator()?;
    let work = app.begin_through(&Door::command_line("userUpdate"), caller).await?;
    let before = locked(&work, id).await?;
    let old = UserContent {
        email: UserEmail::parse(&before.email)?,
        name: Title::parse(&before.name)?,
        role: before.role,
        is_active: before.is_active,
    };
    let UserChanges { name, role, is_active } = changes;
    let new = UserContent {
        email: old.email.clone(),
        name: name.unwrap_or_else(|| old.name.clone()),
        role: role.unwrap_or(old.role),
        is_active: is_active.unwrap_or(old.is_active),
    };
    let differs =
        [("name", new.name != old.name), ("role", new.role != old.role), ("isActive", new.is_active != old.is_active)];
    let fields: Vec<_> = differs.into_iter().filter_map(|(field, differs)| differs.then_some(field)).collect();
    if fields.is_empty() {
        return Ok(());
    }
    let version = rows::update(&work.tx, id, before.version, &new).await?;
    if !new.is_active {
        session::end_all(&work.tx, id, SessionEnd::Suspended).await?;
    }
    work.emit(Change::updated(id, version, fields, ChangeScope::default(), ChangeScope::default()));
    work.commit().await
}

/// Gives a user another password and ends all their sessions.
///
/// # Errors
/// [`AppError::NotFound`], [`AppError::Invalid`], [`IdentityError::Overloaded`].
#[instrument(skip_all, fields(user.id = %id))]
pub async fn set_password(
    app: &App,
    passwords: &Passwords,
    caller: &Caller,
    id: UserId,
    password: SecretString,
) -> IdentityResult<()> {
    caller.expect_operator()?;
    let hash = new_hash(passwords, &password).await?;
    let work = app.begin_through(&Door::command_line("userSetPassword"), caller).await?;
    let user = locked(&work, id).await?;
    rows::set_password_hash(&work.tx, id, &hash).await?;
    session::end_all(&work.tx, id, SessionEnd::PasswordChanged).await?;
    // That there is another password is told, and nothing of it. The content is the same: so is the version.
    let (fields, scope) = (vec!["password"], ChangeScope::default());
    work.emit(Change::updated(id, user.version, fields, scope.clone(), scope));
    work.commit().await?;
    Ok(())
}

/// The user who signs in with an address.
///
/// # Errors
/// [`AppError::NotFound`].
pub async fn by_email(app: &App, email: &UserEmail) -> AppResult<rows::User> {
    rows::by_email(&app.database, email).await?.ok_or_else(|| AppError::missing(EntityKind::User, &["email"]))
}

/// All users, by their address.
///
/// # Errors
/// [`AppError::Store`].
pub async fn all(app: &App) -> AppResult<Vec<rows::User>> {
    Ok(rows::all(&app.database).await?)
}

async fn locked(work: &Work<'_>, id: UserId) -> AppResult<rows::User> {
    rows::lock(&work.tx, id).await?.ok_or_else(|| AppError::missing(EntityKind::User, &["id"]))
}

async fn new_hash(passwords: &Passwords, password: &SecretString) -> Result<String, IdentityError> {
    let normal = new_password(password.expose_secret()).map_err(|wrong| AppError::from(wrong.at("password")))?;
    passwords.hash(normal.into()).await
}

fn email_taken() -> AppError {
    Violation::invalid("belongs to another user").at("email").into()
}
