//! `async-graphql`, with a way of our own to answer the fields of an object.
//!
//! The library boxes every field, answers in the order in which resolvers finish, builds a tree of values from it, leaves
//! out what failed instead of writing null, and runs a field twice that two fragments select. Its derive macros name the
//! function that does this by its path, so a crate that stands in the library's place can give them another one: here
//! [`resolver_utils::resolve_container`] runs the fields of an object in the order of the document, each once, and
//! writes them as JSON while it goes. [`List`] does the same for the items of a list. Everything else is the library's.
//!
//! `masthead-api` depends on this crate under the name `async_graphql`.
//!
//! The values that objects give are packed: finished JSON as [`Value::Binary`]. [`write_value`] writes such a value, and
//! [`unpacked`] makes a plain one of it. The fields of the root are still run by the library, so the order of an answer's
//! outermost keys is for whoever writes it.

pub use async_graphql::*;

mod container;
mod keys;
mod list;
mod parts;
mod root;
mod text;
mod write;

pub use self::{
    list::List,
    root::{Root, SelectsRootTwice},
    write::{unpacked, write_value},
};

/// The library's module of that name, with our way to resolve an object.
pub mod resolver_utils {
    pub use async_graphql::resolver_utils::*;

    pub use crate::container::resolve_container;
}
