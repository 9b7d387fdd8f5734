//! Noting the statements that run.

use std::sync::{Arc, Mutex, PoisonError};

use sea_orm::Statement;

/// Notes statements while it is told to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Recorder(Arc<Mutex<Option<Vec<Statement>>>>);

impl Recorder {
    pub(crate) fn note(&self, statement: &Statement) {
        if let Some(noted) = self.0.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            noted.push(statement.clone());
        }
    }

    pub(crate) fn begin(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Vec::new());
    }

    pub(crate) fn end(&self) -> Vec<Statement> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default()
    }
}
