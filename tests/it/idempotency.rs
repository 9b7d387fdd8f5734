//! The header `Idempotency-Key`: what is asked twice is done once, whatever happens in between.

use std::time::Duration;

use chrono::TimeDelta;
use futures_util::future::join_all;
use masthead_api::graphql::guard::Limits;
use masthead_app::{
    AppError, Door,
    author::{self, AuthorDraft},
    idempotency::{self, HeldKey, KeyedRequest, Reservation},
};
use masthead_domain::{
    policy::{Role, Scope},
    text::Title,
};
use masthead_store::idempotency::purge;
use masthead_testkit::{Http, HttpAnswer, Kit, both_engines};
use serde_json::{Value, json};

const CREATE: &str = "mutation($name: String!) { authorCreate(input: { name: $name }) {
    author { id slug } userErrors { code path message }
} }";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn create(name: &str) -> Value {
    json!({ "query": CREATE, "variables": { "name": name } })
}

async fn send(http: &Http, bearer: Option<&str>, key: &str, body: &Value) -> HttpAnswer {
    let request = http.client.post(http.url("/graphql")).json(body).header("idempotency-key", key);
    http.send(bearer.iter().fold(request, |request, bearer| request.bearer_auth(bearer))).await
}

fn code(answer: &HttpAnswer) -> (u16, String) {
    let code = answer.json()["errors"][0]["extensions"]["code"].as_str().unwrap_or("none").to_owned();
    (answer.status, code)
}

fn is_replayed(answer: &HttpAnswer) -> bool {
    answer.header("idempotency-replayed") == Some("true")
}

async fn held(kit: &Kit, asked: &KeyedRequest) -> std::sync::Arc<HeldKey> {
    match idempotency::reserve(&kit.app, &kit.system(), asked).await.unwrap() {
        Reservation::Held(held) => held,
        other => panic!("{other:?}"),
    }
}

fn asked() -> KeyedRequest {
    KeyedRequest { key: "k".to_owned(), fingerprint: "f".to_owned(), patience: TimeDelta::seconds(30) }
}

fn draft(name: &str) -> AuthorDraft {
    let name = Title::parse(name).unwrap();
    AuthorDraft {
        slug: None,
        name,
        bio: None,
        email: None,
        same_as: Vec::new(),
        portrait: None,
        localizations: Default::default(),
    }
}

