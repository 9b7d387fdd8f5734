//! All addresses of the door, put together.

use std::{sync::Arc, time::Duration};

use async_graphql::Executor;
use axum::{
    Json, Router,
    extract::{Extension, State},
    response::{IntoResponse, Response},
    routing::{any, get},
};
use http::{
    HeaderName, HeaderValue, Method,
    header::{ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_TYPE, ORIGIN, RETRY_AFTER},
};
use tokio::time::timeout;
use tower_http::cors::{AllowOrigin, Any, CorsLayer};

use super::{
    admission::Admission,
    cache::AnswerCache,
    config::{AllowedOrigins, CorsConfig},
    documents::Documents,
    door::{Door, Parts},
    graphql::{self, Endpoint},
    hits::Hits,
    persisted::Persisted,
    problem::problem,
    run::Runner,
    state::{HttpState, PREVIEW, RequestId},
};
use crate::{
    ErrorCode,
    graphql::{
        self as newsroom, explorer,
        ordered::{TypeTable, TypeTableError},
    },
};

/// Why the door cannot be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RouterError {
    /// The schema cannot be read back; a fault of its code, found at start and not by a reader.
    #[error("the schema's types cannot be read")]
    Types(#[from] TypeTableError),
    /// An allowed origin cannot stand in a header.
    #[error("an allowed origin contains a character that a header cannot hold")]
    Origin(#[from] http::header::InvalidHeaderValue),
}

impl Door {
    /// The whole door of the newsroom.
    ///
    /// It names the newsroom's schema, so that the machine code of all resolvers is made here, once, and not again in every
    /// crate that opens a door.
    ///
    /// # Errors
    /// See [`RouterError`].
    pub fn new(schema: newsroom::Schema, state: HttpState) -> Result<Self, RouterError> {
        let types = TypeTable::of_schema(schema.engine())?;
        Self::over(schema, types, state)
    }

    /// The whole door over any schema.
    pub(super) fn over<E: Executor>(schema: E, types: TypeTable, state: HttpState) -> Result<Self, RouterError> {
        let config = Arc::clone(&state.config);
        let cache = state.validity.as_ref().filter(|_| config.cache.bytes_max > 0);
        let cache = cache.map(|validity| Arc::new(AnswerCache::new(Arc::clone(validity), config.cache.clone())));
        let cors = cors(&config.cors)?;
        let hits = cache.clone().and_then(|cache| {
            let bytes_max = config.limits.body_bytes_max;
            Hits::new(cache, &cors, &config.cors.origins, bytes_max)
        });
        let endpoint = endpoint(schema, types, &state, cache);
        // Other doors are merged with these.
        let graphql = Router::new()
            .route(graphql::PATH, any(graphql::serve::<E>))
            .layer(cors)
            .with_state(Arc::new(endpoint))
            .merge(
                Router::new().route("/healthz", get(healthz)).route("/readyz", get(readyz)).with_state(state.clone()),
            );
        let routes = if config.explorer { graphql.merge(explorer::router()) } else { graphql };
        let router = routes.fallback(not_found).method_not_allowed_fallback(method_not_allowed);
        Ok(Self::of(Parts { state, router, hits }))
    }
}

fn endpoint<E: Executor>(
    schema: E,
    types: TypeTable,
    state: &HttpState,
    cache: Option<Arc<AnswerCache>>,
) -> Endpoint<E> {
    let config = &state.config;
    let limits = &config.limits;
    let runner = Runner {
        admission: Admission::new(
            limits.in_flight_max,
            limits.queue_max,
            Duration::from_millis(config.timeouts.queue_ms),
        ),
        lifecycle: state.lifecycle.clone(),
        timeouts: config.timeouts.clone(),
        types: Arc::new(types),
        answer_bytes_max: config.query.answer_bytes_max,
    };
    let persisted = Persisted::new(config.persisted_bytes_max, state.operations.clone());
    Endpoint { schema, state: state.clone(), runner, documents: Documents::new(), persisted, cache }
}

/// Credentials never travel by themselves, so `*` gives a foreign page only what anybody may read.
fn cors(config: &CorsConfig) -> Result<CorsLayer, http::header::InvalidHeaderValue> {
    let (origins, vary) = match &config.origins {
        AllowedOrigins::Any => (AllowOrigin::from(Any), vec![]),
        AllowedOrigins::Only(origins) => {
            let origins = origins.iter().map(|origin| HeaderValue::from_str(origin)).collect::<Result<Vec<_>, _>>()?;
            (AllowOrigin::list(origins), vec![ORIGIN])
        }
    };
    let named = HeaderName::from_static;
    Ok(CorsLayer::new()
        .allow_origin(origins)
        .vary(vary)
        .allow_methods([Method::GET, Method::HEAD, Method::POST])
        .allow_headers([
            CONTENT_TYPE,
            AUTHORIZATION,
            ACCEPT_LANGUAGE,
            named("x-request-id"),
            named("idempotency-key"),
            PREVIEW,
            named("graphql-require-preflight"),
            named("apollo-require-preflight"),
        ])
        .expose_headers([named("x-request-id"), named("idempotency-replayed"), RETRY_AFTER])
        .max_age(Duration::from_secs(config.max_age_s)))
}

async fn healthz() -> Response {
    Json(serde_json::json!({ "status": "ok" })).into_response()
}

async fn readyz(State(state): State<HttpState>, Extension(id): Extension<RequestId>) -> Response {
    let limit = Duration::from_millis(state.config.timeouts.ready_ms);
    let is_ready = !state.lifecycle.is_draining() && timeout(limit, (state.is_ready)()).await.unwrap_or(false);
    match is_ready {
        true => Json(serde_json::json!({ "status": "ready" })).into_response(),
        false => problem(ErrorCode::Unavailable, &id.0),
    }
}

async fn not_found(Extension(id): Extension<RequestId>) -> Response {
    problem(ErrorCode::RouteNotFound, &id.0)
}

async fn method_not_allowed(Extension(id): Extension<RequestId>) -> Response {
    problem(ErrorCode::MethodNotAllowed, &id.0)
}
