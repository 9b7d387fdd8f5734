//! Categories in GraphQL.

mod input;
mod mutation;
mod query;

use std::{borrow::Cow, sync::Arc};

use async_graphql::{Context, ID, List, Object, Result};
use foldhash::{HashMap, HashMapExt};
use masthead_domain::{CategoryId, Slug, category::Tree, localization::WordField, path};
use masthead_store::{
    article::ArticleFilter,
    category::{self, Category, Section, Subtrees},
};

pub(crate) use mutation::CategoryMutation;
pub(crate) use query::CategoryQuery;

use super::{
    article::{Ahead, ArticleFilterInput, ArticleNode, ArticleOrderInput, ListArguments, ListOf, Narrow},
    cohort::Cohort,
    connection::{Connection, PageArguments},
    error,
    frame::Frame,
    guard::{hand, hand_all, hand_one},
    locale::LocaleMatch,
    localization::{CategoryLocalization, Speaker},
    reads::CATEGORIES,
    scalar::{DateTime, Language, LongText, Url},
};

/// Categories that are already read, by id.
type Known = HashMap<CategoryId, Arc<Category>>;

/// For each category of a cohort the categories above it, root first.
type Lineages = HashMap<CategoryId, Vec<Arc<Category>>>;

/// The relation of a cohort that holds [`Subtrees`].
const SUBTREE: &str = "subtree";

/// A category with the frame and cohort it was loaded in.
#[derive(Clone)]
pub(crate) struct CategoryNode {
    category: Arc<Category>,
    frame: Arc<Frame>,
    cohort: Arc<Cohort<CategoryId>>,
    /// The categories of the cohort and others read before them: whoever stands in one of these needs no statement to
    /// know its address.
    known: Arc<Known>,
}

impl CategoryNode {
    /// Categories that were loaded together, in the same order; one may stand there several times.
    pub(crate) fn together(frame: &Arc<Frame>, categories: Vec<Category>) -> Vec<Self> {
        Self::among(frame, categories.into_iter().map(Arc::new).collect(), &Known::new())
    }

    /// Categories that were loaded together with others that stand above them: those need no statement of their own.
    pub(crate) fn below(frame: &Arc<Frame>, categories: Vec<Arc<Category>>, above: &[Arc<Category>]) -> Vec<Self> {
        let known = above.iter().map(|category| (category.id, Arc::clone(category))).collect();
        Self::among(frame, categories, &known)
    }

    /// Categories that were loaded together, when others are known already.
    fn among(frame: &Arc<Frame>, categories: Vec<Arc<Category>>, known: &Known) -> Vec<Self> {
        frame.note(CATEGORIES.iter().copied());
        let cohort = frame.cohort(categories.iter().map(|category| category.id));
        let mut known = known.clone();
        known.extend(categories.iter().map(|category| (category.id, Arc::clone(category))));
        let known = Arc::new(known);
        categories
            .into_iter()
            .map(|category| Self {
                category,
                frame: Arc::clone(frame),
                cohort: Arc::clone(&cohort),
                known: Arc::clone(&known),
            })
            .collect()
    }

    /// The category with an id.
    pub(crate) async fn by_id(frame: &Arc<Frame>, id: CategoryId) -> Result<Option<Self>> {
        let category = category::by_id(frame.read(CATEGORIES), id).await.map_err(error::store)?;
        Ok(Self::one(frame, category))
    }

    /// The category at an address: these slugs from the root down.
    pub(crate) async fn by_path(frame: &Arc<Frame>, slugs: &[Slug]) -> Result<Option<Self>> {
        let way = category::by_path(frame.read(CATEGORIES), slugs).await.map_err(error::store)?;
        Ok(Self::at_end_of(frame, way))
    }

    /// The category with a slug.
    pub(crate) async fn by_slug(frame: &Arc<Frame>, slug: &str) -> Result<Option<Self>> {
        let found = frame.read(CATEGORIES).category(slug).await.map_err(error::store)?;
        Ok(Self::among(frame, found.into_iter().collect(), &Known::new()).pop())
    }

    /// The category with a slug, when its list of articles is wanted as well: that takes no other statement to know what
    /// stands below the category.
    pub(crate) async fn by_slug_with_subtree(frame: &Arc<Frame>, slug: &str) -> Result<Option<Self>> {
        let found = frame.read(CATEGORIES).section(slug).await.map_err(error::store)?;
        let Some(Section { category, subtree }) = found else { return Ok(None) };
        let id = category.id;
        let node = Self::among(frame, vec![category], &Known::new()).pop();
        if let Some(node) = &node {
            node.cohort.seed(SUBTREE, 0, HashMap::from_iter([(id, subtree)]));
        }
        Ok(node)
    }

    /// Categories by id, for relations of other nouns.
    pub(crate) async fn by_ids(frame: &Arc<Frame>, ids: &[CategoryId]) -> Result<HashMap<CategoryId, Self>> {
        let categories = category::by_ids(frame.read(CATEGORIES), ids).await.map_err(error::store)?;
        Ok(Self::together(frame, categories).into_iter().map(|node| (node.category.id, node)).collect())
    }

