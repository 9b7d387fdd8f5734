//! What an article says at one version: everything an editor writes, in one value with one text.
//!
//! The tables hold what readers see. Every version that was ever saved is kept as such a text beside them: changes that
//! wait for publication, the versions before, what a correction changed.

use std::sync::Arc;

use masthead_domain::{
    ArticleId, AuthorId, CategoryId, ContactId, MediaId, ReferenceId, SourceId, TagId, Timestamp,
    article::{ArticleContent, ArticleKind, Credit, CreditRole, MediaUsage, Seo},
    body::Body,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Article, Link, record::Front, seo, write};
use crate::{
    error::StoreResult,
    map::{checked, word},
};

const TABLE: &str = "article_contents";

/// A name in an article's credits, as kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreditRow {
    /// Who.
    pub author: AuthorId,
    role: String,
    /// The name as printed here, when it differs.
    pub credited_as: Option<String>,
}

impl CreditRow {
    /// A credit for what somebody did.
    #[must_use]
    pub fn new(author: AuthorId, role: CreditRole, credited_as: Option<String>) -> Self {
        Self { author, role: role.as_str().to_owned(), credited_as }
    }

    /// For what.
    ///
    /// # Errors
    /// [`crate::StoreError::Corrupt`] for a word that no code of ours writes.
    pub fn role(&self) -> StoreResult<CreditRole> {
        word(TABLE, self.author, "credits", CreditRole::parse, &self.role)
    }
}

/// A tag of an article, as kept: by its id, and by the words it had when this was kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagRow {
    /// Which.
    pub id: TagId,
    /// Its name then.
    pub name: String,
    /// Its slug then.
    pub slug: String,
}

/// A place in an article's gallery, as kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GalleryRow {
    /// What is shown.
    pub media: MediaId,
    /// The caption here.
    pub caption: Option<String>,
    /// The alternative text here.
    pub alt: Option<String>,
    /// The credit here.
    pub credit: Option<String>,
}

/// A reference of an article, as kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferenceRow {
    /// Its id.
    pub id: ReferenceId,
    /// What it points at.
    pub source: SourceId,
    /// Where in the source.
    pub locator: Option<String>,
    /// The words quoted.
    pub quote: Option<String>,
    /// A remark.
    pub note: Option<String>,
}

/// Everything an editor writes in an article, as kept. Lists keep their order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// The language.
    pub language: String,
    /// The address within the language.
    pub slug: String,
    kind: String,
    /// The headline.
    pub headline: String,
    /// The second headline.
    pub secondary_headline: Option<String>,
    /// The words above the headline.
    pub kicker: Option<String>,
    /// The opening paragraph set apart.
    pub lede: Option<String>,
    /// The byline as printed.
    pub byline: Option<String>,
    /// The body as JSON in the published body format.
    pub body: Value,
    /// Credits in printed order.
    pub credits: Vec<CreditRow>,
    /// Categories, the primary one first.
    pub categories: Vec<CategoryId>,
    /// Tags.
    pub tags: Vec<TagRow>,
    /// Gallery.
    pub gallery: Vec<GalleryRow>,
    /// References; number 1 is the first.
    pub references: Vec<ReferenceRow>,
    /// Contacts.
    pub contacts: Vec<ContactId>,
    /// Links.
    pub links: Vec<Link>,
    /// What search engines are told, as in the column of the same name; nothing while nothing is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seo: Option<Value>,
}

/// The lists that stand with an article in tables of their own.
#[derive(Default)]
pub(super) struct Lists {
    pub(super) credits: Vec<CreditRow>,
    pub(super) categories: Vec<CategoryId>,
    pub(super) tags: Vec<TagRow>,
    pub(super) gallery: Vec<GalleryRow>,
    pub(super) references: Vec<ReferenceRow>,
    pub(super) contacts: Vec<ContactId>,
}

