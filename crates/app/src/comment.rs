//! Acts on comments.

use masthead_domain::{
    ArticleId, CommentId, EntityKind, Timestamp, Violation,
    comment::{CommentContent, CommentStatus},
    event::{Change, ChangeScope},
    policy::{self, Action, Resource},
};
use masthead_store::{
    ReadScope, article,
    comment::{self as rows, Audience, NewComment},
};
use tracing::instrument;

use crate::{
    error::{AppError, AppResult},
    work::{Caller, Work},
};

/// A comment that somebody writes now.
#[derive(Debug, Clone)]
pub struct CommentDraft {
    /// The article it stands below.
    pub article: ArticleId,
    /// What it says.
    pub content: CommentContent,
    /// The comment it answers.
    pub in_reply_to: Option<CommentId>,
}

/// A comment that was written elsewhere.
#[derive(Debug, Clone)]
pub struct ImportedComment {
    /// The article it stands below, in whatever state.
    pub article: ArticleId,
    /// What it says.
    pub content: CommentContent,
    /// The comment it answers.
    pub in_reply_to: Option<CommentId>,
    /// Whether readers see it.
    pub status: CommentStatus,
    /// When it was written.
    pub created_at: Timestamp,
}

/// Whose comments a caller may read at most.
#[must_use]
pub fn audience(caller: &Caller) -> Audience {
    match policy::check(&caller.actor, Action::CommentHide, Resource::default()) {
        Ok(()) => Audience::Moderators,
        Err(_) => Audience::Readers,
    }
}

/// Keeps a new comment below an article that readers see. It is visible at once.
///
/// # Errors
/// [`AppError::Refused`], [`AppError::NotFound`] for the article or the comment it answers, [`AppError::Invalid`] when
/// that one stands below another article.
#[instrument(skip_all, fields(article.id = %draft.article))]
pub async fn create(work: &Work<'_>, draft: CommentDraft) -> AppResult<CommentId> {
    let CommentDraft { article, content, in_reply_to } = draft;
    let public = ReadScope::public(work.now());
    let is_there = article::by_id(&work.tx, &public, article).await?.is_some();
    if !is_there {
        return Err(AppError::missing(EntityKind::Article, &["articleId"]));
    }
    work.check(Action::CommentCreate, Resource::default())?;
    if let Some(id) = in_reply_to {
        let answered = rows::by_id(&work.tx, &public, Audience::Readers, id).await?;
        let answered = answered.ok_or_else(|| AppError::missing(EntityKind::Comment, &["inReplyTo"]))?;
        if answered.article != article {
            return Err(Violation::invalid("must be a comment below the same article").at("inReplyTo").into());
        }
    }
    let created_at = work.now();
    keep(work, NewComment { article, parent: in_reply_to, content, status: CommentStatus::Visible, created_at }).await
}

/// Keeps a comment that was written elsewhere, with its own instant and status. For the server's own imports.
///
/// # Errors
/// [`AppError::Refused`] for everybody who may not moderate, [`AppError::NotFound`] for the comment it answers.
#[instrument(skip_all, fields(article.id = %comment.article))]
pub async fn import(work: &Work<'_>, comment: ImportedComment) -> AppResult<CommentId> {
    work.check(Action::CommentHide, Resource::default())?;
    let ImportedComment { article, content, in_reply_to, status, created_at } = comment;
    if let Some(id) = in_reply_to {
        let everything = ReadScope::all(work.now());
        let answered = rows::by_id(&work.tx, &everything, Audience::Moderators, id).await?;
        if answered.is_none_or(|answered| answered.article != article) {
            return Err(AppError::missing(EntityKind::Comment, &["inReplyTo"]));
        }
    }
    keep(work, NewComment { article, parent: in_reply_to, content, status, created_at }).await
}

/// Hides a comment from readers, or shows it (also one that waited for a moderator or was taken for advertising). What
/// is hidden already stays as it is, and so does what is shown already: not even the version changes.
///
/// # Errors
/// [`AppError::NotFound`], [`AppError::Refused`], [`AppError::VersionConflict`].
#[instrument(skip_all, fields(comment.id = %id))]
pub async fn set_hidden(work: &Work<'_>, id: CommentId, expected_version: i64, is_hidden: bool) -> AppResult<()> {
    let before = rows::by_id(&work.tx, &work.widest_scope(), audience(work.caller), id).await?;
    let before = before.ok_or_else(|| AppError::missing(EntityKind::Comment, &["id"]))?;
    work.check(Action::CommentHide, Resource::default())?;
    work.expect_version(id, before.version, expected_version).await?;
    let status = match (is_hidden, before.status) {
        (false, _) => CommentStatus::Visible,
        (true, CommentStatus::Visible | CommentStatus::Pending | CommentStatus::Hidden) => CommentStatus::Hidden,
        // Advertising is hidden already, and whoever learns from moderators should still be told what it was.
        (true, CommentStatus::Spam) => CommentStatus::Spam,
    };
    if status == before.status {
        return Ok(());
    }
    let version = rows::set_status(&work.tx, &before, status).await?;
    let scope = |status| scope(before.article, status, before.created_at);
    work.emit(Change::updated(id, version, vec!["isHidden"], scope(before.status), scope(status)));
    Ok(())
}

async fn keep(work: &Work<'_>, new: NewComment) -> AppResult<CommentId> {
    let id = work.new_id(CommentId::from_uuid);
    rows::insert(&work.tx, id, &new).await?;
    work.emit(Change::created(id, scope(new.article, new.status, new.created_at)));
    Ok(id)
}

/// A comment is found below its article, and by readers only while it is visible.
fn scope(article: ArticleId, status: CommentStatus, created_at: Timestamp) -> ChangeScope {
    ChangeScope {
        article: Some(article),
        visible_from: (status == CommentStatus::Visible).then_some(created_at),
        ..ChangeScope::default()
    }
}
