//! Absolute web addresses (`http` and `https` only), in the form of the WHATWG URL standard.

use std::fmt;

use crate::violation::{Violation, ViolationCode};

/// The longest address we keep, in bytes; browsers and sitemaps stop near it.
pub const URL_BYTES_MAX: usize = 2_048;

/// A normalised absolute `http(s)` address without user name and password.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WebUrl(String);

impl WebUrl {
    /// Checks and normalises an address.
    ///
    /// # Errors
    /// [`ViolationCode::Invalid`] when it is not absolute, not `http(s)`, has no host or carries credentials;
    /// [`ViolationCode::TooLong`] above [`URL_BYTES_MAX`] bytes.
    pub fn parse(text: &str) -> Result<Self, Violation> {
        let wrong =
            || Violation::invalid("must be an absolute http or https address, for example https://example.org/page");
        let address = url::Url::parse(text.trim()).map_err(|_| wrong())?;
        if !matches!(address.scheme(), "http" | "https") || address.host_str().is_none_or(str::is_empty) {
            return Err(wrong());
        }
        if !address.username().is_empty() || address.password().is_some() {
            return Err(Violation::invalid("must not carry a user name or password"));
        }
        let text = String::from(address);
        if text.len() > URL_BYTES_MAX {
            return Err(Violation::new(ViolationCode::TooLong, format!("must have at most {URL_BYTES_MAX} bytes")));
        }
        Ok(Self(text))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form two addresses of one page share: no fragment, no tracking parameters, no `www.`, `https`, no slash at
    /// the end. Used to recognise a source that is already kept; never shown.
    #[must_use]
    pub fn identity(&self) -> String {
        const TRACKING: &[&str] = &["fbclid", "gclid", "igshid", "mc_cid", "mc_eid", "msclkid", "yclid"];
        let Ok(mut address) = url::Url::parse(&self.0) else { return self.0.clone() };
        address.set_fragment(None);
        let kept: Vec<(String, String)> = address
            .query_pairs()
            .filter(|(name, _)| !name.starts_with("utm_") && !TRACKING.contains(&name.as_ref()))
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        if kept.is_empty() {
            address.set_query(None);
        } else {
            address.query_pairs_mut().clear().extend_pairs(kept);
        }
        let host = address.host_str().unwrap_or_default().trim_start_matches("www.").to_owned();
        let port = address.port().map(|port| format!(":{port}")).unwrap_or_default();
        let query = address.query().map(|query| format!("?{query}")).unwrap_or_default();
        format!("https://{host}{port}{}{query}", address.path().trim_end_matches('/'))
    }
}

impl fmt::Display for WebUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_absolute_web_addresses_pass() {
        assert_eq!(WebUrl::parse("HTTPS://Example.org/é").unwrap().as_str(), "https://example.org/%C3%A9");
        for bad in [
            "",
            "/page",
            "javascript:alert(1)",
            "ftp://example.org",
            "https://",
            "https://me:pw@example.org/",
            "mailto:a@b.c",
        ] {
            assert!(WebUrl::parse(bad).is_err(), "{bad}");
        }
        assert!(WebUrl::parse(&format!("https://example.org/{}", "a".repeat(2_048))).is_err());
    }

    #[test]
    fn one_page_has_one_identity() {
        let identity = |text: &str| WebUrl::parse(text).unwrap().identity();
        assert_eq!(identity("http://www.example.org/a/?utm_source=x&id=2#top"), identity("https://example.org/a?id=2"));
        assert_ne!(identity("https://example.org/a?id=1"), identity("https://example.org/a?id=2"));
    }
}
