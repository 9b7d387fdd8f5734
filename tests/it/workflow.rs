//! The way of an article across the desk: review, changes that wait, schedule, takedown, trash.

use std::time::Duration;

use masthead_domain::policy::Role;
use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

const FIELDS: &str = "article { id version status headline slug publishedAt revisedAt body { text } tags { name }
    authors { author { name } } references { number source { title } } gallery { caption } contacts { name }
    editorial { hasUnpublishedChanges draftStatus internalNote scheduledFor embargoUntil expiresAt
        draft { headline } published { headline body { text } } } }";

const ALL: &str = "headline slug body { text } tags { name } authors { author { name } } categories { name }
    references { number source { title } } gallery { caption } contacts { name } links { url }";

/// An act of the server on an article at a version, with the version it leaves.
async fn act(kit: &Kit, mutation: &str, id: &str, version: i64, more: Value) -> Value {
    let mut input = json!({ "id": id, "expectedVersion": version });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    kit.act(&kit.system(), mutation, if mutation == "articleDelete" { "deletedId" } else { FIELDS }, input).await
}

async fn done(kit: &Kit, mutation: &str, id: &str, version: i64, more: Value) -> Value {
    let mut payload = act(kit, mutation, id, version, more).await;
    assert_eq!(payload["userErrors"], json!([]), "{mutation}");
    payload["article"].take()
}

/// The code, path and words of the only mistake.
fn mistake(payload: &Value) -> (String, String, String) {
    let mistakes = payload["userErrors"].as_array().unwrap();
    assert_eq!(mistakes.len(), 1, "{payload:#}");
    let word = |field: &str| mistakes[0][field].as_str().unwrap().to_owned();
    let path: Vec<&str> = mistakes[0]["path"].as_array().unwrap().iter().map(|step| step.as_str().unwrap()).collect();
    (word("code"), path.join("."), word("message"))
}

/// The article as readers see it.
async fn seen(kit: &Kit, id: &str) -> Value {
    let query =
        format!("query($id: ID!) {{ article(by: {{id: $id}}) {{ version updatedAt status revisedAt {ALL} }} }}");
    kit.data(&kit.anonymous(), &query, json!({ "id": id })).await["article"].take()
}

async fn revisions(kit: &Kit, id: &str) -> Vec<Value> {
    let query = "query($id: ID!) { article(by: {id: $id}, perspective: LATEST) { revisions(first: 100) { totalCount
        nodes { version act createdBy summary changedFields article { headline body { text } } } } } }";
    let mut data = kit.data(&kit.system(), query, json!({ "id": id })).await;
    let list = data["article"]["revisions"].take();
    assert_eq!(list["totalCount"], list["nodes"].as_array().unwrap().len());
    list["nodes"].as_array().unwrap().clone()
}

fn text(words: &str) -> Value {
    json!({ "changes": { "body": { "markdown": words } } })
}

