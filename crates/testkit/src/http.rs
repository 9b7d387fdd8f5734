//! The public door: a real server on a port of its own.

use std::{sync::Arc, time::Duration};

use axum::body::Body;
use http::Request;
use http_body_util::BodyExt as _;
use masthead_api::{
    RegisteredOperations, Validity,
    auth::Authenticator,
    http::{self as door, HttpConfig, HttpState, Lifecycle, serve},
};
use masthead_app::identity::Moment;
use masthead_domain::policy::Role;
use reqwest::{Client, RequestBuilder, header::HeaderMap};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::oneshot};
use tower::ServiceExt as _;

use crate::kit::Kit;

/// A running server. It stops when this is dropped.
pub struct Http {
    /// Its address, without a slash at the end.
    pub root: String,
    /// A client that follows no redirect.
    pub client: Client,
    stop: Option<oneshot::Sender<()>>,
}

/// A door without a socket.
pub struct Door {
    door: door::Door,
    lifecycle: Lifecycle,
}

impl Door {
    /// The answer to an operation of nobody in particular.
    pub async fn graphql(&self, query: &str) -> HttpAnswer {
        let body = json!({ "query": query }).to_string();
        let request = Request::post("/graphql").header("content-type", "application/json").body(Body::from(body));
        let answer = self.door.clone().oneshot(request.unwrap()).await.unwrap();
        let (parts, body) = answer.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let body = String::from_utf8(body.to_vec()).unwrap();
        HttpAnswer { status: parts.status.as_u16(), headers: parts.headers, body }
    }
}

/// An answer of the server.
#[derive(Debug, Clone)]
pub struct HttpAnswer {
    /// The status.
    pub status: u16,
    /// The header.
    pub headers: HeaderMap,
    /// The body as it came.
    pub body: String,
}

impl Kit {
    /// A server with the default settings.
    pub async fn http(&self) -> Http {
        self.http_with(HttpConfig::default()).await
    }

    /// A server with these settings, on a port of its own whatever they say.
    pub async fn http_with(&self, config: HttpConfig) -> Http {
        let server = config.server.clone();
        let Door { door, lifecycle } = self.door(config);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let root = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(serve(door, listener, server, lifecycle, async {
            let _ = stopped.await;
        }));
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Http { root, client, stop: Some(stop) }
    }

    /// The door with these settings, to be asked without a socket.
    #[must_use]
    pub fn door(&self, config: HttpConfig) -> Door {
        let ids = Arc::clone(&self.app.ids);
        let database = self.app.database.clone();
        let lifecycle = Lifecycle::new();
        let lag = Duration::from_millis(config.cache.lag_ms);
        let validity = Arc::new(Validity::new(self.app.clone(), lag));
        let state = HttpState {
            config: Arc::new(config),
            authenticate: Authenticator::new(self.app.clone(), self.identity.clone()).hook(),
            is_ready: Arc::new(move || {
                let database = database.clone();
                Box::pin(async move { database.ping().await.is_ok() })
            }),
            new_request_id: Arc::new(move || ids.uuid()),
            lifecycle: lifecycle.clone(),
            operations: Some(Arc::new(RegisteredOperations::new(self.app.clone(), Arc::clone(&validity)))),
            validity: Some(validity),
        };
        Door { door: door::Door::new(self.schema.clone(), state).unwrap(), lifecycle }
    }

    /// An access token for a role, good for an hour of the test's clock.
    #[must_use]
    pub fn role_token(&self, role: Role) -> String {
        let moment = Moment { now: self.app.clock.now(), id: self.app.ids.uuid() };
        let issued = self.identity.keys().issue_for_role(role, Duration::from_secs(3_600), moment).unwrap();
        issued.token.expose_secret().to_owned()
    }
}

impl Http {
    /// The address of a path.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.root)
    }

    /// The answer to an operation, sent as frontends do; `bearer` is a token or a key.
    pub async fn graphql(&self, bearer: Option<&str>, query: &str, variables: Value) -> HttpAnswer {
        let body = json!({ "query": query, "variables": variables });
        let request = self.client.post(self.url("/graphql")).json(&body);
        self.send(bearer.iter().fold(request, |request, bearer| request.bearer_auth(bearer))).await
    }

    /// The answer to a GET.
    pub async fn get(&self, path: &str) -> HttpAnswer {
        self.send(self.client.get(self.url(path))).await
    }

    /// The answer to any request made with the client.
    pub async fn send(&self, request: RequestBuilder) -> HttpAnswer {
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        HttpAnswer { status, headers, body: answer.text().await.unwrap() }
    }
}

impl Drop for Http {
    fn drop(&mut self) {
        let _ = self.stop.take().map(|stop| stop.send(()));
    }
}

impl HttpAnswer {
    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// A field of the header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}
