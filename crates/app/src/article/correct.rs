//! Corrections: a change to what readers see, and the words that tell them of it.

use masthead_domain::{
    ArticleId, CorrectionId, Violation,
    correction::CorrectionContent,
    diff::{FieldDiff, changed_fields, diff},
    event::ChangeKind,
    policy::Action,
};
use masthead_store::{
    Database,
    article::{Snapshot, StateRow, version},
    correction::{self, NewCorrection},
};
use tracing::instrument;

use super::{
    ArticleChanges,
    loaded::{self, Loaded},
    publish,
    resolve::{self, Whither},
    settle::{Deed, Summary, Text, settle},
};
use crate::{error::AppResult, work::Work};

/// A correction and the change that comes with it.
#[derive(Debug, Clone)]
pub struct Correcting {
    /// What readers are told.
    pub content: CorrectionContent,
    /// What becomes different; without it, the changes that wait, if any.
    pub changes: Option<ArticleChanges>,
    /// A word for the history.
    pub summary: Option<Summary>,
}

/// Corrects what readers see, at once, and tells them so for good. Those who know the article have a reason to read it
/// again.
///
/// # Errors
/// As [`super::publish`]; [`crate::AppError::Transition`] for an article that is not published;
/// [`crate::AppError::Invalid`] when other changes wait beside it, which the correction would have to publish or undo.
#[instrument(skip_all, fields(article.id = %id))]
pub async fn correct(
    work: &Work<'_>,
    id: ArticleId,
    expected_version: i64,
    correcting: Correcting,
) -> AppResult<CorrectionId> {
    let before = Loaded::for_act(work, Action::ArticleCorrect, id, expected_version).await?;
    let (now, Correcting { content, changes, summary }) = (work.now(), correcting);
    let state = before.article.state.clone().correct(now)?;
    let text = match changes {
        Some(_) if before.pending.is_some() => {
            let words = "changes wait beside the article: leave this out to publish them as the correction, or publish \
                         or give them up first";
            return Err(Violation::invalid(words).at("changes").into());
        }
        Some(changes) => {
            resolve::check_seen(work, &changes, Some(&before.content)).await?;
            let new = changes.apply(&before.content);
            if changed_fields(&before.content, &new).is_empty() {
                Text::Same
            } else {
                Text::Live(resolve::successor(work, &before, new, Whither::Tables).await?)
            }
        }
        None => publish::waiting(work, &before).await?,
    };
    let written = text.written().map(|new| changed_fields(&before.content, &new.content));
    let mut fields = written.unwrap_or_default();
    fields.extend(["corrections", "revisedAt"]);
    let from_version = before.live_version();
    let state = Some(StateRow { state, revised_at: Some(now), ..before.state() });
    let deed = Deed { kind: ChangeKind::Published, text, state, summary, ..Deed::new(Action::ArticleCorrect, fields) };
    let to_version = settle(work, before, deed).await?;
    let correction = work.new_id(CorrectionId::from_uuid);
    let new = NewCorrection { article: id, content, corrected_at: now, from_version, to_version };
    correction::insert(&work.tx, correction, &new).await?;
    Ok(correction)
}

/// What differs between what an article said at two versions whose content is kept; nothing when one of them says nothing
/// new.
///
/// # Errors
/// [`crate::AppError::Store`] for a content that no code of ours would keep.
pub fn difference(article: ArticleId, from: Snapshot, to: Snapshot) -> AppResult<Vec<FieldDiff>> {
    Ok(diff(&loaded::said(article, from)?, &loaded::said(article, to)?))
}

/// What differs between two versions of an article, as the desk had it; `None` when it has no such versions.
///
/// # Errors
/// As [`difference`].
pub async fn compare(database: &Database, article: ArticleId, from: i64, to: i64) -> AppResult<Option<Vec<FieldDiff>>> {
    let (from, to) =
        (version::by_number(database, article, from).await?, version::by_number(database, article, to).await?);
    let Some((from, to)) = from.zip(to) else { return Ok(None) };
    let keys = [(article, from.content_version), (article, to.content_version)];
    let mut kept = version::contents(database, &keys).await?;
    let to = kept.get(&(article, to.content_version)).cloned();
    match kept.remove(&(article, from.content_version)).zip(to) {
        Some((from, to)) => difference(article, from, to).map(Some),
        None => Ok(None),
    }
}
