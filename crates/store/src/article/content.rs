//! The whole content of one article as it stands in the tables, for acts that change it.

use masthead_domain::{
    ArticleId, AuthorId, CategoryId, ContactId, MediaId, ReferenceId, SourceId, TagId, article::CreditRole,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, sea_query::LockType,
};
use tracing::instrument;

use super::{Article, CreditRow, GalleryRow, ReferenceRow, Snapshot, TagRow, snapshot::Lists};
use crate::{
    error::{StoreError, StoreResult},
    map::word,
    row::{article_category, article_contact, article_credit, article_media, article_reference, article_tag, tag},
    tx::Tx,
};

/// Reads everything that stands with an article.
///
/// # Errors
/// [`StoreError::Corrupt`] when the body is missing.
#[instrument(skip_all, fields(article.id = %article.id))]
pub async fn content(connection: &impl ConnectionTrait, article: &Article) -> StoreResult<Snapshot> {
    let id = article.id;
    let body = super::bodies(connection, &[id]).await?.remove(&id).ok_or_else(|| StoreError::Corrupt {
        table: "article_bodies",
        id: id.to_string(),
        what: "the body is missing".to_owned(),
    })?;
    let categories = article_category::Entity::find()
        .filter(article_category::Column::ArticleId.eq(id.uuid()))
        .order_by_asc(article_category::Column::Position)
        .all(connection)
        .await?;
    let contacts = article_contact::Entity::find()
        .filter(article_contact::Column::ArticleId.eq(id.uuid()))
        .order_by_asc(article_contact::Column::Position)
        .all(connection)
        .await?;
    let lists = Lists {
        body,
        credits: credits(connection, id).await?,
        categories: categories.into_iter().map(|row| CategoryId::from_uuid(row.category_id)).collect(),
        tags: tags(connection, id).await?,
        gallery: gallery(connection, id).await?,
        references: references(connection, id).await?,
        contacts: contacts.into_iter().map(|row| ContactId::from_uuid(row.contact_id)).collect(),
    };
    Ok(Snapshot::of_tables(article, lists))
}

async fn credits(connection: &impl ConnectionTrait, id: ArticleId) -> StoreResult<Vec<CreditRow>> {
    let rows = article_credit::Entity::find()
        .filter(article_credit::Column::ArticleId.eq(id.uuid()))
        .order_by_asc(article_credit::Column::Position)
        .all(connection)
        .await?;
    rows.into_iter()
        .map(|row| {
            let role = word("article_credits", id, "role", CreditRole::parse, &row.role)?;
            Ok(CreditRow::new(AuthorId::from_uuid(row.author_id), role, row.credited_as))
        })
        .collect()
}

async fn tags(connection: &impl ConnectionTrait, id: ArticleId) -> StoreResult<Vec<TagRow>> {
    let to_tag =
        article_tag::Entity::belongs_to(tag::Entity).from(article_tag::Column::TagId).to(tag::Column::Id).into();
    let rows = article_tag::Entity::find()
        .join(JoinType::InnerJoin, to_tag)
        .select_also(tag::Entity)
        .filter(article_tag::Column::ArticleId.eq(id.uuid()))
        .order_by_asc(article_tag::Column::Position)
        .all(connection)
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|(_, tag)| tag.map(|tag| TagRow { id: TagId::from_uuid(tag.id), name: tag.name, slug: tag.slug }))
        .collect())
}

/// The tags of an article whose row is locked, in order. They stay on it until the transaction ends: whoever joins one of
/// them into another waits.
#[instrument(skip_all, fields(article.id = %id))]
pub async fn hold_tags(tx: &Tx, id: ArticleId) -> StoreResult<Vec<TagId>> {
    let rows = article_tag::Entity::find()
        .filter(article_tag::Column::ArticleId.eq(id.uuid()))
        .order_by_asc(article_tag::Column::Position)
        .lock(LockType::KeyShare)
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(|row| TagId::from_uuid(row.tag_id)).collect())
}

async fn gallery(connection: &impl ConnectionTrait, id: ArticleId) -> StoreResult<Vec<GalleryRow>> {
    let rows = article_media::Entity::find()
        .filter(article_media::Column::ArticleId.eq(id.uuid()))
        .order_by_asc(article_media::Column::Position)
        .all(connection)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| GalleryRow {
            media: MediaId::from_uuid(row.media_id),
            caption: row.caption,
            alt: row.alt,
            credit: row.credit,
        })
        .collect())
}

async fn references(connection: &impl ConnectionTrait, id: ArticleId) -> StoreResult<Vec<ReferenceRow>> {
    let rows = article_reference::Entity::find()
        .filter(article_reference::Column::ArticleId.eq(id.uuid()))
        .order_by_asc(article_reference::Column::Position)
        .all(connection)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| ReferenceRow {
            id: ReferenceId::from_uuid(row.id),
            source: SourceId::from_uuid(row.source_id),
            locator: row.locator,
            quote: row.quote,
            note: row.note,
        })
        .collect())
}
