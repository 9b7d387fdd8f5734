//! The inputs of redirect mutations, parsed into the domain.

use async_graphql::{ID, InputObject, MaybeUndefined};
use masthead_app::redirect::RedirectChanges;
use masthead_domain::{
    Violations, WebUrl,
    redirect::{RedirectContent, SitePath, Target},
};

use super::RedirectStatus;
use crate::graphql::input;

/// A new redirect.
#[derive(InputObject)]
pub(crate) struct RedirectCreateInput {
    /// Comes back in the payload unchanged.
    pub(super) client_mutation_id: Option<String>,
    /// From where: a path of the site that begins with `/`, without query and fragment, at most 2,048 bytes.
    path: String,
    /// Where to: a path of the site that begins with `/`, or an absolute http or https address; at most 2,048 bytes. An
    /// absolute address of the site itself is taken as its path.
    target: String,
    /// With which status.
    #[graphql(default_with = "RedirectStatus::MovedPermanently")]
    status: RedirectStatus,
}

/// Changes to a redirect. An absent key leaves the field as it is.
#[derive(InputObject)]
pub(crate) struct RedirectChangesInput {
    /// From where.
    path: MaybeUndefined<String>,
    /// Where to.
    target: MaybeUndefined<String>,
    /// With which status.
    status: MaybeUndefined<RedirectStatus>,
}

/// Which redirect to change, at which version, and how.
#[derive(InputObject)]
pub(crate) struct RedirectUpdateInput {
    /// Comes back in the payload unchanged.
    pub(super) client_mutation_id: Option<String>,
    /// The redirect's global id.
    pub(super) id: ID,
    /// The version the change is made for; another version is a conflict.
    pub(super) expected_version: i32,
    /// What to change.
    pub(super) changes: RedirectChangesInput,
}

/// Which redirect to delete, at which version.
#[derive(InputObject)]
pub(crate) struct RedirectDeleteInput {
    /// Comes back in the payload unchanged.
    pub(super) client_mutation_id: Option<String>,
    /// The redirect's global id.
    pub(super) id: ID,
    /// The version the deletion is made for; another version is a conflict.
    pub(super) expected_version: i32,
}

impl RedirectCreateInput {
    pub(super) fn parse(self, site: &WebUrl) -> Result<RedirectContent, Violations> {
        let Self { client_mutation_id: _, path, target, status } = self;
        let mut wrong = Violations::new();
        let path = wrong.take("path", SitePath::parse(&path));
        let target = wrong.take("target", Target::parse(&target, site));
        let both = path.zip(target);
        wrong.into_result(both.map(|(path, target)| RedirectContent { path, target, status: status.into() }))
    }
}

impl RedirectChangesInput {
    pub(super) fn parse(self, site: &WebUrl) -> Result<RedirectChanges, Violations> {
        let Self { path, target, status } = self;
        let mut wrong = Violations::new();
        let changes = RedirectChanges {
            path: input::kept(&mut wrong, "path", path, |path| SitePath::parse(&path)),
            target: input::kept(&mut wrong, "target", target, |target| Target::parse(&target, site)),
            status: input::kept(&mut wrong, "status", status, |status| Ok(status.into())),
        };
        wrong.within("changes").into_result(Some(changes))
    }
}
