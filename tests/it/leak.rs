//! Nothing that is hidden shows: every field of the schema is asked by every kind of caller, with everything that is
//! hidden marked, and beside it the same newsroom without the hidden things, which must answer the same.

mod mutation;
mod newsroom;
mod schema;
mod values;

use std::{collections::BTreeSet, time::Duration};

use masthead_api::graphql::Session;
use masthead_app::{Caller, preview::Preview};
use masthead_domain::policy::{self, Actor, Library, Role, Scope};
use masthead_testkit::{Engine, Kit, both_engines};
use serde_json::json;

use self::{
    newsroom::{Hidden, LIBRARY_MARK, MARK, Public, known_addresses},
    schema::{Field, Types},
    values::Values,
};

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
    /// Whether they ask every question. The others ask for everything below each root field, and keys share these
    /// questions among them: what is slow here is the number of answers.
    asks_all: bool,
}

/// A question: one root field of one document.
struct Question {
    /// Whether it looks at everything below the field, and not only at what one argument changes.
    is_whole: bool,
    root: String,
    text: String,
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

    /// Every field with everything that can be asked of it.
    fn questions(&self) -> Vec<Question> {
        let mut all = Vec::new();
        for field in &self.types.get("Query").fields {
            let everything = self.types.everything(field, &self.values);
            let surface = self.types.surface(&field.of.name);
            let mut ask = |arguments: &str, selection: &str| {
                let arguments = if arguments.is_empty() { String::new() } else { format!("({arguments})") };
                all.push(Question {
                    is_whole: selection == everything,
                    root: field.name.clone(),
                    text: format!("{{ {}{arguments} {selection} }}", field.name),
                });
            };
            for base in self.required(field) {
                ask(&base, &everything);
                for more in self.optional(field) {
                    ask(&[base.as_str(), &more].join(" "), &surface);
                }
            }
        }
        for (before, field, after) in self.types.fields_with_arguments(&self.values) {
            let root = before.split_whitespace().nth(1).unwrap().split('(').next().unwrap().to_owned();
            let surface = self.types.surface(&field.of.name);
            for base in self.required(&field) {
                for more in self.optional(&field) {
                    let text = format!("{before}{}({base} {more}) {surface}{after}", field.name);
                    all.push(Question { is_whole: false, root: root.clone(), text });
                }
            }
        }
        all
    }

    /// The arguments a field must have, in every way they can be given.
    fn required(&self, field: &Field) -> Vec<String> {
        let mut ways = vec![String::new()];
        for argument in field.arguments.iter().filter(|argument| argument.of.is_required) {
            let values = self.values.of(&self.types, argument);
            let with = |way: &String| {
                values.iter().map(|value| format!("{way} {}: {value}", argument.name)).collect::<Vec<_>>()
            };
            ways = ways.iter().flat_map(with).collect();
        }
        ways
    }

    /// The arguments a field can have besides, one at a time.
    fn optional(&self, field: &Field) -> Vec<String> {
        let optional = field.arguments.iter().filter(|argument| !argument.of.is_required);
        let ways = |argument| self.values.of(&self.types, argument).into_iter().map(move |value| (argument, value));
        optional.flat_map(ways).map(|(argument, value)| format!("{}: {value}", argument.name)).collect()
    }

    /// What is wrong with the answers to a question.
    async fn fault(&self, asker: &Asker, question: &Question) -> Option<String> {
        let full = ask(&self.full, asker, &question.text).await;
        let sees_libraries = Library::ALL.iter().any(|library| policy::sees_whole(&asker.caller.actor, *library));
        let told: Vec<String> = marks(&full)
            .into_iter()
            .filter(|mark| !question.text.contains(mark.as_str()))
            .filter(|mark| !(sees_libraries && mark.starts_with(LIBRARY_MARK)))
            .collect();
        if !told.is_empty() {
            return Some(format!("{} reads {told:?} by {}", asker.name, short(&question.text)));
        }
        if self.may_differ(asker, question, sees_libraries) {
            return None;
        }
        let bare = ask(&self.bare, asker, &question.text).await;
        (full != bare)
            .then(|| format!("{} notices {} by {}", asker.name, difference(&full, &bare), short(&question.text)))
    }

