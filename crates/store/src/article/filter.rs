//! Which articles a list holds.

use masthead_domain::{
    ArticleId, AuthorId, CategoryId, MediaId, SourceId, Timestamp,
    article::{ArticleKind, ArticleStatus},
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use super::Editions;
use crate::{
    map::sort_key,
    matching::{begins_with, holds},
    row::{article, article_category, article_credit, article_media, article_reference, article_tag, tag},
    scope::ReadScope,
};

/// A test of an instant; everything that is set must hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TimeTest {
    /// Later than.
    pub gt: Option<Timestamp>,
    /// At or later than.
    pub gte: Option<Timestamp>,
    /// Earlier than.
    pub lt: Option<Timestamp>,
    /// At or earlier than.
    pub lte: Option<Timestamp>,
    /// Not there at all, or there.
    pub is_null: Option<bool>,
}

/// A test of a text, without regard to case and accents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextTest {
    /// The whole text.
    Is(String),
    /// How it begins.
    StartsWith(String),
    /// A part of it.
    Contains(String),
}

/// Which articles a list holds. The scope's own condition always comes before it.
#[derive(Debug, Clone, PartialEq)]
pub enum ArticleFilter {
    /// Those that pass all of these; all articles when there are none.
    All(Vec<ArticleFilter>),
    /// Those that pass one of these; no article when there are none.
    Any(Vec<ArticleFilter>),
    /// Those that do not pass this.
    Not(Box<ArticleFilter>),
    /// The best edition of each story in languages, of those that the scope shows.
    Editions(Editions),
    /// All but standing pages.
    NewsFlow,
    /// With one of these ids.
    Ids(Vec<ArticleId>),
    /// In one of these languages.
    Languages(Vec<String>),
    /// Of one of these kinds.
    Kinds(Vec<ArticleKind>),
    /// Published in a span of time.
    PublishedAt(TimeTest),
    /// Last changed in a span of time.
    UpdatedAt(TimeTest),
    /// By headline.
    Headline(TextTest),
    /// In one of these categories themselves; whoever wants descendants names them.
    InCategories(Vec<CategoryId>),
    /// Credited to one of these authors.
    ByAuthors(Vec<AuthorId>),
    /// With one of the tags with these slugs.
    Tagged(Vec<String>),
    /// Citing one of these sources.
    Citing(Vec<SourceId>),
    /// With one of these in the gallery.
    Showing(Vec<MediaId>),
    /// With any reference.
    HasReferences,
    /// With anything in the gallery.
    HasMedia,
    /// In one of these states as shown at the scope's instant.
    Statuses(Vec<ArticleStatus>),
}

/// The most values one status is told by.
const VALUES_OF_STATUS: usize = 10;
/// The most values an instant or a text is tested with.
const VALUES_OF_TEST: usize = 8;

impl ArticleFilter {
    /// All articles of the scope.
    #[must_use]
    pub const fn everything() -> Self {
        Self::All(Vec::new())
    }

