//! Readers' comments.

use crate::{text::Label, text_enum::text_enum};

/// The longest comment, in bytes of HTML.
pub const COMMENT_BYTES_MAX: usize = 20_000;

text_enum! {
    /// Whether readers see a comment.
    CommentStatus {
        /// They do.
        Visible = "VISIBLE",
        /// It waits for a moderator.
        Pending = "PENDING",
        /// A moderator hid it.
        Hidden = "HIDDEN",
        /// It is advertising.
        Spam = "SPAM",
    }
}

/// What a reader writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentContent {
    /// The name shown.
    pub author_name: Label,
    /// The text as safe HTML; made by the edge that sanitised it.
    pub body: String,
}
