//! The keys access tokens are signed and verified with.
//!
//! Access tokens are JWTs after RFC 9068 (`typ: at+jwt`). A key has one algorithm and a name made from itself (`kid`,
//! its RFC 7638 thumbprint); a token is verified with the key it names, by that key's algorithm and no other
//! (RFC 8725 §3.1). So neither `alg: none` nor a public key used as a secret gets anybody in.

mod preview;

pub use preview::PreviewClaim;

use std::{collections::HashMap, time::Duration};

use chrono::TimeDelta;
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode,
    errors::ErrorKind,
    jwk::{AlgorithmParameters, Jwk, ThumbprintHash},
};
use masthead_domain::{SessionId, Timestamp, UserId, policy::Role};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::{
    config::{IdentityConfigError, SigningKey, TokenConfig, VerifyingKey},
    error::TokenFault,
};
use crate::error::{AppError, AppResult};

/// The shortest secret: as long as the hash it is for (RFC 7518 §3.2).
pub const SECRET_BYTES_MIN: usize = 32;
/// The longest access token that is looked at; ours have under 1,000 bytes.
const TOKEN_BYTES_MAX: usize = 4_096;
/// The longest life of a token issued on the command line. What lives longer should be a key, which can be revoked.
pub const ROLE_TOKEN_TTL_MAX: Duration = Duration::from_secs(30 * 24 * 60 * 60);
const ROLE_PREFIX: &str = "token:";

/// Whom a token speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A user in a session of theirs.
    User {
        /// Which user.
        id: UserId,
        /// Which session: the id of its family.
        session: SessionId,
    },
    /// Whoever was given a token for a role on the command line.
    Role(Role),
}

/// A signed token.
#[derive(Debug, Clone)]
pub struct AccessToken {
    /// The token, as it is sent after `Bearer`.
    pub token: SecretString,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    role: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sid: Option<SessionId>,
    iat: i64,
    nbf: i64,
    exp: i64,
    jti: String,
}

/// What a token is for. A token for one thing is never taken for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Coming in.
    Access,
    /// Seeing one article before readers do.
    Preview,
}

impl Kind {
    /// `typ` in the header.
    const fn typ(self) -> &'static str {
        match self {
            Self::Access => "at+jwt",
            Self::Preview => preview::TYPE,
        }
    }
}

/// From when to when a token is good, in seconds since 1970.
#[derive(Debug, Clone, Copy)]
struct Times {
    iat: i64,
    nbf: i64,
    exp: i64,
}

struct Verifier {
    key: DecodingKey,
    algorithm: Algorithm,
}

/// One key to sign with, several to verify with.
pub struct KeyRing {
    issuer: String,
    audience: String,
    access_ttl: TimeDelta,
    leeway_s: i64,
    signing: EncodingKey,
    header: Header,
    verifiers: HashMap<String, Verifier>,
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyRing")
            .field("issuer", &self.issuer)
            .field("audience", &self.audience)
            .field("signing", &self.header.kid)
            .field("verifying", &self.verifiers.len())
            .finish_non_exhaustive()
    }
}

impl KeyRing {
    /// Reads the keys and checks that they fit together.
    ///
    /// # Errors
    /// [`IdentityConfigError`] says which setting to mend.
    pub fn new(config: &TokenConfig) -> Result<Self, IdentityConfigError> {
        let TokenConfig { issuer, audience, access_ttl, leeway, signing, also_accepted } = config;
        let access_ttl = within(*access_ttl, Duration::from_secs(1), Duration::from_secs(24 * 60 * 60)).ok_or(
            IdentityConfigError::Range { setting: "the life of access tokens", range: "1 second to 24 hours" },
        )?;
        let leeway = within(*leeway, Duration::ZERO, Duration::from_secs(300))
            .ok_or(IdentityConfigError::Range { setting: "the leeway of clocks", range: "0 to 5 minutes" })?;
        let (signing, algorithm) = signing_key(signing)?;
        let public = Jwk::from_encoding_key(&signing, algorithm).map_err(|_| IdentityConfigError::PrivateKey)?;
        let (kid, verifier) = verifier(&public, algorithm, IdentityConfigError::PrivateKey)?;
        let mut header = Header::new(algorithm);
        header.typ = Some(Kind::Access.typ().to_owned());
        header.kid = Some(kid.clone());
        let mut verifiers = HashMap::from([(kid, verifier)]);
        for key in also_accepted {
            let (key, algorithm) = verifying_key(key)?;
            let public = Jwk::from_decoding_key(&key, Some(algorithm)).map_err(|_| IdentityConfigError::PublicKey)?;
            verifiers.extend([self::verifier(&public, algorithm, IdentityConfigError::PublicKey)?]);
        }
        Ok(Self {
            issuer: issuer.clone(),
            audience: audience.clone(),
            access_ttl,
            leeway_s: leeway.num_seconds(),
            signing,
            header,
            verifiers,
        })
    }