    /// How many values its condition binds at most.
    pub(crate) fn values_at_most(&self) -> usize {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().map(Self::values_at_most).sum(),
            Self::Not(part) => part.values_at_most(),
            Self::Editions(editions) => editions.values_at_most(),
            Self::Ids(ids) => ids.len(),
            Self::Languages(tags) => tags.len(),
            Self::Kinds(kinds) => kinds.len(),
            Self::InCategories(ids) => ids.len(),
            Self::ByAuthors(ids) => ids.len(),
            Self::Tagged(slugs) => slugs.len(),
            Self::Citing(ids) => ids.len(),
            Self::Showing(ids) => ids.len(),
            Self::Statuses(statuses) => VALUES_OF_STATUS * statuses.len(),
            Self::PublishedAt(_) | Self::UpdatedAt(_) | Self::Headline(_) => VALUES_OF_TEST,
            Self::NewsFlow | Self::HasReferences | Self::HasMedia => 0,
        }
    }

    pub(crate) fn condition(&self, scope: &ReadScope) -> Condition {
        match self {
            Self::All(parts) if parts.is_empty() => everything(),
            Self::All(parts) => parts.iter().fold(Condition::all(), |all, part| all.add(part.condition(scope))),
            Self::Any(parts) if parts.is_empty() => nothing(),
            Self::Any(parts) => parts.iter().fold(Condition::any(), |any, part| any.add(part.condition(scope))),
            Self::Not(part) => part.condition(scope).not(),
            Self::Editions(editions) => editions.condition(scope),
            // A constant in the text: partial indexes are used only when their condition is seen.
            Self::NewsFlow => Condition::all().add(Expr::cust("\"articles\".\"kind\" <> 'PAGE'")),
            Self::Ids(ids) => one_of(article::Column::Id, ids.iter().map(|id| id.uuid())),
            Self::Languages(tags) => one_of(article::Column::Language, tags.iter().cloned()),
            Self::Kinds(kinds) => one_of(article::Column::Kind, kinds.iter().map(|kind| kind.as_str())),
            Self::PublishedAt(test) => during(article::Column::PublishedAt, *test),
            Self::UpdatedAt(test) => during(article::Column::UpdatedAt, *test),
            Self::Headline(test) => headline(test),
            Self::InCategories(ids) => related(
                article_category::Entity::find()
                    .select_only()
                    .column(article_category::Column::ArticleId)
                    .filter(article_category::Column::CategoryId.is_in(ids.iter().map(|id| id.uuid())))
                    .into_query(),
            ),
            Self::ByAuthors(ids) => related(
                article_credit::Entity::find()
                    .select_only()
                    .column(article_credit::Column::ArticleId)
                    .filter(article_credit::Column::AuthorId.is_in(ids.iter().map(|id| id.uuid())))
                    .into_query(),
            ),
            Self::Tagged(slugs) => related(tagged(slugs)),
            Self::Citing(ids) => related(
                article_reference::Entity::find()
                    .select_only()
                    .column(article_reference::Column::ArticleId)
                    .filter(article_reference::Column::SourceId.is_in(ids.iter().map(|id| id.uuid())))
                    .into_query(),
            ),
            Self::Showing(ids) => related(
                article_media::Entity::find()
                    .select_only()
                    .column(article_media::Column::ArticleId)
                    .filter(article_media::Column::MediaId.is_in(ids.iter().map(|id| id.uuid())))
                    .into_query(),
            ),
            Self::HasReferences => related(
                article_reference::Entity::find()
                    .select_only()
                    .column(article_reference::Column::ArticleId)
                    .into_query(),
            ),
            Self::HasMedia => related(
                article_media::Entity::find().select_only().column(article_media::Column::ArticleId).into_query(),
            ),
            Self::Statuses(statuses) => {
                statuses.iter().fold(nothing(), |any, status| Condition::any().add(any).add(has_status(*status, scope)))
            }
        }
    }
}

// An empty condition would vanish from what stands around it: not from `and`, but from `or` and `not`.
fn everything() -> Condition {
    Condition::all().add(Expr::cust("1 = 1"))
}

fn nothing() -> Condition {
    Condition::all().add(Expr::cust("1 = 0"))
}

fn one_of<V: Into<sea_orm::Value>>(column: article::Column, values: impl Iterator<Item = V>) -> Condition {
    Condition::all().add(column.is_in(values))
}

fn related(articles: SelectStatement) -> Condition {
    Condition::all().add(Expr::col((article::Entity, article::Column::Id)).in_subquery(articles))
}

fn tagged(slugs: &[String]) -> SelectStatement {
    let tags = Query::select()
        .column(tag::Column::Id)
        .from(tag::Entity)
        .and_where(Expr::col(tag::Column::Slug).is_in(slugs.iter().cloned()))
        .take();
    article_tag::Entity::find()
        .select_only()
        .column(article_tag::Column::ArticleId)
        .filter(article_tag::Column::TagId.in_subquery(tags))
        .into_query()
}

/// Whether an instant in a column passes a test.
pub(crate) fn during(column: impl ColumnTrait, test: TimeTest) -> Condition {
    let TimeTest { gt, gte, lt, lte, is_null } = test;
    if test == TimeTest::default() {
        return everything();
    }
    Condition::all()
        .add_option(gt.map(|at| column.gt(at)))
        .add_option(gte.map(|at| column.gte(at)))
        .add_option(lt.map(|at| column.lt(at)))
        .add_option(lte.map(|at| column.lte(at)))
        .add_option(is_null.map(|null| if null { column.is_null() } else { column.is_not_null() }))
}

fn headline(test: &TextTest) -> Condition {
    let key = article::Column::HeadlineKey;
    match test {
        TextTest::Is(text) => Condition::all().add(key.eq(sort_key(text))),
        TextTest::StartsWith(text) => begins_with(key, &sort_key(text)),
        TextTest::Contains(text) => Condition::all().add(holds(key, &sort_key(text))),
    }
}

fn has_status(status: ArticleStatus, scope: &ReadScope) -> Condition {
    let state = |word: &str| Condition::all().add(article::Column::State.eq(word));
    match status {
        ArticleStatus::Scheduled => state("PUBLISHED").add(article::Column::PublishedAt.gt(scope.now)),
        ArticleStatus::Published => state("PUBLISHED").add(article::Column::PublishedAt.lte(scope.now)),
        other => state(other.as_str()),
    }
}
