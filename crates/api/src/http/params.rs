//! The parameters of a GraphQL request, read from a JSON body or a query string.
//!
//! Variables are read with a bound on depth and number while they are parsed, so that a body of a megabyte
//! cannot become a hundred megabytes of values first.

use std::{cell::Cell, fmt};

use async_graphql_value::{ConstValue, Name, Variables, indexmap::IndexMap};
use masthead_domain::operation::TextHash;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{answer::Fault, config::Limits, persisted};
use crate::ErrorCode;

/// What a client asks for.
#[derive(Debug, Default)]
pub(super) struct Params {
    pub(super) query: String,
    pub(super) operation_name: Option<Name>,
    pub(super) variables: Variables,
    /// The hash of the query. Without it there is a query.
    pub(super) hash: Option<TextHash>,
}

const NO_QUERY: &str = "The parameter query is missing.";
const NOT_JSON: &str = "The body is not valid JSON.";
const NOT_AN_OBJECT: &str = "The body must be a JSON object.";
const QUERY_TYPE: &str = "The parameter query must be a string.";
const NAME_TYPE: &str = "The parameter operationName must be a string or null.";
const VARIABLES_TYPE: &str = "The parameter variables must be an object or null.";
const EXTENSIONS_TYPE: &str = "The parameter extensions must be an object or null.";
const TWICE: &str = "A parameter is given twice.";
const TOO_DEEP: &str = "The variables are nested too deep.";
const TOO_MANY: &str = "The variables hold too many values.";
const NUL: &str = "The request contains the character U+0000.";
const VARIABLES_JSON: &str = "The parameter variables is not valid JSON.";
const EXTENSIONS_JSON: &str = "The parameter extensions is not valid JSON.";

fn bad(detail: &'static str) -> Fault {
    Fault::new(ErrorCode::BadRequest).detail(detail)
}

impl Params {
    /// Reads the body of a POST.
    pub(super) fn from_json(body: &[u8], limits: &Limits) -> Result<Self, Fault> {
        match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
            Some(b'[') => return Err(Fault::new(ErrorCode::BatchingDisabled)),
            Some(b'{') => {}
            Some(_) if serde_json::from_slice::<IgnoredAny>(body).is_ok() => {
                return Err(bad(NOT_AN_OBJECT));
            }
            _ => return Err(bad(NOT_JSON)),
        }
        let bound = Bound::new(limits);
        let mut deserializer = serde_json::Deserializer::from_slice(body);
        let params = ParamsSeed(&bound)
            .deserialize(&mut deserializer)
            .and_then(|params| deserializer.end().map(|()| params))
            .map_err(|_| bad(bound.said.get().unwrap_or(NOT_JSON)))?;
        params.checked()
    }

    /// Reads the query string of a GET.
    pub(super) fn from_query_string(text: &str, limits: &Limits) -> Result<Self, Fault> {
        let mut query = None;
        let mut operation_name = None;
        let mut variables = None;
        let mut extensions = None;
        for (name, value) in url::form_urlencoded::parse(text.as_bytes()) {
            let place = match &*name {
                "query" => &mut query,
                "operationName" => &mut operation_name,
                "variables" => &mut variables,
                "extensions" => &mut extensions,
                _ => continue,
            };
            if place.replace(value.into_owned()).is_some() {
                return Err(bad(TWICE));
            }
        }
        let hash = match extensions {
            Some(text) => {
                let extensions = object_in_text(&text, limits, EXTENSIONS_TYPE, EXTENSIONS_JSON)?;
                persisted::hash_among(&extensions).map_err(bad)?
            }
            None => None,
        };
        let variables = match variables {
            Some(text) => object_in_text(&text, limits, VARIABLES_TYPE, VARIABLES_JSON)?,
            None => Variables::default(),
        };
        Self { query: query.unwrap_or_default(), operation_name: name_of(operation_name), variables, hash }.checked()
    }

    fn checked(self) -> Result<Self, Fault> {
        if self.query.trim().is_empty() && self.hash.is_none() {
            return Err(bad(NO_QUERY));
        }
        if self.query.contains('\0') {
            return Err(bad(NUL));
        }
        Ok(self)
    }
}

/// An empty name is what forms send for none.
fn name_of(name: Option<String>) -> Option<Name> {
    name.filter(|name| !name.is_empty()).map(Name::new)
}

fn object_in_text(
    text: &str,
    limits: &Limits,
    wrong_type: &'static str,
    not_json: &'static str,
) -> Result<Variables, Fault> {
    let bound = Bound::new(limits);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let object = ObjectSeed { bound: &bound, wrong_type }
        .deserialize(&mut deserializer)
        .and_then(|object| deserializer.end().map(|()| object))
        .map_err(|_| bad(bound.said.get().unwrap_or(not_json)))?;
    Ok(object)
}

