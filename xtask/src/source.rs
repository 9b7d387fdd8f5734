//! Enough of Rust's lexical grammar to tell code, comments and string literals apart.
//!
//! Source: the Rust Reference, chapters "Comments" and "Tokens". Every mask has the byte length and the line breaks
//! of the source, so a position in a mask is a position in the file.

/// What a stretch of source is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Code,
    Comment,
    Literal,
}

/// A Rust file cut into code, comments and literals.
#[derive(Debug)]
pub(crate) struct Source<'a> {
    parts: Vec<(Kind, &'a str)>,
}

impl<'a> Source<'a> {
    /// Cuts a file. A file that does not compile gives some cut, never an error.
    pub(crate) fn parse(text: &'a str) -> Self {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((kind, length)) = next(rest) {
            let Some((part, after)) = rest.split_at_checked(length) else {
                break;
            };
            parts.push((kind, part));
            rest = after;
        }
        Self { parts }
    }

    /// The code alone.
    pub(crate) fn code(&self) -> String {
        self.mask(Kind::Code)
    }

    /// The comments alone, doc comments included.
    pub(crate) fn comments(&self) -> String {
        self.mask(Kind::Comment)
    }

    /// The string literals alone, each with its line, counted from 1.
    pub(crate) fn literals(&self) -> Vec<(usize, &'a str)> {
        let mut line = 1;
        let mut literals = Vec::new();
        for (kind, part) in &self.parts {
            if *kind == Kind::Literal {
                literals.push((line, *part));
            }
            line += part.matches('\n').count();
        }
        literals
    }

    fn mask(&self, wanted: Kind) -> String {
        let mut mask = String::new();
        for (kind, part) in &self.parts {
            if *kind == wanted {
                mask.push_str(part);
            } else {
                mask.extend(part.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
            }
        }
        mask
    }
}

/// The kind and byte length of what stands at the start of `rest`; `None` at the end.
fn next(rest: &str) -> Option<(Kind, usize)> {
    let first = rest.chars().next()?;
    if rest.starts_with("//") {
        return Some((Kind::Comment, rest.find('\n').unwrap_or(rest.len())));
    }
    if rest.starts_with("/*") {
        return Some((Kind::Comment, block_comment(rest)));
    }
    if first == '"' {
        return Some((Kind::Literal, quoted(rest, '"')));
    }
    if first == '\'' {
        return Some(character(rest));
    }
    if first == '_' || first.is_alphanumeric() {
        let word = rest.find(|c: char| c != '_' && !c.is_alphanumeric()).unwrap_or(rest.len());
        let raw = matches!(rest.get(..word), Some("r" | "br" | "cr"));
        let literal = if raw { rest.get(word..).and_then(raw_string) } else { None };
        return Some(literal.map_or((Kind::Code, word), |length| (Kind::Literal, word + length)));
    }
    Some((Kind::Code, first.len_utf8()))
}

/// The length of a block comment; they nest.
fn block_comment(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(here) = rest.get(at..).filter(|here| !here.is_empty()) {
        if here.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if here.starts_with("*/") {
            depth = depth.saturating_sub(1);
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += here.chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// The length of a literal between two `quote` signs, with backslash escapes.
fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == quote {
            return at + c.len_utf8();
        }
    }
    rest.len()
}

/// The length of `#…"…"#…` after the prefix of a raw string; `None` when it is a raw identifier.
fn raw_string(rest: &str) -> Option<usize> {
    let hashes = rest.bytes().take_while(|byte| *byte == b'#').count();
    let body = rest.get(hashes..)?.strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = body.find(&end).map_or(body.len(), |at| at + end.len());
    Some(hashes + 1 + length)
}

/// A character literal, or the tick of a lifetime.
fn character(rest: &str) -> (Kind, usize) {
    let mut following = rest.chars().skip(1);
    match (following.next(), following.next()) {
        (Some('\\'), _) => (Kind::Literal, quoted(rest, '\'')),
        (Some(c), Some('\'')) => (Kind::Literal, 2 + c.len_utf8()),
        _ => (Kind::Code, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_comments_and_literals_are_told_apart() {
        let text = "let a = \"// no\"; // yes \"b\"\n/* x /* y */ z */ let c = 'd';";
        let source = Source::parse(text);
        assert_eq!(source.comments().trim_end(), format!("{:17}// yes \"b\"\n/* x /* y */ z */", ""));
        assert_eq!(source.literals(), [(1, "\"// no\""), (2, "'d'")]);
        assert!(source.code().contains("let c ="));
        assert!(!source.code().contains('x'));
    }

    #[test]
    fn raw_strings_hold_quotes_and_comment_signs() {
        let text = "f(r#\"a \" // b\"#, br\"c\\\", r#type)";
        let source = Source::parse(text);
        assert_eq!(source.literals(), [(1, "r#\"a \" // b\"#"), (1, "br\"c\\\"")]);
        assert!(source.code().contains("r#type"));
    }

    #[test]
    fn a_lifetime_is_no_character_literal() {
        let source = Source::parse("fn f<'a>(x: &'a str) { let q = '\\''; let e = 'é'; }");
        assert_eq!(source.literals(), [(1, "'\\''"), (1, "'é'")]);
    }

    #[test]
    fn masks_keep_every_position() {
        let text = "/* é\n */ \"ü\n\" x";
        let source = Source::parse(text);
        assert_eq!(source.code().len(), text.len());
        assert_eq!(source.code().find('x'), text.find('x'));
        assert_eq!(source.comments().matches('\n').count(), 2);
    }

    #[test]
    fn an_unfinished_file_still_ends() {
        for text in ["/* a", "\"a", "r#\"a", "'", "'\\", "//"] {
            assert_eq!(Source::parse(text).code().len(), text.len(), "{text}");
        }
    }
}
