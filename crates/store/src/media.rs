//! Media records, and their places in galleries.

use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};
use masthead_domain::{
    ArticleId, AuthorId, MediaId, Timestamp,
    media::{MediaContent, MediaKind, MediaType},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, Iterable, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::{Expr, ExprTrait, JoinType, LockType, Query, UnionType},
};
use tracing::instrument;
use uuid::Uuid;

use crate::{
    direct::Connection,
    error::StoreResult,
    in_articles::{self, InArticles, Link},
    localization,
    map::checked,
    matching::beside,
    page::{Cursor, Page, PageRequest, Sort, SortKey, SortValue, page_of},
    placed::{self, Rows},
    row::media::{ActiveModel, Column, Entity, Model},
    row::{article_body_media, article_media, author},
    scope::{LibraryScope, ReadScope},
    tx::Tx,
    versioned,
};

/// A media record as kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Media {
    /// The id.
    pub id: MediaId,
    /// Where the file is.
    pub url: String,
    /// What sort of file it is.
    pub media_type: MediaType,
    /// Its title.
    pub title: Option<String>,
    /// What it shows, for those who cannot see it.
    pub alt: Option<String>,
    /// The caption.
    pub caption: Option<String>,
    /// Whom to credit.
    pub credit: Option<String>,
    /// Width in pixels.
    pub width: Option<u32>,
    /// Height in pixels.
    pub height: Option<u32>,
    /// Size in bytes.
    pub byte_size: Option<u64>,
    /// How often it was written.
    pub version: i64,
    /// When it came to be.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A media record at its place in an article's gallery, with the words given for that place. Where it has none, the
/// record's are shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Usage {
    /// The record.
    pub media: Arc<Media>,
    /// The caption here.
    pub caption: Option<String>,
    /// The alternative text here.
    pub alt: Option<String>,
    /// The credit here.
    pub credit: Option<String>,
    /// The place, from 1.
    pub position: i32,
}

/// Which media records a list holds. Everything that is set must hold.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MediaWhere {
    /// One of these sorts.
    pub kinds: Option<Vec<MediaKind>>,
    /// In the galleries of these articles.
    pub articles: InArticles,
}

/// Media records of a scope: in a gallery, in a body, or as the portrait of an author, whom readers see in any case.
fn seen(scope: LibraryScope) -> Select<Entity> {
    let id = Expr::col((Entity, Column::Id));
    let portrait = Query::select()
        .expr(Expr::cust("1"))
        .from(author::Entity)
        .and_where(Expr::col((author::Entity, author::Column::PortraitId)).eq(id.clone()))
        .take();
    let condition = in_articles::in_library(scope, &[in_gallery(), in_body()], Some(portrait), &id);
    Entity::find().filter(condition)
}

fn in_gallery() -> Link {
    Link::new(article_media::Entity, article_media::Column::MediaId, article_media::Column::ArticleId)
}

fn in_body() -> Link {
    use article_body_media::{Column as Place, Entity as Places};
    Link::new(Places, Place::MediaId, Place::ArticleId)
}

/// Media records with these ids that the scope shows, in no particular order; unknown ids are left out.
#[instrument(skip_all, fields(count = ids.len()))]
pub async fn by_ids(connection: &impl Connection, scope: LibraryScope, ids: &[MediaId]) -> StoreResult<Vec<Media>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = seen(scope).filter(Column::Id.is_in(ids.iter().map(|id| id.uuid()))).rows(connection).await?;
    rows.into_iter().map(media).collect()
}

/// The media record with this id, when the scope shows it.
#[instrument(skip_all, fields(media.id = %id))]
pub async fn by_id(connection: &impl Connection, scope: LibraryScope, id: MediaId) -> StoreResult<Option<Media>> {
    seen(scope).filter(Column::Id.eq(id.uuid())).row(connection).await?.map(media).transpose()
}

/// The galleries of articles, in order. Articles without one are left out. One statement.
#[instrument(skip_all, fields(count = articles.len()))]
pub async fn of_articles(
    connection: &impl Connection,
    articles: &[ArticleId],
) -> StoreResult<HashMap<ArticleId, Vec<Arc<Usage>>>> {
    if articles.is_empty() {
        return Ok(HashMap::new());
    }
    use article_media::Column as Place;
    let mut select = article_media::Entity::find()
        .filter(Place::ArticleId.is_in(articles.iter().map(|id| id.uuid())))
        .order_by_asc(Place::ArticleId)
        .order_by_asc(Place::Position);
    QueryTrait::query(&mut select).join(
        JoinType::InnerJoin,
        Entity,
        Expr::col((Entity, Column::Id)).equals((article_media::Entity, Place::MediaId)),
    );
    let mut galleries: HashMap<ArticleId, Vec<Arc<Usage>>> = HashMap::new();
    let select = select.columns(Column::iter()).into_query();
    for (place, record) in placed::all::<(article_media::Model, Model)>(connection, &select).await? {
        let article_media::Model { article_id, position, media_id: _, caption, alt, credit } = place;
        let usage = usage(Arc::new(media(record)?), position, caption, alt, credit);
        galleries.entry(ArticleId::from_uuid(article_id)).or_default().push(usage);
    }
    Ok(galleries)
}

