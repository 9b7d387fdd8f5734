//! What an actor sees, as far as that follows from what they may do.

use super::{Action, Actor, Refusal, Resource, check};
use crate::{UserId, text_enum::text_enum};

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
    use crate::{
        ApiKeyId,
        operation::Operations,
        policy::{Role, Scope},
    };

    const ANN: UserId = UserId::from_uuid(Uuid::from_u128(1));

    fn user(role: Role) -> Actor {
        Actor::User { id: Some(ANN), role }
    }

    fn key(scope: Scope) -> Actor {
        Actor::Key { id: ApiKeyId::from_uuid(Uuid::from_u128(1)), scopes: vec![scope], operations: Operations::Any }
    }

    #[test]
    fn whoever_edits_sees_every_article_and_a_contributor_their_own() {
        for (actor, expected) in [
            (Actor::Anonymous, Visibility::Public),
            (user(Role::Reader), Visibility::Public),
            (user(Role::Contributor), Visibility::Own(ANN)),
            (Actor::User { id: None, role: Role::Contributor }, Visibility::Public),
            (user(Role::Editor), Visibility::All),
            (key(Scope::ArticlesWrite), Visibility::Public),
            (key(Scope::DraftsRead), Visibility::All),
            (Actor::System, Visibility::All),
        ] {
            assert_eq!(widest_visibility(&actor), expected, "{actor:?}");
        }
    }

    #[test]
    fn whoever_works_on_the_newsroom_or_keeps_a_library_sees_the_whole_of_it() {
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
