//! Authors.

use masthead_domain::{AuthorId, MediaId, Slug, Timestamp, author::AuthorContent};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, Select,
    sea_query::{Expr, LockType},
};
use tracing::instrument;
use uuid::Uuid;

use crate::{
    direct::Connection,
    error::StoreResult,
    localization,
    map::sort_key,
    matching::{begins_with, holds},
    page::{Cursor, Page, PageRequest, Sort, SortKey, SortValue, page_of},
    placed::{self, Rows},
    row::article_credit,
    row::author::{ActiveModel, Column, Entity, Model},
    tx::Tx,
    versioned,
};

/// An author as kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Author {
    /// The id.
    pub id: AuthorId,
    /// The address.
    pub slug: String,
    /// The name.
    pub name: String,
    /// The biography, safe HTML.
    pub bio: Option<String>,
    /// The public e-mail address.
    pub email: Option<String>,
    /// Profiles elsewhere.
    pub same_as: Vec<String>,
    /// The picture.
    pub portrait: Option<MediaId>,
    /// How often it was written.
    pub version: i64,
    /// When it came to be.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// An author as credits name them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorName {
    /// The id.
    pub id: AuthorId,
    /// The address.
    pub slug: String,
    /// The name.
    pub name: String,
}

/// The columns of [`AuthorName`].
pub(crate) const NAME_COLUMNS: [Column; 3] = [Column::Id, Column::Slug, Column::Name];

placed::row! {
    pub(crate) struct NameRow {
        id: Uuid,
        slug: String,
        name: String,
    }
}

impl From<NameRow> for AuthorName {
    fn from(NameRow { id, slug, name }: NameRow) -> Self {
        Self { id: AuthorId::from_uuid(id), slug, name }
    }
}

/// By what authors are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AuthorOrder {
    /// By name without regard to case and accents.
    Name,
}

/// Which authors a list holds. Everything that is set must hold.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AuthorWhere {
    /// One of these slugs.
    pub slugs: Option<Vec<String>>,
    /// None of these slugs.
    pub not_slugs: Option<Vec<String>>,
    /// The name begins with this, without regard to case and accents.
    pub name_starts_with: Option<String>,
    /// The name holds this, without regard to case and accents.
    pub name_contains: Option<String>,
    /// Exactly this name, without regard to case and accents.
    pub name: Option<String>,
}

/// Authors with these ids, in no particular order; unknown ids are left out.
#[instrument(skip_all, fields(count = ids.len()))]
pub async fn by_ids(connection: &impl Connection, ids: &[AuthorId]) -> StoreResult<Vec<Author>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = Entity::find().filter(Column::Id.is_in(ids.iter().map(|id| id.uuid()))).rows(connection).await?;
    rows.into_iter().map(author).collect()
}

/// The author with this id.
#[instrument(skip_all, fields(author.id = %id))]
pub async fn by_id(connection: &impl Connection, id: AuthorId) -> StoreResult<Option<Author>> {
    Entity::find_by_id(id.uuid()).row(connection).await?.map(author).transpose()
}

/// The author with this slug.
#[instrument(skip_all, fields(slug))]
pub async fn by_slug(connection: &impl Connection, slug: &str) -> StoreResult<Option<Author>> {
    Entity::find().filter(Column::Slug.eq(slug)).row(connection).await?.map(author).transpose()
}

fn filtered(filter: &AuthorWhere) -> Select<Entity> {
    let AuthorWhere { slugs, not_slugs, name_starts_with, name_contains, name } = filter;
    let mut select = Entity::find();
    if let Some(slugs) = slugs {
        select = select.filter(Column::Slug.is_in(slugs));
    }
    if let Some(slugs) = not_slugs {
        select = select.filter(Column::Slug.is_not_in(slugs));
    }
    if let Some(start) = name_starts_with {
        select = select.filter(begins_with(Column::NameKey, &sort_key(start)));
    }
    if let Some(part) = name_contains {
        select = select.filter(holds(Column::NameKey, &sort_key(part)));
    }
    if let Some(name) = name {
        select = select.filter(Column::NameKey.eq(sort_key(name)));
    }
    select
}

