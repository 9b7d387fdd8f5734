//! Text that stays text inside HTML.

use super::stretch;

/// Writes an attribute with its value escaped.
pub(super) fn attribute(name: &str, value: &str, html: &mut String) {
    html.push(' ');
    html.push_str(name);
    html.push_str("=\"");
    escape(value, html);
    html.push('"');
}

/// Writes text so that it is text in an element and in a quoted attribute alike.
pub(super) fn escape(text: &str, html: &mut String) {
    let mut rest = text;
    // All of them are ASCII, so they are found byte by byte.
    while let Some(at) = stretch::first(rest.as_bytes(), |byte| matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\'')) {
        let (before, from) = rest.split_at(at);
        html.push_str(before);
        let mut chars = from.chars();
        html.push_str(match chars.next() {
            Some('&') => "&amp;",
            Some('<') => "&lt;",
            Some('>') => "&gt;",
            Some('"') => "&quot;",
            _ => "&#39;",
        });
        rest = chars.as_str();
    }
    html.push_str(rest);
}

/// Escapes text for an HTML element or a quoted attribute.
pub fn escape_html(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    escape(text, &mut html);
    html
}
