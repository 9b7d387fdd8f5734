//! Comments: written, answered, hidden, counted; seen with their articles only.

use std::time::Duration;

use masthead_app::{
    AppError,
    article::ArticleChanges,
    comment::{self, ImportedComment},
};
use masthead_domain::{
    ArticleId, CommentId,
    comment::{CommentContent, CommentStatus},
    policy::{Role, Scope},
    text::Label,
};
use masthead_store::{
    comment::{self as rows, Audience},
    page::{Direction, PageRequest},
};
use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

use crate::{
    mistake::mistakes,
    newsroom::{draft, published},
};

const FIELDS: &str = "comment { id version authorName body createdAt isHidden inReplyTo { id } }";

async fn article(kit: &Kit, headline: &str) -> ArticleId {
    published(kit, headline, ArticleChanges::default()).await
}

async fn says(kit: &Kit, article: ArticleId, text: &str) -> String {
    kit.make("comment", json!({ "articleId": article, "authorName": "Ann", "body": { "text": text } })).await
}

fn hide(id: &str, version: i64, is_hidden: bool) -> Value {
    json!({ "id": id, "expectedVersion": version, "isHidden": is_hidden })
}

/// The number the article bears, and the number of visible rows it must equal.
async fn counted(kit: &Kit, article: ArticleId) -> (i64, i64) {
    let count = rows::count(&kit.app.database, Audience::Readers, article).await.unwrap();
    let scope = masthead_store::ReadScope::all(kit.app.clock.now());
    let kept = masthead_store::article::by_id(&kit.app.database, &scope, article).await.unwrap().unwrap();
    (kept.comment_count, i64::try_from(count).unwrap())
}

async fn import(kit: &Kit, caller: &masthead_app::Caller, comment: ImportedComment) -> Result<CommentId, AppError> {
    let work = kit.app.begin(caller).await?;
    let id = comment::import(&work, comment).await?;
    work.commit().await?;
    Ok(id)
}

fn old(article: ArticleId, status: CommentStatus, in_reply_to: Option<CommentId>) -> ImportedComment {
    let content = CommentContent { author_name: Label::parse("Old").unwrap(), body: "<p>Old</p>".to_owned() };
    let created_at = masthead_domain::time::parse("2015-03-17T14:00:00Z").unwrap();
    ImportedComment { article, content, in_reply_to, status, created_at }
}

