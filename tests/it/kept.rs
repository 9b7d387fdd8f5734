//! Answers that are kept: who gets them, and that they are never old.

use std::time::Duration;

use masthead_api::http::{AllowedOrigins, HttpConfig, TagField};
use masthead_domain::policy::Role;
use masthead_testkit::{Http, HttpAnswer, Kit, both_engines};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

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

/// A request for the front that nobody made before with this number.
fn asked(http: &Http, method: &Method, number: usize) -> RequestBuilder {
    let query = format!("{{ articles {{ nodes {{ headline }} }} }} #{number}");
    match *method {
        Method::POST => http.client.post(http.url("/graphql")).json(&json!({ "query": query })),
        _ => {
            let mut address = reqwest::Url::parse(&http.url("/graphql")).unwrap();
            address.query_pairs_mut().append_pair("query", &query);
            http.client.request(method.clone(), address)
        }
    }
}

/// The fields of an answer's header that do not say when it was made and for which request.
fn lasting(answer: &HttpAnswer) -> Vec<(String, String)> {
    let varies = ["age", "cache-status", "date", "x-request-id"];
    let fields = answer.headers.iter().filter(|(name, _)| !varies.contains(&name.as_str()));
    let mut fields: Vec<_> =
        fields.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    fields.sort();
    fields
}

