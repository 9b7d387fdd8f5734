//! The address `/graphql`: from a request to an operation that may run.

use std::{sync::Arc, time::Duration};

use async_graphql::{Executor, Request, SelectsRootTwice};
use async_graphql_parser::{
    parse_query,
    types::{DocumentOperations, ExecutableDocument, OperationDefinition, OperationType},
};
use async_graphql_value::Name;
use axum::{
    body::Body,
    extract::{ConnectInfo, State},
    response::Response,
};
use bytes::Bytes;
use http::{HeaderMap, Method, Uri, header::AUTHORIZATION, request::Parts};

use super::{
    accept::{self, Media},
    answer::{self, Fault},
    body,
    cache::{self, AnswerCache, Begun, Kept, Spelled, Spelling},
    coding::Coding,
    documents::Documents,
    fields,
    hits::Missed,
    params::Params,
    persisted::Persisted,
    problem::problem,
    replay::{self, IDEMPOTENCY_KEY, Keyed},
    run::{self, Operation, Place, Runner},
    state::{AuthFailure, HttpState, PREVIEW, PeerAddress, RequestContext, RequestId},
};
use crate::{
    ErrorCode,
    graphql::{
        FoundValid,
        guard::{self, Analysis, Budget, Caller},
        ordered::Prepared,
    },
};

/// The address.
pub(super) const PATH: &str = "/graphql";

const METHODS: &str = "GET, HEAD, POST, OPTIONS";
const MUTATION_BY_GET: &str = "Send mutations with POST.";
pub(super) const SUBSCRIPTION: &str = "Subscriptions are not served at this address.";
const NO_SUCH_OPERATION: &str = "The document has no operation of that name.";
pub(super) const WRITES_TWICE: &str = "The mutation selects one of its fields in several fragments; select it once.";
const NAME_NEEDED: &str = "The document has several operations: say in operationName which one to run.";

/// What `/graphql` needs.
pub(super) struct Endpoint<E> {
    pub(super) schema: E,
    pub(super) state: HttpState,
    pub(super) runner: Runner,
    pub(super) documents: Documents,
    pub(super) persisted: Persisted,
    pub(super) cache: Option<Arc<AnswerCache>>,
}

/// Answers any method at `/graphql` but OPTIONS, which the layer for other origins answers.
pub(super) async fn serve<E: Executor>(
    State(endpoint): State<Arc<Endpoint<E>>>,
    request: http::Request<Body>,
) -> Response {
    let (parts, body) = request.into_parts();
    let request_id = match parts.extensions.get::<RequestId>() {
        Some(id) => Arc::clone(&id.0),
        None => Arc::from(""),
    };
    let Some(media) = accept::choose(&parts.headers) else {
        let mut response = problem(ErrorCode::NotAcceptable, &request_id);
        fields::vary(response.headers_mut());
        return response;
    };
    let is_get = parts.method != Method::POST;
    let (mut response, is_private) = match endpoint.answer(&parts, body, media, &request_id).await {
        Ok(answered) => answered,
        Err(fault) => {
            let mut response = answer::refuse(&fault, media, &request_id);
            fields::vary(response.headers_mut());
            return response;
        }
    };
    let status = response.status();
    fields::finish(response.headers_mut(), status, is_get, is_private);
    let kept = response.extensions_mut().remove::<Arc<Kept>>();
    if let Some((cache, kept)) = endpoint.cache.as_ref().zip(kept) {
        cache.describe(&kept, response.headers_mut(), is_get);
    }
    if is_get { cache::conditional(response, &parts.headers) } else { response }
}

/// Whether the answer depends on who asks.
pub(super) fn is_personal(headers: &HeaderMap) -> bool {
    headers.contains_key(AUTHORIZATION) || headers.contains_key(PREVIEW)
}

/// What the parameters of a GET are written in.
pub(super) fn query_of(uri: &Uri) -> &[u8] {
    uri.query().unwrap_or_default().as_bytes()
}

