//! Acts of every kind on whatever there is, told by numbers: a number counts through the things of a kind.

use std::{collections::BTreeMap, fmt, time::Duration};

use chrono::TimeDelta;
use masthead_app::{article::purge_deleted, schedule::announce_due};
use masthead_testkit::Kit;
use proptest::prelude::*;
use serde_json::{Value, json};

/// How many of the newest things of a kind are acted on: the others are mostly gone.
const NEWEST: usize = 12;

/// One step of a walk.
#[derive(Clone)]
pub(super) enum Step {
    /// Somebody does something.
    Act(Way, [usize; 3]),
    /// So many seconds pass.
    Wait(u64),
    /// The clock comes to the next instant that is set, or to a microsecond before it.
    Come { is_before: bool },
    /// The node announces what became due.
    Announce,
    /// The trash is emptied.
    Purge,
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Act((mutation, _), numbers) => write!(f, "{mutation} {numbers:?}"),
            Self::Wait(seconds) => write!(f, "waiting {seconds} s"),
            Self::Come { is_before } => write!(f, "coming to an instant, before it: {is_before}"),
            Self::Announce => f.write_str("announcing"),
            Self::Purge => f.write_str("purging"),
        }
    }
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => prop::array::uniform3(0_usize..1_000).prop_map(|numbers| Step::Act(ACTS[0], numbers)),
        4 => prop::array::uniform3(0_usize..1_000).prop_map(|numbers| Step::Act(PUBLISH, numbers)),
        5 => prop::array::uniform3(0_usize..1_000).prop_map(|numbers| Step::Act(COMMENT, numbers)),
        30 => (prop::sample::select(ACTS), prop::array::uniform3(0_usize..1_000))
            .prop_map(|(way, numbers)| Step::Act(way, numbers)),
        2 => (1_u64..4_000).prop_map(Step::Wait),
        3 => any::<bool>().prop_map(|is_before| Step::Come { is_before }),
        1 => Just(Step::Announce),
        1 => Just(Step::Purge),
    ]
}

/// The newsroom that is walked through.
pub(super) struct Newsroom {
    pub(super) kit: Kit,
    /// The ids of what was made, by noun; some of it is gone by now.
    pub(super) made: BTreeMap<&'static str, Vec<String>>,
    /// How many acts were done. The others did not fit.
    pub(super) done: usize,
}