both_engines! {
    async fn a_comment_is_kept_counted_and_logged_below_its_article(kit: Kit) {
        let article = article(&kit, "Un").await;
        let logged = kit.row_count("change_log").await;
        let reader = kit.as_user(Role::Reader).await;
        let input = json!({
            "clientMutationId": "one", "articleId": article, "authorName": "  Ann  B ",
            "body": { "text": "Bien dit.\nVraiment.\n\nMerci & <b>adieu</b>" },
        });
        let payload = kit.done(&reader, "commentCreate", FIELDS, input).await;
        let id = payload["comment"]["id"].as_str().unwrap();
        assert!(id.starts_with("com_"), "{id}");
        assert_eq!(payload["comment"]["authorName"], "Ann B");
        assert_eq!((&payload["comment"]["version"], &payload["comment"]["isHidden"]), (&json!(1), &json!(false)));
        assert_eq!(payload["comment"]["createdAt"], "2026-11-23T12:00:00Z");
        let body = "<p>Bien dit.<br>Vraiment.</p><p>Merci &amp; &lt;b&gt;adieu&lt;/b&gt;</p>";
        assert_eq!(payload["comment"]["body"], body);
        assert_eq!(counted(&kit, article).await, (1, 1));
        let log = kit.change_log().await.split_off(usize::try_from(logged).unwrap());
        let [row] = log.as_slice() else { panic!("{log:#?}") };
        assert_eq!((row.kind.as_str(), row.entity.as_str(), row.version), ("CREATED", id, Some(1)));
        assert_eq!(row.after, Some(json!({ "article": article, "visibleFrom": "2026-11-23T12:00:00Z" })));
    }

    async fn no_script_survives_in_a_comment(kit: Kit) {
        let article = article(&kit, "Un").await;
        let html = "<p onmouseover=\"eval(atob('x'))\">Salut <script>alert(1)</script><img src=x onerror=y>\
                    <a href=\"javascript:x\">ici</a> <em>oui</em></p>";
        let input = json!({ "articleId": article, "authorName": "Ann", "body": { "html": html } });
        let payload = kit.done(&kit.system(), "commentCreate", FIELDS, input).await;
        let body = payload["comment"]["body"].as_str().unwrap();
        assert!(body.starts_with("<p>Salut ") && body.ends_with("ici</a> <em>oui</em></p>"), "{body}");
        for bad in ["script", "<img", "onmouseover", "onerror", "href"] {
            assert!(!body.contains(bad), "{body}");
        }
        for empty in ["<p> </p>", "<script>alert(1)</script>", "<img src=x>", "&nbsp;"] {
            let input = json!({ "articleId": article, "authorName": "Ann", "body": { "html": empty } });
            let payload = kit.act(&kit.system(), "commentCreate", FIELDS, input).await;
            assert_eq!(mistakes(&payload), ["ValidationError REQUIRED body.html"], "{empty}");
        }
    }

    async fn everything_wrong_with_a_comment_is_told_and_nothing_is_kept(kit: Kit) {
        let (one, two) = (article(&kit, "Un").await, article(&kit, "Deux").await);
        let secret = draft(&kit, "Secret", ArticleChanges::default()).await;
        let elsewhere = says(&kit, two, "Là-bas").await;
        let hidden = says(&kit, one, "Caché").await;
        kit.done(&kit.system(), "commentHide", "", hide(&hidden, 1, true)).await;
        let nothing = CommentId::from_uuid(kit.app.ids.uuid()).to_string();
        let input = |article: &str, name: &str, body: Value, answered: Value| {
            json!({ "articleId": article, "authorName": name, "body": body, "inReplyTo": answered })
        };
        let text = || json!({ "text": "Oui" });
        let (one, secret) = (one.to_string(), secret.to_string());
        for (input, expected) in [
            (input("cat_1", " ", json!({ "text": " \n" }), json!("x")), vec![
                "ValidationError INVALID articleId",
                "ValidationError REQUIRED authorName",
                "ValidationError REQUIRED body.text",
                "ValidationError INVALID inReplyTo",
            ]),
            (input(&one, "Ann", json!({ "text": "é".repeat(10_001) }), Value::Null), vec!["ValidationError TOO_LONG body.text"]),
            (input(&secret, "Ann", text(), Value::Null), vec!["NotFoundError NOT_FOUND articleId"]),
            (input(&one, "Ann", text(), json!(nothing)), vec!["NotFoundError NOT_FOUND inReplyTo"]),
            (input(&one, "Ann", text(), json!(hidden)), vec!["NotFoundError NOT_FOUND inReplyTo"]),
            (input(&one, "Ann", text(), json!(elsewhere)), vec!["ValidationError INVALID inReplyTo"]),
        ] {
            let payload = kit.act(&kit.as_role(Role::Reader), "commentCreate", FIELDS, input.clone()).await;
            assert_eq!(mistakes(&payload), expected, "{input}");
        }
        assert_eq!(kit.row_count("comments").await, 2);
        assert_eq!(kit.refused(&kit.anonymous(), "commentCreate", input(&one, "Ann", text(), Value::Null)).await, "UNAUTHENTICATED");
        let key = kit.as_key(&[Scope::ArticlesWrite]);
        assert_eq!(kit.refused(&key, "commentCreate", input(&one, "Ann", text(), Value::Null)).await, "FORBIDDEN");
        kit.done(&kit.as_key(&[Scope::CommentsWrite]), "commentCreate", FIELDS, input(&one, "Ann", text(), Value::Null)).await;
    }

    async fn a_hidden_comment_is_seen_by_moderators_only_and_not_counted(kit: Kit) {
        let article = article(&kit, "Un").await;
        let id = says(&kit, article, "Vilain").await;
        let answer = json!({ "articleId": article, "authorName": "Bob", "body": { "text": "Oh" }, "inReplyTo": id });
        let answer = kit.make("comment", answer).await;
        let editor = kit.as_role(Role::Editor);
        let payload = kit.done(&editor, "commentHide", FIELDS, hide(&id, 1, true)).await;
        assert_eq!((&payload["comment"]["isHidden"], &payload["comment"]["version"]), (&json!(true), &json!(2)));
        assert_eq!(counted(&kit, article).await, (1, 1));
        let log = kit.change_log().await;
        let last = log.last().unwrap();
        assert_eq!((last.kind.as_str(), &last.fields, last.version), ("UPDATED", &vec!["isHidden".to_owned()], Some(2)));
        assert_eq!(last.after, Some(json!({ "article": article })), "no reader sees it from now on");

        let query = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Comment { id inReplyTo { id } } } }";
        let data = kit.data(&editor, query, json!({ "ids": [id, answer] })).await;
        assert_eq!(data["nodes"], json!([null, { "id": answer, "inReplyTo": null }]), "the published view is the readers'");

        let payload = kit.done(&editor, "commentHide", FIELDS, hide(&id, 2, true)).await;
        assert_eq!(payload["comment"]["version"], 2, "hiding what is hidden changes nothing");
        let payload = kit.done(&kit.as_key(&[Scope::CommentsModerate]), "commentHide", FIELDS, hide(&id, 2, false)).await;
        assert_eq!((&payload["comment"]["isHidden"], &payload["comment"]["version"]), (&json!(false), &json!(3)));
        assert_eq!(counted(&kit, article).await, (2, 2));
        let data = kit.data(&kit.anonymous(), query, json!({ "ids": [id, answer] })).await;
        assert_eq!(data["nodes"], json!([{ "id": id, "inReplyTo": null }, { "id": answer, "inReplyTo": { "id": id } }]));
    }

    async fn hiding_is_refused_with_a_reason(kit: Kit) {
        let article = article(&kit, "Un").await;
        let id = says(&kit, article, "Bon").await;
        let hidden = says(&kit, article, "Mauvais").await;
        kit.done(&kit.system(), "commentHide", "", hide(&hidden, 1, true)).await;
        let payload = kit.act(&kit.system(), "commentHide", "", hide(&hidden, 1, false)).await;
        assert_eq!(mistakes(&payload), ["VersionConflictError VERSION_CONFLICT expectedVersion"]);
        assert_eq!(payload["userErrors"][0]["changedFields"], json!(["isHidden"]));
        assert_eq!(kit.refused(&kit.anonymous(), "commentHide", hide(&id, 1, true)).await, "UNAUTHENTICATED");
        for caller in [kit.as_role(Role::Reader), kit.as_role(Role::Contributor), kit.as_key(&[Scope::CommentsWrite])] {
            assert_eq!(kit.refused(&caller, "commentHide", hide(&id, 1, true)).await, "FORBIDDEN");
            let payload = kit.act(&caller, "commentHide", "", hide(&hidden, 2, false)).await;
            assert_eq!(mistakes(&payload), ["NotFoundError NOT_FOUND id"], "what they do not see is not there");
        }
        let payload = kit.act(&kit.system(), "commentHide", "", hide("com_01h455vb4pex5vsknk084sn02q", 1, true)).await;
        assert_eq!(mistakes(&payload), ["NotFoundError NOT_FOUND id"]);
        assert_eq!(counted(&kit, article).await, (1, 1));
    }

    async fn a_comment_is_seen_with_its_article_only(kit: Kit) {
        let open = article(&kit, "Ouvert").await;
        let secret = draft(&kit, "Secret", ArticleChanges::default()).await;
        let seen = says(&kit, open, "Oui").await;
        let hidden = import(&kit, &kit.system(), old(secret, CommentStatus::Visible, None)).await.unwrap();
        let query = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Comment { authorName } } }";
        for caller in [kit.anonymous(), kit.as_role(Role::Editor)] {
            let data = kit.data(&caller, query, json!({ "ids": [seen, hidden] })).await;
            assert_eq!(data["nodes"], json!([{ "authorName": "Ann" }, null]));
        }
        let caller = kit.system();
        let work = kit.app.begin(&caller).await.unwrap();
        let reason = masthead_domain::article::RemovalReason::Unpublished;
        let takedown = masthead_app::article::Takedown { reason, notice: None, summary: None };
        masthead_app::article::unpublish(&work, open, 2, takedown).await.unwrap();
        work.commit().await.unwrap();
        let data = kit.data(&kit.anonymous(), query, json!({ "ids": [seen] })).await;
        assert_eq!(data["nodes"], json!([null]));
    }

    async fn what_was_written_elsewhere_keeps_its_time_status_and_thread(kit: Kit) {
        let article = article(&kit, "Un").await;
        let other = self::article(&kit, "Deux").await;
        let system = kit.system();
        let first = import(&kit, &system, old(article, CommentStatus::Visible, None)).await.unwrap();
        let answer = import(&kit, &system, old(article, CommentStatus::Visible, Some(first))).await.unwrap();
        for status in [CommentStatus::Pending, CommentStatus::Spam, CommentStatus::Hidden] {
            import(&kit, &system, old(article, status, Some(first))).await.unwrap();
        }
        assert_eq!(counted(&kit, article).await, (2, 2));
        let page = rows::page_of_article(&kit.app.database, Audience::Readers, article, &PageRequest::first(9)).await.unwrap();
        let seen: Vec<_> = page.items.iter().map(|(_, comment)| (comment.id, comment.parent)).collect();
        assert_eq!(seen, [(first, None), (answer, Some(first))]);
        assert_eq!(page.items[0].1.created_at.to_rfc3339(), "2015-03-17T14:00:00+00:00");
        let all = rows::count(&kit.app.database, Audience::Moderators, article).await.unwrap();
        assert_eq!(all, 5);
        let wrong = import(&kit, &system, old(other, CommentStatus::Visible, Some(first))).await;
        assert!(matches!(wrong, Err(AppError::NotFound { .. })), "{wrong:?}");
        let refused = import(&kit, &kit.as_role(Role::Contributor), old(other, CommentStatus::Visible, None)).await;
        assert!(matches!(refused, Err(AppError::Refused(_))), "{refused:?}");
        let spam = kit.data(&kit.anonymous(), "query($id: ID!) { node(id: $id) { id } }", json!({ "id": answer })).await;
        assert_eq!(spam["node"]["id"], json!(answer));
    }

    async fn a_moderator_frees_what_waits_and_leaves_advertising_what_it_is(kit: Kit) {
        let article = article(&kit, "Un").await;
        let waiting = import(&kit, &kit.system(), old(article, CommentStatus::Pending, None)).await.unwrap().to_string();
        let spam = import(&kit, &kit.system(), old(article, CommentStatus::Spam, None)).await.unwrap().to_string();
        kit.done(&kit.system(), "commentHide", FIELDS, hide(&waiting, 1, false)).await;
        let payload = kit.done(&kit.system(), "commentHide", FIELDS, hide(&spam, 1, true)).await;
        assert_eq!((&payload["comment"]["version"], &payload["comment"]["isHidden"]), (&json!(1), &json!(true)));
        let rows = kit.sql("select status from comments order by status").await;
        assert_eq!(rows, [json!({ "status": "SPAM" }), json!({ "status": "VISIBLE" })]);
        assert_eq!(counted(&kit, article).await, (1, 1));
    }

    async fn pages_run_both_ways_in_the_order_of_time(kit: Kit) {
        let article = article(&kit, "Un").await;
        let mut ids = Vec::new();
        for number in 0..5 {
            if number % 2 == 0 {
                kit.clock.advance(Duration::from_secs(1));
            }
            ids.push(says(&kit, article, &format!("n° {number}")).await);
        }
        for direction in [Direction::Forward, Direction::Backward] {
            let mut request = PageRequest { size: 2, direction, cursor: None };
            let mut read = Vec::new();
            loop {
                let page = rows::page_of_article(&kit.app.database, Audience::Readers, article, &request).await.unwrap();
                let mut found: Vec<String> = page.items.iter().map(|(_, comment)| comment.id.to_string()).collect();
                let (edge, more) = match direction {
                    Direction::Forward => (page.items.last(), page.has_next),
                    Direction::Backward => (page.items.first(), page.has_previous),
                };
                request.cursor = edge.map(|(cursor, _)| cursor.clone());
                if direction == Direction::Backward {
                    found.extend(std::mem::take(&mut read));
                    read = found;
                } else {
                    read.extend(found);
                }
                if !more {
                    break;
                }
            }
            assert_eq!(read, ids, "{direction:?}");
        }
    }

    async fn the_first_comments_of_many_articles_cost_one_statement(kit: Kit) {
        let (one, two, none) = (article(&kit, "Un").await, article(&kit, "Deux").await, article(&kit, "Trois").await);
        let mut of_one = Vec::new();
        for number in 0..4 {
            of_one.push(says(&kit, one, &format!("n° {number}")).await);
        }
        let of_two = says(&kit, two, "Seul").await;
        kit.done(&kit.system(), "commentHide", "", hide(&of_one[0], 1, true)).await;
        let database = &kit.app.database;
        for (audience, expected) in [(Audience::Readers, &of_one[1..3]), (Audience::Moderators, &of_one[0..2])] {
            let (pages, statements) =
                kit.statements(rows::of_articles_first(database, audience, &[one, two, none], 2)).await;
            let pages = pages.unwrap();
            assert_eq!(statements.len(), 1);
            let ids = |article: ArticleId| -> Vec<String> {
                pages[&article].items.iter().map(|(_, comment)| comment.id.to_string()).collect()
            };
            assert_eq!(ids(one), expected, "{audience:?}");
            assert_eq!((ids(two), ids(none)), (vec![of_two.clone()], vec![]));
            assert_eq!((pages[&one].has_next, pages[&two].has_next), (true, false));
        }
        let (counts, statements) = kit.statements(rows::counts(database, Audience::Readers, &[one, two, none])).await;
        let counts = counts.unwrap();
        assert_eq!((counts.get(&one), counts.get(&two), counts.get(&none)), (Some(&3), Some(&1), None));
        assert_eq!(statements.len(), 1);
        let (parents, statements) = kit.statements(rows::of_articles_first(database, Audience::Readers, &[], 2)).await;
        assert_eq!((parents.unwrap().len(), statements.len()), (0, 0));
    }

    async fn threads_of_many_articles_cost_as_many_statements_as_of_one(kit: Kit) {
        let query = "{ articles { nodes { comments(first: 3) { totalCount nodes { authorName inReplyTo { authorName } } } } } }";
        for headline in ["Un", "Deux", "Trois"] {
            let article = article(&kit, headline).await;
            let first = says(&kit, article, "Bon").await;
            let answer = json!({ "articleId": article, "authorName": "Bob", "body": { "text": "Oui" }, "inReplyTo": first });
            kit.make("comment", answer).await;
            let (data, statements) = kit.statements(kit.data(&kit.anonymous(), query, json!({}))).await;
            assert_eq!(statements.len(), 2, "articles, comments: {statements:#?}");
            for node in data["articles"]["nodes"].as_array().unwrap() {
                assert_eq!(node["comments"], json!({ "totalCount": 2, "nodes": [
                    { "authorName": "Ann", "inReplyTo": null },
                    { "authorName": "Bob", "inReplyTo": { "authorName": "Ann" } },
                ] }));
            }
        }
    }
}
