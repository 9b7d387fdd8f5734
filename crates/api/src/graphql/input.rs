//! Small steps every input takes on its way into the domain. Values are parsed here, once.

use std::str::FromStr;

use async_graphql::{ID, MaybeUndefined};
use masthead_domain::{AnyId, IdError, Violation, Violations};

/// An id of a wanted kind, as an argument of a query: anything else names nothing, so it is simply absent.
pub(crate) fn lookup_id<T: FromStr<Err = IdError>>(id: &ID) -> Option<T> {
    id.parse().ok()
}

/// An id of a wanted kind in a mutation's input, or a note of what is wrong with it.
pub(crate) fn id<T: FromStr<Err = IdError>>(wrong: &mut Violations, field: &str, id: &ID) -> Option<T> {
    wrong.take(field, id.parse::<T>().map_err(Violation::invalid))
}

/// A field that may be left out but not cleared.
pub(crate) fn kept<T, U>(
    wrong: &mut Violations,
    field: &str,
    given: MaybeUndefined<T>,
    parse: impl FnOnce(T) -> Result<U, Violation>,
) -> Option<U> {
    match given {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => {
            wrong.push(Violation::new(masthead_domain::ViolationCode::Required, "cannot be cleared").at(field));
            None
        }
        MaybeUndefined::Value(value) => wrong.take(field, parse(value)),
    }
}

/// A field that may be left out (`None`) or cleared (`Some(None)`).
pub(crate) fn clearable<T, U>(
    wrong: &mut Violations,
    field: &str,
    given: MaybeUndefined<T>,
    parse: impl FnOnce(T) -> Result<Option<U>, Violation>,
) -> Option<Option<U>> {
    match given {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => wrong.take(field, parse(value)),
    }
}

/// An id of any kind, for `node(id:)`.
pub(crate) fn any_id(id: &ID) -> Option<AnyId> {
    id.parse().ok()
}

/// The id an act is aimed at together with its parsed changes, or all that is wrong with either.
pub(crate) fn target<T: FromStr<Err = IdError>, U>(
    given: &ID,
    changes: Result<U, Violations>,
) -> Result<(T, U), Violations> {
    let mut wrong = Violations::new();
    let id = id(&mut wrong, "id", given);
    match changes {
        Ok(changes) => wrong.into_result(id.map(|id| (id, changes))),
        Err(more) => {
            more.into_iter().for_each(|violation| wrong.push(violation));
            Err(wrong)
        }
    }
}
