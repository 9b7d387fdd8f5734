//! Answering an object.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::PoisonError,
    task::Poll,
};

use async_graphql::{
    ContainerType, Context, ContextSelectionSet, Name, Positioned, ServerError, ServerResult, Value,
    indexmap::IndexMap,
    parser::types::{Field, InlineFragment, Selection, SelectionSet, TypeCondition},
};
use futures_util::future::try_join_all;
use tokio_util::sync::ReusableBoxFuture;

use crate::{
    keys::{Asked, Keys, collect},
    write::Object,
};

type Answered<'a> = ReusableBoxFuture<'a, ServerResult<Value>>;

/// Answers the fields of an object: each once, in the order of the document, packed. They wait for what they wait for side
/// by side. A field that fails is null, or, where the schema does not allow that, the object fails with it.
///
/// # Errors
/// That of a field that may not be null.
pub async fn resolve_container<'a, T: ContainerType + ?Sized>(
    ctx: &ContextSelectionSet<'a>,
    root: &'a T,
) -> ServerResult<Value> {
    let of = root.introspection_type_name();
    let keys = collect(ctx, &of)?;
    match T::type_name() == of {
        true => resolve_object(ctx, &Typed(root), &of, &keys.fields).await,
        false => resolve_abstract(ctx, root, &of, &keys).await,
    }
}

/// An object, whatever its type: how to ask for one of its fields. The rest of the work is not made anew for every type.
trait Fields: Send + Sync {
    /// Begins to answer a field of an object of the type `of`, in the memory of an answer that is done.
    fn ask<'a>(
        &'a self,
        ctx: &'a ContextSelectionSet<'a>,
        of: &'a str,
        field: &'a Positioned<Field>,
        place: Option<Answered<'a>>,
    ) -> Answered<'a>;
}

struct Typed<'r, T: ?Sized>(&'r T);

impl<T: ContainerType + ?Sized> Fields for Typed<'_, T> {
    fn ask<'a>(
        &'a self,
        ctx: &'a ContextSelectionSet<'a>,
        of: &'a str,
        field: &'a Positioned<Field>,
        place: Option<Answered<'a>>,
    ) -> Answered<'a> {
        let answer = async move {
            let ctx = ctx.with_field(field);
            let answer = self.0.resolve_field(&ctx).await;
            answer.map(Option::unwrap_or_default).or_else(|error| null(&ctx, of, field, error))
        };
        match place {
            Some(mut place) => {
                place.set(answer);
                place
            }
            None => ReusableBoxFuture::new(answer),
        }
    }
}

async fn resolve_object<'a>(
    ctx: &'a ContextSelectionSet<'a>,
    root: &'a dyn Fields,
    of: &'a str,
    fields: &'a [Asked<'a>],
) -> ServerResult<Value> {
    let mut object = Object::new();
    let mut waiting: Vec<Answered<'a>> = Vec::new();
    // Most fields are answered at once: one after the other they use the same memory.
    let mut place: Option<Answered<'a>> = None;
    for field in fields {
        object.key(&field.node.response_key().node);
        if field.node.name.node == "__typename" {
            object.type_name(of);
            continue;
        }
        let mut asked = root.ask(ctx, of, field, place.take());
        match poll_fn(|task| Poll::Ready(Pin::new(&mut asked).poll(task))).await {
            Poll::Ready(value) => {
                object.value(&value?);
                place = Some(asked);
            }
            Poll::Pending => {
                object.gap();
                waiting.push(asked);
            }
        }
    }
    let values = if waiting.is_empty() { Vec::new() } else { try_join_all(waiting).await? };
    Ok(object.filled(&values))
}

/// What stands for a field that failed.
fn null(ctx: &Context<'_>, of: &str, field: &Positioned<Field>, error: ServerError) -> ServerResult<Value> {
    let kind = ctx.schema_env.registry.types.get(of);
    let kind = kind.and_then(|kind| kind.field_by_name(&field.node.name.node));
    if kind.is_some_and(|field| field.ty.ends_with('!')) {
        return Err(error);
    }
    ctx.add_error(error);
    Ok(Value::Null)
}

/// Answers what stands behind an interface or a union. Only the library can reach it; what it gives is put in order here.
async fn resolve_abstract<'a, T: ContainerType + ?Sized>(
    ctx: &'a ContextSelectionSet<'a>,
    root: &'a T,
    of: &'a str,
    Keys { fields, has_repeats }: &'a Keys<'a>,
) -> ServerResult<Value> {
    if fields.is_empty() {
        return Ok(Object::new().filled(&[]));
    }
    let set = has_repeats.then(|| only(ctx.item, of, fields));
    let inner = ctx.with_selection_set(set.as_ref().unwrap_or(ctx.item));
    let mut answers = match async_graphql::resolver_utils::resolve_container(&inner, root).await? {
        Value::Object(answers) => answers,
        _ => IndexMap::new(),
    };
    let mut object = Object::new();
    for field in fields {
        let key = &field.node.response_key().node;
        object.key(key);
        match answers.swap_remove(key) {
            Some(value) => object.value(&value),
            // The library leaves out what failed, and has noted why.
            None => {
                let ctx = ctx.with_field(field);
                let error = noted(&ctx).unwrap_or_else(|| ServerError::new("a field without an answer", None));
                object.value(&null(&ctx, of, field, error)?);
            }
        }
    }
    Ok(object.filled(&[]))
}

/// `... on Of { fields }`: so the library sees each key once. It would run a field for each place that selects it, and
/// cannot merge what is packed.
fn only(set: &Positioned<SelectionSet>, of: &str, fields: &[Asked<'_>]) -> Positioned<SelectionSet> {
    let pos = set.pos;
    let field = |field: &Asked<'_>| Positioned::new(Selection::Field(Positioned::clone(field)), field.pos);
    let items = fields.iter().map(field).collect();
    let fragment = InlineFragment {
        type_condition: Some(Positioned::new(TypeCondition { on: Positioned::new(Name::new(of), pos) }, pos)),
        directives: Vec::new(),
        selection_set: Positioned::new(SelectionSet { items }, pos),
    };
    let fragment = Selection::InlineFragment(Positioned::new(fragment, pos));
    Positioned::new(SelectionSet { items: vec![Positioned::new(fragment, pos)] }, pos)
}

/// Takes back the error of a field that was noted already.
fn noted(ctx: &Context<'_>) -> Option<ServerError> {
    let path = ctx.set_error_path(ServerError::new("", None)).path;
    let mut errors = ctx.query_env.errors.lock().unwrap_or_else(PoisonError::into_inner);
    let place = errors.iter().position(|error| error.path == path)?;
    Some(errors.remove(place))
}
