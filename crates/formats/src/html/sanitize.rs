//! Markup made safe: for raw blocks, biographies and readers' comments.
//!
//! The text is read into our own tree, written anew with the allowed elements and attributes only, and then sent through
//! ammonia, which knows the tricks of parsers better than anybody who would write this again.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use ammonia::{Builder, UrlRelative};
use masthead_domain::body::{Href, ResourceUrl, SanitizedHtml};

use super::{
    build,
    note::Notes,
    serialize::{self, Allowed, COMMENT, RAW},
};

/// Makes markup safe, keeping the elements of prose: text, headings, lists, quotes, tables, pictures and links. No
/// styles, classes, ids, scripts, frames or forms stay. Links lead where a body's may; those to other sites say `noopener noreferrer`.
///
/// What comes out is at most 2 MiB; more is cut off. Making it safe again changes nothing.
pub fn sanitize(html: &str) -> SanitizedHtml {
    raw(&rewritten(html, &RAW))
}

/// Makes a reader's comment safe: paragraphs, line breaks, emphasis, code, quotes, lists, and links that search engines
/// do not count (`nofollow ugc`).
pub fn sanitize_comment(html: &str) -> SanitizedHtml {
    static POLICY: LazyLock<Builder<'static>> = LazyLock::new(|| policy(&COMMENT, "nofollow ugc"));
    SanitizedHtml::trusted_from_sanitizer(POLICY.clean(&rewritten(html, &COMMENT)).to_string())
}

/// As [`sanitize`], for what was written by [`serialize`] already.
pub(super) fn raw(html: &str) -> SanitizedHtml {
    static POLICY: LazyLock<Builder<'static>> = LazyLock::new(|| policy(&RAW, "noopener noreferrer"));
    SanitizedHtml::trusted_from_sanitizer(POLICY.clean(html).to_string())
}

fn rewritten(html: &str, allowed: &Allowed) -> String {
    serialize::nodes(&build::tree(html, &mut Notes::default()), allowed)
}

fn policy(allowed: &Allowed, rel: &'static str) -> Builder<'static> {
    let mut builder = Builder::empty();
    builder
        .tags(allowed.elements.iter().copied().collect())
        .clean_content_tags(HashSet::from(["script", "style"]))
        .tag_attributes(HashMap::new())
        .generic_attributes(allowed.attributes.iter().copied().collect())
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel"]))
        .url_relative(UrlRelative::PassThrough)
        .link_rel(Some(rel))
        .strip_comments(true)
        .attribute_filter(|_element, name, value| match name {
            "href" | "cite" => Href::parse(value).map(|href| Cow::Owned(href.to_string())),
            "src" => ResourceUrl::parse(value).map(|url| Cow::Owned(url.to_string())),
            _ => Some(Cow::Borrowed(value)),
        });
    builder
}

#[cfg(test)]
#[path = "sanitize_tests.rs"]
mod tests;
