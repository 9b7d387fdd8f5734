//! The database: rows, queries, transactions and the change log.
//!
//! The only crate (beside the migrations) that knows sea-orm. Reads are plain functions over `&impl Connection`;
//! those of articles also take a [`ReadScope`], so a read cannot forget who asks. Writes take a [`Tx`], so a write
//! outside a transaction does not compile. Nothing here decides whether an act is allowed; that is `masthead-app`'s.

pub mod change_log;
mod commits;
mod constraint;
mod database;
mod direct;
mod error;
mod follow;
mod gather;
mod gathered;
mod in_articles;
mod limit;
mod map;
mod matching;
pub mod page;
mod placed;
mod pulse;
mod row;
mod scope;
mod trouble;
mod tx;
mod versioned;
mod visible;

pub mod api_key;
pub mod article;
pub mod audit;
pub mod author;
pub mod category;
pub mod comment;
pub mod contact;
pub mod correction;
pub mod external;
pub mod idempotency;
pub mod localization;
pub mod media;
pub mod operation;
pub mod presence;
pub mod preview;
pub mod redirect;
pub mod reference;
pub mod session;
pub mod source;
pub mod tag;
pub mod transition;
pub mod user;

pub use constraint::Constraint;
pub use database::{Database, DatabaseConfig, Engine};
pub use direct::{Connection, Direct};
pub use error::{StoreError, StoreResult};
pub use follow::{Lag, LogFollower, Look};
pub use gathered::Lists;
pub use in_articles::InArticles;
pub use scope::{LibraryScope, Perspective, ReadScope};
pub use sea_orm::ConnectionTrait;
pub use trouble::Trouble;
pub use tx::{Tx, Writer};
