//! The door through its front, with a toy schema behind it. The ids (A01 …) are those of our conventions.

mod answers;
mod connections;
mod operations;
mod persisted;
mod requests;
mod toy;
