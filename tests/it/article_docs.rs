//! The examples of `docs/graphql.md` do what the page says.

use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

use crate::article_newsroom::{Page, page};

const DOCS: &str = include_str!("../../docs/graphql.md");

/// The blocks of the page in one language, with the name of the operation.
fn blocks(language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    DOCS.split(fence.as_str()).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

fn name(document: &str) -> &str {
    document.split(|c: char| !c.is_alphanumeric()).nth(1).unwrap()
}

both_engines! {
    async fn every_example_runs(kit: Kit) {
        let Page { id, path, .. } = page(&kit).await;
        let draft = kit.article(json!({})).await;
        let create: Value = serde_json::from_str(blocks("json")[0]).unwrap();
        let examples = blocks("graphql");
        assert!(examples.len() >= 10, "{} examples", examples.len());
        for example in examples {
            let (caller, variables) = match name(example) {
                "Front" | "Menu" | "Archive" | "Languages" | "Filtered" => (kit.anonymous(), json!({})),
                "Sections" => (kit.anonymous(), json!({ "locale": "ht" })),
                "ArticlePage" | "Blocks" | "InLanguage" | "Route" => (kit.anonymous(), json!({ "path": path })),
                "Preview" => (kit.system(), json!({ "id": draft })),
                "Create" => (kit.system(), create.clone()),
                "Bulk" => (kit.system(), json!({ "id": draft, "version": 2 })),
                "Update" => (kit.system(), json!({ "id": id, "version": 2 })),
                "PreviewToken" => (kit.system(), json!({ "id": draft })),
                "Audit" => (kit.system(), json!({})),
                "Link" => {
                    let spanish = kit.article(json!({ "language": "es" })).await;
                    (kit.system(), json!({ "id": spanish, "version": 1, "to": id }))
                }
                "Publish" => (kit.system(), json!({ "id": draft, "version": 1 })),
                other => panic!("give the example {other} its variables here"),
            };
            let data = kit.data(&caller, example, variables).await;
            for (field, value) in data.as_object().unwrap() {
                assert!(!value.is_null(), "{example}");
                if let Some(nodes) = value.get("nodes") {
                    assert!(!nodes.as_array().unwrap().is_empty(), "{field} of {example} finds something");
                }
                if let Some(mistakes) = value.get("userErrors") {
                    assert_eq!(mistakes, &json!([]), "{example}");
                }
            }
        }
    }

    async fn the_front_takes_as_few_statements_as_the_page_says(kit: Kit) {
        page(&kit).await;
        let front = blocks("graphql").into_iter().find(|example| name(example) == "Front").unwrap();
        let reader = kit.anonymous();
        let (_, statements) = kit.statements(kit.data(&reader, front, json!({}))).await;
        assert_eq!(statements.len(), 4, "{statements:#?}");
    }
}
