//! The door of the newsroom as one service.
//!
//! Every request is met by the same things first ([`super::envelope`]); then it is answered with what is kept for it
//! ([`super::hits`]), or goes to its address ([`super::router`]).

use std::{
    convert::Infallible,
    fmt,
    net::SocketAddr,
    panic::AssertUnwindSafe,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{BoxError, Router, body::Body, response::Response};
use bytes::Bytes;
use futures_util::{FutureExt, future::BoxFuture};
use http::Request;
use tower::Service;

use super::{envelope::Arrival, held::Outgoing, hits::Hits, state::HttpState};

/// The door: answers any request. Cheap to clone.
#[derive(Clone)]
pub struct Door(Arc<Parts>);

/// What a door is made of.
pub(super) struct Parts {
    pub(super) state: HttpState,
    pub(super) router: Router,
    /// None where nothing is kept.
    pub(super) hits: Option<Hits>,
}

impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Door").field("state", &self.0.state).finish_non_exhaustive()
    }
}

impl Door {
    pub(super) fn of(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// The most header fields that a request may have.
    pub(super) fn header_fields_max(&self) -> usize {
        self.0.state.config.limits.headers_max
    }

    /// Answers a request, which came from this address if it came over a socket.
    pub(super) async fn answer<B>(&self, request: Request<B>, peer: Option<SocketAddr>) -> Response<Outgoing>
    where
        B: http_body::Body<Data = Bytes> + Send + Unpin + 'static,
        B::Error: Into<BoxError>,
    {
        let Parts { state, router, hits } = &*self.0;
        let arrival = Arrival::of(&request, state);
        let request = match hits.as_ref().filter(|_| arrival.is_welcome()) {
            None => request.map(Body::new),
            Some(hits) => {
                let method = request.method().clone();
                match AssertUnwindSafe(hits.answer(request)).catch_unwind().await {
                    Ok(Ok(hit)) => return arrival.hit(hit, &method),
                    Ok(Err(request)) => request.map(Body::new),
                    Err(_) => return arrival.hit(arrival.panicked().map(Outgoing::Made), &method),
                }
            }
        };
        // In a box: what is carried along for all addresses would have to be moved about for every hit.
        Box::pin(arrival.routed(request, peer, router.clone())).await.map(Outgoing::Made)
    }
}

impl Service<Request<Body>> for Door {
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let door = self.clone();
        Box::pin(async move { Ok(door.answer(request, None).await.map(Body::new)) })
    }
}
