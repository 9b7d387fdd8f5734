//! Showing one article to somebody before readers see it: a signed token for one article, good for a while.
//!
//! A token is given to a person or put into a link by whoever may read the article; whoever has it sees that one article
//! and nothing else that readers do not. It is signed, so nobody can make one or change what it shows, and it has a row, so
//! that it can be taken back at once.

use std::time::Duration;

use chrono::TimeDelta;
use masthead_domain::{
    ArticleId, EntityKind, PreviewTokenId, Timestamp, Violation, Violations,
    event::{Change, ChangeKind, ChangeScope},
    policy::{Action, Resource},
};
use masthead_store::{
    article,
    preview::{self as rows, NewPreviewToken},
};
use secrecy::SecretString;
use tracing::instrument;

use crate::{
    error::{AppError, AppResult},
    identity::{Identity, IdentityResult, KeyRing, PreviewClaim, TokenFault},
    work::{App, Work},
};

/// The shortest life of a token.
pub const LIFE_MIN: Duration = Duration::from_secs(60);
/// The longest life of a token.
pub const LIFE_MAX: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How long a token is good when nobody says.
pub const LIFE_DEFAULT: Duration = Duration::from_secs(60 * 60);

/// What the bearer of a preview token sees beside what readers see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preview {
    /// The article.
    pub article: ArticleId,
    /// Which version of it; the newest, whatever it is at that moment, when absent.
    pub version: Option<i64>,
}

/// What a new token is to show, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PreviewDraft {
    /// What it shows.
    pub preview: Preview,
    /// How long it is good.
    pub expires_in: Duration,
}

/// A token that was just made. This is the only time it can be seen.
#[derive(Debug, Clone)]
pub struct IssuedPreview {
    /// Its id, to take it back by.
    pub id: PreviewTokenId,
    /// The token.
    pub token: SecretString,
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// What it shows.
    pub preview: Preview,
}

/// Makes a token for an article that the caller may read in every state.
///
/// # Errors
/// [`AppError::NotFound`], [`AppError::Refused`], [`AppError::Invalid`] for a life outside [`LIFE_MIN`] to [`LIFE_MAX`]
/// and for a version that the article does not have.
#[instrument(skip_all, fields(article.id = %draft.preview.article))]
pub async fn create(work: &Work<'_>, keys: &KeyRing, draft: PreviewDraft) -> AppResult<IssuedPreview> {
    let PreviewDraft { preview, expires_in } = draft;
    let Preview { article, version } = preview;
    let current = allowed(work, Action::PreviewTokenCreate, article, "articleId").await?;
    let mut wrong = Violations::new();
    if version.is_some_and(|version| !(1..=current).contains(&version)) {
        wrong.push(Violation::invalid(format!("the article has the versions 1 to {current}")).at("version"));
    }
    let life = TimeDelta::from_std(expires_in).ok().filter(|_| (LIFE_MIN..=LIFE_MAX).contains(&expires_in));
    if life.is_none() {
        wrong.push(Violation::invalid("must lie between 60 seconds and 30 days").at("expiresIn"));
    }
    let life = wrong.into_result(life)?;
    // Claims count whole seconds, and the row says the same.
    let end = (work.now() + life).timestamp();
    let expires_at = Timestamp::from_timestamp(end, 0).ok_or(AppError::Internal("a token ends in our era"))?;
    let id = work.new_id(PreviewTokenId::from_uuid);
    let token = keys.issue_preview(PreviewClaim { id, article, version }, work.now(), expires_at)?;
    let new = NewPreviewToken { id, article, version, actor: work.caller.name(), expires_at };
    rows::insert(&work.tx, new).await?;
    work.emit(Change { version: None, ..Change::created(id, scope(article)) });
    Ok(IssuedPreview { id, token, expires_at, preview })
}

/// Makes a token worthless, at once and everywhere. Doing it again changes nothing.
///
/// # Errors
/// [`AppError::NotFound`] for a token that is unknown or long over, or of an article that the caller may not see;
/// [`AppError::Refused`].
#[instrument(skip_all, fields(preview_token.id = %id))]
pub async fn revoke(work: &Work<'_>, id: PreviewTokenId) -> AppResult<()> {
    let missing = || AppError::missing(EntityKind::PreviewToken, &["id"]);
    let found = rows::by_id(&work.tx, id).await?.ok_or_else(missing)?;
    match allowed(work, Action::PreviewTokenRevoke, found.article, "id").await {
        Err(AppError::NotFound { .. }) => return Err(missing()),
        allowed => allowed?,
    };
    if rows::revoke(&work.tx, id).await? {
        let change = Change::deleted(id, scope(found.article));
        work.emit(Change { kind: ChangeKind::Removed, ..change });
    }
    Ok(())
}

/// What the bearer of a token sees, when all of it is right now.
///
/// # Errors
/// [`crate::identity::IdentityError::InvalidToken`], and [`crate::identity::IdentityError::App`] when the database cannot
/// be asked.
#[instrument(skip_all)]
pub async fn shown(app: &App, identity: &Identity, token: &str) -> IdentityResult<Preview> {
    let now = app.clock.now();
    let PreviewClaim { id, article, version } = identity.keys().verify_preview(token, now)?;
    let kept = rows::by_id(&app.database, id).await?.ok_or(TokenFault::Unknown)?;
    if kept.revoked_at.is_some() {
        return Err(TokenFault::Revoked.into());
    }
    if kept.expires_at <= now {
        return Err(TokenFault::Expired.into());
    }
    if (kept.article, kept.version) != (article, version) {
        return Err(TokenFault::BadClaims.into());
    }
    Ok(Preview { article, version })
}

/// The version of an article to which the caller may do this.
async fn allowed(work: &Work<'_>, action: Action, id: ArticleId, field: &str) -> AppResult<i64> {
    let found = article::by_id(&work.tx, &work.widest_scope(), id).await?;
    let article = found.ok_or_else(|| AppError::missing(EntityKind::Article, &[field]))?;
    let was_published = article.state.published_at().is_some() || article.first_published_at.is_some();
    work.check(action, Resource { owner: article.created_by, was_published })?;
    Ok(article.version)
}

fn scope(article: ArticleId) -> ChangeScope {
    ChangeScope { article: Some(article), ..ChangeScope::default() }
}
