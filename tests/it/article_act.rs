//! Articles made, changed, published, taken off the site and deleted.

use std::time::Duration;

use masthead_app::Caller;
use masthead_domain::policy::Role;
use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

use crate::article_newsroom::{Page, page};

const FIELDS: &str = "article { id version slug path status kind headline secondaryHeadline lede kicker byline
    publishedAt firstPublishedAt editorial { scheduledFor embargoUntil expiresAt }
    authors { role creditedAs author { name } } categories { slug } tags { slug } links { kind url }
    references { id number source { title } } contacts { name } gallery { caption } body { text } }";

async fn create(kit: &Kit, caller: &Caller, input: Value) -> Value {
    kit.act(caller, "articleCreate", FIELDS, input).await
}

/// Changes an article at a version, as the server.
async fn update(kit: &Kit, id: &str, version: i64, changes: Value) -> Value {
    let input = json!({ "id": id, "expectedVersion": version, "changes": changes });
    kit.act(&kit.system(), "articleUpdate", FIELDS, input).await
}

async fn act(kit: &Kit, mutation: &str, id: &str, version: i64, more: Value) -> Value {
    let mut input = json!({ "id": id, "expectedVersion": version });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    kit.act(&kit.system(), mutation, if mutation == "articleDelete" { "deletedId" } else { FIELDS }, input).await
}

/// The code and path of the only mistake.
fn mistake(payload: &Value) -> (String, Vec<String>) {
    let mistakes = payload["userErrors"].as_array().unwrap();
    assert_eq!(mistakes.len(), 1, "{payload:#}");
    assert!(payload.get("article").is_none_or(Value::is_null), "{payload:#}");
    let path = mistakes[0]["path"].as_array().unwrap().iter().map(|step| step.as_str().unwrap().to_owned()).collect();
    (mistakes[0]["code"].as_str().unwrap().to_owned(), path)
}

fn at(code: &str, path: &[&str]) -> (String, Vec<String>) {
    (code.to_owned(), path.iter().map(|&step| step.to_owned()).collect())
}

