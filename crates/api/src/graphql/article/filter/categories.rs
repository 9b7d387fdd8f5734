//! The categories a filter names, with everything below them, read by one statement.

use std::sync::Arc;

use async_graphql::Result;
use foldhash::HashMap;
use masthead_domain::CategoryId;
use masthead_store::{article::ArticleFilter, category};

use super::{CategoryScopeFilter, known, not};
use crate::graphql::{
    error,
    filter::{IdFilter, SlugFilter},
    frame::Frame,
    reads::CATEGORIES,
};

/// The part of the tree that a filter is about.
#[derive(Default)]
pub(super) struct Categories {
    by_slug: HashMap<String, CategoryId>,
    children: HashMap<CategoryId, Vec<CategoryId>>,
}

impl Categories {
    /// Reads the categories that these filters name and all below them; nothing when they name none.
    pub(super) async fn load(frame: &Arc<Frame>, named: &[CategoryScopeFilter]) -> Result<Self> {
        let mut ids: Vec<CategoryId> = Vec::new();
        let mut slugs: Vec<String> = Vec::new();
        for CategoryScopeFilter { id, slug, include_descendants: _ } in named {
            if let Some(IdFilter { eq, r#in, not_in }) = id {
                for named in [eq.as_slice(), in_list(r#in), in_list(not_in)] {
                    ids.extend(known::<CategoryId>(named));
                }
            }
            if let Some(SlugFilter { eq, r#in, not_in }) = slug {
                for named in [eq.as_slice(), in_list(r#in), in_list(not_in)] {
                    slugs.extend_from_slice(named);
                }
            }
        }
        if ids.is_empty() && slugs.is_empty() {
            return Ok(Self::default());
        }
        let rows = category::named_and_below(frame.read(CATEGORIES), &ids, &slugs).await.map_err(error::store)?;
        let mut found = Self::default();
        for category::Branch { id, parent, slug } in rows {
            found.by_slug.insert(slug, id);
            if let Some(parent) = parent {
                found.children.entry(parent).or_default().push(id);
            }
        }
        Ok(found)
    }

    /// The conditions of one filter.
    pub(super) fn filters(&self, scope: &CategoryScopeFilter) -> Vec<ArticleFilter> {
        let CategoryScopeFilter { id, slug, include_descendants } = scope;
        let within = |roots: Vec<CategoryId>| {
            ArticleFilter::InCategories(if *include_descendants { self.with_descendants(roots) } else { roots })
        };
        let of_slugs = |slugs: &[String]| slugs.iter().filter_map(|slug| self.by_slug.get(slug).copied()).collect();
        let mut all = Vec::new();
        if let Some(filter) = id {
            all.extend(filter.wanted().map(|ids| within(known(&ids))));
            all.extend(filter.not_in.as_ref().map(|ids| not(within(known(ids)))));
        }
        if let Some(filter) = slug {
            all.extend(filter.wanted().map(|slugs| within(of_slugs(&slugs))));
            all.extend(filter.not_in.as_ref().map(|slugs| not(within(of_slugs(slugs)))));
        }
        all
    }

    fn with_descendants(&self, mut roots: Vec<CategoryId>) -> Vec<CategoryId> {
        let mut place = 0;
        while let Some(id) = roots.get(place).copied() {
            place += 1;
            for child in self.children.get(&id).into_iter().flatten() {
                // The tree has no cycles; should a hand-edited row make one, the walk still ends.
                if !roots.contains(child) {
                    roots.push(*child);
                }
            }
        }
        roots
    }
}

fn in_list<T>(list: &Option<Vec<T>>) -> &[T] {
    list.as_deref().unwrap_or_default()
}
