//! The questions: every field of the schema, with everything that can be asked of it.

use super::{
    schema::{Field, Input, Types},
    values::Values,
};

/// A question: one root field of one document.
pub(crate) struct Question {
    /// Whether it looks at everything below the field, and not only at what one argument changes.
    pub(crate) is_whole: bool,
    pub(crate) root: String,
    pub(crate) text: String,
}

/// Every field with everything that can be asked of it.
pub(crate) fn questions(types: &Types, values: &Values) -> Vec<Question> {
    let mut all = Vec::new();
    for field in &types.get("Query").fields {
        let everything = types.everything(field, values);
        let surface = types.surface(&field.of.name);
        let mut ask = |arguments: &str, selection: &str| {
            let arguments = if arguments.is_empty() { String::new() } else { format!("({arguments})") };
            all.push(Question {
                is_whole: selection == everything,
                root: field.name.clone(),
                text: format!("{{ {}{arguments} {selection} }}", field.name),
            });
        };
        for base in required(types, values, field) {
            ask(&base, &everything);
            for (argument, value) in optional(types, values, field) {
                // Whoever looks at more than readers do looks at all of it.
                let is_wide = argument.name == "perspective";
                let more = format!("{base} {}: {value}", argument.name);
                ask(&more, if is_wide { &everything } else { &surface });
            }
        }
    }
    for (before, field, after) in types.fields_with_arguments(values) {
        let root = before.split_whitespace().nth(1).unwrap().split('(').next().unwrap().to_owned();
        let surface = types.surface(&field.of.name);
        for base in required(types, values, &field) {
            for (argument, value) in optional(types, values, &field) {
                let more = format!("{base} {}: {value}", argument.name);
                let text = format!("{before}{}({more}) {surface}{after}", field.name);
                all.push(Question { is_whole: false, root: root.clone(), text });
            }
        }
    }
    all
}

/// The arguments a field must have, in every way they can be given.
fn required(types: &Types, values: &Values, field: &Field) -> Vec<String> {
    let mut ways = vec![String::new()];
    for argument in field.arguments.iter().filter(|argument| argument.of.is_required) {
        let values = values.of(types, argument);
        let with =
            |way: &String| values.iter().map(|value| format!("{way} {}: {value}", argument.name)).collect::<Vec<_>>();
        ways = ways.iter().flat_map(with).collect();
    }
    ways
}

/// The arguments a field can have besides, one at a time.
fn optional<'a>(types: &'a Types, values: &'a Values, field: &'a Field) -> impl Iterator<Item = (&'a Input, String)> {
    let optional = field.arguments.iter().filter(|argument| !argument.of.is_required);
    optional.flat_map(|argument| values.of(types, argument).into_iter().map(move |value| (argument, value)))
}
