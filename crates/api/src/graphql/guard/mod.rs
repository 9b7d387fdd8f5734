//! What stands between a document and its execution: limits that cost microseconds to check.
//!
//! The engine's own limits walk every fragment spread anew, so that a document of a kilobyte can hold a core
//! for minutes. Everything here counts each fragment once and saturates. It must run on every way a document
//! can come in: HTTP, sockets, streams, stored operations.
//!
//! What only shows while a document runs is counted by its [`Budget`].

mod analysis;
mod budget;
mod cost;
mod tokens;

use async_graphql_parser::{Pos, types::ExecutableDocument};
use async_graphql_value::Variables;

pub use analysis::Analysis;
pub use budget::Budget;
pub(crate) use budget::{count_bytes, hand, hand_all, hand_one};

use crate::{ErrorCode, graphql::ordered::TypeTable};

/// How much a document may ask for. The defaults are those of our conventions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Length of the document in bytes.
    pub query_bytes_max: usize,
    /// Lexical tokens of the document.
    pub tokens_max: usize,
    /// Open brackets of any kind at one place; keeps the recursive parser off the end of its stack.
    pub brackets_max: usize,
    /// Fields on the longest path from the root.
    pub depth_max: u64,
    /// Selections after all fragments are put in place, over all operations.
    pub selections_max: u64,
    /// Aliases written in the document.
    pub aliases_max: u64,
    /// Aliases of root fields of one operation, after fragments are put in place.
    pub root_aliases_max: u64,
    /// Directives at one place.
    pub directives_per_place_max: usize,
    /// Directives written in the document.
    pub directives_max: u64,
    /// Cost of an operation of a caller who has not signed in.
    pub cost_max_anonymous: u64,
    /// Cost of an operation of a caller who has.
    pub cost_max_signed_in: u64,
    /// Objects an answer may really hold, for each point of the cost its caller may have.
    pub objects_per_cost: u64,
    /// Length of an answer in bytes.
    pub answer_bytes_max: usize,
    /// Items assumed for a paged list when neither the request nor the schema says how many.
    pub page_default: u64,
    /// Items counted at most for a paged list: longer pages are refused by the list itself, with a better
    /// message.
    pub page_max: u64,
    /// Items assumed for a list that does not page (the authors of an article, say).
    pub plain_list_items: u64,
    /// Mutations that may stand in an operation once, so that guesses cannot be sent by the hundred.
    pub once_per_operation: Vec<String>,
    /// Mutations whose answers carry secrets or end them: their answers are never kept for a repetition.
    pub never_kept: Vec<String>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            query_bytes_max: 32 * 1024,
            tokens_max: 2_000,
            brackets_max: 64,
            depth_max: 12,
            selections_max: 2_000,
            aliases_max: 30,
            root_aliases_max: 15,
            directives_per_place_max: 4,
            directives_max: 50,
            cost_max_anonymous: 2_000,
            cost_max_signed_in: 10_000,
            objects_per_cost: 10,
            answer_bytes_max: 16 * 1024 * 1024,
            page_default: 20,
            page_max: 100,
            plain_list_items: 3,
            once_per_operation: ["login", "tokenRefresh"].map(str::to_owned).to_vec(),
            never_kept: ["login", "tokenRefresh", "logout", "previewTokenCreate"].map(str::to_owned).to_vec(),
        }
    }
}

impl Limits {
    /// The cost an operation of a caller may have.
    #[must_use]
    pub fn cost_max(&self, is_signed_in: bool) -> u64 {
        if is_signed_in { self.cost_max_signed_in } else { self.cost_max_anonymous }
    }
}

/// Whether callers may read the schema through `__schema` and `__type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Introspection {
    /// For everybody: the schema is public.
    #[default]
    Open,
    /// Only for callers who signed in.
    SignedIn,
    /// For nobody.
    Closed,
}

impl Introspection {
    /// True when this caller may introspect.
    #[must_use]
    pub fn allows(self, is_signed_in: bool) -> bool {
        match self {
            Self::Open => true,
            Self::SignedIn => is_signed_in,
            Self::Closed => false,
        }
    }
}

/// Why a document is not run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The code of the answer.
    pub code: ErrorCode,
    /// A fixed sentence, where the code's own says too little.
    pub detail: Option<&'static str>,
    /// Places in the document.
    pub locations: Vec<Pos>,
    /// Numbers for the client, such as the cost and the limit.
    pub numbers: Vec<(&'static str, u64)>,
}

impl Refusal {
    /// A refusal with the code's own message.
    #[must_use]
    pub fn new(code: ErrorCode) -> Self {
        Self { code, detail: None, locations: Vec::new(), numbers: Vec::new() }
    }

    /// Says more than the code does.
    #[must_use]
    pub fn detail(self, detail: &'static str) -> Self {
        Self { detail: Some(detail), ..self }
    }

    /// Points into the document.
    #[must_use]
    pub fn at(mut self, pos: Pos) -> Self {
        self.locations.push(pos);
        self
    }

    fn number(mut self, name: &'static str, value: u64) -> Self {
        self.numbers.push((name, value));
        self
    }

    fn limit(self, limit: impl TryInto<u64>) -> Self {
        self.number("limit", limit.try_into().unwrap_or(u64::MAX))
    }
}

/// Who asks, as far as the limits differ.
#[derive(Debug, Clone, Copy)]
pub struct Caller {
    /// True when the request carried valid credentials.
    pub is_signed_in: bool,
    /// Whether this caller may introspect.
    pub may_introspect: bool,
}

/// Checks the text before it is parsed.
///
/// # Errors
/// `QUERY_TOO_LARGE` or `QUERY_TOO_DEEP`.
pub fn check_text(text: &str, limits: &Limits) -> Result<(), Refusal> {
    tokens::check_text(text, limits)
}

/// Checks the parsed document before it is validated or run. `operation` names the one that will run.
///
/// # Errors
/// The first limit that is passed, or `GRAPHQL_VALIDATION_FAILED` for fragments that contain themselves.
pub fn check_document(
    document: &ExecutableDocument,
    operation: Option<&str>,
    variables: &Variables,
    types: &TypeTable,
    limits: &Limits,
    caller: Caller,
) -> Result<Analysis, Refusal> {
    analysis::check(&analysis::Question { document, operation, variables, types, limits, caller })
}

#[cfg(test)]
mod tests;
