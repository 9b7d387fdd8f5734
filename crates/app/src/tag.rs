//! Acts on tags. Articles bring them into being; the desk renames and joins them. Leave to do so does not depend on the
//! tag and is asked before any tag is locked.

use masthead_domain::{
    EntityKind, Localizations, Slug, TagId, Violation,
    article::RemovalReason,
    event::{Change, ChangeKind, ChangeScope},
    policy::{Action, Resource},
    tag::{TAG_CHARS_MAX, TagName},
    text::Line,
};
use masthead_store::{
    LibraryScope, localization as words,
    tag::{self as rows, Tag},
};
use tracing::instrument;

use crate::{
    error::{AppError, AppResult},
    localization, slug,
    work::Work,
};

/// A new spelling of a tag.
#[derive(Debug, Clone)]
pub struct TagRename {
    /// What readers see.
    pub name: Line<TAG_CHARS_MAX>,
    /// What the tag is found by; as it was when absent.
    pub slug: Option<Slug>,
    /// What readers see in other languages, as a whole; as it was when absent.
    pub localizations: Option<Localizations>,
}

/// The tags of these names, made when they are missing, as an article would bring them. For imports, which know all
/// tags of a site before its articles.
///
/// # Errors
/// [`AppError::Refused`].
#[instrument(skip_all, fields(count = names.len()))]
pub async fn ensure(work: &Work<'_>, names: &[TagName]) -> AppResult<Vec<TagId>> {
    work.check(Action::ArticleCreate, Resource::default())?;
    let tags = rows::ensure(&work.tx, || work.new_id(TagId::from_uuid), names).await?;
    Ok(tags.into_iter().map(|tag| tag.id).collect())
}

/// Spells a tag differently, in its own spelling or in other languages. Writing what already stands there changes nothing, not even the version.
///
/// # Errors
/// [`AppError::NotFound`], [`AppError::Refused`], [`AppError::VersionConflict`], [`AppError::SlugTaken`]: then the two
/// are perhaps to be joined.
#[instrument(skip_all, fields(tag.id = %id))]
pub async fn rename(work: &Work<'_>, id: TagId, expected_version: i64, to: TagRename) -> AppResult<()> {
    work.check(Action::TagRename, Resource::default())?;
    let before = find(rows::lock(&work.tx, &[id]).await?, id, "id")?;
    work.expect_version(id, before.version, expected_version).await?;
    let TagRename { name, slug, localizations } = to;
    let slug = match slug {
        Some(slug) => slug,
        None => Slug::parse(&before.slug).map_err(Violation::from)?,
    };
    let differs = [("name", name.as_str() != before.name), ("slug", slug.as_str() != before.slug)];
    let mut fields = differs.into_iter().filter_map(|(field, differs)| differs.then_some(field)).collect();
    let said = localization::changed(work, id, localizations, &mut fields).await?;
    if fields.is_empty() {
        return Ok(());
    }
    if let Some(holder) = rows::by_slug(&work.tx, LibraryScope::Whole, slug.as_str()).await?
        && holder.id != id
    {
        let taken = |slugs: Vec<Slug>| async move { rows::slugs_taken(&work.tx, &slugs).await };
        let suggestion = Some(slug::free(&slug, taken).await?);
        return Err(AppError::SlugTaken { slug, suggestion, held_by: Some(holder.id.into()) });
    }
    let version = rows::update(&work.tx, id, before.version, &name, &slug).await?;
    localization::write(work, id, said).await?;
    work.emit(Change::updated(id, version, fields, scope(&[id]), scope(&[id])));
    Ok(())
}

/// Joins a tag into another: every article that bore the one bears the other in its place, and the one is gone.
///
/// The articles keep their versions, so the log says it once, as a change of the tag that went: its scope before names
/// it, its scope after names the tag it became. Whoever follows a list by tag learns of it by either; whoever keeps
/// articles with their tags follows tags too.
///
/// The tag that stays keeps what it says in other languages, and takes over what the other said in those it lacks. Only
/// then does it get a new version, and a row of its own before that of the other.
///
/// # Errors
/// [`AppError::NotFound`] for either tag, [`AppError::Refused`], [`AppError::VersionConflict`] of the tag that goes,
/// [`AppError::Invalid`] when both are one.
#[instrument(skip_all, fields(tag.id = %from))]
pub async fn merge(work: &Work<'_>, from: TagId, expected_version: i64, into: TagId) -> AppResult<()> {
    work.check(Action::TagMerge, Resource::default())?;
    let locked = rows::lock(&work.tx, &[from, into]).await?;
    let before = find(locked.clone(), from, "fromId")?;
    let target = find(locked, into, "intoId")?;
    if from == into {
        return Err(Violation::invalid("must be another tag than the one that goes").at("intoId").into());
    }
    work.expect_version(from, before.version, expected_version).await?;
    take_over_words(work, from, &target).await?;
    rows::merge(&work.tx, from, before.version, target.id).await?;
    work.emit(Change {
        at: None,
        entity: from.into(),
        version: None,
        kind: ChangeKind::Merged,
        reason: Some(RemovalReason::Merged),
        fields: Vec::new(),
        before: Some(scope(&[from])),
        after: Some(scope(&[target.id])),
    });
    Ok(())
}

/// Gives a tag what another says in languages that it lacks, as long as there is room.
async fn take_over_words(work: &Work<'_>, from: TagId, target: &Tag) -> AppResult<()> {
    let (other, own) = (words::of_one(&work.tx, from).await?, words::of_one(&work.tx, target.id).await?);
    let mut fields = Vec::new();
    let said = localization::changed(work, target.id, Some(own.with_lacking(&other)), &mut fields).await?;
    if fields.is_empty() {
        return Ok(());
    }
    let (name, slug) = (Line::parse(&target.name)?, Slug::parse(&target.slug).map_err(Violation::from)?);
    let version = rows::update(&work.tx, target.id, target.version, &name, &slug).await?;
    localization::write(work, target.id, said).await?;
    work.emit(Change::updated(target.id, version, fields, scope(&[target.id]), scope(&[target.id])));
    Ok(())
}

fn find(tags: Vec<Tag>, id: TagId, field: &str) -> AppResult<Tag> {
    tags.into_iter().find(|tag| tag.id == id).ok_or_else(|| AppError::missing(EntityKind::Tag, &[field]))
}

fn scope(tags: &[TagId]) -> ChangeScope {
    ChangeScope { tags: tags.to_vec(), ..ChangeScope::default() }
}
