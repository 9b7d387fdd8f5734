//! Where in a body something stands, for errors that say where.

use super::{BodyError, BodyProblem};

/// A place in the JSON of a body. Kept as steps, because the pointer is written only for an error.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    parent: Option<&'a Self>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Root,
    Key(&'a str),
    Index(usize),
}

impl<'a> Place<'a> {
    pub(super) fn root() -> Self {
        Self { parent: None, step: Step::Root }
    }

    pub(super) fn key(&'a self, key: &'a str) -> Self {
        Self { parent: Some(self), step: Step::Key(key) }
    }

    pub(super) fn index(&'a self, index: usize) -> Self {
        Self { parent: Some(self), step: Step::Index(index) }
    }

    // RFC 6901.
    pub(super) fn pointer(&self) -> String {
        let before = self.parent.map(Self::pointer).unwrap_or_default();
        match self.step {
            Step::Root => before,
            Step::Key(key) => format!("{before}/{}", key.replace('~', "~0").replace('/', "~1")),
            Step::Index(index) => format!("{before}/{index}"),
        }
    }

    pub(super) fn fault(&self, problem: BodyProblem) -> BodyError {
        BodyError::new(self.pointer(), problem)
    }

    pub(super) fn expected(&self, expected: &'static str) -> BodyError {
        self.fault(BodyProblem::WrongType { expected })
    }

    pub(super) fn invalid(&self, reason: &'static str) -> BodyError {
        self.fault(BodyProblem::InvalidValue { reason })
    }
}
