//! Noting the statements that run.

use std::sync::{Arc, Mutex, PoisonError};

/// Notes statements while it is told to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Recorder(Arc<Mutex<Option<Vec<String>>>>);

impl Recorder {
    pub(crate) fn note(&self, sql: &str) {
        if let Some(noted) = self.0.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            noted.push(sql.to_owned());
        }
    }

    pub(crate) fn begin(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Vec::new());
    }

    pub(crate) fn end(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default()
    }
}
