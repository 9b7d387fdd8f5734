//! Asking for pages and counts, and saying what is wrong with how they were read.

use std::fmt::Write as _;

use masthead_app::Caller;
use masthead_domain::policy::Role;
use masthead_testkit::{Engine, Kit, Plan, Planner};
use serde_json::{Map, Value, json};

use super::{
    offers::{List, Offer, Schema},
    samples::{Exception, doors},
};

/// What the statements of a page may take together: rows on PostgreSQL, steps of the machine on SQLite. Most pages of
/// twenty take a hundredth of it, and whatever reads all articles ten times as much. Between are those who see drafts of
/// their own and pass over those of others.
fn effort_max(engine: Engine) -> u64 {
    match engine {
        Engine::Postgres => 6_000,
        Engine::Sqlite => 100_000,
    }
}

/// What a count may take. It may cost with the archive, a few rows for each article or some dozens of steps, but no more.
fn effort_of_count_max(engine: Engine) -> u64 {
    match engine {
        Engine::Postgres => 350_000,
        Engine::Sqlite => 6_000_000,
    }
}

/// Where in a list pages are read.
const PAGES: [&str; 5] = ["first", "second", "last", "last but one", "after the first of the last"];
/// And where they are read by a filter, or by two: the rest depends on the order alone.
const PAGES_FILTERED: [&str; 2] = ["first", "second"];

/// The pages that tell how something is read.
fn pages_of(offer: &str) -> &'static [&'static str] {
    let is_turned = [", orderBy ", " or ", "where not "].into_iter().any(|word| offer.contains(word));
    match (offer.starts_with("where"), is_turned) {
        (false, _) => &PAGES,
        (true, false) => &PAGES_FILTERED,
        // How each of them goes on is known by then.
        (true, true) => &PAGES_FILTERED[..1],
    }
}

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

/// A page or a count that was asked for, and how it was read.
pub(super) struct Seen {
    asked: String,
    plans: Vec<Plan>,
    /// How much it counted, when it is a count.
    counted: Option<u64>,
}

impl Seen {
    /// Whether it was read by an index.
    pub(super) fn uses(&self, index: &str) -> bool {
        self.plans.iter().any(|plan| plan.uses(index))
    }
}

/// Asks for pages and keeps what is wrong with how they were read.
pub(super) struct Judge<'a> {
    pub(super) kit: &'a Kit,
    schema: &'a Schema,
    known: [Caller; 3],
    pub(super) planner: Planner,
    pub(super) seen: Vec<Seen>,
    pub(super) wrong: Vec<String>,
}

impl<'a> Judge<'a> {
    pub(super) async fn new(kit: &'a Kit, schema: &'a Schema) -> Self {
        let known = [kit.anonymous(), kit.as_user(Role::Contributor).await, kit.system()];
        let planner = kit.planner().await;
        Self { kit, schema, known, planner, seen: Vec::new(), wrong: Vec::new() }
    }

    /// Asks every list for what it offers, as everybody does who may.
    pub(super) async fn pages_of_all(&mut self, offers: fn(&List, &Schema) -> Vec<Offer>) {
        for list in self.schema.lists() {
            for (name, arguments) in offers(&list, self.schema) {
                if Exception::holds(&list.name(), &name) {
                    continue;
                }
                let mut asked = 0;
                for callers in callers(&name, &self.known) {
                    for caller in &callers {
                        if self.pages(caller, &list, &name, &arguments).await {
                            asked += 1;
                            break;
                        }
                    }
                }
                assert!(asked > 0, "nobody may ask {} for {name}", list.name());
            }
        }
    }

    /// Reads the pages of a list under some arguments; `false` when the caller may not.
    async fn pages(&mut self, caller: &Caller, list: &List, name: &str, arguments: &Map<String, Value>) -> bool {
        for (way_in, way_out) in doors(&list.parent) {
            let document = list.document(way_in, way_out, arguments);
            let mut cursors = Cursors::default();
            for page in pages_of(name) {
                let Some(place) = cursors.place(page) else { continue };
                let mut variables = arguments.clone();
                variables.extend(place);
                let Some((data, plans)) = self.ask(caller, &document, variables).await else { return false };
                cursors.note(page, &data);
                let asked = format!("{} {name}, {page} page {way_in}", list.name());
                self.look(Seen { asked, plans, counted: None });
            }
        }
        true
    }

