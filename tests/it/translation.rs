//! Articles that become editions of one story, and leave it.

use masthead_app::{
    Caller,
    article::{self, Target},
};
use masthead_domain::policy::Role;
use masthead_testkit::{Kit, LogRow, both_engines};
use serde_json::{Value, json};

use crate::{filed, mistake::mistakes};

const FIELDS: &str = "article { version translationGroupId translatedFrom { id } translations { id } }";

fn linking(id: &str, version: i64, to: &str) -> Value {
    json!({ "id": id, "expectedVersion": version, "toId": to })
}

fn unlinking(id: &str, version: i64) -> Value {
    json!({ "id": id, "expectedVersion": version })
}

async fn link(kit: &Kit, caller: &Caller, id: &str, version: i64, to: &str) -> Value {
    kit.act(caller, "articleLinkTranslation", FIELDS, linking(id, version, to)).await
}

async fn linked(kit: &Kit, id: &str, version: i64, to: &str) {
    let input = linking(id, version, to);
    kit.done(&kit.system(), "articleLinkTranslation", "", input).await;
}

async fn unlinked(kit: &Kit, id: &str, version: i64) {
    kit.done(&kit.system(), "articleUnlinkTranslation", "", unlinking(id, version)).await;
}

/// What the desk sees of an article: its version, its original, its translations by language.
async fn seen(kit: &Kit, id: &str) -> (i64, Value, Vec<String>) {
    let query = "query($id: ID!) { article(by: {id: $id}, perspective: LATEST) { version translatedFrom { id } translations { id } } }";
    let article = kit.data(&kit.system(), query, json!({ "id": id })).await["article"].take();
    let translations = article["translations"].as_array().unwrap();
    let translations = translations.iter().map(|edition| edition["id"].as_str().unwrap().to_owned()).collect();
    (article["version"].as_i64().unwrap(), article["translatedFrom"]["id"].clone(), translations)
}

async fn draft(kit: &Kit, language: &str, of: Option<&str>) -> String {
    kit.article(json!({ "language": language, "translationOf": of })).await
}

async fn published(kit: &Kit, language: &str, of: Option<&str>) -> String {
    kit.published(json!({ "language": language, "translationOf": of })).await
}

/// A change in short: the article, its version, the fields.
fn told(row: &LogRow) -> (&str, Option<i64>, Vec<&str>) {
    assert_eq!(row.kind, "UPDATED");
    (&row.entity, row.version, row.fields.iter().map(String::as_str).collect())
}

