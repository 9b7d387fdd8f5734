//! The access matrix: who may do what, and who sees what, as data.
//!
//! A mutation without a row here fails the first test, so that nobody can forget to say who may do it. Acts on articles
//! are asked once more in every state of the article: [`state`].

mod state;

use std::collections::BTreeSet;

use masthead_app::Caller;
use masthead_domain::policy::{Role, Scope};
use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

/// Who may do a mutation: the lowest role, whether a contributor may do it to a draft of their own, and the scope.
struct Row {
    mutation: &'static str,
    role: Role,
    own: bool,
    scope: Scope,
}

const fn row(mutation: &'static str, role: Role, scope: Scope) -> Row {
    Row { mutation, role, own: false, scope }
}

const fn own(mutation: &'static str, role: Role, scope: Scope) -> Row {
    Row { mutation, role, own: true, scope }
}

const MATRIX: &[Row] = &[
    row("articleCreate", Role::Contributor, Scope::ArticlesWrite),
    own("articleUpdate", Role::Editor, Scope::ArticlesWrite),
    own("articleSetReferences", Role::Editor, Scope::ArticlesWrite),
    own("articleRestoreRevision", Role::Editor, Scope::ArticlesWrite),
    row("articleBulkPublish", Role::Publisher, Scope::ArticlesPublish),
    own("articleBulkCategorize", Role::Editor, Scope::ArticlesWrite),
    own("articleBulkTag", Role::Editor, Scope::ArticlesWrite),
    own("articleBulkMove", Role::Editor, Scope::ArticlesWrite),
    own("articleSubmit", Role::Editor, Scope::ArticlesWrite),
    row("articleReturn", Role::Editor, Scope::ArticlesWrite),
    row("articleSchedule", Role::Publisher, Scope::ArticlesPublish),
    own("articleLinkTranslation", Role::Editor, Scope::ArticlesWrite),
    own("articleUnlinkTranslation", Role::Editor, Scope::ArticlesWrite),
    row("articlePublish", Role::Publisher, Scope::ArticlesPublish),
    row("articleCorrect", Role::Publisher, Scope::ArticlesPublish),
    row("articleUnpublish", Role::Publisher, Scope::ArticlesPublish),
    row("articleWithdraw", Role::Publisher, Scope::ArticlesPublish),
    row("articleKill", Role::Publisher, Scope::ArticlesPublish),
    own("articleDelete", Role::Publisher, Scope::ArticlesPublish),
    own("articleRestore", Role::Publisher, Scope::ArticlesPublish),
    row("categoryCreate", Role::Editor, Scope::TaxonomyWrite),
    row("categoryUpdate", Role::Editor, Scope::TaxonomyWrite),
    row("categoryMove", Role::Editor, Scope::TaxonomyWrite),
    row("categoryDelete", Role::Editor, Scope::TaxonomyWrite),
    row("tagRename", Role::Editor, Scope::TaxonomyWrite),
    row("tagMerge", Role::Editor, Scope::TaxonomyWrite),
    row("authorCreate", Role::Editor, Scope::PeopleWrite),
    row("authorUpdate", Role::Editor, Scope::PeopleWrite),
    row("authorDelete", Role::Editor, Scope::PeopleWrite),
    row("sourceCreate", Role::Contributor, Scope::SourcesWrite),
    row("sourceUpdate", Role::Editor, Scope::SourcesWrite),
    row("sourceMerge", Role::Editor, Scope::SourcesWrite),
    row("contactCreate", Role::Editor, Scope::PeopleWrite),
    row("contactUpdate", Role::Editor, Scope::PeopleWrite),
    row("contactDelete", Role::Editor, Scope::PeopleWrite),
    row("mediaCreate", Role::Contributor, Scope::MediaWrite),
    row("mediaUpdate", Role::Editor, Scope::MediaWrite),
    row("mediaDelete", Role::Editor, Scope::MediaWrite),
    row("commentCreate", Role::Reader, Scope::CommentsWrite),
    row("commentHide", Role::Editor, Scope::CommentsModerate),
    own("previewTokenCreate", Role::Editor, Scope::DraftsRead),
    own("previewTokenRevoke", Role::Editor, Scope::DraftsRead),
    row("redirectCreate", Role::Editor, Scope::TaxonomyWrite),
    row("redirectUpdate", Role::Editor, Scope::TaxonomyWrite),
    row("redirectDelete", Role::Editor, Scope::TaxonomyWrite),
];