    /// Asks every list how much it holds under each of its arguments.
    pub(super) async fn counts_of_all(&mut self) {
        for list in self.schema.lists() {
            for (name, arguments) in list.offers(self.schema) {
                // What is counted has no order. Below authors and categories filters are counted as they are at the root.
                let is_left_out = name.starts_with("orderBy") || (name.starts_with("where") && list.parent != "Query");
                if is_left_out || Exception::holds_for_counts(&list.name(), &name) {
                    continue;
                }
                for caller in callers(&name, &self.known).concat() {
                    if self.count(&caller, &list, &name, &arguments).await && name.starts_with("where") {
                        break;
                    }
                }
            }
        }
    }

    /// Asks for a count; `false` when the caller may not.
    async fn count(&mut self, caller: &Caller, list: &List, name: &str, arguments: &Map<String, Value>) -> bool {
        for (way_in, way_out) in doors(&list.parent) {
            let document = list.counting(way_in, way_out, arguments);
            let mut variables = arguments.clone();
            variables.insert("first".to_owned(), json!(1));
            let Some((data, mut plans)) = self.ask(caller, &document, variables).await else { return false };
            let total = total_count(&data).unwrap_or_default();
            plans.retain(|plan| plan.statement.sql.contains("COUNT("));
            let asked = format!("{} {name}, count of {total} {way_in}", list.name());
            self.look(Seen { asked, plans, counted: Some(total) });
        }
        true
    }

    /// The answer to a document and how it was read; `None` when the caller may not ask.
    async fn ask(&self, caller: &Caller, document: &str, variables: Map<String, Value>) -> Option<(Value, Vec<Plan>)> {
        let variables = Value::Object(variables);
        let asked = self.kit.graphql(caller, document, variables.clone());
        let (mut answer, plans) = self.planner.watch(self.kit, asked).await;
        match answer["errors"][0]["extensions"]["code"].as_str() {
            Some("FORBIDDEN" | "UNAUTHENTICATED") => None,
            Some(_) => panic!("{document} {variables}: {answer}"),
            None => Some((answer["data"].take(), plans)),
        }
    }

    fn look(&mut self, seen: Seen) {
        self.wrong.extend(self.fault(&seen));
        self.seen.push(seen);
    }

    /// Fails with everything that was wrong.
    pub(super) async fn close(self) {
        let Self { planner, seen, wrong, .. } = self;
        planner.close().await;
        assert!(seen.len() > 300, "{}", seen.len());
        assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), seen.len(), wrong.join("\n"));
    }

    /// Whether what was seen would be read too dearly now.
    pub(super) async fn is_wrong_now(&self, Seen { asked, plans, counted }: &Seen) -> bool {
        let plans = self.planner.again(plans).await;
        self.fault(&Seen { asked: asked.clone(), plans, counted: *counted }).is_some()
    }

    /// What is wrong with how something was read.
    fn fault(&self, Seen { asked, plans, counted }: &Seen) -> Option<String> {
        let engine = self.kit.engine();
        let effort: u64 = plans.iter().map(|plan| plan.effort).sum();
        let effort_max = if counted.is_some() { effort_of_count_max(engine) } else { effort_max(engine) };
        // Whoever counts most of a table reads it.
        let is_much = |table: &str| counted.is_some_and(|counted| 2 * counted >= self.planner.rows(table));
        let whole: Vec<&String> = plans.iter().flat_map(|plan| &plan.whole).filter(|table| !is_much(table)).collect();
        if whole.is_empty() && effort <= effort_max {
            return None;
        }
        let mut words = format!("{asked}: {effort} steps, whole tables: {whole:?}\n");
        for Plan { statement, text, .. } in plans {
            let _ = writeln!(words, "{}\n{text}", statement.sql);
        }
        Some(words)
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
        let Some(info) = found(data, "pageInfo") else { return };
        match page {
            "first" => self.end_of_first = info["endCursor"].clone(),
            "last" => self.start_of_last = info["startCursor"].clone(),
            _ => {}
        }
    }
}

fn total_count(data: &Value) -> Option<u64> {
    found(data, "totalCount")?.as_u64()
}

/// A field, wherever it stands in an answer.
fn found<'a>(data: &'a Value, field: &str) -> Option<&'a Value> {
    match data {
        Value::Object(fields) => fields.get(field).or_else(|| fields.values().find_map(|below| found(below, field))),
        Value::Array(items) => items.iter().find_map(|below| found(below, field)),
        _ => None,
    }
}
