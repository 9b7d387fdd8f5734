//! The documents in the files that `masthead operations register` is given.
//!
//! A file `….json` is a manifest, of which there are two sorts: Apollo's persisted query manifest
//! (`{"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id", "name", "type", "body"}, …]}`,
//! <https://www.apollographql.com/docs/graphos/platform/security/persisted-queries>), and an object of texts by their
//! hashes, as Relay's compiler and others write it (`{"HASH": "TEXT", …}`, <https://relay.dev/docs/guides/persisted-queries>).
//! Any other file is one document in GraphQL.

use std::{collections::BTreeMap, fs, path::Path};

use masthead_domain::operation::TextHash;
use serde::Deserialize;

const APOLLO: &str = "apollo-persisted-query-manifest";
const NO_MANIFEST: &str =
    "is neither a persisted query manifest of Apollo, version 1, nor an object of texts by their hashes";

/// A document as it stands in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Document {
    /// Where it stands, for people: the file, and which one in it.
    pub(super) place: String,
    /// Its text.
    pub(super) text: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Manifest {
    Apollo { format: String, version: u64, operations: Vec<ApolloOperation> },
    Texts(BTreeMap<String, String>),
}

#[derive(Deserialize)]
struct ApolloOperation {
    id: String,
    name: String,
    body: String,
}

/// The documents of a file.
///
/// # Errors
/// What is wrong with the file, a line for each.
pub(super) fn of_file(path: &Path) -> Result<Vec<Document>, Vec<String>> {
    let place = path.display();
    let text = fs::read_to_string(path).map_err(|error| vec![format!("{place}: cannot be read: {error}")])?;
    match path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")) {
        true => of_manifest(&place.to_string(), &text),
        false => Ok(vec![Document { place: place.to_string(), text }]),
    }
}

fn of_manifest(file: &str, text: &str) -> Result<Vec<Document>, Vec<String>> {
    let value: serde_json::Value = serde_json::from_str(text)
        .map_err(|error| vec![format!("{file}:{}:{}: is not JSON", error.line(), error.column())])?;
    // Each with what the manifest calls it and the hash it gives.
    let entries: Vec<(String, String, String)> = match serde_json::from_value(value) {
        Ok(Manifest::Apollo { format, version: 1, operations }) if format == APOLLO => {
            operations.into_iter().map(|ApolloOperation { id, name, body }| (name, id, body)).collect()
        }
        Ok(Manifest::Texts(texts)) => texts.into_iter().map(|(hash, text)| (hash.clone(), hash, text)).collect(),
        Ok(Manifest::Apollo { .. }) | Err(_) => return Err(vec![format!("{file}: {NO_MANIFEST}")]),
    };
    let (mut documents, mut wrong) = (Vec::new(), Vec::new());
    for (name, hash, text) in entries {
        let place = format!("{file} ({name})");
        match TextHash::parse(&hash) == Some(TextHash::of(&text)) {
            true => documents.push(Document { place, text }),
            false => {
                wrong.push(format!("{place}: {hash} is not the SHA-256 of the text, by which clients would ask for it"))
            }
        }
    }
    if wrong.is_empty() { Ok(documents) } else { Err(wrong) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TEXT: &str = "{__typename}";
    const HASH: &str = "ecf4edb46db40b5132295c0291d62fb65d6759a9eedfa4d5d612dd5ec54a6b38";

    fn read(text: &str) -> Result<Vec<(String, String)>, Vec<String>> {
        let documents = of_manifest("m.json", text)?;
        Ok(documents.into_iter().map(|Document { place, text }| (place, text)).collect())
    }

    #[test]
    fn both_sorts_of_manifest_are_read() {
        let apollo = json!({
            "format": "apollo-persisted-query-manifest",
            "version": 1,
            "operations": [{ "id": HASH, "name": "Type", "type": "query", "body": TEXT }],
        });
        assert_eq!(read(&apollo.to_string()), Ok(vec![("m.json (Type)".to_owned(), TEXT.to_owned())]));
        let texts = json!({ HASH: TEXT });
        assert_eq!(read(&texts.to_string()), Ok(vec![(format!("m.json ({HASH})"), TEXT.to_owned())]));
        assert_eq!(read("{}"), Ok(vec![]));
    }

    #[test]
    fn what_is_no_manifest_is_told() {
        assert_eq!(read("{\n  x"), Err(vec!["m.json:2:3: is not JSON".to_owned()]));
        let operations = json!([]);
        for other in [
            json!([TEXT]),
            json!({ HASH: { "name": "Type", "source": TEXT } }),
            json!({ "format": "apollo-persisted-query-manifest", "version": 2, "operations": operations }),
            json!({ "format": "another", "version": 1, "operations": operations }),
        ] {
            assert_eq!(read(&other.to_string()), Err(vec![format!("m.json: {NO_MANIFEST}")]), "{other}");
        }
    }

    #[test]
    fn every_text_that_is_kept_under_another_hash_is_told() {
        // The MD5 of the text, as Relay's compiler makes it unless it is told otherwise.
        let texts = json!({ "b1ddb3ea0f8c3ea7cf3b2b6b2ab6c3f5": TEXT, HASH: "{ __typename }" });
        let told = read(&texts.to_string()).unwrap_err();
        assert_eq!(told.len(), 2);
        for line in told {
            assert!(line.ends_with("is not the SHA-256 of the text, by which clients would ask for it"), "{line}");
        }
    }
}
