//! The rules of the house that neither rustfmt nor clippy knows. Each check is one function from the tree (or
//! cargo's graph) to findings, and says where and what to mend.

mod attributes;
mod edges;
mod error_codes;
mod files;
mod graph;
mod licences;
mod links;
mod settings;
mod unfinished;

use std::{io::Write as _, path::Path};

use anyhow::ensure;

use crate::{cargo, tree::Tree};

/// Runs every check, prints what is to be mended, and fails when there is anything.
pub(crate) fn run(root: &Path) -> anyhow::Result<()> {
    let tree = Tree::read(root)?;
    let graph = graph::Graph::new(root, cargo::metadata(root)?);
    let mut findings = [
        files::too_long(&tree),
        files::vague_names(&tree),
        attributes::unexplained(&tree),
        unfinished::without_issue(&tree),
        settings::undocumented(&tree),
        error_codes::undocumented(&tree),
        links::broken(&tree),
        licences::wrong(&tree, &graph),
        edges::wrong(&tree, &graph),
    ]
    .concat();
    findings.sort();
    findings.dedup();
    let mut out = std::io::stdout().lock();
    for finding in &findings {
        writeln!(out, "{finding}")?;
    }
    ensure!(findings.is_empty(), "{} to mend", plural(findings.len(), "thing"));
    Ok(())
}

fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_not_many() {
        assert_eq!(plural(1, "thing"), "1 thing");
        assert_eq!(plural(2, "thing"), "2 things");
    }
}
