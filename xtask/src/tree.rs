//! The files of the repository as git sees them: tracked ones, and new ones that are not ignored.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::Context as _;

use crate::cargo;

/// A file larger than this is data, not something a rule of style looks at.
const TEXT_BYTES_MAX: u64 = 1024 * 1024;

/// Third-party files kept as they came; our rules are not theirs.
const VENDORED: &str = "crates/api/assets/";

/// The repository's files.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    paths: BTreeSet<String>,
    texts: BTreeMap<String, String>,
}

impl Tree {
    /// Reads the files below `root` that git tracks or would track.
    pub(crate) fn read(root: &Path) -> anyhow::Result<Self> {
        let mut git = Command::new("git");
        git.current_dir(root)
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .stdin(Stdio::null());
        let listed = cargo::output(git)?;
        let mut tree = Self::default();
        for path in listed.split('\0').filter(|path| !path.is_empty()) {
            // A file deleted but not yet staged is still listed.
            let Ok(metadata) = fs::metadata(root.join(path)) else {
                continue;
            };
            tree.paths.insert(path.to_owned());
            if !metadata.is_file() || metadata.len() > TEXT_BYTES_MAX || path.starts_with(VENDORED) {
                continue;
            }
            let bytes = fs::read(root.join(path)).with_context(|| format!("cannot read {path}"))?;
            if let Ok(text) = String::from_utf8(bytes) {
                tree.texts.insert(path.to_owned(), text);
            }
        }
        Ok(tree)
    }

    /// The files a test names, with their text.
    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        Self {
            paths: files.iter().map(|(path, _)| (*path).to_owned()).collect(),
            texts: files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect(),
        }
    }

    /// Every path, files without readable text included.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.paths.iter().map(String::as_str)
    }

    /// Path and text of each file.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// Path and text of each file whose name ends in `ending`.
    pub(crate) fn ending(&self, ending: &'static str) -> impl Iterator<Item = (&str, &str)> {
        self.texts().filter(move |(path, _)| path.ends_with(ending))
    }

    /// The text of one file.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.texts.get(path).map(String::as_str)
    }

    /// Whether a file or a directory of that path is there. The empty path is the root.
    pub(crate) fn has(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        let below = format!("{path}/");
        path.is_empty()
            || self.paths.contains(path)
            || self.paths.range(below.clone()..).next().is_some_and(|next| next.starts_with(&below))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_there_when_a_file_stands_in_it() {
        let tree = Tree::of(&[("docs/adr/0001-x.md", ""), ("docsy.md", "")]);
        assert!(tree.has("docs/adr/"));
        assert!(tree.has("docs"));
        assert!(tree.has(""));
        assert!(!tree.has("docs/ad"));
    }

    #[test]
    fn the_repository_knows_this_file() {
        let tree = Tree::read(&crate::root().unwrap()).unwrap();
        assert!(tree.text("xtask/src/tree.rs").is_some());
        assert!(tree.paths().all(|path| !path.starts_with("target/")));
    }
}
