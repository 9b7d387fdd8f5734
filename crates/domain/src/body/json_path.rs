//! Reading JSON values with their place at hand.

use serde_json_borrow::{ObjectAsVec, Value};

use super::{BodyError, BodyProblem, place::Place};

/// A JSON object whose keys are all among those known.
pub(super) struct Object<'a> {
    map: &'a ObjectAsVec<'a>,
    pub(super) place: &'a Place<'a>,
}

impl<'a> Object<'a> {
    pub(super) fn open(value: &'a Value<'a>, place: &'a Place<'a>) -> Result<Self, BodyError> {
        match value {
            Value::Object(map) => Ok(Self { map, place }),
            _ => Err(place.expected("an object")),
        }
    }

    pub(super) fn only(self, known: &[&str]) -> Result<Self, BodyError> {
        match self.map.keys().find(|key| !known.contains(key)) {
            Some(name) => Err(self.place.key(name).fault(BodyProblem::UnknownKey { name: name.to_owned() })),
            None => Ok(self),
        }
    }

    // An absent key and `null` are the same.
    pub(super) fn get(&self, key: &str) -> Option<&'a Value<'a>> {
        self.map.get(key).filter(|value| !value.is_null())
    }

    pub(super) fn need(&self, key: &'static str) -> Result<&'a Value<'a>, BodyError> {
        self.get(key).ok_or_else(|| self.place.fault(BodyProblem::Missing { name: key }))
    }

    pub(super) fn string(&self, key: &'static str) -> Result<&'a str, BodyError> {
        self.need(key)?;
        self.optional_string(key).map(Option::unwrap_or_default)
    }

    pub(super) fn optional_string(&self, key: &'static str) -> Result<Option<&'a str>, BodyError> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Str(text)) => Ok(Some(text)),
            Some(_) => Err(self.place.key(key).expected("a string")),
        }
    }

    pub(super) fn flag(&self, key: &'static str) -> Result<bool, BodyError> {
        match self.need(key)? {
            Value::Bool(flag) => Ok(*flag),
            _ => Err(self.place.key(key).expected("true or false")),
        }
    }

    pub(super) fn optional_number(&self, key: &'static str) -> Result<Option<u32>, BodyError> {
        self.get(key)
            .map(|value| {
                value
                    .as_u64()
                    .and_then(|number| u32::try_from(number).ok())
                    .ok_or_else(|| self.place.key(key).expected("a whole number of 32 bits"))
            })
            .transpose()
    }

    pub(super) fn number(&self, key: &'static str) -> Result<u32, BodyError> {
        self.need(key)?;
        self.optional_number(key).map(Option::unwrap_or_default)
    }
}

/// Reads an array, each element at its place.
pub(super) fn each<T>(
    value: &Value<'_>,
    place: &Place<'_>,
    mut read: impl FnMut(&Value<'_>, &Place<'_>) -> Result<T, BodyError>,
) -> Result<Vec<T>, BodyError> {
    let Value::Array(values) = value else {
        return Err(place.expected("an array"));
    };
    values.iter().enumerate().map(|(at, value)| read(value, &place.index(at))).collect()
}
