//! Turning what a content names into what is kept: everything it points at must be there.

use std::collections::{HashMap, HashSet};

use masthead_domain::{
    AnyId, ArticleId, EntityKind, LanguageTag, MediaId, ReferenceId, Slug, SourceId, TagId,
    article::ArticleContent,
    policy::Library,
    reference::{Citation, Cited},
    tag::TagName,
    text::Line,
};
use masthead_store::{
    LibraryScope, ReadScope, StoreError,
    article::{self as rows, ReferenceRow, Snapshot},
    media, presence, source as sources,
    tag::{self, Tag},
};
use uuid::Uuid;

use super::{ArticleChanges, loaded::Loaded};
use crate::{
    error::{AppError, AppResult},
    slug, source,
    work::Work,
};

/// A content of which everything it points at is there.
pub(super) struct Resolved {
    pub(super) content: ArticleContent,
    pub(super) tags: Vec<TagId>,
    pub(super) references: Vec<ReferenceRow>,
}

impl Resolved {
    /// The content as it is kept with a version, bearing these tags.
    pub(super) fn snapshot(&self, tags: &[TagId]) -> Snapshot {
        Snapshot::of(&self.content, tags, &self.references)
    }

    /// The sources it points at.
    pub(super) fn sources(&self) -> Vec<SourceId> {
        self.references.iter().map(|row| row.source).collect()
    }
}

/// Where a content is going.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whither {
    /// Into the tables, so what it points at has to stay.
    Tables,
    /// Beside them. It is looked through again before it takes their place.
    Beside,
}

/// Checks a content that takes the place of what the desk worked on, and keeps the tags and sources it brings. A
/// reference keeps its id when it is named by it, or when it points at the same source at the same number as before.
///
/// # Errors
/// As [`resolve`].
pub(super) async fn successor(
    work: &Work<'_>,
    before: &Loaded,
    mut content: ArticleContent,
    whither: Whither,
) -> AppResult<Resolved> {
    let old = before.working();
    keep_reference_ids(&before.known, &old.references, &mut content.references);
    let mut references = resolve(work, &content, Some((before, whither))).await?;
    for (citation, row) in content.references.iter_mut().zip(&references) {
        citation.cited = Cited::Known(row.source);
    }
    // Only now is it known which source a description names: what stood there before keeps its id.
    keep_reference_ids(&before.known, &old.references, &mut content.references);
    for (citation, row) in content.references.iter_mut().zip(&mut references) {
        row.id = *citation.id.get_or_insert(row.id);
    }
    let tags = if content.tags == before.content.tags { before.tags.clone() } else { tags(work, &mut content).await? };
    Ok(Resolved { content, tags, references })
}

/// Gives references without an id the id of the one that stood at their place and points at the same source; an id that
/// is no reference of this article is dropped, so that nobody can take over another article's reference.
fn keep_reference_ids(known: &HashSet<ReferenceId>, old: &[Citation], new: &mut [Citation]) {
    let mut used: Vec<_> = Vec::new();
    for (place, citation) in new.iter_mut().enumerate() {
        let at_place = old.get(place).filter(|known| known.cited == citation.cited).and_then(|known| known.id);
        citation.id = citation.id.filter(|id| known.contains(id)).or(at_place).filter(|id| !used.contains(id));
        used.extend(citation.id);
    }
}

