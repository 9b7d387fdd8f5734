//! Things for tests, made through the API as an administrator of the site would, naming only what matters.

use serde_json::{Value, json};

use crate::kit::Kit;

impl Kit {
    /// Makes a thing with its noun's create mutation (`author` is made by `authorCreate`) and gives its id.
    pub async fn make(&self, noun: &str, input: Value) -> String {
        let payload = self.done(&self.system(), &format!("{noun}Create"), &format!("{noun} {{ id }}"), input).await;
        payload[noun]["id"].as_str().unwrap().to_owned()
    }

    /// An author with this name, and the id.
    pub async fn author(&self, name: &str) -> String {
        self.make("author", json!({ "name": name })).await
    }
}

/// Adds the keys of `more` to an input, in place of those it has.
fn with(mut input: Value, more: Value) -> Value {
    let Value::Object(more) = more else { panic!("an input is an object: {more}") };
    input.as_object_mut().unwrap().extend(more);
    input
}

impl Kit {
    /// A draft, French and with a headline of its own unless the input says otherwise, and the id.
    pub async fn article(&self, input: Value) -> String {
        let number = self.app.ids.uuid().as_u128() % 1_000_000;
        self.make("article", with(json!({ "language": "fr", "headline": format!("Titre {number}") }), input)).await
    }

    /// An article that readers see from now on, and the id.
    pub async fn published(&self, input: Value) -> String {
        let id = self.article(input).await;
        self.publish(&id, json!({})).await;
        id
    }

    /// Publishes a draft that nobody has changed yet; `how` may say `at`, `embargoUntil`, `expiresAt`.
    pub async fn publish(&self, id: &str, how: Value) {
        let input = with(json!({ "id": id, "expectedVersion": 1 }), how);
        self.done(&self.system(), "articlePublish", "article { id }", input).await;
    }
}
