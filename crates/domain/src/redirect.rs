//! Redirects that the desk makes by hand: from a path of the site to another, or to an address elsewhere.
//!
//! What is kept is what the desk meant, one link each; where several links stand behind one another, readers are sent
//! along all of them at once ([`Way`]). So a link that is taken out again, or content that comes to stand in between,
//! needs no other redirect to be mended.

use std::fmt;

use url::Url;

use crate::{
    path::{self, PATH_BYTES_MAX},
    text_enum::text_enum,
    violation::{Violation, ViolationCode},
    web_url::{URL_BYTES_MAX, WebUrl},
};

/// The most redirects that may stand behind one another. Crawlers follow no more than ten.
pub const LINKS_MAX: usize = 10;

/// Only to read paths against; nothing of it is kept.
const NOWHERE: &str = "http://site.invalid";

text_enum! {
    /// The HTTP status a redirect is answered with (RFC 9110 §15.4).
    RedirectStatus {
        /// 301: for good; a client may ask again with GET.
        MovedPermanently = "MOVED_PERMANENTLY",
        /// 302: for now; a client may ask again with GET.
        Found = "FOUND",
        /// 307: for now, and asked again in the same way.
        TemporaryRedirect = "TEMPORARY_REDIRECT",
        /// 308: for good, and asked again in the same way.
        PermanentRedirect = "PERMANENT_REDIRECT",
    }
}

impl RedirectStatus {
    const fn of(is_permanent: bool, keeps_method: bool) -> Self {
        match (is_permanent, keeps_method) {
            (true, false) => Self::MovedPermanently,
            (false, false) => Self::Found,
            (false, true) => Self::TemporaryRedirect,
            (true, true) => Self::PermanentRedirect,
        }
    }

    /// The number of the status.
    #[must_use]
    pub const fn number(self) -> u16 {
        match self {
            Self::MovedPermanently => 301,
            Self::Found => 302,
            Self::TemporaryRedirect => 307,
            Self::PermanentRedirect => 308,
        }
    }

    /// The status with this number.
    #[must_use]
    pub fn from_number(number: u16) -> Option<Self> {
        Self::ALL.iter().copied().find(|status| status.number() == number)
    }

    /// Whether clients may remember it.
    #[must_use]
    pub const fn is_permanent(self) -> bool {
        matches!(self, Self::MovedPermanently | Self::PermanentRedirect)
    }

    const fn keeps_method(self) -> bool {
        matches!(self, Self::TemporaryRedirect | Self::PermanentRedirect)
    }

    /// The status of two redirects taken at once: for good only when both are, and asked again in the same way only
    /// when both want it.
    #[must_use]
    pub const fn with(self, next: Self) -> Self {
        Self::of(self.is_permanent() && next.is_permanent(), self.keeps_method() && next.keeps_method())
    }
}

/// A path of the site in the form of [`path::normalized`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SitePath(String);

impl SitePath {
    /// Checks a path that somebody wrote, percent-encoded or not.
    ///
    /// # Errors
    /// [`ViolationCode::Invalid`] when it does not begin with one `/` or has a query or a fragment, which do not count
    /// in an address of the site; [`ViolationCode::TooLong`] above [`PATH_BYTES_MAX`] bytes.
    pub fn parse(text: &str) -> Result<Self, Violation> {
        let wrong = || Violation::invalid("must be a path of the site that begins with `/`, for example /old/page");
        let address = own(text.trim()).ok_or_else(wrong)?;
        if address.query().is_some() || address.fragment().is_some() {
            return Err(Violation::invalid("must have no query and no fragment: they do not count in an address"));
        }
        Self::of(&address)
    }

    /// A path that is in this form already, as one kept before or asked for.
    #[must_use]
    pub fn from_normalized(path: String) -> Self {
        Self(path)
    }

    fn of(address: &Url) -> Result<Self, Violation> {
        let path = path::normalized(address.path()).ok_or_else(|| {
            let words = format!("must have at most {PATH_BYTES_MAX} bytes and no NUL");
            Violation::new(ViolationCode::TooLong, words)
        })?;
        Ok(Self(path))
    }

    /// The path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SitePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An address from the site's root, read as browsers do. `//host` and `/\host` lead elsewhere and are none.
fn own(text: &str) -> Option<Url> {
    if !text.starts_with('/') {
        return None;
    }
    let nowhere = Url::parse(NOWHERE).ok()?;
    nowhere.join(text).ok().filter(|address| address.origin() == nowhere.origin())
}

/// Where a redirect leads: a path of the site, with query and fragment when it has them, or an address elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Target {
    written: String,
    path: Option<SitePath>,
}

impl Target {
    /// Checks a target that somebody wrote. An absolute address of the site itself is one of its paths.
    ///
    /// # Errors
    /// [`ViolationCode::Invalid`] when it is neither a path nor an absolute `http(s)` address;
    /// [`ViolationCode::TooLong`] above [`URL_BYTES_MAX`] bytes.
    pub fn parse(text: &str, site: &WebUrl) -> Result<Self, Violation> {
        let text = text.trim();
        if let Some(address) = own(text) {
            return Self::at(&address);
        }
        let foreign = WebUrl::parse(text).map_err(|wrong| match wrong.code {
            ViolationCode::Invalid => Violation::invalid(
                "must be a path of the site that begins with `/`, or an absolute http or https address",
            ),
            _ => wrong,
        })?;
        match within(&foreign, site) {
            Some(address) => Self::at(&address),
            None => Ok(Self { written: foreign.as_str().to_owned(), path: None }),
        }
    }

