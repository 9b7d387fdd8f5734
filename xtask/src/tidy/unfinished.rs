//! Marks of unfinished work: each needs the issue in which it will be finished.

use crate::{finding::Finding, source::Source, tree::Tree};

const MARKS: &[&str] = &["TODO", "FIXME", "XXX", "HACK"];

/// Marks in comments without an issue number.
pub(crate) fn without_issue(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.texts() {
        if path.ends_with(".rs") {
            findings.extend(in_lines(path, &Source::parse(text).comments()));
        } else if path.ends_with(".toml") || path.ends_with("justfile") || path.starts_with(".ci/") {
            findings.extend(in_lines(path, &hash_comments(text)));
        }
    }
    findings
}

fn in_lines(path: &str, comments: &str) -> Vec<Finding> {
    comments
        .lines()
        .zip(1..)
        .filter_map(|(comment, line)| {
            let mark = MARKS.iter().find(|mark| holds_word(comment, mark))?;
            (!names_issue(comment))
                .then(|| Finding::new(path, line, format!("{mark} without an issue number: write {mark}(#12)")))
        })
        .collect()
}

/// Whole-line comments of shell, TOML and just; every other line is emptied.
fn hash_comments(text: &str) -> String {
    text.lines().map(|line| if line.trim_start().starts_with('#') { line } else { "" }).collect::<Vec<_>>().join("\n")
}

fn holds_word(line: &str, word: &str) -> bool {
    line.split(|c: char| !c.is_alphanumeric() && c != '_').any(|part| part == word)
}

fn names_issue(line: &str) -> bool {
    line.split('#').skip(1).any(|after| after.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_without_an_issue_is_found_in_each_kind_of_file() {
        let tree = Tree::of(&[
            ("a.rs", "fn f() {}\n// TODO: later\n"),
            ("Cargo.toml", "x = 1\n# FIXME\n"),
            (".ci/run", "#!/bin/sh\n# HACK\n"),
        ]);
        let found: Vec<_> = without_issue(&tree).iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                ".ci/run:2: HACK without an issue number: write HACK(#12)",
                "Cargo.toml:2: FIXME without an issue number: write FIXME(#12)",
                "a.rs:2: TODO without an issue number: write TODO(#12)",
            ]
        );
    }

    #[test]
    fn a_mark_with_an_issue_and_a_mark_in_code_are_left_alone() {
        let tree = Tree::of(&[("a.rs", "// TODO(#12): later\nlet a = \"TODO\";\n// TODOS are words\n")]);
        assert_eq!(without_issue(&tree), []);
    }
}
