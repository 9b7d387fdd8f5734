//! Acts on what articles say. Those on where they stand are in [`standing`], those on many articles in [`bulk`].

mod bulk;
mod standing;

use std::sync::Arc;

use async_graphql::{Context, ID, MaybeUndefined, Object, Result, SimpleObject};
use futures_util::future::BoxFuture;
use masthead_app::{AppResult, Work, article};
use masthead_domain::{ArticleId, LanguageTag, Violations};
use masthead_store::{
    Perspective,
    article::{self as rows, Article},
    correction,
};

pub(crate) use self::{bulk::ArticleBulkMutation, standing::ArticleStandingMutation};
use super::{
    ArticleNode,
    input::{
        ArticleCorrectInput, ArticleCreateInput, ArticleRestoreRevisionInput, ArticleSetReferencesInput,
        ArticleUpdateInput, edit,
    },
};
use crate::graphql::{
    correction::CorrectionNode,
    error,
    frame::{Frame, MayAct},
    input::{lookup_id, target},
    user_error::{Outcome, UserError, in_changes, perform, violations},
};

/// What came of an act on an article.
#[derive(SimpleObject)]
pub(crate) struct ArticlePayload {
    /// The article after the act, with all that the caller may see of it; null when `userErrors` says why nothing was
    /// done.
    article: Option<ArticleNode>,
    /// What to mend. Empty when the act was done.
    user_errors: Vec<UserError>,
    /// As it was given.
    client_mutation_id: Option<String>,
}

/// What came of a correction.
#[derive(SimpleObject)]
pub(crate) struct ArticleCorrectPayload {
    /// The article after the correction; null when `userErrors` says why nothing was done.
    article: Option<ArticleNode>,
    /// What readers are told.
    correction: Option<CorrectionNode>,
    /// What to mend. Empty when the act was done.
    user_errors: Vec<UserError>,
    /// As it was given.
    client_mutation_id: Option<String>,
}

impl ArticlePayload {
    async fn of(frame: &Frame, outcome: Outcome<Option<Article>>, client_mutation_id: Option<String>) -> Result<Self> {
        let (article, user_errors) = match outcome {
            Ok(article) => {
                let nodes = ArticleNode::together(&frame.after_act(), article.into_iter().collect());
                (ArticleNode::newest(nodes).await?.pop(), Vec::new())
            }
            Err(user_errors) => (None, user_errors),
        };
        Ok(Self { article, user_errors, client_mutation_id })
    }
}

/// The article an act is aimed at, at the version it is made for.
pub(super) struct Aim {
    pub(super) client_mutation_id: Option<String>,
    pub(super) id: ID,
    pub(super) expected_version: i32,
}

impl Aim {
    /// Does one act on the article with what the input says.
    pub(super) async fn act<T: Send + 'static>(
        self,
        frame: &Arc<Frame>,
        said: Result<T, Violations>,
        act: impl for<'w> FnOnce(&'w Work<'w>, ArticleId, i64, T) -> BoxFuture<'w, AppResult<()>> + Send + 'static,
    ) -> Result<ArticlePayload> {
        let Self { client_mutation_id, id, expected_version } = self;
        let outcome = match target::<ArticleId, _>(&id, said) {
            Ok((id, said)) => {
                perform(frame, |work| {
                    Box::pin(async move {
                        act(work, id, expected_version.into(), said).await?;
                        acted(work, id).await
                    })
                })
                .await?
            }
            Err(wrong) => Err(violations(wrong)),
        };
        ArticlePayload::of(frame, outcome, client_mutation_id).await
    }
}

/// The language of an article that is about to change: the slugs of its tags are written by its rules. Of an article that
/// the caller may not see nothing is said here; the act refuses it.
async fn language(frame: &Arc<Frame>, id: &ID) -> Result<LanguageTag> {
    let scope = frame.caller.scope(Perspective::Latest, frame.scope.now);
    let article = match lookup_id(id) {
        Some(id) => rows::by_id(frame.read_below(), &scope, id).await.map_err(error::store)?,
        None => None,
    };
    let known = article.and_then(|article| article.language.parse().ok());
    let default = || frame.site().languages.first().cloned();
    known.or_else(default).ok_or_else(|| error::internal("a site without a language"))
}

/// The article as the act left it, read before the commit: what was done can be told whatever happens after.
async fn acted(work: &Work<'_>, id: ArticleId) -> AppResult<Option<Article>> {
    Ok(rows::by_id(&work.tx, &work.widest_scope(), id).await?)
}

#[derive(Default)]
pub(crate) struct ArticleMutation;

