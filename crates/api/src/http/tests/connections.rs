//! Real sockets: slow clients, too many clients, and stopping.

use std::{
    net::SocketAddr,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream},
    sync::oneshot,
    task::JoinHandle,
};

use super::toy::{Door, Stage, soon};
use crate::http::{Drained, Lifecycle, ServerConfig, serve};

struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<Drained>,
    stage: Arc<Stage>,
    lifecycle: Lifecycle,
}

async fn start(change: impl FnOnce(&mut ServerConfig)) -> Running {
    let mut config = ServerConfig { farewell_ms: 100, ..ServerConfig::default() };
    change(&mut config);
    let Door { door, stage, lifecycle } = Door::open();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let ended = tokio::spawn(serve(door, listener, config, lifecycle.clone(), async move {
        let _ = stopped.await;
    }));
    Running { address, stop, ended, stage, lifecycle }
}

impl Running {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }
}

async fn rest_of(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    let _ = soon(stream.read_to_end(&mut text)).await;
    String::from_utf8(text).unwrap()
}

async fn until(stream: &mut TcpStream, end: &str) -> String {
    let mut text = String::new();
    let mut buffer = [0; 1024];
    while !text.contains(end) {
        let length = soon(stream.read(&mut buffer)).await.unwrap();
        assert!(length > 0, "closed after {text:?}");
        text += std::str::from_utf8(&buffer[..length]).unwrap();
    }
    text
}

fn post(query: &str) -> String {
    let body = serde_json::json!({ "query": query }).to_string();
    format!(
        "POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[tokio::test]
async fn a_silent_connection_is_closed() {
    let server = start(|config| config.first_byte_ms = 50).await;
    assert_eq!(rest_of(&mut server.connect().await).await, "");
}

#[tokio::test]
async fn a_header_that_drips_is_cut_off_although_bytes_keep_coming() {
    let server = start(|config| config.header_ms = 150).await;
    let mut stream = server.connect().await;
    let dripping = async {
        for byte in
            b"GET /healthz HTTP/1.1\r\nX-Slow: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa".iter().cycle()
        {
            if stream.write_all(&[*byte]).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    soon(dripping).await;
}

#[tokio::test]
async fn a_kept_connection_may_rest_longer_than_a_header_may_take() {
    let server = start(|config| {
        config.header_ms = 30;
        config.idle_ms = 400;
    })
    .await;
    let mut stream = server.connect().await;
    for _ in 0..2 {
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
        assert!(until(&mut stream, "\"ok\"}").await.starts_with("HTTP/1.1 200"));
        tokio::time::sleep(Duration::from_millis(120)).await;
    }
    assert_eq!(rest_of(&mut stream).await, "", "and is closed in the end");
}

#[tokio::test]
async fn beyond_the_limit_a_connection_is_told_so() {
    let server = start(|config| config.connections_max = Some(1)).await;
    let mut first = server.connect().await;
    first.write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    until(&mut first, "\"ok\"}").await;
    let answer = rest_of(&mut server.connect().await).await;
    assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("Retry-After: 1"), "{answer}");
    drop(first);
    for _ in 0..100 {
        let mut again = server.connect().await;
        let _ = again.write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
        if rest_of(&mut again).await.starts_with("HTTP/1.1 200") {
            return;
        }
    }
    panic!("the place was not given back");
}

#[tokio::test]
async fn the_answer_to_a_body_that_is_too_large_arrives_although_the_client_is_still_sending() {
    let server = start(|_| {}).await;
    let (mut reader, mut writer) = server.connect().await.into_split();
    let sending = tokio::spawn(async move {
        let head =
            "POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 10000000\r\n\r\n";
        let _ = writer.write_all(head.as_bytes()).await;
        let _ = writer.write_all(&vec![b' '; 10_000_000]).await;
        writer
    });
    let mut text = Vec::new();
    soon(reader.read_to_end(&mut text)).await.unwrap();
    let text = String::from_utf8(text).unwrap();
    assert!(text.starts_with("HTTP/1.1 413 ") && text.contains("PAYLOAD_TOO_LARGE"), "{text}");
    sending.await.unwrap();
}

#[tokio::test]
async fn a43_stopping_finishes_what_runs_and_says_it_is_not_ready() {
    let server = start(|_| {}).await;
    let mut client = server.connect().await;
    client.write_all(post("{ held }").as_bytes()).await.unwrap();
    soon(server.stage.started.notified()).await;
    server.stop.send(()).unwrap();
    while !server.lifecycle.is_draining() {
        tokio::task::yield_now().await;
    }
    let mut probe = TcpStream::connect(server.address).await.unwrap();
    probe.write_all(b"GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    assert!(until(&mut probe, "}").await.starts_with("HTTP/1.1 503 "));
    server.stage.go_on.notify_one();
    assert!(rest_of(&mut client).await.contains(r#"{"data":{"held":true}}"#));
    assert!(soon(server.ended).await.unwrap().is_complete());
    assert!(TcpStream::connect(server.address).await.is_err());
}

#[tokio::test]
async fn a43_stopping_waits_for_mutations_whose_client_has_gone() {
    let server = start(|_| {}).await;
    let mut client = server.connect().await;
    client.write_all(post("mutation { write }").as_bytes()).await.unwrap();
    soon(server.stage.started.notified()).await;
    drop(client);
    server.stop.send(()).unwrap();
    while !server.lifecycle.is_draining() {
        tokio::task::yield_now().await;
    }
    server.stage.go_on.notify_one();
    assert!(soon(server.ended).await.unwrap().is_complete());
    assert_eq!(server.stage.written.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_client_that_takes_its_answer_by_drips_is_cut_off() {
    let server = start(|config| config.answer_ms = 200).await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let mut client = socket.connect(server.address).await.unwrap();
    // More than the buffers between the two ends hold.
    client.write_all(post("{ articles(first: 200000) { nodes { id headline } } }").as_bytes()).await.unwrap();
    let mut drip = [0_u8; 1];
    soon(client.read_exact(&mut drip)).await.unwrap();
    assert_eq!(server.lifecycle.operations(), 1);
    soon(async {
        while server.lifecycle.operations() > 0 {
            let _ = client.read(&mut drip).await;
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a43_stopping_ends_in_time_whatever_still_runs() {
    let server = start(|config| config.drain_ms = 200).await;
    let mut client = server.connect().await;
    client.write_all(post("{ held }").as_bytes()).await.unwrap();
    soon(server.stage.started.notified()).await;
    server.stop.send(()).unwrap();
    let drained = soon(server.ended).await.unwrap();
    assert_eq!(drained, Drained { connections_cut: 1, operations_cut: 1 });
}

#[tokio::test]
async fn an_idle_server_stops_at_once() {
    let server = start(|config| config.farewell_ms = 60_000).await;
    server.stop.send(()).unwrap();
    assert!(soon(server.ended).await.unwrap().is_complete());
}
