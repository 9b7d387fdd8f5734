//! What search engines and shared links are told of an article.

use std::sync::Arc;

use async_graphql::{Context, List, Object, Result, SimpleObject};
use masthead_domain::body::shortened;
use masthead_store::article::Article;

use super::ArticleNode;
use crate::graphql::{
    error,
    guard::{hand, hand_all},
    media::ImageNode,
    scalar::{Language, Url},
};

/// The most characters of a description that is made of the article's first words: what result pages show.
const DESCRIPTION_CHARS: usize = 160;

/// An article's own words for search engines, or what follows from the article.
pub(crate) struct ArticleSeo {
    node: ArticleNode,
    article: Arc<Article>,
}

/// The same story in a language: a `<link rel="alternate" hreflang="…">`.
#[derive(SimpleObject)]
pub(crate) struct AlternateLink {
    /// The language, for `hreflang`.
    language: Language,
    /// The absolute address.
    url: Url,
}

impl ArticleSeo {
    pub(super) async fn of(node: &ArticleNode) -> Result<Self> {
        Ok(Self { node: node.clone(), article: node.whole().await? })
    }

    /// The editions that search engines are to find: those that the caller may see, unless one of them is kept away
    /// from search engines or has its original elsewhere.
    async fn editions(&self) -> Result<Vec<ArticleNode>> {
        if !self.article.seo.is_indexed() {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        for edition in self.node.load_editions().await? {
            if edition.whole().await?.seo.is_indexed() {
                found.push(edition);
            }
        }
        Ok(found)
    }
}

fn address(edition: &ArticleNode) -> Url {
    Url(edition.frame.site().absolute(&edition.front.path()))
}

/// What the head of the article's page tells search engines and whoever shares a link.
#[Object(name = "Seo")]
impl ArticleSeo {
    /// The title: that of the desk, else the headline.
    async fn title(&self) -> &str {
        self.article.seo.title.as_ref().map_or(&self.article.headline, |title| title.as_str())
    }

    /// The description: that of the desk, else the article's first words, at most 160 characters. Null when it has none.
    async fn description(&self) -> Option<String> {
        let own = self.article.seo.description.as_ref().map(ToString::to_string);
        own.or_else(|| Some(shortened(&self.article.opening, DESCRIPTION_CHARS)).filter(|words| !words.is_empty()))
    }

    /// The address of the original: the article's own, unless the desk named another.
    async fn canonical_url(&self) -> Url {
        match &self.article.seo.canonical_url {
            Some(original) => Url(original.to_string()),
            None => address(&self.node),
        }
    }

    /// Whether search engines are to leave it out: `<meta name="robots" content="noindex">`.
    async fn noindex(&self) -> bool {
        self.article.seo.noindex
    }

    /// All language editions of the story that the caller may see and search engines are to find, this one included, by
    /// language. Each of them lists the same. Empty when this one is not to be found, or has its original elsewhere.
    async fn alternates(&self, ctx: &Context<'_>) -> Result<List<AlternateLink>> {
        let mut links = Vec::new();
        for edition in self.editions().await? {
            let language = edition.front.language.parse().map(Language);
            let language = language.map_err(|_| error::internal("an article without a language"))?;
            links.push(AlternateLink { language, url: address(&edition) });
        }
        hand_all(ctx, links).await
    }

    /// Where readers go whose language has no edition (`hreflang="x-default"`): the edition in the site's first language,
    /// when it is one of several `alternates`.
    async fn x_default(&self) -> Result<Option<Url>> {
        let editions = self.editions().await?;
        if editions.len() < 2 {
            return Ok(None);
        }
        let first = self.node.frame.site().languages.first();
        let is_first = |edition: &&ArticleNode| first.is_some_and(|first| edition.front.language == first.as_str());
        Ok(editions.iter().find(is_first).map(address))
    }

    /// The picture for shared links: the lead image.
    async fn open_graph_image(&self, ctx: &Context<'_>) -> Result<Option<ImageNode>> {
        let gallery = self.node.load_gallery().await?;
        hand(ctx, gallery.into_iter().find_map(|usage| usage.record().image())).await
    }
}
