//! What to write for each argument: things that are hidden, on purpose.
//!
//! An argument that this table does not know fails the test, so that a new field cannot escape it.

use super::schema::{Input, Types};

/// What an asker who knows more than they should would ask with.
pub(crate) struct Values {
    /// Ids of hidden things and of some that readers see.
    pub(crate) ids: Vec<String>,
    /// One id of each kind of thing.
    pub(crate) kinds: Vec<String>,
    pub(crate) slugs: Vec<String>,
    pub(crate) paths: Vec<String>,
    /// Words that stand in hidden places only: headlines, names, slugs, and their beginnings.
    pub(crate) words: Vec<String>,
    pub(crate) instants: Vec<String>,
    /// Places of hidden things in a list, as the desk got them.
    pub(crate) cursors: Vec<String>,
    /// Addresses of sources that stand in hidden places only.
    pub(crate) urls: Vec<String>,
    pub(crate) dois: Vec<String>,
    pub(crate) isbns: Vec<String>,
}

fn quoted(words: &[String]) -> Vec<String> {
    words.iter().map(|word| serde_json::Value::from(word.as_str()).to_string()).collect()
}

fn plain(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

impl Values {
    /// Everything to try for an argument, or for a field of an input, as GraphQL writes it.
    pub(crate) fn of(&self, types: &Types, input: &Input) -> Vec<String> {
        let of = types.get(&input.of.name);
        let one = match of.kind.as_str() {
            "ENUM" => of.words.clone(),
            "INPUT_OBJECT" => self.objects(types, &input.of.name),
            _ => self.scalars(&input.name, &input.of.name),
        };
        if !input.of.is_list {
            return one;
        }
        if of.kind == "INPUT_OBJECT" {
            return one.into_iter().map(|value| format!("[{value}]")).collect();
        }
        vec![format!("[{}]", one.join(", ")), format!("[{}]", one[0])]
    }

    fn objects(&self, types: &Types, name: &str) -> Vec<String> {
        let fields = &types.get(name).inputs;
        let required: Vec<&Input> = fields.iter().filter(|field| field.of.is_required).collect();
        let mut all = Vec::new();
        for field in fields {
            // A filter in a filter says one thing only, or there would be no end.
            let values = if field.of.name == name {
                let inner = "{ headline: { contains: \"zqx\" } }";
                vec![if field.of.is_list { format!("[{inner}]") } else { inner.to_owned() }]
            } else {
                self.of(types, field)
            };
            for value in values {
                let others = required.iter().filter(|other| other.name != field.name);
                let others: String = others.map(|one| format!(", {}: {}", one.name, self.of(types, one)[0])).collect();
                all.push(format!("{{ {}: {value}{others} }}", field.name));
            }
        }
        all
    }

    fn scalars(&self, name: &str, of: &str) -> Vec<String> {
        match (of, name) {
            ("ID", "eq") => quoted(&self.kinds),
            ("ID", "id" | "ids" | "in" | "notIn" | "entity") => quoted(&self.ids),
            ("String", "slug") => quoted(&self.slugs),
            ("String", "path") => quoted(&self.paths),
            ("String", "eq" | "in" | "notIn" | "startsWith" | "contains") => quoted(&self.words),
            ("String", "after" | "before") => quoted(&self.cursors),
            ("String", "doi") => quoted(&self.dois),
            ("String", "isbn") => quoted(&self.isbns),
            ("String", "system") => plain(&["\"wordpress\""]),
            ("String", "id") => plain(&["\"1\""]),
            ("String", "act") => plain(&["\"articleUpdate\""]),
            ("String", "actor") => plain(&["\"system\""]),
            ("URL", "url") => quoted(&self.urls),
            ("DateTime", _) => quoted(&self.instants),
            ("LanguageTag", _) => plain(&["\"ht\"", "\"fr\"", "\"en\""]),
            ("Boolean", _) => plain(&["true", "false"]),
            ("Int", "first" | "last") => plain(&["1", "2"]),
            ("Int", "maxLength") => plain(&["1000"]),
            ("Int", "headingOffset") => plain(&["2"]),
            ("Int", "from" | "to" | "version") => plain(&["1", "2", "3"]),
            _ => panic!("say in values.rs what the leak test gives for {name}: {of}"),
        }
    }
}
