//! What is taken and what is refused before a document is looked at.

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use http::{Method, StatusCode};

use super::toy::{Door, door, plain, post, raw_post};

const JSON: (&str, &str) = ("content-type", "application/json");

#[tokio::test]
async fn a01_an_answer_has_the_media_type_that_was_asked_for() {
    let door = Door::open();
    let new = door.ask("{__typename}").await;
    assert_eq!((new.status, new.text.as_str()), (StatusCode::OK, r#"{"data":{"__typename":"Query"}}"#));
    assert_eq!(new.header("content-type"), "application/graphql-response+json; charset=utf-8");
    let old = door.send(raw_post(r#"{"query":"{__typename}"}"#, &[JSON])).await;
    assert_eq!(old.header("content-type"), "application/json; charset=utf-8");
    let none = door.send(post(&serde_json::json!({"query": "{__typename}"}), "text/html")).await;
    assert_eq!((none.status, none.code().as_str()), (StatusCode::NOT_ACCEPTABLE, "NOT_ACCEPTABLE"));
    assert_eq!(none.header("content-type"), "application/problem+json; charset=utf-8");
}

#[tokio::test]
async fn a02_bodies_a_foreign_page_could_send_are_refused() {
    let door = Door::open();
    let body = r#"{"query":"{__typename}"}"#;
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/xml", "application/graphql", "x"] {
        let answer = door.send(raw_post(body, &[("content-type", kind)])).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE"),
            "{kind}"
        );
    }
    assert_eq!(door.send(raw_post(body, &[])).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let two = door.send(raw_post(body, &[JSON, ("content-type", "text/plain")])).await;
    assert_eq!(two.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn a03_multipart_needs_a_header_that_asks_for_preflight() {
    let door = Door::open();
    let multipart = ("content-type", "multipart/form-data; boundary=x");
    assert_eq!(door.send(raw_post("", &[multipart])).await.code(), "CSRF_PREVENTED");
    let asked = door.send(raw_post("", &[multipart, ("GraphQL-Require-Preflight", "1")])).await;
    assert_eq!(asked.code(), "UNSUPPORTED_MEDIA_TYPE");
}

#[tokio::test]
async fn a04_get_is_for_queries() {
    let door = Door::open();
    let query = door.send(plain(Method::GET, "/graphql?query=%7Barticle(id:1)%7Bid%7D%7D", &[])).await;
    assert_eq!(query.text, r#"{"data":{"article":{"id":1}}}"#);
    assert_eq!(query.header("cache-control"), "public, max-age=0, must-revalidate");
    let mutation = door.send(plain(Method::GET, "/graphql?query=mutation%7Bwrite%7D", &[])).await;
    assert_eq!(
        (mutation.status, mutation.header("allow"), mutation.code().as_str()),
        (StatusCode::METHOD_NOT_ALLOWED, "POST", "METHOD_NOT_ALLOWED")
    );
    let put = door.send(plain(Method::PUT, "/graphql", &[])).await;
    assert_eq!((put.status, put.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "GET, HEAD, POST, OPTIONS"));
    let options = door.send(plain(Method::OPTIONS, "/graphql", &[])).await;
    assert_eq!(
        (options.status, options.header("allow")),
        (StatusCode::OK, ""),
        "a preflight is answered for everybody"
    );
}

#[tokio::test]
async fn a05_malformed_requests_say_what_is_wrong() {
    let door = Door::open();
    for (body, words) in [
        ("{", "The body is not valid JSON."),
        ("{}", "The parameter query is missing."),
        (r#"{"query":"{a}","variables":[]}"#, "The parameter variables must be an object or null."),
    ] {
        let answer = door.send(raw_post(body, &[JSON])).await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::BAD_REQUEST, "BAD_REQUEST"));
        assert_eq!(answer.json()["errors"][0]["message"], words);
    }
    assert_eq!(door.send(plain(Method::GET, "/graphql", &[])).await.code(), "BAD_REQUEST");
}

#[tokio::test]
async fn a07_large_bodies_are_refused_announced_or_not() {
    let door = Door::open();
    let large = vec![b' '; 1024 * 1024 + 1];
    let announced = door.send(raw_post(large.clone(), &[JSON, ("content-length", "1048577")])).await;
    let chunks = stream::iter(
        large.chunks(64 * 1024).map(|chunk| Ok::<_, std::io::Error>(Bytes::copy_from_slice(chunk))).collect::<Vec<_>>(),
    );
    let chunked = door.send(raw_post(Body::from_stream(chunks), &[JSON])).await;
    for answer in [announced, chunked] {
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE"));
        assert_eq!(answer.header("connection"), "close");
    }
}

#[tokio::test]
async fn a07_a_body_that_does_not_arrive_is_not_waited_for() {
    let door = door(|config| config.timeouts.body_ms = 20);
    let never = Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>());
    let answer = door.send(raw_post(never, &[JSON])).await;
    assert_eq!(
        (answer.status, answer.code().as_str(), answer.header("connection")),
        (StatusCode::REQUEST_TIMEOUT, "REQUEST_TIMEOUT", "close")
    );
}

#[tokio::test]
async fn a08_content_codings_are_not_undone() {
    let door = Door::open();
    for coding in ["gzip", "br", "gzip, gzip", "x"] {
        let answer = door.send(raw_post("{}", &[JSON, ("content-encoding", coding)])).await;
        assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{coding}");
    }
}

#[tokio::test]
async fn a09_arrays_of_requests_are_refused() {
    let answer = Door::open().send(raw_post(r#"[{"query":"{__typename}"}]"#, &[JSON])).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::BAD_REQUEST, "BATCHING_DISABLED"));
}

#[tokio::test]
async fn a24_odd_charsets_and_odd_values_are_refused() {
    let door = Door::open();
    let utf16 =
        door.send(raw_post(r#"{"query":"{a}"}"#, &[("content-type", "application/json; charset=utf-16")])).await;
    assert_eq!((utf16.status, utf16.code().as_str()), (StatusCode::BAD_REQUEST, "BAD_REQUEST"));
    let utf8 = door
        .send(raw_post(r#"{"query":"{__typename}"}"#, &[("content-type", "Application/JSON;charset=\"UTF-8\"")]))
        .await;
    assert_eq!(utf8.status, StatusCode::OK);
    let literal = door.ask("{ article(id: 1e400) { id } }").await;
    assert_eq!((literal.status, literal.code().as_str()), (StatusCode::BAD_REQUEST, "GRAPHQL_PARSE_FAILED"));
    let deep = format!(r#"{{"query":"{{a}}","variables":{{"v":{}}}}}"#, "[".repeat(20_000));
    assert_eq!(door.send(raw_post(deep, &[JSON])).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn long_addresses_and_headers_are_refused() {
    let door = Door::open();
    let uri = format!("/graphql?query={}", "a".repeat(8 * 1024));
    let answer = door.send(plain(Method::GET, &uri, &[])).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::URI_TOO_LONG, "URI_TOO_LONG"));
    let long = "a".repeat(33 * 1024);
    let answer = door.send(plain(Method::GET, "/healthz", &[("cookie", &long)])).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "HEADERS_TOO_LARGE")
    );
    let many: Vec<(&str, &str)> = vec![("cookie", "a"); 101];
    assert_eq!(door.send(plain(Method::GET, "/healthz", &many)).await.code(), "HEADERS_TOO_LARGE");
}

#[tokio::test]
async fn a38_any_origin_may_read_public_answers_without_credentials() {
    let door = Door::open();
    let answer =
        door.send(plain(Method::GET, "/graphql?query=%7B__typename%7D", &[("origin", "https://a.example")])).await;
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(answer.header("access-control-allow-credentials"), "");
    assert_eq!(answer.header("vary"), "Authorization, Accept, Accept-Encoding, Masthead-Preview");
    let preflight = plain(
        Method::OPTIONS,
        "/graphql",
        &[
            ("origin", "https://a.example"),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "content-type,authorization"),
        ],
    );
    let answer = door.send(preflight).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("access-control-allow-methods"), "GET,HEAD,POST");
    assert!(answer.header("access-control-allow-headers").contains("authorization"));
}

#[tokio::test]
async fn a38_a_list_of_origins_is_exact_and_null_is_never_on_it() {
    let door = door(|config| {
        config.cors.origins = crate::http::AllowedOrigins::Only(vec!["https://www.example.org".into()]);
    });
    for (origin, allowed) in [
        ("https://www.example.org", "https://www.example.org"),
        ("https://www.example.org.evil.example", ""),
        ("http://www.example.org", ""),
        ("null", ""),
    ] {
        let answer = door.send(plain(Method::GET, "/graphql?query=%7B__typename%7D", &[("origin", origin)])).await;
        assert_eq!(answer.header("access-control-allow-origin"), allowed, "{origin}");
        let vary: Vec<_> = answer.headers.get_all("vary").iter().map(|v| v.to_str().unwrap()).collect();
        assert!(vary.contains(&"origin"), "{vary:?}");
    }
}

#[tokio::test]
async fn a39_every_answer_carries_the_protective_fields() {
    let door = Door::open();
    for (method, uri) in [
        (Method::GET, "/nothing"),
        (Method::POST, "/healthz"),
        (Method::GET, "/readyz"),
        (Method::POST, "/graphql"),
        (Method::GET, "/graphiql/assets/0/x"),
    ] {
        let answer = door.send(plain(method, uri, &[])).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{uri}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("content-security-policy"), "default-src 'none'; frame-ancestors 'none'");
        assert_eq!(answer.header("server"), "");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("x-request-id").len(), 36);
    }
    let missing = door.send(plain(Method::GET, "/nothing", &[])).await;
    assert_eq!((missing.status, missing.code().as_str()), (StatusCode::NOT_FOUND, "ROUTE_NOT_FOUND"));
    assert_eq!(missing.json()["requestId"], missing.header("x-request-id"));
    let wrong = door.send(plain(Method::POST, "/healthz", &[])).await;
    assert_eq!((wrong.code().as_str(), wrong.header("allow")), ("METHOD_NOT_ALLOWED", "GET,HEAD"));
}

#[tokio::test]
async fn a_request_id_is_taken_over_when_it_is_harmless() {
    let door = Door::open();
    let with = async |id: &str| {
        let answer = door.send(plain(Method::GET, "/graphql?query=%7BrequestId%7D", &[("x-request-id", id)])).await;
        let inside = answer.json()["data"]["requestId"].as_str().unwrap().to_owned();
        assert_eq!(answer.header("x-request-id"), inside);
        inside
    };
    assert_eq!(with("abc-123_x.Y").await, "abc-123_x.Y");
    for odd in ["short", "with space", "a\"b<script>", &"x".repeat(65)] {
        assert_ne!(with(odd).await, odd);
    }
}
