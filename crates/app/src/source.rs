//! Acts on sources. Leave to do so does not depend on the source and is asked first: others must not tell a source that
//! they do not see from none.

use masthead_domain::{
    EntityKind, LanguageTag, SourceId, Violation, WebUrl,
    article::RemovalReason,
    event::{Change, ChangeKind, ChangeScope},
    partial_date::{PartialDate, PartialDateError},
    policy::{Action, Resource},
    source::{Doi, Isbn, SourceAuthor, SourceContent, SourceKey, SourceKind},
    text::{Label, Title},
};
use masthead_store::{
    Constraint, LibraryScope, StoreError,
    source::{self as rows, Rewrite, SourceName},
};
use tracing::instrument;

use crate::{
    error::{AppError, AppResult},
    work::Work,
};

/// Changes to a source: `None` leaves a field as it is, `Some(None)` clears it.
#[derive(Debug, Clone, Default)]
pub struct SourceChanges {
    /// What sort of thing.
    pub kind: Option<SourceKind>,
    /// Its title.
    pub title: Option<Title>,
    /// Who made it, as a whole.
    pub authors: Option<Vec<SourceAuthor>>,
    /// The paper, site or house it appeared in.
    pub outlet: Option<Option<Title>>,
    /// When it appeared.
    pub published_on: Option<Option<PartialDate>>,
    /// When it was last read.
    pub accessed_on: Option<Option<PartialDate>>,
    /// Where it is. What was found at the old address is forgotten.
    pub url: Option<Option<WebUrl>>,
    /// Where an archived copy is.
    pub archive_url: Option<Option<WebUrl>>,
    /// Its digital object identifier.
    pub doi: Option<Option<Doi>>,
    /// Its book number.
    pub isbn: Option<Option<Isbn>>,
    /// Its language.
    pub language: Option<Option<LanguageTag>>,
}

/// One of two sources that are joined, at the version the caller knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Side {
    /// Which.
    pub id: SourceId,
    /// At which version.
    pub expected_version: i64,
}

/// Keeps a new source.
///
/// # Errors
/// [`AppError::Refused`], [`AppError::Invalid`] (too many authors), [`AppError::AlreadyExists`] when a source with its
/// address, DOI or ISBN is kept.
#[instrument(skip_all)]
pub async fn create(work: &Work<'_>, content: SourceContent) -> AppResult<SourceId> {
    work.check(Action::SourceCreate, Resource::default())?;
    content.check()?;
    if let Some((key, holder)) = rows::holders(&work.tx, &content.keys()).await?.into_iter().next() {
        return Err(held(&content, &key, holder));
    }
    keep(work, &content).await
}

/// The source that a description names: the kept one with its address, DOI or ISBN, or, for a description without any
/// of these, the one with the same kind, title, authors, outlet and date; a new one when there is none. What is kept is
/// never overwritten.
///
/// It is a step of other acts, which have asked the policy: whoever may write an article may cite in it.
///
/// # Errors
/// [`AppError::Invalid`] (too many authors).
#[instrument(skip_all)]
pub async fn ensure(work: &Work<'_>, content: &SourceContent) -> AppResult<SourceId> {
    content.check()?;
    let keys = content.keys();
    // The DOI says more than the address, so the first key that somebody holds decides.
    if let Some((_, holder)) = rows::holders(&work.tx, &keys).await?.into_iter().next() {
        return Ok(holder);
    }
    if keys.is_empty() {
        for alike in rows::alike(&work.tx, content).await? {
            let id = alike.id;
            if self::content(alike)?.says_the_same(content) {
                return Ok(id);
            }
        }
    }
    keep(work, content).await
}

