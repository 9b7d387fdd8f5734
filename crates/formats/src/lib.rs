//! Pure conversions between the newsroom and the formats of the world. No I/O.

pub mod html;
pub mod markdown;
pub mod wxr;
