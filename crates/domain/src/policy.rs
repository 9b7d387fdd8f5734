//! Who may do what: one pure table.
//!
//! No role name appears outside this module. An act is checked after its target is loaded, because ownership and state
//! count. What a caller may not even see is reported as missing by whoever loaded it, before this table is asked.

use crate::{ApiKeyId, UserId, text_enum::text_enum};

text_enum! {
    /// What a signed-in user is to the newsroom. Each may do all that those before may.
    Role {
        /// Reads, and comments.
        Reader = "reader",
        /// Writes own drafts.
        Contributor = "contributor",
        /// Edits everything, and keeps categories, sources, contacts and media.
        Editor = "editor",
        /// Publishes and takes down.
        Publisher = "publisher",
        /// Runs the site.
        Admin = "admin",
    }
}

text_enum! {
    /// What an API key may do. A key has scopes and no role.
    Scope {
        /// Read what is not public yet, and private contact channels.
        DraftsRead = "drafts:read",
        /// Create and change articles.
        ArticlesWrite = "articles:write",
        /// Publish, unpublish and delete articles.
        ArticlesPublish = "articles:publish",
        /// Keep categories, tags and redirects.
        TaxonomyWrite = "taxonomy:write",
        /// Keep authors and contacts.
        PeopleWrite = "people:write",
        /// Keep sources.
        SourcesWrite = "sources:write",
        /// Keep media records.
        MediaWrite = "media:write",
        /// Write comments for readers.
        CommentsWrite = "comments:write",
        /// Hide comments.
        CommentsModerate = "comments:moderate",
        /// Read who did what, when and from where.
        AuditRead = "audit:read",
    }
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Nobody in particular.
    Anonymous,
    /// A signed-in user, or the bearer of a token issued for a role.
    User {
        /// Which user; none for a token issued on the command line.
        id: Option<UserId>,
        /// What they are to the newsroom.
        role: Role,
    },
    /// A program with a key.
    Key {
        /// Which key.
        id: ApiKeyId,
        /// What it may do.
        scopes: Vec<Scope>,
    },
    /// The server itself: import, demo data, maintenance on the command line.
    System,
}

text_enum! {
    /// Every act the table knows. One for each mutation, and the reads that need leave.
    Action {
        /// Read articles in every state.
        ReadUnpublished = "readUnpublished",
        /// Read private contact channels and other notes of the desk.
        ReadPrivate = "readPrivate",
        /// Create an article.
        ArticleCreate = "articleCreate",
        /// Change an article.
        ArticleUpdate = "articleUpdate",
        /// Set an article's references.
        ArticleSetReferences = "articleSetReferences",
        /// Hand an article, or changes to it, to an editor.
        ArticleSubmit = "articleSubmit",
        /// Hand them back to their writer.
        ArticleReturn = "articleReturn",
        /// Set when readers see an article.
        ArticleSchedule = "articleSchedule",
        /// Publish an article or what waits beside it.
        /// Make an article an edition of another's story.
        ArticleLinkTranslation = "articleLinkTranslation",
        /// Take an article out of the story it is an edition of.
        ArticleUnlinkTranslation = "articleUnlinkTranslation",
        /// Publish an article, now or later.
        ArticlePublish = "articlePublish",
        /// Correct what readers see, and say so.
        ArticleCorrect = "articleCorrect",
        /// Take an article off the site.
        ArticleUnpublish = "articleUnpublish",
        /// Take an article back.
        ArticleWithdraw = "articleWithdraw",
        /// Take an article down everywhere.
        ArticleKill = "articleKill",
        /// Delete an article.
        ArticleDelete = "articleDelete",
        /// Bring a deleted article back.
        ArticleRestore = "articleRestore",
        /// Bring back what an article said at an earlier version.
        ArticleRestoreRevision = "articleRestoreRevision",
        /// Publish many articles, or what waits beside them.
        ArticleBulkPublish = "articleBulkPublish",
        /// File many articles under categories.
        ArticleBulkCategorize = "articleBulkCategorize",
        /// Tag many articles.
        ArticleBulkTag = "articleBulkTag",
        /// Move many articles from one category to another.
        ArticleBulkMove = "articleBulkMove",
        /// Create a category.
        CategoryCreate = "categoryCreate",
        /// Change a category.
        CategoryUpdate = "categoryUpdate",
        /// Move a category.
        CategoryMove = "categoryMove",
        /// Delete a category.
        CategoryDelete = "categoryDelete",
        /// Rename a tag.
        TagRename = "tagRename",
        /// Join two tags.
        TagMerge = "tagMerge",
        /// Create an author.
        AuthorCreate = "authorCreate",
        /// Change an author.
        AuthorUpdate = "authorUpdate",
        /// Delete an author.
        AuthorDelete = "authorDelete",
        /// Create a source.
        SourceCreate = "sourceCreate",
        /// Change a source.
        SourceUpdate = "sourceUpdate",
        /// Join two sources.
        SourceMerge = "sourceMerge",
        /// Create a contact.
        ContactCreate = "contactCreate",
        /// Change a contact.
        ContactUpdate = "contactUpdate",
        /// Delete a contact.
        ContactDelete = "contactDelete",
        /// Create a media record.
        MediaCreate = "mediaCreate",
        /// Change a media record.
        MediaUpdate = "mediaUpdate",
        /// Delete a media record.
        MediaDelete = "mediaDelete",
        /// Write a comment.
        CommentCreate = "commentCreate",
        /// Hide a comment, or show it again.
        CommentHide = "commentHide",
        /// Read who did what, when and from where.
        AuditRead = "auditRead",
        /// Make a token that shows an article before readers see it.
        PreviewTokenCreate = "previewTokenCreate",
        /// Take such a token back.
        PreviewTokenRevoke = "previewTokenRevoke",
        /// Create a redirect.
        RedirectCreate = "redirectCreate",
        /// Change a redirect.
        RedirectUpdate = "redirectUpdate",
        /// Delete a redirect.
        RedirectDelete = "redirectDelete",
    }
}

