//! Contacts: press and editor contact blocks.
//!
//! Records hold every channel. Who may see which is decided where they are shown.

use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};
use masthead_domain::{
    ArticleId, ContactId, LanguageTag, Timestamp,
    contact::{CHANNEL_CHARS_MAX, Channel, ChannelKind, ContactContent, ContactRole},
    text::{Label, Line},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, Iterable, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::{Expr, ExprTrait, JoinType, LockType},
};
use serde::{Deserialize, Serialize};
use tracing::instrument;

use crate::{
    direct::Connection,
    error::StoreResult,
    in_articles::{self, InArticles, Link},
    localization,
    map::{checked, json, sort_key, word},
    page::{Cursor, Page, PageRequest, Sort, SortKey, SortValue, page_of},
    placed::{self, Rows},
    row::article_contact,
    row::contact::{ActiveModel, Column, Entity, Model},
    scope::ReadScope,
    tx::Tx,
    versioned,
};

/// A contact as kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Contact {
    /// The id.
    pub id: ContactId,
    /// The name.
    pub name: String,
    /// Whom one reaches.
    pub role: ContactRole,
    /// The job title as printed.
    pub title: Option<String>,
    /// The house.
    pub organization: Option<String>,
    /// The languages spoken.
    pub languages: Vec<LanguageTag>,
    /// Ways to reach them, in order, the private ones too.
    pub channels: Vec<Channel>,
    /// How often it was written.
    pub version: i64,
    /// When it came to be.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// Which contacts a list holds. Everything that is set must hold.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ContactWhere {
    /// One of these roles.
    pub roles: Option<Vec<ContactRole>>,
    /// Shown under these articles.
    pub articles: InArticles,
}

/// A channel in the column `channels`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ChannelJson {
    kind: String,
    value: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    is_public: bool,
}

/// Contacts with these ids, in no particular order; unknown ids are left out.
#[instrument(skip_all, fields(count = ids.len()))]
pub async fn by_ids(connection: &impl Connection, ids: &[ContactId]) -> StoreResult<Vec<Contact>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = Entity::find().filter(Column::Id.is_in(ids.iter().map(|id| id.uuid()))).rows(connection).await?;
    rows.into_iter().map(contact).collect()
}

/// The contact with this id.
#[instrument(skip_all, fields(contact.id = %id))]
pub async fn by_id(connection: &impl Connection, id: ContactId) -> StoreResult<Option<Contact>> {
    Entity::find_by_id(id.uuid()).row(connection).await?.map(contact).transpose()
}

/// The contacts under articles, in order. Articles without any are left out. One statement.
#[instrument(skip_all, fields(count = articles.len()))]
pub async fn of_articles(
    connection: &impl Connection,
    articles: &[ArticleId],
) -> StoreResult<HashMap<ArticleId, Vec<Arc<Contact>>>> {
    if articles.is_empty() {
        return Ok(HashMap::new());
    }
    let mut select = article_contact::Entity::find()
        .filter(article_contact::Column::ArticleId.is_in(articles.iter().map(|id| id.uuid())))
        .order_by_asc(article_contact::Column::ArticleId)
        .order_by_asc(article_contact::Column::Position);
    QueryTrait::query(&mut select).join(
        JoinType::InnerJoin,
        Entity,
        Expr::col((Entity, Column::Id)).equals((article_contact::Entity, article_contact::Column::ContactId)),
    );
    let mut blocks: HashMap<ArticleId, Vec<Arc<Contact>>> = HashMap::new();
    let select = select.columns(Column::iter()).into_query();
    for (place, record) in placed::all::<(article_contact::Model, Model)>(connection, &select).await? {
        blocks.entry(ArticleId::from_uuid(place.article_id)).or_default().push(Arc::new(contact(record)?));
    }
    Ok(blocks)
}

fn filtered(scope: &ReadScope, filter: &ContactWhere) -> Select<Entity> {
    let ContactWhere { roles, articles } = filter;
    let block =
        Link::new(article_contact::Entity, article_contact::Column::ContactId, article_contact::Column::ArticleId);
    let id = Expr::col((Entity, Column::Id));
    let mut select = Entity::find().filter(in_articles::condition(scope, articles, &block, &id));
    if let Some(roles) = roles {
        select = select.filter(Column::Role.is_in(roles.iter().map(|role| role.as_str())));
    }
    select
}

/// A page of contacts, by name without regard to case and accents.
#[instrument(skip_all)]
pub async fn page(
    connection: &impl Connection,
    scope: &ReadScope,
    filter: &ContactWhere,
    request: &PageRequest,
) -> StoreResult<Page<Contact>> {
    let sort = Sort {
        keys: vec![SortKey { expr: Expr::col((Entity, Column::NameKey)), descending: false }],
        id: Expr::col((Entity, Column::Id)),
    };
    let rows = sort.apply(filtered(scope, filter), request).rows(connection).await?;
    let contacts = rows.into_iter().map(contact).collect::<StoreResult<Vec<_>>>()?;
    Ok(page_of(contacts, request, |contact| Cursor {
        values: vec![SortValue::Text(sort_key(&contact.name))],
        id: contact.id.uuid(),
    }))
}

