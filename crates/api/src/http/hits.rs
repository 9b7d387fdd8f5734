//! What is kept is sent from here, before a request is sent on its way.
//!
//! Most requests of a newsroom's readers are answered so, and what they would pass on the way to the operation costs more
//! than the answer itself. Nothing is decided here that is not decided there: what cannot be answered at once goes on as
//! it came.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{BoxError, body::Body};
use bytes::Bytes;
use futures_util::{FutureExt, future::poll_fn};
use http::{
    HeaderMap, HeaderValue, Method, Request, Response, StatusCode,
    header::{CONTENT_LENGTH, ORIGIN},
};
use http_body::{Frame, SizeHint};
use tower::{Layer, ServiceExt, service_fn};
use tower_http::cors::CorsLayer;

use super::{
    accept::{self, Media},
    body,
    cache::{self, AnswerCache, Found, Spelling},
    coding::Coding,
    config::AllowedOrigins,
    envelope, fields, graphql,
    held::Outgoing,
};

/// Sends what is kept.
pub(super) struct Hits {
    cache: Arc<AnswerCache>,
    headers: Headers,
    body_bytes_max: usize,
}

/// A request that was answered here in vain: it goes on as it came.
pub(super) type Onward<B> = Request<Begun<B>>;

/// Says in a request's extensions that what is kept does not answer it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Missed;

impl Hits {
    /// Of these answers, for pages of these origins. None if the fields for other origins cannot be had beforehand.
    pub(super) fn new(
        cache: Arc<AnswerCache>,
        cors: &CorsLayer,
        origins: &AllowedOrigins,
        body_bytes_max: usize,
    ) -> Option<Self> {
        Some(Self { cache, headers: Headers::new(cors, origins)?, body_bytes_max })
    }

    /// The answer, if it is kept and true; else the request.
    pub(super) async fn answer<B>(&self, request: Request<B>) -> Result<Response<Outgoing>, Onward<B>>
    where
        B: http_body::Body<Data = Bytes> + Unpin,
        B::Error: Into<BoxError>,
    {
        let Some(media) = self.media(&request) else { return Err(request.map(Begun::untouched)) };
        let is_get = *request.method() != Method::POST;
        let (parts, mut rest) = request.into_parts();
        let text = match is_get {
            true => Bytes::copy_from_slice(graphql::query_of(&parts.uri)),
            false => match first_frame(&mut rest).await {
                Some(Ok(frame)) if rest.is_end_stream() && frame.is_data() => frame.into_data().unwrap_or_default(),
                first => return Err(Request::from_parts(parts, Begun { first, rest })),
            },
        };
        let spelling = Spelling::new(media, is_get, text);
        let coding = Coding::choose(&parts.headers);
        let Some(Found { kept, age }) = self.cache.spelled(&spelling, coding).await else {
            let first = (!is_get).then(|| Ok(Frame::data(spelling.into_text())));
            let mut request = Request::from_parts(parts, Begun { first, rest });
            request.extensions_mut().insert(Missed);
            return Err(request);
        };
        let mut response = Response::new(Outgoing::Whole(kept.bytes().clone()));
        *response.headers_mut() = self.headers.of(media, is_get, parts.headers.get(ORIGIN)).clone();
        fields::tell_age(response.headers_mut(), age);
        self.cache.describe(&kept, response.headers_mut(), is_get);
        if is_get {
            response = cache::conditional(response, &parts.headers);
        }
        if parts.method == Method::HEAD && response.status() == StatusCode::OK {
            response.headers_mut().insert(CONTENT_LENGTH, kept.bytes().len().into());
            *response.body_mut() = Outgoing::default();
        }
        Ok(response)
    }

    /// The media type to answer in, for requests that may be answered here.
    fn media<B>(&self, request: &Request<B>) -> Option<Media> {
        let headers = request.headers();
        if request.uri().path() != graphql::PATH || graphql::is_personal(headers) {
            return None;
        }
        match *request.method() {
            Method::GET | Method::HEAD => {}
            // One that would be refused for its body must not be asked to send it.
            Method::POST if body::is_taken(headers, self.body_bytes_max) => {}
            _ => return None,
        }
        accept::choose(headers)
    }
}

