//! Preview tokens: a link to one article that readers do not see yet.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use masthead_app::{
    identity::Identity,
    preview::{self, IssuedPreview, LIFE_DEFAULT, Preview, PreviewDraft},
};
use masthead_domain::{ArticleId, PreviewTokenId, Violation, Violations};
use secrecy::ExposeSecret;

use super::{
    error,
    frame::{Frame, MayAct},
    input,
    scalar::DateTime,
    user_error::{UserError, perform, violations},
};

/// What a preview token is to show, and for how long.
#[derive(InputObject)]
pub(crate) struct PreviewTokenCreateInput {
    /// Comes back in the payload unchanged.
    client_mutation_id: Option<String>,
    /// The article.
    article_id: ID,
    /// Which version of it. When absent, the newest: whatever it is at the moment somebody looks.
    version: Option<i32>,
    /// How long the token is good, in seconds: 60 to 2592000 (30 days), an hour when absent.
    expires_in: Option<i32>,
}

/// Which preview token to take back.
#[derive(InputObject)]
pub(crate) struct PreviewTokenRevokeInput {
    /// Comes back in the payload unchanged.
    client_mutation_id: Option<String>,
    /// The id of the token.
    id: ID,
}

/// A token that shows one article to whoever sends it in the header `Masthead-Preview`. It is shown once, when it is made.
#[derive(SimpleObject)]
pub(crate) struct PreviewToken {
    /// Its id, to take it back by.
    id: ID,
    /// The token. Whoever has it sees the article.
    token: String,
    /// Until when it is good.
    expires_at: DateTime,
    /// The article it shows.
    article_id: ID,
    /// The version it shows; null when it shows the newest.
    version: Option<i32>,
}

/// What came of making a preview token.
#[derive(SimpleObject)]
pub(crate) struct PreviewTokenPayload {
    /// The token; null when `userErrors` says why none was made.
    preview_token: Option<PreviewToken>,
    /// What to mend. Empty when the token was made.
    user_errors: Vec<UserError>,
    /// As it was given.
    client_mutation_id: Option<String>,
}

/// What came of taking a preview token back.
#[derive(SimpleObject)]
pub(crate) struct PreviewTokenRevokePayload {
    /// The id of the token, which is worth nothing now; null when `userErrors` says why nothing was done.
    revoked_id: Option<ID>,
    /// What to mend. Empty when the token is worth nothing now.
    user_errors: Vec<UserError>,
    /// As it was given.
    client_mutation_id: Option<String>,
}

impl From<IssuedPreview> for PreviewToken {
    fn from(issued: IssuedPreview) -> Self {
        let IssuedPreview { id, token, expires_at, preview: Preview { article, version } } = issued;
        Self {
            id: ID(id.to_string()),
            token: token.expose_secret().to_owned(),
            expires_at: DateTime(expires_at),
            article_id: ID(article.to_string()),
            version: version.map(|version| i32::try_from(version).unwrap_or(i32::MAX)),
        }
    }
}

impl PreviewTokenCreateInput {
    fn parse(&self) -> Result<PreviewDraft, Violations> {
        let Self { client_mutation_id: _, article_id, version, expires_in } = self;
        let mut wrong = Violations::new();
        let article = input::id::<ArticleId>(&mut wrong, "articleId", article_id);
        let expires_in = match expires_in {
            None => Some(LIFE_DEFAULT),
            Some(seconds) => {
                let life = u64::try_from(*seconds).map(std::time::Duration::from_secs);
                wrong.take("expiresIn", life.map_err(|_| Violation::invalid("must lie between 60 seconds and 30 days")))
            }
        };
        let version = version.map(i64::from);
        let draft = article.zip(expires_in);
        wrong.into_result(
            draft.map(|(article, expires_in)| PreviewDraft { preview: Preview { article, version }, expires_in }),
        )
    }
}

#[derive(Default)]
pub(crate) struct PreviewMutation;

#[Object(guard = "MayAct")]
impl PreviewMutation {
    /// Makes a token that shows one article to whoever sends it in the header `Masthead-Preview`, for a while. It opens
    /// that article and nothing else. Needs the role editor or the scope drafts:read; contributors may do it for drafts of
    /// their own. Takes no `Idempotency-Key`: make another token instead.
    async fn preview_token_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the token is to show, and for how long.")] input: PreviewTokenCreateInput,
    ) -> Result<PreviewTokenPayload> {
        let frame = Frame::published(ctx)?;
        let identity = ctx.data::<Identity>();
        let identity = identity.map_err(|_| error::internal("the schema was built without an identity"))?.clone();
        let outcome = match input.parse() {
            Ok(draft) => {
                perform(&frame, |work| Box::pin(async move { preview::create(work, identity.keys(), draft).await }))
                    .await?
            }
            Err(wrong) => Err(violations(wrong)),
        };
        let client_mutation_id = input.client_mutation_id;
        Ok(match outcome {
            Ok(issued) => {
                PreviewTokenPayload { preview_token: Some(issued.into()), user_errors: Vec::new(), client_mutation_id }
            }
            Err(user_errors) => PreviewTokenPayload { preview_token: None, user_errors, client_mutation_id },
        })
    }

    /// Takes a preview token back: it is worth nothing from now on, on every server. Needs what making it needs.
    async fn preview_token_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which token.")] input: PreviewTokenRevokeInput,
    ) -> Result<PreviewTokenRevokePayload> {
        let frame = Frame::published(ctx)?;
        let PreviewTokenRevokeInput { client_mutation_id, id } = input;
        let outcome = match input::target::<PreviewTokenId, _>(&id, Ok(())) {
            Ok((id, ())) => perform(&frame, |work| Box::pin(preview::revoke(work, id))).await?,
            Err(wrong) => Err(violations(wrong)),
        };
        Ok(match outcome {
            Ok(()) => PreviewTokenRevokePayload { revoked_id: Some(id), user_errors: Vec::new(), client_mutation_id },
            Err(user_errors) => PreviewTokenRevokePayload { revoked_id: None, user_errors, client_mutation_id },
        })
    }
}