pub(super) type Way = (&'static str, fn(&Newsroom, [usize; 3]) -> Value);

const PUBLISH: Way = ("articlePublish", |room, [a, ..]| room.aim("article", a, json!({})));

const COMMENT: Way = (
    "commentCreate",
    |room, [a, b, _]| json!({ "articleId": room.id("article", a), "authorName": word(b), "body": { "text": word(b) } }),
);

/// Every act, with an input that often fits.
const ACTS: &[Way] = &[
    ("articleCreate", |room, [a, b, c]| {
        let mut input = room.content(a, b, c);
        input["language"] = json!(["fr", "ht", "en"][a % 3]);
        input["headline"] = json!(format!("Titre {}", b % 5));
        input["slug"] = if c % 2 == 0 { json!(slug(b, "titre")) } else { Value::Null };
        input
    }),
    ("articleUpdate", |room, [a, b, _]| room.change("article", a, json!({ "headline": format!("Titre {}", b % 5) }))),
    ("articleUpdate", |room, [a, b, _]| room.change("article", a, json!({ "slug": slug(b, "titre") }))),
    ("articleUpdate", |room, [a, b, c]| room.change("article", a, room.content(b, c, a))),
    ("articleSetReferences", |room, [a, b, _]| {
        room.aim("article", a, json!({ "references": [{ "source": { "id": room.id("source", b) } }] }))
    }),
    PUBLISH,
    ("articlePublish", |room, [a, ..]| room.aim("article", a, json!({ "isRevision": true }))),
    ("articlePublish", |room, [a, b, c]| {
        room.aim("article", a, json!({ "embargoUntil": room.ahead(b), "expiresAt": room.ahead(b + c) }))
    }),
    ("articleSchedule", |room, [a, b, _]| room.aim("article", a, json!({ "at": room.ahead(b) }))),
    ("articleSchedule", |room, [a, b, _]| room.aim("article", a, json!({ "expiresAt": room.ahead(b) }))),
    ("articleSubmit", |room, [a, ..]| room.aim("article", a, json!({}))),
    ("articleReturn", |room, [a, ..]| room.aim("article", a, json!({}))),
    ("articleUnpublish", |room, [a, ..]| room.aim("article", a, json!({ "publicNotice": "Retiré." }))),
    ("articleWithdraw", |room, [a, ..]| room.aim("article", a, json!({}))),
    ("articleKill", |room, [a, ..]| room.aim("article", a, json!({}))),
    ("articleDelete", |room, [a, ..]| room.aim("article", a, json!({}))),
    ("articleRestore", |room, [a, ..]| room.aim("article", a, json!({}))),
    ("articleRestore", |room, [a, b, _]| room.aim("article", a, json!({ "slug": slug(b, "titre") }))),
    ("articleRestoreRevision", |room, [a, b, _]| room.aim("article", a, json!({ "toVersion": b % 4 + 1 }))),
    ("articleCorrect", |room, [a, b, c]| {
        let changes = if c % 2 == 0 { json!({ "headline": format!("Corrigé {}", b % 3) }) } else { Value::Null };
        room.aim("article", a, json!({ "kind": "CORRECTION", "text": "Le port.", "changes": changes }))
    }),
    ("articleLinkTranslation", |room, [a, b, _]| room.aim("article", a, json!({ "toId": room.id("article", b) }))),
    ("articleUnlinkTranslation", |room, [a, ..]| room.aim("article", a, json!({}))),
    ("articleBulkPublish", |room, [a, b, _]| json!({ "articles": room.several(a, b) })),
    (
        "articleBulkTag",
        |room, [a, b, c]| json!({ "articles": room.several(a, b), "add": [word(c)], "publish": c % 2 == 0 }),
    ),
    (
        "articleBulkCategorize",
        |room, [a, b, c]| json!({ "articles": room.several(a, b), "add": [room.id("category", c)], "publish": c % 2 == 0 }),
    ),
    ("articleBulkMove", |room, [a, b, c]| {
        let (from, to) = (room.id("category", b), room.id("category", c));
        json!({ "articles": room.several(a, a), "fromCategoryId": from, "toCategoryId": to, "publish": b % 2 == 0 })
    }),
    ("categoryCreate", |room, [a, b, _]| {
        let parent = (a % 2 == 0).then(|| room.id("category", a));
        json!({ "name": slug(b, "rubrique"), "language": "fr", "parentId": parent })
    }),
    ("categoryUpdate", |room, [a, b, _]| {
        room.change("category", a, json!({ "slug": slug(b, "rubrique"), "localizations": said("name", b) }))
    }),
    ("categoryMove", |room, [a, b, c]| {
        let parent = (c % 3 > 0).then(|| room.id("category", b));
        room.aim("category", a, json!({ "parentId": parent, "position": c % 3 }))
    }),
    ("categoryDelete", |room, [a, ..]| room.aim("category", a, json!({}))),
    ("tagRename", |room, [a, b, _]| room.aim("tag", a, json!({ "name": word(b), "localizations": said("name", b) }))),
    ("tagMerge", |room, [a, b, _]| room.join("tag", a, b, json!({}))),
    ("authorCreate", |_, [a, ..]| json!({ "name": slug(a, "auteur") })),
    ("authorUpdate", |room, [a, b, c]| {
        let portrait = (c % 2 == 0).then(|| room.id("media", c));
        room.change("author", a, json!({ "name": slug(b, "plume"), "portraitId": portrait, "bio": word(c) }))
    }),
    ("authorUpdate", |room, [a, b, _]| room.change("author", a, json!({ "slug": slug(b, "auteur") }))),
    ("authorDelete", |room, [a, ..]| room.aim("author", a, json!({}))),
    (
        "sourceCreate",
        |_, [a, ..]| json!({ "kind": "WEB_PAGE", "title": word(a), "url": format!("https://sources.example/{}", a % 7) }),
    ),
    ("sourceUpdate", |room, [a, b, _]| room.change("source", a, json!({ "title": word(b), "outlet": word(b + 1) }))),
    ("sourceMerge", |room, [a, b, _]| room.join("source", a, b, json!({ "intoExpectedVersion": VERSION_OF_INTO }))),
    ("contactCreate", |_, [a, ..]| json!({ "name": word(a), "role": "NEWSDESK" })),
    ("contactUpdate", |room, [a, b, _]| {
        let channels = json!([{ "kind": "EMAIL", "value": "desk@news.example", "isPublic": b % 2 == 0 }]);
        room.change("contact", a, json!({ "name": word(b), "channels": channels, "localizations": said("title", b) }))
    }),
    ("contactDelete", |room, [a, ..]| room.aim("contact", a, json!({}))),
    ("mediaCreate", |_, [a, ..]| json!({ "url": format!("https://media.example/{}.jpg", a % 9), "alt": word(a) })),
    ("mediaUpdate", |room, [a, b, _]| {
        room.change("media", a, json!({ "alt": word(b), "caption": word(b + 1), "localizations": said("alt", b) }))
    }),
    ("mediaDelete", |room, [a, ..]| room.aim("media", a, json!({}))),
    COMMENT,
    ("commentHide", |room, [a, b, _]| room.aim("comment", a, json!({ "isHidden": b % 2 == 0 }))),
    (
        "redirectCreate",
        |_, [a, b, c]| json!({ "path": path(a), "target": path(b), "status": if c % 2 == 0 { "FOUND" } else { "MOVED_PERMANENTLY" } }),
    ),
    ("redirectUpdate", |room, [a, b, _]| room.change("redirect", a, json!({ "target": path(b) }))),
    ("redirectDelete", |room, [a, ..]| room.aim("redirect", a, json!({}))),
];

/// Stands for the version of the thing that another is joined into, until that is looked up.
const VERSION_OF_INTO: i64 = -2;

fn slug(number: usize, word: &str) -> String {
    format!("{word}-{}", number % 9)
}

fn word(number: usize) -> &'static str {
    ["mer", "port", "vent", "pluie", "sel"][number % 5]
}

