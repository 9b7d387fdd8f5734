//! Media records: created, changed, deleted, listed, and shown in galleries and beside authors.

use std::time::Duration;

use masthead_app::article::ArticleChanges;
use masthead_domain::{
    ArticleId, MediaId,
    article::MediaUsage,
    policy::{Role, Scope},
    text::{Label, Paragraph},
};
use masthead_store::media;
use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

use crate::{
    mistake::mistakes,
    newsroom::{both_ways, draft, published, update},
};

const FIELDS: &str = "media {
    __typename id version createdAt updatedAt mimeType url title alt caption credit byteSize
    ... on Image { width height }
    ... on Document { fileName }
}";

async fn picture(kit: &Kit, name: &str) -> String {
    kit.make("media", json!({ "url": format!("https://media.example/{name}.jpg") })).await
}

fn gallery(ids: &[&String]) -> ArticleChanges {
    let usage = |id: &&String| MediaUsage { media: id.parse().unwrap(), caption: None, alt: None, credit: None };
    ArticleChanges { gallery: Some(ids.iter().map(usage).collect()), ..ArticleChanges::default() }
}

both_engines! {
    async fn a_record_is_kept_whole_and_logged(kit: Kit) {
        let writer = kit.as_user(Role::Contributor).await;
        let input = json!({
            "clientMutationId": "one",
            "url": "https://Media.example/2026/March%C3%A9.JPG?w=3",
            "title": " Le  marché ",
            "alt": "Des étals sous la pluie",
            "caption": "Le marché de Croix-des-Bouquets",
            "credit": "Jean Pierre",
            "width": 3000, "height": 2000, "byteSize": 812_345,
        });
        let payload = kit.done(&writer, "mediaCreate", FIELDS, input).await;
        let id = payload["media"]["id"].as_str().unwrap();
        assert!(id.starts_with("med_"), "{id}");
        assert_eq!(payload["clientMutationId"], "one");
        assert_eq!(payload["media"], json!({
            "__typename": "Image",
            "id": id,
            "version": 1,
            "createdAt": "2026-11-23T12:00:00Z",
            "updatedAt": "2026-11-23T12:00:00Z",
            "mimeType": "image/jpeg",
            "url": "https://media.example/2026/March%C3%A9.JPG?w=3",
            "title": "Le marché",
            "alt": "Des étals sous la pluie",
            "caption": "Le marché de Croix-des-Bouquets",
            "credit": "Jean Pierre",
            "byteSize": 812_345,
            "width": 3000,
            "height": 2000,
        }));
        assert_eq!(kit.changes().await, [format!("CREATED {id}")]);
        assert_eq!(kit.change_log().await[0].actor, writer.name());
        let node = "query($id: ID!) { node(id: $id) { __typename id ... on Image { width } ... on Media { credit } } }";
        let data = kit.data(&writer, node, json!({ "id": id })).await;
        assert_eq!(data["node"], json!({ "__typename": "Image", "id": id, "width": 3000, "credit": "Jean Pierre" }));
    }

    async fn the_sort_of_file_follows_the_type_that_is_given_or_told_by_the_ending(kit: Kit) {
        for (input, sort, mime) in [
            (json!({ "url": "https://media.example/rapport%202026.pdf" }), "Document", "application/pdf"),
            (json!({ "url": "https://media.example/journal.mp3" }), "AudioVideo", "audio/mpeg"),
            (json!({ "url": "https://media.example/photo", "mimeType": "Image/WEBP" }), "Image", "image/webp"),
            (json!({ "url": "https://media.example/unknown" }), "Document", "application/octet-stream"),
        ] {
            let payload = kit.done(&kit.system(), "mediaCreate", FIELDS, input).await;
            assert_eq!((&payload["media"]["__typename"], &payload["media"]["mimeType"]), (&json!(sort), &json!(mime)));
            if mime == "application/pdf" {
                assert_eq!(payload["media"]["fileName"], "rapport 2026.pdf");
            }
        }
    }

    async fn everything_wrong_with_a_record_is_told_at_once_and_nothing_is_kept(kit: Kit) {
        let input = json!({
            "url": "/relative.jpg", "mimeType": "picture", "title": "t".repeat(301), "alt": "a".repeat(2_001),
            "credit": "c".repeat(161), "width": -1, "byteSize": -1,
        });
        let payload = kit.act(&kit.system(), "mediaCreate", FIELDS, input).await;
        assert_eq!(payload["media"], Value::Null);
        assert_eq!(mistakes(&payload), [
            "ValidationError INVALID url",
            "ValidationError INVALID mimeType",
            "ValidationError TOO_LONG title",
            "ValidationError TOO_LONG alt",
            "ValidationError TOO_LONG credit",
            "ValidationError INVALID width",
            "ValidationError INVALID byteSize",
        ]);
        let input = json!({ "url": "https://media.example/a.jpg", "width": 0, "height": 100_001 });
        let payload = kit.act(&kit.system(), "mediaCreate", FIELDS, input).await;
        assert_eq!(mistakes(&payload), ["ValidationError INVALID width", "ValidationError INVALID height"]);
        assert_eq!((kit.row_count("media").await, kit.row_count("change_log").await), (0, 0));
    }

    async fn an_absent_key_keeps_a_field_and_null_clears_it(kit: Kit) {
        let input = json!({ "url": "https://media.example/a.jpg", "alt": "A", "caption": "C", "width": 10, "height": 20 });
        let id = kit.make("media", input).await;
        kit.clock.advance(Duration::from_secs(60));
        let editor = kit.as_role(Role::Editor);
        let payload =
            kit.done(&editor, "mediaUpdate", FIELDS, update(&id, 1, json!({ "caption": null, "title": "T" }))).await;
        let media = &payload["media"];
        assert_eq!((&media["alt"], &media["caption"], &media["title"]), (&json!("A"), &Value::Null, &json!("T")));
        assert_eq!((&media["version"], &media["updatedAt"]), (&json!(2), &json!("2026-11-23T12:01:00Z")));
        assert_eq!(kit.change_log().await[1].fields, ["title", "caption"]);

        let payload = kit.done(&editor, "mediaUpdate", FIELDS, update(&id, 2, json!({ "title": "T", "caption": null }))).await;
        assert_eq!(payload["media"]["version"], 2, "writing what stands there changes nothing");
        assert_eq!(kit.row_count("change_log").await, 2);

        let payload = kit.act(&editor, "mediaUpdate", FIELDS, update(&id, 2, json!({ "url": null, "width": 0 }))).await;
        assert_eq!(mistakes(&payload), ["ValidationError REQUIRED changes.url"]);
        let payload = kit.act(&editor, "mediaUpdate", FIELDS, update(&id, 2, json!({ "width": 0 }))).await;
        assert_eq!(mistakes(&payload), ["ValidationError INVALID changes.width"]);
    }

    async fn another_file_does_not_keep_the_type_and_sizes_of_the_old_one(kit: Kit) {
        let input = json!({ "url": "https://media.example/a.jpg", "alt": "A", "width": 10, "height": 20, "byteSize": 5 });
        let id = kit.make("media", input).await;
        let input = update(&id, 1, json!({ "url": "https://media.example/b.png", "height": 7 }));
        let payload = kit.done(&kit.system(), "mediaUpdate", FIELDS, input).await;
        let media = &payload["media"];
        assert_eq!((&media["mimeType"], &media["alt"]), (&json!("image/png"), &json!("A")));
        assert_eq!((&media["width"], &media["height"], &media["byteSize"]), (&Value::Null, &json!(7), &Value::Null));
        assert_eq!(kit.change_log().await[1].fields, ["url", "mimeType", "width", "height", "byteSize"]);
        let input = update(&id, 2, json!({ "url": "https://media.example/c" }));
        let payload = kit.done(&kit.system(), "mediaUpdate", FIELDS, input).await;
        assert_eq!(payload["media"]["mimeType"], "image/png", "an address without an ending tells nothing");
    }

    async fn a_change_for_another_version_is_refused_with_what_changed(kit: Kit) {
        let id = picture(&kit, "a").await;
        kit.done(&kit.system(), "mediaUpdate", FIELDS, update(&id, 1, json!({ "title": "One" }))).await;
        for (mutation, input) in [
            ("mediaUpdate", update(&id, 1, json!({ "title": "Two" }))),
            ("mediaDelete", json!({ "id": id, "expectedVersion": 1 })),
        ] {
            let payload = kit.act(&kit.system(), mutation, "", input).await;
            assert_eq!(mistakes(&payload), ["VersionConflictError VERSION_CONFLICT expectedVersion"]);
            let conflict = &payload["userErrors"][0];
            assert_eq!((&conflict["expectedVersion"], &conflict["currentVersion"]), (&json!(1), &json!(2)));
            assert_eq!(conflict["changedFields"], json!(["title"]));
        }
    }

    async fn a_record_in_use_stays_and_one_that_is_not_goes(kit: Kit) {
        let (shown, portrait, free) = (picture(&kit, "a").await, picture(&kit, "b").await, picture(&kit, "c").await);
        draft(&kit, "Un brouillon", gallery(&[&shown])).await;
        kit.make("author", json!({ "name": "Jean", "portraitId": portrait })).await;
        let delete = |id: &String| json!({ "id": id, "expectedVersion": 1 });
        for used in [&shown, &portrait] {
            let payload = kit.act(&kit.system(), "mediaDelete", "deletedId", delete(used)).await;
            assert_eq!(mistakes(&payload), ["ValidationError IN_USE id"]);
            assert_eq!(payload["deletedId"], Value::Null);
        }
        let payload = kit.done(&kit.system(), "mediaDelete", "deletedId", delete(&free)).await;
        assert_eq!(payload["deletedId"], json!(free));
        let payload = kit.act(&kit.system(), "mediaDelete", "deletedId", delete(&free)).await;
        assert_eq!(mistakes(&payload), ["NotFoundError NOT_FOUND id"]);
        let log = kit.change_log().await;
        let last = log.last().unwrap();
        assert_eq!((last.kind.as_str(), &last.entity, last.reason.as_deref()), ("DELETED", &free, Some("DELETED")));
    }

    async fn a_record_that_only_a_body_shows_stays_as_long_as_any_version_needs_it(kit: Kit) {
        let (old, new) = (picture(&kit, "a").await, picture(&kit, "b").await);
        let image = |id: &String| json!({ "kind": "image", "media": id });
        let body = |id: &String| json!({ "body": { "blocks": { "version": 1, "blocks": [image(id), image(id)] } } });
        let article = kit.article(body(&old)).await;
        let delete = |id: &String| json!({ "id": id, "expectedVersion": 1 });
        let payload = kit.act(&kit.system(), "mediaDelete", "deletedId", delete(&old)).await;
        assert_eq!(mistakes(&payload), ["ValidationError IN_USE id"]);
        kit.done(&kit.system(), "articleUpdate", "", update(&article, 1, json!({ "headline": "Autre" }))).await;
        kit.done(&kit.system(), "articleUpdate", "", update(&article, 2, body(&new))).await;
        kit.done(&kit.system(), "mediaDelete", "deletedId", delete(&old)).await;
        let payload = kit.act(&kit.system(), "articleUpdate", "", update(&article, 3, body(&old))).await;
        assert_eq!(mistakes(&payload), ["NotFoundError NOT_FOUND changes.body"]);
        kit.done(&kit.system(), "articleDelete", "", json!({ "id": article, "expectedVersion": 3 })).await;
        let payload = kit.act(&kit.system(), "mediaDelete", "deletedId", delete(&new)).await;
        assert_eq!(mistakes(&payload), ["ValidationError IN_USE id"], "also that of a deleted article");
    }

    async fn an_update_looks_only_for_media_that_it_names_anew(kit: Kit) {
        let (one, two) = (picture(&kit, "a").await, picture(&kit, "b").await);
        let article = kit.article(json!({ "gallery": [{ "mediaId": one }] })).await;
        let looks = |statements: &[String]| {
            statements.iter().filter(|sql| sql.starts_with("SELECT") && sql.contains("FROM \"media\"")).count()
        };
        let changes = json!({ "gallery": [{ "mediaId": one, "caption": "C" }] });
        let input = update(&article, 1, changes);
        let (_, statements) = kit.statements(kit.done(&kit.system(), "articleUpdate", "", input)).await;
        assert_eq!(looks(&statements), 0, "{statements:#?}");
        let missing = MediaId::from_uuid(kit.app.ids.uuid());
        let changes = json!({ "gallery": [{ "mediaId": one }, { "mediaId": two }, { "mediaId": missing.to_string() }] });
        let payload = kit.act(&kit.system(), "articleUpdate", "", update(&article, 2, changes)).await;
        assert_eq!(mistakes(&payload), ["NotFoundError NOT_FOUND changes.gallery.2.mediaId"]);
    }

    async fn roles_and_scopes_open_the_acts_on_media(kit: Kit) {
        let id = picture(&kit, "a").await;
        let create = || json!({ "url": "https://media.example/x.jpg" });
        let change = || update(&id, 1, json!({ "title": "T" }));
        let delete = || json!({ "id": id, "expectedVersion": 1 });
        assert_eq!(kit.refused(&kit.anonymous(), "mediaCreate", create()).await, "UNAUTHENTICATED");
        assert_eq!(kit.refused(&kit.as_role(Role::Reader), "mediaCreate", create()).await, "FORBIDDEN");
        assert_eq!(kit.refused(&kit.as_role(Role::Contributor), "mediaUpdate", change()).await, "FORBIDDEN");
        assert_eq!(kit.refused(&kit.as_role(Role::Contributor), "mediaDelete", delete()).await, "FORBIDDEN");
        assert_eq!(kit.refused(&kit.as_key(&[Scope::SourcesWrite]), "mediaCreate", create()).await, "FORBIDDEN");
        assert_eq!(kit.row_count("media").await, 1);
        kit.done(&kit.as_role(Role::Contributor), "mediaCreate", FIELDS, create()).await;
        kit.done(&kit.as_key(&[Scope::MediaWrite]), "mediaUpdate", FIELDS, change()).await;
    }

    async fn lists_run_both_ways_over_equal_instants(kit: Kit) {
        for number in 0..5 {
            picture(&kit, &number.to_string()).await;
        }
        kit.clock.advance(Duration::from_secs(1));
        kit.make("media", json!({ "url": "https://media.example/last.pdf" })).await;
        let urls = both_ways(&kit, "media", "", "url").await;
        let expected: Vec<String> = ["last.pdf", "4.jpg", "3.jpg", "2.jpg", "1.jpg", "0.jpg"]
            .map(|name| format!("https://media.example/{name}"))
            .to_vec();
        assert_eq!(urls, expected);
        let images = both_ways(&kit, "media", "where: {kind: {eq: IMAGE}}", "url").await;
        assert_eq!(images, expected[1..]);
        let counted = "{ media(first: 0, where: {kind: {in: [DOCUMENT, AUDIO_VIDEO]}}) { totalCount nodes { id } } }";
        let (data, statements) = kit.statements(kit.data(&kit.as_role(Role::Editor), counted, json!({}))).await;
        assert_eq!(data["media"], json!({ "totalCount": 1, "nodes": [] }));
        assert_eq!(statements.len(), 2, "{statements:#?}");
        let data = kit.data(&kit.as_role(Role::Editor), "{ media(first: 1) { edges { cursor } } }", json!({})).await;
        let query = "query($c: String) { media(after: $c, where: {kind: {eq: IMAGE}}) { nodes { id } } }";
        let cursor = &data["media"]["edges"][0]["cursor"];
        assert_eq!(kit.error_code(&kit.anonymous(), query, json!({ "c": cursor })).await, "INVALID_CURSOR");
    }

    async fn a_filter_by_article_does_not_tell_what_a_draft_shows(kit: Kit) {
        let (one, two) = (picture(&kit, "one").await, picture(&kit, "two").await);
        let open = published(&kit, "Ouvert", gallery(&[&one])).await;
        let secret = draft(&kit, "Secret", gallery(&[&two])).await;
        let query = "query($where: MediaFilter) { media(where: $where) { nodes { id } totalCount } }";
        for (filter, expected) in [
            (json!({ "eq": open }), vec![&one]),
            (json!({ "eq": secret }), vec![]),
            (json!({ "in": [open, secret] }), vec![&one]),
            (json!({ "notIn": [open] }), vec![&two]),
            (json!({ "notIn": [secret] }), vec![&two, &one]),
            (json!({ "eq": "cat_01h455vb4pex5vsknk084sn02q" }), vec![]),
            (json!({ "in": [] }), vec![]),
        ] {
            let seen_by_readers: Vec<&String> = expected.iter().copied().filter(|id| **id == one).collect();
            for (caller, expected) in [(kit.as_key(&[Scope::MediaWrite]), expected), (kit.anonymous(), seen_by_readers)] {
                let data = kit.data(&caller, query, json!({ "where": { "article": filter } })).await;
                let found: Vec<&Value> = data["media"]["nodes"].as_array().unwrap().iter().map(|node| &node["id"]).collect();
                assert_eq!(found, expected, "{filter}");
                assert_eq!(data["media"]["totalCount"], expected.len());
            }
        }
    }

    async fn a_gallery_tells_words_of_its_own_from_those_of_the_record_and_costs_one_statement(kit: Kit) {
        let input = json!({ "url": "https://media.example/a.jpg", "caption": "C", "alt": "A", "credit": "R" });
        let one = kit.make("media", input).await;
        let two = picture(&kit, "b").await;
        let here = MediaUsage {
            media: one.parse().unwrap(),
            caption: Paragraph::parse_optional(Some("Here")).unwrap(),
            alt: None,
            credit: Label::parse_optional(Some("Me")).unwrap(),
        };
        let plain = MediaUsage { media: two.parse().unwrap(), caption: None, alt: None, credit: None };
        let changes = |usages: Vec<MediaUsage>| ArticleChanges { gallery: Some(usages), ..ArticleChanges::default() };
        let first = draft(&kit, "Un", changes(vec![here.clone(), plain.clone(), here.clone()])).await;
        let second = draft(&kit, "Deux", changes(vec![plain])).await;
        let none = draft(&kit, "Trois", ArticleChanges::default()).await;
        let (galleries, statements) =
            kit.statements(media::of_articles(&kit.app.database, &[first, second, none])).await;
        let galleries = galleries.unwrap();
        assert_eq!(statements.len(), 1);
        let ids = |article: ArticleId| -> Vec<(i32, String)> {
            galleries[&article].iter().map(|usage| (usage.position, usage.media.id.to_string())).collect()
        };
        assert_eq!(ids(first), [(1, one.clone()), (2, two.clone()), (3, one)]);
        assert_eq!(ids(second), [(1, two)]);
        assert!(!galleries.contains_key(&none));
        let usage = &galleries[&first][0];
        let words = (usage.caption.as_deref(), usage.alt.as_deref(), usage.credit.as_deref());
        assert_eq!(words, (Some("Here"), None, Some("Me")));
        assert_eq!(usage.media.alt.as_deref(), Some("A"));
        let (nothing, statements) = kit.statements(media::of_articles(&kit.app.database, &[])).await;
        assert_eq!((nothing.unwrap().len(), statements.len()), (0, 0));
    }

    async fn authors_show_their_portraits_in_one_statement(kit: Kit) {
        for name in ["Anna", "Bea", "Carl"] {
            let portrait = picture(&kit, name).await;
            kit.make("author", json!({ "name": name, "portraitId": portrait })).await;
        }
        kit.author("Dora").await;
        let query = "{ authors { nodes { name portrait { url } } } }";
        let (data, statements) = kit.statements(kit.data(&kit.anonymous(), query, json!({}))).await;
        assert_eq!(statements.len(), 2, "{statements:#?}");
        let of = |name: &str| json!({ "name": name, "portrait": { "url": format!("https://media.example/{name}.jpg") } });
        let expected = json!([of("Anna"), of("Bea"), of("Carl"), { "name": "Dora", "portrait": null }]);
        assert_eq!(data["authors"]["nodes"], expected);
    }

    async fn a_portrait_is_a_picture_that_is_there(kit: Kit) {
        let sound = kit.make("media", json!({ "url": "https://media.example/a.mp3" })).await;
        let nothing = MediaId::from_uuid(kit.app.ids.uuid()).to_string();
        let author = kit.author("Anna").await;
        for (portrait, mistake) in
            [(&sound, "ValidationError INVALID"), (&nothing, "NotFoundError NOT_FOUND")]
        {
            let input = json!({ "name": "Bea", "portraitId": portrait });
            let payload = kit.act(&kit.system(), "authorCreate", "", input).await;
            assert_eq!(mistakes(&payload), [format!("{mistake} portraitId")]);
            let input = update(&author, 1, json!({ "portraitId": portrait }));
            let payload = kit.act(&kit.system(), "authorUpdate", "", input).await;
            assert_eq!(mistakes(&payload), [format!("{mistake} changes.portraitId")]);
        }
        assert_eq!(kit.row_count("authors").await, 1);
    }
}
