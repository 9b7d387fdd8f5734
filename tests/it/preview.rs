//! Preview tokens: one article, for a while, for whoever has the token.

use std::time::Duration;

use masthead_app::{
    identity::{Identity, IdentityError, TokenFault},
    preview::{self, Preview},
};
use masthead_domain::policy::{Role, Scope};
use masthead_testkit::{Http, HttpAnswer, Kit, both_engines, identity_config};
use serde_json::{Value, json};

use crate::mistake::mistakes;

const FIELDS: &str = "previewToken { id token expiresAt articleId version }";

async fn token(kit: &Kit, input: Value) -> Value {
    kit.done(&kit.system(), "previewTokenCreate", FIELDS, input).await["previewToken"].take()
}

async fn shown(kit: &Kit, token: &str) -> Result<Preview, TokenFault> {
    match preview::shown(&kit.app, &kit.identity, token).await {
        Ok(preview) => Ok(preview),
        Err(IdentityError::InvalidToken(fault)) => Err(fault),
        Err(other) => panic!("{other}"),
    }
}

async fn ask(http: &Http, tokens: &[&str]) -> HttpAnswer {
    let body = json!({ "query": "{ site { name } }" });
    let request = http.client.post(http.url("/graphql")).json(&body);
    http.send(tokens.iter().fold(request, |request, token| request.header("masthead-preview", *token))).await
}

fn code(answer: &HttpAnswer) -> (u16, String) {
    (answer.status, answer.json()["errors"][0]["extensions"]["code"].as_str().unwrap_or("none").to_owned())
}

