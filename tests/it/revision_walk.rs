//! Going back to an earlier version, after any sequence of saves: the article says byte for byte what it said then, and
//! nothing else is different. And over the same contents, as they are kept: what differs between two is all it takes to
//! make one of the other.

use std::collections::BTreeMap;

use masthead_domain::{
    ArticleId, TagId,
    diff::{Patch, changed_fields},
};
use masthead_store::article::{Snapshot, version::contents};
use masthead_testkit::{Kit, both_engines};
use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select, subsequence},
    test_runner::TestCaseResult,
};
use serde_json::{Value, json};

use crate::{category::category, walk};

/// Everything the API says of what an editor wrote.
const SAID: &str = "slug path kind language headline secondaryHeadline kicker lede byline excerpt
    body { json html markdown text wordCount headings { level text anchor } }
    authors { role creditedAs author { id } } categories { id path } primaryCategory { id } tags { id name slug }
    gallery { position total caption alt credit media { id } } contacts { id }
    references { id number anchor locator quote note blockKeys source { id title } }
    links { kind label url language } seo { title description canonicalUrl noindex }";

/// What going back must leave alone.
const REST: &str = "status publishedAt firstPublishedAt revisedAt createdAt translations { language }
    editorial { internalNote scheduledFor embargoUntil expiresAt }";

/// The slug of the article that nobody touches.
const WITNESS: &str = "temoin";

fn words() -> impl Strategy<Value = String> {
    let pieces = vec![
        "mot",
        "L’été",
        "北京",
        "أخبار",
        "e\u{301}",
        "é",
        "👩‍👧",
        " ",
        "  ",
        "\n",
        "\t",
        "\u{a0}",
        "\u{2028}",
        "\u{202e}",
        "<b>",
        "</p>",
        "&amp;",
        "\"",
        "'",
        "*",
        "_",
        "`",
        "[",
        "]",
        "\\",
        "|",
        "«",
        "[1]",
        ".",
    ];
    vec(select(pieces), 1..6).prop_map(|pieces| pieces.concat())
}

fn some_words() -> impl Strategy<Value = Value> {
    prop_oneof![1 => Just(Value::Null), 4 => words().prop_map(Value::from)]
}

fn markdown() -> impl Strategy<Value = Value> {
    let block = (words(), 0..9_u8).prop_map(|(words, kind)| match kind {
        0 => format!("## Titre {words}"),
        1 => format!("- un *{words}*\n- deux\n  1. trois **fois**"),
        2 => format!("> Dit-il : {words}"),
        3 => format!("```rust\n{words}\n```"),
        4 => "| A | B |\n|---|---|\n| **1** | ~~2~~ |".to_owned(),
        5 => format!("Un [lien](https://exemple.ht/é?a=b&c \"{}\") et `code`.", words.replace(['"', '\n'], "")),
        6 => "---".to_owned(),
        7 => "Selon la source[^1].".to_owned(),
        _ => format!("Un **mot {words}** de plus."),
    });
    vec(block, 0..5).prop_map(|blocks| json!({ "markdown": blocks.join("\n\n") }))
}

fn html() -> impl Strategy<Value = Value> {
    let block = (words(), 0..6_u8).prop_map(|(words, kind)| match kind {
        0 => format!("<h3 id=\"ici\">Titre {}</h3>", words.replace('<', "&lt;")),
        1 => format!("<ul><li>un<ol start=\"4\"><li><em>{words}</em></li></ol></li></ul>"),
        2 => "<p>Selon<sup class=\"reference\"><a href=\"#ref-2\">[2]</a></sup><br>la source.</p>".to_owned(),
        3 => format!("<blockquote><p>{words}</p></blockquote><script>x()</script>"),
        4 => "<iframe src=\"https://www.youtube.com/embed/dQw4w9WgXcQ\"></iframe>".to_owned(),
        _ => format!("<p>Un <u>mot</u> H<sub>2</sub>O <mark>{words}</mark> <abbr title=\"x\">é</abbr></p>"),
    });
    vec(block, 0..5).prop_map(|blocks| json!({ "html": blocks.concat() }))
}

