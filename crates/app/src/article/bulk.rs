//! One act on many articles: all of them or none, in one transaction.
//!
//! Every article is looked at before the first is written, so that all mistakes are told at once. What the act does to
//! one article is what the acts on single articles do.

mod filing;

use masthead_domain::{
    ArticleId, CategoryId, EntityKind, Violation,
    article::{ArticleContent, ArticleStatus},
    diff::changed_fields,
    event::ChangeKind,
    policy::Action,
};
use masthead_store::{article as rows, presence};
use tracing::instrument;
use uuid::Uuid;

pub use self::filing::Filing;
use super::{
    loaded::{self, Loaded},
    publish::{Publication, publishing},
    resolve,
    settle::{Deed, Summary, Text, settle},
    update::saving,
};
use crate::{
    error::{AppError, AppResult, Placed},
    work::Work,
};

/// The most articles of one act.
pub const BULK_ARTICLES_MAX: usize = 100;

/// One of the articles, at the version the act is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BulkTarget {
    /// Which article.
    pub id: ArticleId,
    /// The version it is to have.
    pub expected_version: i64,
}

/// What is done to each article.
#[derive(Debug, Clone)]
pub enum BulkAct {
    /// It is published, now; of a published article, what waits beside it.
    Publish {
        /// Whether readers who know it have a reason to read it again.
        is_revision: bool,
    },
    /// It is filed otherwise.
    File {
        /// How.
        filing: Filing,
        /// Whether readers of a published article see it at once; else it waits as other changes do.
        is_at_once: bool,
    },
}

/// An act on many articles.
#[derive(Debug, Clone)]
pub struct Bulk {
    /// The articles, each once.
    pub targets: Vec<BulkTarget>,
    /// What is done to them.
    pub act: BulkAct,
    /// A word for the history of each.
    pub summary: Option<Summary>,
}

/// What was done to one article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BulkDone {
    /// Which article.
    pub id: ArticleId,
    /// Whether it changed: what stood there already is no new version.
    pub is_changed: bool,
    /// Its version before.
    pub version_before: i64,
}

/// Does one act on many articles, and reports on each in the order they were given.
///
/// # Errors
/// [`AppError::Several`] with every article that it cannot be done to, or with the categories that are not there;
/// [`AppError::Refused`] when the caller may not do it to one of them. Then nothing at all is done.
#[instrument(skip_all, fields(count = bulk.targets.len()))]
pub async fn bulk(work: &Work<'_>, bulk: Bulk) -> AppResult<Vec<BulkDone>> {
    let Bulk { mut targets, act, summary } = bulk;
    let order: Vec<ArticleId> = targets.iter().map(|target| target.id).collect();
    // Written in one order for all acts, so that none waits for one that waits for it.
    targets.sort_by_key(|target| target.id);
    let mut mistakes = Mistakes { order: &order, found: Vec::new() };
    let mut all = Vec::with_capacity(targets.len());
    for target in targets {
        let found = find(work, &act, target).await;
        all.extend(mistakes.take(target.id, found)?);
    }
    let absent = absent_categories(work, &act).await?;
    if !absent.is_empty() {
        return Err(mistakes.into_error(absent));
    }
    hold(work, &all).await?;
    let ids: Vec<ArticleId> = all.iter().map(|one| one.before.article.id).collect();
    let versions = rows::lock(&work.tx, &ids).await?;
    let mut ready = Vec::with_capacity(all.len());
    for one in all {
        let id = one.before.article.id;
        let deed = prepare(work, &act, &one, versions.get(&id).copied(), summary.clone()).await;
        ready.extend(mistakes.take(id, deed)?.map(|deed| (one.before, deed)));
    }
    if !mistakes.found.is_empty() {
        return Err(mistakes.into_error(Vec::new()));
    }
    let mut report = Vec::with_capacity(ready.len());
    for (before, deed) in ready {
        let (id, version_before) = (before.article.id, before.article.version);
        let is_changed = deed.is_some();
        if let Some(deed) = deed {
            settle(work, before, deed).await.map_err(|error| AppError::Several(vec![mistakes.placed(id, error)]))?;
        }
        report.push(BulkDone { id, is_changed, version_before });
    }
    report.sort_by_key(|done| mistakes.place(done.id));
    Ok(report)
}

/// What is wrong with the articles, by their places in the input.
struct Mistakes<'a> {
    order: &'a [ArticleId],
    found: Vec<(ArticleId, AppError)>,
}

