//! What is wrong with an input, in a form every door can show.
//!
//! A rule reports a [`Violation`]: where (a path of input fields), what kind, and what to mend. Several are gathered
//! in [`Violations`] so that a caller mends everything at once.

use std::fmt;

/// The kind of a violation; a closed list that clients may switch on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ViolationCode {
    /// A value that must be given is missing or empty.
    Required,
    /// A value has the wrong form.
    Invalid,
    /// A text or a list is longer than its limit.
    TooLong,
    /// The body's reference marks and the list of references do not agree.
    ReferenceMarkerMismatch,
}

/// One thing that is wrong with an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Input fields from the outside in, list positions as numbers: `["gallery", "2", "caption"]`.
    pub path: Vec<String>,
    /// What kind of mistake it is.
    pub code: ViolationCode,
    /// What to mend, as a sentence without a full stop.
    pub message: String,
}

impl Violation {
    /// A violation of the value itself; [`Violation::at`] adds where it stands.
    #[must_use]
    pub fn new(code: ViolationCode, message: impl Into<String>) -> Self {
        Self { path: Vec::new(), code, message: message.into() }
    }

    /// The value has the wrong form.
    #[must_use]
    pub fn invalid(message: impl fmt::Display) -> Self {
        Self::new(ViolationCode::Invalid, message.to_string())
    }

    /// The same violation one field further out.
    #[must_use]
    pub fn at(mut self, field: impl fmt::Display) -> Self {
        self.path.insert(0, field.to_string());
        self
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.path.join("."), self.message)
        }
    }
}

impl std::error::Error for Violation {}

/// Everything that is wrong with an input. Empty while nothing is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// Nothing wrong yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn push(&mut self, violation: Violation) {
        self.0.push(violation);
    }

    /// Takes the value of a check, or notes what is wrong with the field and goes on.
    pub fn take<T>(&mut self, field: impl fmt::Display, checked: Result<T, impl Into<Violation>>) -> Option<T> {
        match checked {
            Ok(value) => Some(value),
            Err(wrong) => {
                self.push(wrong.into().at(field));
                None
            }
        }
    }

    /// Adds all of a nested input, each one field further out.
    pub fn nest(&mut self, field: impl fmt::Display, inner: Violations) {
        self.0.extend(inner.0.into_iter().map(|violation| violation.at(&field)));
    }

    /// All of them, each one field further out.
    #[must_use]
    pub fn within(self, field: impl fmt::Display) -> Self {
        let mut outer = Self::new();
        outer.nest(field, self);
        outer
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them, in the order they were found.
    pub fn iter(&self) -> impl Iterator<Item = &Violation> {
        self.0.iter()
    }

    /// The value when nothing is wrong, else everything that is.
    ///
    /// # Errors
    /// The violations themselves, when there are any. A missing value without a violation cannot happen by
    /// construction ([`Violations::take`] notes one) and is answered as an empty list of violations.
    pub fn into_result<T>(self, value: Option<T>) -> Result<T, Violations> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(self),
        }
    }
}

impl IntoIterator for Violations {
    type Item = Violation;
    type IntoIter = std::vec::IntoIter<Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl From<Violation> for Violations {
    fn from(violation: Violation) -> Self {
        Self(vec![violation])
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, violation) in self.0.iter().enumerate() {
            if place > 0 {
                f.write_str("; ")?;
            }
            violation.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Violations {}
