//! Every setting of the server stands in `.env.example` with a line of why, and nothing else does.

use std::collections::BTreeMap;

use crate::{finding::Finding, source::Source, tree::Tree};

const EXAMPLE: &str = ".env.example";
const PREFIX: &str = "MASTHEAD_";

/// Code that is not part of the server.
const NOT_THE_SERVER: &[&str] = &["xtask/", "tests/"];

/// Settings missing on one side.
pub(crate) fn undocumented(tree: &Tree) -> Vec<Finding> {
    let used = used(tree);
    let documented = documented(tree.text(EXAMPLE).unwrap_or_default());
    let mut findings = Vec::new();
    for (name, (path, line)) in &used {
        if !documented.contains_key(name) {
            let what =
                format!("reads {name}, which {EXAMPLE} does not show: add it with a line of why and its default");
            findings.push(Finding::new(path, *line, what));
        }
    }
    for (name, entry) in &documented {
        if !used.contains_key(name) {
            let what = format!("shows {name}, which no code reads: remove it");
            findings.push(Finding::new(EXAMPLE, entry.line, what));
        } else if !entry.explained {
            let what = format!("shows {name} without a comment above it that says what it is for");
            findings.push(Finding::new(EXAMPLE, entry.line, what));
        }
    }
    findings
}

/// Each setting named in a literal of the server's code, with the first place that names it.
fn used(tree: &Tree) -> BTreeMap<String, (String, usize)> {
    let mut used = BTreeMap::new();
    for (path, text) in tree.ending(".rs") {
        if NOT_THE_SERVER.iter().any(|dir| path.starts_with(dir))
            || path.contains("/tests/")
            || path.ends_with("/tests.rs")
        {
            continue;
        }
        for (line, literal) in Source::parse(text).literals() {
            for name in names(literal) {
                used.entry(name).or_insert_with(|| (path.to_owned(), line));
            }
        }
    }
    used
}

struct Entry {
    line: usize,
    explained: bool,
}

/// Each assignment of the example file, commented out or not.
fn documented(example: &str) -> BTreeMap<String, Entry> {
    let mut documented = BTreeMap::new();
    let mut explained = false;
    for (text, line) in example.lines().zip(1..) {
        let assignment = text.trim_start_matches(['#', ' ']);
        let name = assignment.split('=').next().unwrap_or_default();
        if assignment.contains('=') && names(name).next().is_some_and(|found| found == name) {
            documented.insert(name.to_owned(), Entry { line, explained });
        } else {
            explained = text.starts_with('#') && text.len() > 2;
        }
    }
    documented
}

/// The settings named in a text. The prefix alone is none.
fn names(text: &str) -> impl Iterator<Item = String> {
    text.match_indices(PREFIX).filter_map(|(at, _)| {
        let rest = text.get(at..)?;
        let length =
            rest.find(|c: char| !c.is_ascii_uppercase() && !c.is_ascii_digit() && c != '_').unwrap_or(rest.len());
        rest.get(..length).filter(|name| *name != PREFIX).map(str::to_owned)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(code: &str, example: &str) -> Vec<String> {
        let tree = Tree::of(&[("crates/cli/src/config.rs", code), (EXAMPLE, example)]);
        undocumented(&tree).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_setting_on_both_sides_is_fine() {
        let example = "# Where the server listens.\n# MASTHEAD_LISTEN=127.0.0.1:4000\n";
        assert_eq!(found("#[arg(env = \"MASTHEAD_LISTEN\")] // MASTHEAD_NOT_CODE", example), [""; 0]);
    }

    #[test]
    fn a_setting_only_in_code_is_found_where_it_is_read() {
        assert_eq!(
            found("\nlet a = \"MASTHEAD_LISTEN\";", ""),
            [
                "crates/cli/src/config.rs:2: reads MASTHEAD_LISTEN, which .env.example does not show: add it with a line \
              of why and its default"
            ]
        );
    }

    #[test]
    fn a_setting_nobody_reads_is_found_in_the_example() {
        assert_eq!(
            found("let prefix = \"MASTHEAD_\";", "# Why.\nMASTHEAD_OLD=1\n"),
            [".env.example:2: shows MASTHEAD_OLD, which no code reads: remove it"]
        );
    }

    #[test]
    fn a_setting_without_words_above_it_is_found() {
        assert_eq!(
            found("let a = \"MASTHEAD_A\";", "# Why.\n\nMASTHEAD_A=1\n"),
            [".env.example:3: shows MASTHEAD_A without a comment above it that says what it is for"]
        );
    }
}
