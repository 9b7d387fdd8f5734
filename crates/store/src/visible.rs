//! The one place that says which articles a read sees. Every select of articles begins here.

use masthead_domain::{UserId, policy::Visibility};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, Select, sea_query::Expr};

use crate::{
    row::article,
    scope::{Perspective, ReadScope},
};

/// Articles of a scope.
pub(crate) fn articles(scope: &ReadScope) -> Select<article::Entity> {
    article::Entity::find().filter(condition(scope))
}

/// The condition on `articles` that [`articles`] begins with, for statements that start elsewhere and join.
pub(crate) fn condition(scope: &ReadScope) -> Condition {
    // Constants stand in the text, not in parameters: a partial index is used only when its condition is seen.
    let kept = Condition::all().add(Expr::cust("\"articles\".\"deleted_at\" IS NULL"));
    match (scope.perspective, scope.visibility) {
        (Perspective::Published, _) | (Perspective::Latest, Visibility::Public) => kept.add(public(scope)),
        (Perspective::Latest, Visibility::Own(user)) => {
            kept.add(Condition::any().add(public(scope)).add(made_by(user)))
        }
        (Perspective::Latest, Visibility::All) => kept,
        // Nobody but the desk sees drafts: for the public this is the empty set, not an error that tells.
        (Perspective::Draft, Visibility::Public) => kept.add(Expr::cust("1 = 0")),
        (Perspective::Draft, Visibility::Own(user)) => kept.add(made_by(user)).add(public(scope).not()),
        (Perspective::Draft, Visibility::All) => kept.add(public(scope).not()),
    }
}

fn public(scope: &ReadScope) -> Condition {
    Condition::all()
        .add(Expr::cust("\"articles\".\"state\" = 'PUBLISHED'"))
        .add(article::Column::PublishedAt.is_not_null())
        .add(article::Column::PublishedAt.lte(scope.now))
        .add(
            Condition::any()
                .add(article::Column::EmbargoUntil.is_null())
                .add(article::Column::EmbargoUntil.lte(scope.now)),
        )
        .add(Condition::any().add(article::Column::ExpiresAt.is_null()).add(article::Column::ExpiresAt.gt(scope.now)))
}

fn made_by(user: UserId) -> Condition {
    Condition::all().add(article::Column::CreatedBy.is_not_null()).add(article::Column::CreatedBy.eq(user.uuid()))
}
