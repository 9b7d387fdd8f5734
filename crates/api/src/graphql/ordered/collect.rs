//! `CollectFields` of the specification (§6.3.2): the keys of one object, in the order they are answered.

use async_graphql_parser::{
    Positioned,
    types::{Directive, Selection, SelectionSet},
};
use async_graphql_value::{ConstValue, Value};

use super::{
    prepare::Prepared,
    types::{FieldInfo, TypeId, TypeTable},
};

/// What stands behind a key.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source<'a> {
    /// `__typename`.
    TypeName,
    /// A field of the schema.
    Field(&'a FieldInfo),
    /// Not in the table; written as the engine gave it.
    Unknown,
}

/// One key of an object.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub(super) key: &'a str,
    /// Asked for by us: read, not written.
    pub(super) is_private: bool,
    pub(super) source: Source<'a>,
    /// The selections below, merged from every place that selects this key.
    sets: Vec<&'a SelectionSet>,
    /// The plans below, by object type, made when first needed: the items of a list share them.
    plans: Vec<(TypeId, Plan<'a>)>,
}

/// The keys of an object of one type under one set of selections.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub(super) of: TypeId,
    pub(super) entries: Vec<Entry<'a>>,
}

impl<'a> Entry<'a> {
    /// In how many places of the document the key is selected.
    pub(super) fn places(&self) -> usize {
        self.sets.len()
    }

    /// The plan for an object of type `of` behind this key.
    pub(super) fn plan(&mut self, of: TypeId, collector: &Collector<'a>) -> Option<&mut Plan<'a>> {
        let at = match self.plans.iter().position(|(known, _)| *known == of) {
            Some(at) => at,
            None => {
                self.plans.push((of, collector.plan(of, &self.sets)));
                self.plans.len() - 1
            }
        };
        self.plans.get_mut(at).map(|(_, plan)| plan)
    }
}

/// Makes plans for one request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Collector<'a> {
    pub(super) prepared: &'a Prepared,
    pub(super) types: &'a TypeTable,
}

impl<'a> Collector<'a> {
    pub(super) fn plan(&self, of: TypeId, sets: &[&'a SelectionSet]) -> Plan<'a> {
        let mut plan = Plan { of, entries: Vec::new() };
        let mut visited = Vec::new();
        for set in sets {
            self.collect(&mut plan, set, &mut visited);
        }
        plan
    }

    fn collect(&self, plan: &mut Plan<'a>, set: &'a SelectionSet, visited: &mut Vec<&'a str>) {
        for selection in &set.items {
            if self.is_left_out(selection.node.directives()) {
                continue;
            }
            match &selection.node {
                Selection::Field(field) => {
                    let key = field.node.response_key().node.as_str();
                    let below = &field.node.selection_set.node;
                    if let Some(known) = plan.entries.iter_mut().find(|entry| entry.key == key) {
                        known.sets.push(below);
                        continue;
                    }
                    let source = match field.node.name.node.as_str() {
                        "__typename" => Source::TypeName,
                        name => self.types.field(plan.of, name).map_or(Source::Unknown, Source::Field),
                    };
                    plan.entries.push(Entry {
                        key,
                        is_private: key == self.prepared.type_key.as_str(),
                        source,
                        sets: vec![below],
                        plans: Vec::new(),
                    });
                }
                Selection::FragmentSpread(spread) => {
                    let name = spread.node.fragment_name.node.as_str();
                    if visited.contains(&name) {
                        continue;
                    }
                    visited.push(name);
                    if let Some(fragment) = self.prepared.fragment(name)
                        && self.applies(&fragment.type_condition.node.on.node, plan.of)
                    {
                        self.collect(plan, &fragment.selection_set.node, visited);
                    }
                }
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    if condition.is_none_or(|condition| self.applies(&condition.node.on.node, plan.of)) {
                        self.collect(plan, &fragment.node.selection_set.node, visited);
                    }
                }
            }
        }
    }

    fn applies(&self, condition: &str, of: TypeId) -> bool {
        self.types.lookup(condition).is_some_and(|condition| self.types.applies(condition, of))
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