impl Snapshot {
    /// What an act is about to keep: a content whose tags and references are kept already.
    #[must_use]
    pub fn of(content: &ArticleContent, tags: &[TagId], references: &[ReferenceRow]) -> Self {
        let credit = |Credit { author, role, credited_as }: &Credit| {
            CreditRow::new(*author, *role, credited_as.as_ref().map(ToString::to_string))
        };
        let usage = |MediaUsage { media, caption, alt, credit }: &MediaUsage| GalleryRow {
            media: *media,
            caption: caption.as_ref().map(ToString::to_string),
            alt: alt.as_ref().map(ToString::to_string),
            credit: credit.as_ref().map(ToString::to_string),
        };
        let tag = |(id, tag): (&TagId, &masthead_domain::tag::TagName)| TagRow {
            id: *id,
            name: tag.name().to_owned(),
            slug: tag.slug().to_string(),
        };
        Self {
            language: content.language.to_string(),
            slug: content.slug.to_string(),
            kind: content.kind.as_str().to_owned(),
            headline: content.headline.to_string(),
            secondary_headline: content.secondary_headline.as_ref().map(ToString::to_string),
            kicker: content.kicker.as_ref().map(ToString::to_string),
            lede: content.lede.as_ref().map(ToString::to_string),
            byline: content.byline.as_ref().map(ToString::to_string),
            body: content.body.to_json(),
            credits: content.credits.iter().map(credit).collect(),
            categories: content.categories.clone(),
            tags: tags.iter().zip(&content.tags).map(tag).collect(),
            gallery: content.gallery.iter().map(usage).collect(),
            references: references.to_vec(),
            contacts: content.contacts.clone(),
            links: content.links.iter().map(write::link).collect(),
            seo: seo::seo_json(&content.seo),
        }
    }

    /// What stands in the tables.
    pub(super) fn of_tables(article: &Article, body: Value, lists: Lists) -> Self {
        let Lists { credits, categories, tags, gallery, references, contacts } = lists;
        Self {
            language: article.language.clone(),
            slug: article.slug.clone(),
            kind: article.kind.as_str().to_owned(),
            headline: article.headline.clone(),
            secondary_headline: article.secondary_headline.clone(),
            kicker: article.kicker.clone(),
            lede: article.lede.clone(),
            byline: article.byline.clone(),
            body,
            credits,
            categories,
            tags,
            gallery,
            references,
            contacts,
            links: article.links.clone(),
            seo: seo::seo_json(&article.seo),
        }
    }

    /// What sort of piece it is.
    ///
    /// # Errors
    /// [`crate::StoreError::Corrupt`] for a word that no code of ours writes.
    pub fn kind(&self) -> StoreResult<ArticleKind> {
        word(TABLE, &self.slug, "kind", ArticleKind::parse, &self.kind)
    }

    /// An article as it would be with this content, saved at an instant: its state, other dates and counters stay.
    ///
    /// # Errors
    /// [`crate::StoreError::Corrupt`] when the content is none.
    pub fn shown_on(&self, article: &Article, saved_at: Timestamp) -> StoreResult<Article> {
        let body = self.body(article.id)?;
        let front = Front {
            language: self.language.clone(),
            slug: self.slug.clone(),
            kind: self.kind()?,
            headline: self.headline.clone(),
            lede: self.lede.clone(),
            opening: self.lede.clone().unwrap_or_else(|| body.excerpt(write::OPENING_CHARS)),
            updated_at: saved_at,
            ..Front::clone(&article.front)
        };
        Ok(Article {
            front: Arc::new(front),
            secondary_headline: self.secondary_headline.clone(),
            kicker: self.kicker.clone(),
            byline: self.byline.clone(),
            word_count: i32::try_from(body.word_count()).unwrap_or(i32::MAX),
            links: self.links.clone(),
            seo: self.seo(article.id)?,
            ..article.clone()
        })
    }

    /// What search engines are told.
    ///
    /// # Errors
    /// [`crate::StoreError::Corrupt`] when it is none.
    pub fn seo(&self, id: ArticleId) -> StoreResult<Seo> {
        seo::seo(id, self.seo.clone())
    }

    /// The one text of this content: equal contents have equal texts.
    ///
    /// # Errors
    /// [`crate::StoreError::Corrupt`] when it has none.
    pub fn to_text(&self) -> StoreResult<String> {
        checked(TABLE, &self.slug, "content", serde_json::to_string(self))
    }

    /// The body.
    ///
    /// # Errors
    /// [`crate::StoreError::Corrupt`] when the body is none.
    pub fn body(&self, id: ArticleId) -> StoreResult<Body> {
        checked(TABLE, id, "body", Body::parse_stored(&self.body))
    }

    pub(super) fn of_text(id: ArticleId, text: &str) -> StoreResult<Self> {
        checked(TABLE, id, "content", serde_json::from_str(text))
    }
}
