//! One walk over a parsed document that measures everything the limits speak of. A fragment is measured once,
//! wherever it is spread; sums saturate instead of overflowing.

use std::collections::HashMap;

use async_graphql_parser::{
    Positioned,
    types::{Directive, ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet},
};
use async_graphql_value::{ConstValue, Variables};

use super::{Caller, Limits, Refusal, cost, cost::Cost};
use crate::{
    ErrorCode,
    graphql::ordered::{TypeId, TypeTable},
};

/// Levels a document may nest when fragments count too; the engine walks them recursively.
const NESTING_MAX: u64 = 32;

/// An introspection answer grows by the size of the schema with each list inside a list; tools need two.
const INTROSPECTION_LISTS_MAX: u64 = 2;

/// Fields below `__schema`; the longest type reference the tools ask for is nine deep.
const INTROSPECTION_DEPTH_MAX: u64 = 20;

/// What is asked, by whom, and what is allowed.
pub(super) struct Question<'a> {
    pub(super) document: &'a ExecutableDocument,
    pub(super) operation: Option<&'a str>,
    pub(super) variables: &'a Variables,
    pub(super) types: &'a TypeTable,
    pub(super) limits: &'a Limits,
    pub(super) caller: Caller,
}

impl Question<'_> {
    pub(super) fn variable(&self, name: &str) -> Option<&ConstValue> {
        self.variables.get(name)
    }
}

/// What an operation measures; kept for logs and for the caller's budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Analysis {
    /// About the number of objects the answer holds.
    pub cost: u64,
    /// Fields on the longest path.
    pub depth: u64,
    /// Selections with all fragments in place.
    pub selections: u64,
}

/// Measures of one selection set with everything below it.
#[derive(Debug, Clone, Copy, Default)]
struct Measure {
    selections: u64,
    depth: u64,
    nesting: u64,
    introspection_depth: u64,
    introspection_lists: u64,
    introspects: bool,
    /// Aliases and single-use mutations directly in this set, which count when it stands at the root.
    aliases_here: u64,
    once_here: u64,
    cost: Cost,
}

impl Measure {
    fn beside(self, other: Self) -> Self {
        Self {
            selections: self.selections.saturating_add(other.selections),
            depth: self.depth.max(other.depth),
            nesting: self.nesting.max(other.nesting),
            introspection_depth: self.introspection_depth.max(other.introspection_depth),
            introspection_lists: self.introspection_lists.max(other.introspection_lists),
            introspects: self.introspects || other.introspects,
            aliases_here: self.aliases_here.saturating_add(other.aliases_here),
            once_here: self.once_here.saturating_add(other.once_here),
            cost: self.cost.plus(other.cost),
        }
    }
}

pub(super) fn check(question: &Question<'_>) -> Result<Analysis, Refusal> {
    let limits = question.limits;
    check_counts(question)?;
    let mut walk = Walk { question, fragments: HashMap::new(), level: 0 };
    let mut selections = 0_u64;
    let mut chosen = Measure::default();
    for (name, operation) in question.document.operations.iter() {
        let measure = walk.operation(&operation.node)?;
        selections = selections.saturating_add(measure.selections);
        check_operation(question, &measure).map_err(|refusal| match refusal.locations.is_empty() {
            true => refusal.at(operation.pos),
            false => refusal,
        })?;
        if question.operation.is_none() || name.map(|name| name.as_str()) == question.operation {
            chosen = measure;
        }
    }
    if selections > limits.selections_max {
        return Err(too_complex("selections", selections, limits.selections_max));
    }
    let cost_max = limits.cost_max(question.caller.is_signed_in);
    let cost = chosen.cost.once.saturating_add(chosen.cost.per_item);
    if cost > cost_max {
        return Err(too_complex("cost", cost, cost_max));
    }
    Ok(Analysis { cost, depth: chosen.depth, selections })
}

