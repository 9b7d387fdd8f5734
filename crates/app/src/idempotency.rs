//! Doing once what is asked twice: a caller names a request with a key, and a request that comes again with it gets the
//! answer of the first.
//!
//! What is promised is exact. A key belongs to one request at a time. Each act counts itself in its own transaction, so it
//! is known after any crash whether something was done: if nothing was, the request may run again; if something was and
//! the answer is lost, that is said, and nothing is ever done twice. What did nothing leaves no key behind.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use chrono::TimeDelta;
use masthead_domain::Timestamp;
use masthead_store::{
    Tx,
    idempotency::{self as rows, Answered, Claim, Holder, KeyRecord},
};
use tracing::instrument;

use crate::{
    error::{AppError, AppResult},
    work::{App, Caller},
};

/// How long a key is remembered.
pub const KEY_LIFE: TimeDelta = TimeDelta::hours(24);
/// The longest answer that is kept. After a longer one a repetition is told that it was done.
pub const KEPT_ANSWER_BYTES_MAX: usize = 1024 * 1024;
/// How often a key is looked at that changes while it is looked at.
const LOOKS: usize = 3;

/// A request with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyedRequest {
    /// The key.
    pub key: String,
    /// What is asked, told apart from anything else that could be.
    pub fingerprint: String,
    /// How long a request may run before it is taken for dead.
    pub patience: TimeDelta,
}

/// What became of asking for a key.
#[derive(Debug)]
pub enum Reservation {
    /// It is this request's: do what is asked, with the key in the [`crate::Door`], and [`settle`] it then.
    Held(Arc<HeldKey>),
    /// The request was done before, and answered so.
    Answered {
        /// The HTTP status.
        status: u16,
        /// The body.
        body: String,
    },
    /// Something else was asked with the key.
    Mismatch,
    /// The first request with it still runs.
    Running,
    /// Something was done with it, and the answer is lost or was too long to keep.
    Unknown,
}

/// A key that a request holds while it runs.
#[derive(Debug)]
pub struct HeldKey {
    holder: Holder,
    /// The acts whose commits were acknowledged.
    done: AtomicI64,
}

impl HeldKey {
    /// Counts an act in its transaction.
    pub(crate) async fn raise(&self, tx: &Tx) -> AppResult<()> {
        if rows::raise(tx, &self.holder).await? { Ok(()) } else { Err(AppError::KeyTakenOver) }
    }

    /// Remembers that an act's commit was acknowledged.
    pub(crate) fn act_is_done(&self) {
        self.done.fetch_add(1, Ordering::SeqCst);
    }
}

/// Takes a key for a request, or says why it cannot be had.
///
/// # Errors
/// [`AppError::Store`].
#[instrument(skip_all)]
pub async fn reserve(app: &App, caller: &Caller, asked: &KeyedRequest) -> AppResult<Reservation> {
    for _ in 0..LOOKS {
        let now = app.clock.now();
        let holder = Holder { caller: caller.name(), key: asked.key.clone(), started_at: now };
        let seen = rows::find(&app.database, &holder.caller, &holder.key).await?;
        if let Some(known) = seen.as_ref().and_then(|seen| standing(seen, asked, now)) {
            return Ok(known);
        }
        let tx = app.database.begin_write(holder.caller.clone(), now).await?;
        let claim = Claim { holder: &holder, fingerprint: &asked.fingerprint, expires_at: now + KEY_LIFE };
        let is_ours = match &seen {
            None => rows::take(&tx, &claim).await?,
            Some(seen) => rows::take_over(&tx, &claim, seen).await?,
        };
        if is_ours {
            tx.commit().await?;
            return Ok(Reservation::Held(Arc::new(HeldKey { holder, done: AtomicI64::new(0) })));
        }
        // Somebody was faster; what they did is seen at the next look.
    }
    Ok(Reservation::Running)
}

