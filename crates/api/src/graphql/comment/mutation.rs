//! Acts on comments.

use async_graphql::{Context, Object, Result, SimpleObject};
use masthead_app::{AppResult, Work, comment};
use masthead_domain::CommentId;
use masthead_store::comment::{self as rows, Comment};

use super::{
    CommentNode,
    input::{CommentCreateInput, CommentHideInput},
};
use crate::graphql::{
    frame::{Frame, MayAct},
    input,
    user_error::{Outcome, UserError, perform, violations},
};

/// What came of an act on a comment.
#[derive(SimpleObject)]
pub(crate) struct CommentPayload {
    /// The comment after the act; null when `userErrors` says why nothing was done.
    comment: Option<CommentNode>,
    /// What to mend. Empty when the act was done.
    user_errors: Vec<UserError>,
    /// As it was given.
    client_mutation_id: Option<String>,
}

impl CommentPayload {
    fn of(frame: &Frame, outcome: Outcome<Option<Comment>>, client_mutation_id: Option<String>) -> Self {
        match outcome {
            Ok(comment) => {
                let comment = CommentNode::together(&frame.after_act(), comment.into_iter().collect()).pop();
                Self { comment, user_errors: Vec::new(), client_mutation_id }
            }
            Err(user_errors) => Self { comment: None, user_errors, client_mutation_id },
        }
    }
}

/// The comment as the act left it, read before the commit: what was done can be told whatever happens after.
async fn acted(work: &Work<'_>, id: CommentId) -> AppResult<Option<Comment>> {
    Ok(rows::by_id(&work.tx, &work.widest_scope(), comment::audience(work.caller), id).await?)
}

#[derive(Default)]
pub(crate) struct CommentMutation;

#[Object(guard = "MayAct")]
impl CommentMutation {
    /// Writes a comment below an article that readers see. It is shown at once. Needs the role reader or the scope
    /// comments:write.
    async fn comment_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The comment.")] input: CommentCreateInput,
    ) -> Result<CommentPayload> {
        let frame = Frame::published(ctx)?;
        let client_mutation_id = input.client_mutation_id.clone();
        let outcome = match input.parse() {
            Ok(draft) => {
                perform(&frame, |work| {
                    Box::pin(async move {
                        let id = comment::create(work, draft).await?;
                        acted(work, id).await
                    })
                })
                .await?
            }
            Err(wrong) => Err(violations(wrong)),
        };
        Ok(CommentPayload::of(&frame, outcome, client_mutation_id))
    }

    /// Hides a comment from readers, or shows it again. Answers to a hidden comment stay. Needs the role editor or the scope
    /// comments:moderate.
    async fn comment_hide(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which comment.")] input: CommentHideInput,
    ) -> Result<CommentPayload> {
        let frame = Frame::published(ctx)?;
        let CommentHideInput { client_mutation_id, id, expected_version, is_hidden } = input;
        let outcome = match input::target::<CommentId, _>(&id, Ok(())) {
            Ok((id, ())) => {
                perform(&frame, |work| {
                    Box::pin(async move {
                        comment::set_hidden(work, id, expected_version.into(), is_hidden).await?;
                        acted(work, id).await
                    })
                })
                .await?
            }
            Err(wrong) => Err(violations(wrong)),
        };
        Ok(CommentPayload::of(&frame, outcome, client_mutation_id))
    }
}
