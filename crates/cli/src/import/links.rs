//! Links between the articles of an export, rewritten to where those articles are now.

use std::collections::HashMap;

use masthead_domain::{AnyId, ArticleId, path};
use masthead_store::{ReadScope, article};
use url::Url;

use super::{
    editions::{Edition, Editions},
    error::ImportError,
    known::Seen,
    origin::Origin,
    run::Run,
};

/// The new paths of articles that readers see, by their old paths and ids. A link to anything else stays as it is, so
/// that no link tells the address of a draft.
#[derive(Debug, Default)]
pub(super) struct Links {
    by_path: HashMap<String, String>,
    by_id: HashMap<String, String>,
}

impl Links {
    /// Where the articles of this import are.
    pub(super) async fn of(run: &mut Run<'_>, editions: &Editions) -> Result<Self, ImportError> {
        let mut links = Self::default();
        if !editions.has_new() {
            return Ok(links);
        }
        let here = paths_here(run, editions).await?;
        for (ordinal, summary) in (1..).zip(&run.survey.items) {
            let Some(edition) = editions.of(ordinal).first() else { continue };
            let now = match edition.seen {
                Seen::New if edition.is_public => path::article(edition.language.as_str(), edition.slug.as_str()),
                Seen::Here(id) => match here.get(&id) {
                    Some(path) => path.clone(),
                    None => continue,
                },
                Seen::New | Seen::Gone => continue,
            };
            if let Some(id) = &summary.post_id {
                links.by_id.entry(id.as_str().to_owned()).or_insert_with(|| now.clone());
            }
            if let Some(old) = old_path(&run.origin, &summary.link) {
                links.by_path.entry(old).or_insert(now);
            }
        }
        run.flush("the addresses").await?;
        Ok(links)
    }

    /// Where a link leads now, when it leads to an article of this import.
    pub(super) fn rewrite(&self, origin: &Origin, address: &str) -> Option<String> {
        if !address.starts_with("http") && !address.starts_with('/') {
            return None;
        }
        let url = match &origin.base {
            Some(base) => base.join(address).ok()?,
            None => Url::parse(address).ok()?,
        };
        let local = origin.local_path(&url)?;
        // WordPress shows the article that the query asks for, whatever the path: `?p=3` in an article leads elsewhere.
        let asked = url.query_pairs().find(|(name, _)| matches!(name.as_ref(), "p" | "page_id"));
        let now = match asked {
            Some((_, id)) => self.by_id.get(id.as_ref())?,
            None => self.by_path.get(&local)?,
        };
        Some(match url.fragment() {
            Some(fragment) => format!("{now}#{fragment}"),
            None => now.clone(),
        })
    }
}

/// The old path of an item, when its address says one; drafts and plain permalinks have only a query.
pub(super) fn old_path(origin: &Origin, link: &str) -> Option<String> {
    if link.trim().is_empty() || link.contains("?p=") || link.contains("?page_id=") || link.contains("?post_type=") {
        return None;
    }
    let url = match &origin.base {
        Some(base) => base.join(link.trim()).ok()?,
        None => Url::parse(link.trim()).ok()?,
    };
    path::normalized(url.as_str()).filter(|path| path != "/")
}

/// The paths of articles from earlier imports that readers see.
async fn paths_here(run: &mut Run<'_>, editions: &Editions) -> Result<HashMap<AnyId, String>, ImportError> {
    let first = |ordinal| editions.of(ordinal).first().map(|edition: &Edition| edition.seen);
    let ids: Vec<ArticleId> = (1..)
        .zip(&run.survey.items)
        .filter_map(|(ordinal, _)| match first(ordinal) {
            Some(Seen::Here(AnyId::Article(id))) => Some(id),
            _ => None,
        })
        .collect();
    let scope = ReadScope::public(run.app.clock.now());
    let mut paths = HashMap::new();
    for ids in ids.chunks(500) {
        let found = article::by_ids(run.read().await?, &scope, ids).await.map_err(ImportError::store)?;
        paths.extend(found.into_values().map(|article| (AnyId::from(article.id), article.path())));
    }
    Ok(paths)
}
