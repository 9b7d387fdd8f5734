//! The notes of WordPress's footnotes block: JSON in the postmeta `footnotes`, `[{"content":"…","id":"…"}]`.
//!
//! No word of them may be lost: a note without a key, or with the key of another, is kept without a mark. Sites that
//! were moved before WordPress 6.5 have lost the backslashes of that JSON; what can still be told apart is.

use std::collections::{HashMap, hash_map::Entry};

use serde_json::Value;

use super::{FOOTNOTES_MAX, Work};
use crate::wxr::NoteKind;

/// The keys and texts of the notes, in their order, each key once.
pub(super) fn read(work: &mut Work<'_>) -> Vec<(String, String)> {
    let Some(json) = work.item.meta("footnotes").map(str::trim).filter(|json| !json.is_empty()) else {
        return Vec::new();
    };
    let entries = match serde_json::from_str(json) {
        Ok(Value::Array(entries)) => entries.iter().filter_map(entry).collect(),
        Ok(Value::Object(entries)) => entries.values().filter_map(entry).collect(),
        Ok(_) | Err(_) => match mended(json) {
            Some(entries) => {
                work.notes.add(NoteKind::FootnotesMended, "");
                entries
            }
            None => {
                work.notes.add(NoteKind::FootnotesUnreadable, "");
                Vec::new()
            }
        },
    };
    with_keys(entries)
}

/// The key of a note, which may be empty, and its text.
fn entry(entry: &Value) -> Option<(String, String)> {
    let field = |key| entry.get(key).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    Some((field("id").unwrap_or_default().to_owned(), field("content")?.to_owned()))
}

/// Gives every note a key of its own; leaves out a note that stands there twice.
fn with_keys(entries: Vec<(String, String)>) -> Vec<(String, String)> {
    let mut texts: HashMap<String, String> = HashMap::new();
    let mut notes = Vec::new();
    for (place, (key, text)) in (1..).zip(entries.into_iter().take(FOOTNOTES_MAX)) {
        let key = match texts.entry(key.clone()) {
            Entry::Occupied(first) if *first.get() == text => continue,
            Entry::Vacant(free) if !key.is_empty() => {
                free.insert(text.clone());
                key
            }
            Entry::Occupied(_) | Entry::Vacant(_) => format!("{key}#{place}"),
        };
        notes.push((key, text));
    }
    notes
}

/// Notes whose quotes have lost their backslashes, or whose lines end as they should not in JSON. WordPress writes the
/// key behind the text, so a text ends where a key follows that is nothing but letters, digits and hyphens.
fn mended(json: &str) -> Option<Vec<(String, String)>> {
    const START: &str = "{\"content\":\"";
    const BETWEEN: &str = "\",\"id\":\"";
    let mut rest = json.strip_prefix('[')?.strip_suffix(']')?.trim();
    let mut notes = Vec::new();
    while !rest.is_empty() {
        let text = rest.strip_prefix(START)?;
        let (end, key, after) = text.match_indices(BETWEEN).find_map(|(end, between)| {
            let tail = text.get(end + between.len()..)?;
            let key = tail.get(..tail.find(|c: char| !c.is_ascii_alphanumeric() && c != '-')?)?;
            let after = tail.get(key.len()..)?.strip_prefix("\"}")?.trim_start();
            let is_end =
                after.is_empty() || after.strip_prefix(',').is_some_and(|next| next.trim_start().starts_with(START));
            (is_end && !key.is_empty()).then_some((end, key, after))
        })?;
        let text = text.get(..end)?.replace("\\\"", "\"").replace("\\/", "/").replace("\\n", "\n");
        if !text.trim().is_empty() {
            notes.push((key.to_owned(), text.trim().to_owned()));
        }
        rest = after.strip_prefix(',').unwrap_or(after).trim_start();
    }
    (!notes.is_empty()).then_some(notes)
}
