//! Why a database cannot be had, for whoever has to mend it.

use sea_orm::{DbErr, RuntimeErr, SqlxError};

use crate::error::StoreError;

/// What keeps us from a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The address names no engine we know, or cannot be read.
    Address,
    /// The file or its folder cannot be opened, made or written.
    File,
    /// The file holds something else.
    NotADatabase,
    /// The server does not know this user or their password.
    Credentials,
    /// The server has no database of this name.
    NoSuchDatabase,
    /// Nothing answers, or not now.
    Away,
}

impl StoreError {
    /// What keeps us from the database, when opening it failed.
    #[must_use]
    pub fn trouble(&self) -> Trouble {
        let (Self::Unavailable(cause) | Self::Statement(cause)) = self else { return Trouble::Away };
        let cause = match cause {
            DbErr::Conn(RuntimeErr::SqlxError(cause))
            | DbErr::Exec(RuntimeErr::SqlxError(cause))
            | DbErr::Query(RuntimeErr::SqlxError(cause)) => cause,
            DbErr::Custom(_) => return Trouble::File,
            DbErr::Conn(RuntimeErr::Internal(_)) | DbErr::BackendNotSupported { .. } => return Trouble::Address,
            _ => return Trouble::Away,
        };
        match (&**cause, cause.as_database_error().and_then(|error| error.code()).as_deref()) {
            (SqlxError::Configuration(_), _) => Trouble::Address,
            // PostgreSQL's SQLSTATE, then SQLite's result codes.
            (_, Some("28000" | "28P01")) => Trouble::Credentials,
            (_, Some("3D000")) => Trouble::NoSuchDatabase,
            (_, Some("26")) => Trouble::NotADatabase,
            (_, Some("8" | "10" | "13" | "14" | "1032" | "1544")) => Trouble::File,
            _ => Trouble::Away,
        }
    }
}
