//! Corrections: what a newsroom tells its readers about a change to what they may have read.

use crate::{LanguageTag, text::Paragraph, text_enum::text_enum};

text_enum! {
    /// What sort of notice a correction is.
    CorrectionKind {
        /// Something was wrong and is right now.
        Correction = "CORRECTION",
        /// Something could be misread and is clearer now.
        Clarification = "CLARIFICATION",
        /// Something new became known.
        Update = "UPDATE",
        /// The article, or a claim of it, is taken back.
        Retraction = "RETRACTION",
        /// A remark of the newsroom.
        EditorNote = "EDITOR_NOTE",
    }
}

/// What an editor writes in a correction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrectionContent {
    /// What sort of notice.
    pub kind: CorrectionKind,
    /// The words readers see.
    pub text: Paragraph,
    /// The language of the words.
    pub language: LanguageTag,
}
