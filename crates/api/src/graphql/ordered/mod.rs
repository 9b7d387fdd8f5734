//! Answers in the order they were asked for, as far as the engine leaves that to us: the root.
//!
//! [`async_graphql`], as this crate has it, answers objects in the order of the document. Its root is the library's own:
//! a document is [prepared](Prepared) for it before it is run, and its answer is [written](write_data) in order.

mod prepare;
mod root;
mod types;

pub use prepare::Prepared;
pub use root::{TooLong, write_data};
pub use types::{FieldInfo, Kind, TypeId, TypeTable, TypeTableError};

#[cfg(test)]
mod tests;
