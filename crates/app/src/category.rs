//! Acts on categories.
//!
//! All of them change one tree, so each takes [`rows::lock_tree`] before it looks at it. Leave to do so does not depend
//! on the category and is asked first: who may not move a category does not hold up those who may.

use std::collections::HashMap;

use masthead_domain::{
    AnyId, CategoryId, EntityKind, LanguageTag, Localizations, Slug, Violation,
    category::{CategoryContent, Tree},
    event::{Change, ChangeKind, ChangeScope},
    path,
    policy::{Action, Resource},
    text::{LongText, Title},
};
use masthead_store::{
    Constraint, StoreError,
    category::{self as rows, Branch, Category, Place},
    external,
};
use tracing::instrument;

use crate::{
    error::{AppError, AppResult},
    localization, slug,
    work::Work,
};

/// A new category. Without a slug, one is made from the name.
#[derive(Debug, Clone)]
pub struct CategoryDraft {
    /// Its address.
    pub slug: Option<Slug>,
    /// Its name.
    pub name: Title,
    /// What belongs in it.
    pub description: Option<LongText>,
    /// The language of name and description; that of the parent, or else of the site, when absent.
    pub language: Option<LanguageTag>,
    /// The category it stands in; none for a root.
    pub parent: Option<CategoryId>,
    /// Its place among its siblings, from 0; the last one when absent or past the end.
    pub position: Option<u32>,
    /// Name and description in other languages.
    pub localizations: Localizations,
}

/// Changes to a category: `None` leaves a field as it is, `Some(None)` clears it.
#[derive(Debug, Clone, Default)]
pub struct CategoryChanges {
    /// Its address.
    pub slug: Option<Slug>,
    /// Its name.
    pub name: Option<Title>,
    /// What belongs in it.
    pub description: Option<Option<LongText>>,
    /// The language of name and description.
    pub language: Option<LanguageTag>,
    /// Name and description in other languages, as a whole.
    pub localizations: Option<Localizations>,
}

/// Where a category goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CategoryMove {
    /// The new parent; `None` leaves it where it is, `Some(None)` makes it a root.
    pub parent: Option<Option<CategoryId>>,
    /// Its place among its new siblings (itself not counted), from 0; past the end is the last one. `None` is the last
    /// one under a new parent, and where it is under the old one.
    pub position: Option<u32>,
}

/// Keeps a new category.
///
/// # Errors
/// [`AppError::Refused`], [`AppError::NotFound`] for the parent, [`AppError::Tree`] when it would stand too deep,
/// [`AppError::Invalid`] without anything to make a slug from or with other words in its own language,
/// [`AppError::SlugTaken`] for a slug that was asked for.
#[instrument(skip_all)]
pub async fn create(work: &Work<'_>, draft: CategoryDraft) -> AppResult<CategoryId> {
    work.check(Action::CategoryCreate, Resource::default())?;
    rows::lock_tree(&work.tx).await?;
    let CategoryDraft { slug, name, description, language, parent, position, localizations } = draft;
    let above = match parent {
        Some(parent) => way_to(work, parent, "parentId").await?,
        None => Vec::new(),
    };
    Tree::new(links(&above)).check_placement(None, parent)?;
    let language = match language.or_else(|| above.last().map(|parent| parent.language.clone())) {
        Some(language) => language,
        None => work.app.site.languages.first().cloned().ok_or(AppError::Internal("a site has a language"))?,
    };
    localization::check_own(&localizations, &language)?;
    let slug = match slug {
        Some(slug) => {
            check_slug(work, &slug, None).await?;
            slug
        }
        None => {
            let wanted = Slug::from_title(name.as_str(), &language).ok_or_else(|| {
                Violation::invalid("must have a letter or a digit to make an address from").at("name")
            })?;
            free_slug(work, &wanted).await?
        }
    };
    let end = end_of(work, parent).await?;
    let position = position.map_or(end, |position| position.min(end));
    let id = work.new_id(CategoryId::from_uuid);
    let content = CategoryContent { slug, name, description, language };
    rows::insert(&work.tx, id, &content, Place { parent, position }).await?;
    localization::begin(work, id, &localizations).await?;
    work.emit(Change::created(id, scope(&above, id, content.slug.as_str(), &content.language)));
    Ok(id)
}

