//! Emptying the trash: what deleted articles said is gone for good, and their addresses go on telling that they are gone.

use std::time::Duration;

use masthead_app::article;
use masthead_domain::{Timestamp, time};
use masthead_store::{ConnectionTrait as _, article::Found, external};
use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

use crate::filed;

fn at(text: &str) -> Timestamp {
    time::parse(text).unwrap()
}

/// The tables that hold something of an article.
const TABLES: [&str; 9] = [
    "article_bodies",
    "article_body_media",
    "article_categories",
    "article_contacts",
    "article_credits",
    "article_media",
    "article_references",
    "article_tags",
    "comments",
];

async fn counts(kit: &Kit) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in TABLES {
        counts.push(kit.row_count(table).await);
    }
    counts
}

/// An article that stands with everything an article can stand with.
async fn full(kit: &Kit, letter: &str) -> String {
    let picture = |place: &str| json!({ "url": format!("https://media.example/{letter}-{place}.jpg") });
    let (gallery, body) = (kit.make("media", picture("gallery")).await, kit.make("media", picture("body")).await);
    let category = kit.make("category", json!({ "name": letter, "language": "fr" })).await;
    let contact = kit.make("contact", json!({ "name": "Desk", "role": "NEWSDESK" })).await;
    let author = kit.author(letter).await;
    let id = kit.published(json!({
        "headline": format!("Secret {letter}"), "slug": letter, "secondaryHeadline": "Secret", "kicker": "Secret", "lede": "Secret",
        "byline": "Secret", "tags": [letter], "gallery": [{ "mediaId": gallery }], "categoryIds": [category],
        "authors": [{ "authorId": author }], "contactIds": [contact],
        "links": [{ "kind": "VISIT", "url": "https://secret.example/" }],
        "references": [{ "source": { "create": { "kind": "BOOK", "title": letter } } }],
        "body": { "blocks": { "version": 1, "blocks": [{ "kind": "image", "media": body }] } },
    })).await;
    kit.make("comment", json!({ "articleId": id, "authorName": "Secret", "body": { "html": "<p>Secret</p>" } })).await;
    id
}

async fn delete(kit: &Kit, id: &str) {
    kit.done(&kit.system(), "articleDelete", "", json!({ "id": id, "expectedVersion": 2 })).await;
}

async fn route(kit: &Kit, path: &str) -> Value {
    let query = "query($path: String!) { route(path: $path) { __typename ... on Gone { reason removedAt notice } } }";
    kit.data(&kit.anonymous(), query, json!({ "path": path })).await["route"].take()
}

both_engines! {
    async fn what_a_deleted_article_said_is_erased_and_its_address_says_gone(kit: Kit) {
        let (kept, deleted) = (full(&kit, "kept").await, full(&kit, "deleted").await);
        let of_both = counts(&kit).await;
        let edition = kit.published(json!({ "language": "en", "headline": "Edition", "translationOf": deleted })).await;
        let system = kit.system();
        let work = kit.app.begin(&system).await.unwrap();
        external::bind(&work.tx, "wordpress", "1", deleted.parse().unwrap(), "f").await.unwrap();
        work.commit().await.unwrap();
        kit.clock.advance(Duration::from_secs(60));
        delete(&kit, &deleted).await;
        let gone = route(&kit, "/fr/deleted").await;
        assert_eq!(gone["reason"], "DELETED");
        let log = kit.change_log().await.len();

        assert_eq!(article::purge_deleted(&kit.app, at("2026-11-23T12:01:00Z")).await.unwrap(), 0, "deleted at that instant");
        assert_eq!(kit.change_log().await.len(), log);
        kit.clock.advance(Duration::from_secs(60));
        assert_eq!(article::purge_deleted(&kit.app, at("2026-11-23T12:01:00.000001Z")).await.unwrap(), 1);
        let halves: Vec<i64> = of_both.iter().map(|count| count / 2).collect();
        let edition_has_a_body = [1, 0, 0, 0, 0, 0, 0, 0, 0];
        let left: Vec<i64> = halves.iter().zip(edition_has_a_body).map(|(half, more)| half + more).collect();
        assert!(halves.iter().all(|count| *count > 0), "{halves:?}");
        assert_eq!(counts(&kit).await, left);
        let row = kit.sql("select headline, headline_key, secondary_headline, kicker, lede, byline, opening, word_count,
            cast(links as text) as links, comment_count, slug from articles where purged_at is not null").await;
        assert_eq!(row, [json!({
            "headline": "", "headline_key": "", "secondary_headline": null, "kicker": null, "lede": null, "byline": null,
            "opening": "", "word_count": 0, "links": "[]", "comment_count": 0, "slug": "deleted",
        })]);

        assert_eq!(route(&kit, "/fr/deleted").await, gone, "readers see no difference");
        let external = external::find(&kit.app.database, "wordpress", masthead_domain::EntityKind::Article, "1");
        assert_eq!(external.await.unwrap().unwrap().entity.to_string(), deleted, "an import still knows it");
        let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Article { translatedFrom { id } } } }";
        let nodes = kit.data(&kit.anonymous(), query, json!({ "ids": [kept, deleted, edition] })).await["nodes"].take();
        assert_eq!(nodes, json!([{ "id": kept, "translatedFrom": null }, null, { "id": edition, "translatedFrom": null }]));
        let rows = kit.change_log().await.split_off(log);
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].kind.as_str(), rows[0].entity.as_str(), rows[0].actor.as_str()), ("DELETED", deleted.as_str(), "system"));
        assert_eq!((&rows[0].before, &rows[0].after), (&None, &None));
        assert_eq!(rows[0].at, at("2026-11-23T12:02:00Z"));

        assert_eq!(article::purge_deleted(&kit.app, at("2027-01-01T00:00:00Z")).await.unwrap(), 0, "once");
        assert_eq!(kit.change_log().await.len(), log + 1);
        let again = kit.article(json!({ "slug": "deleted" })).await;
        kit.publish(&again, json!({})).await;
        assert_eq!(route(&kit, "/fr/deleted").await["__typename"], "Article", "the address is free");
    }

    async fn more_than_one_transaction_takes_are_all_erased_by_two_nodes_at_once(kit: Kit) {
        let system = kit.system();
        let work = kit.app.begin(&system).await.unwrap();
        for number in 0..205 {
            filed::article_in(&work, &format!("s-{number}"), Vec::new(), &[]).await;
        }
        work.commit().await.unwrap();
        let statement = "update articles set deleted_at = '2026-11-01T00:00:00+00:00' where slug <> 's-7'";
        kit.app.database.execute_unprepared(statement).await.unwrap();
        let before = kit.app.clock.now();
        let (one, two) =
            tokio::join!(article::purge_deleted(&kit.app, before), article::purge_deleted(&kit.app, before));
        assert_eq!(one.unwrap() + two.unwrap(), 204);
        assert_eq!(kit.change_log().await.len(), 204);
        assert_eq!(kit.row_count("article_bodies").await, 1);
        let scope = masthead_store::ReadScope::all(before);
        let slug = "s-7".parse().unwrap();
        let key = masthead_store::article::ArticleKey::Slug(&slug, None);
        let Found { article, body } =
            masthead_store::article::with_body(&kit.app.database, &scope, key).await.unwrap().unwrap();
        assert_eq!((article.headline.as_str(), body.is_some()), ("s-7", true));
    }
}
