//! The inputs of acts that change where an article stands.

use async_graphql::{ID, InputObject};
use masthead_app::article::{Publication, Schedule, Summary, Takedown};
use masthead_domain::{
    Slug, Timestamp, Violation, Violations,
    article::{RemovalReason as Reason, Window},
    text::Paragraph,
};

use super::summary;
use crate::graphql::{article::words::RemovalReason, scalar::DateTime};

/// Which article, or changes to it, to hand to an editor.
#[derive(InputObject)]
pub(crate) struct ArticleSubmitInput {
    /// Comes back in the payload unchanged.
    pub(in super::super) client_mutation_id: Option<String>,
    /// The article's global id.
    pub(in super::super) id: ID,
    /// The version the act is made for; another version is a conflict.
    pub(in super::super) expected_version: i32,
    /// A word for the history, at most 300 characters.
    summary: Option<String>,
}

/// Which article, or changes to it, to hand back to the writer.
#[derive(InputObject)]
pub(crate) struct ArticleReturnInput {
    /// Comes back in the payload unchanged.
    pub(in super::super) client_mutation_id: Option<String>,
    /// The article's global id.
    pub(in super::super) id: ID,
    /// The version the act is made for; another version is a conflict.
    pub(in super::super) expected_version: i32,
    /// What to mend; it stands in the history, at most 300 characters.
    summary: Option<String>,
}

/// Which article to schedule, at which version, and for when.
#[derive(InputObject)]
pub(crate) struct ArticleScheduleInput {
    /// Comes back in the payload unchanged.
    pub(in super::super) client_mutation_id: Option<String>,
    /// The article's global id.
    pub(in super::super) id: ID,
    /// The version the act is made for; another version is a conflict.
    pub(in super::super) expected_version: i32,
    /// From when readers see it; it must lie in the future. Leave it out for an article that is published: its date stays.
    at: Option<DateTime>,
    /// Readers do not see it before this instant, whatever `at` says.
    embargo_until: Option<DateTime>,
    /// Readers no longer see it from this instant on; it must be later than `at` and `embargoUntil`.
    expires_at: Option<DateTime>,
    /// A word for the history, at most 300 characters.
    summary: Option<String>,
}

/// Which article to publish, at which version, and when.
#[derive(InputObject)]
pub(crate) struct ArticlePublishInput {
    /// Comes back in the payload unchanged.
    pub(in super::super) client_mutation_id: Option<String>,
    /// The article's global id.
    pub(in super::super) id: ID,
    /// The version the act is made for; another version is a conflict.
    pub(in super::super) expected_version: i32,
    /// From when readers see it: now when absent, later to schedule it. An instant in the past is kept as its date. Leave
    /// it out when publishing changes to an article that is published.
    at: Option<DateTime>,
    /// Readers do not see it before this instant, whatever `at` says.
    embargo_until: Option<DateTime>,
    /// Readers no longer see it from this instant on; it must be later than `at` and `embargoUntil`.
    expires_at: Option<DateTime>,
    /// Whether those who know the article have a reason to read it again: then `revisedAt` moves.
    #[graphql(default)]
    is_revision: bool,
    /// A word for the history, at most 300 characters.
    summary: Option<String>,
}

/// Which article to take off the site, at which version, and why.
#[derive(InputObject)]
pub(crate) struct ArticleUnpublishInput {
    /// Comes back in the payload unchanged.
    pub(in super::super) client_mutation_id: Option<String>,
    /// The article's global id.
    pub(in super::super) id: ID,
    /// The version the act is made for; another version is a conflict.
    pub(in super::super) expected_version: i32,
    /// Why: `UNPUBLISHED`, `EXPIRED` or `RIGHTS`. The other reasons belong to other acts.
    #[graphql(default_with = "RemovalReason::Unpublished")]
    reason: RemovalReason,
    /// What readers are told in its place, plain text of at most 2,000 characters.
    public_notice: Option<String>,
    /// A word for the history, at most 300 characters.
    summary: Option<String>,
}

/// Which article to take back, at which version, and with what words.
#[derive(InputObject)]
pub(crate) struct ArticleWithdrawInput {
    /// Comes back in the payload unchanged.
    pub(in super::super) client_mutation_id: Option<String>,
    /// The article's global id.
    pub(in super::super) id: ID,
    /// The version the act is made for; another version is a conflict.
    pub(in super::super) expected_version: i32,
    /// What readers are told in its place, plain text of at most 2,000 characters.
    public_notice: Option<String>,
    /// A word for the history, at most 300 characters.
    summary: Option<String>,
}

/// Which article to take down everywhere, at which version, and with what words.
#[derive(InputObject)]
pub(crate) struct ArticleKillInput {
    /// Comes back in the payload unchanged.
    pub(in super::super) client_mutation_id: Option<String>,
    /// The article's global id.
    pub(in super::super) id: ID,
    /// The version the act is made for; another version is a conflict.
    pub(in super::super) expected_version: i32,
    /// What readers are told in its place, plain text of at most 2,000 characters.
    public_notice: Option<String>,
    /// A word for the history, at most 300 characters.
    summary: Option<String>,
}