    fn one(frame: &Arc<Frame>, category: Option<Category>) -> Option<Self> {
        Self::together(frame, category.into_iter().collect()).pop()
    }

    /// The last of the categories on a way from the root down.
    fn at_end_of(frame: &Arc<Frame>, way: Vec<Category>) -> Option<Self> {
        let known: Known = way.into_iter().map(|category| (category.id, Arc::new(category))).collect();
        let parents: Vec<CategoryId> = known.values().filter_map(|category| category.parent).collect();
        let last = known.values().find(|category| !parents.contains(&category.id)).cloned();
        Self::among(frame, last.into_iter().collect(), &known).pop()
    }

    /// What stands above each category of the cohort: one statement at most, none when all of it is known.
    async fn lineages(&self) -> Result<Arc<Lineages>> {
        self.cohort
            .relation("lineage", 0, |ids| async move {
                let mut known: Known = (*self.known).clone();
                let parents = known.values().filter_map(|category| category.parent);
                let missing: Vec<CategoryId> = parents.filter(|parent| !known.contains_key(parent)).collect();
                let above =
                    category::with_ancestors(self.frame.read(CATEGORIES), &missing).await.map_err(error::store)?;
                known.extend(above.into_iter().map(|category| (category.id, Arc::new(category))));
                let tree = Tree::new(known.values().map(|category| (category.id, category.parent)));
                let lineage = |id| tree.ancestors(id).iter().filter_map(|id| known.get(id).cloned()).collect();
                Ok(ids.into_iter().map(|id| (id, lineage(id))).collect())
            })
            .await
    }

    /// The articles of the categories of the cohort.
    fn list(&self, include_descendants: bool) -> ListOf<CategoryId> {
        let (frame, cohort) = (Arc::clone(&self.frame), Arc::clone(&self.cohort));
        let narrow: Narrow<CategoryId> = Arc::new(move |ids: Vec<CategoryId>| {
            let (frame, cohort) = (Arc::clone(&frame), Arc::clone(&cohort));
            Box::pin(async move {
                if !include_descendants {
                    return Ok(ids.into_iter().map(|id| (id, ArticleFilter::InCategories(vec![id]))).collect());
                }
                let subtrees = subtrees(&frame, &cohort).await?;
                let whole = |id| (id, ArticleFilter::InCategories(subtrees.get(&id).cloned().unwrap_or_default()));
                Ok(ids.into_iter().map(whole).collect())
            })
        });
        ListOf {
            frame: Arc::clone(&self.frame),
            cohort: Arc::clone(&self.cohort),
            key: self.category.id,
            name: format!("category {include_descendants}"),
            narrow,
        }
    }

    fn speaker(&self) -> Speaker<'_, CategoryId> {
        let Self { category, frame, cohort, known: _ } = self;
        Speaker { frame, cohort, id: category.id, language: Some(&category.language) }
    }

    async fn above(&self) -> Result<Vec<Self>> {
        let lineages = self.lineages().await?;
        let nodes = self
            .cohort
            .relation("above", 0, |ids| async move {
                let known: Known =
                    lineages.values().flatten().map(|category| (category.id, Arc::clone(category))).collect();
                let nodes: HashMap<CategoryId, Self> =
                    Self::among(&self.frame, known.into_values().collect(), &Known::new())
                        .into_iter()
                        .map(|node| (node.category.id, node))
                        .collect();
                let above = |id: CategoryId| {
                    let lineage = lineages.get(&id).into_iter().flatten();
                    lineage.filter_map(|category| nodes.get(&category.id).cloned()).collect::<Vec<Self>>()
                };
                Ok(ids.into_iter().map(|id| (id, above(id))).collect())
            })
            .await?;
        Ok(nodes.get(&self.category.id).cloned().unwrap_or_default())
    }

    /// The address on the site.
    pub(crate) async fn address(&self) -> Result<String> {
        let lineages = self.lineages().await?;
        let above = lineages.get(&self.category.id).into_iter().flatten();
        Ok(path::category(above.chain([&self.category]).map(|category| category.slug.as_str())))
    }
}

/// The subtree of each category of a cohort, in one statement.
async fn subtrees(frame: &Arc<Frame>, cohort: &Cohort<CategoryId>) -> Result<Arc<Subtrees>> {
    let load = |ids: Vec<CategoryId>| async move {
        let found = frame.read(CATEGORIES).subtrees(&ids).await.map_err(error::store)?;
        Ok(ids.into_iter().map(|id| (id, found.get(&id).cloned().unwrap_or_default())).collect())
    };
    cohort.relation(SUBTREE, 0, load).await
}

