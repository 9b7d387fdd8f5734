//! Acts aimed at what is hidden by those who do not see it: each act with the least it needs, and with each thing it can
//! be given besides.

use crate::surface::{Input, Types};

/// Where a draft of the asker's own is to be named, which is made for one act only.
pub(super) const OWN: &str = "OWN";
/// Where a name is to stand that nothing has yet.
pub(super) const NEW: &str = "NEW";

/// What the acts are aimed at.
pub(super) struct Aims {
    /// Things to act on: hidden ones of every kind, and some that readers see.
    pub(super) things: Vec<String>,
    /// Articles to name beside the one acted on.
    pub(super) articles: Vec<String>,
    pub(super) media: String,
    pub(super) source: String,
    pub(super) tag: String,
    pub(super) comment: String,
    pub(super) reference: String,
    pub(super) author: String,
    pub(super) category: String,
    pub(super) contact: String,
    /// An article that readers see, below which they comment.
    pub(super) story: String,
}

/// An act to try.
pub(super) struct Act {
    /// The field of the mutation.
    pub(super) name: String,
    /// The input, in which [`OWN`] stands for a draft of the asker's.
    pub(super) input: String,
    /// What to ask of what it did.
    pub(super) selection: String,
    /// Whether it is given what it must be given, and nothing else.
    pub(super) is_least: bool,
}

impl Act {
    /// The document, with the draft and a new name in their places.
    pub(super) fn text(&self, own: &str, new: &str) -> String {
        let Self { name, input, selection, is_least: _ } = self;
        format!("mutation {{ {name}(input: {}) {selection} }}", input.replace(OWN, own).replace(NEW, new))
    }
}

impl Aims {
    /// Every mutation, aimed in every way.
    pub(super) fn acts(&self, types: &Types) -> Vec<Act> {
        let mut all = self.editions(types);
        for field in &types.get("Mutation").fields {
            let [input] = field.arguments.as_slice() else { panic!("{} takes one input", field.name) };
            let selection = payload(types, &field.of.name);
            let mut add = |input: String, is_least: bool| {
                let known = |act: &Act| act.name == field.name && act.input == input;
                if !all.iter().any(known) {
                    all.push(Act { name: field.name.clone(), input, selection: selection.clone(), is_least });
                }
            };
            for thing in &self.things {
                add(Aim { types, aims: self, thing }.least(&input.of.name), true);
            }
            let is_of_articles = field.name.starts_with("article") || field.name.starts_with("preview");
            let more = if field.name.starts_with("comment") { &self.story } else { OWN };
            for thing in [self.things[0].as_str()].into_iter().chain(is_of_articles.then_some(OWN)).chain([more]) {
                for input in (Aim { types, aims: self, thing }).variants(&input.of.name) {
                    add(input, false);
                }
            }
        }
        all
    }

    /// A second edition of a story that readers see, in the language of a hidden one.
    fn editions(&self, types: &Types) -> Vec<Act> {
        let input = format!("{{ translationOf: \"{}\", language: \"ht\", headline: \"{NEW}\" }}", self.story);
        let selection = payload(types, "ArticlePayload");
        vec![Act { name: "articleCreate".to_owned(), input, selection, is_least: false }]
    }

    /// What names a record of a library: whoever sees the library may be told of it.
    pub(super) fn names_a_record(&self, input: &str) -> bool {
        [&self.media, &self.source, &self.tag].iter().any(|id| input.contains(id.as_str())) || input.contains("zqxlib")
    }
}

/// What an act says it did: what each thing shows by itself, and the mistakes.
fn payload(types: &Types, name: &str) -> String {
    let mistakes = "{ __typename code message path ... on SlugTakenError { heldBy suggestion }
        ... on AlreadyExistsError { heldBy } ... on PathTakenError { heldBy }
        ... on VersionConflictError { currentVersion changedFields } }";
    let mut text = String::from("{");
    for field in &types.get(name).fields {
        let below = if field.name == "userErrors" { mistakes.to_owned() } else { types.surface(&field.of.name) };
        text.push_str(&format!(" {} {below}", field.name));
    }
    text.push_str(" }");
    text
}

/// An act on one thing.
struct Aim<'a> {
    types: &'a Types,
    aims: &'a Aims,
    /// The thing acted on.
    thing: &'a str,
}

