//! The sites whose players a body shows.
//!
//! Only what is recognised here is ever written as an `<iframe>`, and only with an address built here from parts
//! that were checked one by one; all else an embed points to is written as a link.

use url::Url;

/// A thing on a site whose player we know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Player {
    provider: &'static str,
    page: String,
    frame: Option<String>,
}

impl Player {
    /// Recognises the address of a page or of a player's frame.
    pub fn of(address: &str) -> Option<Self> {
        let url = Url::parse(address).ok()?;
        if !matches!(url.scheme(), "http" | "https") {
            return None;
        }
        let host = url.host_str()?;
        let host =
            ["www.", "m.", "mobile.", "music."].iter().find_map(|prefix| host.strip_prefix(prefix)).unwrap_or(host);
        let path: Vec<&str> = url.path().split('/').filter(|part| !part.is_empty()).collect();
        match host {
            "youtube.com" | "youtube-nocookie.com" | "youtu.be" => youtube(host, &path, &url),
            "vimeo.com" | "player.vimeo.com" => vimeo(&path, &url),
            "dailymotion.com" | "geo.dailymotion.com" | "dai.ly" => dailymotion(host, &path, &url),
            "soundcloud.com" => soundcloud(&path, &url),
            "w.soundcloud.com" => soundcloud_frame(&url),
            "open.spotify.com" => spotify(&path),
            "twitter.com" | "x.com" => tweet(&path),
            _ => None,
        }
    }

    /// The site: `youtube`, `vimeo`, `dailymotion`, `soundcloud`, `spotify` or `x`.
    pub fn provider(&self) -> &'static str {
        self.provider
    }

    /// The site as its readers know it.
    pub fn provider_title(&self) -> &'static str {
        match self.provider {
            "youtube" => "YouTube",
            "vimeo" => "Vimeo",
            "dailymotion" => "Dailymotion",
            "soundcloud" => "SoundCloud",
            "spotify" => "Spotify",
            _ => "X",
        }
    }

    /// The page a reader would visit.
    pub fn page(&self) -> &str {
        &self.page
    }

    /// What goes into an `<iframe>`; nothing for sites that are only linked to.
    pub fn frame(&self) -> Option<&str> {
        self.frame.as_deref()
    }

    /// Width and height the frame is given, in CSS pixels.
    pub fn size(&self) -> (u32, u32) {
        match self.provider {
            "soundcloud" => (640, 166),
            "spotify" => (640, 232),
            _ => (640, 360),
        }
    }
}

fn word(part: &str) -> Option<&str> {
    let fits =
        (1..=64).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    fits.then_some(part)
}

fn digits(part: &str) -> Option<&str> {
    word(part).filter(|part| part.bytes().all(|b| b.is_ascii_digit()))
}