/// Addresses that something may have, or may have had.
pub(super) fn path(number: usize) -> String {
    let forms = ["/fr/titre-N", "/ht/titre-N", "/category/rubrique-N", "/author/auteur-N", "/vieux/N"];
    forms[number % 5].replace('N', &(number / 5 % 9).to_string())
}

fn said(field: &str, number: usize) -> Value {
    json!([{ "language": "ht", field: word(number) }])
}

impl Newsroom {
    pub(super) fn new(kit: Kit) -> Self {
        Self { kit, made: BTreeMap::new(), done: 0 }
    }

    /// Makes a few things of each kind, and puts them before readers.
    pub(super) async fn furnish(&mut self) {
        let rank = |(mutation, _): &&Way| match *mutation {
            "articleCreate" => 1,
            "articlePublish" => 2,
            "commentCreate" => 3,
            _ => 0,
        };
        let mut acts: Vec<&Way> = ACTS.iter().filter(|(mutation, _)| mutation.ends_with("Create")).collect();
        acts.push(&PUBLISH);
        acts.sort_by_key(rank);
        for act in acts {
            for number in 0..6 {
                self.act(*act, [number, number + 1, number + 2]).await;
            }
        }
    }

    /// The id of a thing of a kind; of nothing when there never was one.
    pub(super) fn id(&self, noun: &str, number: usize) -> String {
        let ids = self.made.get(noun).map_or(&[][..], Vec::as_slice);
        let nothing = || "art_01h455vb4pex5vsknk084sn02q".to_owned();
        let newest = &ids[ids.len().saturating_sub(NEWEST)..];
        number.checked_rem(newest.len()).map_or_else(nothing, |place| newest[place].clone())
    }

    fn ahead(&self, number: usize) -> String {
        let minutes = i64::try_from(number % 90).unwrap();
        (self.kit.app.clock.now() + TimeDelta::minutes(minutes)).to_rfc3339()
    }

    fn aim(&self, noun: &str, number: usize, rest: Value) -> Value {
        let mut input = json!({ "id": self.id(noun, number), "expectedVersion": null });
        input.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        input
    }

    fn change(&self, noun: &str, number: usize, changes: Value) -> Value {
        self.aim(noun, number, json!({ "changes": changes }))
    }

    fn join(&self, noun: &str, from: usize, into: usize, rest: Value) -> Value {
        let mut input =
            json!({ "fromId": self.id(noun, from), "intoId": self.id(noun, into), "expectedVersion": null });
        input.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        input
    }

    fn several(&self, one: usize, other: usize) -> Value {
        let mut ids = vec![self.id("article", one), self.id("article", other)];
        ids.dedup();
        ids.into_iter().map(|id| json!({ "id": id, "expectedVersion": null })).collect()
    }

    /// What an article can say and where it can stand.
    fn content(&self, a: usize, b: usize, c: usize) -> Value {
        let known = |noun: &'static str, number: usize| (self.made.contains_key(noun)).then(|| self.id(noun, number));
        let list = |noun: &'static str, number| known(noun, number).into_iter().collect::<Vec<_>>();
        let authors: Vec<Value> = list("author", a).into_iter().map(|id| json!({ "authorId": id })).collect();
        let gallery: Vec<Value> = list("media", b).into_iter().map(|id| json!({ "mediaId": id })).collect();
        let references: Vec<Value> =
            list("source", c).into_iter().map(|id| json!({ "source": { "id": id } })).collect();
        let picture = known("media", c).filter(|_| a.is_multiple_of(2));
        let picture = picture.map_or_else(String::new, |id| format!("<figure><img src=\"media:{id}\"></figure>"));
        json!({
            "authors": authors, "gallery": gallery, "references": references,
            "categoryIds": list("category", b), "contactIds": list("contact", c), "tags": [word(a), word(b)],
            "lede": word(c), "body": { "html": format!("<p>{} {}</p>{picture}", word(a), word(c)) },
        })
    }

