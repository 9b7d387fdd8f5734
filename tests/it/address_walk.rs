//! Any sequence of acts on addresses: whatever moves, goes, comes back and is redirected, each path means one thing, and
//! whoever follows it is there after one redirect. The real door is compared with a model after the acts.

use std::collections::{BTreeMap, BTreeSet};

use masthead_testkit::{Kit, both_engines};
use proptest::{prelude::*, test_runner::TestCaseResult};
use serde_json::{Value, json};

use crate::walk;

const ROUTE: &str = "query R($path: String!) { route(path: $path) {
    __typename
    ... on Article { id } ... on Category { id } ... on Author { id }
    ... on Redirect { to permanent target { id } }
} }";

const ELSEWHERE: &str = "https://elsewhere.example/";

#[derive(Debug, Clone, Copy, PartialEq)]
enum Noun {
    Article,
    Category,
    Author,
}

/// What somebody does. Numbers count through the things or paths there are.
#[derive(Debug, Clone)]
enum Act {
    Create(Noun, usize, Option<usize>),
    Rename(usize, usize),
    Move(usize, Option<usize>),
    Hide(usize),
    Show(usize),
    Delete(usize),
    Restore(usize, Option<usize>),
    Redirect(usize, usize, bool),
    Aim(usize, usize),
    Forget(usize),
}

fn act() -> impl Strategy<Value = Act> {
    let number = any::<usize>;
    let some = || prop::option::of(any::<usize>());
    let noun = prop::sample::select(vec![Noun::Article, Noun::Article, Noun::Category, Noun::Category, Noun::Author]);
    prop_oneof![
        5 => (noun, number(), some()).prop_map(|(noun, slug, parent)| Act::Create(noun, slug, parent)),
        5 => (number(), number()).prop_map(|(which, slug)| Act::Rename(which, slug)),
        2 => (number(), some()).prop_map(|(which, parent)| Act::Move(which, parent)),
        2 => number().prop_map(Act::Hide),
        2 => number().prop_map(Act::Show),
        2 => number().prop_map(Act::Delete),
        2 => (number(), some()).prop_map(|(which, slug)| Act::Restore(which, slug)),
        6 => (number(), number(), any::<bool>()).prop_map(|(from, to, stays)| Act::Redirect(from, to, stays)),
        2 => (number(), number()).prop_map(|(which, to)| Act::Aim(which, to)),
        2 => number().prop_map(Act::Forget),
    ]
}

#[derive(Debug, Clone)]
struct Thing {
    id: String,
    noun: Noun,
    slug: String,
    parent: Option<String>,
    version: i64,
    is_visible: bool,
    is_deleted: bool,
}

#[derive(Debug, Clone)]
struct Rule {
    id: String,
    version: i64,
    target: String,
    is_permanent: bool,
}

/// What a path should mean.
#[derive(Debug, Clone, PartialEq)]
enum Meaning {
    Content(String),
    Redirect(String, bool, Option<String>),
    Gone,
    Nothing,
}

#[derive(Default)]
struct Model {
    things: Vec<Thing>,
    former: BTreeMap<String, String>,
    rules: BTreeMap<String, Rule>,
    /// Every path that was ever used.
    paths: BTreeSet<String>,
}

fn slug(number: usize) -> String {
    ["un", "deux", "trois", "quatre"][number % 4].to_owned()
}

impl Model {
    fn nth(&self, number: usize) -> Option<Thing> {
        let here: Vec<&Thing> = self.things.iter().filter(|thing| !thing.is_deleted).collect();
        here.get(number.checked_rem(here.len())?).copied().cloned()
    }

    fn thing(&self, id: &str) -> &Thing {
        self.things.iter().find(|thing| thing.id == id).unwrap()
    }

    fn thing_mut(&mut self, id: &str) -> &mut Thing {
        self.things.iter_mut().find(|thing| thing.id == id).unwrap()
    }

    fn path(&self, thing: &Thing) -> String {
        match thing.noun {
            Noun::Article => format!("/fr/{}", thing.slug),
            Noun::Author => format!("/author/{}", thing.slug),
            Noun::Category => {
                let above = thing.parent.as_ref().map(|id| self.path(self.thing(id)));
                format!("{}/{}", above.unwrap_or("/category".to_owned()), thing.slug)
            }
        }
    }

    fn place(&self, number: usize) -> String {
        let more = ["/promo", "/2012/old", "/fr/un", "/category/un", "/category/deux/un", "/author/un"];
        let all: Vec<&str> = self.paths.iter().map(String::as_str).chain(more).collect();
        all[number % all.len()].to_owned()
    }

    fn note_paths(&mut self) {
        let now: Vec<String> =
            self.things.iter().filter(|thing| !thing.is_deleted).map(|thing| self.path(thing)).collect();
        self.paths.extend(now);
    }

