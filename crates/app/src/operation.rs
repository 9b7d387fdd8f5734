//! Registering operations: which documents clients may ask for by their hash alone. These acts are the operator's.
//!
//! Whether a document would be run is for the door to say, which knows the schema; nothing comes here that would not.

use masthead_domain::{
    EntityKind, OperationId,
    event::{Change, ChangeScope},
    operation::TextHash,
};
use masthead_store::operation::{self as rows, NewOperation};
use tracing::instrument;

use crate::{
    door::Door,
    error::{AppError, AppResult},
    work::{App, Caller},
};

/// A document to register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationDraft {
    /// The names of the operations in it; none for one without a name.
    pub names: Vec<String>,
    /// Its text, to the byte as clients hash it.
    pub text: String,
}

/// A document that is registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// What clients name it by.
    pub hash: TextHash,
    /// Whether it was not registered before.
    pub is_new: bool,
}

/// Registers documents, all or none, and tells of each in their order. One that is registered already stays as it is.
///
/// # Errors
/// [`AppError::Internal`] for whoever is not the operator; [`AppError::Store`].
#[instrument(skip_all, fields(count = drafts.len()))]
pub async fn register(app: &App, caller: &Caller, drafts: &[OperationDraft]) -> AppResult<Vec<Registered>> {
    caller.expect_operator()?;
    let work = app.begin_through(&Door::command_line("operationRegister"), caller).await?;
    let mut registered = Vec::with_capacity(drafts.len());
    for OperationDraft { names, text } in drafts {
        let (id, hash) = (work.new_id(OperationId::from_uuid), TextHash::of(text));
        let is_new = rows::insert(&work.tx, NewOperation { id, hash, names, text }).await?;
        if is_new {
            work.emit(Change { version: None, ..Change::created(id, ChangeScope::default()) });
        }
        registered.push(Registered { hash, is_new });
    }
    work.commit().await?;
    Ok(registered)
}

/// Takes documents out of the register, all or none.
///
/// # Errors
/// [`AppError::NotFound`] when one of them is not there; [`AppError::Internal`] for whoever is not the operator;
/// [`AppError::Store`].
#[instrument(skip_all, fields(count = ids.len()))]
pub async fn remove(app: &App, caller: &Caller, ids: &[OperationId]) -> AppResult<()> {
    caller.expect_operator()?;
    let work = app.begin_through(&Door::command_line("operationRemove"), caller).await?;
    for id in ids {
        if !rows::delete(&work.tx, *id).await? {
            return Err(AppError::missing(EntityKind::Operation, &["id"]));
        }
        work.emit(Change::deleted(*id, ChangeScope::default()));
    }
    work.commit().await
}

/// All registered documents, the oldest first.
///
/// # Errors
/// [`AppError::Store`].
pub async fn all(app: &App) -> AppResult<Vec<rows::Operation>> {
    Ok(rows::all(&app.database).await?)
}