    /// Signs a token for a user in a session.
    ///
    /// # Errors
    /// [`AppError::Internal`] when the key cannot sign.
    pub fn issue(&self, user: UserId, role: Role, session: SessionId, moment: Moment) -> AppResult<AccessToken> {
        self.sign(Subject::User { id: user, session }, role, self.access_ttl, moment)
    }

    /// Signs a token for whoever holds it. It cannot be taken back other than with its key.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for a life of less than a second or more than [`ROLE_TOKEN_TTL_MAX`],
    /// [`AppError::Internal`] when the key cannot sign.
    pub fn issue_for_role(&self, role: Role, ttl: Duration, moment: Moment) -> AppResult<AccessToken> {
        let ttl = within(ttl, Duration::from_secs(1), ROLE_TOKEN_TTL_MAX).ok_or_else(|| {
            masthead_domain::Violation::invalid(
                "must lie between 1 second and 30 days; a program that comes for longer needs an API key",
            )
            .at("ttl")
        })?;
        self.sign(Subject::Role(role), role, ttl, moment)
    }

    fn sign(&self, subject: Subject, role: Role, ttl: TimeDelta, moment: Moment) -> AppResult<AccessToken> {
        let Moment { now, id } = moment;
        let (sub, sid) = match subject {
            Subject::User { id, session } => (id.to_string(), Some(session)),
            Subject::Role(role) => (format!("{ROLE_PREFIX}{role}"), None),
        };
        // Claims count whole seconds; the instant we tell is the one that counts.
        let (start, end) = (now.timestamp(), (now + ttl).timestamp());
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub,
            role: role.to_string(),
            sid,
            iat: start,
            nbf: start,
            exp: end,
            jti: id.simple().to_string(),
        };
        let expires_at = Timestamp::from_timestamp(end, 0).ok_or(AppError::Internal("a token ends in our era"))?;
        let token = encode(&self.header, &claims, &self.signing)
            .map_err(|_| AppError::Internal("the signing key does not sign"))?;
        Ok(AccessToken { token: SecretString::from(token), expires_at })
    }

    /// Whom a token speaks for, when all of it is right at an instant.
    ///
    /// # Errors
    /// [`TokenFault`], for the log only.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Subject, TokenFault> {
        let claims: Claims = self.decoded(token, Kind::Access)?;
        let Claims { iat, nbf, exp, .. } = claims;
        self.check_time(Times { iat, nbf, exp }, now.timestamp())?;
        subject(&claims)
    }

    /// The claims of a token of a kind whose signature is that of one of our keys. Their time is still to be checked.
    fn decoded<C: DeserializeOwned>(&self, token: &str, kind: Kind) -> Result<C, TokenFault> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(TokenFault::TooLong);
        }
        let header = decode_header(token).map_err(|_| TokenFault::Malformed)?;
        if header.typ.as_deref() != Some(kind.typ()) {
            return Err(TokenFault::WrongType);
        }
        // A header that must be understood is not understood by us (RFC 7515 §4.1.11).
        if header.crit.is_some() {
            return Err(TokenFault::Malformed);
        }
        let verifier = header.kid.and_then(|kid| self.verifiers.get(&kid)).ok_or(TokenFault::UnknownKey)?;
        if header.alg != verifier.algorithm {
            return Err(TokenFault::WrongAlgorithm);
        }
        let validation = self.validation(verifier.algorithm, kind);
        Ok(decode::<C>(token, &verifier.key, &validation).map_err(|error| fault(error.kind()))?.claims)
    }

    /// Whom tokens of a kind are for: us, and for the one use.
    fn audience_of(&self, kind: Kind) -> String {
        match kind {
            Kind::Access => self.audience.clone(),
            Kind::Preview => format!("{}#preview", self.audience),
        }
    }

    /// What the library checks. Time is not among it: the library would ask the machine's clock, we ask our own.
    fn validation(&self, algorithm: Algorithm, kind: Kind) -> Validation {
        let mut validation = Validation::new(algorithm);
        validation.set_required_spec_claims(&["iss", "aud", "exp", "nbf", "sub"]);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[self.audience_of(kind)]);
        validation.validate_exp = false;
        validation
    }

    fn check_time(&self, Times { iat, nbf, exp }: Times, now_s: i64) -> Result<(), TokenFault> {
        if exp.saturating_add(self.leeway_s) <= now_s {
            return Err(TokenFault::Expired);
        }
        if nbf.max(iat) > now_s.saturating_add(self.leeway_s) {
            return Err(TokenFault::NotYetValid);
        }
        Ok(())
    }
}

