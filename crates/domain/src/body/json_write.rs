//! The JSON format, out. `docs/body-format.md` describes it.

use serde_json::{Map, Value, json};

use super::{
    BODY_VERSION, Block, BlockKind, Body, Embed, Heading, Image, Inline, Link, List, ListItem, Mark, Quote, Span, Table,
};
use crate::LanguageTag;

pub(super) fn body(body: &Body) -> Value {
    let blocks: Vec<Value> = body.blocks.iter().map(block).collect();
    json!({ "version": BODY_VERSION, "blocks": blocks })
}

// An object that leaves absent values out.
struct Object(Map<String, Value>);

impl Object {
    fn of(kind: &str) -> Self {
        Self(Map::new()).with("kind", kind)
    }

    fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.0.insert(key.to_owned(), value.into());
        self
    }

    fn with_some(self, key: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    fn with_text(self, key: &str, text: &Inline) -> Self {
        if text.is_empty() {
            return self;
        }
        self.with(key, inline(text))
    }
}

impl BlockKind {
    /// The block in the JSON format, without a key.
    pub fn to_json(&self) -> Value {
        Value::Object(kind(self).0)
    }
}

fn block(block: &Block) -> Value {
    Value::Object(kind(&block.kind).with("key", block.key.as_str()).0)
}

fn kind(kind: &BlockKind) -> Object {
    match kind {
        BlockKind::Paragraph { text } => Object::of("paragraph").with("text", inline(text)),
        BlockKind::Heading(Heading { level, text, anchor }) => {
            Object::of("heading").with("level", *level).with("text", inline(text)).with("anchor", anchor.as_str())
        }
        BlockKind::List(content) => list(Object::of("list"), content),
        BlockKind::Quote(Quote { content, cite, reference }) => Object::of("quote")
            .with("content", content.iter().map(inline).collect::<Vec<_>>())
            .with_some("cite", cite.as_deref())
            .with_some("reference", *reference),
        BlockKind::Image(content) => image(Object::of("image"), content),
        BlockKind::Gallery { items } => {
            let items: Vec<Value> = items.iter().map(|item| Value::Object(image(Object(Map::new()), item).0)).collect();
            Object::of("gallery").with("items", items)
        }
        BlockKind::Embed(Embed { url, provider }) => {
            Object::of("embed").with("url", url.as_str()).with_some("provider", provider.as_deref())
        }
        BlockKind::Table(Table { has_header, rows, caption }) => {
            let rows: Vec<Value> = rows.iter().map(|row| row.iter().map(inline).collect::<Vec<_>>().into()).collect();
            Object::of("table").with("hasHeader", *has_header).with("rows", rows).with_text("caption", caption)
        }
        BlockKind::Code { code, language } => {
            Object::of("code").with("code", code.as_str()).with_some("language", language.as_deref())
        }
        BlockKind::Rule => Object::of("rule"),
        BlockKind::Raw { type_name, html } => {
            Object::of("raw").with("type", type_name.as_str()).with("html", html.as_str())
        }
    }
}

fn list(object: Object, content: &List) -> Object {
    let List { ordered, start, items } = content;
    let items: Vec<Value> = items
        .iter()
        .map(|ListItem { text, lists }| {
            let object = Object(Map::new()).with("text", inline(text));
            let lists: Vec<Value> =
                lists.iter().map(|below| Value::Object(list(Object(Map::new()), below).0)).collect();
            Value::Object(object.with_some("lists", (!lists.is_empty()).then_some(lists)).0)
        })
        .collect();
    object.with("ordered", *ordered).with_some("start", *start).with("items", items)
}

fn image(object: Object, content: &Image) -> Object {
    let Image { media, url, alt, caption, credit, link } = content;
    object
        .with_some("media", media.as_ref().map(ToString::to_string))
        .with_some("url", url.as_ref().map(ToString::to_string))
        .with("alt", alt.as_str())
        .with_text("caption", caption)
        .with_some("credit", credit.as_deref())
        .with_some("link", link.as_ref().map(ToString::to_string))
}

fn inline(text: &Inline) -> Value {
    text.spans().iter().map(span).collect::<Vec<_>>().into()
}

fn span(span: &Span) -> Value {
    let object = match span {
        Span::Text { text, marks } => {
            let marks: Vec<Value> = marks.iter().map(mark).collect();
            Object::of("text").with("text", text.as_str()).with_some("marks", (!marks.is_empty()).then_some(marks))
        }
        Span::LineBreak => Object::of("break"),
        Span::Reference { number } => Object::of("reference").with("number", *number),
    };
    Value::Object(object.0)
}

fn mark(mark: &Mark) -> Value {
    let object = Object::of(mark.kind());
    let object = match mark {
        Mark::Link(Link { href, title, rel, hreflang }) => object
            .with("href", href.as_str())
            .with_some("title", title.as_deref())
            .with_some("rel", rel.as_deref())
            .with_some("hreflang", hreflang.as_ref().map(LanguageTag::as_str)),
        Mark::Language { tag } => object.with("tag", tag.as_str()),
        Mark::Abbreviation { title } => object.with("title", title.as_str()),
        Mark::Strong
        | Mark::Emphasis
        | Mark::Underline
        | Mark::Strike
        | Mark::Highlight
        | Mark::Small
        | Mark::Subscript
        | Mark::Superscript
        | Mark::Code => object,
    };
    Value::Object(object.0)
}
