//! What a list can be asked for by several arguments at once, derived from what it offers by one.
//!
//! All there is would be a few thousand pages for articles alone, so some of it stands for the rest: see [`meetings`].

use serde_json::{Value, json};

use super::offers::{List, Offer, Schema};

/// A filter or an order that is offered, by itself.
type Single = (String, Value);

impl List {
    /// Every pair of filters, joined by AND, by `and` and by `or`; the contrary of every filter; every filter in every
    /// order; and every order within another.
    pub(super) fn together(&self, schema: &Schema) -> Vec<Offer> {
        let filters = self.argument("where").map(|of| schema.filters(of)).unwrap_or_default();
        let orders = self.argument("orderBy").map(|of| schema.orders(of)).unwrap_or_default();
        let is_root = self.parent == "Query";
        let mut offers = joined(&fields(&filters), is_root);
        let offers_or = self.argument("where").is_some_and(|of| schema.offers_or(of));
        if offers_or && is_root {
            offers.extend(alternatives(&fields(&filters)));
            offers.extend(
                filters.iter().map(|(name, value)| offer(format!("where not {name}"), json!({ "not": value }))),
            );
        }
        if is_root {
            offers.extend(filters.iter().flat_map(|filter| orders.iter().map(|order| ordered(filter, order))));
        }
        offers.extend(orders.iter().flat_map(|first| orders.iter().filter_map(|second| within(first, second))));
        offers
    }
}

fn offer(name: String, filter: Value) -> Offer {
    (name, json!({ "where": filter }).as_object().unwrap().clone())
}

/// What is offered of each field: the first word of the name.
fn fields(filters: &[Single]) -> Vec<Vec<&Single>> {
    let field = |filter: &Single| filter.0.split(['.', ' ']).next().unwrap().to_owned();
    let mut fields: Vec<Vec<&Single>> = Vec::new();
    for filter in filters {
        match fields.last_mut().filter(|last| field(last[0]) == field(filter)) {
            Some(last) => last.push(filter),
            None => fields.push(vec![filter]),
        }
    }
    fields
}

/// Which of two fields' filters are asked for together. The first two of a field are a common value and a rare one: at the
/// root of the schema each of them meets both of the other's, and of the rest every second meets one, in turn. Elsewhere
/// common meets common and rare rare; below authors and categories there are doors to many articles and to few besides.
fn meetings<'a>(ones: &[&'a Single], others: &[&'a Single], is_root: bool) -> Vec<(&'a Single, &'a Single)> {
    let turn = |at: usize| (ones[at % ones.len()], others[at % others.len()]);
    if !is_root {
        return vec![turn(0), turn(1)];
    }
    let first = |all: &[&'a Single]| all.iter().copied().take(2).collect::<Vec<_>>();
    let (few, few_others) = (first(ones), first(others));
    let crossed = few.iter().flat_map(|one| few_others.iter().map(move |other| (*one, *other)));
    crossed.chain((2..ones.len().max(others.len())).step_by(2).map(turn)).collect()
}

/// Every pair of fields.
fn pairs<'a, 'b>(fields: &'b [Vec<&'a Single>]) -> impl Iterator<Item = (&'b [&'a Single], &'b [&'a Single])> {
    let after = |at: usize| fields[at + 1..].iter();
    fields.iter().enumerate().flat_map(move |(at, ones)| after(at).map(move |others| (&ones[..], &others[..])))
}

fn joined(fields: &[Vec<&Single>], is_root: bool) -> Vec<Offer> {
    let both = |((one, left), (other, right)): (&Single, &Single)| {
        let mut filter = left.as_object().unwrap().clone();
        filter.extend(right.as_object().unwrap().clone());
        offer(format!("where {one} + {other}"), Value::Object(filter))
    };
    pairs(fields).flat_map(|(ones, others)| meetings(ones, others, is_root)).map(both).collect()
}

/// One of two, of different fields; and both of two of the same field, which can be said by `and` only.
fn alternatives(fields: &[Vec<&Single>]) -> Vec<Offer> {
    let either = |((one, left), (other, right)): (&Single, &Single)| {
        offer(format!("where {one} or {other}"), json!({ "or": [left, right] }))
    };
    let both = |field: &Vec<&Single>| {
        let [(one, left), (other, right)] = field.get(..2)? else { return None };
        Some(offer(format!("where {one} and {other}"), json!({ "and": [left, right] })))
    };
    let mut offers: Vec<Offer> = fields.iter().filter_map(both).collect();
    offers.extend(pairs(fields).flat_map(|(ones, others)| meetings(ones, others, false)).map(either));
    offers
}

fn ordered((filter, value): &Single, (order, by): &Single) -> Offer {
    let arguments = json!({ "where": value, "orderBy": by });
    (format!("where {filter}, orderBy {order}"), arguments.as_object().unwrap().clone())
}

/// An order within another, unless they are of the same field.
fn within((first, by): &Single, (second, then): &Single) -> Option<Offer> {
    let both = [&by[0], &then[0]];
    if both[0]["field"] == both[1]["field"] {
        return None;
    }
    Some((format!("orderBy {first}, {second}"), json!({ "orderBy": both }).as_object().unwrap().clone()))
}