both_engines! {
    async fn what_is_scheduled_is_no_longer_its_writers_alone(kit: Kit) {
        let writer = kit.as_user(Role::Contributor).await;
        let new = json!({ "language": "fr", "headline": "Demain" });
        let id = create(&kit, &writer, new).await["article"]["id"].as_str().unwrap().to_owned();
        kit.publish(&id, json!({ "at": "2026-11-24T00:00:00Z" })).await;
        let aimed = |version: i64| json!({ "id": id, "expectedVersion": version });
        let with = |version: i64, key: &str, value: Value| { let mut input = aimed(version); input[key] = value; input };
        let changed = |version: i64| with(version, "changes", json!({ "headline": "Autre" }));
        for (mutation, input) in [
            ("articleUpdate", changed(2)),
            ("articleSetReferences", with(2, "references", json!([]))),
            ("articleDelete", aimed(2)),
        ] {
            assert_eq!(kit.refused(&writer, mutation, input).await, "FORBIDDEN", "{mutation}");
        }
        kit.done(&kit.system(), "articleUnpublish", "", aimed(2)).await;
        kit.done(&writer, "articleUpdate", "", changed(3)).await;
        kit.done(&writer, "articleDelete", "", aimed(4)).await;
    }

    async fn a_headline_is_enough_for_a_draft(kit: Kit) {
        let writer = kit.as_user(Role::Contributor).await;
        let input = json!({ "language": "fr", "headline": "  Le port rouvre ", "clientMutationId": "c1" });
        let payload = create(&kit, &writer, input).await;
        assert_eq!((&payload["userErrors"], &payload["clientMutationId"]), (&json!([]), &json!("c1")));
        let article = &payload["article"];
        assert_eq!(article["headline"], "Le port rouvre");
        assert_eq!(article["path"], "/fr/le-port-rouvre");
        assert_eq!((&article["status"], &article["kind"], &article["version"]), (&json!("DRAFT"), &json!("NEWS"), &json!(1)));
        assert_eq!((&article["publishedAt"], &article["body"]["text"]), (&Value::Null, &json!("")));
        let id = article["id"].as_str().unwrap();
        assert_eq!(kit.changes().await, [format!("CREATED {id}")]);
    }

    async fn a_slug_is_made_free_or_refused_with_a_better_one(kit: Kit) {
        let first = kit.article(json!({ "headline": "Le port" })).await;
        let second = create(&kit, &kit.system(), json!({ "language": "fr", "headline": "Le port" })).await;
        assert_eq!(second["article"]["slug"], "le-port-2");
        let asked = json!({ "language": "fr", "headline": "Autre", "slug": "le-port" });
        let payload = create(&kit, &kit.system(), asked.clone()).await;
        assert_eq!(mistake(&payload), at("SLUG_TAKEN", &["slug"]));
        assert_eq!(payload["userErrors"][0]["suggestion"], "le-port-3");
        assert_eq!(payload["userErrors"][0]["heldBy"], first);
        let stranger = kit.as_user(Role::Contributor).await;
        let payload = create(&kit, &stranger, asked).await;
        assert_eq!(payload["userErrors"][0]["heldBy"], Value::Null, "who may not see the holder is not told");
        let creole = create(&kit, &kit.system(), json!({ "language": "ht", "headline": "X", "slug": "le-port" })).await;
        assert_eq!(creole["article"]["path"], "/ht/le-port");
        let payload = update(&kit, second["article"]["id"].as_str().unwrap(), 1, json!({ "slug": "le-port" })).await;
        assert_eq!(mistake(&payload), at("SLUG_TAKEN", &["changes", "slug"]));
    }

    async fn an_absent_key_leaves_and_null_clears(kit: Kit) {
        let Page { id, .. } = page(&kit).await;
        let payload = update(&kit, &id, 2, json!({ "kicker": null, "byline": null, "authors": null, "links": [], "tags": ["Mer"] })).await;
        let article = &payload["article"];
        assert_eq!(payload["userErrors"], json!([]));
        assert_eq!(article["version"], 3);
        assert_eq!((&article["kicker"], &article["byline"]), (&Value::Null, &Value::Null));
        assert_eq!((&article["authors"], &article["links"]), (&json!([]), &json!([])));
        assert_eq!(article["tags"], json!([{ "slug": "mer" }]));
        assert_eq!(article["secondaryHeadline"], "Trois ans après la tempête");
        assert_eq!(article["references"].as_array().unwrap().len(), 2);
        assert_eq!(article["gallery"].as_array().unwrap().len(), 2);
        for (field, value) in [("headline", "headline"), ("slug", "slug"), ("kind", "kind")] {
            let payload = update(&kit, &id, 3, json!({ field: null })).await;
            assert_eq!(mistake(&payload), at("REQUIRED", &["changes", value]));
        }
    }

    async fn writing_what_stands_there_changes_nothing(kit: Kit) {
        let Page { id, authors, categories, sources, media, contact, .. } = page(&kit).await;
        let query = "query Q($id: ID!) { article(by: {id: $id}) { body { json html } } }";
        let data = kit.data(&kit.anonymous(), query, json!({ "id": id })).await;
        let before = kit.changes().await.len();
        for changes in [
            json!({}),
            json!({ "headline": " Le port rouvre", "kind": "NEWS", "slug": "le-port-rouvre" }),
            json!({ "body": { "blocks": data["article"]["body"]["json"] } }),
            json!({ "authors": [{ "authorId": authors[0] }, { "authorId": authors[1], "role": "PHOTOGRAPHER", "creditedAs": "A. M." }] }),
            json!({ "tags": ["PORT", "pêche"], "contactIds": [contact] }),
            json!({ "gallery": [{ "mediaId": media[0], "caption": "À l’aube" }, { "mediaId": media[1] }] }),
            json!({ "references": [
                { "source": { "id": sources[0] }, "locator": "p. 4", "quote": "Le port attendra." },
                { "source": { "url": "https://www.sources.example/17/?utm_source=x" }, "note": "Annexe 2" },
            ] }),
        ] {
            let payload = update(&kit, &id, 2, changes.clone()).await;
            assert_eq!(payload["userErrors"], json!([]), "{changes}");
            assert_eq!(payload["article"]["version"], 2, "{changes}");
        }
        assert_eq!(kit.changes().await.len(), before);
        let payload = update(&kit, &id, 2, json!({ "categoryIds": [categories[1], categories[0]] })).await;
        assert_eq!(payload["article"]["categories"], json!([{ "slug": "actualites" }, { "slug": "port" }]));
    }

    async fn a_change_for_an_old_version_is_refused_with_what_changed(kit: Kit) {
        let id = kit.article(json!({ "headline": "Un" })).await;
        update(&kit, &id, 1, json!({ "headline": "Deux", "lede": "Avant." })).await;
        let payload = update(&kit, &id, 1, json!({ "headline": "Trois" })).await;
        assert_eq!(mistake(&payload), at("VERSION_CONFLICT", &["expectedVersion"]));
        let error = &payload["userErrors"][0];
        assert_eq!((&error["expectedVersion"], &error["currentVersion"]), (&json!(1), &json!(2)));
        assert_eq!(error["changedFields"], json!(["headline", "lede"]));
        for mutation in ["articlePublish", "articleDelete"] {
            assert_eq!(mistake(&act(&kit, mutation, &id, 7, json!({})).await).0, "VERSION_CONFLICT");
        }
    }

    async fn mistakes_name_the_whole_input_field(kit: Kit) {
        let Page { id, authors, sources, .. } = page(&kit).await;
        let before = kit.changes().await.len();
        let (none, long) = ("aut_00000000000000000000000000", "a".repeat(301));
        let gone = |prefix: &str| format!("{prefix}_00000000000000000000000000");
        for (changes, code, path) in [
            (json!({ "headline": "  " }), "REQUIRED", vec!["headline"]),
            (json!({ "headline": long }), "TOO_LONG", vec!["headline"]),
            (json!({ "slug": "Le Port" }), "INVALID", vec!["slug"]),
            (json!({ "slug": "graphql" }), "INVALID", vec!["slug"]),
            (json!({ "lede": "a".repeat(2_001) }), "TOO_LONG", vec!["lede"]),
            (json!({ "authors": [{ "authorId": authors[0] }, { "authorId": none }] }), "NOT_FOUND", vec!["authors", "1", "authorId"]),
            (json!({ "authors": [{ "authorId": id }] }), "INVALID", vec!["authors", "0", "authorId"]),
            (json!({ "authors": [{ "authorId": authors[0] }, { "authorId": authors[0] }] }), "INVALID", vec!["authors", "1"]),
            (json!({ "authors": [{ "authorId": authors[0], "creditedAs": long }] }), "TOO_LONG", vec!["authors", "0", "creditedAs"]),
            (json!({ "categoryIds": [gone("cat")] }), "NOT_FOUND", vec!["categoryIds", "0"]),
            (json!({ "categoryIds": ["rubrique"] }), "INVALID", vec!["categoryIds", "0"]),
            (json!({ "contactIds": [gone("con")] }), "NOT_FOUND", vec!["contactIds", "0"]),
            (json!({ "tags": ["bon", "!"] }), "INVALID", vec!["tags", "1"]),
            (json!({ "tags": vec!["t"; 101] }), "TOO_LONG", vec!["tags"]),
            (json!({ "gallery": [{ "mediaId": gone("med") }] }), "NOT_FOUND", vec!["gallery", "0", "mediaId"]),
            (json!({ "links": [{ "kind": "VISIT", "url": "javascript:alert(1)" }] }), "INVALID", vec!["links", "0", "url"]),
            (json!({ "references": [{ "source": { "id": sources[0] } }, { "source": { "id": gone("src") } }] }), "NOT_FOUND", vec!["references", "1", "source", "id"]),
            (json!({ "references": [{ "source": { "url": "/ici" } }] }), "INVALID", vec!["references", "0", "source", "url"]),
            (json!({ "references": [{ "source": { "doi": "x" } }] }), "INVALID", vec!["references", "0", "source", "doi"]),
            (json!({ "references": [{ "source": { "create": { "kind": "BOOK", "title": "" } } }] }), "REQUIRED", vec!["references", "0", "source", "create", "title"]),
            (json!({ "references": [] }), "REFERENCE_MARKER_MISMATCH", vec!["body"]),
            (json!({ "body": { "blocks": [{ "kind": "paragraph", "text": [{ "kind": "text", "texte": "x" }] }] } }), "INVALID", vec!["body", "blocks", "0", "text", "0", "texte"]),
            (json!({ "body": { "blocks": { "version": 9, "blocks": [] } } }), "INVALID", vec!["body", "blocks", "version"]),
            (json!({ "body": { "blocks": [{ "kind": "image", "media": gone("med") }] } }), "NOT_FOUND", vec!["body"]),
        ] {
            let payload = update(&kit, &id, 2, changes.clone()).await;
            let mistakes = payload["userErrors"].as_array().unwrap();
            let path: Vec<&str> = [&["changes"], path.as_slice()].concat();
            assert_eq!(mistakes[0]["code"], code, "{changes} {payload:#}");
            assert_eq!(mistakes[0]["path"], json!(path), "{changes}");
            assert_eq!(payload["article"], Value::Null);
        }
        assert_eq!(kit.changes().await.len(), before, "nothing of it remains");
    }

    async fn all_mistakes_come_at_once(kit: Kit) {
        let input = json!({
            "language": "fr", "headline": "", "slug": "A B", "translationOf": "x",
            "links": [{ "kind": "VISIT", "url": "x" }, { "kind": "VISIT", "url": "https://ok.example" }, { "kind": "VISIT", "url": "y" }],
        });
        let payload = create(&kit, &kit.system(), input).await;
        let paths: Vec<&Value> = payload["userErrors"].as_array().unwrap().iter().map(|error| &error["path"]).collect();
        assert_eq!(paths, [&json!(["translationOf"]), &json!(["slug"]), &json!(["headline"]), &json!(["links", "0", "url"]), &json!(["links", "2", "url"])]);
    }

    async fn roles_do_what_they_may(kit: Kit) {
        let new = json!({ "language": "fr", "headline": "Un" });
        assert_eq!(kit.refused(&kit.anonymous(), "articleCreate", new.clone()).await, "UNAUTHENTICATED");
        assert_eq!(kit.refused(&kit.as_role(Role::Reader), "articleCreate", new.clone()).await, "FORBIDDEN");
        let (writer, other) = (kit.as_user(Role::Contributor).await, kit.as_user(Role::Contributor).await);
        let id = create(&kit, &writer, new).await["article"]["id"].as_str().unwrap().to_owned();
        let change = |headline: &str| json!({ "id": id, "expectedVersion": 1, "changes": { "headline": headline } });
        let unseen = kit.act(&other, "articleUpdate", FIELDS, change("Vol")).await;
        assert_eq!(mistake(&unseen), at("NOT_FOUND", &["id"]), "a draft of somebody else is not there");
        kit.done(&writer, "articleUpdate", FIELDS, change("Deux")).await;
        let publish = json!({ "id": id, "expectedVersion": 2 });
        assert_eq!(kit.refused(&writer, "articlePublish", publish.clone()).await, "FORBIDDEN");
        assert_eq!(kit.refused(&kit.as_role(Role::Editor), "articlePublish", publish.clone()).await, "FORBIDDEN");
        kit.done(&kit.as_role(Role::Publisher), "articlePublish", FIELDS, publish).await;
        let late = json!({ "id": id, "expectedVersion": 3, "changes": { "headline": "Trois" } });
        assert_eq!(kit.refused(&writer, "articleUpdate", late.clone()).await, "FORBIDDEN", "published is no longer one's own");
        assert_eq!(kit.refused(&other, "articleUpdate", late.clone()).await, "FORBIDDEN");
        kit.done(&kit.as_role(Role::Editor), "articleUpdate", FIELDS, late).await;
    }

    async fn an_article_is_published_once_and_scheduled_as_often_as_needed(kit: Kit) {
        let id = kit.article(json!({})).await;
        let later = act(&kit, "articlePublish", &id, 1, json!({ "at": "2026-11-24T06:00:00-05:00", "expiresAt": "2026-12-01T00:00:00Z" })).await;
        assert_eq!(later["article"]["status"], "SCHEDULED");
        assert_eq!(later["article"]["publishedAt"], "2026-11-24T11:00:00Z");
        assert_eq!(later["article"]["firstPublishedAt"], Value::Null);
        assert_eq!(later["article"]["editorial"], json!({ "scheduledFor": "2026-11-24T11:00:00Z", "embargoUntil": null, "expiresAt": "2026-12-01T00:00:00Z" }));
        let now = act(&kit, "articlePublish", &id, 2, json!({})).await;
        assert_eq!((&now["article"]["status"], &now["article"]["firstPublishedAt"]), (&json!("PUBLISHED"), &json!("2026-11-23T12:00:00Z")));
        assert_eq!(now["article"]["editorial"]["expiresAt"], Value::Null, "a publication says the whole window");
        let again = act(&kit, "articlePublish", &id, 3, json!({})).await;
        assert_eq!(mistake(&again), at("FORBIDDEN_TRANSITION", &["id"]));
        let draft = kit.article(json!({})).await;
        for window in [
            json!({ "expiresAt": "2026-11-23T12:00:00Z" }),
            json!({ "at": "2026-11-25T00:00:00Z", "expiresAt": "2026-11-24T00:00:00Z" }),
            json!({ "embargoUntil": "2026-11-25T00:00:00Z", "expiresAt": "2026-11-25T00:00:00Z" }),
        ] {
            assert_eq!(mistake(&act(&kit, "articlePublish", &draft, 1, window).await), at("INVALID", &["expiresAt"]));
        }
    }

    async fn an_article_leaves_the_site_and_comes_back_with_its_first_date(kit: Kit) {
        let id = kit.published(json!({})).await;
        kit.clock.advance(Duration::from_secs(60));
        let gone = act(&kit, "articleUnpublish", &id, 2, json!({ "reason": "RIGHTS", "publicNotice": " Retiré. " })).await;
        assert_eq!((&gone["article"]["status"], &gone["article"]["publishedAt"]), (&json!("UNPUBLISHED"), &Value::Null));
        assert_eq!(mistake(&act(&kit, "articleUnpublish", &id, 3, json!({})).await), at("FORBIDDEN_TRANSITION", &["id"]));
        let back = act(&kit, "articlePublish", &id, 3, json!({})).await;
        assert_eq!(back["article"]["publishedAt"], "2026-11-23T12:01:00Z");
        assert_eq!(back["article"]["firstPublishedAt"], "2026-11-23T12:00:00Z");
        for reason in ["KILLED", "DELETED", "MERGED", "LEFT_SCOPE"] {
            let payload = act(&kit, "articleUnpublish", &id, 4, json!({ "reason": reason })).await;
            assert_eq!(mistake(&payload), at("INVALID", &["reason"]));
        }
        let long = act(&kit, "articleUnpublish", &id, 4, json!({ "publicNotice": "a".repeat(2_001) })).await;
        assert_eq!(mistake(&long), at("TOO_LONG", &["publicNotice"]));
        let log = kit.changes().await;
        assert_eq!(log[log.len() - 2..], [format!("REMOVED {id}"), format!("PUBLISHED {id}")]);
    }

    async fn a_deleted_article_leaves_its_slug(kit: Kit) {
        let id = kit.published(json!({ "headline": "Le port" })).await;
        let payload = act(&kit, "articleDelete", &id, 2, json!({})).await;
        assert_eq!(payload["deletedId"], id);
        assert_eq!(mistake(&act(&kit, "articleDelete", &id, 3, json!({})).await), at("NOT_FOUND", &["id"]));
        let next = create(&kit, &kit.system(), json!({ "language": "fr", "headline": "Le port" })).await;
        assert_eq!(next["article"]["slug"], "le-port");
        assert_eq!(mistake(&act(&kit, "articleDelete", "cat_00000000000000000000000000", 1, json!({})).await), at("INVALID", &["id"]));
        let log = kit.changes().await;
        assert_eq!(log[log.len() - 2], format!("DELETED {id}"));
    }

    async fn a_story_has_one_edition_in_each_language(kit: Kit) {
        let original = kit.article(json!({})).await;
        let edition = |language: &str, of: &str| json!({ "language": language, "headline": "X", "translationOf": of });
        kit.make("article", edition("en", &original)).await;
        for (language, of) in [("en", original.as_str()), ("fr", original.as_str())] {
            let payload = create(&kit, &kit.system(), edition(language, of)).await;
            assert_eq!(mistake(&payload), at("INVALID", &["translationOf"]), "{language}");
        }
        let payload = create(&kit, &kit.system(), edition("ht", "art_00000000000000000000000000")).await;
        assert_eq!(mistake(&payload), at("NOT_FOUND", &["translationOf"]));
    }
}

