//! Signing in, staying signed in, signing out.

use masthead_domain::{
    SessionId, Timestamp, UserId,
    policy::Role,
    user::{PASSWORD_CHARS_MAX, SessionEnd, UserEmail, password_form},
};
use masthead_store::{Tx, session as rows, session::NewSession, user as user_rows, user::User};
use secrecy::{ExposeSecret, SecretString};
use tracing::instrument;

use super::{
    Identity, Inner,
    error::{IdentityError, IdentityResult, TokenFault},
    key_ring::{AccessToken, Moment},
    secret,
    throttle::Account,
};
use crate::{error::AppError, work::Caller};

/// Somebody who has just come in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who it is.
    pub user: UserId,
    /// What they are to the newsroom.
    pub role: Role,
    /// What they send with each request.
    pub access: AccessToken,
    /// What they get the next access token with, once.
    pub refresh: SecretString,
}

impl SignedIn {
    /// The caller they are from now on.
    #[must_use]
    pub fn caller(&self) -> Caller {
        Caller { actor: masthead_domain::policy::Actor::User { id: Some(self.user), role: self.role } }
    }
}

impl Identity {
    /// Lets a user in by password, with a new session.
    ///
    /// # Errors
    /// [`IdentityError::WrongCredentials`] for a wrong password, an unknown address and a suspended user alike, after
    /// the same time; [`IdentityError::RateLimited`], [`IdentityError::Overloaded`], [`IdentityError::App`].
    #[instrument(skip_all)]
    pub async fn login(&self, email: &str, password: &SecretString) -> IdentityResult<SignedIn> {
        let Inner { app, throttle, .. } = &*self.inner;
        let (account, now) = (Account::of(email), app.clock.now());
        throttle.attempt(account, now)?;
        let outcome = self.let_in(email, password).await;
        match &outcome {
            Ok(signed_in) => {
                throttle.clear(account);
                tracing::info!(user.id = %signed_in.user, "a user signed in");
            }
            Err(IdentityError::WrongCredentials) => tracing::info!("a sign-in was refused"),
            Err(_) => throttle.take_back(account, now),
        }
        outcome
    }

    async fn let_in(&self, email: &str, password: &SecretString) -> IdentityResult<SignedIn> {
        let Inner { app, passwords, .. } = &*self.inner;
        // What cannot be anybody's address or password is checked against nobody's hash, which takes as long.
        let found = match UserEmail::parse(email) {
            Ok(email) => user_rows::by_email(&app.database, &email).await?,
            Err(_) => None,
        };
        let typed = typed_form(password);
        let kept_hash = found.as_ref().filter(|_| typed.is_some()).map(|user| user.password_hash.clone());
        let typed = typed.unwrap_or_default();
        let verdict = passwords.check(typed.clone(), kept_hash.as_deref()).await?;
        let Some(user) = found.filter(|user| verdict.matches && user.is_active) else {
            return Err(IdentityError::WrongCredentials);
        };
        // When there is no room to make the better hash, the next sign-in will.
        let better_hash = if verdict.is_outdated { passwords.hash(typed).await.ok() } else { None };
        let now = app.clock.now();
        let tx = app.database.begin_write(user.id.to_string(), now).await?;
        let user = user_rows::lock(&tx, user.id)
            .await?
            .filter(|locked| locked.is_active && locked.password_hash == user.password_hash)
            .ok_or(IdentityError::WrongCredentials)?;
        if let Some(hash) = better_hash {
            user_rows::set_password_hash(&tx, user.id, &hash).await?;
        }
        rows::forget_expired(&tx, user.id).await?;
        let family = SessionId::from_uuid(app.ids.uuid());
        let ends = now + self.inner.refresh_max;
        let signed_in = self.hand_out(&tx, &user, Place { id: family, family, ends }).await?;
        tx.commit().await?;
        Ok(signed_in)
    }

