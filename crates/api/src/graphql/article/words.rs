//! The words of articles: closed lists, each mirroring one of the domain.

use async_graphql::Enum;
use masthead_domain::{article as domain, link};

/// Which content a read sees. `PUBLISHED` is the default and the only one for callers without leave to read drafts;
/// asking for another one without leave is an error, never a smaller answer.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[graphql(remote = "masthead_store::Perspective")]
pub(crate) enum Perspective {
    /// What readers see now.
    Published,
    /// Every article the caller may see, whatever its state, with the changes that wait beside it; filters and orders go by
    /// what is published. Contributors see what readers see, and their own.
    Latest,
    /// What the caller may see and readers do not: drafts, scheduled, embargoed, expired and unpublished articles, and
    /// published ones beside which changes wait.
    Draft,
    /// Deleted articles that can still be restored.
    Deleted,
}

/// What sort of piece an article is.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[graphql(remote = "domain::ArticleKind")]
pub(crate) enum ArticleKind {
    /// A report.
    News,
    /// An opinion piece.
    Opinion,
    /// An analysis.
    Analysis,
    /// An interview.
    Interview,
    /// A release printed as received.
    PressRelease,
    /// Running coverage of an event.
    Live,
    /// Paid content, to be labelled.
    Sponsored,
    /// A standing page (about, imprint, contact), not part of the news flow. Lists leave pages out unless `where` says
    /// `kind`.
    Page,
}

/// Where an article stands, in one word, at the instant of the answer.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[graphql(remote = "domain::ArticleStatus")]
pub(crate) enum ArticleStatus {
    /// Being written.
    Draft,
    /// Handed to an editor.
    InReview,
    /// Will be visible at a future instant.
    Scheduled,
    /// Visible to readers, unless embargoed or expired.
    Published,
    /// Taken off the site; may come back.
    Unpublished,
    /// Taken back by the newsroom; readers are told so.
    Withdrawn,
    /// Mandatory takedown; every copy must go.
    Killed,
}

/// What somebody did for an article.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[graphql(remote = "domain::CreditRole")]
pub(crate) enum AuthorRole {
    /// Wrote it.
    Author,
    /// Wrote it with others.
    CoAuthor,
    /// Translated it.
    Translator,
    /// Took its pictures.
    Photographer,
    /// Edited it.
    Editor,
    /// Helped.
    Contributor,
    /// The agency it came from.
    Agency,
}

/// What following a link does; clients name the link by it when it has no label.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[graphql(remote = "link::LinkKind")]
pub(crate) enum LinkKind {
    /// Visit a place or site.
    Visit,
    /// Read the thing online.
    ReadOnline,
    /// Download a file.
    Download,
    /// Something related.
    Related,
    /// Where it came from.
    Source,
    /// A page of a social network.
    Social,
    /// Anything else.
    Other,
}

/// Why something is no longer there.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[graphql(remote = "domain::RemovalReason")]
pub(crate) enum RemovalReason {
    /// Taken off the site; it may come back.
    Unpublished,
    /// Taken back by the newsroom.
    Withdrawn,
    /// Mandatory takedown; every copy must go.
    Killed,
    /// Deleted.
    Deleted,
    /// Joined with another.
    Merged,
    /// Its time was over.
    Expired,
    /// A right to show it ended.
    Rights,
    /// It left what the caller follows.
    LeftScope,
}
