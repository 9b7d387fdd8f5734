//! What a newsroom is: its values, rules, workflow, policy and events.
//!
//! This crate is pure and synchronous. It never reads a clock, a random source, the environment, a file or a
//! database; whoever calls it passes the instant and the ids in. So every rule here has a test that runs in
//! microseconds.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::as_conversions,
        reason = "a test that meets the impossible should stop there"
    )
)]

pub mod article;
pub mod author;
pub mod body;
pub mod category;
pub mod comment;
pub mod contact;
pub mod correction;
pub mod diff;
pub mod event;
pub mod id;
pub mod language;
pub mod link;
pub mod localization;
pub mod media;
pub mod operation;
pub mod partial_date;
pub mod path;
pub mod policy;
pub mod redirect;
pub mod reference;
pub mod slug;
pub mod source;
pub mod tag;
pub mod text;
mod text_enum;
pub mod time;
pub mod topic;
pub mod user;
pub mod violation;
pub mod web_url;

pub use id::{
    AnyId, ApiKeyId, ArticleId, AuthorId, CategoryId, CommentId, ContactId, CorrectionId, EntityKind, IdError, MediaId,
    OperationId, PreviewTokenId, RedirectId, ReferenceId, SessionId, SourceId, TagId, TranslationGroupId, UserId,
};
pub use language::{LanguageTag, Locales};
pub use localization::Localizations;
pub use slug::Slug;
pub use time::Timestamp;
pub use violation::{Violation, ViolationCode, Violations};
pub use web_url::WebUrl;
