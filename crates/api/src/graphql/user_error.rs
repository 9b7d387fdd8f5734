//! Mistakes a user can mend: the `userErrors` of every payload.

use std::sync::Arc;

use async_graphql::{Enum, ID, Interface, Result, SimpleObject};
use futures_util::future::BoxFuture;
use masthead_app::{AppError, AppResult, Placed, Work};
use masthead_domain::{Violation, ViolationCode, redirect::Astray};
use masthead_store::{Constraint, StoreError};

use super::{error, frame::Frame};

/// What kind of mistake it is.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UserErrorCode {
    /// A value that must be given is missing or empty.
    Required,
    /// A value has the wrong form, or does not fit the others.
    Invalid,
    /// A text or a list is longer than allowed.
    TooLong,
    /// Something the input names does not exist, or not for this caller.
    NotFound,
    /// The slug belongs to something else.
    SlugTaken,
    /// The thing is kept already, under another id.
    AlreadyExists,
    /// Readers see something else at the path.
    PathTaken,
    /// Redirects would lead in a circle.
    RedirectLoop,
    /// The thing changed since it was read; read it again and repeat the change.
    VersionConflict,
    /// The thing is still used by others and cannot go.
    InUse,
    /// The act does not fit the article's state.
    ForbiddenTransition,
    /// The body marks a reference that the list of references does not have.
    ReferenceMarkerMismatch,
}

/// A mistake the user can mend. Show `message` beside the input field that `path` names.
#[derive(Interface, Debug, Clone)]
#[graphql(
    field(name = "message", ty = "&String", desc = "What to mend, in English, without a full stop."),
    field(
        name = "path",
        ty = "&Vec<String>",
        desc = "The input fields from the outside in, list positions as numbers: `[\"gallery\", \"2\", \"caption\"]`."
    ),
    field(name = "code", ty = "&UserErrorCode", desc = "What kind of mistake it is.")
)]
pub(crate) enum UserError {
    Validation(ValidationError),
    NotFound(NotFoundError),
    SlugTaken(SlugTakenError),
    AlreadyExists(AlreadyExistsError),
    PathTaken(PathTakenError),
    RedirectLoop(RedirectLoopError),
    VersionConflict(VersionConflictError),
}

/// A value that is missing, malformed, too long or does not fit.
#[derive(SimpleObject, Debug, Clone)]
pub(crate) struct ValidationError {
    /// What to mend, in English, without a full stop.
    message: String,
    /// The input fields from the outside in, list positions as numbers.
    path: Vec<String>,
    /// What kind of mistake it is.
    code: UserErrorCode,
}

/// The input names something that does not exist, or that this caller may not see.
#[derive(SimpleObject, Debug, Clone)]
pub(crate) struct NotFoundError {
    /// What to mend, in English, without a full stop.
    message: String,
    /// The input fields from the outside in, list positions as numbers.
    path: Vec<String>,
    /// Always `NOT_FOUND`.
    code: UserErrorCode,
}

/// The slug belongs to something else.
#[derive(SimpleObject, Debug, Clone)]
pub(crate) struct SlugTakenError {
    /// What to mend, in English, without a full stop.
    message: String,
    /// The input fields from the outside in, list positions as numbers.
    path: Vec<String>,
    /// Always `SLUG_TAKEN`.
    code: UserErrorCode,
    /// A slug like it that is free.
    suggestion: Option<String>,
    /// What has the slug, when the caller may see it.
    held_by: Option<ID>,
}

/// The thing is kept already, under another id. Use that one.
#[derive(SimpleObject, Debug, Clone)]
pub(crate) struct AlreadyExistsError {
    /// What to mend, in English, without a full stop.
    message: String,
    /// The input fields from the outside in, list positions as numbers.
    path: Vec<String>,
    /// Always `ALREADY_EXISTS`.
    code: UserErrorCode,
    /// The one that is kept; null when it came a moment ago and is not known yet: try again.
    held_by: Option<ID>,
}

/// Readers see something else at the path.
#[derive(SimpleObject, Debug, Clone)]
pub(crate) struct PathTakenError {
    /// What to mend, in English, without a full stop.
    message: String,
    /// The input fields from the outside in, list positions as numbers.
    path: Vec<String>,
    /// Always `PATH_TAKEN`.
    code: UserErrorCode,
    /// What they see there.
    held_by: Option<ID>,
}