/// Checks a content as a whole and keeps the sources it brings; `old` is the article it changes, and how.
///
/// # Errors
/// [`AppError::Invalid`], [`AppError::NotFound`] with the input field, [`AppError::SlugTaken`].
pub(super) async fn resolve(
    work: &Work<'_>,
    content: &ArticleContent,
    old: Option<(&Loaded, Whither)>,
) -> AppResult<Vec<ReferenceRow>> {
    content.check()?;
    check_presence(work, content, old.map(|(old, _)| &old.content)).await?;
    if !old.is_some_and(|(old, _)| old.stands_at(content)) {
        check_slug(work, content, old.map(|(old, _)| old.article.id)).await?;
    }
    let is_told_by_words = |cited: &Cited| matches!(cited, Cited::Described(source) if source.keys().is_empty());
    if content.references.iter().any(|citation| is_told_by_words(&citation.cited)) {
        sources::lock_words(&work.tx).await?;
    }
    let known = match old {
        Some((old, Whither::Beside)) => old.sources(),
        Some((_, Whither::Tables)) | None => Vec::new(),
    };
    let (known, others): (Vec<_>, Vec<_>) =
        cited(content.references.iter()).into_iter().partition(|id| known.contains(id));
    let mut held = sources::hold(&work.tx, &others).await?;
    held.extend(known.into_iter().map(|id| (id, id)));
    let mut references = Vec::with_capacity(content.references.len());
    for (place, citation) in content.references.iter().enumerate() {
        references.push(reference(work, &held, place, citation).await?);
    }
    Ok(references)
}

/// Checks that the caller sees the media records and sources that changes name by id: what is kept for an article that
/// they may not read is not there for them. What the content before shows may stay, whoever sees it.
///
/// # Errors
/// [`AppError::NotFound`] with the input field.
pub(super) async fn check_seen(
    work: &Work<'_>,
    changes: &ArticleChanges,
    old: Option<&ArticleContent>,
) -> AppResult<()> {
    check_media_seen(work, changes, old).await?;
    check_sources_seen(work, changes, old).await
}

async fn check_media_seen(work: &Work<'_>, changes: &ArticleChanges, old: Option<&ArticleContent>) -> AppResult<()> {
    let library = work.library(Library::Media);
    if library == LibraryScope::Whole {
        return Ok(());
    }
    let known: HashSet<Uuid> = old.map(|old| Named::by(old).media()).into_iter().flatten().collect();
    let gallery = changes.gallery.iter().flatten().map(|usage| usage.media).enumerate();
    let gallery = gallery.map(|(place, id)| (id, path(&["gallery", &place.to_string(), "mediaId"])));
    let pictures = changes.body.iter().flat_map(|body| body.media_ids()).map(|id| (id, path(&["body"])));
    let named: Vec<_> = gallery.chain(pictures).filter(|(id, _)| !known.contains(&id.uuid())).collect();
    let ids: Vec<MediaId> = named.iter().map(|(id, _)| *id).collect();
    let seen = media::by_ids(&work.tx, library, &ids).await?;
    match named.into_iter().find(|(id, _)| seen.iter().all(|record| record.id != *id)) {
        Some((_, path)) => Err(AppError::NotFound { kind: EntityKind::Media, path }),
        None => Ok(()),
    }
}

async fn check_sources_seen(work: &Work<'_>, changes: &ArticleChanges, old: Option<&ArticleContent>) -> AppResult<()> {
    let library = work.library(Library::Sources);
    if library == LibraryScope::Whole {
        return Ok(());
    }
    let known: Vec<&Cited> = old.iter().flat_map(|old| &old.references).map(|citation| &citation.cited).collect();
    let held = sources::hold(&work.tx, &cited(changes.references.iter().flatten())).await?;
    for (place, citation) in changes.references.iter().flatten().enumerate() {
        let Cited::Known(id) = citation.cited else { continue };
        let is_seen = match held.get(&id) {
            Some(kept) if known.contains(&&Cited::Known(*kept)) => true,
            Some(kept) => sources::by_id(&work.tx, library, *kept).await?.is_some(),
            None => false,
        };
        if !is_seen {
            return Err(source_missing(place));
        }
    }
    Ok(())
}

/// The sources that are cited by their ids.
fn cited<'c>(citations: impl Iterator<Item = &'c Citation>) -> Vec<SourceId> {
    let ids = citations.filter_map(|citation| match citation.cited {
        Cited::Known(id) => Some(id),
        Cited::Described(_) => None,
    });
    ids.collect()
}

