//! Keyset pages: a list is read from a place in its order, never from a row count.
//!
//! The order of every list ends with the id, so that equal keys have an order too. A cursor holds the sort values and
//! id of one row and a fingerprint of the list (field, order, filter); a cursor of another list is refused.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Datelike, Utc};
use masthead_domain::Timestamp;
use sea_orm::{
    Condition, EntityTrait, Order, QueryFilter, QueryTrait, Select, Value,
    sea_query::{Expr, ExprTrait, SelectStatement, SimpleExpr},
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A value by which a row is ordered.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum SortValue {
    /// A text.
    #[serde(rename = "t")]
    Text(String),
    /// An instant in microseconds since 1970.
    #[serde(rename = "m")]
    Micros(i64),
    /// A whole number.
    #[serde(rename = "i")]
    Int(i64),
}

/// What sort of value a list is ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortKind {
    /// Texts.
    Text,
    /// Instants.
    Time,
    /// Whole numbers.
    Int,
}

impl SortValue {
    /// An instant as a sort value.
    #[must_use]
    pub fn time(instant: Timestamp) -> Self {
        Self::Micros(instant.timestamp_micros())
    }

    /// The instant, when it is one.
    #[must_use]
    pub fn instant(&self) -> Option<Timestamp> {
        match self {
            Self::Micros(micros) => DateTime::<Utc>::from_timestamp_micros(*micros),
            Self::Text(_) | Self::Int(_) => None,
        }
    }

    /// Whether this is a value of a sort that both engines can compare rows with. Anybody can write a cursor.
    fn fits(&self, kind: SortKind) -> bool {
        match (self, kind) {
            (Self::Text(text), SortKind::Text) => !text.contains('\0'),
            (Self::Micros(micros), SortKind::Time) => {
                let at = DateTime::<Utc>::from_timestamp_micros(*micros);
                at.is_some_and(|at| (0..=9_999).contains(&at.year()))
            }
            (Self::Int(_), SortKind::Int) => true,
            (Self::Text(_) | Self::Micros(_) | Self::Int(_), SortKind::Text | SortKind::Time | SortKind::Int) => false,
        }
    }

    fn bind(&self) -> Option<Value> {
        Some(match self {
            Self::Text(text) => Value::from(text.clone()),
            Self::Micros(micros) => Value::from(DateTime::<Utc>::from_timestamp_micros(*micros)?),
            Self::Int(number) => Value::from(*number),
        })
    }
}

/// A place in a list: just before or after the row with these values.
#[derive(Debug, Clone, PartialEq)]
pub struct Cursor {
    /// The row's sort values, in the order of the list's keys.
    pub values: Vec<SortValue>,
    /// The row's id.
    pub id: Uuid,
}

/// The text is no cursor of this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this cursor does not belong to this list, its order and its filter")]
pub struct CursorError;

impl Cursor {
    /// Writes the cursor for a list with this fingerprint.
    #[must_use]
    pub fn encode(&self, fingerprint: u64) -> String {
        let content = serde_json::to_vec(&(fingerprint, &self.values, self.id.as_u128().to_be_bytes()));
        let content = content.unwrap_or_default();
        let mut bytes = checksum(&content).to_vec();
        bytes.extend(content);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a cursor that was written for a list with this fingerprint and these sort keys.
    ///
    /// # Errors
    /// [`CursorError`] when it is cut, changed, or of another list.
    pub fn decode(text: &str, fingerprint: u64, keys: &[SortKind]) -> Result<Self, CursorError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| CursorError)?;
        let (sum, content) = bytes.split_at_checked(8).ok_or(CursorError)?;
        if sum != checksum(content) {
            return Err(CursorError);
        }
        let (written_for, values, id): (u64, Vec<SortValue>, [u8; 16]) =
            serde_json::from_slice(content).map_err(|_| CursorError)?;
        let fits = values.len() == keys.len() && values.iter().zip(keys).all(|(value, kind)| value.fits(*kind));
        if written_for != fingerprint || !fits {
            return Err(CursorError);
        }
        Ok(Self { values, id: Uuid::from_bytes(id) })
    }
}

fn checksum(content: &[u8]) -> [u8; 8] {
    let digest: [u8; 32] = Sha256::digest(content).into();
    let mut sum = [0; 8];
    sum.copy_from_slice(digest.split_at(8).0);
    sum
}