/// Which article to delete, at which version.
#[derive(InputObject)]
pub(crate) struct ArticleDeleteInput {
    /// Comes back in the payload unchanged.
    pub(in super::super) client_mutation_id: Option<String>,
    /// The article's global id.
    pub(in super::super) id: ID,
    /// The version the act is made for; another version is a conflict.
    pub(in super::super) expected_version: i32,
}

/// Which deleted article to bring back, at which version.
#[derive(InputObject)]
pub(crate) struct ArticleRestoreInput {
    /// Comes back in the payload unchanged.
    pub(in super::super) client_mutation_id: Option<String>,
    /// The article's global id.
    pub(in super::super) id: ID,
    /// The version the act is made for; another version is a conflict.
    pub(in super::super) expected_version: i32,
    /// Another slug, for when its own belongs to another article by now. What waits beside it keeps the one it has, which
    /// must be free once it is published.
    slug: Option<String>,
}

fn instant(given: Option<DateTime>) -> Option<Timestamp> {
    given.map(|at| at.0)
}

fn window(embargo_until: Option<DateTime>, expires_at: Option<DateTime>) -> Window {
    Window { embargo_until: instant(embargo_until), expires_at: instant(expires_at) }
}

fn word(given: Option<&str>) -> Result<Option<Summary>, Violations> {
    let mut wrong = Violations::new();
    let summary = summary(&mut wrong, given);
    wrong.into_result(Some(summary))
}

fn takedown(reason: Reason, notice: Option<&str>, given: Option<&str>) -> Result<Takedown, Violations> {
    let mut wrong = Violations::new();
    let notice = wrong.take("publicNotice", Paragraph::parse_optional(notice)).flatten();
    let summary = summary(&mut wrong, given);
    let notice = notice.map(|notice| notice.to_string());
    wrong.into_result(Some(Takedown { reason, notice, summary }))
}

impl ArticleSubmitInput {
    /// The word for the history.
    pub(in super::super) fn parse(&self) -> Result<Option<Summary>, Violations> {
        word(self.summary.as_deref())
    }
}

impl ArticleReturnInput {
    /// The word for the history.
    pub(in super::super) fn parse(&self) -> Result<Option<Summary>, Violations> {
        word(self.summary.as_deref())
    }
}

impl ArticleScheduleInput {
    /// When readers are to see it.
    pub(in super::super) fn parse(&self) -> Result<Schedule, Violations> {
        let window = window(self.embargo_until, self.expires_at);
        Ok(Schedule { at: instant(self.at), window, summary: word(self.summary.as_deref())? })
    }
}

impl ArticlePublishInput {
    /// When and how long readers see it.
    pub(in super::super) fn parse(&self) -> Result<Publication, Violations> {
        let (window, summary) = (window(self.embargo_until, self.expires_at), word(self.summary.as_deref())?);
        Ok(Publication { at: instant(self.at), window, is_revision: self.is_revision, summary })
    }
}

impl ArticleUnpublishInput {
    /// The reason and the words for readers.
    pub(in super::super) fn parse(&self) -> Result<Takedown, Violations> {
        let mut wrong = Violations::new();
        match self.reason {
            RemovalReason::Unpublished | RemovalReason::Expired | RemovalReason::Rights => (),
            RemovalReason::Withdrawn
            | RemovalReason::Killed
            | RemovalReason::Deleted
            | RemovalReason::Merged
            | RemovalReason::LeftScope => {
                wrong.push(Violation::invalid("this reason belongs to another act").at("reason"));
            }
        }
        let takedown = takedown(self.reason.into(), self.public_notice.as_deref(), self.summary.as_deref());
        match takedown {
            Ok(takedown) => wrong.into_result(Some(takedown)),
            Err(more) => {
                more.into_iter().for_each(|violation| wrong.push(violation));
                Err(wrong)
            }
        }
    }
}

impl ArticleWithdrawInput {
    /// The words for readers.
    pub(in super::super) fn parse(&self) -> Result<Takedown, Violations> {
        takedown(Reason::Withdrawn, self.public_notice.as_deref(), self.summary.as_deref())
    }
}

impl ArticleKillInput {
    /// The words for readers.
    pub(in super::super) fn parse(&self) -> Result<Takedown, Violations> {
        takedown(Reason::Killed, self.public_notice.as_deref(), self.summary.as_deref())
    }
}

impl ArticleRestoreInput {
    /// The other slug.
    pub(in super::super) fn parse(&self) -> Result<Option<Slug>, Violations> {
        let mut wrong = Violations::new();
        let slug = self.slug.as_deref().map(|slug| wrong.take("slug", Slug::parse(slug).map_err(Violation::from)));
        wrong.into_result(Some(slug.flatten()))
    }
}