fn too_complex(what: &'static str, measured: u64, limit: u64) -> Refusal {
    Refusal::new(ErrorCode::QueryTooComplex).number(what, measured).limit(limit)
}

fn check_operation(question: &Question<'_>, measure: &Measure) -> Result<(), Refusal> {
    let limits = question.limits;
    if measure.selections > limits.selections_max {
        return Err(too_complex("selections", measure.selections, limits.selections_max));
    }
    if measure.introspects && !question.caller.may_introspect {
        return Err(Refusal::new(ErrorCode::IntrospectionDisabled));
    }
    let deep = [
        (measure.depth, limits.depth_max),
        (measure.nesting, NESTING_MAX),
        (measure.introspection_depth, INTROSPECTION_DEPTH_MAX),
        (measure.introspection_lists, INTROSPECTION_LISTS_MAX),
    ];
    for (measured, limit) in deep {
        if measured > limit {
            return Err(Refusal::new(ErrorCode::QueryTooDeep).number("depth", measured).limit(limit));
        }
    }
    if measure.aliases_here > limits.root_aliases_max {
        return Err(Refusal::new(ErrorCode::TooManyAliases).limit(limits.root_aliases_max));
    }
    if measure.once_here > 1 {
        return Err(Refusal::new(ErrorCode::TooManyOperations).limit(1_u64));
    }
    Ok(())
}

/// Aliases and directives as they are written, before any fragment is put in place.
fn check_counts(question: &Question<'_>) -> Result<(), Refusal> {
    let mut counts = Counts::default();
    for (_, operation) in question.document.operations.iter() {
        counts.directives(&operation.node.directives);
        for variable in &operation.node.variable_definitions {
            counts.directives(&variable.node.directives);
        }
        counts.set(&operation.node.selection_set.node);
    }
    for fragment in question.document.fragments.values() {
        counts.directives(&fragment.node.directives);
        counts.set(&fragment.node.selection_set.node);
    }
    let limits = question.limits;
    if counts.aliases > limits.aliases_max {
        return Err(Refusal::new(ErrorCode::TooManyAliases).limit(limits.aliases_max));
    }
    if counts.per_place > limits.directives_per_place_max {
        return Err(Refusal::new(ErrorCode::TooManyDirectives).limit(limits.directives_per_place_max));
    }
    if counts.directives > limits.directives_max {
        return Err(Refusal::new(ErrorCode::TooManyDirectives).limit(limits.directives_max));
    }
    Ok(())
}

#[derive(Default)]
struct Counts {
    aliases: u64,
    directives: u64,
    per_place: usize,
}

impl Counts {
    fn directives(&mut self, directives: &[Positioned<Directive>]) {
        self.per_place = self.per_place.max(directives.len());
        self.directives = self.directives.saturating_add(u64::try_from(directives.len()).unwrap_or(u64::MAX));
    }

    /// Recursion is as deep as the text's brackets, which are counted before parsing.
    fn set(&mut self, set: &SelectionSet) {
        for selection in &set.items {
            self.directives(selection.node.directives());
            match &selection.node {
                Selection::Field(field) => {
                    self.aliases = self.aliases.saturating_add(u64::from(field.node.alias.is_some()));
                    self.set(&field.node.selection_set.node);
                }
                Selection::InlineFragment(fragment) => self.set(&fragment.node.selection_set.node),
                Selection::FragmentSpread(_) => {}
            }
        }
    }
}

enum Seen {
    /// Being measured further up: meeting it again is a cycle.
    Open,
    Done(Measure),
}

struct Walk<'a, 'q> {
    question: &'q Question<'a>,
    fragments: HashMap<&'a str, Seen>,
    level: u64,
}

