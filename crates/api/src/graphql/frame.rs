//! What a root field and everything below it share.

use std::{hash::Hash, sync::Arc};

use async_graphql::{Context, Guard, Result};
use masthead_app::{App, AppError, Caller, Door, Site, idempotency::HeldKey, preview::Preview};
use masthead_domain::{
    AnyId, Locales, Timestamp,
    policy::{self, Action, Library, Resource, Visibility},
    topic::Topic,
};
use masthead_store::{Database, LibraryScope, Perspective, ReadScope};

use super::{cohort::Cohort, error, reads::Reads, scalar::Language};
use crate::{
    error_code::ErrorCode,
    http::{PeerAddress, RequestId},
};

/// Who sent the request and when it arrived. Made once for each request by the door.
#[derive(Debug, Clone)]
pub struct Session {
    /// The caller.
    pub caller: Caller,
    /// The instant the whole answer is true for.
    pub now: Timestamp,
    /// What a preview token in the request lets its bearer see beside.
    pub preview: Option<Preview>,
}

impl Session {
    /// A session of a caller who previews nothing.
    #[must_use]
    pub fn new(caller: Caller, now: Timestamp) -> Self {
        Self { caller, now, preview: None }
    }
}

/// The application, the caller and what they see: handed from a root field down to every node below it, so that a
/// relation can never show more than its root.
#[derive(Clone)]
pub(crate) struct Frame {
    app: App,
    pub(crate) caller: Caller,
    pub(crate) scope: ReadScope,
    /// The languages the root field was asked for.
    pub(crate) locales: Locales,
    /// How what a mutation does comes in.
    pub(crate) door: Door,
    /// The article that the caller previews, and sees beside what the scope shows.
    pub(crate) preview: Option<Preview>,
    /// Where to note what is read, when somebody wants to know.
    reads: Option<Arc<Reads>>,
}

/// Lets a mutation begin only for those who may do it to something, as far as that can be said before the thing is known:
/// what others send is not read any further and takes no lock. What is left to ask is asked by the act.
pub(crate) struct MayAct;

impl Guard for MayAct {
    async fn check(&self, ctx: &Context<'_>) -> Result<()> {
        let action = Action::parse(ctx.field().name());
        let action = action.ok_or_else(|| error::internal("a mutation that the policy does not know"))?;
        let anonymous = Caller::anonymous();
        let caller = ctx.data_opt::<Session>().map_or(&anonymous, |session| &session.caller);
        policy::check_beforehand(&caller.actor, action).map_err(|refusal| error::app(AppError::Refused(refusal)))
    }
}

impl Frame {
    /// The frame of a root field that reads with a perspective.
    pub(crate) fn of(ctx: &Context<'_>, perspective: Perspective) -> Result<Arc<Self>> {
        let app = ctx.data::<App>().map_err(|_| error::internal("the schema was built without an application"))?;
        let Session { caller, now, preview } = match ctx.data_opt::<Session>() {
            Some(session) => session.clone(),
            None => Session::new(Caller::anonymous(), app.clock.now()),
        };
        let scope = caller.scope(perspective, now);
        let app = app.clone();
        let reads = ctx.data_opt::<Arc<Reads>>().cloned();
        Ok(Arc::new(Self { app, caller, scope, locales: Locales::default(), door: door(ctx), preview, reads }))
    }

    /// The frame of what readers see.
    pub(crate) fn published(ctx: &Context<'_>) -> Result<Arc<Self>> {
        Self::of(ctx, Perspective::Published)
    }

    /// The frame of a root field whose caller asked for a perspective. Without leave to see more than readers do, asking
    /// for more is refused: a smaller answer would look like the whole.
    pub(crate) fn asked(ctx: &Context<'_>, perspective: Perspective) -> Result<Arc<Self>> {
        let frame = Self::of(ctx, perspective)?;
        let may_see_more = policy::widest_visibility(&frame.caller.actor) != Visibility::Public;
        if perspective == Perspective::Published || may_see_more {
            return Ok(frame);
        }
        match policy::check(&frame.caller.actor, Action::ReadUnpublished, Resource::default()) {
            Err(refusal) => Err(error::app(AppError::Refused(refusal))),
            Ok(()) => Err(error::internal("the policy contradicts itself")),
        }
    }