/// How many contacts a list holds.
#[instrument(skip_all)]
pub async fn count(connection: &impl Connection, scope: &ReadScope, filter: &ContactWhere) -> StoreResult<u64> {
    Ok(filtered(scope, filter).count(connection).await?)
}

/// Keeps a new contact.
#[instrument(skip_all, fields(contact.id = %id))]
pub async fn insert(tx: &Tx, id: ContactId, content: &ContactContent) -> StoreResult<()> {
    let mut row = written(content);
    row.id = Set(id.uuid());
    row.version = Set(1);
    row.created_at = Set(tx.now());
    row.updated_at = Set(tx.now());
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Writes a contact that is still at the expected version, and gives the new version.
///
/// # Errors
/// [`crate::StoreError::Stale`] at another version.
#[instrument(skip_all, fields(contact.id = %id))]
pub async fn update(tx: &Tx, id: ContactId, expected_version: i64, content: &ContactContent) -> StoreResult<i64> {
    versioned::update::<Entity>(tx, id.uuid(), expected_version, written(content)).await
}

/// The contact with this id, about to be deleted: who comes to use it at the same time waits until the transaction ends,
/// and whoever came before is there to be counted.
#[instrument(skip_all, fields(contact.id = %id))]
pub async fn lock(tx: &Tx, id: ContactId) -> StoreResult<Option<Contact>> {
    Entity::find_by_id(id.uuid()).lock(LockType::Update).one(tx).await?.map(contact).transpose()
}

/// Forgets a contact that is still at the expected version.
///
/// # Errors
/// [`crate::StoreError::Stale`] at another version, [`crate::Constraint::ForeignKey`] while articles show it.
#[instrument(skip_all, fields(contact.id = %id))]
pub async fn delete(tx: &Tx, id: ContactId, expected_version: i64) -> StoreResult<()> {
    versioned::delete::<Entity>(tx, id.uuid(), expected_version).await?;
    localization::forget(tx, id).await
}

/// How many articles show a contact, deleted ones included.
#[instrument(skip_all, fields(contact.id = %id))]
pub async fn use_count(connection: &impl Connection, id: ContactId) -> StoreResult<u64> {
    let blocks = article_contact::Entity::find().filter(article_contact::Column::ContactId.eq(id.uuid()));
    Ok(blocks.count(connection).await?)
}

/// The columns that hold content.
fn written(content: &ContactContent) -> ActiveModel {
    let ContactContent { name, role, title, organization, languages, channels } = content;
    let channels = channels.iter().map(|channel| {
        let Channel { kind, value, label, is_public } = channel;
        serde_json::json!(ChannelJson {
            kind: kind.as_str().to_owned(),
            value: value.to_string(),
            label: label.as_ref().map(ToString::to_string),
            is_public: *is_public,
        })
    });
    ActiveModel {
        name: Set(name.to_string()),
        name_key: Set(sort_key(name.as_str())),
        role: Set(role.as_str().to_owned()),
        title: Set(title.as_ref().map(ToString::to_string)),
        organization: Set(organization.as_ref().map(ToString::to_string)),
        languages: Set(languages.iter().map(LanguageTag::as_str).collect()),
        channels: Set(channels.collect()),
        ..Default::default()
    }
}

fn contact(row: Model) -> StoreResult<Contact> {
    let Model {
        id,
        name,
        name_key: _,
        role,
        title,
        organization,
        languages,
        channels,
        version,
        created_at,
        updated_at,
    } = row;
    let id = ContactId::from_uuid(id);
    let tags: Vec<String> = json("contacts", id, "languages", languages)?;
    let kept: Vec<ChannelJson> = json("contacts", id, "channels", channels)?;
    Ok(Contact {
        id,
        name,
        role: word("contacts", id, "role", ContactRole::parse, &role)?,
        title,
        organization,
        languages: tags
            .iter()
            .map(|tag| checked("contacts", id, "languages", tag.parse()))
            .collect::<StoreResult<_>>()?,
        channels: kept.into_iter().map(|kept| channel(id, kept)).collect::<StoreResult<_>>()?,
        version,
        created_at,
        updated_at,
    })
}

fn channel(id: ContactId, kept: ChannelJson) -> StoreResult<Channel> {
    let ChannelJson { kind, value, label, is_public } = kept;
    Ok(Channel {
        kind: word("contacts", id, "channels", ChannelKind::parse, &kind)?,
        value: checked("contacts", id, "channels", Line::<CHANNEL_CHARS_MAX>::parse(&value))?,
        label: checked("contacts", id, "channels", Label::parse_optional(label.as_deref()))?,
        is_public,
    })
}
