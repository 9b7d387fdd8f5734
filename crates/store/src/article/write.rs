//! Writing articles. Relations are lists: they are replaced as a whole, in order.

use masthead_domain::{
    ArticleId, CategoryId, ContactId, TagId, Timestamp, TranslationGroupId, UserId,
    article::{ArticleContent, ArticleState, Credit, MediaUsage, Removal, RemovalReason, Window},
    body::Body,
    link::ArticleLink,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, IntoActiveModel, PrimaryKeyToColumn, QueryFilter,
    sea_query::Expr,
};
use tracing::instrument;

use super::{Desk, Link, filed};
use crate::{
    error::{StoreError, StoreResult},
    map::sort_key,
    row::{
        article, article_body, article_body_media, article_category, article_contact, article_credit, article_media,
        article_tag,
    },
    transition,
    tx::Tx,
};

/// The most characters of the opening that is kept beside the row for excerpts.
pub(super) const OPENING_CHARS: usize = 1_000;

/// What a new article has beside its content.
#[derive(Debug, Clone)]
pub struct NewArticle {
    /// Its id.
    pub id: ArticleId,
    /// The story it is an edition of.
    pub translation_group: TranslationGroupId,
    /// The edition it was translated from.
    pub translated_from: Option<ArticleId>,
    /// Who made it.
    pub created_by: Option<UserId>,
    /// When it came to be; for imports this lies in the past.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// Where an article stands, and the instants that go with it.
#[derive(Debug, Clone, PartialEq)]
pub struct StateRow {
    /// The state.
    pub state: ArticleState,
    /// Embargo and expiry.
    pub window: Window,
    /// When it was first before readers.
    pub first_published_at: Option<Timestamp>,
    /// When readers last had a reason to read it again.
    pub revised_at: Option<Timestamp>,
}

/// Keeps a new article with all its relations but references, which are the caller's.
///
/// # Errors
/// [`crate::Constraint::ArticleSlug`], [`crate::Constraint::ArticleEdition`], [`crate::Constraint::ForeignKey`].
#[instrument(skip_all, fields(article.id = %new.id))]
pub async fn insert(
    tx: &Tx,
    new: &NewArticle,
    state: &StateRow,
    content: &ArticleContent,
    tags: &[TagId],
) -> StoreResult<()> {
    let NewArticle { id, translation_group, translated_from, created_by, created_at, updated_at } = new;
    let mut row = article::ActiveModel {
        id: Set(id.uuid()),
        translation_group_id: Set(translation_group.uuid()),
        translated_from_id: Set(translated_from.map(ArticleId::uuid)),
        view_count: Set(0),
        share_count: Set(0),
        comment_count: Set(0),
        created_by: Set(created_by.map(UserId::uuid)),
        version: Set(1),
        seen_version: Set(1),
        created_at: Set(*created_at),
        updated_at: Set(*updated_at),
        live_version: Set(Some(1)),
        ..Default::default()
    };
    write_content(&mut row, content);
    write_state(&mut row, state);
    article::Entity::insert(row).exec_without_returning(tx).await?;
    put_body(tx, *id, &content.body).await?;
    put_credits(tx, *id, &content.credits).await?;
    put_categories(tx, *id, &content.categories).await?;
    put_tags(tx, *id, tags).await?;
    put_gallery(tx, *id, &content.gallery).await?;
    put_contacts(tx, *id, &content.contacts).await?;
    if state.state.published_at().is_some() {
        filed::date_all(tx, *id).await?;
    }
    transition::plan_first(tx, *id, &state.state, state.window).await
}

/// A content that takes the place of another in the tables.
#[derive(Debug, Clone, Copy)]
pub struct ContentChange<'a> {
    /// What stands there.
    pub old: &'a ArticleContent,
    /// What stands there from now on.
    pub new: &'a ArticleContent,
    /// Its tags.
    pub tags: &'a [TagId],
}

/// What an act leaves of an article.
#[derive(Debug, Clone, Copy)]
pub struct Saved<'a> {
    /// The content that readers see, where it becomes another one.
    pub content: Option<ContentChange<'a>>,
    /// Where the article stands, where that changes.
    pub state: Option<&'a StateRow>,
    /// What only the desk knows.
    pub desk: &'a Desk,
    /// Whether readers see nothing of the act, be the article before them or not.
    pub is_unseen: bool,
}