    /// The same for a root field that was asked for languages: what stands below it in several is shown in the best of
    /// them.
    pub(crate) fn localized(
        ctx: &Context<'_>,
        perspective: Perspective,
        locale: Option<Language>,
        fallback: Option<Vec<Language>>,
    ) -> Result<Arc<Self>> {
        let fallback = fallback.unwrap_or_default().into_iter().map(|language| language.0).collect();
        let locales = Locales::new(locale.map(|language| language.0), fallback);
        let locales = locales.map_err(|wrong| error::coded(ErrorCode::BadUserInput, &wrong.to_string()))?;
        let frame = Self::asked(ctx, perspective)?;
        if locales.chain().is_empty() {
            return Ok(frame);
        }
        Ok(Arc::new(Self { locales, ..Self::clone(&frame) }))
    }

    /// The database, to look there for what these topics tell. What is found and shown is noted by its node.
    pub(crate) fn read(&self, topics: &[Topic<'_>]) -> &Database {
        self.note(topics.iter().copied());
        &self.app.database
    }

    /// The database, to look there for these things.
    pub(crate) fn read_things<I: Copy + Into<AnyId>>(&self, ids: &[I]) -> &Database {
        self.note(ids.iter().map(|id| Topic::Thing((*id).into())));
        &self.app.database
    }

    /// The database, to look there for what belongs to things that are shown already and changes with them.
    pub(crate) fn read_below(&self) -> &Database {
        &self.app.database
    }

    /// Notes what the answer depends on.
    pub(crate) fn note<'t>(&self, topics: impl IntoIterator<Item = Topic<'t>>) {
        if let Some(reads) = &self.reads {
            reads.note(topics);
        }
    }

    /// This instant, for an answer that tells it.
    pub(crate) fn told_now(&self) -> Timestamp {
        if let Some(reads) = &self.reads {
            reads.note_now();
        }
        self.scope.now
    }

    /// The cohort of things that are shown, which the answer depends on.
    pub(crate) fn cohort<I>(&self, ids: impl IntoIterator<Item = I>) -> Arc<Cohort<I>>
    where
        I: Copy + Eq + Hash + Into<AnyId> + Send + Sync + 'static,
    {
        let cohort = Cohort::new(ids);
        self.read_things(cohort.keys());
        cohort
    }

    /// What acts stand on. What an answer shows is read by [`Frame::read`] and its like.
    pub(crate) fn acts(&self) -> &App {
        &self.app
    }

    /// What the site is called and where it stands, which no act changes.
    pub(crate) fn site(&self) -> &Arc<Site> {
        &self.app.site
    }

    /// Which things of a library the caller sees: a property of the caller, whatever the perspective.
    pub(crate) fn library(&self, library: Library) -> LibraryScope {
        self.caller.library(library, self.scope.now)
    }

    /// The frame in which a mutation shows what it did: as of after the act, with the caller's widest view.
    pub(crate) fn after_act(&self) -> Arc<Self> {
        let now = self.app.clock.now();
        let scope = self.caller.scope(Perspective::Latest, now);
        Arc::new(Self { scope, ..self.clone() })
    }
}

/// The door of a mutation. Fields that do nothing need none.
fn door(ctx: &Context<'_>) -> Door {
    let Some(action) = Action::parse(ctx.field().name()) else { return Door::default() };
    Door {
        act: Some(action.as_str()),
        origin: ctx.data_opt::<PeerAddress>().map(|peer| peer.0.ip().to_canonical().to_string().into()),
        request_id: ctx.data_opt::<RequestId>().map(|id| Arc::clone(&id.0)),
        key: ctx.data_opt::<Arc<HeldKey>>().cloned(),
    }
}
