//! Text as a body keeps it: no control characters, whitespace in one form.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::stretch;

/// Whether a character has no place in body text.
///
/// These are the control characters (which XML feeds cannot carry), the bidirectional embeddings, overrides and isolates
/// (which make text read other than it is stored, CVE-2021-42574), the byte order mark and the two
/// noncharacters that XML 1.0 forbids. Tab and the line ends are whitespace, not controls; the plain
/// direction marks U+200E and U+200F and the joiners stay, right-to-left text and emoji need them.
pub fn is_forbidden_char(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' | '\u{c}' => false,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        '\u{feff}' | '\u{fffe}' | '\u{ffff}' => true,
        _ => c.is_control(),
    }
}

/// Whether a character is white space that collapses: HTML's own, and the two Unicode separators.
/// The no-break spaces do not, French typography stands on them.
pub(super) fn is_collapsible(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}' | '\u{2028}' | '\u{2029}')
}

/// One line of plain text: forbidden characters out, whitespace collapsed, ends trimmed, composed.
pub(super) fn plain_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split(is_collapsible) {
        let before = line.len();
        if before > 0 {
            line.push(' ');
        }
        let start = line.len();
        line.extend(word.chars().filter(|&c| !is_forbidden_char(c)));
        if line.len() == start {
            line.truncate(before);
        }
    }
    compose(&mut line);
    line
}

/// Brings a text into composed form (NFC), so that words typed on different machines compare equal.
pub(super) fn compose(text: &mut String) {
    // Nothing below U+0300, whose first byte this is, composes with anything: Latin text is done here.
    if stretch::first(text.as_bytes(), |byte| byte >= 0xcc).is_none() {
        return;
    }
    if is_nfc_quick(text.chars()) != IsNormalized::Yes {
        *text = text.nfc().collect();
    }
}

/// The same as [`plain_line`], but nothing rather than an empty line.
pub(super) fn optional_line(text: Option<&str>) -> Option<String> {
    let line = plain_line(text?);
    (!line.is_empty()).then_some(line)
}

/// A short name: at most `max` bytes of letters, digits and `+ - . _ # /`, lower case; else nothing.
pub(super) fn short_name(text: &str, max: usize) -> Option<String> {
    let name = text.trim().to_ascii_lowercase();
    let fits = !name.is_empty()
        && name.len() <= max
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-._#/".contains(&b));
    fits.then_some(name)
}

/// Preformatted text: line ends become `\n`, forbidden characters go, and so do the newlines at the end,
/// because neither HTML nor Markdown can tell how many there were.
pub(super) fn code_text(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                if chars.peek() != Some(&'\n') {
                    code.push('\n');
                }
            }
            '\u{c}' | '\u{2028}' | '\u{2029}' => code.push('\n'),
            c if is_forbidden_char(c) => {}
            c => code.push(c),
        }
    }
    code.truncate(code.trim_end_matches('\n').len());
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_line_collapses_space_and_keeps_no_break_space() {
        assert_eq!(plain_line("  Où\t\n est-il\u{a0}? \u{202e}x\0 "), "Où est-il\u{a0}? x");
        assert_eq!(plain_line(" \u{7} \u{202e} "), "");
        assert_eq!(optional_line(Some(" \n ")), None);
    }

    #[test]
    fn code_keeps_its_lines_and_loses_only_the_last_newlines() {
        assert_eq!(code_text("\n  a\r\n\tb\rc\n\n"), "\n  a\n\tb\nc");
    }

    #[test]
    fn a_short_name_is_plain_ascii() {
        assert_eq!(short_name(" C++ ", 64).as_deref(), Some("c++"));
        assert_eq!(short_name("a b", 64), None);
        assert_eq!(short_name("\"><script>", 64), None);
        assert_eq!(short_name("abc", 2), None);
    }
}
