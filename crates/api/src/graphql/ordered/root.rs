//! The outermost object of an answer. Its fields are run by the library, which answers them in the order in which they
//! finish and leaves out those that failed; here they are written as the specification wants it.

use async_graphql::{indexmap::IndexMap, write_value};
use async_graphql_parser::{
    Positioned,
    types::{Directive, OperationType, Selection, SelectionSet},
};
use async_graphql_value::{ConstValue, Name, Value};

use super::{
    prepare::Prepared,
    types::{FieldInfo, TypeId, TypeTable},
};

/// One key of the outermost object.
#[derive(Debug)]
pub(super) struct Key<'a> {
    name: &'a str,
    /// What the schema says of the field; nothing for `__typename`.
    field: Option<&'a FieldInfo>,
    /// In how many places of the document the key is selected.
    pub(super) places: usize,
}

/// The keys of the outermost object, in the order of the document (`CollectFields` of the specification, §6.3.2).
pub(super) fn keys<'a>(prepared: &'a Prepared, types: &'a TypeTable) -> Vec<Key<'a>> {
    let Some(operation) = prepared.chosen() else { return Vec::new() };
    let root = match operation.ty {
        OperationType::Query => Some(types.query()),
        OperationType::Mutation => types.mutation(),
        OperationType::Subscription => types.subscription(),
    };
    let mut keys = Keys { prepared, types, root, keys: Vec::new(), visited: Vec::new() };
    keys.add(&operation.selection_set.node);
    keys.keys
}

struct Keys<'a> {
    prepared: &'a Prepared,
    types: &'a TypeTable,
    root: Option<TypeId>,
    keys: Vec<Key<'a>>,
    visited: Vec<&'a str>,
}

impl<'a> Keys<'a> {
    fn add(&mut self, set: &'a SelectionSet) {
        for selection in &set.items {
            if self.is_left_out(selection.node.directives()) {
                continue;
            }
            match &selection.node {
                Selection::Field(field) => {
                    let name = field.node.response_key().node.as_str();
                    match self.keys.iter_mut().find(|key| key.name == name) {
                        Some(key) => key.places += 1,
                        None => {
                            let field = self.root.and_then(|root| self.types.field(root, &field.node.name.node));
                            self.keys.push(Key { name, field, places: 1 });
                        }
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let name = spread.node.fragment_name.node.as_str();
                    if self.visited.contains(&name) {
                        continue;
                    }
                    self.visited.push(name);
                    if let Some(fragment) = self.prepared.fragment(name)
                        && self.applies(&fragment.type_condition.node.on.node)
                    {
                        self.add(&fragment.selection_set.node);
                    }
                }
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    if condition.is_none_or(|condition| self.applies(&condition.node.on.node)) {
                        self.add(&fragment.node.selection_set.node);
                    }
                }
            }
        }
    }

    fn applies(&self, condition: &str) -> bool {
        self.root.zip(self.types.lookup(condition)).is_some_and(|(root, condition)| self.types.applies(condition, root))
    }

    fn is_left_out(&self, directives: &[Positioned<Directive>]) -> bool {
        directives.iter().any(|directive| {
            let leave_out_when = match directive.node.name.node.as_str() {
                "skip" => true,
                "include" => false,
                _ => return false,
            };
            let condition = match directive.node.get_argument("if").map(|value| &value.node) {
                Some(Value::Boolean(condition)) => *condition,
                Some(Value::Variable(name)) => {
                    matches!(self.prepared.variables.get(name), Some(ConstValue::Boolean(true)))
                }
                _ => false,
            };
            condition == leave_out_when
        })
    }
}

/// The data is longer than it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the data is longer than allowed")]
pub struct TooLong;

/// Writes the engine's answer as JSON to the end of `out`, at most `bytes_max` bytes of it. `has_errors` says that the
/// answer carries errors, so that a missing key means a failed field.
///
/// # Errors
/// [`TooLong`]; what stands in `out` then is of no use.
pub fn write_data(
    out: &mut Vec<u8>,
    data: &ConstValue,
    (prepared, types): (&Prepared, &TypeTable),
    has_errors: bool,
    bytes_max: usize,
) -> Result<(), TooLong> {
    let none = IndexMap::new();
    let answers: &IndexMap<Name, ConstValue> = match data {
        ConstValue::Object(answers) => answers,
        // Every field failed, or none was asked for.
        _ => &none,
    };
    let start = out.len();
    out.push(b'{');
    for key in keys(prepared, types) {
        out.extend_from_slice(if out.len() == start + 1 { b"\"" } else { b",\"" });
        // Names need no escaping: they are letters, digits and underscores.
        out.extend_from_slice(key.name.as_bytes());
        out.extend_from_slice(b"\":");
        match answers.get(key.name) {
            Some(answer) => write_value(out, answer),
            None if has_errors && !key.may_be_null() => {
                out.truncate(start);
                out.extend_from_slice(b"null");
                return Ok(());
            }
            None => out.extend_from_slice(b"null"),
        }
        if out.len() - start > bytes_max {
            return Err(TooLong);
        }
    }
    out.push(b'}');
    Ok(())
}

impl Key<'_> {
    fn may_be_null(&self) -> bool {
        self.field.and_then(|field| field.nullable.first().copied()).unwrap_or(true)
    }
}
