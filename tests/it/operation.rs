//! Registered operations: asked for by their hash on every node, and nothing else where nothing else may be.

use masthead_api::http::{HttpConfig, TagField};
use masthead_app::{
    AppError, Caller,
    identity::api_key::{self, ApiKeyDraft},
    operation::{self, OperationDraft, Registered},
};
use masthead_domain::{
    operation::{Operations, TextHash},
    policy::Role,
    text::Title,
};
use masthead_testkit::{Http, HttpAnswer, Kit, both_engines};
use reqwest::{RequestBuilder, Url};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

const FRONT: &str = "query Front { articles { totalCount nodes { headline } } }";
const SITE: &str = "query Site { site { name } }";
const OTHER: &str = "query Other { site { languages } }";

/// What the document says does not matter here: it is none of the door's.
fn draft(text: &str) -> OperationDraft {
    OperationDraft { names: vec!["Front".to_owned()], text: text.to_owned() }
}

async fn register(kit: &Kit, texts: &[&str]) -> Vec<Registered> {
    let drafts: Vec<OperationDraft> = texts.iter().map(|text| draft(text)).collect();
    operation::register(&kit.app, &Caller::system(), &drafts).await.unwrap()
}

async fn remove(kit: &Kit, text: &str) {
    let all = operation::all(&kit.app).await.unwrap();
    let id = all.iter().find(|document| document.hash == TextHash::of(text)).unwrap().id;
    operation::remove(&kit.app, &Caller::system(), &[id]).await.unwrap();
}

fn hashed(text: &str) -> Value {
    json!({ "persistedQuery": { "version": 1, "sha256Hash": TextHash::of(text).to_string() } })
}

fn post(http: &Http, query: Option<&str>, extensions: Option<Value>) -> RequestBuilder {
    http.client.post(http.url("/graphql")).json(&json!({ "query": query, "extensions": extensions }))
}

fn get(http: &Http, query: Option<&str>, extensions: Option<Value>) -> RequestBuilder {
    let mut address = Url::parse(&http.url("/graphql")).unwrap();
    if let Some(query) = query {
        address.query_pairs_mut().append_pair("query", query);
    }
    if let Some(extensions) = extensions {
        address.query_pairs_mut().append_pair("extensions", &extensions.to_string());
    }
    http.client.get(address)
}

/// Every way in which a document can be asked for: by its text, by its hash and by both, by POST and by GET.
fn ways(http: &Http, text: &str) -> [RequestBuilder; 6] {
    let (text, hash) = (Some(text), Some(hashed(text)));
    [
        post(http, text, None),
        post(http, None, hash.clone()),
        post(http, text, hash.clone()),
        get(http, text, None),
        get(http, None, hash.clone()),
        get(http, text, hash),
    ]
}

/// The status, and the code of an error or what the cache says of an answer.
fn told(answer: &HttpAnswer) -> (u16, String) {
    let code = answer.json()["errors"][0]["extensions"]["code"].as_str().map(str::to_owned);
    (answer.status, code.unwrap_or_else(|| answer.header("cache-status").unwrap_or("made").to_owned()))
}

fn refused() -> (u16, String) {
    (403, "OPERATION_NOT_REGISTERED".to_owned())
}

async fn by_hash(http: &Http, text: &str) -> (u16, String) {
    told(&http.send(get(http, None, Some(hashed(text)))).await)
}

/// A door for which only registered operations may be asked without signing in.
async fn strict(kit: &Kit) -> Http {
    kit.http_with(HttpConfig { operations: Operations::Registered, ..HttpConfig::default() }).await
}

async fn key(kit: &Kit, operations: Operations) -> String {
    let draft = ApiKeyDraft { name: Title::parse("The app").unwrap(), scopes: vec![], operations, expires_in: None };
    api_key::create(&kit.app, &Caller::system(), draft).await.unwrap().key.expose_secret().to_owned()
}

const STORED: &str = "masthead; fwd=miss; stored";
const HIT: &str = "masthead; hit";