/// What the table must know of the thing acted on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Resource {
    /// Who made it.
    pub owner: Option<UserId>,
    /// Whether it is or was published, for now or a later instant: then it is no longer its writer's alone.
    pub was_published: bool,
}

/// Why an act is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The caller must sign in.
    #[error("sign in to do this")]
    SignInNeeded,
    /// The caller's role is too low.
    #[error("this needs the role {needed}")]
    RoleTooLow {
        /// The lowest role that may.
        needed: Role,
    },
    /// The key lacks a scope.
    #[error("this key lacks the scope {needed}")]
    ScopeMissing {
        /// The scope that allows it.
        needed: Scope,
    },
    /// Contributors change only drafts of their own.
    #[error("contributors may only do this to their own drafts")]
    NotYours,
}

struct Rule {
    /// The lowest role that may do it to anything.
    role: Role,
    /// The lowest role that may do it to an own thing that was never published.
    own: Option<Role>,
    /// The scope that lets a key do it.
    scope: Scope,
}

const fn rule(role: Role, own: Option<Role>, scope: Scope) -> Rule {
    Rule { role, own, scope }
}

const fn table(action: Action) -> Rule {
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

/// Whether an actor may do something to a thing.
///
/// # Errors
/// [`Refusal`] says what is lacking.
pub fn check(actor: &Actor, action: Action, resource: Resource) -> Result<(), Refusal> {
    let rule = table(action);
    match actor {
        Actor::System => Ok(()),
        Actor::Anonymous => Err(Refusal::SignInNeeded),
        Actor::Key { scopes, .. } if scopes.contains(&rule.scope) => Ok(()),
        Actor::Key { .. } => Err(Refusal::ScopeMissing { needed: rule.scope }),
        Actor::User { role, .. } if *role >= rule.role => Ok(()),
        Actor::User { id, role } => match rule.own {
            Some(own) if *role >= own => {
                let is_own = id.is_some() && *id == resource.owner;
                if is_own && !resource.was_published { Ok(()) } else { Err(Refusal::NotYours) }
            }
            _ => Err(Refusal::RoleTooLow { needed: rule.own.unwrap_or(rule.role) }),
        },
    }
}

/// What can be said before the thing acted on is known. Nobody in particular may do nothing to anything, and who may not
/// make a thing may not make this one. All else waits for the thing, because one that the actor may not see has to be
/// reported as missing.
///
/// # Errors
/// [`Refusal`] says what is lacking.
pub fn check_beforehand(actor: &Actor, action: Action) -> Result<(), Refusal> {
    match check(actor, action, Resource::default()) {
        Err(refusal) if *actor == Actor::Anonymous || makes_something(action) => Err(refusal),
        Ok(()) | Err(_) => Ok(()),
    }
}

const fn makes_something(action: Action) -> bool {
    matches!(
        action,
        Action::ArticleCreate
            | Action::CategoryCreate
            | Action::AuthorCreate
            | Action::SourceCreate
            | Action::ContactCreate
            | Action::MediaCreate
            | Action::CommentCreate
            | Action::RedirectCreate
    )
}

/// Which articles an actor may read at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Visibility {
    /// What readers see.
    Public,
    /// What readers see, and everything this user made.
    Own(UserId),
    /// Everything.
    All,
}

