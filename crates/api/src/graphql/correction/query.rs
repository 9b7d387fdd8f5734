//! Reading corrections.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Object, Result};
use masthead_store::{
    correction::{self, CorrectionWhere, SORT_KINDS},
    page::fingerprint,
};

use super::{CorrectionKind, CorrectionNode};
use crate::graphql::{
    article::Perspective,
    connection::{Connection, PageArguments},
    error,
    filter::{DateTimeFilter, IdFilter},
    frame::Frame,
};

/// One of several kinds of correction.
#[derive(InputObject, Debug, Clone, Default)]
pub(crate) struct CorrectionKindFilter {
    /// This kind.
    eq: Option<CorrectionKind>,
    /// One of these kinds.
    #[graphql(name = "in")]
    any_of: Option<Vec<CorrectionKind>>,
}

/// Which corrections. All keys are joined with AND.
#[derive(InputObject, Debug, Default)]
#[graphql(name = "CorrectionFilter")]
pub(crate) struct CorrectionFilterInput {
    /// What sort of notice.
    kind: Option<CorrectionKindFilter>,
    /// When it was made.
    corrected_at: Option<DateTimeFilter>,
    /// The article it is about, by its global id.
    article: Option<IdFilter>,
}