#[Object(guard = "MayAct")]
impl ArticleMutation {
    /// Keeps a new article as a draft. Needs the role contributor or the scope articles:write.
    async fn article_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The article.")] input: ArticleCreateInput,
    ) -> Result<ArticlePayload> {
        let frame = Frame::published(ctx)?;
        let client_mutation_id = input.client_mutation_id.clone();
        let outcome = match input.parse() {
            Ok(draft) => {
                perform(&frame, |work| {
                    Box::pin(async move {
                        let id = article::create(work, draft).await?;
                        acted(work, id).await
                    })
                })
                .await?
            }
            Err(wrong) => Err(violations(wrong)),
        };
        ArticlePayload::of(&frame, outcome, client_mutation_id).await
    }

    /// Changes what an article says. What readers see stays: changes to a published article wait beside it until
    /// `articlePublish`. Writing what already stands there changes nothing, not even the version. Needs the role editor
    /// (contributors: their own drafts) or the scope articles:write.
    async fn article_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which article, and what to change.")] input: ArticleUpdateInput,
    ) -> Result<ArticlePayload> {
        let frame = Frame::published(ctx)?;
        let ArticleUpdateInput { client_mutation_id, id, expected_version, changes, internal_note, summary } = input;
        let language = match &changes.tags {
            MaybeUndefined::Value(tags) if !tags.is_empty() => Some(language(&frame, &id).await?),
            _ => frame.site().languages.first().cloned(),
        };
        let Some(language) = language else { return Err(error::internal("a site without a language")) };
        let edit = edit(&language, changes, internal_note, summary.as_deref());
        let outcome = match target::<ArticleId, _>(&id, edit) {
            Ok((id, edit)) => {
                let done = perform(&frame, |work| {
                    Box::pin(async move {
                        article::update(work, id, expected_version.into(), edit).await?;
                        acted(work, id).await
                    })
                });
                in_changes(done.await?)
            }
            Err(wrong) => Err(violations(wrong)),
        };
        ArticlePayload::of(&frame, outcome, client_mutation_id).await
    }

    /// Sets an article's references, in order; on a published article they wait as other changes do. Needs the role
    /// editor (contributors: their own drafts) or the scope articles:write.
    async fn article_set_references(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which article, and its references.")] input: ArticleSetReferencesInput,
    ) -> Result<ArticlePayload> {
        let (client_mutation_id, id, expected_version, references) = input.into_parts();
        let said = ArticleSetReferencesInput::parse(references);
        let aim = Aim { client_mutation_id, id, expected_version };
        aim.act(&Frame::published(ctx)?, said, |work, id, version, references| {
            Box::pin(article::set_references(work, id, version, references))
        })
        .await
    }

    /// Brings back what an article said at an earlier version, as a new version; on a published article it waits as other
    /// changes do, and going back to what is published gives up what waits. Needs the role editor (contributors: their
    /// own drafts) or the scope articles:write.
    async fn article_restore_revision(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which article, and which version.")] input: ArticleRestoreRevisionInput,
    ) -> Result<ArticlePayload> {
        let said = input.parse();
        let ArticleRestoreRevisionInput { client_mutation_id, id, expected_version, to_version, .. } = input;
        let aim = Aim { client_mutation_id, id, expected_version };
        aim.act(&Frame::published(ctx)?, said, move |work, id, version, summary| {
            Box::pin(article::restore_revision(work, id, version, to_version.into(), summary))
        })
        .await
    }

    /// Corrects what readers see, at once, and tells them so for good: the correction stands with the article, with the
    /// words before and after, and `revisedAt` moves. Needs the role publisher or the scope articles:publish.
    async fn article_correct(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which article, and what readers are told.")] input: ArticleCorrectInput,
    ) -> Result<ArticleCorrectPayload> {
        let frame = Frame::published(ctx)?;
        let (client_mutation_id, id) = (input.client_mutation_id.clone(), input.id.clone());
        let expected_version = i64::from(input.expected_version);
        let said = input.parse(&language(&frame, &id).await?);
        let outcome = match target::<ArticleId, _>(&id, said) {
            Ok((id, correcting)) => {
                perform(&frame, |work| {
                    Box::pin(async move {
                        let correction = article::correct(work, id, expected_version, correcting).await?;
                        let kept = correction::by_id(&work.tx, &work.widest_scope(), correction).await?;
                        Ok((acted(work, id).await?, kept))
                    })
                })
                .await?
            }
            Err(wrong) => Err(violations(wrong)),
        };
        let (outcome, kept) = match outcome {
            Ok((article, kept)) => (Ok(article), kept),
            Err(mistakes) => (Err(mistakes), None),
        };
        let correction = CorrectionNode::together(&frame.after_act(), kept.into_iter().collect()).pop();
        let ArticlePayload { article, user_errors, client_mutation_id } =
            ArticlePayload::of(&frame, outcome, client_mutation_id).await?;
        Ok(ArticleCorrectPayload { article, correction, user_errors, client_mutation_id })
    }
}
