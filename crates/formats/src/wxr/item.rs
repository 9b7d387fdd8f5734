//! One item of an export: a post, a page, an attachment, a menu entry, anything else.

use std::{collections::HashSet, mem};

use chrono::{DateTime, Utc};

use super::{
    DateSource, ItemTerm, Note, NoteKind, TermKind, UtcOffset, WpId, WxrComment, WxrDates, WxrSlug,
    date::{parse_feed_date, parse_wordpress_date},
    element::Element,
    namespace::Space,
    note::{ItemRef, Notes},
    php::{self, Value},
    text::{has_markup, is_mojibake, plain_text},
};

/// The longest postmeta value that is kept. Page builders write megabytes that mean nothing elsewhere.
pub const META_VALUE_BYTES_MAX: usize = 256 * 1024;
/// The most postmeta rows that are kept of one item.
pub const META_ROWS_MAX: usize = 2_000;

/// What an item is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PostType {
    /// An article.
    Post,
    /// A page of the site.
    Page,
    /// An uploaded file.
    Attachment,
    /// Any other type, by its name; empty when the item names none.
    Other(String),
}

impl PostType {
    fn parse(text: &str) -> Self {
        match text {
            "post" => Self::Post,
            "page" => Self::Page,
            "attachment" => Self::Attachment,
            other => Self::Other(other.to_owned()),
        }
    }

    /// The name WordPress uses; `(none)` when the item names no type.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Post => "post",
            Self::Page => "page",
            Self::Attachment => "attachment",
            Self::Other(name) if name.is_empty() => "(none)",
            Self::Other(name) => name,
        }
    }
}

/// The state of an item in WordPress.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PostStatus {
    /// Published; public unless a password protects it.
    Publish,
    /// Scheduled.
    Future,
    /// A draft, saved by hand or by itself.
    Draft,
    /// Waiting for review.
    Pending,
    /// For logged-in editors only.
    Private,
    /// In the bin.
    Trash,
    /// As public as the parent: attachments and revisions.
    Inherit,
    /// Any other state, as written; empty when the item names none. Never public.
    Other(String),
}

impl PostStatus {
    fn parse(text: &str) -> Self {
        match text {
            "publish" => Self::Publish,
            "future" => Self::Future,
            "draft" => Self::Draft,
            "pending" => Self::Pending,
            "private" => Self::Private,
            "trash" => Self::Trash,
            "inherit" => Self::Inherit,
            other => Self::Other(other.to_owned()),
        }
    }

    /// The name WordPress uses; `(none)` when the item names no state.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Publish => "publish",
            Self::Future => "future",
            Self::Draft => "draft",
            Self::Pending => "pending",
            Self::Private => "private",
            Self::Trash => "trash",
            Self::Inherit => "inherit",
            Self::Other(name) if name.is_empty() => "(none)",
            Self::Other(name) => name,
        }
    }
}

/// A postmeta row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meta {
    /// The key, such as `_thumbnail_id`.
    pub key: String,
    /// The value as written.
    pub value: String,
}

/// One item, everything of it as the export has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WxrItem {
    /// Position among the items of the file, from 1.
    pub ordinal: u64,
    /// The line where the item begins.
    pub line: u64,
    /// The identity WordPress gives the item for ever, as written; not always unique in one file.
    pub guid: Option<String>,
    /// `wp:post_id`; repeated ids occur.
    pub post_id: Option<WpId>,
    /// `wp:post_parent`.
    pub parent: Option<WpId>,
    /// What the item is.
    pub post_type: PostType,
    /// Its state.
    pub status: PostStatus,
    /// `wp:post_name`, may be empty.
    pub slug: WxrSlug,
    /// The title as written: may hold markup, entities and qTranslate marks.
    pub title: String,
    /// The address of the item on the old site, as written; may be relative or empty.
    pub link: String,
    /// The login of the author, as `dc:creator` has it; may be declared nowhere.
    pub creator: String,
    /// When it was published.
    pub dates: WxrDates,
    /// When it was last changed.
    pub modified: WxrDates,
    /// The content as written.
    pub content: String,
    /// The excerpt as written; the caption of an attachment.
    pub excerpt: String,
    /// Whether a password protects the item. The password itself is not kept.
    pub has_password: bool,
    /// Whether the item was pinned to the front page.
    pub is_sticky: bool,
    /// Whether readers may comment; `None` when the export does not say.
    pub comments_open: Option<bool>,
    /// The position among siblings.
    pub menu_order: i64,
    /// The terms, in order, as written.
    pub terms: Vec<ItemTerm>,
    /// The comments, in order.
    pub comments: Vec<WxrComment>,
    /// The postmeta rows, in order, within limits.
    pub meta: Vec<Meta>,
    /// The address of the file of an attachment.
    pub attachment_url: Option<String>,
    /// The language, when the item was split out of a qTranslate item.
    pub split_language: Option<String>,
    /// What had to be repaired or is doubtful.
    pub notes: Vec<Note>,
}

