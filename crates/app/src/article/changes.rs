//! Changes to an article's content.

use masthead_domain::{
    CategoryId, ContactId, Slug,
    article::{ArticleContent, ArticleKind, Credit, MediaUsage, PRINTED_BYLINE_CHARS_MAX, Seo},
    body::Body,
    link::ArticleLink,
    reference::Citation,
    tag::TagName,
    text::{Label, Line, Paragraph, Title},
};

/// Changes to an article: `None` leaves a field as it is, `Some(None)` clears it. Lists are replaced as a whole.
#[derive(Debug, Clone, Default)]
pub struct ArticleChanges {
    /// The address within the language.
    pub slug: Option<Slug>,
    /// What sort of piece.
    pub kind: Option<ArticleKind>,
    /// The headline.
    pub headline: Option<Title>,
    /// The second headline.
    pub secondary_headline: Option<Option<Title>>,
    /// The words above the headline.
    pub kicker: Option<Option<Label>>,
    /// The opening paragraph.
    pub lede: Option<Option<Paragraph>>,
    /// The byline as printed.
    pub byline: Option<Option<Line<PRINTED_BYLINE_CHARS_MAX>>>,
    /// The text.
    pub body: Option<Body>,
    /// Whether the blocks of the body carry keys of their own. Otherwise (HTML and Markdown have none) blocks that stand
    /// in the old body word for word take the keys they have there.
    pub has_block_keys: bool,
    /// Credits in printed order.
    pub credits: Option<Vec<Credit>>,
    /// Categories, the primary one first.
    pub categories: Option<Vec<CategoryId>>,
    /// Tags by name.
    pub tags: Option<Vec<TagName>>,
    /// Gallery in order.
    pub gallery: Option<Vec<MediaUsage>>,
    /// References in order.
    pub references: Option<Vec<Citation>>,
    /// Contacts in order.
    pub contacts: Option<Vec<ContactId>>,
    /// Links in order.
    pub links: Option<Vec<ArticleLink>>,
    /// What search engines are told, as a whole.
    pub seo: Option<Seo>,
}

impl ArticleChanges {
    /// The content after the changes.
    pub(super) fn apply(self, old: &ArticleContent) -> ArticleContent {
        let Self {
            slug,
            kind,
            headline,
            secondary_headline,
            kicker,
            lede,
            byline,
            body,
            has_block_keys,
            credits,
            categories,
            tags,
            gallery,
            references,
            contacts,
            links,
            seo,
        } = self;
        ArticleContent {
            kind: kind.unwrap_or(old.kind),
            language: old.language.clone(),
            slug: slug.unwrap_or_else(|| old.slug.clone()),
            headline: headline.unwrap_or_else(|| old.headline.clone()),
            secondary_headline: secondary_headline.unwrap_or_else(|| old.secondary_headline.clone()),
            kicker: kicker.unwrap_or_else(|| old.kicker.clone()),
            lede: lede.unwrap_or_else(|| old.lede.clone()),
            byline: byline.unwrap_or_else(|| old.byline.clone()),
            body: match body {
                Some(mut body) if !has_block_keys => {
                    body.adopt_keys(&old.body);
                    body
                }
                Some(body) => body,
                None => old.body.clone(),
            },
            credits: credits.unwrap_or_else(|| old.credits.clone()),
            categories: categories.unwrap_or_else(|| old.categories.clone()),
            tags: tags.unwrap_or_else(|| old.tags.clone()),
            gallery: gallery.unwrap_or_else(|| old.gallery.clone()),
            references: references.unwrap_or_else(|| old.references.clone()),
            contacts: contacts.unwrap_or_else(|| old.contacts.clone()),
            links: links.unwrap_or_else(|| old.links.clone()),
            seo: seo.unwrap_or_else(|| old.seo.clone()),
        }
    }
}
