//! What an answer may hold: lists that lead back to where they came from multiply without a word in the document.

use std::time::{Duration, Instant};

use masthead_api::http::HttpConfig;
use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

use crate::article_newsroom::{Page, archive, page};

/// Thirty references five times over: twenty-four million objects.
const BACK_AND_FORTH: &str = r#"{ article(by: {slug: {slug: "le-port", language: "fr"}}) {
  references { article { references { article { references { article { references { article { references { id } } } } } } } } }
} }"#;

/// Children and their parents, five times over.
const UP_AND_DOWN: &str = r#"{ category(by: {slug: "une"}) {
  children { parent { children { parent { children { parent { children { parent { children { id } } } } } } } } }
} }"#;

async fn article_with_references(kit: &Kit, count: usize) {
    let source = |at| json!({ "source": { "url": format!("https://sources.example/{at}") } });
    let references: Vec<Value> = (0..count).map(source).collect();
    kit.published(json!({ "headline": "Le port", "slug": "le-port", "language": "fr", "references": references }))
        .await;
}

async fn category_with_children(kit: &Kit, count: usize) {
    let root = kit.make("category", json!({ "name": "Une", "language": "fr" })).await;
    for at in 0..count {
        kit.make("category", json!({ "name": format!("C{at}"), "language": "fr", "parentId": root })).await;
    }
}

both_engines! {
    async fn lists_that_lead_back_to_themselves_are_refused_at_once(kit: Kit) {
        article_with_references(&kit, 30).await;
        category_with_children(&kit, 30).await;
        let http = kit.http().await;
        for query in [BACK_AND_FORTH, UP_AND_DOWN] {
            let started = Instant::now();
            let answer = http.graphql(None, query, json!({})).await;
            let took = started.elapsed();
            let error = &answer.json()["errors"][0]["extensions"];
            assert_eq!((answer.status, &error["code"], &error["limit"]), (400, &json!("QUERY_TOO_COMPLEX"), &json!(20_000)));
            // A debug build on a busy machine; all of them would take hours.
            assert!(took < Duration::from_secs(6), "{took:?}");
        }
    }

    async fn all_fields_of_a_request_share_what_it_may_be_answered_with(kit: Kit) {
        article_with_references(&kit, 30).await;
        let lists = "references { article { references { article { id } } } }";
        let query = |count: usize| {
            let field = |at| format!(r#"a{at}: article(by: {{slug: {{slug: "le-port", language: "fr"}}}}) {{ {lists} }}"#);
            format!("{{ {} }}", (0..count).map(field).collect::<String>())
        };
        let http = kit.http().await;
        assert_eq!(http.graphql(None, &query(1), json!({})).await.status, 200);
        assert_eq!(http.graphql(None, &query(12), json!({})).await.status, 400);
    }

    async fn what_never_waits_is_cut_by_the_time_limit_all_the_same(kit: Kit) {
        article_with_references(&kit, 30).await;
        let mut config = HttpConfig::default();
        config.query.objects_per_cost = 1_000_000;
        config.timeouts.query_ms = 100;
        let http = kit.http_with(config).await;
        let started = Instant::now();
        let answer = http.graphql(None, BACK_AND_FORTH, json!({})).await;
        assert_eq!((answer.status, &answer.json()["errors"][0]["extensions"]["code"]), (504, &json!("TIMEOUT")));
        assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    }

    async fn whole_bodies_are_counted_by_their_length(kit: Kit) {
        let text = "Le quai a rouvert. ".repeat(10_000);
        let body = json!({ "markdown": text });
        kit.published(json!({ "headline": "Le port", "slug": "le-port", "language": "fr", "body": body })).await;
        let http = kit.http().await;
        let forms = |count: usize| {
            let aliases: String = (0..count).map(|at| format!("a{at}: html b{at}: markdown c{at}: text ")).collect();
            format!(r#"{{ article(by: {{slug: {{slug: "le-port", language: "fr"}}}}) {{ body {{ {aliases} blocks {{ outerHtml }} }} }} }}"#)
        };
        assert_eq!(http.graphql(None, &forms(2), json!({})).await.status, 200);
        let whole = http.graphql(None, &forms(10), json!({})).await;
        assert_eq!(whole.status, 200, "fewer than 16 MiB");
        let mut config = HttpConfig::default();
        config.query.answer_bytes_max = 1024 * 1024;
        let http = kit.http_with(config).await;
        let refused = http.graphql(None, &forms(10), json!({})).await;
        let extensions = &refused.json()["errors"][0]["extensions"];
        assert_eq!((refused.status, &extensions["code"], &extensions["limit"]), (400, &json!("QUERY_TOO_COMPLEX"), &json!(1_048_576)));
    }

    async fn a_hundred_bodies_in_twenty_forms_are_refused_before_they_are_read(kit: Kit) {
        let http = kit.http().await;
        let aliases: String = (0..21).map(|at| format!("h{at}: html ")).collect();
        let (answer, statements) = kit.statements(http.graphql(
            Some(&kit.role_token(masthead_domain::policy::Role::Admin)),
            &format!("{{ articles(first: 100) {{ nodes {{ body {{ {aliases} }} }} }} }}"),
            json!({}),
        )).await;
        assert_eq!((answer.status, statements.len()), (400, 0), "{answer:?}");
    }

    async fn a_full_page_of_full_articles_is_answered(kit: Kit) {
        let Page { categories, authors, media, .. } = page(&kit).await;
        archive(&kit, 110, &categories[0], &authors, &media[0]).await;
        article_with_references(&kit, 60).await;
        let http = kit.http().await;
        let answer = http.graphql(None, "{ articles(first: 100) {
            pageInfo { endCursor } totalCount
            nodes { headline authors { author { name } } categories { path } references { number source { title } } leadImage { url } }
        } }", json!({})).await;
        assert_eq!(answer.json()["data"]["articles"]["nodes"].as_array().map(Vec::len), Some(100), "{answer:?}");
        let whole = http.graphql(None, r#"{ articles(first: 100) { nodes { headline body { html } links { url } } } }"#, json!({})).await;
        assert_eq!((whole.status, &whole.json()["errors"]), (200, &Value::Null));
    }
}
