//! Articles in GraphQL.
//!
//! Articles that were loaded together (a page, the editions of a story) form a cohort: each relation below them is one
//! statement for all of them. The relations themselves are in [`relation`], lists in [`list`].

mod ahead;
mod block;
mod body;
mod edition;
mod filter;
mod input;
mod list;
mod mutation;
mod parts;
mod preview;
mod query;
mod relation;
mod revision;
mod seo;
mod translation;
mod words;

use std::sync::Arc;

use async_graphql::{Context, Error, ID, List, Object, Result};
use foldhash::HashMap;
use masthead_domain::{ArticleId, Locales, TranslationGroupId, body::shortened, path, policy, topic::Topic};
use masthead_store::{
    Database,
    Perspective::Published,
    article::{self, Address, Article, ArticleKey, Found, Front, Listed, Snapshot},
};

pub(crate) use ahead::Ahead;
pub(crate) use filter::ArticleFilterInput;
pub(crate) use list::{ArticleOrderInput, ListArguments, ListOf, Narrow};
pub(crate) use mutation::{ArticleBulkMutation, ArticleMutation, ArticleStandingMutation};
pub(crate) use query::ArticleQuery;
pub(crate) use translation::ArticleTranslationMutation;
pub(crate) use words::{Perspective, RemovalReason};

use self::{
    body::ArticleBody,
    parts::{ArticleAuthor, ArticleEditorial, ArticleLink, ArticleStats},
    revision::RevisionNode,
    seo::ArticleSeo,
    words::{ArticleKind, ArticleStatus},
};
use super::{
    category::CategoryNode,
    cohort::Cohort,
    comment::CommentNode,
    connection::{Connection, PageArguments},
    contact::ContactNode,
    correction::{CorrectionNode, FieldDiff},
    error,
    frame::Frame,
    guard::{hand, hand_all, hand_one},
    locale::LocaleMatch,
    media::{ImageNode, MediaUsageNode},
    reads::EDITIONS,
    reference::ReferenceNode,
    scalar::{DateTime, Language, LongText, Url},
    tag::TagNode,
};
use crate::error_code::ErrorCode;

/// The most characters of an excerpt.
const EXCERPT_CHARS_MAX: i32 = 1_000;

/// An article with the frame and cohort it was loaded in. Lists load what lists show; the rest follows for the whole cohort
/// when somebody asks for it after all.
#[derive(Clone)]
pub(crate) struct ArticleNode {
    front: Arc<Front>,
    whole: Option<Arc<Article>>,
    /// What it says, where that is kept beside the tables: changes that wait, or an earlier version. Such a node is alone
    /// in its cohort.
    kept: Option<Arc<Snapshot>>,
    frame: Arc<Frame>,
    cohort: Arc<Together>,
}

/// What articles that were loaded together share.
struct Together {
    articles: Arc<Cohort<ArticleId>>,
    stories: Arc<Cohort<TranslationGroupId>>,
    /// What the query shows of them.
    ahead: Ahead,
}

/// The database, to look there for the article that a key finds.
fn looked_up<'f>(frame: &'f Frame, key: ArticleKey<'_>, is_localized: bool) -> &'f Database {
    if is_localized {
        frame.note(EDITIONS.iter().copied());
    }
    match key {
        ArticleKey::Id(id) => frame.read_things(&[id]),
        ArticleKey::Slug(slug, None) => frame.read(&[Topic::Slug(slug.as_str())]),
        ArticleKey::Slug(slug, Some(language)) => {
            frame.read(&[Topic::Path(&path::article(language.as_str(), slug.as_str()))])
        }
    }
}

impl ArticleNode {
    /// Articles that were loaded together.
    pub(crate) fn together(frame: &Arc<Frame>, articles: Vec<Article>) -> Vec<Self> {
        Self::listed(frame, articles.into_iter().map(|article| Arc::new(article).into()).collect(), Ahead::default())
    }

    /// Articles that were loaded together, of which so much is shown.
    pub(crate) fn listed(frame: &Arc<Frame>, articles: Vec<Listed>, ahead: Ahead) -> Vec<Self> {
        let cohort = Arc::new(Together {
            articles: frame.cohort(articles.iter().map(|article| article.front.id)),
            stories: Cohort::new(articles.iter().map(|article| article.front.translation_group)),
            ahead,
        });
        let node = |Listed { front, whole }| {
            let (frame, cohort) = (Arc::clone(frame), Arc::clone(&cohort));
            Self { front, whole, kept: None, frame, cohort }
        };
        articles.into_iter().map(node).collect()
    }

    /// The article that a root field looks up, whatever its language.
    pub(crate) async fn find(ctx: &Context<'_>, frame: &Arc<Frame>, key: ArticleKey<'_>) -> Result<Option<Self>> {
        Self::look_up(ctx, frame, key, &Locales::default()).await
    }

