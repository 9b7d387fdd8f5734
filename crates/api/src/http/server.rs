//! Accepting connections, and stopping.
//!
//! An accept loop of our own, because the framework's has no deadline and no cap: a slow header or a silent
//! connection would stay open for ever, and running out of file descriptors would stop the server for all.

use std::{convert::Infallible, future::Future, net::SocketAddr, sync::Arc, time::Duration};

use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::JoinSet,
    time::{Instant, sleep, timeout_at},
};

use super::{
    config::ServerConfig,
    connection::{Phase, SharedPhase, TimedSocket},
    door::Door,
    held::PhasedBody,
    lifecycle::Lifecycle,
};

/// Above our own limit of 32 KiB, so that an answer of ours explains it; past this the library hangs up.
const HEADER_BUFFER: usize = 64 * 1024;

/// The fields for which the library needs no memory beside its stack; it refuses more by itself, without a body.
const HEADER_FIELDS: usize = 100;
/// Room for a limit that was set higher.
const HEADER_FIELDS_MANY: usize = 256;

/// Connections when the process's limit of file descriptors is unknown.
const CONNECTIONS_FALLBACK: usize = 768;
const CONNECTIONS_MAX: usize = 10_000;
/// Descriptors kept for the database, files and logs.
const DESCRIPTORS_RESERVED: usize = 256;

/// After an error that is not one connection's, such as no free descriptor.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Said without reading a byte, when there is no room for one more connection.
const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

/// How stopping went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Drained {
    /// Connections still open when the time was up; they were cut.
    pub connections_cut: usize,
    /// Operations still running when the time was up; they end with the process.
    pub operations_cut: usize,
}

impl Drained {
    /// True when everything that had begun was finished.
    #[must_use]
    pub fn is_complete(self) -> bool {
        self == Self::default()
    }
}

/// Opens `door` on `listener` until `shutdown` resolves, then stops: `/readyz` says so at once, connections
/// are accepted a little longer, running requests and operations finish, all within `drain_ms`.
pub async fn serve(
    door: Door,
    listener: TcpListener,
    config: ServerConfig,
    lifecycle: Lifecycle,
    shutdown: impl Future<Output = ()> + Send,
) -> Drained {
    let places = Arc::new(Semaphore::new(config.connections_max.unwrap_or_else(connections_max)));
    let (closing, closed) = watch::channel(false);
    let mut server = Server { door, listener, config, places, closed, connections: JoinSet::new() };
    server.accept_until(shutdown).await;
    lifecycle.start_draining();
    tracing::info!(connections = server.connections.len(), "stopping: finishing what has begun");
    let deadline = Instant::now() + Duration::from_millis(server.config.drain_ms);
    if !server.connections.is_empty() {
        server.accept_until(sleep(Duration::from_millis(server.config.farewell_ms))).await;
    }
    let Server { mut connections, listener, .. } = server;
    drop(listener);
    // Kept connections that rest are closed now, busy ones after their answer.
    closing.send_replace(true);
    let all_finished = async {
        while connections.join_next().await.is_some() {}
        lifecycle.operations_done().await;
    };
    let _ = timeout_at(deadline, all_finished).await;
    let drained = Drained { connections_cut: connections.len(), operations_cut: lifecycle.operations() };
    connections.shutdown().await;
    drained
}

struct Server {
    door: Door,
    listener: TcpListener,
    config: ServerConfig,
    places: Arc<Semaphore>,
    closed: watch::Receiver<bool>,
    connections: JoinSet<()>,
}

impl Server {
    async fn accept_until(&mut self, end: impl Future<Output = ()> + Send) {
        let mut end = std::pin::pin!(end);
        loop {
            tokio::select! {
                () = &mut end => return,
                Some(_) = self.connections.join_next() => {}
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, peer)) => self.take(stream, peer),
                    Err(error) if is_about_one_connection(&error) => {}
                    Err(error) => {
                        tracing::warn!(error = %error, "accepting connections failed, trying again");
                        sleep(ACCEPT_PAUSE).await;
                    }
                },
            }
        }
    }

    fn take(&mut self, stream: TcpStream, peer: SocketAddr) {
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            // The socket is new and its buffer empty, so this does not wait; if it fails, so be it.
            let _ = stream.try_write(FULL);
            tracing::warn!("turned a connection away: the limit is reached");
            return;
        };
        let _ = stream.set_nodelay(true);
        let connection = Connection { stream, peer, place };
        self.connections.spawn(connection.serve(self.door.clone(), self.config.clone(), self.closed.clone()));
    }
}

struct Connection {
    stream: TcpStream,
    peer: SocketAddr,
    place: OwnedSemaphorePermit,
}

impl Connection {
    async fn serve(self, door: Door, config: ServerConfig, mut closed: watch::Receiver<bool>) {
        let Self { stream, peer, place } = self;
        let phase = SharedPhase::default();
        let socket = TimedSocket::new(stream, phase.clone(), &config);
        let mut builder = http1::Builder::new();
        if door.header_fields_max() > HEADER_FIELDS {
            builder.max_headers(HEADER_FIELDS_MANY);
        }
        let service = service_fn(move |request: http::Request<Incoming>| {
            phase.set(Phase::Busy);
            let (door, phase) = (door.clone(), phase.clone());
            async move {
                let answer = door.answer(request, Some(peer)).await;
                Ok::<_, Infallible>(answer.map(|body| PhasedBody::new(body, phase)))
            }
        });
        let mut connection = std::pin::pin!(
            builder
                .timer(TokioTimer::new())
                // The socket keeps the time.
                .header_read_timeout(None)
                .max_buf_size(HEADER_BUFFER)
                .serve_connection(TokioIo::new(socket), service)
                .with_upgrades()
        );
        loop {
            tokio::select! {
                biased;
                ended = connection.as_mut() => {
                    if let Err(error) = ended {
                        tracing::debug!(error = %error, "a connection ended early");
                    }
                    break;
                }
                Ok(()) = closed.changed() => connection.as_mut().graceful_shutdown(),
            }
        }
        drop(place);
    }
}

fn is_about_one_connection(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// What the file descriptors of this process allow, up to ten thousand.
fn connections_max() -> usize {
    let descriptors = std::fs::read_to_string("/proc/self/limits").ok().and_then(|limits| {
        let line = limits.lines().find(|line| line.starts_with("Max open files"))?;
        line.split_whitespace().nth(3)?.parse::<usize>().ok()
    });
    match descriptors {
        Some(descriptors) => descriptors.saturating_sub(DESCRIPTORS_RESERVED).clamp(64, CONNECTIONS_MAX),
        None => CONNECTIONS_FALLBACK,
    }
}