/// A page of authors.
#[instrument(skip_all)]
pub async fn page(
    connection: &impl Connection,
    filter: &AuthorWhere,
    order: AuthorOrder,
    descending: bool,
    request: &PageRequest,
) -> StoreResult<Page<Author>> {
    let sort = match order {
        AuthorOrder::Name => Sort {
            keys: vec![SortKey { expr: Expr::col((Entity, Column::NameKey)), descending }],
            id: Expr::col((Entity, Column::Id)),
        },
    };
    let rows = sort.apply(filtered(filter), request).rows(connection).await?;
    let authors = rows.into_iter().map(author).collect::<StoreResult<Vec<_>>>()?;
    Ok(page_of(authors, request, |author| Cursor {
        values: vec![SortValue::Text(sort_key(&author.name))],
        id: author.id.uuid(),
    }))
}

/// How many authors a list holds.
#[instrument(skip_all)]
pub async fn count(connection: &impl Connection, filter: &AuthorWhere) -> StoreResult<u64> {
    Ok(filtered(filter).count(connection).await?)
}

/// Keeps a new author.
///
/// # Errors
/// [`crate::Constraint::AuthorSlug`] when the slug is taken.
#[instrument(skip_all, fields(author.id = %id))]
pub async fn insert(tx: &Tx, id: AuthorId, content: &AuthorContent) -> StoreResult<()> {
    let mut row = written(content);
    row.id = Set(id.uuid());
    row.version = Set(1);
    row.created_at = Set(tx.now());
    row.updated_at = Set(tx.now());
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Writes an author who is still at the expected version, and gives the new version.
///
/// # Errors
/// [`crate::StoreError::Stale`] at another version, [`crate::Constraint::AuthorSlug`] when the slug is taken.
#[instrument(skip_all, fields(author.id = %id))]
pub async fn update(tx: &Tx, id: AuthorId, expected_version: i64, content: &AuthorContent) -> StoreResult<i64> {
    versioned::update::<Entity>(tx, id.uuid(), expected_version, written(content)).await
}

/// The author with this id, about to be deleted: who comes to use it at the same time waits until the transaction ends,
/// and whoever came before is there to be counted.
#[instrument(skip_all, fields(author.id = %id))]
pub async fn lock(tx: &Tx, id: AuthorId) -> StoreResult<Option<Author>> {
    Entity::find_by_id(id.uuid()).lock(LockType::Update).one(tx).await?.map(author).transpose()
}

/// Forgets an author who is still at the expected version.
///
/// # Errors
/// [`crate::StoreError::Stale`] at another version, [`crate::Constraint::ForeignKey`] while articles credit them.
#[instrument(skip_all, fields(author.id = %id))]
pub async fn delete(tx: &Tx, id: AuthorId, expected_version: i64) -> StoreResult<()> {
    versioned::delete::<Entity>(tx, id.uuid(), expected_version).await?;
    localization::forget(tx, id).await
}

/// How many articles credit an author, deleted ones included.
#[instrument(skip_all, fields(author.id = %id))]
pub async fn credit_count(connection: &impl Connection, id: AuthorId) -> StoreResult<u64> {
    Ok(article_credit::Entity::find().filter(article_credit::Column::AuthorId.eq(id.uuid())).count(connection).await?)
}

/// Which of these slugs are taken.
#[instrument(skip_all, fields(count = slugs.len()))]
pub async fn slugs_taken(connection: &impl Connection, slugs: &[Slug]) -> StoreResult<Vec<String>> {
    let select = Entity::find().filter(Column::Slug.is_in(slugs.iter().map(Slug::as_str)));
    Ok(select.select_only().column(Column::Slug).into_tuple().all(connection).await?)
}

/// The columns that hold content.
fn written(content: &AuthorContent) -> ActiveModel {
    let AuthorContent { slug, name, bio, email, same_as, portrait } = content;
    ActiveModel {
        slug: Set(slug.to_string()),
        name: Set(name.to_string()),
        name_key: Set(sort_key(name.as_str())),
        bio: Set(bio.clone()),
        email: Set(email.as_ref().map(|email| email.as_str().to_owned())),
        same_as: Set(same_as.iter().map(|url| url.as_str()).collect()),
        portrait_id: Set(portrait.map(MediaId::uuid)),
        ..Default::default()
    }
}

fn author(row: Model) -> StoreResult<Author> {
    let Model { id, slug, name, name_key: _, bio, email, same_as, portrait_id, version, created_at, updated_at } = row;
    let id = AuthorId::from_uuid(id);
    Ok(Author {
        id,
        slug,
        name,
        bio,
        email,
        same_as: crate::map::json("authors", id, "same_as", same_as)?,
        portrait: portrait_id.map(MediaId::from_uuid),
        version,
        created_at,
        updated_at,
    })
}