    /// The article that a key finds, or the best edition of its story along a chain of languages. When the query shows its
    /// body, that comes by the same statement.
    async fn look_up(
        ctx: &Context<'_>,
        frame: &Arc<Frame>,
        key: ArticleKey<'_>,
        locales: &Locales,
    ) -> Result<Option<Self>> {
        if let Some(node) = Self::previewed(frame, key).await? {
            return Ok(Some(node));
        }
        let is_localized = !locales.chain().is_empty();
        let (database, scope) = (looked_up(frame, key, is_localized), &frame.scope);
        let ahead = Ahead::of_article(ctx);
        let found = if ahead.bodies {
            match key {
                key if is_localized => article::edition_with_body(database, scope, key, locales).await,
                ArticleKey::Slug(slug, language) if scope.perspective == Published => {
                    let language = language.map(ToString::to_string);
                    database.page(Address { slug: slug.to_string(), language, now: scope.now }).await
                }
                key => article::with_body(database, scope, key).await,
            }
        } else {
            let found = match key {
                key if is_localized => article::edition(database, scope, key, locales).await,
                ArticleKey::Id(id) => article::by_id(database, scope, id).await,
                ArticleKey::Slug(slug, language) => article::by_slug(database, scope, slug, language).await,
            };
            found.map(|article| article.map(|article| Found { article: Arc::new(article), body: None }))
        };
        let Some(Found { article, body }) = found.map_err(error::store)? else { return Ok(None) };
        let nodes = Self::listed(frame, vec![article.into()], ahead);
        if let (Some(node), Some(body)) = (nodes.first(), body) {
            node.seed_body(&body)?;
        }
        Self::read_ahead(&nodes).await;
        Ok(Self::newest(nodes).await?.pop())
    }

    /// The article with an id, when the frame's scope shows it.
    pub(crate) async fn by_id(frame: &Arc<Frame>, id: ArticleId) -> Result<Option<Self>> {
        if let Some(node) = Self::previewed(frame, ArticleKey::Id(id)).await? {
            return Ok(Some(node));
        }
        let article = article::by_id(frame.read_things(&[id]), &frame.scope, id).await.map_err(error::store)?;
        Ok(Self::newest(Self::together(frame, article.into_iter().collect())).await?.pop())
    }

    /// The articles with these ids that the frame's scope shows.
    pub(crate) async fn by_ids(frame: &Arc<Frame>, ids: &[ArticleId]) -> Result<HashMap<ArticleId, Self>> {
        let articles = article::by_ids(frame.read_things(ids), &frame.scope, ids).await.map_err(error::store)?;
        let nodes = Self::newest(Self::together(frame, articles.into_values().collect())).await?;
        let mut nodes: HashMap<ArticleId, Self> = nodes.into_iter().map(|node| (node.front.id, node)).collect();
        for id in ids {
            if let Some(node) = Self::previewed(frame, ArticleKey::Id(*id)).await? {
                nodes.insert(*id, node);
            }
        }
        Ok(nodes)
    }

    /// What lists show of the article.
    pub(crate) fn front(&self) -> &Front {
        &self.front
    }

    /// The whole article.
    async fn whole(&self) -> Result<Arc<Article>> {
        if let Some(article) = &self.whole {
            return Ok(Arc::clone(article));
        }
        let load = |ids: Vec<ArticleId>| async move {
            let articles = article::by_ids(self.frame.read_below(), &self.frame.scope, &ids).await;
            let articles = articles.map_err(error::store)?.into_iter();
            Ok(articles.map(|(id, article)| (id, Arc::new(article))).collect())
        };
        let articles = self.cohort.articles.relation("whole", 0, load).await?;
        let article = articles.get(&self.front.id).cloned();
        article.ok_or_else(Self::went)
    }

    fn went() -> Error {
        error::coded(ErrorCode::Unavailable, "The article was withdrawn while it was read; ask again.")
    }

    /// Whether the caller may know what only the desk sees of this article.
    fn is_open_to_caller(&self) -> bool {
        policy::knows_desk_of(&self.frame.caller.actor, self.front.created_by)
    }
}

