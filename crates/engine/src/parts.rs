//! Answering the parts of an object or of a list.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::{Mutex, MutexGuard, PoisonError},
    task::Poll,
};

use async_graphql::{ServerResult, Value};
use futures_util::future::try_join_all;

use crate::write::Text;

/// The parts of an object or of a list, whatever their types. The rest of the work is not made anew for every type.
pub(crate) trait Parts: Send + Sync {
    /// Answers the parts of which nobody answers one yet, one after the other in the same memory.
    fn answer<'a>(&'a self, run: &'a Run) -> Answering<'a>;
}

pub(crate) type Answering<'a> = Pin<Box<dyn Future<Output = ServerResult<()>> + Send + 'a>>;

/// Parts on their way to being answered, and what stands of the whole so far.
pub(crate) struct Run {
    count: usize,
    written: Mutex<Written>,
}

struct Written {
    /// How many parts were begun.
    begun: usize,
    text: Text,
    /// The parts that were left to be answered later, with their answers.
    later: Vec<(usize, Value)>,
}

impl Run {
    fn written(&self) -> MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins the next part: `begin` writes what stands before its answer. Nothing when all are begun.
    pub(crate) fn next(&self, begin: impl FnOnce(usize, &mut Text)) -> Option<usize> {
        let mut written = self.written();
        let place = written.begun;
        if place == self.count {
            return None;
        }
        written.begun += 1;
        begin(place, &mut written.text);
        Some(place)
    }

    /// Takes an answer to where it belongs.
    pub(crate) fn put(&self, place: usize, value: Value) {
        let mut written = self.written();
        match written.later.iter_mut().find(|(later, _)| *later == place) {
            Some((_, answer)) => *answer = value,
            None => written.text.value(&value),
        }
    }

    /// Leaves the part that was begun last to be answered later. Says whether others are left.
    fn pass_by(&self) -> bool {
        let mut written = self.written();
        let last = written.begun.saturating_sub(1);
        written.text.gap();
        written.later.push((last, Value::Null));
        written.begun < self.count
    }
}

/// Answers `count` parts and writes them one behind the other. Most are answered at once. Behind one that has to wait, the
/// others go on side by side with it.
///
/// # Errors
/// The first that a part fails with.
pub(crate) async fn answer_all(parts: &dyn Parts, count: usize, text: Text) -> ServerResult<Value> {
    let run = Run { count, written: Mutex::new(Written { begun: 0, text, later: Vec::new() }) };
    run_all(parts, &run).await?;
    let Written { text, later, .. } = run.written.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(text.filled(later.into_iter().map(|(_, value)| value)))
}

async fn run_all<'a>(parts: &'a dyn Parts, run: &'a Run) -> ServerResult<()> {
    let mut waiting: Vec<Answering<'a>> = Vec::new();
    loop {
        let mut answering = parts.answer(run);
        match poll_fn(|task| Poll::Ready(answering.as_mut().poll(task))).await {
            Poll::Ready(answered) => {
                answered?;
                break;
            }
            Poll::Pending => {
                waiting.push(answering);
                if !run.pass_by() {
                    break;
                }
            }
        }
    }
    if !waiting.is_empty() {
        try_join_all(waiting).await?;
    }
    Ok(())
}
