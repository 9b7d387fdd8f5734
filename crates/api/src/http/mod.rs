//! GraphQL over HTTP: the door itself, independent of the schema behind it.
//!
//! Reads requests by our own rules (the engine's extractors take what a foreign page could send), guards them,
//! runs each operation in a task of its own, writes answers in query order, and serves connections with
//! deadlines everywhere. It must not know a type of the newsroom, a database or a file.

mod accept;
mod admission;
mod answer;
mod body;
mod cache;
mod coding;
mod config;
mod connection;
mod documents;
mod door;
mod envelope;
mod examine;
mod fields;
mod graphql;
mod held;
mod hits;
mod lifecycle;
mod params;
mod persisted;
mod problem;
mod replay;
mod router;
mod run;
mod server;
mod state;
#[doc(hidden)]
pub mod steps;

pub use cache::TagField;
pub use config::{AllowedOrigins, CacheConfig, CorsConfig, HttpConfig, InvalidOrigin, Limits, ServerConfig, Timeouts};
pub use door::Door;
pub use examine::{Examiner, Mistake};
pub use lifecycle::Lifecycle;
pub use problem::problem;
pub use replay::{KeyRequest, KeyState, ReserveKey, Settle};
pub use router::RouterError;
pub use server::{Drained, serve};
pub use state::{
    AuthFailure, Authenticate, HttpState, NewRequestId, PREVIEW, PeerAddress, ReadinessProbe, RequestContext, RequestId,
};

#[cfg(test)]
mod tests;
