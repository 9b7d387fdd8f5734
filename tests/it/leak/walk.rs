//! Lists walked through item by item, from either end: cursors and counts tell as much as what stands between them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Asker, Twins, ask, told};
use crate::surface::{Field, Input, difference};

/// More items than any list of the newsrooms has.
const STEPS_MAX: usize = 100;

/// A list, and how it is walked through.
pub(super) struct Walk {
    field: String,
    before: String,
    /// What is asked of the list beside the place in it.
    arguments: String,
    after: String,
    is_backward: bool,
    /// Whether it is one of the many filters, which askers share.
    pub(super) is_filtered: bool,
}

fn takes(field: &Field, name: &str) -> bool {
    field.arguments.iter().any(|argument| argument.name == name)
}

impl Twins {
    /// Every list there is.
    pub(super) async fn walks(&self) -> Vec<Walk> {
        let mut all = Vec::new();
        for field in self.types.get("Query").fields.iter().filter(|field| takes(field, "after")) {
            self.add(&mut all, "{ ", field, " }");
        }
        let kinds = self.kinds().await;
        for (id, kind) in &kinds {
            for field in self.types.get(kind).fields.iter().filter(|field| takes(field, "after")) {
                for (root, argument) in
                    [("node", format!("id: \"{id}\"")), ("nodes", format!("ids: [\"{id}\"], perspective: LATEST"))]
                {
                    let before = format!("{{ {root}({argument}) {{ ... on {kind} {{ ");
                    self.add(&mut all, &before, field, " } } }");
                }
            }
        }
        all
    }

    fn add(&self, all: &mut Vec<Walk>, before: &str, field: &Field, after: &str) {
        let values = |argument: &Input| self.values.of(&self.types, argument);
        let beside = field
            .arguments
            .iter()
            .filter(|argument| ["where", "orderBy", "perspective"].contains(&argument.name.as_str()));
        let asked =
            beside.flat_map(|argument| values(argument).into_iter().map(|value| (argument.name.as_str(), value)));
        for (name, value) in [("", String::new())].into_iter().chain(asked) {
            let is_filtered = name == "where";
            for is_backward in [false, true] {
                if is_backward && (is_filtered || !takes(field, "before")) {
                    continue;
                }
                all.push(Walk {
                    field: field.name.clone(),
                    before: format!("{before}{}", field.name),
                    arguments: if name.is_empty() { String::new() } else { format!("{name}: {value}") },
                    after: format!("{}{after}", self.types.surface(&field.of.name)),
                    is_backward,
                    is_filtered,
                });
            }
        }
    }

    /// Things that readers see, and the asking contributor's draft, with their types.
    async fn kinds(&self) -> BTreeMap<String, String> {
        let full = &self.full;
        let document = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } sources { nodes { __typename id } }
            tag(by: { slug: \"mer\" }) { __typename id } }";
        let found = full.data(&full.anonymous(), document, json!({ "ids": self.public.ids() })).await;
        let listed = [&found["nodes"], &found["sources"]["nodes"]];
        let things = listed.iter().flat_map(|list| list.as_array().unwrap()).chain([&found["tag"]]);
        let things = things.filter(|one| one.is_object());
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let mut kinds: BTreeMap<String, String> =
            things.map(|one| (text(&one["id"]), text(&one["__typename"]))).collect();
        kinds.insert(self.public.own.clone(), "Article".to_owned());
        kinds
    }

    /// Where the twins part on the way through a list.
    pub(super) async fn fault_of_walk(&self, asker: &Asker, walk: &Walk) -> Option<String> {
        let mut place = String::new();
        for _ in 0..STEPS_MAX {
            let size = if walk.is_backward { "last: 1" } else { "first: 1" };
            let Walk { before, arguments, after, .. } = walk;
            let text = format!("{before}({size} {place} {arguments}) {after}");
            let full = ask(&self.full, asker, &text).await;
            let told = told(asker, &text, &full);
            if !told.is_empty() {
                return Some(format!("{} reads {told:?} by {text}", asker.name));
            }
            if self.may_differ(asker, &walk.field, &text) {
                return None;
            }
            let bare = ask(&self.bare, asker, &text).await;
            if full != bare {
                return Some(format!("{} notices {} by {text}", asker.name, difference(&full, &bare)));
            }
            let answer: Value = serde_json::from_str(&full).unwrap();
            let page = page_info(&answer)?;
            let (more, cursor, argument) = if walk.is_backward {
                ("hasPreviousPage", "startCursor", "before")
            } else {
                ("hasNextPage", "endCursor", "after")
            };
            if page[more] != true {
                return None;
            }
            place = format!("{argument}: {}", page[cursor]);
        }
        Some(format!("{} finds no end of {}({})", asker.name, walk.before, walk.arguments))
    }
}

/// The page information of the list in an answer, when there is a list.
fn page_info(answer: &Value) -> Option<&Value> {
    match answer {
        Value::Object(fields) => fields.get("pageInfo").or_else(|| fields.values().find_map(page_info)),
        Value::Array(items) => items.iter().find_map(page_info),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}
