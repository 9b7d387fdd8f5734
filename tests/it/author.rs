//! Authors: created, changed, deleted and found. Their lists are in `author_list`.

use std::time::Duration;

use masthead_domain::policy::{Role, Scope};
use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

const FIELDS: &str = "author { id slug name bio email sameAs path canonicalUrl version createdAt updatedAt }";

fn update(id: &str, version: i64, changes: Value) -> Value {
    json!({ "id": id, "expectedVersion": version, "changes": changes })
}

/// The kind, code and path of each mistake.
fn mistakes(payload: &Value) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    payload["userErrors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| {
            let path: Vec<String> = error["path"].as_array().unwrap().iter().map(text).collect();
            (text(&error["__typename"]), text(&error["code"]), path.join("."))
        })
        .collect()
}

fn mistake(kind: &str, code: &str, path: &str) -> (String, String, String) {
    (kind.to_owned(), code.to_owned(), path.to_owned())
}

both_engines! {
    async fn an_author_is_created_whole_and_logged(kit: Kit) {
        let editor = kit.as_user(Role::Editor).await;
        let input = json!({
            "clientMutationId": "one",
            "slug": "j-pierre",
            "name": "  Jean\tPierre ",
            "bio": "<p>Writes.</p><script>alert(1)</script>",
            "email": "Jean@News.EXAMPLE",
            "sameAs": ["https://social.example/@jean"],
        });
        let payload = kit.done(&editor, "authorCreate", FIELDS, input).await;
        let id = payload["author"]["id"].as_str().unwrap();
        assert!(id.starts_with("aut_"), "{id}");
        assert_eq!(payload["clientMutationId"], "one");
        assert_eq!(payload["author"], json!({
            "id": id,
            "slug": "j-pierre",
            "name": "Jean Pierre",
            "bio": "<p>Writes.</p>",
            "email": "Jean@news.example",
            "sameAs": ["https://social.example/@jean"],
            "path": "/author/j-pierre",
            "canonicalUrl": "https://news.example/author/j-pierre",
            "version": 1,
            "createdAt": "2026-11-23T12:00:00Z",
            "updatedAt": "2026-11-23T12:00:00Z",
        }));

        let log = kit.change_log().await;
        let [row] = log.as_slice() else { panic!("{log:#?}") };
        assert_eq!((row.seq, row.kind.as_str(), row.entity.as_str(), row.version), (1, "CREATED", id, Some(1)));
        assert_eq!((row.at.to_rfc3339().as_str(), &row.actor), ("2026-11-23T12:00:00+00:00", &editor.name()));
        assert_eq!((&row.reason, &row.before, row.fields.is_empty()), (&None, &None, true));
        assert_eq!(row.after, Some(json!({ "path": "/author/j-pierre", "authors": [id] })));
    }

    async fn a_slug_made_from_the_name_is_made_free(kit: Kit) {
        for expected in ["jean-pierre", "jean-pierre-2", "jean-pierre-3"] {
            let payload = kit.done(&kit.system(), "authorCreate", FIELDS, json!({ "name": "Jean Pierre" })).await;
            assert_eq!(payload["author"]["slug"], expected);
        }
    }

    async fn a_slug_that_was_asked_for_and_is_taken_comes_back_with_a_free_one(kit: Kit) {
        let holder = kit.author("Jean Pierre").await;
        kit.author("Jean Pierre").await;
        let input = json!({ "name": "Another", "slug": "jean-pierre" });
        let payload = kit.act(&kit.system(), "authorCreate", FIELDS, input).await;
        assert_eq!(payload["author"], Value::Null);
        assert_eq!(mistakes(&payload), [mistake("SlugTakenError", "SLUG_TAKEN", "slug")]);
        let taken = &payload["userErrors"][0];
        assert_eq!((&taken["suggestion"], &taken["heldBy"]), (&json!("jean-pierre-3"), &json!(holder)));

        let other = kit.author("Other").await;
        let input = update(&other, 1, json!({ "slug": "jean-pierre" }));
        let payload = kit.act(&kit.system(), "authorUpdate", FIELDS, input).await;
        assert_eq!(mistakes(&payload), [mistake("SlugTakenError", "SLUG_TAKEN", "changes.slug")]);
        assert_eq!(kit.row_count("change_log").await, 3);
    }

    async fn everything_wrong_with_an_input_is_told_at_once_and_nothing_is_kept(kit: Kit) {
        let input = json!({
            "name": " \u{202e} ",
            "slug": "Not A Slug",
            "email": "nobody",
            "sameAs": ["https://ok.example", "javascript:alert(1)"],
            "portraitId": "cat_01h455vb4pex5vsknk084sn02q",
        });
        let payload = kit.act(&kit.system(), "authorCreate", FIELDS, input).await;
        assert_eq!(mistakes(&payload), [
            mistake("ValidationError", "INVALID", "slug"),
            mistake("ValidationError", "REQUIRED", "name"),
            mistake("ValidationError", "INVALID", "email"),
            mistake("ValidationError", "INVALID", "sameAs.1"),
            mistake("ValidationError", "INVALID", "portraitId"),
        ]);
        for (input, expected) in [
            (json!({ "name": "n".repeat(301) }), mistake("ValidationError", "TOO_LONG", "name")),
            (json!({ "name": "🎸" }), mistake("ValidationError", "INVALID", "name")),
            (json!({ "name": "N", "slug": "graphql" }), mistake("ValidationError", "INVALID", "slug")),
            (json!({ "name": "N", "bio": "b".repeat(40_001) }), mistake("ValidationError", "TOO_LONG", "bio")),
            (json!({ "name": "N", "sameAs": vec!["https://a.example"; 21] }), mistake("ValidationError", "TOO_LONG", "sameAs")),
            (
                json!({ "name": "N", "portraitId": "med_01h455vb4pex5vsknk084sn02q" }),
                mistake("NotFoundError", "NOT_FOUND", "portraitId"),
            ),
        ] {
            let payload = kit.act(&kit.system(), "authorCreate", FIELDS, input).await;
            assert_eq!((mistakes(&payload), &payload["author"]), (vec![expected], &Value::Null));
        }
        assert_eq!((kit.row_count("authors").await, kit.row_count("change_log").await), (0, 0));
    }

    async fn an_update_leaves_what_is_absent_and_clears_what_is_null(kit: Kit) {
        let input = json!({
            "name": "Jean", "bio": "<p>B</p>", "email": "j@news.example", "sameAs": ["https://a.example/"],
        });
        let id = kit.make("author", input).await;
        kit.clock.advance(Duration::from_secs(60));
        let changes = update(&id, 1, json!({ "name": "Jeanne", "bio": null, "sameAs": null }));
        let payload = kit.done(&kit.system(), "authorUpdate", FIELDS, changes).await;
        let author = &payload["author"];
        assert_eq!((&author["name"], &author["bio"], &author["sameAs"]), (&json!("Jeanne"), &Value::Null, &json!([])));
        assert_eq!((&author["email"], &author["slug"]), (&json!("j@news.example"), &json!("jean")));
        assert_eq!((&author["version"], &author["createdAt"]), (&json!(2), &json!("2026-11-23T12:00:00Z")));
        assert_eq!(author["updatedAt"], "2026-11-23T12:01:00Z");

        let log = kit.change_log().await;
        assert_eq!((log.len(), log[1].kind.as_str(), log[1].version), (2, "UPDATED", Some(2)));
        assert_eq!(log[1].fields, ["name", "bio", "sameAs"]);
        assert_eq!(log[1].before, log[0].after);

        for field in ["name", "slug"] {
            let input = update(&id, 2, json!({ field: null }));
            let payload = kit.act(&kit.system(), "authorUpdate", FIELDS, input).await;
            assert_eq!(mistakes(&payload), [mistake("ValidationError", "REQUIRED", &format!("changes.{field}"))]);
        }
    }

    async fn a_new_slug_is_logged_with_both_addresses(kit: Kit) {
        let id = kit.author("Jean").await;
        kit.done(&kit.system(), "authorUpdate", "", update(&id, 1, json!({ "slug": "jeanne" }))).await;
        let log = kit.change_log().await;
        assert_eq!(log[1].before, Some(json!({ "path": "/author/jean", "authors": [id] })));
        assert_eq!(log[1].after, Some(json!({ "path": "/author/jeanne", "authors": [id] })));
    }

    async fn a_change_for_another_version_is_a_conflict_that_says_what_changed(kit: Kit) {
        let id = kit.author("Jean").await;
        kit.done(&kit.system(), "authorUpdate", "", update(&id, 1, json!({ "name": "Jeanne" }))).await;
        kit.done(&kit.system(), "authorUpdate", "", update(&id, 2, json!({ "email": "j@news.example" }))).await;
        let payload = kit.act(&kit.system(), "authorUpdate", FIELDS, update(&id, 1, json!({ "bio": "mine" }))).await;
        assert_eq!(mistakes(&payload), [mistake("VersionConflictError", "VERSION_CONFLICT", "expectedVersion")]);
        let conflict = &payload["userErrors"][0];
        assert_eq!((&conflict["expectedVersion"], &conflict["currentVersion"]), (&json!(1), &json!(3)));
        assert_eq!(conflict["changedFields"], json!(["email", "name"]));

        let payload = kit.act(&kit.system(), "authorUpdate", FIELDS, update(&id, 9, json!({ "bio": "mine" }))).await;
        assert_eq!(payload["userErrors"][0]["changedFields"], json!([]), "a version from the future is a conflict too");
        let payload =
            kit.act(&kit.system(), "authorDelete", "deletedId", json!({ "id": id, "expectedVersion": 1 })).await;
        assert_eq!(mistakes(&payload), [mistake("VersionConflictError", "VERSION_CONFLICT", "expectedVersion")]);
        assert_eq!((&payload["deletedId"], kit.row_count("authors").await), (&Value::Null, 1));
    }

    async fn writing_what_already_stands_there_changes_nothing(kit: Kit) {
        let id = kit.author("Jean").await;
        kit.clock.advance(Duration::from_secs(60));
        for changes in [json!({}), json!({ "name": " Jean ", "slug": "jean", "bio": null, "sameAs": [] })] {
            let payload = kit.done(&kit.system(), "authorUpdate", FIELDS, update(&id, 1, changes)).await;
            assert_eq!(payload["author"]["version"], 1);
            assert_eq!(payload["author"]["updatedAt"], "2026-11-23T12:00:00Z");
        }
        assert_eq!(kit.changes().await, [format!("CREATED {id}")]);
    }

    async fn an_author_is_deleted_once(kit: Kit) {
        let id = kit.author("Jean").await;
        let input = json!({ "id": id, "expectedVersion": 1, "clientMutationId": "bye" });
        let payload = kit.done(&kit.system(), "authorDelete", "deletedId", input.clone()).await;
        assert_eq!((&payload["deletedId"], &payload["clientMutationId"]), (&json!(id), &json!("bye")));
        let data = kit.data(&kit.anonymous(), "query($id: ID!) { node(id: $id) { id } }", json!({ "id": id })).await;
        assert_eq!(data["node"], Value::Null);

        let log = kit.change_log().await;
        assert_eq!((log[1].kind.as_str(), log[1].version, log[1].reason.as_deref()), ("DELETED", None, Some("DELETED")));
        assert_eq!((&log[1].before, &log[1].after), (&log[0].after, &None));

        let payload = kit.act(&kit.system(), "authorDelete", "deletedId", input).await;
        assert_eq!(mistakes(&payload), [mistake("NotFoundError", "NOT_FOUND", "id")]);
        assert_eq!(kit.row_count("change_log").await, 2);
        assert_eq!(kit.author("Jean").await.len(), id.len(), "the slug is free again");
    }

    async fn an_author_whom_articles_credit_stays(kit: Kit) {
        let id = kit.author("Jean").await;
        for headline in ["One", "Two"] {
            let input = json!({
                "language": "fr", "headline": headline, "authors": [{ "authorId": id, "role": "AUTHOR" }],
            });
            kit.done(&kit.system(), "articleCreate", "", input).await;
        }
        let payload =
            kit.act(&kit.system(), "authorDelete", "deletedId", json!({ "id": id, "expectedVersion": 1 })).await;
        assert_eq!(mistakes(&payload), [mistake("ValidationError", "IN_USE", "id")]);
        assert!(payload["userErrors"][0]["message"].as_str().unwrap().contains("2 times"), "{payload:#}");
        assert_eq!((kit.row_count("authors").await, kit.row_count("change_log").await), (1, 3));
    }

    async fn an_act_on_a_foreign_or_malformed_id_is_a_mistake_of_the_input(kit: Kit) {
        for (id, expected) in [
            ("aut_01h455vb4pex5vsknk084sn02q", mistake("NotFoundError", "NOT_FOUND", "id")),
            ("cat_01h455vb4pex5vsknk084sn02q", mistake("ValidationError", "INVALID", "id")),
            ("7", mistake("ValidationError", "INVALID", "id")),
        ] {
            let payload = kit.act(&kit.system(), "authorUpdate", FIELDS, update(id, 1, json!({ "name": "N" }))).await;
            assert_eq!(mistakes(&payload), std::slice::from_ref(&expected));
            let payload =
                kit.act(&kit.system(), "authorDelete", "deletedId", json!({ "id": id, "expectedVersion": 1 })).await;
            assert_eq!(mistakes(&payload), [expected]);
        }
    }

    async fn who_may_not_keep_authors_is_refused_and_nothing_happens(kit: Kit) {
        let id = kit.author("Jean").await;
        let acts = [
            ("authorCreate", json!({ "name": "N" })),
            ("authorUpdate", update(&id, 1, json!({ "name": "N" }))),
            ("authorDelete", json!({ "id": id, "expectedVersion": 1 })),
        ];
        for (mutation, input) in &acts {
            assert_eq!(kit.refused(&kit.anonymous(), mutation, input.clone()).await, "UNAUTHENTICATED");
            let low = [kit.as_role(Role::Reader), kit.as_user(Role::Contributor).await];
            let keys = [kit.as_key(&[]), kit.as_key(&[Scope::TaxonomyWrite, Scope::ArticlesWrite])];
            for caller in low.iter().chain(&keys) {
                assert_eq!(kit.refused(caller, mutation, input.clone()).await, "FORBIDDEN", "{caller:?}");
            }
        }
        assert_eq!(kit.row_count("change_log").await, 1);
        for caller in [kit.as_role(Role::Editor), kit.as_user(Role::Admin).await, kit.as_key(&[Scope::PeopleWrite])] {
            kit.done(&caller, "authorCreate", "", json!({ "name": "N" })).await;
        }
        let actors: Vec<String> = kit.change_log().await.into_iter().map(|row| row.actor).collect();
        assert_eq!((actors[0].as_str(), actors[1].as_str()), ("system", "token:editor"));
        assert!(actors[2].starts_with("usr_") && actors[3].starts_with("key_"), "{actors:?}");
    }

    async fn an_author_is_found_by_id_and_slug_and_what_is_not_there_is_null(kit: Kit) {
        let id = kit.author("Jean Pierre").await;
        let found = json!({ "id": id, "name": "Jean Pierre" });
        let by = "query($by: AuthorBy!) { author(by: $by) { id name } }";
        for (by_value, expected) in [
            (json!({ "id": id }), &found),
            (json!({ "slug": "jean-pierre" }), &found),
            (json!({ "slug": "Jean-Pierre" }), &Value::Null),
            (json!({ "id": "aut_01h455vb4pex5vsknk084sn02q" }), &Value::Null),
            (json!({ "id": id.replace("aut_", "cat_") }), &Value::Null),
            (json!({ "id": "nonsense" }), &Value::Null),
        ] {
            assert_eq!(kit.data(&kit.anonymous(), by, json!({ "by": by_value })).await["author"], *expected);
        }

        let nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Author { name } } }";
        let other = kit.author("Other").await;
        let data = kit.data(&kit.anonymous(), nodes, json!({ "ids": [other, "nonsense", id, other] })).await;
        let names: Vec<&Value> = data["nodes"].as_array().unwrap().iter().map(|node| &node["name"]).collect();
        assert_eq!(names, [&json!("Other"), &Value::Null, &json!("Jean Pierre"), &json!("Other")]);
        assert_eq!(data["nodes"][0]["__typename"], "Author");
        let too_many = json!({ "ids": vec![id; 101] });
        assert_eq!(kit.error_code(&kit.anonymous(), nodes, too_many).await, "BAD_USER_INPUT");
    }

    async fn a_failed_act_leaves_nothing_and_the_next_one_works(kit: Kit) {
        let before = kit.row_count("change_log").await;
        kit.act(&kit.system(), "authorCreate", "", json!({ "name": "" })).await;
        kit.refused(&kit.anonymous(), "authorCreate", json!({ "name": "N" })).await;
        kit.author("Jean").await;
        let log = kit.change_log().await;
        assert_eq!((before, log.len(), log[0].seq), (0, 1, 1), "the log has no gaps");
    }

    async fn two_changes_at_once_are_one_change_and_one_conflict(kit: Kit) {
        let id = kit.author("Jean").await;
        let system = kit.system();
        let (one, two) = tokio::join!(
            kit.act(&system, "authorUpdate", FIELDS, update(&id, 1, json!({ "name": "One" }))),
            kit.act(&system, "authorUpdate", FIELDS, update(&id, 1, json!({ "name": "Two" }))),
        );
        let done = [&one, &two].into_iter().filter(|payload| payload["author"].is_object()).count();
        let conflicts: Vec<_> = [&one, &two].into_iter().flat_map(mistakes).map(|(_, code, _)| code).collect();
        assert_eq!((done, conflicts), (1, vec!["VERSION_CONFLICT".to_owned()]), "{one:#} {two:#}");
        assert_eq!(kit.row_count("change_log").await, 2);
    }
}
