//! The licence: the same words in every manifest, and the texts beside them.

use super::graph::Graph;
use crate::{finding::Finding, tree::Tree};

const EXPRESSION: &str = "MIT OR Apache-2.0";
const TEXTS: &[&str] = &["LICENSE", "LICENSE-APACHE", "LICENSE-MIT"];

/// Manifests with another licence, and texts that are missing.
pub(crate) fn wrong(tree: &Tree, graph: &Graph) -> Vec<Finding> {
    let manifests = graph.members().filter(|member| member.license.as_deref() != Some(EXPRESSION)).map(|member| {
        let what = format!("is not licensed as \"{EXPRESSION}\": write license.workspace = true");
        Finding::new(&member.manifest, 1, what)
    });
    let texts = TEXTS
        .iter()
        .filter(|path| tree.text(path).is_none_or(|text| text.trim().is_empty()))
        .map(|path| Finding::new(path, 1, "is missing or empty: the licence names it"));
    manifests.chain(texts).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::graph::tests::graph;

    #[test]
    fn a_crate_without_the_licence_is_found() {
        let graph = graph(&[("masthead-domain", &[])], Some("GPL-3.0"));
        let tree = Tree::of(&[("LICENSE", "x"), ("LICENSE-MIT", "x"), ("LICENSE-APACHE", "x")]);
        let found: Vec<_> = wrong(&tree, &graph).iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            ["masthead-domain/Cargo.toml:1: is not licensed as \"MIT OR Apache-2.0\": write license.workspace = true"]
        );
    }

    #[test]
    fn a_missing_licence_text_is_found() {
        let graph = graph(&[("masthead-domain", &[])], Some(EXPRESSION));
        let tree = Tree::of(&[("LICENSE", "x"), ("LICENSE-MIT", " \n")]);
        let found: Vec<_> = wrong(&tree, &graph).into_iter().map(|finding| finding.path).collect();
        assert_eq!(found, ["LICENSE-APACHE", "LICENSE-MIT"]);
    }
}
