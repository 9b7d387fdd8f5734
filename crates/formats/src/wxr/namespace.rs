//! Namespaces by address, whatever the prefix (Namespaces in XML 1.0), for any version of the export format.

use std::collections::BTreeSet;

/// The vocabulary an element belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    /// No namespace: the RSS elements themselves.
    Rss,
    /// `http://wordpress.org/export/1.x/`.
    Wp,
    /// `http://wordpress.org/export/1.x/excerpt/`.
    Excerpt,
    /// The RSS content module.
    Content,
    /// Dublin Core.
    Dc,
    /// Anything else: read for well-formedness, then ignored.
    Other,
}

impl Space {
    fn of(address: &str) -> Self {
        match address {
            "" => Self::Rss,
            "http://purl.org/rss/1.0/modules/content/" => Self::Content,
            "http://purl.org/dc/elements/1.1/" => Self::Dc,
            _ => Self::of_export(address).unwrap_or(Self::Other),
        }
    }

    fn of_export(address: &str) -> Option<Self> {
        let rest = address.strip_prefix("http://").or_else(|| address.strip_prefix("https://"))?;
        let (version, tail) = rest.strip_prefix("wordpress.org/export/")?.split_once('/')?;
        let is_version = !version.is_empty() && version.chars().all(|c| c.is_ascii_digit() || c == '.');
        match tail {
            "" if is_version => Some(Self::Wp),
            "excerpt/" if is_version => Some(Self::Excerpt),
            _ => None,
        }
    }

    /// What an export means by a prefix that it forgot to declare.
    fn usual(prefix: &str) -> Option<Self> {
        match prefix {
            "wp" => Some(Self::Wp),
            "excerpt" => Some(Self::Excerpt),
            "content" => Some(Self::Content),
            "dc" => Some(Self::Dc),
            "wfw" | "itunes" | "sy" | "atom" | "media" | "slash" | "georss" | "geo" => Some(Self::Other),
            _ => None,
        }
    }
}

struct Binding {
    depth: usize,
    prefix: String,
    space: Space,
}

/// The bindings in force, innermost last.
#[derive(Default)]
pub(super) struct Scopes {
    bindings: Vec<Binding>,
    /// Usual prefixes that were used without a declaration.
    pub(super) not_declared: BTreeSet<String>,
    /// Usual prefixes that are bound to another address: `prefix address`.
    pub(super) foreign: BTreeSet<String>,
}

impl Scopes {
    /// Binds a prefix (the empty one is the default namespace) for the element at `depth`.
    ///
    /// # Errors
    /// Words for the fault, when the declaration breaks the rules of namespaces.
    pub(super) fn bind(&mut self, depth: usize, prefix: &str, address: &str) -> Result<(), String> {
        let reserved = matches!(prefix, "xmlns")
            || (prefix == "xml") != (address == "http://www.w3.org/XML/1998/namespace")
            || address == "http://www.w3.org/2000/xmlns/";
        if reserved {
            return Err(format!("the prefix `{prefix}` cannot be bound to `{address}`"));
        }
        if address.is_empty() && !prefix.is_empty() {
            return Err(format!(
                "the prefix `{prefix}` is bound to an empty address; write the address of its namespace"
            ));
        }
        let space = Space::of(address);
        let means = Space::usual(prefix).filter(|usual| *usual != Space::Other);
        if means.is_some_and(|usual| usual != space) && self.foreign.len() < 16 {
            self.foreign.insert(format!("{prefix} {address}"));
        }
        self.bindings.push(Binding { depth, prefix: prefix.to_owned(), space });
        Ok(())
    }

    /// Forgets what was bound by elements at `depth` or deeper.
    pub(super) fn leave(&mut self, depth: usize) {
        while self.bindings.last().is_some_and(|binding| binding.depth >= depth) {
            self.bindings.pop();
        }
    }

    /// The vocabulary of a qualified name.
    ///
    /// # Errors
    /// The prefix, when it is not declared and not one of the usual ones.
    pub(super) fn space<'n>(&mut self, name: &'n str) -> Result<(Space, &'n str), &'n str> {
        let Some((prefix, local)) = name.split_once(':') else {
            return Ok((self.bound("").unwrap_or(Space::Rss), name));
        };
        if prefix == "xml" {
            return Ok((Space::Other, local));
        }
        if let Some(space) = self.bound(prefix) {
            return Ok((space, local));
        }
        let space = Space::usual(prefix).ok_or(prefix)?;
        self.not_declared.insert(prefix.to_owned());
        Ok((space, local))
    }

    fn bound(&self, prefix: &str) -> Option<Space> {
        self.bindings.iter().rev().find(|binding| binding.prefix == prefix).map(|binding| binding.space)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_version_of_the_export_namespace_is_the_export_namespace() {
        for version in ["1.0", "1.1", "1.2", "2.0"] {
            assert_eq!(Space::of(&format!("http://wordpress.org/export/{version}/")), Space::Wp);
            assert_eq!(Space::of(&format!("https://wordpress.org/export/{version}/excerpt/")), Space::Excerpt);
        }
        for other in
            ["http://wordpress.org/export//", "http://wordpress.org/export/1.2", "http://example.org/export/1.2/"]
        {
            assert_eq!(Space::of(other), Space::Other);
        }
    }

    #[test]
    fn a_usual_prefix_bound_elsewhere_is_not_the_usual_vocabulary() {
        let mut scopes = Scopes::default();
        scopes.bind(1, "wp", "http://example.org/other/").unwrap();
        assert_eq!(scopes.space("wp:post_id"), Ok((Space::Other, "post_id")));
        assert_eq!(scopes.foreign.len(), 1);
        scopes.leave(1);
        assert_eq!(scopes.space("wp:post_id"), Ok((Space::Wp, "post_id")));
        assert!(scopes.not_declared.contains("wp"));
        assert_eq!(scopes.space("acme:thing"), Err("acme"));
    }
}