impl<E: Executor> Endpoint<E> {
    async fn answer(
        &self,
        parts: &Parts,
        body: Body,
        media: Media,
        request_id: &Arc<str>,
    ) -> Result<(Response, bool), Fault> {
        let text = self.text(parts, body).await?;
        let spelled = self.shared(parts, media, &text);
        if let Some(spelled) = &spelled
            && parts.extensions.get::<Missed>().is_none()
            && let Some(found) = spelled.known().await
        {
            return Ok((found.again().map(Body::from), false));
        }
        let params = self.params(&parts.method, &text)?;
        let place = self.runner.enter().await?;
        let (context, place) = self.authenticate(&parts.headers, place).await?;
        let RequestContext { is_signed_in, is_private, operations, data, keys } = context;
        let allowed = if is_signed_in { operations } else { self.state.config.operations };
        let (params, standing) = self.persisted.resolve(params, allowed).await?;
        let asked = spelled.map(|spelled| spelled.asks(&params, standing));
        // Queries may come with a key and need none.
        let print = parts.headers.contains_key(IDEMPOTENCY_KEY).then(|| replay::fingerprint(&params));
        let mut operation = self.operation(params, &parts.method, is_signed_in, media, request_id)?;
        if let Some(print) = print.filter(|_| operation.is_mutation) {
            let config = &self.state.config;
            let keys = (keys, config.timeouts.mutation_ms);
            let never_kept = &config.query.never_kept;
            operation.keyed = Some(Keyed::of(&parts.headers, print, &operation.prepared, never_kept, keys)?);
        }
        let request = &mut operation.request;
        request.data = data;
        request.data.insert(RequestId(Arc::clone(request_id)));
        request.data.insert(Arc::clone(&operation.budget));
        if operation.is_valid {
            request.data.insert(FoundValid);
        }
        if operation.selects_root_twice {
            request.data.insert(SelectsRootTwice);
        }
        if let Some(ConnectInfo(address)) = parts.extensions.get::<ConnectInfo<std::net::SocketAddr>>() {
            request.data.insert(PeerAddress(*address));
        }
        if let Some(asked) = asked.filter(|_| !operation.is_mutation && !is_signed_in && !is_private) {
            match asked.begin().await {
                Begun::Answered(found) => return Ok((found.again().map(Body::from), false)),
                Begun::Making(making) => {
                    operation.request.data.insert(Arc::clone(making.reads()));
                    operation.making = Some(making);
                }
                Begun::Alone => {}
            }
        }
        let response = self.runner.run(self.schema.clone(), operation, place).await?;
        Ok((response, is_signed_in || is_private))
    }

    /// What the parameters are written in: the query string or the body.
    async fn text(&self, parts: &Parts, body: Body) -> Result<Bytes, Fault> {
        let config = &self.state.config;
        match parts.method {
            Method::GET | Method::HEAD => Ok(Bytes::copy_from_slice(query_of(&parts.uri))),
            Method::POST => {
                body::check_kind(&parts.headers)?;
                let patience = Duration::from_millis(config.timeouts.body_ms);
                body::read(&parts.headers, body, config.limits.body_bytes_max, patience).await
            }
            _ => Err(Fault { allow: Some(METHODS), ..Fault::new(ErrorCode::MethodNotAllowed) }),
        }
    }

    fn params(&self, method: &Method, text: &[u8]) -> Result<Params, Fault> {
        let limits = &self.state.config.limits;
        match *method {
            Method::POST => Params::from_json(text, limits),
            // An address is ASCII.
            _ => Params::from_query_string(std::str::from_utf8(text).unwrap_or_default(), limits),
        }
    }

    /// The request as it came, if its answer is anybody's and such answers are kept.
    fn shared(&self, parts: &Parts, media: Media, text: &Bytes) -> Option<Spelled> {
        let cache = self.cache.as_ref().filter(|_| !is_personal(&parts.headers))?;
        let spelling = Spelling::new(media, parts.method != Method::POST, text.clone());
        Some(Spelled::new(cache, spelling, Coding::choose(&parts.headers)))
    }

    /// Finds out who calls, holding a place: checking credentials may be as much work as a query.
    async fn authenticate(&self, headers: &HeaderMap, place: Place) -> Result<(RequestContext, Place), Fault> {
        let checked = (self.state.authenticate)(headers);
        let checked = async move {
            let context = checked.await.map_err(|failure| match failure {
                AuthFailure::Rejected => Fault {
                    challenge: Some("Bearer error=\"invalid_token\""),
                    ..Fault::new(ErrorCode::Unauthenticated)
                },
                AuthFailure::PreviewRejected => Fault::new(ErrorCode::PreviewInvalid),
                AuthFailure::Unavailable => Fault::new(ErrorCode::Unavailable),
            })?;
            Ok((context, place))
        };
        match is_personal(headers) {
            true => run::alone(checked).await,
            // There is nothing to check, so nothing that somebody who goes away could leave half done.
            false => checked.await,
        }
    }

