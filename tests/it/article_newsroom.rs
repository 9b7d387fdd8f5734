//! A small newsroom with one page that has everything, for tests of articles.

use std::time::Duration;

use masthead_app::article::{ArticleChanges, ArticleDraft, History, import};
use masthead_domain::{
    article::{ArticleState, Credit, CreditRole, MediaUsage, Window},
    body::{BlockKind, Body, Inline},
    text::Title,
};
use masthead_testkit::Kit;
use serde_json::{Value, json};

/// What a test needs to know of the newsroom.
pub(crate) struct Page {
    /// The page that has everything.
    pub(crate) id: String,
    /// Its address.
    pub(crate) path: String,
    /// The address of its Creole edition, which has nothing but text.
    pub(crate) translation_path: String,
    /// Its authors.
    pub(crate) authors: Vec<String>,
    /// The category it stands in, and the root above that.
    pub(crate) categories: Vec<String>,
    /// Its sources.
    pub(crate) sources: Vec<String>,
    /// Its pictures: two in the gallery, one in the body.
    pub(crate) media: Vec<String>,
    /// Its contact.
    pub(crate) contact: String,
}

/// Ids as their prefixes, so that a snapshot does not change with every id that is made before.
pub(crate) fn without_ids(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(plain(&text)),
        Value::Array(items) => Value::Array(items.into_iter().map(without_ids).collect()),
        Value::Object(fields) => fields.into_iter().map(|(key, value)| (key, without_ids(value))).collect(),
        other => other,
    }
}

fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('_') {
        let is_id = at >= 3
            && rest.len() >= at + 27
            && rest[at + 1..at + 27].bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        out.push_str(&rest[..=at]);
        rest = if is_id {
            out.push('…');
            &rest[at + 27..]
        } else {
            &rest[at + 1..]
        };
    }
    out + rest
}

/// Every kind of block, as an editor's program would send it.
pub(crate) fn every_block(media: &str) -> Value {
    json!({ "version": 1, "blocks": [
        { "kind": "paragraph", "text": [
            { "kind": "text", "text": "Le quai a rouvert " }, { "kind": "text", "text": "lundi", "marks": [{ "kind": "strong" }] },
            { "kind": "text", "text": " à l’aube." }, { "kind": "reference", "number": 1 }] },
        { "kind": "heading", "level": 2, "text": [{ "kind": "text", "text": "Trois ans de travaux" }] },
        { "kind": "list", "ordered": false, "items": [
            { "text": [{ "kind": "text", "text": "le quai nord" }, { "kind": "reference", "number": 2 }] }, { "text": [{ "kind": "text", "text": "la grue" }] }] },
        { "kind": "quote", "content": [[{ "kind": "text", "text": "Nous avons attendu." }]], "cite": "Une pêcheuse", "reference": 2 },
        { "kind": "image", "media": media, "caption": [{ "kind": "text", "text": "Le quai" }], "credit": "Ana Morel" },
        { "kind": "gallery", "items": [
            { "url": "https://elsewhere.example/a.jpg", "alt": "La grue" }, { "media": media, "alt": "Le quai vide" }] },
        { "kind": "embed", "url": "https://www.youtube.com/watch?v=dQw4w9WgXcQ" },
        { "kind": "table", "hasHeader": true, "rows": [
            [[{ "kind": "text", "text": "Année" }], [{ "kind": "text", "text": "Navires" }]], [[{ "kind": "text", "text": "2026" }], [{ "kind": "text", "text": "12" }]]] },
        { "kind": "code", "code": "let quai = 1;\n", "language": "rust" },
        { "kind": "rule" },
        { "kind": "raw", "type": "x-carte", "html": "<p onclick=\"alert(1)\">Carte<script>alert(2)</script></p>" },
        { "kind": "heading", "level": 2, "text": [{ "kind": "text", "text": "La suite" }] },
        { "kind": "paragraph", "text": [{ "kind": "text", "text": "La réouverture est complète." }, { "kind": "reference", "number": 1 }] },
    ] })
}

/// Three pictures.
async fn pictures(kit: &Kit) -> Vec<String> {
    let mut media = Vec::new();
    for (name, alt) in [("quai", "Le quai au matin"), ("grue", "La grue bleue"), ("carte", "La carte du port")] {
        let url = format!("https://media.example/{name}.jpg");
        let input = json!({ "url": url, "alt": alt, "credit": "Le Fanal", "width": 1600, "height": 900 });
        media.push(kit.make("media", input).await);
    }
    media
}

/// Two articles of other papers.
async fn sources(kit: &Kit) -> Vec<String> {
    let mut sources = Vec::new();
    for (title, outlet) in [("Le port attendra", "Le Courrier"), ("Rapport sur les quais", "Autorité du port")] {
        let input = json!({
            "kind": "NEWS_ARTICLE", "title": title, "outlet": outlet, "publishedOn": "2026-11-02",
            "url": format!("https://sources.example/{}", outlet.len()), "authors": [{ "literal": outlet }],
        });
        sources.push(kit.make("source", input).await);
    }
    sources
}

