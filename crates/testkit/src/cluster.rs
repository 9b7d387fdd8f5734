//! A PostgreSQL of our own, for machines that have the programs but no running server.

use std::process::{Child, Command, Stdio};

use url::Url;

/// Starts a server on a socket in a folder of its own and gives its address. It may take a moment to answer.
///
/// A shell watches over it: when this process ends, for whatever reason, the pipe between them closes, and the shell
/// stops the server and removes the folder.
///
/// # Errors
/// In words, when the programs are missing or `initdb` refuses (it does for root).
pub(crate) fn start() -> Result<Url, String> {
    let folder = tempfile::Builder::new().prefix("masthead-postgres-").tempdir().map_err(|error| error.to_string())?;
    let data = folder.path().join("data");
    let done = Command::new("initdb")
        .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-locale", "--no-sync", "-D"])
        .arg(&data)
        .output()
        .map_err(|error| format!("initdb does not start ({error})"))?;
    if !done.status.success() {
        let words = String::from_utf8_lossy(&done.stderr);
        return Err(format!("initdb failed ({})", words.lines().next().unwrap_or_default()));
    }
    let folder = folder.keep();
    let watch = "postgres -D \"$1/data\" -k \"$1\" -c listen_addresses= -c fsync=off -c full_page_writes=off \
                 >\"$1/log\" 2>&1 & server=$!; cat >/dev/null; kill -INT $server; wait $server; rm -rf \"$1\"";
    let child: Child = Command::new("sh")
        .args(["-c", watch, "sh"])
        .arg(&folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| error.to_string())?;
    // Never dropped: dropping would close the pipe and with it the server.
    std::mem::forget(child);
    let mut url = Url::parse("postgres://postgres@localhost/postgres").map_err(|error| error.to_string())?;
    url.query_pairs_mut().append_pair("host", &folder.display().to_string());
    Ok(url)
}