/// Blocks with keys or without, of every kind.
fn blocks(media: Vec<String>) -> impl Strategy<Value = Value> {
    let mark = select(vec![
        json!({ "kind": "strong" }),
        json!({ "kind": "emphasis" }),
        json!({ "kind": "code" }),
        json!({ "kind": "language", "tag": "ht" }),
        json!({ "kind": "abbreviation", "title": "Ét." }),
        json!({ "kind": "link", "href": "/fr/é", "title": "T", "rel": "nofollow" }),
    ]);
    let span =
        (words(), vec(mark, 0..3)).prop_map(|(text, marks)| json!({ "kind": "text", "text": text, "marks": marks }));
    let spans = vec(
        prop_oneof![6 => span, 1 => Just(json!({ "kind": "break" })), 1 => Just(json!({ "kind": "reference", "number": 1 }))],
        1..5,
    );
    let kind = (spans, words(), select(media), 0..9_u8).prop_map(|(text, words, media, kind)| match kind {
        0 => json!({ "kind": "heading", "level": 2, "anchor": "ancre", "text": text }),
        1 => json!({ "kind": "list", "ordered": true, "start": 3, "items": [{ "text": text, "lists": [{ "ordered": false, "items": [{ "text": [{ "kind": "text", "text": words }] }] }] }] }),
        2 => json!({ "kind": "quote", "content": [text], "cite": words }),
        3 => json!({ "kind": "image", "media": media, "alt": words, "caption": text }),
        4 => json!({ "kind": "gallery", "items": [{ "url": "/uploads/é.jpg", "alt": words }, { "media": media, "alt": "" }] }),
        5 => json!({ "kind": "table", "hasHeader": true, "rows": [[text, []]] }),
        6 => json!({ "kind": "raw", "type": "x-poll", "html": format!("<p>{words}</p>") }),
        7 => json!({ "kind": "code", "code": words, "language": "c++" }),
        _ => json!({ "kind": "paragraph", "text": text }),
    });
    vec((kind, prop::option::of(select(vec!["a", "b", "c", "b1"]))), 0..6).prop_map(|blocks| {
        let mut used = Vec::new();
        let keyed = blocks.into_iter().map(|(mut block, key)| {
            if let Some(key) = key.filter(|key| !used.contains(key)) {
                used.push(key);
                block["key"] = json!(key);
            }
            block
        });
        json!({ "blocks": keyed.collect::<Vec<_>>() })
    })
}

/// Ids of things that articles share.
#[derive(Clone)]
struct Library {
    authors: Vec<String>,
    categories: Vec<String>,
    contacts: Vec<String>,
    media: Vec<String>,
    sources: Vec<String>,
}

impl Library {
    async fn make(kit: &Kit) -> Self {
        let (mut authors, mut categories, mut contacts) = (Vec::new(), Vec::new(), Vec::new());
        let (mut media, mut sources) = (Vec::new(), Vec::new());
        for name in ["Un", "Deux", "Trois"] {
            authors.push(kit.author(name).await);
            categories.push(category(kit, name, None).await);
            contacts.push(kit.make("contact", json!({ "name": name, "role": "NEWSDESK" })).await);
            media.push(kit.make("media", json!({ "url": format!("https://media.example/{name}.jpg") })).await);
            sources.push(kit.make("source", json!({ "kind": "BOOK", "title": name })).await);
        }
        Self { authors, categories, contacts, media, sources }
    }

    /// Some of these, in any order.
    fn some(ids: &[String]) -> impl Strategy<Value = Vec<String>> + use<> {
        let (ids, count) = (ids.to_vec(), ids.len());
        (Just(ids).prop_shuffle(), 0..=count).prop_map(|(mut ids, count)| {
            ids.truncate(count);
            ids
        })
    }

