//! Addresses that are safe to write into a page.

use std::fmt;

use url::Url;

use super::{clean::is_forbidden_char, limits::URL_BYTES_MAX};

/// Where a link may lead: `http`, `https`, `mailto`, `tel`, a path from the root (`/…`) or an anchor (`#…`).
///
/// Anything else (`javascript:`, `data:`, `vbscript:`, with whatever disguise) is not an `Href`. A link
/// without scheme that is not rooted depends on the page it stands on, so it is refused too; whoever
/// knows that page resolves it first.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Href(String);

impl Href {
    /// Takes an address, or nothing when it is unsafe, malformed or longer than
    /// [`URL_BYTES_MAX`](super::limits::URL_BYTES_MAX).
    pub fn parse(address: &str) -> Option<Self> {
        let address = bare(address);
        if address.is_empty() || address.len() > URL_BYTES_MAX {
            return None;
        }
        if address.starts_with('#') || is_rooted(&address) {
            return Self::of(escape_unsafe(&address));
        }
        if address.starts_with("//") {
            return Self::of(web(&format!("https:{address}"))?);
        }
        let (scheme, rest) = address.split_once(':')?;
        match scheme.to_ascii_lowercase().as_str() {
            "http" | "https" => Self::of(web(&address)?),
            "mailto" if rest.contains('@') => Self::of(format!("mailto:{}", escape_unsafe(rest.trim()))),
            "tel" => Self::of(format!("tel:{}", phone(rest)?)),
            _ => None,
        }
    }

    // Escaping makes an address longer, so the limit is looked at once more.
    fn of(address: String) -> Option<Self> {
        (address.len() <= URL_BYTES_MAX).then_some(Self(address))
    }

    /// The address as it is written out.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it stands for itself, without the page or site it is on.
    pub fn is_absolute(&self) -> bool {
        !self.0.starts_with(['/', '#'])
    }

    /// The address with a path from the root made absolute; anchors and absolute ones stay.
    pub fn resolve(&self, base: Option<&Url>) -> String {
        match base {
            Some(base) if self.0.starts_with('/') => base.join(&self.0).map_or_else(|_| self.0.clone(), String::from),
            _ => self.0.clone(),
        }
    }
}

impl fmt::Display for Href {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// Where a picture or a player may be fetched: `http`, `https`, or a path from the root.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceUrl(Href);

impl ResourceUrl {
    /// Takes an address, or nothing when it is not one of these.
    pub fn parse(address: &str) -> Option<Self> {
        let href = Href::parse(address)?;
        let fits = href.0.starts_with('/') || href.0.starts_with("http");
        fits.then_some(Self(href))
    }

    /// Takes an address that must be absolute, as an embed's must.
    pub fn parse_absolute(address: &str) -> Option<Self> {
        Self::parse(address).filter(|url| url.0.is_absolute())
    }

    /// The address as it is written out.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The address made absolute, as [`Href::resolve`].
    pub fn resolve(&self, base: Option<&Url>) -> String {
        self.0.resolve(base)
    }
}

impl fmt::Display for ResourceUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

// Browsers drop tabs and line ends anywhere in an address and trim spaces, so `java\nscript:` is
// `javascript:` to them; we look at what they would look at.
fn bare(address: &str) -> String {
    let kept: String =
        address.chars().filter(|&c| !is_forbidden_char(c) && !matches!(c, '\t' | '\n' | '\r' | '\u{c}')).collect();
    kept.trim().to_owned()
}

// `//host` and `/\host` lead to another site.
fn is_rooted(address: &str) -> bool {
    address.starts_with('/') && !address.starts_with("//") && !address.starts_with("/\\")
}

// An address that is already plain is kept as its author wrote it; the parser's own spelling is used
// only where the given one would not survive a page.
fn web(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    if !url.has_host() {
        return None;
    }
    let lower = address.to_ascii_lowercase();
    let usual = lower.starts_with("http://") || lower.starts_with("https://");
    let third = address.split('/').nth(2).unwrap_or_default();
    if usual && !third.is_empty() && !address.contains(is_unsafe) {
        let (scheme, rest) = address.split_once(':')?;
        return Some(format!("{}:{rest}", scheme.to_ascii_lowercase()));
    }
    Some(escape_unsafe(url.as_str()))
}

fn phone(number: &str) -> Option<String> {
    let number: String = number.chars().filter(|c| !c.is_whitespace()).collect();
    let fits = number.chars().any(|c| c.is_ascii_digit()) && number.bytes().all(|b| b.is_ascii_graphic());
    fits.then(|| escape_unsafe(&number))
}

fn is_unsafe(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '\\' | '`' | '{' | '}' | '|' | '^')
}

