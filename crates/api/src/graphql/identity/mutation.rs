//! Signing in, staying signed in, signing out.

use async_graphql::{Context, Object, Result, SimpleObject};
use masthead_app::identity::{Identity, SignedIn};
use secrecy::ExposeSecret;

use super::{
    Viewer,
    input::{LoginInput, LogoutInput, TokenRefreshInput},
};
use crate::graphql::{
    error,
    frame::Frame,
    scalar::DateTime,
    user_error::{UserError, violations},
};

/// Somebody who signed in. Send `accessToken` with each request as `Authorization: Bearer …`; when it is about to
/// expire, get the next one with `tokenRefresh`.
#[derive(SimpleObject, Default)]
pub(crate) struct LoginPayload {
    /// What to send with each request; null when `userErrors` says what to mend.
    access_token: Option<String>,
    /// What to get the next access token with. It works once, and must be kept as safe as a password.
    refresh_token: Option<String>,
    /// Until when the access token is good.
    expires_at: Option<DateTime>,
    /// Who signed in.
    viewer: Option<Viewer>,
    /// What to mend. Empty when somebody signed in.
    user_errors: Vec<UserError>,
    /// As it was given.
    client_mutation_id: Option<String>,
}

/// A session that goes on, with new tokens. The refresh token that was sent is used up.
#[derive(SimpleObject, Default)]
pub(crate) struct TokenRefreshPayload {
    /// What to send with each request from now on.
    access_token: Option<String>,
    /// What to get the next access token with. It works once.
    refresh_token: Option<String>,
    /// Until when the access token is good.
    expires_at: Option<DateTime>,
    /// Whose session it is, with the role they have now.
    viewer: Option<Viewer>,
    /// Always empty: what is wrong with a token cannot be mended by its user.
    user_errors: Vec<UserError>,
    /// As it was given.
    client_mutation_id: Option<String>,
}

/// What came of signing out.
#[derive(SimpleObject)]
pub(crate) struct LogoutPayload {
    /// True when a session ended; false when the token belongs to none that was still open. Either way the token is
    /// worth nothing now.
    signed_out: bool,
    /// Always empty.
    user_errors: Vec<UserError>,
    /// As it was given.
    client_mutation_id: Option<String>,
}

fn identity<'a>(ctx: &Context<'a>) -> Result<&'a Identity> {
    ctx.data::<Identity>().map_err(|_| error::internal("the schema was built without an identity"))
}

#[derive(Default)]
pub(crate) struct IdentityMutation;

#[Object]
impl IdentityMutation {
    /// Signs a user in by e-mail address and password. A wrong address, a wrong password and a suspended user all
    /// give the error UNAUTHENTICATED with the same words. After five wrong passwords for an account within a quarter
    /// of an hour, the next attempt gives RATE_LIMITED; `extensions.retryAfter` says how many seconds to wait. It may
    /// stand in a document once.
    async fn login(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who signs in.")] input: LoginInput,
    ) -> Result<LoginPayload> {
        let frame = Frame::published(ctx)?;
        let client_mutation_id = input.client_mutation_id.clone();
        let (email, password) = match input.parse() {
            Ok(parsed) => parsed,
            Err(wrong) => {
                return Ok(LoginPayload { user_errors: violations(wrong), client_mutation_id, ..Default::default() });
            }
        };
        let signed_in = identity(ctx)?.login(&email, &password).await.map_err(error::identity)?;
        let Tokens { access_token, refresh_token, expires_at, viewer } = Tokens::of(&frame, &signed_in);
        Ok(LoginPayload {
            access_token: Some(access_token),
            refresh_token: Some(refresh_token),
            expires_at: Some(expires_at),
            viewer: Some(viewer),
            user_errors: Vec::new(),
            client_mutation_id,
        })
    }

    /// Gives new tokens for a refresh token, which is used up by it. A refresh token that comes a second time was
    /// copied: then the whole session ends, and this and every later refresh token of it gives the error
    /// REFRESH_REUSED. One that is unknown, too old or of a session that has ended gives UNAUTHENTICATED. It may stand
    /// in a document once.
    async fn token_refresh(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which session.")] input: TokenRefreshInput,
    ) -> Result<TokenRefreshPayload> {
        let frame = Frame::published(ctx)?;
        let client_mutation_id = input.client_mutation_id.clone();
        let signed_in = identity(ctx)?.refresh(&input.into_token()).await.map_err(error::identity)?;
        let Tokens { access_token, refresh_token, expires_at, viewer } = Tokens::of(&frame, &signed_in);
        Ok(TokenRefreshPayload {
            access_token: Some(access_token),
            refresh_token: Some(refresh_token),
            expires_at: Some(expires_at),
            viewer: Some(viewer),
            user_errors: Vec::new(),
            client_mutation_id,
        })
    }

    /// Ends a session. Its access tokens are refused at once by the server that answers, and within a minute by all.
    async fn logout(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which session.")] input: LogoutInput,
    ) -> Result<LogoutPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        let signed_out = identity(ctx)?.logout(&input.into_token()).await.map_err(error::identity)?;
        Ok(LogoutPayload { signed_out, user_errors: Vec::new(), client_mutation_id })
    }
}

/// What both ways of coming in give.
struct Tokens {
    access_token: String,
    refresh_token: String,
    expires_at: DateTime,
    viewer: Viewer,
}

impl Tokens {
    fn of(frame: &Frame, signed_in: &SignedIn) -> Self {
        Self {
            access_token: signed_in.access.token.expose_secret().to_owned(),
            refresh_token: signed_in.refresh.expose_secret().to_owned(),
            expires_at: DateTime(signed_in.access.expires_at),
            viewer: Viewer { app: frame.acts().clone(), caller: signed_in.caller() },
        }
    }
}