impl Mistakes<'_> {
    fn place(&self, id: ArticleId) -> Option<usize> {
        self.order.iter().position(|known| *known == id)
    }

    fn placed(&self, id: ArticleId, error: AppError) -> Placed {
        let place = self.place(id).map(|place| place.to_string());
        Placed { path: std::iter::once("articles".to_owned()).chain(place).collect(), error }
    }

    /// All of them in the order of the input, and at the end what concerns no article in particular.
    fn into_error(mut self, others: Vec<Placed>) -> AppError {
        let mut found = std::mem::take(&mut self.found);
        found.sort_by_key(|(id, _)| self.place(*id));
        let found = found.into_iter().map(|(id, error)| self.placed(id, error));
        AppError::Several(found.chain(others).collect())
    }

    /// Notes what the caller can mend and goes on. After anything else there is nothing to go on with.
    fn take<T>(&mut self, id: ArticleId, done: AppResult<T>) -> AppResult<Option<T>> {
        match done {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.is_mendable() => {
                self.found.push((id, error));
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

/// One of the articles, and what it is to say.
struct Found {
    before: Loaded,
    /// The content to save or to publish; none when there is nothing to do to it.
    content: Option<ArticleContent>,
}

/// The article, when the caller may do this to it at the version it has.
async fn find(work: &Work<'_>, act: &BulkAct, target: BulkTarget) -> AppResult<Found> {
    let BulkTarget { id, expected_version } = target;
    let before = Loaded::by_id(work, id).await?;
    work.check(action(act), before.resource())?;
    if matches!(act, BulkAct::File { is_at_once: true, .. }) {
        work.check(Action::ArticleBulkPublish, before.resource())?;
    }
    loaded::expect_version(work, &before.article, before.article.version, expected_version).await?;
    let content = match act {
        BulkAct::Publish { .. } => before.pending.clone(),
        BulkAct::File { filing, .. } => {
            let content = filing.apply(before.working())?;
            (!changed_fields(before.working(), &content).is_empty()).then_some(content)
        }
    };
    Ok(Found { before, content })
}

const fn action(act: &BulkAct) -> Action {
    match act {
        BulkAct::Publish { .. } => Action::ArticleBulkPublish,
        BulkAct::File { filing: Filing::Categorize { .. }, .. } => Action::ArticleBulkCategorize,
        BulkAct::File { filing: Filing::Tag { .. }, .. } => Action::ArticleBulkTag,
        BulkAct::File { filing: Filing::Move { .. }, .. } => Action::ArticleBulkMove,
    }
}

/// The categories that articles are to come to and that are not there.
async fn absent_categories(work: &Work<'_>, act: &BulkAct) -> AppResult<Vec<Placed>> {
    let BulkAct::File { filing, .. } = act else { return Ok(Vec::new()) };
    let named: Vec<(Vec<String>, CategoryId)> = filing.categories();
    let ids: Vec<Uuid> = named.iter().map(|(_, id)| id.uuid()).collect();
    let absent = presence::hold(&work.tx, EntityKind::Category, ids).await?;
    let named = named.into_iter().filter(|(_, id)| absent.contains(&id.uuid()));
    let missing = |path| AppError::NotFound { kind: EntityKind::Category, path };
    Ok(named.map(|(path, _)| Placed { path: Vec::new(), error: missing(path) }).collect())
}

/// Keeps what the articles point at, and are to point at, until the act is over.
async fn hold(work: &Work<'_>, all: &[Found]) -> AppResult<()> {
    let contents: Vec<&ArticleContent> = all.iter().filter_map(|one| one.content.as_ref()).collect();
    resolve::hold(work, &contents).await?;
    let tags: Vec<Uuid> = all.iter().flat_map(|one| one.before.tags.iter().map(|id| id.uuid())).collect();
    presence::hold(&work.tx, EntityKind::Tag, tags).await?;
    let brings_tags = |one: &&Found| match &one.content {
        Some(content) => one.before.pending.is_some() || content.tags != one.before.content.tags,
        None => false,
    };
    let named = all.iter().filter(brings_tags).filter_map(|one| one.content.as_ref());
    let names: Vec<_> = named.flat_map(|content| content.tags.iter().cloned()).collect();
    resolve::named_tags(work, &names).await?;
    Ok(())
}

/// What has to be done to one article, which nobody else writes any more; `version` is the one it has by now.
async fn prepare(
    work: &Work<'_>,
    act: &BulkAct,
    one: &Found,
    version: Option<i64>,
    summary: Option<Summary>,
) -> AppResult<Option<Deed>> {
    let Found { before, content } = one;
    let version = version.ok_or_else(|| AppError::missing(EntityKind::Article, &["id"]))?;
    loaded::expect_version(work, &before.article, version, before.article.version).await?;
    match act {
        BulkAct::Publish { is_revision } => {
            let publication = Publication { is_revision: *is_revision, summary, ..Publication::default() };
            publishing(work, before, action(act), publication).await.map(Some)
        }
        BulkAct::File { is_at_once, .. } => {
            let Some(content) = content.clone() else { return Ok(None) };
            let deed = Deed { summary, ..Deed::new(action(act), Vec::new()) };
            let deed = saving(work, before, content, deed).await?;
            deed.map(|deed| if *is_at_once { at_once(work, before, deed) } else { Ok(deed) }).transpose()
        }
    }
}

/// Puts a change that would wait before readers, when nothing else waits that they would get along with it.
fn at_once(work: &Work<'_>, before: &Loaded, deed: Deed) -> AppResult<Deed> {
    let is_published = before.article.state.status(work.now()) == ArticleStatus::Published;
    match deed.text {
        Text::Waiting(_) if is_published && before.pending.is_some() => {
            let words = "other changes wait beside this article and would be published along: publish them or give them \
                         up first";
            Err(Violation::invalid(words).at("id").into())
        }
        Text::Waiting(new) if is_published => Ok(Deed { kind: ChangeKind::Published, text: Text::Live(new), ..deed }),
        text @ (Text::Same | Text::Live(_) | Text::Beneath(_) | Text::Waiting(_) | Text::Dropped | Text::Handed(_)) => {
            Ok(Deed { text, ..deed })
        }
    }
}
