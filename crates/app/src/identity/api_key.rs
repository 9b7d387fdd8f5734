//! Keeping API keys: how programs come in. These acts are the operator's.
//!
//! A key reads `mh_k3v9x0ab_` and 43 characters of base64url, 55 characters in all: a start by which scanners find keys
//! in public code, eight characters that may be shown to tell keys apart, and 256 random bits. It is shown once, when
//! it is made; its hash is kept.

use std::time::Duration;

use chrono::TimeDelta;
use masthead_domain::{
    ApiKeyId, EntityKind, Timestamp, Violation, Violations,
    event::{Change, ChangeKind, ChangeScope},
    operation::Operations,
    policy::Scope,
    text::Title,
};
use masthead_store::api_key::{self as rows, NewApiKey};
use secrecy::SecretString;
use tracing::instrument;

use super::secret;
use crate::{
    door::Door,
    error::{AppError, AppResult},
    work::{App, Caller},
};

/// How every key starts.
pub const START: &str = "mh_";
const PREFIX_CHARS: usize = 8;
const PREFIX_ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const EXPIRY_MAX: TimeDelta = TimeDelta::days(3_660);

/// A new key.
#[derive(Debug, Clone)]
pub struct ApiKeyDraft {
    /// What its owner calls it.
    pub name: Title,
    /// What it may do. None is right for a program that only reads what everybody may read.
    pub scopes: Vec<Scope>,
    /// Which operations it may ask for, whatever others may.
    pub operations: Operations,
    /// How long it is good; for ever when absent.
    pub expires_in: Option<Duration>,
}

/// A key that was just made. This is the only time it can be seen.
#[derive(Debug, Clone)]
pub struct IssuedKey {
    /// Its id.
    pub id: ApiKeyId,
    /// The key, as it is sent after `Bearer`.
    pub key: SecretString,
    /// Until when it is good.
    pub expires_at: Option<Timestamp>,
}

/// Makes a key.
///
/// # Errors
/// [`AppError::Invalid`] for a life of less than a second or more than ten years.
#[instrument(skip_all)]
pub async fn create(app: &App, caller: &Caller, draft: ApiKeyDraft) -> AppResult<IssuedKey> {
    caller.expect_operator()?;
    let ApiKeyDraft { name, mut scopes, operations, expires_in } = draft;
    scopes.sort_unstable();
    scopes.dedup();
    let work = app.begin_through(&Door::command_line("apiKeyCreate"), caller).await?;
    let expires_at = expires_in.map(|life| expiry(work.now(), life)).transpose()?;
    let prefix = random_prefix()?;
    let key = format!("{START}{prefix}_{}", secret::random_secret()?);
    let id = work.new_id(ApiKeyId::from_uuid);
    let (key_hash, name) = (secret::hash(&key), &name);
    let new = NewApiKey { id, name, prefix: &prefix, key_hash: &key_hash, scopes: &scopes, operations, expires_at };
    rows::insert(&work.tx, new).await?;
    work.emit(Change { version: None, ..Change::created(id, ChangeScope::default()) });
    work.commit().await?;
    Ok(IssuedKey { id, key: key.into(), expires_at })
}

/// Makes a key worthless; false when it was already. Call [`super::Identity::forget_key`] after it where there is one.
///
/// # Errors
/// [`AppError::NotFound`].
#[instrument(skip_all, fields(api_key.id = %id))]
pub async fn revoke(app: &App, caller: &Caller, id: ApiKeyId) -> AppResult<bool> {
    caller.expect_operator()?;
    let work = app.begin_through(&Door::command_line("apiKeyRevoke"), caller).await?;
    rows::by_id(&work.tx, id).await?.ok_or_else(|| AppError::missing(EntityKind::ApiKey, &["id"]))?;
    let revoked = rows::revoke(&work.tx, id).await?;
    if revoked {
        let change = Change::deleted(id, ChangeScope::default());
        work.emit(Change { kind: ChangeKind::Removed, ..change });
    }
    work.commit().await?;
    Ok(revoked)
}

/// All keys, the oldest first.
///
/// # Errors
/// [`AppError::Store`].
pub async fn all(app: &App) -> AppResult<Vec<rows::ApiKey>> {
    Ok(rows::all(&app.database).await?)
}

/// Notes that a key was used, unless that was noted since an instant.
pub(super) async fn note_use(app: &App, id: ApiKeyId, now: Timestamp, unless_since: Timestamp) -> AppResult<()> {
    let tx = app.database.begin_write(id.to_string(), now).await?;
    rows::note_use(&tx, id, unless_since).await?;
    tx.commit().await?;
    Ok(())
}

/// Whether a text could be a key: then it is worth a look into the database.
pub(super) fn is_well_formed(key: &str) -> bool {
    let Some((prefix, rest)) = key.strip_prefix(START).and_then(|rest| rest.split_at_checked(PREFIX_CHARS)) else {
        return false;
    };
    let Some(secret) = rest.strip_prefix('_') else { return false };
    prefix.bytes().all(|byte| PREFIX_ALPHABET.contains(&byte))
        && secret.len() == secret::SECRET_CHARS
        && secret.bytes().all(secret::is_base64url)
}

fn random_prefix() -> AppResult<String> {
    let bytes = secret::random_bytes::<PREFIX_CHARS>()?;
    let chars = bytes.iter().filter_map(|byte| PREFIX_ALPHABET.get(usize::from(byte % 32)).copied());
    Ok(chars.map(char::from).collect())
}

fn expiry(now: Timestamp, life: Duration) -> Result<Timestamp, Violations> {
    TimeDelta::from_std(life)
        .ok()
        .filter(|life| (TimeDelta::seconds(1)..=EXPIRY_MAX).contains(life))
        .map(|life| now + life)
        .ok_or_else(|| Violation::invalid("must lie between 1 second and 10 years from now").at("expires").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_could_be_a_key_is_looked_up() {
        let key = format!("{START}{}_{}", random_prefix().unwrap(), secret::random_secret().unwrap());
        assert_eq!(key.len(), 55);
        assert!(is_well_formed(&key), "{key}");
        for bad in [
            "",
            "mh_",
            "mh_é",
            &key[..54],
            &format!("{key}x"),
            &key.replace("mh_", "mx_"),
            &key.to_uppercase(),
            &key.replacen('_', "-", 2),
        ] {
            assert!(!is_well_formed(bad), "{bad}");
        }
    }
}
