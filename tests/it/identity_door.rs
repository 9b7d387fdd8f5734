//! Identity as programs meet it: API keys, and the `Authorization` header over HTTP.

use std::{sync::Arc, time::Duration};

use masthead_api::{
    auth::Authenticator,
    http::{self, HttpConfig, HttpState, Lifecycle, serve},
};
use masthead_app::{
    AppError, Caller,
    identity::{
        Identity, Moment, TokenFault,
        api_key::{self, ApiKeyDraft, IssuedKey},
    },
};
use masthead_domain::{
    operation::Operations,
    policy::{Actor, Role, Scope},
    text::Title,
};
use masthead_testkit::{Kit, both_engines, identity_config};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::oneshot};

use crate::identity::{EMAIL, PASSWORD, new_user, who};

async fn new_key(kit: &Kit, scopes: &[Scope], expires_in: Option<Duration>) -> IssuedKey {
    let draft = ApiKeyDraft {
        name: Title::parse("The app").unwrap(),
        scopes: scopes.to_vec(),
        operations: Operations::Any,
        expires_in,
    };
    api_key::create(&kit.app, &Caller::system(), draft).await.unwrap()
}

fn text(key: &IssuedKey) -> Value {
    json!(key.key.expose_secret())
}

/// The door on a port of its own, as long as it is held.
struct Door {
    url: String,
    client: reqwest::Client,
    stop: Option<oneshot::Sender<()>>,
}