    fn at(address: &Url) -> Result<Self, Violation> {
        let path = SitePath::of(address)?;
        let mut written = path::written(path.as_str());
        for (mark, part) in [('?', address.query()), ('#', address.fragment())] {
            if let Some(part) = part {
                written.push(mark);
                written.push_str(part);
            }
        }
        if written.len() > URL_BYTES_MAX {
            return Err(Violation::new(ViolationCode::TooLong, format!("must have at most {URL_BYTES_MAX} bytes")));
        }
        Ok(Self { written, path: Some(path) })
    }

    /// A target as kept: as it is written, and its path when it is one of the site's.
    #[must_use]
    pub fn kept(written: String, path: Option<String>) -> Self {
        Self { written, path: path.map(SitePath) }
    }

    /// The target as it stands in an answer: percent-encoded, from the site's root or absolute.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// The path of the site, when it is one.
    #[must_use]
    pub fn path(&self) -> Option<&SitePath> {
        self.path.as_ref()
    }

    /// The fragment, with its `#`.
    fn fragment(&self) -> Option<&str> {
        self.written.find('#').and_then(|place| self.written.get(place..))
    }

    /// Where one gets who goes on from here to another target: the fragment comes along unless the other has one of its
    /// own (RFC 9110 §10.2.2), the query does not.
    #[must_use]
    pub fn then(&self, next: &Self) -> Self {
        let mut written = next.written.clone();
        if let (Some(fragment), None) = (self.fragment(), next.fragment()) {
            written.push_str(fragment);
        }
        Self { written, path: next.path.clone() }
    }
}

/// The address from the site's root, when an absolute one is the site's own, by whichever of the two schemes.
fn within(address: &WebUrl, site: &WebUrl) -> Option<Url> {
    let (address, site) = (Url::parse(address.as_str()).ok()?, Url::parse(site.as_str()).ok()?);
    if address.host_str() != site.host_str() || address.port() != site.port() {
        return None;
    }
    let rest = address.path().strip_prefix(site.path().trim_end_matches('/'))?;
    if !rest.is_empty() && !rest.starts_with('/') {
        return None;
    }
    // Set as a path, since a path such as `//elsewhere` would be read as a host.
    let mut own = Url::parse(NOWHERE).ok()?;
    own.set_path(rest);
    own.set_query(address.query());
    own.set_fragment(address.fragment());
    Some(own)
}

/// What the desk writes in a redirect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedirectContent {
    /// From where.
    pub path: SitePath,
    /// Where to.
    pub target: Target,
    /// With which status.
    pub status: RedirectStatus,
}

/// Why redirects lead nowhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Astray {
    /// They come back to where they were: the paths in order, the first again at the end.
    #[error("these redirects would go round in a circle: {}", steps(.0))]
    Loop(Vec<SitePath>),
    /// More than [`LINKS_MAX`] stand behind one another.
    #[error("more than {LINKS_MAX} redirects would stand behind one another; aim at the last of them")]
    TooLong,
}

fn steps(paths: &[SitePath]) -> String {
    paths.iter().map(SitePath::as_str).collect::<Vec<_>>().join(" → ")
}

/// The way along redirects that stand behind one another: where one has been, where one gets, and with which status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    passed: Vec<SitePath>,
    target: Target,
    status: RedirectStatus,
}

impl Way {
    /// The way along one redirect.
    ///
    /// # Errors
    /// [`Astray::Loop`] when it leads to itself.
    pub fn begin(redirect: RedirectContent) -> Result<Self, Astray> {
        let RedirectContent { path, target, status } = redirect;
        Self { passed: vec![path], target, status }.checked()
    }

    /// The way along one redirect more, which begins where this one ends.
    ///
    /// # Errors
    /// [`Astray`] when it comes back to where it was, or grows too long.
    pub fn onward(self, redirect: RedirectContent) -> Result<Self, Astray> {
        let Self { mut passed, target, status } = self;
        let next = target.then(&redirect.target);
        passed.push(redirect.path);
        Self { passed, target: next, status: status.with(redirect.status) }.checked()
    }

    fn checked(self) -> Result<Self, Astray> {
        if let Some(at) = self.at()
            && let Some(place) = self.passed.iter().position(|passed| passed == at)
        {
            return Err(Astray::Loop(self.passed.iter().skip(place).chain([at]).cloned().collect()));
        }
        if self.passed.len() > LINKS_MAX { Err(Astray::TooLong) } else { Ok(self) }
    }

    /// The path of the site where it ends, unless it leads elsewhere.
    #[must_use]
    pub fn at(&self) -> Option<&SitePath> {
        self.target.path()
    }

    /// How many redirects it goes along.
    #[must_use]
    pub fn links(&self) -> usize {
        self.passed.len()
    }

    /// Where it ends.
    #[must_use]
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// The status of all its redirects taken at once.
    #[must_use]
    pub fn status(&self) -> RedirectStatus {
        self.status
    }
}

#[cfg(test)]
#[path = "redirect_tests.rs"]
mod tests;
