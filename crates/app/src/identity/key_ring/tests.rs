//! Every way we know in which a token can lie.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use masthead_domain::time;
use serde_json::{Value, json};

use super::*;

const ED25519: &str = include_str!("test_keys/ed25519.pem");
const ED25519_PUBLIC: &str = include_str!("test_keys/ed25519.pub.pem");
const RSA: &str = include_str!("test_keys/rsa2048.pem");
const RSA_PKCS1: &str = include_str!("test_keys/rsa2048.pkcs1.pem");
const RSA_PUBLIC: &str = include_str!("test_keys/rsa2048.pub.pem");
const RSA_SHORT: &str = include_str!("test_keys/rsa1024.pem");
const P256: &str = include_str!("test_keys/p256.pem");
const SECRET: &str = "0123456789abcdef0123456789abcdef";
const OTHER_SECRET: &str = "fedcba9876543210fedcba9876543210";
const SITE: &str = "https://example.org";

fn now() -> Timestamp {
    time::parse("2026-11-23T12:00:00Z").unwrap()
}

fn moment() -> Moment {
    Moment { now: now(), id: Uuid::from_u128(7) }
}

fn secret(text: &str) -> SigningKey {
    SigningKey::Secret(text.to_owned().into())
}

fn pem(text: &str) -> SigningKey {
    SigningKey::PrivateKeyPem(text.to_owned().into())
}

fn ring(key: SigningKey) -> KeyRing {
    KeyRing::new(&TokenConfig::new(SITE, key)).unwrap()
}

fn user() -> (UserId, SessionId) {
    (UserId::from_uuid(Uuid::from_u128(1)), SessionId::from_uuid(Uuid::from_u128(2)))
}

fn token_of(ring: &KeyRing) -> String {
    let (user, session) = user();
    ring.issue(user, Role::Editor, session, moment()).unwrap().token.expose_secret().to_owned()
}

fn part(token: &str, number: usize) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(number).unwrap()).unwrap()).unwrap()
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// A token of our own, properly signed, in which something was changed before.
fn forged(header: impl FnOnce(&mut Value), claims: impl FnOnce(&mut Value)) -> String {
    let token = token_of(&ring(secret(SECRET)));
    let (mut head, mut body) = (part(&token, 0), part(&token, 1));
    header(&mut head);
    claims(&mut body);
    signed(&head, &body, SECRET.as_bytes())
}

fn signed(header: &Value, claims: &Value, secret: &[u8]) -> String {
    let message = format!("{}.{}", encoded(header), encoded(claims));
    let signature =
        jsonwebtoken::crypto::sign(message.as_bytes(), &EncodingKey::from_secret(secret), Algorithm::HS256).unwrap();
    format!("{message}.{signature}")
}

fn verdict(token: &str) -> Result<Subject, TokenFault> {
    ring(secret(SECRET)).verify(token, now())
}

#[test]
fn every_kind_of_key_signs_what_it_verifies() {
    let (id, session) = user();
    for (key, algorithm) in
        [(secret(SECRET), "HS256"), (pem(ED25519), "EdDSA"), (pem(RSA), "RS256"), (pem(RSA_PKCS1), "RS256")]
    {
        let ring = ring(key);
        let token = token_of(&ring);
        assert_eq!(ring.verify(&token, now()), Ok(Subject::User { id, session }), "{algorithm}");
        let header = part(&token, 0);
        assert_eq!(header["alg"], algorithm);
        assert_eq!(header["typ"], "at+jwt");
        assert_eq!(header["kid"].as_str().unwrap().len(), 43);
    }
}

#[test]
fn a_token_carries_the_claims_of_rfc_9068_and_nothing_private() {
    let (user, session) = user();
    assert_eq!(
        part(&token_of(&ring(secret(SECRET))), 1),
        json!({
            "iss": SITE, "aud": SITE, "sub": user.to_string(), "sid": session.to_string(), "role": "editor",
            "iat": 1_795_435_200, "nbf": 1_795_435_200, "exp": 1_795_436_100,
            "jti": "00000000000000000000000000000007",
        })
    );
}

