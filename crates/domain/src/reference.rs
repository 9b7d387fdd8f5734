//! References: the numbered notes of one article, each pointing at a shared source.

use crate::{
    ReferenceId, SourceId,
    source::SourceContent,
    text::{Label, Paragraph},
};

/// What a reference points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cited {
    /// A source that is kept already.
    Known(SourceId),
    /// A source to keep, or to recognise by its DOI, ISBN or address.
    Described(Box<SourceContent>),
}

/// One reference as an editor gives it; its number is its place in the list, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation {
    /// The reference this was before, when its id is to stay.
    pub id: Option<ReferenceId>,
    /// What it points at.
    pub cited: Cited,
    /// Where in the source: a page, a paragraph, a minute.
    pub locator: Option<Label>,
    /// The words quoted.
    pub quote: Option<Paragraph>,
    /// A remark.
    pub note: Option<Paragraph>,
}