/// Changes what a category says. Writing what already stands there changes nothing, not even the version.
///
/// # Errors
/// [`AppError::NotFound`], [`AppError::Refused`], [`AppError::VersionConflict`], [`AppError::SlugTaken`],
/// [`AppError::Invalid`] when it would have other words in its own language.
#[instrument(skip_all, fields(category.id = %id))]
pub async fn update(
    work: &Work<'_>,
    id: CategoryId,
    expected_version: i64,
    mut changes: CategoryChanges,
) -> AppResult<()> {
    work.check(Action::CategoryUpdate, Resource::default())?;
    let (above, kept) = load(work, id, expected_version).await?;
    let before = scope_of(&above, &kept);
    let version = kept.version;
    let said = changes.localizations.take();
    let (new, mut fields) = changed(content(kept)?, changes);
    match &said {
        Some(said) => localization::check_own(said, &new.language)?,
        None if fields.contains(&"language") => localization::check_new_own(work, id, &new.language).await?,
        None => {}
    }
    let said = localization::changed(work, id, said, &mut fields).await?;
    if fields.is_empty() {
        return Ok(());
    }
    check_slug(work, &new.slug, Some(id)).await?;
    if fields.contains(&"slug") {
        keep_former_paths(work, &above, id).await?;
    }
    let version = rows::update(&work.tx, id, version, &new).await?;
    localization::write(work, id, said).await?;
    let after = scope(&above, id, new.slug.as_str(), &new.language);
    work.emit(Change::updated(id, version, fields, before, after));
    Ok(())
}

/// Puts a category, with everything below it, elsewhere in the tree. Its siblings, old and new, close up and make room
/// without new versions of theirs.
///
/// # Errors
/// [`AppError::NotFound`] for the category or the new parent, [`AppError::Refused`], [`AppError::VersionConflict`],
/// [`AppError::Tree`] when it would stand below itself or something would stand too deep.
#[instrument(skip_all, fields(category.id = %id))]
pub async fn relocate(work: &Work<'_>, id: CategoryId, expected_version: i64, to: CategoryMove) -> AppResult<()> {
    work.check(Action::CategoryMove, Resource::default())?;
    let (above, kept) = load(work, id, expected_version).await?;
    let from = Place { parent: kept.parent, position: kept.position };
    let parent = to.parent.unwrap_or(from.parent);
    let is_new_parent = parent != from.parent;
    let new_above = match parent {
        Some(parent) if is_new_parent => {
            let way = way_to(work, parent, "parentId").await?;
            let branch = rows::subtree(&work.tx, &[id]).await?;
            Tree::new(links(&way).chain(branch)).check_placement(Some(id), Some(parent))?;
            way
        }
        Some(_) => above.clone(),
        None => Vec::new(),
    };
    let end = end_of(work, parent).await?;
    // Under its old parent it is one of those counted.
    let last = if is_new_parent { end } else { end.saturating_sub(1) };
    let position = match to.position {
        Some(position) => position.min(last),
        None if is_new_parent => last,
        None => from.position,
    };
    let to = Place { parent, position };
    if to == from {
        return Ok(());
    }
    if is_new_parent {
        keep_former_paths(work, &above, id).await?;
    }
    let version = rows::relocate(&work.tx, id, kept.version, from, to).await?;
    let fields = [("parent", is_new_parent), ("position", to.position != from.position)];
    work.emit(Change {
        at: None,
        entity: id.into(),
        version: Some(version),
        kind: ChangeKind::Moved,
        reason: None,
        fields: fields.into_iter().filter_map(|(field, differs)| differs.then_some(field)).collect(),
        before: Some(scope_of(&above, &kept)),
        after: Some(scope_of(&new_above, &kept)),
    });
    Ok(())
}

/// Forgets a category in which no article and no category stands.
///
/// # Errors
/// [`AppError::NotFound`], [`AppError::Refused`], [`AppError::VersionConflict`], [`AppError::InUse`].
#[instrument(skip_all, fields(category.id = %id))]
pub async fn delete(work: &Work<'_>, id: CategoryId, expected_version: i64) -> AppResult<()> {
    work.check(Action::CategoryDelete, Resource::default())?;
    let (above, kept) = load(work, id, expected_version).await?;
    let uses = rows::child_count(&work.tx, Some(id)).await? + rows::article_count(&work.tx, id).await?;
    work.expect_unused(EntityKind::Category, uses)?;
    let place = Place { parent: kept.parent, position: kept.position };
    match rows::delete(&work.tx, id, kept.version, place).await {
        // An article was filed here after we counted.
        Err(StoreError::Constraint(Constraint::ForeignKey)) => {
            return Err(AppError::InUse { kind: EntityKind::Category, uses: None });
        }
        done => done?,
    }
    work.emit(Change::deleted(id, scope_of(&above, &kept)));
    Ok(())
}

/// Locks the tree and gives the categories above one (root first) and itself, at the version the caller knows.
async fn load(work: &Work<'_>, id: CategoryId, expected_version: i64) -> AppResult<(Vec<Category>, Category)> {
    rows::lock_tree(&work.tx).await?;
    let mut way = way_to(work, id, "id").await?;
    let kept = way.pop().ok_or(AppError::Internal("a way ends with what it leads to"))?;
    work.expect_version(id, kept.version, expected_version).await?;
    Ok((way, kept))
}