both_engines! {
    async fn an_article_joins_the_story_of_another(kit: Kit) {
        let (french, creole, english) = (published(&kit, "fr", None).await, published(&kit, "ht", None).await, draft(&kit, "en", None).await);
        linked(&kit, &creole, 2, &french).await;
        let log = kit.change_log().await.len();
        linked(&kit, &english, 1, &creole).await;
        assert_eq!(seen(&kit, &french).await, (2, Value::Null, vec![english.clone(), creole.clone()]));
        assert_eq!(seen(&kit, &creole).await, (3, Value::Null, vec![english.clone(), french.clone()]));
        assert_eq!(seen(&kit, &english).await, (2, Value::Null, vec![french.clone(), creole.clone()]));
        let rows = kit.change_log().await;
        let told: Vec<_> = rows[log - 2..].iter().map(told).collect();
        assert_eq!(told, [
            (creole.as_str(), Some(3), vec!["translationGroupId"]),
            (french.as_str(), Some(2), vec!["translations"]),
            // Readers see no draft: for the others nothing changed.
            (english.as_str(), Some(2), vec!["translationGroupId"]),
        ]);
        let reader = "query($id: ID!) { article(by: {id: $id}) { translations { id } } }";
        let data = kit.data(&kit.anonymous(), reader, json!({ "id": french })).await;
        assert_eq!(data["article"]["translations"], json!([{ "id": creole }]));
    }

    async fn an_article_that_leaves_takes_no_original_along_and_leaves_none(kit: Kit) {
        let french = published(&kit, "fr", None).await;
        let creole = published(&kit, "ht", Some(&french)).await;
        let english = draft(&kit, "en", Some(&creole)).await;
        let gone = draft(&kit, "es", Some(&creole)).await;
        kit.done(&kit.system(), "articleDelete", "deletedId", unlinking(&gone, 1)).await;
        let log = kit.change_log().await.len();
        unlinked(&kit, &creole, 2).await;
        assert_eq!(seen(&kit, &creole).await, (3, Value::Null, vec![]));
        assert_eq!(seen(&kit, &french).await, (2, Value::Null, vec![english.clone()]));
        assert_eq!(seen(&kit, &english).await, (1, Value::Null, vec![french.clone()]));
        assert_eq!(kit.change_log().await[log..].iter().map(told).collect::<Vec<_>>(), [
            (creole.as_str(), Some(3), vec!["translationGroupId", "translatedFrom"]),
            (english.as_str(), Some(1), vec!["translatedFrom"]),
            (french.as_str(), Some(2), vec!["translations"]),
        ]);
        let originals = kit.sql("select count(*) as n from articles where translated_from_id is not null").await;
        assert_eq!(originals[0]["n"], 0, "a deleted one might come back");
        let addresses = |scope: &Option<Value>| scope.as_ref().unwrap()["language"].clone();
        let row = &kit.change_log().await[log];
        assert_eq!((addresses(&row.before), addresses(&row.after)), (json!("ht"), json!("ht")));
    }

    async fn an_article_that_joins_its_original_keeps_it(kit: Kit) {
        let french = published(&kit, "fr", None).await;
        let creole = published(&kit, "ht", Some(&french)).await;
        let english = published(&kit, "en", Some(&french)).await;
        let other = published(&kit, "es", None).await;
        linked(&kit, &french, 2, &other).await;
        assert_eq!(seen(&kit, &creole).await, (2, Value::Null, vec![english.clone()]));
        assert_eq!(seen(&kit, &french).await, (3, Value::Null, vec![other]));
        let spanish = draft(&kit, "es", Some(&creole)).await;
        linked(&kit, &spanish, 1, &english).await;
        assert_eq!(seen(&kit, &spanish).await, (1, json!(creole), vec![english, creole]), "it was one already");
    }

    async fn nothing_is_written_where_nothing_changes(kit: Kit) {
        let french = published(&kit, "fr", None).await;
        let creole = published(&kit, "ht", Some(&french)).await;
        let alone = published(&kit, "en", None).await;
        let log = kit.change_log().await;
        linked(&kit, &creole, 2, &french).await;
        linked(&kit, &french, 2, &creole).await;
        unlinked(&kit, &alone, 2).await;
        assert_eq!(kit.change_log().await, log);
    }

    async fn what_cannot_be_joined_is_told_why(kit: Kit) {
        let system = kit.system();
        let (french, creole) = (published(&kit, "fr", None).await, published(&kit, "ht", None).await);
        let other = published(&kit, "fr", Some(&creole)).await;
        let taken = link(&kit, &system, &french, 2, &creole).await;
        assert_eq!(mistakes(&taken), ["ValidationError INVALID toId"]);
        assert_eq!(taken["userErrors"][0]["message"], format!("this story has an edition in fr already: {other}"));
        assert_eq!(mistakes(&link(&kit, &system, &french, 2, &french).await), ["ValidationError INVALID toId"]);
        assert_eq!(mistakes(&link(&kit, &system, &french, 1, &creole).await), ["VersionConflictError VERSION_CONFLICT expectedVersion"]);
        assert_eq!(mistakes(&link(&kit, &system, "x", 1, "y").await), ["ValidationError INVALID id", "ValidationError INVALID toId"]);
        let author = kit.author("Ana Morel").await;
        assert_eq!(mistakes(&link(&kit, &system, &french, 2, &author).await), ["ValidationError INVALID toId"]);
        let gone = draft(&kit, "en", None).await;
        kit.done(&system, "articleDelete", "deletedId", unlinking(&gone, 1)).await;
        assert_eq!(mistakes(&link(&kit, &system, &french, 2, &gone).await), ["NotFoundError NOT_FOUND toId"]);
        assert_eq!(mistakes(&link(&kit, &system, &gone, 2, &french).await), ["NotFoundError NOT_FOUND id"]);
        let mut input = linking(&french, 2, &creole);
        input["toExpectedVersion"] = json!(7);
        let stale = kit.act(&system, "articleLinkTranslation", FIELDS, input).await;
        assert_eq!(mistakes(&stale), ["VersionConflictError VERSION_CONFLICT toExpectedVersion"]);
        assert_eq!(mistakes(&kit.act(&system, "articleUnlinkTranslation", FIELDS, unlinking(&french, 1)).await), ["VersionConflictError VERSION_CONFLICT expectedVersion"]);
        assert_eq!(seen(&kit, &french).await, (2, Value::Null, vec![]));
    }

    async fn a_contributor_moves_own_drafts_and_is_told_of_no_others(kit: Kit) {
        let writer = kit.as_user(Role::Contributor).await;
        let french = published(&kit, "fr", None).await;
        let hidden = draft(&kit, "ht", Some(&french)).await;
        let own = async |language: &str| {
            let input = json!({ "language": language, "headline": format!("Mien {language}") });
            kit.done(&writer, "articleCreate", "article { id }", input).await["article"]["id"].as_str().unwrap().to_owned()
        };
        let (english, creole, second) = (own("en").await, own("ht").await, own("fr").await);
        let joined = link(&kit, &writer, &english, 1, &french).await;
        assert_eq!((mistakes(&joined), &joined["article"]["translations"]), (vec![], &json!([{ "id": french }])));
        let refused = link(&kit, &writer, &creole, 1, &french).await;
        assert_eq!(mistakes(&refused), ["ValidationError INVALID toId"]);
        assert_eq!(refused["userErrors"][0]["message"], "this story takes no new edition in ht");
        let named = link(&kit, &writer, &second, 1, &english).await;
        assert_eq!(named["userErrors"][0]["message"], format!("this story has an edition in fr already: {french}"));
        assert_eq!(mistakes(&link(&kit, &writer, &creole, 1, &hidden).await), ["NotFoundError NOT_FOUND toId"]);
        assert_eq!(mistakes(&link(&kit, &writer, &hidden, 1, &english).await), ["NotFoundError NOT_FOUND id"]);
        for (mutation, input) in [
            ("articleLinkTranslation", linking(&french, 2, &creole)),
            ("articleUnlinkTranslation", unlinking(&french, 2)),
        ] {
            assert_eq!(kit.refused(&writer, mutation, input).await, "FORBIDDEN", "{mutation}");
        }
        let left = kit.done(&writer, "articleUnlinkTranslation", FIELDS, unlinking(&english, 2)).await;
        assert_eq!(left["article"]["translations"], json!([]));
        let alone = kit.done(&writer, "articleUnlinkTranslation", FIELDS, unlinking(&english, 3)).await;
        assert_eq!(alone["article"]["version"], 4, "it cannot tell whether there was a hidden one");
    }

    async fn two_that_join_a_story_at_once_are_not_both_its_edition(kit: Kit) {
        let system = kit.system();
        let (french, creole) = (published(&kit, "fr", None).await, published(&kit, "ht", None).await);
        linked(&kit, &creole, 2, &french).await;
        let (one, two) = (draft(&kit, "en", None).await, draft(&kit, "en", None).await);
        let work = kit.app.begin(&system).await.unwrap();
        let to = Target { id: french.parse().unwrap(), expected_version: None };
        article::link_translation(&work, one.parse().unwrap(), 1, to).await.unwrap();
        let (payload, ()) = tokio::join!(link(&kit, &system, &two, 1, &creole), async {
            filed::until_one_waits(&kit).await;
            work.commit().await.unwrap();
        });
        assert_eq!(mistakes(&payload), ["ValidationError INVALID toId"]);
        assert!(payload["userErrors"][0]["message"].as_str().unwrap().starts_with("this story has an edition in en already"));
    }

    async fn two_that_join_each_other_at_once_are_one_story(kit: Kit) {
        let system = kit.system();
        let (french, creole) = (published(&kit, "fr", None).await, published(&kit, "ht", None).await);
        let work = kit.app.begin(&system).await.unwrap();
        let to = Target { id: creole.parse().unwrap(), expected_version: None };
        article::link_translation(&work, french.parse().unwrap(), 2, to).await.unwrap();
        let (payload, ()) = tokio::join!(link(&kit, &system, &creole, 2, &french), async {
            filed::until_one_waits(&kit).await;
            work.commit().await.unwrap();
        });
        assert_eq!(mistakes(&payload), Vec::<String>::new());
        assert_eq!(seen(&kit, &french).await.2, [creole]);
    }

    async fn an_edition_that_is_made_while_its_original_leaves_follows_it(kit: Kit) {
        let system = kit.system();
        let french = published(&kit, "fr", None).await;
        let creole = published(&kit, "ht", Some(&french)).await;
        let work = kit.app.begin(&system).await.unwrap();
        article::unlink_translation(&work, creole.parse().unwrap(), 2).await.unwrap();
        let input = json!({ "language": "en", "headline": "Port", "translationOf": creole });
        let (payload, ()) = tokio::join!(kit.act(&system, "articleCreate", FIELDS, input), async {
            filed::until_one_waits(&kit).await;
            work.commit().await.unwrap();
        });
        assert_eq!(mistakes(&payload), Vec::<String>::new());
        assert_eq!(payload["article"]["translatedFrom"]["id"], json!(creole));
        assert_eq!(payload["article"]["translations"], json!([{ "id": creole }]));
    }
}
