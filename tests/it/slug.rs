//! Free slugs beside those that are taken.

use masthead_domain::policy::Role;
use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

use crate::mistake::mistakes;

async fn create(kit: &Kit, headline: &str) -> String {
    let input = json!({ "language": "fr", "headline": headline });
    let payload = kit.done(&kit.system(), "articleCreate", "article { slug }", input).await;
    payload["article"]["slug"].as_str().unwrap().to_owned()
}

both_engines! {
    async fn the_longest_headlines_have_numbers_of_their_own(kit: Kit) {
        let headline = "a".repeat(120);
        for number in 1..=12 {
            let room = if number < 10 { 118 } else { 117 };
            let expected = if number == 1 { headline.clone() } else { format!("{}-{number}", "a".repeat(room)) };
            assert_eq!(create(&kit, &headline).await, expected);
        }
    }

    async fn numbers_go_on_without_reading_what_only_begins_alike(kit: Kit) {
        for headline in ["Revue de presse", "Revue de presse de lundi", "Revue de presse 2026 de mardi", "Revue"] {
            kit.article(json!({ "headline": headline })).await;
        }
        for number in 2..=50 {
            assert_eq!(create(&kit, "Revue de presse").await, format!("revue-de-presse-{number}"));
        }
        let input = json!({ "language": "fr", "headline": "Autre", "slug": "revue-de-presse" });
        let payload = kit.act(&kit.as_role(Role::Editor), "articleCreate", "article { slug }", input.clone()).await;
        assert_eq!(mistakes(&payload), ["SlugTakenError SLUG_TAKEN slug"]);
        assert_eq!(payload["userErrors"][0]["suggestion"], "revue-de-presse-51");
        let (_, statements) = kit.statements(kit.act(&kit.system(), "articleCreate", "", input)).await;
        assert!(statements.len() < 12, "{statements:#?}");
    }

    async fn authors_and_categories_of_one_name_have_numbers(kit: Kit) {
        for (noun, input) in [
            ("author", json!({ "name": "Jean Pierre" })),
            ("category", json!({ "name": "Jean Pierre", "language": "fr" })),
        ] {
            for slug in ["jean-pierre", "jean-pierre-2", "jean-pierre-3"] {
                let fields = format!("{noun} {{ slug }}");
                let payload: Value = kit.done(&kit.system(), &format!("{noun}Create"), &fields, input.clone()).await;
                assert_eq!(payload[noun]["slug"], slug);
            }
        }
    }
}