/// An editor with a public address and a private number.
async fn contact(kit: &Kit) -> String {
    let input = json!({
        "name": "Marie Louis", "role": "EDITOR", "title": "Rédactrice en chef", "organization": "Le Fanal",
        "channels": [
            { "kind": "EMAIL", "value": "marie@fanal.example", "isPublic": true },
            { "kind": "MOBILE", "value": "+509 0000 0000", "isPublic": false },
        ],
    });
    kit.make("contact", input).await
}

/// Builds the newsroom.
pub(crate) async fn page(kit: &Kit) -> Page {
    let root = kit.make("category", json!({ "name": "Actualités", "language": "fr" })).await;
    let category = kit.make("category", json!({ "name": "Port", "language": "fr", "parentId": root })).await;
    let other = kit.make("category", json!({ "name": "Économie", "language": "fr" })).await;
    let authors = vec![kit.author("Jean Pierre").await, kit.author("Ana Morel").await];
    let (media, sources, contact) = (pictures(kit).await, sources(kit).await, contact(kit).await);
    let id = kit
        .published(json!({
            "headline": "Le port rouvre", "secondaryHeadline": "Trois ans après la tempête", "kicker": "Baie",
            "lede": "Le premier navire est entré lundi dans un port que l’on croyait perdu.",
            "byline": "Par Jean Pierre, avec Ana Morel",
            "body": { "blocks": every_block(&media[2]) },
            "authors": [{ "authorId": authors[0] }, { "authorId": authors[1], "role": "PHOTOGRAPHER", "creditedAs": "A. M." }],
            "categoryIds": [category, other], "tags": ["Port", "Pêche"],
            "references": [
                { "source": { "id": sources[0] }, "locator": "p. 4", "quote": "Le port attendra." },
                { "source": { "id": sources[1] }, "note": "Annexe 2" },
            ],
            "contactIds": [contact],
            "links": [
                { "kind": "VISIT", "url": "https://port.example/" },
                { "kind": "DOWNLOAD", "label": "Le plan", "url": "https://port.example/plan.pdf", "language": "fr" },
            ],
            "gallery": [{ "mediaId": media[0], "caption": "À l’aube" }, { "mediaId": media[1] }],
        }))
        .await;
    let translation = kit
        .published(json!({
            "language": "ht", "headline": "Pò a louvri", "translationOf": id,
            "body": { "blocks": [{ "kind": "paragraph", "text": [{ "kind": "text", "text": "Pò a louvri ankò." }] }] },
        }))
        .await;
    let comment = |name: &str, text: &str, answered: Value| json!({ "articleId": id, "authorName": name, "body": { "text": text }, "inReplyTo": answered });
    let first = kit.make("comment", comment("Lise", "Enfin !", json!(null))).await;
    kit.make("comment", comment("Paul", "Oui.", json!(first))).await;
    let query = "query Q($ids: [ID!]!) { nodes(ids: $ids) { ... on Article { path } } }";
    let data = kit.data(&kit.anonymous(), query, json!({ "ids": [id, translation] })).await;
    let path = |place: usize| data["nodes"][place]["path"].as_str().unwrap().to_owned();
    let (path, translation_path) = (path(0), path(1));
    Page { id, path, translation_path, authors, categories: vec![category, root], sources, media, contact }
}

/// Many published articles, the oldest first and an hour apart, that end an hour ago. Each stands in the category, is
/// credited to the authors and shows the picture.
pub(crate) async fn archive(kit: &Kit, count: u32, category: &str, authors: &[String], media: &str) {
    let caller = kit.system();
    let work = kit.app.begin(&caller).await.unwrap();
    for number in 0..count {
        let at = work.now() - Duration::from_secs(3_600 * u64::from(count - number));
        let credits = authors.iter().map(|id| Credit {
            author: id.parse().unwrap(),
            role: CreditRole::Author,
            credited_as: None,
        });
        let draft = ArticleDraft {
            language: "fr".parse().unwrap(),
            translation_of: None,
            headline: Title::parse(&format!("Nouvelle {number:05}")).unwrap(),
            content: ArticleChanges {
                body: Some(Body::from_blocks([BlockKind::paragraph(Inline::plain("Texte."))]).unwrap()),
                credits: Some(credits.collect()),
                categories: Some(vec![category.parse().unwrap()]),
                gallery: Some(vec![MediaUsage {
                    media: media.parse().unwrap(),
                    caption: None,
                    alt: None,
                    credit: None,
                }]),
                ..ArticleChanges::default()
            },
        };
        let history = History {
            state: ArticleState::Published { at },
            window: Window::default(),
            first_published_at: Some(at),
            created_at: at,
            updated_at: at,
            views: 0,
            shares: 0,
        };
        import(&work, draft, history).await.unwrap();
    }
    work.commit().await.unwrap();
}