/// What comes of a body without waiting: most are there as soon as the header is read.
async fn first_frame<B>(body: &mut B) -> Option<Result<Frame<Bytes>, BoxError>>
where
    B: http_body::Body<Data = Bytes> + Unpin,
    B::Error: Into<BoxError>,
{
    let first = poll_fn(|context| match Pin::new(&mut *body).poll_frame(context) {
        Poll::Ready(first) => Poll::Ready(first),
        Poll::Pending => Poll::Ready(None),
    });
    first.await.map(|frame| frame.map_err(Into::into))
}

/// A body of which the beginning was read.
pub(super) struct Begun<B> {
    first: Option<Result<Frame<Bytes>, BoxError>>,
    rest: B,
}

impl<B> Begun<B> {
    fn untouched(rest: B) -> Self {
        Self { first: None, rest }
    }
}

impl<B> http_body::Body for Begun<B>
where
    B: http_body::Body<Data = Bytes> + Unpin,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        match this.first.take() {
            Some(first) => Poll::Ready(Some(first)),
            None => Pin::new(&mut this.rest).poll_frame(context).map_err(Into::into),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.first.is_none() && self.rest.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let first = match &self.first {
            Some(Ok(frame)) => frame.data_ref().map_or(0, Bytes::len),
            _ => 0,
        };
        let first = u64::try_from(first).unwrap_or(u64::MAX);
        let rest = self.rest.size_hint();
        let mut hint = SizeHint::new();
        hint.set_lower(rest.lower().saturating_add(first));
        if let Some(upper) = rest.upper() {
            hint.set_upper(upper.saturating_add(first));
        }
        hint
    }
}

/// The header of hits, but for what differs from one to the next.
struct Headers {
    /// For requests of no origin, or of one that is not allowed.
    nobodys: Kinds,
    /// For each allowed origin, where not all are.
    of_origins: Vec<(HeaderValue, Kinds)>,
}

/// For POST and GET, in each media type.
struct Kinds {
    post: [HeaderMap; 2],
    get: [HeaderMap; 2],
}

impl Headers {
    fn new(cors: &CorsLayer, origins: &AllowedOrigins) -> Option<Self> {
        let of_origins = match origins {
            AllowedOrigins::Any => Vec::new(),
            AllowedOrigins::Only(origins) => origins
                .iter()
                .map(|origin| {
                    let origin = HeaderValue::from_str(origin).ok()?;
                    Some((origin.clone(), Kinds::new(cors, Some(&origin))?))
                })
                .collect::<Option<_>>()?,
        };
        Some(Self { nobodys: Kinds::new(cors, None)?, of_origins })
    }

    fn of(&self, media: Media, is_get: bool, origin: Option<&HeaderValue>) -> &HeaderMap {
        let theirs = origin.and_then(|origin| self.of_origins.iter().find(|(allowed, _)| allowed == origin));
        let Kinds { post, get } = theirs.map_or(&self.nobodys, |(_, kinds)| kinds);
        let [graphql_response, json] = if is_get { get } else { post };
        match media {
            Media::GraphqlResponse => graphql_response,
            Media::Json => json,
        }
    }
}

impl Kinds {
    fn new(cors: &CorsLayer, origin: Option<&HeaderValue>) -> Option<Self> {
        let of = |is_get| {
            let of = |media| header(cors, origin, media, is_get);
            Some([of(Media::GraphqlResponse)?, of(Media::Json)?])
        };
        Some(Self { post: of(false)?, get: of(true)? })
    }
}

/// The header that a hit would have, had it come the long way.
fn header(cors: &CorsLayer, origin: Option<&HeaderValue>, media: Media, is_get: bool) -> Option<HeaderMap> {
    let endpoint = service_fn(move |_: Request<Body>| async move {
        let mut response = Response::new(Body::empty());
        fields::of_hit(response.headers_mut(), media);
        fields::finish(response.headers_mut(), StatusCode::OK, is_get, false);
        Ok::<_, Infallible>(response)
    });
    let mut request = Request::new(Body::empty());
    if let Some(origin) = origin {
        request.headers_mut().insert(ORIGIN, origin.clone());
    }
    let Ok(response) = cors.layer(endpoint).oneshot(request).now_or_never()?;
    let (mut parts, _) = response.into_parts();
    envelope::protect(&mut parts.headers);
    Some(parts.headers)
}
