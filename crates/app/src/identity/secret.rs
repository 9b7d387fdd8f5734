//! Random secrets, their hashes, and the file a secret is kept in.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::key_ring::SECRET_BYTES_MIN;
use crate::error::{AppError, AppResult};

/// The characters of 256 bits in base64url.
pub(super) const SECRET_CHARS: usize = 43;

/// Random bytes of the operating system.
#[expect(clippy::disallowed_methods, reason = "the one home of secrets")]
pub(super) fn random_bytes<const COUNT: usize>() -> AppResult<[u8; COUNT]> {
    let mut bytes = [0; COUNT];
    getrandom::fill(&mut bytes).map_err(|_| AppError::Internal("the operating system gives no random bytes"))?;
    Ok(bytes)
}

/// A secret of 256 bits in base64url: 43 characters.
pub(super) fn random_secret() -> AppResult<String> {
    Ok(URL_SAFE_NO_PAD.encode(random_bytes::<32>()?))
}

/// What is kept of a secret: SHA-256 in base64url. Secrets have 256 random bits, so nothing slower is needed.
pub(super) fn hash(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(secret.as_bytes()))
}

/// Whether a byte stands in base64url.
pub(super) const fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// Why the secret's file could not be used.
#[derive(Debug, thiserror::Error)]
pub enum SecretFileError {
    /// It cannot be read or written.
    #[error("the secret file {} cannot be {what}", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// What was tried: `read`, `written`.
        what: &'static str,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// It holds no secret of ours.
    #[error(
        "the secret file {} holds {bytes} bytes where at least {SECRET_BYTES_MIN} are needed; delete it to get a new \
         one, which signs everybody out",
        path.display()
    )]
    TooShort {
        /// Which file.
        path: PathBuf,
        /// How much it holds.
        bytes: usize,
    },
    /// There is no randomness to make one from.
    #[error(transparent)]
    App(#[from] AppError),
}

/// The secret in this file; when there is no file, a new secret is made and kept there, readable by its owner only.
///
/// Two processes that start at once end up with the same secret: the file comes into being whole or not at all.
///
/// # Errors
/// [`SecretFileError`] when it cannot be read or written, or holds less than a secret.
pub fn load_or_create(path: &Path) -> Result<SecretString, SecretFileError> {
    let failed = |what| move |source| SecretFileError::Io { path: path.to_owned(), what, source };
    if let Some(secret) = read(path)? {
        return Ok(secret);
    }
    let secret = SecretString::from(random_secret()?);
    let draft = draft_path(path)?;
    write_private(&draft, secret.expose_secret()).map_err(failed("written"))?;
    let placed = place(&draft, path);
    // The draft has a second name by now, or is of no use to anybody.
    let _ = fs::remove_file(&draft);
    match placed {
        Ok(()) => Ok(secret),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            read(path)?.ok_or_else(|| failed("read")(io::ErrorKind::NotFound.into()))
        }
        Err(error) => Err(failed("written")(error)),
    }
}

fn read(path: &Path) -> Result<Option<SecretString>, SecretFileError> {
    match fs::read_to_string(path) {
        Ok(text) => {
            let secret = text.trim();
            if secret.len() < SECRET_BYTES_MIN {
                return Err(SecretFileError::TooShort { path: path.to_owned(), bytes: secret.len() });
            }
            warn_when_others_may_read(path);
            Ok(Some(SecretString::from(secret.to_owned())))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(SecretFileError::Io { path: path.to_owned(), what: "read", source }),
    }
}

fn draft_path(path: &Path) -> AppResult<PathBuf> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}", URL_SAFE_NO_PAD.encode(random_bytes::<6>()?)));
    Ok(path.with_file_name(name))
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file: File = options.open(path)?;
    writeln!(file, "{text}")?;
    file.sync_all()
}

/// Gives the draft its name unless the name is taken. A link does both in one step; where the file system has no
/// links, a look and a rename must do.
fn place(draft: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(draft, path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        Err(_) if path.exists() => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => fs::rename(draft, path),
    }
}

#[cfg(unix)]
fn warn_when_others_may_read(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    if fs::metadata(path).is_ok_and(|meta| meta.permissions().mode() & 0o077 != 0) {
        tracing::warn!("other users of this machine may read the secret file; give it the mode 0600");
    }
}

#[cfg(not(unix))]
fn warn_when_others_may_read(_: &Path) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_made_once_and_is_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/masthead.secret");
        let made = load_or_create(&path).unwrap();
        assert_eq!(made.expose_secret().len(), SECRET_CHARS);
        assert_eq!(load_or_create(&path).unwrap().expose_secret(), made.expose_secret());
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no draft is left behind");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn processes_that_start_at_once_agree_on_one_secret() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("masthead.secret");
        let secrets: std::collections::BTreeSet<String> = std::thread::scope(|scope| {
            let starts: Vec<_> =
                (0..8).map(|_| scope.spawn(|| load_or_create(&path).unwrap().expose_secret().to_owned())).collect();
            starts.into_iter().map(|start| start.join().unwrap()).collect()
        });
        assert_eq!(secrets.len(), 1);
    }

    #[test]
    fn a_file_that_holds_no_secret_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("masthead.secret");
        fs::write(&path, "too short\n").unwrap();
        assert!(matches!(load_or_create(&path), Err(SecretFileError::TooShort { bytes: 9, .. })));
        assert_eq!(fs::read_to_string(&path).unwrap(), "too short\n");
        assert!(matches!(load_or_create(folder.path()), Err(SecretFileError::Io { what: "read", .. })));
    }

    #[test]
    fn secrets_differ_and_their_hash_is_stable() {
        assert_ne!(random_secret().unwrap(), random_secret().unwrap());
        assert_eq!(hash("abc"), "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
    }
}
