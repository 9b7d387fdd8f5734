//! The parts of the binary that tests call by themselves.

pub mod import;
