//! Users and their sessions: signing in, staying signed in, signing out. What travels over HTTP is in `identity_door`.

use std::time::Duration;

use masthead_app::{
    AppError, Caller,
    identity::{
        Identity, IdentityConfig, IdentityError, PasswordConfig, TokenFault,
        user::{self, UserChanges, UserDraft},
    },
};
use masthead_domain::{
    UserId,
    policy::{Actor, Role},
    text::Title,
    user::UserEmail,
};
use masthead_testkit::{Kit, both_engines, identity_config};
use serde_json::{Value, json};

pub(crate) const EMAIL: &str = "marie@news.example";
pub(crate) const PASSWORD: &str = "a long enough password";
const TOKENS: &str = "accessToken refreshToken expiresAt viewer { kind name role scopes }";

/// A user who signs in with this address and [`PASSWORD`].
pub(crate) async fn new_user(kit: &Kit, email: &str, role: Role) -> UserId {
    let draft = UserDraft {
        email: UserEmail::parse(email).unwrap(),
        name: Title::parse("Marie Joseph").unwrap(),
        role,
        password: PASSWORD.to_owned().into(),
    };
    user::create(&kit.app, kit.identity.passwords(), &Caller::system(), draft).await.unwrap()
}

async fn login(kit: &Kit) -> Value {
    let input = json!({ "email": EMAIL, "password": PASSWORD });
    kit.done(&kit.anonymous(), "login", TOKENS, input).await
}

async fn refresh(kit: &Kit, tokens: &Value) -> Value {
    let input = json!({ "refreshToken": tokens["refreshToken"] });
    kit.done(&kit.anonymous(), "tokenRefresh", TOKENS, input).await
}

async fn refresh_refused(kit: &Kit, tokens: &Value) -> String {
    kit.refused(&kit.anonymous(), "tokenRefresh", json!({ "refreshToken": tokens["refreshToken"] })).await
}

/// The code of the answer to a login, `None` when it succeeds, and when to come back.
async fn attempt(kit: &Kit, email: &str, password: &str) -> (Option<String>, Option<u64>) {
    let variables = json!({ "input": { "email": email, "password": password } });
    let query = "mutation($input: LoginInput!) { login(input: $input) { accessToken } }";
    let answer = kit.graphql(&kit.anonymous(), query, variables).await;
    let extensions = &answer["errors"][0]["extensions"];
    (extensions["code"].as_str().map(str::to_owned), extensions["retryAfter"].as_u64())
}

pub(crate) async fn who(identity: &Identity, token: &Value) -> Result<Actor, TokenFault> {
    match identity.authenticate(token.as_str().unwrap()).await {
        Ok(caller) => Ok(caller.actor),
        Err(IdentityError::InvalidToken(fault)) => Err(fault),
        Err(other) => panic!("{other}"),
    }
}