/// What a key that was taken before means for a request; nothing when the request may take it.
fn standing(seen: &KeyRecord, asked: &KeyedRequest, now: Timestamp) -> Option<Reservation> {
    let KeyRecord { fingerprint, acts, answered, started_at, expires_at } = seen;
    if *expires_at <= now {
        return None;
    }
    if *fingerprint != asked.fingerprint {
        return Some(Reservation::Mismatch);
    }
    match answered {
        Some(Answered { status, body: Some(body) }) => {
            Some(Reservation::Answered { status: *status, body: body.clone() })
        }
        Some(Answered { body: None, .. }) => Some(Reservation::Unknown),
        None if *started_at + asked.patience > now => Some(Reservation::Running),
        None if *acts > 0 => Some(Reservation::Unknown),
        None => None,
    }
}

/// Ends a request with its answer. When acts were done the answer is kept; when none was, the key is free again.
///
/// # Errors
/// [`AppError::Store`]: then a repetition is told that the answer is lost, or runs when nothing was done.
#[instrument(skip_all)]
pub async fn settle(app: &App, held: &HeldKey, status: u16, body: &[u8]) -> AppResult<()> {
    let holder = &held.holder;
    let tx = app.database.begin_write(holder.caller.clone(), app.clock.now()).await?;
    let is_settled = match held.done.load(Ordering::SeqCst) {
        0 => rows::free(&tx, holder).await?,
        done => {
            let body = std::str::from_utf8(body).ok().filter(|body| body.len() <= KEPT_ANSWER_BYTES_MAX);
            rows::keep(&tx, holder, done, &Answered { status, body: body.map(str::to_owned) }).await?
        }
    };
    if !is_settled {
        // A commit that was not acknowledged was made all the same: the answer does not tell of it.
        rows::keep_lost(&tx, holder, status).await?;
    }
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_timestamp(1_800_000_000 + second, 0).unwrap()
    }

    fn asked() -> KeyedRequest {
        KeyedRequest { key: "k".into(), fingerprint: "f".into(), patience: TimeDelta::seconds(30) }
    }

    fn record(acts: i64, answered: Option<Answered>) -> KeyRecord {
        KeyRecord { fingerprint: "f".into(), acts, answered, started_at: at(0), expires_at: at(0) + KEY_LIFE }
    }

    fn word(record: &KeyRecord, second: i64) -> &'static str {
        match standing(record, &asked(), at(second)) {
            None => "free",
            Some(Reservation::Held(_)) => "held",
            Some(Reservation::Answered { .. }) => "answered",
            Some(Reservation::Mismatch) => "mismatch",
            Some(Reservation::Running) => "running",
            Some(Reservation::Unknown) => "unknown",
        }
    }

    #[test]
    fn a_key_without_an_answer_is_free_again_only_when_nothing_was_done() {
        for (acts, second, expected) in
            [(0, 0, "running"), (0, 29, "running"), (0, 30, "free"), (1, 29, "running"), (1, 30, "unknown")]
        {
            assert_eq!(word(&record(acts, None), second), expected, "{acts} acts after {second} seconds");
        }
        assert_eq!(word(&record(0, None), -60), "running", "the clock was set back");
    }

    #[test]
    fn an_answer_is_given_again_for_a_day_and_one_that_is_lost_is_told() {
        let body = || Some("{}".to_owned());
        let kept = record(1, Some(Answered { status: 200, body: body() }));
        let lost = record(1, Some(Answered { status: 200, body: None }));
        let day = 24 * 60 * 60;
        assert_eq!((word(&kept, 0), word(&kept, day - 1), word(&kept, day)), ("answered", "answered", "free"));
        assert_eq!((word(&lost, 0), word(&lost, day)), ("unknown", "free"));
    }

    #[test]
    fn another_request_cannot_have_the_key_before_it_is_forgotten() {
        let other = KeyRecord { fingerprint: "g".into(), ..record(0, None) };
        assert_eq!((word(&other, 0), word(&other, 60), word(&other, 24 * 60 * 60)), ("mismatch", "mismatch", "free"));
    }
}
