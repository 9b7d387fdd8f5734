//! Why an act was not done, by what the caller can do about it.

use masthead_domain::{
    AnyId, EntityKind, Slug, Violation, Violations,
    article::ForbiddenTransition,
    category::TreeError,
    policy::Refusal,
    redirect::{Astray, SitePath},
};
use masthead_store::StoreError;

/// The answer of every act.
pub type AppResult<T> = Result<T, AppError>;

/// Why an act was not done. Nothing of it remains.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The input breaks rules; mend what is listed.
    #[error("the input is not valid: {0}")]
    Invalid(Violations),
    /// Something the input names is not there, or not for this caller.
    #[error("there is no such {}", kind.name())]
    NotFound {
        /// What was looked for.
        kind: EntityKind,
        /// Where the input names it.
        path: Vec<String>,
    },
    /// The address is taken.
    #[error("the slug `{slug}` is taken")]
    SlugTaken {
        /// The slug asked for.
        slug: Slug,
        /// A free one like it.
        suggestion: Option<Slug>,
        /// Who has it, when the caller may know.
        held_by: Option<AnyId>,
    },
    /// The thing is kept already, under another id.
    #[error("{} with this {identity} is kept already", kind.words())]
    AlreadyExists {
        /// What it is.
        kind: EntityKind,
        /// The field that both share, by its name in the API.
        identity: &'static str,
        /// Where the input names it.
        path: Vec<String>,
        /// Which one it is.
        held_by: AnyId,
    },
    /// Readers see something at the path.
    #[error("readers see {} at `{path}`", held_by.kind().words())]
    PathTaken {
        /// The path.
        path: SitePath,
        /// What they see there.
        held_by: AnyId,
    },
    /// Redirects would lead nowhere.
    #[error("{how}")]
    Astray {
        /// The input field that leads astray.
        field: &'static str,
        /// In which way.
        how: Astray,
    },
    /// The thing has changed since the caller read it.
    #[error("the version is {current}, not {expected}")]
    VersionConflict {
        /// The input field that gives the version.
        field: &'static str,
        /// The version the caller knew.
        expected: i64,
        /// The version it has.
        current: i64,
        /// What changed in between, by field.
        changed_fields: Vec<String>,
    },
    /// The thing cannot go while others use it.
    #[error("{} is still used{}", kind.words(), times(*uses))]
    InUse {
        /// What it is.
        kind: EntityKind,
        /// How often it is used, when the caller may know: it counts uses by what is hidden too.
        uses: Option<u64>,
    },
    /// The act does not fit the article's state.
    #[error(transparent)]
    Transition(#[from] ForbiddenTransition),
    /// The category cannot stand there.
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// The caller may not do this.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// An act on several things has mistakes, each at its place in the input.
    #[error("{} mistakes stand in the way", .0.len())]
    Several(Vec<Placed>),
    /// The database did not do its part.
    #[error("the database failed")]
    Store(#[from] StoreError),
    /// The request was taken for dead, and another that is its like has its key.
    #[error("the request was taken over by its repetition")]
    KeyTakenOver,
    /// What cannot happen happened; a fault of ours.
    #[error("internal: {0}")]
    Internal(&'static str),
}

/// A mistake in one of several things.
#[derive(Debug)]
pub struct Placed {
    /// Where the input names the thing; empty for what concerns none in particular.
    pub path: Vec<String>,
    /// What is wrong with it; its own path begins there.
    pub error: AppError,
}

impl AppError {
    /// Whether it is a mistake in what the input says of one thing. After anything else an act has nothing to go on with.
    pub(crate) const fn is_mendable(&self) -> bool {
        match self {
            Self::Invalid(_)
            | Self::NotFound { .. }
            | Self::SlugTaken { .. }
            | Self::AlreadyExists { .. }
            | Self::PathTaken { .. }
            | Self::Astray { .. }
            | Self::VersionConflict { .. }
            | Self::InUse { .. }
            | Self::Transition(_)
            | Self::Tree(_) => true,
            Self::Several(_) | Self::Refused(_) | Self::Store(_) | Self::KeyTakenOver | Self::Internal(_) => false,
        }
    }

    /// Something named by the input field at this path is missing.
    pub fn missing(kind: EntityKind, path: &[&str]) -> Self {
        Self::NotFound { kind, path: path.iter().map(|&field| field.to_owned()).collect() }
    }
}

impl From<Violations> for AppError {
    fn from(violations: Violations) -> Self {
        Self::Invalid(violations)
    }
}

impl From<Violation> for AppError {
    fn from(violation: Violation) -> Self {
        Self::Invalid(violation.into())
    }
}

fn times(uses: Option<u64>) -> String {
    uses.map(|uses| format!(" {uses} times")).unwrap_or_default()
}

/// An error as a log field that shows its whole chain of causes.
#[must_use]
pub fn cause<'a>(error: &'a (dyn std::error::Error + 'static)) -> &'a (dyn std::error::Error + 'static) {
    error
}
