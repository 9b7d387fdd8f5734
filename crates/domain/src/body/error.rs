//! Why a body was refused, and where in it.

use std::fmt;

use crate::violation::{Violation, ViolationCode};

/// A body that cannot be taken, with the place of the fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyError {
    path: String,
    problem: BodyProblem,
}

impl BodyError {
    pub(super) fn new(path: impl Into<String>, problem: BodyProblem) -> Self {
        Self { path: path.into(), problem }
    }

    /// JSON pointer (RFC 6901) to the faulty value; empty for the body as a whole.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong there.
    pub fn problem(&self) -> &BodyProblem {
        &self.problem
    }
}

impl fmt::Display for BodyError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            write!(out, "body: {}", self.problem)
        } else {
            write!(out, "body at {}: {}", self.path, self.problem)
        }
    }
}

impl std::error::Error for BodyError {}

/// The same for whoever shows faults by input field; the path of the JSON becomes the fields.
impl From<BodyError> for Violation {
    fn from(error: BodyError) -> Self {
        let code = match error.problem {
            BodyProblem::Missing { .. } | BodyProblem::ImageWithoutSource => ViolationCode::Required,
            BodyProblem::UnsupportedVersion { .. }
            | BodyProblem::UnknownKey { .. }
            | BodyProblem::WrongType { .. }
            | BodyProblem::UnknownKind { .. }
            | BodyProblem::InvalidValue { .. }
            | BodyProblem::DuplicateKey { .. } => ViolationCode::Invalid,
            BodyProblem::TooManyBlocks { .. }
            | BodyProblem::TooDeep { .. }
            | BodyProblem::TooMuchText { .. }
            | BodyProblem::TooManyParts { .. }
            | BodyProblem::TableTooLarge { .. } => ViolationCode::TooLong,
        };
        let mut violation = Self::new(code, error.problem.to_string());
        let fields = error.path.split('/').skip(1);
        violation.path = fields.map(|field| field.replace("~1", "/").replace("~0", "~")).collect();
        violation
    }
}

/// The kinds of fault a body can have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BodyProblem {
    /// The `version` is one this server does not read.
    #[error("version {found} is not supported, only 1 is")]
    UnsupportedVersion {
        /// The version as it stood in the JSON.
        found: String,
    },
    /// A required key is absent.
    #[error("key `{name}` is missing")]
    Missing {
        /// The absent key.
        name: &'static str,
    },
    /// A key that this place does not have; refused so that a typing error is not lost content.
    #[error("unknown key `{name}`")]
    UnknownKey {
        /// The key that is not known here.
        name: String,
    },
    /// A value of another JSON type than this place takes.
    #[error("expected {expected}")]
    WrongType {
        /// What belongs here, in words.
        expected: &'static str,
    },
    /// A `kind` that is none of the kinds of this place, on a block without `html`.
    #[error("unknown kind `{kind}`")]
    UnknownKind {
        /// The kind as it stood.
        kind: String,
    },
    /// A value of the right type that breaks a rule.
    #[error("invalid value: {reason}")]
    InvalidValue {
        /// The rule, in words.
        reason: &'static str,
    },
    /// Two blocks carry one key.
    #[error("block key `{key}` stands twice")]
    DuplicateKey {
        /// The repeated key.
        key: String,
    },
    /// An image that says neither `media` nor `url`.
    #[error("an image needs `media` or `url`")]
    ImageWithoutSource,
    /// More blocks than [`BLOCKS_MAX`](super::limits::BLOCKS_MAX).
    #[error("more than {max} blocks")]
    TooManyBlocks {
        /// The limit.
        max: usize,
    },
    /// Lists nested deeper than [`NESTING_MAX`](super::limits::NESTING_MAX).
    #[error("lists nested deeper than {max}")]
    TooDeep {
        /// The limit.
        max: usize,
    },
    /// More text than [`TEXT_BYTES_MAX`](super::limits::TEXT_BYTES_MAX).
    #[error("more than {max} bytes of text")]
    TooMuchText {
        /// The limit.
        max: usize,
    },
    /// More spans, list items, table cells and gallery items than [`PARTS_MAX`](super::limits::PARTS_MAX).
    #[error("more than {max} spans, items and cells")]
    TooManyParts {
        /// The limit.
        max: usize,
    },
    /// A table larger than [`TABLE_ROWS_MAX`](super::limits::TABLE_ROWS_MAX) by
    /// [`TABLE_COLUMNS_MAX`](super::limits::TABLE_COLUMNS_MAX).
    #[error("table larger than {rows_max} rows by {columns_max} columns")]
    TableTooLarge {
        /// The limit of rows.
        rows_max: usize,
        /// The limit of columns.
        columns_max: usize,
    },
}
