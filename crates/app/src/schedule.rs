//! Announcing what time does to articles.
//!
//! Time decides what readers see, at every read and to the instant. What is done here is late by nature and changes
//! nothing for readers: it writes into the change log that an article came before them or left them, so that whoever
//! follows the log learns of that too.

use std::collections::HashMap;

use masthead_domain::{
    ArticleId, LanguageTag,
    article::{RemovalReason, TransitionKind},
    event::{Change, ChangeKind, ChangeScope},
};
use masthead_store::{
    ReadScope, StoreError, StoreResult,
    article::{self as rows, Article, Ties},
    transition::{self, Due},
};
use tracing::instrument;

use crate::{
    article::scope_of,
    door::Door,
    error::AppResult,
    work::{App, Caller, Work},
};

/// Announces every transition that has come and was not announced yet: one row of the change log each, with the instant
/// at which it came. Says how many there were.
///
/// Announcing and forgetting are one transaction, so each is announced once: by one of several nodes, and after a crash by
/// the next start. While none has come this is one read.
///
/// # Errors
/// [`crate::AppError::Store`] when the database does not do its part; what was not announced then stays to be announced.
#[instrument(skip_all)]
pub async fn announce_due(app: &App) -> AppResult<usize> {
    let (system, door) = (Caller::system(), Door::server("announce"));
    let mut announced = 0;
    while transition::next(&app.database).await?.is_some_and(|at| at <= app.clock.now()) {
        let work = app.begin_through(&door, &system).await?;
        announced += announce(&work).await?;
        work.commit().await?;
    }
    Ok(announced)
}

/// Announces as many as one transaction takes.
async fn announce(work: &Work<'_>) -> AppResult<usize> {
    let due = transition::take_due(&work.tx).await?;
    let mut ids: Vec<ArticleId> = due.iter().map(|due| due.article).collect();
    ids.sort();
    ids.dedup();
    let articles = rows::by_ids(&work.tx, &ReadScope::all(work.now()), &ids).await?;
    let ties = rows::hold_ties(&work.tx, &ids).await?;
    for due in &due {
        // Nothing is planned for deleted articles, and one that is being deleted is waited for.
        if let Some(article) = articles.get(&due.article) {
            work.emit(change(*due, article, &ties)?);
        }
    }
    Ok(due.len())
}

fn change(due: Due, article: &Article, ties: &HashMap<ArticleId, Ties>) -> StoreResult<Change> {
    let Due { article: id, kind, at } = due;
    let (kind, reason) = match kind {
        TransitionKind::Opens => (ChangeKind::Published, None),
        TransitionKind::Closes => (ChangeKind::Removed, Some(RemovalReason::Expired)),
    };
    // It is found where it was: what its scope says of visibility has only come true.
    let scope = scope(article, ties.get(&id).cloned().unwrap_or_default())?;
    Ok(Change {
        at: Some(at),
        entity: id.into(),
        version: Some(article.version),
        kind,
        reason,
        fields: vec!["status"],
        before: Some(scope.clone()),
        after: Some(scope),
    })
}

fn scope(article: &Article, ties: Ties) -> StoreResult<ChangeScope> {
    let language: LanguageTag = article.language.parse().map_err(|wrong| StoreError::Corrupt {
        table: "articles",
        id: article.id.to_string(),
        what: format!("language: {wrong}"),
    })?;
    Ok(scope_of(article.path(), language, ties, article.state.opens_at(article.window), article.window))
}
