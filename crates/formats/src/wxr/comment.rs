//! Reader comments. Addresses of people (e-mail, IP) are private and are not read.

use super::{UtcOffset, WpId, WxrDates, date::parse_wordpress_date, element::Element, namespace::Space};

/// Whether a comment was approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Approval {
    /// Approved: it may be public.
    Approved,
    /// Held for moderation.
    Held,
    /// Marked as spam.
    Spam,
    /// In the bin.
    Trash,
    /// Anything else, as written; never public.
    Other(String),
}

/// What a comment is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommentType {
    /// Written by a reader.
    Comment,
    /// A pingback or trackback: another site announcing a link. Never public.
    Ping,
    /// Anything else a plugin keeps among the comments, as written; never public.
    Other(String),
}

/// A comment on an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WxrComment {
    /// `wp:comment_id`.
    pub id: Option<WpId>,
    /// The comment it answers.
    pub parent: Option<WpId>,
    /// The name the reader gave, may be empty.
    pub author: String,
    /// The address of the reader's site, as written; may be empty and may be hostile.
    pub author_url: String,
    /// When it was written.
    pub dates: WxrDates,
    /// The text: HTML from outside, hostile until sanitised.
    pub content: String,
    /// Whether it was approved.
    pub approval: Approval,
    /// What it is.
    pub kind: CommentType,
}

impl WxrComment {
    pub(super) fn read(element: &mut Element) -> Self {
        let value = |local| element.value_of(Space::Wp, local).unwrap_or_default();
        let approval = match value("comment_approved") {
            "1" | "approve" | "approved" => Approval::Approved,
            "0" | "hold" => Approval::Held,
            "spam" => Approval::Spam,
            "trash" | "post-trashed" => Approval::Trash,
            other => Approval::Other(other.to_owned()),
        };
        let kind = match value("comment_type") {
            "" | "comment" => CommentType::Comment,
            "pingback" | "trackback" => CommentType::Ping,
            other => CommentType::Other(other.to_owned()),
        };
        Self {
            id: WpId::parse(value("comment_id")),
            parent: WpId::parse(value("comment_parent")),
            author: value("comment_author").to_owned(),
            author_url: value("comment_author_url").to_owned(),
            dates: WxrDates {
                local: parse_wordpress_date(value("comment_date")),
                gmt: parse_wordpress_date(value("comment_date_gmt")),
                published: None,
            },
            approval,
            kind,
            content: element.take(Space::Wp, "comment_content").unwrap_or_default(),
        }
    }

    /// The instant it was written.
    #[must_use]
    pub fn date_utc(&self, usual: UtcOffset) -> Option<chrono::DateTime<chrono::Utc>> {
        self.dates.utc(usual).map(|(at, _)| at)
    }

    /// Whether the comment may be public, as far as it is up to the comment itself.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.approval == Approval::Approved && self.kind == CommentType::Comment
    }
}
