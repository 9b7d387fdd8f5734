//! Every list the schema offers, by every filter and in every order, in a newsroom of a hundred thousand articles: no page
//! may read more than a page is worth.
//!
//! What is offered is read from the schema itself, so a filter or an order without a plan of its own fails here.

mod offers;
mod samples;

use std::fmt::Write as _;

use masthead_app::Caller;
use masthead_domain::policy::Role;
use masthead_testkit::{Engine, Kit, Plan, Planner, both_engines};
use serde_json::{Map, Value, json};

use self::{
    offers::{List, Schema},
    samples::{EXCEPTIONS, Exception, doors},
};

/// So many articles, and of all else in proportion.
const ARTICLES: i64 = 100_000;
/// The test's present, in seconds since 1970.
const PRESENT: i64 = 1_795_435_200;
/// Five years of articles, one in so many seconds.
const SECONDS: i64 = 157_680_000 / ARTICLES;

/// What the statements of a page may take together: rows on PostgreSQL, steps of the machine on SQLite. Most pages of
/// twenty take a hundredth of it, and whatever reads all articles ten times as much. Between are those who see drafts of
/// their own and pass over those of others.
fn effort_max(engine: Engine) -> u64 {
    match engine {
        Engine::Postgres => 6_000,
        Engine::Sqlite => 100_000,
    }
}

/// Where in a list pages are read.
const PAGES: [&str; 5] = ["first", "second", "last", "last but one", "after the first of the last"];
/// And where they are read by a filter: the rest depends on the order alone.
const PAGES_FILTERED: [&str; 2] = ["first", "second"];

/// Who asks for something, the first who may.
fn callers(offer: &str, [reader, contributor, desk]: &[Caller; 3]) -> Vec<Vec<Caller>> {
    let (reader, contributor, desk) = (|| reader.clone(), || contributor.clone(), || desk.clone());
    match offer.split(' ').next() {
        // Who sees drafts sees more, and in another way.
        Some("perspective") => vec![vec![contributor()], vec![desk()]],
        Some("where") => vec![vec![reader(), desk()]],
        _ => vec![vec![reader()], vec![desk()]],
    }
}

async fn newsroom(kit: &Kit) {
    let words = [("articles", ARTICLES), ("end", PRESENT), ("step", SECONDS)];
    kit.fill(include_str!("plan/newsroom.sql"), &words).await;
    if kit.engine() == Engine::Postgres {
        // As autovacuum does within a minute. On SQLite nobody does.
        kit.sql("analyze").await;
    }
}

/// Asks for pages and keeps what is wrong with how they were read.
struct Judge<'a> {
    kit: &'a Kit,
    planner: Planner,
    wrong: Vec<String>,
    pages: usize,
}

impl Judge<'_> {
    /// Reads the pages of a list under some arguments; `false` when the caller may not.
    async fn pages(&mut self, caller: &Caller, list: &List, name: &str, arguments: &Map<String, Value>) -> bool {
        let pages = if name.starts_with("where") { &PAGES_FILTERED[..] } else { &PAGES };
        for (way_in, way_out) in doors(&list.parent) {
            let document = list.document(way_in, way_out, arguments);
            let mut cursors = Cursors::default();
            for page in pages {
                let Some(place) = cursors.place(page) else { continue };
                let mut variables = arguments.clone();
                variables.extend(place);
                let asked = self.kit.graphql(caller, &document, Value::Object(variables.clone()));
                let (answer, plans) = self.planner.watch(self.kit, asked).await;
                match answer["errors"][0]["extensions"]["code"].as_str() {
                    Some("FORBIDDEN" | "UNAUTHENTICATED") => return false,
                    Some(_) => panic!("{document} {variables:?}: {answer}"),
                    None => {}
                }
                cursors.note(page, &answer["data"]);
                self.look(&format!("{} {name}, {page} page {way_in}", list.name()), &plans);
                self.pages += 1;
            }
        }
        true
    }

    fn look(&mut self, asked: &str, plans: &[Plan]) {
        let effort: u64 = plans.iter().map(|plan| plan.effort).sum();
        let whole: Vec<&String> = plans.iter().flat_map(|plan| &plan.whole).collect();
        if whole.is_empty() && effort <= effort_max(self.kit.engine()) {
            return;
        }
        let mut words = format!("{asked}: {effort} steps, whole tables: {whole:?}\n");
        for Plan { sql, text, .. } in plans {
            let _ = writeln!(words, "{sql}\n{text}");
        }
        self.wrong.push(words);
    }
}

/// The places in a list that its pages have told so far.
#[derive(Default)]
struct Cursors {
    end_of_first: Value,
    start_of_last: Value,
}

impl Cursors {
    /// The arguments of a page, when there is one.
    fn place(&self, page: &str) -> Option<Map<String, Value>> {
        let place = match page {
            "first" => json!({ "first": 20 }),
            "second" => json!({ "first": 20, "after": self.end_of_first.as_str()? }),
            "last" => json!({ "last": 20 }),
            "last but one" => json!({ "last": 20, "before": self.start_of_last.as_str()? }),
            _ => json!({ "first": 20, "after": self.start_of_last.as_str()? }),
        };
        place.as_object().cloned()
    }

    fn note(&mut self, page: &str, data: &Value) {
        let Some(info) = page_info(data) else { return };
        match page {
            "first" => self.end_of_first = info["endCursor"].clone(),
            "last" => self.start_of_last = info["startCursor"].clone(),
            _ => {}
        }
    }
}

fn page_info(data: &Value) -> Option<&Value> {
    match data {
        Value::Object(fields) => fields.get("pageInfo").or_else(|| fields.values().find_map(page_info)),
        Value::Array(items) => items.iter().find_map(page_info),
        _ => None,
    }
}

/// What everybody asks of every list.
async fn judge_all(kit: &Kit, schema: &Schema) -> (usize, Vec<String>) {
    let known = [kit.anonymous(), kit.as_user(Role::Contributor).await, kit.system()];
    let mut judge = Judge { kit, planner: kit.planner().await, wrong: Vec::new(), pages: 0 };
    for list in schema.lists() {
        for (name, arguments) in list.offers(schema) {
            if Exception::holds(&list.name(), &name) {
                continue;
            }
            let mut asked = 0;
            for callers in callers(&name, &known) {
                for caller in &callers {
                    if judge.pages(caller, &list, &name, &arguments).await {
                        asked += 1;
                        break;
                    }
                }
            }
            assert!(asked > 0, "nobody may ask {} for {name}", list.name());
        }
    }
    let Judge { planner, wrong, pages, .. } = judge;
    planner.close().await;
    (pages, wrong)
}

both_engines! {
    async fn an_index_carries_every_filter_and_every_order(kit: Kit) {
        newsroom(&kit).await;
        let schema = Schema::read(&kit).await;
        for Exception { list, offer, reason } in EXCEPTIONS {
            assert!(schema.has(list, offer), "{list} no longer offers {offer} ({reason})");
        }
        let (pages, mut wrong) = judge_all(&kit, &schema).await;
        assert!(pages > 300, "{pages}");
        if kit.engine() == Engine::Sqlite {
            // Should somebody gather statistics by hand, they must do no harm.
            kit.sql("analyze").await;
            let (_, with_statistics) = judge_all(&kit, &schema).await;
            wrong.extend(with_statistics.into_iter().map(|words| format!("with statistics: {words}")));
        }
        assert!(wrong.is_empty(), "{} of {pages} pages:\n{}", wrong.len(), wrong.join("\n"));
    }
}