/// One language edition of a story. Other editions of the same story are its `translations`.
#[Object(name = "Article")]
impl ArticleNode {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        ID(self.front.id.to_string())
    }

    /// How often this was written; hand it to `expectedVersion`. Where readers' content is looked at, changes that wait for
    /// publication do not count: what was made without seeing them is a conflict.
    pub(crate) async fn version(&self) -> i32 {
        let is_desk = self.frame.scope.perspective != Published && self.is_open_to_caller();
        let version = if is_desk { self.front.version } else { self.front.seen_version };
        i32::try_from(version).unwrap_or(i32::MAX)
    }

    /// When it came to be.
    pub(crate) async fn created_at(&self) -> DateTime {
        DateTime(self.front.created_at)
    }

    /// When it was last saved, for whatever reason. Show readers `revisedAt` instead.
    pub(crate) async fn updated_at(&self) -> DateTime {
        DateTime(self.front.updated_at)
    }

    /// The address on the site, from its root: `/fr/le-port-rouvre`.
    pub(crate) async fn path(&self) -> String {
        self.front.path()
    }

    /// The absolute address.
    pub(crate) async fn canonical_url(&self) -> Url {
        Url(self.frame.site().absolute(&self.front.path()))
    }

    /// The last part of the address; unique within the language.
    async fn slug(&self) -> &str {
        &self.front.slug
    }

    /// Where it stands at the instant of the answer.
    async fn status(&self) -> ArticleStatus {
        self.front.state.status(self.frame.scope.now).into()
    }

    /// What sort of piece it is.
    async fn kind(&self) -> ArticleKind {
        self.front.kind.into()
    }

    /// Its language.
    async fn language(&self) -> Result<Language> {
        self.front.language.parse().map(Language).map_err(|_| error::internal("an article without a language"))
    }

    /// How its language fits the ones that the root field was asked for; null when it was asked for none.
    async fn locale_match(&self, ctx: &Context<'_>) -> Result<Option<LocaleMatch>> {
        hand(ctx, LocaleMatch::of(&self.frame.locales, &self.language(ctx).await?.0)).await
    }

    /// The headline.
    async fn headline(&self) -> &str {
        &self.front.headline
    }

    /// The second headline.
    async fn secondary_headline(&self) -> Result<Option<String>> {
        Ok(self.whole().await?.secondary_headline.clone())
    }

    /// The words above the headline.
    async fn kicker(&self) -> Result<Option<String>> {
        Ok(self.whole().await?.kicker.clone())
    }

    /// The opening paragraph set apart from the body, plain text.
    async fn lede(&self) -> Option<LongText<&str>> {
        self.front.lede.as_deref().map(LongText)
    }

    /// The first words as plain text: of the lede, else of the body. Cut after a whole word, then with `…` at the end.
    async fn excerpt(
        &self,
        #[graphql(default = 240, desc = "At most so many characters; from 1 to 1000.")] max_length: i32,
    ) -> Result<String> {
        let chars = usize::try_from(max_length).ok().filter(|chars| *chars > 0 && max_length <= EXCERPT_CHARS_MAX);
        let Some(chars) = chars else {
            return Err(error::coded(ErrorCode::BadUserInput, "`maxLength` lies between 1 and 1000"));
        };
        Ok(shortened(&self.front.opening, chars))
    }

    /// The text.
    async fn body(&self, ctx: &Context<'_>) -> Result<ArticleBody> {
        hand_one(ctx, self.load_body().await?).await
    }

    /// When it was published, or will be; null while it is neither published nor scheduled.
    async fn published_at(&self) -> Option<DateTime> {
        self.front.state.published_at().map(DateTime)
    }

    /// When readers first saw it. Taking it off the site and publishing it again does not change this.
    async fn first_published_at(&self) -> Option<DateTime> {
        self.front.first_published_at.filter(|first| *first <= self.frame.scope.now).map(DateTime)
    }

    /// When readers last had a reason to read it again: a correction or a substantive update, not any save.
    async fn revised_at(&self) -> Option<DateTime> {
        self.front.revised_at.map(DateTime)
    }

    /// The byline as printed, for example "Par Jean Pierre, avec AFP". `authors` are the people behind it.
    async fn byline(&self) -> Result<Option<String>> {
        Ok(self.whole().await?.byline.clone())
    }

    /// The credits in printed order.
    async fn authors(&self, ctx: &Context<'_>) -> Result<List<ArticleAuthor>> {
        hand_all(ctx, self.load_credits().await?).await
    }

    /// The categories, the primary one first.
    async fn categories(&self, ctx: &Context<'_>) -> Result<List<CategoryNode>> {
        hand_all(ctx, self.load_categories(self.cohort.ahead.looks_up(ctx)).await?).await
    }

    /// The first of the categories.
    async fn primary_category(&self, ctx: &Context<'_>) -> Result<Option<CategoryNode>> {
        hand(ctx, self.load_categories(self.cohort.ahead.looks_up(ctx)).await?.into_iter().next()).await
    }

    /// The tags in order.
    async fn tags(&self, ctx: &Context<'_>) -> Result<List<TagNode>> {
        hand_all(ctx, self.load_tags().await?).await
    }

    /// The first picture of the gallery; pictures in the body do not count.
    async fn lead_image(&self, ctx: &Context<'_>) -> Result<Option<ImageNode>> {
        let gallery = self.load_gallery().await?;
        hand(ctx, gallery.into_iter().find_map(|usage| usage.record().image())).await
    }

    /// The pictures and files shown with the article, in order.
    async fn gallery(&self, ctx: &Context<'_>) -> Result<List<MediaUsageNode>> {
        hand_all(ctx, self.load_gallery().await?).await
    }

    /// The numbered references. Number 1 is the first; marks in the body name them by number.
    async fn references(&self, ctx: &Context<'_>) -> Result<List<ReferenceNode>> {
        hand_all(ctx, self.load_references().await?).await
    }

    /// The contact blocks, in order.
    async fn contacts(&self, ctx: &Context<'_>) -> Result<List<ContactNode>> {
        hand_all(ctx, self.load_contacts().await?).await
    }

    /// Links below the article, in order.
    async fn links(&self, ctx: &Context<'_>) -> Result<List<ArticleLink>> {
        hand_all(ctx, self.whole().await?.links.iter().cloned().map(ArticleLink)).await
    }

    /// The other language editions of this story that the caller may see, by language.
    async fn translations(&self, ctx: &Context<'_>) -> Result<List<ArticleNode>> {
        let editions = self.load_editions().await?;
        hand_all(ctx, editions.into_iter().filter(|edition| edition.front.id != self.front.id)).await
    }

    /// What all language editions of this story share. No object has this id; compare it, or keep it as a key.
    async fn translation_group_id(&self) -> ID {
        ID(self.front.translation_group.to_string())
    }

    /// The edition this one was translated from, when the caller may see it.
    async fn translated_from(&self, ctx: &Context<'_>) -> Result<Option<ArticleNode>> {
        let Some(original) = self.whole().await?.translated_from else { return Ok(None) };
        hand(ctx, self.load_editions().await?.into_iter().find(|edition| edition.front.id == original)).await
    }

    /// What the head of its page tells search engines and whoever shares a link.
    async fn seo(&self, ctx: &Context<'_>) -> Result<ArticleSeo> {
        hand_one(ctx, ArticleSeo::of(self).await?).await
    }

    /// Readers' comments, the oldest first. Answers stand in the same list; `inReplyTo` makes threads of it.
    async fn comments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many (20 when absent, at most 100).")] first: Option<i32>,
        #[graphql(desc = "Begin after this cursor.")] after: Option<String>,
    ) -> Result<Connection<CommentNode>> {
        let page = PageArguments { first, after, ..PageArguments::default() };
        hand_one(ctx, CommentNode::below(&self.frame, &self.cohort.articles, &*self.whole().await?, page).await?).await
    }

    /// Counters.
    async fn stats(&self, ctx: &Context<'_>) -> Result<Option<ArticleStats>> {
        let tells_when = ctx.look_ahead().field("asOf").exists();
        let now = if tells_when { self.frame.told_now() } else { self.frame.scope.now };
        hand(ctx, Some(ArticleStats::of(&*self.whole().await?, now))).await
    }

    /// What only the desk sees: null for callers who may not read this article before readers do.
    async fn editorial(&self, ctx: &Context<'_>) -> Result<Option<ArticleEditorial>> {
        let node = if self.is_open_to_caller() { Some(ArticleEditorial::of(self).await?) } else { None };
        hand(ctx, node).await
    }

    /// What readers were told of changes to it, the newest first.
    async fn corrections(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many (20 when absent, at most 100).")] first: Option<i32>,
        #[graphql(desc = "Begin after this cursor.")] after: Option<String>,
    ) -> Result<Connection<CorrectionNode>> {
        let page = PageArguments { first, after, ..PageArguments::default() };
        let corrections = CorrectionNode::below(&self.frame, &self.cohort.articles, self.front.id, page);
        hand_one(ctx, corrections.await?).await
    }

    /// The history, the newest version first: each save and each act. Null for callers who may not read this article
    /// before readers do.
    async fn revisions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many (20 when absent, at most 100).")] first: Option<i32>,
        #[graphql(desc = "Begin after this cursor.")] after: Option<String>,
    ) -> Result<Option<Connection<RevisionNode>>> {
        let page = PageArguments { first, after, ..PageArguments::default() };
        let revisions = if self.is_open_to_caller() { Some(self.load_revisions(page).await?) } else { None };
        hand(ctx, revisions).await
    }

    /// What differs between two versions, in the order of an article. Null when there are no such versions, and for callers
    /// who may not read this article before readers do.
    async fn diff(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The version before.")] from: i32,
        #[graphql(desc = "The version after; the newest when absent.")] to: Option<i32>,
    ) -> Result<Option<List<FieldDiff>>> {
        if !self.is_open_to_caller() {
            return Ok(None);
        }
        let Some(fields) = self.compare(from, to).await? else { return Ok(None) };
        hand_all(ctx, fields).await.map(Some)
    }
}
