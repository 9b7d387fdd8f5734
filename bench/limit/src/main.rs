//! What the load harness compares with: how fast this could be without a GraphQL server around it.
//!
//! L0g keeps finished answers in a map. L1 and L2 leave JSON to one statement of PostgreSQL and SQLite. L1r asks PostgreSQL with plain
//! prepared statements side by side and writes JSON by hand. L4 has all of it in memory and writes JSON by hand.
//! `PG`, `SQLITE` and `PORT` say where things are; `MEM=1` fills the memory of L0g and L4.
mod json;
mod memory;
mod pipelined;
mod statement;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, RwLock},
};

use axum::{
    Json, Router,
    body::Body,
    extract::{Path, State},
    http::{StatusCode, header},
    response::Response,
    routing::{get, post},
    serve::ListenerExt,
};
use bytes::Bytes;

use crate::{
    memory::Mem,
    statement::{
        Q1_LITE, Q1_PG, Q2_LITE, Q2_PG, Q3_LITE, Q3_PG, Q4_LITE, Q4_PG, Q5_LITE, Q5_PG, W1_LITE, W1_PG, lite, open, pg,
    },
};

#[global_allocator]
static GLOBAL: mimalloc::MiMalloc = mimalloc::MiMalloc;

struct App {
    mem: Option<Mem>,
    cache: RwLock<HashMap<Bytes, Bytes>>,
    pg: deadpool_postgres::Pool,
    writer: Mutex<rusqlite::Connection>,
    path: String,
}

type S = State<Arc<App>>;

fn js(body: impl Into<Body>) -> Response {
    Response::builder().header(header::CONTENT_TYPE, "application/json").body(body.into()).unwrap()
}

fn missing() -> Response {
    Response::builder().status(StatusCode::NOT_FOUND).body(Body::from("{}")).unwrap()
}

#[derive(serde::Deserialize)]
struct W {
    title: String,
}

fn write_lite(app: &App, id: i64, title: String) -> Response {
    let writer = app.writer.lock().unwrap();
    let mut statement = writer.prepare_cached(W1_LITE).unwrap();
    js(statement.query_row(rusqlite::params![id, title], |row| row.get::<_, String>(0)).unwrap())
}

fn routes(app: Arc<App>) -> Router {
    Router::new()
        .route("/l0g", post(|State(a): S, b: Bytes| async move { memory::gql(&a, b) }))
        .route("/l1/q1", get(|State(a): S| async move { pg(&a, Q1_PG, &[]).await }))
        .route("/l1/q2/{s}", get(|State(a): S, Path(s): Path<String>| async move { pg(&a, Q2_PG, &[&s]).await }))
        .route("/l1/q3/{s}", get(|State(a): S, Path(s): Path<String>| async move { pg(&a, Q3_PG, &[&s]).await }))
        .route("/l1/q4/{n}", get(|State(a): S, Path(n): Path<i64>| async move { pg(&a, Q4_PG, &[&n]).await }))
        .route("/l1/q5", get(|State(a): S| async move { pg(&a, Q5_PG, &[&"security mission"]).await }))
        .route(
            "/l1/w1/{id}",
            post(|State(a): S, Path(id): Path<i64>, Json(w): Json<W>| async move {
                pg(&a, W1_PG, &[&id, &w.title]).await
            }),
        )
        .route("/l1r/q1", get(|State(a): S| async move { pipelined::q1(&a).await }))
        .route("/l1r/q2/{s}", get(|State(a): S, Path(s): Path<String>| async move { pipelined::q2(&a, s).await }))
        .route("/l1r/q3/{s}", get(|State(a): S, Path(s): Path<String>| async move { pipelined::q3(&a, s).await }))
        .route("/l2/q1", get(|State(a): S| async move { lite(&a, Q1_LITE, []) }))
        .route("/l2/q2/{s}", get(|State(a): S, Path(s): Path<String>| async move { lite(&a, Q2_LITE, [s]) }))
        .route("/l2/q3/{s}", get(|State(a): S, Path(s): Path<String>| async move { lite(&a, Q3_LITE, [s]) }))
        .route("/l2/q4/{n}", get(|State(a): S, Path(n): Path<i64>| async move { lite(&a, Q4_LITE, [n]) }))
        .route("/l2/q5", get(|State(a): S| async move { lite(&a, Q5_LITE, ["security mission"]) }))
        .route(
            "/l2/w1/{id}",
            post(|State(a): S, Path(id): Path<i64>, Json(w): Json<W>| async move {
                tokio::task::spawn_blocking(move || write_lite(&a, id, w.title)).await.unwrap()
            }),
        )
        .route("/l4/q1", get(|State(a): S| async move { js(memory::q1(a.mem.as_ref().unwrap())) }))
        .route(
            "/l4/q2/{s}",
            get(|State(a): S, Path(s): Path<String>| async move {
                memory::q2(a.mem.as_ref().unwrap(), &s).map_or_else(missing, js)
            }),
        )
        .with_state(app)
}

async fn serve() {
    let env = |name: &str, default: &str| std::env::var(name).unwrap_or(default.into());
    let config: tokio_postgres::Config = env("PG", "host=127.0.0.1 user=postgres dbname=news10k").parse().unwrap();
    let recycling_method = deadpool_postgres::RecyclingMethod::Fast;
    let manager = deadpool_postgres::Manager::from_config(
        config,
        tokio_postgres::NoTls,
        deadpool_postgres::ManagerConfig { recycling_method },
    );
    let size = env("POOL", "10").parse().unwrap();
    let pg = deadpool_postgres::Pool::builder(manager).max_size(size).build().unwrap();
    let path = env("SQLITE", "news.db");
    let mem = (env("MEM", "0") == "1").then(|| memory::load(&open(&path)));
    let app = App { mem, cache: RwLock::default(), pg, writer: Mutex::new(open(&path)), path };
    let address = ("127.0.0.1", env("PORT", "7000").parse::<u16>().unwrap());
    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, routes(Arc::new(app))).await.unwrap();
}

fn main() {
    let threads: usize = std::env::var("THREADS").ok().and_then(|x| x.parse().ok()).unwrap_or(1);
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.worker_threads(threads).enable_all().build().unwrap().block_on(serve());
}
