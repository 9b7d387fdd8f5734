//! Failures of the command line, in words that say what to mend.

use std::net::SocketAddr;

use masthead_app::identity::IdentityConfigError;
use masthead_store::{StoreError, Trouble};

use crate::output;

/// Why the program does not start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    /// Somebody else listens there.
    #[error("{0} is taken: stop the program that listens there, or choose another address with --listen")]
    AddressTaken(SocketAddr),
    /// The port wants more rights than we have.
    #[error("{0} may not be used: ports below 1024 want the right to bind them; choose another with --listen")]
    AddressForbidden(SocketAddr),
    /// Any other reason.
    #[error("cannot listen at {address}: give --listen an address of this machine, such as 127.0.0.1:4000")]
    Address {
        /// Where.
        address: SocketAddr,
        /// What the system says.
        #[source]
        cause: std::io::Error,
    },
    /// The database is not to be had.
    #[error("{what}: {mend}")]
    Database {
        /// Which database, and what is wrong with it.
        what: String,
        /// What to do about it.
        mend: &'static str,
        /// What the database says.
        #[source]
        cause: StoreError,
    },
    /// Nothing to sign tokens with.
    #[error(
        "on PostgreSQL the key that signs tokens must be set, the same on every node: give MASTHEAD_JWT_SECRET a \
             random text of at least 32 bytes (`openssl rand -base64 48`), or MASTHEAD_JWT_PRIVATE_KEY_FILE a private key"
    )]
    NoSigningKey,
    /// The key cannot be used.
    #[error(
        "the keys in MASTHEAD_JWT_SECRET, MASTHEAD_JWT_PRIVATE_KEY_FILE and MASTHEAD_JWT_VERIFY_KEY_FILES need mending"
    )]
    Keys(#[from] IdentityConfigError),
    /// The database cannot be brought up to date.
    #[error(
        "the database at {place} could not be migrated and is as it was: if the cause below names a migration this \
             version does not know, run the newer version that made it, or restore a backup from before"
    )]
    Migration {
        /// Which database.
        place: String,
        /// What went wrong.
        #[source]
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl StartError {
    /// Why nobody can listen at an address.
    pub(crate) fn listen(address: SocketAddr, cause: std::io::Error) -> Self {
        match cause.kind() {
            std::io::ErrorKind::AddrInUse => Self::AddressTaken(address),
            std::io::ErrorKind::PermissionDenied => Self::AddressForbidden(address),
            _ => Self::Address { address, cause },
        }
    }

    /// Why a database cannot be opened. `place` is its address without the password.
    pub(crate) fn database(place: &str, cause: StoreError) -> Self {
        let (what, mend) = match cause.trouble() {
            Trouble::Address => (
                format!("{place} is not the address of a database"),
                "write sqlite://FILE or postgres://USER:PASSWORD@HOST/NAME into MASTHEAD_DATABASE_URL",
            ),
            Trouble::File => (
                format!("the database file of {place} cannot be opened and written"),
                "see that its folder exists and that this user may write in it, or name another with --database-url",
            ),
            Trouble::NotADatabase => (
                format!("the file of {place} is not an SQLite database"),
                "name another with --database-url, or move the file away",
            ),
            Trouble::Credentials => (
                format!("the database server at {place} refuses this user"),
                "mend the name and password in MASTHEAD_DATABASE_URL",
            ),
            Trouble::NoSuchDatabase => (
                format!("the database server has no database for {place}"),
                "create it (`createdb NAME`), or mend the name at the end of MASTHEAD_DATABASE_URL",
            ),
            Trouble::Away => (
                format!("the database at {place} does not answer"),
                "see that the server runs and that MASTHEAD_DATABASE_URL names its host and port",
            ),
        };
        Self::Database { what, mend, cause }
    }
}

/// Tells what went wrong, and why, cause by cause.
pub(crate) fn report(error: &anyhow::Error) {
    let mut text = format!("error: {error}\n");
    let mut said = error.to_string();
    for cause in error.chain().skip(1) {
        let cause = cause.to_string();
        // Libraries repeat their cause in their own message; nobody needs to read it twice.
        if !said.contains(&cause) {
            text.push_str(&format!("  because: {cause}\n"));
            said = cause;
        }
    }
    output::tell(&text);
}