#[test]
fn a_token_for_a_role_speaks_for_nobody_in_particular() {
    let ring = ring(secret(SECRET));
    let issued = ring.issue_for_role(Role::Publisher, Duration::from_secs(3_600), moment()).unwrap();
    assert_eq!(issued.expires_at, now() + TimeDelta::hours(1));
    assert_eq!(ring.verify(issued.token.expose_secret(), now()), Ok(Subject::Role(Role::Publisher)));
    for bad in [Duration::ZERO, ROLE_TOKEN_TTL_MAX + Duration::from_secs(1), Duration::MAX] {
        assert!(matches!(ring.issue_for_role(Role::Reader, bad, moment()), Err(AppError::Invalid(_))));
    }
}

#[test]
fn a_token_is_good_from_its_beginning_to_its_end_and_thirty_seconds_around() {
    let ring = ring(secret(SECRET));
    let token = token_of(&ring);
    let after = |seconds| ring.verify(&token, now() + TimeDelta::seconds(seconds)).err();
    assert_eq!(after(-31), Some(TokenFault::NotYetValid));
    assert_eq!(after(-30), None);
    assert_eq!(after(900 + 29), None);
    assert_eq!(after(900 + 30), Some(TokenFault::Expired));
    assert_eq!(verdict(&forged(|_| (), |claims| claims["exp"] = json!(0))), Err(TokenFault::Expired));
    assert_eq!(verdict(&forged(|_| (), |claims| claims["nbf"] = json!(i64::MAX))), Err(TokenFault::NotYetValid));
    assert_eq!(verdict(&forged(|_| (), |claims| claims["iat"] = json!(i64::MAX))), Err(TokenFault::NotYetValid));
}

#[test]
fn a_token_of_somebody_else_or_for_somebody_else_is_refused() {
    assert_eq!(
        verdict(&forged(|_| (), |claims| claims["iss"] = json!("https://example.com"))),
        Err(TokenFault::WrongIssuer)
    );
    assert_eq!(
        verdict(&forged(|_| (), |claims| claims["aud"] = json!("https://example.com"))),
        Err(TokenFault::WrongAudience)
    );
}

#[test]
fn every_claim_is_needed_and_has_one_form() {
    for name in ["iss", "aud", "sub", "role", "iat", "nbf", "exp", "jti"] {
        let without = forged(
            |_| (),
            |claims| {
                claims.as_object_mut().unwrap().remove(name);
            },
        );
        assert_eq!(verdict(&without), Err(TokenFault::BadClaims), "without {name}");
        for wrong in [json!(null), json!([]), json!(true), json!({}), json!(1.5)] {
            let odd = forged(|_| (), |claims| claims[name] = wrong.clone());
            assert_eq!(verdict(&odd), Err(TokenFault::BadClaims), "{name} = {wrong}");
        }
    }
    for (name, wrong) in [
        ("sub", json!("usr_")),
        ("sub", json!("art_00000000000000000000000001")),
        ("sub", json!("token:editor")),
        ("role", json!("owner")),
        ("sid", json!(null)),
        ("sid", json!("usr_00000000000000000000000001")),
        ("exp", json!("1795436100")),
    ] {
        let odd = forged(|_| (), |claims| claims[name] = wrong.clone());
        assert_eq!(verdict(&odd), Err(TokenFault::BadClaims), "{name} = {wrong}");
    }
}

#[test]
fn a_role_token_cannot_say_two_roles_or_name_a_session() {
    let as_role = |sub: &str, sid: Value| {
        forged(
            |_| (),
            |claims| {
                claims["sub"] = json!(sub);
                claims["sid"] = sid;
            },
        )
    };
    assert_eq!(verdict(&as_role("token:editor", json!(null))), Ok(Subject::Role(Role::Editor)));
    assert_eq!(verdict(&as_role("token:admin", json!(null))), Err(TokenFault::BadClaims));
    let (_, session) = user();
    assert_eq!(verdict(&as_role("token:editor", json!(session))), Err(TokenFault::BadClaims));
}

#[test]
fn a_forged_signature_is_refused() {
    let token = token_of(&ring(secret(SECRET)));
    let (message, signature) = token.rsplit_once('.').unwrap();
    let mut raised = part(&token, 1);
    raised["role"] = json!("admin");
    let (header, _) = message.split_once('.').unwrap();
    for bad in [
        format!("{message}."),
        format!("{message}.{}", "A".repeat(signature.len())),
        format!("{header}.{}.{signature}", encoded(&raised)),
        signed(&part(&token, 0), &part(&token, 1), OTHER_SECRET.as_bytes()),
    ] {
        assert_eq!(verdict(&bad), Err(TokenFault::BadSignature), "{bad}");
    }
}

