//! What can go wrong with the database, by what the caller can do about it.

use sea_orm::{DbErr, RuntimeErr};

use crate::constraint::{self, Constraint};

/// The answer of every function here.
pub type StoreResult<T> = Result<T, StoreError>;

/// Why the database did not do what was asked. A missing row is no error: it is `Ok(None)`.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// A rule that the database keeps would be broken.
    #[error("the constraint {0:?} would be broken")]
    Constraint(Constraint),
    /// The row is no longer at the version the change was made for, or it is gone.
    #[error("the row has changed since it was read")]
    Stale,
    /// A row holds what no code of ours would write.
    #[error("corrupt row {id} in {table}: {what}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The row's id, printed.
        id: String,
        /// What is wrong with it.
        what: String,
    },
    /// The database is away or has no connection to give; trying again later may help.
    #[error("the database is not available")]
    Unavailable(#[source] DbErr),
    /// The database refused for another reason; a fault of ours.
    #[error("a database statement failed")]
    Statement(#[source] DbErr),
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        if let Some(constraint) = constraint::of(&error) {
            return Self::Constraint(constraint);
        }
        match error {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => Self::Unavailable(error),
            busy if is_busy(&busy) => Self::Unavailable(busy),
            other => Self::Statement(other),
        }
    }
}

/// The states in which PostgreSQL says "not now": a lock not had in time, a deadlock, a time limit, no connection left,
/// an administrator's stop; and `SQLITE_BUSY` with its kinds.
const BUSY: &[&str] =
    &["55P03", "40P01", "40001", "57014", "53300", "57P01", "57P02", "57P03", "25P03", "5", "261", "517", "773"];

fn is_busy(error: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause))) = error else {
        return false;
    };
    match cause.as_database_error() {
        Some(refusal) => refusal.code().is_some_and(|code| BUSY.contains(&code.as_ref())),
        // Nothing that the database said: the connection was lost on the way.
        None => matches!(
            **cause,
            sea_orm::SqlxError::Io(_) | sea_orm::SqlxError::PoolTimedOut | sea_orm::SqlxError::PoolClosed
        ),
    }
}