/// Notes the addresses of a category and of all below it, which are about to change with it: readers know them. Each by
/// itself, since any of them may go on to change its own.
async fn keep_former_paths(work: &Work<'_>, above: &[Category], id: CategoryId) -> AppResult<()> {
    let mut below: HashMap<Option<CategoryId>, Vec<Branch>> = HashMap::new();
    let mut waiting = Vec::new();
    let top = path::category(above.iter().map(|category| category.slug.as_str()));
    for branch in rows::named_and_below(&work.tx, &[id], &[]).await? {
        if branch.id == id {
            waiting.push((top.clone(), branch));
        } else {
            below.entry(branch.parent).or_default().push(branch);
        }
    }
    let mut paths = Vec::new();
    while let Some((above, branch)) = waiting.pop() {
        let path = format!("{above}/{}", branch.slug);
        let children = below.remove(&Some(branch.id)).unwrap_or_default();
        waiting.extend(children.into_iter().map(|child| (path.clone(), child)));
        paths.push((path, AnyId::from(branch.id)));
    }
    Ok(external::keep_former_paths(&work.tx, &paths).await?)
}

/// The way to a category that the input names in a field: root first, itself last.
async fn way_to(work: &Work<'_>, id: CategoryId, field: &str) -> AppResult<Vec<Category>> {
    let way = rows::lineage(&work.tx, id).await?;
    if way.is_empty() { Err(AppError::missing(EntityKind::Category, &[field])) } else { Ok(way) }
}

fn links(categories: &[Category]) -> impl Iterator<Item = (CategoryId, Option<CategoryId>)> {
    categories.iter().map(|category| (category.id, category.parent))
}

/// The position behind the last child.
async fn end_of(work: &Work<'_>, parent: Option<CategoryId>) -> AppResult<u32> {
    let count = rows::child_count(&work.tx, parent).await?;
    u32::try_from(count).map_err(|_| AppError::Internal("children fit their positions"))
}

async fn check_slug(work: &Work<'_>, slug: &Slug, of: Option<CategoryId>) -> AppResult<()> {
    match rows::by_slug(&work.tx, slug.as_str()).await? {
        Some(holder) if Some(holder.id) != of => {
            let suggestion = Some(free_slug(work, slug).await?);
            Err(AppError::SlugTaken { slug: slug.clone(), suggestion, held_by: Some(holder.id.into()) })
        }
        _ => Ok(()),
    }
}

async fn free_slug(work: &Work<'_>, wanted: &Slug) -> AppResult<Slug> {
    slug::free(wanted, |slugs| async move { rows::slugs_taken(&work.tx, &slugs).await }).await
}

/// The new content and the fields that differ, by their names in the API.
fn changed(old: CategoryContent, changes: CategoryChanges) -> (CategoryContent, Vec<&'static str>) {
    let CategoryChanges { slug, name, description, language, localizations: _ } = changes;
    let new = CategoryContent {
        slug: slug.unwrap_or_else(|| old.slug.clone()),
        name: name.unwrap_or_else(|| old.name.clone()),
        description: description.unwrap_or_else(|| old.description.clone()),
        language: language.unwrap_or_else(|| old.language.clone()),
    };
    let differs = [
        ("slug", new.slug != old.slug),
        ("name", new.name != old.name),
        ("description", new.description != old.description),
        ("language", new.language != old.language),
    ];
    (new, differs.into_iter().filter_map(|(field, differs)| differs.then_some(field)).collect())
}

/// The content of a kept category, parsed back into the domain.
fn content(category: Category) -> AppResult<CategoryContent> {
    let Category {
        id: _,
        slug,
        name,
        description,
        language,
        parent: _,
        position: _,
        version: _,
        created_at: _,
        updated_at: _,
    } = category;
    Ok(CategoryContent {
        slug: Slug::parse(&slug).map_err(Violation::from)?,
        name: Title::parse(&name)?,
        description: LongText::parse_optional(description.as_deref())?,
        language,
    })
}

fn scope_of(above: &[Category], category: &Category) -> ChangeScope {
    scope(above, category.id, &category.slug, &category.language)
}

/// Where a category is found: at its address, and in every list of itself and of those above it.
fn scope(above: &[Category], id: CategoryId, slug: &str, language: &LanguageTag) -> ChangeScope {
    ChangeScope {
        path: Some(path::category(above.iter().map(|category| category.slug.as_str()).chain([slug]))),
        language: Some(language.clone()),
        categories: above.iter().map(|category| category.id).chain([id]).collect(),
        ..ChangeScope::default()
    }
}
