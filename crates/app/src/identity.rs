//! Who is calling: users with passwords, sessions with their tokens, and API keys.
//!
//! [`Identity`] is what the doors hold: it signs people in and says who a token speaks for. Users and keys are kept
//! by the acts in [`user`] and [`api_key`], which only the operator has. What a caller may do is not decided here; that
//! is `domain::policy`'s.
//!
//! Nothing here is told to a client but that a token is not valid. Passwords, tokens and e-mail addresses are in no log.

pub mod api_key;
mod config;
mod error;
mod key_ring;
mod password;
mod recent;
mod secret;
mod sign_in;
mod throttle;
pub mod user;

use std::sync::Arc;

use chrono::TimeDelta;
use masthead_domain::{
    ApiKeyId, SessionId, Timestamp, UserId,
    operation::Operations,
    policy::{Actor, Role, Scope},
};
use masthead_store::{api_key as key_rows, user as user_rows};
use tracing::instrument;

pub use config::{
    IdentityConfig, IdentityConfigError, LoginConfig, PasswordConfig, SessionConfig, SigningKey, TokenConfig,
    VerifyingKey,
};
pub use error::{IdentityError, IdentityResult, TokenFault};
pub use key_ring::{AccessToken, KeyRing, Moment, PreviewClaim, ROLE_TOKEN_TTL_MAX, SECRET_BYTES_MIN, Subject};
pub use password::{Passwords, Verdict};
pub use secret::{SecretFileError, load_or_create as load_or_create_secret};
pub use sign_in::SignedIn;

use crate::work::{App, Caller};
use recent::Recent;
use throttle::Throttle;

/// How often the use of a key is noted at most.
const NOTE_USE_EVERY: TimeDelta = TimeDelta::minutes(1);

/// Signs people in and knows them again. Cloning shares it.
#[derive(Clone)]
pub struct Identity {
    inner: Arc<Inner>,
}

struct Inner {
    app: App,
    keys: KeyRing,
    passwords: Passwords,
    throttle: Throttle,
    refresh_idle: TimeDelta,
    refresh_max: TimeDelta,
    /// Who acts through a session.
    sessions: Recent<SessionId, (UserId, Role)>,
    /// Keys by their hash.
    api_keys: Recent<String, KnownKey>,
    /// Keys whose use was noted.
    noted: Recent<ApiKeyId, ()>,
}

#[derive(Clone)]
struct KnownKey {
    id: ApiKeyId,
    scopes: Vec<Scope>,
    operations: Operations,
    expires_at: Option<Timestamp>,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity").field("keys", &self.inner.keys).finish_non_exhaustive()
    }
}

