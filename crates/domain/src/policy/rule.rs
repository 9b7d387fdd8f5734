//! The table itself: what each act takes.

use super::{Action, Role, Scope};

/// What it takes to do something.
pub(super) struct Rule {
    /// The lowest role that may do it to anything.
    pub(super) role: Role,
    /// The lowest role that may do it to an own thing that was never published.
    pub(super) own: Option<Role>,
    /// The scope that lets a key do it.
    pub(super) scope: Scope,
}

const fn rule(role: Role, own: Option<Role>, scope: Scope) -> Rule {
    Rule { role, own, scope }
}

/// What each act takes.
pub(super) const fn of(action: Action) -> Rule {
    use Role::{Admin, Contributor, Editor, Publisher, Reader};
    match action {
        Action::ReadUnpublished => rule(Editor, Some(Contributor), Scope::DraftsRead),
        Action::ReadPrivate => rule(Editor, None, Scope::DraftsRead),
        Action::ArticleCreate => rule(Contributor, None, Scope::ArticlesWrite),
        Action::ArticleUpdate
        | Action::ArticleSetReferences
        | Action::ArticleRestoreRevision
        | Action::ArticleBulkCategorize
        | Action::ArticleBulkTag
        | Action::ArticleBulkMove
        | Action::ArticleLinkTranslation
        | Action::ArticleUnlinkTranslation
        | Action::ArticleSubmit => rule(Editor, Some(Contributor), Scope::ArticlesWrite),
        Action::ArticleReturn => rule(Editor, None, Scope::ArticlesWrite),
        Action::ArticleSchedule
        | Action::ArticlePublish
        | Action::ArticleBulkPublish
        | Action::ArticleCorrect
        | Action::ArticleUnpublish
        | Action::ArticleWithdraw
        | Action::ArticleKill => rule(Publisher, None, Scope::ArticlesPublish),
        Action::ArticleDelete | Action::ArticleRestore => rule(Publisher, Some(Contributor), Scope::ArticlesPublish),
        Action::CategoryCreate | Action::CategoryUpdate | Action::CategoryMove | Action::CategoryDelete => {
            rule(Editor, None, Scope::TaxonomyWrite)
        }
        Action::TagRename | Action::TagMerge => rule(Editor, None, Scope::TaxonomyWrite),
        Action::AuthorCreate | Action::AuthorUpdate | Action::AuthorDelete => rule(Editor, None, Scope::PeopleWrite),
        Action::SourceCreate => rule(Contributor, None, Scope::SourcesWrite),
        Action::SourceUpdate | Action::SourceMerge => rule(Editor, None, Scope::SourcesWrite),
        Action::ContactCreate | Action::ContactUpdate | Action::ContactDelete => rule(Editor, None, Scope::PeopleWrite),
        Action::MediaCreate => rule(Contributor, None, Scope::MediaWrite),
        Action::MediaUpdate | Action::MediaDelete => rule(Editor, None, Scope::MediaWrite),
        Action::CommentCreate => rule(Reader, None, Scope::CommentsWrite),
        Action::CommentHide => rule(Editor, None, Scope::CommentsModerate),
        Action::AuditRead => rule(Admin, None, Scope::AuditRead),
        Action::PreviewTokenCreate | Action::PreviewTokenRevoke => rule(Editor, Some(Contributor), Scope::DraftsRead),
        // Addresses are the shape of the site, as its sections are: a new slug of a section makes a redirect, too.
        Action::RedirectCreate | Action::RedirectUpdate | Action::RedirectDelete => {
            rule(Editor, None, Scope::TaxonomyWrite)
        }
    }
}