    /// Takes a refresh token and gives new tokens for it. A token that comes a second time ends the whole family: one
    /// of the two who have it stole it, and nobody knows which.
    ///
    /// # Errors
    /// [`IdentityError::RefreshReused`], also for every other token of a family that ended so;
    /// [`IdentityError::InvalidToken`] when it is unknown, expired or ended, or its user is suspended;
    /// [`IdentityError::App`].
    #[instrument(skip_all)]
    pub async fn refresh(&self, token: &SecretString) -> IdentityResult<SignedIn> {
        let Inner { app, sessions, .. } = &*self.inner;
        let hash = refresh_hash(token)?;
        // A look without a transaction first: nonsense must not queue for the right to write.
        let found = rows::by_token_hash(&app.database, &hash).await?.ok_or(TokenFault::Unknown)?;
        let now = app.clock.now();
        let tx = app.database.begin_write(found.user.to_string(), now).await?;
        let user = user_rows::lock(&tx, found.user).await?.ok_or(TokenFault::Unknown)?;
        let session = rows::by_token_hash(&tx, &hash).await?.ok_or(TokenFault::Unknown)?;
        match standing(&session, now) {
            Standing::Open if user.is_active => {}
            Standing::Open | Standing::Ended => return Err(TokenFault::SessionEnded.into()),
            Standing::Expired => return Err(TokenFault::Expired.into()),
            Standing::FamilyReused => return Err(IdentityError::RefreshReused),
            Standing::Used => {
                rows::end_family(&tx, session.family, SessionEnd::Reused).await?;
                tx.commit().await?;
                sessions.forget(|family, _| *family == session.family);
                tracing::warn!(session.id = %session.family, "a refresh token came twice; its session is ended");
                return Err(IdentityError::RefreshReused);
            }
        }
        if !rows::rotate(&tx, session.id).await? {
            return Err(AppError::Internal("a locked session changed").into());
        }
        let id = SessionId::from_uuid(app.ids.uuid());
        let place = Place { id, family: session.family, ends: session.expires_at };
        let signed_in = self.hand_out(&tx, &user, place).await?;
        tx.commit().await?;
        Ok(signed_in)
    }

    /// Ends the session a refresh token belongs to, whether or not the token was used; its access tokens die with it,
    /// at once on this node. False when there is no such session or it had ended: then there is nothing to do.
    ///
    /// # Errors
    /// [`IdentityError::App`].
    #[instrument(skip_all)]
    pub async fn logout(&self, token: &SecretString) -> IdentityResult<bool> {
        let Inner { app, sessions, .. } = &*self.inner;
        let Ok(hash) = refresh_hash(token) else { return Ok(false) };
        let Some(found) = rows::by_token_hash(&app.database, &hash).await? else { return Ok(false) };
        let tx = app.database.begin_write(found.user.to_string(), app.clock.now()).await?;
        user_rows::lock(&tx, found.user).await?;
        let ended = rows::end_family(&tx, found.family, SessionEnd::SignedOut).await?;
        tx.commit().await?;
        sessions.forget(|family, _| *family == found.family);
        if ended {
            tracing::info!(user.id = %found.user, "a user signed out");
        }
        Ok(ended)
    }

    /// Keeps a new refresh token and signs the access token that goes with it.
    async fn hand_out(&self, tx: &Tx, user: &User, place: Place) -> IdentityResult<SignedIn> {
        let Inner { app, keys, refresh_idle, .. } = &*self.inner;
        let Place { id, family, ends } = place;
        let refresh = secret::random_secret()?;
        let new = NewSession {
            id,
            family,
            user: user.id,
            token_hash: &secret::hash(&refresh),
            idle_expires_at: (tx.now() + *refresh_idle).min(ends),
            expires_at: ends,
        };
        rows::insert(tx, new).await?;
        let moment = Moment { now: tx.now(), id: app.ids.uuid() };
        let access = keys.issue(user.id, user.role, family, moment)?;
        Ok(SignedIn { user: user.id, role: user.role, access, refresh: refresh.into() })
    }
}

/// What a refresh token is worth.
enum Standing {
    /// New tokens.
    Open,
    /// Nothing: it was used before.
    Used,
    /// Nothing: another token of its family was used twice.
    FamilyReused,
    /// Nothing: its session was ended.
    Ended,
    /// Nothing: its time is over.
    Expired,
}

fn standing(session: &rows::Session, now: Timestamp) -> Standing {
    match session.ended {
        Some(SessionEnd::Reused) => Standing::FamilyReused,
        Some(SessionEnd::SignedOut | SessionEnd::PasswordChanged | SessionEnd::Suspended) => Standing::Ended,
        None if session.expires_at <= now => Standing::Expired,
        None if session.rotated_at.is_some() => Standing::Used,
        None if session.idle_expires_at <= now => Standing::Expired,
        None => Standing::Open,
    }
}

/// Where a refresh token stands in its family.
struct Place {
    id: SessionId,
    family: SessionId,
    ends: Timestamp,
}

/// The password in the form it is compared in; none when no password is that long.
fn typed_form(password: &SecretString) -> Option<SecretString> {
    let typed = password.expose_secret();
    // NFKC joins at most four characters into one.
    if typed.chars().count() > 4 * PASSWORD_CHARS_MAX {
        return None;
    }
    Some(SecretString::from(password_form(typed)))
}

fn refresh_hash(token: &SecretString) -> Result<String, TokenFault> {
    let token = token.expose_secret();
    let is_ours = token.len() == secret::SECRET_CHARS && token.bytes().all(secret::is_base64url);
    if is_ours { Ok(secret::hash(token)) } else { Err(TokenFault::Malformed) }
}
