//! Uploaded files of an export, found by id, by parent and by address.

use std::collections::{BTreeMap, HashMap};

use super::{WpId, WxrItem, text::plain_text};

/// What a reader needs to know of an uploaded file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// `wp:post_id`.
    pub id: WpId,
    /// The item it was uploaded for.
    pub parent: Option<WpId>,
    /// Where the file is.
    pub url: String,
    /// The title in plain words.
    pub title: String,
    /// The alternative text, may be empty.
    pub alt: String,
    /// The caption in plain words, may be empty.
    pub caption: String,
    /// The order among the files of its parent.
    pub menu_order: i64,
}

/// What an address ends in says what the file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A picture.
    Image,
    /// Sound.
    Audio,
    /// Moving pictures.
    Video,
    /// Anything else.
    Other,
}

impl FileKind {
    /// The kind of file at an address, by its extension.
    #[must_use]
    pub fn of(url: &str) -> Self {
        let path = url.split(['?', '#']).next().unwrap_or_default();
        let extension = path.rsplit('/').next().unwrap_or_default().rsplit_once('.').map(|(_, extension)| extension);
        match extension.unwrap_or_default().to_ascii_lowercase().as_str() {
            "jpg" | "jpeg" | "jpe" | "png" | "gif" | "webp" | "avif" | "svg" | "bmp" | "tif" | "tiff" | "heic"
            | "ico" => Self::Image,
            "mp3" | "m4a" | "ogg" | "oga" | "wav" | "flac" | "wma" | "aac" | "opus" => Self::Audio,
            "mp4" | "m4v" | "mov" | "webm" | "ogv" | "wmv" | "avi" | "flv" | "mkv" | "mpg" | "mpeg" => Self::Video,
            _ => Self::Other,
        }
    }
}

/// All uploaded files of an export.
#[derive(Debug, Clone, Default)]
pub struct Attachments {
    by_id: HashMap<WpId, Attachment>,
    by_parent: BTreeMap<WpId, Vec<WpId>>,
    /// Addresses without what does not matter; see `address_key`.
    by_address: HashMap<String, WpId>,
}

impl Attachments {
    /// Remembers an item if it is an uploaded file with an address; of two with one id the first counts. Private files
    /// and those in the bin are not remembered, so that no gallery shows them.
    pub(super) fn add(&mut self, item: &WxrItem) {
        let Some(id) = item.post_id.as_ref().filter(|_| item.is_public_file()) else {
            return;
        };
        // Old exports have no `wp:attachment_url`; the guid of an attachment is its address.
        let guid = item.guid.as_deref().filter(|guid| FileKind::of(guid) != FileKind::Other);
        let Some(url) = item.attachment_url.as_deref().or(guid) else {
            return;
        };
        if self.by_id.contains_key(id) {
            return;
        }
        self.by_address.entry(address_key(url)).or_insert_with(|| id.clone());
        if let Some(parent) = &item.parent {
            self.by_parent.entry(parent.clone()).or_default().push(id.clone());
        }
        let attachment = Attachment {
            id: id.clone(),
            parent: item.parent.clone(),
            url: url.to_owned(),
            title: item.title_text(),
            alt: item.alt().map(plain_text).unwrap_or_default(),
            caption: item.excerpt_text(),
            menu_order: item.menu_order,
        };
        self.by_id.insert(id.clone(), attachment);
    }

    /// The file with this id.
    #[must_use]
    pub fn by_id(&self, id: &WpId) -> Option<&Attachment> {
        self.by_id.get(id)
    }

    /// The file behind an address in a text, which is often that of a smaller copy: `port-300x200.jpg`.
    #[must_use]
    pub fn by_url(&self, url: &str) -> Option<&Attachment> {
        let key = address_key(url);
        let id = self.by_address.get(&key).or_else(|| self.by_address.get(&without_size(&key)?));
        // Since 5.3 WordPress keeps a very large picture as `port-scaled.jpg` and makes its copies of `port.jpg`.
        let scaled = || {
            let whole = without_size(&key).unwrap_or_else(|| key.clone());
            let (stem, extension) = whole.rsplit_once('.')?;
            self.by_address.get(&format!("{stem}-scaled.{extension}"))
        };
        self.by_id.get(id.or_else(scaled)?)
    }

    /// The files of one kind uploaded for an item, in their order.
    #[must_use]
    pub fn of_parent(&self, parent: &WpId, kind: FileKind) -> Vec<&Attachment> {
        let ids = self.by_parent.get(parent).map(Vec::as_slice).unwrap_or_default();
        let mut files: Vec<&Attachment> =
            ids.iter().filter_map(|id| self.by_id.get(id)).filter(|file| FileKind::of(&file.url) == kind).collect();
        files.sort_by_key(|file| file.menu_order);
        files
    }

    /// How many files there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether there is no file.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }
}

/// An address without scheme, `www.` and query: old sites mix them for one file.
fn address_key(url: &str) -> String {
    let url = url.trim().split(['?', '#']).next().unwrap_or_default();
    let rest = url.split_once("//").map_or(url, |(_, rest)| rest);
    rest.strip_prefix("www.").unwrap_or(rest).to_owned()
}

/// `a/port.jpg` for `a/port-300x200.jpg`.
fn without_size(key: &str) -> Option<String> {
    let (stem, extension) = key.rsplit_once('.')?;
    let (name, size) = stem.rsplit_once('-')?;
    let (width, height) = size.split_once('x')?;
    let is_number = |text: &str| (1..=5).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    (is_number(width) && is_number(height)).then(|| format!("{name}.{extension}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(urls: &[&str]) -> Attachments {
        let mut files = Attachments::default();
        for (number, url) in urls.iter().enumerate() {
            let id = WpId::parse(&(number + 1).to_string()).unwrap();
            files.by_address.insert(address_key(url), id.clone());
            let text = String::new;
            let (url, parent) = ((*url).to_owned(), None);
            let file =
                Attachment { id: id.clone(), parent, url, title: text(), alt: text(), caption: text(), menu_order: 0 };
            files.by_id.insert(id, file);
        }
        files
    }

    #[test]
    fn a_smaller_copy_is_found_as_its_file() {
        let files = files(&[
            "https://www.example.org/u/port.jpg",
            "http://example.org/u/mer-scaled.jpg",
            "http://example.org/u/10x10-20x30.png",
        ]);
        for (url, id) in [
            ("http://example.org/u/port-300x200.jpg", "1"),
            ("//example.org/u/port.jpg?w=640#x", "1"),
            ("https://example.org/u/mer-1024x768.jpg", "2"),
            ("https://example.org/u/mer.jpg", "2"),
            ("https://example.org/u/10x10-20x30.png", "3"),
        ] {
            assert_eq!(files.by_url(url).map(|file| file.id.as_str()), Some(id), "{url}");
        }
        assert!(files.by_url("https://example.org/u/port-small.jpg").is_none());
    }

    #[test]
    fn a_kind_of_file_is_known_by_its_extension() {
        assert_eq!(FileKind::of("https://example.org/a.b/c.JPG?x=1"), FileKind::Image);
        assert_eq!(FileKind::of("https://example.org/a.jpg/c"), FileKind::Other);
    }
}