    fn credits(&self) -> impl Strategy<Value = Value> + use<> {
        let role = select(vec!["AUTHOR", "PHOTOGRAPHER", "TRANSLATOR"]);
        (Self::some(&self.authors), vec((role, some_words()), 3)).prop_map(|(authors, how)| {
            let credit = |(id, (role, name))| json!({ "authorId": id, "role": role, "creditedAs": name });
            authors.into_iter().zip(how).map(credit).collect()
        })
    }

    fn gallery(&self) -> impl Strategy<Value = Value> + use<> {
        let usage = (select(self.media.clone()), some_words(), some_words(), some_words()).prop_map(
            |(id, caption, alt, credit)| json!({ "mediaId": id, "caption": caption, "alt": alt, "credit": credit }),
        );
        vec(usage, 0..4).prop_map(Value::from)
    }

    fn references(&self) -> impl Strategy<Value = Value> + use<> {
        let source = prop_oneof![
            4 => select(self.sources.clone()).prop_map(|id| json!({ "id": id })),
            1 => select(vec!["https://exemple.ht/é", "https://exemple.ht/b"]).prop_map(|url| json!({ "url": url })),
            1 => Just(json!({ "create": { "kind": "REPORT", "title": "Gouverneurs de la rosée" } })),
        ];
        let reference = (source, some_words(), some_words(), some_words()).prop_map(
            |(source, locator, quote, note)| json!({ "source": source, "locator": locator, "quote": quote, "note": note }),
        );
        vec(reference, 0..4).prop_map(Value::from)
    }

    /// The fields that a save may change, each with what it may say.
    fn fields(&self) -> Vec<SBoxedStrategy<(&'static str, Value)>> {
        let tags = select(vec!["Mer", "mer", "MER", "Économie", "economie", "Ayiti"]);
        let link = (select(vec!["VISIT", "DOWNLOAD"]), some_words(), prop::option::of(Just("ht"))).prop_map(
            |(kind, label, language)| json!({ "kind": kind, "label": label, "language": language, "url": "https://a.example/é" }),
        );
        let seo = (some_words(), some_words(), any::<bool>()).prop_map(
            |(title, description, noindex)| json!({ "title": title, "description": description, "noindex": noindex }),
        );
        let body = prop_oneof![markdown().sboxed(), html().sboxed(), blocks(self.media.clone()).sboxed()];
        fn named(
            name: &'static str,
            values: impl Strategy<Value = Value> + Send + Sync + 'static,
        ) -> SBoxedStrategy<(&'static str, Value)> {
            values.prop_map(move |value| (name, value)).sboxed()
        }
        let ids = |ids: &[String]| Self::some(ids).prop_map(Value::from);
        vec![
            named("slug", select(vec!["un", "deux", "trois"]).prop_map(Value::from)),
            named("kind", select(vec!["NEWS", "OPINION", "INTERVIEW"]).prop_map(Value::from)),
            named("headline", words().prop_map(|words| json!(format!("Titre {words}")))),
            named("secondaryHeadline", some_words()),
            named("kicker", some_words()),
            named("lede", some_words()),
            named("byline", some_words()),
            // What most of it is about.
            named("body", body.clone()),
            named("body", body),
            named("authors", self.credits()),
            named("categoryIds", ids(&self.categories)),
            named("tags", vec(tags, 0..4).prop_map(Value::from)),
            named("gallery", self.gallery()),
            named("references", self.references()),
            named("references", self.references()),
            named("contactIds", ids(&self.contacts)),
            named("links", vec(link, 0..3).prop_map(Value::from)),
            named("seo", seo),
        ]
    }

    fn steps(&self) -> impl Strategy<Value = Vec<Step>> + use<> {
        let changes = subsequence(self.fields(), 1..6)
            .prop_flat_map(|fields| fields)
            .prop_map(|fields| Step::Save(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()));
        let act =
            select(vec!["articlePublish", "articlePublish", "articleSubmit", "articleUnpublish"]).prop_map(Step::Act);
        vec(prop_oneof![4 => changes, 1 => act], 1..7)
    }
}

