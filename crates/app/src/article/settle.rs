//! The end of every act on an article: its row, what it says, its history and the change log, in step.

use masthead_domain::{
    ArticleId, EntityKind, Timestamp,
    article::{Pending, RemovalReason},
    event::{Change, ChangeKind, ChangeScope},
    policy::Action,
    text::Line,
};
use masthead_store::{
    Perspective, ReadScope, StoreError, StoreResult,
    article::{
        self as rows, ContentChange, Desk, Saved, StateRow,
        version::{self, Version},
    },
    external, reference,
};

use super::{
    loaded::{self, Loaded},
    resolve::Resolved,
};
use crate::{
    error::{AppError, AppResult},
    work::Work,
};

/// The longest summary of a version, in characters.
pub const SUMMARY_CHARS_MAX: usize = 300;

/// What somebody says of what they did, for the history.
pub type Summary = Line<SUMMARY_CHARS_MAX>;

/// What becomes of the content.
pub(super) enum Text {
    /// It stays.
    Same,
    /// This takes the place of what readers see, or will, and of what waited beside it.
    Live(Resolved),
    /// This takes the place of what readers see, or will; what waits beside it goes on waiting.
    Beneath(Resolved),
    /// This waits beside what readers see.
    Waiting(Resolved),
    /// What waited is given up.
    Dropped,
    /// What waits is handed to an editor, or back.
    Handed(Pending),
}

impl Text {
    /// What takes the place of what stands in the tables.
    pub(super) const fn written(&self) -> Option<&Resolved> {
        match self {
            Self::Live(content) | Self::Beneath(content) => Some(content),
            Self::Same | Self::Waiting(_) | Self::Dropped | Self::Handed(_) => None,
        }
    }

    /// What is kept with the new version.
    const fn kept(&self) -> Option<&Resolved> {
        match self {
            Self::Live(content) | Self::Beneath(content) | Self::Waiting(content) => Some(content),
            Self::Same | Self::Dropped | Self::Handed(_) => None,
        }
    }

    /// The desk of an article once this is its new version: which content stands in the tables, and what waits.
    fn desk(&self, before: &Loaded, number: i64, now: Timestamp) -> Desk {
        let (stood, waited) = (before.live_version(), before.article.desk.pending);
        let (live, pending) = match self {
            Self::Same => (stood, waited),
            Self::Live(_) => (number, None),
            Self::Beneath(_) => (number, waited),
            Self::Waiting(_) => {
                let submitted_at = waited.and_then(|waited| waited.submitted_at);
                (stood, Some(Pending { version: number, saved_at: now, submitted_at }))
            }
            Self::Dropped => (stood, None),
            Self::Handed(pending) => (stood, Some(*pending)),
        };
        Desk { live_version: Some(live), pending, internal_note: before.article.desk.internal_note.clone() }
    }
}

/// What an act does to an article.
pub(super) struct Deed {
    pub(super) action: Action,
    pub(super) kind: ChangeKind,
    pub(super) reason: Option<RemovalReason>,
    /// The fields that change, by their names in the API.
    pub(super) fields: Vec<&'static str>,
    pub(super) summary: Option<Summary>,
    pub(super) text: Text,
    /// Where the article stands from now on, where that changes.
    pub(super) state: Option<StateRow>,
    /// The note of the desk from now on, where that changes.
    pub(super) internal_note: Option<Option<String>>,
}

impl Deed {
    /// An act that changes what the article says, or nothing yet.
    pub(super) fn new(action: Action, fields: Vec<&'static str>) -> Self {
        let (kind, text) = (ChangeKind::Updated, Text::Same);
        Self { action, kind, reason: None, fields, summary: None, text, state: None, internal_note: None }
    }

    /// An act that changes where the article stands.
    pub(super) fn standing(action: Action, kind: ChangeKind, state: StateRow) -> Self {
        Self { kind, state: Some(state), ..Self::new(action, vec!["status", "publishedAt"]) }
    }
}

/// Writes what an act does, and gives the new version. An article that was deleted is back afterwards.
///
/// # Errors
/// [`crate::AppError::VersionConflict`] when somebody was faster; [`crate::AppError::Store`].
pub(super) async fn settle(work: &Work<'_>, before: Loaded, deed: Deed) -> AppResult<i64> {
    let Deed { action, kind, reason, fields, summary, text, state, internal_note } = deed;
    let mut before = before;
    let (id, number) = (before.article.id, before.article.version + 1);
    let mut desk = text.desk(&before, number, work.now());
    desk.internal_note = internal_note.unwrap_or(desk.internal_note);
    let written = text.written();
    let is_unseen = state.is_none() && written.is_none();
    let change = written.map(|new| ContentChange { old: &before.content, new: &new.content, tags: &new.tags });
    let saved = Saved { content: change, state: state.as_ref(), desk: &desk, is_unseen };
    let was_deleted = before.article.is_deleted;
    let done = if was_deleted {
        rows::undelete(&work.tx, id, before.article.version, saved).await
    } else {
        rows::save(&work.tx, id, before.article.version, saved).await
    };
    unless_overtaken(work, &before, done).await?;
    begin_history(work, &before).await?;
    if let Some(new) = written {
        follow(work, &before, new).await?;
    }
    let has_same_tags = text.kept().is_none_or(|new| new.tags == before.tags);
    if has_same_tags {
        before.hold_tags(work).await?;
    }
    let tags = |new: &Resolved| if has_same_tags { before.tags.clone() } else { new.tags.clone() };
    if let Some(content) = text.kept() {
        version::keep(&work.tx, id, number, &content.snapshot(&tags(content))).await?;
    }
    let stands = state.unwrap_or_else(|| before.state());
    let entry = Entry { number, act: action.as_str(), summary, fields: &fields, desk: &desk, state: &stands };
    version::insert(&work.tx, entry.of(work, id)).await?;
    let after = match written {
        Some(new) => loaded::scope(&new.content, &stands.state, stands.window, &tags(new), &new.sources()),
        None => loaded::scope(&before.content, &stands.state, stands.window, &before.tags, &before.sources()),
    };
    let seen = |scope: ChangeScope| if is_unseen { scope.unseen() } else { scope };
    work.emit(Change {
        at: None,
        entity: id.into(),
        version: Some(number),
        kind,
        reason,
        fields,
        before: (!was_deleted).then(|| seen(before.scope())),
        after: Some(seen(after)),
    });
    Ok(number)
}