#[test]
fn alg_none_gets_nobody_in() {
    for none in ["none", "None", "NONE", "nOnE", ""] {
        let token = forged(|header| header["alg"] = json!(none), |_| ());
        assert_eq!(verdict(&token), Err(TokenFault::Malformed), "{none}");
        let unsigned = format!("{}.", token.rsplit_once('.').unwrap().0);
        assert_eq!(verdict(&unsigned), Err(TokenFault::Malformed), "{none}");
    }
}

#[test]
fn a_public_key_is_no_secret() {
    for (private, public) in [(ED25519, ED25519_PUBLIC), (RSA, RSA_PUBLIC)] {
        let ring = ring(pem(private));
        let token = token_of(&ring);
        let mut header = part(&token, 0);
        header["alg"] = json!("HS256");
        // Signed with what everybody knows, in each form a verifier might take for the secret.
        let pem: String = public.to_owned();
        let der: Vec<u8> = base64::engine::general_purpose::STANDARD
            .decode(pem.lines().filter(|line| !line.starts_with("---")).collect::<String>())
            .unwrap();
        for secret in [pem.as_bytes(), pem.trim().as_bytes(), &der, &der[der.len() - 32..]] {
            let forged = signed(&header, &part(&token, 1), secret);
            assert_eq!(ring.verify(&forged, now()), Err(TokenFault::WrongAlgorithm));
        }
    }
}

#[test]
fn a_token_cannot_choose_another_algorithm_of_its_key() {
    for other in ["HS384", "HS512", "RS256", "ES256", "PS256", "EdDSA"] {
        let token = forged(|header| header["alg"] = json!(other), |_| ());
        assert_eq!(verdict(&token), Err(TokenFault::WrongAlgorithm), "{other}");
    }
}

#[test]
fn a_token_must_name_a_key_we_know_and_cannot_bring_its_own() {
    assert_eq!(verdict(&token_of(&ring(secret(OTHER_SECRET)))), Err(TokenFault::UnknownKey));
    for kid in [json!(null), json!("other"), json!(""), json!("../../dev/null")] {
        let token = forged(|header| header["kid"] = kid.clone(), |_| ());
        assert_eq!(verdict(&token), Err(TokenFault::UnknownKey), "{kid}");
    }
    let own = json!({ "kty": "oct", "k": URL_SAFE_NO_PAD.encode(OTHER_SECRET), "alg": "HS256" });
    let mut header = part(&token_of(&ring(secret(SECRET))), 0);
    header["jwk"] = own;
    header["jku"] = json!("https://example.com/keys.json");
    let claims = part(&token_of(&ring(secret(SECRET))), 1);
    assert_eq!(verdict(&signed(&header, &claims, OTHER_SECRET.as_bytes())), Err(TokenFault::BadSignature));
}

#[test]
fn only_an_access_token_is_one() {
    for typ in [json!("JWT"), json!(null), json!("at+JWT"), json!("id_token"), json!("")] {
        let token = forged(|header| header["typ"] = typ.clone(), |_| ());
        assert_eq!(verdict(&token), Err(TokenFault::WrongType), "{typ}");
    }
    let critical = forged(|header| header["crit"] = json!(["b64"]), |_| ());
    assert_eq!(verdict(&critical), Err(TokenFault::Malformed));
}

#[test]
fn nonsense_is_refused_without_a_look_at_a_key() {
    let token = token_of(&ring(secret(SECRET)));
    assert_eq!(verdict(&"a".repeat(10_240)), Err(TokenFault::TooLong));
    assert_eq!(verdict(&format!("{token}{}", "A".repeat(10_240))), Err(TokenFault::TooLong));
    for bad in ["", ".", "..", "a.b", "a.b.c", "a.b.c.d", "é.é.é", "\u{0}", &format!("{token}.x"), &token[1..]] {
        assert_eq!(verdict(bad), Err(TokenFault::Malformed), "{bad}");
    }
}

