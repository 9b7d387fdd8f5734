//! What tests stand on: a database of their own on each engine, a frozen clock, seeded ids, the schema in process, a
//! statement counter and builders that name only what matters. Never part of the binary.
//!
//! A test is written once and runs on both engines:
//!
//! ```ignore
//! both_engines! {
//!     async fn an_author_is_found_by_slug(kit: Kit) {
//!         kit.author("Jean Pierre").await;
//!         let data = kit.data(&kit.anonymous(), "{ author(by: {slug: \"jean-pierre\"}) { name } }", json!({})).await;
//!         assert_eq!(data["author"]["name"], "Jean Pierre");
//!     }
//! }
//! ```
//!
//! That gives the tests `an_author_is_found_by_slug::sqlite` and `an_author_is_found_by_slug::postgres`. The second
//! says so and passes when no PostgreSQL is found, unless `TEST_REQUIRE_POSTGRES=1`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::as_conversions,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test that meets the impossible should stop there, and only tests stand on this crate"
)]

mod build;
mod callers;
mod clock;
mod cluster;
mod fill;
mod graphql;
mod home;
mod http;
mod kit;
mod log;
mod plan;
mod postgres;
mod run;
mod statements;

pub use clock::{TestClock, TestIds};
pub use http::{Door, Http, HttpAnswer};
pub use kit::{Kit, identity_config};
pub use log::LogRow;
pub use masthead_store::Engine;
pub use plan::{Plan, Planner};
pub use run::{postgres, sqlite};