impl WxrItem {
    pub(super) fn read(mut element: Element, ordinal: u64) -> Self {
        let mut notes = Notes::default();
        note_stray_markup(&element, &mut notes);
        let content = element.take(Space::Content, "encoded").unwrap_or_default();
        let excerpt = element.take(Space::Excerpt, "encoded").unwrap_or_default();
        let title = element.take(Space::Rss, "title").unwrap_or_default();
        let children = mem::take(&mut element.children);
        let mut terms = Vec::new();
        let mut comments = Vec::new();
        let mut meta = Vec::new();
        for mut child in children {
            match (child.space, child.local.as_str()) {
                (Space::Rss, "category") => terms.push(ItemTerm::read(&child)),
                (Space::Wp, "comment") => comments.push(WxrComment::read(&mut child)),
                (Space::Wp, "postmeta") => read_meta(&mut child, &mut meta, &mut notes),
                _ => element.children.push(child),
            }
        }
        let value = |local| element.value_of(Space::Wp, local).unwrap_or_default();
        let rss = |local| element.value_of(Space::Rss, local).unwrap_or_default();
        let item = Self {
            ordinal,
            line: element.line,
            guid: element.value_of(Space::Rss, "guid").map(str::to_owned),
            post_id: WpId::parse(value("post_id")),
            parent: WpId::parse(value("post_parent")),
            post_type: PostType::parse(value("post_type")),
            status: PostStatus::parse(value("status")),
            slug: WxrSlug::new(value("post_name")),
            title,
            link: rss("link").to_owned(),
            creator: element.value_of(Space::Dc, "creator").unwrap_or_default().to_owned(),
            dates: WxrDates {
                local: parse_wordpress_date(value("post_date")),
                gmt: parse_wordpress_date(value("post_date_gmt")),
                published: parse_feed_date(rss("pubDate")),
            },
            modified: WxrDates {
                local: parse_wordpress_date(value("post_modified")),
                gmt: parse_wordpress_date(value("post_modified_gmt")),
                published: None,
            },
            content,
            excerpt,
            has_password: !value("post_password").is_empty(),
            is_sticky: value("is_sticky") == "1",
            comments_open: element.value_of(Space::Wp, "comment_status").map(|status| status == "open"),
            menu_order: value("menu_order").parse().unwrap_or_default(),
            terms,
            comments,
            meta,
            attachment_url: element.value_of(Space::Wp, "attachment_url").map(str::to_owned),
            split_language: None,
            notes: Vec::new(),
        };
        item.with_notes(notes)
    }

    fn with_notes(mut self, mut notes: Notes) -> Self {
        let is_content = matches!(self.post_type, PostType::Post | PostType::Page);
        if self.guid.is_none() {
            notes.add(NoteKind::GuidMissing, "");
        }
        if is_content && self.slug.raw.is_empty() {
            notes.add(NoteKind::SlugMissing, "");
        }
        if self.slug.raw.chars().any(super::text::is_invisible)
            || percent_encoding::percent_decode_str(&self.slug.raw)
                .decode_utf8()
                .is_ok_and(|slug| slug.chars().any(super::text::is_invisible))
        {
            notes.add(NoteKind::SlugCleaned, &self.slug.decoded);
        }
        if is_content && self.title.trim().is_empty() {
            notes.add(NoteKind::TitleMissing, "");
        }
        if has_markup(&self.title) {
            notes.add(NoteKind::TitleMarkup, "");
        }
        if is_content && [&self.title, &self.content, &self.excerpt].iter().any(|text| is_mojibake(text)) {
            notes.add(NoteKind::Mojibake, "");
        }
        if self.has_password {
            notes.add(NoteKind::PasswordProtected, "");
        }
        self.note_date(&mut notes, is_content);
        let about = self.reference();
        self.notes = notes.into_vec().into_iter().map(|note| note.about(about.clone())).collect();
        self
    }

    fn note_date(&self, notes: &mut Notes, is_content: bool) {
        match self.dates.utc(UtcOffset::default()) {
            Some((_, DateSource::Gmt)) => {}
            Some((_, DateSource::PubDate)) => notes.add(NoteKind::DateFromPubDate, ""),
            Some((_, DateSource::LocalOffset)) => notes.add(NoteKind::DateFromLocal, ""),
            None if is_content => notes.add(NoteKind::DateMissing, ""),
            None => {}
        }
    }

