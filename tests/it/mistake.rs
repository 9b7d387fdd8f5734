//! The mistakes of a payload in short.

use serde_json::Value;

/// The kind, code and path of each mistake: `SlugTakenError SLUG_TAKEN changes.slug`.
pub(crate) fn mistakes(payload: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let errors = payload["userErrors"].as_array().unwrap();
    errors
        .iter()
        .map(|error| {
            let path: Vec<String> = error["path"].as_array().unwrap().iter().map(text).collect();
            format!("{} {} {}", text(&error["__typename"]), text(&error["code"]), path.join("."))
        })
        .collect()
}
