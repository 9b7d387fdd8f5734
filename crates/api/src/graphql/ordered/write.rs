//! Writes the engine's data as JSON, in the order of the document.
//!
//! One pass, straight into the answer's bytes. Where a field that may not be null has failed, the bytes
//! written since its nearest parent that may be null are cut off again and `null` stands there instead
//! (specification §6.4.4).

use async_graphql::indexmap::IndexMap;
use async_graphql_parser::types::OperationType;
use async_graphql_value::{ConstValue, Name};

use super::{
    collect::{Collector, Entry, Plan, Source},
    prepare::Prepared,
    types::{FieldInfo, Kind, TypeId, TypeTable},
};

/// Why a value is not written to its end.
enum Stop {
    /// A null that the type does not allow: the parent has to become null.
    NotNull,
    /// There is more than an answer may hold.
    TooLong,
}

type Written = Result<(), Stop>;

type Object = IndexMap<Name, ConstValue>;

/// What the engine answered, and how long it may be.
#[derive(Debug, Clone, Copy)]
pub struct Layout<'a> {
    /// What was asked.
    pub prepared: &'a Prepared,
    /// The schema.
    pub types: &'a TypeTable,
    /// Whether the answer carries errors, so that a missing key means a failed field.
    pub has_errors: bool,
    /// The most bytes of data.
    pub bytes_max: usize,
}

/// The data is longer than [`Layout::bytes_max`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the data is longer than allowed")]
pub struct TooLong;

/// Writes `data`, the engine's answer, as JSON to the end of `out`.
///
/// # Errors
/// [`TooLong`]; what stands in `out` then is of no use.
pub fn write_data(out: &mut Vec<u8>, data: &ConstValue, layout: &Layout<'_>) -> Result<(), TooLong> {
    let Layout { prepared, types, has_errors, bytes_max } = *layout;
    let chosen = prepared.chosen();
    let root = chosen.and_then(|operation| match operation.ty {
        OperationType::Query => Some(types.query()),
        OperationType::Mutation => types.mutation(),
        OperationType::Subscription => types.subscription(),
    });
    let (Some(operation), Some(root)) = (chosen, root) else {
        plain(out, data);
        return Ok(());
    };
    let start = out.len();
    let end = start.saturating_add(bytes_max);
    let mut writer = Writer { out, collector: Collector { prepared, types }, has_errors, end };
    let mut plan = writer.collector.plan(root, &[&operation.selection_set.node]);
    let written = match data {
        ConstValue::Object(object) => writer.object(&mut plan, object),
        // Every root field failed: the engine gives null for an object without keys.
        ConstValue::Null => writer.object(&mut plan, &Object::new()),
        other => {
            plain(writer.out, other);
            Ok(())
        }
    };
    match written {
        Ok(()) => Ok(()),
        Err(Stop::NotNull) => {
            writer.out.truncate(start);
            writer.out.extend_from_slice(b"null");
            Ok(())
        }
        Err(Stop::TooLong) => Err(TooLong),
    }
}

/// Writes a value as it is.
fn plain(out: &mut Vec<u8>, value: &ConstValue) {
    let start = out.len();
    if serde_json::to_writer(&mut *out, value).is_err() {
        // Only a map key that is no string could do this, and a name is one.
        out.truncate(start);
        out.extend_from_slice(b"null");
    }
}

struct Writer<'o, 'a> {
    out: &'o mut Vec<u8>,
    collector: Collector<'a>,
    has_errors: bool,
    /// Where `out` ends at the latest.
    end: usize,
}

