//! The schema as a client sees it, and documents that go through all of it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use masthead_testkit::Kit;
use serde_json::{Value, json};

use super::values::Values;

const INTROSPECTION: &str = "{ __schema { types {
    kind name isOneOf possibleTypes { name } enumValues { name }
    inputFields { name defaultValue type { ...T } }
    fields(includeDeprecated: true) { name args { name defaultValue type { ...T } } type { ...T } }
} } }
fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } }";

/// How many items of a list a document that goes everywhere looks at.
const ITEMS: usize = 3;

/// A type where it is used.
#[derive(Debug, Clone)]
pub(crate) struct Use {
    pub(crate) name: String,
    pub(crate) is_list: bool,
    pub(crate) is_required: bool,
}

/// An argument, or a field of an input.
#[derive(Debug, Clone)]
pub(crate) struct Input {
    pub(crate) name: String,
    pub(crate) of: Use,
}

/// A field of an output type.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) of: Use,
    pub(crate) arguments: Vec<Input>,
}

/// A type.
#[derive(Debug)]
pub(crate) struct Type {
    pub(crate) kind: String,
    pub(crate) fields: Vec<Field>,
    pub(crate) inputs: Vec<Input>,
    pub(crate) words: Vec<String>,
    /// Whether an input takes exactly one of its fields.
    pub(crate) is_one_of: bool,
    possible: Vec<String>,
}

/// All types by name.
pub(crate) struct Types(BTreeMap<String, Type>);

