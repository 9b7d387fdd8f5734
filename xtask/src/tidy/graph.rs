//! Who depends on whom, as cargo resolved it.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    path::Path,
};

use crate::cargo::Metadata;

/// A crate of ours.
#[derive(Debug)]
pub(crate) struct Member {
    /// The name in its manifest.
    pub(crate) name: String,
    /// The path of its manifest from the root.
    pub(crate) manifest: String,
    /// The SPDX expression of its manifest.
    pub(crate) license: Option<String>,
}

/// Who depends on whom, by name. Two versions of one foreign crate are one name here.
#[derive(Debug)]
pub(crate) struct Graph {
    members: Vec<Member>,
    /// Normal and build dependencies.
    uses: BTreeMap<String, BTreeSet<String>>,
    /// Development dependencies.
    tests_with: BTreeMap<String, BTreeSet<String>>,
}

impl Graph {
    /// Reads cargo's answer.
    pub(crate) fn new(root: &Path, metadata: Metadata) -> Self {
        let Metadata { packages, workspace_members, resolve, target_directory: _ } = metadata;
        let names: BTreeMap<_, _> = packages.iter().map(|package| (package.id.clone(), package.name.clone())).collect();
        let name = |id: &str| names.get(id).cloned().unwrap_or_default();
        let (mut uses, mut tests_with) = (BTreeMap::new(), BTreeMap::new());
        for node in &resolve.nodes {
            for dependency in &node.deps {
                for kind in &dependency.dep_kinds {
                    let edges = if kind.kind.as_deref() == Some("dev") { &mut tests_with } else { &mut uses };
                    let set: &mut BTreeSet<String> = edges.entry(name(&node.id)).or_default();
                    set.insert(name(&dependency.pkg));
                }
            }
        }
        let members = packages
            .into_iter()
            .filter(|package| workspace_members.contains(&package.id))
            .map(|package| Member {
                manifest: relative(root, &package.manifest_path),
                name: package.name,
                license: package.license,
            })
            .collect();
        Self { members, uses, tests_with }
    }

    /// Our own crates.
    pub(crate) fn members(&self) -> impl Iterator<Item = &Member> {
        self.members.iter()
    }

    /// Its normal and build dependencies.
    pub(crate) fn used_by(&self, name: &str) -> impl Iterator<Item = &str> {
        self.uses.get(name).into_iter().flatten().map(String::as_str)
    }

    /// Its development dependencies.
    pub(crate) fn tested_with_by(&self, name: &str) -> impl Iterator<Item = &str> {
        self.tests_with.get(name).into_iter().flatten().map(String::as_str)
    }

    /// Whether the crate stands in this workspace.
    pub(crate) fn is_ours(&self, name: &str) -> bool {
        self.members.iter().any(|member| member.name == name)
    }

    /// The shortest way from one crate to the first of `targets`, both ends included.
    pub(crate) fn path_to(&self, from: &str, targets: &[&str]) -> Option<Vec<String>> {
        let mut seen = BTreeSet::from([from]);
        let mut queue = VecDeque::from([vec![from]]);
        while let Some(path) = queue.pop_front() {
            for next in path.last().into_iter().flat_map(|last| self.used_by(last)) {
                let mut longer = path.clone();
                longer.push(next);
                if targets.contains(&next) {
                    return Some(longer.into_iter().map(str::to_owned).collect());
                }
                if seen.insert(next) {
                    queue.push_back(longer);
                }
            }
        }
        None
    }
}

fn relative(root: &Path, path: &str) -> String {
    Path::new(path).strip_prefix(root).unwrap_or(Path::new(path)).to_string_lossy().into_owned()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A graph of members with their normal dependencies; names that are not keys are foreign.
    pub(crate) fn graph(edges: &[(&str, &[&str])], license: Option<&str>) -> Graph {
        let members = edges
            .iter()
            .filter(|(name, _)| name.starts_with("masthead") || *name == "xtask")
            .map(|(name, _)| Member {
                name: (*name).to_owned(),
                manifest: format!("{name}/Cargo.toml"),
                license: license.map(str::to_owned),
            })
            .collect();
        let uses = edges
            .iter()
            .map(|(name, used)| ((*name).to_owned(), used.iter().map(|used| (*used).to_owned()).collect()))
            .collect();
        Graph { members, uses, tests_with: BTreeMap::new() }
    }

    impl Graph {
        /// Adds a development dependency.
        pub(crate) fn add_test_use(&mut self, from: &str, to: &str) {
            self.tests_with.entry(from.to_owned()).or_default().insert(to.to_owned());
        }
    }

    #[test]
    fn cargos_answer_becomes_a_graph() {
        let json = r#"{
            "packages": [
                {"id": "1", "name": "masthead-store", "license": "MIT", "manifest_path": "/r/crates/store/Cargo.toml"},
                {"id": "2", "name": "sea-orm", "license": null, "manifest_path": "/x/Cargo.toml"}
            ],
            "workspace_members": ["1"],
            "resolve": {"nodes": [
                {"id": "1", "deps": [{"pkg": "2", "dep_kinds": [{"kind": null}, {"kind": "dev"}]}]}
            ]},
            "target_directory": "/r/target"
        }"#;
        let graph = Graph::new(Path::new("/r"), serde_json::from_str(json).unwrap());
        let member = graph.members().next().unwrap();
        assert_eq!(member.manifest, "crates/store/Cargo.toml");
        assert_eq!(graph.used_by("masthead-store").collect::<Vec<_>>(), ["sea-orm"]);
        assert_eq!(graph.tested_with_by("masthead-store").collect::<Vec<_>>(), ["sea-orm"]);
    }
}
