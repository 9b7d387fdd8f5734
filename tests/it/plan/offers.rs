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

/// What a list is asked for: in words, and by arguments.
pub(super) type Offer = (String, Map<String, Value>);

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

    /// Everything that lists can be asked for, by one argument and by several, under their names.
    pub(super) fn offers(&self) -> HashMap<String, Vec<Offer>> {
        self.lists().iter().map(|list| (list.name(), [list.offers(self), list.together(self)].concat())).collect()
    }

    fn values(&self, of: &str) -> Vec<String> {
        array(&self.types[of]["enumValues"]).iter().map(name).collect()
    }

    /// The filters that an input type offers, each by itself, with sample values.
    pub(super) fn filters(&self, of: &str) -> Vec<(String, Value)> {
        let mut all = Vec::new();
        for (field, written) in pairs(&self.types[of]["inputFields"]) {
            let within = bare(&written);
            let key = format!("{of}.{field}");
            if let Some(values) = samples::whole(&key) {
                let numbered = values.into_iter().enumerate();
                all.extend(numbered.map(|(at, value)| (format!("{field} {at}"), json!({ &field: value }))));
            } else if let Some(values) = samples::of(&key) {
                let operators: Vec<String> = array(&self.types[within]["inputFields"]).iter().map(name).collect();
                for operator in &operators {
                    let numbered = samples::tests(operator, &values).into_iter().enumerate();
                    all.extend(numbered.map(|(at, value)| {
                        (format!("{field}.{operator} {at}"), json!({ &field: { operator: value } }))
                    }));
                }
                all.extend(samples::span(&operators).map(|span| (format!("{field}.span 0"), json!({ &field: span }))));
            } else if self.types[within]["kind"] == "INPUT_OBJECT" && within != of {
                let below = self.filters(within).into_iter();
                all.extend(below.map(|(name, value)| (format!("{field}.{name}"), json!({ &field: value }))));
            } else {
                panic!("{key} is offered and has no samples in tests/it/plan/samples.rs");
            }
        }
        all
    }

    /// Whether filters of an input type can be alternatives.
    pub(super) fn offers_or(&self, of: &str) -> bool {
        pairs(&self.types[of]["inputFields"]).iter().any(|(name, _)| name == "or")
    }

    /// The orders that an input type offers, each by itself.
    pub(super) fn orders(&self, of: &str) -> Vec<(String, Value)> {
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

    /// The type of an argument, when the list has it.
    pub(super) fn argument(&self, wanted: &str) -> Option<&str> {
        let found = self.arguments.iter().find(|(name, _)| name == wanted);
        found.map(|(_, written)| bare(written))
    }

    /// Everything it can be asked for: nothing in particular, and each argument by itself.
    pub(super) fn offers(&self, schema: &Schema) -> Vec<Offer> {
        let mut offers = vec![("everything".to_owned(), json!({}))];
        for (argument, written) in &self.arguments {
            let within = bare(written);
            let values: Vec<(String, Value)> = match argument.as_str() {
                page if PAGING.contains(&page) => continue,
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
        self.asking((way_in, way_out), given, "pageInfo { startCursor endCursor } nodes { __typename }")
    }

    /// The document that asks how much the list holds.
    pub(super) fn counting(&self, way_in: &str, way_out: &str, given: &Map<String, Value>) -> String {
        self.asking((way_in, way_out), given, "totalCount")
    }

    fn asking(&self, (way_in, way_out): (&str, &str), given: &Map<String, Value>, what: &str) -> String {
        let arguments: Vec<&(String, String)> = self
            .arguments
            .iter()
            .filter(|(name, _)| PAGING.contains(&name.as_str()) || given.contains_key(name))
            .collect();
        let variables: Vec<String> = arguments.iter().map(|(name, of)| format!("${name}: {of}")).collect();
        let passed: Vec<String> = arguments.iter().map(|(name, _)| format!("{name}: ${name}")).collect();
        format!(
            "query({}) {{ {way_in} {}({}) {{ {what} }} {way_out} }}",
            variables.join(", "),
            self.field,
            passed.join(", "),
        )
    }
}
