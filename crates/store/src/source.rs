//! Sources: the things that articles cite, and the keys they are recognised by.

mod recognise;

use masthead_domain::{
    EntityKind, SourceId, Timestamp,
    source::{LinkHealth, SourceAuthor, SourceContent, SourceKey, SourceKind},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, Select,
    sea_query::{Expr, ExprTrait, SimpleExpr},
};
use serde::{Deserialize, Serialize};
use tracing::instrument;

pub use recognise::{alike, by_id_or_former, by_key, hold, holders, lock_words};

use crate::{
    direct::Connection,
    error::StoreResult,
    in_articles::{self, InArticles, Link},
    map::{json, sort_key, word},
    matching::{begins_with, beside, holds},
    page::{Cursor, Page, PageRequest, Sort, SortKey, SortValue, page_of},
    placed::Rows,
    row::source::{ActiveModel, Column, Entity, Model},
    row::{article_reference, external_id, source_key},
    scope::{LibraryScope, ReadScope},
    tx::Tx,
    versioned,
};

/// A source as kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// The id.
    pub id: SourceId,
    /// What sort of thing.
    pub kind: SourceKind,
    /// Its title.
    pub title: String,
    /// Who made it.
    pub authors: Vec<SourceName>,
    /// The paper, site or house it appeared in.
    pub outlet: Option<String>,
    /// When it appeared: `2026`, `2026-11` or `2026-11-23`.
    pub published_on: Option<String>,
    /// When it was last read, in the same form.
    pub accessed_on: Option<String>,
    /// Where it is.
    pub url: Option<String>,
    /// Where an archived copy is.
    pub archive_url: Option<String>,
    /// Its digital object identifier.
    pub doi: Option<String>,
    /// Its book number.
    pub isbn: Option<String>,
    /// Its language.
    pub language: Option<String>,
    /// What the last look at its address found.
    pub health: LinkHealth,
    /// When somebody last looked.
    pub last_checked_at: Option<Timestamp>,
    /// How often it was written.
    pub version: i64,
    /// When it came to be.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// The name of an author of a source: given and family name, or one name as written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceName {
    /// Given names of a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<String>,
    /// Family name of a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// A name as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub literal: Option<String>,
}

/// By what sources are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SourceOrder {
    /// By the date they appeared, as text: 2026 before 2026-11 before 2026-11-23. Undated ones count as oldest.
    PublishedOn,
    /// By title without regard to case and accents.
    Title,
}

/// A text looked for in a field, without regard to case and accents. Everything that is set must hold.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct KeyTest {
    /// Exactly this text.
    pub is: Option<String>,
    /// The text begins with this.
    pub starts_with: Option<String>,
    /// The text holds this.
    pub contains: Option<String>,
}

/// Which sources a list holds. Everything that is set must hold.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SourceWhere {
    /// One of these sorts.
    pub kinds: Option<Vec<SourceKind>>,
    /// One of these healths.
    pub healths: Option<Vec<LinkHealth>>,
    /// Title.
    pub title: KeyTest,
    /// Outlet.
    pub outlet: KeyTest,
    /// Cited by these articles.
    pub articles: InArticles,
}

/// What is written of a source that changes.
#[derive(Debug)]
pub struct Rewrite<'a> {
    /// What is known of it now.
    pub content: &'a SourceContent,
    /// Keys it is no longer recognised by.
    pub keys_gone: &'a [SourceKey],
    /// Keys it is recognised by from now on and was not before.
    pub keys_new: &'a [SourceKey],
    /// Its address is another one, so what was found at the old one is forgotten.
    pub forgets_health: bool,
}

fn seen(scope: LibraryScope) -> Select<Entity> {
    Entity::find().filter(in_articles::in_library(scope, &[cited()], None, &Expr::col((Entity, Column::Id))))
}

fn cited() -> Link {
    Link::new(article_reference::Entity, article_reference::Column::SourceId, article_reference::Column::ArticleId)
}

/// The source with this id, when the scope shows it.
#[instrument(skip_all, fields(source.id = %id))]
pub async fn by_id(connection: &impl Connection, scope: LibraryScope, id: SourceId) -> StoreResult<Option<Source>> {
    seen(scope).filter(Column::Id.eq(id.uuid())).row(connection).await?.map(source).transpose()
}

/// Sources with these ids that the scope shows, in no particular order; unknown ids are left out.
#[instrument(skip_all, fields(count = ids.len()))]
pub async fn by_ids(connection: &impl Connection, scope: LibraryScope, ids: &[SourceId]) -> StoreResult<Vec<Source>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = seen(scope).filter(Column::Id.is_in(ids.iter().map(|id| id.uuid()))).rows(connection).await?;
    rows.into_iter().map(source).collect()
}

