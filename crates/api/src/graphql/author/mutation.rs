//! Acts on authors.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use masthead_app::{AppResult, Work, author};
use masthead_domain::AuthorId;
use masthead_store::author::{self as rows, Author};

use super::{
    AuthorNode,
    input::{AuthorCreateInput, AuthorDeleteInput, AuthorUpdateInput},
};
use crate::graphql::{
    frame::{Frame, MayAct},
    input,
    user_error::{Outcome, UserError, in_changes, perform, violations},
};

/// What came of an act on an author.
#[derive(SimpleObject)]
pub(crate) struct AuthorPayload {
    /// The author after the act; null when `userErrors` says why nothing was done.
    author: Option<AuthorNode>,
    /// What to mend. Empty when the act was done.
    user_errors: Vec<UserError>,
    /// As it was given.
    client_mutation_id: Option<String>,
}

/// What came of a deletion.
#[derive(SimpleObject)]
pub(crate) struct AuthorDeletePayload {
    /// The id of what was deleted; null when `userErrors` says why nothing was done.
    deleted_id: Option<ID>,
    /// What to mend. Empty when the act was done.
    user_errors: Vec<UserError>,
    /// As it was given.
    client_mutation_id: Option<String>,
}

impl AuthorPayload {
    fn of(frame: &Frame, outcome: Outcome<Option<Author>>, client_mutation_id: Option<String>) -> Self {
        match outcome {
            Ok(author) => {
                let author = AuthorNode::together(&frame.after_act(), author.into_iter().collect()).pop();
                Self { author, user_errors: Vec::new(), client_mutation_id }
            }
            Err(user_errors) => Self { author: None, user_errors, client_mutation_id },
        }
    }
}

/// The author as the act left it, read before the commit: what was done can be told whatever happens after.
async fn acted(work: &Work<'_>, id: AuthorId) -> AppResult<Option<Author>> {
    Ok(rows::by_id(&work.tx, id).await?)
}

#[derive(Default)]
pub(crate) struct AuthorMutation;

#[Object(guard = "MayAct")]
impl AuthorMutation {
    /// Keeps a new author. Needs the role editor or the scope people:write.
    async fn author_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The author.")] input: AuthorCreateInput,
    ) -> Result<AuthorPayload> {
        let frame = Frame::published(ctx)?;
        let client_mutation_id = input.client_mutation_id.clone();
        let outcome = match input.parse() {
            Ok(draft) => {
                perform(&frame, |work| {
                    Box::pin(async move {
                        let id = author::create(work, draft).await?;
                        acted(work, id).await
                    })
                })
                .await?
            }
            Err(wrong) => Err(violations(wrong)),
        };
        Ok(AuthorPayload::of(&frame, outcome, client_mutation_id))
    }

    /// Changes an author. Needs the role editor or the scope people:write.
    async fn author_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which author, and what to change.")] input: AuthorUpdateInput,
    ) -> Result<AuthorPayload> {
        let frame = Frame::published(ctx)?;
        let AuthorUpdateInput { client_mutation_id, id, expected_version, changes } = input;
        let outcome = match input::target::<AuthorId, _>(&id, changes.parse()) {
            Ok((id, changes)) => {
                let done = perform(&frame, |work| {
                    Box::pin(async move {
                        author::update(work, id, expected_version.into(), changes).await?;
                        acted(work, id).await
                    })
                });
                in_changes(done.await?)
            }
            Err(wrong) => Err(violations(wrong)),
        };
        Ok(AuthorPayload::of(&frame, outcome, client_mutation_id))
    }

    /// Deletes an author whom no article credits. Needs the role editor or the scope people:write.
    async fn author_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which author.")] input: AuthorDeleteInput,
    ) -> Result<AuthorDeletePayload> {
        let frame = Frame::published(ctx)?;
        let AuthorDeleteInput { client_mutation_id, id, expected_version } = input;
        let outcome = match input::target::<AuthorId, _>(&id, Ok(())) {
            Ok((id, ())) => perform(&frame, |work| Box::pin(author::delete(work, id, expected_version.into()))).await?,
            Err(wrong) => Err(violations(wrong)),
        };
        Ok(match outcome {
            Ok(()) => AuthorDeletePayload { deleted_id: Some(id), user_errors: Vec::new(), client_mutation_id },
            Err(user_errors) => AuthorDeletePayload { deleted_id: None, user_errors, client_mutation_id },
        })
    }
}
