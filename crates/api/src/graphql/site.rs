//! What the site is.

use async_graphql::{Context, Object, Result};

use super::{
    error,
    frame::Frame,
    scalar::{Language, Url},
};

/// The version of the schema: that of the server, which is what decides what the schema holds.
const SCHEMA_VERSION: &str = env!("CARGO_PKG_VERSION");

/// What the site is called, where it stands and in which languages it speaks.
pub(crate) struct Site(std::sync::Arc<masthead_app::Site>);

/// What the site is called, where it stands and in which languages it speaks.
#[Object]
impl Site {
    /// The name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Where readers find it; every `canonicalUrl` begins with this.
    async fn url(&self) -> Url {
        Url(self.0.url.to_string())
    }

    /// Its languages, the default one first.
    async fn languages(&self) -> Vec<Language> {
        self.0.languages.iter().cloned().map(Language).collect()
    }

    /// The language of what is written without saying so.
    async fn default_language(&self) -> Result<Language> {
        match self.0.languages.first() {
            Some(language) => Ok(Language(language.clone())),
            None => Err(error::internal("a site without a language")),
        }
    }

    /// The version of this schema (semantic versioning). Until 1.0.0 a minor version may break clients.
    async fn schema_version(&self) -> &'static str {
        SCHEMA_VERSION
    }
}

#[derive(Default)]
pub(crate) struct SiteQuery;

#[Object]
impl SiteQuery {
    /// The site itself.
    async fn site(&self, ctx: &Context<'_>) -> Result<Site> {
        Ok(Site(std::sync::Arc::clone(Frame::published(ctx)?.site())))
    }
}
