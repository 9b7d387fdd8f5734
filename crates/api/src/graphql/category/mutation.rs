//! Acts on categories.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use masthead_app::{AppResult, Work, category};
use masthead_domain::CategoryId;
use masthead_store::category::{self as rows, Category};

use super::{
    CategoryNode,
    input::{CategoryCreateInput, CategoryDeleteInput, CategoryMoveInput, CategoryUpdateInput},
};
use crate::graphql::{
    frame::{Frame, MayAct},
    input,
    user_error::{Outcome, UserError, in_changes, perform, violations},
};

/// What came of an act on a category.
#[derive(SimpleObject)]
pub(crate) struct CategoryPayload {
    /// The category after the act; null when `userErrors` says why nothing was done.
    category: Option<CategoryNode>,
    /// What to mend. Empty when the act was done.
    user_errors: Vec<UserError>,
    /// As it was given.
    client_mutation_id: Option<String>,
}

/// What came of a deletion.
#[derive(SimpleObject)]
pub(crate) struct CategoryDeletePayload {
    /// The id of what was deleted; null when `userErrors` says why nothing was done.
    deleted_id: Option<ID>,
    /// What to mend. Empty when the act was done.
    user_errors: Vec<UserError>,
    /// As it was given.
    client_mutation_id: Option<String>,
}

impl CategoryPayload {
    fn of(frame: &Frame, outcome: Outcome<Option<Category>>, client_mutation_id: Option<String>) -> Self {
        match outcome {
            Ok(category) => {
                let category = CategoryNode::together(&frame.after_act(), category.into_iter().collect()).pop();
                Self { category, user_errors: Vec::new(), client_mutation_id }
            }
            Err(user_errors) => Self { category: None, user_errors, client_mutation_id },
        }
    }
}

/// The category as the act left it, read before the commit: what was done can be told whatever happens after.
async fn acted(work: &Work<'_>, id: CategoryId) -> AppResult<Option<Category>> {
    Ok(rows::by_id(&work.tx, id).await?)
}

#[derive(Default)]
pub(crate) struct CategoryMutation;

#[Object(guard = "MayAct")]
impl CategoryMutation {
    /// Keeps a new category. Needs the role editor or the scope taxonomy:write.
    async fn category_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The category.")] input: CategoryCreateInput,
    ) -> Result<CategoryPayload> {
        let frame = Frame::published(ctx)?;
        let client_mutation_id = input.client_mutation_id.clone();
        let outcome = match input.parse() {
            Ok(draft) => {
                perform(&frame, |work| {
                    Box::pin(async move {
                        let id = category::create(work, draft).await?;
                        acted(work, id).await
                    })
                })
                .await?
            }
            Err(wrong) => Err(violations(wrong)),
        };
        Ok(CategoryPayload::of(&frame, outcome, client_mutation_id))
    }

    /// Changes what a category says. Needs the role editor or the scope taxonomy:write.
    async fn category_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which category, and what to change.")] input: CategoryUpdateInput,
    ) -> Result<CategoryPayload> {
        let frame = Frame::published(ctx)?;
        let CategoryUpdateInput { client_mutation_id, id, expected_version, changes } = input;
        let outcome = match input::target::<CategoryId, _>(&id, changes.parse()) {
            Ok((id, changes)) => {
                let done = perform(&frame, |work| {
                    Box::pin(async move {
                        category::update(work, id, expected_version.into(), changes).await?;
                        acted(work, id).await
                    })
                });
                in_changes(done.await?)
            }
            Err(wrong) => Err(violations(wrong)),
        };
        Ok(CategoryPayload::of(&frame, outcome, client_mutation_id))
    }

    /// Puts a category, with everything below it, elsewhere in the tree or in the order of its siblings. Siblings keep
    /// their order and their versions. Needs the role editor or the scope taxonomy:write.
    async fn category_move(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which category, and where to.")] input: CategoryMoveInput,
    ) -> Result<CategoryPayload> {
        let frame = Frame::published(ctx)?;
        let client_mutation_id = input.client_mutation_id.clone();
        let (id, expected_version, to) = input.parse();
        let outcome = match input::target::<CategoryId, _>(&id, to) {
            Ok((id, to)) => {
                perform(&frame, |work| {
                    Box::pin(async move {
                        category::relocate(work, id, expected_version.into(), to).await?;
                        acted(work, id).await
                    })
                })
                .await?
            }
            Err(wrong) => Err(violations(wrong)),
        };
        Ok(CategoryPayload::of(&frame, outcome, client_mutation_id))
    }

    /// Deletes a category in which no article and no category stands. Needs the role editor or the scope taxonomy:write.
    async fn category_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which category.")] input: CategoryDeleteInput,
    ) -> Result<CategoryDeletePayload> {
        let frame = Frame::published(ctx)?;
        let CategoryDeleteInput { client_mutation_id, id, expected_version } = input;
        let outcome = match input::target::<CategoryId, _>(&id, Ok(())) {
            Ok((id, ())) => {
                perform(&frame, |work| Box::pin(category::delete(work, id, expected_version.into()))).await?
            }
            Err(wrong) => Err(violations(wrong)),
        };
        Ok(match outcome {
            Ok(()) => CategoryDeletePayload { deleted_id: Some(id), user_errors: Vec::new(), client_mutation_id },
            Err(user_errors) => CategoryDeletePayload { deleted_id: None, user_errors, client_mutation_id },
        })
    }
}