impl<'a> Writer<'_, 'a> {
    fn object(&mut self, plan: &mut Plan<'a>, object: &Object) -> Written {
        self.out.push(b'{');
        let mut is_first = true;
        let mut found = 0;
        let of = plan.of;
        for (at, entry) in plan.entries.iter_mut().enumerate() {
            // Resolvers that were ready at once are in order already; then no key needs to be searched.
            let value = match object.get_index(at) {
                Some((key, value)) if key.as_str() == entry.key => Some(value),
                _ => object.get(entry.key),
            };
            found += usize::from(value.is_some());
            if !entry.is_private {
                self.key(entry.key, &mut is_first);
                self.entry(entry, of, value)?;
            }
        }
        debug_assert!(found == object.len(), "the engine answered a key that was not selected");
        if found < object.len() {
            // Never lose data: a key nobody planned is written after the others.
            for (key, value) in object {
                if !plan.entries.iter().any(|entry| entry.key == key.as_str()) {
                    self.key(key, &mut is_first);
                    plain(self.out, value);
                }
            }
        }
        self.out.push(b'}');
        Ok(())
    }

    /// Names need no escaping: they are letters, digits and underscores.
    fn key(&mut self, key: &str, is_first: &mut bool) {
        if !std::mem::take(is_first) {
            self.out.push(b',');
        }
        self.out.push(b'"');
        self.out.extend_from_slice(key.as_bytes());
        self.out.extend_from_slice(b"\":");
    }

    fn entry(&mut self, entry: &mut Entry<'a>, of: TypeId, value: Option<&ConstValue>) -> Written {
        match (entry.source, value) {
            (Source::Field(info), Some(value)) => self.typed(entry, info, 0, value),
            // The engine leaves out a field that failed.
            (Source::Field(info), None) if self.has_errors && !may_be_null(info, 0) => Err(Stop::NotNull),
            (Source::Field(_) | Source::Unknown, None) => {
                self.out.extend_from_slice(b"null");
                Ok(())
            }
            (Source::TypeName | Source::Unknown, Some(value)) => {
                plain(self.out, value);
                Ok(())
            }
            (Source::TypeName, None) => {
                plain(self.out, &ConstValue::String(self.collector.types.name_of(of).to_owned()));
                Ok(())
            }
        }
    }

    /// Writes a value at one level of its type's wrapping; a null that is not allowed below becomes null here
    /// if that is allowed, else the parent's business.
    fn typed(&mut self, entry: &mut Entry<'a>, info: &'a FieldInfo, level: usize, value: &ConstValue) -> Written {
        let start = self.out.len();
        let is_list = level + 1 < info.nullable.len();
        let written = match value {
            ConstValue::List(items) if is_list => self.list(entry, info, level, items),
            ConstValue::Object(object) if !is_list => self.composite(entry, info, object),
            ConstValue::Null => self.null(entry, info, level, is_list),
            other => {
                plain(self.out, other);
                Ok(())
            }
        };
        if self.out.len() > self.end {
            return Err(Stop::TooLong);
        }
        match written {
            Err(Stop::NotNull) if may_be_null(info, level) => {
                self.out.truncate(start);
                self.out.extend_from_slice(b"null");
                Ok(())
            }
            written => written,
        }
    }

    fn list(&mut self, entry: &mut Entry<'a>, info: &'a FieldInfo, level: usize, items: &[ConstValue]) -> Written {
        self.out.push(b'[');
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                self.out.push(b',');
            }
            self.typed(entry, info, level + 1, item)?;
        }
        self.out.push(b']');
        Ok(())
    }

    fn composite(&mut self, entry: &mut Entry<'a>, info: &FieldInfo, object: &Object) -> Written {
        let collector = self.collector;
        let of = match collector.types.kind(info.of) {
            Kind::Object => info.of,
            Kind::Abstract => self.concrete(info.of, object),
            // A scalar whose value is an object.
            Kind::Leaf => {
                plain_object(self.out, object);
                return Ok(());
            }
        };
        match entry.plan(of, &collector) {
            Some(plan) => self.object(plan, object),
            None => Err(Stop::NotNull),
        }
    }

    /// The object type behind an abstract one. Without our private key every selection applies to every type.
    fn concrete(&self, of: TypeId, object: &Object) -> TypeId {
        match object.get(self.collector.prepared.type_key.as_str()) {
            Some(ConstValue::String(name)) => self.collector.types.lookup(name).unwrap_or(of),
            _ => of,
        }
    }

    fn null(&mut self, entry: &mut Entry<'a>, info: &'a FieldInfo, level: usize, is_list: bool) -> Written {
        if self.has_errors && !may_be_null(info, level) {
            if is_list || self.collector.types.kind(info.of) == Kind::Leaf {
                return Err(Stop::NotNull);
            }
            // The engine gives null for an object all of whose fields failed; some of them may be null.
            return self.composite(entry, info, &Object::new());
        }
        self.out.extend_from_slice(b"null");
        Ok(())
    }
}

fn may_be_null(info: &FieldInfo, level: usize) -> bool {
    info.nullable.get(level).copied().unwrap_or(true)
}

fn plain_object(out: &mut Vec<u8>, object: &Object) {
    let start = out.len();
    if serde_json::to_writer(&mut *out, object).is_err() {
        out.truncate(start);
        out.extend_from_slice(b"null");
    }
}