impl<'a> Walk<'a, '_> {
    fn operation(&mut self, operation: &'a OperationDefinition) -> Result<Measure, Refusal> {
        let types = self.question.types;
        let root = match operation.ty {
            OperationType::Query => Some(types.query()),
            OperationType::Mutation => types.mutation(),
            OperationType::Subscription => types.subscription(),
        };
        self.set(root, &operation.selection_set.node)
    }

    /// Goes one level down. A path this long is refused by its measure in any case; stopping here keeps a
    /// chain of hundreds of fragments off the stack.
    fn set(&mut self, parent: Option<TypeId>, set: &'a SelectionSet) -> Result<Measure, Refusal> {
        if self.level > 3 * NESTING_MAX {
            return Err(Refusal::new(ErrorCode::QueryTooDeep).limit(NESTING_MAX));
        }
        self.level += 1;
        let measure = self.selections(parent, set);
        self.level -= 1;
        measure
    }

    /// `parent` is unknown where the document does not fit the schema; validation will say so.
    fn selections(&mut self, parent: Option<TypeId>, set: &'a SelectionSet) -> Result<Measure, Refusal> {
        let mut measure = Measure::default();
        for selection in &set.items {
            let one = match &selection.node {
                Selection::Field(field) => self.field(parent, &field.node)?,
                Selection::FragmentSpread(spread) => {
                    let mut one = self.fragment(spread)?;
                    one.selections = one.selections.saturating_add(1);
                    one.nesting = one.nesting.saturating_add(1);
                    one
                }
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    let inner = match condition {
                        Some(condition) => self.question.types.lookup(&condition.node.on.node),
                        None => parent,
                    };
                    let mut one = self.set(inner, &fragment.node.selection_set.node)?;
                    one.nesting = one.nesting.saturating_add(1);
                    one
                }
            };
            measure = measure.beside(one);
        }
        Ok(measure)
    }

    fn fragment(
        &mut self,
        spread: &'a Positioned<async_graphql_parser::types::FragmentSpread>,
    ) -> Result<Measure, Refusal> {
        let name = spread.node.fragment_name.node.as_str();
        match self.fragments.get(name) {
            Some(Seen::Done(measure)) => return Ok(*measure),
            Some(Seen::Open) => {
                return Err(Refusal::new(ErrorCode::GraphqlValidationFailed)
                    .detail("A fragment contains itself.")
                    .at(spread.pos));
            }
            None => {}
        }
        let Some(fragment) = self.question.document.fragments.get(name) else {
            return Ok(Measure::default());
        };
        self.fragments.insert(name, Seen::Open);
        let condition = self.question.types.lookup(&fragment.node.type_condition.node.on.node);
        let measure = self.set(condition, &fragment.node.selection_set.node)?;
        self.fragments.insert(name, Seen::Done(measure));
        Ok(measure)
    }

    fn field(&mut self, parent: Option<TypeId>, field: &'a Field) -> Result<Measure, Refusal> {
        let types = self.question.types;
        let name = field.name.node.as_str();
        let of = parent.and_then(|parent| types.field(parent, name)).map(|info| info.of);
        let below = self.set(of, &field.selection_set.node)?;
        let is_schema = matches!(name, "__schema" | "__type");
        let in_schema = parent.is_some_and(|parent| types.name_of(parent).starts_with("__"));
        let is_schema_list = in_schema && matches!(name, "fields" | "interfaces" | "possibleTypes" | "inputFields");
        Ok(Measure {
            selections: below.selections.saturating_add(1),
            depth: if is_schema { 1 } else { below.depth.saturating_add(1) },
            nesting: if is_schema { 1 } else { below.nesting.saturating_add(1) },
            introspection_depth: match is_schema || in_schema {
                true => below.introspection_depth.saturating_add(1),
                false => below.introspection_depth,
            },
            introspection_lists: below.introspection_lists.saturating_add(u64::from(is_schema_list)),
            introspects: is_schema || below.introspects,
            aliases_here: u64::from(field.alias.is_some()),
            once_here: u64::from(
                parent.is_some()
                    && parent == types.mutation()
                    && self.question.limits.once_per_operation.iter().any(|once| once == name),
            ),
            cost: parent.map_or(Cost::default(), |parent| cost::of_field(self.question, parent, field, below.cost)),
        })
    }
}
