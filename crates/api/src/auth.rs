//! Who sends a request: the HTTP side of identity.
//!
//! Only `Authorization: Bearer …` is read, never a cookie, a query parameter or a body. No header is nobody in
//! particular; a header that is not understood or not believed is refused, and never taken for no header.

use std::sync::Arc;

use http::{HeaderMap, HeaderValue, header::AUTHORIZATION};
use masthead_app::{
    App, AppError, Caller,
    identity::{Identity, IdentityError},
    preview::{self, Preview},
};
use masthead_domain::{operation::Operations, policy::Actor};
use masthead_store::StoreError;

use crate::{
    graphql::Session,
    http::{AuthFailure, Authenticate, PREVIEW, RequestContext},
    idempotency::keys_of,
};

/// Finds out who sends a request. Cloning shares it.
#[derive(Clone)]
pub struct Authenticator {
    app: App,
    identity: Identity,
}

impl std::fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authenticator").field("identity", &self.identity).finish_non_exhaustive()
    }
}

impl Authenticator {
    /// An authenticator over an application.
    #[must_use]
    pub fn new(app: App, identity: Identity) -> Self {
        Self { app, identity }
    }

    /// Who sends a request with these headers.
    ///
    /// # Errors
    /// [`AuthFailure::Rejected`] when there is a header that does not prove anything, [`AuthFailure::PreviewRejected`] when
    /// there is a preview token that shows nothing, [`AuthFailure::Unavailable`] when it cannot be checked now.
    pub async fn authenticate(&self, headers: &HeaderMap) -> Result<Session, AuthFailure> {
        let session = self.session(bearer(headers)).await?;
        Ok(Session { preview: self.preview(headers.get_all(PREVIEW).iter()).await?, ..session })
    }

    async fn session(&self, bearer: Bearer<'_>) -> Result<Session, AuthFailure> {
        let caller = match bearer {
            Bearer::Absent => Caller::anonymous(),
            Bearer::Malformed => return Err(AuthFailure::Rejected),
            Bearer::Token(token) => self.identity.authenticate(token).await.map_err(|error| failure(&error))?,
        };
        Ok(Session::new(caller, self.app.clock.now()))
    }

    /// What a preview token shows. Like a bearer token it is sent once, and one that is not believed is never taken for
    /// none.
    async fn preview(
        &self,
        mut values: impl Iterator<Item = &HeaderValue> + Send,
    ) -> Result<Option<Preview>, AuthFailure> {
        let Some(value) = values.next() else { return Ok(None) };
        if values.next().is_some() {
            return Err(AuthFailure::PreviewRejected);
        }
        let token = value.to_str().map_err(|_| AuthFailure::PreviewRejected)?;
        match preview::shown(&self.app, &self.identity, token.trim()).await {
            Ok(preview) => Ok(Some(preview)),
            Err(IdentityError::InvalidToken(fault)) => {
                tracing::info!(reason = %fault, "a preview token is refused");
                Err(AuthFailure::PreviewRejected)
            }
            Err(error) => Err(failure(&error)),
        }
    }

    /// The door's hook: puts the [`Session`] where the schema finds it.
    #[must_use]
    pub fn hook(self) -> Authenticate {
        Arc::new(move |headers| {
            let all = |name| headers.get_all(name).iter().cloned().collect::<Vec<_>>();
            let (this, bearers, tokens) = (self.clone(), all(AUTHORIZATION), all(PREVIEW));
            Box::pin(async move {
                let session = this.session(bearer_of(bearers.iter())).await?;
                let preview = this.preview(tokens.iter()).await?;
                let context = match &session.caller {
                    caller if *caller == Caller::anonymous() => RequestContext::anonymous(),
                    caller => RequestContext::signed_in()
                        .asking_for(operations_of(caller))
                        .with_keys(keys_of(this.app.clone(), caller.clone())),
                };
                let context = if preview.is_some() { context.private() } else { context };
                Ok(context.with(Session { preview, ..session }))
            })
        })
    }
}

/// Which operations somebody may ask for who has signed in.
fn operations_of(caller: &Caller) -> Operations {
    match caller.actor {
        Actor::Key { operations, .. } => operations,
        Actor::Anonymous | Actor::User { .. } | Actor::System => Operations::Any,
    }
}

/// What the `Authorization` header holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bearer<'a> {
    Absent,
    Malformed,
    Token(&'a str),
}

fn bearer(headers: &HeaderMap) -> Bearer<'_> {
    bearer_of(headers.get_all(AUTHORIZATION).iter())
}

fn bearer_of<'a>(mut values: impl Iterator<Item = &'a HeaderValue>) -> Bearer<'a> {
    match (values.next(), values.next()) {
        (None, _) => Bearer::Absent,
        (Some(value), None) => token(value).map_or(Bearer::Malformed, Bearer::Token),
        // Whoever put a second one in hopes that we read another than somebody before us did.
        (Some(_), Some(_)) => Bearer::Malformed,
    }
}

/// `Bearer`, spaces and one token (RFC 6750 §2.1, RFC 9110 §11.4).
fn token(value: &HeaderValue) -> Option<&str> {
    let (scheme, rest) = value.to_str().ok()?.split_once(' ')?;
    let token = rest.trim_matches(' ');
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
    let is_bearer = scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() && token.bytes().all(is_token);
    is_bearer.then_some(token)
}

fn failure(error: &IdentityError) -> AuthFailure {
    match error {
        IdentityError::InvalidToken(fault) => {
            tracing::info!(reason = %fault, "a bearer token is refused");
            AuthFailure::Rejected
        }
        IdentityError::WrongCredentials | IdentityError::RefreshReused => AuthFailure::Rejected,
        IdentityError::App(AppError::Store(StoreError::Unavailable(cause))) => {
            let error: &dyn std::error::Error = cause;
            tracing::warn!(error, "a bearer token cannot be checked");
            AuthFailure::Unavailable
        }
        IdentityError::RateLimited { .. } | IdentityError::Overloaded | IdentityError::App(_) => {
            let error: &dyn std::error::Error = error;
            tracing::error!(error, "a bearer token cannot be checked");
            AuthFailure::Unavailable
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(values: &[&[u8]]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_bytes(value).unwrap());
        }
        headers
    }

    #[test]
    fn only_one_bearer_token_is_read() {
        assert_eq!(bearer(&headers(&[])), Bearer::Absent);
        for good in ["Bearer abc", "bearer abc", "BEARER   abc ", "Bearer abc"] {
            assert_eq!(bearer(&headers(&[good.as_bytes()])), Bearer::Token("abc"), "{good}");
        }
        assert_eq!(bearer(&headers(&[b"Bearer a-._~+/="])), Bearer::Token("a-._~+/="));
        for bad in [
            "",
            "Bearer",
            "Bearer ",
            "Bearer  ",
            "abc",
            "Basic abc",
            "Token abc",
            "Bearerabc",
            "Bearer\tabc",
            "Bearer a b",
            "Bearer a,Bearer b",
            "Bearer \"abc\"",
            " Bearer abc",
        ] {
            assert_eq!(bearer(&headers(&[bad.as_bytes()])), Bearer::Malformed, "{bad}");
        }
        assert_eq!(bearer(&headers(&["Bearer é".as_bytes()])), Bearer::Malformed);
        assert_eq!(bearer(&headers(&[b"Bearer abc", b"Bearer abc"])), Bearer::Malformed);
        assert_eq!(bearer(&headers(&[b"Bearer abc", b""])), Bearer::Malformed);
    }
}
