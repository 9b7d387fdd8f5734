//! The audit log: who did what, when and from where. For those who run the site.

use std::collections::HashMap;

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use masthead_app::AppError;
use masthead_domain::{
    event::ChangeKind,
    policy::{self, Action, Resource},
    topic::Topic,
};
use masthead_store::{
    audit::{self, AuditWhere},
    page::fingerprint,
};

use super::{
    article::RemovalReason,
    connection::{Connection, PageArguments},
    error,
    filter::DateTimeFilter,
    frame::Frame,
    input,
    scalar::DateTime,
};

/// What happened to a thing.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "ChangeKind")]
pub(crate) enum AuditKind {
    /// It came to be.
    Created,
    /// Its content changed.
    Updated,
    /// It stands elsewhere in its tree or order.
    Moved,
    /// It became visible, or will at an instant ahead.
    Published,
    /// It was taken from readers, or a key was made worthless.
    Removed,
    /// It was deleted.
    Deleted,
    /// It was joined into another.
    Merged,
}

/// One change: who made it, when, by which act and from where. An act that changes several things has several entries with
/// one `requestId`.
#[derive(SimpleObject, Clone)]
pub(crate) struct AuditEntry {
    /// When it happened.
    at: DateTime,
    /// Who did it: the id of a user (`usr_…`) or of an API key (`key_…`), `token:editor` for the bearer of a token issued for
    /// a role, or `system` for the server and its command line.
    actor: String,
    /// The name of the user or of the key as it is now; null for others and for users and keys that are gone.
    actor_name: Option<String>,
    /// The act: the mutation's name, or `import` or `demo` for what does many at once. Null for changes of before acts were
    /// noted.
    act: Option<String>,
    /// What happened to the thing.
    kind: AuditKind,
    /// The id of the thing.
    entity: ID,
    /// What sort of thing it is, in a word such as `article` or `api_key`.
    entity_kind: &'static str,
    /// Its version after the change; null for things without versions and for deleted ones.
    version: Option<i32>,
    /// The fields that changed, by their names in the API; empty for new and deleted things.
    fields: Vec<String>,
    /// Why it was taken away, for changes that take away.
    reason: Option<RemovalReason>,
    /// From where: the network address that sent the request (behind a proxy that is the proxy's), `cli` for the command
    /// line, `server` for what the server does by itself. Null where it is not known.
    origin: Option<String>,
    /// The id of the request, as in the header `X-Request-Id` and in the server's log; null for what came without one.
    request_id: Option<String>,
}

/// Which changes. All keys are joined with AND.
#[derive(InputObject, Debug, Clone, Default)]
pub(crate) struct AuditFilter {
    /// By who did it, as `actor` says it.
    actor: Option<String>,
    /// By the thing that changed: its id.
    entity: Option<ID>,
    /// By the act, as `act` says it.
    act: Option<String>,
    /// By when it happened.
    at: Option<DateTimeFilter>,
}

impl AuditFilter {
    fn into_where(self) -> AuditWhere {
        let Self { actor, entity, act, at } = self;
        let at = at.unwrap_or_default().test();
        AuditWhere { actor, entity: entity.as_ref().map(input::any_id), act, at }
    }
}

fn shown(entry: audit::AuditEntry, names: &HashMap<String, String>) -> AuditEntry {
    let audit::AuditEntry { seq: _, at, actor, act, kind, entity, version, fields, reason, origin, request_id } = entry;
    AuditEntry {
        at: DateTime(at),
        actor_name: names.get(&actor).cloned(),
        actor,
        act,
        kind: kind.into(),
        entity: ID(entity.to_string()),
        entity_kind: entity.kind().name(),
        version: version.map(|version| i32::try_from(version).unwrap_or(i32::MAX)),
        fields,
        reason: reason.map(Into::into),
        origin,
        request_id,
    }
}

#[derive(Default)]
pub(crate) struct AuditQuery;

#[Object]
impl AuditQuery {
    /// Who did what, when and from where: the log of all changes, the newest first. It holds network addresses, which are
    /// personal data. Needs the role admin or the scope audit:read.
    async fn audit_log(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many (20 when absent, at most 100).")] first: Option<i32>,
        #[graphql(desc = "Begin after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many (at most 100).")] last: Option<i32>,
        #[graphql(desc = "End before this cursor.")] before: Option<String>,
        #[graphql(name = "where", desc = "Which ones.")] filter: Option<AuditFilter>,
    ) -> Result<Connection<AuditEntry>> {
        let frame = Frame::published(ctx)?;
        policy::check(&frame.caller.actor, Action::AuditRead, Resource::default())
            .map_err(|refusal| error::app(AppError::Refused(refusal)))?;
        let filter = filter.unwrap_or_default().into_where();
        let print = fingerprint(&format!("auditLog {filter:?}"));
        let request = PageArguments { first, after, last, before }.request(print, filter.sort_kinds())?;
        let database = frame.read(&[Topic::Everything]).clone();
        let page = audit::page(&database, &filter, &request).await.map_err(error::store)?;
        let mut actors: Vec<String> = page.items.iter().map(|(_, entry)| entry.actor.clone()).collect();
        actors.sort_unstable();
        actors.dedup();
        let names = audit::actor_names(&database, &actors).await.map_err(error::store)?;
        Ok(Connection::new(page.map(|entry| shown(entry, &names)), print, move || {
            let (database, filter) = (database.clone(), filter.clone());
            async move { audit::count(&database, &filter).await.map_err(error::store) }
        }))
    }
}
