//! Answers in the order they were asked for.
//!
//! The engine answers the fields of an object in the order in which their resolvers finish, leaves out fields
//! that failed instead of writing null, and runs a field twice that is selected twice. The specification
//! wants the order of the document, null that spreads to the nearest parent that allows it, and one run. So
//! the document is [prepared](Prepared) before it is run, and the answer is [written](write_data) by
//! walking the document's selections instead of the engine's map.

mod collect;
mod prepare;
mod types;
mod write;

pub use prepare::Prepared;
pub use types::{FieldInfo, Kind, TypeId, TypeTable, TypeTableError};
pub use write::{Layout, TooLong, write_data};

#[cfg(test)]
mod tests;