#[derive(Debug, Clone)]
enum Step {
    Save(serde_json::Map<String, Value>),
    Act(&'static str),
}

/// An article, and what it said at each version.
struct Subject<'a> {
    kit: &'a Kit,
    id: String,
    version: i64,
    said: BTreeMap<i64, Value>,
}

impl<'a> Subject<'a> {
    async fn make(kit: &'a Kit) -> Self {
        let id = kit.make("article", json!({ "language": "fr", "headline": "Titre", "slug": "zero" })).await;
        let said = latest(kit, &id, SAID).await;
        Self { kit, id, version: 1, said: BTreeMap::from([(1, said)]) }
    }

    /// Does an act, unless it cannot be done to the article as it is, and notes what the article says then.
    async fn act(&mut self, mutation: &str, more: Value) -> bool {
        let mut input = json!({ "id": self.id, "expectedVersion": self.version });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let payload = self.kit.act(&self.kit.system(), mutation, "article { version }", input).await;
        let Some(version) = payload["article"]["version"].as_i64() else { return false };
        self.version = version;
        self.said.insert(version, latest(self.kit, &self.id, SAID).await);
        true
    }

    /// The history: each version with the version whose content the desk worked on.
    async fn history(&self) -> BTreeMap<i64, i64> {
        let rows = self.rows("article_versions", "version, content_version").await;
        let number = |row: &Value, column: &str| row[column].as_i64().unwrap();
        rows.iter().map(|row| (number(row, "version"), number(row, "content_version"))).collect()
    }

    /// The contents that are kept, as texts.
    async fn kept(&self) -> BTreeMap<i64, String> {
        let rows = self.rows("article_contents", "version, content").await;
        rows.iter().map(|row| (row["version"].as_i64().unwrap(), row["content"].as_str().unwrap().to_owned())).collect()
    }

    async fn rows(&self, table: &str, columns: &str) -> Vec<Value> {
        let witness = format!("(select id from articles where slug = '{WITNESS}')");
        self.kit.sql(&format!("select {columns} from {table} where article_id <> {witness}")).await
    }
}

async fn latest(kit: &Kit, id: &str, fields: &str) -> Value {
    let query = format!("query($id: ID!) {{ article(by: {{id: $id}}, perspective: LATEST) {{ {fields} }} }}");
    kit.data(&kit.system(), &query, json!({ "id": id })).await["article"].take()
}

/// What readers are shown.
async fn shown(kit: &Kit, id: &str, fields: &str) -> Value {
    let query = format!("query($id: ID!) {{ article(by: {{id: $id}}) {{ {fields} }} }}");
    kit.data(&kit.anonymous(), &query, json!({ "id": id })).await["article"].take()
}

/// What going back must leave as it is: the article before readers, all of another article, and what articles share.
async fn rest(kit: &Kit, id: &str, witness: &str) -> Vec<Value> {
    let mut rest = vec![
        latest(kit, id, REST).await,
        shown(kit, id, &format!("version updatedAt {SAID}")).await,
        latest(kit, witness, &format!("version updatedAt {SAID} {REST}")).await,
    ];
    let count = |table| format!("(select count(*) from {table}) as {table}");
    let counts = ["authors", "categories", "contacts", "media", "sources", "tags", "corrections"].map(count).join(", ");
    rest.extend(kit.sql(&format!("select {counts}")).await);
    rest
}

#[derive(Debug, Clone)]
struct Walk {
    /// Whether readers see the article before the first step.
    is_published: bool,
    steps: Vec<Step>,
    /// The version to go back to.
    back: Index,
}

async fn played(kit: &Kit, library: &Library, Walk { is_published, steps, back }: Walk) -> TestCaseResult {
    // Each case begins with nothing.
    kit.sql("delete from articles").await;
    let witness = kit
        .published(json!({
            "headline": "Témoin", "slug": WITNESS, "tags": ["Mer"], "body": { "markdown": "Un[^1]." },
            "references": [{ "source": { "id": library.sources[0] } }], "categoryIds": library.categories,
            "authors": [{ "authorId": library.authors[0] }],
        }))
        .await;
    let mut subject = Subject::make(kit).await;
    if is_published {
        subject.act("articlePublish", json!({})).await;
    }
    for step in steps {
        kit.clock.advance(std::time::Duration::from_secs(1));
        match step {
            Step::Save(changes) => subject.act("articleUpdate", json!({ "changes": changes })).await,
            Step::Act(mutation) => subject.act(mutation, json!({})).await,
        };
    }
    went_back(&mut subject, &witness, back).await?;
    differ_by_what_makes_them(&subject).await
}