    /// Where the two newsrooms differ for good reason: libraries before those who keep them, the log before those who
    /// read it, and what readers are told at addresses they knew.
    fn may_differ(&self, asker: &Asker, question: &Question, sees_libraries: bool) -> bool {
        let of_libraries = ["tag", "tags", "source", "sources", "media", "node", "nodes"];
        let is_log = question.root == "auditLog" && asker.name.contains("audit:read");
        let is_known =
            question.root == "route" && known_addresses().iter().any(|path| question.text.contains(path.as_str()));
        is_log || is_known || (sees_libraries && of_libraries.contains(&question.root.as_str()))
    }
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

fn short(text: &str) -> String {
    if text.len() <= 400 {
        text.to_owned()
    } else {
        format!("{}… ({} characters)", &text.chars().take(300).collect::<String>(), text.len())
    }
}

/// The place where two answers part.
fn difference(full: &str, bare: &str) -> String {
    let at = full.bytes().zip(bare.bytes()).position(|(one, other)| one != other).unwrap_or(full.len().min(bare.len()));
    let part = |text: &str| {
        String::from_utf8_lossy(&text.as_bytes()[at.saturating_sub(80)..text.len().min(at + 60)]).into_owned()
    };
    format!("`{}` where it would be `{}`", part(full), part(bare))
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
            let questions = twins.questions();
            let mut faults = Vec::new();
            for (turn, asker) in twins.askers().iter().enumerate() {
                let is_key = matches!(asker.caller.actor, Actor::Key { .. });
                for (number, question) in questions.iter().enumerate() {
                    let is_theirs = question.is_whole && (!is_key || number % 3 == turn % 3);
                    if asker.asks_all || is_theirs {
                        faults.extend(twins.fault(asker, question).await);
                    }
                }
            }
            let told: Vec<&String> = faults.iter().take(40).collect();
            assert!(faults.is_empty(), "{} of {} questions: {told:#?}", faults.len(), questions.len());
        }).await;
    }

    async fn no_act_tells_a_hidden_article_from_one_that_is_not_there(kit: Kit) {
        with_twins(kit, |twins| async move {
            let mut faults = Vec::new();
            for text in mutation::aimed_at(&twins.types, &twins.hidden.few()) {
                for asker in twins.askers() {
                    let (full, bare) = (ask(&twins.full, &asker, &text).await, ask(&twins.bare, &asker, &text).await);
                    if full != bare || !marks(&full).is_empty() {
                        faults.push(format!("{} notices {} by {text}", asker.name, difference(&full, &bare)));
                    }
                }
            }
            assert!(faults.is_empty(), "{}: {:#?}", faults.len(), faults.iter().take(40).collect::<Vec<_>>());
        }).await;
    }

    async fn the_questions_find_every_hidden_thing_for_those_who_may_see_it(kit: Kit) {
        with_twins(kit, |twins| async move {
            let editor = Asker { name: "an editor".to_owned(), caller: twins.full.as_role(Role::Editor), preview: None, asks_all: true };
            let mut found = String::new();
            for question in twins.questions() {
                let answer = ask(&twins.full, &editor, &question.text).await;
                for code in ["QUERY_TOO", "TOO_MANY", "VALIDATION_FAILED", "PARSE_FAILED", "INTERNAL"] {
                    assert!(!answer.contains(code), "{code}: {answer} to {}", question.text);
                }
                found.push_str(&marks(&answer).into_iter().filter(|mark| !question.text.contains(mark)).collect::<Vec<_>>().join(" "));
                found.push(' ');
            }
            let missed: Vec<&String> = twins.hidden.places.iter().filter(|place| !found.contains(place.as_str())).collect();
            assert!(missed.is_empty(), "{missed:?}");
        }).await;
    }
}
