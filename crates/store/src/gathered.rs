//! What is read for all requests that wait for it at the same time. Most of it stands with articles and depends on nothing
//! but them: who may see them was decided before.

use std::{fmt, sync::Arc};

use foldhash::HashMap;
use masthead_domain::{AnyId, ArticleId, CategoryId, Localizations};

use crate::{
    article::{self, Address, CreditRecord, Found},
    category::{self, Category, Filed, Section, Subtrees},
    contact::{self, Contact},
    database::{Database, Engine},
    error::StoreResult,
    gather::Gather,
    localization,
    media::{self, Usage},
    reference::{self, Reference},
    tag::{self, Tag},
};

/// Lists of things that belong to articles. Articles without any are left out; others than those asked for may be in.
pub type Lists<T> = Arc<HashMap<ArticleId, Vec<T>>>;

type ListsOf<T> = Gather<ArticleId, HashMap<ArticleId, Vec<T>>>;

pub(crate) struct Gathered {
    credits: ListsOf<CreditRecord>,
    categories: ListsOf<Arc<Category>>,
    branches: Gather<ArticleId, Filed>,
    tags: ListsOf<Arc<Tag>>,
    galleries: ListsOf<Arc<Usage>>,
    references: ListsOf<Arc<Reference>>,
    contacts: ListsOf<Arc<Contact>>,
    pages: Gather<Address, HashMap<Address, Found>>,
    named: Gather<String, HashMap<String, Arc<Category>>>,
    sections: Gather<String, HashMap<String, Section>>,
    subtrees: Gather<CategoryId, Subtrees>,
    localizations: Gather<AnyId, HashMap<AnyId, Arc<Localizations>>>,
}

impl Gathered {
    pub(crate) fn of(engine: Engine) -> Self {
        Self {
            credits: Gather::of(engine),
            categories: Gather::of(engine),
            branches: Gather::of(engine),
            tags: Gather::of(engine),
            galleries: Gather::of(engine),
            references: Gather::of(engine),
            contacts: Gather::of(engine),
            pages: Gather::of(engine),
            named: Gather::of(engine),
            sections: Gather::of(engine),
            subtrees: Gather::of(engine),
            localizations: Gather::of(engine),
        }
    }
}

impl fmt::Debug for Gathered {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Gathered").finish_non_exhaustive()
    }
}

/// A method of the database that reads one relation.
macro_rules! gathered {
    ($($(#[$doc:meta])* $name:ident: $found:ty = $load:path;)+) => {
        impl Database {
            $(
                $(#[$doc])*
                ///
                /// # Errors
                /// [`crate::StoreError`] when it cannot be read.
                pub async fn $name(&self, articles: &[ArticleId]) -> StoreResult<$found> {
                    let load = async |ids: Vec<ArticleId>| $load(self, &ids).await;
                    self.gathered.$name.read(articles, load).await
                }
            )+
        }
    };
}

gathered! {
    /// The credits of articles, as [`article::credits`] gives them.
    credits: Lists<CreditRecord> = article::credits;
    /// The categories of articles, as [`category::of_articles`] gives them.
    categories: Lists<Arc<Category>> = category::of_articles;
    /// The categories of articles and those above, as [`category::of_articles_with_ancestors`] gives them.
    branches: Arc<Filed> = category::of_articles_with_ancestors;
    /// The tags of articles, as [`tag::of_articles`] gives them.
    tags: Lists<Arc<Tag>> = tag::of_articles;
    /// The galleries of articles, as [`media::of_articles`] gives them.
    galleries: Lists<Arc<Usage>> = media::of_articles;
    /// The references of articles, as [`reference::of_articles`] gives them.
    references: Lists<Arc<Reference>> = reference::of_articles;
    /// The contacts under articles, as [`contact::of_articles`] gives them.
    contacts: Lists<Arc<Contact>> = contact::of_articles;
}

impl Database {
    /// The article that readers find at an address, as [`article::by_addresses`] gives it.
    ///
    /// # Errors
    /// [`crate::StoreError`] when it cannot be read.
    pub async fn page(&self, address: Address) -> StoreResult<Option<Found>> {
        let load = async |addresses: Vec<Address>| article::by_addresses(self, &addresses).await;
        let pages = self.gathered.pages.read(std::slice::from_ref(&address), load).await?;
        Ok(pages.get(&address).cloned())
    }

    /// The category with a slug, as [`category::by_slugs`] gives it.
    ///
    /// # Errors
    /// [`crate::StoreError`] when it cannot be read.
    pub async fn category(&self, slug: &str) -> StoreResult<Option<Arc<Category>>> {
        let load = async |slugs: Vec<String>| category::by_slugs(self, &slugs).await;
        let found = self.gathered.named.read(&[slug.to_owned()], load).await?;
        Ok(found.get(slug).cloned())
    }

    /// The category with a slug and its subtree, as [`category::sections`] gives them.
    ///
    /// # Errors
    /// [`crate::StoreError`] when they cannot be read.
    pub async fn section(&self, slug: &str) -> StoreResult<Option<Section>> {
        let load = async |slugs: Vec<String>| category::sections(self, &slugs).await;
        let sections = self.gathered.sections.read(&[slug.to_owned()], load).await?;
        Ok(sections.get(slug).cloned())
    }

    /// The subtrees of categories, as [`category::subtrees`] gives them; others may be among them.
    ///
    /// # Errors
    /// [`crate::StoreError`] when they cannot be read.
    pub async fn subtrees(&self, ids: &[CategoryId]) -> StoreResult<Arc<Subtrees>> {
        let load = async |ids: Vec<CategoryId>| category::subtrees(self, &ids).await;
        self.gathered.subtrees.read(ids, load).await
    }

    /// What things say in other languages, as [`localization::of`] gives it; others may be among them.
    ///
    /// # Errors
    /// [`crate::StoreError`] when it cannot be read.
    pub async fn localizations(&self, ids: &[AnyId]) -> StoreResult<Arc<HashMap<AnyId, Arc<Localizations>>>> {
        let load = async |ids: Vec<AnyId>| localization::of(self, &ids).await;
        self.gathered.localizations.read(ids, load).await
    }
}
