//! The doors of Masthead: GraphQL over HTTP and everything around it. The only crate that knows HTTP.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::as_conversions,
        reason = "a test that fails to unwrap has failed, and says where"
    )
)]

pub mod auth;
pub mod error_code;
pub mod graphql;
pub mod http;
mod idempotency;
mod operations;
mod validity;

pub use error_code::ErrorCode;
pub use operations::RegisteredOperations;
pub use validity::Validity;
