//! A newsroom in which everything that is hidden bears a mark, and its twin without the hidden things.

use std::time::Duration;

use masthead_app::Caller;
use masthead_domain::{ArticleId, policy::Role};
use masthead_testkit::Kit;
use serde_json::{Value, json};

use crate::surface::Values;

/// What every hidden word begins with.
pub(super) const MARK: &str = "zqx";
/// What the words of library records begin with that stand in hidden places only: who keeps a library sees all of it.
pub(super) const LIBRARY_MARK: &str = "zqxlib";
/// Articles that readers never saw, and articles that were taken from them.
const NEVER_SEEN: [&str; 8] =
    ["draft", "review", "scheduled", "embargoed", "edition", "page", "killeddraft", "deleteddraft"];
const TAKEN: [&str; 5] = ["expired", "unpublished", "withdrawn", "killed", "deleted"];
/// Articles that another contributor wrote, and an edition of the asking contributor's draft that the desk made.
const OF_OTHERS: [&str; 3] = ["theirdraft", "theirreview", "ownedition"];
const HOUR: Duration = Duration::from_secs(3_600);

/// What readers see of both newsrooms.
#[derive(Debug, PartialEq)]
pub(super) struct Public {
    author: String,
    category: String,
    contact: String,
    media: String,
    pub(super) story: String,
    waiting: String,
    waiting_in_review: String,
    /// Written by the colleague, and published; a change waits beside it.
    theirs: String,
    pub(super) previewed: String,
    /// Somebody with a draft of their own, and none of the others.
    pub(super) contributor: Caller,
    /// The draft.
    pub(super) own: String,
    /// Another contributor, who wrote some of what is hidden.
    colleague: Caller,
}

/// The hidden half.
pub(super) struct Hidden {
    /// The marks of each hidden place, which whoever may see them is to find.
    pub(super) marks: Vec<String>,
    pub(super) articles: Vec<String>,
    pub(super) sources: Vec<String>,
    pub(super) media: Vec<String>,
    pub(super) comment: String,
}

/// An act of the server on an article, and its version afterwards.
async fn act(kit: &Kit, mutation: &str, id: &str, version: i64, more: Value) -> i64 {
    let mut input = json!({ "id": id, "expectedVersion": version });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let fields = if mutation == "articleDelete" { "deletedId" } else { "article { version }" };
    kit.done(&kit.system(), mutation, fields, input).await;
    version + 1
}

/// A draft of somebody's.
async fn draft(kit: &Kit, writer: &Caller, input: Value) -> String {
    let input = merged(json!({ "language": "fr" }), input);
    let made = kit.done(writer, "articleCreate", "article { id }", input).await;
    made["article"]["id"].as_str().unwrap().to_owned()
}

