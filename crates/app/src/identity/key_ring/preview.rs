//! Preview tokens: signed with the same keys as access tokens, and never taken for one.
//!
//! Their type (`typ`) and their audience are others than those of an access token, and each is checked on both sides.

use jsonwebtoken::encode;
use masthead_domain::{ArticleId, PreviewTokenId, Timestamp};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::{KeyRing, Kind, Times};
use crate::{
    error::{AppError, AppResult},
    identity::error::TokenFault,
};

/// The type of a preview token.
pub(super) const TYPE: &str = "preview+jwt";

/// What a preview token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PreviewClaim {
    /// Which token it is.
    pub id: PreviewTokenId,
    /// The article it shows.
    pub article: ArticleId,
    /// Which version; the newest when absent.
    pub version: Option<i64>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: ArticleId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ver: Option<i64>,
    iat: i64,
    nbf: i64,
    exp: i64,
    jti: PreviewTokenId,
}

impl KeyRing {
    /// Signs a preview token.
    ///
    /// # Errors
    /// [`AppError::Internal`] when the key cannot sign.
    pub fn issue_preview(&self, claim: PreviewClaim, now: Timestamp, expires_at: Timestamp) -> AppResult<SecretString> {
        let PreviewClaim { id, article, version } = claim;
        let start = now.timestamp();
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.audience_of(Kind::Preview),
            sub: article,
            ver: version,
            iat: start,
            nbf: start,
            exp: expires_at.timestamp(),
            jti: id,
        };
        let mut header = self.header.clone();
        header.typ = Some(TYPE.to_owned());
        let token =
            encode(&header, &claims, &self.signing).map_err(|_| AppError::Internal("the signing key does not sign"))?;
        Ok(token.into())
    }

    /// What a preview token says, when all of it is right at an instant. Whether it was taken back is in its row.
    ///
    /// # Errors
    /// [`TokenFault`], for the log only.
    pub fn verify_preview(&self, token: &str, now: Timestamp) -> Result<PreviewClaim, TokenFault> {
        let claims: Claims = self.decoded(token, Kind::Preview)?;
        let Claims { sub: article, ver: version, iat, nbf, exp, jti: id, .. } = claims;
        self.check_time(Times { iat, nbf, exp }, now.timestamp())?;
        Ok(PreviewClaim { id, article, version })
    }
}
