//! An article: one language edition of a story, its content, its state and its dates.

mod content;
mod pending;
mod seo;
mod state;
mod transition;

pub use content::{
    ArticleContent, Credit, CreditRole, MediaUsage, PRINTED_BYLINE_CHARS_MAX, RELATED_MAX, TAGS_MAX, check_list_length,
};
pub use pending::Pending;
pub use seo::{SEO_DESCRIPTION_CHARS_MAX, Seo};
pub use state::{Act, ArticleState, ArticleStatus, ForbiddenTransition, Removal, RemovalReason, Window};
pub use transition::{Transition, TransitionKind};

use crate::text_enum::text_enum;

text_enum! {
    /// What sort of piece an article is.
    ArticleKind {
        /// A report.
        News = "NEWS",
        /// An opinion piece.
        Opinion = "OPINION",
        /// An analysis.
        Analysis = "ANALYSIS",
        /// An interview.
        Interview = "INTERVIEW",
        /// A release printed as received.
        PressRelease = "PRESS_RELEASE",
        /// Running coverage of an event.
        Live = "LIVE",
        /// Paid content, to be labelled.
        Sponsored = "SPONSORED",
        /// A standing page (about, imprint, contact), not part of the news flow; lists leave it out unless asked.
        Page = "PAGE",
    }
}
