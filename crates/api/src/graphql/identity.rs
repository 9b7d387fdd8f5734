//! Signing in, and who the caller is.

mod input;
mod mutation;

use async_graphql::{Context, Enum, Object, Result};
use masthead_app::{App, Caller};
use masthead_domain::policy::{self, Actor};
use masthead_store::{api_key, user};

pub(crate) use mutation::IdentityMutation;

use super::{error, frame::Frame};

/// What kind of caller it is.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ViewerKind {
    /// Nobody in particular: no credentials were sent.
    Anonymous,
    /// A program with an API key. It has scopes and no role.
    ApiKey,
    /// A user who signed in.
    User,
    /// The bearer of a token that was issued for a role on the command line.
    Token,
}

/// What a signed-in user is to the newsroom. Each may do all that those before may.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(name = "Role", remote = "policy::Role")]
pub(crate) enum RoleEnum {
    /// Reads, and comments.
    Reader,
    /// Writes own drafts.
    Contributor,
    /// Edits everything, and keeps categories, sources, contacts and media.
    Editor,
    /// Publishes and takes down.
    Publisher,
    /// Runs the site.
    Admin,
}

/// The caller.
#[derive(Clone)]
pub(crate) struct Viewer {
    app: App,
    caller: Caller,
}

/// The caller, as this server knows them from the credentials of the request.
#[Object]
impl Viewer {
    /// What kind of caller it is.
    async fn kind(&self) -> ViewerKind {
        match self.caller.actor {
            Actor::Anonymous => ViewerKind::Anonymous,
            Actor::Key { .. } => ViewerKind::ApiKey,
            Actor::User { id: Some(_), .. } => ViewerKind::User,
            // The server itself never sends a request; were it to, it would be nobody's user and nobody's key.
            Actor::User { id: None, .. } | Actor::System => ViewerKind::Token,
        }
    }

    /// The name of the user or of the API key; null for others.
    async fn name(&self) -> Result<Option<String>> {
        let database = &self.app.database;
        Ok(match &self.caller.actor {
            Actor::User { id: Some(id), .. } => {
                user::by_id(database, *id).await.map_err(error::store)?.map(|user| user.name)
            }
            Actor::Key { id, .. } => api_key::by_id(database, *id).await.map_err(error::store)?.map(|key| key.name),
            Actor::Anonymous | Actor::User { id: None, .. } | Actor::System => None,
        })
    }

    /// The role of a user or of the bearer of a token; null for others.
    async fn role(&self) -> Option<RoleEnum> {
        match self.caller.actor {
            Actor::User { role, .. } => Some(role.into()),
            Actor::Anonymous | Actor::Key { .. } | Actor::System => None,
        }
    }

    /// The scopes of an API key, such as `articles:write`; empty for others, who have a role or nothing.
    async fn scopes(&self) -> Vec<&'static str> {
        match &self.caller.actor {
            Actor::Key { scopes, .. } => scopes.iter().map(|scope| scope.as_str()).collect(),
            Actor::Anonymous | Actor::User { .. } | Actor::System => Vec::new(),
        }
    }
}

#[derive(Default)]
pub(crate) struct IdentityQuery;

#[Object]
impl IdentityQuery {
    /// The caller. Ask for it to find out whether the credentials are good and what they allow; anonymous callers get
    /// an answer too.
    async fn viewer(&self, ctx: &Context<'_>) -> Result<Viewer> {
        let frame = Frame::published(ctx)?;
        Ok(Viewer { app: frame.acts().clone(), caller: frame.caller.clone() })
    }
}