/// Another node over the same database.
fn another_node(kit: &Kit) -> Identity {
    Identity::new(kit.app.clone(), &identity_config()).unwrap()
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

const DAY: u64 = 24 * 60 * 60;

both_engines! {
    async fn a_user_signs_in_and_is_known_again(kit: Kit) {
        let id = new_user(&kit, EMAIL, Role::Editor).await;
        let input = json!({ "email": " Marie@NEWS.example", "password": PASSWORD, "clientMutationId": "one" });
        let payload = kit.done(&kit.anonymous(), "login", TOKENS, input).await;
        assert_eq!(payload["clientMutationId"], "one");
        assert_eq!(payload["expiresAt"], "2026-11-23T12:15:00Z");
        assert_eq!(payload["refreshToken"].as_str().unwrap().len(), 43);
        let viewer = json!({ "kind": "USER", "name": "Marie Joseph", "role": "EDITOR", "scopes": [] });
        assert_eq!(payload["viewer"], viewer);

        let actor = who(&kit.identity, &payload["accessToken"]).await.unwrap();
        assert_eq!(actor, Actor::User { id: Some(id), role: Role::Editor });
        let data = kit.data(&Caller { actor }, "{ viewer { kind name role scopes } }", json!({})).await;
        assert_eq!(data["viewer"], viewer);
    }

    async fn a_viewer_without_credentials_is_nobody(kit: Kit) {
        let data = kit.data(&kit.anonymous(), "{ viewer { kind name role scopes } }", json!({})).await;
        assert_eq!(data["viewer"], json!({ "kind": "ANONYMOUS", "name": null, "role": null, "scopes": [] }));
        let data = kit.data(&kit.as_role(Role::Admin), "{ viewer { kind name role scopes } }", json!({})).await;
        assert_eq!(data["viewer"], json!({ "kind": "TOKEN", "name": null, "role": "ADMIN", "scopes": [] }));
    }

    async fn a_refused_sign_in_does_not_say_why(kit: Kit) {
        new_user(&kit, EMAIL, Role::Editor).await;
        let suspended = new_user(&kit, "gone@news.example", Role::Editor).await;
        let changes = UserChanges { is_active: Some(false), ..UserChanges::default() };
        user::update(&kit.app, &Caller::system(), suspended, changes).await.unwrap();
        let query = "mutation($input: LoginInput!) { login(input: $input) { accessToken } }";
        let mut answers = Vec::new();
        let long = "x".repeat(100_000);
        for (email, password) in [
            (EMAIL, "a wrong password"),
            (EMAIL, long.as_str()),
            ("nobody@news.example", PASSWORD),
            ("no address", PASSWORD),
            ("gone@news.example", PASSWORD),
        ] {
            let variables = json!({ "input": { "email": email, "password": password } });
            let (answer, statements) = kit.statements(kit.graphql(&kit.anonymous(), query, variables)).await;
            assert_eq!(answer["data"], json!(null));
            assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
            answers.push(answer["errors"][0]["message"].clone());
            assert!(statements.len() <= 1, "{statements:?}");
        }
        answers.dedup();
        assert_eq!(answers, ["the e-mail address or the password is wrong"]);
    }

    async fn an_empty_form_is_the_users_to_mend(kit: Kit) {
        let payload = kit.act(&kit.anonymous(), "login", TOKENS, json!({ "email": " ", "password": "" })).await;
        assert_eq!(payload["accessToken"], json!(null));
        let errors = payload["userErrors"].as_array().unwrap();
        let told: Vec<_> = errors.iter().map(|error| (&error["code"], &error["path"][0])).collect();
        assert_eq!(told, [(&json!("REQUIRED"), &json!("email")), (&json!("REQUIRED"), &json!("password"))]);
    }

    async fn the_sixth_wrong_password_within_a_quarter_of_an_hour_must_wait(kit: Kit) {
        new_user(&kit, EMAIL, Role::Editor).await;
        let wrong = (Some("UNAUTHENTICATED".to_owned()), None);
        let wait = |seconds| (Some("RATE_LIMITED".to_owned()), Some(seconds));
        for email in [EMAIL, "nobody@news.example"] {
            for _ in 0..5 {
                assert_eq!(attempt(&kit, email, "a wrong password").await, wrong);
            }
            assert_eq!(attempt(&kit, &email.to_uppercase(), "a wrong password").await, wait(900), "{email}");
        }
        assert_eq!(attempt(&kit, EMAIL, PASSWORD).await, wait(900), "the right password waits as well");
        kit.clock.advance(seconds(899));
        assert_eq!(attempt(&kit, EMAIL, PASSWORD).await, wait(1));
        kit.clock.advance(seconds(1));
        assert_eq!(attempt(&kit, EMAIL, PASSWORD).await, (None, None));
        for _ in 0..5 {
            assert_eq!(attempt(&kit, EMAIL, "a wrong password").await, wrong, "the right password began a new count");
        }
    }

    async fn many_attempts_at_once_are_not_many_chances(kit: Kit) {
        new_user(&kit, EMAIL, Role::Editor).await;
        let attempts = (0..12).map(|_| attempt(&kit, EMAIL, "a wrong password"));
        let mut codes = Vec::new();
        for answer in futures_util::future::join_all(attempts).await {
            codes.push(answer.0.unwrap());
        }
        assert_eq!(codes.iter().filter(|code| *code == "UNAUTHENTICATED").count(), 5, "{codes:?}");
    }

    async fn a_session_goes_on_with_each_refresh_token_once(kit: Kit) {
        let id = new_user(&kit, EMAIL, Role::Editor).await;
        let first = login(&kit).await;
        kit.clock.advance(seconds(600));
        let second = refresh(&kit, &first).await;
        assert_eq!(second["expiresAt"], "2026-11-23T12:25:00Z");
        assert_ne!(second["refreshToken"], first["refreshToken"]);
        assert_ne!(second["accessToken"], first["accessToken"]);
        assert_eq!(second["viewer"]["role"], "EDITOR");
        let actor = Actor::User { id: Some(id), role: Role::Editor };
        assert_eq!(who(&kit.identity, &first["accessToken"]).await, Ok(actor.clone()), "it is good until it expires");
        kit.clock.advance(seconds(330));
        assert_eq!(who(&kit.identity, &first["accessToken"]).await, Err(TokenFault::Expired));
        assert_eq!(who(&kit.identity, &second["accessToken"]).await, Ok(actor));
        refresh(&kit, &second).await;
    }

    async fn a_refresh_token_that_comes_twice_ends_the_session_of_both_who_have_it(kit: Kit) {
        new_user(&kit, EMAIL, Role::Editor).await;
        let first = login(&kit).await;
        let other = login(&kit).await;
        let second = refresh(&kit, &first).await;
        assert!(who(&kit.identity, &second["accessToken"]).await.is_ok());
        for tokens in [&first, &second, &first] {
            assert_eq!(refresh_refused(&kit, tokens).await, "REFRESH_REUSED");
        }
        for tokens in [&first, &second] {
            assert_eq!(who(&kit.identity, &tokens["accessToken"]).await, Err(TokenFault::SessionEnded));
        }
        refresh(&kit, &other).await;
    }

    async fn of_refreshes_at_once_exactly_one_wins(kit: Kit) {
        new_user(&kit, EMAIL, Role::Editor).await;
        let tokens = login(&kit).await;
        let query = "mutation($input: TokenRefreshInput!) { tokenRefresh(input: $input) { refreshToken } }";
        let variables = json!({ "input": { "refreshToken": tokens["refreshToken"] } });
        let nobody = kit.anonymous();
        let refreshes = (0..4).map(|_| kit.graphql(&nobody, query, variables.clone()));
        let mut won = Vec::new();
        for answer in futures_util::future::join_all(refreshes).await {
            match answer["errors"][0]["extensions"]["code"].as_str() {
                None => won.push(answer["data"]["tokenRefresh"].clone()),
                Some(code) => assert_eq!(code, "REFRESH_REUSED"),
            }
        }
        assert_eq!(won.len(), 1);
        assert_eq!(refresh_refused(&kit, &won[0]).await, "REFRESH_REUSED", "one of the two was a thief");
    }

    async fn a_session_ends_after_two_weeks_unused_and_after_sixty_days_at_the_latest(kit: Kit) {
        new_user(&kit, EMAIL, Role::Editor).await;
        let idle = login(&kit).await;
        kit.clock.advance(seconds(14 * DAY - 1));
        let mut tokens = refresh(&kit, &idle).await;
        kit.clock.advance(seconds(14 * DAY));
        assert_eq!(refresh_refused(&kit, &tokens).await, "UNAUTHENTICATED");

        tokens = login(&kit).await;
        for _ in 0..5 {
            kit.clock.advance(seconds(10 * DAY));
            tokens = refresh(&kit, &tokens).await;
        }
        kit.clock.advance(seconds(10 * DAY - 1));
        tokens = refresh(&kit, &tokens).await;
        kit.clock.advance(seconds(1));
        assert_eq!(refresh_refused(&kit, &tokens).await, "UNAUTHENTICATED");
        assert_eq!(kit.row_count("sessions").await, 9);
        login(&kit).await;
        assert_eq!(kit.row_count("sessions").await, 1, "what is over is forgotten at the next sign-in");
    }

    async fn signing_out_is_felt_here_at_once_and_on_other_nodes_within_a_minute(kit: Kit) {
        new_user(&kit, EMAIL, Role::Editor).await;
        let elsewhere = another_node(&kit);
        let first = login(&kit).await;
        let tokens = refresh(&kit, &first).await;
        let access = &tokens["accessToken"];
        assert!(who(&kit.identity, access).await.is_ok());
        assert!(who(&elsewhere, access).await.is_ok());
        // Any token of the session will do, even one that is used up.
        let input = json!({ "refreshToken": first["refreshToken"] });
        let payload = kit.done(&kit.anonymous(), "logout", "signedOut", input.clone()).await;
        assert_eq!(payload["signedOut"], true);
        assert_eq!(who(&kit.identity, access).await, Err(TokenFault::SessionEnded));
        kit.clock.advance(seconds(30));
        assert_eq!(who(&elsewhere, access).await, Err(TokenFault::SessionEnded));
        assert_eq!(refresh_refused(&kit, &tokens).await, "UNAUTHENTICATED");
        for token in [first["refreshToken"].as_str().unwrap(), "nonsense", "", &"A".repeat(43)] {
            let payload = kit.done(&kit.anonymous(), "logout", "signedOut", json!({ "refreshToken": token })).await;
            assert_eq!(payload["signedOut"], false, "{token}");
        }
    }

    async fn a_suspended_user_is_out_within_a_minute_and_stays_out(kit: Kit) {
        let id = new_user(&kit, EMAIL, Role::Editor).await;
        let elsewhere = another_node(&kit);
        let tokens = login(&kit).await;
        let access = &tokens["accessToken"];
        assert!(who(&kit.identity, access).await.is_ok());
        assert!(who(&elsewhere, access).await.is_ok());
        let system = Caller::system();
        let set_active = |is_active| {
            let changes = UserChanges { is_active: Some(is_active), ..UserChanges::default() };
            user::update(&kit.app, &system, id, changes)
        };
        set_active(false).await.unwrap();
        kit.identity.forget_user(id);
        assert_eq!(who(&kit.identity, access).await, Err(TokenFault::SessionEnded));
        kit.clock.advance(seconds(30));
        assert_eq!(who(&elsewhere, access).await, Err(TokenFault::SessionEnded));
        assert_eq!(refresh_refused(&kit, &tokens).await, "UNAUTHENTICATED");
        set_active(true).await.unwrap();
        assert_eq!(refresh_refused(&kit, &tokens).await, "UNAUTHENTICATED", "old sessions do not come back");
        login(&kit).await;
    }

    async fn another_role_is_felt_within_a_minute_in_tokens_of_before(kit: Kit) {
        let id = new_user(&kit, EMAIL, Role::Publisher).await;
        let tokens = login(&kit).await;
        let with = |role| Ok(Actor::User { id: Some(id), role });
        assert_eq!(who(&kit.identity, &tokens["accessToken"]).await, with(Role::Publisher));
        let changes = UserChanges { role: Some(Role::Reader), ..UserChanges::default() };
        user::update(&kit.app, &Caller::system(), id, changes).await.unwrap();
        kit.clock.advance(seconds(29));
        assert_eq!(who(&kit.identity, &tokens["accessToken"]).await, with(Role::Publisher));
        kit.clock.advance(seconds(1));
        assert_eq!(who(&kit.identity, &tokens["accessToken"]).await, with(Role::Reader));
        assert_eq!(refresh(&kit, &tokens).await["viewer"]["role"], "READER");
    }

    async fn a_new_password_ends_all_sessions(kit: Kit) {
        let id = new_user(&kit, EMAIL, Role::Editor).await;
        let sessions = [login(&kit).await, login(&kit).await];
        let new = "another long password";
        let passwords = kit.identity.passwords();
        user::set_password(&kit.app, passwords, &Caller::system(), id, new.to_owned().into()).await.unwrap();
        let log = kit.change_log().await;
        let row = log.last().unwrap();
        assert_eq!((row.entity.clone(), row.kind.as_str(), row.version), (id.to_string(), "UPDATED", Some(1)));
        assert_eq!(row.fields, ["password"]);
        assert_eq!((&row.before, &row.after), (&Some(json!({})), &Some(json!({}))), "nothing of it is told");
        kit.identity.forget_user(id);
        for tokens in &sessions {
            assert_eq!(who(&kit.identity, &tokens["accessToken"]).await, Err(TokenFault::SessionEnded));
            assert_eq!(refresh_refused(&kit, tokens).await, "UNAUTHENTICATED");
        }
        assert_eq!(attempt(&kit, EMAIL, PASSWORD).await.0.as_deref(), Some("UNAUTHENTICATED"));
        assert_eq!(attempt(&kit, EMAIL, new).await.0, None);
    }

    async fn a_sign_in_makes_an_outdated_hash_better(kit: Kit) {
        new_user(&kit, EMAIL, Role::Editor).await;
        let hash = async || kit.sql("select password_hash from users").await[0]["password_hash"].clone();
        let before = hash().await;
        login(&kit).await;
        assert_eq!(hash().await, before, "a hash of today's settings stays");
        let passwords = PasswordConfig { memory_kib: 16, passes: 1, ..PasswordConfig::default() };
        let stricter = IdentityConfig { passwords, ..identity_config() };
        let stricter = Identity::new(kit.app.clone(), &stricter).unwrap();
        stricter.login(EMAIL, &PASSWORD.to_owned().into()).await.unwrap();
        assert!(hash().await.as_str().unwrap().starts_with("$argon2id$v=19$m=16,t=1,p=1$"));
        stricter.login(EMAIL, &PASSWORD.to_owned().into()).await.unwrap();
    }

    async fn nothing_that_lets_anybody_in_is_kept_as_it_is(kit: Kit) {
        new_user(&kit, EMAIL, Role::Editor).await;
        let tokens = login(&kit).await;
        let rows = json!([kit.sql("select token_hash from sessions").await, kit.sql("select password_hash from users").await]);
        let kept = rows.to_string();
        for secret in [PASSWORD, tokens["refreshToken"].as_str().unwrap(), tokens["accessToken"].as_str().unwrap()] {
            assert!(!kept.contains(secret), "{kept}");
        }
    }

    async fn a_user_needs_an_address_of_their_own_and_a_password_worth_the_name(kit: Kit) {
        let id = new_user(&kit, EMAIL, Role::Editor).await;
        let refused = async |email: &str, password: &str| {
            let draft = UserDraft {
                email: UserEmail::parse(email).unwrap(),
                name: Title::parse("Another").unwrap(),
                role: Role::Reader,
                password: password.to_owned().into(),
            };
            match user::create(&kit.app, kit.identity.passwords(), &Caller::system(), draft).await {
                Err(IdentityError::App(AppError::Invalid(wrong))) => wrong.to_string(),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(refused("MARIE@news.example", PASSWORD).await, "email: belongs to another user");
        assert_eq!(refused("b@news.example", "short").await, "password: a password has at least 12 characters");
        assert_eq!(refused("b@news.example", &"x".repeat(257)).await, "password: a password has at most 256 characters");
        assert_eq!(kit.row_count("users").await, 1);
        let log = kit.change_log().await;
        assert_eq!(log.len(), 1);
        assert_eq!((log[0].entity.as_str(), log[0].kind.as_str(), log[0].actor.as_str()), (id.to_string().as_str(), "CREATED", "system"));
    }

    async fn users_are_kept_by_the_operator_only_and_no_change_is_no_version(kit: Kit) {
        let id = new_user(&kit, EMAIL, Role::Editor).await;
        let admin = kit.as_user(Role::Admin).await;
        let changes = || UserChanges { role: Some(Role::Admin), ..UserChanges::default() };
        assert!(matches!(user::update(&kit.app, &admin, id, changes()).await, Err(AppError::Internal(_))));
        let system = Caller::system();
        user::update(&kit.app, &system, id, changes()).await.unwrap();
        user::update(&kit.app, &system, id, changes()).await.unwrap();
        let log = kit.change_log().await;
        let told: Vec<_> = log.iter().map(|row| (row.kind.as_str(), row.version, row.fields.join(" "))).collect();
        assert_eq!(told, [("CREATED", Some(1), String::new()), ("UPDATED", Some(2), "role".to_owned())]);
        let nobody = UserId::from_uuid(kit.app.ids.uuid());
        assert!(matches!(user::update(&kit.app, &system, nobody, changes()).await, Err(AppError::NotFound { .. })));
    }

    async fn a_signed_in_request_costs_one_look_in_half_a_minute(kit: Kit) {
        new_user(&kit, EMAIL, Role::Editor).await;
        let (tokens, statements) = kit.statements(login(&kit)).await;
        // One look before the password is checked; then the lock, the tidying, the session and the viewer's name,
        // between a begin and a commit.
        assert!(statements.len() <= 7, "{statements:#?}");
        for expected in [1, 0, 0] {
            let (actor, statements) = kit.statements(who(&kit.identity, &tokens["accessToken"])).await;
            assert!(actor.is_ok());
            assert_eq!(statements.len(), expected, "{statements:#?}");
        }
    }
}
