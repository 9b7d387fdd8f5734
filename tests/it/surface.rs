//! The whole surface of reading: every field of the schema, with everything that can be asked of it.

mod question;
mod schema;
mod values;

pub(crate) use question::{Question, questions};
pub(crate) use schema::{Field, Input, Types};
pub(crate) use values::Values;

/// The place where two answers part.
pub(crate) fn difference(full: &str, bare: &str) -> String {
    let at = full.bytes().zip(bare.bytes()).position(|(one, other)| one != other).unwrap_or(full.len().min(bare.len()));
    let part = |text: &str| {
        String::from_utf8_lossy(&text.as_bytes()[at.saturating_sub(80)..text.len().min(at + 60)]).into_owned()
    };
    format!("`{}` where it would be `{}`", part(full), part(bare))
}

/// Enough of a text to recognise it.
pub(crate) fn short(text: &str) -> String {
    if text.len() <= 400 {
        text.to_owned()
    } else {
        format!("{}… ({} characters)", &text.chars().take(300).collect::<String>(), text.len())
    }
}