fn escape_unsafe(address: &str) -> String {
    let mut escaped = String::with_capacity(address.len());
    let mut buffer = [0; 4];
    for c in address.chars() {
        if is_unsafe(c) {
            for byte in c.encode_utf8(&mut buffer).bytes() {
                escaped.push_str(&format!("%{byte:02X}"));
            }
        } else {
            escaped.push(c);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn href(address: &str) -> Option<String> {
        Href::parse(address).map(|href| href.to_string())
    }

    #[test]
    fn a_safe_address_is_kept_as_written() {
        for address in [
            "https://example.com",
            "http://example.com/a?b=c&d=é#e",
            "mailto:redaksyon@example.ht",
            "tel:+509-2222-3333",
            "/politique/article",
            "/",
            "#ref-1",
            "https://www.example.com/wiki/Foo_(bar)",
        ] {
            assert_eq!(href(address).as_deref(), Some(address));
        }
    }

    #[test]
    fn a_script_address_is_refused_in_every_disguise() {
        for address in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            " \u{1}javascript:alert(1)",
            "java\tscript:alert(1)",
            "java\r\nscript:alert(1)",
            "javascript\u{0}:alert(1)",
            "javascript&colon;alert(1)",
            "&#106;avascript:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            "vbscript:msgbox(1)",
            "blob:https://example.com/x",
            "file:///etc/passwd",
            "view-source:https://example.com",
            "page.html",
            "../up",
            "?q=1",
            "http://",
            "https:///",
            "mailto:nobody",
            "tel:call me",
            "",
            "   ",
        ] {
            assert_eq!(href(address), None, "{address:?}");
        }
    }

    #[test]
    fn an_address_that_would_break_a_page_is_respelt() {
        assert_eq!(href("https://example.com/a b\"c").as_deref(), Some("https://example.com/a%20b%22c"));
        assert_eq!(href("/a'b c").as_deref(), Some("/a%27b%20c"));
        assert_eq!(href("//cdn.example.com/x").as_deref(), Some("https://cdn.example.com/x"));
        assert_eq!(href("HTTPS://example.com/x").as_deref(), Some("https://example.com/x"));
        assert_eq!(href("http:example.com/x").as_deref(), Some("http://example.com/x"));
        assert_eq!(href("tel: +509 22 22").as_deref(), Some("tel:+5092222"));
    }

    #[test]
    fn a_backslash_never_leads_to_another_site() {
        assert_eq!(href("/\\evil.example"), None);
        assert_eq!(href("/a\\b").as_deref(), Some("/a%5Cb"));
    }

    #[test]
    fn parsing_what_was_parsed_changes_nothing() {
        for address in ["https://e.com/a b\"c|d", "//x.com/é", "/a'b", "http:e.com", "https://e.com/'"] {
            let once = href(address).expect("safe");
            assert_eq!(href(&once).as_deref(), Some(once.as_str()));
        }
    }

    #[test]
    fn a_resource_is_on_the_web_or_on_this_site() {
        assert!(ResourceUrl::parse("/uploads/a.jpg").is_some());
        assert!(ResourceUrl::parse("https://example.com/a.jpg").is_some());
        assert!(ResourceUrl::parse("mailto:a@example.com").is_none());
        assert!(ResourceUrl::parse("#a").is_none());
        assert!(ResourceUrl::parse_absolute("/a").is_none());
    }

    #[test]
    fn a_base_makes_rooted_links_absolute_only() {
        let base = Url::parse("https://news.example/fr/").expect("base");
        let resolve = |a: &str| Href::parse(a).expect("safe").resolve(Some(&base));
        assert_eq!(resolve("/a/b"), "https://news.example/a/b");
        assert_eq!(resolve("#x"), "#x");
        assert_eq!(resolve("https://other.example"), "https://other.example");
    }
}
