//! Reading redirects.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Object, Result};
use masthead_app::AppError;
use masthead_domain::{
    WebUrl, policy,
    redirect::{SitePath, Target},
};
use masthead_store::{
    page::{SortKind, fingerprint},
    redirect::{self, AddressWhere, RedirectWhere},
};

use super::{RedirectNode, RedirectStatus};
use crate::graphql::{
    connection::{Connection, PageArguments},
    error,
    filter::both,
    frame::Frame,
    reads::REDIRECTS,
};

/// Addresses. Unlike in other texts, case and accents count.
#[derive(InputObject, Debug, Clone, Default)]
pub(crate) struct AddressFilter {
    /// Exactly this address, in any form in which it could be given.
    eq: Option<String>,
    /// How the address begins, in the form in which it is kept.
    starts_with: Option<String>,
    /// A part of the address, in the form in which it is kept.
    contains: Option<String>,
}

/// Redirects by their status.
#[derive(InputObject, Debug, Clone, Default)]
pub(crate) struct RedirectStatusFilter {
    /// Exactly this status.
    eq: Option<RedirectStatus>,
    /// One of these statuses, at most 100.
    #[graphql(validator(max_items = 100))]
    r#in: Option<Vec<RedirectStatus>>,
}

/// Which redirects. All keys are joined with AND.
#[derive(InputObject, Debug, Clone, Default)]
pub(crate) struct RedirectFilter {
    /// By the path they lead from.
    path: Option<AddressFilter>,
    /// By where they lead to, as it was written.
    target: Option<AddressFilter>,
    /// By their status.
    status: Option<RedirectStatusFilter>,
}

impl AddressFilter {
    /// What is no address is none that is kept, and stays as it is.
    fn to_where(this: Option<&Self>, form: impl FnOnce(&str) -> Option<String>) -> AddressWhere {
        let Self { eq, starts_with, contains } = this.cloned().unwrap_or_default();
        let is = eq.map(|text| form(&text).unwrap_or(text));
        // A text that no engine can hold stands in no address.
        let clean = |text: String| text.replace('\0', "\u{fffd}");
        AddressWhere { is: is.map(clean), starts_with: starts_with.map(clean), contains: contains.map(clean) }
    }
}

impl RedirectFilter {
    fn to_where(&self, site: &WebUrl) -> RedirectWhere {
        let Self { path, target, status } = self;
        let RedirectStatusFilter { eq, r#in } = status.clone().unwrap_or_default();
        let statuses = both(eq.as_ref(), r#in.as_ref());
        RedirectWhere {
            path: AddressFilter::to_where(path.as_ref(), |text| {
                SitePath::parse(text).ok().map(|path| path.to_string())
            }),
            target: AddressFilter::to_where(target.as_ref(), |text| {
                Target::parse(text, site).ok().map(|target| target.as_str().to_owned())
            }),
            statuses: statuses.map(|statuses| statuses.into_iter().map(Into::into).collect()),
        }
    }
}

#[derive(Default)]
pub(crate) struct RedirectQuery;

#[Object]
impl RedirectQuery {
    /// The redirects made by hand, the newest first. Needs the role editor, or the scope taxonomy:write or drafts:read.
    /// Addresses that things had before are no redirects of this list; `route` knows both.
    async fn redirects(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many (20 when absent, at most 100).")] first: Option<i32>,
        #[graphql(desc = "Begin after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many (at most 100).")] last: Option<i32>,
        #[graphql(desc = "End before this cursor.")] before: Option<String>,
        #[graphql(name = "where", desc = "Which ones.")] filter: Option<RedirectFilter>,
    ) -> Result<Connection<RedirectNode>> {
        let frame = Frame::published(ctx)?;
        policy::check_redirects_read(&frame.caller.actor).map_err(|refusal| error::app(AppError::Refused(refusal)))?;
        let filter = filter.unwrap_or_default().to_where(&frame.site().url);
        let print = fingerprint(&format!("redirects {filter:?}"));
        let request = PageArguments { first, after, last, before }.request(print, &[SortKind::Time])?;
        let page = redirect::page(frame.read(REDIRECTS), &filter, &request).await.map_err(error::store)?;
        Ok(Connection::new(page.map(RedirectNode::from), print, move || {
            let (frame, filter) = (Arc::clone(&frame), filter.clone());
            async move { redirect::count(frame.read(REDIRECTS), &filter).await.map_err(error::store) }
        }))
    }
}
