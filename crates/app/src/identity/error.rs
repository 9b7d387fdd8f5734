//! Why somebody did not get in.

use masthead_store::StoreError;

use crate::error::AppError;

/// The answer of everything about identity.
pub type IdentityResult<T> = Result<T, IdentityError>;

/// Why somebody did not get in.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// No active user has this address and this password. Which of the two is wrong is not said.
    #[error("the e-mail address or the password is wrong")]
    WrongCredentials,
    /// Too many wrong passwords for this account.
    #[error("too many attempts to sign in to this account; wait {retry_after_s} seconds")]
    RateLimited {
        /// When to try again, in seconds from now.
        retry_after_s: u64,
    },
    /// More people sign in at this moment than passwords can be checked.
    #[error("too many people are signing in at this moment")]
    Overloaded,
    /// The token says nothing we believe; sign in again.
    #[error("the token is not valid")]
    InvalidToken(#[source] TokenFault),
    /// The refresh token, or another of its family, was used twice: somebody copied it.
    #[error("this refresh token was used before; sign in again")]
    RefreshReused,
    /// It failed for a reason acts fail for.
    #[error(transparent)]
    App(#[from] AppError),
}

impl From<StoreError> for IdentityError {
    fn from(error: StoreError) -> Self {
        Self::App(error.into())
    }
}

impl From<TokenFault> for IdentityError {
    fn from(fault: TokenFault) -> Self {
        Self::InvalidToken(fault)
    }
}

/// What is wrong with a token, for our log and our tests. A client learns only that it is not valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    /// Longer than any token of ours.
    #[error("the token is too long")]
    TooLong,
    /// Not in the form of a token.
    #[error("the token is malformed")]
    Malformed,
    /// A JWT for another use.
    #[error("the token is for another use")]
    WrongType,
    /// Signed with a key we do not know, or do not know any longer.
    #[error("the token is signed with an unknown key")]
    UnknownKey,
    /// Signed by another algorithm than its key is for.
    #[error("the token is signed by another algorithm than its key is for")]
    WrongAlgorithm,
    /// The signature is not that of the key.
    #[error("the signature is wrong")]
    BadSignature,
    /// A claim is missing or has the wrong form.
    #[error("a claim is missing or malformed")]
    BadClaims,
    /// Issued by somebody else.
    #[error("the token was issued by somebody else")]
    WrongIssuer,
    /// Meant for somebody else.
    #[error("the token is meant for somebody else")]
    WrongAudience,
    /// No longer valid.
    #[error("the token has expired")]
    Expired,
    /// Not valid yet.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// The session was ended, or its user may not come in any more.
    #[error("the session has ended")]
    SessionEnded,
    /// No key or refresh token like this was given out.
    #[error("the token is unknown")]
    Unknown,
    /// The key was revoked.
    #[error("the key was revoked")]
    Revoked,
}
