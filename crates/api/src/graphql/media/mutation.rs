//! Acts on media records.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use masthead_app::{AppResult, Work, media};
use masthead_domain::MediaId;
use masthead_store::{
    LibraryScope,
    media::{self as rows, Media},
};

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
    fn of(frame: &Frame, outcome: Outcome<Option<Media>>, client_mutation_id: Option<String>) -> Self {
        match outcome {
            Ok(media) => {
                let media = MediaNode::together(&frame.after_act(), media.into_iter().collect()).pop();
                Self { media, user_errors: Vec::new(), client_mutation_id }
            }
            Err(user_errors) => Self { media: None, user_errors, client_mutation_id },
        }
    }
}

/// The record as the act left it, read before the commit: what was done can be told whatever happens after.
async fn acted(work: &Work<'_>, id: MediaId) -> AppResult<Option<Media>> {
    Ok(rows::by_id(&work.tx, LibraryScope::Whole, id).await?)
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
            Ok((content, localizations)) => {
                perform(&frame, |work| {
                    Box::pin(async move {
                        let id = media::create(work, content, localizations).await?;
                        acted(work, id).await
                    })
                })
                .await?
            }
            Err(wrong) => Err(violations(wrong)),
        };
        Ok(MediaPayload::of(&frame, outcome, client_mutation_id))
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
                        acted(work, id).await
                    })
                })
                .await?;
                in_changes(done)
            }
            Err(wrong) => Err(violations(wrong)),
        };
        Ok(MediaPayload::of(&frame, outcome, client_mutation_id))
    }

    /// Deletes a media record that no gallery, no body and no author shows. Needs the role editor or the scope media:write.
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
