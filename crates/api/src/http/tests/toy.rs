//! A schema that can be slow, fail and panic, and the tools to ask it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use async_graphql::{Context, EmptySubscription, Error, ErrorExtensions, Object, Schema, SimpleObject};
use axum::{body::Body, response::Response};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use tokio::sync::Notify;
use tower::ServiceExt;
use uuid::Uuid;

use crate::{
    graphql::ordered::TypeTable,
    http::{AuthFailure, HttpConfig, HttpState, Lifecycle, RequestContext, RequestId},
};

/// Lets a test hold a resolver and see what it did.
#[derive(Default)]
pub(super) struct Stage {
    pub(super) started: Notify,
    pub(super) go_on: Notify,
    pub(super) written: AtomicU32,
}

pub(super) struct Name(pub(super) &'static str);

#[derive(SimpleObject)]
struct Article {
    id: i32,
    headline: String,
}

#[derive(SimpleObject)]
struct Page {
    nodes: Vec<Article>,
}

#[derive(Default)]
pub(super) struct Query {
    articles: Option<i32>,
}

fn coded(message: &str, code: &'static str) -> Error {
    Error::new(message).extend_with(|_, values| {
        values.set("code", code);
        values.set("retryAfter", 7);
        values.set("secret", "table articles");
    })
}

#[Object]
impl Query {
    async fn articles(&self, first: Option<i32>) -> Page {
        let first = first.unwrap_or(2);
        Page { nodes: (1..=first).map(|id| Article { id, headline: format!("H{id}") }).collect() }
    }
    async fn article(&self, id: i32) -> Option<Article> {
        (id < 100).then(|| Article { id, headline: format!("H{id}") })
    }
    async fn slow_then(&self, number: i32) -> i32 {
        tokio::task::yield_now().await;
        number
    }
    async fn held(&self, ctx: &Context<'_>) -> Result<bool, Error> {
        let stage = ctx.data::<Arc<Stage>>()?;
        stage.started.notify_one();
        stage.go_on.notified().await;
        Ok(true)
    }
    async fn panics(&self) -> i32 {
        self.articles.expect("the table articles is missing")
    }
    async fn leaks(&self) -> Result<Option<i32>, Error> {
        Err(Error::new("relation \"articles\" does not exist at /srv/x.rs"))
    }
    async fn fails(&self, code: String) -> Result<i32, Error> {
        Err(match code.as_str() {
            "CONFLICT" => coded("the slug is taken", "CONFLICT"),
            "UNAVAILABLE" => coded("pool timed out", "UNAVAILABLE"),
            "BAD_USER_INPUT" => coded("first must be between 0 and 100", "BAD_USER_INPUT"),
            "UNAUTHENTICATED" => coded("sign in first", "UNAUTHENTICATED"),
            _ => coded("what is this", "MADE_UP"),
        })
    }
    async fn caller(&self, ctx: &Context<'_>) -> String {
        ctx.data_opt::<Name>().map_or_else(|| "anonymous".to_owned(), |name| name.0.to_owned())
    }
    async fn request_id(&self, ctx: &Context<'_>) -> Result<String, Error> {
        Ok(ctx.data::<RequestId>()?.0.to_string())
    }
}

pub(super) struct Mutation;

#[Object]
impl Mutation {
    async fn write(&self, ctx: &Context<'_>) -> Result<u32, Error> {
        let stage = ctx.data::<Arc<Stage>>()?;
        stage.started.notify_one();
        stage.go_on.notified().await;
        Ok(stage.written.fetch_add(1, Ordering::SeqCst) + 1)
    }
    async fn login(&self, name: String) -> String {
        name
    }
}

pub(super) struct Door {
    pub(super) door: crate::http::Door,
    pub(super) stage: Arc<Stage>,
    pub(super) lifecycle: Lifecycle,
}

pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl Answer {
    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {:?}", self.text))
    }

    /// The code of the only error, in either form.
    pub(super) fn code(&self) -> String {
        let json = self.json();
        let errors = json["errors"].as_array();
        if let Some(errors) = errors {
            assert_eq!(errors.len(), 1, "{json}");
        }
        let code = errors.map_or(&json["code"], |errors| &errors[0]["extensions"]["code"]);
        code.as_str().unwrap().to_owned()
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

pub(super) fn door(change: impl FnOnce(&mut HttpConfig)) -> Door {
    let mut config = HttpConfig::default();
    change(&mut config);
    let stage = Arc::new(Stage::default());
    let lifecycle = Lifecycle::new();
    let ids = AtomicU32::new(0);
    let state = HttpState {
        config: Arc::new(config),
        authenticate: Arc::new(|headers: &HeaderMap| {
            let token = headers.get("authorization").map(|value| value.as_bytes().to_vec());
            Box::pin(async move {
                match token.as_deref() {
                    None => Ok(RequestContext::anonymous()),
                    Some(b"Bearer good") => Ok(RequestContext::signed_in().with(Name("Ann"))),
                    Some(b"Bearer unlucky") => Err(AuthFailure::Unavailable),
                    Some(_) => Err(AuthFailure::Rejected),
                }
            })
        }),
        is_ready: Arc::new(|| Box::pin(async { true })),
        new_request_id: Arc::new(move || Uuid::from_u128(u128::from(ids.fetch_add(1, Ordering::SeqCst)))),
        lifecycle: lifecycle.clone(),
        validity: None,
        operations: None,
    };
    let schema = Schema::build(Query::default(), Mutation, EmptySubscription).data(Arc::clone(&stage)).finish();
    let types = TypeTable::of_schema(&schema).unwrap();
    Door { door: crate::http::Door::over(schema, types, state).unwrap(), stage, lifecycle }
}

impl Door {
    pub(super) fn open() -> Self {
        door(|_| {})
    }

    pub(super) async fn send(&self, request: Request<Body>) -> Answer {
        read(self.door.clone().oneshot(request).await.unwrap()).await
    }

    /// A POST as the newer clients send it.
    pub(super) async fn ask(&self, query: &str) -> Answer {
        self.send(post(&serde_json::json!({ "query": query }), "application/graphql-response+json")).await
    }

    /// A POST as the older clients send it.
    pub(super) async fn ask_json(&self, query: &str) -> Answer {
        self.send(post(&serde_json::json!({ "query": query }), "application/json")).await
    }
}

async fn read(response: Response) -> Answer {
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    Answer { status: parts.status, headers: parts.headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
}

pub(super) fn post(body: &serde_json::Value, accept: &str) -> Request<Body> {
    raw_post(body.to_string(), &[("content-type", "application/json"), ("accept", accept)])
}

pub(super) fn raw_post(body: impl Into<Body>, headers: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::post("/graphql");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(body.into()).unwrap()
}

pub(super) fn plain(method: Method, uri: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).unwrap()
}

/// Fails a test that would otherwise hang.
pub(super) async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(10), future).await.expect("took too long")
}