/// Mutations that are how one becomes somebody, and so are open to nobody in particular.
const OPEN: &[&str] = &["login", "logout", "tokenRefresh"];

/// A new article by somebody, with its version.
async fn article(kit: &Kit, by: &Caller) -> Value {
    let input = json!({ "language": "fr", "headline": "Le port rouvre", "body": { "html": "<p>Enfin.</p>" } });
    kit.done(by, "articleCreate", "article { id version }", input).await["article"].take()
}

async fn published(kit: &Kit, by: &Caller) -> Value {
    let draft = article(kit, by).await;
    let input = json!({ "id": draft["id"], "expectedVersion": draft["version"] });
    kit.done(&kit.system(), "articlePublish", "article { id version }", input).await["article"].take()
}

/// An article by somebody after one more act of the server.
async fn after(kit: &Kit, by: &Caller, mutation: &str, rest: Value) -> Value {
    let draft = article(kit, by).await;
    kit.done(&kit.system(), mutation, "article { id version }", aimed(&draft, rest)).await["article"].take()
}

async fn submitted(kit: &Kit, by: &Caller) -> Value {
    after(kit, by, "articleSubmit", json!({})).await
}

async fn rewritten(kit: &Kit, by: &Caller) -> Value {
    after(kit, by, "articleUpdate", json!({ "changes": { "headline": "Autre titre" } })).await
}

async fn deleted(kit: &Kit, by: &Caller) -> Value {
    let draft = article(kit, by).await;
    kit.done(&kit.system(), "articleDelete", "deletedId", aimed(&draft, json!({}))).await;
    json!({ "id": draft["id"], "version": 2 })
}

async fn tag(kit: &Kit, name: &str) -> Value {
    let input = json!({ "language": "fr", "headline": "Un port", "body": { "html": "<p>Oui.</p>" }, "tags": [name] });
    let payload = kit.done(&kit.system(), "articleCreate", "article { tags { id version } }", input).await;
    payload["article"]["tags"][0].clone()
}

/// A new thing of a noun with its version.
async fn thing(kit: &Kit, noun: &str, input: Value) -> Value {
    let fields = format!("{noun} {{ id version }}");
    kit.done(&kit.system(), &format!("{noun}Create"), &fields, input).await[noun].take()
}

fn aimed(target: &Value, rest: Value) -> Value {
    let mut input = json!({ "id": target["id"], "expectedVersion": target["version"] });
    for (key, value) in rest.as_object().unwrap() {
        input[key] = value.clone();
    }
    input
}

/// An act on many articles, aimed at one.
async fn many(kit: &Kit, mutation: &str, target: &Value) -> Value {
    let category = async |place: usize| {
        let name = format!("Rubrique {place} {}", target["id"].as_str().unwrap());
        kit.make("category", json!({ "name": name, "language": "fr" })).await
    };
    let aim = |version: i64| json!([{ "id": target["id"], "expectedVersion": version }]);
    let version = target["version"].as_i64().unwrap();
    match mutation {
        "articleBulkCategorize" => json!({ "articles": aim(version), "add": [category(1).await] }),
        "articleBulkTag" => json!({ "articles": aim(version), "add": ["mot"] }),
        "articleBulkMove" => {
            let (from, to) = (category(1).await, category(2).await);
            let input = json!({ "articles": aim(version), "add": [from] });
            kit.done(&kit.system(), "articleBulkCategorize", "changedCount", input).await;
            json!({ "articles": aim(version + 1), "fromCategoryId": from, "toCategoryId": to })
        }
        _ => json!({ "articles": aim(version) }),
    }
}

