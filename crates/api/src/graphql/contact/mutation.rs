//! Acts on contacts.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use masthead_app::contact;
use masthead_domain::ContactId;

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
    async fn of(frame: &Frame, outcome: Outcome<ContactId>, client_mutation_id: Option<String>) -> Result<Self> {
        Ok(match outcome {
            Ok(id) => {
                let contact = ContactNode::by_id(&frame.after_act(), id).await?;
                Self { contact, user_errors: Vec::new(), client_mutation_id }
            }
            Err(user_errors) => Self { contact: None, user_errors, client_mutation_id },
        })
    }
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
            Ok(content) => perform(&frame, |work| Box::pin(contact::create(work, content))).await?,
            Err(wrong) => Err(violations(wrong)),
        };
        ContactPayload::of(&frame, outcome, client_mutation_id).await
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
                        Ok(id)
                    })
                })
                .await?;
                in_changes(done)
            }
            Err(wrong) => Err(violations(wrong)),
        };
        ContactPayload::of(&frame, outcome, client_mutation_id).await
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