both_engines! {
    async fn a_request_that_comes_twice_is_done_once_and_answered_alike(kit: Kit) {
        let (http, editor) = (kit.http().await, kit.role_token(Role::Editor));
        let first = send(&http, Some(&editor), "key-1", &create("Jean")).await;
        assert_eq!((first.status, is_replayed(&first)), (200, false), "{first:?}");
        assert_eq!(first.json()["data"]["authorCreate"]["author"]["slug"], "jean");
        // The same key in the quotes of the draft standard.
        for key in ["key-1", "\"key-1\""] {
            let again = send(&http, Some(&editor), key, &create("Jean")).await;
            assert_eq!((again.status, is_replayed(&again)), (200, true), "{again:?}");
            assert_eq!(again.body, first.body);
            assert_eq!(again.header("content-type"), first.header("content-type"));
            assert_eq!(again.header("cache-control"), Some("private, no-store"));
        }
        assert_eq!((kit.row_count("authors").await, kit.row_count("change_log").await), (1, 1));
    }

    async fn another_request_with_the_key_is_refused(kit: Kit) {
        let (http, editor) = (kit.http().await, kit.role_token(Role::Editor));
        send(&http, Some(&editor), "key-1", &create("Jean")).await;
        let named = json!({ "query": format!("{CREATE} query Other {{ site {{ name }} }}"), "variables": { "name": "Jean" } });
        let other = send(&http, Some(&editor), "key-1", &create("Marie")).await;
        assert_eq!(code(&other), (422, "IDEMPOTENCY_MISMATCH".to_owned()), "{other:?}");
        let refused = send(&http, Some(&editor), "key-1", &named).await;
        assert_eq!(refused.json()["data"], Value::Null, "{refused:?}");
        assert_eq!(kit.row_count("authors").await, 1);
    }

    async fn twenty_equal_requests_at_once_do_the_act_once(kit: Kit) {
        let (http, editor) = (kit.http().await, kit.role_token(Role::Editor));
        let body = create("Jean");
        let answers = join_all((0..20).map(|_| send(&http, Some(&editor), "key-1", &body))).await;
        assert_eq!((kit.row_count("authors").await, kit.row_count("change_log").await), (1, 1));
        let told: Vec<&HttpAnswer> = answers.iter().filter(|answer| answer.status == 200).collect();
        assert!(!told.is_empty(), "{answers:?}");
        assert_eq!(told.iter().filter(|answer| !is_replayed(answer)).count(), 1);
        assert!(told.iter().all(|answer| answer.body == told[0].body));
        for answer in answers.iter().filter(|answer| answer.status != 200) {
            assert_eq!(code(answer), (409, "IDEMPOTENCY_IN_PROGRESS".to_owned()), "{answer:?}");
            assert_eq!(answer.header("retry-after"), Some("1"));
        }
        let last = send(&http, Some(&editor), "key-1", &body).await;
        assert_eq!((is_replayed(&last), &last.body), (true, &told[0].body));
    }

    async fn what_did_nothing_leaves_the_key_free(kit: Kit) {
        let (http, editor) = (kit.http().await, kit.role_token(Role::Editor));
        let reader = kit.role_token(Role::Reader);
        let nonsense = json!({ "query": "mutation { nonsense }" });
        let broken = json!({ "query": "mutation {" });
        for (bearer, body) in
            [(&editor, &create("")), (&reader, &create("Jean")), (&editor, &nonsense), (&editor, &broken)]
        {
            let answer = send(&http, Some(bearer), "key-1", body).await;
            assert!(!is_replayed(&answer));
            assert_eq!(kit.row_count("idempotency_keys").await, 0, "{answer:?}");
        }
        let mended = send(&http, Some(&editor), "key-1", &create("Jean")).await;
        assert_eq!(mended.json()["data"]["authorCreate"]["author"]["slug"], "jean", "{mended:?}");
    }

    async fn what_was_done_in_part_is_kept_as_it_was_answered(kit: Kit) {
        let (http, editor) = (kit.http().await, kit.role_token(Role::Editor));
        let two = "mutation {
            one: authorCreate(input: { name: \"Jean\" }) { author { slug } userErrors { code } }
            two: authorCreate(input: { name: \"\" }) { author { slug } userErrors { code } }
            three: articlePublish(input: { id: \"art_00000000000000000000000000\", expectedVersion: 1 }) {
                userErrors { code }
            }
        }";
        let first = send(&http, Some(&editor), "key-1", &json!({ "query": two })).await;
        let again = send(&http, Some(&editor), "key-1", &json!({ "query": two })).await;
        assert_eq!((is_replayed(&again), again.status, &again.body), (true, first.status, &first.body));
        assert_eq!(kit.row_count("authors").await, 1);
    }

    async fn each_caller_has_keys_of_their_own(kit: Kit) {
        let http = kit.http().await;
        let tokens = [kit.role_token(Role::Editor), kit.role_token(Role::Publisher)];
        for token in &tokens {
            let answer = send(&http, Some(token), "key-1", &create("Jean")).await;
            assert!(!is_replayed(&answer));
        }
        assert_eq!((kit.row_count("authors").await, kit.row_count("idempotency_keys").await), (2, 2));
    }

    async fn a_key_is_remembered_for_a_day_and_purged_after_it(kit: Kit) {
        let http = kit.http().await;
        send(&http, Some(&kit.role_token(Role::Editor)), "key-1", &create("Jean")).await;
        kit.clock.advance(DAY - Duration::from_secs(1));
        let again = send(&http, Some(&kit.role_token(Role::Editor)), "key-1", &create("Jean")).await;
        assert!(is_replayed(&again));
        let swept = async || {
            let now = kit.app.clock.now();
            let tx = kit.app.database.begin_write("system", now).await.unwrap();
            let gone = purge(&tx, now).await.unwrap();
            tx.commit().await.unwrap();
            gone
        };
        assert_eq!(swept().await, 0);
        kit.clock.advance(Duration::from_secs(1));
        let later = send(&http, Some(&kit.role_token(Role::Editor)), "key-1", &create("Marie")).await;
        assert_eq!((is_replayed(&later), kit.row_count("authors").await), (false, 2), "{later:?}");
        assert_eq!(swept().await, 0, "it was taken anew");
        kit.clock.advance(DAY);
        assert_eq!((swept().await, kit.row_count("idempotency_keys").await), (1, 0));
    }

    async fn after_a_crash_before_any_act_the_request_runs_again(kit: Kit) {
        let (http, editor) = (kit.http().await, kit.role_token(Role::Editor));
        send(&http, Some(&editor), "key-1", &create("Jean")).await;
        kit.sql("update idempotency_keys set acts = 0, status = null, answer = null").await;
        let early = send(&http, Some(&editor), "key-1", &create("Jean")).await;
        assert_eq!(code(&early), (409, "IDEMPOTENCY_IN_PROGRESS".to_owned()));
        kit.clock.advance(Duration::from_secs(30));
        let later = send(&http, Some(&editor), "key-1", &create("Jean")).await;
        assert_eq!(later.json()["data"]["authorCreate"]["author"]["slug"], "jean-2", "{later:?}");
        assert!(is_replayed(&send(&http, Some(&editor), "key-1", &create("Jean")).await));
    }

    async fn after_a_crash_with_an_act_done_it_is_never_done_again(kit: Kit) {
        let (http, editor) = (kit.http().await, kit.role_token(Role::Editor));
        send(&http, Some(&editor), "key-1", &create("Jean")).await;
        assert_eq!(kit.sql("select acts as n from idempotency_keys").await[0]["n"], 1);
        kit.sql("update idempotency_keys set status = null, answer = null").await;
        let early = send(&http, Some(&editor), "key-1", &create("Jean")).await;
        assert_eq!(code(&early), (409, "IDEMPOTENCY_IN_PROGRESS".to_owned()));
        for wait in [30, 3_000] {
            kit.clock.advance(Duration::from_secs(wait));
            let later = send(&http, Some(&editor), "key-1", &create("Jean")).await;
            assert_eq!(code(&later), (409, "IDEMPOTENCY_UNKNOWN".to_owned()), "{later:?}");
        }
        assert_eq!(kit.row_count("authors").await, 1);
    }

    async fn a_request_whose_key_was_taken_over_does_nothing_more(kit: Kit) {
        let (asked, system) = (asked(), kit.system());
        let slow = held(&kit, &asked).await;
        assert!(matches!(idempotency::reserve(&kit.app, &system, &asked).await.unwrap(), Reservation::Running));
        kit.clock.advance(Duration::from_secs(30));
        let second = held(&kit, &asked).await;
        let through = |key: &std::sync::Arc<HeldKey>| Door { key: Some(key.clone()), ..Door::default() };
        let late = kit.app.begin_through(&through(&slow), &system).await;
        assert!(matches!(late.err(), Some(AppError::KeyTakenOver)));
        // What it ends with does not touch the key either.
        idempotency::settle(&kit.app, &slow, 200, b"{}").await.unwrap();
        let work = kit.app.begin_through(&through(&second), &system).await.unwrap();
        author::create(&work, draft("Jean")).await.unwrap();
        work.commit().await.unwrap();
        idempotency::settle(&kit.app, &second, 200, b"{\"data\":1}").await.unwrap();
        let again = idempotency::reserve(&kit.app, &system, &asked).await.unwrap();
        assert!(matches!(again, Reservation::Answered { status: 200, body } if body == "{\"data\":1}"));
    }

    async fn an_act_that_was_not_acknowledged_and_one_with_a_long_answer_are_told_as_done(kit: Kit) {
        let system = kit.system();
        let lost = held(&kit, &asked()).await;
        // The commit went through and its acknowledgement was lost on the way.
        kit.sql("update idempotency_keys set acts = 1").await;
        idempotency::settle(&kit.app, &lost, 503, b"{}").await.unwrap();
        assert!(matches!(idempotency::reserve(&kit.app, &system, &asked()).await.unwrap(), Reservation::Unknown));

        let asked = KeyedRequest { key: "long".to_owned(), ..asked() };
        let long = held(&kit, &asked).await;
        let door = Door { key: Some(long.clone()), ..Door::default() };
        kit.app.begin_through(&door, &system).await.unwrap().commit().await.unwrap();
        idempotency::settle(&kit.app, &long, 200, &vec![b' '; idempotency::KEPT_ANSWER_BYTES_MAX + 1]).await.unwrap();
        assert!(matches!(idempotency::reserve(&kit.app, &system, &asked).await.unwrap(), Reservation::Unknown));
    }

    async fn a_malformed_key_is_refused_and_queries_need_none(kit: Kit) {
        let (http, editor) = (kit.http().await, kit.role_token(Role::Editor));
        for key in ["", "a b", "\"a", &"k".repeat(256)] {
            let answer = send(&http, Some(&editor), key, &create("Jean")).await;
            assert_eq!(code(&answer), (400, "BAD_REQUEST".to_owned()), "{key}");
        }
        let twice = http.client.post(http.url("/graphql")).json(&create("Jean")).bearer_auth(&editor);
        let twice = twice.header("idempotency-key", "a").header("idempotency-key", "a");
        assert_eq!(code(&http.send(twice).await), (400, "BAD_REQUEST".to_owned()));
        for bearer in [None, Some(editor.as_str())] {
            let query = json!({ "query": "{ site { name } }" });
            let answer = send(&http, bearer, "not a key", &query).await;
            assert_eq!((answer.status, is_replayed(&answer)), (200, false), "{answer:?}");
        }
        assert_eq!((kit.row_count("authors").await, kit.row_count("idempotency_keys").await), (0, 0));
    }

    async fn keys_belong_to_somebody_and_secrets_are_never_kept(kit: Kit) {
        let (http, editor) = (kit.http().await, kit.role_token(Role::Editor));
        let anonymous = send(&http, None, "key-1", &create("Jean")).await;
        assert_eq!(code(&anonymous), (401, "UNAUTHENTICATED".to_owned()));
        assert!(anonymous.json()["errors"][0]["message"].as_str().unwrap().contains("Idempotency-Key"));
        for mutation in [
            "mutation { login(input: { email: \"a@b.example\", password: \"x\" }) { accessToken } }",
            "mutation { tokenRefresh(input: { refreshToken: \"x\" }) { accessToken } }",
            "mutation { logout(input: { refreshToken: \"x\" }) { signedOut } }",
            "mutation { ...F } fragment F on Mutation { x: logout(input: { refreshToken: \"x\" }) { signedOut } }",
        ] {
            for bearer in [None, Some(editor.as_str())] {
                let answer = send(&http, bearer, "key-1", &json!({ "query": mutation })).await;
                assert_eq!(code(&answer), (400, "BAD_REQUEST".to_owned()), "{mutation}");
            }
        }
        assert_eq!(kit.row_count("idempotency_keys").await, 0);
    }

    async fn no_mutation_that_answers_with_a_secret_takes_a_key(kit: Kit) {
        let query = "{ __schema { mutationType { fields { name type { ofType {
            fields { name type { fields { name } ofType { fields { name } } } }
        } } } } } }";
        let schema = kit.data(&kit.anonymous(), query, json!({})).await;
        let never_kept = Limits::default().never_kept;
        for mutation in schema["__schema"]["mutationType"]["fields"].as_array().unwrap() {
            let name = mutation["name"].as_str().unwrap();
            let text = mutation["type"].to_string();
            let is_secret = ["token", "accessToken", "refreshToken", "key", "secret", "signingSecret"]
                .iter()
                .any(|field| text.contains(&format!("\"name\":\"{field}\"")));
            assert!(!is_secret || never_kept.iter().any(|kept| kept == name), "add {name} to `never_kept`");
        }
    }

    async fn a_program_uses_its_keys_over_and_over(kit: Kit) {
        let key = masthead_app::identity::api_key::ApiKeyDraft {
            name: Title::parse("The app").unwrap(),
            scopes: vec![Scope::PeopleWrite],
            operations: masthead_domain::operation::Operations::Any,
            expires_in: None,
        };
        let key = masthead_app::identity::api_key::create(&kit.app, &kit.system(), key).await.unwrap();
        let bearer = secrecy::ExposeSecret::expose_secret(&key.key);
        let http = kit.http().await;
        for number in 0..3 {
            let name = format!("key-{number}");
            for round in [false, true] {
                assert_eq!(is_replayed(&send(&http, Some(bearer), &name, &create("Jean")).await), round);
            }
        }
        assert_eq!(kit.row_count("authors").await, 3);
    }
}