/// What articles show.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Shown {
    /// Their galleries, in order. Articles without one are left out.
    pub galleries: HashMap<ArticleId, Vec<Arc<Usage>>>,
    /// The other records.
    pub others: Vec<Media>,
}

/// The galleries of articles as [`of_articles`] gives them, and other records by id (those in the bodies of the same
/// articles), by one statement.
#[instrument(skip_all, fields(count = articles.len() + others.len()))]
pub async fn of_articles_and_others(
    connection: &impl Connection,
    articles: &[ArticleId],
    others: &[MediaId],
) -> StoreResult<Shown> {
    use article_media::{Column as Place, Entity as Places};

    let own = || Column::iter().map(|column| (Entity, column));
    let place = |column: Place| Expr::col((Places, column));
    let in_gallery = Expr::col((Entity, Column::Id)).equals((Places, Place::MediaId));
    let records = Query::select()
        .columns(own())
        .exprs((0..5).map(|_| Expr::cust("NULL")))
        .from(Entity)
        .and_where(Expr::col((Entity, Column::Id)).is_in(others.iter().map(|id| id.uuid())))
        .take();
    let all = Query::select()
        .columns(own())
        .expr_as(place(Place::ArticleId), "place_article_id")
        .expr_as(place(Place::Position), "place_position")
        .expr_as(place(Place::Caption), "place_caption")
        .expr_as(place(Place::Alt), "place_alt")
        .expr_as(place(Place::Credit), "place_credit")
        .from(Places)
        .inner_join(Entity, in_gallery)
        .and_where(place(Place::ArticleId).is_in(articles.iter().map(|id| id.uuid())))
        .union(UnionType::All, records)
        .take();
    let mut shown = Shown::default();
    for (row, spot) in placed::all::<(Model, Spot)>(connection, &all).await? {
        let (record, Spot { article, position, caption, alt, credit }) = (media(row)?, spot);
        match article.zip(position) {
            Some((article, position)) => {
                let usage = usage(Arc::new(record), position, caption, alt, credit);
                shown.galleries.entry(ArticleId::from_uuid(article)).or_default().push(usage);
            }
            None => shown.others.push(record),
        }
    }
    for gallery in shown.galleries.values_mut() {
        gallery.sort_by_key(|usage| usage.position);
    }
    Ok(shown)
}

placed::row! {
    /// Where a record stands in a gallery, if it does.
    struct Spot {
        article: Option<Uuid>,
        position: Option<i32>,
        caption: Option<String>,
        alt: Option<String>,
        credit: Option<String>,
    }
}

/// A record at its place: words not given there are its own.
pub(crate) fn usage(
    media: Arc<Media>,
    position: i32,
    caption: Option<String>,
    alt: Option<String>,
    credit: Option<String>,
) -> Arc<Usage> {
    Arc::new(Usage { media, caption, alt, credit, position })
}

/// The pictures of authors. Authors without one are left out. One statement.
#[instrument(skip_all, fields(count = authors.len()))]
pub async fn portraits(connection: &impl Connection, authors: &[AuthorId]) -> StoreResult<HashMap<AuthorId, Media>> {
    if authors.is_empty() {
        return Ok(HashMap::new());
    }
    let mut select = author::Entity::find().filter(author::Column::Id.is_in(authors.iter().map(|id| id.uuid())));
    QueryTrait::query(&mut select).join(
        JoinType::InnerJoin,
        Entity,
        Expr::col((Entity, Column::Id)).equals((author::Entity, author::Column::PortraitId)),
    );
    let rows = select.select_two_required(Entity).all(connection).await?;
    rows.into_iter().map(|(author, record)| Ok((AuthorId::from_uuid(author.id), media(record)?))).collect()
}

fn filtered(library: LibraryScope, scope: &ReadScope, filter: &MediaWhere) -> Select<Entity> {
    let MediaWhere { kinds, articles } = filter;
    let id = Expr::col((Entity, Column::Id));
    let mut select = seen(library).filter(in_articles::condition(scope, articles, &in_gallery(), &id));
    if let Some(kinds) = kinds {
        let kind = if articles.any_of.is_some() { beside(Column::Kind) } else { Column::Kind.into_expr() };
        select = select.filter(kind.is_in(kinds.iter().map(|kind| kind.as_str())));
    }
    select
}

