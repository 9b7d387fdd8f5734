//! What a category lists, through everything that can change it.

use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

use crate::category::category;

/// The headlines of a category's list, its pages read both ways, which must agree with each other and with the count.
async fn headlines(kit: &Kit, category: &str) -> String {
    let query = "query($id: ID!, $after: String, $before: String) { category(by: { id: $id }) {
        all: articles(first: 100) { totalCount nodes { headline } }
        forward: articles(first: 1, after: $after) { nodes { headline } pageInfo { endCursor hasNextPage } }
        backward: articles(last: 1, before: $before) { nodes { headline } pageInfo { startCursor hasPreviousPage } }
    } }";
    let (mut after, mut before) = (Value::Null, Value::Null);
    let (mut forward, mut backward) = (String::new(), String::new());
    loop {
        let variables = json!({ "id": category, "after": after, "before": before });
        let found = kit.data(&kit.anonymous(), query, variables).await["category"].take();
        let of = |list: &str| -> String {
            found[list]["nodes"].as_array().unwrap().iter().map(|node| node["headline"].as_str().unwrap()).collect()
        };
        forward.push_str(&of("forward"));
        backward.insert_str(0, &of("backward"));
        let (ahead, behind) = (&found["forward"]["pageInfo"], &found["backward"]["pageInfo"]);
        assert_eq!(ahead["hasNextPage"], behind["hasPreviousPage"]);
        if ahead["hasNextPage"] != true {
            assert_eq!((&forward, &backward), (&of("all"), &of("all")));
            assert_eq!(found["all"]["totalCount"], forward.len());
            return forward;
        }
        (after, before) = (ahead["endCursor"].clone(), behind["startCursor"].clone());
    }
}

/// Does something to an article at its present version and gives the new one.
async fn act(kit: &Kit, article: &mut Value, mutation: &str, rest: Value) {
    let mut input = json!({ "id": article["id"], "expectedVersion": article["version"] });
    input.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    *article = kit.done(&kit.system(), mutation, "article { id version }", input).await["article"].take();
}

both_engines! {
    async fn a_category_lists_what_readers_see_through_every_act(kit: Kit) {
        let news = category(&kit, "News", None).await;
        let city = category(&kit, "City", Some(&news)).await;
        let sport = category(&kit, "Sport", None).await;
        let mut articles = Vec::new();
        for (headline, at, categories) in [
            ("A", "2026-01-01T00:00:00Z", vec![&news]),
            ("B", "2026-01-03T00:00:00Z", vec![&city, &news]),
            ("C", "2026-01-02T00:00:00Z", vec![&city, &sport]),
            ("D", "2026-01-03T00:00:00Z", vec![&sport]),
        ] {
            let input = json!({ "language": "fr", "headline": headline, "body": { "html": "<p>…</p>" }, "categoryIds": categories });
            let mut article = kit.done(&kit.system(), "articleCreate", "article { id version }", input).await["article"].take();
            act(&kit, &mut article, "articlePublish", json!({ "at": at })).await;
            articles.push(article);
        }
        assert_eq!(headlines(&kit, &news).await, "BCA", "once, though B stands in two of them");
        assert_eq!(headlines(&kit, &city).await, "BC");
        assert_eq!(headlines(&kit, &sport).await, "DC");

        act(&kit, &mut articles[1], "articleUnpublish", json!({ "reason": "UNPUBLISHED" })).await;
        assert_eq!(headlines(&kit, &news).await, "CA");
        let soon = kit.app.clock.now() + std::time::Duration::from_secs(60);
        act(&kit, &mut articles[1], "articlePublish", json!({ "at": soon })).await;
        assert_eq!(headlines(&kit, &news).await, "CA", "a schedule is not there yet");
        kit.clock.advance(std::time::Duration::from_secs(60));
        assert_eq!(headlines(&kit, &news).await, "BCA");

        act(&kit, &mut articles[3], "articleUpdate", json!({ "changes": { "categoryIds": [city, sport] } })).await;
        assert_eq!(headlines(&kit, &news).await, "BCA", "what waits is filed nowhere");
        act(&kit, &mut articles[3], "articlePublish", json!({})).await;
        assert_eq!(headlines(&kit, &news).await, "BDCA", "filed anew, with the instant it has");
        act(&kit, &mut articles[2], "articleUpdate", json!({ "changes": { "categoryIds": [] } })).await;
        act(&kit, &mut articles[2], "articlePublish", json!({})).await;
        assert_eq!(headlines(&kit, &news).await, "BDA");
        let input = json!({ "id": articles[0]["id"], "expectedVersion": articles[0]["version"] });
        drop(kit.done(&kit.system(), "articleDelete", "", input).await);
        assert_eq!(headlines(&kit, &news).await, "BD");
        assert_eq!(headlines(&kit, &sport).await, "D");
    }
}
