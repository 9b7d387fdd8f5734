//! Answering an object.

use std::sync::PoisonError;

use async_graphql::{
    ContainerType, Context, ContextSelectionSet, Name, Positioned, ServerError, ServerResult, Value,
    indexmap::IndexMap,
    parser::types::{Field, InlineFragment, Selection, SelectionSet, TypeCondition},
};

use crate::{
    keys::{Asked, Keys, collect},
    parts::{Answering, Parts, Run, answer_all},
    write::Text,
};

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
        true => {
            let asking = Asking { ctx, of: &of, fields: &keys.fields };
            answer_all(&Typed { root, asking: &asking }, keys.fields.len(), Text::object()).await
        }
        false => resolve_abstract(ctx, root, &of, &keys).await,
    }
}

/// What an object is asked for.
struct Asking<'a> {
    ctx: &'a ContextSelectionSet<'a>,
    of: &'a str,
    fields: &'a [Asked<'a>],
}

impl<'a> Asking<'a> {
    /// Begins the next field that its resolver has to answer.
    fn next(&self, run: &Run) -> Option<(usize, &'a Positioned<Field>)> {
        loop {
            let mut asked: Option<&'a Positioned<Field>> = None;
            let place = run.next(|place, text| {
                let Some(field) = self.fields.get(place) else { return };
                text.key(&field.node.response_key().node);
                match field.node.name.node == "__typename" {
                    true => text.type_name(self.of),
                    false => asked = Some(field),
                }
            })?;
            if let Some(field) = asked {
                return Some((place, field));
            }
        }
    }
}

struct Typed<'r, T: ?Sized> {
    root: &'r T,
    asking: &'r Asking<'r>,
}

impl<T: ContainerType + ?Sized> Parts for Typed<'_, T> {
    fn answer<'a>(&'a self, run: &'a Run) -> Answering<'a> {
        Box::pin(async move {
            while let Some((place, field)) = self.asking.next(run) {
                let ctx = self.asking.ctx.with_field(field);
                let answer = self.root.resolve_field(&ctx).await;
                let answer = answer.map(Option::unwrap_or_default);
                run.put(place, answer.or_else(|error| null(&ctx, self.asking.of, field, error))?);
            }
            Ok(())
        })
    }
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
        return Ok(Text::object().filled([]));
    }
    let set = has_repeats.then(|| only(ctx.item, of, fields));
    let inner = ctx.with_selection_set(set.as_ref().unwrap_or(ctx.item));
    let mut answers = match async_graphql::resolver_utils::resolve_container(&inner, root).await? {
        Value::Object(answers) => answers,
        _ => IndexMap::new(),
    };
    let mut object = Text::object();
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
    Ok(object.filled([]))
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