    /// Takes a step. Acts that do not fit are refused, and that is fine.
    pub(super) async fn take(&mut self, step: &Step) {
        let app = &self.kit.app;
        match step {
            Step::Act(way, numbers) => self.act(*way, *numbers).await,
            Step::Wait(seconds) => self.kit.clock.advance(Duration::from_secs(*seconds)),
            Step::Come { is_before } => self.come(*is_before).await,
            Step::Announce => {
                announce_due(app).await.unwrap();
            }
            Step::Purge => {
                purge_deleted(app, app.clock.now() - TimeDelta::hours(2)).await.unwrap();
            }
        }
    }

    async fn come(&self, is_before: bool) {
        let now = self.kit.app.clock.now();
        let next = masthead_store::transition::next_after(&self.kit.app.database, now).await.unwrap();
        let microsecond = TimeDelta::microseconds(1);
        let instant = next.map(|next| if is_before { next - microsecond } else { next });
        if let Some(instant) = instant.filter(|instant| *instant > now) {
            self.kit.clock.set(&instant.to_rfc3339());
        }
    }

    async fn act(&mut self, (mutation, input): Way, numbers: [usize; 3]) {
        let mut input = input(self, numbers);
        self.look_up_versions(&mut input).await;
        let noun = mutation.split(char::is_uppercase).next().unwrap();
        let fields = if mutation.ends_with("Create") { format!("{noun} {{ id }}") } else { String::new() };
        let caller = self.kit.system();
        let noun_of_input = format!("{}{}", mutation[..1].to_uppercase(), &mutation[1..]);
        let document = format!(
            "mutation($input: {noun_of_input}Input!) {{ {mutation}(input: $input) {{ {fields} userErrors {{ code }} }} }}"
        );
        let answer = self.kit.graphql(&caller, &document, json!({ "input": input })).await;
        let code = answer["errors"][0]["extensions"]["code"].as_str();
        assert!(code.is_none_or(|code| code != "INTERNAL"), "{mutation}: {answer} to {input}");
        assert!(answer["errors"].is_null() || code.is_some(), "{mutation}: {answer} to {input}");
        self.done += usize::from(answer["data"][mutation]["userErrors"] == json!([]));
        if let Some(id) = answer["data"][mutation][noun]["id"].as_str() {
            let noun = ["article", "category", "author", "source", "contact", "media", "comment", "redirect"]
                .into_iter()
                .find(|known| *known == noun)
                .unwrap();
            self.made.entry(noun).or_default().push(id.to_owned());
        }
        self.find_tags().await;
    }

    /// Tags come to be by articles.
    async fn find_tags(&mut self) {
        let tags = self.kit.data(&self.kit.system(), "{ tags(first: 20) { nodes { id } } }", json!({})).await;
        let ids = tags["tags"]["nodes"].as_array().unwrap().iter().map(|tag| tag["id"].as_str().unwrap().to_owned());
        let known = self.made.entry("tag").or_default();
        for id in ids {
            if !known.contains(&id) {
                known.push(id);
            }
        }
    }

    /// Puts the versions that things have now where an input leaves them open.
    async fn look_up_versions(&self, input: &mut Value) {
        let version = async |id: &Value| {
            let id = id.as_str().unwrap_or_default();
            let query = "query($id: ID!) {
                nodes(ids: [$id], perspective: LATEST) { ... on Versioned { version } }
                deleted: articles(first: 1, perspective: DELETED, where: { id: { eq: $id } }) { nodes { version } }
            }";
            let found = self.kit.data(&self.kit.system(), query, json!({ "id": id })).await;
            let deleted = &found["deleted"]["nodes"][0]["version"];
            found["nodes"][0]["version"].as_i64().or_else(|| deleted.as_i64()).unwrap_or(1)
        };
        if input.get("expectedVersion").is_some_and(Value::is_null) {
            let id = input.get("id").unwrap_or(&input["fromId"]).clone();
            input["expectedVersion"] = version(&id).await.into();
        }
        if input["intoExpectedVersion"] == VERSION_OF_INTO {
            input["intoExpectedVersion"] = version(&input["intoId"].clone()).await.into();
        }
        for target in input.get_mut("articles").and_then(Value::as_array_mut).into_iter().flatten() {
            target["expectedVersion"] = version(&target["id"].clone()).await.into();
        }
    }
}
