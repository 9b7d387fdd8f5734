//! An article as an act finds it.

use std::collections::HashSet;

use masthead_domain::{
    ArticleId, EntityKind, LanguageTag, ReferenceId, Slug, SourceId, TagId, Timestamp, Violation, WebUrl,
    article::{ArticleContent, ArticleState, ArticleStatus, Credit, MediaUsage, Removal, Window},
    body::Body,
    event::ChangeScope,
    link::ArticleLink,
    path,
    policy::{self, Action, Resource},
    reference::{Citation, Cited},
    tag::TagName,
    text::{Label, Line, Paragraph, Title},
};
use masthead_store::{
    LibraryScope, ReadScope, StoreError,
    article::{
        self as rows, Article, CreditRow, GalleryRow, Link, ReferenceRow, Said, Snapshot, StateRow, TagRow, Ties,
        version,
    },
    tag::{self, Tag},
};

use super::resolve::Resolved;
use crate::{
    error::{AppError, AppResult},
    work::Work,
};

/// An article with its whole content, and the ids its change log rows need.
pub(super) struct Loaded {
    pub(super) article: Article,
    /// What the tables hold: what readers see, once it is published.
    pub(super) content: ArticleContent,
    /// What waits beside it.
    pub(super) pending: Option<ArticleContent>,
    pub(super) tags: Vec<TagId>,
    pub(super) references: Vec<ReferenceRow>,
    /// The references that a new content may name as its own.
    pub(super) known: HashSet<ReferenceId>,
    /// What the tables hold, as it would be kept: of an article that is older than its history.
    pub(super) unkept: Option<Snapshot>,
}

impl Loaded {
    /// The article that an act is aimed at, when the caller may do it and knows its version.
    pub(super) async fn for_act(
        work: &Work<'_>,
        action: Action,
        id: ArticleId,
        expected_version: i64,
    ) -> AppResult<Self> {
        let before = Self::by_id(work, id).await?;
        work.check(action, before.resource())?;
        expect_version(work, &before.article, before.article.version, expected_version).await?;
        Ok(before)
    }

    /// The article with an id, when the caller may see it at all.
    pub(super) async fn by_id(work: &Work<'_>, id: ArticleId) -> AppResult<Self> {
        Self::within(work, &work.widest_scope(), id).await
    }

    /// The article with an id, when a scope shows it.
    pub(super) async fn within(work: &Work<'_>, scope: &ReadScope, id: ArticleId) -> AppResult<Self> {
        let article = rows::by_id(&work.tx, scope, id).await?;
        Self::of(work, article.ok_or_else(|| AppError::missing(EntityKind::Article, &["id"]))?).await
    }

    /// The whole of an article that was read.
    pub(super) async fn of(work: &Work<'_>, article: Article) -> AppResult<Self> {
        let id = article.id;
        let Said { live, pending } = rows::content(&work.tx, &article).await?;
        let pending = match pending {
            Some(pending) => Some(as_named_today(work, id, pending, &live.tags).await?),
            None => None,
        };
        let tags = live.tags.iter().map(|tag| tag.id).collect();
        let references = live.references.clone();
        let unkept = article.desk.live_version.is_none().then(|| live.clone());
        let content = content("articles", id, live)?;
        let known = [Some(&content), pending.as_ref()].into_iter().flatten().flat_map(reference_ids).collect();
        Ok(Self { article, content, pending, tags, references, known, unkept })
    }

    /// What it said at a version, which the next one may say again, with the references it had.
    pub(super) async fn said_at(&mut self, work: &Work<'_>, number: i64) -> AppResult<ArticleContent> {
        let content = kept(work, self.article.id, number).await?;
        self.known.extend(reference_ids(&content));
        Ok(content)
    }

    /// The version whose content stands in the tables.
    pub(super) fn live_version(&self) -> i64 {
        self.article.desk.live_version.unwrap_or(self.article.version)
    }

    /// What the desk works on: what waits, else what stands.
    pub(super) fn working(&self) -> &ArticleContent {
        self.pending.as_ref().unwrap_or(&self.content)
    }

    /// Whether a content leaves the article at its address, which then is nobody else's.
    pub(super) fn stands_at(&self, content: &ArticleContent) -> bool {
        let ArticleContent { slug, language, .. } = content;
        !self.article.is_deleted && *slug == self.content.slug && *language == self.content.language
    }

    /// Whether what is saved now waits until it is published: readers see the article, or something waits already.
    pub(super) fn changes_wait(&self, work: &Work<'_>) -> bool {
        self.pending.is_some() || self.article.state.status(work.now()) == ArticleStatus::Published
    }

