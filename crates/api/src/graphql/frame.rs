//! What a root field and everything below it share.

use std::sync::Arc;

use async_graphql::{Context, Guard, Result};
use masthead_app::{App, AppError, Caller};
use masthead_domain::{
    Locales, Timestamp,
    policy::{self, Action, Library, Resource, Visibility},
};
use masthead_store::{LibraryScope, Perspective, ReadScope};

use super::{error, scalar::Language};
use crate::error_code::ErrorCode;

/// Who sent the request and when it arrived. Made once for each request by the door.
#[derive(Debug, Clone)]
pub struct Session {
    /// The caller.
    pub caller: Caller,
    /// The instant the whole answer is true for.
    pub now: Timestamp,
}

/// The application, the caller and what they see: handed from a root field down to every node below it, so that a
/// relation can never show more than its root.
pub(crate) struct Frame {
    pub(crate) app: App,
    pub(crate) caller: Caller,
    pub(crate) scope: ReadScope,
    /// The languages the root field was asked for.
    pub(crate) locales: Locales,
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
        let Session { caller, now } = match ctx.data_opt::<Session>() {
            Some(session) => session.clone(),
            None => Session { caller: Caller::anonymous(), now: app.clock.now() },
        };
        let scope = caller.scope(perspective, now);
        Ok(Arc::new(Self { app: app.clone(), caller, scope, locales: Locales::default() }))
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
        let Self { app, caller, scope, .. } = &*frame;
        Ok(Arc::new(Self { app: app.clone(), caller: caller.clone(), scope: *scope, locales }))
    }

    /// Which things of a library the caller sees: a property of the caller, whatever the perspective.
    pub(crate) fn library(&self, library: Library) -> LibraryScope {
        if policy::sees_whole(&self.caller.actor, library) {
            LibraryScope::Whole
        } else {
            LibraryScope::Shown { at: self.scope.now }
        }
    }

    /// The frame in which a mutation shows what it did: as of after the act, with the caller's widest view.
    pub(crate) fn after_act(&self) -> Arc<Self> {
        let now = self.app.clock.now();
        let scope = self.caller.scope(Perspective::Latest, now);
        Arc::new(Self { app: self.app.clone(), caller: self.caller.clone(), scope, locales: self.locales.clone() })
    }
}