/// The widest visibility an actor may ask for.
#[must_use]
pub fn widest_visibility(actor: &Actor) -> Visibility {
    let own = match actor {
        Actor::User { id, .. } => *id,
        Actor::Anonymous | Actor::Key { .. } | Actor::System => None,
    };
    match check(actor, Action::ReadUnpublished, Resource { owner: own, was_published: false }) {
        Ok(()) if check(actor, Action::ReadUnpublished, Resource::default()).is_ok() => Visibility::All,
        Ok(()) => own.map_or(Visibility::Public, Visibility::Own),
        Err(_) => Visibility::Public,
    }
}

/// Whether an actor may know what only the desk knows of an article that this user made: what waits beside it, its
/// history, its notes.
#[must_use]
pub fn knows_desk_of(actor: &Actor, owner: Option<UserId>) -> bool {
    check(actor, Action::ReadUnpublished, Resource { owner, was_published: false }).is_ok()
}

text_enum! {
    /// Things that articles share and that may be kept before any reader sees them.
    Library {
        /// Tags.
        Tags = "tags",
        /// Sources.
        Sources = "sources",
        /// Media records.
        Media = "media",
    }
}

/// Whether an actor sees the whole of a library. Whoever works on the newsroom chooses from it, and so does whoever
/// keeps it; everybody else sees only what stands in articles that readers see, or an unpublished article would be told
/// by what it alone uses.
#[must_use]
pub fn sees_whole(actor: &Actor, library: Library) -> bool {
    let keep = match library {
        Library::Tags => Action::TagRename,
        Library::Sources => Action::SourceCreate,
        Library::Media => Action::MediaCreate,
    };
    widest_visibility(actor) != Visibility::Public || check(actor, keep, Resource::default()).is_ok()
}

/// Whether an actor may read the redirects the desk made: whoever keeps them, and whoever reads what the desk keeps to
/// itself. Readers learn of one where it leads them, and of no other.
///
/// # Errors
/// [`Refusal`] says what is lacking.
pub fn check_redirects_read(actor: &Actor) -> Result<(), Refusal> {
    check(actor, Action::RedirectUpdate, Resource::default())
        .or_else(|_| check(actor, Action::ReadPrivate, Resource::default()))
}

