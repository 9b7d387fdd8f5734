//! Acts on contacts.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use masthead_app::{AppResult, Work, contact};
use masthead_domain::ContactId;
use masthead_store::contact::{self as rows, Contact};

use super::{
    ContactNode,
    input::{ContactCreateInput, ContactDeleteInput, ContactUpdateInput},
};
use crate::graphql::{
    frame::{Frame, MayAct},
    input,
    user_error::{Outcome, UserError, in_changes, perform, violations},
};

/// What came of an act on a contact.
#[derive(SimpleObject)]
pub(crate) struct ContactPayload {
    /// The contact after the act; null when `userErrors` says why nothing was done.
    contact: Option<ContactNode>,
    /// What to mend. Empty when the act was done.
    user_errors: Vec<UserError>,
    /// As it was given.
    client_mutation_id: Option<String>,
}

/// What came of the deletion of a contact.
#[derive(SimpleObject)]
pub(crate) struct ContactDeletePayload {
    /// The id of what was deleted; null when `userErrors` says why nothing was done.
    deleted_id: Option<ID>,
    /// What to mend. Empty when the act was done.
    user_errors: Vec<UserError>,
    /// As it was given.
    client_mutation_id: Option<String>,
}

impl ContactPayload {
    fn of(frame: &Frame, outcome: Outcome<Option<Contact>>, client_mutation_id: Option<String>) -> Self {
        match outcome {
            Ok(contact) => {
                let contact = ContactNode::together(&frame.after_act(), contact.into_iter().collect()).pop();
                Self { contact, user_errors: Vec::new(), client_mutation_id }
            }
            Err(user_errors) => Self { contact: None, user_errors, client_mutation_id },
        }
    }
}

/// The contact as the act left it, read before the commit: what was done can be told whatever happens after.
async fn acted(work: &Work<'_>, id: ContactId) -> AppResult<Option<Contact>> {
    Ok(rows::by_id(&work.tx, id).await?)
}

#[derive(Default)]
pub(crate) struct ContactMutation;

#[Object(guard = "MayAct")]
impl ContactMutation {
    /// Keeps a new contact. Needs the role editor or the scope people:write.
    async fn contact_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The contact.")] input: ContactCreateInput,
    ) -> Result<ContactPayload> {
        let frame = Frame::published(ctx)?;
        let client_mutation_id = input.client_mutation_id.clone();
        let outcome = match input.parse() {
            Ok((content, localizations)) => {
                perform(&frame, |work| {
                    Box::pin(async move {
                        let id = contact::create(work, content, localizations).await?;
                        acted(work, id).await
                    })
                })
                .await?
            }
            Err(wrong) => Err(violations(wrong)),
        };
        Ok(ContactPayload::of(&frame, outcome, client_mutation_id))
    }

    /// Changes a contact for all articles that show it. Needs the role editor or the scope people:write.
    async fn contact_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which contact, and what to change.")] input: ContactUpdateInput,
    ) -> Result<ContactPayload> {
        let frame = Frame::published(ctx)?;
        let ContactUpdateInput { client_mutation_id, id, expected_version, changes } = input;
        let outcome = match input::target::<ContactId, _>(&id, changes.parse()) {
            Ok((id, changes)) => {
                let done = perform(&frame, |work| {
                    Box::pin(async move {
                        contact::update(work, id, expected_version.into(), changes).await?;
                        acted(work, id).await
                    })
                })
                .await?;
                in_changes(done)
            }
            Err(wrong) => Err(violations(wrong)),
        };
        Ok(ContactPayload::of(&frame, outcome, client_mutation_id))
    }

    /// Deletes a contact that no article shows. Needs the role editor or the scope people:write.
    async fn contact_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which contact.")] input: ContactDeleteInput,
    ) -> Result<ContactDeletePayload> {
        let frame = Frame::published(ctx)?;
        let ContactDeleteInput { client_mutation_id, id, expected_version } = input;
        let outcome = match input::target::<ContactId, _>(&id, Ok(())) {
            Ok((id, ())) => {
                perform(&frame, |work| Box::pin(contact::delete(work, id, expected_version.into()))).await?
            }
            Err(wrong) => Err(violations(wrong)),
        };
        Ok(match outcome {
            Ok(()) => ContactDeletePayload { deleted_id: Some(id), user_errors: Vec::new(), client_mutation_id },
            Err(user_errors) => ContactDeletePayload { deleted_id: None, user_errors, client_mutation_id },
        })
    }
}