    /// Which item this is, for notes.
    #[must_use]
    pub fn reference(&self) -> ItemRef {
        ItemRef {
            ordinal: self.ordinal,
            line: self.line,
            post_id: self.post_id.as_ref().map(|id| id.as_str().to_owned()).unwrap_or_default(),
            slug: self.slug.raw.clone(),
        }
    }

    /// The title in plain words: tags gone, entities decoded.
    #[must_use]
    pub fn title_text(&self) -> String {
        plain_text(&self.title)
    }

    /// The excerpt in plain words.
    #[must_use]
    pub fn excerpt_text(&self) -> String {
        plain_text(&self.excerpt)
    }

    /// The instant of the item: the date in UTC, else the date of the feed, else local time minus `usual`.
    #[must_use]
    pub fn date_utc(&self, usual: UtcOffset) -> Option<(DateTime<Utc>, DateSource)> {
        self.dates.utc(usual)
    }

    /// When the item was last changed, if the export says.
    #[must_use]
    pub fn modified_utc(&self, usual: UtcOffset) -> Option<DateTime<Utc>> {
        self.modified.utc(usual).map(|(at, _)| at)
    }

    /// Whether the item was public on the old site by itself: published and without a password.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.status == PostStatus::Publish && !self.has_password
    }

    /// Whether the item is an uploaded file that readers may see: neither private nor in the bin nor behind a password.
    #[must_use]
    pub fn is_public_file(&self) -> bool {
        let is_open = matches!(self.status, PostStatus::Inherit | PostStatus::Publish);
        self.post_type == PostType::Attachment && is_open && !self.has_password
    }

    /// The first value of a postmeta key.
    #[must_use]
    pub fn meta(&self, key: &str) -> Option<&str> {
        self.meta.iter().find(|meta| meta.key == key).map(|meta| meta.value.as_str())
    }

    /// The first value of a postmeta key, read as PHP-serialised data.
    #[must_use]
    pub fn meta_php(&self, key: &str) -> Option<Value> {
        self.meta(key).and_then(|value| php::unserialize(value).ok())
    }

    /// The id of the featured image.
    #[must_use]
    pub fn thumbnail_id(&self) -> Option<WpId> {
        self.meta("_thumbnail_id").and_then(WpId::parse)
    }

    /// The alternative text of an attachment.
    #[must_use]
    pub fn alt(&self) -> Option<&str> {
        self.meta("_wp_attachment_image_alt").map(str::trim).filter(|alt| !alt.is_empty())
    }

    /// Width and height of an attachment in pixels, from its PHP-serialised metadata.
    #[must_use]
    pub fn dimensions(&self) -> Option<(u32, u32)> {
        let metadata = self.meta_php("_wp_attachment_metadata")?;
        let side = |key| metadata.get(key).and_then(Value::as_int).and_then(|n| u32::try_from(n).ok());
        let (width, height) = (side("width")?, side("height")?);
        (width > 0 && height > 0).then_some((width, height))
    }

    /// The terms of one kind, each once.
    ///
    /// Old exports write every term twice, with a slug and as a bare name; the bare name is then left out.
    #[must_use]
    pub fn terms_of(&self, kind: &TermKind) -> Vec<&ItemTerm> {
        let of_kind = || self.terms.iter().filter(|term| term.kind == *kind);
        let named: HashSet<&str> =
            of_kind().filter(|term| term.slug.is_some()).map(|term| term.name.as_str()).collect();
        let mut keys = HashSet::new();
        of_kind()
            .filter(|term| term.slug.is_some() || !named.contains(term.name.as_str()))
            .filter(|term| !term.key().trim().is_empty() && keys.insert(term.key()))
            .collect()
    }
}

fn read_meta(element: &mut Element, meta: &mut Vec<Meta>, notes: &mut Notes) {
    let key = element.take(Space::Wp, "meta_key").unwrap_or_default();
    let value = element.take(Space::Wp, "meta_value").unwrap_or_default();
    if value.len() > META_VALUE_BYTES_MAX || meta.len() >= META_ROWS_MAX || key.len() > 1_000 {
        let shown: String = key.chars().take(80).collect();
        notes.add(NoteKind::MetaDropped, &shown);
        return;
    }
    let is_damaged = matches!(key.as_str(), "_wp_attachment_metadata") && php::unserialize(&value).is_err();
    if is_damaged {
        notes.add(NoteKind::MetaUnreadable, &key);
    }
    meta.push(Meta { key, value });
}

/// A value with elements inside was not escaped; what is in those elements is not read.
fn note_stray_markup(element: &Element, notes: &mut Notes) {
    for child in &element.children {
        let is_value = !matches!((child.space, child.local.as_str()), (Space::Wp, "comment" | "postmeta"))
            && child.space != Space::Other;
        if is_value && !child.children.is_empty() {
            notes.add(NoteKind::MarkupInValue, &child.local);
        }
    }
}
