//! Which articles a list holds.

use masthead_domain::{
    ArticleId, AuthorId, CategoryId, MediaId, SourceId, Timestamp,
    article::{ArticleKind, ArticleStatus},
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait,
    sea_query::{Expr, ExprTrait, Query, SelectStatement, SimpleExpr, SubQueryStatement},
};

use super::{
    Editions,
    list::{NOT_YET, PUBLISHED_OR_NOT_YET},
};
use crate::{
    map::sort_key,
    matching::{begins_with, beside, holds},
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

    /// The conditions that must all hold.
    pub(super) fn conditions(&self) -> Vec<&Self> {
        match self {
            Self::All(parts) => parts.iter().flat_map(Self::conditions).collect(),
            other => vec![other],
        }
    }

    /// How surely few articles pass, as it is known before any is looked at: what names them comes first.
    pub(super) fn names_few(&self) -> Option<u8> {
        match self {
            Self::Ids(_) => Some(0),
            Self::Headline(TextTest::Is(_)) => Some(1),
            Self::Citing(_) => Some(2),
            _ => None,
        }
    }

    pub(crate) fn condition(&self, scope: &ReadScope) -> Condition {
        let parts = self.conditions();
        let few = (0..parts.len()).filter_map(|at| Some((parts.get(at)?.names_few()?, at))).min();
        let Some((_, lead)) = few else { return self.read_by(scope, Way::FromTies) };
        // What leads to few articles leads alone: whatever else is asked is asked of each of them.
        let of = |at, part: &Self| if at == lead { part.read_by(scope, Way::FromTies) } else { part.of_few(scope) };
        parts.into_iter().enumerate().fold(Condition::all(), |all, (at, part)| all.add(of(at, part)))
    }

    /// The condition on few articles, for which no index is taken.
    fn of_few(&self, scope: &ReadScope) -> Condition {
        use article::Column;
        match self {
            Self::Languages(tags) => Condition::all().add(beside(Column::Language).is_in(tags.iter().cloned())),
            Self::Kinds(kinds) => {
                Condition::all().add(beside(Column::Kind).is_in(kinds.iter().map(|kind| kind.as_str())))
            }
            other => other.read_by(scope, Way::FromArticle),
        }
    }

    /// The condition on articles to which something else has led.
    pub(super) fn condition_beside(&self, scope: &ReadScope) -> Condition {
        self.read_by(scope, Way::FromArticle)
    }

    fn read_by(&self, scope: &ReadScope, way: Way) -> Condition {
        let below = |part: &Self| part.read_by(scope, Way::FromArticle);
        match self {
            Self::All(parts) if parts.is_empty() => everything(),
            Self::All(parts) => parts.iter().fold(Condition::all(), |all, part| all.add(part.read_by(scope, way))),
            Self::Any(parts) if parts.is_empty() => nothing(),
            Self::Any(parts) => parts.iter().fold(Condition::any(), |any, part| any.add(below(part))),
            Self::Not(part) => below(part).not(),
            Self::Editions(editions) => editions.condition(scope),
            // A constant in the text: partial indexes are used only when their condition is seen.
            Self::NewsFlow => Condition::all().add(Expr::cust("\"articles\".\"kind\" <> 'PAGE'")),
            Self::Ids(ids) => one_of(article::Column::Id, ids.iter().map(|id| id.uuid())),
            Self::Languages(tags) => one_of(article::Column::Language, tags.iter().cloned()),
            Self::Kinds(kinds) => one_of(article::Column::Kind, kinds.iter().map(|kind| kind.as_str())),
            Self::PublishedAt(test) => during(article::Column::PublishedAt, *test),
            Self::UpdatedAt(test) => during(article::Column::UpdatedAt, *test),
            Self::Headline(test) => headline(test),
            Self::InCategories(ids) => {
                use article_category::{Column, Entity};
                let own = Column::CategoryId.is_in(ids.iter().map(|id| id.uuid()));
                tied(way, Entity, Column::ArticleId, own)
            }
            Self::ByAuthors(ids) => {
                use article_credit::{Column, Entity};
                let own = Column::AuthorId.is_in(ids.iter().map(|id| id.uuid()));
                tied(way, Entity, Column::ArticleId, own)
            }
            Self::Tagged(slugs) => {
                use article_tag::{Column, Entity};
                tied(way, Entity, Column::ArticleId, Column::TagId.in_subquery(with_slugs(slugs)))
            }
            Self::Citing(ids) => {
                use article_reference::{Column, Entity};
                let own = Column::SourceId.is_in(ids.iter().map(|id| id.uuid()));
                tied(way, Entity, Column::ArticleId, own)
            }
            Self::Showing(ids) => {
                use article_media::{Column, Entity};
                let own = Column::MediaId.is_in(ids.iter().map(|id| id.uuid()));
                tied(way, Entity, Column::ArticleId, own)
            }
            // Most articles have some, so there is nothing to be gained from their side.
            Self::HasReferences => {
                let any = Expr::cust("1 = 1");
                tied(Way::FromArticle, article_reference::Entity, article_reference::Column::ArticleId, any)
            }
            Self::HasMedia => {
                let any = Expr::cust("1 = 1");
                tied(Way::FromArticle, article_media::Entity, article_media::Column::ArticleId, any)
            }
            Self::Statuses(statuses) => has_status(statuses, scope),
        }
    }
}

