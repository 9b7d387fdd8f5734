//! Acts on where articles stand.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use masthead_app::article;
use masthead_domain::ArticleId;

use super::{Aim, ArticlePayload};
use crate::graphql::{
    article::input::{
        ArticleDeleteInput, ArticleKillInput, ArticlePublishInput, ArticleRestoreInput, ArticleReturnInput,
        ArticleScheduleInput, ArticleSubmitInput, ArticleUnpublishInput, ArticleWithdrawInput,
    },
    frame::{Frame, MayAct},
    input::target,
    user_error::{UserError, perform, violations},
};

/// What came of a deletion.
#[derive(SimpleObject)]
pub(crate) struct ArticleDeletePayload {
    /// The id of what was deleted; null when `userErrors` says why nothing was done.
    deleted_id: Option<ID>,
    /// What to mend. Empty when the act was done.
    user_errors: Vec<UserError>,
    /// As it was given.
    client_mutation_id: Option<String>,
}

#[derive(Default)]
pub(crate) struct ArticleStandingMutation;

#[Object(guard = "MayAct")]
impl ArticleStandingMutation {
    /// Hands a draft, or the changes that wait beside a published article, to an editor. Needs the role editor (contributors:
    /// their own drafts) or the scope articles:write.
    async fn article_submit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which article.")] input: ArticleSubmitInput,
    ) -> Result<ArticlePayload> {
        let said = input.parse();
        let ArticleSubmitInput { client_mutation_id, id, expected_version, .. } = input;
        let aim = Aim { client_mutation_id, id, expected_version };
        aim.act(&Frame::published(ctx)?, said, |work, id, version, said| {
            Box::pin(article::submit(work, id, version, said))
        })
        .await
    }

    /// Hands a draft in review, or changes in review, back to the writer. Needs the role editor or the scope
    /// articles:write.
    async fn article_return(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which article, and what to mend.")] input: ArticleReturnInput,
    ) -> Result<ArticlePayload> {
        let said = input.parse();
        let ArticleReturnInput { client_mutation_id, id, expected_version, .. } = input;
        let aim = Aim { client_mutation_id, id, expected_version };
        aim.act(&Frame::published(ctx)?, said, |work, id, version, said| {
            Box::pin(article::return_to_draft(work, id, version, said))
        })
        .await
    }

    /// Sets when readers see an article: from an instant in the future, not before an embargo ends, until it expires. An
    /// article that is published keeps its date. Needs the role publisher or the scope articles:publish.
    async fn article_schedule(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which article, and when.")] input: ArticleScheduleInput,
    ) -> Result<ArticlePayload> {
        let said = input.parse();
        let ArticleScheduleInput { client_mutation_id, id, expected_version, .. } = input;
        let aim = Aim { client_mutation_id, id, expected_version };
        aim.act(&Frame::published(ctx)?, said, |work, id, version, said| {
            Box::pin(article::schedule(work, id, version, said))
        })
        .await
    }

    /// Publishes an article, now or at a future instant, or moves a publication that has not happened yet. Of an article
    /// that is published it publishes the changes that wait. Needs the role publisher or the scope articles:publish.
    async fn article_publish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which article, and when.")] input: ArticlePublishInput,
    ) -> Result<ArticlePayload> {
        let said = input.parse();
        let ArticlePublishInput { client_mutation_id, id, expected_version, .. } = input;
        let aim = Aim { client_mutation_id, id, expected_version };
        aim.act(&Frame::published(ctx)?, said, |work, id, version, said| {
            Box::pin(article::publish(work, id, version, said))
        })
        .await
    }

    /// Takes an article off the site, or its future publication back. Its address answers `Gone` from then on, once
    /// readers have seen it there. Needs the role publisher or the scope articles:publish.
    async fn article_unpublish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which article, and why.")] input: ArticleUnpublishInput,
    ) -> Result<ArticlePayload> {
        let said = input.parse();
        let ArticleUnpublishInput { client_mutation_id, id, expected_version, .. } = input;
        let aim = Aim { client_mutation_id, id, expected_version };
        aim.act(&Frame::published(ctx)?, said, |work, id, version, said| {
            Box::pin(article::unpublish(work, id, version, said))
        })
        .await
    }

    /// Takes back an article that is or was published: its address tells readers so. Needs the role publisher or the scope
    /// articles:publish.
    async fn article_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which article, and what readers are told.")] input: ArticleWithdrawInput,
    ) -> Result<ArticlePayload> {
        let said = input.parse();
        let ArticleWithdrawInput { client_mutation_id, id, expected_version, .. } = input;
        let aim = Aim { client_mutation_id, id, expected_version };
        aim.act(&Frame::published(ctx)?, said, |work, id, version, said| {
            Box::pin(article::withdraw(work, id, version, said))
        })
        .await
    }

    /// Takes an article down everywhere, whatever its state, for good: its address answers 451, and it is never published
    /// again. Needs the role publisher or the scope articles:publish.
    async fn article_kill(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which article, and what readers are told.")] input: ArticleKillInput,
    ) -> Result<ArticlePayload> {
        let said = input.parse();
        let ArticleKillInput { client_mutation_id, id, expected_version, .. } = input;
        let aim = Aim { client_mutation_id, id, expected_version };
        aim.act(&Frame::published(ctx)?, said, |work, id, version, said| {
            Box::pin(article::kill(work, id, version, said))
        })
        .await
    }

    /// Brings a deleted article back: as a draft, or off the site when readers knew it. Nothing comes before readers by it.
    /// Deleted articles are listed with the perspective `DELETED`. Needs the role publisher (contributors: their own
    /// drafts) or the scope articles:publish.
    async fn article_restore(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which article.")] input: ArticleRestoreInput,
    ) -> Result<ArticlePayload> {
        let said = input.parse();
        let ArticleRestoreInput { client_mutation_id, id, expected_version, .. } = input;
        let aim = Aim { client_mutation_id, id, expected_version };
        aim.act(&Frame::published(ctx)?, said, |work, id, version, said| {
            Box::pin(article::restore(work, id, version, said))
        })
        .await
    }

    /// Deletes an article in whatever state. Its slug is free again; its address answers `Gone`, once readers have seen
    /// it there. It can be restored until it is erased for good. Needs the role publisher (contributors: their own
    /// drafts) or the scope articles:publish.
    async fn article_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which article.")] input: ArticleDeleteInput,
    ) -> Result<ArticleDeletePayload> {
        let frame = Frame::published(ctx)?;
        let ArticleDeleteInput { client_mutation_id, id, expected_version } = input;
        let outcome = match target::<ArticleId, _>(&id, Ok(())) {
            Ok((id, ())) => {
                perform(&frame, |work| Box::pin(article::delete(work, id, expected_version.into()))).await?
            }
            Err(wrong) => Err(violations(wrong)),
        };
        Ok(match outcome {
            Ok(()) => ArticleDeletePayload { deleted_id: Some(id), user_errors: Vec::new(), client_mutation_id },
            Err(user_errors) => ArticleDeletePayload { deleted_id: None, user_errors, client_mutation_id },
        })
    }
}