/// A section of the site. Sections stand in one another as a tree, at most eight deep.
#[Object(name = "Category")]
impl CategoryNode {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        ID(self.category.id.to_string())
    }

    /// How often this was written; hand it to `expectedVersion`. It stays the same when only `position` changed because
    /// a sibling came or went.
    pub(crate) async fn version(&self) -> i32 {
        i32::try_from(self.category.version).unwrap_or(i32::MAX)
    }

    /// When it came to be.
    pub(crate) async fn created_at(&self) -> DateTime {
        DateTime(self.category.created_at)
    }

    /// When it last changed.
    pub(crate) async fn updated_at(&self) -> DateTime {
        DateTime(self.category.updated_at)
    }

    /// The address on the site, from its root, with the slugs of all categories above: `/category/news/politics`.
    pub(crate) async fn path(&self) -> Result<String> {
        self.address().await
    }

    /// The absolute address.
    pub(crate) async fn canonical_url(&self) -> Result<Url> {
        Ok(Url(self.frame.site().absolute(&self.address().await?)))
    }

    /// The last part of the address; unique among all categories and the same in all languages.
    async fn slug(&self) -> &str {
        &self.category.slug
    }

    /// The name as readers see it, in the first of the languages asked for that it has one in.
    async fn name(&self) -> Result<Cow<'_, str>> {
        let said = self.speaker().said(WordField::Name, true).await?;
        Ok(said.map_or(Cow::Borrowed(&self.category.name), Cow::Owned))
    }

    /// What belongs in it, as plain text, in the first of the languages asked for in which that is said.
    async fn description(&self) -> Result<Option<LongText<String>>> {
        let own = self.category.description.as_deref();
        Ok(self.speaker().text(WordField::Description, own).await?.map(LongText))
    }

    /// The language of its own name and description, which are shown when it has none in the languages asked for.
    /// Articles of any language may stand in it.
    async fn language(&self) -> Language {
        Language(self.category.language.clone())
    }

    /// How the language of `name` fits what the root field was asked for; null when it was asked for no `locale`. A field
    /// that lacks words in that language is shown in the next one.
    async fn locale_match(&self) -> Result<Option<LocaleMatch>> {
        self.speaker().locale_match(WordField::Name).await
    }

    /// Name and description in other languages, by language.
    async fn localizations(&self, ctx: &Context<'_>) -> Result<List<CategoryLocalization>> {
        self.speaker().all(ctx).await
    }

    /// The category it stands in; null for a root.
    async fn parent(&self, ctx: &Context<'_>) -> Result<Option<CategoryNode>> {
        if self.category.parent.is_none() {
            return Ok(None);
        }
        hand(ctx, self.above().await?.pop()).await
    }

    /// All categories above it, the root first: the breadcrumbs. Empty for a root.
    async fn ancestors(&self, ctx: &Context<'_>) -> Result<List<CategoryNode>> {
        hand_all(ctx, self.above().await?).await
    }

    /// The categories that stand directly in it, in their order.
    async fn children(&self, ctx: &Context<'_>) -> Result<List<CategoryNode>> {
        let children = self
            .cohort
            .relation("children", 0, |ids| async move {
                let rows = category::children(self.frame.read(CATEGORIES), &ids).await.map_err(error::store)?;
                let rows = rows.into_iter().map(Arc::new).collect();
                let mut children: HashMap<CategoryId, Vec<Self>> = HashMap::new();
                for node in Self::among(&self.frame, rows, &self.known) {
                    if let Some(parent) = node.category.parent {
                        children.entry(parent).or_default().push(node);
                    }
                }
                Ok(children)
            })
            .await?;
        hand_all(ctx, children.get(&self.category.id).cloned().unwrap_or_default()).await
    }

    /// The place among its siblings, from 0.
    async fn position(&self) -> i32 {
        i32::try_from(self.category.position).unwrap_or(i32::MAX)
    }

    /// The articles in it, with those in the categories below unless told otherwise; standing pages only when `where`
    /// says something about the `kind`.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a connection")]
    async fn articles(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many (20 when absent, at most 100).")] first: Option<i32>,
        #[graphql(desc = "Begin after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many (at most 100).")] last: Option<i32>,
        #[graphql(desc = "End before this cursor.")] before: Option<String>,
        #[graphql(name = "where", desc = "Which ones.")] filter: Option<Box<ArticleFilterInput>>,
        #[graphql(desc = "In what order, by publication from the newest when absent; the id settles ties.")]
        order_by: Option<Vec<ArticleOrderInput>>,
        #[graphql(default = true, desc = "Whether articles of the categories below count as well.")]
        include_descendants: bool,
    ) -> Result<Connection<ArticleNode>> {
        let page = PageArguments { first, after, last, before };
        let list = self.list(include_descendants);
        hand_one(ctx, list.page(ListArguments { page, filter, order_by, ahead: Ahead::of_page(ctx) }).await?).await
    }

    /// How many articles readers find in it, standing pages not counted.
    async fn article_count(
        &self,
        #[graphql(default = true, desc = "Whether articles of the categories below count as well.")]
        include_descendants: bool,
    ) -> Result<i32> {
        let count = self.list(include_descendants).count().await?;
        Ok(i32::try_from(count).unwrap_or(i32::MAX))
    }
}
