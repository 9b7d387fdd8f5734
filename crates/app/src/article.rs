//! Acts on articles.
//!
//! Each begins with `loaded`, what it finds, and ends in `settle`, which writes the row, the content, the history and
//! the change log in step.

mod bulk;
mod changes;
mod correct;
mod create;
mod loaded;
mod publish;
mod purge;
mod remove;
mod resolve;
mod review;
mod settle;
mod translation;
mod update;

pub use bulk::{BULK_ARTICLES_MAX, Bulk, BulkAct, BulkDone, BulkTarget, Filing, bulk};
pub use changes::ArticleChanges;
pub use correct::{Correcting, compare, correct, difference};
pub use create::{ArticleDraft, History, create, import};
pub use loaded::said;
pub(crate) use loaded::scope_of;
pub use publish::{Publication, Schedule, publish, schedule};
pub use purge::purge_deleted;
pub use remove::{Takedown, delete, kill, restore, unpublish, withdraw};
pub use review::{return_to_draft, submit};
pub use settle::{SUMMARY_CHARS_MAX, Summary};
pub use translation::{Target, link_translation, unlink_translation};
pub use update::{Edit, restore_revision, set_references, update};
