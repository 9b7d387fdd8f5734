//! The settings of identity. Only the command line reads them from anywhere.

use std::time::Duration;

use secrecy::SecretString;

/// Everything about who gets in and for how long.
#[derive(Debug, Clone)]
pub struct IdentityConfig {
    /// Access tokens.
    pub tokens: TokenConfig,
    /// Sessions.
    pub sessions: SessionConfig,
    /// Guessing at passwords.
    pub login: LoginConfig,
    /// Keeping passwords.
    pub passwords: PasswordConfig,
}

impl IdentityConfig {
    /// The defaults with a signing key, for a site at this address: it issues the tokens and is who they are for.
    #[must_use]
    pub fn new(site: &str, signing: SigningKey) -> Self {
        Self {
            tokens: TokenConfig::new(site, signing),
            sessions: SessionConfig::default(),
            login: LoginConfig::default(),
            passwords: PasswordConfig::default(),
        }
    }
}

/// Access tokens: who signs them, for whom, and how long they are good.
#[derive(Debug, Clone)]
pub struct TokenConfig {
    /// `iss`: who issues them.
    pub issuer: String,
    /// `aud`: who they are for.
    pub audience: String,
    /// How long one is good; 15 minutes by default, at most a day.
    pub access_ttl: Duration,
    /// How far the clocks of two nodes may differ; 30 seconds by default, at most 5 minutes.
    pub leeway: Duration,
    /// What new tokens are signed with.
    pub signing: SigningKey,
    /// What tokens may be signed with as well: the keys of before, while their tokens live.
    pub also_accepted: Vec<VerifyingKey>,
}

impl TokenConfig {
    /// The defaults with a signing key, for a site at this address.
    #[must_use]
    pub fn new(site: &str, signing: SigningKey) -> Self {
        Self {
            issuer: site.to_owned(),
            audience: site.to_owned(),
            access_ttl: Duration::from_secs(15 * 60),
            leeway: Duration::from_secs(30),
            signing,
            also_accepted: Vec::new(),
        }
    }
}

/// What tokens are signed with. The kind of key decides the algorithm; no token can choose another.
#[derive(Debug, Clone)]
pub enum SigningKey {
    /// A secret of at least 32 bytes: HS256. Whoever can verify can sign.
    Secret(SecretString),
    /// A private key in PEM: EdDSA with Ed25519 (PKCS#8), or RS256 with RSA of 2,048 to 4,096 bits.
    PrivateKeyPem(SecretString),
}

/// What tokens may be signed with.
#[derive(Debug, Clone)]
pub enum VerifyingKey {
    /// A secret of before: HS256.
    Secret(SecretString),
    /// A public key in PEM: EdDSA or RS256.
    PublicKeyPem(String),
}

impl VerifyingKey {
    /// The key in the text of a file: a public key when it is PEM, else a secret.
    #[must_use]
    pub fn in_text(text: &str) -> Self {
        if text.contains("-----BEGIN ") {
            Self::PublicKeyPem(text.to_owned())
        } else {
            Self::Secret(text.trim().to_owned().into())
        }
    }
}

/// How long people stay signed in, and how soon the loss of a right is felt.
#[derive(Debug, Clone)]
pub struct SessionConfig {
    /// How long a refresh token may lie unused; 14 days by default.
    pub refresh_idle: Duration,
    /// How long a session lives however often it is renewed; 60 days by default.
    pub refresh_max: Duration,
    /// How old a look at a session, user or key may be that a request is let in by; 30 seconds by default, at most
    /// a minute. A sign-out, a suspension or another role is felt at once on the node it happens on and after this
    /// long on others.
    pub recheck_after: Duration,
    /// How many sessions and how many keys are remembered between looks.
    pub remembered_max: usize,
}

impl Default for SessionConfig {
    fn default() -> Self {
        Self {
            refresh_idle: Duration::from_secs(14 * 24 * 60 * 60),
            refresh_max: Duration::from_secs(60 * 24 * 60 * 60),
            recheck_after: Duration::from_secs(30),
            remembered_max: 10_000,
        }
    }
}

/// How often a password may be guessed. It counts by account and on each node, never by anything a client sends.
#[derive(Debug, Clone)]
pub struct LoginConfig {
    /// How many wrong passwords an account may have within the window; the next attempt is refused unseen.
    pub failures_max: usize,
    /// How long a wrong password counts.
    pub window: Duration,
    /// How many accounts are counted at a time.
    pub accounts_max: usize,
}

impl Default for LoginConfig {
    fn default() -> Self {
        Self { failures_max: 5, window: Duration::from_secs(15 * 60), accounts_max: 10_000 }
    }
}

/// How slow the hash of a password is (Argon2id), and how many are made at a time. The defaults are the floor of the
/// OWASP Password Storage Cheat Sheet.
#[derive(Debug, Clone)]
pub struct PasswordConfig {
    /// Memory for one hash in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
    /// How many hashes are made at a time.
    pub concurrent_max: usize,
    /// How many wait for their turn; the next is refused.
    pub waiting_max: usize,
}

impl Default for PasswordConfig {
    fn default() -> Self {
        Self { memory_kib: 19_456, passes: 2, lanes: 1, concurrent_max: 2, waiting_max: 16 }
    }
}

/// A setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentityConfigError {
    /// The secret is too easy to guess.
    #[error("the token secret has {bytes} bytes where at least {min} are needed")]
    SecretTooShort {
        /// How long it is.
        bytes: usize,
        /// How long it must be.
        min: usize,
    },
    /// The file is no private key we can sign with.
    #[error("the private key is neither Ed25519 (PKCS#8 PEM) nor RSA (PKCS#1 or PKCS#8 PEM)")]
    PrivateKey,
    /// The file is no public key we can verify with.
    #[error("a public key is neither Ed25519 nor RSA in PEM")]
    PublicKey,
    /// The RSA key is too short to be safe, or too long to be fast.
    #[error("an RSA key has {bits} bits where 2048 to 4096 are needed")]
    RsaSize {
        /// How long it is.
        bits: usize,
    },
    /// A number is outside its range.
    #[error("{setting} must be {range}")]
    Range {
        /// Which setting.
        setting: &'static str,
        /// What it may be.
        range: &'static str,
    },
}