fn filtered(library: LibraryScope, scope: &ReadScope, filter: &SourceWhere) -> Select<Entity> {
    let SourceWhere { kinds, healths, title, outlet, articles } = filter;
    let id = Expr::col((Entity, Column::Id));
    let mut select = seen(library).filter(in_articles::condition(scope, articles, &cited(), &id));
    let is_cited = articles.any_of.is_some();
    let is_few = is_cited || title.is.is_some();
    let word = |column: Column| if is_few { beside(column) } else { column.into_expr() };
    if let Some(kinds) = kinds {
        select = select.filter(word(Column::Kind).is_in(kinds.iter().map(|kind| kind.as_str())));
    }
    if let Some(healths) = healths {
        select = select.filter(word(Column::Health).is_in(healths.iter().map(|health| health.as_str())));
    }
    for (column, test) in [(Column::TitleKey, title), (Column::OutletKey, outlet)] {
        let KeyTest { is, starts_with, contains } = test;
        if let Some(text) = is {
            let key = if is_cited { beside(column) } else { column.into_expr() };
            select = select.filter(key.eq(sort_key(text)));
        }
        if let Some(start) = starts_with {
            select = select.filter(begins_with(column, &sort_key(start)));
        }
        if let Some(part) = contains {
            select = select.filter(holds(column, &sort_key(part)));
        }
    }
    select
}

/// A page of sources.
#[instrument(skip_all)]
pub async fn page(
    connection: &impl Connection,
    library: LibraryScope,
    scope: &ReadScope,
    filter: &SourceWhere,
    order: SourceOrder,
    descending: bool,
    request: &PageRequest,
) -> StoreResult<Page<Source>> {
    let expr: SimpleExpr = match order {
        SourceOrder::PublishedOn => Expr::col((Entity, Column::PublishedKey)),
        SourceOrder::Title => Expr::col((Entity, Column::TitleKey)),
    };
    let sort = Sort { keys: vec![SortKey { expr, descending }], id: Expr::col((Entity, Column::Id)) };
    let rows = sort.apply(filtered(library, scope, filter), request).rows(connection).await?;
    let sources = rows.into_iter().map(source).collect::<StoreResult<Vec<_>>>()?;
    Ok(page_of(sources, request, |source| {
        let value = match order {
            SourceOrder::PublishedOn => source.published_on.clone().unwrap_or_default(),
            SourceOrder::Title => sort_key(&source.title),
        };
        Cursor { values: vec![SortValue::Text(value)], id: source.id.uuid() }
    }))
}

/// How many sources a list holds.
#[instrument(skip_all)]
pub async fn count(
    connection: &impl Connection,
    library: LibraryScope,
    scope: &ReadScope,
    filter: &SourceWhere,
) -> StoreResult<u64> {
    Ok(filtered(library, scope, filter).count(connection).await?)
}

/// Keeps a new source with its keys.
///
/// # Errors
/// [`crate::Constraint::SourceKey`] when another source is recognised by one of its keys.
#[instrument(skip_all, fields(source.id = %id))]
pub async fn insert(tx: &Tx, id: SourceId, content: &SourceContent) -> StoreResult<()> {
    let mut row = written(content);
    row.id = Set(id.uuid());
    row.health = Set(LinkHealth::Unchecked.as_str().to_owned());
    row.last_checked_at = Set(None);
    row.version = Set(1);
    row.created_at = Set(tx.now());
    row.updated_at = Set(tx.now());
    Entity::insert(row).exec_without_returning(tx).await?;
    insert_keys(tx, id, &content.keys()).await
}

/// Writes a source that is still at the expected version, and gives the new version.
///
/// # Errors
/// [`crate::StoreError::Stale`] at another version, [`crate::Constraint::SourceKey`] when another source is recognised by one
/// of its new keys.
#[instrument(skip_all, fields(source.id = %id))]
pub async fn update(tx: &Tx, id: SourceId, expected_version: i64, rewrite: &Rewrite<'_>) -> StoreResult<i64> {
    let Rewrite { content, keys_gone, keys_new, forgets_health } = rewrite;
    let mut row = written(content);
    if *forgets_health {
        row.health = Set(LinkHealth::Unchecked.as_str().to_owned());
        row.last_checked_at = Set(None);
    }
    let version = versioned::update::<Entity>(tx, id.uuid(), expected_version, row).await?;
    if !keys_gone.is_empty() {
        source_key::Entity::delete_many()
            .filter(source_key::Column::SourceId.eq(id.uuid()))
            .filter(source_key::Column::SourceKey.is_in(keys_gone.iter().map(SourceKey::as_str)))
            .exec(tx)
            .await?;
    }
    insert_keys(tx, id, keys_new).await?;
    Ok(version)
}

