//! The program killed in the middle of acts: all of an act is there afterwards, or none of it.

use std::{collections::HashSet, time::Duration};

use masthead_store::Engine;
use masthead_testkit::Kit;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::server::{SECRET, Server, ran, text};

/// How often the program is killed, and after how many milliseconds of acts.
const ROUNDS: [u64; 4] = [150, 320, 480, 700];

/// An article's editor, who goes on until the program is gone; gives the last version that was acknowledged.
async fn edits(root: String, token: String, id: String, round: usize) -> i64 {
    let client = reqwest::Client::new();
    let mut acknowledged = 0;
    for step in 0.. {
        let read = format!("{{ article(by: {{ id: \"{id}\" }}, perspective: LATEST) {{ version status }} }}");
        let Some(answer) = ask(&client, &root, &token, &read).await else { return acknowledged };
        let article = &answer["data"]["article"];
        let aim = format!("id: \"{id}\", expectedVersion: {}", article["version"]);
        let slug = format!("{}-{round}-{step}", &id[20..]);
        let act = match (step % 5, article["status"].as_str().unwrap()) {
            (_, "UNPUBLISHED" | "DRAFT") => format!("articlePublish(input: {{ {aim} }})"),
            (0, _) => format!(
                "articleUpdate(input: {{ {aim}, changes: {{ slug: \"{slug}\", tags: [\"{slug}\"], body: {{ markdown: \"{slug}\" }} }} }})"
            ),
            (1, _) => format!("articleCorrect(input: {{ {aim}, kind: UPDATE, text: \"{slug}\" }})"),
            (2, _) => format!("articleUpdate(input: {{ {aim}, changes: {{ headline: \"{slug}\", references: [] }} }})"),
            (3, _) => format!("articlePublish(input: {{ {aim} }})"),
            (_, _) => format!("articleUnpublish(input: {{ {aim} }})"),
        };
        let name = act.split('(').next().unwrap();
        let document = format!("mutation {{ {act} {{ article {{ version }} userErrors {{ message }} }} }}");
        let Some(answer) = ask(&client, &root, &token, &document).await else { return acknowledged };
        let payload = &answer["data"][name];
        assert_eq!(payload["userErrors"], json!([]), "{document}: {answer}");
        acknowledged = payload["article"]["version"].as_i64().unwrap();
    }
    acknowledged
}

/// The answer, unless the program is gone.
async fn ask(client: &reqwest::Client, root: &str, token: &str, query: &str) -> Option<Value> {
    let request = client.post(format!("{root}/graphql")).bearer_auth(token).header("content-type", "application/json");
    let answer = request.body(json!({ "query": query }).to_string()).send().await.ok()?.text().await.ok()?;
    serde_json::from_str(&answer).ok()
}

/// Rows that break a law; there must be none.
const LAWS: [(&str, &str); 5] = [
    (
        "an article has all its versions and no other",
        "select slug, version from articles a where version <> (select count(*) from article_versions v where v.article_id = a.id)
            or version <> (select max(version) from article_versions v where v.article_id = a.id)",
    ),
    (
        "a version says what its article said",
        "select version from article_versions v where not exists
            (select 1 from article_contents c where c.article_id = v.article_id and c.version = v.content_version)",
    ),
    (
        "the log has one row for each version",
        "select version from article_versions v where 1 <> (select count(*) from change_log l
            where l.entity_kind = 'article' and l.entity_id = v.article_id and l.version = v.version)",
    ),
    (
        "the tables hold the version they say",
        "select a.slug from articles a join article_contents c on c.article_id = a.id and c.version = a.live_version
            where c.content not like '%\"slug\":\"' || a.slug || '\"%' or c.content not like '%\"headline\":\"' || a.headline || '\"%'",
    ),
    (
        "a correction is there with its act",
        "select version from article_versions v where act = 'articleCorrect' and 1 <>
            (select count(*) from corrections c where c.article_id = v.article_id and c.to_version = v.version)",
    ),
];

/// A law of SQLite alone. On PostgreSQL a number that an act had when it died is not given again (ADR 0019).
const NUMBERS: (&str, &str) =
    ("the log is numbered without gaps", "select max(seq) as seq from change_log having max(seq) <> count(*)");

async fn check(kit: &Kit) {
    let of_the_engine = (kit.engine() == Engine::Sqlite).then_some(NUMBERS);
    for (law, broken) in LAWS.into_iter().chain(of_the_engine) {
        assert_eq!(kit.sql(broken).await, Vec::<Value>::new(), "{law}");
    }
    let known: HashSet<String> = kit
        .sql("select path from legacy_paths")
        .await
        .iter()
        .map(|row| row["path"].as_str().unwrap().to_owned())
        .collect();
    let shown = "select a.slug, c.content from article_versions v join articles a on a.id = v.article_id
        join article_contents c on c.article_id = v.article_id and c.version = v.live_version";
    for row in kit.sql(shown).await {
        let content: Value = serde_json::from_str(row["content"].as_str().unwrap()).unwrap();
        let path = format!("/fr/{}", content["slug"].as_str().unwrap());
        assert!(content["slug"] == row["slug"] || known.contains(&path), "readers knew {path}");
    }
}

masthead_testkit::both_engines! {
    async fn a_killed_program_leaves_all_of_an_act_or_nothing(kit: Kit) {
        let folder = TempDir::new().unwrap();
        let settings = format!("MASTHEAD_DATABASE_URL={}\nMASTHEAD_JWT_SECRET='{SECRET}'\n", kit.database_url());
        std::fs::write(folder.path().join(".env"), settings).unwrap();
        let token = text(&ran(folder.path(), &["token", "issue", "--role", "publisher"]).stdout).trim().to_owned();
        let mut articles = Vec::new();
        for _ in 0..4 {
            articles.push(kit.published(json!({ "body": { "markdown": "Un." } })).await);
        }
        for (round, pause) in ROUNDS.into_iter().enumerate() {
            let mut server = Server::start(folder.path(), &[]);
            let edit = |id: &String| tokio::spawn(edits(server.root.clone(), token.clone(), id.clone(), round));
            let editors: Vec<_> = articles.iter().map(edit).collect();
            tokio::time::sleep(Duration::from_millis(pause)).await;
            server.child.kill().unwrap();
            server.child.wait().unwrap();
            for (editor, id) in editors.into_iter().zip(&articles) {
                let acknowledged = editor.await.unwrap();
                let query = "query($id: ID!) { article(by: { id: $id }, perspective: LATEST) { version body { text } } }";
                let article = kit.data(&kit.system(), query, json!({ "id": id })).await["article"].take();
                assert!(article["version"].as_i64().unwrap() >= acknowledged, "what was acknowledged is kept");
            }
            check(&kit).await;
        }
        assert!(kit.row_count("article_versions").await > 20, "something was done");
    }
}
