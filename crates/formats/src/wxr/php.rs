//! PHP's `serialize` format, read as plain data: numbers, text and arrays.
//!
//! Objects, references and custom serialisations are refused: data from outside never decides which code runs.
//! Sizes and depth are bounded, and a length that lies is an error, never a wild read.
//! Format: <https://www.php.net/manual/en/function.serialize.php>.

use thiserror::Error;

/// The most values one text may hold.
const VALUES_MAX: usize = 20_000;
const DEPTH_MAX: usize = 16;

/// A value PHP serialised.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `N;`
    Null,
    /// `b:1;`
    Bool(bool),
    /// `i:5;`
    Int(i64),
    /// `d:0.5;`
    Float(f64),
    /// `s:5:"hello";`
    Text(String),
    /// `a:1:{…}`, keys as text, in order.
    Array(Vec<(String, Value)>),
}

impl Value {
    /// The value under a key of an array.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Array(entries) => entries.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The number, also when PHP kept it as text.
    #[must_use]
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            Self::Text(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// The text.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// Why a text is not PHP-serialised plain data.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PhpError {
    /// The text breaks the format.
    #[error("not PHP-serialised data at byte {at}")]
    Malformed {
        /// Where, in bytes from 0.
        at: usize,
    },
    /// An object, a reference or a custom serialisation.
    #[error("PHP objects and references are not read, at byte {at}")]
    NotPlain {
        /// Where, in bytes from 0.
        at: usize,
    },
    /// Too many values, or nested too deeply.
    #[error("PHP-serialised data is too large")]
    TooLarge,
}

/// Reads one serialised value that is the whole text.
///
/// # Errors
/// See [`PhpError`].
pub fn unserialize(text: &str) -> Result<Value, PhpError> {
    let mut reader = Reader { text: text.trim(), at: 0, values: 0 };
    let value = reader.value(0)?;
    if reader.at == reader.text.len() { Ok(value) } else { Err(reader.malformed()) }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    values: usize,
}

impl<'a> Reader<'a> {
    fn malformed(&self) -> PhpError {
        PhpError::Malformed { at: self.at }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn expect(&mut self, wanted: &str) -> Result<(), PhpError> {
        if !self.rest().starts_with(wanted) {
            return Err(self.malformed());
        }
        self.at += wanted.len();
        Ok(())
    }

    /// Everything up to `end`, which is consumed as well. Numbers are short, so the search is bounded.
    fn until(&mut self, end: char) -> Result<&'a str, PhpError> {
        let found = self.rest().char_indices().take(40).find(|(_, c)| *c == end);
        let (length, _) = found.ok_or_else(|| self.malformed())?;
        let word = self.rest().get(..length).unwrap_or_default();
        self.at += length + end.len_utf8();
        Ok(word)
    }

    fn number<T: std::str::FromStr>(&mut self, end: char) -> Result<T, PhpError> {
        let at = self.at;
        self.until(end)?.parse().map_err(|_| PhpError::Malformed { at })
    }

    fn value(&mut self, depth: usize) -> Result<Value, PhpError> {
        self.values += 1;
        if self.values > VALUES_MAX || depth > DEPTH_MAX {
            return Err(PhpError::TooLarge);
        }
        let kind = self.rest().chars().next().ok_or_else(|| self.malformed())?;
        if matches!(kind, 'O' | 'C' | 'R' | 'r' | 'E') {
            return Err(PhpError::NotPlain { at: self.at });
        }
        if kind == 'N' {
            self.expect("N;")?;
            return Ok(Value::Null);
        }
        self.at += kind.len_utf8();
        self.expect(":")?;
        match kind {
            'b' => Ok(Value::Bool(self.number::<u8>(';')? != 0)),
            'i' => Ok(Value::Int(self.number(';')?)),
            'd' => Ok(Value::Float(self.number(';')?)),
            's' => {
                let text = self.string()?;
                self.expect(";")?;
                Ok(Value::Text(text))
            }
            'a' => self.array(depth),
            _ => Err(self.malformed()),
        }
    }

    /// `5:"hello"`. The length counts bytes; where it falls inside a character or before no quote, it lies:
    /// usually because somebody searched and replaced in the database.
    fn string(&mut self) -> Result<String, PhpError> {
        let length: usize = self.number(':')?;
        self.expect("\"")?;
        let end = self.at.checked_add(length).ok_or_else(|| self.malformed())?;
        let text = self.text.get(self.at..end).ok_or_else(|| self.malformed())?;
        self.at = end;
        self.expect("\"")?;
        Ok(text.to_owned())
    }

    fn array(&mut self, depth: usize) -> Result<Value, PhpError> {
        let count: usize = self.number(':')?;
        if count > VALUES_MAX {
            return Err(PhpError::TooLarge);
        }
        self.expect("{")?;
        let mut entries = Vec::new();
        for _ in 0..count {
            let key = match self.value(depth + 1)? {
                Value::Int(number) => number.to_string(),
                Value::Text(text) => text,
                _ => return Err(self.malformed()),
            };
            entries.push((key, self.value(depth + 1)?));
        }
        self.expect("}")?;
        Ok(Value::Array(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_polylang_map_is_read_in_order() {
        let map = unserialize("a:2:{s:2:\"fr\";i:400;s:2:\"en\";i:398;}").unwrap();
        assert_eq!(map, Value::Array(vec![("fr".into(), Value::Int(400)), ("en".into(), Value::Int(398))]));
    }

    #[test]
    fn lengths_count_bytes() {
        assert_eq!(unserialize("s:5:\"caf\u{e9}\";").unwrap(), Value::Text("café".into()));
        assert!(unserialize("s:4:\"caf\u{e9}\";").is_err());
    }

    #[test]
    fn objects_and_references_are_refused() {
        for text in
            ["O:8:\"stdClass\":0:{}", "a:1:{i:0;O:3:\"Foo\":0:{}}", "C:3:\"Foo\":0:{}", "a:2:{i:0;i:1;i:1;R:2;}"]
        {
            assert!(matches!(unserialize(text), Err(PhpError::NotPlain { .. })), "{text}");
        }
    }

    #[test]
    fn lies_about_length_and_depth_are_errors() {
        let deep = "a:1:{i:0;".repeat(100);
        for text in [
            deep.as_str(),
            "a:99999999:{}",
            "s:18446744073709551615:\"\";",
            "i:;",
            "",
            "x",
            "i:1;i:2;",
            "a:1:{i:0;",
            "b:1",
        ] {
            assert!(unserialize(text).is_err(), "{text}");
        }
    }
}
