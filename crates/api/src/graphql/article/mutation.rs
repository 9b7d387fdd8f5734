//! Acts on articles.

use std::sync::Arc;

use async_graphql::{Context, ID, MaybeUndefined, Object, Result, SimpleObject};
use masthead_app::{AppResult, Work, article};
use masthead_domain::{ArticleId, LanguageTag};
use masthead_store::{
    Perspective,
    article::{self as rows, Article},
};

use super::{
    ArticleNode,
    input::{
        ArticleCreateInput, ArticleDeleteInput, ArticlePublishInput, ArticleSetReferencesInput, ArticleUnpublishInput,
        ArticleUpdateInput,
    },
};
use crate::graphql::{
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

impl ArticlePayload {
    pub(super) fn of(frame: &Frame, outcome: Outcome<Option<Article>>, client_mutation_id: Option<String>) -> Self {
        match outcome {
            Ok(article) => {
                let article = ArticleNode::together(&frame.after_act(), article.into_iter().collect()).pop();
                Self { article, user_errors: Vec::new(), client_mutation_id }
            }
            Err(user_errors) => Self { article: None, user_errors, client_mutation_id },
        }
    }
}

/// The language of an article that is about to get other tags: the slug of a tag is written by its rules. Of an article
/// that the caller may not see nothing is said here; the act refuses it.
async fn language(frame: &Arc<Frame>, id: &ID) -> Result<LanguageTag> {
    let scope = frame.caller.scope(Perspective::Latest, frame.scope.now);
    let article = match lookup_id(id) {
        Some(id) => rows::by_id(&frame.app.database, &scope, id).await.map_err(error::store)?,
        None => None,
    };
    let known = article.and_then(|article| article.language.parse().ok());
    let default = || frame.app.site.languages.first().cloned();
    known.or_else(default).ok_or_else(|| error::internal("a site without a language"))
}

/// The article as the act left it, read before the commit: what was done can be told whatever happens after.
pub(super) async fn acted(work: &Work<'_>, id: ArticleId) -> AppResult<Option<Article>> {
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
        Ok(ArticlePayload::of(&frame, outcome, client_mutation_id))
    }

    /// Changes what an article says. Writing what already stands there changes nothing, not even the version. Needs the
    /// role editor (contributors: their own drafts) or the scope articles:write.
    async fn article_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which article, and what to change.")] input: ArticleUpdateInput,
    ) -> Result<ArticlePayload> {
        let frame = Frame::published(ctx)?;
        let ArticleUpdateInput { client_mutation_id, id, expected_version, changes } = input;
        let language = match &changes.tags {
            MaybeUndefined::Value(tags) if !tags.is_empty() => Some(language(&frame, &id).await?),
            _ => frame.app.site.languages.first().cloned(),
        };
        let Some(language) = language else { return Err(error::internal("a site without a language")) };
        let changes = changes.parse(&language).map_err(|wrong| wrong.within("changes"));
        let outcome = match target::<ArticleId, _>(&id, changes) {
            Ok((id, changes)) => {
                let done = perform(&frame, |work| {
                    Box::pin(async move {
                        article::update(work, id, expected_version.into(), changes).await?;
                        acted(work, id).await
                    })
                });
                in_changes(done.await?)
            }
            Err(wrong) => Err(violations(wrong)),
        };
        Ok(ArticlePayload::of(&frame, outcome, client_mutation_id))
    }

    /// Sets an article's references, in order. Needs the role editor (contributors: their own drafts) or the scope
    /// articles:write.
    async fn article_set_references(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which article, and its references.")] input: ArticleSetReferencesInput,
    ) -> Result<ArticlePayload> {
        let frame = Frame::published(ctx)?;
        let (client_mutation_id, id, expected_version, references) = input.into_parts();
        let outcome = match target::<ArticleId, _>(&id, ArticleSetReferencesInput::parse(references)) {
            Ok((id, references)) => {
                perform(&frame, |work| {
                    Box::pin(async move {
                        article::set_references(work, id, expected_version, references).await?;
                        acted(work, id).await
                    })
                })
                .await?
            }
            Err(wrong) => Err(violations(wrong)),
        };
        Ok(ArticlePayload::of(&frame, outcome, client_mutation_id))
    }

    /// Publishes an article, now or at a future instant, or moves a publication that has not happened yet. What readers
    /// see already cannot be published again. Needs the role publisher or the scope articles:publish.
    async fn article_publish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which article, and when.")] input: ArticlePublishInput,
    ) -> Result<ArticlePayload> {
        let frame = Frame::published(ctx)?;
        let publication = input.publication();
        let ArticlePublishInput { client_mutation_id, id, expected_version, .. } = input;
        let outcome = match target::<ArticleId, _>(&id, Ok(publication)) {
            Ok((id, publication)) => {
                perform(&frame, |work| {
                    Box::pin(async move {
                        article::publish(work, id, expected_version.into(), publication).await?;
                        acted(work, id).await
                    })
                })
                .await?
            }
            Err(wrong) => Err(violations(wrong)),
        };
        Ok(ArticlePayload::of(&frame, outcome, client_mutation_id))
    }

    /// Takes an article off the site, or its future publication back. Its address answers `Gone` from then on, once
    /// readers have seen it there. Needs the role publisher or the scope articles:publish.
    async fn article_unpublish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which article, and why.")] input: ArticleUnpublishInput,
    ) -> Result<ArticlePayload> {
        let frame = Frame::published(ctx)?;
        let removal = input.parse();
        let ArticleUnpublishInput { client_mutation_id, id, expected_version, .. } = input;
        let outcome = match target::<ArticleId, _>(&id, removal) {
            Ok((id, (reason, notice))) => {
                perform(&frame, |work| {
                    Box::pin(async move {
                        article::unpublish(work, id, expected_version.into(), reason, notice).await?;
                        acted(work, id).await
                    })
                })
                .await?
            }
            Err(wrong) => Err(violations(wrong)),
        };
        Ok(ArticlePayload::of(&frame, outcome, client_mutation_id))
    }

    /// Deletes an article in whatever state. Its slug is free again; its address answers `Gone`, once readers have seen
    /// it there. Needs the role publisher (contributors: their own drafts) or the scope articles:publish.
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
