//! Keeping and checking passwords with Argon2id.
//!
//! A hash takes some 20 ms and 19 MiB, so only a few are made at a time, off the executor's threads, and only so many
//! may wait; the rest is told at once that there is no room.

use std::sync::Arc;

use argon2::{
    ARGON2ID_IDENT, Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version,
    password_hash::{
        self,
        phc::{Output, ParamsString, PasswordHash, Salt},
    },
};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{
    config::{IdentityConfigError, PasswordConfig},
    error::{IdentityError, IdentityResult},
};
use crate::error::AppError;

/// Makes and checks hashes of passwords. Cloning shares the room for them.
#[derive(Clone)]
pub struct Passwords {
    argon2: Argon2<'static>,
    /// A hash that no password has, checked for users who do not exist, so that they take as long as others.
    nobodys: Arc<PasswordHash>,
    working: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
}

/// What a check of a password found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it is the user's password.
    pub matches: bool,
    /// Whether the hash was made with other settings than today's.
    pub is_outdated: bool,
}

impl Passwords {
    /// Checks the settings.
    ///
    /// # Errors
    /// [`IdentityConfigError::Range`] for settings Argon2 does not know or that leave no room.
    pub fn new(config: &PasswordConfig) -> Result<Self, IdentityConfigError> {
        let PasswordConfig { memory_kib, passes, lanes, concurrent_max, waiting_max } = *config;
        let range = |setting, range| IdentityConfigError::Range { setting, range };
        let params = Params::new(memory_kib, passes, lanes, None)
            .map_err(|_| range("the cost of passwords", "what Argon2 allows: memory of at least 8 KiB a lane"))?;
        if concurrent_max == 0 || concurrent_max.saturating_add(waiting_max) > Semaphore::MAX_PERMITS {
            return Err(range("the number of passwords checked at a time", "at least 1"));
        }
        let nobodys = nobodys(&params).map_err(|_| range("the cost of passwords", "what Argon2 allows"))?;
        Ok(Self {
            argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            nobodys: Arc::new(nobodys),
            working: Arc::new(Semaphore::new(concurrent_max)),
            admitted: Arc::new(Semaphore::new(concurrent_max.saturating_add(waiting_max))),
        })
    }

    /// The hash of a password, in PHC form with a salt of its own.
    ///
    /// # Errors
    /// [`IdentityError::Overloaded`] when too many wait.
    pub async fn hash(&self, password: SecretString) -> IdentityResult<String> {
        let argon2 = self.argon2.clone();
        self.work(move || argon2.hash_password(password.expose_secret().as_bytes()))
            .await?
            .map(|hash| hash.to_string())
            .map_err(|_| AppError::Internal("a password cannot be hashed").into())
    }

    /// Checks a password against a user's hash, or against nobody's when there is no such user, which takes as long.
    ///
    /// # Errors
    /// [`IdentityError::Overloaded`] when too many wait, [`AppError::Internal`] when the hash is none.
    pub async fn check(&self, password: SecretString, hash: Option<&str>) -> IdentityResult<Verdict> {
        let known = hash
            .map(PasswordHash::new)
            .transpose()
            .map_err(|_| IdentityError::from(AppError::Internal("a kept password hash is malformed")))?;
        let is_outdated = known.as_ref().is_some_and(|hash| !self.is_current(hash));
        let argon2 = self.argon2.clone();
        let nobodys = Arc::clone(&self.nobodys);
        let checked = self
            .work(move || {
                argon2.verify_password(password.expose_secret().as_bytes(), known.as_ref().unwrap_or(&nobodys))
            })
            .await?;
        match checked {
            Ok(()) => Ok(Verdict { matches: hash.is_some(), is_outdated }),
            Err(password_hash::Error::PasswordInvalid) => Ok(Verdict { matches: false, is_outdated }),
            Err(_) => Err(AppError::Internal("a kept password hash cannot be checked").into()),
        }
    }

    fn is_current(&self, hash: &PasswordHash) -> bool {
        let cost = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
        hash.algorithm == ARGON2ID_IDENT
            && hash.version == Some(Version::V0x13.into())
            && Params::try_from(hash).is_ok_and(|params| cost(&params) == cost(self.argon2.params()))
    }

