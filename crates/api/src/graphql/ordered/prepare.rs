//! What is done to a document between the guard and the engine.
//!
//! - Values a variable definition gives as default are put into the variables, because the engine decides
//!   `@skip` and `@include` by the request's variables alone.
//! - A field selected twice side by side is merged into one, so that it runs once.
//! - Where the order of an answer depends on its object type, or where an object could come back without any
//!   key and be mistaken for null, `__typename` is asked for under a private name; the writer leaves it out.

use std::collections::HashSet;

use async_graphql_parser::{
    Positioned,
    types::{
        DocumentOperations, ExecutableDocument, Field, FragmentDefinition, OperationDefinition, OperationType,
        Selection, SelectionSet,
    },
};
use async_graphql_value::{Name, Variables};

use super::{
    collect::Collector,
    types::{Kind, TypeId, TypeTable},
};

/// The private name; a digit is added while the request's own text contains it.
const TYPE_KEY: &str = "masthead_type";

/// A document with the operation and the variables to run, as the engine and the writer need it.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// The document to hand to the engine, and to the writer.
    pub document: ExecutableDocument,
    /// The variables with their defaults.
    pub variables: Variables,
    /// The operation to run; `None` when the document has only one, without a name.
    pub operation: Option<Name>,
    pub(super) type_key: Name,
}

impl Prepared {
    /// Takes a document, parsed from `text`, and fills in the defaults of the operation's variables.
    #[must_use]
    pub fn with_defaults(
        document: ExecutableDocument,
        text: &str,
        operation: Option<Name>,
        mut variables: Variables,
    ) -> Self {
        let mut prepared = Self { document, variables: Variables::default(), operation, type_key: free_name(text) };
        if let Some(chosen) = prepared.chosen() {
            add_defaults(chosen, &mut variables);
        }
        prepared.variables = variables;
        prepared
    }

    /// Rewrites the document for the engine. Its depth must have been checked: this walks it recursively.
    #[must_use]
    pub fn rewritten(mut self, types: &TypeTable) -> Self {
        let sure = sure_fragments(&self.document);
        let rewrite = Rewrite { types, type_key: &self.type_key, sure: &sure };
        for fragment in self.document.fragments.values_mut() {
            let condition = types.lookup(&fragment.node.type_condition.node.on.node);
            rewrite.below(condition, &mut fragment.node.selection_set);
        }
        match &mut self.document.operations {
            DocumentOperations::Single(one) => rewrite.operation(&mut one.node),
            DocumentOperations::Multiple(many) => {
                for one in many.values_mut() {
                    rewrite.operation(&mut one.node);
                }
            }
        }
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
    pub fn repeats_a_root_field(&self, types: &TypeTable) -> bool {
        let root = self.chosen().and_then(|operation| {
            let root = match operation.ty {
                OperationType::Query => Some(types.query()),
                OperationType::Mutation => types.mutation(),
                OperationType::Subscription => types.subscription(),
            };
            root.map(|root| (root, &operation.selection_set.node))
        });
        root.is_some_and(|(root, set)| {
            let plan = Collector { prepared: self, types }.plan(root, &[set]);
            plan.entries.iter().any(|entry| entry.places() > 1 && !entry.key.starts_with("__"))
        })
    }

    pub(super) fn fragment(&self, name: &str) -> Option<&FragmentDefinition> {
        self.document.fragments.get(name).map(|fragment| &fragment.node)
    }
}

fn free_name(text: &str) -> Name {
    let mut name = TYPE_KEY.to_owned();
    while text.contains(&name) {
        name.push('0');
    }
    Name::new(name)
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

/// The fragments that always give at least one key.
fn sure_fragments(document: &ExecutableDocument) -> HashSet<Name> {
    document
        .fragments
        .iter()
        .filter(|(_, fragment)| has_sure_field(&fragment.node.selection_set.node))
        .map(|(name, _)| name.clone())
        .collect()
}

fn has_sure_field(set: &SelectionSet) -> bool {
    set.items.iter().any(|item| matches!(&item.node, Selection::Field(field) if field.node.directives.is_empty()))
}

struct Rewrite<'a> {
    types: &'a TypeTable,
    type_key: &'a Name,
    sure: &'a HashSet<Name>,
}

impl Rewrite<'_> {
    fn operation(&self, operation: &mut OperationDefinition) {
        let root = match operation.ty {
            OperationType::Query => Some(self.types.query()),
            OperationType::Mutation => self.types.mutation(),
            // A subscription's root must stay a single field.
            OperationType::Subscription => return self.below(None, &mut operation.selection_set),
        };
        self.set(root, &mut operation.selection_set);
    }

    /// A selection set of its own object.
    fn set(&self, parent: Option<TypeId>, set: &mut Positioned<SelectionSet>) {
        self.below(parent, set);
        if parent.is_some_and(|parent| self.needs_type(parent, &set.node)) {
            let pos = set.pos;
            set.node.items.push(Positioned::new(
                Selection::Field(Positioned::new(
                    Field {
                        alias: Some(Positioned::new(self.type_key.clone(), pos)),
                        name: Positioned::new(Name::new("__typename"), pos),
                        arguments: Vec::new(),
                        directives: Vec::new(),
                        selection_set: Positioned::default(),
                    },
                    pos,
                )),
                pos,
            ));
        }
    }

    /// The fields in a selection set, which may be part of another one's object.
    fn below(&self, parent: Option<TypeId>, set: &mut Positioned<SelectionSet>) {
        merge_siblings(&mut set.node);
        for item in &mut set.node.items {
            match &mut item.node {
                Selection::Field(field) => {
                    if field.node.selection_set.node.items.is_empty() {
                        continue;
                    }
                    let of =
                        parent.and_then(|parent| self.types.field(parent, &field.node.name.node)).map(|info| info.of);
                    self.set(of, &mut field.node.selection_set);
                }
                Selection::InlineFragment(fragment) => {
                    let of = match &fragment.node.type_condition {
                        Some(condition) => self.types.lookup(&condition.node.on.node),
                        None => parent,
                    };
                    self.below(of, &mut fragment.node.selection_set);
                }
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    fn needs_type(&self, parent: TypeId, set: &SelectionSet) -> bool {
        let has_fragment = set.items.iter().any(|item| !matches!(item.node, Selection::Field(_)));
        if has_fragment && self.types.kind(parent) == Kind::Abstract {
            return true;
        }
        !set.items.iter().any(|item| match &item.node {
            Selection::Field(field) => field.node.directives.is_empty(),
            Selection::FragmentSpread(spread) => {
                spread.node.directives.is_empty() && self.sure.contains(&spread.node.fragment_name.node)
            }
            Selection::InlineFragment(fragment) => {
                fragment.node.directives.is_empty() && has_sure_field(&fragment.node.selection_set.node)
            }
        })
    }
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
