//! What callers send who mean no good, and what chance does to those who mean well.

use masthead_domain::policy::Role;
use masthead_store::page::{Cursor, SortValue};
use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

use crate::mistake::mistakes;

/// The number in a cursor that names its list: what anybody can read who wants to write one.
fn list_of(cursor: &str) -> u64 {
    let digit = |byte: u8| -> u32 {
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        alphabet.iter().position(|known| *known == byte).unwrap().try_into().unwrap()
    };
    let quads = cursor.as_bytes().chunks(4).flat_map(|quad| {
        let bits = quad.iter().fold(0, |bits, byte| (bits << 6) | digit(*byte)) << (6 * (4 - quad.len()));
        bits.to_be_bytes().into_iter().skip(1).take(quad.len() - 1)
    });
    let bytes: Vec<u8> = quads.collect();
    serde_json::from_slice::<Value>(&bytes[8..]).unwrap()[0].as_u64().unwrap()
}

async fn code_over_http(kit: &Kit, query: &str, variables: Value) -> (u16, Value) {
    let answer = kit.http().await.graphql(None, query, variables).await;
    (answer.status, answer.json()["errors"][0]["extensions"]["code"].clone())
}

both_engines! {
    async fn who_may_do_nothing_is_refused_before_anything_is_read(kit: Kit) {
        let id = kit.article(json!({})).await;
        let broken = json!({ "blocks": [{ "kind": "nonsense" }] });
        let update = json!({ "id": id, "expectedVersion": 1, "changes": { "tags": ["Port"], "body": broken } });
        for (mutation, input) in [
            ("articleCreate", json!({ "language": "fr", "headline": "", "body": broken })),
            ("articleUpdate", update),
            ("commentCreate", json!({ "articleId": "nothing", "authorName": "", "body": { "text": "" } })),
            ("authorCreate", json!({ "name": "" })),
            ("authorDelete", json!({ "id": "nothing", "expectedVersion": 0 })),
        ] {
            let (code, statements) = kit.statements(kit.refused(&kit.anonymous(), mutation, input)).await;
            assert_eq!((code.as_str(), statements), ("UNAUTHENTICATED", vec![]), "{mutation}");
        }
        let reader = kit.as_user(Role::Reader).await;
        let broken = json!({ "language": "fr", "headline": "", "body": { "blocks": [{ "kind": "nonsense" }] } });
        let (code, statements) = kit.statements(kit.refused(&reader, "articleCreate", broken)).await;
        assert_eq!((code.as_str(), statements), ("FORBIDDEN", vec![]));
        // Who might have leave is still told about the input first, and about the thing.
        let contributor = kit.as_user(Role::Contributor).await;
        let input = json!({ "id": id, "expectedVersion": 1, "changes": { "kicker": "Baie" } });
        let payload = kit.act(&contributor, "articleUpdate", "article { id }", input).await;
        assert_eq!(mistakes(&payload), ["NotFoundError NOT_FOUND id"]);
    }
}