    /// Parses and guards the document, and makes it ready to run.
    fn operation(
        &self,
        params: Params,
        method: &Method,
        is_signed_in: bool,
        media: Media,
        request_id: &Arc<str>,
    ) -> Result<Operation, Fault> {
        let config = &self.state.config;
        let Params { query, operation_name, variables, hash } = params;
        guard::check_text(&query, &config.query)?;
        let kept = self.documents.get(&query);
        let document = match &kept {
            Some(kept) => Arc::clone(kept.document()),
            None => Arc::new(parse_query(&query)?),
        };
        let (name, definition) = chosen(&document, operation_name.as_ref())?;
        let is_mutation = match definition.ty {
            OperationType::Query => false,
            OperationType::Mutation if *method == Method::POST => true,
            OperationType::Mutation => {
                let fault = Fault::new(ErrorCode::MethodNotAllowed).detail(MUTATION_BY_GET);
                return Err(Fault { allow: Some("POST"), ..fault });
            }
            OperationType::Subscription => {
                return Err(Fault::new(ErrorCode::BadRequest).detail(SUBSCRIPTION));
            }
        };
        let name = name.cloned();
        let may_introspect = config.introspection.allows(is_signed_in);
        let types = &self.runner.types;
        let prepared = Prepared::with_defaults(document, name, variables);
        let caller = Caller { is_signed_in, may_introspect };
        let (chosen, variables) = (prepared.operation.as_deref(), &prepared.variables);
        let check = || guard::check_document(&prepared.document, chosen, variables, types, &config.query, caller);
        let proven = kept.as_ref().zip(prepared.chosen());
        let proven = proven.filter(|(kept, operation)| kept.is_valid_with(operation, variables));
        let is_valid = proven.is_some();
        let analysis = match proven {
            Some((kept, operation)) => kept.analysis(operation, caller, check)?,
            None => check()?,
        };
        self.persisted.keep(hash, &query);
        let keep = || self.documents.keep(&query, Arc::clone(&prepared.document));
        let kept = (!is_mutation).then(|| kept.unwrap_or_else(keep));
        record(&prepared, analysis);
        let prepared = prepared.merged();
        let selects_root_twice = prepared.selects_root_twice(types);
        if is_mutation && selects_root_twice {
            // The engine would write twice what the specification says is one field.
            return Err(Fault::new(ErrorCode::GraphqlValidationFailed).detail(WRITES_TWICE));
        }
        let mut request = Request::new(query).variables(prepared.variables.clone());
        request.operation_name = prepared.operation.as_ref().map(|name| name.as_str().to_owned());
        request.set_parsed_query(ExecutableDocument::clone(&prepared.document));
        Ok(Operation {
            request,
            prepared,
            unproven: kept.filter(|_| !is_valid),
            is_valid,
            is_mutation,
            selects_root_twice,
            keyed: None,
            making: None,
            media,
            request_id: Arc::clone(request_id),
            may_suggest: may_introspect,
            budget: Arc::new(Budget::new(&config.query, is_signed_in)),
        })
    }
}

/// Names in the request's span; a name is letters, digits and underscores, and cut where nobody reads on.
fn record(prepared: &Prepared, analysis: Analysis) {
    let span = tracing::Span::current();
    let name = prepared.operation.as_deref().unwrap_or("anonymous");
    span.record("graphql.operation", name.get(..64).unwrap_or(name));
    span.record("graphql.cost", analysis.cost);
}

/// The operation to run, with the name the engine knows it by.
fn chosen<'d>(
    document: &'d ExecutableDocument,
    asked: Option<&Name>,
) -> Result<(Option<&'d Name>, &'d OperationDefinition), Fault> {
    let mut operations = document.operations.iter();
    let found = match asked {
        Some(asked) => operations.find(|(name, _)| *name == Some(asked)),
        None => match &document.operations {
            DocumentOperations::Multiple(many) if many.len() > 1 => {
                return Err(Fault::new(ErrorCode::GraphqlValidationFailed).detail(NAME_NEEDED));
            }
            _ => operations.next(),
        },
    };
    found
        .map(|(name, operation)| (name, &operation.node))
        .ok_or_else(|| Fault::new(ErrorCode::GraphqlValidationFailed).detail(NO_SUCH_OPERATION))
}
