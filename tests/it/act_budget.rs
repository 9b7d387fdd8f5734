//! What acts cost: how many statements they take beside beginning and commit.

use masthead_testkit::{Kit, both_engines};
use serde_json::json;

use crate::article_newsroom::{Page, page};

both_engines! {
    async fn another_headline_takes_no_statement_for_what_stays(kit: Kit) {
        let Page { id, .. } = page(&kit).await;
        for (version, headline) in [(2, "Un titre"), (3, "Un autre")] {
            let input = json!({ "id": id, "expectedVersion": version, "changes": { "headline": headline } });
            let fields = "article { id version headline }";
            let (payload, statements) = kit.statements(kit.done(&kit.system(), "articleUpdate", fields, input)).await;
            assert_eq!(payload["article"]["headline"], headline);
            // The article, what stands with it; its row, its tags, what it says, its history; the article as it is now,
            // the log; and what waits, for the answer.
            assert_eq!(statements.len(), 9, "{statements:#?}");
        }
    }
}
