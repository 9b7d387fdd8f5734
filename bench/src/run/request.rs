//! From a query to the requests of a load.

use std::{collections::HashMap, fs, path::Path};

use anyhow::{Context as _, Result};

use super::peer::{Each, Query};

/// One request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Request {
    /// The method.
    pub(crate) method: String,
    /// Path and query string.
    pub(crate) path: String,
    /// What is sent behind `Bearer`.
    pub(crate) token: Option<String>,
    /// The body, which is JSON.
    pub(crate) body: Option<String>,
    /// The version a write is made for; `$VERSION` in the body is replaced by it when it is sent. The new text names it
    /// too, because writing what stands there already would be no write.
    pub(crate) version: Option<u32>,
}

/// A published article of the synthetic newsroom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Its number there.
    pub(crate) number: String,
    /// Its slug, the same everywhere.
    pub(crate) slug: String,
}

/// What an article is called and which version it has in a system whose writes name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    /// The system's own id.
    pub(crate) id: String,
    /// The version a write is made for.
    pub(crate) version: u32,
}

/// What requests are filled with.
#[derive(Debug, Default)]
pub(crate) struct Filling {
    /// The published articles, oldest first.
    pub(crate) articles: Vec<Entry>,
    /// The slugs of the categories.
    pub(crate) categories: Vec<String>,
    /// By slug, where articles have ids and versions of their own.
    pub(crate) known: HashMap<String, Known>,
    /// The end of the first 8,000 articles.
    pub(crate) cursor: String,
    /// What is sent behind `Bearer`.
    pub(crate) token: Option<String>,
}

impl Filling {
    /// Reads `slugs.txt` and `catslugs.txt` of a newsroom.
    ///
    /// # Errors
    /// When one is not there or not of its form.
    pub(crate) fn read(data: &Path) -> Result<Self> {
        let text = |name: &str| {
            let path = data.join(name);
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
        };
        let entry = |line: &str| {
            let (number, slug) = line.split_once('\t').context("a line of slugs.txt has no tab")?;
            Ok(Entry { number: number.to_owned(), slug: slug.to_owned() })
        };
        Ok(Self {
            articles: text("slugs.txt")?.lines().map(entry).collect::<Result<_>>()?,
            categories: text("catslugs.txt")?.lines().map(str::to_owned).collect(),
            ..Self::default()
        })
    }

    /// The requests of a query: one, one a category, or one for each of at most `most` articles spread over all.
    pub(crate) fn requests(&self, query: &Query, most: usize) -> Vec<Request> {
        let nothing = Entry { number: String::new(), slug: String::new() };
        let things: Vec<Entry> = match query.each {
            Each::One => vec![nothing],
            Each::Category => {
                self.categories.iter().map(|slug| Entry { slug: slug.clone(), ..nothing.clone() }).collect()
            }
            Each::Article => {
                let step = (self.articles.len() / most.max(1)).max(1);
                self.articles.iter().step_by(step).take(most).cloned().collect()
            }
        };
        things.iter().zip(0_u32..).map(|(thing, number)| self.request(query, thing, number)).collect()
    }

    fn request(&self, query: &Query, thing: &Entry, number: u32) -> Request {
        let known = self.known.get(&thing.slug);
        let id = known.map_or(&thing.number, |known| &known.id);
        let fill = |text: &str| {
            text.replace("$SLUG", &thing.slug)
                .replace("$ID", id)
                .replace("$SEQ", &number.to_string())
                .replace("$CURSOR", &self.cursor)
                // A number, where the JSON around it could only be written with a text.
                .replace("\"$VERSION\"", "$VERSION")
        };
        let body = query.json.as_ref().map(|json| fill(&json.to_string()));
        let is_versioned = body.as_ref().is_some_and(|body| body.contains("$VERSION"));
        Request {
            method: query.method.clone(),
            path: fill(&query.path),
            token: self.token.clone().filter(|_| query.signed),
            version: known.map(|known| known.version).filter(|_| is_versioned),
            body,
        }
    }
}

impl Request {
    /// As it is sent the first time.
    pub(crate) fn first(&self) -> Self {
        let version = self.version.unwrap_or_default().to_string();
        let body = self.body.as_ref().map(|body| body.replace("$VERSION", &version));
        Self { body, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn filling(articles: u32) -> Filling {
        let entry = |number: u32| Entry { number: number.to_string(), slug: format!("a-{number}") };
        Filling { articles: (1..=articles).map(entry).collect(), ..Filling::default() }
    }

    fn query(json: serde_json::Value) -> Query {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn articles_are_spread_over_all_of_them() {
        let query = query(json!({ "method": "GET", "path": "/q/$SLUG/$ID/$SEQ", "each": "article" }));
        let paths: Vec<_> = filling(10).requests(&query, 4).into_iter().map(|request| request.path).collect();
        assert_eq!(paths, ["/q/a-1/1/0", "/q/a-3/3/1", "/q/a-5/5/2", "/q/a-7/7/3"]);
    }

    #[test]
    fn a_write_names_the_version_that_was_found() {
        let mut filling = filling(1);
        filling.known.insert("a-1".to_owned(), Known { id: "art_1".to_owned(), version: 7 });
        filling.token = Some("secret".to_owned());
        let json = json!({ "id": "$ID", "version": "$VERSION", "headline": "New $SEQ $VERSION" });
        let query = query(json!({ "path": "/graphql", "json": json, "each": "article", "signed": true }));
        let [request] = filling.requests(&query, 9).try_into().unwrap();
        assert_eq!((request.version, request.token.as_deref()), (Some(7), Some("secret")));
        assert_eq!(request.first().body.unwrap(), r#"{"headline":"New 0 7","id":"art_1","version":7}"#);
    }

    #[test]
    fn reading_shows_no_token() {
        let filling = Filling { token: Some("secret".to_owned()), ..filling(1) };
        assert_eq!(filling.requests(&query(json!({ "path": "/graphql" })), 1)[0].token, None);
    }
}