both_engines! {
    async fn a_draft_is_handed_in_and_back_and_published(kit: Kit) {
        let writer = kit.as_user(Role::Contributor).await;
        let input = json!({ "language": "fr", "headline": "Le port", "body": { "markdown": "Un." } });
        let draft = kit.done(&writer, "articleCreate", FIELDS, input).await["article"].take();
        let id = draft["id"].as_str().unwrap();
        let input = json!({ "id": id, "expectedVersion": 1, "summary": "à relire" });
        let handed = kit.done(&writer, "articleSubmit", FIELDS, input.clone()).await;
        assert_eq!((&handed["article"]["status"], &handed["article"]["version"]), (&json!("IN_REVIEW"), &json!(2)));
        let again = kit.act(&writer, "articleSubmit", FIELDS, json!({ "id": id, "expectedVersion": 2 })).await;
        assert_eq!(mistake(&again).0, "FORBIDDEN_TRANSITION");
        assert_eq!(mistake(&again).2, "an article that is IN_REVIEW cannot be submitted for review");
        let back = done(&kit, "articleReturn", id, 2, json!({ "summary": "trop court" })).await;
        assert_eq!(back["status"], "DRAFT");
        let out = done(&kit, "articlePublish", id, 3, json!({})).await;
        assert_eq!((&out["status"], &out["version"]), (&json!("PUBLISHED"), &json!(4)));
        let history = revisions(&kit, id).await;
        let told: Vec<_> = history.iter().map(|one| (one["act"].as_str().unwrap(), one["summary"].as_str())).collect();
        assert_eq!(told, [
            ("articlePublish", None),
            ("articleReturn", Some("trop court")),
            ("articleSubmit", Some("à relire")),
            ("articleCreate", None),
        ]);
    }

    async fn changes_to_a_published_article_wait_until_they_are_published(kit: Kit) {
        let author = kit.author("Ann").await;
        let other = kit.author("Bob").await;
        let id = kit.published(json!({
            "headline": "Avant", "slug": "avant", "body": { "markdown": "Un mot." }, "tags": ["mer"],
            "authors": [{ "authorId": author }],
            "references": [{ "source": { "create": { "kind": "BOOK", "title": "Les ports" } } }],
        })).await;
        let before = seen(&kit, &id).await;
        let changed = done(&kit, "articleUpdate", &id, 2, json!({ "changes": {
            "headline": "Après", "slug": "apres", "body": { "markdown": "Deux mots." }, "tags": ["terre", "mer"],
            "authors": [{ "authorId": other }], "references": [], "links": [{ "kind": "VISIT", "url": "https://a.example/" }],
        } })).await;
        assert_eq!(changed["version"], 3);
        assert_eq!(changed["headline"], "Après");
        assert_eq!(changed["body"]["text"], "Deux mots.");
        assert_eq!(changed["tags"], json!([{ "name": "terre" }, { "name": "mer" }]));
        assert_eq!(changed["authors"], json!([{ "author": { "name": "Bob" } }]));
        assert_eq!(changed["references"], json!([]));
        assert_eq!(changed["editorial"]["hasUnpublishedChanges"], true);
        assert_eq!(changed["editorial"]["draft"]["headline"], "Après");
        assert_eq!(changed["editorial"]["published"]["headline"], "Avant");
        assert_eq!(seen(&kit, &id).await, before, "not even the version");
        let tags = "{ tags(first: 10) { nodes { slug } } }";
        assert_eq!(kit.data(&kit.anonymous(), tags, json!({})).await["tags"]["nodes"], json!([{ "slug": "mer" }]));

        let list = "query($p: Perspective!) { articles(perspective: $p) { nodes { headline authors { author { name } } } } }";
        for perspective in ["LATEST", "DRAFT"] {
            let data = kit.data(&kit.system(), list, json!({ "p": perspective })).await;
            let expected = json!([{ "headline": "Après", "authors": [{ "author": { "name": "Bob" } }] }]);
            assert_eq!(data["articles"]["nodes"], expected, "{perspective}");
        }
        let data = kit.data(&kit.system(), list, json!({ "p": "PUBLISHED" })).await;
        assert_eq!(data["articles"]["nodes"][0]["headline"], "Avant");
        let localized = "query($id: ID!, $p: Perspective!) {
            article(by: {id: $id}, perspective: $p, locale: \"ht\", fallback: [\"fr\"]) { headline body { text } } }";
        for (perspective, headline) in [("LATEST", "Après"), ("PUBLISHED", "Avant")] {
            let data = kit.data(&kit.system(), localized, json!({ "id": id, "p": perspective })).await;
            assert_eq!(data["article"]["headline"], headline, "along a chain of languages, {perspective}");
        }

        let handed = done(&kit, "articleSubmit", &id, 3, json!({})).await;
        assert_eq!((&handed["status"], &handed["editorial"]["draftStatus"]), (&json!("PUBLISHED"), &json!("IN_REVIEW")));
        let dated = act(&kit, "articlePublish", &id, 4, json!({ "at": "2027-01-01T00:00:00Z" })).await;
        assert_eq!((mistake(&dated).0.as_str(), mistake(&dated).1.as_str()), ("INVALID", "at"));
        let out = done(&kit, "articlePublish", &id, 4, json!({})).await;
        assert_eq!(out["editorial"]["hasUnpublishedChanges"], false);
        let now = seen(&kit, &id).await;
        assert_eq!((&now["headline"], &now["slug"], &now["revisedAt"]), (&json!("Après"), &json!("apres"), &json!(null)));
        assert_eq!(now["authors"], json!([{ "author": { "name": "Bob" } }]));
        let route = "{ route(path: \"/fr/avant\") { ... on Redirect { to } } }";
        assert_eq!(kit.data(&kit.anonymous(), route, json!({})).await["route"]["to"], "/fr/apres");
        let nothing = act(&kit, "articlePublish", &id, 5, json!({})).await;
        assert_eq!(mistake(&nothing).0, "FORBIDDEN_TRANSITION");
    }

    async fn what_waits_is_given_up_by_going_back_to_what_is_published(kit: Kit) {
        let id = kit.published(json!({ "headline": "Avant", "body": { "markdown": "Un." } })).await;
        done(&kit, "articleUpdate", &id, 2, text("Deux.")).await;
        let back = done(&kit, "articleRestoreRevision", &id, 3, json!({ "toVersion": 1 })).await;
        assert_eq!((&back["version"], &back["body"]["text"]), (&json!(4), &json!("Un.")));
        assert_eq!(back["editorial"]["hasUnpublishedChanges"], false);
        let wrong = act(&kit, "articleRestoreRevision", &id, 4, json!({ "toVersion": 9 })).await;
        assert_eq!((mistake(&wrong).0.as_str(), mistake(&wrong).1.as_str()), ("INVALID", "toVersion"));
        let same = done(&kit, "articleRestoreRevision", &id, 4, json!({ "toVersion": 2 })).await;
        assert_eq!(same["version"], 4, "what says the same is no new version");
    }

    async fn every_save_can_be_read_and_brought_back_byte_for_byte(kit: Kit) {
        let id = kit.article(json!({ "headline": "H", "slug": "h", "body": { "markdown": "Un." }, "tags": ["a"] })).await;
        for (version, words) in [(1, "Deux **fois**."), (2, "Trois.\n\n- a\n- b"), (3, "Quatre.")] {
            done(&kit, "articleUpdate", &id, version, text(words)).await;
        }
        let texts: Vec<Value> = revisions(&kit, &id).await.iter().map(|one| one["article"]["body"]["text"].clone()).collect();
        assert_eq!(texts, [json!("Quatre."), json!("Trois.\n\n- a\n- b"), json!("Deux fois."), json!("Un.")]);
        done(&kit, "articleRestoreRevision", &id, 4, json!({ "toVersion": 2, "summary": "mieux avant" })).await;
        let kept = kit.sql("select version, content from article_contents order by version").await;
        let of = |number: i64| kept.iter().find(|row| row["version"] == number).unwrap()["content"].clone();
        assert_eq!(of(5), of(2), "the same content is the same text");
        let newest = &revisions(&kit, &id).await[0];
        assert_eq!((&newest["act"], &newest["summary"]), (&json!("articleRestoreRevision"), &json!("mieux avant")));
        assert_eq!(newest["changedFields"], json!(["body"]));
    }

    async fn references_that_were_taken_out_come_back_as_the_same(kit: Kit) {
        let book = json!({ "source": { "create": { "kind": "BOOK", "title": "Les ports" } }, "locator": "p. 1" });
        let id = kit.published(json!({ "headline": "H", "references": [book] })).await;
        done(&kit, "articleUpdate", &id, 2, json!({ "changes": { "references": [] } })).await;
        let back = done(&kit, "articleRestoreRevision", &id, 3, json!({ "toVersion": 1 })).await;
        assert_eq!(back["editorial"]["hasUnpublishedChanges"], false, "it says what readers see");
        assert_eq!(kit.row_count("article_contents").await, 2);
    }

    async fn a_tag_is_kept_as_it_is_spelled_and_once(kit: Kit) {
        kit.article(json!({ "tags": ["Mer", "Terre"] })).await;
        let id = kit.article(json!({ "headline": "H", "tags": ["MER", "mer", "terre"] })).await;
        let changed = done(&kit, "articleUpdate", &id, 1, json!({ "changes": { "headline": "I", "tags": ["mer", "terre"] } })).await;
        assert_eq!(changed["tags"], json!([{ "name": "Mer" }, { "name": "Terre" }]));
        let query = "query($id: ID!) { article(by: {id: $id}, perspective: LATEST) { diff(from: 1) { path }
            revisions(first: 1) { nodes { changedFields } } } }";
        let data = kit.data(&kit.system(), query, json!({ "id": id })).await;
        assert_eq!(data["article"]["diff"], json!([{ "path": "headline" }]));
        assert_eq!(data["article"]["revisions"]["nodes"], json!([{ "changedFields": ["headline"] }]));
    }

    async fn readers_and_other_contributors_are_told_no_history(kit: Kit) {
        let id = kit.published(json!({ "body": { "markdown": "Un." } })).await;
        done(&kit, "articleUpdate", &id, 2, json!({ "changes": { "headline": "Secret" }, "internalNote": "Secret" })).await;
        let query = "query($id: ID!) { article(by: {id: $id}) { headline revisions { nodes { version } } editorial { internalNote } } }";
        for caller in [kit.anonymous(), kit.as_role(Role::Reader), kit.as_user(Role::Contributor).await] {
            let data = kit.data(&caller, query, json!({ "id": id })).await;
            assert!(!data.to_string().contains("Secret"), "{data:#}");
            assert_eq!((&data["article"]["revisions"], &data["article"]["editorial"]), (&json!(null), &json!(null)));
        }
        let data = kit.data(&kit.as_role(Role::Editor), query, json!({ "id": id })).await;
        assert_eq!(data["article"]["editorial"]["internalNote"], "Secret");
        assert_ne!(data["article"]["headline"], "Secret", "an editor who looks at what readers see sees that");
        assert_eq!(kit.error_code(&kit.anonymous(), "{ articles(perspective: DELETED) { totalCount } }", json!({})).await, "UNAUTHENTICATED");
    }

    async fn a_schedule_needs_the_future_and_a_published_article_keeps_its_date(kit: Kit) {
        let id = kit.article(json!({})).await;
        for (input, path) in [
            (json!({}), "at"),
            (json!({ "at": "2026-11-23T12:00:00Z" }), "at"),
            (json!({ "at": "2026-11-24T12:00:00Z", "expiresAt": "2026-11-24T12:00:00Z" }), "expiresAt"),
            (json!({ "at": "2026-11-24T12:00:00Z", "embargoUntil": "2026-11-26T12:00:00Z", "expiresAt": "2026-11-25T12:00:00Z" }), "expiresAt"),
        ] {
            assert_eq!(mistake(&act(&kit, "articleSchedule", &id, 1, input).await).1, path);
        }
        let set = done(&kit, "articleSchedule", &id, 1, json!({ "at": "2026-11-24T08:00:00-04:00" })).await;
        assert_eq!((&set["status"], &set["publishedAt"]), (&json!("SCHEDULED"), &json!("2026-11-24T12:00:00Z")));
        let changed = done(&kit, "articleUpdate", &id, 2, json!({ "changes": { "headline": "Mieux" } })).await;
        assert_eq!(changed["editorial"]["hasUnpublishedChanges"], false, "readers do not see it yet");
        let moved = done(&kit, "articleSchedule", &id, 3, json!({ "at": "2026-11-23T13:00:00Z" })).await;
        assert_eq!(moved["publishedAt"], "2026-11-23T13:00:00Z");
        kit.clock.advance(Duration::from_secs(3_600));
        assert_eq!(seen(&kit, &id).await["headline"], "Mieux");
        let history = act(&kit, "articleSchedule", &id, 4, json!({ "at": "2026-12-01T00:00:00Z" })).await;
        assert_eq!(mistake(&history).1, "at");
        let over = act(&kit, "articleSchedule", &id, 4, json!({ "expiresAt": "2026-11-23T13:00:00Z" })).await;
        assert_eq!(mistake(&over).1, "expiresAt");
        let again = done(&kit, "articleSchedule", &id, 4, json!({ "embargoUntil": "2026-11-23T14:00:00Z", "expiresAt": "2026-11-23T15:00:00Z" })).await;
        assert_eq!(again["publishedAt"], "2026-11-23T13:00:00Z");
        assert_eq!(seen(&kit, &id).await, json!(null), "the embargo holds again");
        kit.clock.advance(Duration::from_secs(3_600));
        assert_eq!(seen(&kit, &id).await["headline"], "Mieux");
    }

    async fn withdrawn_and_killed_articles_tell_readers_and_killed_ones_never_return(kit: Kit) {
        let route = "query($path: String!) { route(path: $path) { ... on Gone { reason notice httpStatus } } }";
        for (mutation, status, code) in [("articleWithdraw", "WITHDRAWN", 410), ("articleKill", "KILLED", 451)] {
            let slug = format!("a-{}", status.to_lowercase());
            let id = kit.published(json!({ "slug": slug })).await;
            let out = done(&kit, mutation, &id, 2, json!({ "publicNotice": "Nous retirons ce texte." })).await;
            assert_eq!(out["status"], status);
            let gone = kit.data(&kit.anonymous(), route, json!({ "path": format!("/fr/{slug}") })).await["route"].take();
            let expected = json!({ "reason": status, "notice": "Nous retirons ce texte.", "httpStatus": code });
            assert_eq!(gone, expected);
            let again = act(&kit, "articlePublish", &id, 3, json!({})).await;
            if status == "KILLED" {
                assert_eq!(mistake(&again).2, "an article that is KILLED cannot be published: it is taken down for good");
                assert_eq!(mistake(&act(&kit, "articleKill", &id, 3, json!({})).await).0, "FORBIDDEN_TRANSITION");
            } else {
                assert_eq!(again["article"]["status"], "PUBLISHED");
            }
        }
        let draft = kit.article(json!({})).await;
        assert_eq!(mistake(&act(&kit, "articleWithdraw", &draft, 1, json!({})).await).0, "FORBIDDEN_TRANSITION");
        done(&kit, "articleKill", &draft, 1, json!({})).await;
    }

    async fn a_deleted_article_comes_back_but_not_before_readers(kit: Kit) {
        let id = kit.published(json!({ "slug": "le-port", "headline": "Le port", "body": { "markdown": "Un." } })).await;
        act(&kit, "articleDelete", &id, 2, json!({})).await;
        let trash = "{ articles(perspective: DELETED) { totalCount nodes { id version headline body { text } } } }";
        let data = kit.data(&kit.as_role(Role::Editor), trash, json!({})).await;
        let row = json!({ "id": id, "version": 3, "headline": "Le port", "body": { "text": "Un." } });
        assert_eq!(data["articles"], json!({ "totalCount": 1, "nodes": [row] }));
        assert_eq!(mistake(&act(&kit, "articleUpdate", &id, 3, text("Deux.")).await).0, "NOT_FOUND");

        kit.published(json!({ "slug": "le-port" })).await;
        let taken = act(&kit, "articleRestore", &id, 3, json!({})).await;
        assert_eq!((mistake(&taken).0.as_str(), mistake(&taken).1.as_str()), ("SLUG_TAKEN", "slug"));
        let conflict = act(&kit, "articleRestore", &id, 2, json!({ "slug": "le-vieux-port" })).await;
        assert_eq!(mistake(&conflict).0, "VERSION_CONFLICT");
        let back = done(&kit, "articleRestore", &id, 3, json!({ "slug": "le-vieux-port" })).await;
        assert_eq!((&back["status"], &back["slug"], &back["version"]), (&json!("UNPUBLISHED"), &json!("le-vieux-port"), &json!(4)));
        assert_eq!(seen(&kit, &id).await, json!(null));
        assert_eq!(kit.data(&kit.system(), trash, json!({})).await["articles"]["totalCount"], 0);
        assert_eq!(mistake(&act(&kit, "articleRestore", &id, 4, json!({})).await).0, "NOT_FOUND");
        done(&kit, "articlePublish", &id, 4, json!({})).await;
        assert_eq!(seen(&kit, &id).await["slug"], "le-vieux-port");
    }

    async fn an_article_is_read_as_it_stood_for_readers_at_an_instant(kit: Kit) {
        let id = kit.article(json!({ "headline": "Un", "slug": "un" })).await;
        kit.clock.advance(Duration::from_secs(60));
        done(&kit, "articlePublish", &id, 1, json!({})).await;
        kit.clock.advance(Duration::from_secs(60));
        done(&kit, "articleUpdate", &id, 2, json!({ "changes": { "headline": "Deux" } })).await;
        kit.clock.advance(Duration::from_secs(60));
        done(&kit, "articlePublish", &id, 3, json!({})).await;
        kit.clock.advance(Duration::from_secs(60));
        done(&kit, "articleWithdraw", &id, 4, json!({})).await;
        let query = "query($id: ID!, $at: DateTime!) { article(by: {id: $id}, asOf: $at) { headline } }";
        let editor = kit.as_role(Role::Editor);
        for (at, headline) in [
            ("2026-11-23T11:59:59Z", None),
            ("2026-11-23T12:00:59.999999Z", None),
            ("2026-11-23T12:01:00Z", Some("Un")),
            ("2026-11-23T12:02:59.999999Z", Some("Un")),
            ("2026-11-23T12:03:00Z", Some("Deux")),
            ("2026-11-23T12:04:00Z", None),
        ] {
            let data = kit.data(&editor, query, json!({ "id": id, "at": at })).await;
            assert_eq!(data["article"]["headline"].as_str(), headline, "{at}");
        }
        let code = kit.error_code(&kit.anonymous(), query, json!({ "id": id, "at": "2026-11-23T12:02:00Z" })).await;
        assert_eq!(code, "UNAUTHENTICATED");
    }

    async fn a_correction_stands_with_the_words_before_and_after(kit: Kit) {
        let id = kit.published(json!({ "headline": "Trois blessés", "body": { "markdown": "Trois blessés à Jacmel." } })).await;
        kit.clock.advance(Duration::from_secs(60));
        let correct = async |version: i64, more: Value| {
            let mut input = json!({ "id": id, "expectedVersion": version, "kind": "CORRECTION", "text": "Ils étaient deux." });
            input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let fields = "article { version revisedAt headline } correction { id kind text language correctedAt fromVersion toVersion
                changes { path before after hunks { op text } } }";
            kit.act(&kit.system(), "articleCorrect", fields, input).await
        };
        let done = correct(2, json!({ "changes": { "headline": "Deux blessés" } })).await;
        assert_eq!(done["article"], json!({ "version": 3, "revisedAt": "2026-11-23T12:01:00Z", "headline": "Deux blessés" }));
        let told = &done["correction"];
        assert_eq!((&told["fromVersion"], &told["toVersion"], &told["language"]), (&json!(1), &json!(3), &json!("fr")));
        let headline = &told["changes"][0];
        assert_eq!((&headline["path"], &headline["before"], &headline["after"]), (&json!("headline"), &json!("Trois blessés"), &json!("Deux blessés")));
        assert_eq!(headline["hunks"], json!([
            { "op": "DELETE", "text": "Trois" }, { "op": "INSERT", "text": "Deux" }, { "op": "EQUAL", "text": " blessés" },
        ]));
        let query = "query($id: ID!, $correction: ID!) { article(by: {id: $id}) { corrections { totalCount nodes { text changes { path } } } }
            corrections(where: { kind: { eq: CORRECTION }, article: { eq: $id } }) { totalCount nodes { article { headline } } }
            node(id: $correction) { ... on Correction { text } } }";
        let data = kit.data(&kit.anonymous(), query, json!({ "id": id, "correction": told["id"] })).await;
        assert_eq!(data["article"]["corrections"]["nodes"], json!([{ "text": "Ils étaient deux.", "changes": [{ "path": "headline" }] }]));
        assert_eq!(data["corrections"], json!({ "totalCount": 1, "nodes": [{ "article": { "headline": "Deux blessés" } }] }));
        assert_eq!(data["node"]["text"], "Ils étaient deux.");

        done_update(&kit, &id, 3).await;
        let mixed = correct(4, json!({ "changes": { "headline": "Un blessé" } })).await;
        assert_eq!((mistake(&mixed).0.as_str(), mistake(&mixed).1.as_str()), ("INVALID", "changes"));
        let released = correct(4, json!({ "kind": "UPDATE" })).await;
        let paths: Vec<&str> = released["correction"]["changes"].as_array().unwrap().iter().map(|field| field["path"].as_str().unwrap()).collect();
        assert!(paths.iter().all(|path| path.starts_with("body")) && !paths.is_empty(), "{paths:?}");
        let note = correct(5, json!({ "kind": "EDITOR_NOTE", "text": "Une remarque." })).await;
        assert_eq!((&note["correction"]["changes"], &note["article"]["version"]), (&json!([]), &json!(6)));
        let draft = kit.article(json!({})).await;
        let early = json!({ "id": draft, "expectedVersion": 1, "kind": "UPDATE", "text": "Trop tôt." });
        let payload = kit.act(&kit.system(), "articleCorrect", "article { id }", early).await;
        assert_eq!(mistake(&payload).2, "an article that is DRAFT cannot be corrected");
    }

    async fn two_versions_are_compared_word_by_word_for_the_desk(kit: Kit) {
        let id = kit.article(json!({ "headline": "Le port rouvre", "body": { "markdown": "Un." } })).await;
        done(&kit, "articleUpdate", &id, 1, json!({ "changes": { "headline": "Le port ferme", "tags": ["mer"] } })).await;
        let query = "query($id: ID!, $from: Int!, $to: Int) { article(by: {id: $id}, perspective: LATEST) {
            diff(from: $from, to: $to) { path before after hunks { op text } } } }";
        let ask = async |from: i64, to: Value| {
            let mut data = kit.data(&kit.system(), query, json!({ "id": id, "from": from, "to": to })).await;
            data["article"]["diff"].take()
        };
        let fields = ask(1, json!(null)).await;
        assert_eq!(fields[0]["hunks"], json!([
            { "op": "EQUAL", "text": "Le port " }, { "op": "DELETE", "text": "rouvre" }, { "op": "INSERT", "text": "ferme" },
        ]));
        assert_eq!((&fields[1]["path"], &fields[1]["before"], fields.as_array().unwrap().len()), (&json!("tags"), &json!(null), 2));
        assert_eq!(ask(2, json!(2)).await, json!([]));
        assert_eq!(ask(1, json!(9)).await, json!(null), "there is no such version");
    }
}

async fn done_update(kit: &Kit, id: &str, version: i64) {
    done(kit, "articleUpdate", id, version, text("Deux blessés à Jacmel, légèrement.")).await;
}
