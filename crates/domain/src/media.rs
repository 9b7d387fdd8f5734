//! Media records: where a picture, file, sound or film is, and its words. The bytes live elsewhere.

use crate::{
    Violation, Violations, WebUrl,
    slug::percent_decoded,
    text::{Label, Paragraph, Title, one_line},
    text_enum::text_enum,
};

/// The largest width or height we believe, in pixels.
pub const SIDE_PX_MAX: u32 = 100_000;

text_enum! {
    /// What sort of file a media record is, told from its media type.
    MediaKind {
        /// `image/*`.
        Image = "IMAGE",
        /// `audio/*`, `video/*`.
        AudioVideo = "AUDIO_VIDEO",
        /// Anything else.
        Document = "DOCUMENT",
    }
}

/// A media type such as `image/jpeg` (RFC 6838), in small letters without parameters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MediaType(String);

impl MediaType {
    /// Checks a media type.
    ///
    /// # Errors
    /// [`crate::ViolationCode::Invalid`] when it is not `type/subtype`.
    pub fn parse(text: &str) -> Result<Self, crate::Violation> {
        let lower = text.trim().to_ascii_lowercase();
        let name = |part: &str| {
            !part.is_empty()
                && part.len() <= 127
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
        };
        match lower.split_once('/') {
            Some((major, minor)) if name(major) && name(minor) => Ok(Self(lower)),
            _ => Err(crate::Violation::invalid("must be a media type such as image/jpeg")),
        }
    }

    /// The media type of a file with this address, by its ending; `application/octet-stream` when it tells nothing.
    #[must_use]
    pub fn of_address(address: &WebUrl) -> Self {
        Self::told_by(address).unwrap_or_else(|| Self("application/octet-stream".to_owned()))
    }

    /// The media type that an address tells by its ending, when it tells one.
    #[must_use]
    pub fn told_by(address: &WebUrl) -> Option<Self> {
        let path = address.as_str().split(['?', '#']).next().unwrap_or_default();
        let ending = path.rsplit('/').next().unwrap_or_default().rsplit_once('.').map_or("", |(_, ending)| ending);
        let known = match ending.to_ascii_lowercase().as_str() {
            "jpg" | "jpeg" | "jpe" => "image/jpeg",
            "png" => "image/png",
            "gif" => "image/gif",
            "webp" => "image/webp",
            "avif" => "image/avif",
            "svg" => "image/svg+xml",
            "bmp" => "image/bmp",
            "tif" | "tiff" => "image/tiff",
            "heic" => "image/heic",
            "mp3" => "audio/mpeg",
            "m4a" => "audio/mp4",
            "ogg" | "oga" => "audio/ogg",
            "wav" => "audio/wav",
            "flac" => "audio/flac",
            "mp4" | "m4v" => "video/mp4",
            "webm" => "video/webm",
            "ogv" => "video/ogg",
            "mov" => "video/quicktime",
            "pdf" => "application/pdf",
            "zip" => "application/zip",
            "doc" => "application/msword",
            "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "xls" => "application/vnd.ms-excel",
            "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "odt" => "application/vnd.oasis.opendocument.text",
            "csv" => "text/csv",
            "txt" => "text/plain",
            _ => return None,
        };
        Some(Self(known.to_owned()))
    }

    /// The media type as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The sort of file.
    #[must_use]
    pub fn kind(&self) -> MediaKind {
        match self.0.split('/').next() {
            Some("image") => MediaKind::Image,
            Some("audio" | "video") => MediaKind::AudioVideo,
            _ => MediaKind::Document,
        }
    }
}

/// What an editor writes in a media record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaContent {
    /// Where the file is.
    pub url: WebUrl,
    /// What sort of file it is.
    pub media_type: MediaType,
    /// Its title.
    pub title: Option<Title>,
    /// What it shows, for those who cannot see it.
    pub alt: Option<Paragraph>,
    /// The caption.
    pub caption: Option<Paragraph>,
    /// Whom to credit.
    pub credit: Option<Label>,
    /// Width in pixels.
    pub width: Option<u32>,
    /// Height in pixels.
    pub height: Option<u32>,
    /// Size in bytes.
    pub byte_size: Option<u64>,
}

impl MediaContent {
    /// Checks what the values cannot check themselves: sizes.
    ///
    /// # Errors
    /// The fields whose size no picture or film has.
    pub fn check(&self) -> Result<(), Violations> {
        let mut wrong = Violations::new();
        for (field, side) in [("width", self.width), ("height", self.height)] {
            if side.is_some_and(|side| !(1..=SIDE_PX_MAX).contains(&side)) {
                wrong.push(Violation::invalid(format!("must lie between 1 and {SIDE_PX_MAX} pixels")).at(field));
            }
        }
        if self.byte_size.is_some_and(|size| i64::try_from(size).is_err()) {
            wrong.push(Violation::invalid("is larger than any file").at("byteSize"));
        }
        wrong.into_result(Some(()))
    }
}

/// The name under which a file of this address is saved: the last part of its path, decoded; its host when the path
/// is empty.
#[must_use]
pub fn file_name(address: &str) -> String {
    let bare = address.split(['?', '#']).next().unwrap_or_default();
    let last = bare.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    // A decoded slash would make a path of a name.
    one_line(&percent_decoded(last).replace(['/', '\\'], "_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_after_the_end_of_its_address() {
        for (address, name) in [
            ("https://media.example/2026/Rapport%20d%E2%80%99%C3%A9t%C3%A9.pdf?v=2#p3", "Rapport d’été.pdf"),
            ("https://media.example/a%2F..%2Fb.pdf", "a_.._b.pdf"),
            ("https://media.example/", "media.example"),
        ] {
            assert_eq!(file_name(address), name);
        }
    }

    #[test]
    fn sizes_that_no_picture_has_are_refused() {
        let content = |width, height| MediaContent {
            url: WebUrl::parse("https://media.example/a.jpg").unwrap(),
            media_type: MediaType::parse("image/jpeg").unwrap(),
            title: None,
            alt: None,
            caption: None,
            credit: None,
            width,
            height,
            byte_size: None,
        };
        assert_eq!(content(Some(1), Some(SIDE_PX_MAX)).check(), Ok(()));
        let wrong = content(Some(0), Some(SIDE_PX_MAX + 1)).check().unwrap_err();
        let fields: Vec<_> = wrong.iter().map(|violation| violation.path.join(".")).collect();
        assert_eq!(fields, ["width", "height"]);
    }

    #[test]
    fn the_sort_of_file_follows_its_type_and_ending() {
        let of = |address: &str| MediaType::of_address(&WebUrl::parse(address).unwrap());
        assert_eq!(of("https://media.example/a/b.JPG?w=3").as_str(), "image/jpeg");
        assert_eq!(of("https://media.example/podcast.mp3").kind(), MediaKind::AudioVideo);
        assert_eq!(of("https://media.example/").kind(), MediaKind::Document);
        assert!(MediaType::parse("image").is_err());
        assert_eq!(MediaType::parse("Image/PNG").unwrap().as_str(), "image/png");
    }
}
