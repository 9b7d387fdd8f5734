//! Filters by the articles a thing stands in.
//!
//! They count only articles the reader may see. Otherwise asking "which sources does article X cite?" would tell the
//! content of a draft to anybody who has its id.

use masthead_domain::{ArticleId, Timestamp};
use sea_orm::{
    Condition, DynIden,
    sea_query::{Expr, ExprTrait, IntoIden, JoinType, Query, SelectStatement, SimpleExpr, UnionType},
};

use crate::{
    row::article,
    scope::{LibraryScope, ReadScope},
    visible,
};

/// Things that stand in articles, or do not.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct InArticles {
    /// In at least one of these.
    pub any_of: Option<Vec<ArticleId>>,
    /// In none of these.
    pub none_of: Option<Vec<ArticleId>>,
}

/// A table that links articles to things.
pub(crate) struct Link {
    table: DynIden,
    thing: DynIden,
    article: DynIden,
}

impl Link {
    pub(crate) fn new(table: impl IntoIden, thing: impl IntoIden, article: impl IntoIden) -> Self {
        Self { table: table.into_iden(), thing: thing.into_iden(), article: article.into_iden() }
    }

    /// The ids of things that stand in at least one of these articles, as far as the scope sees them.
    fn things(&self, scope: &ReadScope, articles: &[ArticleId]) -> SelectStatement {
        self.seen(scope)
            .expr(self.own(&self.thing))
            .and_where(self.own(&self.article).is_in(articles.iter().map(|id| id.uuid())))
            .take()
    }

    /// The articles that readers see in which the thing of an outer statement stands.
    ///
    /// It begins at the thing: its own index gives the few articles it stands in, their keys give those.
    fn shows(&self, at: Timestamp, id: &SimpleExpr) -> SelectStatement {
        self.seen(&ReadScope::public(at)).expr(Expr::cust("1")).and_where(self.own(&self.thing).eq(id.clone())).take()
    }

    /// The rows of articles that the scope sees.
    fn seen(&self, scope: &ReadScope) -> SelectStatement {
        Query::select()
            .from(self.table.clone())
            .join(
                JoinType::InnerJoin,
                article::Entity,
                Expr::col((article::Entity, article::Column::Id)).equals((self.table.clone(), self.article.clone())),
            )
            .cond_where(visible::condition(scope))
            .take()
    }

    fn own(&self, column: &DynIden) -> Expr {
        Expr::col((self.table.clone(), column.clone()))
    }
}

/// The condition on the id of a thing that its library's scope sees it: standing in articles by one of the links, or
/// having one of the rows of `more`.
///
/// All uses are one EXISTS. PostgreSQL answers several that are joined by OR by reading all things in use first.
pub(crate) fn in_library(
    scope: LibraryScope,
    links: &[Link],
    more: Option<SelectStatement>,
    id: &SimpleExpr,
) -> Condition {
    let LibraryScope::Shown { at } = scope else { return Condition::all() };
    let uses = links.iter().map(|link| link.shows(at, id)).chain(more);
    let any = uses.reduce(|mut any, one| any.union(UnionType::All, one).take());
    Condition::all().add_option(any.map(Expr::exists))
}

/// The condition on the id of a thing.
pub(crate) fn condition(scope: &ReadScope, filter: &InArticles, link: &Link, id: &SimpleExpr) -> Condition {
    let InArticles { any_of, none_of } = filter;
    Condition::all()
        .add_option(any_of.as_ref().map(|articles| id.clone().in_subquery(link.things(scope, articles))))
        .add_option(none_of.as_ref().map(|articles| id.clone().not_in_subquery(link.things(scope, articles))))
}