/// Redirects would lead in a circle.
#[derive(SimpleObject, Debug, Clone)]
pub(crate) struct RedirectLoopError {
    /// What to mend, in English, without a full stop.
    message: String,
    /// The input fields from the outside in, list positions as numbers.
    path: Vec<String>,
    /// Always `REDIRECT_LOOP`.
    code: UserErrorCode,
    /// The paths of the circle in order, the first again at the end.
    r#loop: Vec<String>,
}

/// The thing changed since the caller read it. Nothing was written.
#[derive(SimpleObject, Debug, Clone)]
pub(crate) struct VersionConflictError {
    /// What to mend, in English, without a full stop.
    message: String,
    /// The input fields from the outside in, list positions as numbers.
    path: Vec<String>,
    /// Always `VERSION_CONFLICT`.
    code: UserErrorCode,
    /// The version the change was made for.
    expected_version: i32,
    /// The version the thing has now.
    current_version: i32,
    /// The fields that changed in between.
    changed_fields: Vec<String>,
}

/// What came of an act: its value, or the mistakes to mend.
pub(crate) type Outcome<T> = Result<T, Vec<UserError>>;

/// Does one act in one transaction: opens the work, runs it, commits it. When the act fails, nothing of it remains.
///
/// # Errors
/// What no user can mend, ready for `errors[]`.
pub(crate) async fn perform<T: Send>(
    frame: &Arc<Frame>,
    act: impl for<'w> FnOnce(&'w Work<'w>) -> BoxFuture<'w, AppResult<T>> + Send,
) -> Result<Outcome<T>> {
    let done: AppResult<T> = async {
        let work = frame.acts().begin_through(&frame.door, &frame.caller).await?;
        let value = act(&work).await?;
        work.commit().await?;
        Ok(value)
    }
    .await;
    match done {
        Ok(value) => Ok(Ok(value)),
        Err(failure) => mendable(failure).map(Err),
    }
}

/// Puts the mistakes of an update where its input has the fields: below `changes`. Acts know fields of the thing, not
/// how an input nests them; `id` and `expectedVersion` stand beside the changes.
pub(crate) fn in_changes<T>(outcome: Outcome<T>) -> Outcome<T> {
    outcome.map_err(|mut mistakes| {
        for mistake in &mut mistakes {
            let path = path_of(mistake);
            if !matches!(path.first().map(String::as_str), Some("id" | "expectedVersion")) {
                path.insert(0, "changes".to_owned());
            }
        }
        mistakes
    })
}

fn path_of(mistake: &mut UserError) -> &mut Vec<String> {
    match mistake {
        UserError::Validation(ValidationError { path, .. })
        | UserError::NotFound(NotFoundError { path, .. })
        | UserError::SlugTaken(SlugTakenError { path, .. })
        | UserError::AlreadyExists(AlreadyExistsError { path, .. })
        | UserError::PathTaken(PathTakenError { path, .. })
        | UserError::RedirectLoop(RedirectLoopError { path, .. })
        | UserError::VersionConflict(VersionConflictError { path, .. }) => path,
    }
}

/// The mistakes in one of several things, at their places below it.
fn placed(Placed { path, error }: Placed) -> Result<Vec<UserError>> {
    let mut mistakes = mendable(error)?;
    for mistake in &mut mistakes {
        path_of(mistake).splice(0..0, path.iter().cloned());
    }
    Ok(mistakes)
}

/// The mistakes of an input that was refused before any act began.
pub(crate) fn violations(wrong: impl IntoIterator<Item = Violation>) -> Vec<UserError> {
    wrong.into_iter().map(violation).collect()
}

fn violation(Violation { path, code, message }: Violation) -> UserError {
    let code = match code {
        ViolationCode::Required => UserErrorCode::Required,
        ViolationCode::Invalid => UserErrorCode::Invalid,
        ViolationCode::TooLong => UserErrorCode::TooLong,
        ViolationCode::ReferenceMarkerMismatch => UserErrorCode::ReferenceMarkerMismatch,
    };
    validation(code, path, message)
}

fn validation(code: UserErrorCode, path: Vec<String>, message: String) -> UserError {
    UserError::Validation(ValidationError { message, path, code })
}

fn field(name: &str) -> Vec<String> {
    vec![name.to_owned()]
}

