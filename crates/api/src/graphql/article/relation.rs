//! What stands with articles, loaded once for all articles of a cohort.

use std::sync::Arc;

use async_graphql::Result;
use foldhash::{HashMap, HashMapExt};
use masthead_domain::{ArticleId, MediaId, TranslationGroupId, body::Body};
use masthead_store::{
    LibraryScope, article,
    media::{self, Media},
};

use super::{
    ArticleNode,
    body::{ArticleBody, Picture, Pictures},
    parts::ArticleAuthor,
};
use crate::graphql::{
    author::AuthorNode,
    category::CategoryNode,
    contact::ContactNode,
    error,
    media::{Album, MediaUsageNode},
    reads::EDITIONS,
    reference::ReferenceNode,
    tag::TagNode,
};

/// The lists of things that belong to these articles, cut from the one list of all of them that forms a cohort.
fn dealt<T: Clone, N>(
    ids: Vec<ArticleId>,
    lists: &HashMap<ArticleId, Vec<T>>,
    nodes: impl FnOnce(Vec<T>) -> Vec<N>,
) -> HashMap<ArticleId, Vec<N>> {
    let of = |id: ArticleId| lists.get(&id).map_or(&[][..], Vec::as_slice);
    let all = ids.iter().flat_map(|id| of(*id)).cloned().collect();
    let mut nodes = nodes(all).into_iter();
    ids.into_iter().map(|id| (id, nodes.by_ref().take(of(id).len()).collect())).collect()
}

/// What an article shows: its gallery, and the records in the bodies of its cohort.
#[derive(Clone, Default)]
struct Shown {
    gallery: Vec<MediaUsageNode>,
    pictures: Arc<Pictures>,
}

async fn pictures(album: &Album, records: Vec<Media>) -> Result<Arc<Pictures>> {
    let mut pictures = Pictures::with_capacity(records.len());
    for media in records {
        let (id, record) = (media.id, album.record(Arc::new(media)));
        let alt = record.alt().await?;
        pictures.insert(id, Picture { record, alt });
    }
    Ok(Arc::new(pictures))
}

