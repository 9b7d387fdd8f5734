//! The acts of the newsroom: one function for each thing somebody can do.
//!
//! An act takes a [`Work`] (a write transaction with its caller, clock and ids), loads what it acts on, checks the
//! policy, applies the domain's rules, writes, and appends its change. Whoever opened the work commits it; dropping it
//! undoes everything. So one act is one transaction at the GraphQL door, and an import can do hundreds in one.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::as_conversions,
        reason = "a test that meets the impossible should stop there"
    )
)]

mod clock;
mod door;
mod error;
mod localization;
mod slug;
mod work;

pub mod article;
pub mod author;
pub mod category;
pub mod comment;
pub mod contact;
pub mod expired;
pub mod idempotency;
pub mod identity;
pub mod media;
pub mod operation;
pub mod preview;
pub mod redirect;
pub mod schedule;
pub mod source;
pub mod tag;

pub use clock::{Clock, IdSource, SystemClock, SystemIds};
pub use door::Door;
pub use error::{AppError, AppResult, Placed, cause};
pub use work::{App, Caller, Site, Work};
