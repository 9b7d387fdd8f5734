//! Articles for tests of other nouns, made by the acts themselves, and lists read both ways.

use masthead_app::article::{self, ArticleChanges, ArticleDraft, Publication};
use masthead_domain::{ArticleId, text::Title};
use masthead_testkit::Kit;
use serde_json::{Value, json};

/// A draft with this headline and content.
pub(crate) async fn draft(kit: &Kit, headline: &str, content: ArticleChanges) -> ArticleId {
    let caller = kit.system();
    let work = kit.app.begin(&caller).await.unwrap();
    let headline = Title::parse(headline).unwrap();
    let draft = ArticleDraft { language: "fr".parse().unwrap(), translation_of: None, headline, content };
    let id = article::create(&work, draft).await.unwrap();
    work.commit().await.unwrap();
    id
}

/// An article that readers see.
pub(crate) async fn published(kit: &Kit, headline: &str, content: ArticleChanges) -> ArticleId {
    let id = draft(kit, headline, content).await;
    let caller = kit.system();
    let work = kit.app.begin(&caller).await.unwrap();
    article::publish(&work, id, 1, Publication::default()).await.unwrap();
    work.commit().await.unwrap();
    id
}

/// The input of an update.
pub(crate) fn update(id: &str, version: i64, changes: Value) -> Value {
    json!({ "id": id, "expectedVersion": version, "changes": changes })
}

/// All items of a list, read page by page in both directions, which must agree: one field of each. Whoever reads sees
/// also what stands in no article.
pub(crate) async fn both_ways(kit: &Kit, list: &str, arguments: &str, field: &str) -> Vec<String> {
    let mut reads = Vec::new();
    for (size, from, edge, more) in
        [("first", "after", "endCursor", "hasNextPage"), ("last", "before", "startCursor", "hasPreviousPage")]
    {
        let mut read: Vec<Vec<String>> = Vec::new();
        let mut cursor = Value::Null;
        loop {
            let query = format!(
                "query($cursor: String) {{ {list}({size}: 2, {from}: $cursor {arguments}) {{
                    nodes {{ {field} }} pageInfo {{ {edge} {more} }}
                }} }}"
            );
            let data = kit.data(&kit.system(), &query, json!({ "cursor": cursor })).await;
            let page = &data[list];
            read.push(page["nodes"].as_array().unwrap().iter().map(|node| node[field].to_string()).collect());
            cursor = page["pageInfo"][edge].clone();
            if page["pageInfo"][more] != true {
                break;
            }
            assert!(read.len() < 50, "the list does not end");
        }
        if size == "last" {
            read.reverse();
        }
        reads.push(read.concat());
    }
    assert_eq!(reads[0], reads[1], "both directions agree");
    reads.swap_remove(0).into_iter().map(|text| text.trim_matches('"').to_owned()).collect()
}
