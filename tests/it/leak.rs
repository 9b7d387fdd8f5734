//! Nothing that is hidden shows: every field of the schema is asked by every kind of caller, with everything that is
//! hidden marked, and beside it the same newsroom without the hidden things, which must answer the same.

mod act;
mod door;
mod mutation;
mod newsroom;
mod walk;

use std::{collections::BTreeSet, time::Duration};

use masthead_api::graphql::Session;
use masthead_app::{Caller, preview::Preview};
use masthead_domain::policy::{self, Actor, Library, Role, Scope};
use masthead_testkit::{Engine, Kit, both_engines};
use serde_json::json;

use self::newsroom::{Hidden, LIBRARY_MARK, MARK, Public, known_addresses};
use crate::surface::{Question, Types, Values, difference, questions, short};

/// The two newsrooms: the same instant, the same ids.
struct Twins {
    /// With the hidden things.
    full: Kit,
    /// Without them.
    bare: Kit,
    public: Public,
    hidden: Hidden,
    values: Values,
    types: Types,
}

/// Who asks.
struct Asker {
    name: String,
    caller: Caller,
    preview: Option<Preview>,
    /// Whether they ask every question. The others ask for everything below each root field (keys share these questions
    /// among them), and share the rest: what is slow here is the number of answers.
    asks_all: bool,
}

impl Twins {
    async fn new(full: Kit, bare: Kit) -> Self {
        let public = Public::build(&full, true).await;
        assert_eq!(Public::build(&bare, false).await, public, "the twins have the same ids");
        let hidden = public.hide(&full).await;
        // The hidden half is written in two hours; nothing of that may be told, not even when.
        bare.clock.advance(Duration::from_secs(7_200));
        let values = hidden.values(&full, &public).await;
        let types = Types::of(&full).await;
        Self { full, bare, public, hidden, values, types }
    }

    /// Callers who may see no more than readers do. Their accounts stand in both newsrooms.
    fn askers(&self) -> Vec<Asker> {
        let asker =
            |name: &str, caller: Caller| Asker { name: name.to_owned(), caller, preview: None, asks_all: false };
        let mut askers =
            vec![asker("anonymous", self.full.anonymous()), asker("a reader", self.full.as_role(Role::Reader))];
        askers.push(asker("a contributor", self.public.contributor.clone()));
        for scope in Scope::ALL.iter().filter(|scope| **scope != Scope::DraftsRead) {
            askers.push(asker(&format!("a key for {scope}"), self.full.as_key(&[*scope])));
        }
        let preview = Some(Preview { article: self.public.previewed(), version: None });
        askers.push(Asker {
            name: "a bearer of a preview token".to_owned(),
            caller: self.full.anonymous(),
            preview,
            asks_all: false,
        });
        for asker in askers.iter_mut().filter(|asker| ["anonymous", "a contributor"].contains(&asker.name.as_str())) {
            asker.asks_all = true;
        }
        askers
    }

    /// What is wrong with the answers to a question.
    async fn fault(&self, asker: &Asker, question: &Question) -> Option<String> {
        let full = ask(&self.full, asker, &question.text).await;
        let told = told(asker, &question.text, &full);
        if !told.is_empty() {
            return Some(format!("{} reads {told:?} by {}", asker.name, short(&question.text)));
        }
        if self.may_differ(asker, &question.root, &question.text) {
            return None;
        }
        let bare = ask(&self.bare, asker, &question.text).await;
        (full != bare)
            .then(|| format!("{} notices {} by {}", asker.name, difference(&full, &bare), short(&question.text)))
    }

    /// Where the two newsrooms differ for good reason: libraries before those who keep them, the log before those who
    /// read it, and what readers are told at addresses they knew.
    fn may_differ(&self, asker: &Asker, root: &str, text: &str) -> bool {
        let is_log = root == "auditLog" && asker.name.contains("audit:read");
        let is_known = root == "route" && known_addresses().iter().any(|path| text.contains(path.as_str()));
        let is_of_library = match root {
            "tag" | "tags" | "source" | "sources" | "media" => true,
            "node" | "nodes" => [&self.hidden.sources[0], &self.hidden.media[0]].iter().any(|id| text.contains(*id)),
            _ => false,
        };
        is_log || is_known || (asker.sees_libraries() && is_of_library)
    }
}

impl Asker {
    fn sees_libraries(&self) -> bool {
        Library::ALL.iter().any(|library| policy::sees_whole(&self.caller.actor, *library))
    }
}

/// The marks that somebody reads who should not, and that they did not bring themselves.
fn told(asker: &Asker, text: &str, answer: &str) -> Vec<String> {
    let is_theirs = |mark: &String| asker.sees_libraries() && mark.starts_with(LIBRARY_MARK);
    marks(answer).into_iter().filter(|mark| !text.contains(mark.as_str()) && !is_theirs(mark)).collect()
}

async fn ask(kit: &Kit, asker: &Asker, text: &str) -> String {
    let mut session = Session::new(asker.caller.clone(), kit.app.clock.now());
    session.preview = asker.preview;
    kit.graphql_in(session, text, json!({})).await.to_string()
}

