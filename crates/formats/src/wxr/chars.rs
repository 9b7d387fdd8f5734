//! The characters and references of XML 1.0 (fifth edition, sections 2.2, 2.3 and 4.1), as far as an export needs them.

use super::note::Tally;

/// What a value of an attribute, or a reference, cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BadReference(pub(super) String);

/// Whether a character may begin a name (production 4, without U+FFFD: that is where a byte was repaired).
pub(super) fn is_name_start(c: char) -> bool {
    matches!(c,
        ':' | '_' | 'A'..='Z' | 'a'..='z' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}'
        | '\u{370}'..='\u{37d}' | '\u{37f}'..='\u{1fff}' | '\u{200c}' | '\u{200d}' | '\u{2070}'..='\u{218f}'
        | '\u{2c00}'..='\u{2fef}' | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffc}'
        | '\u{10000}'..='\u{effff}')
}

/// Whether a character may stand inside a name (production 4a).
pub(super) fn is_name_char(c: char) -> bool {
    is_name_start(c) || matches!(c, '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}' | '\u{2040}')
}

/// Whether text is a qualified name: a local name, or a prefix and a local name.
pub(super) fn is_qualified_name(name: &str) -> bool {
    let is_plain = |part: &str| {
        part.chars().next().is_some_and(|c| c != ':' && is_name_start(c))
            && part.chars().all(|c| c != ':' && is_name_char(c))
    };
    match name.split_once(':') {
        Some((prefix, local)) => is_plain(prefix) && is_plain(local),
        None => is_plain(name),
    }
}

/// Whether XML allows the character at all (production 2).
fn is_allowed(c: char) -> bool {
    !matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

/// What the name between `&` and `;` stands for; `None` when it is no reference that XML knows.
///
/// # Errors
/// A numeric reference to a character that XML forbids: neither expanding nor keeping it would be right.
pub(super) fn resolve(name: &str) -> Result<Option<char>, BadReference> {
    let named = match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    };
    if named.is_some() {
        return Ok(named);
    }
    let Some(number) = name.strip_prefix('#') else {
        return Ok(None);
    };
    let (digits, radix) = match number.strip_prefix('x') {
        Some(digits) => (digits, 16),
        None => (number, 10),
    };
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return Ok(None);
    }
    let character = u32::from_str_radix(digits, radix).ok().and_then(char::from_u32).filter(|c| is_allowed(*c));
    match character {
        Some(c) => Ok(Some(c)),
        None => Err(BadReference(format!("`&{name};` stands for a character that XML forbids; remove it"))),
    }
}

/// The value of an attribute: references resolved, white space made spaces, a bare `&` kept and counted.
pub(super) fn attribute_value(raw: &str, line: u64, bare: &mut Tally) -> Result<String, BadReference> {
    let mut value = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((before, after)) = rest.split_once('&') {
        push_spaced(&mut value, before);
        let name = after.split_once(';').map(|(name, tail)| (resolve(name), tail));
        match name {
            Some((Ok(Some(c)), tail)) => {
                value.push(c);
                rest = tail;
            }
            Some((Err(error), _)) => return Err(error),
            Some((Ok(None), _)) | None => {
                bare.add(line);
                value.push('&');
                rest = after;
            }
        }
    }
    push_spaced(&mut value, rest);
    Ok(value)
}

fn push_spaced(value: &mut String, text: &str) {
    value.extend(text.chars().map(|c| if matches!(c, '\n' | '\t') { ' ' } else { c }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_ampersand_in_an_attribute_is_kept_and_counted() {
        let mut bare = Tally::default();
        let value = attribute_value("a=1&b=2&amp;c&nbsp;d&#233;", 7, &mut bare).unwrap();
        assert_eq!(value, "a=1&b=2&c&nbsp;d\u{e9}");
        assert_eq!(bare.note(crate::wxr::NoteKind::BareAmpersand, "").unwrap().count, 2);
    }

    #[test]
    fn a_reference_to_a_forbidden_character_is_refused() {
        assert!(resolve("#8").is_err());
        assert!(resolve("#xFFFF").is_err());
        assert!(resolve("#x110000").is_err());
        assert_eq!(resolve("#x1F600"), Ok(Some('\u{1f600}')));
        assert_eq!(resolve("#xzz"), Ok(None));
    }

    #[test]
    fn a_name_has_at_most_one_prefix() {
        assert!(is_qualified_name("wp:post_id"));
        assert!(is_qualified_name("é-1"));
        for bad in ["", ":a", "a:", "a:b:c", "1a", "a b", "-a", "wp:1"] {
            assert!(!is_qualified_name(bad), "{bad}");
        }
    }
}