fn words(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

fn used(value: &Value) -> Use {
    let mut is_list = false;
    let mut inner = value;
    while inner["ofType"].is_object() {
        is_list |= inner["kind"] == "LIST";
        inner = &inner["ofType"];
    }
    Use { name: inner["name"].as_str().unwrap().to_owned(), is_list, is_required: value["kind"] == "NON_NULL" }
}

fn inputs(value: &Value) -> Vec<Input> {
    let input = |one: &Value| {
        let mut of = used(&one["type"]);
        of.is_required &= one["defaultValue"].is_null();
        Input { name: one["name"].as_str().unwrap().to_owned(), of }
    };
    value.as_array().into_iter().flatten().map(input).collect()
}

impl Types {
    pub(crate) async fn of(kit: &Kit) -> Self {
        let data = kit.data(&kit.system(), INTROSPECTION, json!({})).await;
        let field = |one: &Value| Field {
            name: one["name"].as_str().unwrap().to_owned(),
            of: used(&one["type"]),
            arguments: inputs(&one["args"]),
        };
        let known = |one: &Value| {
            let of = Type {
                kind: one["kind"].as_str().unwrap().to_owned(),
                fields: one["fields"].as_array().into_iter().flatten().map(field).collect(),
                inputs: inputs(&one["inputFields"]),
                words: words(&one["enumValues"]),
                is_one_of: one["isOneOf"] == true,
                possible: words(&one["possibleTypes"]),
            };
            (one["name"].as_str().unwrap().to_owned(), of)
        };
        Self(data["__schema"]["types"].as_array().unwrap().iter().map(known).collect())
    }

    pub(crate) fn get(&self, name: &str) -> &Type {
        self.0.get(name).unwrap_or_else(|| panic!("no type {name}"))
    }

    fn is_leaf(&self, name: &str) -> bool {
        ["SCALAR", "ENUM"].contains(&self.get(name).kind.as_str())
    }

    /// The object types that a value of a type can be.
    fn objects<'a>(&'a self, name: &'a str) -> Vec<&'a str> {
        let of = self.get(name);
        if of.kind == "OBJECT" { vec![name] } else { of.possible.iter().map(String::as_str).collect() }
    }

    /// Everything below a root field: each type in full where it is met first, and its own words wherever else.
    pub(crate) fn everything(&self, root: &Field, values: &Values) -> String {
        let mut seen = BTreeSet::new();
        // Breadth first, so that each type is met where it is nearest.
        let mut level = VecDeque::from([(root.of.name.clone(), Vec::new())]);
        let mut whole: BTreeSet<Vec<String>> = BTreeSet::new();
        while let Some((name, path)) = level.pop_front() {
            for object in self.objects(&name) {
                if !seen.insert(object.to_owned()) {
                    continue;
                }
                let mut here: Vec<String> = path.clone();
                here.push(object.to_owned());
                whole.insert(here.clone());
                for field in self.get(object).fields.iter().filter(|field| !self.is_leaf(&field.of.name)) {
                    let mut below = here.clone();
                    below.push(field.name.clone());
                    level.push_back((field.of.name.clone(), below));
                }
            }
        }
        self.selection(&root.of.name, &[], &whole, values)
    }

    fn selection(&self, name: &str, path: &[String], whole: &BTreeSet<Vec<String>>, values: &Values) -> String {
        let of = self.get(name);
        if self.is_leaf(name) {
            return String::new();
        }
        let mut text = String::from("{ __typename ");
        for object in self.objects(name) {
            let mut here = path.to_vec();
            here.push(object.to_owned());
            let mut fields = String::new();
            for field in &self.get(object).fields {
                if self.is_leaf(&field.of.name) {
                    fields.push_str(&format!("{}{} ", field.name, self.least(field, values)));
                } else if whole.contains(&here) {
                    let mut below = here.clone();
                    below.push(field.name.clone());
                    let inner = self.selection(&field.of.name, &below, whole, values);
                    fields.push_str(&format!("{}{} {inner} ", field.name, self.least(field, values)));
                }
            }
            if of.kind == "OBJECT" {
                text.push_str(&fields);
            } else if !fields.is_empty() {
                text.push_str(&format!("... on {object} {{ {fields} }} "));
            }
        }
        text.push('}');
        text
    }

    /// The arguments a field must have, and as few items as show something.
    fn least(&self, field: &Field, values: &Values) -> String {
        let mut given = Vec::new();
        for argument in &field.arguments {
            if argument.of.is_required {
                given.push(format!("{}: {}", argument.name, values.of(self, argument)[0]));
            } else if argument.name == "first" {
                given.push(format!("first: {ITEMS}"));
            }
        }
        if given.is_empty() { String::new() } else { format!("({})", given.join(", ")) }
    }

    /// What a field shows by itself, and the items of a list: enough to tell one answer from another.
    pub(crate) fn surface(&self, name: &str) -> String {
        if self.is_leaf(name) {
            return String::new();
        }
        let mut text = String::from("{ __typename ");
        for object in self.objects(name) {
            let fields: String = self.get(object).fields.iter().map(|field| self.shown(object, field)).collect();
            text.push_str(&format!("... on {object} {{ __typename {fields} }} "));
        }
        text.push('}');
        text
    }

    fn shown(&self, object: &str, field: &Field) -> String {
        let is_plain = field.arguments.iter().all(|argument| !argument.of.is_required);
        if self.is_leaf(&field.of.name) && is_plain {
            return format!("{} ", field.name);
        }
        let is_list = ["nodes", "edges", "node", "pageInfo"].contains(&field.name.as_str());
        if is_list && object != "Query" {
            format!("{} {} ", field.name, self.surface(&field.of.name))
        } else {
            String::new()
        }
    }

    /// The way from the root to each field that takes arguments: what to write before it and after it.
    pub(crate) fn fields_with_arguments(&self, values: &Values) -> Vec<(String, Field, String)> {
        let mut seen = BTreeSet::from(["Query".to_owned()]);
        let mut level = VecDeque::from([("Query".to_owned(), String::new(), String::new())]);
        let mut found = Vec::new();
        while let Some((name, before, after)) = level.pop_front() {
            for field in &self.get(&name).fields {
                if name != "Query" && !field.arguments.is_empty() {
                    found.push((format!("{before}{{ "), field.clone(), format!(" }}{after}")));
                }
                for object in self.objects(&field.of.name) {
                    if self.is_leaf(object) || !seen.insert(object.to_owned()) {
                        continue;
                    }
                    let least = self.least(field, values);
                    let before = format!("{before}{{ {}{least} {{ ... on {object} ", field.name);
                    level.push_back((object.to_owned(), before, format!(" }} }}{after}")));
                }
            }
        }
        found
    }
}
