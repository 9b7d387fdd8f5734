//! The attributes of one tag, found strictly: a name, `=`, a quoted value without `<`, white space between two.

use super::chars::is_qualified_name;

/// Where the fault is, in bytes from the start of the attributes, and what it is.
type Fault = (usize, String);

/// Walks over the raw text between the name of a tag and its end.
pub(super) struct Attributes<'a> {
    raw: &'a str,
    at: usize,
    failed: bool,
}

impl<'a> Attributes<'a> {
    pub(super) fn of(raw: &'a str) -> Self {
        Self { raw, at: 0, failed: false }
    }

    fn rest(&self) -> &'a str {
        self.raw.get(self.at..).unwrap_or_default()
    }

    fn skip_space(&mut self) -> bool {
        let rest = self.rest();
        let trimmed = rest.trim_start_matches(|c: char| c.is_ascii_whitespace());
        self.at += rest.len() - trimmed.len();
        trimmed.len() < rest.len()
    }

    fn one(&mut self) -> Result<(usize, &'a str, &'a str), Fault> {
        let start = self.at;
        let rest = self.rest();
        let end = rest.find(|c: char| c == '=' || c.is_ascii_whitespace()).unwrap_or(rest.len());
        let name = rest.get(..end).unwrap_or_default();
        if !is_qualified_name(name) {
            let shown: String = name.chars().take(40).collect();
            return Err((start, format!("`{shown}` is no name for an attribute")));
        }
        self.at += end;
        self.skip_space();
        if !self.rest().starts_with('=') {
            return Err((start, format!("the attribute `{name}` has no value; write `{name}=\"…\"`")));
        }
        self.at += 1;
        self.skip_space();
        let rest = self.rest();
        let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
            return Err((self.at, format!("the value of the attribute `{name}` is not in quotes")));
        };
        let inside = rest.get(1..).unwrap_or_default();
        let Some((value, _)) = inside.split_once(quote) else {
            return Err((self.at, format!("the value of the attribute `{name}` is never closed")));
        };
        if let Some(found) = value.find('<') {
            return Err((self.at + 1 + found, format!("`<` in the value of the attribute `{name}`; write `&lt;`")));
        }
        self.at += value.len() + 2;
        Ok((start, name, value))
    }
}

impl<'a> Iterator for Attributes<'a> {
    type Item = Result<(usize, &'a str, &'a str), Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        let spaced = self.skip_space();
        if self.failed || self.rest().is_empty() {
            return None;
        }
        let result =
            if spaced { self.one() } else { Err((self.at, "white space is missing before an attribute".to_owned())) };
        self.failed = result.is_err();
        Some(result)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(raw: &str) -> Result<Vec<(&str, &str)>, Fault> {
        Attributes::of(raw).map(|one| one.map(|(_, name, value)| (name, value))).collect()
    }

    #[test]
    fn attributes_are_read_with_either_quote_and_any_space() {
        assert_eq!(all(" a=\"1\"\n b = '2'  ").unwrap(), [("a", "1"), ("b", "2")]);
        assert_eq!(all("").unwrap(), []);
    }

    #[test]
    fn a_broken_attribute_is_a_fault_with_its_place() {
        assert_eq!(all(" a").unwrap_err().0, 1);
        assert_eq!(all(" a=1").unwrap_err().0, 3);
        assert_eq!(all(" a=\"1").unwrap_err().0, 3);
        assert_eq!(all(" a=\"1\"b=\"2\"").unwrap_err().0, 6);
        assert_eq!(all(" a=\"x<y\"").unwrap_err().0, 5);
        assert_eq!(all(" 1=\"x\"").unwrap_err().0, 1);
    }
}