/// What a write to the row of an article gave, or what to tell somebody whose article was written by another between their
/// look and their write.
///
/// # Errors
/// [`crate::AppError::VersionConflict`] in that case, [`crate::AppError::NotFound`] when the article is gone since.
pub(super) async fn unless_overtaken<T>(work: &Work<'_>, before: &Loaded, done: StoreResult<T>) -> AppResult<T> {
    match done {
        Err(StoreError::Stale) => Err(overtaken(work, before).await?),
        done => Ok(done?),
    }
}

async fn overtaken(work: &Work<'_>, before: &Loaded) -> AppResult<AppError> {
    let (id, expected) = (before.article.id, before.article.version);
    let everything = ReadScope::all(work.now());
    let mut now = rows::by_id(&work.tx, &everything, id).await?;
    if now.is_none() && before.article.is_deleted {
        // It was brought back, and deleted again.
        let trash = ReadScope { perspective: Perspective::Deleted, ..everything };
        now = rows::by_id(&work.tx, &trash, id).await?;
    }
    let Some(now) = now else { return Ok(AppError::missing(EntityKind::Article, &["id"])) };
    let conflict = loaded::expect_version(work, &now, now.version, expected).await;
    Ok(conflict.err().unwrap_or_else(|| StoreError::Stale.into()))
}

/// A row of the history in the making.
struct Entry<'a> {
    number: i64,
    act: &'static str,
    summary: Option<Summary>,
    fields: &'a [&'static str],
    desk: &'a Desk,
    state: &'a StateRow,
}

impl Entry<'_> {
    fn of(self, work: &Work<'_>, article: ArticleId) -> Version {
        let Self { number, act, summary, fields, desk: Desk { live_version, pending, .. }, state } = self;
        // Without one, what was kept with this version is what stands.
        let live = live_version.unwrap_or(number);
        Version {
            article,
            version: number,
            at: work.now(),
            actor: work.tx.actor().to_owned(),
            act: act.to_owned(),
            summary: summary.map(|summary| summary.to_string()),
            fields: fields.iter().map(|&field| field.to_owned()).collect(),
            content_version: pending.map_or(live, |pending| pending.version),
            live_version: state.state.published_at().map(|_| live),
            published_at: state.state.published_at(),
            window: state.window,
            first_published_at: state.first_published_at,
            revised_at: state.revised_at,
        }
    }
}

/// Gives an article that is older than its history the first row of it, so that nothing of what it said before is lost.
/// Its row is written and so locked by now: nobody else does the same.
async fn begin_history(work: &Work<'_>, before: &Loaded) -> AppResult<()> {
    let Some(unkept) = &before.unkept else { return Ok(()) };
    let (id, number) = (before.article.id, before.article.version);
    version::keep(&work.tx, id, number, unkept).await?;
    let state = before.state();
    let entry = Entry { number, act: "begun", summary: None, fields: &[], desk: &Desk::default(), state: &state };
    let first = Version { at: before.article.updated_at, actor: "unknown".to_owned(), ..entry.of(work, id) };
    Ok(version::insert(&work.tx, first).await?)
}

/// Adds to the history an act that leaves the content as it is and ends otherwise than in [`settle`], once it has written
/// the article's row.
pub(super) async fn note(
    work: &Work<'_>,
    before: &Loaded,
    action: Action,
    fields: &[&'static str],
    state: &StateRow,
) -> AppResult<()> {
    begin_history(work, before).await?;
    let (id, number) = (before.article.id, before.article.version + 1);
    if before.unkept.is_some() {
        rows::set_live_version(&work.tx, id, before.article.version).await?;
    }
    let desk = Text::Same.desk(before, number, work.now());
    let entry = Entry { number, act: action.as_str(), summary: None, fields, desk: &desk, state };
    Ok(version::insert(&work.tx, entry.of(work, id)).await?)
}

/// What goes along with the content in the tables: its references, and the address readers knew.
async fn follow(work: &Work<'_>, before: &Loaded, new: &Resolved) -> AppResult<()> {
    let (id, old) = (before.article.id, &before.content);
    if old.references != new.content.references {
        reference::replace(&work.tx, id, &new.references).await?;
    }
    let was_seen = before.article.first_published_at.is_some_and(|first| first <= work.now());
    if old.slug != new.content.slug && was_seen {
        external::keep_former_path(&work.tx, &before.article.path(), id.into()).await?;
    }
    Ok(())
}

/// Begins the history of a new article.
pub(super) async fn begin(
    work: &Work<'_>,
    id: ArticleId,
    act: &'static str,
    state: &StateRow,
    content: &Resolved,
) -> AppResult<()> {
    version::keep(&work.tx, id, 1, &content.snapshot(&content.tags)).await?;
    let entry = Entry { number: 1, act, summary: None, fields: &[], desk: &Desk::default(), state };
    Ok(version::insert(&work.tx, entry.of(work, id)).await?)
}
