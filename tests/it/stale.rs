//! Kept answers are never old: after any acts and steps of the clock, over the whole surface of reading, an answer that
//! was kept is the answer that is read. On the node where things are done that holds whatever lag is allowed.
//!
//! A failure tells the seed, which makes the same walk again when it is given as `PROPTEST_RNG_SEED`. A longer walk than
//! the usual one is asked for by `TEST_STALE_STEPS`, more publications by `TEST_STALE_PUBLISHES`.

mod act;

use std::sync::Arc;

use masthead_api::http::{CacheConfig, HttpConfig};
use masthead_store::Engine;
use masthead_testkit::{Door, Kit, both_engines};
use proptest::{prelude::*, sample::Index, strategy::ValueTree, test_runner::TestRunner};
use serde_json::json;

use self::act::{Newsroom, Step, path, step};
use crate::{
    surface::{Question, Types, Values, difference, questions, short},
    walk::seeded,
};

/// How many steps a walk has when nobody says; the one with a lag has a third of them.
const STEPS: usize = 300;
/// How many questions are asked again and again, so that their answers are kept.
const STANDING: usize = 40;
/// How many more of them show what readers write: few questions do, and it changes often.
const BELOW: usize = 5;
/// How many of these are asked before and after each step.
const ASKED: usize = 5;
/// How many publications are read at once when nobody says.
const PUBLISHES: usize = 200;
/// After how many steps other questions take their place.
const CHANGED_AFTER: usize = 50;

/// The same newsroom behind two doors of one node.
struct Doors {
    kept: Door,
    bare: Door,
}

impl Doors {
    /// Of another node than the one where things are done.
    async fn elsewhere(kit: &Kit) -> Self {
        Self::of(&kit.second_node().await, 0)
    }

    /// Of the node where things are done, with a lag that never ends.
    fn here(kit: &Kit) -> Self {
        Self::of(kit, u64::MAX)
    }

    fn of(node: &Kit, lag_ms: u64) -> Self {
        let keeping = |bytes_max| HttpConfig {
            cache: CacheConfig { bytes_max, lag_ms, ..CacheConfig::default() },
            ..HttpConfig::default()
        };
        Self { kept: node.door(keeping(16 << 20)), bare: node.door(keeping(0)) }
    }

    /// What is wrong with the kept answer, and whether it had been kept.
    async fn fault(&self, question: &str) -> (bool, Option<String>) {
        let (is_kept, kept) = ask(&self.kept, question).await;
        let (_, bare) = ask(&self.bare, question).await;
        let fault = (kept != bare).then(|| format!("{} by {}", difference(&kept, &bare), short(question)));
        (is_kept, fault)
    }
}

/// Whether an answer had been kept, and its status and body without what differs between any two.
async fn ask(door: &Door, question: &str) -> (bool, String) {
    let answer = door.graphql(question).await;
    let is_kept = answer.header("cache-status") == Some("masthead; hit");
    let mut parts = answer.body.split("\"requestId\":\"");
    let mut body = parts.next().unwrap().to_owned();
    parts.for_each(|part| body.push_str(part.split_once('"').unwrap().1));
    (is_kept, format!("{} {body}", answer.status))
}

impl Newsroom {
    /// What to ask with: what there is, and what there was.
    async fn values(&self, number: usize) -> Values {
        let now = self.kit.app.clock.now().to_rfc3339();
        let nouns = self.made.keys().copied();
        let words = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<String>>();
        let document = "{ articles(first: 1) { pageInfo { endCursor } } }";
        let front = self.kit.data(&self.kit.anonymous(), document, json!({})).await;
        let cursor = front["articles"]["pageInfo"]["endCursor"].as_str().unwrap_or("none").to_owned();
        let ids: Vec<String> = nouns.flat_map(|noun| [self.id(noun, number), self.id(noun, number + 1)]).collect();
        Values {
            kinds: ids.clone(),
            ids,
            slugs: words(&["titre-0", "titre-1", "rubrique-0", "auteur-0", "mer", "plume-1"]),
            paths: (0..20).map(|place| path(number + place)).collect(),
            words: words(&["titre-1", "Titre 1", "mer", "rubrique-1", "plume-1", "Corrigé 1", "/vieux/1", "desk"]),
            instants: vec![now, "2026-11-23T12:00:00Z".to_owned()],
            cursors: vec![cursor],
            urls: words(&["https://sources.example/1", "https://sources.example/2"]),
            dois: words(&["10.5555/1"]),
            isbns: words(&["9782070360024"]),
        }
    }
}

/// A step, where to begin to choose questions, and which of those that stand are asked at it.
type Turn = (Step, Index, [Index; ASKED]);

/// So many turns, and the seed they were made from.
fn turns(steps: usize) -> (u64, Vec<Turn>) {
    let (seed, config) = seeded();
    let mut runner = TestRunner::new(config);
    let turn = (step(), any::<Index>(), any::<[Index; ASKED]>());
    (seed, (0..steps).map(|_| turn.new_tree(&mut runner).unwrap().current()).collect())
}