    /// Where it stands, as its row has it.
    pub(super) fn state(&self) -> StateRow {
        StateRow {
            state: self.article.state.clone(),
            window: self.article.window,
            first_published_at: self.article.first_published_at,
            revised_at: self.article.revised_at,
        }
    }

    /// The words that readers are told in its place.
    pub(super) fn notice(&self) -> Option<String> {
        self.removal().and_then(|removal| removal.notice.clone())
    }

    fn removal(&self) -> Option<&Removal> {
        match &self.article.state {
            ArticleState::Unpublished(removal) | ArticleState::Withdrawn(removal) | ArticleState::Killed(removal) => {
                Some(removal)
            }
            ArticleState::Draft | ArticleState::InReview { .. } | ArticleState::Published { .. } => None,
        }
    }

    /// What the policy must know of it. It is its writer's alone until somebody publishes it, be it for a later instant:
    /// what was looked through then must be what readers get.
    pub(super) fn resource(&self) -> Resource {
        let is_published = self.article.state.published_at().is_some();
        Resource {
            owner: self.article.created_by,
            was_published: is_published || self.article.first_published_at.is_some(),
        }
    }

    /// Reads its tags again, once its row is written and so locked: one may have been joined into another since it was
    /// loaded. They stay as they are until the transaction ends.
    pub(super) async fn hold_tags(&mut self, work: &Work<'_>) -> AppResult<()> {
        self.tags = rows::hold_tags(&work.tx, self.article.id).await?;
        Ok(())
    }

    /// The sources it points at.
    pub(super) fn sources(&self) -> Vec<SourceId> {
        self.references.iter().map(|row| row.source).collect()
    }

    /// What it says, but at another address.
    pub(super) fn at_slug(&self, slug: Slug) -> Resolved {
        let content = ArticleContent { slug, ..self.content.clone() };
        Resolved { content, tags: self.tags.clone(), references: self.references.clone() }
    }

    /// Where it is found.
    pub(super) fn scope(&self) -> ChangeScope {
        scope(&self.content, &self.article.state, self.article.window, &self.tags, &self.sources())
    }
}

/// Refuses an act made for another version than an article has. What changed in between is told to those who may know what
/// waits beside it; the others could tell from it what the desk works on.
///
/// # Errors
/// [`AppError::VersionConflict`].
pub(super) async fn expect_version(work: &Work<'_>, article: &Article, current: i64, expected: i64) -> AppResult<()> {
    if policy::knows_desk_of(&work.caller.actor, article.created_by) {
        return work.expect_version(article.id, current, expected).await;
    }
    expect_bare("expectedVersion", current, expected)
}

/// Refuses an act made for another version, and says nothing of what changed in between.
pub(super) fn expect_bare(field: &'static str, current: i64, expected: i64) -> AppResult<()> {
    if current == expected {
        return Ok(());
    }
    Err(AppError::VersionConflict { field, expected, current, changed_fields: Vec::new() })
}

/// Where an article with this content and state is found.
pub(super) fn scope(
    content: &ArticleContent,
    state: &ArticleState,
    window: Window,
    tags: &[TagId],
    sources: &[SourceId],
) -> ChangeScope {
    let ties = Ties {
        categories: content.categories.clone(),
        authors: content.credits.iter().map(|credit| credit.author).collect(),
        tags: tags.to_vec(),
        sources: sources.to_vec(),
    };
    let path = path::article(content.language.as_str(), content.slug.as_str());
    scope_of(path, content.language.clone(), ties, state.opens_at(window), window)
}

/// Where an article is found that stands with these things and that readers see from an instant on.
pub(crate) fn scope_of(
    path: String,
    language: LanguageTag,
    ties: Ties,
    visible_from: Option<Timestamp>,
    window: Window,
) -> ChangeScope {
    let Ties { categories, authors, tags, sources } = ties;
    ChangeScope {
        path: Some(path),
        language: Some(language),
        categories,
        authors,
        tags,
        sources,
        article: None,
        visible_from,
        visible_until: window.expires_at.filter(|_| visible_from.is_some()),
        is_unseen: false,
    }
}

fn reference_ids(content: &ArticleContent) -> impl Iterator<Item = ReferenceId> {
    content.references.iter().filter_map(|citation| citation.id)
}

/// What an article said at a version that was saved.
async fn kept(work: &Work<'_>, id: ArticleId, number: i64) -> AppResult<ArticleContent> {
    let snapshot = version::content_of(&work.tx, id, number)
        .await?
        .ok_or_else(|| corrupt("article_contents", id, "a version without its content"))?;
    as_named_today(work, id, snapshot, &[]).await
}

