//! Markup that the block kinds cannot say.

/// Markup that a sanitiser has passed.
///
/// The type is a promise: whoever makes one says that the text came out of the sanitiser of
/// `masthead-formats` (`html::sanitize`) unchanged since. Nothing else may call
/// [`trusted_from_sanitizer`](Self::trusted_from_sanitizer); the constructor bears that name so that a search finds every caller.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct SanitizedHtml(String);

impl SanitizedHtml {
    /// Wraps the output of the sanitiser. Only the sanitiser calls this.
    pub fn trusted_from_sanitizer(html: String) -> Self {
        Self(html)
    }

    /// The markup.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The markup, owned.
    pub fn into_string(self) -> String {
        self.0
    }
}

/// The markup of a raw block.
///
/// Markup that came in as JSON is *unchecked* until [`Body::map_raw`](super::Body::map_raw) has sent it
/// through the sanitiser; unchecked markup is written out as text, never as markup. Two are equal when
/// their text is.
#[derive(Debug, Clone, Eq)]
pub struct RawHtml {
    html: String,
    checked: bool,
}

impl RawHtml {
    /// Markup that nobody has looked at yet.
    pub fn unchecked(html: &str) -> Self {
        Self { html: html.to_owned(), checked: false }
    }

    /// The markup, checked or not.
    pub fn as_str(&self) -> &str {
        &self.html
    }

    /// Whether it may be written out as markup.
    pub fn is_checked(&self) -> bool {
        self.checked
    }

    pub(super) fn stored(html: &str) -> Self {
        Self { html: html.to_owned(), checked: true }
    }
}

impl From<SanitizedHtml> for RawHtml {
    fn from(html: SanitizedHtml) -> Self {
        Self { html: html.0, checked: true }
    }
}

impl PartialEq for RawHtml {
    fn eq(&self, other: &Self) -> bool {
        self.html == other.html
    }
}
