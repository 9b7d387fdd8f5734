//! File sizes and file names.

use crate::{finding::Finding, tree::Tree};

/// A longer file has more than one responsibility.
const LINES_MAX: usize = 500;

/// Names that say nothing about what is inside.
const VAGUE: &[&str] = &["common.rs", "helper.rs", "helpers.rs", "misc.rs", "util.rs", "utils.rs"];

/// Rust files above the limit.
pub(crate) fn too_long(tree: &Tree) -> Vec<Finding> {
    tree.ending(".rs")
        .filter_map(|(path, text)| {
            let lines = text.lines().count();
            (lines > LINES_MAX).then(|| {
                let what = format!("has {lines} lines, {LINES_MAX} are allowed: split it by responsibility");
                Finding::new(path, LINES_MAX + 1, what)
            })
        })
        .collect()
}

/// Files named for what they are not.
pub(crate) fn vague_names(tree: &Tree) -> Vec<Finding> {
    tree.paths()
        .filter(|path| path.rsplit('/').next().is_some_and(|name| VAGUE.contains(&name)))
        .map(|path| Finding::new(path, 1, "says nothing by its name: name it for what it does"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_five_hundred_lines_is_allowed_and_one_more_is_not() {
        let tree =
            Tree::of(&[("a.rs", &"x\n".repeat(500)), ("b.rs", &"x\n".repeat(501)), ("c.md", &"x\n".repeat(900))]);
        let findings = too_long(&tree);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].to_string(), "b.rs:501: has 501 lines, 500 are allowed: split it by responsibility");
    }

    #[test]
    fn a_file_named_utils_is_refused() {
        let tree = Tree::of(&[("crates/a/src/utils.rs", ""), ("crates/a/src/page.rs", ""), ("my_utils.rs", "")]);
        let findings = vague_names(&tree);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].path, "crates/a/src/utils.rs");
    }
}
