//! Tags: brought by articles, found, listed, renamed and joined.

use std::time::Duration;

use masthead_domain::{
    LanguageTag, TagId,
    policy::{Role, Scope},
    tag::TagName,
};
use masthead_store::{external, tag as rows};
use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

use crate::{filed, mistake::mistakes};

const FIELDS: &str = "tag { id slug name version createdAt updatedAt }";

/// Tags with these names, and their ids by name.
async fn tags<const N: usize>(kit: &Kit, names: [&str; N]) -> [String; N] {
    let french: LanguageTag = "fr".parse().unwrap();
    let names = names.map(|name| TagName::parse(name, &french).unwrap());
    let caller = kit.system();
    let work = kit.app.begin(&caller).await.unwrap();
    let tags = rows::ensure(&work.tx, || work.new_id(TagId::from_uuid), &names).await.unwrap();
    work.commit().await.unwrap();
    let ids: Vec<String> = tags.iter().map(|tag| tag.id.to_string()).collect();
    ids.try_into().unwrap()
}

/// The slugs of an article's tags in order.
async fn slugs_of(kit: &Kit, article: masthead_domain::ArticleId) -> Vec<String> {
    let found = rows::of_articles(&kit.app.database, &[article]).await.unwrap();
    found.get(&article).into_iter().flatten().map(|tag| tag.slug.clone()).collect()
}

fn rename(id: &str, version: i64, name: &str) -> Value {
    json!({ "id": id, "expectedVersion": version, "name": name })
}

fn merge(from: &str, version: i64, into: &str) -> Value {
    json!({ "fromId": from, "expectedVersion": version, "intoId": into })
}

