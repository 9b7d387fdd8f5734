//! Which articles are editions of one story. This files an article elsewhere and says nothing else in it, so it is done at
//! once, to published articles too.

use std::collections::HashSet;

use masthead_domain::{
    ArticleId, EntityKind, TranslationGroupId, Violation,
    event::Change,
    policy::{self, Action},
};
use masthead_store::{
    Constraint, ReadScope, StoreError,
    article::{self as rows, Article, Story},
};
use tracing::instrument;

use super::{
    loaded::{self, Loaded},
    settle::{note, unless_overtaken},
};
use crate::{
    error::{AppError, AppResult},
    work::Work,
};

/// The article whose story another joins.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Which one.
    pub id: ArticleId,
    /// The version it must have, when that matters to the caller.
    pub expected_version: Option<i64>,
}

/// Makes an article an edition of the story that another belongs to. It keeps its original only where that is an edition
/// of this story too. Nothing changes when it is one already.
///
/// # Errors
/// [`AppError::NotFound`] for either article, [`AppError::Refused`], [`AppError::VersionConflict`] of either,
/// [`AppError::Invalid`] when both are one or the story has an edition in this language.
#[instrument(skip_all, fields(article.id = %id))]
pub async fn link_translation(work: &Work<'_>, id: ArticleId, expected_version: i64, to: Target) -> AppResult<()> {
    rows::lock_editions(&work.tx, &[id, to.id]).await?;
    let before = Loaded::by_id(work, id).await?;
    work.check(Action::ArticleLinkTranslation, before.resource())?;
    let target = rows::by_id(&work.tx, &work.widest_scope(), to.id)
        .await?
        .ok_or_else(|| AppError::missing(EntityKind::Article, &["toId"]))?;
    if to.id == id {
        return Err(Violation::invalid("must be another article than the one that joins it").at("toId").into());
    }
    loaded::expect_version(work, &before.article, before.article.version, expected_version).await?;
    if let Some(expected) = to.expected_version {
        if policy::knows_desk_of(&work.caller.actor, target.created_by) {
            work.expect_version_at("toExpectedVersion", to.id, target.version, expected).await?;
        } else {
            // It is not changed, so the version that readers are told is enough, and what waits is not told of.
            loaded::expect_bare("toExpectedVersion", target.seen_version, expected)?;
        }
    }
    if target.translation_group == before.article.translation_group {
        return Ok(());
    }
    let joined = editions(work, target.translation_group).await?;
    if let Some(holder) = joined.iter().find(|edition| edition.language == before.article.language) {
        return Err(second_edition(work, holder).await?);
    }
    let translated_from = before.article.translated_from.filter(|id| joined.iter().any(|edition| edition.id == *id));
    let story = Story { group: target.translation_group, translated_from };
    settle(work, Action::ArticleLinkTranslation, before, story, joined).await
}

/// Takes an article out of the story it is an edition of: it is a story of its own from then on.
///
/// # Errors
/// [`AppError::NotFound`], [`AppError::Refused`], [`AppError::VersionConflict`].
#[instrument(skip_all, fields(article.id = %id))]
pub async fn unlink_translation(work: &Work<'_>, id: ArticleId, expected_version: i64) -> AppResult<()> {
    rows::lock_editions(&work.tx, &[id]).await?;
    let before = Loaded::for_act(work, Action::ArticleUnlinkTranslation, id, expected_version).await?;
    let is_alone = editions(work, before.article.translation_group).await?.len() == 1;
    // Were nothing done for others too, they could tell whether there is an edition that they may not see.
    if is_alone && work.sees_everything() {
        return Ok(());
    }
    let story = Story { group: work.new_id(TranslationGroupId::from_uuid), translated_from: None };
    settle(work, Action::ArticleUnlinkTranslation, before, story, Vec::new()).await
}

/// Moves the article and logs everything that answers differently now. The one place where these acts give an article
/// a new version.
async fn settle(
    work: &Work<'_>,
    action: Action,
    mut before: Loaded,
    story: Story,
    joined: Vec<Article>,
) -> AppResult<()> {
    let (id, left) = (before.article.id, editions(work, before.article.translation_group).await?);
    let version = match rows::set_story(&work.tx, id, before.article.version, story).await {
        // Somebody was faster between our look and our write.
        Err(StoreError::Constraint(Constraint::ArticleEdition)) => {
            return Err(unnamed(work, &before.article.language).into());
        }
        done => unless_overtaken(work, &before, done).await?,
    };
    before.hold_tags(work).await?;
    let has_other_original = before.article.translated_from != story.translated_from;
    let original = has_other_original.then_some("translatedFrom");
    let fields: Vec<&'static str> = std::iter::once("translationGroupId").chain(original).collect();
    note(work, &before, action, &fields, &before.state()).await?;
    work.emit(Change::updated(id, version, fields, before.scope(), before.scope()));
    let without_original = rows::forget_original(&work.tx, id, story.group).await?;
    // What readers see of the editions on both sides is another list of translations, when they see this one.
    let is_public = |article: &Article| article.state.is_public(article.window, work.now());
    let shows_it = |edition: &Article| {
        let is_among_them = [before.article.translation_group, story.group].contains(&edition.translation_group);
        is_among_them && is_public(&before.article) && is_public(edition)
    };
    let mut told = HashSet::from([id]);
    for edition in left.into_iter().chain(joined).chain(without_original.iter().cloned()) {
        let lost_original = without_original.iter().any(|other| other.id == edition.id);
        let lost_original = lost_original.then_some("translatedFrom");
        let fields: Vec<_> = lost_original.into_iter().chain(shows_it(&edition).then_some("translations")).collect();
        if told.insert(edition.id) && !fields.is_empty() {
            let edition = Loaded::of(work, edition).await?;
            let (id, version) = (edition.article.id, edition.article.version);
            work.emit(Change::updated(id, version, fields, edition.scope(), edition.scope()));
        }
    }
    Ok(())
}

/// All editions of a story, hidden ones too.
async fn editions(work: &Work<'_>, group: TranslationGroupId) -> AppResult<Vec<Article>> {
    let everything = ReadScope::all(work.now());
    Ok(rows::translations(&work.tx, &everything, &[group]).await?.remove(&group).unwrap_or_default())
}

/// Names the edition that is in the way to those who may see it.
async fn second_edition(work: &Work<'_>, holder: &Article) -> AppResult<AppError> {
    let is_seen = rows::by_id(&work.tx, &work.widest_scope(), holder.id).await?.is_some();
    let wrong = if is_seen {
        let words = format!("this story has an edition in {} already: {}", holder.language, holder.id);
        Violation::invalid(words).at("toId")
    } else {
        unnamed(work, &holder.language)
    };
    Ok(wrong.into())
}

/// Says that the edition is there to those from whom it cannot be hidden; to others it may be.
fn unnamed(work: &Work<'_>, language: &str) -> Violation {
    let words = if work.sees_everything() {
        format!("this story has an edition in {language} already")
    } else {
        format!("this story takes no new edition in {language}")
    };
    Violation::invalid(words).at("toId")
}
