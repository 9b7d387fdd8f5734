//! Acts on articles.

mod changes;
mod create;
mod loaded;
mod resolve;
mod state;
mod translation;
mod update;

pub use changes::ArticleChanges;
pub use create::{ArticleDraft, History, create, import};
pub use state::{Publication, delete, publish, unpublish};
pub use translation::{Target, link_translation, unlink_translation};
pub use update::{set_references, update};
