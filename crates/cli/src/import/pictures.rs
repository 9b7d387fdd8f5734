//! Finding the media record of a picture by the address that an article shows it under.

use std::collections::HashMap;

use masthead_domain::MediaId;
use url::Url;

/// The media records of an export by their addresses.
#[derive(Debug, Default)]
pub(super) struct Pictures {
    by_address: HashMap<String, MediaId>,
}

impl Pictures {
    /// Remembers where a record's file is. Of two records of one file the first counts.
    pub(super) fn add(&mut self, address: &str, id: MediaId) {
        if let Some(key) = key(address) {
            self.by_address.entry(key).or_insert(id);
        }
    }

    /// The record of the file at an address, or of the file that WordPress made this smaller copy of:
    /// `harbour-300x200.jpg` of `harbour.jpg`, which may itself be kept as `harbour-scaled.jpg`.
    pub(super) fn find(&self, address: &str) -> Option<MediaId> {
        let key = key(address)?;
        if let Some(id) = self.by_address.get(&key) {
            return Some(*id);
        }
        let (stem, ending) = key.rsplit_once('.').filter(|(_, ending)| !ending.contains('/'))?;
        let bare = without_size(stem).unwrap_or(stem);
        let whole = bare.strip_suffix("-scaled").unwrap_or(bare);
        [format!("{bare}.{ending}"), format!("{whole}.{ending}"), format!("{whole}-scaled.{ending}")]
            .iter()
            .find_map(|name| self.by_address.get(name))
            .copied()
    }
}

/// Host and path: exports mix `http` and `https`, and sizes asked for in the query are of one file.
fn key(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let host = url.host_str()?;
    Some(format!("{}{}", host.strip_prefix("www.").unwrap_or(host), url.path()))
}

/// A name without the size at its end: `harbour-300x200`.
fn without_size(stem: &str) -> Option<&str> {
    let (bare, size) = stem.rsplit_once('-')?;
    let (width, height) = size.split_once('x')?;
    let is_number = |text: &str| (1..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    (is_number(width) && is_number(height)).then_some(bare)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_smaller_copy_is_the_same_picture() {
        let id = |number| MediaId::from_uuid(Uuid::from_u128(number));
        let mut pictures = Pictures::default();
        pictures.add("https://www.old.example/up/harbour.jpg", id(1));
        pictures.add("http://old.example/up/large-scaled.jpg", id(2));
        for (address, found) in [
            ("http://old.example/up/harbour.jpg?w=300", Some(1)),
            ("https://old.example/up/harbour-300x200.jpg", Some(1)),
            ("https://old.example/up/large-1024x768.jpg", Some(2)),
            ("https://old.example/up/large.jpg", Some(2)),
            ("https://old.example/up/harbour-300x200.png", None),
            ("https://old.example/up/harbour-axb.jpg", None),
            ("https://other.example/up/harbour.jpg", None),
            ("/up/harbour.jpg", None),
        ] {
            assert_eq!(pictures.find(address), found.map(id), "{address}");
        }
    }
}
