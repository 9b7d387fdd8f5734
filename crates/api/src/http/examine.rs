//! Whether a document would be run: for whoever registers documents before anybody asks for them.

use std::{fmt, sync::Arc};

use async_graphql::{Pos, Request};
use async_graphql_parser::{
    Positioned, parse_query,
    types::{ExecutableDocument, OperationDefinition, OperationType},
};
use async_graphql_value::{Name, Variables};

use super::{
    answer::Fault,
    config::HttpConfig,
    graphql::{SUBSCRIPTION, WRITES_TWICE},
};
use crate::{
    ErrorCode,
    graphql::{
        Validator,
        guard::{self, Caller, Introspection},
        ordered::{Prepared, TypeTable, TypeTableError},
    },
};

/// Examines documents by the rules that requests pass, and runs none.
///
/// What passes is run when somebody asks for it, unless they may not have so much, or their variables ask for more.
pub struct Examiner {
    validator: Validator,
    types: TypeTable,
    limits: guard::Limits,
    introspection: Introspection,
}

impl fmt::Debug for Examiner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Examiner").field("limits", &self.limits).finish_non_exhaustive()
    }
}

/// Why a document would not be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The line, counted from 1; the first when all of the document is meant.
    pub line: usize,
    /// The character in the line, counted from 1.
    pub column: usize,
    /// What to mend.
    pub message: String,
}

impl Mistake {
    fn at(place: Option<&Pos>, message: String) -> Self {
        let Pos { line, column } = place.copied().unwrap_or(Pos { line: 1, column: 1 });
        Self { line, column, message }
    }
}

/// As compilers print it: `3:5: what to mend`.
impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, column, message } = self;
        write!(f, "{line}:{column}: {message}")
    }
}

impl From<Fault> for Mistake {
    fn from(fault: Fault) -> Self {
        let Fault { message, locations, numbers, .. } = fault;
        let numbers: Vec<String> = numbers.iter().map(|(name, number)| format!("{name} {number}")).collect();
        let message = match numbers.is_empty() {
            true => message.into_owned(),
            false => format!("{message} ({})", numbers.join(", ")),
        };
        Self::at(locations.first(), message)
    }
}

impl Examiner {
    /// An examiner by the settings of the door.
    ///
    /// # Errors
    /// [`TypeTableError`] when the schema cannot be read back; a fault of its code.
    pub fn new(config: &HttpConfig) -> Result<Self, TypeTableError> {
        let validator = Validator::new();
        let types = TypeTable::of_schema(validator.engine())?;
        Ok(Self { validator, types, limits: config.query.clone(), introspection: config.introspection })
    }

    /// The names of the operations in a document that would be run; an operation that stands alone may have none.
    ///
    /// # Errors
    /// Everything that is found wrong, in the order of the document. What breaks a limit is told alone.
    pub async fn examine(&self, text: &str) -> Result<Vec<String>, Vec<Mistake>> {
        let document = self.guarded(text).map_err(|fault| vec![fault.into()])?;
        let names: Vec<String> = in_order(&document).filter_map(|(name, _)| name.map(ToString::to_string)).collect();
        let mut request = Request::new(text);
        // All operations are validated, whichever would be run.
        request.operation_name = names.first().cloned();
        request.set_parsed_query(document);
        let mut errors = self.validator.execute(request).await.errors;
        errors.sort_by(|one, other| one.locations.cmp(&other.locations));
        match errors.is_empty() {
            true => Ok(names),
            false => Err(errors.into_iter().map(|error| Mistake::at(error.locations.first(), error.message)).collect()),
        }
    }