fn merged(mut input: Value, more: Value) -> Value {
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

impl Public {
    /// The half that readers see. Where `is_marked`, its hidden corners (earlier versions, notes of the desk) bear marks,
    /// and there is a private channel besides.
    pub(super) async fn build(kit: &Kit, is_marked: bool) -> Self {
        let hidden = |place: &str| if is_marked { format!("{MARK}{place} caché") } else { "autre chose".to_owned() };
        let [contributor, colleague] = [kit.as_user(Role::Contributor).await, kit.as_user(Role::Contributor).await];
        let author = kit.author("Ann Pierre").await;
        let category = kit.make("category", json!({ "name": "Monde", "language": "fr" })).await;
        kit.make("category", json!({ "name": "Mer", "language": "fr", "parentId": category })).await;
        let mut channels = vec![json!({ "kind": "EMAIL", "value": "desk@news.example", "isPublic": true })];
        if is_marked {
            channels.push(json!({ "kind": "EMAIL", "value": "zqxchannel@news.example", "label": "zqxchannel" }));
        }
        let contact = json!({ "name": "Rédaction", "role": "NEWSDESK", "channels": channels });
        let contact = kit.make("contact", contact).await;
        let media = json!({ "url": "https://media.example/port.jpg", "alt": "Un port", "caption": "Le port" });
        let media = kit.make("media", media).await;
        let content = |title: &str| {
            json!({
                "headline": title, "lede": "Il était fermé.", "body": { "markdown": "# Le port\n\nIl **rouvre**[^1]." },
                "tags": ["mer"], "authors": [{ "authorId": author }], "categoryIds": [category],
                "contactIds": [contact], "gallery": [{ "mediaId": media, "caption": "Au port" }],
                "references": [{ "source": { "create": { "kind": "BOOK", "title": "Les ports" } }, "note": "p. 3" }],
                "links": [{ "kind": "VISIT", "url": "https://port.example/" }],
            })
        };
        let first = json!({ "slug": "le-port", "kicker": hidden("earlier"), "secondaryHeadline": hidden("earlier") });
        let story = kit.article(merged(content("Le port"), first)).await;
        let changes = json!({ "changes": { "kicker": "Mer", "secondaryHeadline": "Enfin" }, "internalNote": hidden("note"),
            "summary": hidden("summary") });
        let version = act(kit, "articleUpdate", &story, 1, changes).await;
        let version = act(kit, "articlePublish", &story, version, json!({})).await;
        let told = json!({ "kind": "CORRECTION", "text": "Il rouvre mardi.", "language": "fr",
            "changes": { "lede": "Il était fermé lundi." } });
        act(kit, "articleCorrect", &story, version, told).await;
        let comment = json!({ "articleId": story, "authorName": "Lectrice", "body": { "text": "Merci." } });
        kit.done(&kit.system(), "commentCreate", "comment { id }", comment).await;
        let mut others = Vec::new();
        for title in ["La digue", "Le phare"] {
            others.push(kit.published(content(title)).await);
        }
        let edition = json!({ "language": "en", "headline": "The port", "translationOf": story });
        kit.published(edition).await;
        let previewed = kit.article(json!({ "headline": "Un aperçu", "tags": ["mer"], "translationOf": others[0],
            "language": "ht", "categoryIds": [category], "authors": [{ "authorId": author }] }));
        let previewed = previewed.await;
        let own = draft(kit, &contributor, merged(content("Mon projet"), json!({ "slug": "mon-projet" }))).await;
        let theirs = draft(kit, &colleague, content("La jetée")).await;
        act(kit, "articlePublish", &theirs, 1, json!({})).await;
        let [waiting, waiting_in_review] = others.try_into().unwrap();
        Self {
            author,
            category,
            contact,
            media,
            story,
            waiting,
            waiting_in_review,
            theirs,
            previewed,
            contributor,
            own,
            colleague,
        }
    }

    /// A content in which every field is hidden, below things that readers know.
    async fn marked(&self, kit: &Kit, place: &str, hidden: &mut Hidden) -> Value {
        let word = |field: &str| format!("{MARK}art-{place} {field}");
        let record = |field: &str| format!("{LIBRARY_MARK}-{place} {field}");
        let media = kit.make(
            "media",
            json!({ "url": format!("https://media.example/zqxlib-{place}.jpg"), "alt": record("alt"),
                "caption": record("caption"), "credit": record("credit"), "title": record("title") }),
        );
        let media = media.await;
        let source = kit.make(
            "source",
            json!({ "kind": "REPORT", "title": record("title"), "outlet": record("outlet"),
                "url": format!("https://sources.example/zqxlib-{place}"), "doi": format!("10.5555/zqxlib-{place}") }),
        );
        let source = source.await;
        let search = |field: &str| format!("{MARK}seo-{place}-{field}");
        hidden.marks.extend(["title", "description", "canonical"].map(search));
        hidden.marks.extend([format!("{MARK}art-{place}"), format!("{LIBRARY_MARK}-{place}")]);
        hidden.media.push(media.clone());
        hidden.sources.push(source.clone());
        json!({
            "headline": word("headline"), "secondaryHeadline": word("second"), "kicker": word("kicker"),
            "lede": word("lede"), "byline": word("byline"),
            "body": { "markdown": format!("# {}\n\n{}[^1] {}\n\n> {}", word("heading"), word("text"), word("more"), word("quote")) },
            "tags": ["mer", format!("{LIBRARY_MARK}-{place}")],
            "authors": [{ "authorId": self.author, "creditedAs": word("credit") }],
            "categoryIds": [self.category], "contactIds": [self.contact],
            "gallery": [{ "mediaId": media, "caption": word("caption"), "alt": word("alt"), "credit": word("credit") },
                { "mediaId": self.media, "caption": word("caption") }],
            "references": [{ "source": { "id": source }, "quote": word("quote"), "note": word("note"), "locator": word("locator") }],
            "links": [{ "kind": "VISIT", "url": format!("https://links.example/zqxart-{place}"), "label": word("label") }],
            "seo": { "title": search("title"), "description": search("description"), "noindex": true,
                "canonicalUrl": format!("https://elsewhere.example/{}", search("canonical")) },
        })
    }

    /// The half that readers do not see: an hour later, so that an instant that tells of it is known.
    pub(super) async fn hide(&self, kit: &Kit) -> Hidden {
        kit.clock.advance(HOUR);
        let mut hidden = Hidden {
            marks: ["channel", "earlier", "note", "summary", "comment"].map(|place| format!("{MARK}{place}")).to_vec(),
            articles: Vec::new(),
            sources: Vec::new(),
            media: Vec::new(),
            comment: String::new(),
        };
        for place in NEVER_SEEN.into_iter().chain(TAKEN).chain(OF_OTHERS) {
            let content = self.marked(kit, place, &mut hidden).await;
            let slug = if TAKEN.contains(&place) { format!("parti-{place}") } else { format!("{MARK}-{place}") };
            let more = match place {
                "edition" => json!({ "language": "ht", "translationOf": self.story }),
                "ownedition" => json!({ "language": "en", "translationOf": self.own }),
                "page" => json!({ "kind": "PAGE" }),
                _ => json!({}),
            };
            let writer = if place.starts_with("their") { self.colleague.clone() } else { kit.system() };
            let id = draft(kit, &writer, merged(merged(content, json!({ "slug": slug })), more)).await;
            Self::bring(kit, place, &id).await;
            hidden.articles.push(id);
        }
        let changed =
            [("waiting", &self.waiting), ("handedin", &self.waiting_in_review), ("theirwaiting", &self.theirs)];
        for (place, id) in changed {
            let changes = self.marked(kit, place, &mut hidden).await;
            let changes = merged(changes, json!({ "slug": format!("{MARK}-{place}"), "kind": "OPINION" }));
            let note = json!({ "changes": changes, "internalNote": "zqxnote", "summary": "zqxsummary" });
            let version = act(kit, "articleUpdate", id, 2, note).await;
            if place == "handedin" {
                act(kit, "articleSubmit", id, version, json!({ "summary": "zqxsummary" })).await;
            }
        }
        hidden.comment = self.hidden_comment(kit).await;
        kit.clock.advance(HOUR);
        hidden
    }

    async fn hidden_comment(&self, kit: &Kit) -> String {
        let input = json!({ "articleId": self.story, "authorName": "zqxcomment", "body": { "text": "zqxcomment" } });
        let made = kit.done(&kit.system(), "commentCreate", "comment { id version }", input).await;
        let input = json!({ "id": made["comment"]["id"], "expectedVersion": made["comment"]["version"] });
        kit.done(&kit.system(), "commentHide", "comment { id }", input).await;
        made["comment"]["id"].as_str().unwrap().to_owned()
    }

    /// Brings a draft into the state that its place is about.
    async fn bring(kit: &Kit, place: &str, id: &str) {
        let now = kit.app.clock.now();
        let (later, soon) = (now + 1_000 * HOUR, now + HOUR / 2);
        let notice = json!({ "publicNotice": "Retiré.", "summary": "zqxsummary" });
        let is_public_first = ["unpublished", "withdrawn", "killed", "deleted"].contains(&place);
        let version = if is_public_first { act(kit, "articlePublish", id, 1, json!({})).await } else { 1 };
        let (mutation, more) = match place {
            "review" | "theirreview" => ("articleSubmit", json!({ "summary": "zqxsummary" })),
            "scheduled" => ("articleSchedule", json!({ "at": later })),
            "embargoed" => ("articlePublish", json!({ "embargoUntil": later })),
            "expired" => ("articlePublish", json!({ "expiresAt": soon })),
            "unpublished" => ("articleUnpublish", notice),
            "withdrawn" => ("articleWithdraw", notice),
            "killed" | "killeddraft" => ("articleKill", notice),
            "deleted" | "deleteddraft" => ("articleDelete", json!({})),
            _ => return,
        };
        act(kit, mutation, id, version, more).await;
    }

    pub(super) fn previewed(&self) -> ArticleId {
        self.previewed.parse().unwrap()
    }

    /// The articles that readers see and beside which changes wait.
    pub(super) fn changing(&self) -> [&String; 3] {
        [&self.waiting, &self.waiting_in_review, &self.theirs]
    }

    /// What articles share and readers always see: an author, a category, a contact.
    pub(super) fn shared(&self) -> [&String; 3] {
        [&self.author, &self.category, &self.contact]
    }

    /// Everything that was made for readers.
    pub(super) fn ids(&self) -> Vec<&String> {
        self.shared().into_iter().chain(self.changing()).chain([&self.media, &self.story]).collect()
    }
}

/// The addresses that readers knew once: what is told about them is public.
pub(super) fn known_addresses() -> Vec<String> {
    TAKEN.iter().map(|place| format!("/fr/parti-{place}")).collect()
}

impl Hidden {
    /// Whether a hidden article has this address.
    pub(super) fn has(&self, path: &str) -> bool {
        let never_seen = NEVER_SEEN.iter().chain(&OF_OTHERS);
        never_seen.map(|place| format!("/fr/{MARK}-{place}")).any(|known| known == path)
    }

    /// An article of each way of being hidden: never seen, to come, another edition, taken away, deleted, somebody's.
    pub(super) fn few(&self) -> Vec<String> {
        [0, 2, 4, 9, 12, 13].map(|place| self.articles[place].clone()).to_vec()
    }

    /// What to ask with.
    pub(super) async fn values(&self, kit: &Kit, public: &Public) -> Values {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let Public { author, category, contact, media, story, waiting, waiting_in_review, .. } = public;
        let Public { theirs, previewed, own, .. } = public;
        let of_public = [author, category, contact, media, story, waiting, waiting_in_review, theirs, previewed, own];
        let ids =
            self.articles.iter().chain([&self.sources[0], &self.media[0], &self.comment]).chain(of_public).cloned();
        let kinds = [
            &self.articles[0],
            &self.articles[10],
            &self.articles[13],
            waiting,
            story,
            own,
            &self.sources[0],
            &self.media[0],
            author,
            category,
        ];
        let document = "{ articles(first: 1, perspective: LATEST) { pageInfo { endCursor } } }";
        let data = kit.data(&kit.system(), document, json!({})).await;
        let cursor = data["articles"]["pageInfo"]["endCursor"].as_str().unwrap().to_owned();
        let mut paths = known_addresses();
        paths.extend(owned(&["/fr/zqx-draft", "/fr/zqx-waiting", "/ht/zqx-edition", "/fr/le-port"]));
        Values {
            ids: ids.collect(),
            kinds: kinds.into_iter().cloned().collect(),
            slugs: owned(&[
                "zqx-draft",
                "zqx-waiting",
                "zqx-edition",
                "parti-killed",
                "zqxlib-draft",
                "mer",
                "le-port",
            ]),
            paths,
            words: owned(&[
                "zqx",
                "zqxart-draft headline",
                "zqxart-waiting headline",
                "zqxlib-draft",
                "zqxlib-draft title",
                "mer",
            ]),
            instants: owned(&[
                "2026-11-23T12:00:00Z",
                "2026-11-23T12:30:00Z",
                "2026-11-23T13:00:00Z",
                "2026-12-23T13:00:00Z",
            ]),
            cursors: vec![cursor],
            urls: owned(&["https://sources.example/zqxlib-draft", "https://sources.example/zqxlib-waiting"]),
            dois: owned(&["10.5555/zqxlib-draft"]),
            isbns: owned(&["9782070360024"]),
        }
    }
}
