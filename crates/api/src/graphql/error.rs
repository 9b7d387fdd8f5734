//! Failures that are not the user's to mend, in the form of `errors[]`.
//!
//! This is the one place where an application or store error becomes a GraphQL error. A client sees a code and fixed
//! words; the cause goes to the log, once, here.

use async_graphql::{Error, ErrorExtensionValues, ErrorExtensions};
use masthead_app::{AppError, identity::IdentityError};
use masthead_domain::policy::Refusal;
use masthead_store::StoreError;

use crate::error_code::ErrorCode;

/// An error with its code and words for the caller's programmer.
pub(crate) fn coded(code: ErrorCode, message: &str) -> Error {
    coded_with(code, message, |_| ())
}

/// An error with its code, words and further extensions.
pub(crate) fn coded_with(code: ErrorCode, message: &str, extend: impl FnOnce(&mut ErrorExtensionValues)) -> Error {
    Error::new(message).extend_with(|_, extensions| {
        extensions.set("code", code.as_str());
        extend(extensions);
    })
}

/// A fault of ours; the words go to the log only.
pub(crate) fn internal(what: &str) -> Error {
    tracing::error!(what, "internal error");
    coded(ErrorCode::Internal, ErrorCode::Internal.message())
}

/// A failed read.
pub(crate) fn store(error: StoreError) -> Error {
    match error {
        StoreError::Unavailable(cause) => {
            tracing::warn!(error = masthead_app::cause(&cause), "the database is not available");
            coded(ErrorCode::Unavailable, ErrorCode::Unavailable.message())
        }
        error => {
            tracing::error!(error = masthead_app::cause(&error), "a read failed");
            coded(ErrorCode::Internal, ErrorCode::Internal.message())
        }
    }
}

/// An act that failed for another reason than its input. What the user can mend is handled before, in `user_error`.
pub(crate) fn app(error: AppError) -> Error {
    match error {
        AppError::Refused(refusal) => {
            let code = match refusal {
                Refusal::SignInNeeded => ErrorCode::Unauthenticated,
                Refusal::RoleTooLow { .. } | Refusal::ScopeMissing { .. } | Refusal::NotYours => ErrorCode::Forbidden,
            };
            coded_with(code, &refusal.to_string(), |extensions| {
                if let Refusal::ScopeMissing { needed } = refusal {
                    extensions.set("scope", needed.as_str());
                }
            })
        }
        AppError::Store(error) => store(error),
        AppError::KeyTakenOver => {
            let code = ErrorCode::IdempotencyInProgress;
            coded(code, code.message())
        }
        error => {
            tracing::error!(error = masthead_app::cause(&error), "an act failed");
            coded(ErrorCode::Internal, ErrorCode::Internal.message())
        }
    }
}

/// Somebody who does not get in. What exactly is wrong with a token is for our log.
pub(crate) fn identity(error: IdentityError) -> Error {
    let message = error.to_string();
    match error {
        IdentityError::WrongCredentials => coded(ErrorCode::Unauthenticated, &message),
        IdentityError::InvalidToken(fault) => {
            tracing::info!(reason = %fault, "a refresh token is refused");
            coded(ErrorCode::Unauthenticated, &message)
        }
        IdentityError::RefreshReused => coded(ErrorCode::RefreshReused, &message),
        IdentityError::RateLimited { retry_after_s } => {
            coded_with(ErrorCode::RateLimited, &message, |extensions| extensions.set("retryAfter", retry_after_s))
        }
        IdentityError::Overloaded => coded_with(ErrorCode::Overloaded, ErrorCode::Overloaded.message(), |extensions| {
            extensions.set("retryAfter", 1);
        }),
        IdentityError::App(error) => app(error),
    }
}
