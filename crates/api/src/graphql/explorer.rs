//! The explorer: GraphiQL, served from inside the binary, without anything from elsewhere.
//!
//! The page loads its parts by relative addresses, so it also works behind a path prefix. Its content policy
//! allows this origin alone and no inline script.

use axum::{Extension, Router, body::Body, extract::Path, response::Response, routing::get};
use bytes::Bytes;
use http::{
    HeaderValue,
    header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE},
};

use crate::{
    ErrorCode,
    http::{RequestId, problem},
};

/// Part of the asset addresses, so that browsers keep them for good; change it with the assets.
const VERSION: &str = "4.1.2";

/// Fonts and icons stand in the style sheet as data. A dialog that opens tries to add a style element that locks
/// scrolling and is refused; nothing is lost by it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self' data:; \
     img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const PAGE: &str = include_str!("../../assets/graphiql.html");

const ASSETS: &[(&str, &str, &[u8])] = &[
    ("react.min.js", "text/javascript; charset=utf-8", include_bytes!("../../assets/react.min.js")),
    ("react-dom.min.js", "text/javascript; charset=utf-8", include_bytes!("../../assets/react-dom.min.js")),
    ("graphiql.min.js", "text/javascript; charset=utf-8", include_bytes!("../../assets/graphiql.min.js")),
    ("graphiql.min.css", "text/css; charset=utf-8", include_bytes!("../../assets/graphiql.min.css")),
    ("start.js", "text/javascript; charset=utf-8", include_bytes!("../../assets/start.js")),
    ("start.css", "text/css; charset=utf-8", include_bytes!("../../assets/start.css")),
    ("LICENSES.txt", "text/plain; charset=utf-8", include_bytes!("../../assets/LICENSES.txt")),
];

/// The page and its parts.
pub(crate) fn router() -> Router {
    Router::new().route("/graphiql", get(page)).route("/graphiql/assets/{version}/{name}", get(asset))
}

async fn page() -> Response {
    let mut response = Response::new(Body::from(PAGE.replace("{version}", VERSION)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

async fn asset(Path((version, name)): Path<(String, String)>, Extension(id): Extension<RequestId>) -> Response {
    let found = ASSETS.iter().find(|(known, _, _)| version == VERSION && *known == name);
    let Some((_, content_type, bytes)) = found else {
        return problem(ErrorCode::RouteNotFound, &id.0);
    };
    let mut response = Response::new(Body::from(Bytes::from_static(bytes)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    response
}
