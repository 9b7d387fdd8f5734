//! Acts on media records.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use masthead_app::media;
use masthead_domain::MediaId;

use super::{
    MediaNode,
    input::{MediaCreateInput, MediaDeleteInput, MediaUpdateInput},
};
use crate::graphql::{
    frame::{Frame, MayAct},
    input,
    user_error::{Outcome, UserError, in_changes, perform, violations},
};

/// What came of an act on a media record.
#[derive(SimpleObject)]
pub(crate) struct MediaPayload {
    /// The record after the act; null when `userErrors` says why nothing was done.
    media: Option<MediaNode>,
    /// What to mend. Empty when the act was done.
    user_errors: Vec<UserError>,
    /// As it was given.
    client_mutation_id: Option<String>,
}

/// What came of the deletion of a media record.
#[derive(SimpleObject)]
pub(crate) struct MediaDeletePayload {
    /// The id of what was deleted; null when `userErrors` says why nothing was done.
    deleted_id: Option<ID>,
    /// What to mend. Empty when the act was done.
    user_errors: Vec<UserError>,
    /// As it was given.
    client_mutation_id: Option<String>,
}

impl MediaPayload {
    async fn of(frame: &Frame, outcome: Outcome<MediaId>, client_mutation_id: Option<String>) -> Result<Self> {
        Ok(match outcome {
            Ok(id) => {
                let media = MediaNode::by_id(&frame.after_act(), id).await?;
                Self { media, user_errors: Vec::new(), client_mutation_id }
            }
            Err(user_errors) => Self { media: None, user_errors, client_mutation_id },
        })
    }
}

#[derive(Default)]
pub(crate) struct MediaMutation;

#[Object(guard = "MayAct")]
impl MediaMutation {
    /// Keeps a new media record. Needs the role contributor or the scope media:write.
    async fn media_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The record.")] input: MediaCreateInput,
    ) -> Result<MediaPayload> {
        let frame = Frame::published(ctx)?;
        let client_mutation_id = input.client_mutation_id.clone();
        let outcome = match input.parse() {
            Ok(content) => perform(&frame, |work| Box::pin(media::create(work, content))).await?,
            Err(wrong) => Err(violations(wrong)),
        };
        MediaPayload::of(&frame, outcome, client_mutation_id).await
    }

    /// Changes a media record. Needs the role editor or the scope media:write.
    async fn media_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which record, and what to change.")] input: MediaUpdateInput,
    ) -> Result<MediaPayload> {
        let frame = Frame::published(ctx)?;
        let MediaUpdateInput { client_mutation_id, id, expected_version, changes } = input;
        let outcome = match input::target::<MediaId, _>(&id, changes.parse()) {
            Ok((id, changes)) => {
                let done = perform(&frame, |work| {
                    Box::pin(async move {
                        media::update(work, id, expected_version.into(), changes).await?;
                        Ok(id)
                    })
                })
                .await?;
                in_changes(done)
            }
            Err(wrong) => Err(violations(wrong)),
        };
        MediaPayload::of(&frame, outcome, client_mutation_id).await
    }

    /// Deletes a media record that no gallery and no author shows. Needs the role editor or the scope media:write.
    async fn media_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which record.")] input: MediaDeleteInput,
    ) -> Result<MediaDeletePayload> {
        let frame = Frame::published(ctx)?;
        let MediaDeleteInput { client_mutation_id, id, expected_version } = input;
        let outcome = match input::target::<MediaId, _>(&id, Ok(())) {
            Ok((id, ())) => perform(&frame, |work| Box::pin(media::delete(work, id, expected_version.into()))).await?,
            Err(wrong) => Err(violations(wrong)),
        };
        Ok(match outcome {
            Ok(()) => MediaDeletePayload { deleted_id: Some(id), user_errors: Vec::new(), client_mutation_id },
            Err(user_errors) => MediaDeletePayload { deleted_id: None, user_errors, client_mutation_id },
        })
    }
}