impl Door {
    async fn open(kit: &Kit) -> Self {
        let config = HttpConfig::default();
        let ids = Arc::clone(&kit.app.ids);
        let state = HttpState {
            config: Arc::new(config.clone()),
            authenticate: Authenticator::new(kit.app.clone(), kit.identity.clone()).hook(),
            is_ready: Arc::new(|| Box::pin(async { true })),
            new_request_id: Arc::new(move || ids.uuid()),
            lifecycle: Lifecycle::new(),
            validity: None,
            operations: None,
        };
        let lifecycle = state.lifecycle.clone();
        let door = http::Door::new(kit.schema.clone(), state).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/graphql", listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(serve(door, listener, config.server, lifecycle, async {
            let _ = stopped.await;
        }));
        Self { url, client: reqwest::Client::new(), stop: Some(stop) }
    }

    /// The status, the challenge and the body of the answer to an operation.
    async fn ask(&self, authorization: &[&str], query: &str, variables: Value) -> (u16, Option<String>, Value) {
        let mut headers = HeaderMap::new();
        for value in authorization {
            headers.append(AUTHORIZATION, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        let body = json!({ "query": query, "variables": variables });
        let answer = self.client.post(&self.url).headers(headers).json(&body).send().await.unwrap();
        let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let (status, challenge) = (answer.status().as_u16(), header("www-authenticate"));
        (status, challenge, answer.json().await.unwrap())
    }

    async fn viewer(&self, authorization: &[&str]) -> (u16, Option<String>, Value) {
        let (status, challenge, body) =
            self.ask(authorization, "{ viewer { kind name role scopes } }", json!({})).await;
        let told =
            if status == 200 { &body["data"]["viewer"]["kind"] } else { &body["errors"][0]["extensions"]["code"] };
        (status, challenge, told.clone())
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        let _ = self.stop.take().map(|stop| stop.send(()));
    }
}

both_engines! {
    async fn a_key_comes_in_with_its_scopes_and_no_role(kit: Kit) {
        let key = new_key(&kit, &[Scope::PeopleWrite, Scope::DraftsRead, Scope::PeopleWrite], None).await;
        assert!(key.key.expose_secret().starts_with("mh_"));
        let actor = who(&kit.identity, &text(&key)).await.unwrap();
        let scopes = vec![Scope::DraftsRead, Scope::PeopleWrite];
        assert_eq!(actor, Actor::Key { id: key.id, scopes, operations: Operations::Any });
        let caller = Caller { actor };
        let data = kit.data(&caller, "{ viewer { kind name role scopes } }", json!({})).await;
        assert_eq!(data["viewer"], json!({
            "kind": "API_KEY", "name": "The app", "role": null, "scopes": ["drafts:read", "people:write"],
        }));
        kit.done(&caller, "authorCreate", "author { id }", json!({ "name": "Jean" })).await;
        assert_eq!(kit.change_log().await[1].actor, key.id.to_string());
    }

    async fn a_key_that_lacks_a_scope_is_told_which(kit: Kit) {
        let key = new_key(&kit, &[Scope::DraftsRead], None).await;
        let caller = Caller { actor: who(&kit.identity, &text(&key)).await.unwrap() };
        let query = "mutation { authorCreate(input: {name: \"Jean\"}) { author { id } } }";
        let answer = kit.graphql(&caller, query, json!({})).await;
        assert_eq!(answer["errors"][0]["extensions"], json!({ "code": "FORBIDDEN", "scope": "people:write" }));
        assert_eq!(kit.row_count("authors").await, 0);
    }

    async fn a_key_that_is_unknown_changed_or_cut_is_refused(kit: Kit) {
        let key = new_key(&kit, &[], None).await;
        let good = key.key.expose_secret();
        let other = new_key(&kit, &[], None).await;
        let swapped = format!("{}{}", &good[..12], &other.key.expose_secret()[12..]);
        assert_eq!(who(&kit.identity, &json!(swapped)).await, Err(TokenFault::Unknown));
        for bad in [&good[..54], "mh_", "mh_00000000_", &format!("{good}A"), &good.to_uppercase().replace("MH_", "mh_")] {
            let (answer, statements) = kit.statements(who(&kit.identity, &json!(bad))).await;
            assert_eq!(answer, Err(TokenFault::Malformed), "{bad}");
            assert_eq!(statements.len(), 0);
        }
    }

    async fn a_key_ends_when_its_time_is_over_and_when_it_is_revoked(kit: Kit) {
        let day = Duration::from_secs(24 * 60 * 60);
        let (short, long) = (new_key(&kit, &[], Some(day)).await, new_key(&kit, &[], None).await);
        let elsewhere = Identity::new(kit.app.clone(), &identity_config()).unwrap();
        kit.clock.advance(day - Duration::from_secs(1));
        assert!(who(&kit.identity, &text(&short)).await.is_ok());
        kit.clock.advance(Duration::from_secs(1));
        assert_eq!(who(&kit.identity, &text(&short)).await, Err(TokenFault::Expired), "whatever is remembered of it");

        assert!(who(&kit.identity, &text(&long)).await.is_ok());
        assert!(who(&elsewhere, &text(&long)).await.is_ok());
        assert!(api_key::revoke(&kit.app, &Caller::system(), long.id).await.unwrap());
        assert!(!api_key::revoke(&kit.app, &Caller::system(), long.id).await.unwrap());
        kit.identity.forget_key(long.id);
        assert_eq!(who(&kit.identity, &text(&long)).await, Err(TokenFault::Revoked));
        kit.clock.advance(Duration::from_secs(30));
        assert_eq!(who(&elsewhere, &text(&long)).await, Err(TokenFault::Revoked));
        let kinds: Vec<_> = kit.change_log().await.into_iter().map(|row| row.kind).collect();
        assert_eq!(kinds, ["CREATED", "CREATED", "REMOVED"]);
    }

    async fn the_use_of_a_key_is_noted_once_a_minute_beside_the_request(kit: Kit) {
        let key = new_key(&kit, &[], None).await;
        let last_used = async || api_key::all(&kit.app).await.unwrap()[0].last_used_at;
        let noted = async |at| {
            // It is written by a task of its own, as soon as the disk lets it; each look gives it a turn.
            let looking = async {
                while last_used().await != Some(at) {
                    tokio::task::yield_now().await;
                }
            };
            tokio::time::timeout(Duration::from_secs(30), looking).await.is_ok()
        };
        assert_eq!(last_used().await, None);
        let first = kit.app.clock.now();
        who(&kit.identity, &text(&key)).await.unwrap();
        assert!(noted(first).await);
        kit.clock.advance(Duration::from_secs(59));
        who(&kit.identity, &text(&key)).await.unwrap();
        kit.clock.advance(Duration::from_secs(2));
        let second = kit.app.clock.now();
        who(&kit.identity, &text(&key)).await.unwrap();
        assert!(noted(second).await);
    }

    async fn keys_are_made_by_the_operator_and_live_ten_years_at_most(kit: Kit) {
        let draft = |expires_in| ApiKeyDraft {
            name: Title::parse("x").unwrap(),
            scopes: vec![],
            operations: Operations::Any,
            expires_in,
        };
        let admin = kit.as_user(Role::Admin).await;
        assert!(matches!(api_key::create(&kit.app, &admin, draft(None)).await, Err(AppError::Internal(_))));
        for life in [Duration::ZERO, Duration::MAX] {
            let outcome = api_key::create(&kit.app, &Caller::system(), draft(Some(life))).await;
            assert!(matches!(outcome, Err(AppError::Invalid(_))), "{life:?}");
        }
        assert_eq!(kit.row_count("api_keys").await, 0);
        let key = new_key(&kit, &[], None).await;
        let kept = json!(kit.sql("select name, prefix, key_hash from api_keys").await).to_string();
        assert!(!kept.contains(&key.key.expose_secret()[12..]), "the key itself is not kept");
    }

    async fn the_door_knows_who_sends_a_request(kit: Kit) {
        new_user(&kit, EMAIL, Role::Editor).await;
        let door = Door::open(&kit).await;
        let sign_in = "mutation($input: LoginInput!) { login(input: $input) { accessToken refreshToken } }";
        let input = json!({ "input": { "email": EMAIL, "password": PASSWORD } });
        let (_, _, answer) = door.ask(&[], sign_in, input).await;
        let access = format!("Bearer {}", answer["data"]["login"]["accessToken"].as_str().unwrap());
        let moment = Moment { now: kit.app.clock.now(), id: kit.app.ids.uuid() };
        let role = kit.identity.keys().issue_for_role(Role::Admin, Duration::from_secs(60), moment).unwrap();
        let role = format!("Bearer {}", role.token.expose_secret());
        let key = new_key(&kit, &[], None).await;
        let key = format!("bearer {}", key.key.expose_secret());
        for (authorization, kind) in
            [(vec![], "ANONYMOUS"), (vec![access.as_str()], "USER"), (vec![role.as_str()], "TOKEN"), (vec![key.as_str()], "API_KEY")]
        {
            assert_eq!(door.viewer(&authorization).await, (200, None, json!(kind)));
        }

        let logout = "mutation($input: LogoutInput!) { logout(input: $input) { signedOut } }";
        let input = json!({ "input": { "refreshToken": answer["data"]["login"]["refreshToken"] } });
        let (status, _, answer) = door.ask(&[&access], logout, input).await;
        assert_eq!((status, &answer["data"]["logout"]["signedOut"]), (200, &json!(true)));
        let refused = (401, Some("Bearer error=\"invalid_token\"".to_owned()), json!("UNAUTHENTICATED"));
        assert_eq!(door.viewer(&[&access]).await, refused);
    }

    async fn a_header_that_proves_nothing_is_refused_and_never_taken_for_none(kit: Kit) {
        let door = Door::open(&kit).await;
        let moment = Moment { now: kit.app.clock.now(), id: kit.app.ids.uuid() };
        let token = kit.identity.keys().issue_for_role(Role::Admin, Duration::from_secs(60), moment).unwrap();
        let good = format!("Bearer {}", token.token.expose_secret());
        let refused = (401, Some("Bearer error=\"invalid_token\"".to_owned()), json!("UNAUTHENTICATED"));
        let long = format!("Bearer {}", "a".repeat(10_240));
        for bad in [
            vec!["Bearer"],
            vec!["Bearer nonsense"],
            vec!["Basic bWFyaWU6cGFzc3dvcmQ="],
            vec!["Bearer mh_00000000_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"],
            vec!["Bearer eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.e30."],
            vec![good.as_str(), good.as_str()],
            vec![&good[..good.len() - 2]],
            vec![long.as_str()],
        ] {
            assert_eq!(door.viewer(&bad).await, refused, "{bad:?}");
        }
        assert_eq!(door.viewer(&[&good]).await, (200, None, json!("TOKEN")));
        kit.clock.advance(Duration::from_secs(90));
        assert_eq!(door.viewer(&[&good]).await, refused);
    }

    async fn a_refused_sign_in_sets_the_status_and_says_when_to_come_back(kit: Kit) {
        let door = Door::open(&kit).await;
        let sign_in = "mutation($input: LoginInput!) { login(input: $input) { accessToken } }";
        let input = json!({ "input": { "email": EMAIL, "password": PASSWORD } });
        for _ in 0..5 {
            let (status, _, answer) = door.ask(&[], sign_in, input.clone()).await;
            assert_eq!((status, &answer["errors"][0]["extensions"]["code"]), (401, &json!("UNAUTHENTICATED")));
        }
        let (status, _, answer) = door.ask(&[], sign_in, input).await;
        assert_eq!((status, &answer["errors"][0]["extensions"]["code"]), (429, &json!("RATE_LIMITED")));
        assert_eq!(answer["errors"][0]["extensions"]["retryAfter"], 900);
    }
}
