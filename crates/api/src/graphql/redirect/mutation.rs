//! Acts on redirects.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use masthead_app::{AppResult, Work, redirect};
use masthead_domain::RedirectId;
use masthead_store::redirect::{self as rows, Redirect};

use super::{
    RedirectNode,
    input::{RedirectCreateInput, RedirectDeleteInput, RedirectUpdateInput},
};
use crate::graphql::{
    frame::{Frame, MayAct},
    input,
    user_error::{Outcome, UserError, in_changes, perform, violations},
};

/// What came of an act on a redirect.
#[derive(SimpleObject)]
pub(crate) struct RedirectPayload {
    /// The redirect after the act; null when `userErrors` says why nothing was done.
    redirect: Option<RedirectNode>,
    /// What to mend. Empty when the act was done.
    user_errors: Vec<UserError>,
    /// As it was given.
    client_mutation_id: Option<String>,
}

/// What came of the deletion of a redirect.
#[derive(SimpleObject)]
pub(crate) struct RedirectDeletePayload {
    /// The id of what was deleted; null when `userErrors` says why nothing was done.
    deleted_id: Option<ID>,
    /// What to mend. Empty when the act was done.
    user_errors: Vec<UserError>,
    /// As it was given.
    client_mutation_id: Option<String>,
}

impl RedirectPayload {
    fn of(outcome: Outcome<Option<Redirect>>, client_mutation_id: Option<String>) -> Self {
        match outcome {
            Ok(redirect) => {
                Self { redirect: redirect.map(RedirectNode::from), user_errors: Vec::new(), client_mutation_id }
            }
            Err(user_errors) => Self { redirect: None, user_errors, client_mutation_id },
        }
    }
}

/// The redirect as the act left it, read before the commit: what was done can be told whatever happens after.
async fn acted(work: &Work<'_>, id: RedirectId) -> AppResult<Option<Redirect>> {
    Ok(rows::by_id(&work.tx, id).await?)
}

#[derive(Default)]
pub(crate) struct RedirectMutation;

#[Object(guard = "MayAct")]
impl RedirectMutation {
    /// Redirects a path of the site to another, or to an address elsewhere. Refused where readers see content
    /// (`PATH_TAKEN`), where the path redirects already (`ALREADY_EXISTS`) and where redirects would lead in a circle
    /// (`REDIRECT_LOOP`). Needs the role editor or the scope taxonomy:write.
    async fn redirect_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The redirect.")] input: RedirectCreateInput,
    ) -> Result<RedirectPayload> {
        let frame = Frame::published(ctx)?;
        let client_mutation_id = input.client_mutation_id.clone();
        let outcome = match input.parse(&frame.site().url) {
            Ok(content) => {
                perform(&frame, |work| {
                    Box::pin(async move {
                        let id = redirect::create(work, content).await?;
                        acted(work, id).await
                    })
                })
                .await?
            }
            Err(wrong) => Err(violations(wrong)),
        };
        Ok(RedirectPayload::of(outcome, client_mutation_id))
    }

    /// Changes a redirect, by the same rules. Needs the role editor or the scope taxonomy:write.
    async fn redirect_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which redirect, and what to change.")] input: RedirectUpdateInput,
    ) -> Result<RedirectPayload> {
        let frame = Frame::published(ctx)?;
        let RedirectUpdateInput { client_mutation_id, id, expected_version, changes } = input;
        let outcome = match input::target::<RedirectId, _>(&id, changes.parse(&frame.site().url)) {
            Ok((id, changes)) => {
                let done = perform(&frame, |work| {
                    Box::pin(async move {
                        redirect::update(work, id, expected_version.into(), changes).await?;
                        acted(work, id).await
                    })
                })
                .await?;
                in_changes(done)
            }
            Err(wrong) => Err(violations(wrong)),
        };
        Ok(RedirectPayload::of(outcome, client_mutation_id))
    }

    /// Deletes a redirect. What the path meant without it, it means again. Needs the role editor or the scope
    /// taxonomy:write.
    async fn redirect_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which redirect.")] input: RedirectDeleteInput,
    ) -> Result<RedirectDeletePayload> {
        let frame = Frame::published(ctx)?;
        let RedirectDeleteInput { client_mutation_id, id, expected_version } = input;
        let outcome = match input::target::<RedirectId, _>(&id, Ok(())) {
            Ok((id, ())) => {
                perform(&frame, |work| Box::pin(redirect::delete(work, id, expected_version.into()))).await?
            }
            Err(wrong) => Err(violations(wrong)),
        };
        Ok(match outcome {
            Ok(()) => RedirectDeletePayload { deleted_id: Some(id), user_errors: Vec::new(), client_mutation_id },
            Err(user_errors) => RedirectDeletePayload { deleted_id: None, user_errors, client_mutation_id },
        })
    }
}