fn source_missing(place: usize) -> AppError {
    AppError::NotFound { kind: EntityKind::Source, path: path(&["references", &place.to_string(), "source", "id"]) }
}

/// The tags that a content names; those that are missing are brought. They stay until the transaction ends, so ask only
/// where an input names tags: an article that keeps those it has must not bring back one that was joined into another.
///
/// A tag keeps the spelling it was made with, however the content spells it, and stands in it once: what is kept with the
/// version says the same as the tables.
pub(super) async fn tags(work: &Work<'_>, content: &mut ArticleContent) -> AppResult<Vec<TagId>> {
    let tags = named_tags(work, &content.tags).await?;
    content.tags = tags.iter().map(spelled).collect::<AppResult<_>>()?;
    Ok(tags.into_iter().map(|tag| tag.id).collect())
}

/// The same for the tags of several contents, which stay as they are.
pub(super) async fn named_tags(work: &Work<'_>, names: &[TagName]) -> AppResult<Vec<Tag>> {
    Ok(tag::ensure(&work.tx, || work.new_id(TagId::from_uuid), names).await?)
}

fn spelled(tag: &Tag) -> AppResult<TagName> {
    let name = Line::parse(&tag.name).and_then(|name| Ok(TagName::with_slug(name, Slug::parse(&tag.slug)?)));
    name.map_err(|wrong| StoreError::Corrupt { table: "tags", id: tag.id.to_string(), what: wrong.to_string() }.into())
}

/// A slug for a headline that is free in its language.
pub(super) async fn free_slug(work: &Work<'_>, headline: &str, language: &LanguageTag) -> AppResult<Slug> {
    let wanted = match Slug::from_title(headline, language) {
        Some(slug) => slug,
        None => Slug::parse("article").map_err(|_| AppError::Internal("`article` is a slug"))?,
    };
    free_beside(work, &wanted, language).await
}

async fn free_beside(work: &Work<'_>, wanted: &Slug, language: &LanguageTag) -> AppResult<Slug> {
    slug::free(wanted, |slugs| async move { rows::slugs_taken(&work.tx, &slugs, language).await }).await
}

pub(super) async fn check_slug(work: &Work<'_>, content: &ArticleContent, of: Option<ArticleId>) -> AppResult<()> {
    let everything = ReadScope::all(work.now());
    let holder = rows::by_slug(&work.tx, &everything, &content.slug, Some(&content.language)).await?;
    let Some(holder) = holder.filter(|holder| Some(holder.id) != of) else { return Ok(()) };
    // Whoever may not see the holder learns only that the slug is taken.
    let is_seen = rows::by_id(&work.tx, &work.widest_scope(), holder.id).await?.is_some();
    Err(AppError::SlugTaken {
        slug: content.slug.clone(),
        suggestion: Some(free_beside(work, &content.slug, &content.language).await?),
        held_by: is_seen.then(|| AnyId::from(holder.id)),
    })
}

/// Keeps what several contents point at until the transaction ends: kind by kind, and each kind in one order, so that an
/// act on many articles waits for nobody who waits for it. Whether it is there is asked of each content by itself.
pub(super) async fn hold(work: &Work<'_>, contents: &[&ArticleContent]) -> AppResult<()> {
    let named: Vec<Named> = contents.iter().map(|content| Named::by(content)).collect();
    let all = |of: fn(&Named) -> Vec<Uuid>| named.iter().flat_map(of).collect::<Vec<_>>();
    let kinds = [
        (EntityKind::Author, all(|named| named.authors.clone())),
        (EntityKind::Category, all(|named| named.categories.clone())),
        (EntityKind::Contact, all(|named| named.contacts.clone())),
        (EntityKind::Media, all(Named::media)),
    ];
    for (kind, ids) in kinds {
        presence::hold(&work.tx, kind, ids).await?;
    }
    Ok(())
}

