//! What each known shortcode stands for.

use super::{
    Work,
    embed::player_or_link,
    gallery::{GalleryItem, gallery_html},
    lexer::{Kind, Lexer},
    markup::{embed, escape, figure, media, note_mark, web_address},
};
use crate::wxr::{Attachment, FileKind, NoteKind, WpId, text::decode_entities};

use super::shortcode::Shortcode;

/// The shortcodes this importer knows. All other bracketed text is text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    Caption,
    Gallery,
    Audio,
    Video,
    Playlist,
    Embed,
    Note,
    Code,
    YouTube,
    Vimeo,
    Dailymotion,
    /// Shortcodes of other sites that carry an address: Twitter, SoundCloud, Spotify, Instagram, frames.
    Address,
}

impl Known {
    pub(super) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "caption" | "wp_caption" => Self::Caption,
            "gallery" => Self::Gallery,
            "audio" => Self::Audio,
            "video" | "wpvideo" => Self::Video,
            "playlist" => Self::Playlist,
            "embed" => Self::Embed,
            "ref" | "footnote" | "efn_note" | "mfn" => Self::Note,
            "sourcecode" | "code" => Self::Code,
            "youtube" => Self::YouTube,
            "vimeo" => Self::Vimeo,
            "dailymotion" => Self::Dailymotion,
            "tweet" | "soundcloud" | "spotify" | "instagram" | "facebook" | "iframe" | "tiktok" => Self::Address,
            _ => return None,
        })
    }

    /// The name used in notes.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Caption => "caption",
            Self::Gallery => "gallery",
            Self::Audio => "audio",
            Self::Video => "video",
            Self::Playlist => "playlist",
            Self::Embed => "embed",
            Self::Note => "footnote",
            Self::Code => "code",
            Self::YouTube => "youtube",
            Self::Vimeo => "vimeo",
            Self::Dailymotion => "dailymotion",
            Self::Address => "address",
        }
    }

    /// Whether the shortcode can have a text of its own.
    pub(super) fn may_enclose(self) -> bool {
        !matches!(self, Self::Gallery | Self::Playlist)
    }
}

/// The HTML a shortcode stands for; `None` when it cannot be told, and its text then stays.
pub(super) fn convert(known: Known, shortcode: &Shortcode<'_>, work: &mut Work<'_>) -> Option<String> {
    let block = match known {
        Known::Note => return note(shortcode, work),
        Known::Caption => caption(shortcode)?,
        Known::Gallery => gallery(shortcode, work)?,
        Known::Audio => player(shortcode, "audio", work)?,
        Known::Video => player(shortcode, "video", work)?,
        Known::Playlist => playlist(shortcode, work)?,
        Known::Code => code(shortcode)?,
        Known::Embed | Known::Address => player_or_link(&address(shortcode)?),
        Known::YouTube => site(shortcode, "https://www.youtube.com/watch?v=")?,
        Known::Vimeo => site(shortcode, "https://vimeo.com/")?,
        Known::Dailymotion => site(shortcode, "https://www.dailymotion.com/video/")?,
    };
    // Blocks stand between paragraphs; autop must see that.
    Some(format!("\n\n{block}\n\n"))
}

/// `[caption caption="…"]<a><img></a>[/caption]`, or with the words behind the picture.
fn caption(shortcode: &Shortcode<'_>) -> Option<String> {
    let inner = shortcode.inner?;
    let (start, end) = picture_range(inner)?;
    let picture = inner.get(start..end)?;
    let around = format!("{} {}", inner.get(..start)?, inner.get(end..)?);
    let words = match shortcode.get("caption") {
        Some(words) => words,
        None => strip_paragraphs(&around),
    };
    Some(figure("wp-caption", picture, words))
}

/// Where the first picture or player stands, with the link around it.
fn picture_range(html: &str) -> Option<(usize, usize)> {
    let mut link_start = None;
    let mut picture: Option<(usize, usize)> = None;
    for piece in Lexer::new(html) {
        let Kind::Tag(tag) = piece.kind else {
            continue;
        };
        match picture {
            None if tag.opens("a") => link_start = Some(piece.start),
            None if tag.closes("a") => link_start = None,
            None if tag.opens("img") && link_start.is_none() => {
                return Some((piece.start, piece.end));
            }
            None if tag.opens("img") => picture = Some((link_start?, piece.end)),
            None if tag.opens("iframe") || tag.opens("video") => picture = Some((piece.start, piece.end)),
            Some((start, _)) if tag.is_close && tag.is_one_of(&["a", "iframe", "video"]) => {
                return Some((start, piece.end));
            }
            _ => {}
        }
    }
    picture
}

/// A caption is one run of words: paragraphs and breaks around it say nothing.
fn strip_paragraphs(html: &str) -> &str {
    let mut words = html.trim();
    loop {
        let before = words;
        for tag in ["<p>", "</p>", "<br>", "<br/>", "<br />"] {
            words = words.strip_prefix(tag).unwrap_or(words).trim();
            words = words.strip_suffix(tag).unwrap_or(words).trim();
        }
        if words.len() == before.len() {
            return words;
        }
    }
}

fn ids(list: &str) -> impl Iterator<Item = WpId> {
    list.split([',', ' ']).filter_map(WpId::parse).take(500)
}

