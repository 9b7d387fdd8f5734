//! Answers that are kept: who gets them, and that they are never old.

use std::time::Duration;

use masthead_domain::policy::Role;
use masthead_testkit::{Http, HttpAnswer, Kit, both_engines};
use serde_json::{Value, json};

const FRONT: &str = "{ articles { totalCount nodes { headline } } }";

fn status(answer: &HttpAnswer) -> &str {
    answer.header("cache-status").unwrap_or_default()
}

/// The headlines of the front, and whether the answer had been kept.
async fn front(http: &Http) -> (Vec<String>, bool) {
    let answer = http.graphql(None, FRONT, json!({})).await;
    let nodes = answer.json()["data"]["articles"]["nodes"].take();
    let headlines = nodes.as_array().unwrap().iter().map(|node| node["headline"].as_str().unwrap().to_owned());
    (headlines.collect(), status(&answer).contains("hit"))
}

fn news(headline: &str) -> Value {
    json!({ "language": "fr", "headline": headline })
}

both_engines! {
    async fn what_was_asked_before_is_answered_again_until_it_is_another(kit: Kit) {
        let http = kit.http().await;
        let port = kit.published(news("Port")).await;
        let one = || vec!["Port".to_owned()];
        assert_eq!(front(&http).await, (one(), false));
        assert_eq!(front(&http).await, (one(), true));
        let marche = kit.article(news("Marché")).await;
        assert_eq!(front(&http).await, (one(), true), "a draft is nobody's but the desk's");
        kit.publish(&marche, json!({})).await;
        let two = vec!["Marché".to_owned(), "Port".to_owned()];
        assert_eq!(front(&http).await, (two.clone(), false));
        assert_eq!(front(&http).await, (two, true));
        let input = json!({ "id": port, "expectedVersion": 2 });
        kit.done(&kit.system(), "articleWithdraw", "article { id }", input).await;
        assert_eq!(front(&http).await, (vec!["Marché".to_owned()], false));
    }

    async fn another_headline_elsewhere_leaves_an_article_as_it_is(kit: Kit) {
        let http = kit.http().await;
        let (port, marche) = (kit.published(news("Port")).await, kit.published(news("Marché")).await);
        let page = "query($id: ID!) { article(by: { id: $id }) { headline authors { author { name } } } }";
        let ask = async |id: &str| {
            let answer = http.graphql(None, page, json!({ "id": id })).await;
            (answer.json()["data"]["article"]["headline"].as_str().unwrap().to_owned(), status(&answer).contains("hit"))
        };
        for id in [&port, &marche] {
            ask(id).await;
        }
        let changes = json!({ "headline": "Grand marché" });
        let input = json!({ "id": marche, "expectedVersion": 2, "kind": "CORRECTION", "text": "Plus grand.", "changes": changes });
        kit.done(&kit.system(), "articleCorrect", "article { id }", input).await;
        assert_eq!(ask(&port).await, ("Port".to_owned(), true));
        assert_eq!(ask(&marche).await, ("Grand marché".to_owned(), false));
    }

    async fn what_readers_write_below_an_article_is_part_of_its_answer(kit: Kit) {
        let http = kit.http().await;
        let port = kit.published(news("Port")).await;
        let pages = [
            format!("{{ article(by: {{ id: \"{port}\" }}) {{ comments {{ totalCount nodes {{ authorName }} }} }} }}"),
            format!("{{ article(by: {{ id: \"{port}\" }}) {{ stats {{ comments }} }} }}"),
        ];
        let ask = async |comments: usize| {
            for page in &pages {
                for is_kept in [false, true] {
                    let answer = http.graphql(None, page, json!({})).await;
                    assert_eq!(status(&answer).contains("hit"), is_kept, "{page} with {comments}: {answer:?}");
                    let count = format!(":{comments}");
                    assert!(answer.body.contains(&count), "{page} with {comments}: {answer:?}");
                }
            }
        };
        ask(0).await;
        let input = json!({ "articleId": port, "authorName": "Lectrice", "body": { "text": "Merci." } });
        let made = kit.done(&kit.system(), "commentCreate", "comment { id version }", input).await;
        ask(1).await;
        let hidden = json!({ "id": made["comment"]["id"], "expectedVersion": made["comment"]["version"] });
        kit.done(&kit.system(), "commentHide", "comment { id }", hidden).await;
        ask(0).await;
    }

    async fn time_alone_makes_an_answer_another(kit: Kit) {
        let http = kit.http().await;
        let port = kit.article(news("Port")).await;
        kit.publish(&port, json!({ "at": "2026-11-23T13:00:00Z", "expiresAt": "2026-11-23T14:00:00Z" })).await;
        let microsecond = Duration::from_micros(1);
        for (advance, shown) in [
            (Duration::ZERO, false),
            (Duration::from_secs(3_600) - microsecond, false),
            (microsecond, true),
            (Duration::from_secs(3_600) - microsecond, true),
            (microsecond, false),
        ] {
            kit.clock.advance(advance);
            for _ in 0..2 {
                assert_eq!(!front(&http).await.0.is_empty(), shown, "{}", kit.app.clock.now());
            }
        }
    }

    async fn a_clock_that_is_put_back_is_believed(kit: Kit) {
        let http = kit.http().await;
        let port = kit.article(news("Port")).await;
        kit.publish(&port, json!({ "at": "2026-11-23T13:00:00Z" })).await;
        kit.clock.set("2026-11-23T13:00:00Z");
        assert_eq!(front(&http).await.0.len(), 1);
        kit.clock.set("2026-11-23T12:59:59Z");
        assert_eq!(front(&http).await, (Vec::new(), false));
    }

    async fn what_one_caller_may_see_is_kept_for_nobody_else(kit: Kit) {
        let http = kit.http().await;
        kit.article(news("Brouillon")).await;
        let drafts = "{ articles(perspective: LATEST) { nodes { headline } } }";
        let editor = kit.role_token(Role::Editor);
        for _ in 0..2 {
            let seen = http.graphql(Some(&editor), drafts, json!({})).await;
            assert_eq!(seen.json()["data"]["articles"]["nodes"][0]["headline"], "Brouillon");
            assert_eq!((status(&seen), seen.header("etag"), seen.header("cache-control")), ("", None, Some("private, no-store")));
            let refused = http.graphql(None, drafts, json!({})).await;
            assert_eq!(refused.json()["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
            assert_eq!((status(&refused), refused.header("etag")), ("", None), "errors are made anew");
        }
    }

    async fn who_has_an_answer_is_not_sent_it_again(kit: Kit) {
        let http = kit.http().await;
        let port = kit.published(news("Port")).await;
        let path = "/graphql?query=%7Barticles%7Bnodes%7Bheadline%7D%7D%7D";
        let first = http.get(path).await;
        let etag = first.header("etag").unwrap().to_owned();
        assert!(etag.starts_with("W/\"") && etag.len() > 20, "{etag}");
        let again = async |etag: &str| http.send(http.client.get(http.url(path)).header("if-none-match", etag)).await;
        for tag in [etag.clone(), "*".to_owned(), format!("\"other\", {}", etag.trim_start_matches("W/"))] {
            let answer = again(&tag).await;
            assert_eq!((answer.status, answer.body.as_str(), answer.header("etag")), (304, "", Some(etag.as_str())), "{tag}");
            assert_eq!(answer.header("cache-control"), first.header("cache-control"));
            assert!(answer.header("vary").is_some_and(|vary| vary.contains("Authorization")));
        }
        assert_eq!(again("W/\"other\"").await.status, 200);
        let input = json!({ "id": port, "expectedVersion": 2 });
        kit.done(&kit.system(), "articleKill", "article { id }", input).await;
        let other = again(&etag).await;
        assert_eq!(other.status, 200);
        assert_ne!(other.header("etag"), Some(etag.as_str()));
    }

    async fn one_question_in_other_words_is_one_answer(kit: Kit) {
        let http = kit.http().await;
        kit.published(news("Port")).await;
        let ask = async |body: &str| {
            let request = http.client.post(http.url("/graphql")).header("content-type", "application/json");
            http.send(request.body(body.to_owned())).await
        };
        let query = r#""query":"query A($n: Int, $l: Int) { articles(first: $n, last: $l) { totalCount } }""#;
        let first = ask(&format!(r#"{{{query},"variables":{{"n":1,"l":null}}}}"#)).await;
        assert_eq!(status(&first), "masthead; fwd=miss; stored", "{first:?}");
        let same = ask(&format!(r#"{{ "variables": {{"l": null, "n": 1}}, {query}, "operationName": null }}"#)).await;
        assert_eq!((status(&same), same.body.as_str()), ("masthead; hit", first.body.as_str()));
        let other = ask(&format!(r#"{{{query},"variables":{{"n":2}}}}"#)).await;
        assert_eq!(status(&other), "masthead; fwd=miss; stored");
    }
}