    /// The thing and all below it lose their addresses.
    fn leave(&mut self, id: &str) {
        let left: Vec<(String, String)> = self
            .things
            .iter()
            .filter(|thing| !thing.is_deleted)
            .filter(|thing| {
                let mut above = Some(thing.id.clone());
                while above.as_ref().is_some_and(|above| above != id) {
                    above = above.and_then(|above| self.thing(&above).parent.clone());
                }
                above.is_some()
            })
            .map(|thing| (self.path(thing), thing.id.clone()))
            .collect();
        self.former.extend(left);
    }

    fn content(&self, path: &str) -> Option<String> {
        let here = |thing: &&Thing| thing.is_visible && !thing.is_deleted && self.path(thing) == path;
        self.things.iter().find(here).map(|thing| thing.id.clone())
    }

    /// Where what stood at a path lives now.
    fn moved(&self, path: &str) -> Option<&Thing> {
        let lives = |thing: &&Thing| thing.is_visible && !thing.is_deleted;
        let former = self.former.get(path).map(|id| self.thing(id)).filter(lives);
        former.or_else(|| {
            let (above, last) = path.rsplit_once('/')?;
            let of_slug = |thing: &&Thing| thing.noun == Noun::Category && thing.slug == last && lives(thing);
            above.starts_with("/category").then(|| self.things.iter().find(of_slug))?
        })
    }

    fn meaning(&self, path: &str) -> Meaning {
        if let Some(id) = self.content(path) {
            return Meaning::Content(id);
        }
        if let Some(first) = self.rules.get(path) {
            let (mut rule, mut is_permanent) = (first, first.is_permanent);
            loop {
                let at = &rule.target;
                let content = self.content(at);
                match self.rules.get(at).filter(|_| content.is_none()) {
                    Some(next) => (rule, is_permanent) = (next, is_permanent && next.is_permanent),
                    None => match self.moved(at).filter(|_| content.is_none()) {
                        Some(thing) => {
                            return Meaning::Redirect(self.path(thing), is_permanent, Some(thing.id.clone()));
                        }
                        None => return Meaning::Redirect(at.clone(), is_permanent, content),
                    },
                }
            }
        }
        if let Some(thing) = self.moved(path) {
            return Meaning::Redirect(self.path(thing), true, Some(thing.id.clone()));
        }
        let is_gone = |thing: &Thing| thing.noun == Noun::Article && (!thing.is_visible || thing.is_deleted);
        let was_here = self.things.iter().any(|thing| is_gone(thing) && self.path(thing) == path);
        let left = self.former.get(path).is_some_and(|id| is_gone(self.thing(id)));
        if was_here || left { Meaning::Gone } else { Meaning::Nothing }
    }

    /// Whether a redirect would come back to where it begins.
    fn closes(&self, from: &str, to: &str) -> bool {
        let mut at = to;
        while at != from {
            match self.rules.get(at) {
                Some(next) => at = &next.target,
                None => return false,
            }
        }
        true
    }
}

/// Does a mutation; the codes of its mistakes, and its payload.
async fn done(kit: &Kit, mutation: &str, fields: &str, input: Value) -> (Vec<String>, Value) {
    let payload = kit.act(&kit.system(), mutation, fields, input).await;
    let codes =
        payload["userErrors"].as_array().unwrap().iter().map(|error| error["code"].as_str().unwrap().to_owned());
    (codes.collect(), payload)
}

async fn create(kit: &Kit, model: &mut Model, noun: Noun, number: usize, parent: Option<usize>) {
    let slug = slug(number);
    let category = parent.and_then(|number| model.nth(number)).filter(|thing| thing.noun == Noun::Category);
    let parent = category.filter(|_| noun == Noun::Category).map(|thing| thing.id);
    let (mutation, field, input) = match noun {
        Noun::Article => ("articleCreate", "article", json!({ "language": "fr", "headline": "Titre", "slug": slug })),
        Noun::Category => ("categoryCreate", "category", json!({ "name": "Nom", "slug": slug, "parentId": parent })),
        Noun::Author => ("authorCreate", "author", json!({ "name": "Nom", "slug": slug })),
    };
    let (codes, payload) = done(kit, mutation, &format!("{field} {{ id }}"), input).await;
    if !codes.is_empty() {
        return;
    }
    let id = payload[field]["id"].as_str().unwrap().to_owned();
    let mut version = 1;
    if noun == Noun::Article {
        kit.publish(&id, json!({})).await;
        version = 2;
    }
    model.things.push(Thing { id, noun, slug, parent, version, is_visible: true, is_deleted: false });
}

