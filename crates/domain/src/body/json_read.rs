//! The JSON format, in: strict, and precise about what is wrong where.
//!
//! It is read from a tree that borrows its texts: a page reads a whole body for every reader.

use serde::Deserialize as _;
use serde_json_borrow::Value;

use super::{
    BODY_VERSION, BlockKey, BlockKind, Body, BodyError, BodyProblem, Embed, Heading, Href, Image, Inline, Link, List,
    ListItem, Mark, Quote, RawHtml, ResourceUrl, Span, Table, canonical,
    json_path::{Object, each},
    limits,
    place::Place,
};
use crate::{LanguageTag, MediaId};

/// A body from outside: no larger than a body may be, its markup unchecked.
pub(super) fn given(value: &serde_json::Value) -> Result<Body, BodyError> {
    // Looked at before anything is read, so that a hostile array is not walked.
    if value["blocks"].as_array().is_some_and(|all| all.len() > limits::BLOCKS_MAX) {
        let max = limits::BLOCKS_MAX;
        return Err(Place::root().key("blocks").fault(BodyProblem::TooManyBlocks { max }));
    }
    Body::from_keyed_blocks(blocks_of(&borrowed(value)?, RawHtml::unchecked)?)
}

/// A body that this server kept: as large as it is, its markup checked.
pub(super) fn stored(value: &serde_json::Value) -> Result<Body, BodyError> {
    kept(&borrowed(value)?)
}

/// The same as the text it is kept as.
pub(super) fn stored_text(text: &str) -> Result<Body, BodyError> {
    kept(&serde_json::from_str(text).map_err(not_json)?)
}

fn kept(value: &Value<'_>) -> Result<Body, BodyError> {
    canonical::kept(blocks_of(value, RawHtml::stored)?)
}

// Its own conversion takes whole numbers for negative ones.
fn borrowed(value: &serde_json::Value) -> Result<Value<'_>, BodyError> {
    Value::deserialize(value).map_err(not_json)
}

fn not_json(_: serde_json::Error) -> BodyError {
    Place::root().expected("JSON")
}

fn blocks_of(value: &Value<'_>, raw: fn(&str) -> RawHtml) -> Result<Vec<(Option<BlockKey>, BlockKind)>, BodyError> {
    let root = Place::root();
    let object = Object::open(value, &root)?.only(&["version", "blocks"])?;
    let version = object.need("version")?;
    if version.as_u64() != Some(BODY_VERSION) {
        let found = version.to_string();
        return Err(root.key("version").fault(BodyProblem::UnsupportedVersion { found }));
    }
    let place = root.key("blocks");
    each(object.need("blocks")?, &place, |value, place| block(value, place, raw))
}

fn block(
    value: &Value<'_>,
    place: &Place<'_>,
    raw: fn(&str) -> RawHtml,
) -> Result<(Option<BlockKey>, BlockKind), BodyError> {
    let object = Object::open(value, place)?;
    let key = object
        .optional_string("key")?
        .map(|key| {
            BlockKey::parse(key)
                .ok_or_else(|| place.key("key").invalid("a key is 1 to 32 ASCII letters, digits, - or _"))
        })
        .transpose()?;
    Ok((key, kind(object, raw)?))
}

