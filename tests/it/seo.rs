//! What search engines are told: by the desk, or by the article itself.

use masthead_domain::policy::Role;
use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

use crate::{mistake::mistakes, newsroom::update};

const SEO: &str = "query S($id: ID!, $perspective: Perspective! = PUBLISHED) {
  article(by: {id: $id}, perspective: $perspective) {
    version
    seo { title description canonicalUrl noindex alternates { language url } xDefault openGraphImage { url } }
  }
}";

async fn seo(kit: &Kit, id: &str) -> Value {
    kit.data(&kit.anonymous(), SEO, json!({ "id": id })).await["article"]["seo"].take()
}

fn languages(seo: &Value) -> Vec<&str> {
    seo["alternates"].as_array().unwrap().iter().map(|link| link["language"].as_str().unwrap()).collect()
}

both_engines! {
    async fn it_follows_from_the_article(kit: Kit) {
        let long = "Le port rouvre. ".repeat(30);
        let picture = kit.make("media", json!({ "url": "https://media.example/a.jpg" })).await;
        let input = json!({
            "headline": "Le port rouvre", "body": { "markdown": long }, "gallery": [{ "mediaId": picture }],
        });
        let id = kit.published(input).await;
        let found = seo(&kit, &id).await;
        let description = found["description"].as_str().unwrap();
        assert!(description.chars().count() <= 160 && description.ends_with('…'), "{description}");
        assert_eq!((&found["title"], &found["noindex"]), (&json!("Le port rouvre"), &json!(false)));
        assert_eq!(found["canonicalUrl"], "https://news.example/fr/le-port-rouvre");
        assert_eq!(found["openGraphImage"], json!({ "url": "https://media.example/a.jpg" }));
        assert_eq!(found["alternates"], json!([{ "language": "fr", "url": "https://news.example/fr/le-port-rouvre" }]));
        assert_eq!(found["xDefault"], Value::Null, "there is nothing to choose from");
        let bare = seo(&kit, &kit.published(json!({})).await).await;
        assert_eq!((&bare["description"], &bare["openGraphImage"]), (&Value::Null, &Value::Null));
    }

    async fn the_desk_says_otherwise(kit: Kit) {
        let editor = kit.as_user(Role::Editor).await;
        let own = json!({
            "title": " Port  rouvert ", "description": "Enfin.", "canonicalUrl": "https://Elsewhere.example/port", "noindex": true,
        });
        let id = kit.published(json!({ "headline": "Le port", "seo": own })).await;
        assert_eq!(seo(&kit, &id).await, json!({
            "title": "Port rouvert", "description": "Enfin.", "canonicalUrl": "https://elsewhere.example/port", "noindex": true,
            "alternates": [], "xDefault": null, "openGraphImage": null,
        }));
        let draft = kit.article(json!({ "headline": "Le quai", "seo": { "title": "Un" } })).await;
        let read = async || kit.data(&kit.system(), SEO, json!({ "id": draft, "perspective": "LATEST" })).await["article"].take();
        for (version, changes, fields, title) in [
            (1, json!({ "headline": "Quai" }), 2, "Un"),
            (2, json!({ "seo": { "title": "Un" } }), 2, "Un"),
            (2, json!({ "seo": { "description": "Deux" } }), 3, "Quai"),
            (3, json!({ "seo": null }), 4, "Quai"),
            (4, json!({ "seo": { "title": " ", "noindex": false } }), 4, "Quai"),
        ] {
            kit.done(&editor, "articleUpdate", "", update(&draft, version, changes.clone())).await;
            let article = read().await;
            assert_eq!((&article["version"], &article["seo"]["title"]), (&json!(fields), &json!(title)), "{changes}");
        }
        assert_eq!(kit.change_log().await.last().unwrap().fields, ["seo"]);
        assert_eq!(kit.sql("select count(*) as n from articles where seo is null").await, [json!({ "n": 1 })]);
    }

    async fn what_is_wrong_is_told_where_it_stands(kit: Kit) {
        let seo = json!({ "title": "t".repeat(301), "description": "d".repeat(501), "canonicalUrl": "/fr/le-port" });
        let input = json!({ "language": "fr", "headline": "Le port", "seo": seo });
        let payload = kit.act(&kit.system(), "articleCreate", "", input).await;
        let expected = ["TOO_LONG seo.title", "TOO_LONG seo.description", "INVALID seo.canonicalUrl"];
        assert_eq!(mistakes(&payload), expected.map(|mistake| format!("ValidationError {mistake}")));
        let id = kit.article(json!({})).await;
        let changes = update(&id, 1, json!({ "seo": { "canonicalUrl": "mailto:a@b.example" } }));
        let payload = kit.act(&kit.system(), "articleUpdate", "", changes).await;
        assert_eq!(mistakes(&payload), ["ValidationError INVALID changes.seo.canonicalUrl"]);
    }

    async fn editions_that_are_to_be_found_name_each_other(kit: Kit) {
        let french = kit.published(json!({ "headline": "Le port" })).await;
        let edition = |language: &str, more: Value| {
            let mut input = json!({ "language": language, "translationOf": french, "headline": "Port" });
            input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            input
        };
        let english = kit.published(edition("en", json!({}))).await;
        let creole = kit.published(edition("ht", json!({}))).await;
        kit.article(edition("es", json!({}))).await;
        for id in [&french, &english, &creole] {
            let found = seo(&kit, id).await;
            assert_eq!(found["alternates"], json!([
                { "language": "en", "url": "https://news.example/en/port" },
                { "language": "fr", "url": "https://news.example/fr/le-port" },
                { "language": "ht", "url": "https://news.example/ht/port" },
            ]), "drafts are no editions for readers");
            assert_eq!(found["xDefault"], "https://news.example/fr/le-port");
        }
        kit.done(&kit.system(), "articleUpdate", "", update(&creole, 2, json!({ "seo": { "noindex": true } }))).await;
        assert_eq!(languages(&seo(&kit, &creole).await), ["en", "fr", "ht"], "it waits until it is published");
        kit.done(&kit.system(), "articlePublish", "", json!({ "id": creole, "expectedVersion": 3 })).await;
        assert_eq!(languages(&seo(&kit, &english).await), ["en", "fr"]);
        assert_eq!(languages(&seo(&kit, &creole).await), Vec::<&str>::new());
        kit.done(&kit.system(), "articleUnpublish", "", json!({ "id": french, "expectedVersion": 2 })).await;
        let alone = seo(&kit, &english).await;
        assert_eq!((languages(&alone), &alone["xDefault"]), (vec!["en"], &Value::Null));
    }

    async fn a_list_takes_few_statements(kit: Kit) {
        for headline in ["Un", "Deux", "Trois"] {
            kit.published(json!({ "headline": headline })).await;
        }
        let query = "{ articles { nodes { seo { title alternates { url } openGraphImage { url } } } } }";
        let (_, statements) = kit.statements(kit.data(&kit.anonymous(), query, json!({}))).await;
        assert!(statements.len() <= 4, "{statements:#?}");
    }
}
