//! `masthead import wxr`: a WordPress export becomes part of the newsroom.
//!
//! The file is read three times and never held: once to see that it is sound to its end (`wxr::survey`), once for
//! files and addresses, once for articles. Everything is written by acts of `masthead-app` in transactions of some
//! hundred things, and each thing is remembered under its name in WordPress, so that importing again changes nothing.
//! What people can read of it is in `docs/importing.md`.
//!
//! This module must not read XML or turn markup into bodies; `masthead-formats` does.

mod article;
mod batch;
mod categories;
mod command;
mod comments;
mod content;
mod editions;
mod error;
mod fate;
mod fingerprint;
mod known;
mod links;
mod media;
mod note;
mod origin;
mod people;
mod pictures;
mod progress;
mod references;
mod report;
mod run;
mod slug;
mod summary;
mod tags;

pub use command::{WxrArgs, import_file};
pub use error::ImportError;
pub use note::ImportNote;
pub use progress::{Phase, Progress};
pub use report::{Count, Counts, Entry, Renaming, Report, SiteLine, Subject};
pub use run::{ImportOptions, Open, wxr};
