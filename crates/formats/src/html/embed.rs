//! Players and frames of other sites.

use masthead_domain::body::{BlockKind, Embed, Inline, Link, Mark, Player, ResourceUrl, Span};

use super::{
    convert::{Converter, resolve},
    note::NoteKind,
    tree::Element,
};

/// The block of a frame, player or plug-in; nothing when it has no address.
pub(super) fn of_element(converter: &mut Converter<'_>, element: &Element) -> Option<BlockKind> {
    let name = &*element.name;
    let Some(address) = address(element) else {
        converter.notes.add(NoteKind::DroppedElement, name);
        return None;
    };
    let href = resolve(&address, converter.options);
    let url = href.as_ref().and_then(|href| ResourceUrl::parse_absolute(href.as_str()));
    if let Some(player) = url.as_ref().and_then(|url| Player::of(url.as_str())) {
        return of_player(&player);
    }
    // A film or sound is what it is wherever it lies; a frame or plug-in may be anything.
    if matches!(name, "video" | "audio")
        && let Some(url) = url
    {
        return Some(BlockKind::Embed(Embed { url, provider: None }));
    }
    let Some(href) = href else {
        converter.notes.add(NoteKind::DroppedElement, &format!("{name} {address}"));
        return None;
    };
    converter.notes.add(NoteKind::UnknownPlayer, &address);
    let words = element.filled("title").map_or_else(|| href.to_string(), str::to_owned);
    let span = Span::marked(words, [Mark::Link(Link::to(href))]);
    Some(BlockKind::paragraph(Inline::new([span])))
}

fn of_player(player: &Player) -> Option<BlockKind> {
    let url = ResourceUrl::parse_absolute(player.page())?;
    Some(BlockKind::Embed(Embed { url, provider: None }))
}

fn address(element: &Element) -> Option<String> {
    if let Some(video) = element.filled("data-videoid").filter(|_| &*element.name == "amp-youtube") {
        return Some(format!("https://www.youtube.com/watch?v={video}"));
    }
    let own = ["data-src", "data-lazy-src", "src", "data"].into_iter().find_map(|name| element.filled(name));
    let own = own.filter(|address| !address.starts_with("about:"));
    let inside = || {
        let source = element.find(&|inner| match &*inner.name {
            "source" | "embed" => inner.filled("src").is_some(),
            "param" => inner.filled("name").is_some_and(|name| matches!(name, "movie" | "src" | "url")),
            _ => false,
        })?;
        source.filled("src").or_else(|| source.filled("value"))
    };
    own.or_else(inside).map(str::to_owned)
}

/// The player of a paragraph that is nothing but the address of a known one, not linked.
pub(super) fn of_bare_address(text: &Inline) -> Option<Embed> {
    let [Span::Text { text, marks }] = text.spans() else {
        return None;
    };
    let url = ResourceUrl::parse_absolute(text).filter(|_| marks.is_empty() && !text.contains(' '))?;
    Player::of(url.as_str())?;
    Some(Embed { url, provider: None })
}

/// The embed of an embed block that is nothing but an address, known or not, linked to itself or not.
pub(super) fn of_address_alone(text: &Inline) -> Option<Embed> {
    let words = text.text();
    let url = ResourceUrl::parse_absolute(&words).filter(|_| !words.contains([' ', '\n']))?;
    Some(Embed { url, provider: None })
}
