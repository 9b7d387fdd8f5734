//! WordPress exports (WXR, "WordPress eXtended RSS"), read as a stream.
//!
//! Two passes: [`survey`] reads the whole file once, refuses it if it is broken anywhere, and gathers what
//! must be known beforehand; then [`Reader`] gives the items one by one, and [`content::prepare`] turns the
//! text of each into plain HTML with its footnotes and gallery. Nothing here opens files, asks a clock or
//! knows a database, and memory stays within one item whatever the size of the file.
//!
//! Exports are written by many programs and mended by hand. What can be mended without guessing is mended
//! and noted ([`NoteKind`]); everything else is refused with line and column ([`WxrError`]). The rules for
//! people are in `docs/importing.md`.
//!
//! WordPress's own description of the format: `wp-admin/includes/export.php`, versions 1.0 to 1.2.

mod attachment;
mod attribute;
mod chars;
mod comment;
pub mod content;
mod date;
mod element;
mod error;
mod item;
mod language;
mod namespace;
mod note;
pub mod php;
mod reader;
mod source;
mod survey;
mod term;
mod text;
mod xml;

#[cfg(test)]
mod tests;

pub use attachment::{Attachment, Attachments, FileKind};
pub use comment::{Approval, CommentType, WxrComment};
pub use date::{DateSource, UtcOffset, WxrDates, parse_feed_date, parse_wordpress_date};
pub use error::WxrError;
pub use item::{META_ROWS_MAX, META_VALUE_BYTES_MAX, Meta, PostStatus, PostType, WxrItem};
pub use language::{SiteLanguage, TranslationGroup, Translations, language_of, pick_language, split_qtranslate};
pub use note::{ItemRef, Note, NoteKind, Outcome};
pub use reader::{Event, Reader, Site};
pub use survey::{CommentCounts, ITEMS_MAX, ItemSummary, Survey, UsedTerm, survey};
pub use term::{ItemTerm, TermKind, WpId, WxrAuthor, WxrCategory, WxrSlug, WxrTag, WxrTerm};
pub use text::{decode_slug, plain_text};
