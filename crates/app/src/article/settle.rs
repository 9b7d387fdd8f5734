//! The end of every act on an article: its row, what it says, its history and the change log, in step.

use masthead_domain::{
    ArticleId, EntityKind,
    article::{Pending, RemovalReason},
    event::{Change, ChangeKind, ChangeScope},
    policy::Action,
    text::Line,
};
use masthead_store::{
    ReadScope, StoreError,
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
    /// This takes the place of what readers see, or will.
    Live(Resolved),
    /// This waits beside what readers see.
    Waiting(Resolved),
    /// What waited is given up.
    Dropped,
    /// What waits is handed to an editor, or back.
    Handed(Pending),
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

/// Writes what an act does, and gives the new version.
///
/// # Errors
/// [`crate::AppError::Store`]; [`masthead_store::StoreError::Stale`] when somebody was faster.
pub(super) async fn settle(work: &Work<'_>, before: Loaded, deed: Deed) -> AppResult<i64> {
    let Deed { action, kind, reason, fields, summary, text, state, internal_note } = deed;
    let mut before = before;
    let (id, number) = (before.article.id, before.article.version + 1);
    let stood = before.live_version();
    let waited = before.article.desk.pending;
    let (live, kept, pending) = match &text {
        Text::Same => (stood, None, waited),
        Text::Live(content) => (number, Some(content), None),
        Text::Waiting(content) => {
            let submitted_at = waited.and_then(|waited| waited.submitted_at);
            (stood, Some(content), Some(Pending { version: number, saved_at: work.now(), submitted_at }))
        }
        Text::Dropped => (stood, None, None),
        Text::Handed(pending) => (stood, None, Some(*pending)),
    };
    let is_unseen = state.is_none() && !matches!(text, Text::Live(_));
    let written = match &text {
        Text::Live(content) => Some(content),
        Text::Same | Text::Waiting(_) | Text::Dropped | Text::Handed(_) => None,
    };
    let note = internal_note.unwrap_or_else(|| before.article.desk.internal_note.clone());
    let desk = Desk { live_version: Some(live), pending, internal_note: note };
    let change = written.map(|new| ContentChange { old: &before.content, new: &new.content, tags: &new.tags });
    let saved = Saved { content: change, state: state.as_ref(), desk: &desk, is_unseen };
    match rows::save(&work.tx, id, before.article.version, saved).await {
        Err(StoreError::Stale) => return Err(overtaken(work, id, before.article.version).await),
        done => done?,
    };
    begin_history(work, &before).await?;
    if let Some(new) = written {
        follow(work, &before, new).await?;
    }
    let has_same_tags = written.or(kept).is_none_or(|new| new.tags == before.tags);
    if has_same_tags {
        before.hold_tags(work).await?;
    }
    let tags = |new: &Resolved| if has_same_tags { before.tags.clone() } else { new.tags.clone() };
    if let Some(content) = kept {
        version::keep(&work.tx, id, number, &content.snapshot(&tags(content))).await?;
    }
    let stands = state.unwrap_or_else(|| before.state());
    let entry = Entry { number, act: action.as_str(), summary, fields: &fields, live, pending, state: &stands };
    version::insert(&work.tx, entry.of(work, id)).await?;
    let after = match written {
        Some(new) => loaded::scope(&new.content, &stands.state, stands.window, &tags(new), &new.sources()),
        None => loaded::scope(&before.content, &stands.state, stands.window, &before.tags, &before.sources),
    };
    let seen = |scope: ChangeScope| if is_unseen { scope.unseen() } else { scope };
    work.emit(Change {
        at: None,
        entity: id.into(),
        version: Some(number),
        kind,
        reason,
        fields,
        before: Some(seen(before.scope())),
        after: Some(seen(after)),
    });
    Ok(number)
}

/// What to tell somebody whose article was written by another between their look and their write.
pub(super) async fn overtaken(work: &Work<'_>, id: ArticleId, expected: i64) -> AppError {
    match rows::by_id(&work.tx, &ReadScope::all(work.now()), id).await {
        Ok(Some(article)) => match loaded::expect_version(work, &article, article.version, expected).await {
            Err(conflict) => conflict,
            Ok(()) => StoreError::Stale.into(),
        },
        Ok(None) => AppError::missing(EntityKind::Article, &["id"]),
        Err(error) => error.into(),
    }
}

/// A row of the history in the making.
struct Entry<'a> {
    number: i64,
    act: &'static str,
    summary: Option<Summary>,
    fields: &'a [&'static str],
    live: i64,
    pending: Option<Pending>,
    state: &'a StateRow,
}

impl Entry<'_> {
    fn of(self, work: &Work<'_>, article: ArticleId) -> Version {
        let Self { number, act, summary, fields, live, pending, state } = self;
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
    let entry = Entry { number, act: "begun", summary: None, fields: &[], live: number, pending: None, state: &state };
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
    let (number, live, pending) = (before.article.version + 1, before.live_version(), before.article.desk.pending);
    let entry = Entry { number, act: action.as_str(), summary: None, fields, live, pending, state };
    Ok(version::insert(&work.tx, entry.of(work, before.article.id)).await?)
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
    let entry = Entry { number: 1, act, summary: None, fields: &[], live: 1, pending: None, state };
    Ok(version::insert(&work.tx, entry.of(work, id)).await?)
}
