//! Bodies of the demo: Markdown with four signs of our own.

use anyhow::{Context as _, ensure};
use masthead_domain::body::{BlockKind, Body, Embed, Image, Inline, ResourceUrl};
use masthead_formats::{
    html::{ParseOptions, ReferenceMarks},
    markdown,
};

use super::library::{Library, named};

/// Reads the body of an article with so many references.
pub(super) fn read(text: &str, references: usize, library: &Library) -> anyhow::Result<Body> {
    let options =
        ParseOptions { references: ReferenceMarks::numbered(u32::try_from(references)?), ..ParseOptions::default() };
    let parsed = markdown::parse(&with_addresses(text, library)?, &options);
    let kinds = parsed.body.into_keyed_blocks().map(|(_, kind)| ours(kind, library));
    let kinds = kinds.collect::<anyhow::Result<Vec<_>>>()?;
    Ok(Body::from_blocks(kinds)?)
}

/// Writes addresses for media keys, so that a picture is one to whoever reads Markdown.
fn with_addresses(text: &str, library: &Library) -> anyhow::Result<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("(media:") {
        let key: &str = after.split([' ', ')']).next().unwrap_or_default();
        out.push_str(before);
        out.push('(');
        out.push_str(named(&library.media, key)?.url.as_str());
        rest = after.strip_prefix(key).unwrap_or(after);
    }
    out.push_str(rest);
    Ok(out)
}

/// A block with our signs read.
fn ours(kind: BlockKind, library: &Library) -> anyhow::Result<BlockKind> {
    Ok(match kind {
        BlockKind::Image(image) => BlockKind::Image(of_the_library(image, library)?),
        BlockKind::Code { code, language } if language.as_deref() == Some("gallery") => {
            let keys = code.lines().map(str::trim).filter(|key| !key.is_empty());
            let items = keys.map(|key| {
                let picture = named(&library.media, key)?;
                let alt = picture.alt.clone().unwrap_or_default();
                Ok(Image { media: Some(picture.id), alt, ..Image::default() })
            });
            BlockKind::Gallery { items: items.collect::<anyhow::Result<_>>()? }
        }
        BlockKind::Paragraph { text } => match lone_address(&text) {
            Some(url) => BlockKind::Embed(Embed { url, provider: None }),
            None => BlockKind::Paragraph { text },
        },
        other => other,
    })
}

fn of_the_library(image: Image, library: &Library) -> anyhow::Result<Image> {
    let address = image.url.as_ref().context("a picture has an address")?;
    let found = library.media.values().find(|picture| picture.url.as_str() == address.as_str());
    ensure!(found.is_some(), "the picture {} is not in media.toml", address.as_str());
    Ok(Image { media: found.map(|picture| picture.id), url: None, ..image })
}

fn lone_address(text: &Inline) -> Option<ResourceUrl> {
    let words = text.text();
    let is_alone = words.starts_with("https://") && !words.contains(char::is_whitespace);
    if is_alone { ResourceUrl::parse_absolute(&words) } else { None }
}
