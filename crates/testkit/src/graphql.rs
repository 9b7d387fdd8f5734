//! Asking the schema in process.

use std::sync::Arc;

use async_graphql::{Request, Variables};
use masthead_api::graphql::{
    Session,
    guard::{Budget, Limits},
};
use masthead_app::Caller;
use serde_json::{Value, json};

use crate::kit::Kit;

impl Kit {
    /// The whole answer to an operation: `data` and `errors`.
    pub async fn graphql(&self, caller: &Caller, query: &str, variables: Value) -> Value {
        self.graphql_in(Session::new(caller.clone(), self.app.clock.now()), query, variables).await
    }

    /// The same in a session of the test's own, for callers who bear more than their name.
    pub async fn graphql_in(&self, session: Session, query: &str, variables: Value) -> Value {
        let is_signed_in = session.caller != Caller::anonymous();
        let budget = Arc::new(Budget::new(&Limits::default(), is_signed_in));
        let request = Request::new(query).variables(Variables::from_json(variables)).data(session).data(budget);
        serde_json::to_value(self.schema.ask(request).await).unwrap()
    }

    /// The data of an operation that must have no errors.
    pub async fn data(&self, caller: &Caller, query: &str, variables: Value) -> Value {
        let mut answer = self.graphql(caller, query, variables).await;
        assert!(answer.get("errors").is_none_or(|errors| errors.as_array().is_some_and(Vec::is_empty)), "{answer:#}");
        answer["data"].take()
    }

    /// The code of the first error of an operation that must fail.
    pub async fn error_code(&self, caller: &Caller, query: &str, variables: Value) -> String {
        let answer = self.graphql(caller, query, variables).await;
        answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_else(|| panic!("{answer:#}")).to_owned()
    }

    /// Does a mutation with an input and gives its payload: the fields selected, and `userErrors` with everything
    /// each kind of mistake tells. The type of the input is the mutation's name with `Input` behind.
    pub async fn act(&self, caller: &Caller, mutation: &str, fields: &str, input: Value) -> Value {
        let mut data = self.data(caller, &mutation_document(mutation, fields), json!({ "input": input })).await;
        data[mutation].take()
    }

    /// The code of the error of a mutation that is not even tried, for example for want of a role.
    pub async fn refused(&self, caller: &Caller, mutation: &str, input: Value) -> String {
        self.error_code(caller, &mutation_document(mutation, ""), json!({ "input": input })).await
    }

    /// The payload of an act that must have no mistakes.
    pub async fn done(&self, caller: &Caller, mutation: &str, fields: &str, input: Value) -> Value {
        let payload = self.act(caller, mutation, fields, input).await;
        assert_eq!(payload["userErrors"], json!([]), "{mutation}: {payload:#}");
        payload
    }
}

fn mutation_document(mutation: &str, fields: &str) -> String {
    let mut letters = mutation.chars();
    let noun: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    format!(
        "mutation($input: {noun}Input!) {{ {mutation}(input: $input) {{ {fields} clientMutationId userErrors {{
            __typename code path message
            ... on SlugTakenError {{ suggestion heldBy }}
            ... on AlreadyExistsError {{ heldBy }}
            ... on PathTakenError {{ heldBy }}
            ... on RedirectLoopError {{ loop }}
            ... on VersionConflictError {{ expectedVersion currentVersion changedFields }}
        }} }} }}"
    )
}
