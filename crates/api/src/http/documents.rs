//! Documents that came before. A frontend sends the same few texts again and again, and parsing and validating one was a
//! third of the work of an article page.
//!
//! Only queries that passed the guard are kept, by their text: a mutation may have a password written into it. The guard
//! itself looks at every request anew, because what a document costs depends on its variables.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use async_graphql_parser::{
    Positioned,
    types::{BaseType, ExecutableDocument, OperationDefinition, VariableDefinition},
};
use async_graphql_value::{ConstValue, Variables};
use quick_cache::{Weighter, sync::Cache};

/// How much text is kept. The trees take more than their text.
const TEXT_BYTES_MAX: u64 = 512 * 1024;

/// How many documents a newsroom's clients send, about.
const DOCUMENTS: usize = 256;

#[derive(Debug, Clone)]
struct ByText;

impl Weighter<Box<str>, Arc<Kept>> for ByText {
    fn weight(&self, text: &Box<str>, _document: &Arc<Kept>) -> u64 {
        u64::try_from(text.len()).unwrap_or(u64::MAX)
    }
}

/// A document that came before.
#[derive(Debug)]
pub(super) struct Kept {
    document: Arc<ExecutableDocument>,
    is_valid: AtomicBool,
}

impl Kept {
    /// The document as it was parsed.
    pub(super) fn document(&self) -> &Arc<ExecutableDocument> {
        &self.document
    }

    /// Remembers that the engine found the document valid. With several operations it would have to be known for which.
    pub(super) fn found_valid(&self) {
        let is_single = self.document.operations.iter().count() == 1;
        // Nothing else is told by this: no order is needed.
        self.is_valid.store(is_single, Ordering::Relaxed);
    }

    /// Whether the engine would find the document valid again with these variables. That depends on the variables only
    /// where one could be of another type than its definition says, so all must be of a type that is seen at a glance.
    pub(super) fn is_valid_with(&self, operation: &OperationDefinition, variables: &Variables) -> bool {
        let is_plain = |definition: &Positioned<VariableDefinition>| {
            let VariableDefinition { name, var_type, .. } = &definition.node;
            let BaseType::Named(of) = &var_type.node.base else { return false };
            match (of.as_str(), variables.get(&name.node)) {
                ("String" | "ID", Some(ConstValue::String(_))) | ("Boolean", Some(ConstValue::Boolean(_))) => true,
                ("Int", Some(ConstValue::Number(number))) => {
                    number.as_i64().is_some_and(|number| i32::try_from(number).is_ok())
                }
                _ => false,
            }
        };
        self.is_valid.load(Ordering::Relaxed) && operation.variable_definitions.iter().all(is_plain)
    }
}

/// The documents.
pub(super) struct Documents(Cache<Box<str>, Arc<Kept>, ByText>);

impl Documents {
    pub(super) fn new() -> Self {
        Self(Cache::with_weighter(DOCUMENTS, TEXT_BYTES_MAX, ByText))
    }

    /// The document of a text that came before.
    pub(super) fn get(&self, text: &str) -> Option<Arc<Kept>> {
        self.0.get(text)
    }

    /// Keeps the document of a query that passed the guard.
    pub(super) fn keep(&self, text: &str, document: Arc<ExecutableDocument>) -> Arc<Kept> {
        let kept = Arc::new(Kept { document, is_valid: AtomicBool::new(false) });
        self.0.insert(text.into(), Arc::clone(&kept));
        kept
    }
}

impl fmt::Debug for Documents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Documents").field("kept", &self.0.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use async_graphql_parser::parse_query;
    use serde_json::json;

    use super::*;

    fn kept(text: &str) -> Arc<Kept> {
        Documents::new().keep(text, parse_query(text).unwrap().into())
    }

    #[test]
    fn a_document_that_was_kept_comes_again_as_it_was() {
        let documents = Documents::new();
        let text = "query A($n: Int = 2) { articles(first: $n) { nodes { id ...F } } } fragment F on Article { slug }";
        assert!(documents.get(text).is_none());
        let parsed = parse_query(text).unwrap();
        documents.keep(text, parsed.clone().into());
        assert_eq!(format!("{:?}", documents.get(text).unwrap().document()), format!("{parsed:?}"));
    }

    #[test]
    fn what_is_kept_has_a_bound() {
        let documents = Documents::new();
        let document = parse_query("{ id }").unwrap();
        for serial in 0..200 {
            let text = format!("{{ id }} #{serial}{}", " ".repeat(10_000));
            documents.keep(&text, document.clone().into());
        }
        assert!(documents.0.weight() <= TEXT_BYTES_MAX);
    }

    #[test]
    fn what_was_valid_is_valid_again_with_variables_of_the_types_it_names() {
        let kept = kept("query A($slug: String!, $id: ID, $n: Int, $on: Boolean) { a }");
        let (_, operation) = kept.document().operations.iter().next().unwrap();
        let is_valid = |variables| kept.is_valid_with(&operation.node, &Variables::from_json(variables));
        let right = json!({"slug": "a", "id": "art_1", "n": 20, "on": true});
        assert!(!is_valid(right.clone()));
        kept.found_valid();
        assert!(is_valid(right.clone()));
        for (name, wrong) in [
            ("slug", json!(1)),
            ("slug", json!(null)),
            ("id", json!(7)),
            ("n", json!(1.5)),
            ("n", json!(3_000_000_000_u64)),
            ("n", json!("1")),
            ("on", json!("true")),
        ] {
            let mut variables = right.clone();
            variables[name] = wrong;
            assert!(!is_valid(variables), "{name}");
        }
        assert!(!is_valid(json!({"slug": "a"})));
    }

    #[test]
    fn types_of_our_own_and_several_operations_are_looked_at_every_time() {
        for (text, variables) in [
            ("query($o: ArticleOrder) { a }", json!({"o": {}})),
            ("query($ids: [ID!]!) { a }", json!({"ids": ["a"]})),
            ("query A { a } query B { b }", json!({})),
        ] {
            let kept = kept(text);
            kept.found_valid();
            let (_, operation) = kept.document().operations.iter().next().unwrap();
            assert!(!kept.is_valid_with(&operation.node, &Variables::from_json(variables)), "{text}");
        }
    }
}
