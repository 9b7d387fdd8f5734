//! What an answer looks like once the document is looked at.

use http::{Method, StatusCode};

use super::toy::{Door, door, plain, post};
use crate::graphql::guard::Introspection;

#[tokio::test]
async fn answers_come_in_the_order_of_the_document() {
    let answer =
        Door::open().ask("{ b: slowThen(number: 2) articles { nodes { headline id } } a: slowThen(number: 1) }").await;
    assert_eq!(
        answer.text,
        r#"{"data":{"b":2,"articles":{"nodes":[{"headline":"H1","id":1},{"headline":"H2","id":2}]},"a":1}}"#
    );
}

#[tokio::test]
async fn a06_what_does_not_parse_or_validate_has_no_data() {
    let door = Door::open();
    for (query, code) in [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("{...F} fragment F on Query{...F}", "GRAPHQL_VALIDATION_FAILED"),
    ] {
        let new = door.ask(query).await;
        assert_eq!((new.status, new.code().as_str()), (StatusCode::BAD_REQUEST, code), "{query}");
        assert!(new.json().get("data").is_none() && new.json()["errors"][0]["locations"][0]["line"] == 1);
        assert_eq!(new.json()["errors"][0]["extensions"]["requestId"], new.header("x-request-id"));
        let old = door.ask_json(query).await;
        assert_eq!((old.status, old.code().as_str()), (StatusCode::OK, code), "{query}");
        assert!(old.json().get("data").is_none());
    }
    let message = door.ask("{ a ").await.json()["errors"][0]["message"].as_str().unwrap().to_owned();
    assert!(message.starts_with("Syntax error: expected") && !message.contains('\n'), "{message}");
}

#[tokio::test]
async fn many_mistakes_are_named_but_not_all() {
    let fields: String = (0..60).map(|at| format!("x{at} ")).collect();
    let answer = Door::open().ask(&format!("{{ {fields} }}")).await;
    assert_eq!(answer.json()["errors"].as_array().unwrap().len(), 25);
}

#[tokio::test]
async fn the_operation_is_found_by_its_name() {
    let door = Door::open();
    let ask = async |name: serde_json::Value| {
        let body =
            serde_json::json!({"query": "query A { a: __typename } query B { b: __typename }", "operationName": name});
        door.send(post(&body, "application/graphql-response+json")).await
    };
    assert_eq!(ask("B".into()).await.text, r#"{"data":{"b":"Query"}}"#);
    for name in ["C".into(), serde_json::Value::Null] {
        let answer = ask(name).await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::BAD_REQUEST, "GRAPHQL_VALIDATION_FAILED"));
    }
    let wrong = serde_json::json!({"query": "{ __typename }", "operationName": "A"});
    assert_eq!(door.send(post(&wrong, "*/*")).await.code(), "GRAPHQL_VALIDATION_FAILED");
}

#[tokio::test]
async fn a10_to_a19_the_limits_keep_their_status_for_all_clients() {
    let door = Door::open();
    let doubling = (0..30).fold("{...f0} fragment f30 on Query{__typename}".to_owned(), |query, at| {
        format!("{query} fragment f{at} on Query{{...f{0} ...f{0}}}", at + 1)
    });
    let aliases: String = (0..16).map(|at| format!("a{at}: __typename ")).collect();
    for (query, code) in [
        (format!("{}a{}", "{a".repeat(13), "}".repeat(13)), "QUERY_TOO_DEEP"),
        (format!("{{{}", "a{".repeat(10_000)), "QUERY_TOO_DEEP"),
        (doubling, "QUERY_TOO_COMPLEX"),
        (format!("{{ a #{}\n}}", "x".repeat(40_000)), "QUERY_TOO_LARGE"),
        (format!("{{ {aliases} }}"), "TOO_MANY_ALIASES"),
        ("{ __typename @a @a @a @a @a }".to_owned(), "TOO_MANY_DIRECTIVES"),
        ("mutation { a: login(name: \"x\") b: login(name: \"y\") }".to_owned(), "TOO_MANY_OPERATIONS"),
    ] {
        for answer in [door.ask(&query).await, door.ask_json(&query).await] {
            assert_eq!((answer.status, answer.code().as_str()), (StatusCode::BAD_REQUEST, code));
        }
    }
}

