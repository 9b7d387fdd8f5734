//! A hundred editors of one article at once: nobody overwrites anybody, and nobody waits for ever.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use masthead_domain::policy::Role;
use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

const EDITORS: usize = 100;

/// What one save came to: the version it made, or the mistake that says it came too late.
async fn save(kit: &Kit, id: &str, version: i64, headline: &str) -> Result<i64, Value> {
    let editor = kit.as_role(Role::Editor);
    let input = json!({ "id": id, "expectedVersion": version, "changes": { "headline": headline } });
    let document = "mutation($input: ArticleUpdateInput!) { articleUpdate(input: $input) { article { version }
        userErrors { __typename ... on VersionConflictError { expectedVersion currentVersion changedFields } } } }";
    loop {
        let mut answer = kit.graphql(&editor, document, json!({ "input": input })).await;
        match answer["errors"][0]["extensions"]["code"].as_str() {
            // More than the pool serves at once; nothing was done.
            Some("UNAVAILABLE") => tokio::task::yield_now().await,
            Some(code) => panic!("{code}: {answer}"),
            None => {
                let mut payload = answer["data"]["articleUpdate"].take();
                return payload["article"]["version"].as_i64().ok_or_else(|| payload["userErrors"][0].take());
            }
        }
    }
}

async fn newest(kit: &Kit, id: &str) -> i64 {
    let query = "query($id: ID!) { article(by: {id: $id}, perspective: LATEST) { version } }";
    kit.data(&kit.system(), query, json!({ "id": id })).await["article"]["version"].as_i64().unwrap()
}

/// Every version with its headline, from the history.
async fn history(kit: &Kit, id: &str) -> BTreeMap<i64, String> {
    let query = "query($id: ID!, $after: String) { article(by: {id: $id}, perspective: LATEST) {
        revisions(first: 100, after: $after) { pageInfo { hasNextPage endCursor } nodes { version article { headline } } } } }";
    let (mut found, mut after) = (BTreeMap::new(), Value::Null);
    loop {
        let data = kit.data(&kit.system(), query, json!({ "id": id, "after": after })).await;
        let page = &data["article"]["revisions"];
        for node in page["nodes"].as_array().unwrap() {
            let headline = node["article"]["headline"].as_str().unwrap().to_owned();
            assert!(found.insert(node["version"].as_i64().unwrap(), headline).is_none());
        }
        if page["pageInfo"]["hasNextPage"] == false {
            return found;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

both_engines! {
    async fn of_a_hundred_editors_each_is_kept_or_told_of_the_others(kit: Kit) {
        for id in [kit.article(json!({ "headline": "Un" })).await, kit.published(json!({ "headline": "Un" })).await] {
            let begun = newest(&kit, &id).await;
            let mut accepted: BTreeMap<i64, String> = BTreeMap::new();
            for round in 0..3 {
                let version = newest(&kit, &id).await;
                let edits = (0..EDITORS).map(|editor| {
                    let (kit, id) = (&kit, &id);
                    async move {
                        let headline = format!("Titre {round}-{editor}");
                        // One in ten has read the article a moment ago, the others before the round.
                        let version = if editor % 10 == 0 { newest(kit, id).await } else { version };
                        (save(kit, id, version, &headline).await, version, headline)
                    }
                });
                for (outcome, read, headline) in join_all(edits).await {
                    match outcome {
                        Ok(made) => {
                            assert_eq!(made, read + 1);
                            assert!(accepted.insert(made, headline).is_none(), "one save for each version");
                        }
                        Err(mistake) => {
                            assert_eq!(mistake["__typename"], "VersionConflictError", "{mistake}");
                            assert_eq!(mistake["expectedVersion"], read);
                            assert!(mistake["currentVersion"].as_i64().unwrap() > read);
                            assert_eq!(mistake["changedFields"], json!(["headline"]));
                        }
                    }
                }
            }
            assert!(accepted.len() >= 3, "somebody is first in every round");
            let kept: BTreeMap<i64, String> =
                history(&kit, &id).await.into_iter().filter(|(version, _)| *version > begun).collect();
            assert_eq!(kept, accepted);
        }
    }
}
