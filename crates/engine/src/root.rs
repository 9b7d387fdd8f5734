//! The root of a schema, whose fields the library runs.

use std::borrow::Cow;

use async_graphql::{
    ContainerType, Context, ContextSelectionSet, ObjectType, OutputType, Positioned, ServerResult, Value,
    parser::types::Field, registry::Registry,
};

use crate::{resolver_utils::resolve_container, write::unpacked};

/// A root of a schema. The library runs a root field for each place that selects it and merges the answers; when the
/// request says so by [`SelectsRootTwice`], it is given plain values, which alone can be merged.
#[derive(Debug, Clone, Copy, Default)]
pub struct Root<T>(pub T);

/// In the data of a request that selects a field of the root in several places.
#[derive(Debug, Clone, Copy)]
pub struct SelectsRootTwice;

impl<T: ObjectType> OutputType for Root<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, _field: &Positioned<Field>) -> ServerResult<Value> {
        resolve_container(ctx, self).await
    }
}

impl<T: ObjectType> ContainerType for Root<T> {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        let answer = self.0.resolve_field(ctx).await?;
        Ok(if ctx.data_opt::<SelectsRootTwice>().is_some() { answer.map(unpacked) } else { answer })
    }
}

impl<T: ObjectType> ObjectType for Root<T> {}
