//! What search engines are told, as an input.

use async_graphql::InputObject;
use masthead_domain::{
    Violations, WebUrl,
    article::Seo,
    text::{Prose, Title},
};

use crate::graphql::scalar::Url;

/// What search engines and shared links are told in place of what follows from the article. It is replaced as a whole.
#[derive(InputObject)]
pub(crate) struct SeoInput {
    /// The title, at most 300 characters; the headline when absent.
    title: Option<String>,
    /// The description, at most 500 characters; the article's first words when absent.
    description: Option<String>,
    /// The absolute address of the original, when this is a copy of it; the article's own address when absent.
    canonical_url: Option<Url>,
    /// Whether search engines are to leave it out.
    #[graphql(default = false)]
    noindex: bool,
}

impl SeoInput {
    pub(super) fn parse(self) -> Result<Seo, Violations> {
        let Self { title, description, canonical_url, noindex } = self;
        let mut wrong = Violations::new();
        let seo = Seo {
            title: wrong.take("title", Title::parse_optional(title.as_deref())).flatten(),
            description: wrong.take("description", Prose::parse_optional(description.as_deref())).flatten(),
            canonical_url: canonical_url.and_then(|url| wrong.take("canonicalUrl", WebUrl::parse(&url.0))),
            noindex,
        };
        wrong.into_result(Some(seo))
    }
}
