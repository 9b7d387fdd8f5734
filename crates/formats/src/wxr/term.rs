//! Authors, categories, tags and terms, declared at the head of an export or only used by items.

use super::{element::Element, namespace::Space, text::decode_slug};

/// A WordPress id as the export writes it: usually a number, but some exporters write others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WpId(String);

impl WpId {
    /// An id; `None` for empty text and for `0`, which WordPress writes for "none".
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty() && text != "0" && text.len() <= 64).then(|| Self(text.to_owned()))
    }

    /// The id as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for WpId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A slug as written and as people read it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WxrSlug {
    /// As the export writes it, trimmed; often in percent signs.
    pub raw: String,
    /// Decoded, composed and without invisible characters. May be empty.
    pub decoded: String,
}

impl WxrSlug {
    /// The slug of this text.
    #[must_use]
    pub fn new(raw: &str) -> Self {
        let raw = raw.trim();
        Self { raw: raw.to_owned(), decoded: decode_slug(raw) }
    }
}

/// An author declared at the head of the export. E-mail addresses are private and are not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WxrAuthor {
    /// `wp:author_id`.
    pub id: Option<WpId>,
    /// The name items refer to in `dc:creator`.
    pub login: String,
    /// The name as printed; the login when there is none.
    pub display_name: String,
    /// First name, may be empty.
    pub first_name: String,
    /// Last name, may be empty.
    pub last_name: String,
}

impl WxrAuthor {
    pub(super) fn read(element: &Element) -> Self {
        let value = |local| element.value_of(Space::Wp, local).unwrap_or_default().to_owned();
        let login = value("author_login");
        let display_name = match value("author_display_name") {
            name if name.is_empty() => login.clone(),
            name => name,
        };
        Self {
            id: element.value_of(Space::Wp, "author_id").and_then(WpId::parse),
            login,
            display_name,
            first_name: value("author_first_name"),
            last_name: value("author_last_name"),
        }
    }
}

/// A category declared at the head of the export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WxrCategory {
    /// `wp:term_id`.
    pub id: Option<WpId>,
    /// The slug that items and children refer to.
    pub slug: WxrSlug,
    /// The slug of the parent, which may be declared later or nowhere.
    pub parent: Option<WxrSlug>,
    /// The name; may hold entities and qTranslate marks.
    pub name: String,
    /// A description, may be empty.
    pub description: String,
}

impl WxrCategory {
    pub(super) fn read(element: &Element) -> Self {
        let text = |local| element.text_of(Space::Wp, local).unwrap_or_default();
        Self {
            id: element.value_of(Space::Wp, "term_id").and_then(WpId::parse),
            slug: WxrSlug::new(text("category_nicename")),
            parent: element.value_of(Space::Wp, "category_parent").map(WxrSlug::new),
            name: text("cat_name").to_owned(),
            description: text("category_description").trim().to_owned(),
        }
    }
}

/// A tag declared at the head of the export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WxrTag {
    /// `wp:term_id`.
    pub id: Option<WpId>,
    /// The slug that items refer to.
    pub slug: WxrSlug,
    /// The name.
    pub name: String,
    /// A description, may be empty.
    pub description: String,
}

impl WxrTag {
    pub(super) fn read(element: &Element) -> Self {
        let text = |local| element.text_of(Space::Wp, local).unwrap_or_default();
        Self {
            id: element.value_of(Space::Wp, "term_id").and_then(WpId::parse),
            slug: WxrSlug::new(text("tag_slug")),
            name: text("tag_name").to_owned(),
            description: text("tag_description").trim().to_owned(),
        }
    }
}

/// A term of any other taxonomy, declared at the head of the export: menus, formats, languages, translations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WxrTerm {
    /// `wp:term_id`.
    pub id: Option<WpId>,
    /// The taxonomy, such as `language`.
    pub taxonomy: String,
    /// The slug that items refer to.
    pub slug: WxrSlug,
    /// The slug of the parent.
    pub parent: Option<WxrSlug>,
    /// The name.
    pub name: String,
    /// A description; Polylang keeps its maps here, PHP-serialised.
    pub description: String,
}

impl WxrTerm {
    pub(super) fn read(element: &Element) -> Self {
        let text = |local| element.text_of(Space::Wp, local).unwrap_or_default();
        Self {
            id: element.value_of(Space::Wp, "term_id").and_then(WpId::parse),
            taxonomy: text("term_taxonomy").trim().to_owned(),
            slug: WxrSlug::new(text("term_slug")),
            parent: element.value_of(Space::Wp, "term_parent").map(WxrSlug::new),
            name: text("term_name").to_owned(),
            description: text("term_description").trim().to_owned(),
        }
    }
}

/// What a term on an item is to a newsroom.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TermKind {
    /// A category.
    Category,
    /// A tag.
    Tag,
    /// The language of the item (Polylang).
    Language,
    /// The group of an item and its translations (Polylang).
    Translations,
    /// Any other taxonomy, by its name.
    Other(String),
}

/// A term as an item carries it. It may be declared nowhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemTerm {
    /// What kind of term.
    pub kind: TermKind,
    /// The `nicename`, when the item gives it.
    pub slug: Option<WxrSlug>,
    /// The name.
    pub name: String,
}

impl ItemTerm {
    pub(super) fn read(element: &Element) -> Self {
        let domain = element.attribute("domain");
        let nicename = element.attribute("nicename").filter(|nicename| !nicename.is_empty());
        let kind = match domain {
            Some("category") => TermKind::Category,
            Some("post_tag" | "tag") => TermKind::Tag,
            Some("language") => TermKind::Language,
            Some("post_translations") => TermKind::Translations,
            Some(other) => TermKind::Other(other.to_owned()),
            None if element.attribute("nicename").is_none() => TermKind::Category,
            None => TermKind::Other(String::new()),
        };
        Self { kind, slug: nicename.map(WxrSlug::new), name: element.text.clone() }
    }

    /// What names the term in its taxonomy: the slug as written, else the name.
    #[must_use]
    pub fn key(&self) -> &str {
        self.slug.as_ref().map_or(self.name.as_str(), |slug| slug.raw.as_str())
    }
}
