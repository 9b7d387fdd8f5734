//! Lints are switched off one place at a time, by `expect`, and say why.

use std::ops::Range;

use crate::{
    finding::{Finding, line_at},
    source::Source,
    tree::Tree,
};

/// Crates that exist for tests: what `cfg_attr(test, …)` is to the others, a plain attribute is to them.
const TEST_CRATES: &[&str] = &["tests/", "crates/testkit/"];

/// Attributes that allow, or that expect without a reason.
pub(crate) fn unexplained(tree: &Tree) -> Vec<Finding> {
    tree.ending(".rs").flat_map(|(path, text)| in_file(path, text)).collect()
}

fn in_file(path: &str, text: &str) -> Vec<Finding> {
    let code = Source::parse(text).code();
    let macros: Vec<_> = macro_bodies(&code).collect();
    let mut findings = Vec::new();
    for (at, attribute) in attributes(&code) {
        let explained = calls(attribute, "reason", '=');
        let may_allow = || is_crate_head(path, attribute) || macros.iter().any(|body| body.contains(&at));
        if calls(attribute, "allow", '(') && !(explained && may_allow()) {
            let what = "allows a lint: write #[expect(lint, reason = \"…\")] where it is broken; only a crate root \
                        for its tests, and a macro, may allow, with a reason";
            findings.push(Finding::new(path, line_at(text, at), what));
        } else if calls(attribute, "expect", '(') && !explained {
            let what = "expects a lint without saying why: add reason = \"…\"";
            findings.push(Finding::new(path, line_at(text, at), what));
        }
    }
    findings
}

/// Whether this is the one place for it: the head of a crate, for test builds.
fn is_crate_head(path: &str, attribute: &str) -> bool {
    let folder = path.strip_suffix("/main.rs").unwrap_or(path);
    let own_tests = folder.rsplit_once('/').is_some_and(|(folder, _)| folder.ends_with("/tests"));
    let root = own_tests || path.ends_with("/lib.rs") || path.ends_with("/main.rs");
    let tests = own_tests || TEST_CRATES.iter().any(|crate_dir| path.starts_with(crate_dir));
    let for_tests = attribute.contains("cfg_attr(") && attribute.contains("test,");
    root && attribute.starts_with("#![") && (tests || for_tests)
}

/// What stands in `macro_rules!`: some expansions break a lint there and others do not, so nothing can be expected.
fn macro_bodies(code: &str) -> impl Iterator<Item = Range<usize>> {
    code.match_indices("macro_rules!").filter_map(|(at, _)| {
        let open = at + code.get(at..)?.find('{')?;
        Some(open..open + closing(code.get(open..)?, '{', '}')?)
    })
}

/// Each attribute with its position, from `#` to the closing bracket.
fn attributes(code: &str) -> impl Iterator<Item = (usize, &str)> {
    code.match_indices('#').filter_map(|(at, _)| {
        let rest = code.get(at..)?;
        let opens = rest.starts_with("#[") || rest.starts_with("#![");
        let length = opens.then(|| closing(rest, '[', ']')).flatten()?;
        Some((at, rest.get(..length)?))
    })
}

/// The length from the start of `rest` through the bracket that closes its first `open`.
fn closing(rest: &str, open: char, close: char) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in rest.char_indices() {
        if c == open {
            depth += 1;
        } else if c == close {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return Some(at + close.len_utf8());
            }
        }
    }
    None
}

/// Whether `word` stands in the attribute as a word of its own, followed by `sign`.
fn calls(attribute: &str, word: &str, sign: char) -> bool {
    attribute.match_indices(word).any(|(at, _)| {
        let before = attribute.get(..at).and_then(|text| text.chars().next_back());
        let after = attribute.get(at + word.len()..).unwrap_or_default();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_') && after.trim_start().starts_with(sign)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<usize> {
        unexplained(&Tree::of(&[(path, text)])).into_iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn a_bare_allow_is_found_wherever_it_stands() {
        assert_eq!(found("crates/a/src/x.rs", "\n#[allow(dead_code)]\nfn f() {}"), [2]);
        assert_eq!(found("crates/a/src/x.rs", "#[allow(dead_code, reason = \"r\")]\nfn f() {}"), [1]);
        assert_eq!(found("crates/a/src/lib.rs", "#![allow(\n    dead_code,\n)]"), [1]);
        assert_eq!(found("crates/a/src/x.rs", "#![cfg_attr(test, allow(x, reason = \"r\"))]"), [1]);
    }

    #[test]
    fn a_crate_root_may_allow_for_its_tests_with_a_reason() {
        let root = "#![cfg_attr(\n    test,\n    allow(clippy::panic, reason = \"r\")\n)]";
        assert_eq!(found("crates/a/src/lib.rs", root), [0; 0]);
        assert_eq!(found("crates/a/src/lib.rs", "#![cfg_attr(test, allow(clippy::panic))]"), [1]);
        assert_eq!(found("tests/it/main.rs", "#![allow(clippy::panic, reason = \"r\")]"), [0; 0]);
    }

    #[test]
    fn a_macro_may_allow_with_a_reason_because_its_expansions_differ() {
        let text = "macro_rules! m { ($x:expr) => {{ #[allow(x, reason = \"r\")] $x }}; }\n#[allow(x, reason = \"r\")]";
        assert_eq!(found("crates/a/src/x.rs", text), [2]);
        assert_eq!(found("crates/a/src/x.rs", "macro_rules! m { () => { #[allow(x)] }; }"), [1]);
    }

    #[test]
    fn an_expectation_wants_a_reason() {
        assert_eq!(found("crates/a/src/x.rs", "#[expect(clippy::panic)]\nfn f() {}"), [1]);
        assert_eq!(found("crates/a/src/x.rs", "#[expect(clippy::panic, reason = \"[r]\")]\nfn f() {}"), [0; 0]);
    }

    #[test]
    fn comments_literals_and_methods_are_no_attributes() {
        let text = "// #[allow(x)]\nlet a = \"#[allow(x)]\"; b.expect(\"c\"); #[serde(expecting = \"d\")]";
        assert_eq!(found("crates/a/src/x.rs", text), [0; 0]);
    }
}
