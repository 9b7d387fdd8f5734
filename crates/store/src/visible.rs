//! The one place that says which articles a read sees. Every select of articles begins here.

use masthead_domain::{UserId, policy::Visibility};
use sea_orm::{
    Condition, EntityTrait, QueryFilter, Select,
    sea_query::{Expr, ExprTrait, Query, SelectStatement, SimpleExpr},
};

use crate::{
    row::article::{Column, Entity},
    scope::{Perspective, ReadScope},
};

/// What articles are called in a statement, unless it looks at several at once.
pub(crate) const ARTICLES: &str = "articles";

/// Articles of a scope.
pub(crate) fn articles(scope: &ReadScope) -> Select<Entity> {
    Entity::find().filter(condition(scope))
}

/// Articles of a scope from a place in a list on (as [`crate::page::Sort::start`] gives it). What is read of them is still
/// to be said.
pub(crate) fn articles_from(scope: &ReadScope, start: Condition) -> SelectStatement {
    Query::select().from(Entity).cond_where(start).cond_where(condition(scope)).take()
}

/// What readers see at an instant that stands in the statement.
pub(crate) fn published_at(now: &SimpleExpr) -> Condition {
    published_at_on(ARTICLES, now)
}

/// The same on articles that have another name in the statement.
pub(crate) fn published_at_on(name: &'static str, now: &SimpleExpr) -> Condition {
    let rows = Rows(name);
    rows.kept().add(rows.public(now))
}

/// The condition on `articles` that [`articles`] begins with, for statements that start elsewhere and join.
pub(crate) fn condition(scope: &ReadScope) -> Condition {
    condition_on(ARTICLES, scope)
}

/// The same on articles that have another name in the statement.
pub(crate) fn condition_on(name: &'static str, scope: &ReadScope) -> Condition {
    let rows = Rows(name);
    let public = |scope: &ReadScope| rows.public(&Expr::val(scope.now));
    let unseen = |scope: &ReadScope| {
        let waits = rows.column(Column::PendingVersion).is_not_null();
        Condition::any().add(public(scope).not()).add(waits)
    };
    let kept = rows.kept();
    match (scope.perspective, scope.visibility) {
        (Perspective::Published, _) | (Perspective::Latest, Visibility::Public) => kept.add(public(scope)),
        (Perspective::Latest, Visibility::Own(user)) => {
            kept.add(Condition::any().add(public(scope)).add(rows.made_by(user)))
        }
        (Perspective::Latest, Visibility::All) => kept,
        // Nobody but the desk sees drafts: for the public this is the empty set, not an error that tells.
        (Perspective::Draft | Perspective::Deleted, Visibility::Public) => kept.add(Expr::cust("1 = 0")),
        (Perspective::Draft, Visibility::Own(user)) => kept.add(rows.made_by(user)).add(unseen(scope)),
        (Perspective::Draft, Visibility::All) => kept.add(unseen(scope)),
        (Perspective::Deleted, Visibility::Own(user)) => rows.deleted().add(rows.made_by(user)),
        (Perspective::Deleted, Visibility::All) => rows.deleted(),
    }
}

/// The condition on what stands below an article and has an instant of its own: that the instant is there. Whoever sees
/// the article's drafts sees also what is to come.
pub(crate) fn come(scope: &ReadScope, at: SimpleExpr) -> Condition {
    // Said by what it is not, as below.
    let come = at.gt(scope.now).not();
    match (scope.perspective, scope.visibility) {
        (Perspective::Published, _) | (_, Visibility::Public) => Condition::all().add(come),
        (Perspective::Latest | Perspective::Draft | Perspective::Deleted, Visibility::Own(user)) => {
            Condition::any().add(come).add(Rows(ARTICLES).made_by(user))
        }
        (Perspective::Latest | Perspective::Draft | Perspective::Deleted, Visibility::All) => Condition::all(),
    }
}

/// Rows of articles by the name they have in a statement.
#[derive(Clone, Copy)]
struct Rows(&'static str);

impl Rows {
    fn column(self, column: Column) -> SimpleExpr {
        Expr::col((self.0, column))
    }

    fn kept(self) -> Condition {
        // Constants stand in the text, not in parameters: a partial index is used only when its condition is seen.
        Condition::all().add(Expr::cust(format!("\"{}\".\"deleted_at\" IS NULL", self.0)))
    }

    fn deleted(self) -> Condition {
        let columns = [Column::DeletedAt, Column::PurgedAt].map(|column| self.column(column));
        let [deleted, purged] = columns;
        Condition::all().add(deleted.is_not_null()).add(purged.is_null())
    }

    fn public(self, now: &SimpleExpr) -> Condition {
        let published = self.column(Column::PublishedAt);
        let (embargo, expiry) = (self.column(Column::EmbargoUntil), self.column(Column::ExpiresAt));
        Condition::all()
            .add(Expr::cust(format!("\"{}\".\"state\" = 'PUBLISHED'", self.0)))
            // Said by what it is not. SQLite takes `<=` for the bound of an index, and would rather read everything that
            // was ever published and sort it than walk along the order of a list.
            .add(published.gt(now.clone()).not())
            .add(Condition::any().add(embargo.clone().is_null()).add(embargo.lte(now.clone())))
            .add(Condition::any().add(expiry.clone().is_null()).add(expiry.gt(now.clone())))
    }

    fn made_by(self, user: UserId) -> Condition {
        let maker = self.column(Column::CreatedBy);
        Condition::all().add(maker.clone().is_not_null()).add(maker.eq(user.uuid()))
    }
}
