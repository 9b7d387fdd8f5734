//! Links below an article: "Visit", "Read online", "Download".

use crate::{LanguageTag, WebUrl, text::Label, text_enum::text_enum};

text_enum! {
    /// What following a link does.
    LinkKind {
        /// Visit a place or site.
        Visit = "VISIT",
        /// Read the thing online.
        ReadOnline = "READ_ONLINE",
        /// Download a file.
        Download = "DOWNLOAD",
        /// Something related.
        Related = "RELATED",
        /// Where it came from.
        Source = "SOURCE",
        /// A page of a social network.
        Social = "SOCIAL",
        /// Anything else.
        Other = "OTHER",
    }
}

/// One link of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleLink {
    /// What following it does.
    pub kind: LinkKind,
    /// The words shown; clients name the kind when absent.
    pub label: Option<Label>,
    /// Where it leads.
    pub url: WebUrl,
    /// The language of what is there.
    pub language: Option<LanguageTag>,
}
