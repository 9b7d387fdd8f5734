//! Acts on sources.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use masthead_app::{AppResult, Work, source};
use masthead_domain::SourceId;
use masthead_store::{
    LibraryScope,
    source::{self as rows, Source},
};

use super::{
    SourceNode,
    input::{SourceCreateInput, SourceMergeInput, SourceUpdateInput},
};
use crate::graphql::{
    frame::{Frame, MayAct},
    input,
    user_error::{Outcome, UserError, in_changes, perform, violations},
};

/// What came of an act on a source.
#[derive(SimpleObject)]
pub(crate) struct SourcePayload {
    /// The source after the act; null when `userErrors` says why nothing was done.
    source: Option<SourceNode>,
    /// What to mend. Empty when the act was done.
    user_errors: Vec<UserError>,
    /// As it was given.
    client_mutation_id: Option<String>,
}

/// What came of joining two sources.
#[derive(SimpleObject)]
pub(crate) struct SourceMergePayload {
    /// The source that stays, after the act; null when `userErrors` says why nothing was done.
    source: Option<SourceNode>,
    /// The id of the source that went; null when `userErrors` says why nothing was done.
    merged_id: Option<ID>,
    /// What to mend. Empty when the act was done.
    user_errors: Vec<UserError>,
    /// As it was given.
    client_mutation_id: Option<String>,
}

impl SourcePayload {
    fn of(frame: &Frame, outcome: Outcome<Option<Source>>, client_mutation_id: Option<String>) -> Self {
        match outcome {
            Ok(source) => {
                let source = SourceNode::together(&frame.after_act(), source.into_iter().collect()).pop();
                Self { source, user_errors: Vec::new(), client_mutation_id }
            }
            Err(user_errors) => Self { source: None, user_errors, client_mutation_id },
        }
    }
}

/// The source as the act left it, read before the commit: what was done can be told whatever happens after.
async fn acted(work: &Work<'_>, id: SourceId) -> AppResult<Option<Source>> {
    Ok(rows::by_id(&work.tx, LibraryScope::Whole, id).await?)
}

#[derive(Default)]
pub(crate) struct SourceMutation;

#[Object(guard = "MayAct")]
impl SourceMutation {
    /// Keeps a new source. One that is kept already (by address, DOI or ISBN) is an `AlreadyExistsError` that names it.
    /// Needs the role contributor or the scope sources:write.
    async fn source_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The source.")] input: SourceCreateInput,
    ) -> Result<SourcePayload> {
        let frame = Frame::published(ctx)?;
        let SourceCreateInput { client_mutation_id, source } = input;
        let outcome = match source.parse() {
            Ok(content) => {
                perform(&frame, |work| {
                    Box::pin(async move {
                        let id = source::create(work, content).await?;
                        acted(work, id).await
                    })
                })
                .await?
            }
            Err(wrong) => Err(violations(wrong)),
        };
        Ok(SourcePayload::of(&frame, outcome, client_mutation_id))
    }

    /// Changes a source for all articles that cite it. Needs the role editor or the scope sources:write.
    async fn source_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which source, and what to change.")] input: SourceUpdateInput,
    ) -> Result<SourcePayload> {
        let frame = Frame::published(ctx)?;
        let SourceUpdateInput { client_mutation_id, id, expected_version, changes } = input;
        let outcome = match input::target::<SourceId, _>(&id, changes.parse()) {
            Ok((id, changes)) => {
                let done = perform(&frame, |work| {
                    Box::pin(async move {
                        source::update(work, id, expected_version.into(), changes).await?;
                        acted(work, id).await
                    })
                })
                .await?;
                in_changes(done)
            }
            Err(wrong) => Err(violations(wrong)),
        };
        Ok(SourcePayload::of(&frame, outcome, client_mutation_id))
    }

    /// Joins one source into another: all its references point at the other from now on, in their order and with their
    /// numbers and words, and the other is found by its address, DOI, ISBN and id too. The content of the one that
    /// stays is left as it is. Needs the role editor or the scope sources:write.
    async fn source_merge(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which source goes, and which stays.")] input: SourceMergeInput,
    ) -> Result<SourceMergePayload> {
        let frame = Frame::published(ctx)?;
        let client_mutation_id = input.client_mutation_id.clone();
        let merged_id = input.from_id.clone();
        let outcome = match input.parse() {
            Ok((from, into)) => {
                perform(&frame, |work| {
                    Box::pin(async move {
                        source::merge(work, from, into).await?;
                        acted(work, into.id).await
                    })
                })
                .await?
            }
            Err(wrong) => Err(violations(wrong)),
        };
        let is_done = outcome.is_ok();
        let SourcePayload { source, user_errors, client_mutation_id } =
            SourcePayload::of(&frame, outcome, client_mutation_id);
        Ok(SourceMergePayload { source, merged_id: is_done.then_some(merged_id), user_errors, client_mutation_id })
    }
}
