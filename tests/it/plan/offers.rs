//! What lists the schema offers, and by what arguments.

use std::collections::HashMap;

use masthead_testkit::Kit;
use serde_json::{Map, Value, json};

use super::samples;

const INTROSPECTION: &str = "{ __schema { types {
    kind name
    inputFields { name type { ...T } }
    enumValues { name }
    fields { name type { ...T } args { name type { ...T } } }
} } }
fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } }";

/// What pages of all lists are asked by.
const PAGING: [&str; 4] = ["first", "after", "last", "before"];

/// The types of the schema.
pub(super) struct Schema {
    types: HashMap<String, Value>,
}

/// A list that something has.
#[derive(Debug, Clone)]
pub(super) struct List {
    /// The type it is a field of.
    pub(super) parent: String,
    field: String,
    /// The names of its arguments, with their types as they are written.
    arguments: Vec<(String, String)>,
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// A type as a document writes it: `[ArticleOrder!]`.
fn written(of: &Value) -> String {
    match of["kind"].as_str() {
        Some("NON_NULL") => format!("{}!", written(&of["ofType"])),
        Some("LIST") => format!("[{}]", written(&of["ofType"])),
        _ => of["name"].as_str().unwrap().to_owned(),
    }
}

/// The type without what is around it.
fn bare(written: &str) -> &str {
    written.trim_matches(['[', ']', '!'])
}

fn name(of: &Value) -> String {
    of["name"].as_str().unwrap().to_owned()
}

fn pairs(fields: &Value) -> Vec<(String, String)> {
    array(fields).iter().map(|field| (name(field), written(&field["type"]))).collect()
}

impl Schema {
    pub(super) async fn read(kit: &Kit) -> Self {
        let data = kit.data(&kit.system(), INTROSPECTION, json!({})).await;
        let types = array(&data["__schema"]["types"]);
        Self { types: types.iter().map(|of| (name(of), of.clone())).collect() }
    }

    /// All lists, in the order of their names.
    pub(super) fn lists(&self) -> Vec<List> {
        let mut lists = Vec::new();
        for (parent, of) in &self.types {
            for field in array(&of["fields"]) {
                if bare(&written(&field["type"])).ends_with("Connection") {
                    let arguments = pairs(&field["args"]);
                    lists.push(List { parent: parent.clone(), field: name(field), arguments });
                }
            }
        }
        lists.sort_by_key(List::name);
        lists
    }

    /// Whether a list has an offer whose name begins like this.
    pub(super) fn has(&self, list: &str, offer: &str) -> bool {
        let lists = self.lists();
        let lists = lists.iter().filter(|known| known.name() == list);
        lists.flat_map(|list| list.offers(self)).any(|(name, _)| name.starts_with(offer))
    }

    fn values(&self, of: &str) -> Vec<String> {
        array(&self.types[of]["enumValues"]).iter().map(name).collect()
    }

    /// The filters that an input type offers, each by itself, with sample values.
    fn filters(&self, of: &str) -> Vec<(String, Value)> {
        let mut all = Vec::new();
        for (field, written) in pairs(&self.types[of]["inputFields"]) {
            let within = bare(&written);
            let key = format!("{of}.{field}");
            if let Some(values) = samples::whole(&key) {
                let numbered = values.into_iter().enumerate();
                all.extend(numbered.map(|(at, value)| (format!("{field} {at}"), json!({ &field: value }))));
            } else if let Some(values) = samples::of(&key) {
                for (operator, _) in pairs(&self.types[within]["inputFields"]) {
                    let numbered = samples::tests(&operator, &values).into_iter().enumerate();
                    all.extend(numbered.map(|(at, value)| {
                        (format!("{field}.{operator} {at}"), json!({ &field: { &operator: value } }))
                    }));
                }
            } else if self.types[within]["kind"] == "INPUT_OBJECT" && within != of {
                let below = self.filters(within).into_iter();
                all.extend(below.map(|(name, value)| (format!("{field}.{name}"), json!({ &field: value }))));
            } else {
                panic!("{key} is offered and has no samples in tests/it/plan/samples.rs");
            }
        }
        all
    }

    /// The orders that an input type offers, each by itself.
    fn orders(&self, of: &str) -> Vec<(String, Value)> {
        let fields = pairs(&self.types[of]["inputFields"]);
        let of_field = |wanted: &str| {
            let (_, written) = fields.iter().find(|(name, _)| name == wanted).unwrap();
            self.values(bare(written))
        };
        let directions = of_field("direction");
        let by = |field: String| {
            directions.iter().map(move |direction| {
                (format!("{field} {direction}"), json!([{ "field": field, "direction": direction }]))
            })
        };
        of_field("field").into_iter().flat_map(by).collect()
    }
}

impl List {
    /// `Query.articles`.
    pub(super) fn name(&self) -> String {
        format!("{}.{}", self.parent, self.field)
    }

    /// Everything it can be asked for: nothing in particular, and each argument by itself.
    pub(super) fn offers(&self, schema: &Schema) -> Vec<(String, Map<String, Value>)> {
        let mut offers = vec![("everything".to_owned(), json!({}))];
        for (argument, written) in &self.arguments {
            let within = bare(written);
            let values: Vec<(String, Value)> = match argument.as_str() {
                page if PAGING.contains(&page) => continue,
                // Below an author or a category filters are joined with that; each by itself is asked for at the root.
                "where" if self.parent != "Query" => continue,
                "where" => schema.filters(within),
                "orderBy" => schema.orders(within),
                "perspective" => schema.values(within).into_iter().map(|value| (value.clone(), json!(value))).collect(),
                "includeDescendants" => vec![("true".to_owned(), json!(true)), ("false".to_owned(), json!(false))],
                "locale" => {
                    offers.push(("locale ht".to_owned(), json!({ "locale": "ht" })));
                    let chain = json!({ "locale": "ht", "fallback": ["en", "fr"] });
                    offers.push(("locale ht, en, fr".to_owned(), chain));
                    continue;
                }
                // Asked together with `locale`.
                "fallback" => continue,
                other => panic!("{}({other}:) is offered and not asked for here", self.name()),
            };
            offers.extend(
                values.into_iter().map(|(name, value)| (format!("{argument} {name}"), json!({ argument: value }))),
            );
        }
        offers.into_iter().map(|(name, value)| (name, value.as_object().unwrap().clone())).collect()
    }

    /// The document that asks for a page under some arguments, through a way in.
    pub(super) fn document(&self, way_in: &str, way_out: &str, given: &Map<String, Value>) -> String {
        let arguments: Vec<&(String, String)> = self
            .arguments
            .iter()
            .filter(|(name, _)| PAGING.contains(&name.as_str()) || given.contains_key(name))
            .collect();
        let variables: Vec<String> = arguments.iter().map(|(name, of)| format!("${name}: {of}")).collect();
        let passed: Vec<String> = arguments.iter().map(|(name, _)| format!("{name}: ${name}")).collect();
        format!(
            "query({}) {{ {way_in} {}({}) {{ pageInfo {{ startCursor endCursor }} nodes {{ __typename }} }} {way_out} }}",
            variables.join(", "),
            self.field,
            passed.join(", "),
        )
    }
}
