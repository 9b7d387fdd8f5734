//! Whether anything was committed to a SQLite file, told without asking the engine.
//!
//! In WAL mode each commit writes the header of the log's index, which all processes share by the file `…-shm`: a
//! counter, the last frame and checksums (<https://www.sqlite.org/walformat.html#the_wal_index_header>). A commit that was
//! acknowledged stands there. So a header that is the same byte for byte says that nothing was committed since, by
//! this process or by any other. Reading it is one system call.

use std::{
    fs::File,
    os::unix::fs::{FileExt, MetadataExt},
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
};

use crate::direct::Direct;

/// Both copies of the header.
const HEADER: usize = 96;

/// The header at a moment.
pub(crate) type Beat = [u8; HEADER];

/// The index of one database.
pub(crate) struct Pulse {
    path: PathBuf,
    /// What holds the database open.
    direct: Arc<Direct>,
    /// Whoever looks shares it; it is held alone only while a file is opened.
    index: RwLock<Option<Index>>,
}

impl Pulse {
    /// The pulse of the database in a file; none where what one process maps into its memory is not what another reads
    /// from the file.
    pub(crate) fn of(file: &str, direct: &Arc<Direct>) -> Option<Self> {
        let (path, direct) = (PathBuf::from(format!("{file}-shm")), Arc::clone(direct));
        cfg!(target_os = "linux").then(|| Self { path, direct, index: RwLock::default() })
    }

    /// The header now; none when there is no index, as before the first connection.
    pub(crate) fn beat(&self) -> Option<Beat> {
        // The guard ends with the statement: opening wants to be alone.
        let known = self.known(self.index.read().unwrap_or_else(PoisonError::into_inner).as_ref());
        known.or_else(|| self.open())
    }

    /// What an open index says, when it is the one that is in use. SQLite removes the file with its last connection, and
    /// makes another with the next; not while one of ours stays open.
    fn known(&self, index: Option<&Index>) -> Option<Beat> {
        let index = index?;
        let is_held = index.was_held && self.direct.is_held();
        index.read().filter(|_| is_held || index.is_in_use())
    }

    fn open(&self) -> Option<Beat> {
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        // Somebody else may have opened it meanwhile; to open it twice would be to close it once.
        if let Some(beat) = self.known(index.as_ref()) {
            return Some(beat);
        }
        let was_held = self.direct.is_held();
        *index = File::open(&self.path).ok().map(|file| Index { file: Some(file), was_held });
        self.known(index.as_ref())
    }
}

/// The open file. To close any handle of a file gives up all the locks that the process has on it, and SQLite keeps its
/// own there: so the handle stays open for as long as the file is in use, be it for ever.
struct Index {
    file: Option<File>,
    /// Whether a connection of ours was open before.
    was_held: bool,
}

impl Index {
    fn read(&self) -> Option<Beat> {
        let mut beat = [0; HEADER];
        self.file.as_ref()?.read_exact_at(&mut beat, 0).ok()?;
        Some(beat)
    }

    fn is_in_use(&self) -> bool {
        self.file.as_ref().and_then(|file| file.metadata().ok()).is_some_and(|file| file.nlink() > 0)
    }
}

impl Drop for Index {
    fn drop(&mut self) {
        if self.is_in_use() {
            std::mem::forget(self.file.take());
        }
    }
}
