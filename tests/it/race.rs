//! Two writers at once, of whom one takes away or joins what the other comes to use. On SQLite one waits for the other
//! from the beginning; on PostgreSQL they meet in the middle. What they are told is the same.

use masthead_app::{Work, tag};
use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

use crate::{filed, mistake::mistakes};

/// Sends a mutation while a work that has done its act is open; when the mutation waits, the work is committed.
async fn beside(kit: &Kit, work: Work<'_>, mutation: &str, input: Value) -> Value {
    let system = kit.system();
    let (payload, ()) = tokio::join!(kit.act(&system, mutation, "", input), async {
        filed::until_one_waits(kit).await;
        work.commit().await.unwrap();
    });
    payload
}

/// A tag of an article: its id and name.
async fn tag_of(kit: &Kit, article: &str, place: usize) -> Value {
    let query = "query($id: ID!) { article(by: {id: $id}, perspective: LATEST) { tags { id name } } }";
    kit.data(&kit.system(), query, json!({ "id": article })).await["article"]["tags"][place].take()
}

both_engines! {
    async fn what_names_no_tags_does_not_bring_back_one_that_is_joined_at_once(kit: Kit) {
        let system = kit.system();
        for (mutation, tag) in [("articleUpdate", "U"), ("articleUpdate", "V"), ("articlePublish", "P"), ("articleDelete", "D")] {
            let holder = kit.article(json!({ "tags": [format!("{tag} stays")] })).await;
            let article = kit.article(json!({ "tags": ["A", format!("{tag} goes")] })).await;
            let (goes, stays) = (tag_of(&kit, &article, 1).await, tag_of(&kit, &holder, 0).await);
            let id = |tag: &Value| tag["id"].as_str().unwrap().parse().unwrap();
            let work = kit.app.begin(&system).await.unwrap();
            tag::merge(&work, id(&goes), 1, id(&stays)).await.unwrap();
            let mut input = json!({ "id": article, "expectedVersion": 1 });
            if mutation == "articleUpdate" {
                input["changes"] = json!({ "headline": "Autre" });
                if tag == "V" {
                    // A form sends back what it was filled with.
                    input["changes"]["tags"] = json!(["A", "V goes"]);
                }
            }
            let payload = beside(&kit, work, mutation, input).await;
            assert_eq!(mistakes(&payload), Vec::<String>::new(), "{mutation}");
            if mutation != "articleDelete" {
                assert_eq!(tag_of(&kit, &article, 1).await, stays, "{mutation}");
            }
            assert_eq!(kit.sql(&format!("select name from tags where name = '{tag} goes'")).await, Vec::<Value>::new());
            let log = kit.change_log().await;
            let row = log.last().unwrap();
            assert_eq!(row.entity, article);
            for scope in [&row.before, &row.after].into_iter().flatten() {
                assert_eq!(scope["tags"][1], stays["id"], "{mutation}: {row:#?}");
            }
        }
    }
}