/// When a token is signed, and its id: what the outside world gives to a signature.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// The instant.
    pub now: Timestamp,
    /// The id of the token (`jti`).
    pub id: Uuid,
}

fn subject(claims: &Claims) -> Result<Subject, TokenFault> {
    let role = Role::parse(&claims.role).ok_or(TokenFault::BadClaims)?;
    match (claims.sub.strip_prefix(ROLE_PREFIX), claims.sid) {
        (Some(word), None) if word == role.as_str() => Ok(Subject::Role(role)),
        (None, Some(session)) => {
            Ok(Subject::User { id: claims.sub.parse().map_err(|_| TokenFault::BadClaims)?, session })
        }
        _ => Err(TokenFault::BadClaims),
    }
}

fn fault(kind: &ErrorKind) -> TokenFault {
    match kind {
        ErrorKind::InvalidSignature => TokenFault::BadSignature,
        ErrorKind::InvalidAlgorithm => TokenFault::WrongAlgorithm,
        ErrorKind::InvalidIssuer => TokenFault::WrongIssuer,
        ErrorKind::InvalidAudience => TokenFault::WrongAudience,
        ErrorKind::MissingRequiredClaim(_) | ErrorKind::InvalidClaimFormat(_) | ErrorKind::Json(_) => {
            TokenFault::BadClaims
        }
        _ => TokenFault::Malformed,
    }
}

fn within(value: Duration, least: Duration, most: Duration) -> Option<TimeDelta> {
    if value < least || value > most { None } else { TimeDelta::from_std(value).ok() }
}

fn checked_secret(secret: &SecretString) -> Result<&[u8], IdentityConfigError> {
    let bytes = secret.expose_secret().as_bytes();
    if bytes.len() < SECRET_BYTES_MIN {
        return Err(IdentityConfigError::SecretTooShort { bytes: bytes.len(), min: SECRET_BYTES_MIN });
    }
    Ok(bytes)
}

fn signing_key(key: &SigningKey) -> Result<(EncodingKey, Algorithm), IdentityConfigError> {
    match key {
        SigningKey::Secret(secret) => Ok((EncodingKey::from_secret(checked_secret(secret)?), Algorithm::HS256)),
        SigningKey::PrivateKeyPem(pem) => {
            let pem = pem.expose_secret().as_bytes();
            EncodingKey::from_ed_pem(pem)
                .map(|key| (key, Algorithm::EdDSA))
                .or_else(|_| EncodingKey::from_rsa_pem(pem).map(|key| (key, Algorithm::RS256)))
                .map_err(|_| IdentityConfigError::PrivateKey)
        }
    }
}

fn verifying_key(key: &VerifyingKey) -> Result<(DecodingKey, Algorithm), IdentityConfigError> {
    match key {
        VerifyingKey::Secret(secret) => Ok((DecodingKey::from_secret(checked_secret(secret)?), Algorithm::HS256)),
        VerifyingKey::PublicKeyPem(pem) => DecodingKey::from_ed_pem(pem.as_bytes())
            .map(|key| (key, Algorithm::EdDSA))
            .or_else(|_| DecodingKey::from_rsa_pem(pem.as_bytes()).map(|key| (key, Algorithm::RS256)))
            .map_err(|_| IdentityConfigError::PublicKey),
    }
}

/// The key's name and the key, once it is found to be one.
fn verifier(
    public: &Jwk,
    algorithm: Algorithm,
    wrong: IdentityConfigError,
) -> Result<(String, Verifier), IdentityConfigError> {
    if let AlgorithmParameters::RSA(rsa) = &public.algorithm {
        let bits = rsa.n.len() * 6 / 8 * 8;
        if !(2_048..=4_096).contains(&bits) {
            return Err(IdentityConfigError::RsaSize { bits });
        }
    }
    let kid = public.thumbprint(ThumbprintHash::SHA256);
    match (kid, DecodingKey::from_jwk(public)) {
        (Ok(kid), Ok(key)) => Ok((kid, Verifier { key, algorithm })),
        _ => Err(wrong),
    }
}

#[cfg(test)]
mod tests;
