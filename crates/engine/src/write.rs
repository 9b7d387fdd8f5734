//! Packed values: JSON that is finished, handed on as bytes.

use async_graphql::Value;
use bytes::Bytes;

use crate::text::write_text;

/// Writes a value, packed or not, as JSON to the end of `out`.
pub fn write_value(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Boolean(true) => out.extend_from_slice(b"true"),
        Value::Boolean(false) => out.extend_from_slice(b"false"),
        Value::Binary(packed) => out.extend_from_slice(packed),
        Value::Enum(name) => write_name(out, name),
        Value::String(text) => write_text(out, text),
        // Written to memory, and a number has no keys that could be no strings: it does not fail.
        Value::Number(number) => drop(serde_json::to_writer(out, number)),
        Value::List(items) => {
            out.push(b'[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                write_value(out, item);
            }
            out.push(b']');
        }
        Value::Object(fields) => {
            out.push(b'{');
            for (place, (name, value)) in fields.iter().enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                // A scalar may be an object with any texts for keys.
                write_text(out, name);
                out.push(b':');
                write_value(out, value);
            }
            out.push(b'}');
        }
    }
}

/// Names need no escaping: they are letters, digits and underscores.
fn write_name(out: &mut Vec<u8>, name: &str) {
    out.push(b'"');
    out.extend_from_slice(name.as_bytes());
    out.push(b'"');
}

/// A plain value of a packed one, for whoever wants to look into it instead of sending it.
#[must_use]
pub fn unpacked(value: Value) -> Value {
    match value {
        Value::Binary(packed) => serde_json::from_slice(&packed).unwrap_or(Value::Binary(packed)),
        Value::List(items) => Value::List(items.into_iter().map(unpacked).collect()),
        Value::Object(fields) => {
            Value::Object(fields.into_iter().map(|(name, value)| (name, unpacked(value))).collect())
        }
        plain => plain,
    }
}

/// An object or a list on its way into an answer, some of whose values may still be missing.
pub(crate) struct Text {
    text: Vec<u8>,
    end: u8,
    is_empty: bool,
    /// Where values are missing, in order.
    gaps: Vec<usize>,
}

impl Text {
    /// An object without fields.
    pub(crate) fn object() -> Self {
        Self::begun(b'{', b'}')
    }

    /// A list without items.
    pub(crate) fn list() -> Self {
        Self::begun(b'[', b']')
    }

    fn begun(start: u8, end: u8) -> Self {
        let mut text = Vec::with_capacity(SIZE);
        text.push(start);
        Self { text, end, is_empty: true, gaps: Vec::new() }
    }

    /// Begins the next item of a list.
    pub(crate) fn item(&mut self) {
        if !self.is_empty {
            self.text.push(b',');
        }
        self.is_empty = false;
    }

    /// Begins the next field of an object.
    pub(crate) fn key(&mut self, name: &str) {
        self.item();
        write_name(&mut self.text, name);
        self.text.push(b':');
    }

    /// The value of what was begun last.
    pub(crate) fn value(&mut self, value: &Value) {
        write_value(&mut self.text, value);
    }

    /// The value of what was begun last as the name of a type.
    pub(crate) fn type_name(&mut self, name: &str) {
        write_name(&mut self.text, name);
    }

    /// The value of what was begun last comes later.
    pub(crate) fn gap(&mut self) {
        self.gaps.push(self.text.len());
    }

    /// The whole, when these values stand in its gaps.
    pub(crate) fn filled(mut self, values: impl IntoIterator<Item = Value>) -> Value {
        self.text.push(self.end);
        if self.gaps.is_empty() {
            return Value::Binary(Bytes::from(self.text));
        }
        let mut whole = Vec::with_capacity(2 * self.text.len());
        let mut rest = self.text.as_slice();
        let mut done = 0;
        for (gap, value) in self.gaps.into_iter().zip(values) {
            let (before, after) = rest.split_at_checked(gap - done).unwrap_or((rest, &[]));
            whole.extend_from_slice(before);
            write_value(&mut whole, &value);
            (rest, done) = (after, gap);
        }
        whole.extend_from_slice(rest);
        Value::Binary(Bytes::from(whole))
    }
}

/// About as long as small objects are, in bytes.
const SIZE: usize = 256;
