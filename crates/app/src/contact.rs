//! Acts on contacts.

use masthead_domain::{
    ContactId, EntityKind, LanguageTag, Localizations,
    contact::{Channel, ContactContent, ContactRole},
    event::{Change, ChangeScope},
    policy::{self, Action, Resource},
    text::{Label, Title},
};
use masthead_store::contact as rows;
use tracing::instrument;

use crate::{
    error::{AppError, AppResult},
    localization,
    work::Work,
};

/// Changes to a contact: `None` leaves a field as it is, `Some(None)` clears it.
#[derive(Debug, Clone, Default)]
pub struct ContactChanges {
    /// The name.
    pub name: Option<Title>,
    /// Whom one reaches.
    pub role: Option<ContactRole>,
    /// The job title as printed.
    pub title: Option<Option<Label>>,
    /// The house.
    pub organization: Option<Option<Title>>,
    /// The languages spoken, as a whole.
    pub languages: Option<Vec<LanguageTag>>,
    /// Ways to reach them, as a whole. A caller who does not see private channels replaces the public ones; the private
    /// ones stay behind them.
    pub channels: Option<Vec<Channel>>,
    /// Title and organization in other languages, as a whole.
    pub localizations: Option<Localizations>,
}

/// Keeps a new contact, with its title and organization in other languages.
///
/// # Errors
/// [`AppError::Refused`], [`AppError::Invalid`] (too many channels or languages).
#[instrument(skip_all)]
pub async fn create(work: &Work<'_>, content: ContactContent, said: Localizations) -> AppResult<ContactId> {
    work.check(Action::ContactCreate, Resource::default())?;
    content.check()?;
    let id = work.new_id(ContactId::from_uuid);
    rows::insert(&work.tx, id, &content).await?;
    localization::begin(work, id, &said).await?;
    work.emit(Change::created(id, ChangeScope::default()));
    Ok(id)
}

/// Changes a contact for all articles that show it. Writing what already stands there changes nothing, not even the
/// version.
///
/// # Errors
/// [`AppError::NotFound`], [`AppError::Refused`], [`AppError::VersionConflict`], [`AppError::Invalid`].
#[instrument(skip_all, fields(contact.id = %id))]
pub async fn update(work: &Work<'_>, id: ContactId, expected_version: i64, changes: ContactChanges) -> AppResult<()> {
    let before = load(work, id).await?;
    work.check(Action::ContactUpdate, Resource::default())?;
    work.expect_version(id, before.version, expected_version).await?;
    let version = before.version;
    let mut changes = changes;
    if let Some(channels) = &mut changes.channels
        && !policy::reads_private(&work.caller.actor)
    {
        // Whoever cannot see a channel must not lose it for those who can by sending back what they were shown.
        channels.extend(before.channels.iter().filter(|channel| !channel.is_public).cloned());
    }
    let said = changes.localizations.take();
    let (new, mut fields) = changed(content(before)?, changes);
    let said = localization::changed(work, id, said, &mut fields).await?;
    if fields.is_empty() {
        return Ok(());
    }
    new.check()?;
    let version = rows::update(&work.tx, id, version, &new).await?;
    localization::write(work, id, said).await?;
    work.emit(Change::updated(id, version, fields, ChangeScope::default(), ChangeScope::default()));
    Ok(())
}

/// Forgets a contact that no article shows.
///
/// # Errors
/// [`AppError::NotFound`], [`AppError::Refused`], [`AppError::VersionConflict`], [`AppError::InUse`].
#[instrument(skip_all, fields(contact.id = %id))]
pub async fn delete(work: &Work<'_>, id: ContactId, expected_version: i64) -> AppResult<()> {
    // Leave does not depend on the thing and is asked before it is locked.
    work.check(Action::ContactDelete, Resource::default())?;
    let before = rows::lock(&work.tx, id).await?.ok_or_else(missing)?;
    work.expect_version(id, before.version, expected_version).await?;
    work.expect_unused(EntityKind::Contact, rows::use_count(&work.tx, id).await?)?;
    rows::delete(&work.tx, id, before.version).await?;
    work.emit(Change::deleted(id, ChangeScope::default()));
    Ok(())
}

async fn load(work: &Work<'_>, id: ContactId) -> AppResult<rows::Contact> {
    rows::by_id(&work.tx, id).await?.ok_or_else(missing)
}

fn missing() -> AppError {
    AppError::missing(EntityKind::Contact, &["id"])
}

/// The new content and the fields that differ, by their names in the API.
fn changed(old: ContactContent, changes: ContactChanges) -> (ContactContent, Vec<&'static str>) {
    let ContactChanges { name, role, title, organization, languages, channels, localizations: _ } = changes;
    let new = ContactContent {
        name: name.unwrap_or_else(|| old.name.clone()),
        role: role.unwrap_or(old.role),
        title: title.unwrap_or_else(|| old.title.clone()),
        organization: organization.unwrap_or_else(|| old.organization.clone()),
        languages: languages.unwrap_or_else(|| old.languages.clone()),
        channels: channels.unwrap_or_else(|| old.channels.clone()),
    };
    let differs = [
        ("name", new.name != old.name),
        ("role", new.role != old.role),
        ("title", new.title != old.title),
        ("organization", new.organization != old.organization),
        ("languages", new.languages != old.languages),
        ("channels", new.channels != old.channels),
    ];
    (new, differs.into_iter().filter_map(|(field, differs)| differs.then_some(field)).collect())
}

/// The content of a kept contact, parsed back into the domain.
fn content(contact: rows::Contact) -> AppResult<ContactContent> {
    let rows::Contact {
        id: _,
        name,
        role,
        title,
        organization,
        languages,
        channels,
        version: _,
        created_at: _,
        updated_at: _,
    } = contact;
    Ok(ContactContent {
        name: Title::parse(&name)?,
        role,
        title: Label::parse_optional(title.as_deref())?,
        organization: Title::parse_optional(organization.as_deref())?,
        languages,
        channels,
    })
}