impl Aim<'_> {
    /// The least that an input may hold.
    fn least(&self, name: &str) -> String {
        let of = self.types.get(name);
        if of.is_one_of {
            return self.variants(name).swap_remove(0);
        }
        let required = of.inputs.iter().filter(|input| input.of.is_required);
        let fields: Vec<String> =
            required.map(|input| format!("{}: {}", input.name, self.given(name, input))).collect();
        format!("{{ {} }}", fields.join(", "))
    }

    /// What a field must be given.
    fn given(&self, of: &str, input: &Input) -> String {
        let value = match self.types.get(&input.of.name).kind.as_str() {
            "INPUT_OBJECT" => self.least(&input.of.name),
            _ => self.words(of, input).swap_remove(0),
        };
        if input.of.is_list { format!("[{value}]") } else { value }
    }

    /// The least that an input may hold, with each field in turn given everything to try.
    fn variants(&self, name: &str) -> Vec<String> {
        let of = self.types.get(name);
        let required: Vec<&Input> = of.inputs.iter().filter(|input| input.of.is_required).collect();
        let mut all = Vec::new();
        for input in &of.inputs {
            let values = match self.types.get(&input.of.name).kind.as_str() {
                "INPUT_OBJECT" => self.variants(&input.of.name),
                _ => self.words(name, input),
            };
            for value in values {
                let value = if input.of.is_list { format!("[{value}]") } else { value };
                let others = required.iter().filter(|other| other.name != input.name);
                let others: String = others.map(|one| format!(", {}: {}", one.name, self.given(name, one))).collect();
                all.push(format!("{{ {}: {value}{others} }}", input.name));
            }
        }
        all
    }

    /// Everything to try for a field that holds no input of its own, as GraphQL writes it.
    fn words(&self, of: &str, input: &Input) -> Vec<String> {
        let Aims { media, source, tag, comment, reference, author, category, contact, articles, .. } = self.aims;
        let quoted = |words: &[&str]| words.iter().map(|word| format!("\"{word}\"")).collect();
        let kind = self.types.get(&input.of.name);
        if kind.kind == "ENUM" {
            return vec![kind.words[0].clone()];
        }
        match (input.of.name.as_str(), of, input.name.as_str()) {
            ("ID", "SourceRefInput", "id") => quoted(&[source]),
            ("ID", "ReferenceInput", "id") => quoted(&[reference]),
            ("ID", _, "id" | "articleId") => quoted(&[self.thing]),
            ("ID", _, "translationOf" | "toId") => articles.iter().map(|id| format!("\"{id}\"")).collect(),
            ("ID", _, "inReplyTo") => quoted(&[comment]),
            ("ID", _, "mediaId" | "portraitId") => quoted(&[media]),
            ("ID", "TagMergeInput", _) => quoted(&[tag]),
            ("ID", "SourceMergeInput", _) => quoted(&[source]),
            ("ID", _, "authorId") => quoted(&[author]),
            ("ID", _, "contactIds") => quoted(&[contact]),
            ("ID", _, "categoryIds" | "parentId" | "fromCategoryId" | "toCategoryId" | "add" | "remove") => {
                quoted(&[category])
            }
            ("String", _, "slug") => quoted(&["zqx-draft", "zqx-theirdraft", "zqx-waiting", "parti-deleted"]),
            ("String", _, "path") => quoted(&["/fr/zqx-draft", "/fr/parti-killed", "/fr/zqx-waiting"]),
            ("String", _, "target") => quoted(&["/fr/zqx-draft", "/fr/parti-killed"]),
            ("String", _, "tags" | "add" | "remove") => quoted(&["zqxlib-draft"]),
            ("String", _, "doi") => quoted(&["10.5555/zqxlib-draft"]),
            ("String", _, "isbn") => quoted(&["9782070360024"]),
            ("String", _, "headline" | "name" | "title") => quoted(&[NEW, "zqx draft"]),
            ("String", _, _) => quoted(&["mot"]),
            ("URL", _, _) => quoted(&["https://sources.example/zqxlib-draft"]),
            ("JSON", _, "blocks") => vec![format!("[{{ kind: \"image\", media: \"{media}\" }}]")],
            ("Int", _, "toVersion" | "version") => vec!["1".to_owned(), "2".to_owned()],
            ("Int", _, _) => vec!["1".to_owned()],
            ("Boolean", _, _) => vec!["true".to_owned()],
            ("LanguageTag", _, _) => quoted(&["fr", "ht"]),
            ("DateTime", _, _) => quoted(&["2026-12-23T13:00:00Z"]),
            ("PartialDate", _, _) => quoted(&["2026"]),
            (scalar, _, name) => panic!("say in mutation.rs what the leak test gives for {name}: {scalar}"),
        }
    }
}