/// The marked words of an answer.
fn marks(answer: &str) -> BTreeSet<String> {
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    answer.split(|letter| !is_word(letter)).filter_map(|word| word.find(MARK).map(|at| word[at..].to_owned())).collect()
}

/// Runs a test with twins on the engine of a kit.
async fn with_twins<F, T>(full: Kit, test: F)
where
    F: FnOnce(Twins) -> T + Send + 'static,
    T: Future<Output = ()> + Send + 'static,
{
    match full.engine() {
        Engine::Sqlite => {
            masthead_testkit::sqlite(move |bare| async move { test(Twins::new(full, bare).await).await }).await
        }
        Engine::Postgres => {
            masthead_testkit::postgres(move |bare| async move { test(Twins::new(full, bare).await).await }).await
        }
    }
}

both_engines! {
    async fn no_caller_finds_what_is_hidden(kit: Kit) {
        with_twins(kit, |twins| async move {
            let questions = questions(&twins.types, &twins.values);
            let (thorough, others): (Vec<Asker>, Vec<Asker>) = twins.askers().into_iter().partition(|asker| asker.asks_all);
            let mut faults = Vec::new();
            for (number, question) in questions.iter().enumerate() {
                let theirs = others.iter().enumerate().filter(|(turn, asker)| {
                    let is_key = matches!(asker.caller.actor, Actor::Key { .. });
                    let share = if !question.is_whole { others.len() } else if is_key { 3 } else { 1 };
                    number % share == turn % share
                });
                for asker in thorough.iter().chain(theirs.map(|(_, asker)| asker)) {
                    faults.extend(twins.fault(asker, question).await);
                }
            }
            let told: Vec<&String> = faults.iter().take(40).collect();
            assert!(faults.is_empty(), "{} of {} questions: {told:#?}", faults.len(), questions.len());
        }).await;
    }

    async fn no_act_tells_what_is_hidden_from_what_is_not_there(kit: Kit) {
        with_twins(kit, |twins| async move {
            let (aims, askers) = (twins.aims().await, twins.askers());
            let mut faults = Vec::new();
            for (number, act) in aims.acts(&twins.types).iter().enumerate() {
                for (turn, asker) in askers.iter().enumerate() {
                    if Twins::tries(asker, act, number % askers.len() == turn) {
                        faults.extend(twins.fault_of_act(asker, act, &aims).await);
                    }
                }
            }
            assert!(faults.is_empty(), "{}: {:#?}", faults.len(), faults.iter().take(40).collect::<Vec<_>>());
        }).await;
    }

    async fn no_header_and_no_byte_of_a_body_tells_what_is_hidden(kit: Kit) {
        with_twins(kit, |twins| async move {
            let (doors, sent) = (twins.doors().await, twins.sent());
            let mut faults = Vec::new();
            for asker in twins.askers().iter().filter(|asker| asker.asks_all) {
                for question in &sent {
                    for way in door::WAYS {
                        faults.extend(twins.fault_at_door(&doors, asker, question, way).await);
                    }
                }
            }
            assert!(faults.is_empty(), "{}: {:#?}", faults.len(), faults.iter().take(40).collect::<Vec<_>>());
        }).await;
    }

    async fn no_walk_through_a_list_passes_what_is_hidden(kit: Kit) {
        with_twins(kit, |twins| async move {
            let mut faults = Vec::new();
            let askers: Vec<Asker> = twins.askers().into_iter().filter(|asker| asker.asks_all).collect();
            for (number, walk) in twins.walks().await.iter().enumerate() {
                for (turn, asker) in askers.iter().enumerate() {
                    if !walk.is_filtered || number % askers.len() == turn {
                        faults.extend(twins.fault_of_walk(asker, walk).await);
                    }
                }
            }
            assert!(faults.is_empty(), "{}: {:#?}", faults.len(), faults.iter().take(40).collect::<Vec<_>>());
        }).await;
    }

    async fn the_questions_find_every_hidden_thing_for_those_who_may_see_it(kit: Kit) {
        with_twins(kit, |twins| async move {
            let editor = Asker { name: "an editor".to_owned(), caller: twins.full.as_role(Role::Editor), preview: None, asks_all: true };
            let mut found = BTreeSet::new();
            for question in questions(&twins.types, &twins.values) {
                let answer = ask(&twins.full, &editor, &question.text).await;
                for code in ["QUERY_TOO", "TOO_MANY", "VALIDATION_FAILED", "PARSE_FAILED", "INTERNAL"] {
                    assert!(!answer.contains(code), "{code}: {answer} to {}", question.text);
                }
                found.extend(marks(&answer).into_iter().filter(|mark| !question.text.contains(mark)));
            }
            let missed: Vec<&String> = twins.hidden.marks.iter().filter(|mark| !found.contains(*mark)).collect();
            assert!(missed.is_empty(), "{missed:?}");
        }).await;
    }
}
