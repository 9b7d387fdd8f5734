//! Counting wrong passwords by account.
//!
//! An attempt is counted before the password is checked, so that a hundred attempts at once are not a hundred chances;
//! the right password takes the count back. Accounts that do not exist are counted like those that do. The count is
//! kept in memory, on each node by itself, and never by anything a client sends about itself.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use chrono::TimeDelta;
use masthead_domain::{Timestamp, user::UserEmail};
use sha2::{Digest, Sha256};

use super::{
    config::{IdentityConfigError, LoginConfig},
    error::IdentityError,
};

/// An account by the hash of its address, which has one size whatever is sent. The address is the one the account is
/// found by: what is left out of it there, such as characters nobody sees, does not make another account here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Account([u8; 32]);

impl Account {
    pub(super) fn of(email: &str) -> Self {
        match UserEmail::parse(email) {
            Ok(address) => Self(Sha256::digest(address.as_str().as_bytes()).into()),
            // Nobody's address, but guessing at it is counted like guessing at any.
            Err(_) => Self(Sha256::digest(email.trim().to_lowercase().as_bytes()).into()),
        }
    }
}

pub(super) struct Throttle {
    failures_max: usize,
    accounts_max: usize,
    window: TimeDelta,
    failures: Mutex<HashMap<Account, Vec<Timestamp>>>,
}

impl Throttle {
    pub(super) fn new(config: &LoginConfig) -> Result<Self, IdentityConfigError> {
        let LoginConfig { failures_max, window, accounts_max } = *config;
        let range = |setting, range| IdentityConfigError::Range { setting, range };
        if failures_max == 0 || accounts_max == 0 {
            return Err(range("the number of wrong passwords and of accounts counted", "at least 1"));
        }
        let window = TimeDelta::from_std(window)
            .ok()
            .filter(|window| *window <= TimeDelta::days(1))
            .ok_or_else(|| range("the time wrong passwords count", "at most a day"))?;
        Ok(Self { failures_max, accounts_max, window, failures: Mutex::default() })
    }

    /// Counts an attempt as wrong until it proves right.
    pub(super) fn attempt(&self, account: Account, now: Timestamp) -> Result<(), IdentityError> {
        let begins = now - self.window;
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if !failures.contains_key(&account) && failures.len() >= self.accounts_max {
            make_room(&mut failures, begins, self.accounts_max);
        }
        let known = failures.entry(account).or_default();
        known.retain(|at| *at > begins);
        if known.len() >= self.failures_max
            && let Some(oldest) = known.iter().min()
        {
            let wait = (*oldest + self.window - now).num_milliseconds();
            let retry_after_s = u64::try_from(wait).unwrap_or(0).div_ceil(1_000).max(1);
            return Err(IdentityError::RateLimited { retry_after_s });
        }
        known.push(now);
        Ok(())
    }

    /// The password was right: nothing is held against the account.
    pub(super) fn clear(&self, account: Account) {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).remove(&account);
    }

    /// The password was never checked: one attempt of that instant does not count.
    pub(super) fn take_back(&self, account: Account, at: Timestamp) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = failures.get_mut(&account)
            && let Some(place) = known.iter().position(|attempt| *attempt == at)
        {
            known.swap_remove(place);
        }
    }
}

/// Lets go of accounts whose failures count no more; when that is not enough, of the tenth with the fewest failures,
/// so that an account under attack is the last whose count a flood of other addresses can wash away.
fn make_room(failures: &mut HashMap<Account, Vec<Timestamp>>, begins: Timestamp, accounts_max: usize) {
    failures.retain(|_, known| known.iter().any(|at| *at > begins));
    if failures.len() < accounts_max {
        return;
    }
    let mut by_weight: Vec<_> =
        failures.iter().map(|(account, known)| (known.len(), known.iter().max().copied(), *account)).collect();
    by_weight.sort_unstable_by_key(|(count, latest, _)| (*count, *latest));
    for (_, _, account) in by_weight.into_iter().take(accounts_max / 10 + 1) {
        failures.remove(&account);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_timestamp(1_800_000_000 + second, 0).unwrap()
    }

    fn throttle(accounts_max: usize) -> Throttle {
        Throttle::new(&LoginConfig { failures_max: 5, window: Duration::from_secs(900), accounts_max }).unwrap()
    }

    fn wait(outcome: Result<(), IdentityError>) -> Option<u64> {
        match outcome {
            Ok(()) => None,
            Err(IdentityError::RateLimited { retry_after_s }) => Some(retry_after_s),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn the_sixth_wrong_attempt_waits_until_the_first_is_a_quarter_of_an_hour_old() {
        let throttle = throttle(100);
        let account = Account::of("desk@example.org");
        for second in 0..5 {
            assert_eq!(wait(throttle.attempt(account, at(second))), None);
        }
        assert_eq!(wait(throttle.attempt(account, at(10))), Some(890));
        assert_eq!(wait(throttle.attempt(account, at(899))), Some(1), "a refused attempt does not count");
        assert_eq!(wait(throttle.attempt(Account::of("other@example.org"), at(10))), None);
        assert_eq!(wait(throttle.attempt(account, at(900))), None);
        assert_eq!(wait(throttle.attempt(account, at(900))), Some(1));
    }

    #[test]
    fn an_account_is_the_same_however_it_is_written() {
        let account = Account::of("desk-\u{e9}@example.org");
        for same in [
            " Desk-\u{e9}@Example.ORG",
            "desk-\u{e9}@example.org\u{feff}",
            "\u{202a}desk-\u{e9}@exam\u{202e}ple.org",
            "de\u{0}sk-\u{e9}@example.org",
            "desk-e\u{301}@example.org",
        ] {
            assert_eq!(Account::of(same), account, "{same:?}");
        }
        assert_eq!(Account::of(" Nobody"), Account::of("nobody"));
        assert_ne!(Account::of("nobody"), account);
    }

    #[test]
    fn the_right_password_and_an_unchecked_one_do_not_count() {
        let throttle = throttle(100);
        let account = Account::of("desk@example.org");
        for _ in 0..20 {
            assert_eq!(wait(throttle.attempt(account, at(0))), None);
            throttle.take_back(account, at(0));
        }
        for _ in 0..5 {
            assert_eq!(wait(throttle.attempt(account, at(1))), None);
        }
        throttle.clear(account);
        assert_eq!(wait(throttle.attempt(account, at(1))), None);
    }

    #[test]
    fn a_flood_of_other_addresses_neither_grows_the_count_nor_frees_the_account_under_attack() {
        let throttle = throttle(50);
        let account = Account::of("desk@example.org");
        for _ in 0..5 {
            assert_eq!(wait(throttle.attempt(account, at(0))), None);
        }
        for number in 0..1_000 {
            assert_eq!(wait(throttle.attempt(Account::of(&format!("{number}@example.org")), at(1))), None);
            assert!(throttle.failures.lock().unwrap().len() <= 50);
        }
        assert!(wait(throttle.attempt(account, at(2))).is_some());
    }
}
