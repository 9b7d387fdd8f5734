//! The GraphQL surface: the schema, what guards it, and how its answers are written.
//!
//! One noun, one module, with the same files: the type and its relations in the noun's own file, `query`, `mutation`
//! and `input` below it. Relations are loaded by `cohort`; lists are `connection`s; what a user can mend is a
//! `user_error`, everything else an `error`.

pub mod explorer;
pub mod guard;
pub mod ordered;

mod article;
mod audit;
mod author;
mod category;
mod cohort;
mod comment;
mod connection;
mod contact;
mod correction;
mod error;
mod filter;
mod frame;
mod identity;
mod input;
mod locale;
mod localization;
mod media;
mod node;
mod preview;
mod reads;
mod redirect;
mod reference;
mod route;
mod scalar;
mod schema;
mod site;
mod source;
mod tag;
mod user_error;

pub use frame::Session;
pub(crate) use reads::Reads;
pub(crate) use schema::{FoundValid, Validator};
pub use schema::{Mutation, Query, Schema, schema, sdl};
