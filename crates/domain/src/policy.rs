//! Who may do what: one pure table.
//!
//! No role name appears outside this module. An act is checked after its target is loaded, because ownership and state
//! count. What a caller may not even see is reported as missing by whoever loaded it, before this table is asked.

mod action;
mod actor;
mod rule;
mod sight;

pub use self::{
    action::Action,
    actor::{Actor, Role, Scope},
    sight::{Library, Visibility, check_redirects_read, knows_desk_of, reads_private, sees_whole, widest_visibility},
};
use crate::UserId;

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

/// Whether an actor may do something to a thing.
///
/// # Errors
/// [`Refusal`] says what is lacking.
pub fn check(actor: &Actor, action: Action, resource: Resource) -> Result<(), Refusal> {
    let rule = rule::of(action);
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

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{ApiKeyId, operation::Operations};

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
        let id = ApiKeyId::from_uuid(Uuid::from_u128(1));
        let key = |scopes: &[Scope]| Actor::Key { id, scopes: scopes.to_vec(), operations: Operations::Any };
        assert_eq!(check(&key(&[Scope::ArticlesWrite]), Action::ArticleUpdate, OTHERS), Ok(()));
        assert_eq!(
            check(&key(&[Scope::ArticlesWrite]), Action::ArticlePublish, OTHERS),
            Err(Refusal::ScopeMissing { needed: Scope::ArticlesPublish })
        );
    }
}