/// The media records that bodies show, each once.
fn shown(bodies: &HashMap<ArticleId, Arc<Body>>) -> Vec<MediaId> {
    let mut ids: Vec<MediaId> = bodies.values().flat_map(|body| body.media_ids()).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

impl ArticleNode {
    fn own<T: Clone>(&self, lists: &HashMap<ArticleId, Vec<T>>) -> Vec<T> {
        lists.get(&self.front.id).cloned().unwrap_or_default()
    }

    /// A list of a kept version, as that of its cohort, in which it is alone.
    fn alone<T>(&self, list: Vec<T>) -> HashMap<ArticleId, Vec<T>> {
        HashMap::from_iter([(self.front.id, list)])
    }

    async fn bodies(&self) -> Result<Arc<HashMap<ArticleId, Arc<Body>>>> {
        let load = |ids: Vec<ArticleId>| async move {
            if let Some(kept) = &self.kept {
                let id = self.front.id;
                return Ok(HashMap::from_iter([(id, Arc::new(kept.body(id).map_err(error::store)?))]));
            }
            let bodies = article::bodies(self.frame.read_below(), &ids).await.map_err(error::store)?;
            Ok(bodies.into_iter().map(|(id, body)| (id, Arc::new(body))).collect())
        };
        self.cohort.articles.relation("bodies", 0, load).await
    }

    /// Takes the body that came with the article.
    pub(super) fn seed_body(&self, text: &str) -> Result<()> {
        let id = self.front.id;
        let body = article::body(id, text).map_err(error::store)?;
        self.cohort.articles.seed("bodies", 0, HashMap::from_iter([(id, Arc::new(body))]));
        Ok(())
    }

    pub(crate) async fn load_body(&self) -> Result<ArticleBody> {
        let bodies = self.bodies().await?;
        match bodies.get(&self.front.id) {
            Some(body) => Ok(ArticleBody { article: self.clone(), body: Arc::clone(body) }),
            None => Err(error::internal("an article without a body")),
        }
    }

    /// The media records that the bodies of the cohort show; no statement when they show none.
    pub(super) async fn load_pictures(&self) -> Result<Arc<Pictures>> {
        let shown = shown(&*self.bodies().await?);
        if shown.is_empty() {
            return Ok(Arc::default());
        }
        if self.kept.is_none() && self.cohort.ahead.pictures {
            return Ok(self.load_shown().await?.pictures);
        }
        let load = |ids: Vec<ArticleId>| async move {
            let records = media::by_ids(self.frame.read_things(&shown), LibraryScope::Whole, &shown)
                .await
                .map_err(error::store)?;
            let album = Album::new(&self.frame, records.iter().map(|record| record.id));
            let pictures = pictures(&album, records).await?;
            Ok(ids.into_iter().map(|id| (id, Arc::clone(&pictures))).collect())
        };
        let pictures = self.cohort.articles.relation("pictures", 0, load).await?;
        Ok(pictures.get(&self.front.id).cloned().unwrap_or_default())
    }

    /// Galleries and the pictures of bodies at once.
    async fn load_shown(&self) -> Result<Shown> {
        let others = shown(&*self.bodies().await?);
        let load = |ids: Vec<ArticleId>| async move {
            let database = self.frame.read_things(&others);
            let found = media::of_articles_and_others(database, &ids, &others).await.map_err(error::store)?;
            let media::Shown { mut galleries, others } = found;
            let in_galleries = galleries.values().flatten().map(|usage| usage.media.id);
            let album = Album::new(&self.frame, in_galleries.chain(others.iter().map(|record| record.id)));
            let pictures = pictures(&album, others).await?;
            let shown = |id| {
                let gallery = album.gallery(&galleries.remove(&id).unwrap_or_default());
                (id, Shown { gallery, pictures: Arc::clone(&pictures) })
            };
            Ok(ids.into_iter().map(shown).collect())
        };
        let shown = self.cohort.articles.relation("shown", 0, load).await?;
        Ok(shown.get(&self.front.id).cloned().unwrap_or_default())
    }

    pub(super) async fn load_credits(&self) -> Result<Vec<ArticleAuthor>> {
        let load = |ids: Vec<ArticleId>| async move {
            let database = self.frame.read_below();
            let credits = match &self.kept {
                Some(kept) => Arc::new(self.alone(kept.load_credits(database).await.map_err(error::store)?)),
                None => database.credits(&ids).await.map_err(error::store)?,
            };
            Ok(dealt(ids, &credits, |credits| {
                let nodes = AuthorNode::named(&self.frame, credits.iter().map(|credit| Arc::clone(&credit.author)));
                credits
                    .into_iter()
                    .zip(nodes)
                    .map(|(credit, author)| ArticleAuthor {
                        author,
                        role: credit.role.into(),
                        position: credit.position,
                        credited_as: credit.credited_as,
                    })
                    .collect()
            }))
        };
        Ok(self.own(&*self.cohort.articles.relation("credits", 0, load).await?))
    }

    /// The categories. When the query looks above them, what stands there comes by the same statement.
    pub(super) async fn load_categories(&self, looks_up: bool) -> Result<Vec<CategoryNode>> {
        let load = |ids: Vec<ArticleId>| async move {
            let database = self.frame.read_below();
            if let Some(kept) = &self.kept {
                let lists = self.alone(kept.load_categories(database).await.map_err(error::store)?);
                Ok(dealt(ids, &lists, |all| CategoryNode::below(&self.frame, all, &[])))
            } else if looks_up {
                let filed = database.branches(&ids).await.map_err(error::store)?;
                Ok(dealt(ids, &filed.lists, |all| CategoryNode::below(&self.frame, all, &filed.above)))
            } else {
                let lists = database.categories(&ids).await.map_err(error::store)?;
                Ok(dealt(ids, &lists, |all| CategoryNode::below(&self.frame, all, &[])))
            }
        };
        Ok(self.own(&*self.cohort.articles.relation("categories", looks_up.into(), load).await?))
    }

    pub(super) async fn load_tags(&self) -> Result<Vec<TagNode>> {
        let load = |ids: Vec<ArticleId>| async move {
            let database = self.frame.read_below();
            let tags = match &self.kept {
                Some(kept) => Arc::new(self.alone(kept.load_tags(database).await.map_err(error::store)?)),
                None => database.tags(&ids).await.map_err(error::store)?,
            };
            Ok(dealt(ids, &tags, |all| TagNode::together(&self.frame, all)))
        };
        Ok(self.own(&*self.cohort.articles.relation("tags", 0, load).await?))
    }

    pub(super) async fn load_gallery(&self) -> Result<Vec<MediaUsageNode>> {
        if self.kept.is_none() && self.cohort.ahead.pictures && !shown(&*self.bodies().await?).is_empty() {
            return Ok(self.load_shown().await?.gallery);
        }
        let load = |ids: Vec<ArticleId>| async move {
            let database = self.frame.read_below();
            let galleries = match &self.kept {
                Some(kept) => Arc::new(self.alone(kept.load_gallery(database).await.map_err(error::store)?)),
                None => database.galleries(&ids).await.map_err(error::store)?,
            };
            let own = ids.iter().filter_map(|id| galleries.get(id)).flatten();
            let album = Album::new(&self.frame, own.map(|usage| usage.media.id));
            let gallery = |id| Some((id, album.gallery(galleries.get(&id)?)));
            Ok(ids.into_iter().filter_map(gallery).collect())
        };
        Ok(self.own(&*self.cohort.articles.relation("gallery", 0, load).await?))
    }

    pub(super) async fn load_references(&self) -> Result<Vec<ReferenceNode>> {
        let load = |ids: Vec<ArticleId>| async move {
            let (database, id) = (self.frame.read_below(), self.front.id);
            let references = match &self.kept {
                Some(kept) => Arc::new(self.alone(kept.load_references(database, id).await.map_err(error::store)?)),
                None => database.references(&ids).await.map_err(error::store)?,
            };
            Ok(dealt(ids, &references, |all| ReferenceNode::together(&self.frame, all)))
        };
        let references = self.own(&*self.cohort.articles.relation("references", 0, load).await?);
        Ok(references.into_iter().map(|reference| reference.below(self)).collect())
    }

    pub(super) async fn load_contacts(&self) -> Result<Vec<ContactNode>> {
        let load = |ids: Vec<ArticleId>| async move {
            let database = self.frame.read_below();
            let contacts = match &self.kept {
                Some(kept) => Arc::new(self.alone(kept.load_contacts(database).await.map_err(error::store)?)),
                None => database.contacts(&ids).await.map_err(error::store)?,
            };
            Ok(dealt(ids, &contacts, |all| ContactNode::together(&self.frame, all)))
        };
        Ok(self.own(&*self.cohort.articles.relation("contacts", 0, load).await?))
    }

    /// All editions of the story that the caller may see, this one included.
    pub(super) async fn load_editions(&self) -> Result<Vec<ArticleNode>> {
        let load = |stories: Vec<TranslationGroupId>| async move {
            let (database, scope) = (self.frame.read(EDITIONS), &self.frame.scope);
            let editions = article::translations(database, scope, &stories).await.map_err(error::store)?;
            let mut found: HashMap<TranslationGroupId, Vec<ArticleNode>> = HashMap::new();
            let all = stories.iter().flat_map(|story| editions.get(story).into_iter().flatten().cloned()).collect();
            for node in ArticleNode::newest(ArticleNode::together(&self.frame, all)).await? {
                found.entry(node.front.translation_group).or_default().push(node);
            }
            Ok(found)
        };
        let editions = self.cohort.stories.relation("editions", 0, load).await?;
        Ok(editions.get(&self.front.translation_group).cloned().unwrap_or_default())
    }
}
