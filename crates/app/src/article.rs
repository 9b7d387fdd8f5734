//! Acts on articles.

mod changes;
mod create;
mod loaded;
mod purge;
mod resolve;
mod state;
mod update;

pub use changes::ArticleChanges;
pub use create::{ArticleDraft, History, create, import};
pub use purge::purge_deleted;
pub use state::{Publication, delete, publish, unpublish};
pub use update::{set_references, update};