async fn went_back(subject: &mut Subject<'_>, witness: &str, back: Index) -> TestCaseResult {
    let kit = subject.kit;
    let to = i64::try_from(back.index(subject.said.len())).unwrap() + 1;
    let (rest_before, kept_before, from) =
        (rest(kit, &subject.id, witness).await, subject.kept().await, subject.version);
    let logged = kit.row_count("change_log").await;
    prop_assert!(subject.act("articleRestoreRevision", json!({ "toVersion": to })).await, "back to {}", to);
    let now = subject.version;

    prop_assert_eq!(&subject.said[&now].to_string(), &subject.said[&to].to_string(), "{} says what {} said", now, to);
    let (history, kept) = (subject.history().await, subject.kept().await);
    prop_assert_eq!(&kept[&history[&now]], &kept[&history[&to]], "{} keeps what {} kept", now, to);
    let query = "query($id: ID!, $from: Int!) { article(by: {id: $id}, perspective: LATEST) { diff(from: $from) { path before after } } }";
    let data = kit.data(&kit.system(), query, json!({ "id": subject.id, "from": to })).await;
    prop_assert_eq!(&data["article"]["diff"], &json!([]));

    prop_assert_eq!(rest(kit, &subject.id, witness).await, rest_before);
    prop_assert_eq!(history.len(), subject.said.len());
    prop_assert!(kept_before.iter().all(|(version, content)| kept[version] == *content), "what was kept stays");
    prop_assert!(kept.keys().all(|version| kept_before.contains_key(version) || *version == now));
    prop_assert_eq!(kit.row_count("change_log").await - logged, i64::from(now != from));

    let is_public = !shown(kit, &subject.id, "id").await.is_null();
    if subject.act("articlePublish", json!({})).await || is_public {
        prop_assert_eq!(
            shown(kit, &subject.id, SAID).await.to_string(),
            subject.said[&to].to_string(),
            "and so do readers"
        );
    }
    Ok(())
}

/// The contents as they are kept: each reads back as itself, and what differs between two makes one of the other.
async fn differ_by_what_makes_them(subject: &Subject<'_>) -> TestCaseResult {
    let id: ArticleId = subject.id.parse().unwrap();
    let texts = subject.kept().await;
    let keys: Vec<(ArticleId, i64)> = texts.keys().map(|version| (id, *version)).collect();
    let mut read = Vec::new();
    for (key, kept) in contents(&subject.kit.app.database, &keys).await.unwrap() {
        let content = masthead_app::article::said(id, kept.clone()).unwrap();
        let tags: Vec<TagId> = kept.tags.iter().map(|tag| tag.id).collect();
        let again = Snapshot::of(&content, &tags, &kept.references).to_text().unwrap();
        prop_assert_eq!(&again, &texts[&key.1], "version {} reads back as it was written", key.1);
        read.push(content);
    }
    for old in &read {
        for new in &read {
            let patch = Patch::between(old, new);
            prop_assert_eq!(patch.apply(old), Ok(new.clone()));
            prop_assert_eq!(patch.fields(), changed_fields(old, new));
            prop_assert_eq!(patch.diffs().is_empty(), old == new);
        }
    }
    Ok(())
}

both_engines! {
    async fn any_earlier_version_comes_back_byte_for_byte(kit: Kit) {
        let library = Library::make(&kit).await;
        let walks = (any::<bool>(), library.steps(), any::<Index>())
            .prop_map(|(is_published, steps, back)| Walk { is_published, steps, back });
        walk::every(24, walks, async move |walk| played(&kit, &library, walk).await).await;
    }
}
