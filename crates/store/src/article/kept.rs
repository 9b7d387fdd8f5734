//! What stands with an article at a version that is kept beside the tables. What it names and what has gone since is left
//! out.

use std::{hash::Hash, sync::Arc};

use foldhash::HashMap;
use masthead_domain::ArticleId;

use super::{CreditRecord, GalleryRow, ReferenceRow, Snapshot};
use crate::{
    author::{self, AuthorName},
    category::{self, Category},
    contact::{self, Contact},
    direct::Connection,
    error::StoreResult,
    media::{self, Usage},
    reference::Reference,
    scope::LibraryScope,
    source,
    tag::{self, Tag},
};

/// The records by id, each to be taken as often as it is named.
fn by_id<K: Eq + Hash, T>(records: Vec<T>, id: impl Fn(&T) -> K) -> HashMap<K, Arc<T>> {
    records.into_iter().map(|record| (id(&record), Arc::new(record))).collect()
}

fn places() -> impl Iterator<Item = i32> {
    1..
}

impl Snapshot {
    /// The credits in printed order.
    ///
    /// # Errors
    /// [`crate::StoreError`] when they cannot be read.
    pub async fn load_credits(&self, connection: &impl Connection) -> StoreResult<Vec<CreditRecord>> {
        let ids: Vec<_> = self.credits.iter().map(|credit| credit.author).collect();
        let names = author::by_ids(connection, &ids).await?.into_iter();
        let names = names.map(|author| AuthorName { id: author.id, slug: author.slug, name: author.name });
        let names = by_id(names.collect(), |author| author.id);
        let mut credits = Vec::with_capacity(self.credits.len());
        for (position, credit) in places().zip(&self.credits) {
            let Some(author) = names.get(&credit.author).cloned() else { continue };
            let credited_as = credit.credited_as.clone();
            credits.push(CreditRecord { author, role: credit.role()?, credited_as, position });
        }
        Ok(credits)
    }

    /// The categories, the primary one first.
    ///
    /// # Errors
    /// [`crate::StoreError`] when they cannot be read.
    pub async fn load_categories(&self, connection: &impl Connection) -> StoreResult<Vec<Arc<Category>>> {
        let known = by_id(category::by_ids(connection, &self.categories).await?, |category| category.id);
        Ok(self.categories.iter().filter_map(|id| known.get(id).cloned()).collect())
    }

    /// The tags in order.
    ///
    /// # Errors
    /// [`crate::StoreError`] when they cannot be read.
    pub async fn load_tags(&self, connection: &impl Connection) -> StoreResult<Vec<Arc<Tag>>> {
        let ids: Vec<_> = self.tags.iter().map(|tag| tag.id).collect();
        let known = by_id(tag::by_ids(connection, LibraryScope::Whole, &ids).await?, |tag| tag.id);
        Ok(ids.iter().filter_map(|id| known.get(id).cloned()).collect())
    }

    /// The gallery in order.
    ///
    /// # Errors
    /// [`crate::StoreError`] when it cannot be read.
    pub async fn load_gallery(&self, connection: &impl Connection) -> StoreResult<Vec<Arc<Usage>>> {
        let ids: Vec<_> = self.gallery.iter().map(|usage| usage.media).collect();
        let known = by_id(media::by_ids(connection, LibraryScope::Whole, &ids).await?, |media| media.id);
        let usage = |(position, row): (i32, &GalleryRow)| {
            let GalleryRow { media, caption, alt, credit } = row.clone();
            Some(media::usage(Arc::clone(known.get(&media)?), position, caption, alt, credit))
        };
        Ok(places().zip(&self.gallery).filter_map(usage).collect())
    }

    /// The references by number, as those of an article.
    ///
    /// # Errors
    /// [`crate::StoreError`] when they cannot be read.
    pub async fn load_references(
        &self,
        connection: &impl Connection,
        article: ArticleId,
    ) -> StoreResult<Vec<Arc<Reference>>> {
        let ids: Vec<_> = self.references.iter().map(|row| row.source).collect();
        let known = by_id(source::by_ids(connection, LibraryScope::Whole, &ids).await?, |source| source.id);
        let reference = |(number, row): (i32, &ReferenceRow)| {
            let ReferenceRow { id, source, locator, quote, note } = row.clone();
            let source = Arc::clone(known.get(&source)?);
            Some(Arc::new(Reference { id, article, number, source, locator, quote, note }))
        };
        Ok(places().zip(&self.references).filter_map(reference).collect())
    }

    /// The contacts in order.
    ///
    /// # Errors
    /// [`crate::StoreError`] when they cannot be read.
    pub async fn load_contacts(&self, connection: &impl Connection) -> StoreResult<Vec<Arc<Contact>>> {
        let known = by_id(contact::by_ids(connection, &self.contacts).await?, |contact| contact.id);
        Ok(self.contacts.iter().filter_map(|id| known.get(id).cloned()).collect())
    }
}