both_engines! {
    async fn a_token_shows_one_article_for_an_hour_unless_told_otherwise(kit: Kit) {
        let article = kit.article(json!({})).await;
        let made = token(&kit, json!({ "articleId": article })).await;
        assert_eq!(made["expiresAt"], "2026-11-23T13:00:00Z");
        assert_eq!((&made["articleId"], &made["version"]), (&json!(article), &json!(null)));
        assert!(made["id"].as_str().unwrap().starts_with("prv_"));
        let text = made["token"].as_str().unwrap();
        let preview = Preview { article: article.parse().unwrap(), version: None };
        assert_eq!(shown(&kit, text).await, Ok(preview));
        kit.clock.advance(Duration::from_secs(3_599));
        assert_eq!(shown(&kit, text).await, Ok(preview));
        kit.clock.advance(Duration::from_secs(1));
        assert_eq!(shown(&kit, text).await, Err(TokenFault::Expired), "its row says so, to the second");
        let versioned = token(&kit, json!({ "articleId": article, "version": 1, "expiresIn": 60 })).await;
        let preview = Preview { version: Some(1), ..preview };
        assert_eq!(shown(&kit, versioned["token"].as_str().unwrap()).await, Ok(preview));
        let row = kit.change_log().await.pop().unwrap();
        assert_eq!((row.kind.as_str(), &row.entity), ("CREATED", &versioned["id"].as_str().unwrap().to_owned()));
        assert_eq!((row.act.as_deref(), row.version), (Some("previewTokenCreate"), None));
    }

    async fn a_life_or_a_version_that_cannot_be_is_said(kit: Kit) {
        let article = kit.article(json!({})).await;
        for (rest, expected) in [
            (json!({ "expiresIn": 59 }), "ValidationError INVALID expiresIn"),
            (json!({ "expiresIn": 2_592_001 }), "ValidationError INVALID expiresIn"),
            (json!({ "expiresIn": -1 }), "ValidationError INVALID expiresIn"),
            (json!({ "version": 2 }), "ValidationError INVALID version"),
            (json!({ "version": 0 }), "ValidationError INVALID version"),
            (json!({ "articleId": "cat_00000000000000000000000000" }), "ValidationError INVALID articleId"),
            (json!({ "articleId": "art_00000000000000000000000000" }), "NotFoundError NOT_FOUND articleId"),
        ] {
            let mut input = json!({ "articleId": article });
            input.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
            let payload = kit.act(&kit.system(), "previewTokenCreate", FIELDS, input).await;
            assert_eq!(mistakes(&payload), [expected], "{rest}");
        }
        assert_eq!(kit.row_count("preview_tokens").await, 0);
        token(&kit, json!({ "articleId": article, "expiresIn": 2_592_000 })).await;
    }

    async fn a_token_that_is_taken_back_is_worth_nothing_at_once(kit: Kit) {
        let article = kit.article(json!({})).await;
        let made = token(&kit, json!({ "articleId": article })).await;
        let elsewhere = Identity::new(kit.app.clone(), &identity_config()).unwrap();
        let text = made["token"].as_str().unwrap();
        for _ in 0..2 {
            let input = json!({ "id": made["id"] });
            let payload = kit.done(&kit.system(), "previewTokenRevoke", "revokedId", input).await;
            assert_eq!(payload["revokedId"], made["id"]);
        }
        assert_eq!(shown(&kit, text).await, Err(TokenFault::Revoked));
        assert!(preview::shown(&kit.app, &elsewhere, text).await.is_err());
        let kinds: Vec<_> = kit.change_log().await.into_iter().map(|row| row.kind).collect();
        assert_eq!(kinds, ["CREATED", "CREATED", "REMOVED"], "an article, its token, its end");
        let payload =
            kit.act(&kit.system(), "previewTokenRevoke", "", json!({ "id": "prv_00000000000000000000000000" })).await;
        assert_eq!(mistakes(&payload), ["NotFoundError NOT_FOUND id"]);
    }

    async fn nobody_makes_a_token_for_what_they_may_not_read(kit: Kit) {
        let contributor = kit.as_user(Role::Contributor).await;
        let input = json!({ "language": "fr", "headline": "Le mien" });
        let own = kit.done(&contributor, "articleCreate", "article { id }", input).await["article"]["id"].take();
        let others = kit.article(json!({})).await;
        let made = kit.done(&contributor, "previewTokenCreate", FIELDS, json!({ "articleId": own })).await;
        kit.done(&contributor, "previewTokenRevoke", "", json!({ "id": made["previewToken"]["id"] })).await;
        let payload = kit.act(&contributor, "previewTokenCreate", "", json!({ "articleId": others })).await;
        assert_eq!(mistakes(&payload), ["NotFoundError NOT_FOUND articleId"]);
        let foreign = token(&kit, json!({ "articleId": others })).await;
        let payload = kit.act(&contributor, "previewTokenRevoke", "", json!({ "id": foreign["id"] })).await;
        assert_eq!(mistakes(&payload), ["NotFoundError NOT_FOUND id"]);
        let key = kit.as_key(&[Scope::DraftsRead]);
        kit.done(&key, "previewTokenCreate", FIELDS, json!({ "articleId": others })).await;
    }

    async fn a_token_of_one_sort_is_never_taken_for_the_other(kit: Kit) {
        let article = kit.article(json!({})).await;
        let made = token(&kit, json!({ "articleId": article })).await;
        let text = made["token"].as_str().unwrap();
        match kit.identity.authenticate(text).await {
            Err(IdentityError::InvalidToken(fault)) => assert_eq!(fault, TokenFault::WrongType),
            other => panic!("{other:?}"),
        }
        assert_eq!(shown(&kit, &kit.role_token(Role::Admin)).await, Err(TokenFault::WrongType));
        let http = kit.http().await;
        assert_eq!(http.graphql(Some(text), "{ site { name } }", json!({})).await.status, 401);
        assert_eq!(code(&ask(&http, &[&kit.role_token(Role::Admin)]).await), (401, "PREVIEW_INVALID".to_owned()));
    }

    async fn a_token_that_was_changed_or_whose_row_says_otherwise_is_refused(kit: Kit) {
        let (article, other) = (kit.article(json!({})).await, kit.article(json!({})).await);
        let made = token(&kit, json!({ "articleId": article })).await;
        let foreign = token(&kit, json!({ "articleId": other })).await;
        let parts: Vec<&str> = made["token"].as_str().unwrap().split('.').collect();
        let strange: Vec<&str> = foreign["token"].as_str().unwrap().split('.').collect();
        let mixed = format!("{}.{}.{}", parts[0], strange[1], parts[2]);
        assert_eq!(shown(&kit, &mixed).await, Err(TokenFault::BadSignature));
        assert_eq!(shown(&kit, "nonsense").await, Err(TokenFault::Malformed));
        // Signed by a server of ours, and gone from the table.
        kit.sql("delete from preview_tokens").await;
        assert_eq!(shown(&kit, made["token"].as_str().unwrap()).await, Err(TokenFault::Unknown));
        let again = token(&kit, json!({ "articleId": article })).await;
        kit.sql("update preview_tokens set version = 1").await;
        assert_eq!(shown(&kit, again["token"].as_str().unwrap()).await, Err(TokenFault::BadClaims));
    }

    async fn over_http_a_good_token_passes_and_a_bad_one_is_never_ignored(kit: Kit) {
        let http = kit.http().await;
        let made = token(&kit, json!({ "articleId": kit.article(json!({})).await })).await;
        let text = made["token"].as_str().unwrap();
        let good = ask(&http, &[text]).await;
        assert_eq!((good.status, good.header("cache-control")), (200, Some("private, no-store")), "{good:?}");
        assert!(good.header("vary").unwrap().contains("Masthead-Preview"));
        let get = http.client.get(http.url("/graphql?query=%7Bsite%7Bname%7D%7D"));
        let plain = http.send(get.try_clone().unwrap()).await;
        assert_eq!(plain.header("cache-control"), Some("public, max-age=0, must-revalidate"));
        assert!(plain.header("vary").unwrap().contains("Masthead-Preview"), "a cache must keep the two apart");
        let get = http.send(get.header("masthead-preview", text)).await;
        assert_eq!((get.status, get.header("cache-control")), (200, Some("private, no-store")));
        let refused = (401, "PREVIEW_INVALID".to_owned());
        for bad in [&["nonsense"][..], &[""], &[text, text], &[&text[..text.len() - 2]]] {
            let answer = ask(&http, bad).await;
            assert_eq!(code(&answer), refused, "{bad:?}");
        }
        kit.clock.advance(Duration::from_secs(3_600));
        assert_eq!(code(&ask(&http, &[text]).await), refused);
    }

    async fn tokens_whose_time_is_over_are_purged(kit: Kit) {
        let article = kit.article(json!({})).await;
        token(&kit, json!({ "articleId": article, "expiresIn": 60 })).await;
        token(&kit, json!({ "articleId": article, "expiresIn": 120 })).await;
        kit.clock.advance(Duration::from_secs(60));
        let now = kit.app.clock.now();
        let tx = kit.app.database.begin_write("system", now).await.unwrap();
        assert_eq!(masthead_store::preview::purge(&tx, now).await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert_eq!(kit.row_count("preview_tokens").await, 1);
    }

    async fn a_token_is_in_no_log_and_not_in_the_database(kit: Kit) {
        let made = token(&kit, json!({ "articleId": kit.article(json!({})).await })).await;
        let text = made["token"].as_str().unwrap();
        let rows = json!(kit.sql("select actor from preview_tokens").await).to_string();
        assert!(!rows.contains(text) && !format!("{:?}", kit.change_log().await).contains(text));
    }

    async fn the_token_shows_what_the_desk_has_and_nothing_else(kit: Kit) {
        let id = kit.published(json!({ "headline": "Avant", "slug": "avant", "body": { "markdown": "Un." } })).await;
        let other = kit.article(json!({ "headline": "Un autre secret" })).await;
        let changes = json!({ "headline": "Après", "slug": "apres", "body": { "markdown": "Deux." }, "tags": ["mer"] });
        let input = json!({ "id": id, "expectedVersion": 2, "changes": changes });
        kit.done(&kit.system(), "articleUpdate", "article { id }", input).await;
        let newest = token(&kit, json!({ "articleId": id })).await["token"].as_str().unwrap().to_owned();
        let first = token(&kit, json!({ "articleId": id, "version": 1 })).await["token"].as_str().unwrap().to_owned();
        let http = kit.http().await;
        let ask = async |tokens: &[&str], query: &str| {
            let body = json!({ "query": query, "variables": { "id": id, "other": other } });
            let request = http.client.post(http.url("/graphql")).json(&body);
            http.send(tokens.iter().fold(request, |request, token| request.header("masthead-preview", *token))).await
        };
        let query = "query($id: ID!, $other: ID!) {
            article(by: {id: $id}) { headline slug body { text } tags { name } editorial { internalNote } revisions { totalCount } }
            other: article(by: {id: $other}) { headline }
            old: article(by: {slug: {slug: \"avant\"}}) { headline }
            new: article(by: {path: \"/fr/apres\"}) { headline }
            route(path: \"/fr/apres\") { ... on Article { headline } }
            nodes(ids: [$id]) { ... on Article { headline } }
            localized: article(by: {id: $id}, locale: \"fr\") { headline }
            articles { totalCount nodes { headline } }
            tags(first: 10) { totalCount } }";
        let shown = |answer: &HttpAnswer| answer.json()["data"].clone();
        let public = shown(&ask(&[], query).await);
        assert_eq!((&public["article"]["headline"], &public["new"], &public["route"]), (&json!("Avant"), &json!(null), &json!(null)));
        let answer = ask(&[&newest], query).await;
        let data = shown(&answer);
        let expected = json!({ "headline": "Après", "slug": "apres", "body": { "text": "Deux." }, "tags": [{ "name": "mer" }],
            "editorial": null, "revisions": null });
        assert_eq!(data["article"], expected);
        for field in ["old", "new", "route", "localized"] {
            assert_eq!(data[field]["headline"], "Après", "{field}");
        }
        assert_eq!(data["nodes"][0]["headline"], "Après");
        assert_eq!((&data["other"], &data["articles"], &data["tags"]), (&json!(null), &public["articles"], &public["tags"]));
        assert_eq!(shown(&ask(&[&first], query).await)["article"]["headline"], "Avant");
        let draft = token(&kit, json!({ "articleId": other })).await["token"].as_str().unwrap().to_owned();
        assert_eq!(shown(&ask(&[&draft], query).await)["other"]["headline"], "Un autre secret");
    }
}
