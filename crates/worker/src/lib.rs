//! What a serving node does that nobody asked for: announcing what time does to articles, and erasing what was kept long
//! enough.
//!
//! Everything here may run on any number of nodes at once, may come late and may be done again. Whoever reads sees no
//! difference, so a node that does none of it answers as truly as one that does.

mod health;
mod worker;

pub use worker::{Worker, WorkerConfig};
