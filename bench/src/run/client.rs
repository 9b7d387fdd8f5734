//! One HTTP request to a server of this machine, to look at its answer.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use anyhow::{Context as _, Result, bail, ensure};

use super::request::Request;

/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: u16,
    /// The body, with the framing of the transfer taken off.
    pub(crate) body: Vec<u8>,
}

/// Sends a request on a connection of its own and reads the answer.
///
/// # Errors
/// When nobody listens there or what comes is no HTTP/1.1.
pub(crate) fn ask(address: SocketAddr, request: &Request) -> Result<Answer> {
    let mut stream = TcpStream::connect(address).with_context(|| format!("nobody answers at {address}"))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let Request { method, path, token, body, .. } = request;
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nAccept: application/json\r\n");
    head.push_str("Connection: close\r\n");
    if let Some(token) = token {
        head.push_str(&format!("Authorization: Bearer {token}\r\n"));
    }
    if let Some(body) = body {
        head.push_str(&format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len()));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes())?;
    stream.write_all(body.as_deref().unwrap_or_default().as_bytes())?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).context("the answer breaks off")?;
    parse(&bytes)
}

fn parse(bytes: &[u8]) -> Result<Answer> {
    let (head, body) = split(bytes, b"\r\n\r\n").context("the answer has no end of its header")?;
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).context("the answer has no status")?;
    let is_chunked = head.lines().any(|line| line.starts_with("transfer-encoding:") && line.ends_with("chunked"));
    let body = if is_chunked { chunks(body)? } else { body.to_vec() };
    Ok(Answer { status, body })
}

fn chunks(mut rest: &[u8]) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let (size, after) = split(rest, b"\r\n").context("a chunk has no size")?;
        let size = usize::from_str_radix(String::from_utf8_lossy(size).trim(), 16).context("a chunk has no size")?;
        if size == 0 {
            return Ok(body);
        }
        let Some((chunk, next)) = after.split_at_checked(size) else { bail!("a chunk breaks off") };
        body.extend_from_slice(chunk);
        ensure!(next.starts_with(b"\r\n"), "a chunk is longer than it says");
        rest = next.get(2..).unwrap_or_default();
    }
}

fn split<'a>(bytes: &'a [u8], at: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let place = bytes.windows(at.len()).position(|window| window == at)?;
    Some((bytes.get(..place)?, bytes.get(place + at.len()..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_read_whole_or_in_chunks() {
        let answer = parse(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").unwrap();
        assert_eq!((answer.status, answer.body.as_slice()), (200, b"{}".as_slice()));
        let chunked =
            b"HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{\"a\r\n4\r\n\":1}\r\n0\r\n\r\n";
        let answer = parse(chunked).unwrap();
        assert_eq!((answer.status, answer.body.as_slice()), (404, b"{\"a\":1}".as_slice()));
    }

    #[test]
    fn an_answer_that_breaks_off_is_an_error() {
        assert!(parse(b"HTTP/1.1 200 OK\r\n").is_err());
        assert!(parse(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nshort").is_err());
    }
}