    /// Runs something slow where it blocks nobody. Who stops waiting for it does not stop it: its room stays taken.
    async fn work<T: Send + 'static>(&self, slow: impl FnOnce() -> T + Send + 'static) -> IdentityResult<T> {
        let admitted: OwnedSemaphorePermit =
            Arc::clone(&self.admitted).try_acquire_owned().map_err(|_| IdentityError::Overloaded)?;
        let working = Arc::clone(&self.working).acquire_owned().await.map_err(|_| IdentityError::Overloaded)?;
        let done = tokio::task::spawn_blocking(move || {
            let value = slow();
            drop((working, admitted));
            value
        });
        done.await.map_err(|_| AppError::Internal("hashing a password panicked").into())
    }
}

fn nobodys(params: &Params) -> password_hash::Result<PasswordHash> {
    Ok(PasswordHash {
        algorithm: ARGON2ID_IDENT,
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(params)?,
        salt: Some(Salt::new(&[0; 16])?),
        hash: Some(Output::new(&[0; Params::DEFAULT_OUTPUT_LEN])?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cheap() -> PasswordConfig {
        PasswordConfig { memory_kib: 8, passes: 1, lanes: 1, ..PasswordConfig::default() }
    }

    fn secret(text: &str) -> SecretString {
        SecretString::from(text.to_owned())
    }

    #[tokio::test]
    async fn a_password_is_known_again_and_nothing_else_is() {
        let passwords = Passwords::new(&cheap()).unwrap();
        let hash = passwords.hash(secret("correct horse")).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{hash}");
        assert_ne!(hash, passwords.hash(secret("correct horse")).await.unwrap(), "each hash has a salt of its own");
        let right = passwords.check(secret("correct horse"), Some(&hash)).await.unwrap();
        assert_eq!(right, Verdict { matches: true, is_outdated: false });
        assert!(!passwords.check(secret("wrong horse"), Some(&hash)).await.unwrap().matches);
        assert!(!passwords.check(secret(""), None).await.unwrap().matches);
        assert!(passwords.check(secret("correct horse"), Some("plain text")).await.is_err());
    }

    #[test]
    fn nobodys_hash_costs_what_others_cost() {
        let passwords = Passwords::new(&PasswordConfig::default()).unwrap();
        assert!(passwords.is_current(&passwords.nobodys));
    }

    #[tokio::test]
    async fn a_hash_of_other_settings_still_works_and_is_called_outdated() {
        let old = Passwords::new(&cheap()).unwrap();
        let new = Passwords::new(&PasswordConfig { passes: 2, ..cheap() }).unwrap();
        let hash = old.hash(secret("correct horse")).await.unwrap();
        let verdict = new.check(secret("correct horse"), Some(&hash)).await.unwrap();
        assert_eq!(verdict, Verdict { matches: true, is_outdated: true });
    }

    #[tokio::test]
    async fn the_default_is_the_floor_that_owasp_names() {
        let hash = Passwords::new(&PasswordConfig::default()).unwrap().hash(secret("correct horse")).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
    }

    #[tokio::test]
    async fn who_finds_no_room_to_wait_is_told_at_once() {
        let passwords = Passwords::new(&PasswordConfig { concurrent_max: 1, waiting_max: 1, ..cheap() }).unwrap();
        let (release, held) = std::sync::mpsc::channel::<()>();
        let slow = tokio::spawn({
            let passwords = passwords.clone();
            async move { passwords.work(move || held.recv()).await }
        });
        while passwords.working.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let waiting = tokio::spawn({
            let passwords = passwords.clone();
            async move { passwords.hash(secret("correct horse")).await }
        });
        while passwords.admitted.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert!(matches!(passwords.hash(secret("correct horse")).await, Err(IdentityError::Overloaded)));
        release.send(()).unwrap();
        slow.await.unwrap().unwrap().unwrap();
        waiting.await.unwrap().unwrap();
        passwords.hash(secret("correct horse")).await.unwrap();
    }

    #[test]
    fn settings_that_argon2_does_not_know_are_refused() {
        for bad in [
            PasswordConfig { memory_kib: 1, ..cheap() },
            PasswordConfig { passes: 0, ..cheap() },
            PasswordConfig { lanes: 0, ..cheap() },
            PasswordConfig { concurrent_max: 0, ..cheap() },
        ] {
            assert!(Passwords::new(&bad).is_err(), "{bad:?}");
        }
    }
}