/// A new preview token of an article, by its id.
async fn preview(kit: &Kit, article: &Value) -> Value {
    let input = json!({ "articleId": article["id"] });
    let made = kit.done(&kit.system(), "previewTokenCreate", "previewToken { id }", input).await;
    made["previewToken"]["id"].clone()
}

/// An input that a caller with leave gets through, aimed at a thing made for it by the system.
#[expect(clippy::too_many_lines, reason = "an arm for each mutation")]
async fn input(kit: &Kit, mutation: &str, serial: usize) -> Value {
    let system = kit.system();
    let source = |n: usize| json!({ "kind": "BOOK", "title": format!("Book {serial}-{n}") });
    let media = || json!({ "url": format!("https://media.example/{serial}.jpg") });
    let redirect = || json!({ "path": format!("/old/{serial}"), "target": "/new" });
    let contact = || json!({ "name": "Desk", "role": "NEWSDESK" });
    let renamed = json!({ "changes": { "name": format!("Renamed {serial}") } });
    match mutation {
        "articleCreate" => json!({ "language": "fr", "headline": "Un titre", "body": { "markdown": "Texte." } }),
        "articleUpdate" => aimed(&article(kit, &system).await, json!({ "changes": { "headline": "Autre titre" } })),
        "articleSetReferences" => aimed(&article(kit, &system).await, json!({ "references": [] })),
        "articlePublish" | "articleDelete" | "articleSubmit" | "articleKill" => {
            aimed(&article(kit, &system).await, json!({}))
        }
        many_at_once if many_at_once.starts_with("articleBulk") => {
            many(kit, mutation, &article(kit, &system).await).await
        }
        "articleReturn" => aimed(&submitted(kit, &system).await, json!({})),
        "articleSchedule" => aimed(&article(kit, &system).await, json!({ "at": "2027-01-01T00:00:00Z" })),
        "articleUnpublish" | "articleWithdraw" => aimed(&published(kit, &system).await, json!({})),
        "articleCorrect" => {
            aimed(&published(kit, &system).await, json!({ "kind": "CORRECTION", "text": "Le port a rouvert lundi." }))
        }
        "articleRestore" => aimed(&deleted(kit, &system).await, json!({})),
        "articleRestoreRevision" => aimed(&rewritten(kit, &system).await, json!({ "toVersion": 1 })),
        "articleLinkTranslation" => {
            let other = json!({ "language": "ht", "headline": "Pò a louvri" });
            let payload = kit.done(&system, "articleCreate", "article { id version }", other).await;
            let id = payload["article"]["id"].as_str().unwrap();
            kit.publish(id, json!({})).await;
            aimed(&article(kit, &system).await, json!({ "toId": id }))
        }
        "articleUnlinkTranslation" => {
            let original = published(kit, &system).await;
            let edition = json!({ "language": "ht", "headline": "Pò a louvri", "translationOf": original["id"] });
            let payload = kit.done(&system, "articleCreate", "article { id version }", edition).await;
            aimed(&payload["article"], json!({}))
        }
        "categoryCreate" => json!({ "name": format!("Section {serial}"), "language": "fr" }),
        "categoryUpdate" | "categoryMove" | "categoryDelete" => {
            let made = thing(kit, "category", json!({ "name": format!("Rubrique {serial}"), "language": "fr" })).await;
            let rest = if mutation == "categoryUpdate" { renamed } else { json!({}) };
            aimed(&made, rest)
        }
        "tagRename" => aimed(&tag(kit, &format!("mot {serial}")).await, json!({ "name": format!("nom {serial}") })),
        "tagMerge" => {
            let from = tag(kit, &format!("un {serial}")).await;
            let into = tag(kit, &format!("deux {serial}")).await;
            json!({ "fromId": from["id"], "expectedVersion": from["version"], "intoId": into["id"] })
        }
        "authorCreate" => json!({ "name": format!("Author {serial}") }),
        "authorUpdate" => aimed(&thing(kit, "author", json!({ "name": format!("A {serial}") })).await, renamed),
        "authorDelete" => aimed(&thing(kit, "author", json!({ "name": format!("A {serial}") })).await, json!({})),
        "sourceCreate" => source(0),
        "sourceUpdate" => {
            aimed(&thing(kit, "source", source(0)).await, json!({ "changes": { "title": format!("T {serial}") } }))
        }
        "sourceMerge" => {
            let from = thing(kit, "source", source(1)).await;
            let into = thing(kit, "source", source(2)).await;
            json!({
                "fromId": from["id"], "expectedVersion": from["version"],
                "intoId": into["id"], "intoExpectedVersion": into["version"],
            })
        }
        "contactCreate" => contact(),
        "contactUpdate" => aimed(&thing(kit, "contact", contact()).await, renamed),
        "contactDelete" => aimed(&thing(kit, "contact", contact()).await, json!({})),
        "mediaCreate" => media(),
        "mediaUpdate" => aimed(&thing(kit, "media", media()).await, json!({ "changes": { "credit": "AFP" } })),
        "mediaDelete" => aimed(&thing(kit, "media", media()).await, json!({})),
        "commentCreate" => {
            let article = published(kit, &system).await;
            json!({ "articleId": article["id"], "authorName": "Lectrice", "body": { "text": "Merci." } })
        }
        "commentHide" => {
            let article = published(kit, &system).await;
            let input = json!({ "articleId": article["id"], "authorName": "Lecteur", "body": { "text": "Bien." } });
            let comment = kit.done(&system, "commentCreate", "comment { id version }", input).await["comment"].take();
            aimed(&comment, json!({ "isHidden": true }))
        }
        "previewTokenCreate" => json!({ "articleId": published(kit, &system).await["id"] }),
        "previewTokenRevoke" => json!({ "id": preview(kit, &published(kit, &system).await).await }),
        "redirectCreate" => redirect(),
        "redirectUpdate" => {
            aimed(&thing(kit, "redirect", redirect()).await, json!({ "changes": { "target": "/newer" } }))
        }
        "redirectDelete" => aimed(&thing(kit, "redirect", redirect()).await, json!({})),
        other => panic!("say what input {other} takes"),
    }
}