both_engines! {
    async fn articles_bring_tags_that_keep_their_first_spelling(kit: Kit) {
        let one = filed::article(&kit, "un", &[], &["Pêche", "ÉCONOMIE", "économie", "Ayiti"]).await;
        let two = filed::article(&kit, "deux", &[], &["economie", "Neuf", "peche"]).await;
        assert_eq!(slugs_of(&kit, one).await, ["peche", "economie", "ayiti"]);
        assert_eq!(slugs_of(&kit, two).await, ["economie", "neuf", "peche"]);
        let data = kit.data(&kit.as_role(Role::Editor), "{ tags { nodes { name slug version } totalCount } }", json!({})).await;
        let tag = |name: &str, slug: &str| json!({ "name": name, "slug": slug, "version": 1 });
        assert_eq!(data["tags"], json!({ "totalCount": 4, "nodes": [
            tag("Ayiti", "ayiti"), tag("ÉCONOMIE", "economie"), tag("Neuf", "neuf"), tag("Pêche", "peche"),
        ] }));
        let log = kit.change_log().await;
        assert_eq!(log.len(), 4);
        for row in &log {
            assert_eq!((row.kind.as_str(), row.version, &row.before), ("CREATED", Some(1), &None));
            assert_eq!(row.after, Some(json!({ "tags": [row.entity] })));
        }
    }

    async fn tags_of_articles_come_in_one_statement(kit: Kit) {
        let one = filed::article(&kit, "un", &[], &["B", "A"]).await;
        let two = filed::article(&kit, "deux", &[], &["A"]).await;
        let none = filed::article(&kit, "trois", &[], &[]).await;
        let (found, statements) = kit.statements(rows::of_articles(&kit.app.database, &[one, two, none])).await;
        assert_eq!((found.unwrap().len(), statements.len()), (2, 1));
        let (found, statements) = kit.statements(rows::of_articles(&kit.app.database, &[])).await;
        assert_eq!((found.unwrap().len(), statements.len()), (0, 0));
        assert_eq!((slugs_of(&kit, one).await, slugs_of(&kit, none).await.len()), (vec!["b".to_owned(), "a".to_owned()], 0));
    }

    async fn two_articles_at_once_bring_one_tag(kit: Kit) {
        for round in 0..5 {
            let names = ["A", "B", "C"].map(|letter| format!("{letter}{round}"));
            let forward: Vec<&str> = names.iter().map(String::as_str).collect();
            let backward: Vec<&str> = forward.iter().rev().copied().collect();
            let (one, two) = (format!("l{round}"), format!("r{round}"));
            let (left, right) = tokio::join!(
                filed::article(&kit, &one, &[], &forward),
                filed::article(&kit, &two, &[], &backward),
            );
            let mut mirrored = slugs_of(&kit, right).await;
            mirrored.reverse();
            assert_eq!(slugs_of(&kit, left).await, mirrored);
        }
        assert_eq!((kit.row_count("tags").await, kit.row_count("change_log").await), (15, 15));
    }

    async fn a_tag_is_found_by_id_slug_and_as_a_node(kit: Kit) {
        let [id] = tags(&kit, ["Politique agricole"]).await;
        let document = "query($by: TagBy!) { tag(by: $by) { id name } }";
        for by in [json!({ "id": id }), json!({ "slug": "politique-agricole" })] {
            let data = kit.data(&kit.as_role(Role::Editor), document, json!({ "by": by })).await;
            assert_eq!(data["tag"], json!({ "id": id, "name": "Politique agricole" }));
        }
        for by in [json!({ "id": "tag_01h455vb4pex5vsknk084sn02q" }), json!({ "id": id.replace("tag_", "cat_") }), json!({ "slug": "Politique agricole" })] {
            let data = kit.data(&kit.as_role(Role::Editor), document, json!({ "by": by })).await;
            assert_eq!(data["tag"], Value::Null);
        }
        let node = "query($id: ID!) { node(id: $id) { __typename id ... on Tag { slug createdAt updatedAt } } }";
        let data = kit.data(&kit.as_role(Role::Editor), node, json!({ "id": id })).await;
        assert_eq!(data["node"], json!({
            "__typename": "Tag", "id": id, "slug": "politique-agricole",
            "createdAt": "2026-11-23T12:00:00Z", "updatedAt": "2026-11-23T12:00:00Z",
        }));
    }

    async fn tags_are_listed_by_name_page_by_page_and_filtered(kit: Kit) {
        tags(&kit, ["Zone 50%", "élan", "Elan-vital", "Bal", "bal_masque"]).await;
        let document = "query($first: Int, $after: String, $last: Int, $before: String, $where: TagFilter, $orderBy: [TagOrder!]) {
            tags(first: $first, after: $after, last: $last, before: $before, where: $where, orderBy: $orderBy) {
                nodes { name } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount } }";
        let desk = kit.as_role(Role::Editor);
        let list = async |variables: Value| kit.data(&desk, document, variables).await["tags"].take();
        let names = |list: &Value| -> Vec<String> {
            list["nodes"].as_array().unwrap().iter().map(|node| node["name"].as_str().unwrap().to_owned()).collect()
        };
        let all = ["Bal", "bal_masque", "élan", "Elan-vital", "Zone 50%"];
        let page = list(json!({ "first": 2 })).await;
        assert_eq!((names(&page), &page["pageInfo"]["hasNextPage"]), (all[..2].iter().map(ToString::to_string).collect(), &json!(true)));
        let page = list(json!({ "first": 3, "after": page["pageInfo"]["endCursor"] })).await;
        assert_eq!((names(&page), &page["pageInfo"]["hasNextPage"]), (all[2..].iter().map(ToString::to_string).collect(), &json!(false)));
        let page = list(json!({ "last": 9, "before": page["pageInfo"]["startCursor"] })).await;
        assert_eq!(names(&page), all[..2]);
        let falling = list(json!({ "orderBy": [{ "field": "NAME", "direction": "DESC" }] })).await;
        assert_eq!(names(&falling), all.iter().rev().map(ToString::to_string).collect::<Vec<_>>());
        for (filter, expected) in [
            (json!({ "slug": { "eq": "elan" } }), vec!["élan"]),
            (json!({ "slug": { "in": ["bal", "elan", "none"] } }), vec!["Bal", "élan"]),
            (json!({ "slug": { "notIn": ["bal", "elan"] }, "name": { "startsWith": "É" } }), vec!["Elan-vital"]),
            (json!({ "name": { "eq": "BAL" } }), vec!["Bal"]),
            (json!({ "name": { "contains": "L" } }), vec!["Bal", "bal_masque", "élan", "Elan-vital"]),
            (json!({ "name": { "contains": "%" } }), vec!["Zone 50%"]),
            (json!({ "name": { "startsWith": "bal_" } }), vec!["bal_masque"]),
        ] {
            let page = list(json!({ "where": filter })).await;
            assert_eq!((names(&page), &page["totalCount"]), (expected.iter().map(ToString::to_string).collect(), &json!(expected.len())), "{filter}");
        }
        let cursor = list(json!({ "first": 1 })).await["pageInfo"]["endCursor"].clone();
        let foreign = json!({ "after": cursor, "where": { "slug": { "eq": "elan" } } });
        assert_eq!(kit.error_code(&desk, document, foreign).await, "INVALID_CURSOR");
    }

    async fn a_tag_is_renamed(kit: Kit) {
        let [id] = tags(&kit, ["economie"]).await;
        kit.clock.advance(Duration::from_secs(60));
        let editor = kit.as_user(Role::Editor).await;
        let mut input = rename(&id, 1, " Économie ");
        input["clientMutationId"] = json!("r");
        let payload = kit.done(&editor, "tagRename", FIELDS, input).await;
        assert_eq!(payload, json!({ "clientMutationId": "r", "userErrors": [], "tag": {
            "id": id, "slug": "economie", "name": "Économie", "version": 2,
            "createdAt": "2026-11-23T12:00:00Z", "updatedAt": "2026-11-23T12:01:00Z",
        } }));
        let mut input = rename(&id, 2, "Économie");
        input["slug"] = json!("eco");
        let payload = kit.done(&editor, "tagRename", FIELDS, input.clone()).await;
        assert_eq!((&payload["tag"]["slug"], &payload["tag"]["version"]), (&json!("eco"), &json!(3)));
        input["expectedVersion"] = json!(3);
        let payload = kit.done(&editor, "tagRename", FIELDS, input).await;
        assert_eq!(payload["tag"]["version"], 3);
        let log = kit.change_log().await;
        assert_eq!(log.len(), 3);
        let row = &log[2];
        assert_eq!((row.kind.as_str(), row.version, &row.actor), ("UPDATED", Some(3), &editor.name()));
        assert_eq!((&log[1].fields, &row.fields), (&vec!["name".to_owned()], &vec!["slug".to_owned()]));
        assert_eq!((&row.before, &row.after), (&Some(json!({ "tags": [id] })), &Some(json!({ "tags": [id] }))));
        // The next article that writes it as it was called before brings a tag of that slug anew.
        let article = filed::article(&kit, "un", &[], &["Économie"]).await;
        assert_eq!(slugs_of(&kit, article).await, ["economie"]);
    }

    async fn a_rename_that_cannot_be_is_refused(kit: Kit) {
        let [id, other] = tags(&kit, ["Un", "Deux"]).await;
        let with_slug = |slug: Value| json!({ "id": id, "expectedVersion": 1, "name": "Un", "slug": slug });
        for (input, expected) in [
            (rename(&id, 1, " "), "ValidationError REQUIRED name"),
            (rename(&id, 1, &"n".repeat(101)), "ValidationError TOO_LONG name"),
            (with_slug(json!("Not A Slug")), "ValidationError INVALID slug"),
            (with_slug(json!(null)), "ValidationError REQUIRED slug"),
            (with_slug(json!("deux")), "SlugTakenError SLUG_TAKEN slug"),
            (rename("tag_01h455vb4pex5vsknk084sn02q", 1, "Un"), "NotFoundError NOT_FOUND id"),
            (rename("cat_01h455vb4pex5vsknk084sn02q", 1, "Un"), "ValidationError INVALID id"),
            (rename(&id, 7, "One"), "VersionConflictError VERSION_CONFLICT expectedVersion"),
        ] {
            let payload = kit.act(&kit.system(), "tagRename", FIELDS, input.clone()).await;
            assert_eq!((mistakes(&payload), &payload["tag"]), (vec![expected.to_owned()], &Value::Null), "{input}");
            if expected.starts_with("Slug") {
                let taken = &payload["userErrors"][0];
                assert_eq!((&taken["heldBy"], &taken["suggestion"]), (&json!(other), &json!("deux-2")));
            }
        }
        kit.done(&kit.system(), "tagRename", "", rename(&id, 1, "Uno")).await;
        let payload = kit.act(&kit.system(), "tagRename", "", rename(&id, 1, "One")).await;
        assert_eq!(payload["userErrors"][0]["changedFields"], json!(["name"]));
        assert_eq!(kit.row_count("change_log").await, 3);
    }

    async fn joined_tags_stand_once_on_every_article_in_their_order(kit: Kit) {
        let one = filed::article(&kit, "un", &[], &["A", "Port", "B"]).await;
        let both = filed::article(&kit, "deux", &[], &["Ports", "A", "Port", "B"]).await;
        let behind = filed::article(&kit, "trois", &[], &["B", "Port", "A", "Ports", "C"]).await;
        let neither = filed::article(&kit, "quatre", &[], &["A"]).await;
        let [from, into] = tags(&kit, ["Port", "Ports"]).await;
        kit.done(&kit.system(), "tagRename", "", rename(&into, 1, "Les ports")).await;
        let logged = kit.row_count("change_log").await;
        let mut input = merge(&from, 1, &into);
        input["clientMutationId"] = json!("m");
        let fields = "mergedId tag { id slug name version }";
        let payload = kit.done(&kit.as_key(&[Scope::TaxonomyWrite]), "tagMerge", fields, input).await;
        assert_eq!(payload, json!({
            "mergedId": from, "tag": { "id": into, "slug": "ports", "name": "Les ports", "version": 2 },
            "userErrors": [], "clientMutationId": "m",
        }));
        assert_eq!(slugs_of(&kit, one).await, ["a", "ports", "b"]);
        assert_eq!(slugs_of(&kit, both).await, ["ports", "a", "b"]);
        assert_eq!(slugs_of(&kit, behind).await, ["b", "ports", "a", "c"]);
        assert_eq!(slugs_of(&kit, neither).await, ["a"]);
        let versions = kit.sql("select distinct version from articles").await;
        assert_eq!(versions, [json!({ "version": 1 })]);
        let log = kit.change_log().await;
        let row = log.last().unwrap();
        assert_eq!(kit.row_count("change_log").await, logged + 1);
        assert_eq!((row.kind.as_str(), row.entity.as_str(), row.version, row.reason.as_deref()), ("MERGED", from.as_str(), None, Some("MERGED")));
        assert_eq!((&row.before, &row.after), (&Some(json!({ "tags": [from] })), &Some(json!({ "tags": [into] }))));
    }

    async fn what_was_imported_as_the_tag_that_went_is_the_one_that_stayed(kit: Kit) {
        let [from, into] = tags(&kit, ["Port", "Ports"]).await;
        let caller = kit.system();
        let work = kit.app.begin(&caller).await.unwrap();
        external::bind(&work.tx, "wordpress", "17", from.parse().unwrap(), "print").await.unwrap();
        work.commit().await.unwrap();
        kit.done(&kit.system(), "tagMerge", "", merge(&from, 1, &into)).await;
        let database = &kit.app.database;
        let found = external::find(database, "wordpress", masthead_domain::EntityKind::Tag, "17").await.unwrap().unwrap();
        assert_eq!(found.entity.to_string(), into);
    }

    async fn a_merge_that_cannot_be_is_refused(kit: Kit) {
        let article = filed::article(&kit, "un", &[], &["Un", "Deux"]).await;
        let [from, into] = tags(&kit, ["Un", "Deux"]).await;
        let (gone, foreign) = ("tag_01h455vb4pex5vsknk084sn02q", "cat_01h455vb4pex5vsknk084sn02q");
        for (input, expected) in [
            (merge(&from, 1, &from), vec!["ValidationError INVALID intoId"]),
            (merge(gone, 1, &into), vec!["NotFoundError NOT_FOUND fromId"]),
            (merge(&from, 1, gone), vec!["NotFoundError NOT_FOUND intoId"]),
            (merge(foreign, 1, foreign), vec!["ValidationError INVALID fromId", "ValidationError INVALID intoId"]),
            (merge(&from, 2, &into), vec!["VersionConflictError VERSION_CONFLICT expectedVersion"]),
        ] {
            let payload = kit.act(&kit.system(), "tagMerge", "mergedId tag { id }", input.clone()).await;
            assert_eq!(mistakes(&payload), expected, "{input}");
            assert_eq!((&payload["tag"], &payload["mergedId"]), (&Value::Null, &Value::Null));
        }
        assert_eq!((slugs_of(&kit, article).await.len(), kit.row_count("change_log").await), (2, 2));
    }

    async fn only_the_desk_renames_and_joins_tags(kit: Kit) {
        let [one, two] = tags(&kit, ["Un", "Deux"]).await;
        for (mutation, input) in [("tagRename", rename(&one, 1, "One")), ("tagMerge", merge(&one, 1, &two))] {
            assert_eq!(kit.refused(&kit.anonymous(), mutation, input.clone()).await, "UNAUTHENTICATED");
            for caller in [kit.as_role(Role::Contributor), kit.as_key(&[Scope::ArticlesWrite])] {
                assert_eq!(kit.refused(&caller, mutation, input.clone()).await, "FORBIDDEN");
            }
        }
        assert_eq!(kit.row_count("change_log").await, 2);
    }

    async fn a_merge_waits_for_the_article_that_takes_the_tag_up(kit: Kit) {
        let [from, into] = tags(&kit, ["Port", "Ports"]).await;
        let system = kit.system();
        let work = kit.app.begin(&system).await.unwrap();
        let article = filed::article_in(&work, "un", Vec::new(), &["A", "Port"]).await;
        let merging = kit.act(&system, "tagMerge", "mergedId", merge(&from, 1, &into));
        let (merged, ()) = tokio::join!(merging, async {
            filed::until_one_waits(&kit).await;
            work.commit().await.unwrap();
        });
        assert_eq!(mistakes(&merged), Vec::<String>::new());
        assert_eq!(slugs_of(&kit, article).await, ["a", "ports"]);
    }

    async fn an_article_that_comes_while_tags_are_joined_brings_the_tag_anew(kit: Kit) {
        let [from, into] = tags(&kit, ["Port", "Ports"]).await;
        let system = kit.system();
        for round in 0..4 {
            let [from] = if round == 0 { [from.clone()] } else { tags(&kit, ["Port"]).await };
            let slug = format!("un-{round}");
            let (merged, article) = tokio::join!(
                kit.act(&system, "tagMerge", "mergedId", merge(&from, 1, &into)),
                filed::article(&kit, &slug, &[], &["A", "Port"]),
            );
            assert_eq!(mistakes(&merged), Vec::<String>::new());
            let borne = slugs_of(&kit, article).await;
            assert!(borne == ["a", "port"] || borne == ["a", "ports"], "{borne:?}");
        }
    }
}