/// A fingerprint of a list's identity: its field, order and filter in one text.
#[must_use]
pub fn fingerprint(identity: &str) -> u64 {
    u64::from_be_bytes(checksum(identity.as_bytes()))
}

/// Which way a page is read from its cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The rows after the cursor, or the first rows.
    Forward,
    /// The rows before the cursor, or the last rows; still given in the order of the list.
    Backward,
}

/// Which page of a list to read.
#[derive(Debug, Clone, PartialEq)]
pub struct PageRequest {
    /// How many rows at most.
    pub size: u64,
    /// Which way.
    pub direction: Direction,
    /// From where.
    pub cursor: Option<Cursor>,
}

impl PageRequest {
    /// The first rows of a list.
    #[must_use]
    pub fn first(size: u64) -> Self {
        Self { size, direction: Direction::Forward, cursor: None }
    }
}

/// A page of a list, in the list's order.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The rows with their places.
    pub items: Vec<(Cursor, T)>,
    /// Whether rows follow the last one. Known for certain when reading forward; reading backward it is true when
    /// there was a cursor, whose row follows.
    pub has_next: bool,
    /// Whether rows precede the first one; certain when reading backward.
    pub has_previous: bool,
}

impl<T> Page<T> {
    /// The same page of things that are made of all its rows together, one of each.
    pub fn together<U>(self, make: impl FnOnce(Vec<T>) -> Vec<U>) -> Page<U> {
        let Self { items, has_next, has_previous } = self;
        let (places, rows): (Vec<Cursor>, Vec<T>) = items.into_iter().unzip();
        Page { items: places.into_iter().zip(make(rows)).collect(), has_next, has_previous }
    }

    /// The same page of something made of its rows.
    pub fn map<U>(self, make: impl Fn(T) -> U) -> Page<U> {
        let Self { items, has_next, has_previous } = self;
        Page { items: items.into_iter().map(|(place, row)| (place, make(row))).collect(), has_next, has_previous }
    }
}

/// One key of a list's order.
pub(crate) struct SortKey {
    pub(crate) expr: SimpleExpr,
    pub(crate) descending: bool,
}

/// The order of a list: its keys, then the id in the direction of the last key.
pub(crate) struct Sort {
    pub(crate) keys: Vec<SortKey>,
    pub(crate) id: SimpleExpr,
}

impl Sort {
    fn steps(&self) -> impl Iterator<Item = (&SimpleExpr, bool)> {
        let last = self.keys.last().is_some_and(|key| key.descending);
        self.keys.iter().map(|key| (&key.expr, key.descending)).chain([(&self.id, last)])
    }

    /// Begins a select at the cursor, orders it and limits it to a page.
    pub(crate) fn apply<E: EntityTrait>(&self, select: Select<E>, request: &PageRequest) -> Select<E> {
        self.order(select.filter(self.start(request)), request)
    }

    /// What begins a select at the cursor: nothing on the first page. SQLite takes the first of several bounds of an
    /// index, so where a select bounds what it is ordered by, this stands before.
    pub(crate) fn start(&self, request: &PageRequest) -> Condition {
        let backward = request.direction == Direction::Backward;
        request.cursor.as_ref().map_or_else(Condition::all, |cursor| self.beyond(cursor, backward))
    }

    /// Orders a select and limits it to one row more than the page: the extra row tells whether there is more.
    pub(crate) fn order<E: EntityTrait>(&self, mut select: Select<E>, request: &PageRequest) -> Select<E> {
        self.order_statement(QueryTrait::query(&mut select), request);
        select
    }

    /// The same for a select of anything.
    pub(crate) fn order_statement(&self, select: &mut SelectStatement, request: &PageRequest) {
        let backward = request.direction == Direction::Backward;
        for (expr, descending) in self.steps() {
            let order = if descending == backward { Order::Asc } else { Order::Desc };
            select.order_by_expr(expr.clone(), order);
        }
        select.limit(request.size + 1);
    }

