//! Pictures, figures and galleries.

use masthead_domain::body::{BlockKind, Embed, Href, Image, Inline, ResourceUrl};

use super::{
    convert::{Converter, Flow, Place, resolve, split_texts},
    embed,
    note::NoteKind,
    tree::{Element, Node},
};

/// The picture of an `<img>`; nothing, with a note, for those that show nothing.
pub(super) fn image(converter: &mut Converter<'_>, element: &Element) -> Option<Image> {
    let media = element.filled("data-media").and_then(|id| id.parse().ok());
    let address = address(element);
    let url = address.and_then(|address| resolve(address, converter.options));
    let url = url.and_then(|url| ResourceUrl::parse(url.as_str()));
    if media.is_none() && url.is_none() {
        let why = match element.filled("src") {
            Some(src) if src.starts_with("data:") => "a picture inside the page (data:)",
            Some(src) => src,
            None => "no address",
        };
        converter.notes.add(NoteKind::DroppedImage, why);
        return None;
    }
    if media.is_none() && is_pixel(element) {
        converter.notes.add(NoteKind::DroppedImage, address.unwrap_or("a picture of one pixel"));
        return None;
    }
    let link = element.format.iter().rev().find(|one| &*one.name == "a").and_then(|link| link.attr("href"));
    let link: Option<Href> = link.and_then(|address| converter.href(address));
    Some(Image {
        media,
        url,
        alt: element.attr("alt").unwrap_or_default().to_owned(),
        caption: Inline::default(),
        credit: None,
        link,
    })
}

// Pages that load pictures late have a stand-in in `src`.
fn address(element: &Element) -> Option<&str> {
    let late = ["data-src", "data-lazy-src", "data-original"].into_iter().find_map(|name| element.filled(name));
    let own = element.filled("src").filter(|src| !src.starts_with("data:") && *src != "about:blank");
    let of_set = || {
        let set = element.filled("srcset").or_else(|| element.filled("data-srcset"))?;
        set.split_ascii_whitespace().next().filter(|src| !src.starts_with("data:"))
    };
    late.filter(|late| !late.starts_with("data:")).or(own).or_else(of_set)
}

fn is_pixel(element: &Element) -> bool {
    let one = |name| element.filled(name).is_some_and(|value| matches!(value, "0" | "1" | "1px"));
    one("width") && one("height")
}

/// The words of a picture that is a smiley or emoji.
pub(super) fn emoji(element: &Element) -> Option<&str> {
    let is_emoji = element.classes().any(|class| matches!(class, "wp-smiley" | "emoji" | "ee_img"));
    element.filled("alt").filter(|alt| is_emoji && alt.chars().count() <= 16)
}

/// Whether an element's class says that its pictures belong together.
pub(super) fn is_gallery(element: &Element) -> bool {
    element.classes().any(|class| {
        matches!(
            class,
            "gallery" | "wp-block-gallery" | "blocks-gallery-grid" | "tiled-gallery" | "kg-gallery-container"
        )
    })
}

/// The blocks of a `<figure>`.
pub(super) fn blocks(converter: &mut Converter<'_>, figure: &Element, place: &Place) -> Vec<BlockKind> {
    if figure.has_class("embed")
        && let Some(embed) = own_embed(figure)
    {
        return vec![BlockKind::Embed(embed)];
    }
    captioned(converter, figure, place, is_gallery(figure), |child| &*child.name == "figcaption")
}

/// The blocks of a container whose class says what it is; nothing for any other.
pub(super) fn of_container(converter: &mut Converter<'_>, element: &Element, place: &Place) -> Option<Vec<BlockKind>> {
    if element.has_class("wp-caption") {
        let kinds = captioned(converter, element, place, false, |child| {
            child.has_class("wp-caption-text") || &*child.name == "figcaption"
        });
        return Some(kinds);
    }
    if is_gallery(element) {
        return Some(captioned(converter, element, place, true, |child| {
            &*child.name == "figcaption" || child.has_class("blocks-gallery-caption")
        }));
    }
    if &*element.name == "div" && element.has_class("raw") && !place.inline {
        let type_name = element.filled("data-type")?;
        let mut flow = Flow::default();
        converter.raw(type_name, element, &mut flow);
        return Some(flow.blocks);
    }
    None
}