both_engines! {
    async fn references_are_set_by_id_address_doi_or_description(kit: Kit) {
        let Page { id, sources, .. } = page(&kit).await;
        let set = |version: i64, references: Value| {
            let (kit, id) = (&kit, &id);
            async move { act(kit, "articleSetReferences", id, version, json!({ "references": references })).await }
        };
        let before = update(&kit, &id, 2, json!({})).await["article"]["references"].clone();
        let payload = set(2, json!([
            { "source": { "id": sources[1] }, "id": before[1]["id"] },
            { "source": { "id": sources[0] }, "id": before[0]["id"] },
            { "source": { "url": "https://new.example/page" } },
            { "source": { "doi": "https://doi.org/10.1000/182" } },
            { "source": { "create": { "kind": "BOOK", "title": "Le quai", "isbn": "978-3-16-148410-0" } } },
            { "source": { "url": "https://new.example/page/" }, "note": "encore" },
        ])).await;
        assert_eq!(payload["userErrors"], json!([]));
        let after = payload["article"]["references"].as_array().unwrap();
        let titles: Vec<&Value> = after.iter().map(|reference| &reference["source"]["title"]).collect();
        assert_eq!(titles, ["Rapport sur les quais", "Le port attendra", "https://new.example/page", "10.1000/182", "Le quai", "https://new.example/page"]);
        assert_eq!(after.iter().map(|reference| &reference["number"]).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
        assert_eq!((&after[0]["id"], &after[1]["id"]), (&before[1]["id"], &before[0]["id"]), "moved references keep their ids");
        let repeated = set(3, json!([
            { "source": { "id": sources[1] } }, { "source": { "id": sources[0] } },
            { "source": { "url": "https://new.example/page" } }, { "source": { "doi": "10.1000/182" } },
            { "source": { "create": { "kind": "BOOK", "title": "Autre titre", "isbn": "3-16-148410-X" } } },
            { "source": { "url": "https://new.example/page" }, "note": "encore" },
        ])).await;
        assert_eq!(repeated["article"]["version"], 3, "the same again is no change");
        let payload = set(3, json!([{ "source": { "id": sources[0] } }])).await;
        assert_eq!(mistake(&payload), at("REFERENCE_MARKER_MISMATCH", &["body"]));
        let payload = set(3, json!([{ "source": { "id": "x" } }])).await;
        assert_eq!(mistake(&payload), at("INVALID", &["references", "0", "source", "id"]));
    }

    async fn nobody_takes_over_a_reference_of_another_article(kit: Kit) {
        let Page { id, sources, .. } = page(&kit).await;
        let taken = update(&kit, &id, 2, json!({})).await["article"]["references"][0]["id"].clone();
        let other = kit.article(json!({})).await;
        let input = json!({ "references": [{ "id": taken, "source": { "id": sources[0] } }] });
        let payload = act(&kit, "articleSetReferences", &other, 1, input).await;
        assert_ne!(payload["article"]["references"][0]["id"], taken);
        let still = update(&kit, &id, 2, json!({})).await["article"]["references"][0]["id"].clone();
        assert_eq!(still, taken);
    }

    async fn an_act_on_what_is_not_an_article_changes_nothing(kit: Kit) {
        for id in ["", "x", "art_zzz", "cat_00000000000000000000000000"] {
            for mutation in ["articlePublish", "articleUnpublish", "articleDelete"] {
                assert_eq!(mistake(&act(&kit, mutation, id, 1, json!({})).await), at("INVALID", &["id"]), "{id}");
            }
        }
        for mutation in ["articlePublish", "articleUnpublish", "articleDelete"] {
            let payload = act(&kit, mutation, "art_00000000000000000000000000", 1, json!({})).await;
            assert_eq!(mistake(&payload), at("NOT_FOUND", &["id"]));
        }
        assert_eq!(kit.changes().await.len(), 0);
    }
}