/// A page of media records, the newest first.
#[instrument(skip_all)]
pub async fn page(
    connection: &impl Connection,
    library: LibraryScope,
    scope: &ReadScope,
    filter: &MediaWhere,
    request: &PageRequest,
) -> StoreResult<Page<Media>> {
    let sort = Sort {
        keys: vec![SortKey { expr: Expr::col((Entity, Column::CreatedAt)), descending: true }],
        id: Expr::col((Entity, Column::Id)),
    };
    let rows = sort.apply(filtered(library, scope, filter), request).rows(connection).await?;
    let records = rows.into_iter().map(media).collect::<StoreResult<Vec<_>>>()?;
    Ok(page_of(records, request, |media| Cursor {
        values: vec![SortValue::time(media.created_at)],
        id: media.id.uuid(),
    }))
}

/// How many media records a list holds.
#[instrument(skip_all)]
pub async fn count(
    connection: &impl Connection,
    library: LibraryScope,
    scope: &ReadScope,
    filter: &MediaWhere,
) -> StoreResult<u64> {
    Ok(filtered(library, scope, filter).count(connection).await?)
}

/// Keeps a new media record.
#[instrument(skip_all, fields(media.id = %id))]
pub async fn insert(tx: &Tx, id: MediaId, content: &MediaContent) -> StoreResult<()> {
    let mut row = written(id, content)?;
    row.id = Set(id.uuid());
    row.version = Set(1);
    row.created_at = Set(tx.now());
    row.updated_at = Set(tx.now());
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Writes a media record that is still at the expected version, and gives the new version.
///
/// # Errors
/// [`crate::StoreError::Stale`] at another version.
#[instrument(skip_all, fields(media.id = %id))]
pub async fn update(tx: &Tx, id: MediaId, expected_version: i64, content: &MediaContent) -> StoreResult<i64> {
    versioned::update::<Entity>(tx, id.uuid(), expected_version, written(id, content)?).await
}

/// The media record with this id, about to be deleted: who comes to use it at the same time waits until the transaction ends,
/// and whoever came before is there to be counted.
#[instrument(skip_all, fields(media.id = %id))]
pub async fn lock(tx: &Tx, id: MediaId) -> StoreResult<Option<Media>> {
    Entity::find_by_id(id.uuid()).lock(LockType::Update).one(tx).await?.map(media).transpose()
}

/// Forgets a media record that is still at the expected version.
///
/// # Errors
/// [`crate::StoreError::Stale`] at another version, [`crate::Constraint::ForeignKey`] while something shows it.
#[instrument(skip_all, fields(media.id = %id))]
pub async fn delete(tx: &Tx, id: MediaId, expected_version: i64) -> StoreResult<()> {
    versioned::delete::<Entity>(tx, id.uuid(), expected_version).await?;
    localization::forget(tx, id).await
}

/// How many galleries and bodies (of deleted articles too) and portraits show a media record.
#[instrument(skip_all, fields(media.id = %id))]
pub async fn use_count(connection: &impl Connection, id: MediaId) -> StoreResult<u64> {
    let galleries = article_media::Entity::find().filter(article_media::Column::MediaId.eq(id.uuid()));
    let bodies = article_body_media::Entity::find().filter(article_body_media::Column::MediaId.eq(id.uuid()));
    let portraits = author::Entity::find().filter(author::Column::PortraitId.eq(id.uuid()));
    Ok(galleries.count(connection).await? + bodies.count(connection).await? + portraits.count(connection).await?)
}

/// The columns that hold content.
fn written(id: MediaId, content: &MediaContent) -> StoreResult<ActiveModel> {
    let MediaContent { url, media_type, title, alt, caption, credit, width, height, byte_size } = content;
    let side = |column, side: Option<u32>| checked("media", id, column, side.map(i32::try_from).transpose());
    Ok(ActiveModel {
        url: Set(url.to_string()),
        media_type: Set(media_type.as_str().to_owned()),
        kind: Set(media_type.kind().as_str().to_owned()),
        title: Set(title.as_ref().map(ToString::to_string)),
        alt: Set(alt.as_ref().map(ToString::to_string)),
        caption: Set(caption.as_ref().map(ToString::to_string)),
        credit: Set(credit.as_ref().map(ToString::to_string)),
        width: Set(side("width", *width)?),
        height: Set(side("height", *height)?),
        byte_size: Set(checked("media", id, "byte_size", byte_size.map(i64::try_from).transpose())?),
        ..Default::default()
    })
}

fn media(row: Model) -> StoreResult<Media> {
    let Model {
        id,
        url,
        media_type,
        kind: _,
        title,
        alt,
        caption,
        credit,
        width,
        height,
        byte_size,
        version,
        created_at,
        updated_at,
    } = row;
    let id = MediaId::from_uuid(id);
    let side = |column, side: Option<i32>| checked("media", id, column, side.map(u32::try_from).transpose());
    Ok(Media {
        id,
        url,
        media_type: checked("media", id, "media_type", MediaType::parse(&media_type))?,
        title,
        alt,
        caption,
        credit,
        width: side("width", width)?,
        height: side("height", height)?,
        byte_size: checked("media", id, "byte_size", byte_size.map(u64::try_from).transpose())?,
        version,
        created_at,
        updated_at,
    })
}
