//! What a field costs, before it is run: about the number of objects its answer holds.
//!
//! A leaf is free, an object costs one, a list costs its items. A paged list is as long as the request says;
//! for the page's own type (a connection) that length applies to the lists inside it, not to its counters. Writing out a
//! body, or a block of one, is work and makes a long answer, so those leaves are not free.

use async_graphql_parser::types::Field;
use async_graphql_value::{ConstValue, Value};

use super::analysis::Question;
use crate::graphql::ordered::{FieldInfo, Kind, TypeId};

/// Reading the whole schema costs as much as a large page.
const INTROSPECTION: u64 = 200;

/// A change costs more than reading what it changed.
const MUTATION: u64 = 10;

/// Writing a whole body out.
const BODY: u64 = 5;

/// Writing one block out.
const BLOCK: u64 = 1;

/// The cost of a selection set: what it costs once, and what it costs for each item of the page it stands in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Cost {
    pub(super) once: u64,
    pub(super) per_item: u64,
}

impl Cost {
    pub(super) fn plus(self, other: Self) -> Self {
        Self { once: self.once.saturating_add(other.once), per_item: self.per_item.saturating_add(other.per_item) }
    }
}

/// The cost of one field whose selections below cost `below`.
pub(super) fn of_field(question: &Question<'_>, parent: TypeId, field: &Field, below: Cost) -> Cost {
    let types = question.types;
    if parent == types.query() && matches!(field.name.node.as_str(), "__schema" | "__type") {
        return Cost { once: INTROSPECTION, per_item: 0 };
    }
    let base = match (types.name_of(parent), field.name.node.as_str()) {
        _ if Some(parent) == types.mutation() => MUTATION,
        ("ArticleBody", "html" | "markdown" | "text" | "json" | "blocks") => BODY,
        (_, "outerHtml") => BLOCK,
        _ => 0,
    };
    let Some(info) = types.field(parent, &field.name.node) else {
        return Cost::default();
    };
    if types.kind(info.of) == Kind::Leaf {
        return Cost { once: base, per_item: 0 };
    }
    let itself = u64::from(!is_edge(types.name_of(info.of)));
    if info.is_list() {
        let item = itself.saturating_add(below.once);
        if types.is_page(parent) && info.paging.is_none() {
            return Cost { once: base, per_item: item };
        }
        let items = list_items(question, field, info);
        return Cost { once: base.saturating_add(items.saturating_mul(item)), per_item: 0 };
    }
    let inside = match info.paging {
        Some(_) => list_items(question, field, info).saturating_mul(below.per_item),
        None => below.per_item,
    };
    let once = base.saturating_add(itself).saturating_add(below.once).saturating_add(inside);
    Cost { once, per_item: 0 }
}

/// An edge only carries its node and a cursor.
fn is_edge(type_name: &str) -> bool {
    type_name.ends_with("Edge")
}

fn list_items(question: &Question<'_>, field: &Field, info: &FieldInfo) -> u64 {
    let limits = question.limits;
    let asked = ["first", "last"]
        .into_iter()
        .filter_map(|name| field.get_argument(name))
        .filter_map(|argument| number(question, &argument.node))
        .max();
    if let Some(asked) = asked {
        return asked.min(limits.page_max);
    }
    if let Some(ids) = field.get_argument("ids") {
        return length(question, &ids.node).min(limits.page_max);
    }
    match info.paging {
        Some(default) => default.unwrap_or(limits.page_default).min(limits.page_max),
        None => limits.plain_list_items,
    }
}

fn number(question: &Question<'_>, value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::Variable(name) => match question.variable(name)? {
            ConstValue::Number(number) => number.as_u64(),
            _ => None,
        },
        _ => None,
    }
}

fn length(question: &Question<'_>, value: &Value) -> u64 {
    let length = match value {
        Value::List(items) => items.len(),
        Value::Variable(name) => match question.variable(name) {
            Some(ConstValue::List(items)) => items.len(),
            _ => 1,
        },
        _ => 1,
    };
    u64::try_from(length).unwrap_or(u64::MAX)
}