    /// The rows strictly beyond a cursor in reading direction.
    fn beyond(&self, cursor: &Cursor, backward: bool) -> Condition {
        let values = cursor.values.iter().filter_map(SortValue::bind).chain([Value::from(cursor.id)]);
        let steps: Vec<(&SimpleExpr, bool, Value)> =
            self.steps().zip(values).map(|((expr, descending), value)| (expr, descending != backward, value)).collect();
        let downwards = steps.first().is_some_and(|(_, down, _)| *down);
        if steps.iter().all(|(_, down, _)| *down == downwards) {
            // Row values: both engines start in the middle of an index on the same columns. Of what is no column SQLite
            // sees only a bound that stands by itself.
            let bound = first_bound(&steps).filter(|_| !matches!(steps.first(), Some((Expr::Column(_), ..))));
            let left = Expr::tuple(steps.iter().map(|(expr, ..)| (*expr).clone()));
            let right = Expr::tuple(steps.iter().map(|(_, _, value)| Expr::val(value.clone())));
            let beyond = if downwards { left.lt(right) } else { left.gt(right) };
            return Condition::all().add_option(bound).add(beyond);
        }
        let mut any = Condition::any();
        for place in 0..steps.len() {
            let mut all = Condition::all();
            for (step, (expr, down, value)) in steps.iter().take(place + 1).enumerate() {
                let expr = (*expr).clone();
                all = all.add(if step < place {
                    expr.eq(value.clone())
                } else if *down {
                    expr.lt(value.clone())
                } else {
                    expr.gt(value.clone())
                });
            }
            any = any.add(all);
        }
        Condition::all().add_option(first_bound(&steps)).add(any)
    }
}

/// What follows for the first key of a list from a place in it, said by itself: a start in an index on that key.
fn first_bound(steps: &[(&SimpleExpr, bool, Value)]) -> Option<SimpleExpr> {
    let (expr, down, value) = steps.first()?;
    let (expr, value) = ((*expr).clone(), value.clone());
    Some(if *down { expr.lte(value) } else { expr.gte(value) })
}

/// Makes a page of the rows that [`Sort::apply`] let through.
pub(crate) fn page_of<T>(rows: Vec<T>, request: &PageRequest, place: impl Fn(&T) -> Cursor) -> Page<T> {
    let size = usize::try_from(request.size).unwrap_or(usize::MAX);
    let more = rows.len() > size;
    let mut items: Vec<(Cursor, T)> = rows.into_iter().take(size).map(|row| (place(&row), row)).collect();
    let has_cursor = request.cursor.is_some();
    match request.direction {
        Direction::Forward => Page { items, has_next: more, has_previous: has_cursor },
        Direction::Backward => {
            items.reverse();
            Page { items, has_next: has_cursor, has_previous: more }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor() -> Cursor {
        Cursor { values: vec![SortValue::Micros(1), SortValue::Text("é".into())], id: Uuid::from_u128(7) }
    }

    const KEYS: &[SortKind] = &[SortKind::Time, SortKind::Text];

    #[test]
    fn a_cursor_whose_values_are_not_those_of_the_list_is_refused() {
        let with = |values: Vec<SortValue>| Cursor { values, id: Uuid::from_u128(7) }.encode(5);
        let text = || SortValue::Text("a".into());
        for wrong in [
            vec![text(), text()],
            vec![SortValue::Int(1), text()],
            vec![SortValue::Micros(1), SortValue::Micros(1)],
            vec![SortValue::Micros(1), SortValue::Text("a\0".into())],
            vec![SortValue::Micros(i64::MAX), text()],
            vec![SortValue::Micros(-8_000_000_000_000_000_000), text()],
        ] {
            assert_eq!(Cursor::decode(&with(wrong.clone()), 5, KEYS), Err(CursorError), "{wrong:?}");
        }
    }

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let text = cursor().encode(5);
        assert_eq!(Cursor::decode(&text, 5, KEYS), Ok(cursor()));
    }

    #[test]
    fn a_cursor_of_another_list_or_a_damaged_one_is_refused() {
        let text = cursor().encode(5);
        assert_eq!(Cursor::decode(&text, 6, KEYS), Err(CursorError));
        assert_eq!(Cursor::decode(&text, 5, &KEYS[..1]), Err(CursorError));
        for cut in 0..text.len() {
            assert_eq!(Cursor::decode(&text[..cut], 5, KEYS), Err(CursorError));
        }
        for place in 0..text.len() {
            let mut damaged = text.clone().into_bytes();
            damaged[place] = if damaged[place] == b'A' { b'B' } else { b'A' };
            let damaged = String::from_utf8(damaged).unwrap();
            assert_ne!(Cursor::decode(&damaged, 5, KEYS).as_ref(), Ok(&cursor()), "{damaged}");
        }
    }
}
