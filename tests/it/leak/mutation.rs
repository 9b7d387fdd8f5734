//! Acts aimed at hidden articles by those who do not see them.

use super::schema::{Input, Types};

/// Each mutation that names a thing by its id, aimed at each of these.
pub(super) fn aimed_at(types: &Types, ids: &[String]) -> Vec<String> {
    let mut all = Vec::new();
    for field in &types.get("Mutation").fields {
        let [input] = field.arguments.as_slice() else { panic!("{} takes one input", field.name) };
        let names_a_thing =
            types.get(&input.of.name).inputs.iter().any(|one| one.of.name == "ID" && one.of.is_required);
        if !names_a_thing {
            continue;
        }
        let mistakes = "userErrors { __typename code message path ... on SlugTakenError { heldBy suggestion }
            ... on AlreadyExistsError { heldBy } ... on VersionConflictError { currentVersion changedFields } }";
        for id in ids {
            let input = least(types, &input.of.name, id);
            all.push(format!("mutation {{ {}(input: {input}) {{ {mistakes} }} }}", field.name));
        }
    }
    all
}

/// The least that an input may hold.
fn least(types: &Types, name: &str, id: &str) -> String {
    let value = |input: &Input| {
        let of = types.get(&input.of.name);
        if input.of.is_list {
            return "[]".to_owned();
        }
        match (of.kind.as_str(), input.of.name.as_str()) {
            ("ENUM", _) => of.words[0].clone(),
            ("INPUT_OBJECT", "CommentBodyInput") => "{ text: \"Oui.\" }".to_owned(),
            ("INPUT_OBJECT", inner) => least(types, inner, id),
            (_, "ID") => format!("\"{id}\""),
            (_, "Int") => "1".to_owned(),
            (_, "Boolean") => "true".to_owned(),
            (_, "LanguageTag") => "\"fr\"".to_owned(),
            (_, "String") => "\"mot\"".to_owned(),
            (_, other) => panic!("say in mutation.rs what the leak test gives for {}: {other}", input.name),
        }
    };
    let required = types.get(name).inputs.iter().filter(|input| input.of.is_required);
    let fields: Vec<String> = required.map(|input| format!("{}: {}", input.name, value(input))).collect();
    format!("{{ {} }}", fields.join(", "))
}