#[test]
fn after_a_rotation_the_keys_of_before_verify_and_no_longer_sign() {
    let (id, session) = user();
    let old_tokens = [ring(secret(SECRET)), ring(pem(ED25519)), ring(pem(RSA))].map(|ring| token_of(&ring));
    let mut config = TokenConfig::new(SITE, secret(OTHER_SECRET));
    config.also_accepted = vec![
        VerifyingKey::in_text(&format!("{SECRET}\n")),
        VerifyingKey::in_text(ED25519_PUBLIC),
        VerifyingKey::PublicKeyPem(RSA_PUBLIC.to_owned()),
    ];
    let rotated = KeyRing::new(&config).unwrap();
    for token in &old_tokens {
        assert_eq!(rotated.verify(token, now()), Ok(Subject::User { id, session }));
        assert_eq!(ring(secret(OTHER_SECRET)).verify(token, now()), Err(TokenFault::UnknownKey));
    }
    let new = part(&token_of(&rotated), 0);
    assert_eq!(new["kid"], part(&token_of(&ring(secret(OTHER_SECRET))), 0)["kid"]);
}

#[test]
fn keys_that_are_none_are_refused_with_words() {
    let error = |key| KeyRing::new(&TokenConfig::new(SITE, key)).unwrap_err();
    assert_eq!(error(secret("short")), IdentityConfigError::SecretTooShort { bytes: 5, min: 32 });
    assert_eq!(error(pem(RSA_SHORT)), IdentityConfigError::RsaSize { bits: 1_024 });
    for bad in [P256, ED25519_PUBLIC, RSA_PUBLIC, "", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
    {
        assert_eq!(error(pem(bad)), IdentityConfigError::PrivateKey, "{bad}");
    }
    for bad in [P256, ED25519, RSA, ""] {
        let mut config = TokenConfig::new(SITE, secret(SECRET));
        config.also_accepted = vec![VerifyingKey::PublicKeyPem(bad.to_owned())];
        assert_eq!(KeyRing::new(&config).unwrap_err(), IdentityConfigError::PublicKey, "{bad}");
    }
    let mut config = TokenConfig::new(SITE, secret(SECRET));
    config.access_ttl = Duration::from_secs(2 * 24 * 60 * 60);
    assert!(matches!(KeyRing::new(&config).unwrap_err(), IdentityConfigError::Range { .. }));
}

#[test]
fn nothing_secret_is_shown_for_debugging() {
    let ring = ring(secret(SECRET));
    let shown = format!(
        "{ring:?} {:?} {:?}",
        TokenConfig::new(SITE, secret(SECRET)),
        ring.issue_for_role(Role::Reader, Duration::from_secs(60), moment())
    );
    assert!(!shown.contains(SECRET) && !shown.contains("eyJ"), "{shown}");
}

fn preview() -> PreviewClaim {
    let id = masthead_domain::PreviewTokenId::from_uuid(Uuid::from_u128(3));
    PreviewClaim { id, article: masthead_domain::ArticleId::from_uuid(Uuid::from_u128(4)), version: Some(2) }
}

fn preview_token(ring: &KeyRing) -> String {
    ring.issue_preview(preview(), now(), now() + TimeDelta::hours(1)).unwrap().expose_secret().to_owned()
}

#[test]
fn a_preview_token_says_what_it_shows_until_its_end() {
    for key in [secret(SECRET), pem(ED25519), pem(RSA)] {
        let ring = ring(key);
        let token = preview_token(&ring);
        let after = |seconds| ring.verify_preview(&token, now() + TimeDelta::seconds(seconds));
        assert_eq!((after(0), after(3_600 + 29)), (Ok(preview()), Ok(preview())));
        assert_eq!(after(3_600 + 30), Err(TokenFault::Expired));
        assert_eq!(after(-31), Err(TokenFault::NotYetValid));
    }
}

#[test]
fn a_preview_token_and_an_access_token_are_never_taken_for_each_other() {
    let ring = ring(secret(SECRET));
    let (access, shown) = (token_of(&ring), preview_token(&ring));
    assert_eq!(ring.verify(&shown, now()), Err(TokenFault::WrongType));
    assert_eq!(ring.verify_preview(&access, now()), Err(TokenFault::WrongType));
    // Signed by us with the type of the one and the claims of the other, which we never do: the audience tells.
    let with = |typ: &str, claims: &Value| {
        let mut header = part(&access, 0);
        header["typ"] = json!(typ);
        signed(&header, claims, SECRET.as_bytes())
    };
    let mut for_access = part(&shown, 1);
    for_access["aud"] = json!(SITE);
    assert_eq!(ring.verify_preview(&with("preview+jwt", &for_access), now()), Err(TokenFault::WrongAudience));
    let mut for_preview = part(&access, 1);
    for_preview["aud"] = part(&shown, 1)["aud"].clone();
    assert_eq!(ring.verify(&with("at+jwt", &for_preview), now()), Err(TokenFault::WrongAudience));
}