fn kind(object: Object<'_>, raw: fn(&str) -> RawHtml) -> Result<BlockKind, BodyError> {
    let place = object.place;
    Ok(match object.string("kind")? {
        "paragraph" => BlockKind::Paragraph { text: text(&object.only(&["key", "kind", "text"])?, "text")? },
        "heading" => heading(&object.only(&["key", "kind", "level", "text", "anchor"])?)?,
        "list" => {
            let object = object.only(&["key", "kind", "ordered", "start", "items"])?;
            BlockKind::List(list(&object, 1)?)
        }
        "quote" => quote(&object.only(&["key", "kind", "content", "cite", "reference"])?)?,
        "image" => BlockKind::Image(image(
            &object.only(&["key", "kind", "media", "url", "alt", "caption", "credit", "link"])?,
        )?),
        "gallery" => {
            let object = object.only(&["key", "kind", "items"])?;
            let items = each(object.need("items")?, &place.key("items"), |value, place| {
                image(&Object::open(value, place)?.only(&["media", "url", "alt", "caption", "credit", "link"])?)
            })?;
            BlockKind::Gallery { items }
        }
        "embed" => {
            let object = object.only(&["key", "kind", "url", "provider"])?;
            let url = ResourceUrl::parse_absolute(object.string("url")?)
                .ok_or_else(|| place.key("url").invalid("an absolute http or https address"))?;
            let provider = object.optional_string("provider")?.map(str::to_owned);
            BlockKind::Embed(Embed { url, provider })
        }
        "table" => table(&object.only(&["key", "kind", "hasHeader", "rows", "caption"])?)?,
        "code" => {
            let object = object.only(&["key", "kind", "code", "language"])?;
            BlockKind::Code {
                code: object.string("code")?.to_owned(),
                language: object.optional_string("language")?.map(str::to_owned),
            }
        }
        "rule" => {
            object.only(&["key", "kind"])?;
            BlockKind::Rule
        }
        "raw" => {
            let object = object.only(&["key", "kind", "type", "html"])?;
            BlockKind::Raw { type_name: object.string("type")?.to_owned(), html: raw(object.string("html")?) }
        }
        unknown if object.get("html").is_some() => {
            let object = object.only(&["key", "kind", "html"])?;
            BlockKind::Raw { type_name: unknown.to_owned(), html: raw(object.string("html")?) }
        }
        unknown => return Err(unknown_kind(place, unknown)),
    })
}

fn unknown_kind(place: &Place<'_>, kind: &str) -> BodyError {
    let kind = kind.chars().take(limits::NAME_BYTES_MAX).collect();
    place.key("kind").fault(BodyProblem::UnknownKind { kind })
}

fn heading(object: &Object<'_>) -> Result<BlockKind, BodyError> {
    let level = u8::try_from(object.number("level")?)
        .ok()
        .filter(|level| (1..=6).contains(level))
        .ok_or_else(|| object.place.key("level").invalid("a level is 1 to 6"))?;
    Ok(BlockKind::Heading(Heading {
        level,
        text: text(object, "text")?,
        anchor: object.optional_string("anchor")?.unwrap_or_default().to_owned(),
    }))
}

fn list(object: &Object<'_>, depth: usize) -> Result<List, BodyError> {
    if depth > limits::NESTING_MAX {
        let max = limits::NESTING_MAX;
        return Err(object.place.fault(BodyProblem::TooDeep { max }));
    }
    let place = object.place.key("items");
    let items = each(object.need("items")?, &place, |value, place| {
        let item = Object::open(value, place)?.only(&["text", "lists"])?;
        let lists = match item.get("lists") {
            None => Vec::new(),
            Some(lists) => each(lists, &place.key("lists"), |value, place| {
                let below = Object::open(value, place)?.only(&["ordered", "start", "items"])?;
                list(&below, depth + 1)
            })?,
        };
        Ok(ListItem { text: text(&item, "text")?, lists })
    })?;
    Ok(List { ordered: object.flag("ordered")?, start: object.optional_number("start")?, items })
}

fn quote(object: &Object<'_>) -> Result<BlockKind, BodyError> {
    let place = object.place.key("content");
    Ok(BlockKind::Quote(Quote {
        content: each(object.need("content")?, &place, inline)?,
        cite: object.optional_string("cite")?.map(str::to_owned),
        reference: object
            .optional_number("reference")?
            .map(|number| reference(number, object.place, "reference"))
            .transpose()?,
    }))
}

fn image(object: &Object<'_>) -> Result<Image, BodyError> {
    let place = object.place;
    let media = object
        .optional_string("media")?
        .map(|id| id.parse::<MediaId>().map_err(|_| place.key("media").invalid("a media id, as med_…")))
        .transpose()?;
    let url = object
        .optional_string("url")?
        .map(|url| {
            ResourceUrl::parse(url)
                .ok_or_else(|| place.key("url").invalid("an http or https address, or a path from the root"))
        })
        .transpose()?;
    let caption = match object.get("caption") {
        None => Inline::default(),
        Some(caption) => inline(caption, &place.key("caption"))?,
    };
    Ok(Image {
        media,
        url,
        alt: object.optional_string("alt")?.unwrap_or_default().to_owned(),
        caption,
        credit: object.optional_string("credit")?.map(str::to_owned),
        link: object.optional_string("link")?.and_then(Href::parse),
    })
}

