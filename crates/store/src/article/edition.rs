//! Which edition of a story is shown to somebody who named languages: the best along their chain, of those that they
//! see. An edition that is hidden from them hides no other.

use std::sync::Arc;

use masthead_domain::{LanguageTag, Locales, Timestamp};
use sea_orm::{
    Condition, EntityTrait, JoinType, QuerySelect, QueryTrait, Select,
    sea_query::{CaseStatement, Expr, ExprTrait, Query, SimpleExpr},
};
use tracing::instrument;

use super::{Article, ArticleKey, ArticleOrder, ArticleSort, Found};
use crate::{
    direct::Connection,
    error::StoreResult,
    page::{PageRequest, Sort, SortKey},
    placed::{self, Single},
    row::{
        article::{Column, Entity, Model},
        article_body,
    },
    scope::{Perspective, ReadScope},
    visible::{self, ARTICLES},
};

/// What the other editions of an article are called in a statement.
const BETTER: &str = "better";

/// What the article that was looked up is called in a statement.
const FOUND: &str = "found";

/// The most values that a scope's own condition binds.
const VALUES_OF_SCOPE: usize = 10;

/// The place of the language in the chain, from 0; the length of the chain when it is not in it.
fn rank(name: &'static str, chain: &[LanguageTag]) -> SimpleExpr {
    let language = || column(name, Column::Language);
    let case = chain.iter().enumerate().fold(CaseStatement::new(), |case, (place, tag)| {
        case.case(language().eq(tag.as_str()), Expr::cust(place.to_string()))
    });
    case.finally(Expr::cust(chain.len().to_string())).into()
}

/// The order of editions along a chain; those outside it come last.
pub(super) fn order(locales: &Locales) -> Option<SimpleExpr> {
    (!locales.chain().is_empty()).then(|| rank(ARTICLES, locales.chain()))
}

/// Which edition of each story a list holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Editions {
    /// The languages the reader wants, the best first. Stories without an edition in any of them have none.
    pub locales: Locales,
    /// How the reader came to this page; none on a first page and for counts.
    pub walk: Option<Walk>,
}

/// A reader's way through a list, page by page. On its way no edition that came before readers since the first page takes
/// the place of another, and none stands in for one that left since it was passed: a story is met once.
#[derive(Debug, Clone, PartialEq)]
pub struct Walk {
    /// When the first page was read.
    pub since: Timestamp,
    /// The order of the list.
    pub order: Vec<ArticleOrder>,
    /// The page.
    pub request: PageRequest,
}

fn column(name: &'static str, column: Column) -> SimpleExpr {
    Expr::col((name, column))
}

impl Editions {
    /// How many values the condition binds at most.
    pub(super) fn values_at_most(&self) -> usize {
        let subqueries = if self.walk.is_some() { 4 } else { 2 };
        subqueries * (VALUES_OF_SCOPE + 2 * self.locales.chain().len())
    }

    /// The articles that are the best edition of their story along the chain, of those that the scope shows.
    pub(super) fn condition(&self, scope: &ReadScope) -> Condition {
        match self.locales.chain() {
            [] => Condition::all().add(Expr::cust("1 = 1")),
            // A story has one edition in each language.
            [only] => Condition::all().add(column(ARTICLES, Column::Language).eq(only.as_str())),
            chain => {
                // Not as a list of languages: a list is read along its order until the page is full, and SQLite would
                // rather read everything in these languages and sort it.
                let wanted = rank(ARTICLES, chain).lt(Expr::cust(chain.len().to_string()));
                let wanted = Condition::all().add(wanted);
                let seen = visible::condition_on(BETTER, scope);
                match &self.walk {
                    Some(walk) if scope.perspective == Perspective::Published => {
                        let there = |name| visible::published_at_on(name, &Expr::val(walk.since));
                        let kept = Expr::cust("\"better\".\"deleted_at\" IS NULL");
                        let deleted = Condition::all()
                            // Constants in the text, for the index of what is deleted.
                            .add(Expr::cust(
                                "\"better\".\"deleted_at\" IS NOT NULL AND \"better\".\"purged_at\" IS NULL",
                            ))
                            .add(column(BETTER, Column::DeletedAt).gt(walk.since));
                        wanted
                            .add(there(ARTICLES))
                            .add(without(chain, seen.add(there(BETTER))))
                            .add(without(chain, walk.left_behind(scope).add(kept)))
                            .add(without(chain, walk.left_behind(scope).add(deleted)))
                    }
                    Some(_) | None => wanted.add(without(chain, seen)),
                }
            }
        }
    }
}

