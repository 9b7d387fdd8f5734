//! A look at the document's text before the parser sees it: size, tokens, depth of brackets, and no U+0000, which
//! PostgreSQL cannot keep.
//!
//! The parser is recursive, so a document of twenty thousand braces would overflow its stack; and it builds
//! a tree for anything, so a long document costs memory before any rule could refuse it. This scan costs one
//! pass over at most a few dozen kilobytes and allocates nothing.

use super::{Limits, Refusal};
use crate::ErrorCode;

/// Checks the text against the limits of length, tokens and brackets.
///
/// # Errors
/// `QUERY_TOO_LARGE` for length or tokens, `QUERY_TOO_DEEP` for brackets, `BAD_REQUEST` for U+0000, written out or as an
/// escape.
pub(super) fn check_text(text: &str, limits: &Limits) -> Result<(), Refusal> {
    if text.len() > limits.query_bytes_max {
        return Err(Refusal::new(ErrorCode::QueryTooLarge).limit(limits.query_bytes_max));
    }
    if text.contains('\0') {
        return Err(nul());
    }
    let mut tokens = 0_usize;
    let mut depth = 0_usize;
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let length = match first {
            b' ' | b'\t' | b'\r' | b'\n' | b',' => {
                rest = tail;
                continue;
            }
            b'#' => {
                rest = after(rest, rest.iter().take_while(|&&byte| byte != b'\n' && byte != b'\r').count());
                continue;
            }
            b'"' => {
                let length = string_length(rest);
                if escapes_nul(rest.get(..length).unwrap_or(rest)) {
                    return Err(nul());
                }
                length
            }
            b'{' | b'(' | b'[' => {
                depth += 1;
                1
            }
            b'}' | b')' | b']' => {
                depth = depth.saturating_sub(1);
                1
            }
            b'.' if rest.starts_with(b"...") => 3,
            b'0'..=b'9' | b'-' => rest.iter().take_while(|&&byte| is_numeric(byte)).count(),
            byte if is_name(byte) => rest.iter().take_while(|&&byte| is_name(byte)).count(),
            _ => 1,
        };
        rest = after(rest, length);
        tokens += 1;
        if tokens > limits.tokens_max {
            return Err(Refusal::new(ErrorCode::QueryTooLarge).limit(limits.tokens_max));
        }
        if depth > limits.brackets_max {
            return Err(Refusal::new(ErrorCode::QueryTooDeep).limit(limits.brackets_max));
        }
    }
    Ok(())
}

fn nul() -> Refusal {
    Refusal::new(ErrorCode::BadRequest).detail("The request contains the character U+0000.")
}

fn after(bytes: &[u8], length: usize) -> &[u8] {
    bytes.get(length..).unwrap_or_default()
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// A sign, a point or an exponent belongs to the number, so `-1.5e-3` is one token.
fn is_numeric(byte: u8) -> bool {
    is_name(byte) || matches!(byte, b'-' | b'+' | b'.')
}

/// The length of the string or block string that starts here, with its quotes; an unterminated one runs to
/// the end of the text (block) or line, and the parser will say so.
fn string_length(text: &[u8]) -> usize {
    if text.starts_with(b"\"\"\"") {
        let mut at = 3;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            if rest.starts_with(b"\\\"\"\"") {
                at += 4;
            } else if rest.starts_with(b"\"\"\"") {
                return at + 3;
            } else {
                at += 1;
            }
        }
        return text.len();
    }
    let mut at = 1;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at + 1,
            b'\n' | b'\r' => return at,
            _ => at += 1,
        }
    }
    text.len()
}

/// Whether a string, given with its quotes, holds U+0000 as an escape. Block strings have no such escapes.
fn escapes_nul(mut string: &[u8]) -> bool {
    if string.starts_with(b"\"\"\"") {
        return false;
    }
    while let Some(at) = string.iter().position(|byte| *byte == b'\\') {
        let escape = after(string, at);
        if escape.starts_with(b"\\u0000") {
            return true;
        }
        string = after(escape, 2);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::check_text;
    use crate::{ErrorCode, graphql::guard::Limits};

    fn limits(tokens_max: usize) -> Limits {
        Limits { tokens_max, ..Limits::default() }
    }

    #[test]
    fn tokens_are_counted_as_the_language_defines_them() {
        let text =
            "query Q($a: Int = -1.5e-3) { # note { { {\n a(b: \"x { \\\" y\", c: \"\"\"{ \\\"\"\" {\"\"\") ...F @d }";
        // query Q ( $ a : Int = -1.5e-3 ) { a ( b : "" c : """""" ) ... F @ d }
        assert!(check_text(text, &limits(25)).is_ok());
        assert_eq!(check_text(text, &limits(24)).unwrap_err().code, ErrorCode::QueryTooLarge);
    }

    #[test]
    fn a_name_ends_where_a_spread_begins() {
        assert!(check_text("{a...F}", &limits(5)).is_ok());
        assert!(check_text("{a...F}", &limits(4)).is_err());
    }

    #[test]
    fn twenty_thousand_braces_are_refused_before_the_parser_runs() {
        let bomb = "{a".repeat(10_000);
        assert_eq!(check_text(&bomb, &Limits::default()).unwrap_err().code, ErrorCode::QueryTooDeep);
        let list = format!("{{a(b:{}", "[".repeat(5_000));
        assert_eq!(check_text(&list, &Limits::default()).unwrap_err().code, ErrorCode::QueryTooDeep);
    }

    #[test]
    fn text_past_the_byte_limit_is_refused() {
        let long = format!("{{ a }} #{}", " ".repeat(40_000));
        assert_eq!(check_text(&long, &Limits::default()).unwrap_err().code, ErrorCode::QueryTooLarge);
    }

    #[test]
    fn the_character_nobody_can_keep_is_found_in_strings_however_it_is_written() {
        for text in ["{a(b:\"\\u0000\")}", "{a(b:\"x\\n\\u0000y\")}", "{a(b:\"\0\")}", "{a}\0"] {
            assert_eq!(check_text(text, &Limits::default()).unwrap_err().code, ErrorCode::BadRequest, "{text}");
        }
        for text in ["{a(b:\"\\\\u0000\")}", "{a(b:\"\"\"\\u0000\"\"\")}", "{a(b:\"\\u0001\")}", "{a} # \\u0000"] {
            assert!(check_text(text, &Limits::default()).is_ok(), "{text}");
        }
    }

    #[test]
    fn broken_strings_end_the_scan_without_a_panic() {
        for text in ["\"", "\"\\", "\"\"\"", "\"\"\"\\\"\"\"", "{ a(b: \"\n\") }", "é\"ü"] {
            assert!(check_text(text, &Limits::default()).is_ok(), "{text}");
        }
    }
}
