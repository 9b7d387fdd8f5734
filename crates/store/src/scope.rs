//! Who reads, and as of when.

use masthead_domain::{Timestamp, policy::Visibility};

/// Which content a read sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Perspective {
    /// What readers see.
    #[default]
    Published,
    /// Every article the caller may see, whatever its state.
    Latest,
    /// What the caller may see and readers do not: articles, and changes that wait.
    Draft,
    /// Deleted articles that can still be restored.
    Deleted,
}

/// The frame of a read: made once for a request's root field and handed to everything below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReadScope {
    /// The widest the caller may look.
    pub visibility: Visibility,
    /// What the caller asked to see.
    pub perspective: Perspective,
    /// The instant the answer is true for.
    pub now: Timestamp,
}

impl ReadScope {
    /// What anybody sees at an instant.
    #[must_use]
    pub fn public(now: Timestamp) -> Self {
        Self { visibility: Visibility::Public, perspective: Perspective::Published, now }
    }

    /// Everything, for acts that load what they are about to change.
    #[must_use]
    pub fn all(now: Timestamp) -> Self {
        Self { visibility: Visibility::All, perspective: Perspective::Latest, now }
    }
}

/// Which of the things that articles share (tags, sources, media records) a read sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LibraryScope {
    /// All that are kept: for those who choose from them, and for acts.
    Whole,
    /// Those in use before readers.
    Shown {
        /// The instant the answer is true for.
        at: Timestamp,
    },
}