/// Writes an article that is still at the expected version, and gives the new version. Relations are written only where
/// they differ from the old content. References and the history are the caller's.
///
/// # Errors
/// [`StoreError::Stale`] at another version; constraints as in [`insert`].
#[instrument(skip_all, fields(article.id = %id))]
pub async fn save(tx: &Tx, id: ArticleId, expected_version: i64, saved: Saved<'_>) -> StoreResult<i64> {
    let row = row_of(saved);
    let version = if saved.is_unseen {
        write(tx, id, expected_version, row).await?
    } else {
        touch(tx, id, expected_version, row).await?
    };
    write_beside(tx, id, saved).await?;
    Ok(version)
}

/// Brings an article back that was deleted at the expected version and not erased since: what [`save`] does to one that
/// was not.
///
/// # Errors
/// As [`save`]; [`crate::Constraint::ArticleSlug`] and [`crate::Constraint::ArticleEdition`] when others have taken its
/// place.
#[instrument(skip_all, fields(article.id = %id))]
pub async fn undelete(tx: &Tx, id: ArticleId, expected_version: i64, saved: Saved<'_>) -> StoreResult<i64> {
    let row = article::ActiveModel { deleted_at: Set(None), ..seen(tx, expected_version, row_of(saved)) };
    let in_the_trash =
        Condition::all().add(article::Column::DeletedAt.is_not_null()).add(article::Column::PurgedAt.is_null());
    let version = write_where(tx, of(id, expected_version).add(in_the_trash), expected_version, row).await?;
    write_beside(tx, id, saved).await?;
    Ok(version)
}

/// The columns of the article's own row.
fn row_of(saved: Saved<'_>) -> article::ActiveModel {
    let Saved { content, state, desk, is_unseen: _ } = saved;
    let mut row = article::ActiveModel::default();
    if let Some(change) = content {
        write_content(&mut row, change.new);
    }
    if let Some(state) = state {
        write_state(&mut row, state);
    }
    write_desk(&mut row, desk);
    row
}

/// What follows from the article's own row, or stands with it.
async fn write_beside(tx: &Tx, id: ArticleId, saved: Saved<'_>) -> StoreResult<()> {
    if let Some(change) = saved.content {
        change_lists(tx, id, change).await?;
    }
    if let Some(StateRow { state, window, .. }) = saved.state {
        filed::date_all(tx, id).await?;
        transition::plan(tx, id, state, *window).await?;
    }
    Ok(())
}

async fn change_lists(tx: &Tx, id: ArticleId, ContentChange { old, new, tags }: ContentChange<'_>) -> StoreResult<()> {
    if old.body != new.body {
        clear::<article_body::Entity>(tx, id).await?;
        clear::<article_body_media::Entity>(tx, id).await?;
        put_body(tx, id, &new.body).await?;
    }
    if old.credits != new.credits {
        clear::<article_credit::Entity>(tx, id).await?;
        put_credits(tx, id, &new.credits).await?;
        filed::date(tx, filed::AUTHORS, id).await?;
    }
    if old.categories != new.categories {
        clear::<article_category::Entity>(tx, id).await?;
        put_categories(tx, id, &new.categories).await?;
        filed::date(tx, filed::CATEGORIES, id).await?;
    }
    if old.tags != new.tags {
        clear::<article_tag::Entity>(tx, id).await?;
        put_tags(tx, id, tags).await?;
        filed::date(tx, filed::TAGS, id).await?;
    }
    if old.gallery != new.gallery {
        clear::<article_media::Entity>(tx, id).await?;
        put_gallery(tx, id, &new.gallery).await?;
    }
    if old.contacts != new.contacts {
        clear::<article_contact::Entity>(tx, id).await?;
        put_contacts(tx, id, &new.contacts).await?;
    }
    Ok(())
}

/// What is kept of an article that is deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deletion {
    /// What the newsroom tells readers instead.
    pub notice: Option<String>,
    /// When it was first before readers; none when it never was.
    pub first_published_at: Option<Timestamp>,
}

/// Deletes an article that is still at the expected version: it stays in the database, out of every read.
///
/// # Errors
/// [`StoreError::Stale`] at another version.
#[instrument(skip_all, fields(article.id = %id))]
pub async fn delete(tx: &Tx, id: ArticleId, expected_version: i64, deletion: Deletion) -> StoreResult<i64> {
    let Deletion { notice, first_published_at } = deletion;
    let removal = Removal { at: tx.now(), reason: RemovalReason::Deleted, notice };
    let mut row = article::ActiveModel {
        first_published_at: Set(first_published_at),
        deleted_at: Set(Some(tx.now())),
        ..Default::default()
    };
    write_removal(&mut row, Some(&removal));
    let version = touch(tx, id, expected_version, row).await?;
    transition::forget(tx, id).await?;
    Ok(version)
}