both_engines! {
    async fn a_registered_document_is_asked_for_by_its_hash_on_every_node(kit: Kit) {
        kit.published(json!({ "headline": "Port" })).await;
        let second = kit.second_node().await;
        let nodes = [kit.http().await, second.http().await];
        for node in &nodes {
            assert_eq!(by_hash(node, FRONT).await, (200, "PERSISTED_QUERY_NOT_FOUND".to_owned()));
        }
        let registered = register(&kit, &[FRONT]).await;
        assert_eq!(registered, [Registered { hash: TextHash::of(FRONT), is_new: true }]);
        for node in &nodes {
            let posted = node.send(post(node, None, Some(hashed(FRONT)))).await;
            assert_eq!(told(&posted), (200, STORED.to_owned()));
            assert_eq!(posted.body, r#"{"data":{"articles":{"totalCount":1,"nodes":[{"headline":"Port"}]}}}"#);
            for way in ways(node, FRONT) {
                let answer = node.send(way).await;
                assert_eq!((told(&answer).1.as_str(), &answer.body), (HIT, &posted.body));
            }
        }
        let restarted = kit.http().await;
        assert_eq!(by_hash(&restarted, FRONT).await, (200, STORED.to_owned()));
    }

    async fn what_is_registered_again_stays_as_it_is(kit: Kit) {
        register(&kit, &[FRONT]).await;
        let first = operation::all(&kit.app).await.unwrap();
        kit.clock.advance(std::time::Duration::from_secs(60));
        let again: Vec<bool> = register(&kit, &[SITE, FRONT, SITE]).await.iter().map(|document| document.is_new).collect();
        assert_eq!(again, [true, false, false]);
        let all = operation::all(&kit.app).await.unwrap();
        assert_eq!((all.len(), &all[0]), (2, &first[0]));
        assert_eq!(kit.changes().await, [format!("CREATED {}", all[0].id), format!("CREATED {}", all[1].id)]);
        let admin = kit.as_user(Role::Admin).await;
        assert!(matches!(operation::register(&kit.app, &admin, &[draft(OTHER)]).await, Err(AppError::Internal(_))));
        assert!(matches!(operation::remove(&kit.app, &admin, &[all[0].id]).await, Err(AppError::Internal(_))));
        operation::remove(&kit.app, &Caller::system(), &[all[0].id]).await.unwrap();
        let both = [all[1].id, all[0].id];
        assert!(matches!(operation::remove(&kit.app, &Caller::system(), &both).await, Err(AppError::NotFound { .. })));
        assert_eq!(operation::all(&kit.app).await.unwrap().len(), 1, "all or none");
    }

    async fn where_only_registered_operations_may_be_asked_others_are_refused_however_they_come(kit: Kit) {
        kit.published(json!({ "headline": "Port" })).await;
        register(&kit, &[FRONT]).await;
        let http = strict(&kit).await;
        for way in ways(&http, FRONT) {
            let answer = http.send(way).await;
            assert_eq!((answer.status, answer.json()["data"]["articles"]["totalCount"].clone()), (200, json!(1)));
        }
        let broken = "{ this is no GraphQL";
        let spaced = format!("{FRONT} ");
        for text in [SITE, "{ __typename }", "mutation { logout(input: { refreshToken: \"x\" }) { signedOut } }", broken, &spaced] {
            for way in ways(&http, text) {
                assert_eq!(told(&http.send(way).await), refused(), "{text}");
            }
        }
        let new = http.send(post(&http, Some(SITE), None).header("accept", "application/graphql-response+json")).await;
        assert_eq!((told(&new), new.header("cache-control")), (refused(), Some("no-store")));
        let message = "This caller may ask for registered operations only; have this document registered, to the byte as it is sent.";
        assert_eq!(new.json()["errors"][0]["message"], message);
        let (_, statements) = kit.statements(http.send(post(&http, Some(SITE), None))).await;
        let is_register = |sql: &&String| sql.contains("operations");
        assert_eq!(statements.iter().find(is_register), None, "what is not registered is known");
        let both = post(&http, Some(SITE), Some(hashed(FRONT)));
        assert_eq!(told(&http.send(both).await), (400, "PERSISTED_QUERY_HASH_MISMATCH".to_owned()));
        assert_eq!(told(&http.send(post(&http, None, None)).await), (400, "BAD_REQUEST".to_owned()));
    }

    async fn what_the_desk_asks_is_its_own_and_opens_nothing_to_others(kit: Kit) {
        let http = strict(&kit).await;
        let editor = kit.role_token(Role::Editor);
        for way in ways(&http, SITE).into_iter().rev() {
            assert_eq!(told(&http.send(way.bearer_auth(&editor)).await), (200, "made".to_owned()));
        }
        for way in ways(&http, SITE) {
            assert_eq!(told(&http.send(way).await), refused(), "the node knows the text");
        }
        let article = kit.article(json!({})).await;
        let made = kit.done(&kit.system(), "previewTokenCreate", "previewToken { token }", json!({ "articleId": article })).await;
        let preview = made["previewToken"]["token"].as_str().unwrap();
        register(&kit, &[FRONT]).await;
        for (text, expected) in [(FRONT, (200, "made".to_owned())), (SITE, refused())] {
            for way in ways(&http, text) {
                assert_eq!(told(&http.send(way.header("masthead-preview", preview)).await), expected);
            }
        }
        let forged = http.send(post(&http, Some(SITE), None).bearer_auth("nobody")).await;
        assert_eq!(told(&forged), (401, "UNAUTHENTICATED".to_owned()));
    }

    async fn a_key_may_ask_for_what_it_was_made_for(kit: Kit) {
        register(&kit, &[FRONT]).await;
        let (bound, free) = (key(&kit, Operations::Registered).await, key(&kit, Operations::Any).await);
        let made = || (200, "made".to_owned());
        for http in [kit.http().await, strict(&kit).await] {
            for way in ways(&http, FRONT) {
                assert_eq!(told(&http.send(way.bearer_auth(&bound)).await), made());
            }
            for (key, expected) in [(&free, made()), (&bound, refused())] {
                for way in ways(&http, OTHER).into_iter().rev() {
                    assert_eq!(told(&http.send(way.bearer_auth(key)).await), expected);
                }
            }
        }
        let kept = kit.sql("select operations from api_keys order by created_at, id").await;
        assert_eq!(kept, [json!({ "operations": "registered" }), json!({ "operations": "any" })]);
    }

    async fn a_removed_document_is_refused_at_once_with_all_that_was_kept_of_it(kit: Kit) {
        kit.published(json!({ "headline": "Port" })).await;
        register(&kit, &[FRONT, SITE]).await;
        let second = kit.second_node().await;
        let nodes = [strict(&kit).await, strict(&second).await];
        for node in &nodes {
            for text in [FRONT, SITE] {
                assert_eq!(by_hash(node, text).await.1, STORED);
                assert_eq!(by_hash(node, text).await.1, HIT);
                assert_eq!(told(&node.send(post(node, Some(text), None)).await).1, HIT);
            }
        }
        register(&kit, &[OTHER]).await;
        for node in &nodes {
            assert_eq!(by_hash(node, FRONT).await.1, HIT, "what comes beside it leaves it as it is");
        }
        remove(&kit, FRONT).await;
        for node in &nodes {
            for way in ways(node, FRONT) {
                assert_eq!(told(&node.send(way).await), refused());
            }
            assert_eq!(by_hash(node, SITE).await.1, HIT);
            assert_eq!(by_hash(node, OTHER).await.1, STORED);
        }
        register(&kit, &[FRONT]).await;
        for node in &nodes {
            assert_eq!(by_hash(node, FRONT).await.1, STORED);
        }
    }

    async fn where_anything_may_be_asked_a_removed_document_is_known_to_those_who_were_sent_it(kit: Kit) {
        register(&kit, &[FRONT]).await;
        let http = kit.http().await;
        assert_eq!(by_hash(&http, FRONT).await, (200, STORED.to_owned()));
        remove(&kit, FRONT).await;
        let unknown = || (200, "PERSISTED_QUERY_NOT_FOUND".to_owned());
        assert_eq!(by_hash(&http, FRONT).await, unknown());
        let sent = http.send(post(&http, Some(FRONT), Some(hashed(FRONT)))).await;
        assert_eq!(told(&sent), (200, STORED.to_owned()));
        assert_eq!(by_hash(&http, FRONT).await, (200, HIT.to_owned()));
        assert_eq!(by_hash(&kit.http().await, FRONT).await, unknown());
    }

    async fn a_registered_document_is_tagged_on_its_answers_and_passes_the_limits_again(kit: Kit) {
        let mut config = HttpConfig { operations: Operations::Registered, ..HttpConfig::default() };
        config.cache.tags = Some(TagField::CacheTag);
        config.query.cost_max_anonymous = 30;
        let http = kit.http_with(config).await;
        let dear = "{ articles(first: 60) { nodes { headline } } }";
        register(&kit, &[SITE, dear]).await;
        let id = operation::all(&kit.app).await.unwrap()[0].id.to_string();
        let answer = http.send(get(&http, None, Some(hashed(SITE)))).await;
        assert!(answer.header("cache-tag").unwrap().split(',').any(|tag| tag == id), "{answer:?}");
        assert_eq!(by_hash(&http, dear).await, (400, "QUERY_TOO_COMPLEX".to_owned()));
    }

    async fn without_the_database_nobody_is_told_that_something_is_not_registered(kit: Kit) {
        let http = strict(&kit).await;
        kit.app.database.clone().close().await.unwrap();
        assert_eq!(told(&http.send(post(&http, Some(SITE), None)).await), (503, "UNAVAILABLE".to_owned()));
    }
}
