//! The whole content of one article as it stands in the tables, for acts that change it.

use masthead_domain::{
    ArticleId, AuthorId, CategoryId, ContactId, MediaId, ReferenceId, SourceId, TagId, article::CreditRole,
};
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Statement, prelude::Uuid,
    sea_query::LockType,
};
use tracing::instrument;

use super::{Article, CreditRow, GalleryRow, ReferenceRow, Snapshot, TagRow, body_json, snapshot::Lists};
use crate::{
    direct::Connection,
    error::{StoreError, StoreResult},
    map::word,
    row::article_tag,
    tx::Tx,
};

/// What an article says.
#[derive(Debug, Clone)]
pub struct Said {
    /// What the tables hold.
    pub live: Snapshot,
    /// What waits beside it.
    pub pending: Option<Snapshot>,
}

/// Everything that stands with an article, thing by thing. The first select says of what types the columns are.
const PARTS: &str = "
    SELECT 'references' AS list, position AS place, id, source_id AS target, locator AS one, quote AS two, note AS three
        FROM article_references WHERE article_id = $1
    UNION ALL SELECT 'body', 0, article_id, NULL, body, NULL, NULL FROM article_bodies WHERE article_id = $1
    UNION ALL SELECT 'pending', 0, article_id, NULL, content, NULL, NULL
        FROM article_contents WHERE article_id = $1 AND version = $2
    UNION ALL SELECT 'credits', position, author_id, NULL, role, credited_as, NULL
        FROM article_credits WHERE article_id = $1
    UNION ALL SELECT 'categories', position, category_id, NULL, NULL, NULL, NULL
        FROM article_categories WHERE article_id = $1
    UNION ALL SELECT 'tags', position, tags.id, NULL, name, slug, NULL
        FROM article_tags JOIN tags ON tags.id = tag_id WHERE article_id = $1
    UNION ALL SELECT 'gallery', position, media_id, NULL, caption, alt, credit FROM article_media WHERE article_id = $1
    UNION ALL SELECT 'contacts', position, contact_id, NULL, NULL, NULL, NULL
        FROM article_contacts WHERE article_id = $1";

/// A thing that stands with an article: what the columns hold depends on the list.
#[derive(FromQueryResult)]
struct Part {
    list: String,
    place: i32,
    id: Uuid,
    target: Option<Uuid>,
    one: Option<String>,
    two: Option<String>,
    three: Option<String>,
}

/// Reads everything an article says, by one statement.
///
/// # Errors
/// [`StoreError::Corrupt`] when the body is missing, or what waits.
#[instrument(skip_all, fields(article.id = %article.id))]
pub async fn content(connection: &impl Connection, article: &Article) -> StoreResult<Said> {
    let of = article.id;
    let waits = article.desk.pending.map(|pending| pending.version);
    let backend = connection.get_database_backend();
    let select = Statement::from_sql_and_values(backend, PARTS, [of.uuid().into(), waits.into()]);
    let mut parts = Part::find_by_statement(select).all(connection).await?;
    parts.sort_by_key(|part| part.place);
    let (mut body, mut pending, mut lists) = (None, None, Lists::default());
    for Part { list, place: _, id, target, one, two, three } in parts {
        match list.as_str() {
            "body" => body = one,
            "pending" => pending = one,
            "credits" => {
                let role = word("article_credits", of, "role", CreditRole::parse, &one.unwrap_or_default())?;
                lists.credits.push(CreditRow::new(AuthorId::from_uuid(id), role, two));
            }
            "categories" => lists.categories.push(CategoryId::from_uuid(id)),
            "tags" => {
                let (name, slug) = (one.unwrap_or_default(), two.unwrap_or_default());
                lists.tags.push(TagRow { id: TagId::from_uuid(id), name, slug });
            }
            "gallery" => {
                let media = MediaId::from_uuid(id);
                lists.gallery.push(GalleryRow { media, caption: one, alt: two, credit: three });
            }
            "contacts" => lists.contacts.push(ContactId::from_uuid(id)),
            _ => {
                let (id, source) = (ReferenceId::from_uuid(id), SourceId::from_uuid(target.unwrap_or_default()));
                lists.references.push(ReferenceRow { id, source, locator: one, quote: two, note: three });
            }
        }
    }
    let missing = |table, what: &str| StoreError::Corrupt { table, id: of.to_string(), what: what.to_owned() };
    let body = body.ok_or_else(|| missing("article_bodies", "the body is missing"))?;
    let pending = pending.map(|text| Snapshot::of_text(of, &text)).transpose()?;
    if waits.is_some() && pending.is_none() {
        return Err(missing("article_contents", "a version without its content"));
    }
    Ok(Said { live: Snapshot::of_tables(article, body_json(of, &body)?, lists), pending })
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
