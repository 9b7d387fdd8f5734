//! What is done to a document between the guard and the engine.
//!
//! - Values a variable definition gives as default are put into the variables, because the engine decides
//!   `@skip` and `@include` by the request's variables alone.
//! - A field selected twice side by side at the root is merged into one, so that it runs once. Below the root the engine
//!   sees to that.

use std::sync::Arc;

use async_graphql_parser::{
    Positioned,
    types::{DocumentOperations, ExecutableDocument, FragmentDefinition, OperationDefinition, Selection, SelectionSet},
};
use async_graphql_value::{Name, Variables};

use super::{root, types::TypeTable};

/// A document with the operation and the variables to run, as the engine and the writer need it.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// The document to hand to the engine, and to the writer.
    pub document: Arc<ExecutableDocument>,
    /// The variables with their defaults.
    pub variables: Variables,
    /// The operation to run; `None` when the document has only one, without a name.
    pub operation: Option<Name>,
}

impl Prepared {
    /// Takes a document, and fills in the defaults of the operation's variables.
    #[must_use]
    pub fn with_defaults(document: Arc<ExecutableDocument>, operation: Option<Name>, mut variables: Variables) -> Self {
        let mut prepared = Self { document, variables: Variables::default(), operation };
        if let Some(chosen) = prepared.chosen() {
            add_defaults(chosen, &mut variables);
        }
        prepared.variables = variables;
        prepared
    }

    /// Merges the fields that the operation's root selects twice side by side.
    #[must_use]
    pub fn merged(mut self) -> Self {
        if self.chosen().is_none_or(|chosen| !has_same_siblings(&chosen.selection_set.node)) {
            return self;
        }
        let operations = &mut Arc::make_mut(&mut self.document).operations;
        let operations: Vec<_> = match operations {
            DocumentOperations::Single(one) => vec![one],
            DocumentOperations::Multiple(many) => many.values_mut().collect(),
        };
        operations.into_iter().for_each(|one| merge_siblings(&mut one.node.selection_set.node));
        self
    }

    /// The operation that runs.
    #[must_use]
    pub fn chosen(&self) -> Option<&OperationDefinition> {
        self.document
            .operations
            .iter()
            .find(|(name, _)| self.operation.is_none() || *name == self.operation.as_ref())
            .map(|(_, operation)| &operation.node)
    }

    /// True when a field of the operation's root stands in several places that could not be made one, so that
    /// the engine would run it for each of them.
    #[must_use]
    pub fn selects_root_twice(&self, types: &TypeTable) -> bool {
        root::keys(self, types).iter().any(|key| key.places > 1)
    }

    pub(super) fn fragment(&self, name: &str) -> Option<&FragmentDefinition> {
        self.document.fragments.get(name).map(|fragment| &fragment.node)
    }
}

/// Puts the defaults of the operation's variables where nothing was sent.
fn add_defaults(operation: &OperationDefinition, variables: &mut Variables) {
    for definition in &operation.variable_definitions {
        let name = &definition.node.name.node;
        if let Some(default) = &definition.node.default_value
            && !variables.contains_key(name)
        {
            variables.insert(name.clone(), default.node.clone());
        }
    }
}

fn has_same_siblings(set: &SelectionSet) -> bool {
    let mut rest = set.items.iter();
    while let Some(item) = rest.next() {
        if rest.clone().any(|later| is_same_field(&item.node, &later.node)) {
            return true;
        }
    }
    false
}

/// Joins fields of one set that the specification says are one: same key, name, arguments and directives.
fn merge_siblings(set: &mut SelectionSet) {
    let mut at = 0;
    while at < set.items.len() {
        let first = set
            .items
            .iter()
            .take(at)
            .position(|earlier| set.items.get(at).is_some_and(|item| is_same_field(&earlier.node, &item.node)));
        match first {
            Some(first) => {
                let Selection::Field(field) = set.items.remove(at).node else {
                    continue;
                };
                if let Some(Selection::Field(earlier)) = set.items.get_mut(first).map(|item| &mut item.node) {
                    earlier.node.selection_set.node.items.extend(field.node.selection_set.node.items);
                }
            }
            None => at += 1,
        }
    }
}

fn is_same_field(one: &Selection, other: &Selection) -> bool {
    let (Selection::Field(one), Selection::Field(other)) = (one, other) else {
        return false;
    };
    let (one, other) = (&one.node, &other.node);
    one.response_key().node == other.response_key().node
        && one.name.node == other.name.node
        && one.selection_set.node.items.is_empty() == other.selection_set.node.items.is_empty()
        && same_pairs(&one.arguments, &other.arguments)
        && one.directives.len() == other.directives.len()
        && one.directives.iter().zip(&other.directives).all(|(one, other)| {
            one.node.name.node == other.node.name.node && same_pairs(&one.node.arguments, &other.node.arguments)
        })
}

type Arguments = [(Positioned<Name>, Positioned<async_graphql_value::Value>)];

fn same_pairs(one: &Arguments, other: &Arguments) -> bool {
    one.len() == other.len()
        && one.iter().all(|(name, value)| {
            other.iter().any(|(other_name, other_value)| name.node == other_name.node && value.node == other_value.node)
        })
}
