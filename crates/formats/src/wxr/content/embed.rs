//! Addresses that stand alone: players become embeds, other pages links.

use url::Url;

use super::{
    Work,
    lexer::{Kind, Lexer},
    markup::{embed, escape, web_address},
};
use crate::wxr::NoteKind;

/// The sites whose addresses WordPress turns into players or cards when they stand alone on a line.
const PLAYER_HOSTS: [&str; 42] = [
    "youtube.com",
    "youtu.be",
    "youtube-nocookie.com",
    "vimeo.com",
    "dailymotion.com",
    "dai.ly",
    "soundcloud.com",
    "spotify.com",
    "twitter.com",
    "x.com",
    "instagram.com",
    "facebook.com",
    "fb.watch",
    "tiktok.com",
    "flickr.com",
    "flic.kr",
    "ted.com",
    "wordpress.tv",
    "videopress.com",
    "reddit.com",
    "issuu.com",
    "scribd.com",
    "slideshare.net",
    "mixcloud.com",
    "kickstarter.com",
    "tumblr.com",
    "speakerdeck.com",
    "imgur.com",
    "pinterest.com",
    "bsky.app",
    "animoto.com",
    "cloudup.com",
    "crowdsignal.com",
    "polldaddy.com",
    "reverbnation.com",
    "screencast.com",
    "smugmug.com",
    "loom.com",
    "ausha.co",
    "anchor.fm",
    "podcasts.apple.com",
    "odysee.com",
];

/// Whether a text is nothing but the address of a player.
pub(super) fn is_player_address(text: &str) -> bool {
    let trimmed = text.trim();
    trimmed.starts_with("http") && web_address(trimmed).is_some_and(|address| is_player(&address))
}

fn is_player(address: &str) -> bool {
    let Ok(url) = Url::parse(address) else {
        return false;
    };
    let Some(host) = url.host_str() else {
        return false;
    };
    let is_on = |site: &str| host == site || host.strip_suffix(site).is_some_and(|start| start.ends_with('.'));
    // The front page of a site is a link, not a player.
    PLAYER_HOSTS.iter().any(|site| is_on(site)) && (url.path().len() > 1 || url.query().is_some())
}

/// Turns every paragraph that is nothing but an address into an embed, or into a link where nobody knows a player.
pub(super) fn embed_lone_addresses(html: &str, work: &mut Work<'_>) -> String {
    let mut out = String::with_capacity(html.len());
    let mut copied = 0;
    let mut opened: Option<usize> = None;
    let mut address: Option<String> = None;
    let mut is_quoted = 0_u32;
    for piece in Lexer::new(html) {
        match piece.kind {
            Kind::Tag(tag) if tag.is("pre") => {
                is_quoted = if tag.is_close { is_quoted.saturating_sub(1) } else { is_quoted + 1 };
                opened = None;
            }
            Kind::Tag(tag) if tag.opens("p") => {
                opened = Some(piece.start);
                address = None;
            }
            Kind::Tag(tag) if tag.closes("p") => {
                if let (Some(start), Some(address), 0) = (opened, address.take(), is_quoted) {
                    out.push_str(html.get(copied..start).unwrap_or_default());
                    out.push_str(&lone(&address, work));
                    copied = piece.end;
                }
                opened = None;
            }
            Kind::Text(text) if opened.is_some() && address.is_none() && text.trim().starts_with("http") => {
                address = web_address(text);
                if address.is_none() {
                    opened = None;
                }
            }
            Kind::Text(text) if text.trim().is_empty() => {}
            Kind::Tag(tag) if tag.is("br") => {}
            Kind::Text(_) | Kind::Tag(_) => opened = None,
            Kind::Comment(_) => {}
        }
    }
    out.push_str(html.get(copied..).unwrap_or_default());
    out
}

fn lone(address: &str, work: &mut Work<'_>) -> String {
    if is_player(address) {
        work.notes.add(NoteKind::AddressEmbedded, address);
    }
    player_or_link(address)
}

/// What WordPress shows for an address that somebody wants shown: a player where it knows one, else a link.
pub(super) fn player_or_link(address: &str) -> String {
    if is_player(address) {
        return embed(address, "");
    }
    let shown = escape(address);
    format!("<p><a href=\"{shown}\">{shown}</a></p>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_player_is_known_by_its_host_and_not_by_its_looks() {
        assert!(is_player_address(" https://www.youtube.com/watch?v=abc&amp;t=1 "));
        assert!(is_player_address("http://x.com/a/status/1"));
        for no in [
            "https://netflix.com/a",
            "https://youtube.com.example.org/watch?v=a",
            "https://youtube.com/",
            "youtube.com/x",
            "https://a b",
        ] {
            assert!(!is_player_address(no), "{no}");
        }
    }
}
