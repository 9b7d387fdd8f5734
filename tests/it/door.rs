//! The public door over a real socket, as a frontend meets it.

use masthead_domain::policy::Role;
use masthead_testkit::{Http, Kit, both_engines};
use serde_json::json;

both_engines! {
    async fn a_reader_asks_and_an_editor_writes_over_http(kit: Kit) {
        let http = kit.http().await;
        let create = "mutation { authorCreate(input: { name: \"Jean\" }) { author { slug } userErrors { message } } }";
        let refused = http.graphql(None, create, json!({})).await;
        assert_eq!(refused.json()["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{refused:?}");
        let editor = kit.role_token(Role::Editor);
        let done = http.graphql(Some(&editor), create, json!({})).await;
        assert_eq!(done.json()["data"]["authorCreate"]["author"]["slug"], "jean", "{done:?}");
        let read = http.graphql(None, "{ authors { nodes { name } totalCount } }", json!({})).await;
        assert_eq!((read.status, read.body.as_str()), (
            200,
            r#"{"data":{"authors":{"nodes":[{"name":"Jean"}],"totalCount":1}}}"#,
        ));
        assert!(read.header("x-request-id").is_some());
    }

    async fn the_server_says_that_it_lives_and_is_ready(kit: Kit) {
        let http = kit.http().await;
        for path in ["/healthz", "/readyz", "/graphiql"] {
            assert_eq!(http.get(path).await.status, 200, "{path}");
        }
        assert_eq!(http.get("/nothing").await.json()["code"], "ROUTE_NOT_FOUND");
        kit.app.database.clone().close().await.unwrap();
        assert_eq!((http.get("/readyz").await.status, http.get("/healthz").await.status), (503, 200));
    }

    async fn a_database_that_is_away_is_told_without_a_word_about_it(kit: Kit) {
        let http = kit.http().await;
        kit.app.database.clone().close().await.unwrap();
        let answer = http.graphql(None, "{ authors { totalCount } }", json!({})).await;
        let error = &answer.json()["errors"][0];
        assert_eq!((answer.status, &error["extensions"]["code"]), (503, &json!("UNAVAILABLE")), "{answer:?}");
        for word in ["pool", "sqlx", "sqlite", "postgres", "select"] {
            assert!(!answer.body.to_lowercase().contains(word), "{answer:?}");
        }
    }

    async fn a_document_that_was_valid_once_is_valid_again_only_with_fitting_variables(kit: Kit) {
        let warm = kit.http().await;
        let page = "query($slug: String!, $id: ID!, $n: Int) {
            article(by: { slug: { slug: $slug } }) { headline }
            node(id: $id) { id }
            articles(first: $n) { totalCount }
        }";
        let right = json!({ "slug": "port", "id": kit.author("Jean").await, "n": 3 });
        for _ in 0..3 {
            let answer = warm.graphql(None, page, right.clone()).await;
            assert_eq!(answer.json()["data"]["articles"]["totalCount"], 0, "{answer:?}");
        }
        for (name, wrong) in [
            ("slug", json!(7)),
            ("slug", json!(null)),
            ("slug", json!(["port"])),
            ("slug", json!({ "slug": "port" })),
            ("id", json!(true)),
            ("id", json!(null)),
            ("n", json!("3")),
            ("n", json!(1.5)),
            ("n", json!(3_000_000_000_u64)),
            ("n", json!(null)),
            ("n", json!(-1)),
        ] {
            let mut variables = right.clone();
            variables[name] = wrong;
            // A door that has just been opened has seen no document yet.
            let fresh = kit.http().await;
            let told = async |http: &Http| {
                let answer = http.graphql(None, page, variables.clone()).await;
                let mut body = answer.json();
                for error in body["errors"].as_array_mut().into_iter().flatten() {
                    error["extensions"].as_object_mut().map(|extensions| extensions.remove("requestId"));
                }
                (answer.status, body)
            };
            assert_eq!(told(&warm).await, told(&fresh).await, "{name}: {variables}");
        }
    }
}
