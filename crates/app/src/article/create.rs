//! New articles: written here, or brought from elsewhere with their history.

use masthead_domain::{
    ArticleId, EntityKind, LanguageTag, Slug, Timestamp, TranslationGroupId, Violation,
    article::{ArticleContent, ArticleState, Window},
    event::Change,
    policy::{Action, Actor, Refusal, Resource},
};
use masthead_store::article::{self as rows, Article, NewArticle, StateRow};
use masthead_store::{Constraint, StoreError, reference};
use tracing::instrument;

use super::{
    ArticleChanges, loaded,
    resolve::{self, Resolved},
    settle,
};
use crate::{
    error::{AppError, AppResult},
    work::Work,
};

/// A new article. What is not set in the content is empty; without a slug, one is made from the headline.
#[derive(Debug, Clone)]
pub struct ArticleDraft {
    /// Its language.
    pub language: LanguageTag,
    /// The article it is another edition of.
    pub translation_of: Option<ArticleId>,
    /// The headline.
    pub headline: masthead_domain::text::Title,
    /// Everything else.
    pub content: ArticleChanges,
}

/// What an article brings along from where it was before.
#[derive(Debug, Clone)]
pub struct History {
    /// Where it stands.
    pub state: ArticleState,
    /// Embargo and expiry.
    pub window: Window,
    /// When it was first before readers.
    pub first_published_at: Option<Timestamp>,
    /// When it came to be.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Times read.
    pub views: i64,
    /// Times shared.
    pub shares: i64,
}

/// Keeps a new article as a draft of the caller's.
///
/// # Errors
/// [`AppError::Refused`], [`AppError::Invalid`], [`AppError::NotFound`] for what it points at, [`AppError::SlugTaken`]
/// for a slug that was asked for.
#[instrument(skip_all)]
pub async fn create(work: &Work<'_>, draft: ArticleDraft) -> AppResult<ArticleId> {
    work.check(Action::ArticleCreate, Resource::default())?;
    let now = work.now();
    let history = History {
        state: ArticleState::Draft,
        window: Window::default(),
        first_published_at: None,
        created_at: now,
        updated_at: now,
        views: 0,
        shares: 0,
    };
    keep(work, Action::ArticleCreate.as_str(), draft, history).await
}

/// Keeps an article that was written elsewhere, with its state, dates and counters. Only the server itself does this,
/// for imports and demo data.
///
/// # Errors
/// As [`create`]; [`AppError::Refused`] for any other caller.
#[instrument(skip_all)]
pub async fn import(work: &Work<'_>, draft: ArticleDraft, history: History) -> AppResult<ArticleId> {
    match work.caller.actor {
        Actor::System => keep(work, "import", draft, history).await,
        Actor::Anonymous | Actor::User { .. } | Actor::Key { .. } => Err(AppError::Refused(Refusal::SignInNeeded)),
    }
}

async fn keep(work: &Work<'_>, act: &'static str, draft: ArticleDraft, history: History) -> AppResult<ArticleId> {
    let ArticleDraft { language, translation_of, headline, content } = draft;
    let original = match translation_of {
        Some(id) => Some(original(work, id, &language).await?),
        None => None,
    };
    let slug = match &content.slug {
        Some(slug) => slug.clone(),
        None => resolve::free_slug(work, headline.as_str(), &language).await?,
    };
    resolve::check_seen(work, &content, None).await?;
    let mut content = content.apply(&blank(language, slug, headline));
    // None of them is this article's: there is none yet.
    content.references.iter_mut().for_each(|citation| citation.id = None);
    let references = resolve::resolve(work, &content, None).await?;
    let tags = resolve::tags(work, &mut content).await?;
    let History { state, window, first_published_at, created_at, updated_at, views, shares } = history;
    let id = work.new_id(ArticleId::from_uuid);
    let new = NewArticle {
        id,
        translation_group: original
            .as_ref()
            .map_or_else(|| work.new_id(TranslationGroupId::from_uuid), |original| original.translation_group),
        translated_from: original.as_ref().map(|original| original.id),
        created_by: work.caller.user(),
        created_at,
        updated_at,
    };
    let state = StateRow { state, window, first_published_at, revised_at: None };
    match rows::insert(&work.tx, &new, &state, &content, &tags).await {
        Err(StoreError::Constraint(Constraint::ArticleEdition)) => return Err(second_edition(work, &content.language)),
        done => done?,
    }
    reference::replace(&work.tx, id, &references).await?;
    let content = Resolved { content, tags, references };
    settle::begin(work, id, act, &state, &content).await?;
    if views != 0 || shares != 0 {
        rows::set_counters(&work.tx, id, views, shares).await?;
    }
    let scope = loaded::scope(&content.content, &state.state, window, &content.tags, &content.sources());
    work.emit(Change::created(id, scope));
    Ok(id)
}

/// The article a new edition belongs to, which must not have one in this language yet.
async fn original(work: &Work<'_>, id: ArticleId, language: &LanguageTag) -> AppResult<Article> {
    let missing = || AppError::missing(EntityKind::Article, &["translationOf"]);
    rows::hold_in_story(&work.tx, id).await?;
    let original = rows::by_id(&work.tx, &work.widest_scope(), id).await?.ok_or_else(missing)?;
    let everything = masthead_store::ReadScope::all(work.now());
    let editions = rows::translations(&work.tx, &everything, &[original.translation_group]).await?;
    let is_there = editions.values().flatten().any(|edition| edition.language == language.as_str());
    if is_there { Err(second_edition(work, language)) } else { Ok(original) }
}

/// Says that the edition is there to those from whom it cannot be hidden; to others it may be.
fn second_edition(work: &Work<'_>, language: &LanguageTag) -> AppError {
    let words = if work.sees_everything() {
        format!("this story has an edition in {language} already")
    } else {
        format!("this story takes no new edition in {language}")
    };
    Violation::invalid(words).at("translationOf").into()
}

fn blank(language: LanguageTag, slug: Slug, headline: masthead_domain::text::Title) -> ArticleContent {
    ArticleContent {
        kind: masthead_domain::article::ArticleKind::News,
        language,
        slug,
        headline,
        secondary_headline: None,
        kicker: None,
        lede: None,
        byline: None,
        body: masthead_domain::body::Body::empty(),
        credits: Vec::new(),
        categories: Vec::new(),
        tags: Vec::new(),
        gallery: Vec::new(),
        references: Vec::new(),
        contacts: Vec::new(),
        links: Vec::new(),
        seo: masthead_domain::article::Seo::default(),
    }
}
