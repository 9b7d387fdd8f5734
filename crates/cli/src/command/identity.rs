//! What tokens are signed with: as set, or a secret kept beside the SQLite file.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use masthead_app::identity::{IdentityConfig, KeyRing, SigningKey, VerifyingKey, load_or_create_secret};
use masthead_store::DatabaseConfig;

use crate::{
    config::{Config, KeyConfig},
    failure::StartError,
};

/// Whether there will be something to sign with, before anything is opened.
///
/// # Errors
/// [`StartError::NoSigningKey`] on PostgreSQL without a key.
pub(crate) fn require_key(config: &Config) -> Result<(), StartError> {
    let KeyConfig { secret, private_key_file, verify_key_files: _ } = &config.keys;
    let is_there = secret.is_some() || private_key_file.is_some() || secret_file(&config.database).is_some();
    is_there.then_some(()).ok_or(StartError::NoSigningKey)
}

/// The settings of identity, with keys read from their files.
///
/// # Errors
/// A file that cannot be read, or no key at all on PostgreSQL: there several nodes must sign with one key, and none of
/// them has a place of its own to keep one.
pub(crate) fn config(config: &Config) -> anyhow::Result<IdentityConfig> {
    let KeyConfig { secret, private_key_file, verify_key_files } = &config.keys;
    let signing = match (secret, private_key_file) {
        (Some(secret), _) => SigningKey::Secret(secret.clone()),
        (None, Some(path)) => SigningKey::PrivateKeyPem(read(path, "MASTHEAD_JWT_PRIVATE_KEY_FILE")?.into()),
        (None, None) => {
            let path = secret_file(&config.database).ok_or(StartError::NoSigningKey)?;
            SigningKey::Secret(load_or_create_secret(&path)?)
        }
    };
    let mut identity = IdentityConfig::new(config.site.url.as_str(), signing);
    for path in verify_key_files {
        let text = read(path, "MASTHEAD_JWT_VERIFY_KEY_FILES")?;
        identity.tokens.also_accepted.push(VerifyingKey::in_text(&text));
    }
    // A key that cannot be used must not cost a migration.
    KeyRing::new(&identity.tokens).map_err(StartError::Keys)?;
    Ok(identity)
}

fn read(path: &Path, setting: &str) -> anyhow::Result<String> {
    let name = path.display();
    std::fs::read_to_string(path).with_context(|| format!("the key file {name} of {setting} cannot be read"))
}

/// Where the secret of an SQLite database is kept: `masthead.secret` in its folder.
fn secret_file(database: &DatabaseConfig) -> Option<PathBuf> {
    let file = database.url.strip_prefix("sqlite://")?.split('?').next()?;
    Some(Path::new(file).with_file_name("masthead.secret"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_is_kept_beside_the_file_and_nowhere_for_a_server() {
        let of = |url: &str| secret_file(&DatabaseConfig::new(url));
        assert_eq!(of("sqlite://data/masthead.db"), Some(PathBuf::from("data/masthead.secret")));
        assert_eq!(of("sqlite:///var/lib/news.db?mode=rwc"), Some(PathBuf::from("/var/lib/masthead.secret")));
        assert_eq!(of("postgres://db.example/news"), None);
    }
}