impl Identity {
    /// Reads the keys and checks the settings.
    ///
    /// # Errors
    /// [`IdentityConfigError`] says which setting to mend.
    pub fn new(app: App, config: &IdentityConfig) -> Result<Self, IdentityConfigError> {
        let IdentityConfig { tokens, sessions, login, passwords } = config;
        let SessionConfig { refresh_idle, refresh_max, recheck_after, remembered_max } = sessions;
        let up_to = |value: &std::time::Duration, most: TimeDelta, setting, range| {
            TimeDelta::from_std(*value)
                .ok()
                .filter(|value| *value <= most)
                .ok_or(IdentityConfigError::Range { setting, range })
        };
        let year = TimeDelta::days(366);
        let recheck_after =
            up_to(recheck_after, TimeDelta::minutes(1), "the age of a look at a session", "at most a minute")?;
        let inner = Inner {
            keys: KeyRing::new(tokens)?,
            passwords: Passwords::new(passwords)?,
            throttle: Throttle::new(login)?,
            refresh_idle: up_to(refresh_idle, year, "the idle life of refresh tokens", "at most a year")?,
            refresh_max: up_to(refresh_max, year, "the life of sessions", "at most a year")?,
            sessions: Recent::new(recheck_after, *remembered_max),
            api_keys: Recent::new(recheck_after, *remembered_max),
            noted: Recent::new(NOTE_USE_EVERY, *remembered_max),
            app,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The keys tokens are signed with.
    #[must_use]
    pub fn keys(&self) -> &KeyRing {
        &self.inner.keys
    }

    /// The hashing of passwords, for the acts in [`user`].
    #[must_use]
    pub fn passwords(&self) -> &Passwords {
        &self.inner.passwords
    }

    /// Who sends this bearer token: an access token or an API key.
    ///
    /// # Errors
    /// [`IdentityError::InvalidToken`], and [`IdentityError::App`] when the database cannot be asked.
    #[instrument(skip_all)]
    pub async fn authenticate(&self, bearer: &str) -> IdentityResult<Caller> {
        let now = self.inner.app.clock.now();
        let actor = if bearer.starts_with(api_key::START) {
            self.key_actor(bearer, now).await?
        } else {
            match self.inner.keys.verify(bearer, now)? {
                Subject::Role(role) => Actor::User { id: None, role },
                Subject::User { id, session } => Actor::User { id: Some(id), role: self.role(id, session, now).await? },
            }
        };
        Ok(Caller { actor })
    }

    /// The role a user has now. The one in their token may be of before.
    async fn role(&self, user: UserId, session: SessionId, now: Timestamp) -> IdentityResult<Role> {
        let Inner { app, sessions, .. } = &*self.inner;
        if let Some((known, role)) = sessions.get(&session, now)
            && known == user
        {
            return Ok(role);
        }
        let look = sessions.look();
        let found = user_rows::in_good_standing(&app.database, user, session, now).await?;
        let role = found.ok_or(TokenFault::SessionEnded)?.role;
        sessions.keep(look, session, (user, role), now);
        Ok(role)
    }

    async fn key_actor(&self, key: &str, now: Timestamp) -> IdentityResult<Actor> {
        let KnownKey { id, scopes, operations, expires_at } = self.known_key(key, now).await?;
        if expires_at.is_some_and(|end| end <= now) {
            return Err(TokenFault::Expired.into());
        }
        self.note_use(id, now);
        Ok(Actor::Key { id, scopes, operations })
    }

    async fn known_key(&self, key: &str, now: Timestamp) -> IdentityResult<KnownKey> {
        let Inner { app, api_keys, .. } = &*self.inner;
        if !api_key::is_well_formed(key) {
            return Err(TokenFault::Malformed.into());
        }
        let hash = secret::hash(key);
        if let Some(known) = api_keys.get(&hash, now) {
            return Ok(known);
        }
        let look = api_keys.look();
        let found = key_rows::by_hash(&app.database, &hash).await?.ok_or(TokenFault::Unknown)?;
        let key_rows::ApiKey { id, scopes, operations, expires_at, revoked_at, .. } = found;
        if revoked_at.is_some() {
            return Err(TokenFault::Revoked.into());
        }
        let known = KnownKey { id, scopes, operations, expires_at };
        api_keys.keep(look, hash, known.clone(), now);
        Ok(known)
    }

    /// Notes that a key is used, beside the request and at most once a minute.
    fn note_use(&self, id: ApiKeyId, now: Timestamp) {
        let Inner { app, noted, .. } = &*self.inner;
        if noted.get(&id, now).is_some() {
            return;
        }
        noted.keep(noted.look(), id, (), now);
        let app = app.clone();
        tokio::spawn(async move {
            if let Err(error) = api_key::note_use(&app, id, now, now - NOTE_USE_EVERY).await {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(api_key.id = %id, error, "the use of a key is not noted");
            }
        });
    }

    /// Looks at a user afresh on their next request: their role, their right to come in, their sessions. Whoever
    /// changes one calls this, so that the change is felt at once on this node.
    pub fn forget_user(&self, user: UserId) {
        self.inner.sessions.forget(|_, (known, _)| *known == user);
    }

    /// Looks at a key afresh on its next request.
    pub fn forget_key(&self, key: ApiKeyId) {
        self.inner.api_keys.forget(|_, known| known.id == key);
    }
}