/// Walks so many steps.
async fn walk(kit: Kit, doors: Doors, steps: usize) {
    let (seed, turns) = turns(steps);
    let again = format!("the same again: PROPTEST_RNG_SEED={seed} TEST_STALE_STEPS={steps}");
    let types = Types::of(&kit).await;
    let mut room = Newsroom::new(kit);
    room.furnish().await;
    let (mut standing, mut served) = (Vec::new(), 0);
    for (number, (step, choice, asked)) in turns.into_iter().enumerate() {
        if number % CHANGED_AFTER == 0 {
            let all = questions(&types, &room.values(number).await);
            let first = choice.index(all.len());
            // A stride without a divisor in common with most lengths goes everywhere.
            let some = |all: &[&Question], count| -> Vec<String> {
                (0..count).map(|place| all[(first + place * 397) % all.len()].text.clone()).collect()
            };
            let all: Vec<&Question> = all.iter().collect();
            let below: Vec<&Question> = all.iter().copied().filter(|one| one.text.contains(" comments")).collect();
            let chosen = [some(&all, STANDING), some(&below, BELOW)].concat().into_iter();
            // Who asks for the instant gets an answer that is not kept.
            standing = chosen.map(|text| text.replace(" asOf ", " ")).collect();
        }
        // Before the step, so that their answers are kept, and after it.
        let asked: Vec<&String> = asked.iter().map(|index| index.get(&standing)).collect();
        for is_after in [false, true] {
            if is_after {
                room.take(&step).await;
            }
            for question in &asked {
                let (is_kept, fault) = doors.fault(question).await;
                served += usize::from(is_kept && is_after);
                if let Some(fault) = fault {
                    panic!("at step {number}, {step:?}, done: {is_after}, the answer says {fault}\n{again}");
                }
            }
        }
    }
    assert!(served > steps, "only {served} of {} answers had been kept; {again}", steps * ASKED);
    assert!(room.done * 3 > steps, "only {} acts were done; {again}", room.done);
}

/// How often something is done: what a switch of the tests says, or as usual.
#[expect(clippy::disallowed_methods, reason = "a switch of the tests, which are nobody's library")]
fn times(switch: &str, usual: usize) -> usize {
    std::env::var(switch).map_or(usual, |times| times.parse().unwrap())
}

/// A headline that says how often it was changed.
fn headline(number: usize) -> String {
    format!("Titre {number}")
}

/// Publishes again and again, and reads what it published while others read all the while.
async fn publish_and_read(kit: Kit, doors: Doors) {
    let doors = Arc::new(doors);
    let id = kit.published(json!({ "language": "fr", "headline": headline(0) })).await;
    let page = format!("{{ article(by: {{ id: \"{id}\" }}) {{ headline version }} }}");
    let front = "{ articles(first: 1) { nodes { headline } } }";
    // Others read all the while, so that each answer is kept again at once.
    let readers: Vec<_> = [page.clone(), front.to_owned()]
        .into_iter()
        .map(|question| {
            let doors = Arc::clone(&doors);
            tokio::spawn(async move {
                loop {
                    ask(&doors.kept, &question).await;
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    for number in 1..=times("TEST_STALE_PUBLISHES", PUBLISHES) {
        let input = json!({
            "id": id, "expectedVersion": number + 1, "kind": "UPDATE", "text": "Plus.",
            "changes": { "headline": headline(number) },
        });
        kit.done(&kit.system(), "articleCorrect", "article { version }", input).await;
        for question in [page.as_str(), front] {
            let (_, answer) = ask(&doors.kept, question).await;
            assert!(answer.contains(&format!("\"{}\"", headline(number))), "{number}: {answer}");
        }
    }
    readers.iter().for_each(tokio::task::JoinHandle::abort);
}

both_engines! {
    async fn whoever_reads_after_a_publication_reads_what_it_published(kit: Kit) {
        let doors = Doors::elsewhere(&kit).await;
        publish_and_read(kit, doors).await;
    }

    async fn with_a_lag_whoever_reads_where_it_was_published_does_so_too(kit: Kit) {
        if kit.engine() == Engine::Sqlite {
            return; // There is no lag.
        }
        let doors = Doors::here(&kit);
        publish_and_read(kit, doors).await;
    }

    async fn kept_answers_are_what_is_read(kit: Kit) {
        let doors = Doors::elsewhere(&kit).await;
        walk(kit, doors, times("TEST_STALE_STEPS", STEPS)).await;
    }

    async fn with_a_lag_kept_answers_are_what_is_read_where_it_was_done(kit: Kit) {
        if kit.engine() == Engine::Sqlite {
            return; // There is no lag.
        }
        let doors = Doors::here(&kit);
        walk(kit, doors, times("TEST_STALE_STEPS", STEPS / 3)).await;
    }
}
