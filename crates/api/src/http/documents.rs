//! Documents that were parsed before. A frontend sends the same few texts again and again, and parsing one was a
//! quarter of the work of an article page.
//!
//! Only queries that passed the guard are kept, by their text: a mutation may have a password written into it. The guard itself looks at every request anew, because
//! what a document costs depends on its variables.

use std::{fmt, sync::Arc};

use async_graphql_parser::{parse_query, types::ExecutableDocument};
use quick_cache::{Weighter, sync::Cache};

/// How much text is kept. The trees take more than their text.
const TEXT_BYTES_MAX: u64 = 512 * 1024;

/// How many documents a newsroom's clients send, about.
const DOCUMENTS: usize = 256;

#[derive(Debug, Clone)]
struct ByText;

impl Weighter<Box<str>, Arc<ExecutableDocument>> for ByText {
    fn weight(&self, text: &Box<str>, _document: &Arc<ExecutableDocument>) -> u64 {
        u64::try_from(text.len()).unwrap_or(u64::MAX)
    }
}

/// The documents.
pub(super) struct Documents(Cache<Box<str>, Arc<ExecutableDocument>, ByText>);

impl Documents {
    pub(super) fn new() -> Self {
        Self(Cache::with_weighter(DOCUMENTS, TEXT_BYTES_MAX, ByText))
    }

    /// The document of a text.
    ///
    /// # Errors
    /// Those of the parser.
    pub(super) fn parse(&self, text: &str) -> Result<ExecutableDocument, async_graphql_parser::Error> {
        match self.0.get(text) {
            Some(known) => Ok(ExecutableDocument::clone(&known)),
            None => parse_query(text),
        }
    }

    /// Keeps the document of a query that passed the guard.
    pub(super) fn keep(&self, text: &str, document: &ExecutableDocument) {
        if self.0.peek(text).is_none() {
            self.0.insert(text.into(), Arc::new(document.clone()));
        }
    }
}

impl fmt::Debug for Documents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Documents").field("kept", &self.0.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_that_was_kept_comes_again_as_it_was() {
        let documents = Documents::new();
        let text = "query A($n: Int = 2) { articles(first: $n) { nodes { id ...F } } } fragment F on Article { slug }";
        let parsed = documents.parse(text).unwrap();
        documents.keep(text, &parsed);
        assert_eq!(documents.0.len(), 1);
        assert_eq!(format!("{:?}", documents.parse(text).unwrap()), format!("{parsed:?}"));
        documents.keep(text, &parsed);
        assert_eq!(documents.0.len(), 1);
    }

    #[test]
    fn what_is_kept_has_a_bound() {
        let documents = Documents::new();
        let document = documents.parse("{ id }").unwrap();
        for serial in 0..200 {
            let text = format!("{{ id }} #{serial}{}", " ".repeat(10_000));
            documents.keep(&text, &document);
        }
        assert!(documents.0.weight() <= TEXT_BYTES_MAX);
        assert!(documents.parse("{").is_err());
    }
}
