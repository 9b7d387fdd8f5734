//! Answering a list.

use std::borrow::Cow;

use async_graphql::{
    ContextSelectionSet, OutputType, Positioned, ServerError, ServerResult, Value, parser::types::Field,
    registry::Registry,
};

use crate::{
    parts::{Answering, Parts, Run, answer_all},
    write::Text,
};

/// A list of an answer, as a `Vec` is one; but its items are answered one after the other in the same memory and written
/// as JSON at once, where the library has a future and a value for each of them.
#[derive(Debug, Clone)]
pub struct List<T>(Vec<T>);

impl<T> List<T> {
    /// How many items it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it has no items.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T> FromIterator<T> for List<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self(items.into_iter().collect())
    }
}

impl<T: OutputType> OutputType for List<T> {
    fn type_name() -> Cow<'static, str> {
        <Vec<T> as OutputType>::type_name()
    }

    fn qualified_type_name() -> String {
        <Vec<T> as OutputType>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <Vec<T> as OutputType>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let items = Items { items: &self.0, ctx, field };
        answer_all(&items, self.len(), Text::list()).await
    }
}

struct Items<'r, T> {
    items: &'r [T],
    ctx: &'r ContextSelectionSet<'r>,
    field: &'r Positioned<Field>,
}

impl<T: OutputType> Parts for Items<'_, T> {
    fn answer<'a>(&'a self, run: &'a Run) -> Answering<'a> {
        Box::pin(async move {
            while let Some(place) = run.next(|_, text| text.item())
                && let Some(item) = self.items.get(place)
            {
                let ctx = self.ctx.with_index(place);
                let answer = item.resolve(&ctx, self.field).await;
                run.put(place, answer.map_err(|error| placed(&ctx, error))?);
            }
            Ok(())
        })
    }
}

/// Says which item failed, where nothing below it has said more.
fn placed(ctx: &ContextSelectionSet<'_>, error: ServerError) -> ServerError {
    if error.path.is_empty() { ctx.set_error_path(error) } else { error }
}
