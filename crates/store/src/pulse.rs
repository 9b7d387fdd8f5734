//! Whether anything was committed to a SQLite file, told without asking the engine.
//!
//! In WAL mode each commit writes the header of the log's index, which all processes share by the file `…-shm`: a
//! counter, the last frame and checksums (<https://www.sqlite.org/walformat.html#the_wal_index_header>). A commit that was
//! acknowledged stands there. So a header that is the same byte for byte says that nothing was committed since, by
//! this process or by any other. Reading it is two system calls.

use std::{
    fs::File,
    os::unix::fs::{FileExt, MetadataExt},
    path::PathBuf,
    sync::{PoisonError, RwLock},
};

/// Both copies of the header.
const HEADER: usize = 96;

/// The header at a moment.
pub(crate) type Beat = [u8; HEADER];

/// The index of one database.
pub(crate) struct Pulse {
    path: PathBuf,
    /// Whoever looks shares it; it is held alone only while a file is opened.
    index: RwLock<Option<Index>>,
}

impl Pulse {
    /// The pulse of the database in a file; none where what one process maps into its memory is not what another reads
    /// from the file.
    pub(crate) fn of(file: &str) -> Option<Self> {
        let index = || Self { path: PathBuf::from(format!("{file}-shm")), index: RwLock::default() };
        cfg!(target_os = "linux").then(index)
    }

    /// The header now; none when there is no index, as before the first connection.
    pub(crate) fn beat(&self) -> Option<Beat> {
        let known = self.index.read().unwrap_or_else(PoisonError::into_inner).as_ref().and_then(Index::read);
        known.or_else(|| self.open())
    }

    fn open(&self) -> Option<Beat> {
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        // Somebody else may have opened it meanwhile; to open it twice would be to close it once.
        if let Some(beat) = index.as_ref().and_then(Index::read) {
            return Some(beat);
        }
        *index = File::open(&self.path).ok().map(|file| Index(Some(file)));
        index.as_ref().and_then(Index::read)
    }
}

/// The open file. To close any handle of a file gives up all the locks that the process has on it, and SQLite keeps its
/// own there: so the handle stays open for as long as the file is in use, be it for ever.
struct Index(Option<File>);

impl Index {
    fn read(&self) -> Option<Beat> {
        let mut beat = [0; HEADER];
        self.0.as_ref()?.read_exact_at(&mut beat, 0).ok()?;
        self.is_in_use().then_some(beat)
    }

    /// SQLite removes the file with its last connection, and makes another with the next.
    fn is_in_use(&self) -> bool {
        self.0.as_ref().and_then(|file| file.metadata().ok()).is_some_and(|file| file.nlink() > 0)
    }
}

impl Drop for Index {
    fn drop(&mut self) {
        if self.is_in_use() {
            std::mem::forget(self.0.take());
        }
    }
}
