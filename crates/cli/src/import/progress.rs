//! How far an import is.

/// What an import is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Reading the file to its end, to see whether it is sound.
    Survey,
    /// Reading it again for files and addresses.
    Media,
    /// Authors.
    Authors,
    /// Categories and tags.
    Terms,
    /// Articles, pages and comments.
    Articles,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What it is doing.
    pub phase: Phase,
    /// How many things are done.
    pub done: u64,
    /// How many things there are; 0 while nobody knows.
    pub total: u64,
}

impl Phase {
    /// The phase in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Survey => "reading the file",
            Self::Media => "media",
            Self::Authors => "authors",
            Self::Terms => "categories and tags",
            Self::Articles => "articles",
        }
    }
}
