//! What an answer may hold, counted while it is made.
//!
//! The cost of a document is a guess: a list that does not page is taken to be short. Where lists lead back to what they
//! came from, a wrong guess multiplies, so everything handed out is counted here as well, by its real length. All root
//! fields of a request share one budget.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use async_graphql::{Context, ContextBase, List, Result};

use super::{Limits, Refusal};
use crate::{ErrorCode, graphql::error};

const TOO_MANY_OBJECTS: &str = "The answer holds more objects than one answer may.";
const TOO_MANY_BYTES: &str = "The answer is longer than one answer may be.";

/// Counts what one request is answered with. Whoever runs a document puts one into the request's data.
#[derive(Debug)]
pub struct Budget {
    objects: Meter,
    bytes: Meter,
}

/// Counts up to a limit, and remembers that it was passed.
#[derive(Debug)]
struct Meter {
    spent: AtomicU64,
    max: u64,
}

impl Meter {
    fn new(max: u64) -> Self {
        Self { spent: AtomicU64::new(0), max }
    }

    /// Whether so many more fit.
    fn take(&self, count: usize) -> bool {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        // Only sums are wanted, and nothing else is told by them: no order is needed.
        self.spent.fetch_add(count, Ordering::Relaxed).saturating_add(count) <= self.max
    }

    fn is_passed(&self) -> bool {
        self.spent.load(Ordering::Relaxed) > self.max
    }
}

impl Budget {
    /// The budget of a request.
    #[must_use]
    pub fn new(limits: &Limits, is_signed_in: bool) -> Self {
        let objects = limits.cost_max(is_signed_in).saturating_mul(limits.objects_per_cost);
        let bytes = u64::try_from(limits.answer_bytes_max).unwrap_or(u64::MAX);
        Self { objects: Meter::new(objects), bytes: Meter::new(bytes) }
    }

    fn of<'c, T>(ctx: &'c ContextBase<'_, T>) -> Result<&'c Self> {
        let budget = ctx.data_opt::<Arc<Self>>();
        budget.map(Arc::as_ref).ok_or_else(|| error::internal("a request without its budget"))
    }

    /// Why the answer is not given, when one of the limits was passed.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        let refusal = |detail, meter: &Meter| Refusal::new(ErrorCode::QueryTooComplex).detail(detail).limit(meter.max);
        if self.objects.is_passed() {
            return Some(refusal(TOO_MANY_OBJECTS, &self.objects));
        }
        self.bytes.is_passed().then(|| refusal(TOO_MANY_BYTES, &self.bytes))
    }
}

fn passed(detail: &str, meter: &Meter) -> async_graphql::Error {
    error::coded_with(ErrorCode::QueryTooComplex, detail, |extensions| extensions.set("limit", meter.max))
}

/// Hands out a list of objects. Every resolver of such a field ends with this.
///
/// # Errors
/// `QUERY_TOO_COMPLEX` when the answer would hold more than it may.
pub(crate) async fn hand_all<T>(ctx: &Context<'_>, objects: impl IntoIterator<Item = T>) -> Result<List<T>> {
    let objects: List<T> = objects.into_iter().collect();
    charge(ctx, objects.len()).await?;
    Ok(objects)
}

/// Hands out an object that may be absent.
///
/// # Errors
/// As [`hand_all`].
pub(crate) async fn hand<T>(ctx: &Context<'_>, object: Option<T>) -> Result<Option<T>> {
    charge(ctx, usize::from(object.is_some())).await?;
    Ok(object)
}

/// Hands out one object that is always there.
///
/// # Errors
/// As [`hand_all`].
pub(crate) async fn hand_one<T>(ctx: &Context<'_>, object: T) -> Result<T> {
    charge(ctx, 1).await?;
    Ok(object)
}

async fn charge(ctx: &Context<'_>, count: usize) -> Result<()> {
    let objects = &Budget::of(ctx)?.objects;
    if !objects.take(count) {
        return Err(passed(TOO_MANY_OBJECTS, objects));
    }
    // What is loaded already is never waited for; without this the runtime, and with it the time limit, would not get a
    // turn before the whole answer is made.
    tokio::task::consume_budget().await;
    Ok(())
}

/// Counts a text that may be long on its way into an answer.
///
/// # Errors
/// As [`hand_all`].
pub(crate) fn count_bytes<T>(ctx: &ContextBase<'_, T>, length: usize) -> Result<()> {
    let bytes = &Budget::of(ctx)?.bytes;
    if bytes.take(length) { Ok(()) } else { Err(passed(TOO_MANY_BYTES, bytes)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_ten_times_the_cost_its_caller_may_have() {
        let limits = Limits { cost_max_anonymous: 3, cost_max_signed_in: 5, ..Limits::default() };
        for (is_signed_in, objects) in [(false, 30), (true, 50)] {
            let budget = Budget::new(&limits, is_signed_in);
            assert!(budget.objects.take(objects));
            assert_eq!(budget.refusal(), None);
            assert!(!budget.objects.take(1));
            assert_eq!(budget.refusal().unwrap().code, ErrorCode::QueryTooComplex);
        }
    }

    #[test]
    fn bytes_are_counted_apart_from_objects() {
        let budget = Budget::new(&Limits { answer_bytes_max: 10, ..Limits::default() }, false);
        assert!(budget.bytes.take(10) && !budget.bytes.take(1) && budget.objects.take(1));
        assert_eq!(budget.refusal().unwrap().numbers, [("limit", 10)]);
    }
}