/// Sets the counters that are reported from outside. They are no content: the version stays.
#[instrument(skip_all, fields(article.id = %id))]
pub async fn set_counters(tx: &Tx, id: ArticleId, views: i64, shares: i64) -> StoreResult<()> {
    article::Entity::update_many()
        .col_expr(article::Column::ViewCount, Expr::val(views))
        .col_expr(article::Column::ShareCount, Expr::val(shares))
        .filter(article::Column::Id.eq(id.uuid()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Sets the version whose content stands in the tables, once the history of an older article has begun. No content either.
#[instrument(skip_all, fields(article.id = %id))]
pub async fn set_live_version(tx: &Tx, id: ArticleId, version: i64) -> StoreResult<()> {
    article::Entity::update_many()
        .col_expr(article::Column::LiveVersion, Expr::val(version))
        .filter(article::Column::Id.eq(id.uuid()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Sets the number of comments readers see. No content either.
#[instrument(skip_all, fields(article.id = %id))]
pub async fn set_comment_count(tx: &Tx, id: ArticleId, count: i64) -> StoreResult<()> {
    article::Entity::update_many()
        .col_expr(article::Column::CommentCount, Expr::val(count))
        .filter(article::Column::Id.eq(id.uuid()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Writes a row of which readers see something, if they see the article at all.
pub(super) async fn touch(
    tx: &Tx,
    id: ArticleId,
    expected_version: i64,
    row: article::ActiveModel,
) -> StoreResult<i64> {
    write(tx, id, expected_version, seen(tx, expected_version, row)).await
}

fn seen(tx: &Tx, expected_version: i64, row: article::ActiveModel) -> article::ActiveModel {
    article::ActiveModel { seen_version: Set(expected_version + 1), updated_at: Set(tx.now()), ..row }
}

/// Writes columns of an article that is still at the expected version, and gives the new version.
async fn write(tx: &Tx, id: ArticleId, expected_version: i64, row: article::ActiveModel) -> StoreResult<i64> {
    let there = of(id, expected_version).add(article::Column::DeletedAt.is_null());
    write_where(tx, there, expected_version, row).await
}

fn of(id: ArticleId, version: i64) -> Condition {
    Condition::all().add(article::Column::Id.eq(id.uuid())).add(article::Column::Version.eq(version))
}

async fn write_where(tx: &Tx, there: Condition, version: i64, mut row: article::ActiveModel) -> StoreResult<i64> {
    row.version = Set(version + 1);
    let done = article::Entity::update_many().set(row).filter(there).exec(tx).await?;
    if done.rows_affected == 1 { Ok(version + 1) } else { Err(StoreError::Stale) }
}

fn write_removal(row: &mut article::ActiveModel, removal: Option<&Removal>) {
    row.removed_at = Set(removal.map(|removal| removal.at));
    row.removal_reason = Set(removal.map(|removal| removal.reason.as_str().to_owned()));
    row.removal_notice = Set(removal.and_then(|removal| removal.notice.clone()));
}

fn write_state(row: &mut article::ActiveModel, state: &StateRow) {
    let StateRow { state, window, first_published_at, revised_at } = state;
    let (word, submitted_at, published_at, removal) = match state {
        ArticleState::Draft => ("DRAFT", None, None, None),
        ArticleState::InReview { at } => ("IN_REVIEW", Some(*at), None, None),
        ArticleState::Published { at } => ("PUBLISHED", None, Some(*at), None),
        ArticleState::Unpublished(removal) => ("UNPUBLISHED", None, None, Some(removal)),
        ArticleState::Withdrawn(removal) => ("WITHDRAWN", None, None, Some(removal)),
        ArticleState::Killed(removal) => ("KILLED", None, None, Some(removal)),
    };
    row.state = Set(word.to_owned());
    row.submitted_at = Set(submitted_at);
    row.published_at = Set(published_at);
    row.first_published_at = Set(*first_published_at);
    row.revised_at = Set(*revised_at);
    row.embargo_until = Set(window.embargo_until);
    row.expires_at = Set(window.expires_at);
    write_removal(row, removal);
}

fn write_desk(row: &mut article::ActiveModel, desk: &Desk) {
    let Desk { live_version, pending, internal_note } = desk;
    row.live_version = Set(*live_version);
    row.pending_version = Set(pending.map(|pending| pending.version));
    row.pending_saved_at = Set(pending.map(|pending| pending.saved_at));
    row.pending_submitted_at = Set(pending.and_then(|pending| pending.submitted_at));
    row.internal_note = Set(internal_note.clone());
}

fn write_content(row: &mut article::ActiveModel, content: &ArticleContent) {
    let ArticleContent {
        kind,
        language,
        slug,
        headline,
        secondary_headline,
        kicker,
        lede,
        byline,
        body,
        credits: _,
        categories: _,
        tags: _,
        gallery: _,
        references: _,
        contacts: _,
        links,
        seo,
    } = content;
    let opening = match lede {
        Some(lede) => lede.to_string(),
        None => body.excerpt(OPENING_CHARS),
    };
    row.language = Set(language.to_string());
    row.slug = Set(slug.to_string());
    row.kind = Set(kind.as_str().to_owned());
    row.headline = Set(headline.to_string());
    row.headline_key = Set(sort_key(headline.as_str()));
    row.secondary_headline = Set(secondary_headline.as_ref().map(ToString::to_string));
    row.kicker = Set(kicker.as_ref().map(ToString::to_string));
    row.lede = Set(lede.as_ref().map(ToString::to_string));
    row.byline = Set(byline.as_ref().map(ToString::to_string));
    row.opening = Set(opening);
    row.word_count = Set(i32::try_from(body.word_count()).unwrap_or(i32::MAX));
    row.seo = Set(super::seo::seo_json(seo));
    row.links = Set(serde_json::to_value(links.iter().map(link).collect::<Vec<_>>()).unwrap_or_default());
}

pub(super) fn link(link: &ArticleLink) -> Link {
    let ArticleLink { kind, label, url, language } = link;
    Link::new(
        *kind,
        label.as_ref().map(ToString::to_string),
        url.to_string(),
        language.as_ref().map(ToString::to_string),
    )
}

/// Removes an article's rows from a table whose first key column is the article's id.
async fn clear<E: EntityTrait>(tx: &Tx, id: ArticleId) -> StoreResult<()> {
    use sea_orm::Iterable;
    let Some(key) = E::PrimaryKey::iter().next() else { return Ok(()) };
    E::delete_many().filter(key.into_column().eq(id.uuid())).exec(tx).await?;
    Ok(())
}

/// Writes the items of a list with their places, from 1.
async fn put<E, T>(tx: &Tx, items: &[T], row: impl Fn(i32, &T) -> E::Model) -> StoreResult<()>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    let rows: Vec<E::ActiveModel> =
        (1..).zip(items).map(|(place, item)| row(place, item).into_active_model()).collect();
    if !rows.is_empty() {
        E::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

async fn put_body(tx: &Tx, id: ArticleId, body: &Body) -> StoreResult<()> {
    put::<article_body::Entity, _>(tx, &[body], |_, body| article_body::Model {
        article_id: id.uuid(),
        body: body.to_json().to_string(),
    })
    .await?;
    // A body is text to the database; these rows let it see which media the text needs.
    put::<article_body_media::Entity, _>(tx, &body.media_ids(), |_, media| article_body_media::Model {
        article_id: id.uuid(),
        media_id: media.uuid(),
    })
    .await
}

async fn put_credits(tx: &Tx, id: ArticleId, credits: &[Credit]) -> StoreResult<()> {
    put::<article_credit::Entity, _>(tx, credits, |position, Credit { author, role, credited_as }| {
        article_credit::Model {
            article_id: id.uuid(),
            position,
            author_id: author.uuid(),
            role: role.as_str().to_owned(),
            credited_as: credited_as.as_ref().map(ToString::to_string),
        }
    })
    .await
}

async fn put_categories(tx: &Tx, id: ArticleId, categories: &[CategoryId]) -> StoreResult<()> {
    put::<article_category::Entity, _>(tx, categories, |position, category| article_category::Model {
        article_id: id.uuid(),
        position,
        category_id: category.uuid(),
        published_at: None,
    })
    .await
}

async fn put_tags(tx: &Tx, id: ArticleId, tags: &[TagId]) -> StoreResult<()> {
    put::<article_tag::Entity, _>(tx, tags, |position, tag| article_tag::Model {
        article_id: id.uuid(),
        position,
        tag_id: tag.uuid(),
    })
    .await
}

async fn put_gallery(tx: &Tx, id: ArticleId, gallery: &[MediaUsage]) -> StoreResult<()> {
    put::<article_media::Entity, _>(tx, gallery, |position, MediaUsage { media, caption, alt, credit }| {
        article_media::Model {
            article_id: id.uuid(),
            position,
            media_id: media.uuid(),
            caption: caption.as_ref().map(ToString::to_string),
            alt: alt.as_ref().map(ToString::to_string),
            credit: credit.as_ref().map(ToString::to_string),
        }
    })
    .await
}

async fn put_contacts(tx: &Tx, id: ArticleId, contacts: &[ContactId]) -> StoreResult<()> {
    put::<article_contact::Entity, _>(tx, contacts, |position, contact| article_contact::Model {
        article_id: id.uuid(),
        position,
        contact_id: contact.uuid(),
    })
    .await
}
