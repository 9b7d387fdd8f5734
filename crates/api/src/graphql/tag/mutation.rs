//! Acts on tags.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use masthead_app::{AppResult, Work, tag};
use masthead_domain::TagId;
use masthead_store::{
    LibraryScope,
    tag::{self as rows, Tag},
};

use super::{
    TagNode,
    input::{TagMergeInput, TagRenameInput},
};
use crate::graphql::{
    frame::{Frame, MayAct},
    input,
    user_error::{UserError, perform, violations},
};

/// What came of an act on a tag.
#[derive(SimpleObject)]
pub(crate) struct TagPayload {
    /// The tag after the act; null when `userErrors` says why nothing was done.
    tag: Option<TagNode>,
    /// What to mend. Empty when the act was done.
    user_errors: Vec<UserError>,
    /// As it was given.
    client_mutation_id: Option<String>,
}

/// What came of joining two tags.
#[derive(SimpleObject)]
pub(crate) struct TagMergePayload {
    /// The tag that stays; null when `userErrors` says why nothing was done.
    tag: Option<TagNode>,
    /// The id of the tag that went; null when nothing was done.
    merged_id: Option<ID>,
    /// What to mend. Empty when the act was done.
    user_errors: Vec<UserError>,
    /// As it was given.
    client_mutation_id: Option<String>,
}

/// The tag as the act left it, read before the commit: what was done can be told whatever happens after.
async fn acted(work: &Work<'_>, id: TagId) -> AppResult<Option<Tag>> {
    Ok(rows::by_id(&work.tx, LibraryScope::Whole, id).await?)
}

#[derive(Default)]
pub(crate) struct TagMutation;

#[Object(guard = "MayAct")]
impl TagMutation {
    /// Spells a tag differently, on all articles that bear it, and says how it is spelled in other languages. When the slug belongs to another tag, join the two with
    /// `tagMerge`. Needs the role editor or the scope taxonomy:write.
    async fn tag_rename(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which tag, and its new spelling.")] input: TagRenameInput,
    ) -> Result<TagPayload> {
        let frame = Frame::published(ctx)?;
        let client_mutation_id = input.client_mutation_id.clone();
        let (id, expected_version) = (input.id.clone(), input.expected_version);
        let outcome = match input::target::<TagId, _>(&id, input.parse()) {
            Ok((id, to)) => {
                perform(&frame, |work| {
                    Box::pin(async move {
                        tag::rename(work, id, expected_version.into(), to).await?;
                        acted(work, id).await
                    })
                })
                .await?
            }
            Err(wrong) => Err(violations(wrong)),
        };
        Ok(match outcome {
            Ok(tag) => {
                let tag = TagNode::one(&frame.after_act(), tag);
                TagPayload { tag, user_errors: Vec::new(), client_mutation_id }
            }
            Err(user_errors) => TagPayload { tag: None, user_errors, client_mutation_id },
        })
    }

    /// Joins a tag into another. Every article that bore the one bears the other in its place, once; the one is gone.
    /// The other takes over its spellings in languages in which it has none itself.
    /// The articles keep their versions. Needs the role editor or the scope taxonomy:write.
    async fn tag_merge(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which tag goes, and which stays.")] input: TagMergeInput,
    ) -> Result<TagMergePayload> {
        let frame = Frame::published(ctx)?;
        let client_mutation_id = input.client_mutation_id.clone();
        let (from_id, expected_version) = (input.from_id.clone(), input.expected_version);
        let outcome = match input.parse() {
            Ok((from, into)) => {
                perform(&frame, |work| {
                    Box::pin(async move {
                        tag::merge(work, from, expected_version.into(), into).await?;
                        acted(work, into).await
                    })
                })
                .await?
            }
            Err(wrong) => Err(violations(wrong)),
        };
        Ok(match outcome {
            Ok(tag) => {
                let tag = TagNode::one(&frame.after_act(), tag);
                TagMergePayload { tag, merged_id: Some(from_id), user_errors: Vec::new(), client_mutation_id }
            }
            Err(user_errors) => TagMergePayload { tag: None, merged_id: None, user_errors, client_mutation_id },
        })
    }
}