/// Whether an actor may read private contact channels.
#[must_use]
pub fn reads_private(actor: &Actor) -> bool {
    check(actor, Action::ReadPrivate, Resource::default()).is_ok()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn user(role: Role) -> Actor {
        Actor::User { id: Some(UserId::from_uuid(Uuid::from_u128(1))), role }
    }

    const OWN: Resource = Resource { owner: Some(UserId::from_uuid(Uuid::from_u128(1))), was_published: false };
    const OWN_PUBLISHED: Resource = Resource { was_published: true, ..OWN };
    const OTHERS: Resource = Resource { owner: Some(UserId::from_uuid(Uuid::from_u128(2))), was_published: false };

    #[test]
    fn a_contributor_changes_own_drafts_only() {
        let contributor = user(Role::Contributor);
        assert_eq!(check(&contributor, Action::ArticleUpdate, OWN), Ok(()));
        assert_eq!(check(&contributor, Action::ArticleUpdate, OWN_PUBLISHED), Err(Refusal::NotYours));
        assert_eq!(check(&contributor, Action::ArticleUpdate, OTHERS), Err(Refusal::NotYours));
        assert_eq!(
            check(&user(Role::Reader), Action::ArticleUpdate, OWN),
            Err(Refusal::RoleTooLow { needed: Role::Contributor })
        );
    }

    #[test]
    fn a_token_without_a_user_owns_nothing() {
        let contributor = Actor::User { id: None, role: Role::Contributor };
        assert_eq!(check(&contributor, Action::ArticleUpdate, Resource::default()), Err(Refusal::NotYours));
        assert_eq!(widest_visibility(&contributor), Visibility::Public);
    }

    #[test]
    fn only_publishers_publish() {
        for action in [Action::ArticlePublish, Action::ArticleUnpublish] {
            assert_eq!(
                check(&user(Role::Editor), action, OTHERS),
                Err(Refusal::RoleTooLow { needed: Role::Publisher })
            );
            assert_eq!(check(&user(Role::Publisher), action, OTHERS), Ok(()));
        }
    }

    #[test]
    fn nobody_in_particular_acts_on_nothing_and_higher_roles_lose_nothing() {
        for action in Action::ALL {
            assert_eq!(check(&Actor::Anonymous, *action, OWN), Err(Refusal::SignInNeeded));
            assert_eq!(check(&Actor::System, *action, OTHERS), Ok(()));
            for pair in Role::ALL.windows(2) {
                for resource in [OWN, OWN_PUBLISHED, OTHERS] {
                    let lower = check(&user(pair[0]), *action, resource);
                    let higher = check(&user(pair[1]), *action, resource);
                    assert!(lower.is_err() || higher.is_ok(), "{action} {pair:?}");
                }
            }
        }
    }

    #[test]
    fn who_is_refused_beforehand_is_refused_always() {
        let actors = Role::ALL.iter().map(|role| user(*role)).chain([Actor::Anonymous, Actor::System]);
        for actor in actors {
            for action in Action::ALL {
                let allowed = [OWN, OWN_PUBLISHED, OTHERS].iter().any(|thing| check(&actor, *action, *thing).is_ok());
                let beforehand = check_beforehand(&actor, *action);
                assert!(beforehand.is_ok() || !allowed, "{actor:?} {action}");
                assert!(beforehand.is_err() || actor != Actor::Anonymous, "{action}");
            }
        }
        assert_eq!(check_beforehand(&user(Role::Reader), Action::ArticleUpdate), Ok(()), "which may be there or not");
        let needed = Role::Contributor;
        assert_eq!(check_beforehand(&user(Role::Reader), Action::ArticleCreate), Err(Refusal::RoleTooLow { needed }));
    }

    #[test]
    fn a_key_does_what_its_scopes_say() {
        let key =
            |scopes: &[Scope]| Actor::Key { id: ApiKeyId::from_uuid(Uuid::from_u128(1)), scopes: scopes.to_vec() };
        assert_eq!(check(&key(&[Scope::ArticlesWrite]), Action::ArticleUpdate, OTHERS), Ok(()));
        assert_eq!(
            check(&key(&[Scope::ArticlesWrite]), Action::ArticlePublish, OTHERS),
            Err(Refusal::ScopeMissing { needed: Scope::ArticlesPublish })
        );
        assert_eq!(widest_visibility(&key(&[])), Visibility::Public);
        assert_eq!(widest_visibility(&key(&[Scope::DraftsRead])), Visibility::All);
        assert_eq!(widest_visibility(&user(Role::Contributor)), Visibility::Own(UserId::from_uuid(Uuid::from_u128(1))));
        assert_eq!(widest_visibility(&user(Role::Editor)), Visibility::All);
    }

    #[test]
    fn whoever_works_on_the_newsroom_or_keeps_a_library_sees_the_whole_of_it() {
        let key = |scope: Scope| Actor::Key { id: ApiKeyId::from_uuid(Uuid::from_u128(1)), scopes: vec![scope] };
        for library in Library::ALL {
            assert!(!sees_whole(&Actor::Anonymous, *library), "{library}");
            assert!(!sees_whole(&user(Role::Reader), *library), "{library}");
            assert!(!sees_whole(&key(Scope::ArticlesWrite), *library), "{library}");
            for actor in [user(Role::Contributor), user(Role::Admin), key(Scope::DraftsRead), Actor::System] {
                assert!(sees_whole(&actor, *library), "{library} {actor:?}");
            }
        }
        for (scope, kept) in [
            (Scope::TaxonomyWrite, Library::Tags),
            (Scope::SourcesWrite, Library::Sources),
            (Scope::MediaWrite, Library::Media),
        ] {
            for library in Library::ALL {
                assert_eq!(sees_whole(&key(scope), *library), *library == kept, "{scope} {library}");
            }
        }
    }
}
