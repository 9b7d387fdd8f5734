//! The inputs of media mutations, parsed into the domain.

use async_graphql::{ID, InputObject, MaybeUndefined};
use masthead_app::media::MediaChanges;
use masthead_domain::{
    Localizations, Violation, Violations, WebUrl,
    media::{MediaContent, MediaType},
    text::{Label, Paragraph, Title},
};

use crate::graphql::{
    input,
    localization::{self, MediaLocalizationInput},
    scalar::Url,
};

/// A new media record. The file must already lie at its address.
#[derive(InputObject)]
pub(crate) struct MediaCreateInput {
    /// Comes back in the payload unchanged.
    pub(super) client_mutation_id: Option<String>,
    /// Where the file is.
    url: Url,
    /// The media type, such as `image/jpeg`; told from the ending of the address when absent.
    mime_type: Option<String>,
    /// A title, at most 300 characters.
    title: Option<String>,
    /// What it shows, for those who cannot see it, at most 2,000 characters.
    alt: Option<String>,
    /// The caption, at most 2,000 characters.
    caption: Option<String>,
    /// Whom to credit, at most 160 characters.
    credit: Option<String>,
    /// Width in pixels.
    width: Option<i32>,
    /// Height in pixels.
    height: Option<i32>,
    /// Size in bytes.
    byte_size: Option<i32>,
    /// Title, alternative text and caption in other languages, at most 50.
    localizations: Option<Vec<MediaLocalizationInput>>,
}

/// Changes to a media record. An absent key leaves the field as it is; null clears it.
#[derive(InputObject)]
pub(crate) struct MediaChangesInput {
    /// Where the file is. Another address is another file: its type is told anew and its sizes are cleared, unless they
    /// are given too.
    url: MaybeUndefined<Url>,
    /// The media type, such as `image/jpeg`.
    mime_type: MaybeUndefined<String>,
    /// A title.
    title: MaybeUndefined<String>,
    /// What it shows, for those who cannot see it.
    alt: MaybeUndefined<String>,
    /// The caption.
    caption: MaybeUndefined<String>,
    /// Whom to credit.
    credit: MaybeUndefined<String>,
    /// Width in pixels.
    width: MaybeUndefined<i32>,
    /// Height in pixels.
    height: MaybeUndefined<i32>,
    /// Size in bytes.
    byte_size: MaybeUndefined<i32>,
    /// Title, alternative text and caption in other languages, at most 50. The list replaces the whole list.
    localizations: MaybeUndefined<Vec<MediaLocalizationInput>>,
}

/// Which media record to change, at which version, and how.
#[derive(InputObject)]
pub(crate) struct MediaUpdateInput {
    /// Comes back in the payload unchanged.
    pub(super) client_mutation_id: Option<String>,
    /// The record's global id.
    pub(super) id: ID,
    /// The version the change is made for; another version is a conflict.
    pub(super) expected_version: i32,
    /// What to change.
    pub(super) changes: MediaChangesInput,
}

/// Which media record to delete, at which version.
#[derive(InputObject)]
pub(crate) struct MediaDeleteInput {
    /// Comes back in the payload unchanged.
    pub(super) client_mutation_id: Option<String>,
    /// The record's global id.
    pub(super) id: ID,
    /// The version the deletion is made for; another version is a conflict.
    pub(super) expected_version: i32,
}

fn size<T: TryFrom<i32>>(number: i32) -> Result<T, Violation> {
    T::try_from(number).map_err(|_| Violation::invalid("must not be below zero"))
}

impl MediaCreateInput {
    /// The record, and its words in other languages.
    pub(super) fn parse(self) -> Result<(MediaContent, Localizations), Violations> {
        let Self {
            client_mutation_id: _,
            url,
            mime_type,
            title,
            alt,
            caption,
            credit,
            width,
            height,
            byte_size,
            localizations,
        } = self;
        let mut wrong = Violations::new();
        let url = wrong.take("url", WebUrl::parse(&url.0));
        let media_type = mime_type.and_then(|text| wrong.take("mimeType", MediaType::parse(&text)));
        let title = wrong.take("title", Title::parse_optional(title.as_deref())).flatten();
        let alt = wrong.take("alt", Paragraph::parse_optional(alt.as_deref())).flatten();
        let caption = wrong.take("caption", Paragraph::parse_optional(caption.as_deref())).flatten();
        let credit = wrong.take("credit", Label::parse_optional(credit.as_deref())).flatten();
        let width = width.and_then(|side| wrong.take("width", size(side)));
        let height = height.and_then(|side| wrong.take("height", size(side)));
        let byte_size = byte_size.and_then(|bytes| wrong.take("byteSize", size(bytes)));
        let localizations = localization::given(&mut wrong, localizations);
        let content = url.map(|url| MediaContent {
            media_type: media_type.unwrap_or_else(|| MediaType::of_address(&url)),
            url,
            title,
            alt,
            caption,
            credit,
            width,
            height,
            byte_size,
        });
        wrong.into_result(content.map(|content| (content, localizations)))
    }
}

impl MediaChangesInput {
    pub(super) fn parse(self) -> Result<MediaChanges, Violations> {
        let Self { url, mime_type, title, alt, caption, credit, width, height, byte_size, localizations } = self;
        let mut wrong = Violations::new();
        let paragraph = |text: String| Paragraph::parse_optional(Some(&text));
        let changes = MediaChanges {
            url: input::kept(&mut wrong, "url", url, |url| WebUrl::parse(&url.0)),
            media_type: input::kept(&mut wrong, "mimeType", mime_type, |text| MediaType::parse(&text)),
            title: input::clearable(&mut wrong, "title", title, |text| Title::parse_optional(Some(&text))),
            alt: input::clearable(&mut wrong, "alt", alt, paragraph),
            caption: input::clearable(&mut wrong, "caption", caption, paragraph),
            credit: input::clearable(&mut wrong, "credit", credit, |text| Label::parse_optional(Some(&text))),
            width: input::clearable(&mut wrong, "width", width, |side| size(side).map(Some)),
            height: input::clearable(&mut wrong, "height", height, |side| size(side).map(Some)),
            byte_size: input::clearable(&mut wrong, "byteSize", byte_size, |bytes| size(bytes).map(Some)),
            localizations: localization::changed(&mut wrong, localizations),
        };
        wrong.within("changes").into_result(Some(changes))
    }
}
