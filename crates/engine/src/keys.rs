//! `CollectFields` of the specification (§6.3.2): which fields an object of one type is asked for, each under its key
//! once.

use std::ops::Deref;

use async_graphql::{
    ContextSelectionSet, Positioned, ServerError, ServerResult,
    parser::types::{Field, FragmentDefinition, Selection, SelectionSet},
    registry::Registry,
};

/// A field with all that is selected below its key.
pub(crate) enum Asked<'a> {
    /// It stands in one place of the document.
    Once(&'a Positioned<Field>),
    /// It stands in several places, whose selections are put together.
    Merged(Box<Positioned<Field>>),
}

impl Deref for Asked<'_> {
    type Target = Positioned<Field>;

    fn deref(&self) -> &Positioned<Field> {
        match self {
            Self::Once(field) => field,
            Self::Merged(field) => field,
        }
    }
}

impl Asked<'_> {
    fn merge(&mut self, other: &Positioned<Field>) {
        let below = &other.node.selection_set.node.items;
        if below.is_empty() {
            return;
        }
        if let Self::Once(field) = self {
            *self = Self::Merged(Box::new(Positioned::clone(field)));
        }
        if let Self::Merged(field) = self {
            field.node.selection_set.node.items.extend(below.iter().cloned());
        }
    }
}

/// The fields that an object is asked for.
pub(crate) struct Keys<'a> {
    /// In the order of the document.
    pub(crate) fields: Vec<Asked<'a>>,
    /// Whether the document names one of them in several places, or on several ways.
    pub(crate) has_repeats: bool,
}

/// The fields that an object of the type `of` is asked for.
///
/// # Errors
/// When the document spreads a fragment that it does not define, which validation refuses.
pub(crate) fn collect<'a>(ctx: &ContextSelectionSet<'a>, of: &str) -> ServerResult<Keys<'a>> {
    let keys = Keys { fields: Vec::with_capacity(ctx.item.node.items.len()), has_repeats: false };
    let mut collector = Collector { ctx, of, keys, visited: Vec::new() };
    collector.add(&ctx.item.node)?;
    Ok(collector.keys)
}

struct Collector<'c, 'a> {
    ctx: &'c ContextSelectionSet<'a>,
    of: &'c str,
    keys: Keys<'a>,
    visited: Vec<&'a str>,
}

impl<'a> Collector<'_, 'a> {
    fn add(&mut self, set: &'a SelectionSet) -> ServerResult<()> {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => self.add_field(field),
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref().map(|condition| &condition.node.on.node);
                    if condition.is_none_or(|condition| self.applies(condition)) {
                        self.add(&fragment.node.selection_set.node)?;
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    if self.visited.contains(&name.as_str()) {
                        self.keys.has_repeats = true;
                        continue;
                    }
                    self.visited.push(name);
                    let Some(fragment) = self.ctx.query_env.fragments.get(name) else {
                        return Err(ServerError::new(format!("Unknown fragment \"{name}\"."), Some(spread.pos)));
                    };
                    let FragmentDefinition { type_condition, selection_set, .. } = &fragment.node;
                    if self.applies(&type_condition.node.on.node) {
                        self.add(&selection_set.node)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Validation has seen to it that fields with one key ask for the same.
    fn add_field(&mut self, field: &'a Positioned<Field>) {
        let key = &field.node.response_key().node;
        match self.keys.fields.iter_mut().find(|known| known.node.response_key().node == *key) {
            Some(known) => {
                self.keys.has_repeats = true;
                known.merge(field);
            }
            None => self.keys.fields.push(Asked::Once(field)),
        }
    }

    fn applies(&self, condition: &str) -> bool {
        condition == self.of || is_one(&self.ctx.schema_env.registry, self.of, condition)
    }
}

/// Whether an object of the type `of` is also of an interface or a union.
fn is_one(registry: &Registry, of: &str, abstraction: &str) -> bool {
    registry.types.get(abstraction).is_some_and(|kind| kind.is_possible_type(of))
}