both_engines! {
    async fn a_hit_says_all_that_was_said_when_the_answer_was_made(kit: Kit) {
        kit.published(news("Port")).await;
        let mut number = 0;
        for origins in [AllowedOrigins::Any, AllowedOrigins::Only(vec!["https://a.example".into(), "https://b.example".into()])] {
            let mut config = HttpConfig::default();
            config.cors.origins = origins;
            let http = kit.http_with(config).await;
            for method in [Method::POST, Method::GET, Method::HEAD] {
                for field in [
                    ("accept", "*/*"),
                    ("accept", "application/graphql-response+json"),
                    ("origin", "https://b.example"),
                    ("origin", "https://c.example"),
                    ("if-none-match", "*"),
                ] {
                    number += 1;
                    let ask = async || http.send(asked(&http, &method, number).header(field.0, field.1)).await;
                    let (made, hit) = (ask().await, ask().await);
                    assert_eq!((status(&made), status(&hit)), ("masthead; fwd=miss; stored", "masthead; hit"), "{method} {field:?}");
                    assert_eq!((hit.status, &hit.body), (made.status, &made.body), "{method} {field:?}");
                    assert_eq!(lasting(&hit), lasting(&made), "{method} {field:?}");
                    assert_eq!(hit.header("x-request-id").map(str::len), Some(36));
                    assert_ne!(hit.header("x-request-id"), made.header("x-request-id"));
                }
            }
        }
    }

    async fn what_refuses_a_request_refuses_it_whatever_is_kept(kit: Kit) {
        let http = kit.http().await;
        kit.published(news("Port")).await;
        let ask = async |name: &str, value: &str| http.send(asked(&http, &Method::POST, 0).header(name, value)).await;
        ask("x-request-id", "first-of-all").await;
        let hit = ask("x-request-id", "the-caller.s_own").await;
        assert_eq!((status(&hit), hit.header("x-request-id")), ("masthead; hit", Some("the-caller.s_own")));
        let long = "x".repeat(40_000);
        for (name, value, refused) in [
            ("accept", "text/html", 406),
            ("content-encoding", "br", 415),
            ("authorization", "Bearer nobody", 401),
            ("masthead-preview", "nobody", 401),
            ("x-long", &long, 431),
        ] {
            let answer = ask(name, value).await;
            assert_eq!((answer.status, status(&answer)), (refused, ""), "{name}: {answer:?}");
        }
    }

    async fn a_body_that_comes_in_pieces_is_known_again(kit: Kit) {
        let http = kit.http().await;
        kit.published(news("Port")).await;
        let body = json!({ "query": FRONT }).to_string();
        front(&http).await;
        let mut socket = TcpStream::connect(http.root.trim_start_matches("http://")).await.unwrap();
        let mut answers = String::new();
        for cut in [0, 1, body.len() - 1, body.len()] {
            let (one, other) = body.split_at(cut);
            let header = format!("POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{one}", body.len());
            socket.write_all(header.as_bytes()).await.unwrap();
            // The server has had time to see that there is no more of it.
            http.get("/healthz").await;
            socket.write_all(other.as_bytes()).await.unwrap();
            answers.clear();
            while !answers.ends_with("}}") {
                let mut buffer = vec![0; 4_096];
                let length = socket.read(&mut buffer).await.unwrap();
                assert!(length > 0, "{answers}");
                answers.push_str(std::str::from_utf8(&buffer[..length]).unwrap());
            }
            let is_hit = answers.contains("cache-status: masthead; hit");
            assert!(answers.starts_with("HTTP/1.1 200") && (is_hit || cut == 0) && answers.contains("Port"), "{cut}: {answers}");
        }
    }

    async fn a_kept_answer_is_sent_in_the_coding_that_is_wanted(kit: Kit) {
        let http = kit.http().await;
        for number in 0..20 {
            kit.published(news(&format!("Le port de la ville reste fermé, {}, {number}", "et la pluie ne cesse pas ".repeat(4)))).await;
        }
        let ask = async |coding: &str| http.send(asked(&http, &Method::GET, 0).header("accept-encoding", coding)).await;
        let plain = ask("identity").await;
        assert!(plain.body.len() > 1_024 && plain.header("content-encoding").is_none());
        let mut lengths = vec![plain.body.len()];
        for (wanted, coding) in [("gzip", "gzip"), ("gzip, deflate, br", "br"), ("br;q=0.1, gzip", "gzip")] {
            for _ in 0..2 {
                let coded = ask(wanted).await;
                assert_eq!((status(&coded), coded.header("content-encoding")), ("masthead; hit", Some(coding)), "{wanted}");
                assert_eq!(coded.header("etag"), plain.header("etag"));
                assert!(coded.header("vary").unwrap().contains("Accept-Encoding"));
                let length: usize = coded.header("content-length").unwrap().parse().unwrap();
                lengths.push(length);
            }
        }
        assert!(lengths[1..].iter().all(|length| length * 3 < lengths[0]), "{lengths:?}");
        let made = http.send(asked(&http, &Method::GET, 1).header("accept-encoding", "br")).await;
        assert_eq!((status(&made), made.header("content-encoding")), ("masthead; fwd=miss; stored", Some("br")));
        kit.published(news("Marché")).await;
        let again = ask("br").await;
        assert_eq!((status(&again), again.header("content-encoding")), ("masthead; fwd=miss; stored", Some("br")));
        assert_ne!(again.header("etag"), plain.header("etag"));
        assert_eq!(status(&ask("gzip").await), "masthead; hit", "made anew in one coding, it is known in all");
        let short = "{ articles { totalCount } }";
        for _ in 0..2 {
            let short = http.send(http.client.post(http.url("/graphql")).json(&json!({ "query": short })).header("accept-encoding", "br")).await;
            assert_eq!(short.header("content-encoding"), None);
        }
    }

    async fn a_cdn_may_keep_an_answer_until_time_makes_it_another(kit: Kit) {
        let mut config = HttpConfig::default();
        config.cache.s_maxage_s = 60;
        config.cache.stale_while_revalidate_s = 30;
        let http = kit.http_with(config).await;
        let port = kit.article(news("Port")).await;
        kit.publish(&port, json!({ "at": "2026-11-23T13:00:00Z" })).await;
        let mut number = 0;
        for (now, said) in [
            ("2026-11-23T12:00:00Z", "public, max-age=0, s-maxage=60, stale-while-revalidate=30"),
            ("2026-11-23T12:58:40Z", "public, max-age=0, s-maxage=60, stale-while-revalidate=20"),
            ("2026-11-23T12:59:50.5Z", "public, max-age=0, s-maxage=9, must-revalidate"),
            ("2026-11-23T12:59:59.5Z", "public, max-age=0, must-revalidate"),
            ("2026-11-23T13:00:00Z", "public, max-age=0, s-maxage=60, stale-while-revalidate=30"),
        ] {
            kit.clock.set(now);
            number += 1;
            for kept in ["stored", "hit"] {
                let answer = http.send(asked(&http, &Method::GET, number)).await;
                assert!(status(&answer).ends_with(kept), "{now}: {answer:?}");
                assert_eq!(answer.header("cache-control"), Some(said), "{now} {kept}");
                let posted = http.send(asked(&http, &Method::POST, number)).await;
                assert_eq!(posted.header("cache-control"), Some("no-store"));
            }
            let editor = http.send(asked(&http, &Method::GET, number).bearer_auth(kit.role_token(Role::Editor))).await;
            assert_eq!(editor.header("cache-control"), Some("private, no-store"));
        }
        let momentary = http.get("/graphql?query=%7Bstats%7BasOf%7D%7D").await;
        assert_eq!(momentary.header("cache-control"), Some("public, max-age=0, must-revalidate"));
    }

    async fn an_answer_tells_what_it_was_read_from_where_that_is_wanted(kit: Kit) {
        let port = kit.published(news("Port")).await;
        let page = json!({ "query": format!("{{ article(by: {{ id: \"{port}\" }}) {{ headline }} }}") });
        for (tags, field, between) in [(TagField::SurrogateKey, "surrogate-key", ' '), (TagField::CacheTag, "cache-tag", ',')] {
            let mut config = HttpConfig::default();
            config.cache.tags = Some(tags);
            let http = kit.http_with(config).await;
            for kept in ["stored", "hit"] {
                let answer = http.send(http.client.post(http.url("/graphql")).json(&page)).await;
                assert!(status(&answer).ends_with(kept));
                assert!(answer.header(field).unwrap().split(between).any(|tag| tag == port), "{answer:?}");
                let front = http.send(asked(&http, &Method::GET, 0)).await;
                let tags: Vec<&str> = front.header(field).unwrap().split(between).collect();
                assert!(tags.contains(&"shelf:site") && tags.contains(&&*port), "{tags:?}");
            }
            let editor = http.send(asked(&http, &Method::GET, 0).bearer_auth(kit.role_token(Role::Editor))).await;
            assert_eq!(editor.header(field), None);
        }
    }

    async fn a_request_by_hash_and_one_by_text_share_their_answer(kit: Kit) {
        let http = kit.http().await;
        kit.published(news("Port")).await;
        // The SHA-256 of FRONT.
        let hash = "dfa05e490baf5be064c80848ee9d3c22396e03d43b0b6bf963635d41f099884a";
        let extensions = json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } });
        let ask = async |body: Value| http.send(http.client.post(http.url("/graphql")).json(&body)).await;
        let unknown = ask(json!({ "extensions": extensions })).await;
        assert_eq!(unknown.json()["errors"][0]["extensions"]["code"], "PERSISTED_QUERY_NOT_FOUND");
        let sent = ask(json!({ "query": FRONT, "extensions": extensions })).await;
        assert_eq!(status(&sent), "masthead; fwd=miss; stored", "{sent:?}");
        for body in [json!({ "extensions": extensions }), json!({ "query": FRONT })] {
            let answer = ask(body).await;
            assert_eq!((status(&answer), &answer.body), ("masthead; hit", &sent.body));
        }
    }

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
