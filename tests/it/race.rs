//! Two writers at once, of whom one takes away or joins what the other comes to use. On SQLite one waits for the other
//! from the beginning; on PostgreSQL they meet in the middle. What they are told is the same.

use masthead_app::{AppResult, Work, article, article::ArticleChanges, author, contact, media, source, tag};
use masthead_domain::article::{Credit, CreditRole, MediaUsage};
use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

use crate::{filed, mistake::mistakes};

const NOUNS: [&str; 3] = ["author", "contact", "media"];

/// Sends a mutation while a work that has done its act is open; when the mutation waits, the work is committed.
async fn beside(kit: &Kit, work: Work<'_>, mutation: &str, input: Value) -> Value {
    let system = kit.system();
    let (payload, ()) = tokio::join!(kit.act(&system, mutation, "", input), async {
        filed::until_one_waits(kit).await;
        work.commit().await.unwrap();
    });
    payload
}

async fn thing(kit: &Kit, noun: &str) -> String {
    let input = match noun {
        "author" => json!({ "name": "Jean" }),
        "contact" => json!({ "name": "Desk", "role": "NEWSDESK" }),
        _ => json!({ "url": "https://media.example/a.jpg" }),
    };
    kit.make(noun, input).await
}

/// Changes by which an article comes to use a thing.
fn taking_up(noun: &str, id: &str) -> ArticleChanges {
    let mut changes = ArticleChanges::default();
    match noun {
        "author" => {
            let author = id.parse().unwrap();
            changes.credits = Some(vec![Credit { author, role: CreditRole::Author, credited_as: None }]);
        }
        "contact" => changes.contacts = Some(vec![id.parse().unwrap()]),
        _ => {
            let media = id.parse().unwrap();
            changes.gallery = Some(vec![MediaUsage { media, caption: None, alt: None, credit: None }]);
        }
    }
    changes
}

async fn delete(work: &Work<'_>, noun: &str, id: &str) -> AppResult<()> {
    match noun {
        "author" => author::delete(work, id.parse().unwrap(), 1).await,
        "contact" => contact::delete(work, id.parse().unwrap(), 1).await,
        _ => media::delete(work, id.parse().unwrap(), 1).await,
    }
}

fn update(id: &str, changes: Value) -> Value {
    json!({ "id": id, "expectedVersion": 1, "changes": changes })
}

/// A tag of an article: its id and name.
async fn tag_of(kit: &Kit, article: &str, place: usize) -> Value {
    let query = "query($id: ID!) { article(by: {id: $id}, perspective: LATEST) { tags { id name } } }";
    kit.data(&kit.system(), query, json!({ "id": article })).await["article"]["tags"][place].take()
}

