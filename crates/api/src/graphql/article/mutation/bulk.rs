//! Acts on many articles at once.

use std::sync::Arc;

use async_graphql::{Context, Object, Result, SimpleObject};
use foldhash::HashMap;
use masthead_app::article::{self, Bulk, BulkDone};
use masthead_domain::{ArticleId, Violations};
use masthead_store::article::{self as rows, Article};

use crate::graphql::{
    article::{
        ArticleNode,
        input::{ArticleBulkCategorizeInput, ArticleBulkMoveInput, ArticleBulkPublishInput, ArticleBulkTagInput},
    },
    error,
    frame::{Frame, MayAct},
    user_error::{UserError, perform, violations},
};

/// What was done to one of the articles.
#[derive(SimpleObject)]
pub(crate) struct ArticleBulkItem {
    /// The article after the act, with all that the caller may see of it.
    article: ArticleNode,
    /// Whether it changed. What stood there already is no new version.
    changed: bool,
    /// Its version before the act.
    version_before: i32,
}

/// What came of an act on many articles. It is done to all of them or to none.
#[derive(SimpleObject)]
pub(crate) struct ArticleBulkPayload {
    /// Each article, in the order they were given; empty when `userErrors` says why nothing was done.
    report: Vec<ArticleBulkItem>,
    /// How many articles changed.
    changed_count: i32,
    /// What to mend: every article that it cannot be done to, at `articles.3` and below. Empty when the act was done.
    user_errors: Vec<UserError>,
    /// As it was given.
    client_mutation_id: Option<String>,
}

impl ArticleBulkPayload {
    async fn of(
        frame: &Arc<Frame>,
        said: Result<Bulk, Violations>,
        client_mutation_id: Option<String>,
    ) -> Result<Self> {
        let outcome = match said {
            Ok(bulk) => {
                perform(frame, |work| {
                    Box::pin(async move {
                        let done = article::bulk(work, bulk).await?;
                        let ids: Vec<ArticleId> = done.iter().map(|one| one.id).collect();
                        // Read before the commit: what was done can be told whatever happens after.
                        let articles = rows::by_ids(&work.tx, &work.widest_scope(), &ids).await?;
                        Ok((done, articles))
                    })
                })
                .await?
            }
            Err(wrong) => Err(violations(wrong)),
        };
        let (report, user_errors) = match outcome {
            Ok((done, articles)) => (report(frame, done, articles).await?, Vec::new()),
            Err(mistakes) => (Vec::new(), mistakes),
        };
        let changed = report.iter().filter(|item| item.changed).count();
        let changed_count = i32::try_from(changed).unwrap_or(i32::MAX);
        Ok(Self { report, changed_count, user_errors, client_mutation_id })
    }
}

/// The articles in the order of the act.
async fn report(
    frame: &Frame,
    done: Vec<BulkDone>,
    articles: HashMap<ArticleId, Article>,
) -> Result<Vec<ArticleBulkItem>> {
    let nodes = ArticleNode::together(&frame.after_act(), articles.into_values().collect());
    let nodes = ArticleNode::newest(nodes).await?;
    let mut nodes: HashMap<ArticleId, ArticleNode> = nodes.into_iter().map(|node| (node.front.id, node)).collect();
    let item = |BulkDone { id, is_changed, version_before }| {
        let article = nodes.remove(&id).ok_or_else(|| error::internal("an article that was acted on is not there"))?;
        let version_before = i32::try_from(version_before).unwrap_or(i32::MAX);
        Ok(ArticleBulkItem { article, changed: is_changed, version_before })
    };
    done.into_iter().map(item).collect()
}

#[derive(Default)]
pub(crate) struct ArticleBulkMutation;

#[Object(guard = "MayAct")]
impl ArticleBulkMutation {
    /// Publishes up to 100 articles now, all or none; of those that are published, the changes that wait beside them. Needs
    /// the role publisher or the scope articles:publish.
    async fn article_bulk_publish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which articles.")] input: ArticleBulkPublishInput,
    ) -> Result<ArticleBulkPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        ArticleBulkPayload::of(&Frame::published(ctx)?, input.parse(), client_mutation_id).await
    }

    /// Files up to 100 articles under more categories or fewer, all or none. In published articles it waits beside what
    /// readers see, unless `publish` says otherwise. Needs the role editor (contributors: their own drafts) or the scope
    /// articles:write.
    async fn article_bulk_categorize(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which articles, and which categories.")] input: ArticleBulkCategorizeInput,
    ) -> Result<ArticleBulkPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        ArticleBulkPayload::of(&Frame::published(ctx)?, input.parse(), client_mutation_id).await
    }

    /// Gives up to 100 articles more tags or fewer, all or none. In published articles it waits beside what readers see,
    /// unless `publish` says otherwise. Needs the role editor (contributors: their own drafts) or the scope
    /// articles:write.
    async fn article_bulk_tag(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which articles, and which tags.")] input: ArticleBulkTagInput,
    ) -> Result<ArticleBulkPayload> {
        let (frame, client_mutation_id) = (Frame::published(ctx)?, input.client_mutation_id.clone());
        let language = frame.site().languages.first().cloned();
        let language = language.ok_or_else(|| error::internal("a site without a language"))?;
        ArticleBulkPayload::of(&frame, input.parse(&language), client_mutation_id).await
    }

    /// Moves up to 100 articles from one category to another, all or none. In published articles it waits beside what
    /// readers see, unless `publish` says otherwise. Needs the role editor (contributors: their own drafts) or the scope
    /// articles:write.
    async fn article_bulk_move(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which articles, from where and to where.")] input: ArticleBulkMoveInput,
    ) -> Result<ArticleBulkPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        ArticleBulkPayload::of(&Frame::published(ctx)?, input.parse(), client_mutation_id).await
    }
}
