//! Every error code a client can meet is explained in `docs/errors.md`.

use crate::{finding::Finding, source::Source, tree::Tree};

const CODES: &str = "crates/api/src/error_code.rs";
const DOCS: &str = "docs/errors.md";

/// Codes without a heading of their own in the documentation.
pub(crate) fn undocumented(tree: &Tree) -> Vec<Finding> {
    let docs = tree.text(DOCS).unwrap_or_default();
    codes(tree.text(CODES).unwrap_or_default())
        .into_iter()
        .filter(|(_, code)| !has_heading(docs, code))
        .map(|(line, code)| {
            let what = format!("{code} is not explained in {DOCS}: say there what it means and what to mend");
            Finding::new(CODES, line, what)
        })
        .collect()
}

/// The literals before the file's tests that are written like a code.
fn codes(text: &str) -> Vec<(usize, &str)> {
    let tests = text.find("#[cfg(test)]").unwrap_or(text.len());
    Source::parse(text.get(..tests).unwrap_or(text))
        .literals()
        .into_iter()
        .map(|(line, literal)| (line, literal.trim_matches('"')))
        .filter(|(_, literal)| is_code(literal))
        .collect()
}

fn has_heading(docs: &str, code: &str) -> bool {
    docs.lines().any(|line| line.starts_with('#') && line.trim_start_matches('#').trim().trim_matches('`') == code)
}

fn is_code(text: &str) -> bool {
    text.len() > 2
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_without_an_explanation_is_found() {
        let code = "match self {\n    A => \"NOT_FOUND\",\n    B => \"TIMEOUT\", // \"GONE\"\n    C => \"a message\",\n}\n\
                    #[cfg(test)]\nmod tests { const X: &str = \"NO_CODE\"; }";
        let tree = Tree::of(&[(CODES, code), (DOCS, "## `NOT_FOUND`\n\nUnlike `TIMEOUT`.\n")]);
        let found = undocumented(&tree);
        assert_eq!(found.len(), 1);
        assert_eq!(
            found[0].to_string(),
            "crates/api/src/error_code.rs:3: TIMEOUT is not explained in docs/errors.md: say there what it means and \
             what to mend"
        );
    }

    #[test]
    fn no_codes_want_no_documentation() {
        assert_eq!(undocumented(&Tree::of(&[("README.md", "")])), []);
    }
}
