//! The clock and everything readers ask: what time opens and closes is there and gone by every way at the same instant,
//! to the microsecond.

use masthead_app::Caller;
use masthead_domain::{Timestamp, policy::Role, time};
use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

/// What a question names when its thing is found: in its answer stands the id of the article, or of a thing of its.
#[derive(Debug, Clone, Copy)]
enum Finds {
    Article,
    Tag,
    Source,
    Picture,
    Reference,
}

use Finds::{Article, Picture, Reference, Source, Tag};

/// Every way to the article and to what readers see only through it.
const WAYS: &[(Finds, &str)] = &[
    (Article, r#"article(by: {id: $article}) { id }"#),
    (Article, r#"article(by: {slug: {slug: "maree", language: "fr"}}) { id }"#),
    (Article, r#"article(by: {slug: {slug: "maree"}}) { id }"#),
    (Article, r#"article(by: {path: "/fr/maree"}) { id }"#),
    (Article, r#"route(path: "/fr/maree") { ... on Article { id } }"#),
    (Article, r#"node(id: $article) { id }"#),
    (Article, r#"nodes(ids: [$edition, $article]) { id }"#),
    (Article, r#"articles { nodes { id } }"#),
    (Article, r#"articles { edges { node { id } } }"#),
    (Article, r#"articles(last: 5) { nodes { id } }"#),
    (Article, r#"articles(orderBy: [{field: HEADLINE, direction: ASC}]) { nodes { id } }"#),
    (Article, r#"articles(orderBy: [{field: UPDATED_AT, direction: DESC}]) { nodes { id } }"#),
    (Article, r#"articles(where: {id: {eq: $article}}) { nodes { id } }"#),
    (Article, r#"articles(where: {id: {in: [$article, $edition]}}) { nodes { id } }"#),
    (Article, r#"articles(where: {id: {notIn: [$edition]}}) { nodes { id } }"#),
    (Article, r#"articles(where: {language: {eq: "fr"}}) { nodes { id } }"#),
    (Article, r#"articles(where: {kind: {eq: NEWS}}) { nodes { id } }"#),
    (Article, r#"articles(where: {headline: {contains: "maree"}}) { nodes { id } }"#),
    (
        Article,
        r#"articles(where: {publishedAt: {gte: "2026-11-01T00:00:00Z"}, language: {eq: "fr"}}) { nodes { id } }"#,
    ),
    (Article, r#"articles(where: {tag: {eq: "lune"}}) { nodes { id } }"#),
    (Article, r#"articles(where: {source: {eq: $source}}) { nodes { id } }"#),
    (Article, r#"articles(where: {author: {eq: $author}}) { nodes { id } }"#),
    (Article, r#"articles(where: {category: {id: {eq: $category}}}) { nodes { id } }"#),
    (Article, r#"articles(where: {category: {slug: {eq: "cote"}}}) { nodes { id } }"#),
    (Article, r#"articles(where: {hasReferences: true}) { nodes { id } }"#),
    (Article, r#"articles(where: {hasMedia: true}) { nodes { id } }"#),
    (Article, r#"articles(where: {not: {language: {eq: "en"}}}) { nodes { id } }"#),
    (Article, r#"articles(where: {or: [{tag: {eq: "lune"}}, {author: {eq: $author}}]}) { nodes { id } }"#),
    (Article, r#"category(by: {id: $category}) { articles { nodes { id } } }"#),
    (Article, r#"category(by: {id: $parent}) { articles { nodes { id } } }"#),
    (Article, r#"category(by: {id: $parent}) { children { articles { nodes { id } } } }"#),
    (Article, r#"author(by: {id: $author}) { articles { nodes { id } } }"#),
    (Article, r#"article(by: {id: $edition}) { translations { id } }"#),
    (Article, r#"article(by: {id: $edition}) { translatedFrom { id } }"#),
    (Reference, r#"node(id: $reference) { id }"#),
    (Tag, r#"tags { nodes { id } }"#),
    (Tag, r#"tags(where: {slug: {eq: "lune"}}) { nodes { id } }"#),
    (Tag, r#"tag(by: {slug: "lune"}) { id }"#),
    (Tag, r#"node(id: $tag) { id }"#),
    (Source, r#"sources { nodes { id } }"#),
    (Source, r#"sources(where: {citedBy: {eq: $article}}) { nodes { id } }"#),
    (Source, r#"source(by: {id: $source}) { id }"#),
    (Source, r#"node(id: $source) { id }"#),
    (Picture, r#"media { nodes { id } }"#),
    (Picture, r#"media(where: {article: {eq: $article}}) { nodes { id } }"#),
    (Picture, r#"node(id: $picture) { id }"#),
];

/// Counts that hold the article, or a thing of its, and nothing else.
const COUNTS: &[&str] = &[
    r#"articles(where: {language: {eq: "fr"}}) { totalCount }"#,
    r#"articles(where: {id: {eq: $article}}) { totalCount }"#,
    r#"articles(where: {tag: {eq: "lune"}}) { totalCount }"#,
    r#"articles(where: {source: {eq: $source}}) { totalCount }"#,
    r#"articles(where: {author: {eq: $author}}) { totalCount }"#,
    r#"category(by: {id: $category}) { articles { totalCount } }"#,
    r#"category(by: {id: $parent}) { articles { totalCount } }"#,
    r#"category(by: {id: $category}) { articleCount }"#,
    r#"category(by: {id: $parent}) { articleCount }"#,
    r#"author(by: {id: $author}) { articles { totalCount } }"#,
    r#"tags { totalCount }"#,
    r#"sources { totalCount }"#,
    r#"media { totalCount }"#,
];

/// What the desk asks, and sees whatever the time.
const DESK: &[&str] = &[
    r#"article(by: {id: $article}, perspective: LATEST) { id }"#,
    r#"article(by: {slug: {slug: "maree", language: "fr"}}, perspective: LATEST) { id }"#,
    r#"article(by: {path: "/fr/maree"}, perspective: LATEST) { id }"#,
    r#"route(path: "/fr/maree", perspective: LATEST) { ... on Article { id } }"#,
    r#"nodes(ids: [$article], perspective: LATEST) { id }"#,
    r#"articles(perspective: LATEST) { nodes { id } }"#,
    r#"articles(perspective: LATEST, where: {category: {id: {eq: $category}}, tag: {eq: "lune"}}) { nodes { id } }"#,
    r#"nodes(ids: [$category], perspective: LATEST) { ... on Category { articles { nodes { id } } } }"#,
    r#"nodes(ids: [$author], perspective: LATEST) { ... on Author { articles { nodes { id } } } }"#,
    r#"nodes(ids: [$edition], perspective: LATEST) { ... on Article { translations { id } } }"#,
];

/// An article with things that nothing else has, and its edition in another language, which readers always see.
struct Story(Value);

impl Story {
    async fn new(kit: &Kit) -> Self {
        let parent = kit.make("category", json!({ "name": "Mer", "language": "fr" })).await;
        let category = json!({ "name": "Côte", "language": "fr", "parentId": parent });
        let (category, author) = (kit.make("category", category).await, kit.author("Jean Pierre").await);
        let source = kit.make("source", json!({ "kind": "BOOK", "title": "Marées" })).await;
        let picture = kit.make("media", json!({ "url": "https://media.example/maree.jpg" })).await;
        let input = json!({
            "language": "fr", "headline": "Marée", "tags": ["Lune"], "categoryIds": [category],
            "authors": [{ "authorId": author }], "gallery": [{ "mediaId": picture }],
            "references": [{ "source": { "id": source } }],
        });
        let fields = "article { id tags { id } references { id } }";
        let made = kit.done(&kit.system(), "articleCreate", fields, input).await["article"].take();
        let edition = json!({ "language": "en", "headline": "Tide", "translationOf": made["id"] });
        let edition = kit.published(edition).await;
        Self(json!({
            "parent": parent, "category": category, "author": author, "source": source, "picture": picture,
            "article": made["id"], "tag": made["tags"][0]["id"], "reference": made["references"][0]["id"],
            "edition": edition,
        }))
    }

    fn id(&self, thing: Finds) -> &str {
        let name = match thing {
            Article => "article",
            Tag => "tag",
            Source => "source",
            Picture => "picture",
            Reference => "reference",
        };
        self.0[name].as_str().unwrap()
    }

    async fn ask(&self, kit: &Kit, caller: &Caller, question: &str) -> Value {
        let names = ["parent", "category", "author", "source", "picture", "article", "tag", "reference", "edition"];
        let used = names.iter().filter(|name| question.contains(&format!("${name}")));
        let declared: Vec<String> = used.map(|name| format!("${name}: ID!")).collect();
        let head = if declared.is_empty() { String::new() } else { format!("({})", declared.join(", ")) };
        let mut variables = self.0.clone();
        variables.as_object_mut().unwrap().retain(|name, _| question.contains(&format!("${name}")));
        kit.data(caller, &format!("query Q{head} {{ asked: {question} }}"), variables).await["asked"].take()
    }

    async fn publish(&self, kit: &Kit, how: Value) {
        kit.publish(self.id(Article), how).await;
    }

    /// Asks everything: readers find it or do not, and the desk always does.
    async fn is_seen(&self, kit: &Kit, is_seen: bool, told: &str) {
        let (reader, desk) = (kit.anonymous(), kit.as_role(Role::Editor));
        for (finds, question) in WAYS {
            let answer = self.ask(kit, &reader, question).await;
            // A redirect or a tombstone names no id here, but an answer about the edition names the edition's.
            let found = answer.to_string().contains(self.id(*finds));
            assert_eq!(found, is_seen, "{told}: {question}: {answer}");
        }
        for question in COUNTS {
            let mut answer = self.ask(kit, &reader, question).await;
            while let Value::Object(fields) = answer {
                answer = fields.into_values().next().unwrap();
            }
            assert_eq!(answer, i64::from(is_seen), "{told}: {question}");
        }
        let all = self.ask(kit, &reader, "articles { totalCount }").await;
        assert_eq!(all["totalCount"], 1 + i64::from(is_seen), "{told}");
        for question in DESK {
            let answer = self.ask(kit, &desk, question).await;
            assert!(answer.to_string().contains(self.id(Article)), "{told}, to the desk: {question}: {answer}");
        }
    }

    /// What readers are told of the address.
    async fn route(&self, kit: &Kit) -> Value {
        let question = r#"route(path: "/fr/maree") { __typename ... on Gone { reason removedAt httpStatus notice } }"#;
        self.ask(kit, &kit.anonymous(), question).await
    }
}

/// Steps over instants, and asks everything a microsecond before each, at it, and a microsecond after it.
async fn step_over(kit: &Kit, story: &Story, instants: &[&str], opens: Option<&str>, closes: Option<&str>) {
    let parsed = |text: &str| time::parse(text).unwrap();
    let (opens, closes): (Option<Timestamp>, Option<Timestamp>) = (opens.map(parsed), closes.map(parsed));
    for instant in instants {
        for micros in [-1, 0, 1] {
            let now = parsed(instant) + chrono::Duration::microseconds(micros);
            kit.clock.set(&now.to_rfc3339());
            let has_opened = opens.is_none_or(|at| at <= now);
            let has_closed = closes.is_some_and(|at| at <= now);
            let told = now.to_rfc3339();
            story.is_seen(kit, has_opened && !has_closed, &told).await;
            let expected = match closes {
                _ if !has_opened => Value::Null,
                Some(at) if has_closed => {
                    let removed_at = at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true);
                    json!({ "__typename": "Gone", "reason": "EXPIRED", "removedAt": removed_at, "httpStatus": 410, "notice": null })
                }
                _ => json!({ "__typename": "Article" }),
            };
            assert_eq!(story.route(kit).await, expected, "{told}");
        }
    }
}

both_engines! {
    async fn a_publication_opens_at_its_instant(kit: Kit) {
        let story = Story::new(&kit).await;
        story.is_seen(&kit, false, "a draft").await;
        let at = "2026-11-23T18:30:00.000001+05:30";
        story.publish(&kit, json!({ "at": at })).await;
        step_over(&kit, &story, &[at, "2026-11-23T13:00:01Z"], Some(at), None).await;
    }

    async fn an_embargo_opens_at_its_instant_whatever_the_publication_says(kit: Kit) {
        let story = Story::new(&kit).await;
        let until = "2026-11-23T10:00:00.5-04:00";
        story.publish(&kit, json!({ "embargoUntil": until })).await;
        step_over(&kit, &story, &[until], Some(until), None).await;
    }

    async fn an_expiry_closes_at_its_instant(kit: Kit) {
        let story = Story::new(&kit).await;
        let end = "2026-11-24T04:00:00.25+14:00";
        story.publish(&kit, json!({ "expiresAt": "2026-11-23T12:00:00.000001Z" })).await;
        story.is_seen(&kit, true, "for a microsecond").await;
        step_over(&kit, &story, &["2026-11-23T12:00:00.000001Z"], None, Some("2026-11-23T12:00:00.000001Z")).await;
        let input = json!({ "id": story.id(Article), "expectedVersion": 2, "reason": "UNPUBLISHED" });
        kit.done(&kit.system(), "articleUnpublish", "article { id }", input).await;
        let input = json!({ "id": story.id(Article), "expectedVersion": 3, "expiresAt": end });
        kit.done(&kit.system(), "articlePublish", "article { id }", input).await;
        step_over(&kit, &story, &[end], None, Some(end)).await;
    }

    async fn of_three_instants_the_later_opens_and_the_last_closes(kit: Kit) {
        let story = Story::new(&kit).await;
        let (at, until, end) =
            ("2026-11-23T08:00:00-05:00", "2026-11-23T19:15:00.123456+05:45", "2026-11-23T13:30:00.123457Z");
        story.publish(&kit, json!({ "at": at, "embargoUntil": until, "expiresAt": end })).await;
        // The embargo ends a microsecond before the expiry begins.
        step_over(&kit, &story, &[at, until, end], Some(until), Some(end)).await;
    }

    async fn an_instant_is_cut_to_microseconds_and_needs_an_offset(kit: Kit) {
        let id = kit.article(json!({ "headline": "Marée" })).await;
        kit.publish(&id, json!({ "at": "2026-11-23T14:00:00.000001999+01:00" })).await;
        let query = "query($id: ID!) { article(by: {id: $id}, perspective: LATEST) { publishedAt status } }";
        let seen = async |id: &str| kit.data(&kit.system(), query, json!({ "id": id })).await["article"].take();
        assert_eq!(seen(&id).await, json!({ "publishedAt": "2026-11-23T13:00:00.000001Z", "status": "SCHEDULED" }));
        kit.clock.set("2026-11-23T13:00:00.000001Z");
        assert_eq!(seen(&id).await["status"], "PUBLISHED");

        let other = kit.article(json!({ "headline": "Ressac" })).await;
        let mutation = "mutation($input: ArticlePublishInput!) { articlePublish(input: $input) { article { id } } }";
        for wrong in ["2026-11-24T13:00:00", "2026-11-24", "tomorrow", "0000-01-01T00:00:00Z", "2026-02-30T00:00:00Z", ""] {
            let input = json!({ "input": { "id": other, "expectedVersion": 1, "at": wrong } });
            let answer = kit.graphql(&kit.system(), mutation, input).await;
            assert_eq!(answer["data"], Value::Null, "{wrong}: {answer}");
            assert!(!answer["errors"].as_array().unwrap().is_empty(), "{wrong}: {answer}");
        }
        assert_eq!(seen(&other).await["status"], "DRAFT");
    }
}