/// Changes a source for all articles that cite it. Writing what already stands there changes nothing, not even the
/// version.
///
/// # Errors
/// [`AppError::NotFound`], [`AppError::Refused`], [`AppError::VersionConflict`], [`AppError::Invalid`],
/// [`AppError::AlreadyExists`] when another source has the new address, DOI or ISBN: join them instead.
#[instrument(skip_all, fields(source.id = %id))]
pub async fn update(work: &Work<'_>, id: SourceId, expected_version: i64, changes: SourceChanges) -> AppResult<()> {
    work.check(Action::SourceUpdate, Resource::default())?;
    let before = load(work, id, "id").await?;
    work.expect_version(id, before.version, expected_version).await?;
    let version = before.version;
    let old = content(before)?;
    let (new, fields) = changed(&old, changes);
    if fields.is_empty() {
        return Ok(());
    }
    new.check()?;
    let (keys_before, keys_after) = (old.keys(), new.keys());
    let keys_gone: Vec<SourceKey> = keys_before.iter().filter(|key| !keys_after.contains(key)).cloned().collect();
    let mut keys_new: Vec<SourceKey> = keys_after.into_iter().filter(|key| !keys_before.contains(key)).collect();
    for (key, holder) in rows::holders(&work.tx, &keys_new).await? {
        if holder != id {
            return Err(held(&new, &key, holder));
        }
        // It came from a source that was joined into this one.
        keys_new.retain(|new| *new != key);
    }
    let rewrite =
        Rewrite { content: &new, keys_gone: &keys_gone, keys_new: &keys_new, forgets_health: fields.contains(&"url") };
    let version = rows::update(&work.tx, id, version, &rewrite).await?;
    work.emit(Change::updated(id, version, fields, scope(id), scope(id)));
    Ok(())
}

/// Joins one source into another. Every reference to the first points at the second from now on, keeping its article,
/// its place and its words; two references of one article may then point at one source. The second is recognised by
/// the address, DOI, ISBN and id of the first, and keeps its own content. The first is no more.
///
/// # Errors
/// [`AppError::NotFound`], [`AppError::Refused`], [`AppError::VersionConflict`] for either, [`AppError::Invalid`] when
/// both are the same.
#[instrument(skip_all, fields(from.id = %from.id, into.id = %into.id))]
pub async fn merge(work: &Work<'_>, from: Side, into: Side) -> AppResult<()> {
    work.check(Action::SourceMerge, Resource::default())?;
    let lost = load(work, from.id, "fromId").await?;
    let kept = load(work, into.id, "intoId").await?;
    if from.id == into.id {
        return Err(Violation::invalid("must be another source than the one joined into it").at("intoId").into());
    }
    work.expect_version(from.id, lost.version, from.expected_version).await?;
    work.expect_version_at("intoExpectedVersion", into.id, kept.version, into.expected_version).await?;
    let version = rows::merge(&work.tx, (from.id, lost.version), (into.id, kept.version)).await.map_err(|error| {
        match error {
            // An article cited the lost one between our look and our write.
            StoreError::Constraint(Constraint::ForeignKey) => StoreError::Stale,
            other => other,
        }
    })?;
    work.emit(Change {
        at: None,
        entity: from.id.into(),
        version: None,
        kind: ChangeKind::Merged,
        reason: Some(RemovalReason::Merged),
        fields: Vec::new(),
        before: Some(scope(from.id)),
        after: Some(scope(into.id)),
    });
    work.emit(Change::updated(into.id, version, vec!["citedBy"], scope(into.id), scope(into.id)));
    Ok(())
}

async fn load(work: &Work<'_>, id: SourceId, field: &str) -> AppResult<rows::Source> {
    rows::by_id(&work.tx, LibraryScope::Whole, id).await?.ok_or_else(|| AppError::missing(EntityKind::Source, &[field]))
}

async fn keep(work: &Work<'_>, content: &SourceContent) -> AppResult<SourceId> {
    let id = work.new_id(SourceId::from_uuid);
    rows::insert(&work.tx, id, content).await?;
    work.emit(Change::created(id, scope(id)));
    Ok(id)
}