/// The files of a gallery or playlist: those it names, else those of the item.
fn files<'w>(shortcode: &Shortcode<'_>, kind: FileKind, work: &mut Work<'w>) -> Vec<&'w Attachment> {
    let attachments = work.context.attachments;
    let named = ["ids", "include"].iter().find_map(|key| shortcode.get(key));
    if let Some(named) = named {
        let mut found = Vec::new();
        for id in ids(named) {
            match attachments.by_id(&id) {
                Some(file) => found.push(file),
                None => work.notes.add(NoteKind::GalleryItemMissing, id.as_str()),
            }
        }
        return found;
    }
    let parent = shortcode.get("id").and_then(WpId::parse).or_else(|| work.item.post_id.clone());
    let excluded: Vec<WpId> = shortcode.get("exclude").map(|list| ids(list).collect()).unwrap_or_default();
    let mut found = parent.map(|parent| attachments.of_parent(&parent, kind)).unwrap_or_default();
    found.retain(|file| !excluded.contains(&file.id));
    found
}

fn gallery(shortcode: &Shortcode<'_>, work: &mut Work<'_>) -> Option<String> {
    let items: Vec<GalleryItem> = files(shortcode, FileKind::Image, work).into_iter().map(GalleryItem::of).collect();
    if items.is_empty() {
        return None;
    }
    let html = gallery_html(&items, "");
    work.add_gallery(items);
    Some(html)
}

fn playlist(shortcode: &Shortcode<'_>, work: &mut Work<'_>) -> Option<String> {
    let (element, kind) = match shortcode.get("type") {
        Some("video") => ("video", FileKind::Video),
        _ => ("audio", FileKind::Audio),
    };
    let players: Vec<String> = files(shortcode, kind, work)
        .into_iter()
        .filter_map(|file| {
            let address = web_address(&file.url)?;
            let words = if file.caption.is_empty() { &file.title } else { &file.caption };
            Some(media(element, &address, None, &escape(words)))
        })
        .collect();
    (!players.is_empty()).then(|| players.join("\n"))
}

fn player(shortcode: &Shortcode<'_>, element: &str, work: &mut Work<'_>) -> Option<String> {
    let (keys, kind): (&[&str], FileKind) = match element {
        "audio" => (&["src", "mp3", "m4a", "ogg", "wav", "flac", "wma"], FileKind::Audio),
        _ => (&["src", "mp4", "m4v", "webm", "ogv", "mov", "flv", "wmv"], FileKind::Video),
    };
    let named = keys.iter().find_map(|key| shortcode.get(key)).and_then(web_address);
    // `[audio https://…|titles=…]` is how the first audio plugin wrote it.
    let bare = || shortcode.first().and_then(|first| web_address(first.split('|').next().unwrap_or_default()));
    let attached = || {
        let parent = work.item.post_id.as_ref()?;
        web_address(&work.context.attachments.of_parent(parent, kind).first()?.url)
    };
    let address = named.or_else(bare).or_else(|| inner_address(shortcode)).or_else(attached)?;
    let poster = shortcode.get("poster").and_then(web_address);
    Some(media(element, &address, poster.as_deref(), ""))
}

/// The address a shortcode carries: under a key, bare, or between opening and closing.
fn address(shortcode: &Shortcode<'_>) -> Option<String> {
    let named = ["src", "url", "href"].iter().find_map(|key| shortcode.get(key)).and_then(web_address);
    named.or_else(|| shortcode.first().and_then(web_address)).or_else(|| inner_address(shortcode))
}

/// The address between opening and closing: bare, or linked by the editor.
fn inner_address(shortcode: &Shortcode<'_>) -> Option<String> {
    let inner = shortcode.inner?;
    if let Some(address) = web_address(inner) {
        return Some(address);
    }
    Lexer::new(inner).find_map(|piece| match piece.kind {
        Kind::Tag(tag) if !tag.is_close => tag.attribute("src").or_else(|| tag.attribute("href")).and_then(web_address),
        Kind::Tag(_) | Kind::Text(_) | Kind::Comment(_) => None,
    })
}

/// A site's shortcode carries an address or only the name of the video.
fn site(shortcode: &Shortcode<'_>, prefix: &str) -> Option<String> {
    if let Some(address) = address(shortcode) {
        return Some(embed(&address, ""));
    }
    let id = ["id", "video"].iter().find_map(|key| shortcode.get(key)).or_else(|| shortcode.first());
    let id = id.or_else(|| shortcode.inner.map(str::trim))?;
    let is_id =
        (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    is_id.then(|| embed(&format!("{prefix}{id}"), ""))
}

fn note(shortcode: &Shortcode<'_>, work: &mut Work<'_>) -> Option<String> {
    let inner = shortcode.inner.map(str::trim).filter(|inner| !inner.is_empty())?;
    let number = work.add_note(inner)?;
    Some(note_mark(&format!("note-{number}"), number))
}

fn code(shortcode: &Shortcode<'_>) -> Option<String> {
    let inner = shortcode.inner?;
    let language = ["language", "lang"].iter().find_map(|key| shortcode.get(key)).or_else(|| shortcode.first());
    let language = language
        .filter(|name| name.len() <= 30 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"+#-".contains(&b)));
    let class = language.map(|name| format!(" class=\"language-{}\"", name.to_ascii_lowercase())).unwrap_or_default();
    let text = decode_entities(inner);
    Some(format!("<pre><code{class}>{}</code></pre>", escape(text.trim_matches(['\n', '\r']))))
}