async fn rename(kit: &Kit, model: &mut Model, thing: &Thing, number: usize) {
    let mutation = match thing.noun {
        Noun::Article => "articleUpdate",
        Noun::Category => "categoryUpdate",
        Noun::Author => "authorUpdate",
    };
    let slug = slug(number);
    let input = json!({ "id": thing.id, "expectedVersion": thing.version, "changes": { "slug": slug } });
    if done(kit, mutation, "", input).await.0.is_empty() && slug != thing.slug {
        model.leave(&thing.id);
        let kept = model.thing_mut(&thing.id);
        (kept.slug, kept.version) = (slug, kept.version + 1);
        if thing.noun == Noun::Article && thing.is_visible {
            // What is changed beside what readers see is put before them at once.
            let input = json!({ "id": thing.id, "expectedVersion": kept.version });
            kit.done(&kit.system(), "articlePublish", "", input).await;
            kept.version += 1;
        }
    }
}

async fn relocate(kit: &Kit, model: &mut Model, thing: &Thing, parent: Option<usize>) {
    let parent = parent.and_then(|number| model.nth(number)).filter(|thing| thing.noun == Noun::Category);
    let parent = parent.map(|thing| thing.id);
    let input = json!({ "id": thing.id, "expectedVersion": thing.version, "parentId": parent });
    let (codes, payload) = done(kit, "categoryMove", "category { version }", input).await;
    if codes.is_empty() {
        if parent != thing.parent {
            model.leave(&thing.id);
        }
        let kept = model.thing_mut(&thing.id);
        (kept.parent, kept.version) = (parent, payload["category"]["version"].as_i64().unwrap());
    }
}

/// Takes an article off the site, brings it back or deletes it, or deletes another thing.
async fn end(kit: &Kit, model: &mut Model, thing: &Thing, mutation: &str) {
    let input = json!({ "id": thing.id, "expectedVersion": thing.version });
    if done(kit, mutation, "", input).await.0.is_empty() {
        let kept = model.thing_mut(&thing.id);
        kept.version += 1;
        match mutation {
            "articlePublish" => kept.is_visible = true,
            "articleUnpublish" => kept.is_visible = false,
            _ => kept.is_deleted = true,
        }
    }
}

/// Brings a deleted article back, off the site; at another address where one is given.
async fn restore(kit: &Kit, model: &mut Model, which: usize, number: Option<usize>) {
    let gone: Vec<&Thing> =
        model.things.iter().filter(|thing| thing.noun == Noun::Article && thing.is_deleted).collect();
    let Some(thing) = which.checked_rem(gone.len()).map(|place| gone[place].clone()) else { return };
    let slug = number.map_or_else(|| thing.slug.clone(), slug);
    let input = json!({ "id": thing.id, "expectedVersion": thing.version, "slug": number.map(|_| &slug) });
    if done(kit, "articleRestore", "", input).await.0.is_empty() {
        if slug != thing.slug {
            model.former.insert(model.path(&thing), thing.id.clone());
        }
        let kept = model.thing_mut(&thing.id);
        (kept.slug, kept.version) = (slug, kept.version + 1);
        (kept.is_deleted, kept.is_visible) = (false, false);
    }
}

async fn redirect(kit: &Kit, model: &mut Model, from: usize, to: usize, stays: bool) -> TestCaseResult {
    let (from, to) = (model.place(from), if to.is_multiple_of(7) { ELSEWHERE.to_owned() } else { model.place(to) });
    model.paths.insert(from.clone());
    let status = if stays { "PERMANENT_REDIRECT" } else { "FOUND" };
    let input = json!({ "path": from, "target": to, "status": status });
    let (codes, payload) = done(kit, "redirectCreate", "redirect { id }", input).await;
    let expected = if model.rules.contains_key(&from) {
        vec!["ALREADY_EXISTS"]
    } else if model.content(&from).is_some() {
        vec!["PATH_TAKEN"]
    } else if model.closes(&from, &to) {
        vec!["REDIRECT_LOOP"]
    } else if codes == ["INVALID"] {
        return Ok(());
    } else {
        let id = payload["redirect"]["id"].as_str().unwrap().to_owned();
        model.rules.insert(from, Rule { id, version: 1, target: to, is_permanent: stays });
        vec![]
    };
    prop_assert_eq!(codes, expected);
    Ok(())
}