/// What is still allowed, and why reading stopped.
struct Bound {
    depth_max: usize,
    values_left: Cell<usize>,
    said: Cell<Option<&'static str>>,
}

impl Bound {
    fn new(limits: &Limits) -> Self {
        Self {
            depth_max: limits.variables_depth_max,
            values_left: Cell::new(limits.variables_values_max),
            said: Cell::new(None),
        }
    }

    fn stop<E: Error>(&self, why: &'static str) -> E {
        self.said.set(Some(why));
        E::custom(why)
    }

    fn text<E: Error>(&self, text: String) -> Result<String, E> {
        // PostgreSQL cannot store it, and nobody types it.
        if text.contains('\0') { Err(self.stop(NUL)) } else { Ok(text) }
    }
}

struct ParamsSeed<'b>(&'b Bound);

impl<'de> DeserializeSeed<'de> for ParamsSeed<'_> {
    type Value = Params;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Params, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for ParamsSeed<'_> {
    type Value = Params;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the parameters of a GraphQL request")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Params, A::Error> {
        let bound = self.0;
        let mut params = Params::default();
        let mut seen = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "query" => {
                    let text = map.next_value_seed(TextSeed { bound, wrong_type: QUERY_TYPE })?;
                    params.query = text.unwrap_or_default();
                }
                "operationName" => {
                    params.operation_name = name_of(map.next_value_seed(TextSeed { bound, wrong_type: NAME_TYPE })?);
                }
                "variables" => {
                    params.variables = map.next_value_seed(ObjectSeed { bound, wrong_type: VARIABLES_TYPE })?;
                }
                "extensions" => {
                    let extensions = map.next_value_seed(ObjectSeed { bound, wrong_type: EXTENSIONS_TYPE })?;
                    params.hash = persisted::hash_among(&extensions).map_err(|why| bound.stop(why))?;
                }
                // The specification reserves other names for itself and lets servers ignore them.
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            }
            if seen.contains(&key) {
                return Err(bound.stop(TWICE));
            }
            seen.push(key);
        }
        Ok(params)
    }
}

/// A string or null; anything else stops with the given words.
struct TextSeed<'b> {
    bound: &'b Bound,
    wrong_type: &'static str,
}

impl<'de> DeserializeSeed<'de> for TextSeed<'_> {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let value = ValueSeed { bound: self.bound, depth: 0 }.deserialize(deserializer)?;
        match value {
            ConstValue::String(text) => Ok(Some(text)),
            ConstValue::Null => Ok(None),
            _ => Err(self.bound.stop(self.wrong_type)),
        }
    }
}

/// An object or null; anything else stops with the given words.
struct ObjectSeed<'b> {
    bound: &'b Bound,
    wrong_type: &'static str,
}

impl<'de> DeserializeSeed<'de> for ObjectSeed<'_> {
    type Value = Variables;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let value = ValueSeed { bound: self.bound, depth: 0 }.deserialize(deserializer)?;
        match value {
            ConstValue::Object(_) => Ok(Variables::from_value(value)),
            ConstValue::Null => Ok(Variables::default()),
            _ => Err(self.bound.stop(self.wrong_type)),
        }
    }
}

#[derive(Clone, Copy)]
struct ValueSeed<'b> {
    bound: &'b Bound,
    depth: usize,
}

