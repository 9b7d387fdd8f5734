//! The harness's records and what they are in a newsroom.

use std::collections::HashMap;

use anyhow::{Context, Result};
use masthead_app::{
    article::{ArticleChanges, ArticleDraft, History},
    author::AuthorDraft,
    category::CategoryDraft,
};
use masthead_domain::{
    AuthorId, CategoryId, ContactId, LanguageTag, Localizations, MediaId, Slug, WebUrl,
    article::{ArticleState, Credit, CreditRole, MediaUsage, Window},
    contact::{Channel, ChannelKind, ContactContent, ContactRole},
    media::{MediaContent, MediaType},
    reference::{Citation, Cited},
    source::{SourceAuthor, SourceContent, SourceKind},
    text::{Label, Line, Paragraph, Title},
    time,
};
use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Author {
    id: u32,
    slug: String,
    name: String,
    bio: String,
}

#[derive(Deserialize)]
pub(crate) struct Category {
    id: u32,
    slug: String,
    name: String,
    parent_id: Option<u32>,
}

#[derive(Deserialize)]
pub(crate) struct Article {
    pub(crate) id: u32,
    slug: String,
    title: String,
    subtitle: String,
    excerpt: String,
    body: String,
    language: String,
    status: String,
    published_at: String,
    authors: Vec<u32>,
    categories: Vec<u32>,
    references: Vec<Reference>,
    contacts: Vec<Contact>,
    media: Vec<Media>,
}

#[derive(Deserialize)]
struct Reference {
    author: String,
    title: String,
    publisher: String,
    url: String,
    published_on: String,
}

#[derive(Deserialize)]
struct Contact {
    name: String,
    role: String,
    email: String,
}

#[derive(Deserialize)]
struct Media {
    url: String,
    alt: String,
    caption: String,
    credit: String,
    width: u32,
    height: u32,
}

impl Author {
    pub(crate) fn draft(self) -> Result<(u32, AuthorDraft)> {
        let draft = AuthorDraft {
            slug: Some(Slug::parse(&self.slug)?),
            name: Title::parse(&self.name)?,
            bio: Some(format!("<p>{}</p>", self.bio)),
            email: None,
            same_as: Vec::new(),
            portrait: None,
            localizations: Localizations::default(),
        };
        Ok((self.id, draft))
    }
}

impl Category {
    pub(crate) fn draft(self, known: &HashMap<u32, CategoryId>) -> Result<(u32, CategoryDraft)> {
        let parent = self.parent_id.map(|id| known.get(&id).copied().context("a parent stands before its children"));
        let draft = CategoryDraft {
            slug: Some(Slug::parse(&self.slug)?),
            name: Title::parse(&self.name)?,
            description: None,
            language: None,
            parent: parent.transpose()?,
            position: None,
            localizations: Localizations::default(),
        };
        Ok((self.id, draft))
    }
}

impl Article {
    pub(crate) fn media(&self) -> Result<Vec<MediaContent>> {
        let record = |media: &Media| {
            let url = WebUrl::parse(&media.url)?;
            Ok(MediaContent {
                media_type: MediaType::of_address(&url),
                url,
                title: None,
                alt: Some(Paragraph::parse(&media.alt)?),
                caption: Some(Paragraph::parse(&media.caption)?),
                credit: Some(Label::parse(&media.credit)?),
                width: Some(media.width),
                height: Some(media.height),
                byte_size: None,
            })
        };
        self.media.iter().map(record).collect()
    }

    pub(crate) fn contacts(&self) -> Result<Vec<ContactContent>> {
        let record = |contact: &Contact| {
            let role = if contact.role == "Editor" { ContactRole::Editor } else { ContactRole::Press };
            Ok(ContactContent {
                name: Title::parse(&contact.name)?,
                role,
                title: Some(Label::parse(&contact.role)?),
                organization: None,
                languages: Vec::new(),
                channels: vec![Channel {
                    kind: ChannelKind::Email,
                    value: Line::parse(&contact.email)?,
                    label: None,
                    is_public: true,
                }],
            })
        };
        self.contacts.iter().map(record).collect()
    }

    pub(crate) fn draft(
        &self,
        authors: &HashMap<u32, AuthorId>,
        categories: &HashMap<u32, CategoryId>,
        gallery: Vec<MediaId>,
        contacts: Vec<ContactId>,
    ) -> Result<(ArticleDraft, History)> {
        let language: LanguageTag = self.language.parse()?;
        let at = time::parse(&self.published_at)?;
        let credit = |id: &u32| {
            let author = authors.get(id).copied().context("an unknown author")?;
            Ok(Credit { author, role: CreditRole::Author, credited_as: None })
        };
        let usage = |media| MediaUsage { media, caption: None, alt: None, credit: None };
        let content = ArticleChanges {
            slug: Some(Slug::parse(&self.slug)?),
            secondary_headline: Some(Some(Title::parse(&self.subtitle)?)),
            lede: Some(Some(Paragraph::parse(&self.excerpt)?)),
            body: Some(
                masthead_formats::html::parse(&self.body, &masthead_formats::html::ParseOptions::default()).body,
            ),
            credits: Some(self.authors.iter().map(credit).collect::<Result<_>>()?),
            categories: Some(
                self.categories
                    .iter()
                    .map(|id| categories.get(id).copied().context("an unknown category"))
                    .collect::<Result<_>>()?,
            ),
            gallery: Some(gallery.into_iter().map(usage).collect()),
            references: Some(self.references.iter().map(citation).collect::<Result<_>>()?),
            contacts: Some(contacts),
            ..ArticleChanges::default()
        };
        let is_published = self.status == "published";
        let history = History {
            state: if is_published { ArticleState::Published { at } } else { ArticleState::Draft },
            window: Window::default(),
            first_published_at: is_published.then_some(at),
            created_at: at,
            updated_at: at,
            views: 0,
            shares: 0,
        };
        Ok((ArticleDraft { language, translation_of: None, headline: Title::parse(&self.title)?, content }, history))
    }
}

fn citation(reference: &Reference) -> Result<Citation> {
    let source = SourceContent {
        kind: SourceKind::NewsArticle,
        title: Title::parse(&reference.title)?,
        authors: vec![SourceAuthor::Literal(Title::parse(&reference.author)?)],
        outlet: Some(Title::parse(&reference.publisher)?),
        published_on: Some(reference.published_on.parse()?),
        accessed_on: None,
        url: Some(WebUrl::parse(&reference.url)?),
        archive_url: None,
        doi: None,
        isbn: None,
        language: None,
    };
    Ok(Citation { id: None, cited: Cited::Described(Box::new(source)), locator: None, quote: None, note: None })
}