/// `OK`, or the code of what stood in the way of the mutation.
async fn tried(kit: &Kit, caller: &Caller, mutation: &str, input: Value) -> String {
    let mut letters = mutation.chars();
    let noun: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    let document = format!(
        "mutation($input: {noun}Input!) {{ {mutation}(input: $input) {{ userErrors {{ code path message }} }} }}"
    );
    let answer = kit.graphql(caller, &document, json!({ "input": input })).await;
    let refusal = &answer["errors"][0]["extensions"]["code"];
    let mistake = &answer["data"][mutation]["userErrors"][0]["code"];
    let code = refusal.as_str().or_else(|| mistake.as_str());
    assert!(code.is_some() || answer["data"][mutation]["userErrors"] == json!([]), "{mutation}: {answer:#}");
    code.unwrap_or("OK").to_owned()
}

both_engines! {
    async fn every_mutation_has_a_row(kit: Kit) {
        let query = "{ __schema { mutationType { fields { name } } } }";
        let schema = kit.data(&kit.anonymous(), query, json!({})).await;
        let fields = schema["__schema"]["mutationType"]["fields"].as_array().unwrap();
        let offered: BTreeSet<&str> = fields.iter().map(|field| field["name"].as_str().unwrap()).collect();
        let rows: BTreeSet<&str> = MATRIX.iter().map(|row| row.mutation).chain(OPEN.iter().copied()).collect();
        assert_eq!(offered, rows);
    }

    async fn roles_and_keys_do_what_the_matrix_says(kit: Kit) {
        let mut serial = 0;
        for Row { mutation, role: lowest, scope, .. } in MATRIX {
            for role in Role::ALL {
                serial += 1;
                let caller = kit.as_user(*role).await;
                let input = input(&kit, mutation, serial).await;
                // What a caller cannot see is missing, not forbidden: drafts of others, for readers and contributors.
                let in_sight = ["articleCreate", "articleUnpublish", "articleWithdraw", "articleCorrect"];
                let hides = mutation.starts_with("article") && !in_sight.contains(mutation);
                let expected = match role {
                    role if role >= lowest => "OK",
                    role if hides && *role < Role::Editor => "NOT_FOUND",
                    _ => "FORBIDDEN",
                };
                assert_eq!(tried(&kit, &caller, mutation, input).await, expected, "{mutation} as {role}");
            }
            serial += 1;
            let with = kit.as_key(&[Scope::DraftsRead, *scope]);
            let all_but: Vec<Scope> = Scope::ALL.iter().copied().filter(|other| other != scope).collect();
            let without = kit.as_key(&all_but);
            assert_eq!(tried(&kit, &with, mutation, input(&kit, mutation, serial).await).await, "OK", "{mutation}");
            serial += 1;
            let refused = input(&kit, mutation, serial).await;
            assert_eq!(tried(&kit, &without, mutation, refused).await, "FORBIDDEN", "{mutation}");
        }
    }

    async fn nobody_in_particular_changes_nothing(kit: Kit) {
        for (serial, Row { mutation, .. }) in MATRIX.iter().enumerate() {
            let input = input(&kit, mutation, serial).await;
            let before = kit.changes().await;
            assert_eq!(tried(&kit, &kit.anonymous(), mutation, input).await, "UNAUTHENTICATED", "{mutation}");
            assert_eq!(kit.changes().await, before, "{mutation} changed something");
        }
    }

    async fn a_contributor_keeps_own_drafts_until_readers_saw_them(kit: Kit) {
        for Row { mutation, own, .. } in MATRIX.iter().filter(|row| row.own) {
            let contributor = kit.as_user(Role::Contributor).await;
            let rest = match *mutation {
                "articleUpdate" => json!({ "changes": { "headline": "Mieux" } }),
                "articleSetReferences" => json!({ "references": [] }),
                "articleRestoreRevision" => json!({ "toVersion": 1 }),
                "articleLinkTranslation" => {
                    let input = json!({ "language": "ht", "headline": "Pò a louvri" });
                    json!({ "toId": kit.published(input).await })
                }
                _ => json!({}),
            };
            let draft = match *mutation {
                "articleRestore" => deleted(&kit, &contributor).await,
                _ => article(&kit, &contributor).await,
            };
            let input = match *mutation {
                "previewTokenCreate" => json!({ "articleId": draft["id"] }),
                "previewTokenRevoke" => json!({ "id": preview(&kit, &draft).await }),
                _ if mutation.starts_with("articleBulk") => many(&kit, mutation, &draft).await,
                _ => aimed(&draft, rest.clone()),
            };
            assert_eq!(tried(&kit, &contributor, mutation, input).await, if *own { "OK" } else { "FORBIDDEN" });
            if *mutation == "articleRestore" {
                continue;
            }
            let seen = published(&kit, &contributor).await;
            let input = match *mutation {
                "previewTokenCreate" => json!({ "articleId": seen["id"] }),
                "previewTokenRevoke" => json!({ "id": preview(&kit, &seen).await }),
                _ if mutation.starts_with("articleBulk") => many(&kit, mutation, &seen).await,
                _ => aimed(&seen, rest),
            };
            assert_eq!(tried(&kit, &contributor, mutation, input).await, "FORBIDDEN", "{mutation}");
        }
    }
}
