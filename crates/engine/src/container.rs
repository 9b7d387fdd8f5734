//! Answering an object.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::{Mutex, MutexGuard, PoisonError},
    task::Poll,
};

use async_graphql::{
    ContainerType, Context, ContextSelectionSet, Name, Positioned, ServerError, ServerResult, Value,
    indexmap::IndexMap,
    parser::types::{Field, InlineFragment, Selection, SelectionSet, TypeCondition},
};
use futures_util::future::try_join_all;

use crate::{
    keys::{Asked, Keys, collect},
    write::Object,
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
        true => resolve_object(ctx, &Typed(root), &of, &keys.fields).await,
        false => resolve_abstract(ctx, root, &of, &keys).await,
    }
}

/// An object, whatever its type. The rest of the work is not made anew for every type.
trait Fields: Send + Sync {
    /// Answers the fields of which nobody answers one yet, one after the other in the same memory.
    fn answer<'a>(&'a self, run: &'a Run<'a>) -> Answering<'a>;
}

type Answering<'a> = Pin<Box<dyn Future<Output = ServerResult<()>> + Send + 'a>>;

struct Typed<'r, T: ?Sized>(&'r T);

impl<T: ContainerType + ?Sized> Fields for Typed<'_, T> {
    fn answer<'a>(&'a self, run: &'a Run<'a>) -> Answering<'a> {
        Box::pin(async move {
            while let Some((place, field)) = run.next() {
                let ctx = run.ctx.with_field(field);
                let answer = self.0.resolve_field(&ctx).await;
                let answer = answer.map(Option::unwrap_or_default);
                run.put(place, answer.or_else(|error| null(&ctx, run.of, field, error))?);
            }
            Ok(())
        })
    }
}

/// Fields on their way to being answered, and what stands of the object so far.
struct Run<'a> {
    ctx: &'a ContextSelectionSet<'a>,
    of: &'a str,
    fields: &'a [Asked<'a>],
    written: Mutex<Written>,
}

struct Written {
    /// How many fields were begun.
    begun: usize,
    object: Object,
    /// The fields that were left to be answered later, with their answers.
    later: Vec<(usize, Value)>,
}

impl<'a> Run<'a> {
    fn written(&self) -> MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins the next field that has to be asked for.
    fn next(&self) -> Option<(usize, &'a Positioned<Field>)> {
        let mut written = self.written();
        loop {
            let place = written.begun;
            let field = self.fields.get(place)?;
            written.begun += 1;
            written.object.key(&field.node.response_key().node);
            if field.node.name.node != "__typename" {
                return Some((place, field));
            }
            written.object.type_name(self.of);
        }
    }

    /// Takes an answer to where it belongs.
    fn put(&self, place: usize, value: Value) {
        let mut written = self.written();
        match written.later.iter_mut().find(|(later, _)| *later == place) {
            Some((_, answer)) => *answer = value,
            None => written.object.value(&value),
        }
    }

    /// Leaves the field that was begun last to be answered later. Says whether others are left.
    fn pass_by(&self) -> bool {
        let mut written = self.written();
        let last = written.begun.saturating_sub(1);
        written.object.gap();
        written.later.push((last, Value::Null));
        written.begun < self.fields.len()
    }
}

async fn resolve_object<'a>(
    ctx: &'a ContextSelectionSet<'a>,
    root: &'a dyn Fields,
    of: &'a str,
    fields: &'a [Asked<'a>],
) -> ServerResult<Value> {
    let written = Written { begun: 0, object: Object::new(), later: Vec::new() };
    let run = Run { ctx, of, fields, written: Mutex::new(written) };
    answer_all(root, &run).await?;
    let Written { object, later, .. } = run.written.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(object.filled(later.into_iter().map(|(_, value)| value)))
}

/// Most fields are answered at once. Behind one that has to wait, the others go on side by side with it.
async fn answer_all<'a>(root: &'a dyn Fields, run: &'a Run<'a>) -> ServerResult<()> {
    let mut waiting: Vec<Answering<'a>> = Vec::new();
    loop {
        let mut answering = root.answer(run);
        match poll_fn(|task| Poll::Ready(answering.as_mut().poll(task))).await {
            Poll::Ready(answered) => {
                answered?;
                break;
            }
            Poll::Pending => {
                waiting.push(answering);
                if !run.pass_by() {
                    break;
                }
            }
        }
    }
    if !waiting.is_empty() {
        try_join_all(waiting).await?;
    }
    Ok(())
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
        return Ok(Object::new().filled([]));
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