/// Joins one source into another: references point at the other one, which is recognised by the keys and the id of the
/// first and by what it was imported as; the first is no more. Both must still be at the versions given. Gives the new version of the other one.
///
/// # Errors
/// [`crate::StoreError::Stale`] when either is at another version, [`crate::Constraint::ForeignKey`] when an article cited the
/// first one meanwhile.
#[instrument(skip_all, fields(from.id = %from, into.id = %into))]
pub async fn merge(
    tx: &Tx,
    (from, from_version): (SourceId, i64),
    (into, into_version): (SourceId, i64),
) -> StoreResult<i64> {
    // Two merges the other way round lock in the same order, so neither waits for the other for ever.
    let mut both = [(from, from_version), (into, into_version)];
    both.sort_unstable();
    for (id, version) in both {
        versioned::update::<Entity>(tx, id.uuid(), version, ActiveModel::default()).await?;
    }
    // Ids, numbers and order of the references stay; only what they point at is another thing.
    article_reference::Entity::update_many()
        .col_expr(article_reference::Column::SourceId, Expr::val(into.uuid()))
        .filter(article_reference::Column::SourceId.eq(from.uuid()))
        .exec(tx)
        .await?;
    source_key::Entity::update_many()
        .col_expr(source_key::Column::SourceId, Expr::val(into.uuid()))
        .filter(source_key::Column::SourceId.eq(from.uuid()))
        .exec(tx)
        .await?;
    insert_keys(tx, into, &[SourceKey::former(from)]).await?;
    external_id::Entity::update_many()
        .col_expr(external_id::Column::EntityId, Expr::val(into.uuid()))
        .filter(external_id::Column::EntityKind.eq(EntityKind::Source.name()))
        .filter(external_id::Column::EntityId.eq(from.uuid()))
        .exec(tx)
        .await?;
    Entity::delete_by_id(from.uuid()).exec(tx).await?;
    Ok(into_version + 1)
}

async fn insert_keys(tx: &Tx, id: SourceId, keys: &[SourceKey]) -> StoreResult<()> {
    if keys.is_empty() {
        return Ok(());
    }
    let rows =
        keys.iter().map(|key| source_key::ActiveModel { source_key: Set(key.to_string()), source_id: Set(id.uuid()) });
    source_key::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}

/// The columns that hold content.
fn written(content: &SourceContent) -> ActiveModel {
    let SourceContent {
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
    } = content;
    let names = authors.iter().map(SourceName::from).map(|name| serde_json::json!(name)).collect();
    ActiveModel {
        kind: Set(kind.as_str().to_owned()),
        title: Set(title.to_string()),
        title_key: Set(sort_key(title.as_str())),
        authors: Set(names),
        outlet: Set(outlet.as_ref().map(ToString::to_string)),
        outlet_key: Set(outlet.as_ref().map(|outlet| sort_key(outlet.as_str()))),
        published_on: Set(published_on.map(|date| date.to_string())),
        // Undated ones must be comparable for a cursor to stand on them.
        published_key: Set(published_on.map(|date| date.to_string()).unwrap_or_default()),
        accessed_on: Set(accessed_on.map(|date| date.to_string())),
        url: Set(url.as_ref().map(ToString::to_string)),
        archive_url: Set(archive_url.as_ref().map(ToString::to_string)),
        doi: Set(doi.as_ref().map(|doi| doi.as_str().to_owned())),
        isbn: Set(isbn.as_ref().map(|isbn| isbn.as_str().to_owned())),
        language: Set(language.as_ref().map(ToString::to_string)),
        ..Default::default()
    }
}

impl From<&SourceAuthor> for SourceName {
    fn from(author: &SourceAuthor) -> Self {
        match author {
            SourceAuthor::Person { given, family } => {
                Self { given: given.as_ref().map(ToString::to_string), family: Some(family.to_string()), literal: None }
            }
            SourceAuthor::Literal(name) => Self { given: None, family: None, literal: Some(name.to_string()) },
        }
    }
}

pub(crate) fn source(row: Model) -> StoreResult<Source> {
    let Model {
        id,
        kind,
        title,
        title_key: _,
        authors,
        outlet,
        outlet_key: _,
        published_on,
        published_key: _,
        accessed_on,
        url,
        archive_url,
        doi,
        isbn,
        language,
        health,
        last_checked_at,
        version,
        created_at,
        updated_at,
    } = row;
    let id = SourceId::from_uuid(id);
    Ok(Source {
        id,
        kind: word("sources", id, "kind", SourceKind::parse, &kind)?,
        title,
        authors: json("sources", id, "authors", authors)?,
        outlet,
        published_on,
        accessed_on,
        url,
        archive_url,
        doi,
        isbn,
        language,
        health: word("sources", id, "health", LinkHealth::parse, &health)?,
        last_checked_at,
        version,
        created_at,
        updated_at,
    })
}
