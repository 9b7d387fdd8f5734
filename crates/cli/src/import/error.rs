//! Why an import did not go through.

use std::{io, path::PathBuf};

use masthead_app::AppError;
use masthead_formats::wxr::WxrError;
use masthead_store::StoreError;

/// Why an import did not go through.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file is no export, or broken. Nothing was imported.
    #[error("{0}; nothing was imported")]
    Broken(WxrError),
    /// The file cannot be opened. Nothing was imported.
    #[error("{} cannot be read; nothing was imported", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The name is that of a folder or device. Nothing was imported.
    #[error("{} is no file; give the .xml file that WordPress exports; nothing was imported", .0.display())]
    NotAFile(PathBuf),
    /// The report cannot be written, which was found out before anything was imported.
    #[error("the report {} cannot be written; nothing was imported", path.display())]
    ReportUnwritable {
        /// Where it was to be.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The import went through, but its report could not be kept.
    #[error("everything was imported, but the report {} could not be written: {source}", path.display())]
    ReportLost {
        /// Where it was to be.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file was sound and is no longer: somebody writes to it.
    #[error(
        "the file changed while it was read ({0}); what was imported until then is whole, and importing again goes on \
         from there"
    )]
    Changed(WxrError),
    /// The database stopped the import.
    #[error(
        "the import stopped at {at}; what was imported until then is whole, and importing again goes on from there"
    )]
    Stopped {
        /// The thing that was being imported.
        at: String,
        /// Why.
        #[source]
        source: AppError,
    },
}

impl ImportError {
    /// The database failed while it was read.
    pub(super) fn store(error: StoreError) -> Self {
        Self::stopped("reading what is here already", error)
    }

    /// The database stopped the import at this thing.
    pub(super) fn stopped(at: impl Into<String>, error: impl Into<AppError>) -> Self {
        Self::Stopped { at: at.into(), source: error.into() }
    }

    /// The line and column of the fault in the file, when it has one.
    #[must_use]
    pub fn position(&self) -> Option<(u64, Option<u64>)> {
        match self {
            Self::Broken(error) | Self::Changed(error) => error.position(),
            Self::Unreadable { .. }
            | Self::NotAFile(_)
            | Self::ReportUnwritable { .. }
            | Self::ReportLost { .. }
            | Self::Stopped { .. } => None,
        }
    }
}