fn query(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

// `90`, `90s`, `1m30s`, `1h2m3s`.
fn seconds(text: &str) -> Option<u32> {
    let mut total = 0_u32;
    let mut number = String::new();
    for c in text.chars() {
        if c.is_ascii_digit() {
            number.push(c);
            continue;
        }
        let unit = match c {
            'h' => 3600,
            'm' => 60,
            's' => 1,
            _ => return None,
        };
        total = total.checked_add(number.parse::<u32>().ok()?.checked_mul(unit)?)?;
        number.clear();
    }
    if !number.is_empty() {
        total = total.checked_add(number.parse().ok()?)?;
    }
    (total > 0).then_some(total)
}

fn youtube(host: &str, path: &[&str], url: &Url) -> Option<Player> {
    let in_query = query(url, "v");
    let playlist = query(url, "list");
    let video = match (host, path) {
        ("youtu.be", [video]) => Some(*video),
        (_, ["watch"]) => in_query.as_deref(),
        (_, ["embed" | "v", "videoseries"] | ["playlist"]) => {
            let list = word(playlist.as_deref()?)?;
            return Some(Player {
                provider: "youtube",
                page: format!("https://www.youtube.com/playlist?list={list}"),
                frame: Some(format!("https://www.youtube-nocookie.com/embed/videoseries?list={list}")),
            });
        }
        // `/v/ID&hl=en`, as Flash players had it.
        (_, ["embed" | "v" | "shorts" | "live", video]) => video.split('&').next(),
        _ => None,
    };
    let video = word(video?)?;
    let start = query(url, "t").or_else(|| query(url, "start")).and_then(|text| seconds(&text));
    let (page_start, frame_start) = match start {
        Some(start) => (format!("&t={start}"), format!("?start={start}")),
        None => (String::new(), String::new()),
    };
    Some(Player {
        provider: "youtube",
        page: format!("https://www.youtube.com/watch?v={video}{page_start}"),
        frame: Some(format!("https://www.youtube-nocookie.com/embed/{video}{frame_start}")),
    })
}

fn vimeo(path: &[&str], url: &Url) -> Option<Player> {
    let (video, in_path) = match path {
        ["video", video] => (*video, None),
        ["channels" | "groups", _, video] => (*video, None),
        ["groups", _, "videos", video] => (*video, None),
        [video] => (*video, None),
        [video, hash] => (*video, Some((*hash).to_owned())),
        _ => return None,
    };
    let video = digits(video)?;
    // Unlisted videos need the word that came with the link.
    let hash = in_path.or_else(|| query(url, "h"));
    let hash = hash.as_deref().and_then(word);
    Some(Player {
        provider: "vimeo",
        page: hash
            .map_or_else(|| format!("https://vimeo.com/{video}"), |hash| format!("https://vimeo.com/{video}/{hash}")),
        frame: Some(hash.map_or_else(
            || format!("https://player.vimeo.com/video/{video}"),
            |hash| format!("https://player.vimeo.com/video/{video}?h={hash}"),
        )),
    })
}

fn dailymotion(host: &str, path: &[&str], url: &Url) -> Option<Player> {
    let in_query = query(url, "video");
    let video = match (host, path) {
        ("dai.ly", [video]) => *video,
        (_, ["video", video] | ["embed", "video", video] | ["swf", "video", video]) => *video,
        (_, ["player.html"] | ["player", _]) => in_query.as_deref()?,
        _ => return None,
    };
    // `/video/x2abc_the-title`, as its older links had it.
    let video = word(video.split('_').next()?)?;
    Some(Player {
        provider: "dailymotion",
        page: format!("https://www.dailymotion.com/video/{video}"),
        frame: Some(format!("https://www.dailymotion.com/embed/video/{video}")),
    })
}

fn soundcloud(path: &[&str], url: &Url) -> Option<Player> {
    let parts = match path {
        [user, track] => vec![word(user)?, word(track)?],
        [user, "sets", set] => vec![word(user)?, "sets", word(set)?],
        [user, track, secret] if secret.starts_with("s-") => {
            vec![word(user)?, word(track)?, word(secret)?]
        }
        _ => return None,
    };
    let secret = query(url, "secret_token");
    let page = format!("https://soundcloud.com/{}", parts.join("/"));
    let target = match secret.as_deref().and_then(word) {
        Some(secret) => format!("{page}?secret_token={secret}"),
        None => page,
    };
    Some(soundcloud_player(target))
}

// The frame of a track that has only a number: `w.soundcloud.com/player/?url=https://api.soundcloud.com/tracks/1`.
fn soundcloud_frame(url: &Url) -> Option<Player> {
    let inner = Url::parse(&query(url, "url")?).ok()?;
    let path: Vec<&str> = inner.path().split('/').filter(|part| !part.is_empty()).collect();
    match (inner.host_str()?, path.as_slice()) {
        ("api.soundcloud.com", [kind @ ("tracks" | "playlists" | "users"), id]) => {
            // The number may come as `soundcloud:tracks:1`.
            let id = digits(id.rsplit(':').next()?)?;
            Some(soundcloud_player(format!("https://api.soundcloud.com/{kind}/{id}")))
        }
        ("soundcloud.com" | "www.soundcloud.com" | "m.soundcloud.com", path) => soundcloud(path, &inner),
        _ => None,
    }
}

fn soundcloud_player(target: String) -> Player {
    let encoded: String = url::form_urlencoded::byte_serialize(target.as_bytes()).collect();
    let frame = format!("https://w.soundcloud.com/player/?url={encoded}");
    Player {
        provider: "soundcloud",
        // A number has no page of its own for readers; the player itself stands in.
        page: if target.starts_with("https://api.") { frame.clone() } else { target },
        frame: Some(frame),
    }
}

fn spotify(path: &[&str]) -> Option<Player> {
    let path = match path {
        [language, rest @ ..] if language.starts_with("intl-") => rest,
        _ => path,
    };
    let (kind, id) = match path {
        ["embed" | "embed-podcast", kind, id] | [kind, id] => (*kind, word(id)?),
        _ => return None,
    };
    let known = ["track", "album", "playlist", "episode", "show", "artist"];
    known.contains(&kind).then(|| Player {
        provider: "spotify",
        page: format!("https://open.spotify.com/{kind}/{id}"),
        frame: Some(format!("https://open.spotify.com/embed/{kind}/{id}")),
    })
}

fn tweet(path: &[&str]) -> Option<Player> {
    let (user, id) = match path {
        [user, "status" | "statuses", id, ..] => (word(user)?, digits(id)?),
        _ => return None,
    };
    Some(Player { provider: "x", page: format!("https://x.com/{user}/status/{id}"), frame: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(address: &str) -> Option<String> {
        Player::of(address)?.frame().map(str::to_owned)
    }

    #[test]
    fn every_spelling_of_a_youtube_video_is_one_frame() {
        for address in [
            "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
            "http://youtube.com/watch?feature=x&v=dQw4w9WgXcQ",
            "https://m.youtube.com/watch?v=dQw4w9WgXcQ",
            "https://youtu.be/dQw4w9WgXcQ?si=abc",
            "https://www.youtube.com/embed/dQw4w9WgXcQ?rel=0",
            "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ",
            "https://www.youtube.com/shorts/dQw4w9WgXcQ",
            "http://www.youtube.com/v/dQw4w9WgXcQ&hl=en",
        ] {
            assert_eq!(
                frame(address).as_deref(),
                Some("https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"),
                "{address}"
            );
        }
        assert_eq!(
            frame("https://youtu.be/dQw4w9WgXcQ?t=1m30s").as_deref(),
            Some("https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?start=90")
        );
    }

    #[test]
    fn the_other_players_are_known() {
        for (address, expected) in [
            ("https://vimeo.com/76979871", "https://player.vimeo.com/video/76979871"),
            ("https://vimeo.com/76979871/ab12", "https://player.vimeo.com/video/76979871?h=ab12"),
            ("https://www.dailymotion.com/video/x8abc_titre", "https://www.dailymotion.com/embed/video/x8abc"),
            ("https://dai.ly/x8abc", "https://www.dailymotion.com/embed/video/x8abc"),
            ("https://geo.dailymotion.com/player.html?video=x8abc", "https://www.dailymotion.com/embed/video/x8abc"),
            (
                "https://soundcloud.com/radyo/emisyon-1",
                "https://w.soundcloud.com/player/?url=https%3A%2F%2Fsoundcloud.com%2Fradyo%2Femisyon-1",
            ),
            (
                "https://w.soundcloud.com/player/?url=https%3A//api.soundcloud.com/tracks/12&auto_play=true",
                "https://w.soundcloud.com/player/?url=https%3A%2F%2Fapi.soundcloud.com%2Ftracks%2F12",
            ),
            (
                "https://open.spotify.com/intl-fr/episode/4rOoJ6Egrf8K2IrywzwOMk?si=x",
                "https://open.spotify.com/embed/episode/4rOoJ6Egrf8K2IrywzwOMk",
            ),
        ] {
            assert_eq!(frame(address).as_deref(), Some(expected));
            assert_eq!(frame(expected).as_deref(), Some(expected), "its own frame is known");
        }
    }

    #[test]
    fn a_post_on_x_has_a_page_and_no_frame() {
        let player = Player::of("https://twitter.com/user/status/12345?s=20").expect("known");
        assert_eq!(player.page(), "https://x.com/user/status/12345");
        assert_eq!(player.frame(), None);
    }

    #[test]
    fn an_address_that_only_looks_known_is_not() {
        for address in [
            "https://youtube.com.evil.example/watch?v=dQw4w9WgXcQ",
            "https://evil.example/https://www.youtube.com/watch?v=dQw4w9WgXcQ",
            "javascript://www.youtube.com/embed/x",
            "https://www.youtube.com/embed/x\"onload=\"y",
            "https://www.youtube.com/redirect?q=https://evil.example",
            "https://w.soundcloud.com/player/?url=https://evil.example/x",
            "https://open.spotify.com/user/somebody",
            "https://peertube.example/w/abc",
        ] {
            assert_eq!(Player::of(address), None, "{address}");
        }
    }
}