impl ValueSeed<'_> {
    fn inside<E: Error>(self) -> Result<Self, E> {
        if self.depth >= self.bound.depth_max {
            return Err(self.bound.stop(TOO_DEEP));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_> {
    type Value = ConstValue;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<ConstValue, D::Error> {
        if self.depth > 0 {
            let left = self.bound.values_left.get();
            self.bound.values_left.set(left.checked_sub(1).ok_or_else(|| self.bound.stop(TOO_MANY))?);
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_> {
    type Value = ConstValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<ConstValue, E> {
        Ok(ConstValue::Boolean(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<ConstValue, E> {
        Ok(ConstValue::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<ConstValue, E> {
        Ok(ConstValue::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<ConstValue, E> {
        let number = serde_json::Number::from_f64(value).ok_or_else(|| self.bound.stop(NOT_JSON))?;
        Ok(ConstValue::Number(number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<ConstValue, E> {
        self.visit_string(value.to_owned())
    }

    fn visit_string<E: Error>(self, value: String) -> Result<ConstValue, E> {
        self.bound.text(value).map(ConstValue::String)
    }

    fn visit_unit<E: Error>(self) -> Result<ConstValue, E> {
        Ok(ConstValue::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<ConstValue, A::Error> {
        let inside = self.inside()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(inside)? {
            list.push(item);
        }
        Ok(ConstValue::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ConstValue, A::Error> {
        let inside = self.inside()?;
        let mut object = IndexMap::new();
        while let Some(key) = map.next_key::<String>()? {
            let key = Name::new(self.bound.text::<A::Error>(key)?);
            let value = map.next_value_seed(inside)?;
            object.insert(key, value);
        }
        Ok(ConstValue::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use async_graphql_value::Name;

    use super::{Params, TOO_DEEP, TOO_MANY};
    use crate::{
        ErrorCode,
        http::{Limits, answer::Fault},
    };

    fn read(body: &str) -> Result<Params, Fault> {
        Params::from_json(body.as_bytes(), &Limits::default())
    }

    #[test]
    fn a_whole_request_is_read() {
        let params = read(
            r#" {"query":"{a}","operationName":"A","variables":{"n":[1,-2,0.5,true,null,{"x":"é"}]},"extensions":{"e":1},"other":[1]} "#,
        )
        .unwrap();
        assert_eq!((params.query.as_str(), params.operation_name), ("{a}", Some(Name::new("A"))));
        let variables = serde_json::to_string(&params.variables).unwrap();
        assert_eq!(variables, r#"{"n":[1,-2,0.5,true,null,{"x":"é"}]}"#);
    }

    #[test]
    fn null_stands_for_an_absent_parameter() {
        let params = read(r#"{"query":"{a}","operationName":null,"variables":null,"extensions":null}"#).unwrap();
        assert!(params.operation_name.is_none() && params.variables.is_empty());
    }

    #[test]
    fn everything_malformed_is_a_bad_request() {
        for body in [
            "",
            "  ",
            "{",
            "1",
            "null",
            "\"{a}\"",
            "{}",
            r#"{"query":null}"#,
            r#"{"query":"  "}"#,
            r#"{"query":1}"#,
            r#"{"query":["a"]}"#,
            r#"{"query":"{a}"} x"#,
            r#"{"query":"{a}","query":"{b}"}"#,
            r#"{"query":"{a}","operationName":1}"#,
            r#"{"query":"{a}","variables":[1]}"#,
            r#"{"query":"{a}","variables":"{}"}"#,
            r#"{"query":"{a}","extensions":true}"#,
            r#"{"query":"{a}","variables":{"n":1e400}}"#,
            r#"{"query":"{a}","variables":{"s":"\ud800"}}"#,
            r#"{"query":"{a}","variables":{"s":"\u0000"}}"#,
            r#"{"query":"{a}","variables":{"\u0000":1}}"#,
            r#"{"query":"{a\u0000}"}"#,
            "{\"query\":\"{a}\",\"operationName\":\"\\u0000\"}",
        ] {
            assert_eq!(read(body).unwrap_err().code, ErrorCode::BadRequest, "{body}");
        }
        let invalid_utf8 = [&b"{\"query\":\"{a}\",\"variables\":{\"s\":\""[..], &[0xff], b"\"}}"].concat();
        let fault = Params::from_json(&invalid_utf8, &Limits::default()).unwrap_err();
        assert_eq!(fault.code, ErrorCode::BadRequest);
    }

    #[test]
    fn an_array_of_requests_is_named_as_such() {
        assert_eq!(read(r#" [{"query":"{a}"}]"#).unwrap_err().code, ErrorCode::BatchingDisabled);
        assert_eq!(read("[").unwrap_err().code, ErrorCode::BatchingDisabled);
    }

    #[test]
    fn variables_are_bounded_in_depth_and_number_while_they_are_read() {
        let nested = |depth: usize| {
            format!(r#"{{"query":"{{a}}","variables":{{"v":{}1{}}}}}"#, "[".repeat(depth), "]".repeat(depth))
        };
        assert!(read(&nested(31)).is_ok());
        assert_eq!(read(&nested(32)).unwrap_err().message, TOO_DEEP);
        assert_eq!(read(&nested(20_000)).unwrap_err().code, ErrorCode::BadRequest);
        let many = |n: usize| format!(r#"{{"query":"{{a}}","variables":{{"v":[{}]}}}}"#, vec!["1"; n].join(","));
        assert!(read(&many(999)).is_ok());
        assert_eq!(read(&many(1_000)).unwrap_err().message, TOO_MANY);
    }

    #[test]
    fn a_query_string_is_read_alike() {
        let get = |text| Params::from_query_string(text, &Limits::default());
        let params = get("query=%7Ba%7D&operationName=&variables=%7B%22n%22%3A1%7D&cache=no").unwrap();
        assert_eq!((params.query.as_str(), params.operation_name, params.variables.len()), ("{a}", None, 1));
        for text in [
            "",
            "query=",
            "query=a&query=b",
            "query=a&variables=x",
            "query=a&variables=%5B%5D",
            "query=a&extensions=1",
            "query=%00",
        ] {
            assert_eq!(get(text).unwrap_err().code, ErrorCode::BadRequest, "{text}");
        }
    }
}
