//! Changing what an article says.

use masthead_domain::{ArticleId, article::ArticleContent, diff::changed_fields, policy::Action, reference::Citation};
use tracing::instrument;

use super::{
    ArticleChanges,
    loaded::Loaded,
    resolve::{self, Whither},
    settle::{Deed, Summary, Text, settle},
};
use crate::{error::AppResult, work::Work};

/// Changes to an article, and what whoever makes them says of them.
#[derive(Debug, Clone, Default)]
pub struct Edit {
    /// What to change of the content.
    pub changes: ArticleChanges,
    /// The note of the desk to itself; `Some(None)` clears it. It is no content: it waits for nothing, and readers
    /// never see it.
    pub internal_note: Option<Option<String>>,
    /// A word for the history.
    pub summary: Option<Summary>,
}

/// Changes an article's content. What readers see stays as it is: changes to a published article wait beside it until
/// they are published. Writing what already stands there changes nothing, not even the version.
///
/// # Errors
/// [`crate::AppError::NotFound`], [`crate::AppError::Refused`], [`crate::AppError::VersionConflict`],
/// [`crate::AppError::Invalid`], [`crate::AppError::SlugTaken`].
#[instrument(skip_all, fields(article.id = %id))]
pub async fn update(work: &Work<'_>, id: ArticleId, expected_version: i64, edit: Edit) -> AppResult<()> {
    change(work, Action::ArticleUpdate, id, expected_version, edit).await
}

/// Sets an article's references, in order. A reference keeps its id when it is named by it, or when it points at the
/// same source at the same number as before.
///
/// # Errors
/// As [`update`].
#[instrument(skip_all, fields(article.id = %id))]
pub async fn set_references(
    work: &Work<'_>,
    id: ArticleId,
    expected_version: i64,
    references: Vec<Citation>,
) -> AppResult<()> {
    let changes = ArticleChanges { references: Some(references), ..ArticleChanges::default() };
    let edit = Edit { changes, ..Edit::default() };
    change(work, Action::ArticleSetReferences, id, expected_version, edit).await
}

async fn change(work: &Work<'_>, action: Action, id: ArticleId, expected_version: i64, edit: Edit) -> AppResult<()> {
    let before = Loaded::for_act(work, action, id, expected_version).await?;
    let Edit { changes, internal_note, summary } = edit;
    resolve::check_seen(work, &changes, Some(before.working())).await?;
    let content = changes.apply(before.working());
    let internal_note = internal_note.filter(|note| *note != before.article.desk.internal_note);
    let deed = Deed { internal_note, summary, ..Deed::new(action, Vec::new()) };
    save(work, before, content, deed).await
}

/// Brings back what an article said at an earlier version, as a new version.
///
/// # Errors
/// As [`update`]; [`crate::AppError::Invalid`] for a version there never was.
#[instrument(skip_all, fields(article.id = %id))]
pub async fn restore_revision(
    work: &Work<'_>,
    id: ArticleId,
    expected_version: i64,
    to_version: i64,
    summary: Option<Summary>,
) -> AppResult<()> {
    let mut before = Loaded::for_act(work, Action::ArticleRestoreRevision, id, expected_version).await?;
    let version = masthead_store::article::version::by_number(&work.tx, id, to_version).await?;
    let Some(version) = version else {
        return Err(masthead_domain::Violation::invalid("the article has no such version").at("toVersion").into());
    };
    let content = before.said_at(work, version.content_version).await?;
    let deed = Deed { summary, ..Deed::new(Action::ArticleRestoreRevision, Vec::new()) };
    save(work, before, content, deed).await
}

/// Saves a content as the next version: at once where readers do not see the article, else beside what they see.
async fn save(work: &Work<'_>, before: Loaded, content: ArticleContent, deed: Deed) -> AppResult<()> {
    if let Some(deed) = saving(work, &before, content, deed).await? {
        settle(work, before, deed).await?;
    }
    Ok(())
}

/// What has to be done to save a content as the next version; nothing when it says what stands there already.
pub(super) async fn saving(
    work: &Work<'_>,
    before: &Loaded,
    content: ArticleContent,
    deed: Deed,
) -> AppResult<Option<Deed>> {
    let waits = before.changes_wait(work);
    let new = if changed_fields(before.working(), &content).is_empty() {
        None
    } else {
        let whither = if waits { Whither::Beside } else { Whither::Tables };
        let new = resolve::successor(work, before, content, whither).await?;
        // A description may name what stands there already.
        let fields = changed_fields(before.working(), &new.content);
        (!fields.is_empty()).then_some((new, fields))
    };
    let (text, mut fields) = match new {
        None => (Text::Same, Vec::new()),
        Some((new, fields)) if !waits => (Text::Live(new), fields),
        Some((new, fields)) if changed_fields(&before.content, &new.content).is_empty() => (Text::Dropped, fields),
        Some((new, fields)) => (Text::Waiting(new), fields),
    };
    if deed.internal_note.is_some() {
        fields.push("internalNote");
    }
    Ok((!fields.is_empty()).then_some(Deed { text, fields, ..deed }))
}