both_engines! {
    async fn what_an_article_comes_to_use_at_once_is_in_use(kit: Kit) {
        let system = kit.system();
        for noun in NOUNS {
            let (id, article) = (thing(&kit, noun).await, kit.article(json!({})).await);
            let work = kit.app.begin(&system).await.unwrap();
            let edit = article::Edit { changes: taking_up(noun, &id), ..article::Edit::default() };
            article::update(&work, article.parse().unwrap(), 1, edit).await.unwrap();
            let input = json!({ "id": id, "expectedVersion": 1 });
            let payload = beside(&kit, work, &format!("{noun}Delete"), input).await;
            assert_eq!(mistakes(&payload), ["ValidationError IN_USE id"], "{noun}");
            let message = payload["userErrors"][0]["message"].as_str().unwrap();
            assert!(message.ends_with(" is still used 1 times"), "{message}");
        }
    }

    async fn what_is_deleted_at_once_is_not_found(kit: Kit) {
        let system = kit.system();
        for noun in NOUNS {
            let (id, article) = (thing(&kit, noun).await, kit.article(json!({})).await);
            let (changes, path) = match noun {
                "author" => (json!({ "authors": [{ "authorId": id }] }), "authors.0.authorId"),
                "contact" => (json!({ "contactIds": [id] }), "contactIds.0"),
                _ => (json!({ "gallery": [{ "mediaId": id }] }), "gallery.0.mediaId"),
            };
            let work = kit.app.begin(&system).await.unwrap();
            delete(&work, noun, &id).await.unwrap();
            let payload = beside(&kit, work, "articleUpdate", update(&article, changes)).await;
            assert_eq!(mistakes(&payload), [format!("NotFoundError NOT_FOUND changes.{path}")]);
        }
        let (author, picture) = (thing(&kit, "author").await, thing(&kit, "media").await);
        let work = kit.app.begin(&system).await.unwrap();
        delete(&work, "media", &picture).await.unwrap();
        let payload = beside(&kit, work, "authorUpdate", update(&author, json!({ "portraitId": picture }))).await;
        assert_eq!(mistakes(&payload), ["NotFoundError NOT_FOUND changes.portraitId"]);
    }

    async fn a_source_that_is_joined_at_once_is_cited_as_the_one_that_stays(kit: Kit) {
        let source = async |title: &str| kit.make("source", json!({ "kind": "BOOK", "title": title })).await;
        let (from, into, article) = (source("Un").await, source("Deux").await, kit.article(json!({})).await);
        let side = |id: &String| source::Side { id: id.parse().unwrap(), expected_version: 1 };
        let system = kit.system();
        let work = kit.app.begin(&system).await.unwrap();
        source::merge(&work, side(&from), side(&into)).await.unwrap();
        let input = json!({ "id": article, "expectedVersion": 1, "references": [{ "source": { "id": from } }] });
        let payload = beside(&kit, work, "articleSetReferences", input).await;
        assert_eq!(mistakes(&payload), Vec::<String>::new());
        let query = "query($id: ID!) { article(by: {id: $id}, perspective: LATEST) { references { source { title } } } }";
        let data = kit.data(&kit.system(), query, json!({ "id": article })).await;
        assert_eq!(data["article"]["references"], json!([{ "source": { "title": "Deux" } }]));
    }

    async fn two_articles_at_once_bring_a_source_without_address_once(kit: Kit) {
        let system = kit.system();
        let book = json!([{ "source": { "create": { "kind": "BOOK", "title": "Gouverneurs de la rosée" } } }]);
        let create = |headline: &str| json!({ "language": "fr", "headline": headline, "references": book });
        for round in 0..3 {
            let (one, two) = tokio::join!(
                kit.act(&system, "articleCreate", "", create(&format!("Un {round}"))),
                kit.act(&system, "articleCreate", "", create(&format!("Deux {round}"))),
            );
            assert_eq!((mistakes(&one), mistakes(&two)), (Vec::new(), Vec::new()));
            assert_eq!(kit.row_count("sources").await, 1);
            // The next round begins without it.
            kit.sql("delete from article_references").await;
            kit.sql("delete from sources").await;
        }
    }

    async fn what_names_no_tags_does_not_bring_back_one_that_is_joined_at_once(kit: Kit) {
        let system = kit.system();
        for (mutation, tag) in [("articleUpdate", "U"), ("articlePublish", "P"), ("articleDelete", "D")] {
            let holder = kit.article(json!({ "tags": [format!("{tag} stays")] })).await;
            let article = kit.article(json!({ "tags": ["A", format!("{tag} goes")] })).await;
            let (goes, stays) = (tag_of(&kit, &article, 1).await, tag_of(&kit, &holder, 0).await);
            let id = |tag: &Value| tag["id"].as_str().unwrap().parse().unwrap();
            let work = kit.app.begin(&system).await.unwrap();
            tag::merge(&work, id(&goes), 1, id(&stays)).await.unwrap();
            let mut input = json!({ "id": article, "expectedVersion": 1 });
            if mutation == "articleUpdate" {
                input["changes"] = json!({ "headline": "Autre" });
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
