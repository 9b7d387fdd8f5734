//! The transactions of an import: a few hundred things in each, all or nothing.

use masthead_app::{App, AppResult, Caller, Door, Work};
use masthead_store::change_log;

/// How many things one transaction holds. A running server waits for the write lock of SQLite no longer than this
/// many things take.
const BATCH: u32 = 200;

/// Opens a work when something is to be written and commits it when it is full. A dry run keeps one work to its end
/// and drops it, so that it meets every clash a real run would.
pub(super) struct Batches<'a> {
    app: &'a App,
    caller: &'a Caller,
    is_dry: bool,
    work: Option<Work<'a>>,
    held: u32,
    read: u32,
}

impl<'a> Batches<'a> {
    pub(super) fn new(app: &'a App, caller: &'a Caller, is_dry: bool) -> Self {
        Self { app, caller, is_dry, work: None, held: 0, read: 0 }
    }

    /// The open work; what was known before it opened is still true, for nobody else imports this site.
    pub(super) async fn work(&mut self) -> AppResult<&Work<'a>> {
        let work = match self.work.take() {
            Some(work) => work,
            None => self.app.begin_through(&Door::command_line("import"), self.caller).await?,
        };
        Ok(self.work.insert(work))
    }

    /// One item was read, written or not. An open transaction in which nothing happens for seconds is ended by
    /// PostgreSQL, so it is ended or kept busy here.
    pub(super) async fn item_read(&mut self) -> AppResult<()> {
        self.read += 1;
        if !self.read.is_multiple_of(BATCH) {
            return Ok(());
        }
        match &self.work {
            Some(work) if self.is_dry => {
                change_log::is_empty(&work.tx).await?;
                Ok(())
            }
            Some(_) | None => self.flush().await,
        }
    }

    /// One thing is whole: the work may end here.
    pub(super) async fn thing_done(&mut self) -> AppResult<()> {
        self.held += 1;
        if self.held >= BATCH { self.flush().await } else { Ok(()) }
    }

    /// Makes what is done durable, unless the run is dry.
    pub(super) async fn flush(&mut self) -> AppResult<()> {
        self.held = 0;
        if self.is_dry {
            return Ok(());
        }
        match self.work.take() {
            Some(work) => work.commit().await,
            None => Ok(()),
        }
    }
}