fn own_embed(figure: &Element) -> Option<Embed> {
    let url = ResourceUrl::parse_absolute(figure.filled("data-url")?)?;
    let provider = figure.filled("data-provider").map(str::to_owned);
    Some(Embed { url, provider })
}

// What stands in an element beside its captions takes the captions, as far as it can.
fn captioned(
    converter: &mut Converter<'_>,
    element: &Element,
    place: &Place,
    gallery: bool,
    is_caption: impl Fn(&Element) -> bool,
) -> Vec<BlockKind> {
    let mut captions = Vec::new();
    let mut kinds = Vec::new();
    let outer = converter.credit.take();
    converter.credit = Some(String::new());
    gather(converter, &element.children, place, &is_caption, &mut captions, &mut kinds);
    let credit = std::mem::replace(&mut converter.credit, outer).filter(|credit| !credit.trim().is_empty());
    let (texts, others) = split_texts(captions);
    let caption = Inline::lines(texts);
    kinds.extend(others);
    if gallery || is_row_of_images(&kinds) {
        kinds = gather_images(kinds);
    }
    let embedded = element.classes().any(|class| class.contains("embed"));
    if embedded
        && let [BlockKind::Paragraph { text }] = kinds.as_slice()
        && let Some(embed) = embed::of_address_alone(text)
    {
        kinds = vec![BlockKind::Embed(embed)];
    }
    give_caption(&mut kinds, caption, credit);
    kinds
}

fn gather(
    converter: &mut Converter<'_>,
    nodes: &[Node],
    place: &Place,
    is_caption: &dyn Fn(&Element) -> bool,
    captions: &mut Vec<BlockKind>,
    kinds: &mut Vec<BlockKind>,
) {
    let mut rest = nodes;
    while !rest.is_empty() {
        let plain = rest.iter().take_while(|node| !node.element().is_some_and(is_caption)).count();
        let (before, from) = rest.split_at_checked(plain).unwrap_or((rest, &[]));
        kinds.extend(converter.blocks(before, place));
        let Some((caption, after)) = from.split_first() else {
            return;
        };
        if let Node::Element(caption) = caption {
            captions.extend(converter.blocks(&caption.children, &Place { inline: true, ..place.clone() }));
        }
        rest = after;
    }
}

fn is_row_of_images(kinds: &[BlockKind]) -> bool {
    kinds.len() > 1 && kinds.iter().all(|kind| matches!(kind, BlockKind::Image(_)))
}

// The pictures of a gallery as one block. A line of text after a picture that has no caption is its caption, as in
// WordPress's older galleries; a gallery with other things in it keeps those after it.
fn gather_images(kinds: Vec<BlockKind>) -> Vec<BlockKind> {
    let mut items: Vec<Image> = Vec::new();
    let mut others = Vec::new();
    for kind in kinds {
        match kind {
            BlockKind::Image(image) => items.push(image),
            BlockKind::Gallery { items: inner } => items.extend(inner),
            BlockKind::List(list) => {
                // Pictures were moved out of their list items; what is left are their captions.
                let mut texts = Vec::new();
                super::list::lines(&list, &mut texts);
                others.extend(texts.into_iter().map(BlockKind::paragraph));
            }
            BlockKind::Paragraph { text } => match items.last_mut() {
                Some(last) if last.caption.is_empty() => last.caption = text,
                _ => others.push(BlockKind::paragraph(text)),
            },
            other => others.push(other),
        }
    }
    if !items.is_empty() {
        others.insert(0, BlockKind::Gallery { items });
    }
    others
}

fn give_caption(kinds: &mut Vec<BlockKind>, caption: Inline, credit: Option<String>) {
    let mut left = Some((caption, credit)).filter(|(caption, credit)| !caption.is_empty() || credit.is_some());
    match kinds.as_mut_slice() {
        [BlockKind::Image(image)] if image.caption.is_empty() => {
            if let Some((caption, credit)) = left.take() {
                image.caption = caption;
                image.credit = image.credit.take().or(credit);
            }
        }
        [BlockKind::Table(table)] if table.caption.is_empty() => {
            if let Some((caption, credit)) = left.take() {
                table.caption = caption;
                left = credit.map(|credit| (Inline::default(), Some(credit)));
            }
        }
        _ => {}
    }
    if let Some((caption, credit)) = left {
        let credit = credit.map(|credit| Inline::plain(&credit));
        let text = Inline::lines([Some(caption), credit].into_iter().flatten());
        kinds.push(BlockKind::paragraph(text));
    }
}
