//! Selects, read past the pool.
//!
//! The pool asks a connection for a sign of life before and after each statement, and on SQLite it hands each statement over
//! to another thread: for short reads, of which every page needs some, that costs more than the reading. So they are read
//! [on this thread](sqlite) or over [connections that are kept](postgres). Everything else goes the pool's way.

mod idle;
mod postgres;
mod sqlite;

use std::sync::OnceLock;

use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, Statement};

pub(crate) use self::{
    postgres::Kept,
    sqlite::{Inline, PRAGMAS, STATEMENTS},
};
use crate::placed::Row;

/// What selects are asked of.
pub trait Connection: ConnectionTrait {
    /// How they are read past the pool; none where they are not, as within a transaction.
    fn direct(&self) -> Option<&Direct> {
        None
    }
}

impl Connection for DatabaseConnection {}
impl Connection for DatabaseTransaction {}

/// The short way to one database.
pub struct Direct {
    way: Way,
    note: OnceLock<Note>,
}

/// What is called with a statement.
type Note = Box<dyn Fn(&Statement) + Send + Sync>;

pub(crate) enum Way {
    Sqlite(Inline),
    Postgres(Kept),
}

impl Direct {
    pub(crate) fn new(way: Way) -> Self {
        Self { way, note: OnceLock::new() }
    }

    /// The rows of a select; none when the pool is to be asked after all.
    pub(crate) async fn rows<R: Row>(&self, statement: &Statement) -> Result<Option<Vec<R>>, DbErr> {
        let rows = match &self.way {
            Way::Sqlite(inline) => inline.rows(statement),
            // Boxed: every reading would carry it along, on SQLite too.
            Way::Postgres(kept) => Box::pin(kept.rows(statement)).await.map(Some)?,
        };
        if let (Some(note), Some(_)) = (self.note.get(), &rows) {
            note(statement);
        }
        Ok(rows)
    }

    /// Calls a function with each statement that is answered here.
    pub(crate) fn on_statement(&self, note: impl Fn(&Statement) + Send + Sync + 'static) {
        drop(self.note.set(Box::new(note)));
    }

    /// Whether a connection to SQLite's file stays open until [`Self::close`].
    pub(crate) fn is_held(&self) -> bool {
        matches!(&self.way, Way::Sqlite(inline) if inline.is_held())
    }

    /// Gives back every connection; from now on the pool is asked.
    pub(crate) fn close(&self) {
        match &self.way {
            Way::Sqlite(inline) => inline.close(),
            Way::Postgres(kept) => kept.close(),
        }
    }
}