async fn aim(kit: &Kit, model: &mut Model, which: usize, to: usize) -> TestCaseResult {
    let to = model.place(to);
    let paths: Vec<String> = model.rules.keys().cloned().collect();
    let Some(from) = which.checked_rem(paths.len()).map(|place| paths[place].clone()) else { return Ok(()) };
    let mut rule = model.rules.remove(&from).unwrap();
    let input = json!({ "id": rule.id, "expectedVersion": rule.version, "changes": { "target": to } });
    let (codes, payload) = done(kit, "redirectUpdate", "redirect { version }", input).await;
    let closes = model.closes(&from, &to);
    if codes.is_empty() {
        prop_assert!(!closes);
        (rule.target, rule.version) = (to, payload["redirect"]["version"].as_i64().unwrap());
    } else {
        prop_assert!(closes == (codes == ["REDIRECT_LOOP"]), "{:?}", codes);
    }
    model.rules.insert(from, rule);
    Ok(())
}

async fn forget(kit: &Kit, model: &mut Model, which: usize) {
    let paths: Vec<String> = model.rules.keys().cloned().collect();
    if let Some(place) = which.checked_rem(paths.len()) {
        let rule = model.rules.remove(&paths[place]).unwrap();
        let input = json!({ "id": rule.id, "expectedVersion": rule.version });
        kit.done(&kit.system(), "redirectDelete", "", input).await;
    }
}

async fn play(kit: &Kit, model: &mut Model, act: Act) -> TestCaseResult {
    match act {
        Act::Create(noun, slug, parent) => create(kit, model, noun, slug, parent).await,
        Act::Redirect(from, to, stays) => redirect(kit, model, from, to, stays).await?,
        Act::Aim(which, to) => aim(kit, model, which, to).await?,
        Act::Forget(which) => forget(kit, model, which).await,
        Act::Restore(which, slug) => restore(kit, model, which, slug).await,
        Act::Rename(which, _) | Act::Move(which, _) | Act::Hide(which) | Act::Show(which) | Act::Delete(which) => {
            let Some(thing) = model.nth(which) else { return Ok(()) };
            match (act, thing.noun) {
                (Act::Rename(_, slug), _) => rename(kit, model, &thing, slug).await,
                (Act::Move(_, parent), Noun::Category) => relocate(kit, model, &thing, parent).await,
                (Act::Hide(_), Noun::Article) => end(kit, model, &thing, "articleUnpublish").await,
                (Act::Show(_), Noun::Article) if !thing.is_visible => end(kit, model, &thing, "articlePublish").await,
                (Act::Delete(_), Noun::Article) => end(kit, model, &thing, "articleDelete").await,
                (Act::Delete(_), Noun::Category) => end(kit, model, &thing, "categoryDelete").await,
                (Act::Delete(_), Noun::Author) => end(kit, model, &thing, "authorDelete").await,
                _ => {}
            }
        }
    }
    model.note_paths();
    Ok(())
}

async fn asked(kit: &Kit, path: &str) -> Meaning {
    let found = kit.data(&kit.anonymous(), ROUTE, json!({ "path": path })).await["route"].take();
    let text = |value: &Value| value.as_str().map(ToOwned::to_owned);
    match found["__typename"].as_str() {
        None => Meaning::Nothing,
        Some("Gone") => Meaning::Gone,
        Some("Redirect") => Meaning::Redirect(
            text(&found["to"]).unwrap(),
            found["permanent"].as_bool().unwrap(),
            text(&found["target"]["id"]),
        ),
        Some(_) => Meaning::Content(text(&found["id"]).unwrap()),
    }
}

async fn compare(kit: &Kit, model: &Model) -> TestCaseResult {
    for path in &model.paths {
        let found = asked(kit, path).await;
        prop_assert_eq!(&found, &asked(kit, path).await, "asked again for {}", path);
        prop_assert_eq!(&found, &model.meaning(path), "{}", path);
        if let Meaning::Redirect(to, _, target) = found
            && to != ELSEWHERE
        {
            let there = asked(kit, &to).await;
            prop_assert!(!matches!(there, Meaning::Redirect(..)), "{} → {} → {:?}", path, to, there);
            match (there, target) {
                (Meaning::Content(id), Some(target)) => prop_assert_eq!(id, target),
                (there, target) => prop_assert!(target.is_none() && !matches!(there, Meaning::Content(_))),
            }
        }
    }
    Ok(())
}

async fn played(kit: &Kit, sequence: Vec<Act>) -> TestCaseResult {
    // Each case begins with nothing.
    for table in ["redirects", "legacy_paths", "articles", "categories", "authors"] {
        kit.sql(&format!("delete from {table}")).await;
    }
    let mut model = Model::default();
    for (number, act) in sequence.into_iter().enumerate() {
        play(kit, &mut model, act).await?;
        if number % 10 == 9 {
            compare(kit, &model).await?;
        }
    }
    compare(kit, &model).await
}

both_engines! {
    async fn any_sequence_of_acts_leaves_every_path_with_one_meaning(kit: Kit) {
        let sequences = prop::collection::vec(act(), 1..50);
        walk::every(24, sequences, async move |sequence| played(&kit, sequence).await).await;
    }
}