/// From which side it is found out what an article stands with.
#[derive(Debug, Clone, Copy)]
enum Way {
    /// From the other one, which leads to few articles.
    FromTies,
    /// From each article. Where an article may pass without it, what it stands with leads nowhere.
    FromArticle,
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

/// The articles that one of the rows of another table which pass a condition belongs to.
fn tied<E: EntityTrait, C: ColumnTrait>(way: Way, ties: E, of: C, condition: SimpleExpr) -> Condition {
    let (id, article) = (Expr::col((article::Entity, article::Column::Id)), Expr::col((ties, of)));
    let mut rows = Query::select().from(ties).and_where(condition).take();
    Condition::all().add(match way {
        Way::FromTies => id.in_subquery(rows.expr(article).take()),
        // Counted, which are few. What is only said to exist PostgreSQL may read for all articles first.
        Way::FromArticle => {
            let own = rows.expr(Expr::cust("count(*)")).and_where(article.eq(id)).take();
            SimpleExpr::from(SubQueryStatement::from(own)).gt(Expr::cust("0"))
        }
    })
}

/// The ids of the tags with these slugs.
pub(super) fn with_slugs(slugs: &[String]) -> SelectStatement {
    Query::select()
        .column(tag::Column::Id)
        .from(tag::Entity)
        .and_where(Expr::col((tag::Entity, tag::Column::Slug)).is_in(slugs.iter().cloned()))
        .take()
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

/// In one of these states. Constants stand in the text: partial indexes are used only when their condition is seen.
fn has_status(statuses: &[ArticleStatus], scope: &ReadScope) -> Condition {
    let published =
        |condition: SimpleExpr| Condition::all().add(Expr::cust("\"articles\".\"state\" = 'PUBLISHED'")).add(condition);
    let at = || Expr::cust(PUBLISHED_OR_NOT_YET);
    let mut ways = Vec::new();
    let mut states = Vec::new();
    for status in statuses {
        match status {
            ArticleStatus::Scheduled => ways.push(published(at().gt(scope.now)).add(at().lt(Expr::cust(NOT_YET)))),
            ArticleStatus::Published => ways.push(published(at().lte(scope.now))),
            other => states.push(format!("'{}'", other.as_str())),
        }
    }
    if !states.is_empty() {
        let states = format!("\"articles\".\"state\" IN ({})", states.join(", "));
        let unpublished = Expr::cust("\"articles\".\"state\" <> 'PUBLISHED'");
        ways.push(Condition::all().add(Expr::cust(states)).add(unpublished));
    }
    match ways.len() {
        0 => nothing(),
        1 => ways.into_iter().fold(Condition::all(), Condition::add),
        _ => ways.into_iter().fold(Condition::any(), Condition::add),
    }
}