fn held(content: &SourceContent, key: &SourceKey, holder: SourceId) -> AppError {
    let identity = content.field_of(key);
    AppError::AlreadyExists {
        kind: EntityKind::Source,
        identity,
        path: vec![identity.to_owned()],
        held_by: holder.into(),
    }
}

/// The new content and the fields that differ, by their names in the API.
fn changed(old: &SourceContent, changes: SourceChanges) -> (SourceContent, Vec<&'static str>) {
    let SourceChanges {
        kind,
        title,
        authors,
        outlet,
        published_on,
        accessed_on,
        url,
        archive_url,
        doi,
        isbn,
        language,
    } = changes;
    let new = SourceContent {
        kind: kind.unwrap_or(old.kind),
        title: title.unwrap_or_else(|| old.title.clone()),
        authors: authors.unwrap_or_else(|| old.authors.clone()),
        outlet: outlet.unwrap_or_else(|| old.outlet.clone()),
        published_on: published_on.unwrap_or(old.published_on),
        accessed_on: accessed_on.unwrap_or(old.accessed_on),
        url: url.unwrap_or_else(|| old.url.clone()),
        archive_url: archive_url.unwrap_or_else(|| old.archive_url.clone()),
        doi: doi.unwrap_or_else(|| old.doi.clone()),
        isbn: isbn.unwrap_or_else(|| old.isbn.clone()),
        language: language.unwrap_or_else(|| old.language.clone()),
    };
    let differs = [
        ("kind", new.kind != old.kind),
        ("title", new.title != old.title),
        ("authors", new.authors != old.authors),
        ("outlet", new.outlet != old.outlet),
        ("publishedOn", new.published_on != old.published_on),
        ("accessedOn", new.accessed_on != old.accessed_on),
        ("url", new.url != old.url),
        ("archiveUrl", new.archive_url != old.archive_url),
        ("doi", new.doi != old.doi),
        ("isbn", new.isbn != old.isbn),
        ("language", new.language != old.language),
    ];
    (new, differs.into_iter().filter_map(|(field, differs)| differs.then_some(field)).collect())
}

/// The content of a kept source, parsed back into the domain.
fn content(source: rows::Source) -> AppResult<SourceContent> {
    let rows::Source {
        id: _,
        kind,
        title,
        authors,
        outlet,
        published_on,
        accessed_on,
        url,
        archive_url,
        doi,
        isbn,
        language,
        health: _,
        last_checked_at: _,
        version: _,
        created_at: _,
        updated_at: _,
    } = source;
    let date = |text: Option<String>| -> Result<Option<PartialDate>, Violation> {
        text.map(|text| text.parse().map_err(|wrong: PartialDateError| wrong.into())).transpose()
    };
    Ok(SourceContent {
        kind,
        title: Title::parse(&title)?,
        authors: authors.into_iter().map(author).collect::<AppResult<_>>()?,
        outlet: Title::parse_optional(outlet.as_deref())?,
        published_on: date(published_on)?,
        accessed_on: date(accessed_on)?,
        url: url.as_deref().map(WebUrl::parse).transpose()?,
        archive_url: archive_url.as_deref().map(WebUrl::parse).transpose()?,
        doi: doi.as_deref().map(Doi::parse).transpose()?,
        isbn: isbn.as_deref().map(Isbn::parse).transpose()?,
        language: language.map(|tag| tag.parse().map_err(Violation::from)).transpose()?,
    })
}

fn author(name: SourceName) -> AppResult<SourceAuthor> {
    let SourceName { given, family, literal } = name;
    Ok(match (family, literal) {
        (Some(family), _) => {
            SourceAuthor::Person { given: Label::parse_optional(given.as_deref())?, family: Label::parse(&family)? }
        }
        (None, Some(literal)) => SourceAuthor::Literal(Title::parse(&literal)?),
        (None, None) => return Err(AppError::Internal("a kept author of a source has a name")),
    })
}

fn scope(id: SourceId) -> ChangeScope {
    ChangeScope { sources: vec![id], ..ChangeScope::default() }
}