#[tokio::test]
async fn a13_cost_is_named_and_depends_on_the_caller() {
    let door = door(|config| {
        config.query.cost_max_anonymous = 50;
        config.query.cost_max_signed_in = 500;
    });
    let body = serde_json::json!({"query": "query Q($n: Int = 60) { articles(first: $n) { nodes { id } } }"});
    let refused = door.send(post(&body, "*/*")).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::BAD_REQUEST, "QUERY_TOO_COMPLEX"));
    assert_eq!(refused.json()["errors"][0]["extensions"]["cost"], 61, "the variable's default counts");
    assert_eq!(refused.json()["errors"][0]["extensions"]["limit"], 50);
    let mut request = post(&body, "*/*");
    request.headers_mut().insert("authorization", "Bearer good".parse().unwrap());
    assert_eq!(door.send(request).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a20_introspection_can_be_closed_and_then_nothing_is_suggested() {
    let open = Door::open();
    assert!(open.ask("{ __schema { queryType { name } } }").await.text.contains("Query"));
    assert!(open.ask("{ articlez { nodes { id } } }").await.text.contains("Did you mean"));
    let closed = door(|config| config.introspection = Introspection::SignedIn);
    let answer = closed.ask("{ __schema { queryType { name } } }").await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::BAD_REQUEST, "INTROSPECTION_DISABLED"));
    let answer = closed.ask("{ articlez { nodes { id } } }").await;
    assert!(!answer.text.contains("Did you mean") && !answer.text.contains("\"articles\""), "{}", answer.text);
    let signed_in = closed
        .send(plain(
            Method::GET,
            "/graphql?query=%7B__schema%7BqueryType%7Bname%7D%7D%7D",
            &[("authorization", "Bearer good")],
        ))
        .await;
    assert_eq!(signed_in.status, StatusCode::OK);
}

#[tokio::test]
async fn a21_what_a_resolver_says_unasked_stays_inside() {
    let answer = Door::open().ask("{ leaks article(id: 1) { id } }").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.code(), "INTERNAL");
    assert!(
        answer.text.starts_with(
            r#"{"data":{"leaks":null,"article":{"id":1}},"errors":[{"message":"Something went wrong on our side.""#
        ),
        "{}",
        answer.text
    );
    assert!(!answer.text.contains("relation") && !answer.text.contains("x.rs"));
}

#[tokio::test]
async fn coded_errors_keep_their_words_and_the_values_on_the_list() {
    let door = Door::open();
    let conflict = door.ask(r#"{ fails(code: "CONFLICT") }"#).await;
    assert_eq!((conflict.status, conflict.code().as_str()), (StatusCode::OK, "CONFLICT"));
    assert!(conflict.text.starts_with(r#"{"data":null,"errors":[{"message":"the slug is taken""#));
    assert!(!conflict.text.contains("secret"));
    let unknown = door.ask(r#"{ fails(code: "?") }"#).await;
    assert_eq!((unknown.status, unknown.code().as_str()), (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL"));
}

#[tokio::test]
async fn an_answer_without_data_takes_the_status_of_what_went_wrong() {
    let door = Door::open();
    let away = door.ask(r#"{ fails(code: "UNAVAILABLE") }"#).await;
    assert_eq!(
        (away.status, away.code().as_str(), away.header("retry-after")),
        (StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", "7")
    );
    assert!(!away.text.contains("pool"));
    let input = door.ask(r#"{ fails(code: "BAD_USER_INPUT") }"#).await;
    assert_eq!(input.status, StatusCode::BAD_REQUEST);
    let sign_in = door.ask(r#"{ fails(code: "UNAUTHENTICATED") }"#).await;
    assert_eq!((sign_in.status, sign_in.header("www-authenticate")), (StatusCode::UNAUTHORIZED, "Bearer"));
}

#[tokio::test]
async fn a_value_the_engine_cannot_read_is_bad_input() {
    let body = serde_json::json!({"query": "query Q($n: Int!) { article(id: $n) { id } }", "variables": {"n": 99_999_999_999_u64}});
    let answer = Door::open().send(post(&body, "application/graphql-response+json")).await;
    let code = answer.code();
    assert!(["BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"].contains(&code.as_str()), "{}", answer.text);
    assert!(answer.status.is_client_error() || answer.json()["data"]["article"].is_null());
}

#[tokio::test]
async fn a32_bad_credentials_are_never_no_credentials() {
    let door = Door::open();
    let ask = async |token: &str| {
        door.send(plain(Method::GET, "/graphql?query=%7Bcaller%7D", &[("authorization", token)])).await
    };
    let good = ask("Bearer good").await;
    assert_eq!(
        (good.text.as_str(), good.header("cache-control")),
        (r#"{"data":{"caller":"Ann"}}"#, "private, no-store")
    );
    let bad = ask("Bearer bad").await;
    assert_eq!((bad.status, bad.code().as_str()), (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"));
    assert_eq!(bad.header("www-authenticate"), "Bearer error=\"invalid_token\"");
    let away = ask("Bearer unlucky").await;
    assert_eq!((away.status, away.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "5"));
}

#[tokio::test]
async fn the_explorer_is_served_from_inside_or_not_at_all() {
    let open = Door::open();
    let page = open.send(plain(Method::GET, "/graphiql", &[])).await;
    assert!(page.header("content-security-policy").contains("script-src 'self';"));
    let mut parts = 0;
    for part in page.text.split(['"']).filter(|part| part.starts_with("graphiql/assets/")) {
        let asset = open.send(plain(Method::GET, &format!("/{part}"), &[])).await;
        assert_eq!(asset.status, StatusCode::OK, "{part}");
        assert!(asset.header("cache-control").contains("immutable"));
        parts += 1;
    }
    assert_eq!(parts, 6);
    assert!(!page.text.contains("https://"), "nothing from elsewhere");
    let closed = door(|config| config.explorer = false);
    assert_eq!(closed.send(plain(Method::GET, "/graphiql", &[])).await.status, StatusCode::NOT_FOUND);
}