/// What was kept, with tags named as they are today: one that was renamed since is the same tag. Those that are known need
/// not be read.
async fn as_named_today(
    work: &Work<'_>,
    id: ArticleId,
    mut snapshot: Snapshot,
    known: &[TagRow],
) -> AppResult<ArticleContent> {
    let named = |known: &[TagRow], id| known.iter().find(|tag| tag.id == id).cloned();
    let unknown: Vec<TagId> = snapshot.tags.iter().map(|tag| tag.id).filter(|id| named(known, *id).is_none()).collect();
    let read = tag::by_ids(&work.tx, LibraryScope::Whole, &unknown).await?.into_iter();
    let read: Vec<TagRow> = read.map(|Tag { id, name, slug, .. }| TagRow { id, name, slug }).collect();
    for row in &mut snapshot.tags {
        if let Some(today) = named(known, row.id).or_else(|| named(&read, row.id)) {
            *row = today;
        }
    }
    said(id, snapshot)
}

fn corrupt(table: &'static str, id: ArticleId, what: impl ToString) -> AppError {
    StoreError::Corrupt { table, id: id.to_string(), what: what.to_string() }.into()
}

/// What was kept with a version, back in the domain.
///
/// # Errors
/// [`crate::AppError::Store`] for a content that no code of ours would keep.
pub fn said(id: ArticleId, snapshot: Snapshot) -> AppResult<ArticleContent> {
    content("article_contents", id, snapshot)
}

/// Rows back into the domain. What no rule of ours would let in is a corrupt row.
fn content(table: &'static str, id: ArticleId, snapshot: Snapshot) -> AppResult<ArticleContent> {
    let kind = snapshot.kind()?;
    let roles = snapshot.credits.iter().map(CreditRow::role).collect::<Result<Vec<_>, _>>()?;
    let seo = snapshot.seo(id)?;
    parsed(snapshot, kind, roles, seo).map_err(|wrong| corrupt(table, id, wrong))
}

fn parsed(
    snapshot: Snapshot,
    kind: masthead_domain::article::ArticleKind,
    roles: Vec<masthead_domain::article::CreditRole>,
    seo: masthead_domain::article::Seo,
) -> Result<ArticleContent, Violation> {
    let language: LanguageTag = snapshot.language.parse().map_err(Violation::invalid)?;
    Ok(ArticleContent {
        kind,
        slug: Slug::parse(&snapshot.slug)?,
        headline: Title::parse(&snapshot.headline)?,
        secondary_headline: Line::parse_optional(snapshot.secondary_headline.as_deref())?,
        kicker: Label::parse_optional(snapshot.kicker.as_deref())?,
        lede: Paragraph::parse_optional(snapshot.lede.as_deref())?,
        byline: Line::parse_optional(snapshot.byline.as_deref())?,
        body: Body::parse_stored(&snapshot.body).map_err(Violation::invalid)?,
        credits: snapshot
            .credits
            .into_iter()
            .zip(roles)
            .map(|(CreditRow { author, credited_as, .. }, role)| {
                Ok(Credit { author, role, credited_as: Label::parse_optional(credited_as.as_deref())? })
            })
            .collect::<Result<_, Violation>>()?,
        categories: snapshot.categories,
        tags: snapshot
            .tags
            .into_iter()
            .map(|TagRow { id: _, name, slug }| Ok(TagName::with_slug(Line::parse(&name)?, Slug::parse(&slug)?)))
            .collect::<Result<_, Violation>>()?,
        gallery: snapshot.gallery.into_iter().map(usage).collect::<Result<_, _>>()?,
        references: snapshot.references.into_iter().map(citation).collect::<Result<_, _>>()?,
        contacts: snapshot.contacts,
        links: snapshot.links.iter().map(link).collect::<Result<_, _>>()?,
        seo,
        language,
    })
}

fn usage(row: GalleryRow) -> Result<MediaUsage, Violation> {
    let GalleryRow { media, caption, alt, credit } = row;
    Ok(MediaUsage {
        media,
        caption: Paragraph::parse_optional(caption.as_deref())?,
        alt: Paragraph::parse_optional(alt.as_deref())?,
        credit: Label::parse_optional(credit.as_deref())?,
    })
}

fn citation(row: ReferenceRow) -> Result<Citation, Violation> {
    let ReferenceRow { id, source, locator, quote, note } = row;
    Ok(Citation {
        id: Some(id),
        cited: Cited::Known(source),
        locator: Label::parse_optional(locator.as_deref())?,
        quote: Paragraph::parse_optional(quote.as_deref())?,
        note: Paragraph::parse_optional(note.as_deref())?,
    })
}

fn link(link: &Link) -> Result<ArticleLink, Violation> {
    Ok(ArticleLink {
        kind: link.kind(),
        label: Label::parse_optional(link.label.as_deref())?,
        url: WebUrl::parse(&link.url)?,
        language: link.language.as_deref().map(str::parse).transpose().map_err(Violation::invalid)?,
    })
}
