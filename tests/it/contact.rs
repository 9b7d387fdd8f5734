//! Contacts: created, changed, deleted, listed; private channels stay with the desk.

use masthead_app::article::ArticleChanges;
use masthead_domain::policy::{Role, Scope};
use masthead_store::contact;
use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

use crate::{
    mistake::mistakes,
    newsroom::{both_ways, draft, published, update},
};

const FIELDS: &str = "contact {
    id version name role title organization languages channels { kind value label uri isPublic }
}";

async fn named(kit: &Kit, name: &str, role: &str) -> String {
    kit.make("contact", json!({ "name": name, "role": role })).await
}

/// A contact with one public and one private channel.
async fn desk(kit: &Kit) -> String {
    let channels = json!([
        { "kind": "EMAIL", "value": "desk@news.example", "isPublic": true },
        { "kind": "MOBILE", "value": "+509 77 77 77 77", "label": "de nuit" },
    ]);
    kit.make("contact", json!({ "name": "Rédaction", "role": "NEWSDESK", "channels": channels })).await
}

fn shown_under(ids: &[&String]) -> ArticleChanges {
    ArticleChanges { contacts: Some(ids.iter().map(|id| id.parse().unwrap()).collect()), ..ArticleChanges::default() }
}

both_engines! {
    async fn a_contact_is_kept_whole_and_logged(kit: Kit) {
        let editor = kit.as_user(Role::Editor).await;
        let input = json!({
            "name": "  Marie  Toussaint ", "role": "EDITOR", "title": "Rédactrice en chef", "organization": "The Example",
            "languages": ["FR", "ht", "fr"],
            "channels": [
                { "kind": "EMAIL", "value": "Marie@News.EXAMPLE", "label": "bureau", "isPublic": true },
                { "kind": "ADDRESS", "value": "12, rue Pavée, Port-au-Prince", "isPublic": true },
                { "kind": "WHATSAPP", "value": "+509 28 12 34 56" },
            ],
        });
        let payload = kit.done(&editor, "contactCreate", FIELDS, input).await;
        let id = payload["contact"]["id"].as_str().unwrap();
        assert_eq!(payload["contact"], json!({
            "id": id, "version": 1, "name": "Marie Toussaint", "role": "EDITOR", "title": "Rédactrice en chef",
            "organization": "The Example", "languages": ["fr", "ht"],
            "channels": [
                { "kind": "EMAIL", "value": "Marie@news.example", "label": "bureau",
                  "uri": "mailto:Marie@news.example", "isPublic": true },
                { "kind": "ADDRESS", "value": "12, rue Pavée, Port-au-Prince", "label": null, "uri": null, "isPublic": true },
                { "kind": "WHATSAPP", "value": "+509 28 12 34 56", "label": null,
                  "uri": "https://wa.me/50928123456", "isPublic": false },
            ],
        }));
        assert_eq!(kit.changes().await, [format!("CREATED {id}")]);
    }

    async fn a_private_channel_leaves_for_the_desk_only(kit: Kit) {
        let id = desk(&kit).await;
        let open = published(&kit, "Ouvert", shown_under(&[&id])).await;
        let asked = json!({ "id": id, "article": open });
        let query = "query($id: ID!, $article: ID!) {
            node(id: $id) { ... on Contact { ...all } }
            contacts(where: {article: {eq: $article}}) { nodes { ...all } }
            articles { nodes { contacts { ...all } } }
        }
        fragment all on Contact { channels { value isPublic uri } }";
        let (editor, key) = (kit.as_role(Role::Editor), kit.as_key(&[Scope::DraftsRead]));
        for caller in [editor, key, kit.system()] {
            let data = kit.data(&caller, query, asked.clone()).await.to_string();
            assert_eq!(data.matches("+509 77 77 77 77").count(), 3, "{data}");
        }
        let public = [kit.anonymous(), kit.as_role(Role::Reader), kit.as_role(Role::Contributor), kit.as_key(&[Scope::PeopleWrite])];
        for caller in public {
            let data = kit.data(&caller, query, asked.clone()).await.to_string();
            assert!(!data.contains("77") && data.contains("desk@news.example"), "{data}");
        }
    }

    async fn who_is_shown_no_private_channel_cannot_lose_or_learn_one(kit: Kit) {
        let id = desk(&kit).await;
        let key = kit.as_key(&[Scope::PeopleWrite]);
        let channels = json!([{ "kind": "WEB", "value": "https://news.example/desk", "isPublic": true }]);
        let payload =
            kit.done(&key, "contactUpdate", FIELDS, update(&id, 1, json!({ "channels": channels }))).await;
        assert!(!payload.to_string().contains("77"), "{payload}");
        let seen = kit.data(&kit.system(), "query($id: ID!) { node(id: $id) { ... on Contact { channels { value } } } }", json!({ "id": id })).await;
        assert_eq!(seen["node"]["channels"], json!([{ "value": "https://news.example/desk" }, { "value": "+509 77 77 77 77" }]));

        // Nor by a conflict, a mistake, or a refusal.
        for (caller, input) in [
            (&key, update(&id, 1, json!({ "channels": [] }))),
            (&key, update(&id, 2, json!({ "channels": [{ "kind": "EMAIL", "value": "none" }] }))),
            (&key, json!({ "id": id, "expectedVersion": 2, "changes": { "name": null } })),
            (&kit.anonymous(), update(&id, 2, json!({ "name": "X" }))),
        ] {
            let document = "mutation($input: ContactUpdateInput!) { contactUpdate(input: $input) {
                contact { channels { value } } userErrors { message path ... on VersionConflictError { changedFields } } } }";
            let answer = kit.graphql(caller, document, json!({ "input": input })).await.to_string();
            assert!(!answer.contains("77"), "{answer}");
        }
        let editor = kit.as_role(Role::Editor);
        kit.done(&editor, "contactUpdate", FIELDS, update(&id, 2, json!({ "channels": null }))).await;
        let rows = kit.sql("select cast(channels as text) as channels from contacts").await;
        assert_eq!(rows[0]["channels"], "[]", "whoever sees all channels replaces all");
    }

    async fn everything_wrong_with_a_contact_is_told_at_once_and_nothing_is_kept(kit: Kit) {
        let input = json!({
            "name": " ", "role": "PRESS", "title": "t".repeat(161), "organization": "o".repeat(301),
            "channels": [
                { "kind": "EMAIL", "value": "desk@news.example" },
                { "kind": "EMAIL", "value": "nobody" },
                { "kind": "PHONE", "value": "call me", "label": "l".repeat(161) },
                { "kind": "WEB", "value": "javascript:alert(1)" },
                { "kind": "ADDRESS", "value": "" },
            ],
        });
        let payload = kit.act(&kit.system(), "contactCreate", FIELDS, input).await;
        assert_eq!(mistakes(&payload), [
            "ValidationError REQUIRED name",
            "ValidationError TOO_LONG title",
            "ValidationError TOO_LONG organization",
            "ValidationError INVALID channels.1.value",
            "ValidationError INVALID channels.2.value",
            "ValidationError TOO_LONG channels.2.label",
            "ValidationError INVALID channels.3.value",
            "ValidationError REQUIRED channels.4.value",
        ]);
        let many = vec![json!({ "kind": "SOCIAL", "value": "@desk" }); 21];
        let payload =
            kit.act(&kit.system(), "contactCreate", FIELDS, json!({ "name": "N", "role": "PRESS", "channels": many })).await;
        assert_eq!(mistakes(&payload), ["ValidationError TOO_LONG channels"]);
        assert_eq!((kit.row_count("contacts").await, kit.row_count("change_log").await), (0, 0));
    }

    async fn an_absent_key_keeps_a_field_and_null_clears_it(kit: Kit) {
        let input = json!({ "name": "Marie", "role": "EDITOR", "title": "T", "organization": "O", "languages": ["fr"] });
        let id = kit.make("contact", input).await;
        let changes = json!({ "title": null, "languages": null, "role": "PRESS" });
        let payload = kit.done(&kit.as_role(Role::Editor), "contactUpdate", FIELDS, update(&id, 1, changes.clone())).await;
        let contact = &payload["contact"];
        assert_eq!((&contact["title"], &contact["organization"]), (&Value::Null, &json!("O")));
        assert_eq!((&contact["languages"], &contact["role"], &contact["version"]), (&json!([]), &json!("PRESS"), &json!(2)));
        assert_eq!(kit.change_log().await[1].fields, ["role", "title", "languages"]);
        let payload = kit.done(&kit.as_role(Role::Editor), "contactUpdate", FIELDS, update(&id, 2, changes)).await;
        assert_eq!((&payload["contact"]["version"], kit.row_count("change_log").await), (&json!(2), 2));
        let payload =
            kit.act(&kit.system(), "contactUpdate", "", update(&id, 2, json!({ "name": null, "role": null }))).await;
        assert_eq!(mistakes(&payload), ["ValidationError REQUIRED changes.name", "ValidationError REQUIRED changes.role"]);
        let payload = kit.act(&kit.system(), "contactUpdate", "", update(&id, 1, json!({ "name": "N" }))).await;
        assert_eq!(mistakes(&payload), ["VersionConflictError VERSION_CONFLICT expectedVersion"]);
        assert_eq!(payload["userErrors"][0]["changedFields"], json!(["languages", "role", "title"]));
    }

    async fn a_contact_in_use_stays_and_one_that_is_not_goes(kit: Kit) {
        let (used, free) = (named(&kit, "A", "PRESS").await, named(&kit, "B", "PRESS").await);
        draft(&kit, "Un brouillon", shown_under(&[&used])).await;
        let delete = |id: &String, version| json!({ "id": id, "expectedVersion": version });
        let payload = kit.act(&kit.system(), "contactDelete", "deletedId", delete(&used, 1)).await;
        assert_eq!(mistakes(&payload), ["ValidationError IN_USE id"]);
        let payload = kit.act(&kit.system(), "contactDelete", "deletedId", delete(&free, 2)).await;
        assert_eq!(mistakes(&payload), ["VersionConflictError VERSION_CONFLICT expectedVersion"]);
        assert_eq!(kit.refused(&kit.as_role(Role::Contributor), "contactDelete", delete(&free, 1)).await, "FORBIDDEN");
        assert_eq!(kit.refused(&kit.anonymous(), "contactDelete", delete(&free, 1)).await, "UNAUTHENTICATED");
        let payload = kit.done(&kit.as_role(Role::Editor), "contactDelete", "deletedId", delete(&free, 1)).await;
        assert_eq!(payload["deletedId"], json!(free));
        let payload = kit.act(&kit.system(), "contactDelete", "deletedId", delete(&free, 1)).await;
        assert_eq!(mistakes(&payload), ["NotFoundError NOT_FOUND id"]);
        let payload = kit.act(&kit.system(), "contactDelete", "deletedId", json!({ "id": "art_1", "expectedVersion": 1 })).await;
        assert_eq!(mistakes(&payload), ["ValidationError INVALID id"]);
    }

    async fn lists_run_both_ways_over_equal_names(kit: Kit) {
        for (name, role) in [("Zoé", "PRESS"), ("anna", "EDITOR"), ("Anna", "PRESS"), ("ÁNNA", "EDITOR"), ("Bea", "OTHER")] {
            named(&kit, name, role).await;
        }
        assert_eq!(both_ways(&kit, "contacts", "", "name").await, ["anna", "Anna", "ÁNNA", "Bea", "Zoé"]);
        assert_eq!(both_ways(&kit, "contacts", "where: {role: {eq: EDITOR}}", "name").await, ["anna", "ÁNNA"]);
        let query = "{ contacts(first: 1, where: {role: {in: [PRESS, OTHER]}}) { totalCount nodes { name } } }";
        let (data, statements) = kit.statements(kit.data(&kit.anonymous(), query, json!({}))).await;
        assert_eq!(data["contacts"], json!({ "totalCount": 3, "nodes": [{ "name": "Anna" }] }));
        assert_eq!(statements.len(), 2, "{statements:#?}");
    }

    async fn a_filter_by_article_does_not_tell_whom_a_draft_names(kit: Kit) {
        let (one, two) = (named(&kit, "One", "PRESS").await, named(&kit, "Two", "PRESS").await);
        let open = published(&kit, "Ouvert", shown_under(&[&one])).await;
        let secret = draft(&kit, "Secret", shown_under(&[&two, &one])).await;
        let query = "query($where: ContactFilter) { contacts(where: $where) { nodes { name } } }";
        for (filter, expected) in [
            (json!({ "in": [open, secret] }), json!([{ "name": "One" }])),
            (json!({ "eq": secret }), json!([])),
            (json!({ "notIn": [open, secret] }), json!([{ "name": "Two" }])),
        ] {
            let data = kit.data(&kit.anonymous(), query, json!({ "where": { "article": filter } })).await;
            assert_eq!(data["contacts"]["nodes"], expected, "{filter}");
        }
        let (blocks, statements) =
            kit.statements(contact::of_articles(&kit.app.database, &[open, secret])).await;
        let blocks = blocks.unwrap();
        assert_eq!(statements.len(), 1);
        let names: Vec<&str> = blocks[&secret].iter().map(|contact| contact.name.as_str()).collect();
        assert_eq!((names, blocks[&open].len()), (vec!["Two", "One"], 1));
    }
}
