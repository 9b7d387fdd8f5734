//! The one place that says which articles a read sees. Every select of articles begins here.

use masthead_domain::{UserId, policy::Visibility};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, Select,
    sea_query::{Expr, ExprTrait, SimpleExpr},
};

use crate::{
    row::article,
    scope::{Perspective, ReadScope},
};

/// Articles of a scope.
pub(crate) fn articles(scope: &ReadScope) -> Select<article::Entity> {
    articles_from(scope, Condition::all())
}

/// Articles of a scope from a place in a list on (as [`crate::page::Sort::start`] gives it).
pub(crate) fn articles_from(scope: &ReadScope, start: Condition) -> Select<article::Entity> {
    article::Entity::find().filter(start).filter(condition(scope))
}

/// What readers see at an instant that stands in the statement.
pub(crate) fn published_at(now: &SimpleExpr) -> Condition {
    kept().add(public(now))
}

/// The condition on `articles` that [`articles`] begins with, for statements that start elsewhere and join.
pub(crate) fn condition(scope: &ReadScope) -> Condition {
    let public = |scope: &ReadScope| public(&Expr::val(scope.now));
    let unseen = |scope: &ReadScope| {
        let waits = article::Column::PendingVersion.is_not_null();
        Condition::any().add(public(scope).not()).add(waits)
    };
    let kept = kept();
    match (scope.perspective, scope.visibility) {
        (Perspective::Published, _) | (Perspective::Latest, Visibility::Public) => kept.add(public(scope)),
        (Perspective::Latest, Visibility::Own(user)) => {
            kept.add(Condition::any().add(public(scope)).add(made_by(user)))
        }
        (Perspective::Latest, Visibility::All) => kept,
        // Nobody but the desk sees drafts: for the public this is the empty set, not an error that tells.
        (Perspective::Draft | Perspective::Deleted, Visibility::Public) => kept.add(Expr::cust("1 = 0")),
        (Perspective::Draft, Visibility::Own(user)) => kept.add(made_by(user)).add(unseen(scope)),
        (Perspective::Draft, Visibility::All) => kept.add(unseen(scope)),
        (Perspective::Deleted, Visibility::Own(user)) => deleted().add(made_by(user)),
        (Perspective::Deleted, Visibility::All) => deleted(),
    }
}

fn deleted() -> Condition {
    Condition::all().add(Expr::cust(r#""articles"."deleted_at" IS NOT NULL AND "articles"."purged_at" IS NULL"#))
}

/// The condition on what stands below an article and has an instant of its own: that the instant is there. Whoever sees
/// the article's drafts sees also what is to come.
pub(crate) fn come(scope: &ReadScope, at: SimpleExpr) -> Condition {
    let come = at.lte(scope.now);
    match (scope.perspective, scope.visibility) {
        (Perspective::Published, _) | (_, Visibility::Public) => Condition::all().add(come),
        (Perspective::Latest | Perspective::Draft | Perspective::Deleted, Visibility::Own(user)) => {
            Condition::any().add(come).add(made_by(user))
        }
        (Perspective::Latest | Perspective::Draft | Perspective::Deleted, Visibility::All) => Condition::all(),
    }
}

fn kept() -> Condition {
    // Constants stand in the text, not in parameters: a partial index is used only when its condition is seen.
    Condition::all().add(Expr::cust("\"articles\".\"deleted_at\" IS NULL"))
}

fn public(now: &SimpleExpr) -> Condition {
    let column = |column| Expr::col((article::Entity, column));
    let (published, embargo, expiry) = (
        column(article::Column::PublishedAt),
        column(article::Column::EmbargoUntil),
        column(article::Column::ExpiresAt),
    );
    Condition::all()
        .add(Expr::cust("\"articles\".\"state\" = 'PUBLISHED'"))
        .add(published.clone().is_not_null())
        .add(published.lte(now.clone()))
        .add(Condition::any().add(embargo.clone().is_null()).add(embargo.lte(now.clone())))
        .add(Condition::any().add(expiry.clone().is_null()).add(expiry.gt(now.clone())))
}

fn made_by(user: UserId) -> Condition {
    Condition::all().add(article::Column::CreatedBy.is_not_null()).add(article::Column::CreatedBy.eq(user.uuid()))
}
