//! Reading corrections.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Object, Result};
use masthead_store::{
    correction::{self, CorrectionWhere, SORT_KINDS},
    page::fingerprint,
};

use super::{CorrectionKind, CorrectionNode};
use crate::graphql::{
    connection::{Connection, PageArguments},
    error,
    filter::{DateTimeFilter, IdFilter, both},
    frame::Frame,
    reads::CORRECTIONS,
};

/// Corrections by what sort of notice they are.
#[derive(InputObject, Debug, Clone, Default)]
pub(crate) struct CorrectionKindFilter {
    /// Exactly this sort.
    eq: Option<CorrectionKind>,
    /// One of these sorts, at most 100.
    #[graphql(validator(max_items = 100))]
    r#in: Option<Vec<CorrectionKind>>,
}

/// Which corrections. All keys are joined with AND.
#[derive(InputObject, Debug, Clone, Default)]
pub(crate) struct CorrectionFilter {
    /// By what sort of notice they are.
    kind: Option<CorrectionKindFilter>,
    /// By when they were made.
    corrected_at: Option<DateTimeFilter>,
    /// By the articles they are about.
    article: Option<IdFilter>,
}

impl CorrectionFilter {
    fn to_where(&self) -> CorrectionWhere {
        let Self { kind, corrected_at, article } = self;
        let CorrectionKindFilter { eq, r#in } = kind.clone().unwrap_or_default();
        let kinds = both(eq.as_ref(), r#in.as_ref());
        CorrectionWhere {
            kinds: kinds.map(|kinds| kinds.into_iter().map(Into::into).collect()),
            corrected_at: corrected_at.clone().unwrap_or_default().test(),
            articles: article.clone().unwrap_or_default().in_articles(),
        }
    }
}

#[derive(Default)]
pub(crate) struct CorrectionQuery;

#[Object]
impl CorrectionQuery {
    /// The corrections of articles that readers see, the newest first.
    async fn corrections(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many (20 when absent, at most 100).")] first: Option<i32>,
        #[graphql(desc = "Begin after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many (at most 100).")] last: Option<i32>,
        #[graphql(desc = "End before this cursor.")] before: Option<String>,
        #[graphql(name = "where", desc = "Which ones.")] filter: Option<CorrectionFilter>,
    ) -> Result<Connection<CorrectionNode>> {
        let frame = Frame::published(ctx)?;
        let filter = filter.unwrap_or_default().to_where();
        let print = fingerprint(&format!("correction {filter:?}"));
        let request = PageArguments { first, after, last, before }.request(print, SORT_KINDS)?;
        let page = correction::page(frame.read(CORRECTIONS), &frame.scope, &filter, &request).await;
        let page = CorrectionNode::page(&frame, page.map_err(error::store)?);
        Ok(Connection::new(page, print, move || {
            let (frame, filter) = (Arc::clone(&frame), filter.clone());
            async move { correction::count(frame.read(CORRECTIONS), &frame.scope, &filter).await.map_err(error::store) }
        }))
    }
}
