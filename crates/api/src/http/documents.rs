//! Documents that came before. A frontend sends the same few texts again and again, and parsing and validating one was a
//! third of the work of an article page.
//!
//! Only queries that passed the guard are kept, by their text: a mutation may have a password written into it. The guard
//! itself looks anew at each request whose variables could be numbers of items, because then the cost depends on them.

use std::{
    fmt,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use async_graphql_parser::{
    Positioned,
    types::{BaseType, ExecutableDocument, OperationDefinition, VariableDefinition},
};
use async_graphql_value::{ConstValue, Variables};
use quick_cache::{Weighter, sync::Cache};

use crate::graphql::guard::{Analysis, Caller, Refusal};

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
    /// What the guard let pass, for each kind of caller.
    analyses: [OnceLock<Analysis>; 4],
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

    /// What the guard finds of the document, which is valid: what it found before where no variable is of a type that
    /// could tell how much is asked for.
    ///
    /// # Errors
    /// Those of the guard.
    pub(super) fn analysis(
        &self,
        operation: &OperationDefinition,
        caller: Caller,
        check: impl FnOnce() -> Result<Analysis, Refusal>,
    ) -> Result<Analysis, Refusal> {
        let is_text = |definition: &Positioned<VariableDefinition>| {
            let of = &definition.node.var_type.node.base;
            matches!(of, BaseType::Named(of) if matches!(of.as_str(), "String" | "ID"))
        };
        if !operation.variable_definitions.iter().all(is_text) {
            return check();
        }
        let Caller { is_signed_in, may_introspect } = caller;
        let [nobodys, introspectors, signed_in, signed_in_introspectors] = &self.analyses;
        let known = match (is_signed_in, may_introspect) {
            (false, false) => nobodys,
            (false, true) => introspectors,
            (true, false) => signed_in,
            (true, true) => signed_in_introspectors,
        };
        match known.get() {
            Some(analysis) => Ok(*analysis),
            None => check().map(|analysis| *known.get_or_init(|| analysis)),
        }
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
        let kept = Arc::new(Kept { document, is_valid: AtomicBool::new(false), analyses: Default::default() });
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
    use std::cell::Cell;

    use async_graphql_parser::parse_query;
    use serde_json::json;

    use super::*;
    use crate::ErrorCode;

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

    #[test]
    fn the_guard_looks_once_where_no_variable_is_a_number() {
        let looks = Cell::new(0);
        let found = |cost| {
            looks.set(looks.get() + 1);
            Ok(Analysis { cost, depth: 1, selections: 1 })
        };
        let refused = || Err(Refusal::new(ErrorCode::QueryTooComplex));
        let (reader, editor) = ([false, true], [true, true]);
        let look = |kept: &Kept, [is_signed_in, may_introspect]: [bool; 2], check: &dyn Fn() -> _| {
            let (_, operation) = kept.document().operations.iter().next().unwrap();
            kept.analysis(&operation.node, Caller { is_signed_in, may_introspect }, check).map(|analysis| analysis.cost)
        };
        let texts = kept("query A($slug: String!, $id: ID) { a }");
        assert!(look(&texts, reader, &refused).is_err());
        assert_eq!(look(&texts, reader, &|| found(7)), Ok(7));
        assert_eq!(look(&texts, reader, &|| found(8)), Ok(7));
        assert_eq!(look(&texts, editor, &|| found(9)), Ok(9));
        assert_eq!((look(&texts, reader, &refused), look(&texts, editor, &refused)), (Ok(7), Ok(9)));
        assert_eq!(looks.get(), 2);
        for text in ["query A($n: Int) { a }", "query A($on: Boolean!) { a }", "query A($all: [String!]) { a }"] {
            let others = kept(text);
            assert_eq!(look(&others, reader, &|| found(1)), Ok(1));
            assert!(look(&others, reader, &refused).is_err(), "{text}");
        }
    }
}
