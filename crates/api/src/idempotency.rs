//! Keys of requests: from the door, which knows none of a caller's acts, to the application, which counts them.

use std::sync::Arc;

use chrono::TimeDelta;
use masthead_app::{
    App, AppError, Caller, cause,
    idempotency::{self, KeyedRequest, Reservation},
};
use masthead_store::StoreError;

use crate::{
    error_code::ErrorCode,
    http::{KeyRequest, KeyState, ReserveKey},
};

/// Whoever keeps the keys of a caller.
pub(crate) fn keys_of(app: App, caller: Caller) -> ReserveKey {
    Arc::new(move |request| {
        let (app, caller) = (app.clone(), caller.clone());
        Box::pin(async move { reserve(app, &caller, request).await })
    })
}

async fn reserve(app: App, caller: &Caller, request: KeyRequest) -> Result<KeyState, ErrorCode> {
    let KeyRequest { key, fingerprint, patience_ms } = request;
    let patience = TimeDelta::milliseconds(i64::try_from(patience_ms.min(24 * 60 * 60 * 1_000)).unwrap_or_default());
    let asked = KeyedRequest { key, fingerprint, patience };
    Ok(match idempotency::reserve(&app, caller, &asked).await.map_err(|error| code(&error))? {
        Reservation::Held(held) => {
            let entering = Arc::clone(&held);
            KeyState::Held {
                enter: Box::new(move |data| data.insert(entering)),
                settle: Box::new(move |status, body| {
                    Box::pin(async move {
                        if let Err(error) = idempotency::settle(&app, &held, status.as_u16(), &body).await {
                            tracing::warn!(error = cause(&error), "the answer to a request with a key is not kept");
                        }
                    })
                }),
            }
        }
        Reservation::Answered { status, body } => KeyState::Answered { status, body },
        Reservation::Mismatch => KeyState::Refused(ErrorCode::IdempotencyMismatch),
        Reservation::Running => KeyState::Refused(ErrorCode::IdempotencyInProgress),
        Reservation::Unknown => KeyState::Refused(ErrorCode::IdempotencyUnknown),
    })
}

fn code(error: &AppError) -> ErrorCode {
    match error {
        AppError::Store(StoreError::Unavailable(reason)) => {
            tracing::warn!(error = cause(reason), "the key of a request cannot be looked up");
            ErrorCode::Unavailable
        }
        error => {
            tracing::error!(error = cause(error), "the key of a request cannot be looked up");
            ErrorCode::Internal
        }
    }
}
