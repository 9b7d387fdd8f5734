//! Texts as JSON writes them.

/// How many bytes are looked at as a whole, which processors do at once.
const STRETCH: usize = 32;

/// Writes a text in quotes to the end of `out`, as RFC 8259 §7 wants it and in the form `serde_json` gives it. That looks at
/// byte after byte for what must be escaped; but most texts hold nothing of the kind, and long ones little.
pub(crate) fn write_text(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let mut rest = text.as_bytes();
    while let Some((before, byte, after)) = next_special(rest) {
        out.extend_from_slice(before);
        write_escaped(out, byte);
        rest = after;
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

fn is_special(byte: u8) -> bool {
    (byte < b' ') | (byte == b'"') | (byte == b'\\')
}

/// The first byte that must be escaped, with what stands before and after it.
fn next_special(bytes: &[u8]) -> Option<(&[u8], u8, &[u8])> {
    let (stretches, _) = bytes.as_chunks::<STRETCH>();
    let is_plain = |stretch: &&[u8; STRETCH]| !stretch.iter().fold(false, |found, byte| found | is_special(*byte));
    let plain = STRETCH * stretches.iter().take_while(is_plain).count();
    let at = plain + bytes.get(plain..)?.iter().position(|byte| is_special(*byte))?;
    let (before, rest) = bytes.split_at_checked(at)?;
    rest.split_first().map(|(byte, after)| (before, *byte, after))
}

fn write_escaped(out: &mut Vec<u8>, byte: u8) {
    let short = match byte {
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        0x08 => b'b',
        0x0c => b'f',
        b'"' | b'\\' => byte,
        _ => {
            let digit = |half: u8| if half < 10 { b'0' + half } else { b'a' + half - 10 };
            out.extend_from_slice(&[b'\\', b'u', b'0', b'0', digit(byte >> 4), digit(byte & 15)]);
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(text: &str) -> String {
        let mut out = b"before ".to_vec();
        write_text(&mut out, text);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_character_is_written_as_the_library_writes_it() {
        for character in (0..0x300).filter_map(char::from_u32).chain(['\u{2028}', '\u{fffd}', '\u{1f5de}']) {
            for text in [character.to_string(), format!("{}{character}{}", "x".repeat(31), "y".repeat(70))] {
                assert_eq!(written(&text), format!("before {}", serde_json::to_string(&text).unwrap()));
            }
        }
    }

    proptest! {
        #[test]
        fn texts_are_written_as_the_library_writes_them(
            text in prop::collection::vec(prop::sample::select(vec!["a", "\u{e9}", "\"", "\\", "\n", "\u{1}", "long and plain "]), 0..60)
        ) {
            let text = text.concat();
            prop_assert_eq!(written(&text), format!("before {}", serde_json::to_string(&text).unwrap()));
        }
    }
}