/// The articles whose story has no better edition that passes a condition.
fn without(chain: &[LanguageTag], condition: Condition) -> SimpleExpr {
    let better = Query::select()
        .expr(Expr::cust("1"))
        .from_as(Entity, BETTER)
        .and_where(column(BETTER, Column::TranslationGroupId).equals((ARTICLES, Column::TranslationGroupId)))
        .cond_where(condition)
        .and_where(rank(BETTER, chain).lt(rank(ARTICLES, chain)))
        .take();
    Expr::exists(better).not()
}

impl Walk {
    /// Editions that readers saw when the walk began and no longer see, or see at another place, and that the walk had
    /// passed. Of what is taken off the site the row keeps when readers first saw it.
    fn left_behind(&self, scope: &ReadScope) -> Condition {
        let of = |wanted| column(BETTER, wanted);
        let expired =
            Condition::all().add(of(Column::ExpiresAt).gt(self.since)).add(of(Column::ExpiresAt).lte(scope.now));
        let elsewhere = Condition::any().add(of(Column::PublishedAt).gt(self.since)).add(expired);
        let published = Condition::all().add(of(Column::State).eq("PUBLISHED")).add(elsewhere);
        Condition::all()
            .add(of(Column::FirstPublishedAt).lte(self.since))
            .add(Condition::any().add(of(Column::RemovedAt).gt(self.since)).add(published))
            .add(self.former_place().start(&self.request).not())
    }

    fn former_place(&self) -> Sort {
        let of = |wanted| column(BETTER, wanted);
        let published_at: SimpleExpr = CaseStatement::new()
            .case(of(Column::PublishedAt).lte(self.since), of(Column::PublishedAt))
            .finally(of(Column::FirstPublishedAt))
            .into();
        let key = |ArticleOrder { by, descending }: &ArticleOrder| {
            let expr = match by {
                ArticleSort::PublishedAt => published_at.clone(),
                ArticleSort::UpdatedAt => of(Column::UpdatedAt),
                ArticleSort::Headline => of(Column::HeadlineKey),
            };
            SortKey { expr, descending: *descending }
        };
        Sort { keys: self.order.iter().map(key).collect(), id: of(Column::Id) }
    }
}

/// The best edition along a chain of the story that a key finds; what the key finds itself when the chain has none.
fn select(scope: &ReadScope, key: ArticleKey<'_>, locales: &Locales) -> Select<Entity> {
    let chain = locales.chain();
    let found = super::keyed(scope, key, locales)
        .select_only()
        .columns([Column::Id, Column::TranslationGroupId])
        .limit(1)
        .into_query();
    let same_story = column(FOUND, Column::TranslationGroupId).equals((ARTICLES, Column::TranslationGroupId));
    let is_found = column(FOUND, Column::Id).equals((ARTICLES, Column::Id));
    let is_wanted = rank(ARTICLES, chain).lt(Expr::cust(chain.len().to_string()));
    let mut select = visible::articles(scope);
    QueryTrait::query(&mut select)
        .join_subquery(JoinType::InnerJoin, found, FOUND, same_story)
        .cond_where(Condition::any().add(is_wanted).add(is_found))
        .order_by_expr(rank(ARTICLES, chain), sea_orm::Order::Asc);
    select.limit(1)
}

/// The best edition along a chain of the story that a key finds, or what the key finds itself when the scope shows no
/// edition in the chain. One statement.
///
/// # Errors
/// [`crate::StoreError`] when it cannot be read.
#[instrument(skip_all)]
pub async fn edition(
    connection: &impl Connection,
    scope: &ReadScope,
    key: ArticleKey<'_>,
    locales: &Locales,
) -> StoreResult<Option<Article>> {
    let row = placed::one(connection, select(scope, key, locales).into_query()).await?;
    row.map(Article::of_row).transpose()
}

/// The same with its body, by one statement too.
///
/// # Errors
/// [`crate::StoreError`] when it cannot be read.
#[instrument(skip_all)]
pub async fn edition_with_body(
    connection: &impl Connection,
    scope: &ReadScope,
    key: ArticleKey<'_>,
    locales: &Locales,
) -> StoreResult<Option<Found>> {
    let to_body = Entity::belongs_to(article_body::Entity).from(Column::Id).to(article_body::Column::ArticleId).into();
    let select = select(scope, key, locales).join(JoinType::LeftJoin, to_body).column(article_body::Column::Body);
    match placed::one::<(Model, Single<Option<String>>)>(connection, select.into_query()).await? {
        Some((row, Single(body))) => {
            Ok(Some(Found { article: Arc::new(Article::of_row(row)?), body: body.map(Arc::from) }))
        }
        None => Ok(None),
    }
}