/// Checks that everything the content points at is there, and keeps it there; sources are looked up where they are used.
/// What the tables show of the article is there, and stays as long as they do: only the rest is looked for.
async fn check_presence(work: &Work<'_>, content: &ArticleContent, old: Option<&ArticleContent>) -> AppResult<()> {
    let Named { authors, categories, contacts, gallery, pictures } = Named::by(content);
    let known = old.map(Named::by).unwrap_or_default();
    let media = known.media();
    let new = |known: Vec<Uuid>| move |id: Uuid| (!known.contains(&id)).then_some(id);
    let authors = authors.into_iter().map(new(known.authors));
    present(work, EntityKind::Author, authors, |place| path(&["authors", place, "authorId"])).await?;
    let categories = categories.into_iter().map(new(known.categories));
    present(work, EntityKind::Category, categories, |place| path(&["categoryIds", place])).await?;
    let contacts = contacts.into_iter().map(new(known.contacts));
    present(work, EntityKind::Contact, contacts, |place| path(&["contactIds", place])).await?;
    let gallery = gallery.into_iter().map(new(media.clone()));
    present(work, EntityKind::Media, gallery, |place| path(&["gallery", place, "mediaId"])).await?;
    let pictures = pictures.into_iter().map(new(media));
    present(work, EntityKind::Media, pictures, |_| path(&["body"])).await
}

/// What a content names by id, each list in its order.
#[derive(Default)]
struct Named {
    authors: Vec<Uuid>,
    categories: Vec<Uuid>,
    contacts: Vec<Uuid>,
    gallery: Vec<Uuid>,
    pictures: Vec<Uuid>,
}

impl Named {
    fn by(content: &ArticleContent) -> Self {
        Self {
            authors: content.credits.iter().map(|credit| credit.author.uuid()).collect(),
            categories: content.categories.iter().map(|id| id.uuid()).collect(),
            contacts: content.contacts.iter().map(|id| id.uuid()).collect(),
            gallery: content.gallery.iter().map(|usage| usage.media.uuid()).collect(),
            pictures: content.body.media_ids().into_iter().map(MediaId::uuid).collect(),
        }
    }

    /// The media records among them.
    fn media(&self) -> Vec<Uuid> {
        [&*self.gallery, &self.pictures].concat()
    }
}

/// Checks that things are there, passing over those known to be; `at` tells where the input names the one at a place.
async fn present(
    work: &Work<'_>,
    kind: EntityKind,
    ids: impl Iterator<Item = Option<Uuid>>,
    at: impl Fn(&str) -> Vec<String>,
) -> AppResult<()> {
    let ids: Vec<Option<Uuid>> = ids.collect();
    let absent = presence::hold(&work.tx, kind, ids.iter().copied().flatten()).await?;
    match ids.iter().position(|id| id.is_some_and(|id| absent.contains(&id))) {
        None => Ok(()),
        Some(place) => Err(AppError::NotFound { kind, path: at(&place.to_string()) }),
    }
}

fn path(steps: &[&str]) -> Vec<String> {
    steps.iter().map(|&step| step.to_owned()).collect()
}

/// A reference as it is kept; of the sources that are cited by their ids, those that are held are there.
async fn reference(
    work: &Work<'_>,
    held: &HashMap<SourceId, SourceId>,
    place: usize,
    citation: &Citation,
) -> AppResult<ReferenceRow> {
    let Citation { id, cited, locator, quote, note } = citation;
    let source = match cited {
        // The id of a source that was joined into another stands for the other.
        Cited::Known(id) => *held.get(id).ok_or_else(|| source_missing(place))?,
        Cited::Described(described) => source::ensure(work, described).await.map_err(|error| match error {
            AppError::Invalid(wrong) => {
                AppError::Invalid(wrong.within("create").within("source").within(place).within("references"))
            }
            other => other,
        })?,
    };
    Ok(ReferenceRow {
        id: id.unwrap_or_else(|| work.new_id(ReferenceId::from_uuid)),
        source,
        locator: locator.as_ref().map(ToString::to_string),
        quote: quote.as_ref().map(ToString::to_string),
        note: note.as_ref().map(ToString::to_string),
    })
}
