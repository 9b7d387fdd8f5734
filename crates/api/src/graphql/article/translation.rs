//! Acts that say which articles are editions of one story.

use async_graphql::{Context, ID, InputObject, Object, Result};
use masthead_app::article::{self, Target};
use masthead_domain::{ArticleId, Violations};

use super::mutation::{Aim, ArticlePayload};
use crate::graphql::{
    frame::{Frame, MayAct},
    input,
};

/// Which article becomes an edition of which story.
#[derive(InputObject)]
pub(crate) struct ArticleLinkTranslationInput {
    /// Comes back in the payload unchanged.
    client_mutation_id: Option<String>,
    /// The global id of the article that joins the story.
    id: ID,
    /// The version it was read at.
    expected_version: i32,
    /// The global id of an article of that story.
    to_id: ID,
    /// The version that one was read at; left out, whatever its version is will do.
    to_expected_version: Option<i32>,
}

/// Which article leaves its story.
#[derive(InputObject)]
pub(crate) struct ArticleUnlinkTranslationInput {
    /// Comes back in the payload unchanged.
    client_mutation_id: Option<String>,
    /// The article's global id.
    id: ID,
    /// The version it was read at.
    expected_version: i32,
}

#[derive(Default)]
pub(crate) struct ArticleTranslationMutation;

#[Object(guard = "MayAct")]
impl ArticleTranslationMutation {
    /// Makes an article an edition of another's story: both and all other editions of that are translations of one
    /// another, each in its own language. It leaves the story it was in. Only what says so changes, so it is done at once,
    /// to published articles too. Needs the role editor (contributors: their own drafts) or the scope articles:write.
    async fn article_link_translation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which article, and whose story it joins.")] input: ArticleLinkTranslationInput,
    ) -> Result<ArticlePayload> {
        let ArticleLinkTranslationInput { client_mutation_id, id, expected_version, to_id, to_expected_version } =
            input;
        let mut wrong = Violations::new();
        let to = input::id::<ArticleId>(&mut wrong, "toId", &to_id);
        let to = to.map(|id| Target { id, expected_version: to_expected_version.map(i64::from) });
        let aim = Aim { client_mutation_id, id, expected_version };
        aim.act(&Frame::published(ctx)?, wrong.into_result(to), |work, id, version, to| {
            Box::pin(article::link_translation(work, id, version, to))
        })
        .await
    }

    /// Takes an article out of the story it is an edition of: it is a story of its own from then on, and neither it nor
    /// the editions it leaves are translated from one another. Only what says so changes, so it is done at once, to
    /// published articles too. Needs the role editor (contributors: their own drafts) or the scope articles:write.
    async fn article_unlink_translation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which article.")] input: ArticleUnlinkTranslationInput,
    ) -> Result<ArticlePayload> {
        let ArticleUnlinkTranslationInput { client_mutation_id, id, expected_version } = input;
        let aim = Aim { client_mutation_id, id, expected_version };
        aim.act(&Frame::published(ctx)?, Ok(()), |work, id, version, ()| {
            Box::pin(article::unlink_translation(work, id, version))
        })
        .await
    }
}
