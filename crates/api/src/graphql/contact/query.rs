//! Reading contacts.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Object, Result};
use masthead_store::{
    Perspective,
    contact::{self, ContactWhere},
    page::{SortKind, fingerprint},
};

use super::{ContactNode, ContactRole};
use crate::graphql::{
    connection::{Connection, PageArguments},
    error,
    filter::{IdFilter, both},
    frame::Frame,
    reads::CONTACTS,
    scalar::Language,
};

/// Contacts by whom one reaches.
#[derive(InputObject, Debug, Clone, Default)]
pub(crate) struct ContactRoleFilter {
    /// Exactly this role.
    eq: Option<ContactRole>,
    /// One of these roles, at most 100.
    #[graphql(validator(max_items = 100))]
    r#in: Option<Vec<ContactRole>>,
}

/// Which contacts. All keys are joined with AND.
#[derive(InputObject, Debug, Clone, Default)]
pub(crate) struct ContactFilter {
    /// By whom one reaches.
    role: Option<ContactRoleFilter>,
    /// By the articles that show them. Articles the caller may not see count as showing nothing.
    article: Option<IdFilter>,
}

impl ContactFilter {
    fn to_where(&self) -> ContactWhere {
        let Self { role, article } = self;
        let ContactRoleFilter { eq, r#in } = role.clone().unwrap_or_default();
        let roles = both(eq.as_ref(), r#in.as_ref());
        ContactWhere {
            roles: roles.map(|roles| roles.into_iter().map(Into::into).collect()),
            articles: article.clone().unwrap_or_default().in_articles(),
        }
    }
}

#[derive(Default)]
pub(crate) struct ContactQuery;

#[Object]
impl ContactQuery {
    /// All contacts, by name without regard to case and accents.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a connection")]
    async fn contacts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many (20 when absent, at most 100).")] first: Option<i32>,
        #[graphql(desc = "Begin after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many (at most 100).")] last: Option<i32>,
        #[graphql(desc = "End before this cursor.")] before: Option<String>,
        #[graphql(name = "where", desc = "Which ones.")] filter: Option<ContactFilter>,
        #[graphql(desc = "The language to show words in that are there in several.")] locale: Option<Language>,
        #[graphql(desc = "The languages to fall back on, the best first, at most 9.")] fallback: Option<Vec<Language>>,
    ) -> Result<Connection<ContactNode>> {
        let frame = Frame::localized(ctx, Perspective::Published, locale, fallback)?;
        let filter = filter.unwrap_or_default().to_where();
        let print = fingerprint(&format!("contact {filter:?}"));
        let request = PageArguments { first, after, last, before }.request(print, &[SortKind::Text])?;
        let page = contact::page(frame.read(CONTACTS), &frame.scope, &filter, &request).await.map_err(error::store)?;
        let page = page.together(|all| ContactNode::together(&frame, all));
        Ok(Connection::new(page, print, move || {
            let (frame, filter) = (Arc::clone(&frame), filter.clone());
            async move { contact::count(frame.read(CONTACTS), &frame.scope, &filter).await.map_err(error::store) }
        }))
    }
}
