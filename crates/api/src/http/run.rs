//! Runs one operation in a task of its own.
//!
//! A client that goes away must not take its operation along: dropped in the middle, a mutation would leave
//! its transaction half done and its connection in an unknown state. So the task holds everything it needs,
//! its place among the running operations included, and the handler only waits for it.

use std::{sync::Arc, time::Duration};

use async_graphql::{Executor, Request, Response as EngineResponse, Value};
use axum::{body::Body, response::Response};
use bytes::Bytes;
use http::StatusCode;
use tokio::{sync::OwnedSemaphorePermit, time::timeout};
use tracing::Instrument;

use super::{
    accept::Media,
    admission::Admission,
    answer::{self, Fault, Writing},
    cache::Making,
    config::Timeouts,
    documents::Kept,
    held::HeldBody,
    lifecycle::{Lifecycle, RunningOperation},
    replay::{self, KeyState, Keyed},
};
use crate::{
    ErrorCode,
    graphql::{
        guard::Budget,
        ordered::{Prepared, TypeTable},
    },
};

/// An operation that passed every check.
pub(super) struct Operation {
    pub(super) request: Request,
    pub(super) prepared: Prepared,
    /// The document to remember as valid if the engine finds it so.
    pub(super) unproven: Option<Arc<Kept>>,
    /// Whether the engine found the document valid before.
    pub(super) is_valid: bool,
    pub(super) is_mutation: bool,
    /// Whether a field of the root is selected in several places.
    pub(super) selects_root_twice: bool,
    /// The key the mutation came with.
    pub(super) keyed: Option<Keyed>,
    /// Keeps the answer for others.
    pub(super) making: Option<Making>,
    pub(super) media: Media,
    pub(super) request_id: Arc<str>,
    pub(super) may_suggest: bool,
    pub(super) budget: Arc<Budget>,
}

/// Where operations run.
#[derive(Debug, Clone)]
pub(super) struct Runner {
    pub(super) admission: Admission,
    pub(super) lifecycle: Lifecycle,
    pub(super) timeouts: Timeouts,
    pub(super) types: Arc<TypeTable>,
    pub(super) answer_bytes_max: usize,
}

/// A place among the running operations, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    _place: OwnedSemaphorePermit,
    _running: RunningOperation,
}

impl Runner {
    /// Takes a place, waiting a little when all are taken.
    pub(super) async fn enter(&self) -> Result<Place, Fault> {
        let place = self.admission.enter().await.map_err(|_| Fault::new(ErrorCode::Overloaded))?;
        Ok(Place { _place: place, _running: self.lifecycle.start_operation() })
    }

    /// Runs the operation and writes its answer.
    pub(super) async fn run<E: Executor>(
        &self,
        schema: E,
        operation: Operation,
        place: Place,
    ) -> Result<Response, Fault> {
        let is_mutation = operation.is_mutation;
        let (types, bytes_max) = (Arc::clone(&self.types), self.answer_bytes_max);
        let query_limit = Duration::from_millis(self.timeouts.query_ms);
        let work = async move {
            let Operation {
                mut request,
                prepared,
                unproven,
                is_mutation,
                keyed,
                making,
                media,
                request_id,
                may_suggest,
                budget,
                ..
            } = operation;
            let settle = match keyed {
                None => None,
                Some(keyed) => match keyed.reserve().await? {
                    KeyState::Held { enter, settle } => {
                        enter(&mut request.data);
                        Some(settle)
                    }
                    KeyState::Answered { status, body } => return Ok(replay::replayed(status, body, media, place)),
                    KeyState::Refused(code) => return Err(Fault::new(code)),
                },
            };
            let engine: EngineResponse = match is_mutation {
                true => schema.execute(request).await,
                false => {
                    timeout(query_limit, schema.execute(request)).await.map_err(|_| Fault::new(ErrorCode::Timeout))?
                }
            };
            if let Some(document) = unproven.filter(|_| engine.data != Value::Null) {
                document.found_valid();
            }
            // A query is then refused as a whole, as it would have been had its cost been known before. What a mutation
            // did is done and has to be told.
            if let Some(refusal) = budget.refusal().filter(|_| !is_mutation) {
                return Err(refusal.into());
            }
            let (prepared, types, request_id) = (&prepared, &*types, &*request_id);
            let writing = Writing { prepared, types, media, request_id, may_suggest, is_mutation, bytes_max };
            let is_whole = engine.errors.is_empty();
            let answer = answer::write(engine, &writing)?;
            if let Some(settle) = settle {
                settle(answer.status(), answer.body().clone()).await;
            }
            let making = making.filter(|_| is_whole && answer.status() == StatusCode::OK);
            let kept = match making {
                Some(making) => making.keep(answer.body()).await,
                None => None,
            };
            let answer = match kept {
                Some(kept) => kept.instead(answer),
                None => answer.map(Bytes::from),
            };
            Ok(answer.map(|bytes| Body::new(HeldBody::new(bytes, place))))
        };
        let task = alone(work);
        match is_mutation {
            // The mutation goes on behind a client that is told to look again.
            true => timeout(Duration::from_millis(self.timeouts.mutation_ms), task)
                .await
                .unwrap_or_else(|_| Err(Fault::new(ErrorCode::Timeout))),
            false => task.await,
        }
    }
}

/// Runs `work` in a task that goes on to its end whatever becomes of the caller, and whose panic is only its
/// own.
pub(super) async fn alone<T: Send + 'static>(
    work: impl Future<Output = Result<T, Fault>> + Send + 'static,
) -> Result<T, Fault> {
    tokio::spawn(work.in_current_span()).await.unwrap_or_else(|failure| {
        if failure.is_panic() {
            // What it panicked with is in the log by the panic hook; it may hold data, so not here.
            tracing::error!("an operation panicked");
            return Err(Fault::new(ErrorCode::Internal));
        }
        Err(Fault::new(ErrorCode::Unavailable))
    })
}