    /// The document, when each of its operations passes the guard. What it may cost is told by what callers may have who have
    /// signed in, and its variables by their defaults.
    fn guarded(&self, text: &str) -> Result<ExecutableDocument, Fault> {
        guard::check_text(text, &self.limits)?;
        let document = Arc::new(parse_query(text)?);
        let caller = Caller { is_signed_in: true, may_introspect: self.introspection.allows(true) };
        for (name, operation) in in_order(&document) {
            let here = |detail| Fault {
                locations: vec![operation.pos],
                ..Fault::new(ErrorCode::GraphqlValidationFailed).detail(detail)
            };
            if operation.node.ty == OperationType::Subscription {
                return Err(here(SUBSCRIPTION));
            }
            let prepared = Prepared::with_defaults(Arc::clone(&document), name.cloned(), Variables::default());
            let chosen = prepared.operation.as_deref();
            guard::check_document(&document, chosen, &prepared.variables, &self.types, &self.limits, caller)?;
            let is_mutation = operation.node.ty == OperationType::Mutation;
            if is_mutation && prepared.merged().selects_root_twice(&self.types) {
                return Err(here(WRITES_TWICE));
            }
        }
        Ok(Arc::unwrap_or_clone(document))
    }
}

/// The operations as they are written; the parser hands them over in no order.
fn in_order(document: &ExecutableDocument) -> impl Iterator<Item = (Option<&Name>, &Positioned<OperationDefinition>)> {
    let mut operations: Vec<_> = document.operations.iter().collect();
    operations.sort_by_key(|(_, operation)| operation.pos);
    operations.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn examined(text: &str) -> Result<Vec<String>, Vec<String>> {
        let examiner = Examiner::new(&HttpConfig::default()).unwrap();
        let told = examiner.examine(text).await;
        told.map_err(|mistakes| mistakes.iter().map(ToString::to_string).collect())
    }

    #[tokio::test]
    async fn what_requests_may_ask_for_is_found_right_with_the_names_of_its_operations() {
        for (text, names) in [
            ("{ site { name } }", vec![]),
            ("query Site { site { name } }", vec!["Site"]),
            (
                "query A($n: Int!) { articles(first: $n) { nodes { ...F } } } query B { site { name } } fragment F on Article { headline }",
                vec!["A", "B"],
            ),
            (
                "mutation Leave($token: String!) { logout(input: { refreshToken: $token }) { signedOut } }",
                vec!["Leave"],
            ),
            ("{ __schema { queryType { name } } }", vec![]),
        ] {
            assert_eq!(examined(text).await, Ok(names.into_iter().map(str::to_owned).collect()), "{text}");
        }
    }

    #[tokio::test]
    async fn what_would_be_refused_is_told_with_its_place() {
        let deep = format!("{{ a {}b{} }}", "{ a ".repeat(12), " }".repeat(12));
        let dear =
            "{ articles(first: 100) { nodes { authors { author { articles(first: 100) { nodes { id } } } } } } }";
        let twice = "mutation { ...F logout(input: {refreshToken: \"x\"}) { signedOut } }
            fragment F on Mutation { logout(input: {refreshToken: \"x\"}) { signedOut } }";
        let mut told = Vec::new();
        for text in [
            "{ site { nme }\n  sight\n}",
            "{ site { name }",
            "query A { site { name } } subscription B { site { name } }",
            "query A($n: Int!) { articles(first: $m) { totalCount } }",
            "fragment F on Site { name }",
            "",
            &deep,
            dear,
            twice,
        ] {
            told.extend(examined(text).await.unwrap_err());
        }
        assert_eq!(
            told,
            [
                "1:10: Unknown field \"nme\" on type \"Site\". Did you mean \"name\"?",
                "2:3: Unknown field \"sight\" on type \"Query\".",
                "1:16: Syntax error: expected selection",
                "1:27: Subscriptions are not served at this address.",
                "1:1: Variable \"$m\" is not defined by operation \"A\"",
                "1:9: Variable \"$n\" is not used by operation \"A\"",
                "1:1: Syntax error: document does not contain an operation",
                "1:1: Syntax error: expected executable_definition",
                "1:1: The document is nested too deep. (depth 13, limit 12)",
                "1:1: The document would cost too much to answer. (cost 31001, limit 10000)",
                "1:1: The mutation selects one of its fields in several fragments; select it once.",
            ]
        );
    }
}