fn table(object: &Object<'_>) -> Result<BlockKind, BodyError> {
    let place = object.place;
    let rows = each(object.need("rows")?, &place.key("rows"), |row, place| each(row, place, inline))?;
    let caption = match object.get("caption") {
        None => Inline::default(),
        Some(caption) => inline(caption, &place.key("caption"))?,
    };
    Ok(BlockKind::Table(Table { has_header: object.flag("hasHeader")?, rows, caption }))
}

fn text(object: &Object<'_>, key: &'static str) -> Result<Inline, BodyError> {
    inline(object.need(key)?, &object.place.key(key))
}

fn inline(value: &Value<'_>, place: &Place<'_>) -> Result<Inline, BodyError> {
    each(value, place, span).map(Inline::new)
}

fn span(value: &Value<'_>, place: &Place<'_>) -> Result<Span, BodyError> {
    let object = Object::open(value, place)?;
    Ok(match object.string("kind")? {
        "text" => {
            let object = object.only(&["kind", "text", "marks"])?;
            let marks = match object.get("marks") {
                None => Vec::new(),
                Some(marks) => each(marks, &place.key("marks"), mark)?,
            };
            Span::Text { text: object.string("text")?.to_owned(), marks: marks.into_iter().flatten().collect() }
        }
        "break" => {
            object.only(&["kind"])?;
            Span::LineBreak
        }
        "reference" => {
            let object = object.only(&["kind", "number"])?;
            let number = reference(object.number("number")?, place, "number")?;
            Span::Reference { number }
        }
        unknown => return Err(unknown_kind(place, unknown)),
    })
}

fn reference(number: u32, place: &Place<'_>, key: &str) -> Result<u32, BodyError> {
    if number == 0 {
        return Err(place.key(key).invalid("references are counted from 1"));
    }
    Ok(number)
}

// A link to an unsafe address is no mark at all; its words stay.
fn mark(value: &Value<'_>, place: &Place<'_>) -> Result<Option<Mark>, BodyError> {
    let object = Object::open(value, place)?;
    let kind = object.string("kind")?;
    let simple = match kind {
        "strong" => Mark::Strong,
        "emphasis" => Mark::Emphasis,
        "underline" => Mark::Underline,
        "strike" => Mark::Strike,
        "highlight" => Mark::Highlight,
        "small" => Mark::Small,
        "subscript" => Mark::Subscript,
        "superscript" => Mark::Superscript,
        "code" => Mark::Code,
        "link" => {
            let object = object.only(&["kind", "href", "title", "rel", "hreflang"])?;
            let owned = |key| object.optional_string(key).map(|text| text.map(str::to_owned));
            let (title, rel) = (owned("title")?, owned("rel")?);
            let hreflang = object.get("hreflang").map(|_| language(&object, "hreflang")).transpose()?;
            return Ok(Href::parse(object.string("href")?).map(|href| Mark::Link(Link { href, title, rel, hreflang })));
        }
        "language" => {
            let object = object.only(&["kind", "tag"])?;
            let tag = language(&object, "tag")?;
            return Ok(Some(Mark::Language { tag }));
        }
        "abbreviation" => {
            let object = object.only(&["kind", "title"])?;
            let title = object.string("title")?.to_owned();
            return Ok(Some(Mark::Abbreviation { title }));
        }
        unknown => return Err(unknown_kind(place, unknown)),
    };
    object.only(&["kind"])?;
    Ok(Some(simple))
}

fn language(object: &Object<'_>, key: &'static str) -> Result<LanguageTag, BodyError> {
    let tag = object.string(key)?.parse();
    tag.map_err(|_| object.place.key(key).invalid("a BCP 47 language tag, as fr or ht"))
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