/// The mistakes in a failed act, or the failure when it is not the user's.
fn mendable(failure: AppError) -> Result<Vec<UserError>> {
    let message = failure.to_string();
    Ok(vec![match failure {
        AppError::Invalid(wrong) => return Ok(violations(wrong)),
        AppError::Several(several) => {
            let mistakes: Vec<Vec<UserError>> = several.into_iter().map(placed).collect::<Result<_>>()?;
            return Ok(mistakes.into_iter().flatten().collect());
        }
        AppError::NotFound { path, .. } => {
            UserError::NotFound(NotFoundError { message, path, code: UserErrorCode::NotFound })
        }
        AppError::SlugTaken { suggestion, held_by, .. } => UserError::SlugTaken(SlugTakenError {
            message,
            path: field("slug"),
            code: UserErrorCode::SlugTaken,
            suggestion: suggestion.map(|slug| slug.to_string()),
            held_by: held_by.map(|id| ID(id.to_string())),
        }),
        AppError::AlreadyExists { path, held_by, .. } => UserError::AlreadyExists(AlreadyExistsError {
            message,
            path,
            code: UserErrorCode::AlreadyExists,
            held_by: Some(ID(held_by.to_string())),
        }),
        AppError::PathTaken { held_by, .. } => UserError::PathTaken(PathTakenError {
            message,
            path: field("path"),
            code: UserErrorCode::PathTaken,
            held_by: Some(ID(held_by.to_string())),
        }),
        AppError::Astray { field: name, how: Astray::Loop(paths) } => UserError::RedirectLoop(RedirectLoopError {
            message,
            path: field(name),
            code: UserErrorCode::RedirectLoop,
            r#loop: paths.iter().map(ToString::to_string).collect(),
        }),
        AppError::Astray { field: name, how: Astray::TooLong } => {
            validation(UserErrorCode::Invalid, field(name), message)
        }
        AppError::VersionConflict { field: name, expected, current, changed_fields } => {
            UserError::VersionConflict(VersionConflictError {
                message,
                path: field(name),
                code: UserErrorCode::VersionConflict,
                expected_version: version(expected),
                current_version: version(current),
                changed_fields,
            })
        }
        AppError::Store(StoreError::Constraint(constraint)) => {
            let unmendable = || error::app(AppError::Store(StoreError::Constraint(constraint)));
            overtaken(constraint).ok_or_else(unmendable)?
        }
        AppError::Store(StoreError::Stale) => validation(
            UserErrorCode::VersionConflict,
            field("expectedVersion"),
            "it changed a moment ago; read it again".to_owned(),
        ),
        AppError::InUse { .. } => validation(UserErrorCode::InUse, field("id"), message),
        AppError::Transition(_) => validation(UserErrorCode::ForbiddenTransition, field("id"), message),
        AppError::Tree(_) => validation(UserErrorCode::Invalid, field("parentId"), message),
        failure @ (AppError::Refused(_) | AppError::Store(_) | AppError::KeyTakenOver | AppError::Internal(_)) => {
            return Err(error::app(failure));
        }
    }])
}

/// What somebody did faster, between our look and our write.
fn overtaken(constraint: Constraint) -> Option<UserError> {
    let kept = |what: &str, path: Vec<String>| {
        UserError::AlreadyExists(AlreadyExistsError {
            message: format!("{what} was kept a moment ago"),
            path,
            code: UserErrorCode::AlreadyExists,
            held_by: None,
        })
    };
    match constraint {
        Constraint::ArticleSlug | Constraint::CategorySlug | Constraint::AuthorSlug | Constraint::TagSlug => {
            Some(UserError::SlugTaken(SlugTakenError {
                message: "the slug was taken a moment ago".to_owned(),
                path: field("slug"),
                code: UserErrorCode::SlugTaken,
                suggestion: None,
                held_by: None,
            }))
        }
        Constraint::SourceKey => Some(kept("a source with this address or number", Vec::new())),
        Constraint::RedirectPath => Some(kept("a redirect with this path", field("path"))),
        Constraint::ForeignKey => Some(UserError::NotFound(NotFoundError {
            message: "something that the input names went a moment ago".to_owned(),
            path: Vec::new(),
            code: UserErrorCode::NotFound,
        })),
        Constraint::ArticleEdition | Constraint::UserEmail | Constraint::ExternalId | Constraint::LegacyPath => None,
    }
}

fn version(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
