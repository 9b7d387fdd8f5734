//! What becomes of an item by its type and state.

use masthead_domain::{
    Timestamp,
    article::{ArticleKind, ArticleState},
    time,
};
use masthead_formats::wxr::{PostStatus, PostType, WxrItem};

use super::{note::ImportNote, origin::Origin, run::ImportOptions};

/// Types that hold no content of a newsroom: menus, templates, settings and old versions.
const NOT_CONTENT: &[&str] = &[
    "(none)",
    "acf-field",
    "acf-field-group",
    "attachment_revision",
    "custom_css",
    "customize_changeset",
    // Its name goes to the author; see `people`.
    "guest-author",
    "nav_menu_item",
    "oembed_cache",
    "revision",
    "user_request",
    "wp_block",
    "wp_font_face",
    "wp_font_family",
    "wp_global_styles",
    "wp_navigation",
    "wp_template",
    "wp_template_part",
];

/// What becomes of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// An article of this kind.
    Article(ArticleKind),
    /// A media record.
    Media,
    /// Nothing, for it is no content.
    NotContent,
    /// Nothing, for nobody said what its type means here.
    TypeSkipped,
    /// Nothing, for it was in the bin, private, or never used.
    StatusSkipped,
}

/// What becomes of an item.
pub(super) fn of(item: &WxrItem, options: &ImportOptions) -> Fate {
    let kind = match &item.post_type {
        PostType::Attachment => {
            return if item.is_public_file() { Fate::Media } else { Fate::StatusSkipped };
        }
        PostType::Post => ArticleKind::News,
        PostType::Page => ArticleKind::Page,
        PostType::Other(_) => match options.types.get(item.post_type.as_str()) {
            Some(kind) => *kind,
            None if NOT_CONTENT.contains(&item.post_type.as_str()) => return Fate::NotContent,
            None => return Fate::TypeSkipped,
        },
    };
    match &item.status {
        PostStatus::Trash | PostStatus::Inherit => Fate::StatusSkipped,
        PostStatus::Other(word) if word == "auto-draft" => Fate::StatusSkipped,
        PostStatus::Publish
        | PostStatus::Future
        | PostStatus::Draft
        | PostStatus::Pending
        | PostStatus::Private
        | PostStatus::Other(_) => Fate::Article(kind),
    }
}

/// Where an article stands, and its dates.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Standing {
    pub(super) state: ArticleState,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    /// What is to be told of it.
    pub(super) notes: Vec<ImportNote>,
}

impl Standing {
    /// Where an item stands at this instant. Nothing that readers did not see there is shown to readers here.
    pub(super) fn of(item: &WxrItem, origin: &Origin, now: Timestamp) -> Self {
        let date = item.date_utc(origin.offset).map(|(at, _)| time::cut(at));
        let modified = item.modified_utc(origin.offset).map(time::cut);
        let mut notes = Vec::new();
        let mut draft = |why| {
            notes.push(why);
            ArticleState::Draft
        };
        let state = match &item.status {
            _ if item.has_password => draft(ImportNote::PasswordDraft),
            PostStatus::Publish => {
                let at = date.unwrap_or_else(|| {
                    notes.push(ImportNote::DateFromExport);
                    origin.exported_at.unwrap_or(now).min(now)
                });
                ArticleState::Published { at }
            }
            PostStatus::Future => match date.filter(|at| *at > now) {
                Some(at) => ArticleState::Published { at },
                None => draft(ImportNote::SchedulePassed),
            },
            PostStatus::Pending => ArticleState::InReview { at: modified.or(date).unwrap_or(now).min(now) },
            PostStatus::Draft => ArticleState::Draft,
            PostStatus::Private => draft(ImportNote::PrivateDraft),
            PostStatus::Trash | PostStatus::Inherit | PostStatus::Other(_) => draft(ImportNote::StatusUnknown),
        };
        let created_at = date.or(state.published_at()).or(modified).unwrap_or(now).min(now);
        let updated_at = modified.unwrap_or(created_at).min(now).max(created_at);
        if item.is_sticky {
            notes.push(ImportNote::Sticky);
        }
        Self { state, created_at, updated_at, notes }
    }

    /// Whether readers see it at this instant.
    pub(super) fn is_public(&self, now: Timestamp) -> bool {
        self.state.published_at().is_some_and(|at| at <= now)
    }

    /// The status in one word.
    pub(super) fn word(&self, now: Timestamp) -> &'static str {
        self.state.status(now).as_str()
    }
}
